"""The moves of a supply order: what of it is open, and how news changes that."""

from collections import defaultdict

from odoo import models

from ..core.errors import BusinessRule
from .supply_corrections import PLACES

CLOSED = ("done", "cancel")
SHORT = ("confirmed", "partially_available")
DRAFT, ACTIVE, ON_HOLD, COMPLETED, CANCELLED = STATUSES = (
    "draft",
    "active",
    "on_hold",
    "completed",
    "cancelled",
)

#: where the words of ``_differences`` stand on a transfer
PICKING_FIELDS = PLACES | {"priority": "priority"}
#: what a move says of whom it is for
ABOUT = ("interop_encounter_id", "interop_analytic_account_id")
#: what can't be changed about goods that are reserved
MOVED = {"source", "target", "product", "left"}


class SupplyMoves(models.AbstractModel):
    _name = "interop.supply.moves"
    _inherit = "interop.supply.corrections"
    _description = "Interop moves of a supply order"

    def _moves_of(self, picking):
        """``(all, open)``: the order's own moves in its transfer and its back orders, not what people added to them."""
        chain = picking._interop_chain()
        moves = chain.move_ids.sorted("id")
        live = moves.filtered(lambda move: move.state != "cancel") or moves
        own = moves.filtered(lambda move: move.product_id == live[:1].product_id)
        return own, own.filtered(lambda move: move.state not in CLOSED)

    # -- what would change --

    def _differences(self, record, values):
        """What news changes of an order: ``product``, ``left`` (what is still to come, in the product's unit), ``source``,
        ``target``, ``priority``, ``encounter``, ``status`` and ``at``, when it was completed; ``corrections`` of what was
        delivered, where news is late.

        ``BusinessRule`` where it is too late: goods that were delivered come back by a return, which is another message.
        """
        told = {name: value for fields_ in values.values() for name, value in fields_.items()}
        moves, open_moves = self._moves_of(record)
        if told.get("is_late") and moves and not open_moves:
            corrections = self._corrections(told, moves)
            return {"corrections": corrections} if corrections else {}
        changes = self._goods_changes(told, moves, open_moves)
        for name, field in (("target", "location_dest_id"), ("source", "location_id")):
            current = (open_moves or record)[:1][field]
            if name in told and moves and told[name] != current:
                changes[name] = told[name]
        if changes and not open_moves:
            raise BusinessRule("supply_closed", path=next(iter(changes)))
        if open_moves and told.get("priority", record.priority) != record.priority:
            changes["priority"] = told["priority"]
        visit = told.get("encounter")
        if visit and any(move.interop_encounter_id.id != visit for move in open_moves):
            changes["encounter"] = visit
        if "status" in told:
            changes |= self._status_changes(record, told, moves, open_moves)
        return changes

    def _goods_changes(self, told, moves, open_moves):
        product = told.get("product") or moves.product_id
        is_other = bool(moves) and product != moves.product_id
        if not moves or not (is_other or "quantity" in told):
            return {}
        own = product.uom_id
        delivered = 0.0 if is_other else sum(self._delivered(move) for move in moves)
        if "quantity" in told:
            total = self._total(told["quantity"], product)
        else:
            total = sum(open_moves.mapped("product_qty"))
        if is_other:
            if any(move.state == "done" for move in moves):
                raise BusinessRule("supply_closed", path="code")
            return {"product": product, "left": total}
        current = (
            delivered + sum(open_moves.mapped("product_qty"))
            if open_moves
            else sum(moves.mapped("product_qty"))
        )
        if own.compare(total, current) == 0:
            return {}
        if own.compare(total, delivered) < 0:
            raise BusinessRule("less_than_delivered", path="quantity")
        if not open_moves and own.compare(total, delivered) == 0:
            return {}
        return {"left": total - delivered}

    def _status_changes(self, record, told, moves, open_moves):
        status = told["status"]
        if not open_moves:
            self._check_closed(record, status, moves)
            return {}
        if status == COMPLETED:
            self._check_lots(open_moves)
            return {"status": status, "at": told["at"]}
        if status == CANCELLED:
            return {"status": status}
        if status == ON_HOLD:
            return {} if record.interop_is_on_hold else {"status": status}
        is_planned = record.interop_is_on_hold or all(move.state == "draft" for move in open_moves)
        return {"status": status} if status == ACTIVE and is_planned else {}

    def _check_closed(self, record, status, moves):
        """Nothing is open any more: the same again is no news, and completed is more than ordered."""
        states = set(moves.mapped("state"))
        if status == CANCELLED and states == {"done"}:
            raise BusinessRule("supply_closed", path="status")
        if status != CANCELLED and "done" not in states:
            raise BusinessRule("supply_cancelled", path="status")

    def _check_lots(self, moves):
        """Goods that are gone are booked out of what is not there, but nobody can guess their lots."""
        if any(
            move.product_id.tracking != "none"
            and move.product_uom.compare(move.quantity, move.product_uom_qty) < 0
            for move in moves
        ):
            raise BusinessRule("lot_required", path="code")

    # -- changing --

    def _write_all(self, call, writes):
        """Every step once for all orders: Odoo looks up a lot around each move."""
        wanted = [(picking, changes) for changes, pickings in writes for picking in pickings]
        self._correct(
            [
                (self._moves_of(picking)[0], changes["corrections"])
                for picking, changes in wanted
                if "corrections" in changes
            ]
        )
        plans = [
            (picking, changes, self._moves_of(picking)[1])
            for picking, changes in wanted
            if "corrections" not in changes
        ]
        planned = {
            picking.id
            for picking, changes, moves in plans
            if all(move.state == "draft" for move in moves) and "status" not in changes
        }
        self._union(moves for _one, changes, moves in plans if MOVED & set(changes))._do_unreserve()
        self._set_pickings(plans)
        self._set_goods(plans)
        plans = [(picking, changes, self._moves_of(picking)[1]) for picking, changes, _old in plans]
        self._set_status(plans, planned)

    def _union(self, several):
        return self.env["stock.move"].union(*several)

    def _set_pickings(self, plans):
        """Where from, where to, how urgent and whether held: fields of the transfer that is still open."""
        by_values = defaultdict(self.env["stock.picking"].browse)
        for _picking, changes, moves in plans:
            values = {
                field: changes[name] if name == "priority" else changes[name].id
                for name, field in PICKING_FIELDS.items()
                if name in changes
            }
            if changes.get("status") in (ACTIVE, ON_HOLD):
                values["interop_is_on_hold"] = changes["status"] == ON_HOLD
            by_values[tuple(values.items())] |= moves.picking_id
        for values, pickings in by_values.items():
            if values:
                pickings.write(dict(values))

    def _set_goods(self, plans):
        """What is left to come goes on the first open move; whatever else is open of the order is cancelled."""
        over, by_quantity, new = self.env["stock.move"], defaultdict(self._union_of_none), []
        for _picking, changes, moves in plans:
            if "encounter" in changes:
                moves.interop_encounter_id = changes["encounter"]
            if "product" in changes:
                over |= moves
                new.append(self._replacement(moves[0], changes["product"], changes["left"]))
            elif "left" in changes:
                first, unit = moves[0], moves[0].product_id.uom_id
                if unit.is_zero(changes["left"]):
                    over |= moves
                    continue
                over |= moves - first
                quantity = unit._compute_quantity(changes["left"], first.product_uom)
                by_quantity[quantity] |= first
        over._action_cancel()
        for quantity, moves in by_quantity.items():
            moves.product_uom_qty = quantity
        over.create(new)

    def _union_of_none(self):
        return self.env["stock.move"]

    def _replacement(self, move, product, quantity):
        same = ("picking_id", "location_id", "location_dest_id", "company_id", "picking_type_id")
        return {name: move[name].id for name in (*same, *ABOUT)} | {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
        }

    def _set_status(self, plans, planned):
        """``planned``: ids of transfers that are drafts, and stay so."""
        self._union(
            moves for _one, changes, moves in plans if changes.get("status") == CANCELLED
        )._action_cancel()
        self._union(
            moves for _one, changes, moves in plans if changes.get("status") == ON_HOLD
        )._do_unreserve()
        self._confirm(
            self._union(
                moves
                for picking, changes, moves in plans
                if picking.id not in planned and changes.get("status") not in (CANCELLED, ON_HOLD)
            )
        )
        self._deliver(
            [
                (moves, changes["at"])
                for _one, changes, moves in plans
                if changes.get("status") == COMPLETED
            ]
        )

    def _confirm(self, moves):
        """Confirm what is draft and reserve what is open, as far as there is any.

        Raises ``LockError`` where somebody else is at the same goods: the drain tries again.
        """
        moves = moves.with_context(interop_locks_quants=True)
        moves.filtered(lambda move: move.state == "draft")._action_confirm(merge=False)
        moves.filtered(lambda move: move.state in SHORT)._action_assign()

    def _deliver(self, due):
        """Validate, whatever Odoo thought was there: the goods are where they were ordered to.

        ``due``: pairs of (moves, when it was). Negative stock is allowed, as for reported movements.
        """
        moves = self.env["stock.move"].union(*(some for some, _at in due))
        if not moves:
            return
        for some, at in due:
            some.interop_occurred_at = at
        moves.move_line_ids.create(
            [
                {
                    "move_id": move.id,
                    "picking_id": move.picking_id.id,
                    "product_id": move.product_id.id,
                    "product_uom_id": move.product_uom.id,
                    "quantity": missing,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
                for move in moves
                if move.product_uom.compare(missing := move.product_uom_qty - move.quantity, 0) > 0
            ]
        )
        moves.picked = True
        pickings = moves.picking_id.with_context(interop_nothing_to_push=not self._is_pushed(moves))
        pickings._action_done()

    def _is_pushed(self, moves):
        """Whether any rule sends goods on from where these go: else Odoo need not look for one at each move."""
        # as in Odoo's own: whoever moves goods need have no rights on how they are routed
        rules = self.env["stock.rule"].sudo()
        places = ("location_src_id", "parent_of", moves.location_dest_id.ids)
        return bool(rules.search_count([("action", "in", ("push", "pull_push")), places], limit=1))
