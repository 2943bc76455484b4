"""Where everything lies: the checkout, its ignored `.run/` folder, and the cache shared by checkouts.

Nothing here is created by importing; each owner makes its own folders. No other module spells a path.
"""

import ast
import getpass
import hashlib
import os
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ADDON = "healthcare_interop"
DEFAULT_DEPENDS = ["account", "purchase_stock", "hr", "mail", "queue_job"]

RUN = CHECKOUT / ".run"
ADDONS = RUN / "addons"
LINK = ADDONS / ADDON
LAUNCHER = RUN / "bin" / "odoo"
CONF = RUN / "odoo.conf"
TEST_CONF = RUN / "odoo-test.conf"
ODOO_LOG = RUN / "odoo.log"
ODOO_PID = RUN / "odoo.pid"
POSTGRES_DATA = RUN / "pg"
POSTGRES_LOG = RUN / "postgres.log"
DATA_DIR = RUN / "data"
FILESTORE = DATA_DIR / "filestore"
PORTS = RUN / "ports.json"
SECRETS = RUN / "secrets.json"
PEERS = RUN / "peers.json"
PLAYED = RUN / "played"
REQUIREMENTS = CHECKOUT / "requirements.txt"


def cache():
    """The folder downloads are kept in, outside every checkout."""
    if named := os.environ.get("HEALTHCARE_INTEROP_CACHE"):
        return Path(named).expanduser().resolve()
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (Path(home).expanduser() / ADDON).resolve()


def digest(*parts):
    """Ten hexadecimal characters that change when any of the texts does."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:10]


def checkout_id():
    """A short name for this checkout, the same on every run."""
    return digest(CHECKOUT)


def socket_dir():
    """Where PostgreSQL's socket stands: `.run`, or a short folder in /tmp.

    A unix socket's whole path has at most 107 characters, and a checkout may lie deep.
    """
    if len(str(RUN)) < 80:
        return RUN / "sock"
    return Path(tempfile.gettempdir()) / f"interop-{getpass.getuser()}-{checkout_id()}"


def manifest(folder=CHECKOUT):
    """The add-on's manifest as a dict, empty while there is none; ``folder``: of another state of it."""
    file = folder / "__manifest__.py"
    return ast.literal_eval(file.read_text(encoding="utf-8")) if file.exists() else {}


def depends():
    """The add-ons that the template database is made of."""
    return sorted(manifest().get("depends", DEFAULT_DEPENDS))
