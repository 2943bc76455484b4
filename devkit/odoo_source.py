"""Odoo 19 itself: the one the environment names, Debian's package unpacked, or the official repository.

`find()` answers with the folder that holds the `odoo` package (what goes on PYTHONPATH).
"""

import functools
import os
import shutil
from pathlib import Path

from devkit import apt, console, locks, paths

SERIES = "19.0"
VERSION = "19.0.0+dfsg"
REPOSITORY = "https://github.com/odoo/odoo.git"
DIST_PACKAGES = "usr/lib/python3/dist-packages"

# Debian replaces some web assets by relative links into these packages. One broken link breaks the
# whole asset bundle, and the web client answers 500.
ASSETS = """libjs-jquery libjs-underscore libjs-jquery-form fonts-roboto-unhinted fonts-montserrat
fonts-inconsolata fonts-ocr-b fonts-glyphicons-halflings""".split()
# Odoo 19 wants version 4.7 of it: the stable suite has that, sid does not.
STABLE_ASSETS = ["fonts-font-awesome"]
# Debian leaves this file out; asking for it in vain fails every browser test.
MISSING_FILE = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@functools.cache
def find():
    """The folder with the `odoo` package, fetched if need be."""
    if named := os.environ.get("ODOO_PATH"):
        return _given(Path(named).expanduser().resolve())
    prefix = paths.cache() / f"odoo-{VERSION}"
    cloned = paths.cache() / f"odoo-git-{SERIES}"
    for folder in (prefix / DIST_PACKAGES, cloned):
        if (folder / "odoo").is_dir():
            return folder
    with locks.cache():
        return _fetch(prefix, cloned)


def _given(folder):
    """A source checkout, a dist-packages folder, or the `odoo` package itself."""
    for candidate in (folder, folder.parent):
        if (candidate / "odoo" / "release.py").exists():
            release = (candidate / "odoo" / "release.py").read_text(encoding="utf-8")
            if "version_info = (19," not in release:
                raise console.Failure(f"ODOO_PATH={folder} is not Odoo 19")
            return candidate
    raise console.Failure(f"ODOO_PATH={folder} holds no odoo/release.py")


def _fetch(prefix, cloned):
    if apt.is_available():
        try:
            return _from_debian(prefix)
        except console.Failure as failure:
            console.note(f"Odoo from Debian's archive did not work: {failure}")
    else:
        console.note("no apt on this machine: Odoo comes from the official repository")
    return _from_repository(cloned)


def _from_debian(prefix):
    building = prefix.with_name(prefix.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    state = building / "apt"
    with console.step("Odoo 19: downloading Debian's package (about 130 MB) and unpacking it"):
        apt.Source(state / "sid", suite="sid").unpack(["odoo-19", *ASSETS], building)
        apt.Source(state / "own").unpack(STABLE_ASSETS, building)
        _mend(building / DIST_PACKAGES / "odoo")
    shutil.rmtree(state)
    building.rename(prefix)
    return prefix / DIST_PACKAGES


def _mend(package):
    missing = package / MISSING_FILE
    if not missing.exists():
        missing.parent.mkdir(parents=True, exist_ok=True)
        missing.touch()


def _from_repository(cloned):
    if not shutil.which("git"):
        raise console.Failure("neither apt nor git: set ODOO_PATH to an Odoo 19 source folder")
    building = cloned.with_name(cloned.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    command = ["git", "clone", "--quiet", "--depth=1", f"--branch={SERIES}", REPOSITORY, building]
    try:
        with console.step("Odoo 19: cloning the official repository (several minutes)"):
            console.run(command, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
    except console.Failure as failure:
        raise console.Failure(
            f"{failure}\n\nOdoo 19 could not be fetched. Get it by hand and name it: "
            "ODOO_PATH=/path/to/odoo ./dev up"
        ) from None
    building.rename(cloned)
    return cloned


def addons_dirs(source):
    """The folders of Odoo's own add-ons: two in a source checkout, one in Debian's package."""
    found = [source / "odoo" / "addons", source / "addons"]
    return [folder for folder in found if folder.is_dir()]


def version(source):
    """A name for this very Odoo, for what is built with it."""
    release = (source / "odoo" / "release.py").read_text(encoding="utf-8")
    return paths.digest(source, release)
