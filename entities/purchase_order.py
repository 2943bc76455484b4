"""purchase order → ``purchase.order``, a request for quotation at contract prices; whether it is approved is for people."""

from odoo import fields, models

from ..core.applying import Outcome, missing_reference
from ..core.canonical import Reference
from ..core.errors import BusinessRule, InteropError, MappingError
from ..core.stays import naive
from .purchase_lines import CANCELLED as CANCEL
from .purchase_lines import CONFIRMED
from .service_order import STATUS_OF_EVENT
from .supply_order import CANCELLED, COMPLETED, DERIVED, STATUSES, URGENT

#: changes that are fields of an order
PLAIN = ("priority", "picking_type_id")
ANSWERS = ("acknowledged", "rejected")


class PurchaseOrder(models.AbstractModel):
    _name = "interop.entity.purchase_order"
    _inherit = [
        "interop.purchase.lines",
        "interop.supplier.answers",
        "interop.entity.upsert",
        "interop.stock.places",
        "interop.order.memory",
    ]
    _description = "Interop entity: purchase order"

    _entity = "purchase_order"
    _home = "purchase.order"

    def _apply(self, call, items):
        answers = [item for item in items if item.event in ANSWERS]
        orders = [item for item in items if item.event not in ANSWERS]
        # who takes an order back in the same call as it is placed comes after
        orders.sort(key=lambda item: not (item.entity.code or item.entity.lines))
        outcomes = super()._apply(call, orders) if orders else []
        return outcomes + (self._answer(call, answers) if answers else [])

    # -- looking up --

    def _prepare(self, call, items):
        going = [item for item in items if self._word(item) != CANCELLED]
        wanted = [
            (item, self._vendor_name(path, reference), path)
            for item, reference, path in self._mentioned(going, ("performer", "location"))
            if path != "performer" or reference.entity != "location"
        ]
        found, stopped = self._take_references(call, wanted)
        coded = [
            (item, line.code, f"{path}.code")
            for item in going
            if item.delivery not in stopped
            for path, line in self._safe_lines(item)
            if line.code
        ]
        codes, missing = self._take_codes(call, coded, "product")
        products = self._fetched_products(set(codes.values()))
        prices = [
            line.unit_price.currency
            for item in going
            for _path, line in self._safe_lines(item)
            if line.unit_price
        ]
        return (
            found,
            {coding: products[id_] for coding, id_ in codes.items()},
            self._currencies(call, prices),
        ), stopped | missing

    def _safe_lines(self, item):
        try:
            return self._told_lines(item.entity)
        except InteropError:
            # told for good when the values are made
            return []

    def _vendor_name(self, path, reference):
        """Who performs a purchase sells: an organization, by whatever name the sender calls it."""
        if path == "performer" and reference.entity != "organization":
            return Reference("organization", reference.identifiers, reference.display)
        return reference

    # -- values --

    def _word(self, item):
        return item.entity.status or STATUS_OF_EVENT.get(item.event)

    def _to_values(self, call, item, prepared):
        """Values by words of our own; an order has no field for most of them."""
        order, (found, products, currencies) = item.entity, prepared
        status = self._one_of(STATUSES, self._word(item), "status")
        values = {"status": {"status": status}} if status else {}
        if status == CANCELLED:
            return values
        if order.performer is not None:
            if not order.performer or order.performer.entity == "location":
                raise MappingError("required", path="performer")
            vendor = self.env["res.partner"].browse(
                found[self._vendor_name("performer", order.performer)]
            )
            code = order.performer.identifiers[0].value
            values["performer"] = {"vendor": vendor, "vendor_code": code}
        lines = self._told_lines(order)
        if lines:
            wanted = [self._wanted(path, line, products, currencies) for path, line in lines]
            numbers = [line.number for line in wanted if line.number]
            if len(set(numbers)) < len(numbers):
                raise MappingError("line_twice", path="lines")
            values["lines"] = {"lines": tuple(wanted)}
        elif order.quantity:
            values["lines"] = {"quantity": order.quantity}
        if order.location:
            values["location"] = {"place": found[order.location]}
        if order.priority is not None:
            values["priority"] = {"priority": "1" if order.priority in URGENT else "0"}
        if order.authored_at:
            values["authored_at"] = {"ordered_at": naive(order.authored_at)}
        return values

    # -- creating --

    def _make(self, call, new):
        outcomes, taken, terms = [], [], {}
        for entry in new:
            item, _keys, values, _record = entry
            if "lines" not in values.get("lines", {}):
                # only news of an order that nobody placed: it may be just behind
                unknown = Reference("order", item.entity.identifiers)
                outcomes.append(missing_reference(item, call, unknown, "identifiers"))
                continue
            try:
                values[DERIVED] = self._derived(call, values, terms)
            except InteropError as error:
                outcomes.append(Outcome.failed(item, error))
                continue
            taken.append(entry)
        taken_back = self._taken_back(call, taken)
        made = super()._make(call, taken)
        gone = [outcome.record for outcome in made if outcome.delivery in taken_back]
        self.env[self._home].browse(gone).button_cancel()
        return outcomes + made

    def _derived(self, call, values, terms):
        """What follows from what a new order says: its vendor's terms, and when and where to."""
        if values.get("status", {}).get("status") == COMPLETED:
            raise BusinessRule("purchase_not_confirmed", path="status")
        if "performer" not in values:
            raise MappingError("required", path="performer")
        vendor, code = values["performer"]["vendor"], values["performer"]["vendor_code"]
        at = values.get("authored_at", {}).get("ordered_at") or call.now.replace(microsecond=0)
        for line in values["lines"]["lines"]:
            self._check_current(line.product, line.path)
            self._check_price(line, vendor, at.date(), code)
        if vendor not in terms:
            terms[vendor] = self._terms(call, vendor)
        return {
            "ordered_at": at,
            "terms": terms[vendor] | self._stated_currency(values["lines"]["lines"]),
            "warehouse": self._warehouse_of(call, values.get("location", {}).get("place")),
        }

    def _terms(self, call, vendor):
        """As Odoo's own replenishment asks of a vendor; its defaults would make the sender's user the buyer."""
        vendor = vendor.with_company(call.company)
        company = self.env["res.company"].browse(call.company)
        position = self.env["account.fiscal.position"].with_company(company)
        currency = vendor.property_purchase_currency_id or company.currency_id
        return {
            "partner_id": vendor.id,
            "user_id": vendor.buyer_id.id,
            "currency_id": currency.id,
            "payment_term_id": vendor.property_supplier_payment_term_id.id,
            "fiscal_position_id": position._get_fiscal_position(vendor).id,
        }

    def _stated_currency(self, lines):
        """Prices that the sender states are all in one currency, which is the order's."""
        stated = {line.currency for line in lines if line.price is not None and line.currency}
        if len(stated) > 1:
            raise BusinessRule("several_currencies", path="lines")
        return {"currency_id": stated.pop().id} if stated else {}

    def _warehouse_of(self, call, place):
        place = self.env["interop.location"].browse(place or ())
        return place._nearest("stock_location_id").warehouse_id or self._warehouse(call)

    def _settled(self, call, item, values):
        return values.keys() - {DERIVED}

    def _record_values(self, call, item, values):
        vendor, day = values["vendor"], values["ordered_at"].date()
        return values["terms"] | {
            "company_id": call.company,
            "origin": self._number(item.entity.identifiers, "PLAC", "FILL"),
            "date_order": values["ordered_at"],
            "priority": values.get("priority", "0"),
            "picking_type_id": values["warehouse"].in_type_id.id,
            "order_line": [
                fields.Command.create(self._line_values(line, vendor, day, place))
                for place, line in enumerate(values["lines"], 1)
            ],
        }

    def _create(self, vals_list):
        new = [self._new_of(values["order_line"]) for values in vals_list]
        orders = super()._create(vals_list)
        for order, lines in zip(orders, new, strict=True):
            self._take_contract_prices(order, lines)
        return orders

    # -- changing --

    def _differences(self, record, values):
        """``lines`` (commands), ``status`` and where to. ``BusinessRule`` where Odoo's own rules say no."""
        told = {name: value for fields_ in values.values() for name, value in fields_.items()}
        changes = {}
        if told.get("vendor", record.partner_id) != record.partner_id:
            raise BusinessRule("vendor_changed", path="performer")
        wanted = told.get("lines")
        if "quantity" in told:
            wanted = self._of_another_quantity(record, told["quantity"])
        if wanted:
            code = told.get("vendor_code") or record.partner_id.ref or record.partner_id.name
            if commands := self._line_changes(record, wanted, code):
                changes["order_line"] = commands
        if told.get("priority", record.priority) != record.priority:
            changes["priority"] = told["priority"]
        changes |= self._place_changes(record, told.get("place"))
        return changes | self._status_changes(record, told.get("status"))

    def _place_changes(self, record, place):
        """Where the goods go to is decided until the order is confirmed."""
        place = self.env["interop.location"].browse(place or ())
        kind = place._nearest("stock_location_id").warehouse_id.in_type_id
        if not kind or kind == record.picking_type_id:
            return {}
        if record.state in (CONFIRMED, CANCEL):
            raise BusinessRule("purchase_confirmed", path="location")
        return {"picking_type_id": kind.id}

    def _of_another_quantity(self, record, quantity):
        """The short form says how many of an order of one line."""
        lines = record.order_line.filtered("interop_number")
        if len(lines) != 1:
            raise BusinessRule("several_lines", path="quantity")
        product = lines.product_id
        return [
            self._wanted_again(
                lines, float(quantity.value), self._unit(quantity, product, "quantity")
            )
        ]

    def _status_changes(self, record, status):
        if status == CANCELLED and record.state != CANCEL:
            if record.locked:
                raise BusinessRule("purchase_locked", path="status")
            if any(bill.state not in ("cancel", "draft") for bill in record.invoice_ids):
                raise BusinessRule("purchase_billed", path="status")
            return {"status": status}
        if status == COMPLETED and not record.locked:
            if record.state != CONFIRMED:
                raise BusinessRule("purchase_not_confirmed", path="status")
            return {"status": status}
        if record.state == CANCEL and status not in (None, CANCELLED):
            raise BusinessRule("purchase_cancelled", path="status")
        return {}

    def _write_all(self, call, writes):
        cancelled = completed = self.env[self._home]
        for changes, orders in writes:
            plain = {name: changes[name] for name in PLAIN if name in changes}
            if plain:
                orders.write(plain)
            if "order_line" in changes:
                for order in orders:
                    # Odoo completes the values it is given, and orders with equal changes share them
                    commands = [
                        (kind, id_, dict(values) if values else values)
                        for kind, id_, values in changes["order_line"]
                    ]
                    new = self._new_of(commands)
                    order.write({"order_line": commands})
                    self._take_contract_prices(order, new)
            if changes.get("status") == CANCELLED:
                cancelled |= orders
            elif changes.get("status") == COMPLETED:
                completed |= orders
        cancelled.button_cancel()
        completed.button_lock()
