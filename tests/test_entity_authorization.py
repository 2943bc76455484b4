"""Authorizations: asked for, given, refused, withdrawn."""

from datetime import date, datetime, timedelta

from odoo.fields import Date
from odoo.tests import tagged

from ..core.canonical import Authorization
from .common_entities import EntityCase


def at(hour):
    return datetime(2026, 3, 10, hour)


@tagged("post_install", "-at_install")
class AuthorizationTest(EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.make_product("MRI", entity="service")
        cls.encounter = cls.make_encounter("V1")
        cls.today = Date.context_today(cls.encounter)

    def authorization(self, hour=8, *, key="A1", event="requested", **said):
        return self.item(event, Authorization(identifiers=self.ids(key), **said), at=at(hour))

    def asked(self, hour=8, **said):
        said = {
            "party": self.ref("party", "P-V1"),
            "payer": self.ref("organization", "P80", display="Quiet Mutual"),
            "status": "requested",
            "service": self.code("MRI"),
            "quantity": self.quantity(2),
            "encounter": self.ref("encounter", "V1"),
        } | said
        return self.authorization(hour, **said)

    def given(self, hour=9, **said):
        said = {
            "status": "approved",
            "number": "AUTH-7",
            "valid_from": date(2026, 3, 1),
            "valid_until": date(2026, 3, 31),
        } | said
        return self.authorization(hour, event="decided", **said)

    def test_it_is_asked_for_and_given(self):
        one = self.done(self.asked())
        self.assertEqual(
            ("requested", self.service, 2, self.encounter, self.encounter.partner_id),
            (one.status, one.product_id, one.quantity, one.encounter_id, one.partner_id),
        )
        self.assertEqual("payer", one.payer_id.interop_kind)
        self.done(self.given())
        self.assertEqual(("approved", "AUTH-7"), (one.status, one.name))
        self.assertEqual(["unchanged"], self.effects(self.given()))

    def test_the_answer_may_come_first(self):
        one = self.done(self.given())
        self.apply(self.asked())
        self.assertEqual(("approved", self.service), (one.status, one.product_id))

    def test_it_is_refused_or_withdrawn(self):
        one = self.done(self.asked())
        self.apply(self.given(status="denied", number=None))
        self.assertEqual("denied", one.status)
        self.apply(self.asked(hour=10, status="cancelled"))
        self.assertEqual("cancelled", one.status)

    def test_its_name_tells_nothing_of_the_patient(self):
        one = self.done(self.asked())
        self.assertEqual("Quiet Mutual, MRI", one.display_name)
        self.assertEqual(
            "Authorization without a number",
            self.done(self.authorization(key="A2")).display_name,
        )

    def test_it_is_valid_within_its_days(self):
        Model = self.env["interop.authorization"]
        now, later, never = self.done(
            self.authorization(key="V1", **self.days(-1, 1)),
            self.authorization(key="V2", **self.days(1, 9)),
            self.authorization(key="V3", **self.days(-1, 1) | {"status": "denied"}),
        )
        self.assertEqual([True, False, False], (now | later | never).mapped("is_valid"))
        valid = Model.search([("is_valid", "=", True)])
        self.assertEqual((True, False), (now in valid, later in valid))
        self.assertNotIn(now, Model.search([("is_valid", "=", False)]))

    def days(self, first, last):
        return {
            "status": "approved",
            "valid_from": self.today + timedelta(days=first),
            "valid_until": self.today + timedelta(days=last),
        }

    def test_an_unknown_service_is_awaited_then_named(self):
        self.make_partner("P80", "organization")
        item = self.asked(service=self.code("OTHER"))
        waiting = self.apply(item, may_create=False, wait_seconds=60)
        self.assertEqual("pending", waiting[0].state)
        self.assertEqual("OTHER", self.fails(item, "unknown_service", may_create=False).value)

    def test_a_word_nobody_knows_is_named(self):
        self.assertEqual("status", self.fails(self.asked(status="perhaps"), "unknown_status").path)
