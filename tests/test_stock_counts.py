"""Stock that was counted: entered for somebody to apply, never applied by a message."""

from odoo.tests import tagged

from ..core.canonical import StockMovement
from .common_purchase import day
from .common_supply import SupplyCase


@tagged("post_install", "-at_install")
class StockCountTest(SupplyCase):
    def count(self, quantity=7, hour=9, *, number="C1", product="GLV", unit="", **said):
        said.setdefault("to_location", self.ref("location", "SUR"))
        if quantity is not None:
            said["quantity"] = self.quantity(quantity, unit)
        fact = StockMovement(
            identifiers=self.ids(number),
            kind=said.pop("kind", None),
            product=product and self.ref("product", product, "CDM"),
            **said,
        )
        return self.item("counted", fact, at=day(1, hour))

    def test_a_count_waits_to_be_applied(self):
        self.stocked(self.gloves, 10, self.store)
        quant = self.done(self.count(occurred_at=self.moment(day(1, 8))))
        self.assertEqual("stock.quant", quant._name)
        self.assertEqual(
            (10, 7, -3, True, day(1).date()),
            (
                quant.quantity,
                quant.inventory_quantity,
                quant.inventory_diff_quantity,
                quant.inventory_quantity_set,
                quant.inventory_date,
            ),
        )
        self.assertFalse(quant.user_id)
        quant.action_apply_inventory()
        self.assertEqual(7, self.on_hand(self.gloves))

    def test_what_odoo_did_not_know_of_is_counted_too(self):
        quant = self.done(self.count(4, product="MSK"))
        self.assertEqual((0, 4), (quant.quantity, quant.inventory_quantity))
        self.assertEqual(0, self.on_hand(self.masks))
        empty = self.done(self.count(0, number="C2"))
        self.assertTrue(empty.inventory_quantity_set)

    def test_twice_is_once_even_after_it_was_applied(self):
        self.stocked(self.gloves, 10, self.store)
        quant = self.done(self.count())
        self.assertEqual(["unchanged"], self.effects(self.count()))
        quant.action_apply_inventory()
        self.assertEqual(["unchanged"], self.effects(self.count()))
        self.assertFalse(quant.inventory_quantity_set)

    def test_the_newest_count_counts(self):
        self.stocked(self.gloves, 10, self.store)
        quant = self.done(self.count(7, 9))
        self.assertEqual(["counted"], self.effects(self.count(6, 11)))
        self.assertEqual(["superseded"], self.effects(self.count(9, 10, number="C2")))
        self.assertEqual(6, quant.inventory_quantity)
        self.assertEqual(["counted"], self.effects(self.count(5, 12, number="C2")))
        self.assertEqual(5, quant.inventory_quantity)

    def test_lots_and_units(self):
        known = self.env["stock.lot"].create({"name": "L1", "product_id": self.screw.id})
        self.stocked(self.screw, 5, self.store, lot=known)
        quants = self.done(
            self.count(4, product="SCR", lot="L1"),
            self.count(2, product="SCR", lot="L2", number="C2"),
            self.count(2, unit="DZN", number="C3"),
        )
        self.assertEqual(["L1", "L2"], quants[:2].lot_id.mapped("name"))
        self.assertEqual([4, 2, 24], quants.mapped("inventory_quantity"))
        self.make_product("PLT", tracking="serial")
        self.done(self.count(1, product="PLT", lot="S1", number="C4"))

    def test_the_nearest_place_above_is_counted(self):
        quant = self.done(self.count(to_location=None, from_location=self.ref("location", "SUR-1")))
        self.assertEqual(self.store, quant.location_id)

    def test_what_is_wrong_is_named(self):
        self.make_place("LAB")
        self.make_product("SRV", entity="product", type="service", is_storable=False)
        self.make_product("PLT", tracking="serial")
        for said, code, path in (
            ({"product": None}, "required", "product"),
            ({"quantity": None}, "required", "quantity"),
            ({"to_location": None}, "required", "to_location"),
            ({"to_location": self.ref("location", "LAB")}, "place_without_stock", "to_location"),
            ({"quantity": -1}, "quantity_not_positive", "quantity"),
            ({"unit": "mL"}, "unit_mismatch", "quantity"),
            ({"product": "SRV"}, "not_stocked", "product"),
            ({"product": "SCR"}, "lot_required", "lot"),
            ({"product": "PLT", "lot": "S1", "quantity": 2}, "serial_quantity", "quantity"),
        ):
            with self.subTest(said):
                self.assertEqual(path, self.fails(self.count(**said), code).path)
        error = self.fails(self.count(product="NEW"), "unknown_product", may_create=False)
        self.assertEqual("NEW", error.value)

    def test_statements(self):
        for number in range(100):
            self.stocked(self.make_product(f"P{number}"), 5, self.store)
        items = [self.count(4, number=f"N{one}", product=f"P{one}") for one in range(100)]
        with self.at_most(1, self.count(number="W"), per=100):
            self.apply(*items)
