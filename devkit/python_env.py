"""The virtual environment with everything pinned in requirements.txt, and OCA queue_job beside it."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from devkit import apt, console, locks, paths

SUPPORTED = ((3, 10), (3, 13))
# pip can't resolve its dependency on `odoo`, which is not on PyPI: so it is no line of
# requirements.txt, and its wheel is unpacked as a folder of add-ons.
QUEUE_JOB = "odoo-addon-queue-job==19.0.2.4.0.1"


def interpreter():
    """The Python that the environment is made with: $PYTHON, or the one that runs `dev`."""
    return os.environ.get("PYTHON") or sys.executable


def _version(python):
    asked = "import sys; print(*sys.version_info[:3])"
    try:
        told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise console.Failure(f"PYTHON={python} does not run") from None
    return tuple(map(int, told.stdout.split()))


def _check(python):
    version = _version(python)
    if not SUPPORTED[0] <= version[:2] <= SUPPORTED[1]:
        wanted = " to ".join(".".join(map(str, end)) for end in SUPPORTED)
        found = ".".join(map(str, version))
        raise console.Failure(
            f"Odoo 19 runs here with Python {wanted}; {python} is {found}. Name another: PYTHON=python3.12 ./dev up"
        )
    return version


@functools.cache
def find():
    """The environment's Python, made if need be."""
    python = interpreter()
    version = _check(python)
    key = paths.digest(paths.REQUIREMENTS.read_text(encoding="utf-8"), os.path.realpath(python))
    folder = paths.cache() / f"venv-{version[0]}.{version[1]}-{key}"
    if not (folder / ".complete").exists():
        with locks.cache():
            if not (folder / ".complete").exists():
                _make(python, folder)
    return folder / "bin" / "python"


def _make(python, folder):
    shutil.rmtree(folder, ignore_errors=True)
    with console.step("Python packages: making the virtual environment (about 600 MB)"):
        try:
            console.run([python, "-m", "venv", folder])
        except console.Failure as failure:
            _make_without_ensurepip(python, folder, failure)
        console.run([*_pip(folder / "bin" / "python"), "install", "-q", "-r", paths.REQUIREMENTS])
    (folder / ".complete").touch()


def _pip(python):
    return [python, "-m", "pip", "--disable-pip-version-check"]


def _make_without_ensurepip(python, folder, failure):
    """Debian keeps the pip that a new environment needs in packages of its own."""
    if not apt.is_available():
        raise console.Failure(f"{failure}\nThis Python can't make a virtual environment")
    shutil.rmtree(folder, ignore_errors=True)
    console.run([python, "-m", "venv", "--without-pip", folder])
    with tempfile.TemporaryDirectory(prefix="interop-") as scratch:
        prefix = Path(scratch) / "unpacked"
        apt.Source(Path(scratch) / "apt").unpack(["python3-pip-whl"], prefix)
        (wheel,) = prefix.glob("usr/share/python-wheels/pip-*.whl")
        console.run([folder / "bin" / "python", wheel / "pip", "install", "-q", "pip"])


def queue_job(python):
    """The folder of add-ons that holds queue_job, unpacked if need be."""
    folder = paths.cache() / QUEUE_JOB.replace("==", "-")
    addons = folder / "odoo" / "addons"
    if not addons.is_dir():
        with locks.cache(), console.step("OCA queue_job"):
            _unpack_queue_job(python, folder)
    return addons


def extra(requirements):
    """A folder with the packages that a requirements file pins, installed on first use, for ``sys.path``."""
    python = find()
    key = paths.digest(requirements.read_text(encoding="utf-8"), python)
    folder = paths.cache() / f"{requirements.stem}-{key}"
    if not folder.is_dir():
        with locks.cache(), console.step(f"packages of {requirements.name}"):
            building = folder.with_name(folder.name + ".part")
            shutil.rmtree(building, ignore_errors=True)
            arguments = ["install", "-q", "--target", building, "-r", requirements]
            console.run([*_pip(python), *arguments, "--no-deps"])
            building.rename(folder)
    return folder


def _unpack_queue_job(python, folder):
    building = folder.with_name(folder.name + ".part")
    shutil.rmtree(building, ignore_errors=True)
    wheels = building / "wheels"
    wheels.mkdir(parents=True)
    console.run([*_pip(python), "download", "-q", "--no-deps", "-d", wheels, QUEUE_JOB])
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(building)
    shutil.rmtree(wheels)
    shutil.rmtree(folder, ignore_errors=True)
    building.rename(folder)


def site_packages(python):
    """Where the environment's packages lie."""
    (folder,) = Path(python).parent.parent.glob("lib/python3*/site-packages")
    return folder
