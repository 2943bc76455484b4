"""``odoo --addons-path=FOLDERS interop_config export|compare|import -c odoo.conf -d DATABASE FILE``: the configuration bundle.

For pipelines between test and production. Odoo finds the commands of add-ons by ``--addons-path`` alone, given first: the
configuration is not read by then. This file is loaded outside the add-on's package.
"""

import argparse
import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

#: what the command ends with: nothing differs, or it is done; something differs; mistakes
SAME, DIFFERS, MISTAKES = 0, 1, 2
MODEL = "interop.configuration.command"


class InteropConfig(Command):
    """Export, compare or import the configuration of Healthcare Interop.

    Ends with 0 where nothing differs or what was asked is done, 1 where something differs, 2 with mistakes, told by place.
    """

    name = "interop_config"

    def run(self, args):
        options = self._parser().parse_args(args)
        own = ["--no-http", "--log-level=warn", "-d", options.database]
        config.parse_config(own + (["-c", options.conf] if options.conf else []))
        with Registry(options.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if MODEL not in env:
                self._end(f"Healthcare Interop is not installed in {options.database}")
            code = self._run(env, options)
            if code != MISTAKES:
                # a command is a transaction of its own: nobody else commits what it imported, or put on record
                cr.commit()
        sys.exit(code)

    def _parser(self):
        parser = argparse.ArgumentParser(prog=self.prog, description=self.__doc__)
        parser.add_argument("what", choices=["export", "compare", "import"])
        parser.add_argument(
            "file", nargs="?", default="-", help="- (the default): standard streams"
        )
        parser.add_argument("other", nargs="?", help="compare: with this file, not the database")
        parser.add_argument("-c", "--config", dest="conf", help="Odoo's configuration file")
        parser.add_argument("-d", "--database", required=True)
        parser.add_argument(
            "--company",
            action="append",
            default=[],
            metavar="THEIRS=OURS",
            help="what a company of the file is called here; may be repeated",
        )
        parser.add_argument(
            "--user", help="login of the administrator who answers for it; default: Odoo itself"
        )
        parser.add_argument(
            "--put-in-use", action="store_true", help="import: put mappings in use as well"
        )
        return parser

    def _run(self, env, options):
        command = env[MODEL]
        try:
            command = command._as(options.user)
            if options.what == "export":
                self._write(options.file, command._export())
                return SAME
            text = self._read(options.file)
            companies = dict(one.partition("=")[::2] for one in options.company)
            if options.what == "compare":
                other = self._read(options.other) if options.other else None
                told, code = command._compare(text, other, companies)
            else:
                told, code = command._import(text, companies, put_in_use=options.put_in_use)
        except (UserError, OSError, UnicodeDecodeError) as error:
            self._end(str(error))
        print(told, file=sys.stderr if code == MISTAKES else sys.stdout)
        return code

    def _read(self, name):
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")

    def _write(self, name, text):
        if name == "-":
            sys.stdout.write(text)
        else:
            Path(name).write_text(text, encoding="utf-8")

    def _end(self, told):
        print(told, file=sys.stderr)
        sys.exit(MISTAKES)
