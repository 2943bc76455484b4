"""An Odoo of its own for a benchmark: own PostgreSQL server, database, ports and log.

Nothing here touches the demo. The PostgreSQL server is a second one, in ``.run/bench/pg``, because a benchmark may
kill it; where the environment names a server of the user's own (``PGHOST``), that one is used and never killed. The
add-on and the demo hospital are installed once into a template; each run works in a copy of it.

>>> with instance.running("try") as odoo_:                       # doctest: +SKIP
...     odoo_.scalar("SELECT count(*) FROM interop_message")
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2

from benchmarks import own_postgres, templates
from benchmarks.own_postgres import FOLDER
from devkit import console, database, odoo, paths

#: in the environment of all its processes, so that what outlives a killed run is found
MARK = "HEALTHCARE_INTEROP_BENCH"
OURS = f"{paths.checkout_id()}-{FOLDER.name}"
READY_SECONDS = 90
STOP_SECONDS = 20


class Instance:
    """One database and the Odoo that serves it. Use ``running``.

    ``options`` go into Odoo's configuration, ``channels`` to queue_job's, instead of the demo's. ``database``: that of
    another one, as two hosts share it.
    """

    def __init__(
        self, name, *, workers=2, template=templates.PLAIN, options=None, channels=None, database=""
    ):
        self.template = template
        self.database = database or f"{template.database}_{name}"
        self.workers = workers
        self.conf = FOLDER / f"{name}.conf"
        self.log = FOLDER / f"{name}.log"
        self.port, gevent = templates.free_ports(2)
        self.peers = json.loads(template.peers.read_text(encoding="utf-8"))
        self._process = None
        self._connection = None
        own = {"http_port": self.port, "gevent_port": gevent, "workers": workers}
        own |= {"logfile": self.log, **templates.addons_of(template), **(options or {})}
        templates.write_conf(self.conf, self.database, own, channels)

    # -- life --

    def create(self):
        """A fresh copy of the template."""
        templates.drop(self.database)
        templates.create(self.database, self.template.database)
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
                env={**odoo.environment(self.template.python), MARK: OURS},
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
        templates.drop(self.database)

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
            self._connection = own_postgres.connect(self.database)
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
def prepared(*, keep=False, template=templates.PLAIN):
    """The server and the template, for as long as the block lasts; one benchmark at a time.

    ``keep``: take the template as it is, although files of the add-on have changed since.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        database.prepare()
        _end_leftovers()
        with own_postgres.serving():
            templates.ensure(template, keep=keep)
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


def _end_leftovers():
    """Processes of a run that was killed, or workers that outlived their master."""
    mark = os.fsencode(f"{MARK}={OURS}")
    for found in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            number = int(found.name)
            if mark in (found / "environ").read_bytes().split(b"\0"):
                os.kill(number, signal.SIGKILL)
