"""News that was told before a supply order was closed and arrived after: what was delivered is put right.

The order of arrival decides nothing, so the goods are in the end where they would be had it come in time.
"""

from odoo import models

from ..core.errors import BusinessRule

#: where the words of a supply order stand on its moves
PLACES = {"source": "location_id", "target": "location_dest_id"}


class SupplyCorrections(models.AbstractModel):
    """Corrects what a completion delivered. What people delivered by hand stays as they did it."""

    _name = "interop.supply.corrections"
    _inherit = "interop.transaction"
    _description = "Interop corrections of delivered supply orders"

    def _corrections(self, told, moves):
        """What late news changes of a closed order with these moves, ``{}`` where it comes to nothing.

        ``quantity`` (what the completion should have delivered, in the product's unit), ``source``, ``target`` and
        ``encounter``. ``BusinessRule`` where only people can tell what should become of the goods.
        """
        done = moves.filtered(lambda move: move.state == "done")
        completed = self._completed_moves(done)
        if not done:
            return {}
        if told.get("product", done.product_id) != done.product_id:
            raise BusinessRule("supply_closed", path="code")
        changes = {
            name: told[name]
            for name, field in PLACES.items()
            if name in told and told[name] != done[:1][field]
        }
        if "quantity" in told:
            changes |= self._corrected_quantity(told["quantity"], done - completed, completed)
        if changes and not completed:
            raise BusinessRule("supply_closed", path=next(iter(changes)))
        self._check_places(changes, completed)
        visit = told.get("encounter")
        if visit and any(move.interop_encounter_id.id != visit for move in done):
            changes["encounter"] = visit
        return changes

    def _completed_moves(self, moves):
        """Those that a completion delivered: only these know when it happened."""
        return moves.filtered(lambda move: move.state == "done" and move.interop_occurred_at)

    def _corrected_quantity(self, quantity, by_hand, completed):
        product = (by_hand | completed).product_id
        own = product.uom_id
        total = self._total(quantity, product)
        kept = sum(self._delivered(move) for move in by_hand)
        before = sum(self._delivered(move) for move in completed)
        if own.compare(total, kept) < 0:
            raise BusinessRule("less_than_delivered", path="quantity")
        more = total - kept - before
        if own.is_zero(more):
            return {}
        if product.tracking != "none" and own.compare(more, 0) > 0:
            self._check_lots_left(product, completed, more)
        return {"quantity": total - kept}

    def _check_lots_left(self, product, completed, more):
        move = completed[:1]._interop_with_quants()
        left = move.env["stock.quant"]._get_available_quantity(product, move.location_id)
        if product.uom_id.compare(left, more) < 0:
            raise BusinessRule("lot_required", path="code")

    def _check_places(self, changes, completed):
        """Between our own places goods are put right; what was used, or comes by lots, is for people."""
        for name in PLACES.keys() & changes.keys():
            places = changes[name] | completed[PLACES[name]]
            is_tracked = name == "source" and completed.product_id.tracking != "none"
            if is_tracked or set(places.mapped("usage")) != {"internal"}:
                raise BusinessRule("supply_closed", path=name)

    def _total(self, quantity, product):
        """How many were told, in the product's own unit."""
        unit = self._unit(quantity, product, "quantity")
        return unit._compute_quantity(float(quantity.value), product.uom_id)

    def _delivered(self, move):
        """How much of its product's own unit."""
        if move.state != "done":
            return 0.0
        return move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)

    def _correct(self, corrections):
        """``corrections``: pairs of (the order's own moves, changes). Odoo puts done moves right one by one.

        Raises ``LockError`` where somebody else is at the same goods: the drain tries again.
        """
        for moves, changes in corrections:
            done = moves.filtered(lambda move: move.state == "done")
            completed = self._completed_moves(done).with_context(interop_locks_quants=True)
            if "encounter" in changes:
                done.interop_encounter_id = changes["encounter"]
            for name in PLACES.keys() & changes.keys():
                # lines first: Odoo throws away those that are not where their move is
                for some in (completed.move_line_ids, completed, completed.picking_id):
                    some.write({PLACES[name]: changes[name].id})
            if "quantity" in changes:
                self._correct_quantity(completed, changes["quantity"])

    def _correct_quantity(self, completed, total):
        """The first moves keep what they have of ``total``, the last one has the rest."""
        for move in completed:
            own = self._delivered(move)
            take = total if move == completed[-1:] else min(own, total)
            total -= take
            more = move.product_id.uom_id._compute_quantity(take - own, move.product_uom)
            self._correct_lines(move, more)
            move.product_uom_qty = move.quantity

    def _correct_lines(self, move, more):
        """``more`` (in the move's unit), or less: taken from the last lines first; more of lots is taken as reserved."""
        for line in move.move_line_ids.sorted("id", reverse=True) if more < 0 else ():
            less = min(line.quantity, -more)
            line.quantity -= less
            more += less
        if move.product_uom.compare(more, 0) <= 0:
            return
        if move.product_id.tracking == "none":
            move.move_line_ids[-1:].quantity += more
            return
        own = move.product_uom._compute_quantity(more, move.product_id.uom_id)
        quants = move._interop_with_quants().env["stock.quant"]
        for quant, taken in quants._get_reserve_quantity(move.product_id, move.location_id, own):
            line = move._prepare_move_line_vals(quantity=taken, reserved_quant=quant)
            self.env["stock.move.line"].create(line)
