from odoo import api, fields, models
from odoo.tools import SQL, float_compare

ANSWERS = [("accepted", "Accepted"), ("changed", "Accepted otherwise"), ("rejected", "Rejected")]


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "interop.sync.history"]

    interop_answer = fields.Selection(
        ANSWERS,
        string="Supplier's answer",
        readonly=True,
        copy=False,
        help="What the supplier's system said to the order; what differs stands on the lines.",
    )
    interop_price_differs = fields.Boolean(
        string="Other price than stated",
        compute="_compute_interop_price_differs",
        search="_search_interop_price_differs",
    )

    @api.depends("order_line.interop_price_differs")
    def _compute_interop_price_differs(self):
        for order in self:
            order.interop_price_differs = any(order.order_line.mapped("interop_price_differs"))

    def _search_interop_price_differs(self, operator, value):
        return [("order_line.interop_price_differs", operator, value)]

    def _interop_kin(self):
        """An order shows what arrived for it: receipts and vendor bills."""
        # whoever may see the order may see how many messages came about it
        lines = self.order_line.sudo()
        moves = {move.id: line.order_id.id for line in lines for move in line.move_ids}
        bills = {move.id: line.order_id.id for line in lines for move in line.invoice_lines.move_id}
        return super()._interop_kin() | {"stock.move": moves, "account.move": bills}


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    interop_number = fields.Char(
        string="Sender's number",
        readonly=True,
        copy=False,
        help="The number of the line with the system that ordered it. Empty on lines that people added: messages leave "
        "those alone.",
    )
    interop_qty_confirmed = fields.Float(
        string="Confirmed",
        digits="Product Unit",
        readonly=True,
        copy=False,
        help="How many the supplier's system said it will deliver.",
    )
    interop_has_stated_price = fields.Boolean(readonly=True, copy=False)
    interop_stated_price = fields.Float(
        string="Stated price",
        digits="Product Price",
        readonly=True,
        copy=False,
        help="The unit price that the message stated. The contract's price is what is ordered at; where the two differ, "
        "somebody should ask why.",
    )
    interop_price_differs = fields.Boolean(
        string="Other price than stated",
        compute="_compute_interop_price_differs",
        search="_search_interop_price_differs",
    )

    @api.depends("price_unit", "interop_has_stated_price", "interop_stated_price")
    def _compute_interop_price_differs(self):
        for line in self:
            line.interop_price_differs = line.interop_has_stated_price and bool(
                float_compare(line.price_unit, line.interop_stated_price, precision_digits=6)
            )

    def _search_interop_price_differs(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        is_wanted = (operator == "in") == (True in value)

        def differs(model, alias, query):
            stated = SQL.identifier(alias, "interop_stated_price")
            has_one = SQL.identifier(alias, "interop_has_stated_price")
            price = SQL.identifier(alias, "price_unit")
            told = SQL("(%s AND round(%s - %s, 6) <> 0)", has_one, price, stated)
            return told if is_wanted else SQL("%s IS NOT TRUE", told)

        return fields.Domain.custom(to_sql=differs)
