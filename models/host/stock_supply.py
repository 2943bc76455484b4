"""Supply orders in Odoo's own reservation: what they may take, and all of it looked up at once."""

from collections import defaultdict

from odoo import models

#: what a quant is one of
KEY = ("product_id", "location_id", "lot_id", "package_id", "owner_id")


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Supply orders take nothing from the stores of wards, which stand below the main store, and wait while held."""
        ordered = self.filtered("picking_id.interop_system_id")
        if not ordered:
            return super()._action_assign(force_qty=force_qty)
        if others := self - ordered:
            super(StockMove, others)._action_assign(force_qty=force_qty)
        going = ordered.filtered(lambda move: not move.picking_id.interop_is_on_hold)
        # states are written at the end, for all; Odoo would look them up after each line as well
        going = going._interop_with_quants().with_context(preserve_state=True)
        return super(StockMove, going)._action_assign(force_qty=force_qty)

    def _do_unreserve(self):
        if not self or not all(move.picking_id.interop_system_id for move in self):
            return super()._do_unreserve()
        return super(StockMove, self._interop_with_quants())._do_unreserve()

    def _skip_push(self):
        return self.env.context.get("interop_nothing_to_push") or super()._skip_push()

    def _interop_with_quants(self):
        """These moves, with the quants that they may touch in the context: one search a store instead of four a move.

        ``interop_quants``: ``{(product id, store id): ids}`` of what a supply order may take, in Odoo's order;
        ``quants_cache``, a word of Odoo's: each quant by what it is one of.
        """
        may_take, exact = {}, defaultdict(self.env["stock.quant"].browse)
        by_source = defaultdict(self.browse)
        for move in self:
            by_source[move.location_id] |= move
        for source, moves in by_source.items():
            quants = self.env["stock.quant"]._interop_within(source, moves.product_id)
            for quant in quants:
                exact[tuple(quant[name].id for name in KEY)] |= quant
            apart = set(self.env["interop.location"]._stores_within(source))
            free = quants.filtered(lambda quant, apart=apart: quant.location_id.id not in apart)
            if self.env.context.get("interop_locks_quants"):
                # two lanes that see the same goods free would each have them: Odoo passes over what is locked
                free.lock_for_update(allow_referencing=True)
            for product in moves.product_id:
                may_take[product.id, source.id] = []
            for quant in free:
                may_take[quant.product_id.id, source.id].append(quant.id)
        return self.with_context(interop_quants=may_take, quants_cache=exact)


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def action_interop_count(self):
        """Odoo's own count of stock, of these products at these places; who may not count is refused there."""
        action = self.action_view_inventory()
        action["domain"] = [
            ("product_id", "in", self.product_id.ids),
            ("location_id", "in", self.location_id.ids),
        ]
        return action

    def _interop_within(self, source, products):
        """What is there of ``products`` in a store and below it, first in first out."""
        # as Odoo does: what may be taken does not depend on who asks
        return self.sudo().search(
            [("product_id", "in", products.ids), ("location_id", "child_of", source.id)],
            order=self._get_removal_strategy_order("fifo"),
        )

    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        """Supply orders take of what they may take (``stock.move._interop_with_quants``)."""
        known = self.env.context.get("interop_quants", {}).get((product_id.id, location_id.id))
        if strict or known is None:
            return super()._gather(
                product_id, location_id, lot_id, package_id, owner_id, strict=strict, qty=qty
            )
        may_take = self.browse(known)
        strategy = self._get_removal_strategy(product_id, location_id)
        if lot_id or package_id or owner_id or strategy != "fifo":
            found = super()._gather(
                product_id, location_id, lot_id, package_id, owner_id, strict=strict, qty=qty
            )
            return found.filtered(lambda quant: quant in may_take)
        return may_take.sorted(lambda quant: not quant.lot_id)


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _log_message(self, record, move, template, vals):
        """Where messages change transfers, the sync history is the record of it (``interop.system._acting``)."""
        if self.env.context.get("tracking_disable"):
            return None
        return super()._log_message(record, move, template, vals)
