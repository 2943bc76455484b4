"""What a benchmark's database is made of: a template, installed once and copied for each run, and Odoo's configuration."""

import configparser
import contextlib
import dataclasses
import os
import shutil
import socket
from pathlib import Path

from benchmarks.own_postgres import FOLDER
from devkit import addon, console, database, odoo, paths, postgres

PREPARE = """
import json
from odoo.tools.convert import convert_file
for name in {files!r}:
    convert_file(env, {addon!r}, name, {{}}, mode='init', noupdate=True)
{script}
kinds = {{'standard_webhooks': 'hmac', 'api_key': 'api_key'}}
peers = {{one.endpoint_id.code: {{'kind': kinds[one.scheme], 'secret': one._issue()}}
         for one in env['interop.credential'].search([])}}
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


def ensure(template, *, keep=False):
    """Within ``prepared``: make a template that is not there in its present state."""
    name, wanted = template.database, template.digest()
    sql = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    found = postgres.scalar(sql)
    if found and (keep or found == wanted) and template.peers.exists():
        return
    drop(name)
    create(name, database.base_name())
    conf = FOLDER / f"{name}-template.conf"
    http, gevent = free_ports(2)
    own = {"http_port": http, "gevent_port": gevent, "workers": 0, "logfile": ""}
    write_conf(conf, name, own | addons_of(template))
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


def create(name, template):
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


def drop(name):
    postgres.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(FOLDER / "data" / "filestore" / name, ignore_errors=True)


def addons_of(template):
    found = [*map(str, template.addons), *map(str, odoo.addons_path())]
    return {"addons_path": ",".join(found)} if template.addons else {}


def free_ports(count):
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _one in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def write_conf(file, name, own, channels=None):
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
