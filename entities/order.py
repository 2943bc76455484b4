"""order → the home of its kind: services in ``interop.order``, supplies in ``stock.picking``."""

from odoo import models

from ..core.applying import Outcome
from ..core.binding import keys_of
from ..core.errors import BusinessRule

SERVICE = "service"
#: kinds whose orders are bound under names of their own, since they live elsewhere
KINDS_APART = ("supply",)


class Order(models.AbstractModel):
    """Hands each order to the entity of its kind, which keeps it.

    An order stays what it once was: who cancels or completes it mostly gives no more than its number, and a result that a
    laboratory calls a service may be about goods. One that says of itself, expressly, that it is another kind of order
    now is refused.
    """

    _name = "interop.entity.order"
    _inherit = "interop.entity"
    _description = "Interop entity: order"

    def _apply(self, call, items):
        outcomes, by_kind = [], {}
        for item, kind in self._kinds(call, items):
            said = item.entity.kind
            if kind in KINDS_APART and said in KINDS_APART and said != kind:
                error = BusinessRule("order_kind_changed", path="kind")
                outcomes.append(Outcome.failed(item, error))
            else:
                by_kind.setdefault(kind, []).append(item)
        for kind, told in by_kind.items():
            outcomes += self.env[f"interop.entity.{kind}_order"]._apply(call, told)
        return outcomes

    def _stub(self, call, references):
        """What charges refer to by an order's number is a service."""
        return self.env["interop.entity.service_order"]._stub(call, references)

    def _kinds(self, call, items):
        """Pairs (item, kind): what its order is known as, else what a message of this very call says, else its own word."""
        keys = {
            item.delivery: keys_of(item.entity.identifiers, call.identity_domain) for item in items
        }
        told = {key for names in keys.values() for key in names}
        known = {}
        for kind in KINDS_APART:
            known |= dict.fromkeys(self._bindings()._resolve(f"{kind}_order", told), kind)
        for item in items:
            if item.entity.kind in KINDS_APART:
                known = dict.fromkeys(keys[item.delivery], item.entity.kind) | known
        return [
            (
                item,
                next((known[key] for key in keys[item.delivery] if key in known), SERVICE),
            )
            for item in items
        ]
