from odoo import models


class PurchaseOrder(models.Model):
    _name = "purchase.order"
    _inherit = ["purchase.order", "interop.sync.history"]

    def _interop_kin(self):
        """An order shows what arrived for it: receipts and vendor bills."""
        # whoever may see the order may see how many messages came about it
        lines = self.order_line.sudo()
        moves = {move.id: line.order_id.id for line in lines for move in line.move_ids}
        bills = {move.id: line.order_id.id for line in lines for move in line.invoice_lines.move_id}
        return super()._interop_kin() | {"stock.move": moves, "account.move": bills}
