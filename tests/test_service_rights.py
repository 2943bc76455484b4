"""What a system's own user may do follows from what the system sends and which routes take it.

Not after the installation only: rights have to be there while the add-on is being loaded, too.
"""

import itertools

from odoo.exceptions import AccessError

from ..core.canonical import ENTITIES
from .common import InteropCase

OPERATIONS = {"w": "write", "c": "create", "d": "unlink"}
GROUP = "healthcare_interop.group_service"


class ServiceRightsCase(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nothing but what a test says
        cls.env["interop.route"].search([]).active = False
        cls.env["interop.mapping"].search([("system_id", "=", False)]).active = False
        cls.sender = cls.env["interop.system"].create({"name": "S", "code": "rights-s"})
        cls.user = cls.sender.user_id

    def maps(self, entity, format_="json", documents="rights.*", **values):
        return self.env["interop.mapping"].create(
            {
                "name": f"{entity} {next(self.numbers)}",
                "format": format_,
                "documents": documents,
                "entity": entity,
                **values,
            }
        )

    def takes(self, entity, **values):
        return self.env["interop.route"].create({"name": entity, "entity": entity, **values})

    def speaks(self, format_="json", **values):
        return self.env["interop.endpoint"].create(
            {
                "name": "E",
                "code": f"rights-{next(self.numbers)}",
                "system_id": self.sender.id,
                "format": format_,
                **values,
            }
        )

    def right(self, entity):
        return self.env.ref(f"healthcare_interop.group_apply_{entity}")

    def assertHolds(self, *entities):
        expected = self.env["res.groups"].union(*map(self.right, entities)) | self.env.ref(GROUP)
        self.assertEqual(expected, self.user.group_ids)

    def given(self, models):
        """Pairs (model, letter) of what the service user may do with ``models``."""
        return {
            (model, letter)
            for model in models
            for letter, operation in OPERATIONS.items()
            if self.may(model, operation)
        }

    def may(self, model, operation="create"):
        return self.env[model].with_user(self.user).has_access(operation)


class TestServiceRights(ServiceRightsCase):
    # -- least --

    def test_a_system_that_sends_nothing_may_do_nothing_with_odoos_records(self):
        self.assertHolds()
        for model in ("res.partner", "product.product", "account.move", "stock.move", "hr.employee",
                      "hr.department", "purchase.order", "account.payment", "interop.encounter",
                      "interop.charge", "interop.location"):  # fmt: skip
            for operation in ("write", "create", "unlink"):
                with self.subTest(model=model, operation=operation):
                    self.assertFalse(self.may(model, operation))
        self.assertFalse(self.sender.may_change)

    def test_a_system_that_sends_parties_makes_no_invoice_move_or_member_of_staff(self):
        self.speaks()
        self.maps("party")
        self.takes("party")
        self.assertHolds("party")
        self.assertEqual("Patients and parties", self.sender.may_change)
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
            ("interop.encounter", {"name": "N"}),
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                acting[model].create(values)

    def test_it_takes_an_endpoint_a_mapping_and_a_route(self):
        steps = {
            "endpoint": self.speaks,
            "mapping": lambda: self.maps("payment"),
            "route": lambda: self.takes("payment"),
        }
        for order in itertools.permutations(steps):
            records = []
            for name in order:
                self.assertHolds()
                records.append(steps[name]())
            with self.subTest(order=order):
                self.assertHolds("payment")
            for record in records:
                record.unlink()
        self.assertHolds()

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
                self.assertHolds("payment")
                record.write(gone)
                self.assertHolds()
                record.write(back)
                self.assertHolds("payment")

    def test_a_mapping_in_use_gives_what_it_was_put_in_use_for(self):
        self.speaks()
        mapping = self.maps("location")
        self.takes("location")
        self.takes("payment")
        mapping._go_live()
        mapping.entity = "payment"
        self.assertHolds("location", "payment")

    def test_what_is_ticked_on_a_route_may_take_more(self):
        self.speaks()
        self.maps("encounter")
        route = self.takes("encounter")
        self.assertHolds("encounter")
        self.assertFalse(self.may("account.move"))
        route.bill_on_finish = True
        self.assertHolds("encounter", "charge")
        self.assertTrue(self.may("account.move"))
        route.bill_on_finish = False
        self.assertFalse(self.may("account.move"))
        self.assertFalse(self.may("hr.employee"))
        route.unknown_master = "create"
        self.assertTrue(self.may("hr.employee"))
        self.assertIn("Employees", self.sender.may_change)

    def test_cloudevents_are_mapped_as_json(self):
        self.speaks("cloudevents")
        self.maps("payment")
        self.takes("payment")
        self.assertHolds("payment")

    def test_an_engines_endpoint_speaks_for_the_systems_of_its_table(self):
        engine = self.speaks("fhir", system_id=self.system.id)
        self.maps("payment", "fhir")
        self.takes("payment")
        self.assertHolds()
        source = self.env["interop.endpoint.source"].create(
            {"endpoint_id": engine.id, "value": "S", "system_id": self.sender.id}
        )
        self.assertHolds("payment")
        source.unlink()
        self.assertHolds()

    def test_a_general_route_gives_to_every_system_that_sends_it(self):
        self.speaks()
        self.maps("stock_movement")
        self.takes("stock_movement")
        self.assertHolds("stock_movement")
        self.assertIn(self.right("stock_movement"), self.system.user_id.group_ids)

    def test_an_upgrade_gives_what_it_brings_and_takes_what_is_gone(self):
        self.speaks()
        self.maps("payment")
        self.takes("payment")
        self.user.group_ids = self.env.ref(GROUP) | self.right("claim")
        self.env["interop.system"]._ensure_all_rights()
        self.assertHolds("payment")

    def test_what_somebody_gave_stays_and_is_told(self):
        more = self.env.ref("stock.group_stock_manager")
        self.user.group_ids += more
        self.env["interop.system"]._ensure_all_rights()
        self.assertIn(more, self.user.group_ids)
        self.assertEqual(self.sender, (self.sender | self.system)._excess_rights())
        facts = self.env["interop.readiness"]._right_facts()
        self.assertIn(self.sender.code, facts["excess_rights"])
        self.user.group_ids -= more
        self.assertFalse(self.sender._excess_rights())

    def test_an_archived_systems_user_loses_rights_too(self):
        self.speaks()
        self.maps("payment")
        route = self.takes("payment")
        self.sender.active = False
        route.active = False
        self.assertHolds()

    def test_a_person_in_a_service_users_place_is_given_nothing(self):
        person = self.env.ref("base.user_admin")
        before = person.group_ids
        self.sender.user_id = person
        self.speaks()
        self.maps("payment")
        self.takes("payment")
        self.assertEqual(before, person.group_ids)

    def test_changing_a_route_takes_few_statements_and_writes_no_user_for_nothing(self):
        self.speaks()
        self.maps("payment")
        self.takes("payment")
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.env["interop.system"]._ensure_all_rights()
        used = self.env.cr.sql_log_count - before
        self.assertLessEqual(used, 12)

    # -- the plug-ins --

    def test_rights_of_entities_let_nobody_configure_and_are_not_for_people(self):
        forbidden = self.env.ref("base.group_system") | self.env.ref("base.group_erp_manager")
        forbidden |= self.env.ref("healthcare_interop.group_viewer")
        rights = self.env["interop.system"]._rights()
        self.assertEqual(self.env.ref(GROUP), rights.pop(""))
        self.assertEqual(set(ENTITIES), set(rights))
        for entity, group in rights.items():
            with self.subTest(entity=entity):
                self.assertEqual(self.right(entity), group)
                self.assertFalse((group | group.all_implied_ids) & forbidden)
                self.assertFalse(group.privilege_id, "forms offer it to people")
                for others in self.env[f"interop.entity.{entity}"]._right_also.values():
                    self.assertLessEqual(set(others), set(ENTITIES))

    def test_each_right_gives_what_its_plug_in_declares_and_of_ours_nothing_else(self):
        rights = self.env["interop.system"]._rights()
        del rights[""]
        ours = [
            name for name in self.env if name.startswith("interop.") and self.env[name]._auto
            and not self.env[name]._transient
        ]  # fmt: skip
        for entity, group in rights.items():
            implied = (group | group.all_implied_ids) - group.union(*rights.values())
            self.user.group_ids = implied | self.env.ref(GROUP)
            theirs = self.given(ours)
            self.user.group_ids = group | self.env.ref(GROUP)
            held = {one for one in rights if rights[one] in group | group.all_implied_ids}
            declared = {
                (model, operation)
                for one in held
                for model, letters in self.env[f"interop.entity.{one}"]._touches.items()
                for operation in letters
            }
            with self.subTest(entity=entity):
                for model, operation in declared:
                    self.assertTrue(self.may(model, OPERATIONS[operation]), f"{model} {operation}")
                mine = {one for one in declared if one[0] in ours}
                # besides, what Odoo's own groups give whoever holds them
                self.assertEqual(mine - theirs, self.given(ours) - theirs)

    def test_what_its_messages_refer_to_is_not_made_without_the_right(self):
        """A reference to staff that the document carries waits: this system does not send staff."""
        self.user.group_ids += self.right("encounter")
        call = type("Call", (), {"may_create": False})
        plugin = self.env["interop.system"]._acting(self.sender.id, self.env.company.id)
        plugin = plugin["interop.entity.encounter"]
        for entity, may in (("party", True), ("encounter", True), ("employee", False),
                            ("product", False), ("order", False)):  # fmt: skip
            reference = type("Reference", (), {"is_carried": True, "entity": entity})
            with self.subTest(entity=entity):
                self.assertEqual(plugin._may_stub(call, reference), may)


class TestLostRights(InteropCase):
    """A route is taken away while messages wait on it: they fail, say why, and go on once it is there again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["interop.route"].search([("entity", "=", "party")]).active = False
        cls.route.active = True

    def test_a_lost_right_is_an_exception_and_a_replay_mends_it(self):
        self.send(self.party("1", name="Ada Secret"), self.party("2", name="Eve Secret"))
        self.route.active = False
        self.drain()
        for row in self.rows():
            self.assertEqual(
                ("failed", "security", "right_missing", "party"),
                tuple(row[f"error_{name}" if name != "state" else name]
                      for name in ("state", "category", "code", "detail")),
            )  # fmt: skip
        exception = self.exceptions()
        self.assertEqual(1, len(exception), "one cause, one exception")
        self.assertEqual(2, exception.delivery_count)
        self.assertIn("party", exception.name)
        self.assertNotIn("Secret", exception.name + exception.advice)
        self.assertFalse(self.partner("1"))
        # tried again too early
        exception.action_try_again()
        self.drain()
        self.assertEqual(["failed", "failed"], self.states())
        self.make_route("party")
        self.exceptions().action_try_again()
        self.drain()
        self.assertEqual(["done", "done"], self.states())
        self.assertFalse(self.exceptions())
        self.assertEqual("Ada Secret", self.partner("1").name)

    def test_a_lost_right_stops_nothing_else(self):
        self.send(self.party("1", name="Ada"))
        house = {"type": "test.house.updated.v1", "id": "h1", "source": "t"}
        self.send(house | {"data": {"identifiers": [self.number("H1")], "name": "House"}})
        self.route.active = False
        self.drain()
        self.drain(self.house_route)
        self.assertEqual(["failed", "done"], self.states())
