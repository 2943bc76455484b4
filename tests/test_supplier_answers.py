"""What suppliers say to purchase orders: dates follow, what differs is asked of the buyer, nothing is decided."""

from odoo.tests import tagged

from ..core.canonical import Identifier
from .common_purchase import PurchaseCase, day


@tagged("post_install", "-at_install")
class SupplierAnswersTest(PurchaseCase):
    def setUp(self):
        super().setUp()
        self.ordered = self.done(
            self.placed(
                self.line("GLV", 10, planned_at=self.moment(day(9, 12))),
                self.line("MSK", 3, planned_at=self.moment(day(9, 12))),
            )
        )
        self.ordered.button_confirm()

    def answer(self, *lines, event="acknowledged", hour=9, number="", filler="", **said):
        number = number or self.ordered.name
        said["lines"] = lines or None
        return self.order(event, hour, kind="purchase", number=number, filler=filler, **said)

    def asked(self, order=None):
        activities = (order or self.ordered).activity_ids
        return [(one.user_id, one.summary, str(one.note or "")) for one in activities.sorted("id")]

    def test_an_order_is_accepted_as_it_is(self):
        self.assertEqual(["updated"], self.effects(self.answer(filler="V-77")))
        self.assertEqual(
            ("accepted", True, "V-77"),
            (self.ordered.interop_answer, self.ordered.acknowledged, self.ordered.partner_ref),
        )
        self.assertEqual([10, 3], self.ordered.order_line.mapped("interop_qty_confirmed"))
        self.assertFalse(self.asked())
        self.assertEqual(["unchanged"], self.effects(self.answer(hour=10)))

    def test_earlier_dates_are_planned_and_bother_nobody(self):
        self.apply(
            self.answer(
                self.line("GLV", 10, planned_at=self.moment(day(7, 12))),
                self.line("MSK", None, planned_at=self.moment(day(8, 12))),
            )
        )
        lines = self.ordered.order_line
        self.assertEqual([day(7, 12), day(8, 12)], lines.mapped("date_planned"))
        self.assertEqual([10, 3], lines.mapped("interop_qty_confirmed"))
        self.assertEqual("accepted", self.ordered.interop_answer)
        self.assertFalse(self.asked())

    def test_fewer_and_later_is_asked_of_the_buyer_once(self):
        lines = (
            self.line("GLV", 6),
            self.line("MSK", 3, planned_at=self.moment(day(20, 12))),
        )
        self.assertEqual(["updated"], self.effects(self.answer(*lines)))
        self.assertEqual("changed", self.ordered.interop_answer)
        self.assertEqual([10, 3], self.ordered.order_line.mapped("product_qty"))
        self.assertEqual([6, 3], self.ordered.order_line.mapped("interop_qty_confirmed"))
        self.assertEqual(day(20, 12), self.ordered.order_line[1].date_planned)
        ((user, summary, note),) = self.asked()
        self.assertEqual((self.buyer, "The supplier confirmed otherwise"), (user, summary))
        self.assertIn("GLV: 6.0 instead of 10.0 Units", note)
        self.assertIn("MSK: on 2026-03-20 instead of 2026-03-09", note)
        self.assertEqual(["unchanged"], self.effects(self.answer(*lines, hour=10)))
        self.assertEqual(1, len(self.asked()))
        self.assertEqual("changed", self.ordered.interop_answer)
        self.assertEqual(["updated"], self.effects(self.answer(self.line("GLV", 7), hour=11)))
        self.assertEqual(2, len(self.asked()))
        self.assertEqual([7, 3], self.ordered.order_line.mapped("interop_qty_confirmed"))

    def test_a_line_may_be_refused_and_units_differ(self):
        self.apply(self.answer(self.line("GLV", 0), self.line("MSK", self.quantity("0.25", "DZN"))))
        self.assertEqual([0, 3], self.ordered.order_line.mapped("interop_qty_confirmed"))
        self.assertIn("GLV: 0.0 instead of 10.0", self.asked()[0][2])
        self.assertNotIn("MSK", self.asked()[0][2])

    def test_lines_are_known_by_their_numbers_too(self):
        order = self.done(
            self.placed(
                self.line("GLV", 10, number="1"), self.line("GLV", 5, number="2"), number="P2"
            )
        )
        self.apply(self.answer(self.line("", 4, number="2"), number=order.name))
        self.assertEqual([10, 4], order.order_line.mapped("interop_qty_confirmed"))

    def test_a_rejected_order_is_for_the_buyer_to_cancel(self):
        self.assertEqual(["updated"], self.effects(self.answer(event="rejected")))
        self.assertEqual(
            ("rejected", "purchase"), (self.ordered.interop_answer, self.ordered.state)
        )
        ((user, summary, _note),) = self.asked()
        self.assertEqual((self.buyer, "The supplier rejected the order"), (user, summary))
        self.assertEqual(["unchanged"], self.effects(self.answer(event="rejected", hour=10)))
        self.assertEqual(1, len(self.asked()))

    def test_older_answers_change_nothing(self):
        self.apply(self.answer(event="rejected", hour=12))
        self.assertEqual(["superseded"], self.effects(self.answer(self.line("GLV", 1))))
        self.assertEqual("rejected", self.ordered.interop_answer)
        self.apply(self.answer(hour=13))
        self.assertEqual("accepted", self.ordered.interop_answer)

    def test_orders_of_people_are_answered_too(self):
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.make_partner("S-3", "organization").id,
                "order_line": [(0, 0, {"product_id": self.gloves.id, "product_qty": 2})],
            }
        )
        order.user_id = False
        self.apply(self.answer(self.line("GLV", 1), number=order.name))
        self.assertEqual("changed", order.interop_answer)
        ((user, _summary, _note),) = self.asked(order)
        self.assertNotEqual(self.env["interop.system"].browse(self.system.id).user_id, user)

    def test_an_order_placed_by_a_message_is_known_by_its_number(self):
        self.apply(self.answer(number="P1"))
        self.assertEqual("accepted", self.ordered.interop_answer)

    def test_what_does_not_fit_is_named(self):
        for line, code, value in (
            (self.line("SCR", 1), "unknown_line", "SCR"),
            (self.line("", 1, number="9"), "unknown_line", "9"),
            (self.line("GLV", self.quantity(1, "mL")), "unit_mismatch", "mL"),
        ):
            with self.subTest(code):
                error = self.fails(self.answer(line), code)
                self.assertEqual(value, error.value)
                self.assertTrue(error.path.startswith("lines[0]"), error.path)
        self.fails(self.answer(self.line("GLV", -1)), "quantity_not_positive")
        self.assertFalse(self.ordered.interop_answer)

    def test_an_order_that_nobody_knows_is_awaited(self):
        item = self.answer(number="P99999")
        (outcome,) = self.apply(item, wait_seconds=60)
        self.assertEqual("pending", outcome.state)
        self.fails(item, "unknown_order")
        self.apply(self.order("cancelled", 10))
        self.fails(self.answer(number="P1"), "purchase_cancelled")

    def test_the_suppliers_own_number_names_the_order_from_then_on(self):
        self.apply(self.answer(filler="V-77"))
        item = self.order("rejected", 10, kind="purchase", number="", filler="V-77")
        self.assertEqual((Identifier("V-77", "VND", "FILL"),), item.entity.identifiers)
        self.apply(item)
        self.assertEqual("rejected", self.ordered.interop_answer)
