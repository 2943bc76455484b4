"""The section ``[healthcare_interop]`` of Odoo's configuration file.

Odoo 19 keeps nothing but its own options of that file (``config.misc`` of earlier versions is gone), so it is read here, as
queue_job reads its own.
"""

import configparser
import functools

from odoo import tools

SECTION = "healthcare_interop"


def option(name):
    """The stripped text of an option; '' where it is not given."""
    return _section(tools.config.get("config") or "").get(name, "").strip()


@functools.lru_cache(maxsize=4)
def _section(path):
    """Read once a process: a server's configuration changes with its restart."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    if path:
        parser.read(path, encoding="utf-8")
    return dict(parser[SECTION]) if parser.has_section(SECTION) else {}
