"""`python -m mllp --settings FILE`: the bridge as a program."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from datetime import datetime, timezone
from pathlib import Path

from .bridge import Bridge
from .check import check
from .settings import BadSettings, Settings, load, read

#: options of the command line that stand for a file with one listener
SHORT = ("listen", "url", "credential_file", "credential_env", "peers", "certificate", "key")

EPILOG = "Exit codes: 0 ended or all well, 1 an endpoint is not ready or a port is taken, 2 bad settings."


def parser(*, with_help: bool = True) -> argparse.ArgumentParser:
    """``with_help`` False: to be another parser's parent."""
    found = argparse.ArgumentParser(
        add_help=with_help,
        prog="interop-mllp",
        description="Bridges MLLP and MLLP/TLS to the HTTP endpoints of the add-on.",
        epilog=EPILOG,
    )
    found.add_argument("--settings", type=Path, metavar="FILE", help="INI file; see docs/mllp.md")
    found.add_argument("--check", action="store_true", help="look at settings and endpoints, end")
    found.add_argument("--verbose", action="store_true", help="log more than it needs")
    one = found.add_argument_group("one listener without a file")
    one.add_argument("--listen", metavar="ADDRESS:PORT")
    one.add_argument("--url", help="http(s)://…/interop/v1/in/<endpoint>")
    one.add_argument("--credential-file", metavar="FILE", help="with a secret or an API key")
    one.add_argument("--credential-env", metavar="NAME", help="the environment variable with it")
    one.add_argument("--peers", metavar="NETWORKS", help="who may connect (default: this host)")
    one.add_argument("--certificate", metavar="FILE", help="PEM; makes it MLLP/TLS")
    one.add_argument("--key", metavar="FILE", help="PEM, where it is not beside the certificate")
    return found


def settings_of(options: argparse.Namespace) -> Settings:
    """From the file, or from the command line; ``BadSettings``."""
    told = {name: value for name in SHORT if (value := getattr(options, name))}
    if options.settings and told:
        raise BadSettings(f"--settings goes without --{min(told).replace('_', '-')}")
    if options.settings:
        return load(options.settings)
    return read({"listener mllp": told}, os.environ)


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    # asyncio's own debugging lines may quote what it writes
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    try:
        settings = settings_of(options)
    except BadSettings as error:
        print(f"interop-mllp: {error}", file=sys.stderr)
        return 2
    if options.check:
        return _check(settings)
    return asyncio.run(_run(settings, options))


async def _run(settings: Settings, options: argparse.Namespace) -> int:
    bridge = Bridge(settings, lambda: settings_of(options))
    try:
        is_well = await bridge.run()
    except OSError as error:
        print(f"interop-mllp: can't listen: {error.strerror}", file=sys.stderr)
        return 1
    return 0 if is_well else 1


def _check(settings: Settings) -> int:
    found = asyncio.run(check(settings, datetime.now(timezone.utc)))
    for name, words in found.items():
        print(f"{name}: {words or 'ready'}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
