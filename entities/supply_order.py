"""supply order → an internal ``stock.picking`` from the main store to the place that ordered, reserved at once.

What is short stays visible as what could not be reserved. Deliveries in part are Odoo's own: what was delivered is done,
the rest waits in a back order, and later news of the order is about that rest.
"""

from collections import defaultdict

from odoo import models

from ..core.applying import Outcome
from ..core.errors import BusinessRule, InteropError, MappingError
from ..core.stays import event_time, naive
from .order_memory import REMEMBERED
from .service_order import STATUS_OF_EVENT
from .stock_places import PATIENT
from .supply_moves import ACTIVE, CANCELLED, COMPLETED, ON_HOLD, STATUSES

#: not what an order says, but what follows from it for a new one: no version is kept of that
DERIVED = "derived"
#: what the move of a transfer is made of
GOODS = ("product", "quantity", "unit", "encounter", "centre")
URGENT = ("stat", "asap", "urgent")


class SupplyOrder(models.AbstractModel):
    _name = "interop.entity.supply_order"
    _inherit = [
        "interop.supply.moves",
        "interop.entity.upsert",
        "interop.stock.places",
        "interop.order.memory",
    ]
    _description = "Interop entity: supply order"

    _entity = "supply_order"
    _home = "stock.picking"

    def _apply(self, call, items):
        # who completes an order in the same call as it is placed comes after
        return super()._apply(call, sorted(items, key=lambda item: item.entity.code is None))

    # -- looking up --

    def _prepare(self, call, items):
        going = [item for item in items if self._word(item) != CANCELLED]
        wanted = [
            (item, reference, path)
            for item, reference, path in self._mentioned(
                going, ("location", "performer", "encounter")
            )
            if path != "performer" or reference.entity == "location"
        ]
        found, stopped = self._take_references(call, wanted)
        codes, missing = self._take_codes(call, self._coded(going, "code", stopped), "product")
        products = self._fetched_products(set(codes.values()))
        stores = {
            place.id: place._nearest("stock_location_id") for place in self._named_places(found)
        }
        return (
            found,
            {coding: products[id_] for coding, id_ in codes.items()},
            stores,
        ), stopped | missing

    # -- values --

    def _word(self, item):
        return item.entity.status or STATUS_OF_EVENT.get(item.event)

    def _to_values(self, call, item, prepared):
        """Values by words of our own (``_differences`` in supply_moves.py): a transfer has no field for most of them."""
        order = item.entity
        status = self._one_of(STATUSES, self._word(item), "status")
        values = self._status_values(item, status)
        if status == CANCELLED:
            return values
        found, codes, stores = prepared
        for attribute in ("code", "quantity", "location"):
            said = getattr(order, attribute)
            if said is not None and not said:
                raise MappingError("required", path=attribute)
        values |= self._goods_values(order, codes)
        if order.location:
            place = self._store(stores[found[order.location]], "location")
            values["location"] = {"target": place}
        if order.performer in found:
            values["performer"] = {
                "source": self._store(stores[found[order.performer]], "performer")
            }
        if order.encounter:
            values["encounter"] = {"encounter": found[order.encounter]}
        if order.party:
            values["party"] = {"is_for_patient": True}
        if order.priority is not None:
            values["priority"] = {"priority": "1" if order.priority in URGENT else "0"}
        return values

    def _goods_values(self, order, codes):
        values = {}
        if order.code:
            product = codes[order.code]
            if product.type != "consu":
                raise BusinessRule("not_stocked", path="code")
            values["code"] = {"product": product}
        if order.quantity:
            if order.quantity.value <= 0:
                raise BusinessRule("quantity_not_positive", path="quantity")
            values["quantity"] = {"quantity": order.quantity}
        return values

    def _status_values(self, item, status):
        if not status:
            return {}
        at = naive(item.entity.completed_at) or event_time(item.version, item.received_at)
        return {"status": {"status": status, "at": at if status == COMPLETED else False}}

    def _store(self, store, path):
        if not store:
            raise BusinessRule("place_without_stock", path=path)
        return store

    # -- changing --

    def _fresh(self, version, values, known_versions, record):
        """News of an order that was told before its status was is late: the order may be closed since."""
        fresh = super()._fresh(version, values, known_versions, record)
        if version < known_versions.get("status", ""):
            return {name: fields_ | {"is_late": True} for name, fields_ in fresh.items()}
        return fresh

    # -- creating --

    def _make(self, call, new):
        outcomes, taken = [], []
        warehouse = self._warehouse(call) if new else None
        for entry in self._as_remembered(call, new):
            item, _keys, values, _record = entry
            try:
                values[DERIVED] = self._derived(call, item, values, warehouse)
            except InteropError as error:
                outcomes.append(Outcome.failed(item, error))
                continue
            taken.append(entry)
        return outcomes + self._completed(taken, super()._make(call, taken))

    def _derived(self, call, item, values, warehouse):
        """What follows from what a new order says: the unit, where from and to, and whose cost it is."""
        for attribute in ("code", "quantity"):
            if attribute not in values:
                raise MappingError("required", path=attribute)
        self._check_current(values["code"]["product"], "code")
        unit = self._unit(item.entity.quantity, values["code"]["product"], "quantity")
        source = values.get("performer", {}).get("source") or warehouse.lot_stock_id
        target = values.get("location", {}).get("target") or self._other_target(values)
        if source == target:
            raise BusinessRule("same_place", path="location")
        used = target == self._record("stock.location", PATIENT)
        return {
            "unit": unit,
            "source": source,
            "target": target,
            "warehouse": warehouse,
            # what goes to a patient is used, as a consumption is
            "centre": self._cost_centre(call).id if used else False,
        }

    def _other_target(self, values):
        """Who says no place orders to where the visit's patient is, else to the patient: FHIR's DeviceRequest has no place."""
        visit = values.get("encounter", {}).get("encounter")
        place = self.env["interop.encounter"].browse(visit or ()).location_id
        if place:
            return self._store(place._nearest("stock_location_id"), "location")
        if "party" not in values:
            raise MappingError("required", path="location")
        return self._record("stock.location", PATIENT)

    def _settled(self, call, item, values):
        return values.keys() - {DERIVED, REMEMBERED}

    def _settled_versions(self, call, item, values):
        """Older news than what was remembered is late, as it is of an order that was placed in time."""
        settled = super()._settled_versions(call, item, values)
        newer = values.get(REMEMBERED, {}).get(REMEMBERED, {})
        return settled | {name: newer[name] for name in settled.keys() & newer.keys()}

    def _record_values(self, call, item, values):
        source = values["source"]
        return {
            "picking_type_id": (source.warehouse_id or values["warehouse"]).int_type_id.id,
            "location_id": source.id,
            "location_dest_id": values["target"].id,
            "company_id": call.company,
            "origin": self._number(item.entity.identifiers, "PLAC", "FILL"),
            "priority": values.get("priority", "0"),
            "interop_system_id": call.system,
            "interop_is_on_hold": values.get("status") == ON_HOLD,
        } | {name: values[name] for name in GOODS if name in values}

    def _create(self, vals_list):
        """Transfers first, then their moves, all at once: Odoo would write the date of each, one by one."""
        goods = [{name: values.pop(name, None) for name in GOODS} for values in vals_list]
        self._name_transfers(vals_list)
        pickings = super()._create(vals_list)
        same = ("location_id", "location_dest_id", "company_id", "picking_type_id")
        self.env["stock.move"].create(
            [
                {name: values[name] for name in same}
                | {
                    "picking_id": picking.id,
                    "product_id": some["product"].id,
                    "product_uom_qty": float(some["quantity"].value),
                    "product_uom": some["unit"].id,
                    "interop_encounter_id": some["encounter"] or False,
                    "interop_analytic_account_id": some["centre"],
                }
                for picking, values, some in zip(pickings, vals_list, goods, strict=True)
            ]
        )
        return pickings

    def _name_transfers(self, vals_list):
        by_kind = {}
        for values in vals_list:
            by_kind.setdefault(values["picking_type_id"], []).append(values)
        for kind, several in by_kind.items():
            sequence = self.env["stock.picking.type"].browse(kind).sequence_id
            for values, name in zip(
                several, self._next_numbers(sequence, len(several)), strict=True
            ):
                values["name"] = name

    def _completed(self, entries, outcomes):
        """Reserve the new orders, and deliver or cancel at once those that come so.

        One that comes completed and lacks a lot stays ordered, and its news fails.
        """
        by_delivery = {item.delivery: (item, values) for item, _keys, values, _record in entries}
        final, due, by_status = [], [], defaultdict(self.env["stock.move"].browse)
        told = []
        for outcome in outcomes:
            item, values = by_delivery[outcome.delivery]
            moves = self.env[self._home].browse(outcome.record).move_ids
            status = values.get("status", {})
            by_status[status.get("status") or ACTIVE] |= moves
            told.append((outcome, item, moves, status))
        by_status[CANCELLED]._action_cancel()
        self._confirm(by_status[ACTIVE] | by_status[ON_HOLD] | by_status[COMPLETED])
        for outcome, item, moves, status in told:
            if status.get("status") == COMPLETED:
                try:
                    self._check_lots(moves)
                except InteropError as error:
                    final.append(Outcome.failed(item, error))
                    continue
                due.append((moves, status["at"]))
            final.append(outcome)
        self._deliver(due)
        return final
