"""``odoo --addons-path=FOLDERS interop_audit_verify -c odoo.conf -d DATABASE``: whether the audit log holds.

Odoo finds the commands of add-ons by ``--addons-path`` alone, given first: the configuration is not read by then. This file is
loaded outside the add-on's package.
"""

import argparse
import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class InteropAuditVerify(Command):
    """Verify the audit log of Healthcare Interop: exit 0 where it holds, 1 with the places where it does not."""

    name = "interop_audit_verify"

    def run(self, args):
        parser = argparse.ArgumentParser(prog=self.prog, description=self.__doc__)
        parser.add_argument("-c", "--config", dest="conf", help="Odoo's configuration file")
        parser.add_argument("-d", "--database", required=True)
        parser.add_argument(
            "--heads", default="", help="a file that has the heads, a server's log for one"
        )
        options = parser.parse_args(args)
        own = ["--no-http", "--log-level=warn", "-d", options.database]
        config.parse_config(own + (["-c", options.conf] if options.conf else []))
        with Registry(options.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if "interop.audit.verification" not in env:
                sys.exit(f"Healthcare Interop is not installed in {options.database}")
            told, holds = env["interop.audit.verification"]._on_command_line(options.heads)
        print(told)
        sys.exit(0 if holds else 1)
