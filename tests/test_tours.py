"""The way through the app that a new administrator takes, in a real browser."""

from odoo.tests import tagged

from .common import InteropHttpCase


@tagged("post_install", "-at_install", "tour")
class TestTours(InteropHttpCase):
    def test_an_administrator_finds_an_endpoint_and_tries_a_sample(self):
        self.start_tour("/odoo", "interop_try_sample", login="admin", timeout=120)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Tina Tour")]))

    def test_an_operator_sees_what_an_endpoint_is_sent(self):
        rule = {"target": "birth_date", "source": "born_on", "transform": "json.date"}
        self.env["interop.mapping"].create(
            {
                "name": "births",
                "format": "json",
                "documents": "test.patient.*",
                "system_id": self.system.id,
                "entity": "party",
                "event": "updated",
                "rule_ids": [(0, 0, rule)],
            }
        )
        self.start_tour(
            f"/odoo/action-healthcare_interop.endpoint_action/{self.endpoint.id}",
            "interop_survey",
            login="admin",
            timeout=120,
        )
        self.assertTrue(self.env["interop.survey"].search([("documents", "=", 1)]))
        row = self.env["interop.contract.attribute"].search([("path", "=", "born_on")])
        self.assertEqual((row.data_class, row.purpose), ("restricted", "only for claims"))

    def test_an_administrator_adapts_a_mapping_at_the_workbench(self):
        profile = self.env["interop.mapping"].search([("name", "=", "test party")])
        own = profile._adapted_for(self.system)
        url = f"/odoo/action-healthcare_interop.mapping_action/{own.id}"
        self.start_tour(url, "interop_workbench", login="admin", timeout=120)
        self.env.invalidate_all()
        self.assertEqual(own.rule_ids.mapped("source"), ["contacts[0].value"])
        self.assertEqual(own.active_version_id.note, "Names come as addresses")
        self.assertFalse(self.env["interop.mapping.test"].search([]), "the sample was kept nowhere")

    def test_an_administrator_allows_a_place_of_a_sample(self):
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        version = contract.active_version_id
        url = f"/odoo/action-healthcare_interop.contract_action/{contract.id}"
        self.start_tour(url, "interop_allow_place", login="admin", timeout=120)
        self.env.invalidate_all()
        row = contract.attribute_ids.filtered(lambda line: line.path == "hat_size")
        self.assertEqual((row.data_class, row.purpose), ("confidential", "to order hats"))
        self.assertEqual(contract.active_version_id.before_id, version, "and it acts at once")
        self.assertFalse(contract.is_changed)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Hattie Tour")]))
