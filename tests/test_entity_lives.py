"""The life of every entity on real records: created, changed, cancelled, as messages tell it.

`docs/entities.md` says which entities have one; the details of each stand in the tests of their own.
"""

from datetime import date, datetime, timedelta

from odoo.tests import tagged

from ..core import canonical as canon
from .common_entities import EntityCase
from .common_rights import HeldToRights

MORNING = datetime(2026, 3, 1, 8)


@tagged("post_install", "-at_install")
class EntityLivesTest(HeldToRights, EntityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.facility.warehouse_id.lot_stock_id
        cls.store = cls.env["stock.location"].create(
            {"name": "Ward store", "usage": "internal", "location_id": cls.stock.id}
        )
        cls.ward = cls.make_place("SUR", stock_location_id=cls.store.id)
        cls.encounter = cls.make_encounter("V1")
        cls.service = cls.make_product("CBC", entity="service", list_price=28)
        cls.gloves = cls.make_product("GLV", standard_price=5)
        cls.gloves.supplier_taxes_id = False
        cls.vendor = cls.make_partner("S-1", "organization", is_company=True)
        cls.env["product.supplierinfo"].create(
            {
                "partner_id": cls.vendor.id,
                "product_tmpl_id": cls.gloves.product_tmpl_id.id,
                "price": 5,
            }
        )
        cls.facility.payment_journal_id = cls.env["account.journal"].create(
            {"name": "Remittances", "type": "bank", "code": "IBNK"}
        )

    def life(self, make, *steps):
        """Apply ``steps``, (event, what is said, {field: value of the record afterwards}), an hour apart, about one thing.

        The first creates it and each other one changes something. Returns the record that stands in the end.
        """
        names, record = self.ids("X1"), None
        self.refused(self.item(steps[0][0], make(identifiers=names, **steps[0][1]), at=MORNING))
        for hour, (event, said, expected) in enumerate(steps):
            item = self.item(
                event, make(identifiers=names, **said), at=MORNING + timedelta(hours=hour)
            )
            (outcome,) = self.apply(item)
            self.assertEqual("done", outcome.state, outcome.error)
            self.assertEqual(outcome.effect == "created", hour == 0, outcome.effect)
            self.assertNotIn(outcome.effect, ("unchanged", "superseded"), event)
            record = self.env[outcome.model].browse(outcome.record)
            found = {field: record[field] for field in expected}
            self.assertEqual(expected, found, event)
        return record

    def test_life_of_party(self):
        self.life(
            canon.Party,
            ("registered", {"name": canon.PersonName("Plum", "Ash")}, {"active": True}),
            (
                "updated",
                {"language": "en", "is_deceased": True},
                {"active": True, "interop_is_deceased": True},
            ),
            ("updated", {"is_active": False}, {"active": False}),
        )

    def test_life_of_employee(self):
        self.life(
            canon.Employee,
            (
                "onboarded",
                {"name": canon.PersonName("Wren", "Jade"), "role": "nurse"},
                {"job_title": "nurse"},
            ),
            ("updated", {"role": "matron"}, {"job_title": "matron", "active": True}),
            ("left", {}, {"active": False}),
        )

    def test_life_of_organization(self):
        self.life(
            canon.Organization,
            (
                "updated",
                {"name": "Quiet Mutual", "kind": "payer"},
                {"name": "Quiet Mutual", "is_company": True},
            ),
            ("updated", {"name": "Loud Mutual"}, {"name": "Loud Mutual"}),
            ("updated", {"is_active": False}, {"active": False}),
        )

    def test_life_of_location(self):
        self.life(
            canon.Location,
            ("updated", {"name": "Bed 1", "kind": "bed"}, {"name": "Bed 1"}),
            (
                "status_changed",
                {"operational_status": "cleaning"},
                {"operational_status": "cleaning"},
            ),
            ("updated", {"status": "inactive"}, {"active": False}),
        )

    def test_life_of_service(self):
        self.life(
            canon.Service,
            (
                "updated",
                {"name": "Count", "price": self.money(28)},
                {"type": "service", "lst_price": 28},
            ),
            ("updated", {"price": self.money(30)}, {"lst_price": 30}),
            ("updated", {"is_active": False}, {"active": False}),
        )

    def test_life_of_product(self):
        self.life(
            canon.Product,
            ("updated", {"name": "Mask", "tracking": "none"}, {"is_storable": True}),
            ("updated", {"cost": self.money(2)}, {"standard_price": 2}),
            ("updated", {"is_active": False}, {"active": False}),
        )

    def test_life_of_encounter(self):
        party = self.ref("party", "P-V1")
        self.life(
            canon.Encounter,
            ("updated", {"party": party, "status": "planned"}, {"status": "planned"}),
            ("started", {"status": "in_progress"}, {"status": "in_progress"}),
            ("cancelled", {"status": "cancelled"}, {"status": "cancelled"}),
        )

    def test_life_of_appointment(self):
        morning, noon = datetime(2026, 3, 9, 9), datetime(2026, 3, 9, 12)
        period = self.period(morning, morning + timedelta(minutes=30))
        later = self.period(noon, noon + timedelta(minutes=30))
        booked = {"party": self.ref("party", "P-V1"), "period": period, "status": "booked"}
        self.life(
            canon.Appointment,
            ("booked", booked, {"start_at": morning, "status": "booked"}),
            ("rescheduled", {"period": later}, {"start_at": noon}),
            ("cancelled", {"status": "cancelled"}, {"status": "cancelled"}),
        )

    def test_life_of_coverage(self):
        payer = self.ref("organization", "P80", display="Quiet Mutual")
        told = {"party": self.ref("party", "P-V1"), "payer": payer, "member_id": "M-1"}
        self.life(
            canon.Coverage,
            ("updated", told, {"member_id": "M-1", "status": "active"}),
            ("updated", {"member_id": "M-2"}, {"member_id": "M-2"}),
            ("updated", {"status": "cancelled"}, {"status": "cancelled", "is_valid": False}),
        )

    def test_life_of_authorization(self):
        payer = self.ref("organization", "P80", display="Quiet Mutual")
        told = {"party": self.ref("party", "P-V1"), "payer": payer, "status": "requested"}
        self.life(
            canon.Authorization,
            ("requested", told, {"status": "requested"}),
            (
                "approved",
                {"status": "approved", "number": "AUTH-7"},
                {"status": "approved", "name": "AUTH-7"},
            ),
            ("cancelled", {"status": "cancelled"}, {"status": "cancelled", "is_valid": False}),
        )

    def test_life_of_service_order(self):
        visit = self.ref("encounter", "V1")
        told = {"kind": "service", "code": self.code("CBC"), "encounter": visit}
        self.life(
            canon.Order,
            ("placed", told, {"status": "active", "product_id": self.service}),
            ("changed", {"quantity": self.quantity(2)}, {"quantity": 2}),
            ("cancelled", {}, {"status": "cancelled"}),
        )

    def test_life_of_supply_order(self):
        told = {"kind": "supply", "code": self.code("GLV"), "quantity": self.quantity(10)}
        picking = self.life(
            canon.Order,
            (
                "placed",
                {**told, "location": self.ref("location", "SUR")},
                {"location_dest_id": self.store},
            ),
            ("changed", {"quantity": self.quantity(4)}, {"state": "confirmed"}),
            ("cancelled", {}, {"state": "cancel"}),
        )
        self.assertEqual([4], picking.move_ids.mapped("product_uom_qty"))

    def test_life_of_purchase_order(self):
        vendor = self.ref("organization", "S-1")
        told = {"kind": "purchase", "code": self.code("GLV"), "quantity": self.quantity(10)}
        self.life(
            canon.Order,
            ("placed", {**told, "performer": vendor}, {"state": "draft", "amount_untaxed": 50}),
            ("changed", {"quantity": self.quantity(4)}, {"amount_untaxed": 20}),
            ("cancelled", {}, {"state": "cancel"}),
        )

    def test_life_of_charge(self):
        told = {
            "kind": "charge",
            "code": self.code("CBC"),
            "encounter": self.ref("encounter", "V1"),
        }
        self.life(
            canon.Charge,
            ("posted", told, {"amount": 28, "state": "open"}),
            ("posted", {**told, "amount": self.money(30)}, {"amount": 30}),
            ("reversed", {}, {"state": "reversed"}),
        )

    def test_life_of_claim(self):
        payer = self.ref("organization", "P80", display="Quiet Mutual")
        told = {"party": self.ref("party", "P-V1"), "payer": payer, "total": self.money(100)}
        decided = {
            "outcome": "complete",
            "approved": self.money(70),
            "patient_share": self.money(30),
        }
        self.life(
            canon.Claim,
            (
                "submitted",
                {**told, "status": "active"},
                {"state": "submitted", "amount_total": 100},
            ),
            ("adjudicated", decided, {"amount_approved": 70, "amount_patient": 30}),
            ("cancelled", {"status": "cancelled"}, {"state": "cancelled"}),
        )

    def test_life_of_payment(self):
        payer = self.ref("organization", "P80", display="Quiet Mutual")
        told = {
            "kind": "inbound",
            "amount": self.money(100),
            "partner": payer,
            "paid_on": date(2026, 3, 1),
        }
        self.life(
            canon.Payment,
            ("received", told, {"amount": 100, "state": "in_process"}),
            ("corrected", {"amount": self.money(90)}, {"amount": 90, "state": "in_process"}),
            ("cancelled", {"status": "cancelled"}, {"state": "canceled"}),
        )

    # -- what is never changed, but told anew --

    def test_life_of_invoice(self):
        """A bill that was wrong is cancelled and received again."""
        vendor, names = self.ref("organization", "S-1"), self.ids("B1")

        def received(price):
            line = canon.InvoiceLine(
                product=self.ref("product", "GLV", "CDM"),
                quantity=self.quantity(10),
                unit_price=self.money(price),
            )
            bill = canon.Invoice(
                identifiers=names, kind="vendor", number="B1", partner=vendor, lines=(line,)
            )
            return self.item("received", bill)

        self.refused(received(7))
        first = self.done(received(7))
        self.assertEqual((70, "draft"), (first.amount_total, first.state))
        self.assertEqual(
            ["cancelled"], self.effects(self.item("cancelled", canon.Invoice(identifiers=names)))
        )
        self.assertEqual("cancel", first.state)
        second = self.done(received(6))
        self.assertEqual((60, "draft"), (second.amount_total, second.state))
        self.assertEqual("cancel", first.state)

    def test_life_of_stock_movement(self):
        """What was used too much of is told as returned: each movement stands by itself."""
        self.env["stock.quant"]._update_available_quantity(self.gloves, self.store, 10)

        def told(number, kind, **places):
            movement = canon.StockMovement(
                identifiers=self.ids(number),
                kind=kind,
                product=self.ref("product", "GLV", "CDM"),
                quantity=self.quantity(4),
                occurred_at=self.moment(MORNING),
                **{name: self.ref("location", "SUR") for name in places},
            )
            return self.item("told", movement)

        self.refused(told("M1", "consumption", from_location=True))
        used = self.done(told("M1", "consumption", from_location=True))
        self.assertEqual(("done", 4, self.store), (used.state, used.quantity, used.location_id))
        back = self.done(told("M2", "return", to_location=True))
        self.assertEqual(
            ("done", 4, self.store), (back.state, back.quantity, back.location_dest_id)
        )
        quants = self.env["stock.quant"].search([("location_id", "=", self.store.id)])
        self.assertEqual(10, sum(quants.mapped("quantity")))

    def test_every_entity_of_the_canon_has_a_life(self):
        lives = {
            name.removeprefix("test_life_of_")
            for name in dir(self)
            if name.startswith("test_life_of_")
        }
        kinds = {"service_order", "supply_order", "purchase_order"}
        self.assertEqual({*canon.ENTITIES, *kinds} - {"order"}, lives)

    def test_what_is_not_declared_is_found(self):
        """The check that every life ends with can fail."""
        self.done(self.item("updated", canon.Location(identifiers=self.ids("L1"), name="Bed")))
        self.assertDeclared()
        self.told["location"].add(("account.move", "c"))
        with self.assertRaisesRegex(AssertionError, "location does not declare"):
            self.assertDeclared()
        self.told.clear()
