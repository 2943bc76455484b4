from odoo import models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "interop.sync.history"]

    def _interop_kin(self):
        """Messages tell of movements; a transfer shows those of its own."""
        moves = self.move_ids
        return super()._interop_kin() | {
            "stock.move": {move.id: move.picking_id.id for move in moves}
        }
