"""A hospital as an earlier release left it: that release installed, its demo hospital, and a part of its day played.

Made once by that release's own files and kept in the cache, as the base database is: a whole stopped PostgreSQL folder. Each
use works in a copy with a server of its own. On a PostgreSQL of the user's own it is made anew each time.
"""

import contextlib
import json
import shutil
import tempfile
from pathlib import Path

from devkit import addon, console, database, former, locks, odoo, paths, postgres, python_env

FOLDER = paths.RUN / "upgrade"
CONF = FOLDER / "odoo.conf"
LOG = FOLDER / "odoo.log"
#: how much of the demo hospital's day: some hundred messages
SCALE = 0.25
#: that many of the day's messages are accepted only: they wait while the add-on is updated
WAITING = 12
#: Runs in a release's own folder: its hospital's messages, signed, as its `benchmarks/books.py` takes them.
MESSAGES = """
import base64, datetime as dt, json, sys
from devkit import hospital, signing
peers = json.load(sys.stdin)
def told(sent):
    identity = signing.message_id(sent.endpoint + sent.path, sent.body)
    return {{
        'endpoint': sent.endpoint, 'method': sent.method, 'path': sent.path, 'note': sent.note,
        'content_type': sent.content_type, 'body': base64.b64encode(sent.body).decode(),
        'headers': {{**signing.headers(peers[sent.endpoint], identity, sent.body), **sent.headers}},
    }}
date = dt.date.today() - dt.timedelta(days={days_ago})
print(json.dumps([told(one) for one in hospital.day({seed}, date, {scale})]))
"""
#: The demo hospital is one that people made: the add-on does not know its records by name.
OWNED = "DELETE FROM ir_model_data WHERE module = '{addon}' AND id > {shipped}"
#: Follows a release's own `books.py` in its Odoo.
PLAY = """
import json
messages = json.loads({messages!r})
played = len(messages) - {waiting}
play(env, messages[:played], None)
for place, message in enumerate(messages[played:]):
    answer = env['interop.door']._receive(_knock(message, None, played + place))
    if answer.status >= 300:
        raise ValueError(message['note'])
    env.cr.commit()
"""
SEAL = """
env['interop.audit.seal']._cron_seal()
"""
#: What an administrator may have made in a release that asked for less: it has to live on.
OWN_ROWS = """
contracts = env['interop.contract']
attributes = env['interop.contract.attribute']
said = {'purpose': 'why'} if attributes._fields['purpose'].required else {}
rest = {'retention_days': 30} if 'retention_days' in attributes._fields else {}
own = contracts.create({'name': 'Of our own', 'format': 'json', 'document': 'own.made', 'attribute_ids': [
    (0, 0, {'path': 'data.number', **said}),
    (0, 0, {'path': 'data.secret', 'data_class': 'restricted', **said, **rest}),
]})
if not said:
    own.version = '2.3'
    own.schema = '{"type": "object"}'
    contracts.create({'name': 'No schema', 'format': 'json', 'document': 'own.unread', 'schema': 'any JSON'})
    contracts.create({'name': 'Lab', 'format': 'hl7v2', 'document': 'ZZZ^Z01', 'schema': '{"type": "object"}'})
"""
KEYS = "keys.json"


def name():
    """The database, on whichever server it is."""
    return database.upgrade_name()


@contextlib.contextmanager
def hospital(commit):
    """Within this block ``name()`` is a hospital as that release left it; gives ``{endpoint: credential}`` of its peers.

    What it leaves in ``.run/upgrade`` may be looked into until the next use.
    """
    _wipe(FOLDER)
    if postgres.is_external():
        _make(FOLDER, commit)
        try:
            yield _keys(FOLDER)["peers"]
        finally:
            database.drop(name())
        return
    cached = _ensure(commit)
    FOLDER.mkdir(parents=True)
    postgres.copy(cached / "pg", FOLDER / "pg")
    console.run(["cp", "-a", cached / "data", cached / KEYS, FOLDER])
    with _serving(FOLDER):
        yield _keys(FOLDER)["peers"]


def write_configuration(folder, addons):
    """Odoo's configuration for the database, with this or that release's add-ons first."""
    others = odoo.addons_path()[1:]
    key = _keys(folder)["encryption_keys"]
    odoo.write_apart(folder / CONF.name, name(), [addons, *others], folder / "data", key)
    return folder / CONF.name


