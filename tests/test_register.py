"""The register of personal data: nothing that we store is missing in it, and who reads or takes it."""

import base64
import csv
import io
import json

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..core.register import outdated, unlisted
from .common import InteropCase

OUR_MODULE = "healthcare_interop"
TEXT = ("char", "text", "html", "binary", "json", "properties")


@tagged("post_install", "-at_install")
class TestRegister(InteropCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env, "register-officer", groups="healthcare_interop.group_data_protection"
        )

    def columns(self):
        """``(model, field)`` of every column of text of ours, and ``(model, "")`` of every table of ours."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            # what tests or other add-ons add is not this add-on's to account for
            if model._abstract or model._transient:
                continue
            is_ours = name.startswith("interop.") and model._original_module == OUR_MODULE
            if is_ours:
                yield name, ""
            for field in model._fields.values():
                is_our_field = is_ours or OUR_MODULE in (field._modules or ())
                if field.store and field.type in TEXT and is_our_field:
                    yield name, field.name

    def test_nothing_that_we_store_is_missing(self):
        columns = list(self.columns())
        self.assertGreater(len(columns), 200)
        self.assertEqual(
            unlisted(columns), [], "say in core/register_tables.py what it holds of people, and why"
        )
        self.assertEqual(outdated(columns), [])

    def test_a_column_that_nobody_accounted_for_shows(self):
        columns = [*self.columns(), ("res.partner", "interop_nickname"), ("interop.new", "")]
        self.assertEqual(unlisted(columns), ["interop.new", "res.partner.interop_nickname"])

    def lines(self, user=None):
        return self.env["interop.register.line"].with_user(user or self.officer)._make()

    def test_content_follows_contracts_and_endpoints(self):
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        self.env["interop.contract.attribute"].create(
            {
                "contract_id": contract.id,
                "path": "born",
                "purpose": "claims in tests",
                "data_class": "restricted",
                "retention_days": 4,
            }
        )
        lines = self.lines().filtered(lambda one: one.basis == "test json")
        born = lines.filtered(lambda one: one.attribute == "born")
        self.assertEqual(
            (born.part, born.data_class, born.purpose, born.days, born.until, born.erasure),
            ("content", "restricted", "claims in tests", 4, "payload", "goes"),
        )
        self.assertIn(self.endpoint.display_name, born.sources)
        self.assertEqual(set(lines.mapped("days")), {4}, "a document goes as a whole")

    def test_records_by_what_entities_write(self):
        lines = self.lines().filtered(lambda one: one.part == "record")
        models = set(lines.mapped("model"))
        for model in ("res.partner", "hr.employee", "account.move", "interop.encounter"):
            self.assertIn(model, models)
        self.assertNotIn("product.product", models)
        name = lines.filtered(lambda one: one.model == "res.partner" and one.what == "party")
        self.assertIn("email", " ".join(name.mapped("attribute")))
        self.assertTrue(all(lines.mapped("purpose")))

    def test_it_is_made_anew_and_is_one_s_own(self):
        first = self.lines()
        second = self.lines()
        self.assertFalse(first.exists())
        self.assertEqual(len(first), len(second))
        auditor = new_test_user(
            self.env, "register-auditor", groups="healthcare_interop.group_auditor"
        )
        self.lines(auditor)
        self.assertTrue(second.exists())

    def test_the_menu_opens_it(self):
        action = self.env["interop.register.line"].with_user(self.officer)._open()
        self.assertEqual(action["res_model"], "interop.register.line")
        self.assertTrue(self.env["interop.register.line"].search_count(action["domain"]))

    def test_others_do_not_read_it(self):
        for group in ("viewer", "operator", "payload_reader"):
            user = new_test_user(
                self.env, f"register-{group}", groups=f"healthcare_interop.group_{group}"
            )
            with self.subTest(group), self.assertRaises(AccessError):
                self.lines(user)

    def export(self, form):
        wizard = self.env["interop.export.register"].with_user(self.officer).create({"form": form})
        action = wizard.action_export()
        last = self.env["interop.audit.entry"].search([], limit=1, order="id desc")
        self.assertEqual((last.action, last.res_model), ("exported", "interop.register.line"))
        self.assertEqual(json.loads(last.details)["as"], form)
        return wizard, action

    def test_a_table_for_the_officer(self):
        wizard, action = self.export("csv")
        self.assertIn("download=true", action["url"])
        text = base64.b64decode(wizard.file).decode("utf-8-sig")
        heads, *rows = csv.reader(io.StringIO(text))
        self.assertEqual(len(rows), len(self.lines()))
        self.assertIn("Needed for", heads)
        self.assertIn("Content of messages", text)
        self.assertFalse([cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))])

    def test_json_for_another_program(self):
        wizard, _action = self.export("json")
        told = json.loads(base64.b64decode(wizard.file))
        self.assertEqual(len(told["lines"]), len(self.lines()))
        self.assertEqual(told["database"], self.env.cr.dbname)
        self.assertEqual({one["part"] for one in told["lines"]}, {"content", "record", "table"})

    def test_a_page_to_print(self):
        _wizard, action = self.export("print")
        self.assertEqual(action["report_type"], "qweb-html")
        rows = self.lines()
        report = self.env["ir.actions.report"].with_user(self.officer)
        html, _kind = report._render_qweb_html("healthcare_interop.register_page", rows[:30].ids)
        self.assertIn(b"Content of messages", html)
