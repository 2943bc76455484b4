"""service order → ``interop.order``: what was asked for; completion triggers one charge at the list price."""

from dataclasses import replace

from odoo import models

from ..core.applying import DONE, Outcome
from ..core.binding import keys_of
from ..core.stays import event_time, naive

#: CANON: a result of what nobody ordered
NOT_BILLABLE = "no billable content"
STATUS_OF_EVENT = {
    "placed": "active",
    "completed": "completed",
    "procedure.completed": "completed",
    "cancelled": "cancelled",
}
BEFORE_COMPLETION = ("draft", "active", "on_hold")
REFERENCES = {
    "party": "partner_id",
    "encounter": "encounter_id",
    "location": "location_id",
    "requester": "requester_id",
}
#: what an order says of itself and a result does not
ORDER_ONLY = ("authored_at", "requester", "quantity", "priority")
#: what only a change of an order says
CHANGES = ("location", "performer")


class ServiceOrder(models.AbstractModel):
    _name = "interop.entity.service_order"
    _inherit = ["interop.entity.upsert", "interop.transaction"]
    _description = "Interop entity: service order"

    _entity = "order"
    _home = "interop.order"

    def _apply(self, call, items):
        unknown = self._results_of_unknown(call, items)
        items = [self._bare(item) if item.delivery in unknown else item for item in items]
        outcomes = super()._apply(call, items)
        self._trigger(call, outcomes)
        return [
            Outcome.discarded(item, NOT_BILLABLE)
            if outcome.state == DONE and outcome.delivery in unknown
            else outcome
            for item, outcome in self._paired(items, outcomes)
        ]

    def _bare(self, item):
        """Of the result of what nobody ordered, no more than which order and what became of it."""
        said = item.entity
        bare = type(said)(
            identifiers=said.identifiers, status=said.status, completed_at=said.completed_at
        )
        return replace(item, entity=bare)

    def _paired(self, items, outcomes):
        by_delivery = {item.delivery: item for item in items}
        return [(by_delivery[outcome.delivery], outcome) for outcome in outcomes]

    def _results_of_unknown(self, call, items):
        """Deliveries of results of what nobody ordered: not billed, and discarded.

        That they were completed is remembered in an archived order without product or patient, so that an order which
        arrives after its result is complete at once: the order of arrival must not decide what is billed
        (docs/adr/0003). An order that this very call states counts as known: its result comes in the second pass.
        """
        keys = {
            item.delivery: keys_of(item.entity.identifiers, call.identity_domain) for item in items
        }
        results = {item.delivery for item in items if not self._is_order(item)}
        stated = {
            key for item in items if item.delivery not in results for key in keys[item.delivery]
        }
        known = self._bindings()._resolve(
            self._entity, {key for delivery in results for key in keys[delivery]}
        )
        orders = self.env[self._home].browse(set(known.values()))
        real = set(orders.filtered("active").ids)
        return {
            delivery
            for delivery in results
            if not any(known.get(key) in real or key in stated for key in keys[delivery])
        }

    def _is_order(self, item):
        """Whether it may make an order that is not known: it states one, or takes one back before it came."""
        if item.event in ("placed", "cancelled"):
            return True
        told = ORDER_ONLY + (CHANGES if item.event == "changed" else ())
        return any(getattr(item.entity, attribute) is not None for attribute in told)

    # -- values --

    def _prepare(self, call, items):
        wanted = [
            (item, reference, path)
            for item, reference, path in self._mentioned(items, (*REFERENCES, "performer"))
            if self._fits(path, reference)
        ]
        found, stopped = self._take_references(call, wanted)
        saying = [item for item in items if self._says_what(item)]
        codes, missing = self._take_codes(call, self._coded(saying, "code", stopped))
        return (found, codes, self._performers(found)), stopped | missing

    def _fits(self, path, reference):
        """Who asked is a member of staff here; that another house asked is not kept."""
        return path != "requester" or reference.entity == "employee"

    def _says_what(self, item):
        """Whether it says what is ordered: a result has words of its own for that, and the order's hold."""
        return STATUS_OF_EVENT.get(item.event) != "completed" or self._is_order(item)

    def _performers(self, found):
        """Who performs is a partner: an employee is the one her contact is."""
        staff = self.env["hr.employee"].browse(
            {id_ for reference, id_ in found.items() if reference.entity == "employee"}
        )
        contacts = {employee.id: employee.work_contact_id.id for employee in staff}
        return {
            reference: contacts.get(id_) if reference.entity == "employee" else id_
            for reference, id_ in found.items()
        }

    def _to_values(self, call, item, prepared):
        found, codes, performers = prepared
        order = item.entity
        values = self._plain_values(item)
        if self._is_order(item):
            values["known"] = {"active": True} | (
                {"facility_id": call.facility} if call.facility else {}
            )
        for attribute, field in REFERENCES.items():
            reference = getattr(order, attribute)
            if reference is not None and (not reference or self._fits(attribute, reference)):
                values[attribute] = {field: found[reference] if reference else False}
        if order.performer is not None:
            values["performer"] = {"performer_id": performers.get(order.performer) or False}
        product = codes.get(order.code)
        if product:
            values["code"] = {"product_id": product}
        return values

    def _plain_values(self, item):
        order = item.entity
        values = self._number_values(order.identifiers, "PLAC")
        fields_ = self.env[self._home]._fields
        status = self._one_of(
            fields_["status"].get_values(self.env),
            order.status or STATUS_OF_EVENT.get(item.event),
            "status",
        )
        if status:
            values["status"] = {"status": status}
        if order.kind and self._says_what(item):
            kinds = fields_["kind"].get_values(self.env)
            values["kind"] = {"kind": self._one_of(kinds, order.kind, "kind")}
        if order.priority is not None:
            values["priority"] = {"priority": order.priority or False}
        if order.quantity is not None:
            quantity = float(order.quantity.value) if order.quantity else 0.0
            unit = order.quantity.unit if order.quantity else False
            values["quantity"] = {"quantity": quantity, "told_unit": unit or False}
        if order.authored_at is not None:
            values["authored_at"] = {"authored_at": naive(order.authored_at) or False}
        if order.completed_at is not None:
            values["completed_at"] = {"completed_at": naive(order.completed_at) or False}
        elif status == "completed":
            at = event_time(item.version, item.received_at)
            values["completed_at"] = {"completed_at": at}
        return values

    def _fresh(self, version, values, known_versions, record):
        """Who has only placed an order has not heard that whoever performs it called it off: that it goes on is no news.

        Who said something else of it since may take it up again.
        """
        fresh = super()._fresh(version, values, known_versions, record)
        is_going_on = fresh.get("status", {}).get("status") in BEFORE_COMPLETION
        has_said_nothing_since = known_versions.get("status", version) >= version
        if is_going_on and has_said_nothing_since and record.status == "cancelled":
            # said, and of no effect: what the same system says later is compared with it
            fresh["status"] = {}
        return fresh

    def _differs(self, record, name, value):
        # who ordered and who performed are two systems, whose versions don't compare: what is completed stays so,
        # whatever the one that ordered says of it afterwards, short of taking it back
        if name == "status" and record.status == "completed" and value in BEFORE_COMPLETION:
            return False
        return super()._differs(record, name, value)

    def _create_values(self, call, item, values):
        return self._home_values(call) | {
            "name": self._number(item.entity.identifiers, "PLAC", "FILL"),
            "active": self._is_order(item),
        }

    def _stub_values(self, call, reference):
        return super()._stub_values(call, reference) | self._home_values(call)

    # -- the charge --

    def _trigger(self, call, outcomes):
        told = self.env[self._home].browse(
            sorted({outcome.record for outcome in outcomes if outcome.state == DONE})
        )
        self.env["interop.charging"]._charge(told, call.system)
