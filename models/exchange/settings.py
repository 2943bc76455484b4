"""What the operator of the server decides, and no user of a database: the section of Odoo's configuration file."""

import configparser
import functools

from odoo import models, tools

SECTION = "healthcare_interop"


@functools.lru_cache(maxsize=2)
def _sections(path):
    """Read once a process, as Odoo reads the rest of its file. Odoo 19 itself keeps no section but its own."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(path, encoding="utf-8")
    return {name: dict(parser[name]) for name in parser.sections()}


class Settings(models.AbstractModel):
    _name = "interop.settings"
    _description = "Settings of the server"

    def _option(self, name, section=SECTION):
        """The text of an option in ``[healthcare_interop]``, or in another add-on's section; '' where it is not set."""
        path = tools.config["config"]
        return (_sections(path).get(section, {}).get(name) or "").strip() if path else ""

    def _words(self, name):
        """An option that lists words, by commas or spaces."""
        return frozenset(self._option(name).replace(",", " ").split())

    def _is_on(self, name):
        return self._option(name).lower() in ("true", "1", "yes", "on")
