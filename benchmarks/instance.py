"""An Odoo of its own for a benchmark: own PostgreSQL server, database, ports and log.

Nothing here touches the demo. The PostgreSQL server is a second one, in ``.run/bench/pg``, because a benchmark may
kill it; where the environment names a server of the user's own (``PGHOST``), that one is used and never killed. The
add-on and the demo hospital are installed once into a template; each run works in a copy of it.

>>> with instance.running("try") as odoo_:                       # doctest: +SKIP
...     odoo_.scalar("SELECT count(*) FROM interop_message")
"""

import configparser
import contextlib
import dataclasses
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2

from devkit import addon, console, database, odoo, paths, postgres

FOLDER = paths.RUN / "bench"
#: in the environment of all its processes, so that what outlives a killed run is found
MARK = "HEALTHCARE_INTEROP_BENCH"
READY_SECONDS = 90
STOP_SECONDS = 20

PREPARE = """
import json
from odoo.tools.convert import convert_file
for name in {files!r}:
    convert_file(env, {addon!r}, name, {{}}, mode='init', noupdate=True)
{script}
kinds = {{'standard_webhooks': 'hmac', 'api_key': 'api_key'}}
peers = {{one.endpoint_id.code: {{'kind': kinds[one.scheme], 'secret': one._issue()}}
         for one in env['interop.credential'].search([])}}
# the shell rolls back what is not committed
env.cr.commit()
print('>>>')
print(json.dumps(peers))
"""


@dataclasses.dataclass(frozen=True)
class Template:
    """What is installed once and copied for each run: the add-on and the demo hospital, and perhaps more."""

    database: str = "interop_bench"
    modules: tuple[str, ...] = ()
    #: folders with add-ons of the benchmark's own
    addons: tuple[Path, ...] = ()
    #: a folder with Python packages of its own
    python: Path | None = None
    #: Python for ``odoo shell``, run before the peers' secrets are made
    script: str = ""

    @property
    def peers(self):
        return FOLDER / f"{self.database}-peers.json"

    def digest(self):
        """Changes with whatever the template is made of; how it is made counts too."""
        here = Path(__file__).resolve().parent
        own = (
            file
            for folder in self.addons
            if folder.is_relative_to(here)
            for file in sorted(folder.rglob("*"))
        )
        told = [file.read_text(encoding="utf-8") for file in own if file.suffix in (".py", ".xml")]
        made = Path(__file__).read_text(encoding="utf-8")
        return paths.digest(addon.digest(), made, *self.modules, *self.addons, self.script, *told)


PLAIN = Template()


