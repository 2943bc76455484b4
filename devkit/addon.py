"""This add-on in a database: installed, brought up to date, and filled with the demo hospital.

A database remembers in its comment which state of the files it was last updated to, so that a
second start does nothing. A database without that comment was never finished and is made anew.
"""

import hashlib
import json

from devkit import console, database, locks, odoo, odoo_log, paths, postgres, server

LOADED = {".py", ".xml", ".csv", ".js", ".css", ".scss", ".json", ".sql", ".po", ".toml"}
NOT_LOADED = {"devkit", "mllp", "tests", "benchmarks", "docs", "readme", "__pycache__", "build"}

# The demo files stay out of `-i`, since Odoo would then load all its own demo data too.
FILL = """
import json
from odoo.tools.convert import convert_file
for name in {files!r}:
    convert_file(env, {addon!r}, name, {{}}, mode='init', noupdate=True)
peers = {{
    credential.endpoint_id.code: {{
        'kind': 'api_key' if credential.scheme == 'api_key' else 'hmac',
        'secret': credential._issue(),
    }}
    for credential in env['interop.credential'].search([('prefix', '=', False)])
}}
print('>>>')
print(json.dumps(peers))
"""


def digest():
    """Changes with any file that Odoo loads from the add-on."""
    told = hashlib.sha256()
    for file in sorted(_files(paths.CHECKOUT)):
        told.update(str(file).encode() + b"\0" + file.read_bytes())
    return told.hexdigest()[:16]


def _files(folder):
    for found in folder.iterdir():
        if found.name.startswith(".") or found.name in NOT_LOADED or found.is_symlink():
            continue
        if found.is_dir():
            yield from _files(found)
        elif found.suffix in LOADED:
            yield found


def ensure_demo():
    """The demo database, with the add-on in its present state and the demo hospital in it."""
    name, conf = database.demo_name(), paths.CONF
    with locks.checkout():
        wanted, found = digest(), _state(name)
        if found == wanted:
            return
        if found:
            server.stop()
            _load(name, conf, "-u", "updating the add-on")
        else:
            _make(name, conf)
            fill(name, conf)
        _remember(name, wanted)


def ensure_test():
    """The test database; made anew, never updated, so that nothing is left of an earlier state."""
    name = database.test_name()
    with locks.checkout():
        wanted = digest()
        if _state(name) != wanted:
            _make(name, paths.TEST_CONF)
            _remember(name, wanted)


def _state(name):
    sql = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
    return postgres.scalar(sql)


def _remember(name, state):
    postgres.query(f"COMMENT ON DATABASE \"{name}\" IS '{state}'")


def _make(name, conf):
    if not paths.manifest():
        raise console.Failure(f"{paths.CHECKOUT} has no __manifest__.py: no add-on to install")
    database.drop(name)
    database.create(name, database.base_name())
    _load(name, conf, "-i", "installing the add-on")


def _load(name, conf, how, title):
    log = paths.RUN / f"install-{name}.log"
    log.unlink(missing_ok=True)
    arguments = ["server", "-d", name, how, paths.ADDON, "--stop-after-init", "--no-http"]
    arguments += ["--workers=0", "--max-cron-threads=0", "--logfile="]
    with console.step(f"database {name}: {title}"):
        odoo.call(arguments, conf=conf, log=log)
    found = odoo_log.read(log).unexpected
    for line in found[:5]:
        console.note(line)
    if found:
        console.note(f"{len(found)} warnings or errors in {log}")


def fill(name, conf):
    """Load the demo hospital and keep its peers' secrets for `send`."""
    paths.PLAYED.unlink(missing_ok=True)
    code = FILL.format(files=paths.manifest().get("demo", []), addon=paths.ADDON)
    with console.step(f"database {name}: the demo hospital"):
        peers = json.loads(odoo.script(code, name, conf))
    odoo.write_private(paths.PEERS, json.dumps(peers, indent=1))


def export_terms():
    """Write every translatable term to the add-on's `.pot`, from the demo database as it is now."""
    database.prepare()
    ensure_demo()
    file = paths.CHECKOUT / "i18n" / f"{paths.ADDON}.pot"
    arguments = ["export", paths.ADDON, "-c", paths.CONF, "-d", database.demo_name(), "-l", "pot"]
    with console.step("exporting the translatable terms"):
        console.run([*odoo.program(), "i18n", *map(str, arguments)], env=odoo.environment())
    _clean(file)
    console.note(f"written: {file.relative_to(paths.CHECKOUT)}")


def _clean(file):
    """Without dates, which change with every export, and without the places that Odoo's walk through
    `.run/addons` (a link to the add-on itself) finds again and again."""
    noise = ('"POT-Creation-Date', '"PO-Revision-Date', f"#: code:addons/{paths.ADDON}/.run/")
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(noise)]
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
