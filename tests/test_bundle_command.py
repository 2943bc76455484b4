"""The command ``interop_config``: what a pipeline calls, and how it ends."""

import contextlib
import importlib.util
import io
import json
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo import api
from odoo.cli.command import commands
from odoo.exceptions import AccessError
from odoo.modules.module import get_module_path
from odoo.tests import new_test_user, tagged

from .common_bundle import BundleCase

SAME, DIFFERS, MISTAKES = 0, 1, 2


class _Streams:
    def __init__(self, data):
        self.buffer = io.BytesIO(data)


@tagged("post_install", "-at_install")
class TestCommand(BundleCase):
    """The database's part runs in the test's transaction, what reads arguments and files is the command's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = Path(get_module_path("healthcare_interop")) / "cli" / "interop_config.py"
        name = "odoo.addons.healthcare_interop.cli.interop_config"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cls.command = module.InteropConfig
        commands.pop("interop_config", None)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name) / "bundle.json"

    def run_command(self, *arguments, data=b""):
        """``(how it ended, what it said, what it complained of)``."""
        command = self.command()
        options = command._parser().parse_args([*map(str, arguments), "-d", "here"])
        said, complained = io.StringIO(), io.StringIO()
        with (
            patch.object(sys, "stdin", _Streams(data)),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(complained),
        ):
            try:
                code = command._run(api.Environment(self.cr, self.env.uid, {}), options)
            except SystemExit as end:
                code = end.code
        return code, said.getvalue(), complained.getvalue()

    def test_export_compare_import(self):
        self.assertEqual(self.run_command("export", self.file), (SAME, "", ""))
        text = self.file.read_text(encoding="utf-8")
        self.assertEqual(text, self.whole())
        self.assertEqual(self.run_command("export")[1], text, "or to standard output")
        code, said, _complained = self.run_command("compare", self.file)
        self.assertEqual((code, said), (SAME, "0 changes\n"))
        self.endpoint.max_batch = 7
        code, said, _complained = self.run_command("compare", data=text.encode())
        self.assertEqual(code, DIFFERS)
        self.assertIn(f"~ endpoints: {self.endpoint.name}", said)
        self.assertIn("max_batch: 7 → 1000", said)
        code, said, _complained = self.run_command("import", self.file)
        self.assertEqual((code, said.splitlines()[-1]), (SAME, "1 changes"))
        self.assertEqual(self.endpoint.max_batch, 1000)
        self.assertEqual(self.run_command("import", self.file)[1], "0 changes\n")

    def test_two_files(self):
        text = self.whole()
        self.file.write_text(text, encoding="utf-8")
        other = self.file.with_name("other.json")
        value = json.loads(text)
        value["routes"].pop()
        other.write_text(json.dumps(value), encoding="utf-8")
        self.assertEqual(self.run_command("compare", self.file, self.file)[0], SAME)
        code, said, _complained = self.run_command("compare", self.file, other)
        self.assertEqual((code, said[0]), (DIFFERS, "+"))
        self.assertEqual(self.run_command("compare", other, self.file)[1][0], "-")
        other.write_text("{", encoding="utf-8")
        self.assertEqual(self.run_command("compare", self.file, other)[0], MISTAKES)

    def test_mistakes_are_told_by_their_places(self):
        for data, told in (
            (b"{", "no JSON"),
            (b"\xff", "utf-8"),
            (b'{"kind": "healthcare-interop-configuration", "form": 9}', "form"),
        ):
            for what in ("compare", "import"):
                with self.subTest(told, what=what):
                    code, said, complained = self.run_command(what, data=data)
                    self.assertEqual((code, said), (MISTAKES, ""))
                    self.assertIn(told, complained)
        self.assertEqual(self.run_command("compare", "/no/such/file")[0], MISTAKES)
        text = self.whole().replace(json.dumps(self.company.name), '"Elsewhere"')
        code, _said, complained = self.run_command("import", data=text.encode())
        self.assertEqual(code, MISTAKES)
        self.assertIn("companies[0].company", complained)
        code, said, _complained = self.run_command(
            "import", "--company", f"Elsewhere={self.company.name}", data=text.encode()
        )
        self.assertEqual((code, said), (SAME, "0 changes\n"))

    def test_in_whose_name(self):
        new_test_user(self.env, "pipeline", groups="healthcare_interop.group_administrator")
        new_test_user(self.env, "nobody", groups="base.group_user")
        text = self.whole().encode()
        self.assertEqual(self.run_command("import", "--user", "pipeline", data=text)[0], SAME)
        entry = self.env["interop.audit.entry"].search([("action", "=", "imported")], limit=1)
        self.assertEqual(entry.actor, "pipeline")
        for login in ("nobody", "no such login"):
            for what in ("import", "compare", "export"):
                with self.subTest(login, what=what):
                    code, said, _complained = self.run_command(what, "--user", login, data=text)
                    self.assertEqual((code, said), (MISTAKES, ""))
        with self.assertRaises(AccessError):
            self.env["interop.configuration.command"]._as("nobody")._export()
