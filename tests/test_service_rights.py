"""What a system's own user may do follows from what the system sends and which routes take it."""

import itertools

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..core.canonical import ENTITIES
from .common import InteropCase

PARTNERS = "base.group_partner_manager"
INVOICES = "account.group_account_invoice"
STOCK = "stock.group_stock_user"
STAFF = "hr.group_hr_user"
PRODUCTS = "product.group_product_manager"
COMMON = "healthcare_interop.group_service"


@tagged("post_install", "-at_install")
class TestServiceRights(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nothing but what a test says
        cls.env["interop.route"].search([]).active = False
        cls.env["interop.mapping"].search([("system_id", "=", False)]).active = False
        cls.sender = cls.env["interop.system"].create({"name": "S", "code": "rights-s"})
        cls.user = cls.sender.user_id

    def maps(self, entity, format_="json", **values):
        return self.env["interop.mapping"].create(
            {
                "name": f"{entity} {next(self.numbers)}",
                "format": format_,
                "documents": f"rights.{next(self.numbers)}",
                "entity": entity,
                **values,
            }
        )

    def takes(self, entity, **values):
        return self.env["interop.route"].create({"name": entity, "entity": entity, **values})

    def speaks(self, format_="json"):
        return self.env["interop.endpoint"].create(
            {
                "name": "E",
                "code": f"rights-{next(self.numbers)}",
                "system_id": self.sender.id,
                "format": format_,
            }
        )

    def assertHolds(self, *groups):
        expected = self.env["res.groups"].union(*(map(self.env.ref, (COMMON, *groups))))
        self.assertEqual(self.user.group_ids, expected)
        self.assertEqual(self.sender.right_ids, expected - self.env.ref(COMMON))

    def may(self, model, operation="create"):
        return self.env[model].with_user(self.user).has_access(operation)

    # -- least --

    def test_a_system_that_sends_nothing_may_do_nothing_with_odoos_records(self):
        self.assertHolds()
        for model in ("res.partner", "product.product", "account.move", "stock.move", "hr.employee",
                      "hr.department", "purchase.order", "account.payment"):  # fmt: skip
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(self.may(model, operation))

    def test_a_system_that_sends_parties_makes_no_invoice_move_or_member_of_staff(self):
        self.speaks()
        self.maps("party")
        self.takes("party")
        self.assertHolds(PARTNERS, "healthcare_interop.group_patient_reader")
        self.assertTrue(self.may("res.partner"))
        acting = self.env["interop.system"]._acting(self.sender.id, self.env.company.id)
        acting["res.partner"].create({"name": "P"})
        for model, values in (
            ("account.move", {"move_type": "out_invoice"}),
            ("stock.move", {"product_id": 1}),
            ("hr.employee", {"name": "N"}),
            ("hr.department", {"name": "N"}),
            ("purchase.order", {}),
            ("product.product", {"name": "N"}),
            ("account.payment", {"amount": 1}),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                acting[model].create(values)

    def test_it_takes_an_endpoint_a_mapping_and_a_route(self):
        for made in itertools.permutations(("endpoint", "mapping", "route")):
            steps = {
                "endpoint": self.speaks,
                "mapping": lambda: self.maps("payment"),
                "route": lambda: self.takes("payment"),
            }
            self.assertHolds()
            records = []
            for name in made:
                self.assertHolds()
                records.append(steps[name]())
            with self.subTest(order=made):
                self.assertHolds(PARTNERS, INVOICES)
            for record in records:
                record.unlink()

    # -- whatever changes it --

    def test_rights_go_with_what_they_hang_on(self):
        endpoint, mapping, route = self.speaks(), self.maps("payment"), self.takes("payment")
        other = self.env["interop.system"].create({"name": "O", "code": "rights-o"})
        for record, gone, back in (
            (endpoint, {"format": "hl7v2"}, {"format": "json"}),
            (mapping, {"active": False}, {"active": True}),
            (mapping, {"format": "fhir"}, {"format": "json"}),
            (mapping, {"system_id": other.id}, {"system_id": False}),
            (mapping, {"entity": "location"}, {"entity": "payment"}),
            (route, {"active": False}, {"active": True}),
            (route, {"entity": "location"}, {"entity": "payment"}),
            (route, {"system_id": other.id}, {"system_id": self.sender.id}),
        ):
            with self.subTest(changed=gone):
                self.assertHolds(PARTNERS, INVOICES)
                record.write(gone)
                self.assertHolds()
                record.write(back)
                self.assertHolds(PARTNERS, INVOICES)

    def test_what_is_ticked_on_a_route_may_need_more(self):
        self.speaks()
        self.maps("encounter")
        route = self.takes("encounter")
        self.assertFalse(self.may("account.move"))
        route.bill_on_finish = True
        self.assertTrue(self.may("account.move"))
        route.bill_on_finish = False
        self.assertFalse(self.may("account.move"))
        self.assertFalse(self.may("hr.employee"))
        route.unknown_master = "create"
        self.assertTrue(self.may("hr.employee"))

    def test_cloudevents_are_mapped_as_json(self):
        self.speaks("cloudevents")
        self.maps("payment")
        self.takes("payment")
        self.assertHolds(PARTNERS, INVOICES)

    def test_an_engines_endpoint_speaks_for_the_systems_of_its_table(self):
        engine = self.env["interop.endpoint"].create(
            {
                "name": "Engine",
                "code": "rights-engine",
                "system_id": self.system.id,
                "format": "fhir",
            }
        )
        self.maps("payment", "fhir")
        self.takes("payment")
        self.assertHolds()
        source = self.env["interop.endpoint.source"].create(
            {"endpoint_id": engine.id, "value": "S", "system_id": self.sender.id}
        )
        self.assertHolds(PARTNERS, INVOICES)
        source.unlink()
        self.assertHolds()

    def test_a_general_route_gives_to_every_system_that_sends_it(self):
        self.speaks()
        self.maps("stock_movement")
        self.takes("stock_movement")
        self.assertHolds(STOCK)
        self.assertIn(self.env.ref(STOCK), self.system.user_id.group_ids)

    def test_an_upgrade_puts_right_what_somebody_gave(self):
        self.user.group_ids += self.env.ref("base.group_system")
        self.env["interop.system"]._ensure_all_rights()
        self.assertHolds()

    def test_an_archived_systems_user_loses_rights_too(self):
        self.speaks()
        self.maps("payment")
        route = self.takes("payment")
        self.sender.active = False
        route.active = False
        self.assertHolds()

    # -- the plug-ins --

    def test_every_group_that_a_plug_in_asks_for_exists_and_none_lets_configure(self):
        forbidden = self.env.ref("base.group_system") | self.env.ref("base.group_erp_manager")
        forbidden |= self.env.ref("healthcare_interop.group_viewer")
        asked = set()
        for entity in ENTITIES:
            plugin = self.env[f"interop.entity.{entity}"]
            names = plugin._needs_of({"bill_on_finish", "unknown_master"})
            asked |= names
            for name in names:
                with self.subTest(entity=entity, group=name):
                    group = self.env.ref(name)
                    self.assertFalse((group | group.all_implied_ids) & forbidden)
        self.assertIn(PRODUCTS, asked)
        self.assertIn(STAFF, asked)

    def test_what_its_messages_refer_to_is_not_made_without_the_right(self):
        """A reference to staff that the document carries waits: this system does not send staff."""
        call = type("Call", (), {"may_create": False})
        plugin = self.env["interop.system"]._acting(self.sender.id, self.env.company.id)
        plugin = plugin["interop.entity.encounter"]
        for entity, may in (("location", True), ("employee", False), ("product", False)):
            reference = type("Reference", (), {"is_carried": True, "entity": entity})
            with self.subTest(entity=entity):
                self.assertEqual(plugin._may_stub(call, reference), may)
