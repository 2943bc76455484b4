"""How Odoo is called: its program, its configuration file, its ports and its scripts.

Two files are written, alike but for the database, the log and the workers: one for the demo
(`.run/odoo.conf`), one for the tests (`.run/odoo-test.conf`).
"""

import base64
import json
import os
import secrets
import socket
import subprocess

from devkit import console, locks, odoo_source, paths, postgres, python_env

# Each class has capacity of its own, so that a bulk load never delays a bed change; the workers that
# drains leave over answer people and senders.
CHANNELS = "root:6,root.interop:4,root.interop.urgent:1,root.interop.normal:2,root.interop.bulk:1,root.interop_pulse:2"
WORKERS = 6
PORT_NAMES = (
    "http", "gevent", "test_http", "test_gevent",
    "runner_http_0", "runner_gevent_0", "runner_http_1", "runner_gevent_1",
)  # fmt: skip
PORTS_TRIED = range(8169, 8769, len(PORT_NAMES))


def environment(packages=None):
    """The process environment of every Odoo program; ``packages``: a folder with more for Python to import."""
    source = str(odoo_source.find())
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ODOO_", "PG"))
    }
    path = os.pathsep.join([source, *([str(packages)] if packages else [])])
    return {**kept, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def program():
    """The command that starts Odoo, to be followed by its arguments."""
    return [str(python_env.find()), str(paths.LAUNCHER)]


def write_launcher():
    """Write the program itself. `python -m odoo` won't do: the server starts its own file again."""
    paths.LAUNCHER.parent.mkdir(parents=True, exist_ok=True)
    paths.LAUNCHER.write_text("import odoo.cli\n\nodoo.cli.main()\n", encoding="utf-8")


def addons_path():
    """This add-on's link, queue_job, and Odoo's own add-ons."""
    python = python_env.find()
    own = odoo_source.addons_dirs(odoo_source.find())
    return [paths.ADDONS, python_env.queue_job(python), *own]


def link_addon():
    """Make the link that gives the checkout the add-on's technical name."""
    paths.ADDONS.mkdir(parents=True, exist_ok=True)
    if not paths.LINK.is_symlink():
        paths.LINK.symlink_to(os.path.relpath(paths.CHECKOUT, paths.ADDONS))


def _is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def ports():
    """This checkout's ports: http and gevent, for the demo, for tests and for their two parts; chosen once."""
    if not _has_ports():
        with locks.checkout():
            if not _has_ports():
                _choose_ports()
    return json.loads(paths.PORTS.read_text(encoding="utf-8"))


def _has_ports():
    if not paths.PORTS.exists():
        return False
    return set(json.loads(paths.PORTS.read_text(encoding="utf-8"))) == set(PORT_NAMES)


def _choose_ports():
    skip = int(paths.checkout_id(), 16) % len(PORTS_TRIED)
    order = [*PORTS_TRIED[skip:], *PORTS_TRIED[:skip]]
    wanted = range(len(PORT_NAMES))
    first = next(base for base in order if all(_is_free(base + more) for more in wanted))
    chosen = {name: first + more for more, name in enumerate(PORT_NAMES)}
    paths.PORTS.write_text(json.dumps(chosen), encoding="utf-8")


def url():
    """The address of this checkout's Odoo."""
    return f"http://127.0.0.1:{ports()['http']}"


def new_key():
    """A payload encryption key, with its id."""
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()


def _secrets():
    """Secrets made once for this checkout: the payload encryption key."""
    if not paths.SECRETS.exists():
        write_private(paths.SECRETS, json.dumps({"encryption_keys": new_key()}))
    return json.loads(paths.SECRETS.read_text(encoding="utf-8"))


def write_private(file, text):
    """Write a file that only its owner may read."""
    with open(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as handle:
        handle.write(text)


def _options(database, chosen):
    reach = postgres.connection()
    return {
        "addons_path": ",".join(map(str, addons_path())),
        "data_dir": paths.DATA_DIR,
        "db_host": reach["PGHOST"],
        "db_port": reach["PGPORT"],
        "db_user": reach["PGUSER"],
        **({"db_password": reach["PGPASSWORD"]} if "PGPASSWORD" in reach else {}),
        "db_name": database,
        "list_db": False,
        "admin_passwd": secrets.token_urlsafe(24),
        "proxy_mode": False,
        "http_interface": "127.0.0.1",
        "http_port": chosen[0],
        "gevent_port": chosen[1],
        # this add-on too: while the database is away its door says 503, where Odoo would say 404
        "server_wide_modules": f"base,web,queue_job,{paths.ADDON}",
        "with_demo": False,
        "limit_time_cpu": 90,
        "limit_time_real": 120,
        "limit_memory_soft": 2 << 30,
        "limit_memory_hard": 3 << 30,
    }


def write_configuration(database, test_database):
    """Write both configuration files; cheap, so done before every use."""
    link_addon()
    write_launcher()
    chosen = ports()
    demo = _options(database, (chosen["http"], chosen["gevent"]))
    demo |= {"workers": WORKERS, "max_cron_threads": 1, "logfile": paths.ODOO_LOG}
    _write(paths.CONF, demo, CHANNELS)
    test = _options(test_database, (chosen["test_http"], chosen["test_gevent"]))
    # No job runner while tests run: jobs are performed by the tests themselves.
    _write(paths.TEST_CONF, test | {"workers": 0, "max_cron_threads": 0}, "root:0")


def write_apart(file, database, addons, data, encryption_keys):
    """Write the configuration of a database that stands apart: other add-ons, other files, other keys; nothing listens.

    The add-on is not server-wide, as Odoo uninstalls none that is.
    """
    chosen = ports()
    own = _options(database, (chosen["test_http"], chosen["test_gevent"]))
    own |= {"addons_path": ",".join(map(str, addons)), "data_dir": data}
    own |= {"workers": 0, "max_cron_threads": 0, "server_wide_modules": "base,web,queue_job"}
    _write(file, own, "root:0", {"encryption_keys": encryption_keys})


def _write(file, options, channels, secrets_=None):
    lines = ["[options]", *(f"{name} = {value}" for name, value in options.items())]
    lines += ["", "[queue_job]", f"channels = {channels}"]
    # plain http on 127.0.0.1: no network is crossed
    own = {**(secrets_ or _secrets()), "allow_http": True}
    lines += ["", f"[{paths.ADDON}]", *(f"{name} = {value}" for name, value in own.items())]
    write_private(file, "\n".join(lines) + "\n")


def call(arguments, *, conf=None, log=None, packages=None, **options):
    """Run an Odoo program to its end and return its output."""
    command = [*program(), *arguments[:1], "-c", conf or paths.CONF, *arguments[1:]]
    return console.run(command, env=environment(packages), log=log, **options)


def script(code, database, conf=None, *, packages=None):
    """Run Python in `odoo shell` on a database; `env` is at hand. Returns what it prints.

    The code prints its answer after a line `>>>`, so that Odoo's log does not get in between. What came to its end is
    committed; the shell by itself would roll it back.
    """
    command = [*program(), "shell", "-c", str(conf or paths.CONF), "-d", database, "--no-http"]
    command += ["--log-level=warn", "--logfile=", "--shell-interface=python"]
    done = subprocess.run(
        command,
        input=f"{code}\nenv.cr.commit()\n",
        capture_output=True,
        text=True,
        env=environment(packages),
    )
    if done.returncode or "Traceback (most recent call last)" in done.stderr:
        raise console.Failure(f"a script in Odoo failed:\n{done.stderr[-3000:]}")
    return done.stdout.rpartition(">>>\n")[2]