def script(code, *, log=None):
    """Run Python in Odoo, as ``odoo.script`` does, and keep the whole log."""
    arguments = ["shell", "-d", name(), "--no-http", "--logfile=", "--shell-interface=python"]
    text = f"{code}\nenv.cr.commit()\n"
    told = odoo.call(arguments, conf=CONF, log=log or LOG, input=text)
    if "Traceback (most recent call last)" in told:
        raise console.Failure(f"a script in Odoo failed:\n{told[-3000:]}")
    # Odoo's log, on the same stream, begins its lines with the year
    answer = told.rpartition(">>>\n")[2].splitlines()
    return answer[0] if answer else ""


def messages(root, peers, *, seed, scale, days_ago=1):
    """The day's messages as the devkit in folder ``root`` makes them."""
    code = MESSAGES.format(seed=seed, scale=scale, days_ago=days_ago)
    command = [python_env.find(), "-B", "-c", code]
    return json.loads(console.run(command, cwd=root, input=json.dumps(peers)))


def _keys(folder):
    return json.loads((folder / KEYS).read_text(encoding="utf-8"))


def _key(commit):
    made_of = (commit, database.base_key(), MESSAGES, OWNED, OWN_ROWS, PLAY, SEAL, SCALE, WAITING)
    return paths.digest(*made_of)


def _ensure(commit):
    cached = paths.cache() / f"hospital-{_key(commit)}"
    if not cached.exists():
        former.checkout(commit)
        with locks.cache():
            if not cached.exists():
                _build(cached, commit)
    return cached


def _build(cached, commit):
    """In a copy of the base, whose database becomes this one."""
    building = cached.with_name(cached.name + ".part")
    _wipe(building)
    building.mkdir(parents=True)
    base = database.cached_base()
    postgres.copy(base / "pg", building / "pg")
    with _serving(building):
        postgres.query(f'ALTER DATABASE "{database.base_name()}" RENAME TO "{name()}"')
        files = building / "data" / "filestore"
        files.mkdir(parents=True)
        console.run(["cp", "-a", base / "filestore" / database.base_name(), files / name()])
        _fill(building, commit)
        postgres.query("VACUUM ANALYZE", name())
    building.rename(cached)


def _make(folder, commit):
    """On the user's own server."""
    database.drop(name())
    database.create(name(), database.base_name())
    files = folder / "data" / "filestore"
    files.mkdir(parents=True)
    console.run(["cp", "-a", paths.FILESTORE / name(), files])
    _fill(folder, commit)


def _fill(folder, commit):
    """Install the release, load its demo hospital, and play a part of its day."""
    root = former.checkout(commit)
    own = root / paths.ADDON
    keys = {"encryption_keys": odoo.new_key(), "peers": {}}
    odoo.write_private(folder / KEYS, json.dumps(keys))
    conf, log = write_configuration(folder, root), folder / "former.log"
    with console.step(f"release {commit[:12]}: installing it"):
        arguments = ["server", "-d", name(), "-i", paths.ADDON, "--stop-after-init", "--no-http"]
        odoo.call([*arguments, "--logfile="], conf=conf, log=log)
        demo = paths.manifest(own).get("demo", [])
        shipped = postgres.scalar("SELECT max(id) FROM ir_model_data", name())
        filled = odoo.script(addon.FILL.format(files=demo, addon=paths.ADDON), name(), conf)
        postgres.query(OWNED.format(addon=paths.ADDON, shipped=shipped), name())
    keys["peers"] = json.loads(filled)
    odoo.write_private(folder / KEYS, json.dumps(keys))
    with console.step(f"release {commit[:12]}: a part of its demo hospital's day"):
        day = messages(own, keys["peers"], seed=1, scale=SCALE)
        books = (own / "benchmarks" / "books.py").read_text(encoding="utf-8")
        play = PLAY.format(messages=json.dumps(day), waiting=WAITING)
        odoo.script(books + OWN_ROWS + play + SEAL, name(), conf)


@contextlib.contextmanager
def _serving(folder):
    """The server of ``folder``, for as long as the block lasts. Its socket's whole path must stay short."""
    with tempfile.TemporaryDirectory(prefix="interop-") as short:
        Path(short).chmod(0o755)
        socket = Path(short) / "s"
        with postgres.reached_at(socket):
            postgres.start(folder / "pg", socket, folder / "postgres.log")
            try:
                yield
            finally:
                postgres.stop(folder / "pg")


def _wipe(folder):
    """Remove the folder of a run before this one, which may have been killed."""
    if (folder / "pg").exists():
        postgres.stop(folder / "pg")
    shutil.rmtree(folder, ignore_errors=True)