class Instance:
    """One database and the Odoo that serves it. Use ``running``.

    ``options`` go into Odoo's configuration, ``channels`` to queue_job's, instead of the demo's. ``database``: that of
    another one, as two hosts share it.
    """

    def __init__(
        self, name, *, workers=2, template=PLAIN, options=None, channels=None, database=""
    ):
        self.template = template
        self.database = database or f"{template.database}_{name}"
        self.workers = workers
        self.conf = FOLDER / f"{name}.conf"
        self.log = FOLDER / f"{name}.log"
        self.port, gevent = _free_ports(2)
        self.peers = json.loads(template.peers.read_text(encoding="utf-8"))
        self._process = None
        self._connection = None
        own = {"http_port": self.port, "gevent_port": gevent, "workers": workers}
        own |= {"logfile": self.log, **_addons(template), **(options or {})}
        _write_conf(self.conf, self.database, own, channels)

    # -- life --

    def create(self):
        """A fresh copy of the template."""
        _drop(self.database)
        _create(self.database, self.template.database)
        return self

    def start(self):
        """Start Odoo and wait until it answers."""
        self.log.unlink(missing_ok=True)
        self._spawn()
        self.wait_until_ready()

    def supervise(self):
        """Start Odoo again where its master process has ended, as systemd would; True where it had to be.

        Odoo 19's master ends when a worker dies while PostgreSQL is away: it looks into the database before it makes
        another one.
        """
        if self._process.poll() is None:
            return False
        _end_leftovers()
        self._spawn()
        return True

    def _spawn(self):
        with open(FOLDER / "odoo.out", "ab") as output:
            self._process = subprocess.Popen(
                [*odoo.program(), "server", "-c", str(self.conf)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={**odoo.environment(self.template.python), MARK: paths.checkout_id()},
                cwd=FOLDER,
            )

    @property
    def pid(self):
        """The process that all workers descend from."""
        return self._process.pid

    def wait_until_ready(self, seconds=READY_SECONDS):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.is_answering():
                return
            if self._process.poll() is not None:
                raise console.Failure(f"Odoo did not start; see {self.log} and odoo.out beside it")
            time.sleep(0.2)
        raise console.Failure(f"Odoo did not answer within {seconds} s; see {self.log}")

    def is_answering(self):
        address = f"http://127.0.0.1:{self.port}/web/health?db_server_status=true"
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        """Stop Odoo: politely, then by force."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
        _end_leftovers()
        self._process = None

    def drop(self):
        self.close()
        _drop(self.database)

    # -- looking in from outside --

    def query(self, sql, *values, **named):
        """The rows of one statement, on an autocommit connection that outlives a crash of the server."""
        for is_last in (False, True):
            try:
                return self._execute(sql, values or named)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self.close()
                if is_last:
                    raise

    def _execute(self, sql, values):
        if self._connection is None:
            self._connection = connect(self.database)
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def scalar(self, sql, *values):
        rows = self.query(sql, *values)
        return rows[0][0] if rows else None

    def close(self):
        if self._connection is not None:
            with contextlib.suppress(psycopg2.Error):
                self._connection.close()
            self._connection = None

    def script(self, code):
        """Run Python in ``odoo shell`` on this database; what it prints after a line ``>>>``."""
        return odoo.script(code, self.database, self.conf, packages=self.template.python)

    def without_watchdog(self):
        """Switch the watchdog off: it would hide what a benchmark looks for."""
        self.query(
            "UPDATE ir_cron SET active = FALSE WHERE id IN (SELECT res_id FROM ir_model_data "
            "WHERE module = 'healthcare_interop' AND name = 'cron_watchdog')"
        )


@contextlib.contextmanager
def prepared(*, keep=False, template=PLAIN):
    """The server and the template, for as long as the block lasts; one benchmark at a time.

    ``keep``: take the template as it is, although files of the add-on have changed since.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database.prepare()
        _end_leftovers()
        with _server():
            ensure(template, keep=keep)
            yield


@contextlib.contextmanager
def started(name, *, before=None, keep_database=False, **options):
    """Within ``prepared``: a running Odoo on a fresh copy. ``before(instance)`` is called before Odoo starts.

    ``options``: those of ``Instance``.
    """
    one = Instance(name, **options).create()
    try:
        if before:
            before(one)
        with console.step(f"Odoo on {one.database}"):
            one.start()
        yield one
    finally:
        one.stop()
        if keep_database:
            console.note(f"kept: database {one.database}, log {one.log}")
            one.close()
        else:
            one.drop()


@contextlib.contextmanager
def running(name, *, keep=False, **options):
    """``prepared`` and ``started`` in one."""
    with prepared(keep=keep), started(name, **options) as one:
        yield one


def connect(name):
    """A connection to the benchmark's server on which every statement commits by itself."""
    reach = postgres.connection()
    known = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    options = {key: reach[variable] for key, variable in known.items() if variable in reach}
    connection = psycopg2.connect(dbname=name, application_name="interop-bench", **options)
    connection.autocommit = True
    return connection


# -- the PostgreSQL server --


def data_folder():
    return FOLDER / "pg"


def _socket():
    """Its whole path must stay under 108 characters."""
    if len(str(FOLDER)) < 80:
        return FOLDER / "sock"
    return Path(tempfile.gettempdir()) / f"interop-bench-{paths.checkout_id()}"


@contextlib.contextmanager
def _server():
    if postgres.is_external():
        yield
        return
    key, mark = database.base_key(), FOLDER / "base.key"
    if not mark.exists() or mark.read_text(encoding="utf-8") != key:
        _copy_base(key)
        mark.write_text(key, encoding="utf-8")
    with postgres.reached_at(_socket()):
        start_server()
        try:
            yield
        finally:
            postgres.stop(data_folder())


def _copy_base(key):
    postgres.stop(data_folder())
    shutil.rmtree(data_folder(), ignore_errors=True)
    shutil.rmtree(FOLDER / "data", ignore_errors=True)
    cached = paths.cache() / f"base-{key}"
    postgres.copy(cached / "pg", data_folder())
    files = FOLDER / "data" / "filestore"
    files.mkdir(parents=True)
    console.run(["cp", "-a", cached / "filestore" / database.base_name(), files])


def start_server():
    postgres.start(data_folder(), _socket(), FOLDER / "postgres.log")


def crash_server():
    """What a power cut does to PostgreSQL: nothing is finished, nothing is flushed."""
    postgres.stop(data_folder(), mode="immediate")


# -- databases --


def ensure(template, *, keep=False):
    """Within ``prepared``: make a template that is not there in its present state."""
    name, wanted = template.database, template.digest()
    sql = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    found = postgres.scalar(sql)
    if found and (keep or found == wanted) and template.peers.exists():
        return
    _drop(name)
    _create(name, database.base_name())
    conf = FOLDER / f"{name}-template.conf"
    http, gevent = _free_ports(2)
    own = {"http_port": http, "gevent_port": gevent, "workers": 0, "logfile": ""}
    _write_conf(conf, name, own | _addons(template))
    with console.step("a database with the add-on and the demo hospital (once)"):
        wanted_modules = ",".join((paths.ADDON, *template.modules))
        arguments = ["server", "-d", name, "-i", wanted_modules, "--stop-after-init"]
        arguments += ["--no-http", "--max-cron-threads=0", "--logfile="]
        odoo.call(arguments, conf=conf, log=FOLDER / "install.log", packages=template.python)
        code = PREPARE.format(
            files=paths.manifest().get("demo", []), addon=paths.ADDON, script=template.script
        )
        peers = odoo.script(code, name, conf, packages=template.python)
    odoo.write_private(template.peers, peers)
    postgres.query(f"COMMENT ON DATABASE \"{name}\" IS '{wanted}'")
    _settle()


def _addons(template):
    found = [*map(str, template.addons), *map(str, odoo.addons_path())]
    return {"addons_path": ",".join(found)} if template.addons else {}


def _create(name, template):
    postgres.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _settle()
    files = FOLDER / "data" / "filestore"
    source = files / template if (files / template).exists() else paths.FILESTORE / template
    if source.exists():
        shutil.copytree(source, files / name, dirs_exist_ok=True)


def _settle():
    """A checkpoint: PostgreSQL 15 to 18 forgets up to 32 values of a copied sequence if it crashes before one.

    A sequence is logged ahead; the copy's page says that it was, but the copy's log does not.
    """
    if not postgres.is_external():
        postgres.query("CHECKPOINT")


def _drop(name):
    postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(FOLDER / "data" / "filestore" / name, ignore_errors=True)


# -- Odoo --


def _free_ports(count):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _one in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def _write_conf(file, name, own, channels=None):
    """The demo's configuration, keys included, with what must differ."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(paths.CONF, encoding="utf-8")
    common = {
        "db_host": postgres.connection()["PGHOST"],
        "db_name": name,
        "data_dir": FOLDER / "data",
        "max_cron_threads": 1,
    }
    for option, value in (common | own).items():
        parser["options"][option] = str(value)
    if channels:
        parser["queue_job"]["channels"] = channels
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        parser.write(handle)


def _end_leftovers():
    """Processes of a run that was killed, or workers that outlived their master."""
    mark = os.fsencode(f"{MARK}={paths.checkout_id()}")
    for found in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            number = int(found.name)
            if mark in (found / "environ").read_bytes().split(b"\0"):
                os.kill(number, signal.SIGKILL)
