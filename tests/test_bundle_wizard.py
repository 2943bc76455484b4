"""The dialogs around a configuration bundle, and who may use them."""

import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_bundle import BundleCase


@tagged("post_install", "-at_install")
class TestBundleWizard(BundleCase):
    def imported(self, text, **values):
        file = base64.b64encode(text.encode())
        return self.env["interop.import.configuration"].create({"file": file, **values})

    def lines(self, wizard):
        action = wizard.action_look()
        self.assertEqual(action["res_model"], "interop.import.configuration.line")
        return self.env["interop.import.configuration.line"].search(action["domain"])

    def test_which_company_is_meant_is_asked_once(self):
        name = self.company.name
        text = self.whole().replace(json.dumps(name), '"Somewhere else"')
        wizard = self.imported(text)
        self.assertEqual(wizard.action_look()["res_model"], wizard._name)
        self.assertEqual(wizard.company_ids.mapped("name"), ["Somewhere else"])
        wizard.company_ids.meant_id = False
        wrong = self.lines(wizard).filtered("mistake")
        self.assertIn("companies", wrong.mapped("part"))
        self.assertFalse(any(wrong.mapped("is_chosen")))
        wizard.company_ids.meant_id = self.company
        self.assertEqual(set(self.lines(wizard).mapped("state")), {"same"})

    def test_what_is_ticked_brings_along_what_it_names(self):
        fresh = self.env["interop.system"].create({"name": "Fresh", "code": "fresh"})
        route = self.make_route("claim", name="Of it", system_id=fresh.id)
        text = self.whole()
        route.unlink()
        fresh.active = False
        wizard = self.imported(text)
        lines = self.lines(wizard)
        new = lines.filtered(lambda line: line.state == "new")
        self.assertEqual(sorted(new.mapped("part")), ["routes", "systems"])
        new.filtered(lambda line: line.part == "systems").action_untick()
        told = new.with_context(interop_import=wizard.id).action_import()
        self.assertIn("Fresh", told["params"]["message"])
        self.assertEqual(new.mapped("is_chosen"), [True, True])
        self.assertEqual(wizard.step, "differences")
        new.with_context(interop_import=wizard.id).action_import()
        self.assertEqual(wizard.step, "done")
        self.assertEqual(set(wizard.summary.splitlines()), {"Systems: 1", "Routes: 1"})

    @mute_logger("odoo.sql_db")
    def test_what_the_database_would_refuse_is_told_before_anybody_ticks_it(self):
        value = json.loads(self.whole())
        value["endpoints"][0]["max_body_kb"] = 0
        lines = self.lines(self.imported(json.dumps(value)))
        changed = lines.filtered(lambda line: line.state == "changed")
        self.assertIn("Limits", changed.mistake)
        self.assertFalse(changed.is_chosen)
        self.assertFalse(changed.is_tickable)

    def test_the_report_leads_to_contracts_that_wait_to_be_published(self):
        wizard = self.imported(self.whole())
        for contract in self.env["interop.contract"].search([("is_changed", "=", True)]):
            contract._publish("test")
        self.assertFalse(wizard.action_open_contracts()["context"]["search_default_changed"])
        line = self.env["interop.contract.attribute"].search([], limit=1)
        line.purpose = "something else"
        action = wizard.action_open_contracts()
        self.assertEqual(action["res_model"], "interop.contract")
        self.assertEqual(action["context"]["search_default_changed"], 1)

    def test_two_files_side_by_side(self):
        text = self.whole()
        self.endpoint.max_batch = 12
        other = self.whole()
        wizard = self.imported(text, other_file=base64.b64encode(other.encode()))
        changed = self.lines(wizard).filtered(lambda line: line.state == "changed")
        self.assertEqual(changed.field_ids.mapped("place"), ["max_batch"])
        self.assertEqual((changed.field_ids.before, changed.field_ids.after), ("12", "1000"))
        self.assertFalse(changed.is_tickable)
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_only_administrators(self):
        operator = new_test_user(self.env, "bundle-op", groups="healthcare_interop.group_operator")
        text = self.whole()
        with self.assertRaises(AccessError):
            self.files.with_user(operator)._take(text)
        with self.assertRaises(AccessError):
            self.env["interop.export.configuration"].with_user(operator).create({})

    def test_an_administrator_without_other_rights_can(self):
        groups = "base.group_user,healthcare_interop.group_administrator"
        admin = new_test_user(self.env, "bundle-admin", groups=groups)
        text = self.whole()
        own = self.files.with_user(admin)
        self.assertEqual(own._text(), text)
        value = json.loads(text)
        value["companies"][0]["rounding_tolerance"] = 0.75
        value["parameters"][0]["value"] = "11"
        changes, mistakes = own._take(json.dumps(value))
        self.assertEqual(mistakes, ())
        self.assertEqual(sum(one.state == "changed" for one in changes), 2)
        self.assertEqual(self.company.interop_rounding_tolerance, 0.75)
