"""invoice → ``account.move``, always a draft: bills received, invoices of what an encounter was charged."""

from odoo import models
from odoo.tools import SQL

from ..core.applying import Outcome, unknown_reference
from ..core.canonical import Reference
from ..core.errors import BusinessRule, MappingError

VENDOR, CUSTOMER = "vendor", "customer"


class Invoice(models.AbstractModel):
    _name = "interop.entity.invoice"
    _inherit = ["interop.entity.upsert", "interop.vendor.bills", "interop.customer.invoices"]
    _description = "Interop entity: invoice"
    _right = "healthcare_interop.group_apply_invoice"
    _right_also = {"unknown_master": ("organization", "product", "service")}
    _touches = {
        "account.move": "wcd",
        "account.move.line": "wcd",
        "res.partner": "c",
    }

    _entity = "invoice"
    _home = "account.move"
    _set_size = 25

    def _apply(self, call, items):
        items, stopped = self.env["interop.ownership.gate"]._pass_items(call, items)
        now, later, outcomes = self._claim(call, items)
        outcomes += stopped
        known = self._known(now)
        cancelled = [item for item, _keys in now if self._is_cancelled(item)]
        outcomes += self._cancel(call, cancelled, known)
        stated = [
            (self._with_lines(item), keys) for item, keys in now if not self._is_cancelled(item)
        ]
        for kind, draft in ((VENDOR, self._receive_bills), (CUSTOMER, self._draft_customer)):
            mine = [(item, keys) for item, keys in stated if self._kind(item) == kind]
            if mine:
                outcomes += draft(call, mine, known)
        outcomes += [
            Outcome.failed(item, MappingError("unknown_kind", path="kind"))
            for item, _keys in stated
            if self._kind(item) not in (VENDOR, CUSTOMER)
        ]
        return outcomes + (self._apply(call, later) if later else [])

    def _kind(self, item):
        return item.entity.kind or VENDOR

    def _is_cancelled(self, item):
        return item.event == "cancelled" or item.entity.status == "cancelled"

    def _known(self, now):
        """``{delivery: account.move}`` of those that have been drafted already."""
        bound = self._bindings()._resolve(
            self._entity, {key for _item, keys in now for key in keys}
        )
        moves = self.env[self._home].browse(sorted(set(bound.values()))).exists()
        self._unbind(set(bound.values()) - set(moves.ids))
        by_id = {move.id: move for move in moves}
        return {
            item.delivery: by_id[record]
            for item, keys in now
            if (record := next((bound[key] for key in keys if key in bound), None)) in by_id
        }

    def _unbind(self, ids):
        """The names of bills that were deleted or cancelled are free for those that take their place."""
        if ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE interop_binding SET res_id = NULL WHERE entity = %s AND res_id = ANY(%s)",
                    self._entity,
                    list(ids),
                )
            )

    def _cancel(self, call, items, known):
        """What is a draft is cancelled; what counts already is for a person to reverse."""
        drafts, outcomes = self.env[self._home], []
        for item in items:
            move = known.get(item.delivery)
            if not move:
                unknown = Reference(self._entity, item.entity.identifiers)
                error = unknown_reference(unknown, "identifiers")
                outcomes.append(Outcome.failed(item, error))
            elif move.state == "posted":
                word = "bill_posted" if move.is_purchase_document() else "invoice_posted"
                outcomes.append(Outcome.failed(item, BusinessRule(word, path="status")))
            else:
                effect = "cancelled" if move.state == "draft" else "unchanged"
                drafts |= move if move.state == "draft" else drafts
                outcomes.append(Outcome.done(item, effect, self._home, move.id))
        if drafts:
            drafts.button_cancel()
        return outcomes

    def _bind_moves(self, call, drafted):
        """``drafted``: pairs of keys and move. The names of what was drafted are its own from now on."""
        keys = {key: kind for names, _move in drafted for key, kind in names.items()}
        self._bindings()._reserve(self._entity, self._home, keys, call.system, call.now)
        self._bindings()._assign(
            self._entity, self._home, {key: move.id for names, move in drafted for key in names}
        )
