"""The databases: a base with the add-on's dependencies, and the demo and test ones made from it.

The base takes minutes to install, so it is built once, as a whole stopped PostgreSQL folder in the
cache; a checkout copies that folder in a second. On a PostgreSQL of the user's own it is a database
of that server, with its key in the database's comment.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from devkit import console, locks, odoo, odoo_source, paths, postgres, server

# Odoo installs no chart of accounts for a company without a country.
CHART = """
company = env.ref('base.main_company')
if not company.chart_template:
    env['account.chart.template'].try_loading('generic_coa', company)
print('>>>')
print(env['account.journal'].search_count([]), env['account.account'].search_count([]),
      env['stock.warehouse'].search_count([]))
"""


def _name(suffix):
    """On a shared server the checkout's id keeps checkouts apart."""
    owner = f"_{paths.checkout_id()}" if postgres.is_external() else ""
    return f"interop{suffix}{owner}"


def demo_name():
    return _name("")


def test_name():
    return _name("_test")


def runner_name(part):
    """A copy of the test database for a part of the tests."""
    return _name(f"_runner_{part}")


def upgrade_name():
    """A hospital as an earlier release left it, to be updated."""
    return _name("_upgrade")


def base_name():
    return _name("_base")


def base_key():
    """Changes when what the base is made of changes."""
    made_of = (postgres.version(), odoo_source.version(odoo_source.find()), paths.depends(), CHART)
    return paths.digest(*made_of, paths.checkout_id() if postgres.is_external() else "")


def exists(name):
    return bool(postgres.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def create(name, template):
    """Copy a database with its files."""
    postgres.query(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    if not postgres.is_external():
        # a copied sequence forgets what it gave out if PostgreSQL (15 to 18) crashes before its next checkpoint
        postgres.query("CHECKPOINT")
    files = paths.FILESTORE / template
    if files.exists():
        shutil.copytree(files, paths.FILESTORE / name, dirs_exist_ok=True)


def drop(name):
    """Delete a database with its files; sessions on it are ended."""
    postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(paths.FILESTORE / name, ignore_errors=True)


def _install_base(name):
    """Install the dependencies and a chart of accounts into a new database."""
    log = paths.RUN / "base.log"
    title = f"base database: installing {', '.join(paths.depends())} (a few minutes, once)"
    with console.step(title):
        modules = ",".join(paths.depends())
        arguments = ["server", "-d", name, "-i", modules, "--stop-after-init", "--no-http"]
        odoo.call([*arguments, "--workers=0", "--max-cron-threads=0", "--logfile="], log=log)
        journals, accounts, warehouses = odoo.script(CHART, name).split()
    if "0" in (journals, accounts, warehouses):
        raise console.Failure(
            f"the base database has {journals} journals, {accounts} accounts, {warehouses} warehouses; see {log}"
        )
    console.note(f"base database: {journals} journals, {accounts} accounts, {warehouses} warehouse")


def prepare():
    """A running PostgreSQL with the base database in it."""
    with locks.checkout():
        odoo.link_addon()
        if postgres.is_external():
            _prepare_external()
        else:
            _prepare_embedded()
        odoo.write_configuration(demo_name(), test_name())


def _prepare_external():
    odoo.write_configuration(demo_name(), test_name())
    told = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{base_name()}'"
    if postgres.scalar(told) == base_key():
        return
    for name in (base_name(), test_name()):
        drop(name)
    _install_base(base_name())
    postgres.query(f"COMMENT ON DATABASE \"{base_name()}\" IS '{base_key()}'")


def _prepare_embedded():
    key, mark = base_key(), paths.RUN / "base.key"
    if mark.exists() and mark.read_text(encoding="utf-8") != key:
        console.note("what the base database is made of has changed: starting anew")
        wipe()
    if not mark.exists():
        wipe()
        _copy_from_cache()
        mark.write_text(key, encoding="utf-8")
    postgres.start(paths.POSTGRES_DATA, paths.socket_dir(), paths.POSTGRES_LOG)


def cached_base():
    """The folder in the cache with the embedded server whose one database is the base; made if need be."""
    cached = paths.cache() / f"base-{base_key()}"
    if not cached.exists():
        with locks.cache():
            if not cached.exists():
                _build_cache(cached)
    return cached


def _copy_from_cache():
    cached = cached_base()
    with console.step("copying the base database from the cache"):
        postgres.copy(cached / "pg", paths.POSTGRES_DATA)
        paths.FILESTORE.mkdir(parents=True, exist_ok=True)
        console.run(["cp", "-a", cached / "filestore" / base_name(), paths.FILESTORE])


def _build_cache(cached):
    """Build the base in a server of its own folder and keep that folder, stopped."""
    building = cached.with_name(cached.name + ".part")
    with contextlib.suppress(FileNotFoundError, console.Failure):
        postgres.stop(building / "pg")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="interop-") as short:
        os.chmod(short, 0o755)
        _fill(building, Path(short) / "s")
    building.rename(cached)


def _fill(building, socket):
    data = building / "pg"
    paths.RUN.mkdir(exist_ok=True)
    postgres.init(data)
    postgres.start(data, socket, building / "postgres.log")
    try:
        with postgres.reached_at(socket):
            odoo.write_configuration(demo_name(), test_name())
            _install_base(base_name())
            postgres.query("VACUUM FREEZE ANALYZE", base_name())
    finally:
        postgres.stop(data)
    (building / "filestore").mkdir()
    shutil.move(paths.FILESTORE / base_name(), building / "filestore" / base_name())


def wipe():
    """Remove this checkout's embedded server with all it holds."""
    server.stop()
    postgres.stop(paths.POSTGRES_DATA)
    for gone in (paths.POSTGRES_DATA, paths.DATA_DIR):
        shutil.rmtree(gone, ignore_errors=True)
    for gone in (paths.RUN / "base.key", paths.PEERS, paths.PLAYED):
        gone.unlink(missing_ok=True)
