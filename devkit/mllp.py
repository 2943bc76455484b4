"""`./dev mllp`: the MLLP bridge before the demo, with the settings you give, or packed into one file.

Without arguments the demo is started and each of its HL7 v2 endpoints gets a port on this machine. With `--settings` (or
`--listen`) nothing of the demo is touched: all arguments are those of `python -m mllp`. `--pack FILE` writes the bridge and
what it needs of `core` as one file for any Python 3.10 or newer, to be copied to the host that it runs on.
"""

import argparse
import configparser
import io
import os
import shutil
import sys
import tempfile
import zipapp
from pathlib import Path

from devkit import addon, console, database, odoo, paths, peers, python_env, server
from mllp.__main__ import parser as bridge_parser

SETTINGS = paths.RUN / "mllp.ini"
FIRST_PORT = 2575
ENDPOINTS = ("demo_pas", "demo_lab", "demo_scheduling", "demo_ris")
PROGRAM = "import sys\n\nfrom mllp.__main__ import main\n\nsys.exit(main())\n"


def pack(target):
    """Write the bridge as one executable file."""
    with tempfile.TemporaryDirectory() as folder:
        for file in needed():
            copy = Path(folder) / file.relative_to(paths.CHECKOUT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        (Path(folder) / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env python3", compressed=True)
    console.note(f"{target}: {target.stat().st_size // 1024} kB")


LIST = """
import sys
import mllp.__main__
print(*(one.__file__ for one in sys.modules.values() if getattr(one, "__file__", None)), sep="\\n")
"""


def needed():
    """The files of this checkout that the bridge imports."""
    # without site-packages: what it needs of them would be missing where it goes
    told = console.run([sys.executable, "-B", "-S", "-c", LIST], cwd=paths.CHECKOUT)
    files = {Path(line) for line in told.split()}
    return sorted(file for file in files if file.is_relative_to(paths.CHECKOUT))


def demo_settings():
    """Settings for the demo's endpoints, a credential of each in a file beside it."""
    found = configparser.ConfigParser(interpolation=None)
    for place, endpoint in enumerate(ENDPOINTS):
        secret = paths.RUN / f"mllp-{endpoint}.secret"
        odoo.write_private(secret, peers.credential(endpoint)["secret"])
        found[f"listener {endpoint}"] = {
            "listen": f"127.0.0.1:{FIRST_PORT + place}",
            "url": f"{odoo.url()}/interop/v1/in/{endpoint}",
            "credential_file": str(secret),
        }
    text = io.StringIO()
    found.write(text)
    odoo.write_private(SETTINGS, text.getvalue())
    return SETTINGS


def main(arguments):
    found = argparse.ArgumentParser(
        prog="dev mllp",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[bridge_parser(with_help=False)],
    )
    found.add_argument("--pack", type=Path, metavar="FILE", help="write the bridge as one file")
    options = found.parse_args(arguments)
    if options.pack:
        return pack(options.pack)
    if not (options.settings or options.listen):
        database.prepare()
        addon.ensure_demo()
        server.start()
        arguments = [*arguments, "--settings", str(demo_settings())]
    os.execv(str(python_env.find()), [str(python_env.find()), "-m", "mllp", *arguments])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except console.Failure as failure:
        sys.exit(f"dev: {failure}")
