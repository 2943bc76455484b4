"""order → the home of its kind: ``interop.order`` for services, ``stock.picking`` for supplies, ``purchase.order``."""

from dataclasses import replace

from odoo import models

from ..core.applying import Outcome
from ..core.binding import keys_of
from ..core.errors import BusinessRule, MappingError
from .order_memory import CANCELLED
from .service_order import STATUS_OF_EVENT

SERVICE, PURCHASE = "service", "purchase"
#: kinds whose orders are bound under names of their own, since they live elsewhere
KINDS_APART = ("supply", PURCHASE)


class Order(models.AbstractModel):
    """Hands each order to the entity of its kind, which keeps it.

    An order stays what it once was: who cancels or completes it mostly gives no more than its number, and a result that a
    laboratory calls a service may be about goods. One that says of itself, expressly, that it is another kind of order
    now is refused.
    """

    _name = "interop.entity.order"
    _inherit = "interop.entity"
    _description = "Interop entity: order"
    _right = "healthcare_interop.group_apply_order"
    _stub_home = "interop.order"
    _right_also = {"unknown_master": ("employee", "location", "organization", "product", "service")}
    _touches = {
        "interop.order": "wc",
        "interop.encounter": "c",
        "stock.picking": "wc",
        "stock.move": "wc",
        "stock.move.line": "wcd",
        "stock.reference": "w",
        "purchase.order": "wc",
        "purchase.order.line": "wcd",
    }

    def _apply(self, call, items):
        outcomes, by_kind = [], {}
        for item, kind in self._kinds(call, items):
            error = self._misfit(item.entity, kind)
            if error:
                outcomes.append(Outcome.failed(item, error))
            else:
                by_kind.setdefault(kind, []).append(item)
        for kind, told in by_kind.items():
            outcomes += self.env[f"interop.entity.{kind}_order"]._apply(call, told)
        return outcomes

    def _misfit(self, order, kind):
        if kind in KINDS_APART and order.kind in KINDS_APART and order.kind != kind:
            return BusinessRule("order_kind_changed", path="kind")
        if order.lines and kind != PURCHASE:
            # lines are of purchases alone; of the others, one order is of one thing
            return MappingError("lines_unexpected", path="lines")
        return None

    def _stub(self, call, references):
        """What charges refer to by an order's number is a service."""
        return self.env["interop.entity.service_order"]._stub(call, references)

    def _kinds(self, call, items):
        """Pairs (item, kind): what its order is known as, else what a message of this very call says, else its own word.

        News of goods that nobody ordered yet are no order of them: what they say is remembered (order_memory.py).
        """
        keys = {
            item.delivery: keys_of(item.entity.identifiers, call.identity_domain) for item in items
        }
        told = {key for names in keys.values() for key in names}
        known = {}
        for kind in KINDS_APART:
            known |= dict.fromkeys(self._bindings()._resolve(f"{kind}_order", told), kind)
        for item in items:
            if item.entity.kind in KINDS_APART and self._places(item):
                known = dict.fromkeys(keys[item.delivery], item.entity.kind) | known
        for item in items:
            kind = next((known[key] for key in keys[item.delivery] if key in known), SERVICE)
            is_memory = kind == SERVICE and item.entity.kind in KINDS_APART
            yield (self._bare(item) if is_memory else item), kind

    def _places(self, item):
        """Whether it may make an order of goods: it says what is ordered, or of what its vendor is asked about."""
        order = item.entity
        if (order.status or STATUS_OF_EVENT.get(item.event)) == CANCELLED:
            return False
        says_what = order.code or order.lines or order.kind == PURCHASE
        return item.event == "placed" or bool(says_what)

    def _bare(self, item):
        """No more than what is remembered of news that came first: the rest is for the order to say."""
        said = item.entity
        bare = type(said)(
            identifiers=said.identifiers,
            kind=said.kind,
            status=said.status,
            quantity=said.quantity,
            completed_at=said.completed_at,
        )
        return replace(item, entity=bare)
