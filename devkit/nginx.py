"""An nginx for trials: the machine's own, or Debian's package unpacked into the cache."""

import shutil
import subprocess

from devkit import apt, console, locks, paths

#: where Debian's package has its program
PLACE = "usr/sbin/nginx"


def ensure():
    """Its program, fetched if need be, and a reason where there is none: (program, reason)."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program:
        return program, ""
    if not apt.is_available():
        return None, "there is no nginx, and no apt to fetch it with"
    folder = paths.cache() / "nginx"
    try:
        if not folder.is_dir():
            with locks.cache():
                _fetch(folder)
        console.run([folder / PLACE, "-v"])
    except (console.Failure, OSError) as failure:
        return None, f"there is no nginx, and Debian's does not run here: {failure}"
    return str(folder / PLACE), ""


def _fetch(folder):
    if folder.is_dir():
        # by whoever held the lock before
        return
    building = folder.with_name(folder.name + ".part")
    with console.step("nginx: downloading Debian's package and unpacking it"):
        shutil.rmtree(building, ignore_errors=True)
        apt.Source(building / "apt").unpack(["nginx"], building)
        shutil.rmtree(building / "apt")
        building.rename(folder)


def version(program):
    """As it says itself: `nginx/1.22.1`."""
    told = subprocess.run([program, "-v"], capture_output=True, text=True, check=True)
    return told.stderr.strip().rpartition(" ")[2]
