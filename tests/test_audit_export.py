"""The audit log of a period as a file, and its screens."""

import base64
import csv
import io
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from .common_audit import AuditMixin


@tagged("post_install", "-at_install")
class TestExport(AuditMixin, TransactionCase):
    def setUp(self):
        super().setUp()
        self.user = new_test_user(
            self.env, "audit-exporter", groups="healthcare_interop.group_auditor"
        )
        self.numbers = self.record(2, details={"a": [1, 2]}) + self.record(res_name="=cmd()")

    def export(self, form, user=None, **values):
        wizard = self.env["interop.export.audit"].with_user(user or self.user)
        wizard = wizard.create({"form": form, **values})
        action = wizard.action_export()
        return action, base64.b64decode(wizard.file).decode("utf-8-sig")

    def test_as_resources(self):
        action, text = self.export("fhir")
        self.assertRegex(action["url"], r"/file/audit-[\d-]+\.ndjson\?download=true$")
        found = {one["id"]: one for one in map(json.loads, text.splitlines())}
        for number in self.numbers:
            self.assertEqual(found[f"audit-{number}"]["resourceType"], "AuditEvent")
        details = found[f"audit-{self.numbers[0]}"]["entity"][-1]["detail"]
        self.assertIn({"type": "details", "valueString": '{"a":[1,2]}'}, details)

    def test_as_a_table_without_formulas(self):
        _action, text = self.export("csv")
        rows = {int(row["id"]): row for row in csv.DictReader(io.StringIO(text))}
        self.assertEqual(rows[self.numbers[-1]]["res_name"], "'=cmd()")
        entry = self.env["interop.audit.entry"].browse(self.numbers[0])
        self.assertEqual(rows[self.numbers[0]]["mac"], entry.mac)

    def test_the_export_is_recorded(self):
        newest = self.newest()
        count = self.env["interop.export.audit"].with_user(self.user).create({}).count
        self.export("csv")
        [entry] = self.entries(newest)
        self.assertEqual((entry.action, entry.actor), ("exported", "audit-exporter"))
        self.assertEqual(json.loads(entry.details)["entries"], count)

    def test_a_period_without_entries_and_a_user_without_the_right(self):
        day = fields.Date.today() - timedelta(days=4000)
        with self.assertRaises(UserError):
            self.export("csv", date_from=day, date_to=day)
        for role in ("viewer", "operator"):
            user = new_test_user(self.env, f"x-{role}", groups=f"healthcare_interop.group_{role}")
            with self.assertRaises(AccessError):
                self.export("csv", user=user)

    def test_entries_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        [number] = self.record(company_id=other.id)
        _action, text = self.export("csv")
        self.assertNotIn(str(number), {row["id"] for row in csv.DictReader(io.StringIO(text))})

    def test_the_screens_open_for_an_auditor_and_write_nothing(self):
        self.seal()
        for model in ("interop.audit.entry", "interop.audit.seal"):
            record = self.env[model].with_user(self.user).search([], limit=1)
            view = Form(record)
            self.assertEqual(view.id, record.id)
        entry = self.env["interop.audit.entry"].with_user(self.user).browse(self.numbers[0])
        self.assertTrue(entry.seal_id)
        self.assertIn("thing 0", entry.display_name)
        self.assertEqual(entry.details_words, "a: 1 → 2")
