from odoo import fields, models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "interop.sync.history"]

    # back orders are of the same order, so both are copied to them
    interop_system_id = fields.Many2one(
        "interop.system",
        string="Ordered by",
        readonly=True,
        index="btree_not_null",
        help="The system whose supply order this transfer is.",
    )
    interop_is_on_hold = fields.Boolean(
        string="On hold",
        readonly=True,
        help="Whoever ordered this wants it held: nothing is reserved for it until the order goes on.",
    )

    def _interop_kin(self):
        """Messages tell of movements; a transfer shows those of its own."""
        moves = self.move_ids
        return super()._interop_kin() | {
            "stock.move": {move.id: move.picking_id.id for move in moves}
        }

    def _interop_chain(self):
        """These transfers and all their back orders."""
        chain, step = self, self.backorder_ids
        while step:
            chain |= step
            step = step.backorder_ids
        return chain
