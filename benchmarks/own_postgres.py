"""The benchmarks' own PostgreSQL server: a second one, because a benchmark may kill it.

Where the environment names a server of the user's own (``PGHOST``), that one is used and never killed.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import psycopg2

from benchmarks import run
from devkit import console, database, paths, postgres

FOLDER = paths.RUN / os.environ.get(run.OWN_FOLDER, "bench")


def connect(name):
    """A connection to the benchmark's server on which every statement commits by itself."""
    reach = postgres.connection()
    known = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    options = {key: reach[variable] for key, variable in known.items() if variable in reach}
    connection = psycopg2.connect(dbname=name, application_name="interop-bench", **options)
    connection.autocommit = True
    return connection


def data_folder():
    return FOLDER / "pg"


def _socket():
    """Its whole path must stay under 108 characters."""
    if len(str(FOLDER)) < 80:
        return FOLDER / "sock"
    return Path(tempfile.gettempdir()) / f"interop-{FOLDER.name}-{paths.checkout_id()}"


@contextlib.contextmanager
def serving():
    """The server, for as long as the block lasts."""
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
