"""The Odoo of this checkout: HTTP workers, cron worker and job runner in one prefork server."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from devkit import console, locks, odoo, paths

READY_SECONDS = 120
STOP_SECONDS = 30
# In the environment of the server and all its workers, so that they are found when it is killed.
MARK = "HEALTHCARE_INTEROP_SERVER"


def pid():
    """The running server's process id, or None.

    The command line is compared too: after a reboot the number may be another program's.
    """
    try:
        number = int(paths.ODOO_PID.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return number if _is_ours(number) else None


def is_answering():
    """Whether the server answers over HTTP and reaches its database."""
    address = f"{odoo.url()}/web/health?db_server_status=true"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def leftovers():
    """Workers of a server that was killed: some outlive it and hold its port and the runner's lock."""
    mark = os.fsencode(f"{MARK}={paths.checkout_id()}")
    for found in Path("/proc").iterdir():
        if found.name.isdigit():
            with contextlib.suppress(OSError):
                if mark in (found / "environ").read_bytes().split(b"\0"):
                    yield int(found.name)


def _is_ours(number):
    try:
        command = Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(paths.CONF) in command.split(b"\0")


def start():
    """Start the server unless it runs, and wait until it answers."""
    with locks.checkout():
        if not pid():
            _end_leftovers()
            _spawn()
        with console.step("Odoo: starting"):
            _wait_until_ready()


def _end_leftovers():
    for number in leftovers():
        console.note(f"ending process {number}, left over from a server that was killed")
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def _spawn():
    with open(paths.RUN / "odoo.out", "ab") as output:
        process = subprocess.Popen(
            [*odoo.program(), "server", "-c", str(paths.CONF)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**odoo.environment(), MARK: paths.checkout_id()},
            cwd=paths.RUN,
        )
    paths.ODOO_PID.write_text(str(process.pid), encoding="utf-8")


def _wait_until_ready():
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if is_answering():
            return
        if not pid():
            output = (paths.RUN / "odoo.out").read_text(encoding="utf-8", errors="replace")
            raise console.Failure(f"Odoo did not start; see ./dev logs\n{output[-2000:]}")
        time.sleep(0.3)
    raise console.Failure(f"Odoo did not answer within {READY_SECONDS} s; see ./dev logs")


def stop():
    """Stop the server: politely, and after half a minute by force."""
    with locks.checkout():
        number = pid()
        if number:
            os.kill(number, signal.SIGTERM)
            _wait_until_gone(number)
        _end_leftovers()
        paths.ODOO_PID.unlink(missing_ok=True)


def _wait_until_gone(number):
    until = time.monotonic() + STOP_SECONDS
    while pid():
        if time.monotonic() > until:
            console.note("Odoo does not stop by itself; ending its process group")
            os.killpg(number, signal.SIGKILL)
            return
        time.sleep(0.1)


def logs(follow):
    """Become `tail` on the server's log; does not return."""
    options = ["-n", "200", *(["-F"] if follow else [])]
    os.execvp("tail", ["tail", *options, str(paths.ODOO_LOG)])


def shell(arguments):
    """Become an interactive Odoo shell on the demo database; does not return."""
    command = [*odoo.program(), "shell", "-c", str(paths.CONF), "--no-http", "--logfile="]
    os.execve(command[0], [*command, "--log-level=warn", *arguments], odoo.environment())
