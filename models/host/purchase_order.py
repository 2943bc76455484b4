from odoo import fields, models

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
