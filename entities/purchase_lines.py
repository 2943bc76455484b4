"""The lines of a purchase order: at whose price, and how what is ordered now differs from what stands in Odoo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odoo import fields, models
from odoo.tools import float_compare

from ..core.canonical import OrderLine
from ..core.errors import BusinessRule, MappingError, MissingCode
from ..core.stays import naive

CONFIRMED, CANCELLED = "purchase", "cancel"


@dataclass(frozen=True)
class Wanted:
    """One line as it is ordered: ``unit`` and ``currency`` are records, ``price`` is None where the sender gave none."""

    number: str
    product: Any
    quantity: float
    unit: Any
    price: float | None
    currency: Any
    planned_at: datetime | None
    code: str
    path: str


class PurchaseLines(models.AbstractModel):
    _name = "interop.purchase.lines"
    _inherit = "interop.transaction"
    _description = "Interop purchase lines"

    # -- what is said --

    def _told_lines(self, order):
        """``[(path, line)]`` of an order; the short form, one code and its quantity, is one line."""
        if order.lines is None:
            return [("code", OrderLine(order.code, order.quantity))] if order.code else []
        if order.code or order.quantity:
            raise MappingError("lines_unexpected", path="lines")
        return [(f"lines[{place}]", line) for place, line in enumerate(order.lines or ())]

    def _wanted(self, path, line, products, currencies):
        if not line.code:
            raise MappingError("required", path=f"{path}.code")
        if not line.quantity:
            raise MappingError(
                "required", path="quantity" if path == "code" else f"{path}.quantity"
            )
        product = products[line.code]
        if line.quantity.value <= 0:
            raise BusinessRule("quantity_not_positive", path=f"{path}.quantity")
        price = line.unit_price
        currency = None
        if price and price.currency:
            currency = self._known_currency(price.currency, currencies, path)
        return Wanted(
            number=line.number,
            product=product,
            quantity=float(line.quantity.value),
            unit=self._unit(line.quantity, product, f"{path}.quantity"),
            price=float(price.amount) if price else None,
            currency=currency,
            planned_at=naive(line.planned_at) if line.planned_at else None,
            code=line.code.code,
            path=path,
        )

    def _wanted_again(self, known, quantity, unit):
        """The line ``known`` as it stands, but so many."""
        if quantity <= 0:
            raise BusinessRule("quantity_not_positive", path="quantity")
        return Wanted(
            number=known.interop_number,
            product=known.product_id,
            quantity=quantity,
            unit=unit,
            price=None,
            currency=None,
            planned_at=None,
            code=known.product_id.default_code or known.product_id.name,
            path="quantity",
        )

    # -- prices --

    def _check_price(self, wanted, vendor, day, vendor_code):
        """Refuse a line that nobody has a price for; Odoo would take the product's cost, which is no promise of a vendor."""
        if wanted.price is None and not self._contract_price(wanted, vendor, day):
            value = f"{wanted.code} / {vendor_code}"
            raise MissingCode(
                "no_contract_price", path=wanted.path, value=value[:64], category="business"
            )

    def _contract_price(self, wanted, vendor, day):
        """Odoo's own price of this vendor for so much, on that day, in that unit; 0.0 where there is none."""
        return wanted.product._select_seller(
            partner_id=vendor,
            quantity=wanted.quantity,
            date=day,
            uom_id=wanted.unit,
            params={"force_uom": True},
        ).price

    def _line_values(self, wanted, vendor, day, place):
        """A contract's price is left to Odoo, which follows its tiers; the sender's own stands where there is none."""
        values = {
            "product_id": wanted.product.id,
            "product_qty": wanted.quantity,
            "product_uom_id": wanted.unit.id,
            "interop_number": wanted.number or f"#{place}",
        } | self._stated_values(wanted)
        if wanted.price is not None and not self._contract_price(wanted, vendor, day):
            values["price_unit"] = wanted.price
        if wanted.planned_at:
            values["date_planned"] = wanted.planned_at
        return values

    def _stated_values(self, wanted):
        """What the sender says it costs, kept beside the price that is ordered at."""
        if wanted.price is None:
            return {}
        return {"interop_has_stated_price": True, "interop_stated_price": wanted.price}

    def _new_of(self, commands):
        """``{number: date told}`` of the lines that ``commands`` make at a contract's price. Odoo changes the commands."""
        return {
            values["interop_number"]: values.get("date_planned")
            for kind, _id, values in commands
            if kind == fields.Command.CREATE and "price_unit" not in values
        }

    def _take_contract_prices(self, order, new):
        """Have Odoo price new lines for what they order: as it makes them, it takes the price of the least quantity."""
        by_number = {line.interop_number: line for line in order.order_line.sorted("id")}
        for number, planned_at in new.items():
            line = by_number[number]
            line._compute_price_unit_and_date_planned_and_name()
            if planned_at:
                line.date_planned = planned_at

    # -- what changes --

    def _line_changes(self, order, wanted, vendor_code):
        """Commands that make the lines of ``order`` those ``wanted``; lines that people added stay.

        ``BusinessRule`` where that is less than was received, or the order is locked or cancelled.
        """
        day = order.date_order.date()
        ours = order.order_line.filtered("interop_number")
        matched = self._matched(ours, wanted)
        commands = []
        for place, line in enumerate(wanted, 1):
            known = matched.get(line)
            if known is None:
                self._check_price(line, order.partner_id, day, vendor_code)
                values = self._line_values(line, order.partner_id, day, place)
                commands.append(fields.Command.create(values))
            elif values := self._line_differences(order, known, line, vendor_code):
                commands.append(fields.Command.update(known.id, values))
        for known in ours - self.env["purchase.order.line"].union(*matched.values()):
            if order.state != CONFIRMED:
                commands.append(fields.Command.delete(known.id))
            elif known.product_qty:
                # Odoo deletes no line of a confirmed order
                self._check_received(known, 0.0, known.product_uom_id, "lines")
                commands.append(fields.Command.update(known.id, {"product_qty": 0.0}))
        if commands and order.state == CANCELLED:
            raise BusinessRule("purchase_cancelled", path="lines")
        if commands and order.locked:
            raise BusinessRule("purchase_locked", path="lines")
        return commands

    def _matched(self, ours, wanted):
        """``{wanted line: purchase.order.line}``: by the sender's number, else by product."""
        matched, left = {}, list(ours)
        for is_same in (
            lambda line, known: line.number and line.number == known.interop_number,
            lambda line, known: line.product == known.product_id,
        ):
            for line in wanted:
                known = next((one for one in left if is_same(line, one)), None)
                if line not in matched and known is not None:
                    matched[line] = known
                    left.remove(known)
        return matched

    def _line_differences(self, order, known, line, vendor_code):
        day, vendor = order.date_order.date(), order.partner_id
        values = {}
        if known.product_id != line.product:
            if order.state == CONFIRMED:
                raise BusinessRule("purchase_confirmed", path=line.path)
            values["product_id"] = line.product.id
        if known.product_uom_id != line.unit or self._differ(known.product_qty, line.quantity):
            self._check_received(known, line.quantity, line.unit, line.path)
            values |= {"product_qty": line.quantity}
            if known.product_uom_id != line.unit:
                values["product_uom_id"] = line.unit.id
        has_contract = bool(self._contract_price(line, vendor, day))
        if line.price is not None and not has_contract:
            if self._differ(known.price_unit, line.price):
                values["price_unit"] = line.price
        elif not has_contract and ("product_qty" in values or "product_id" in values):
            self._check_price(line, vendor, day, vendor_code)
        if line.price is not None and (
            not known.interop_has_stated_price
            or self._differ(known.interop_stated_price, line.price)
        ):
            values |= self._stated_values(line)
        if line.planned_at and (values or known.date_planned != line.planned_at):
            # Odoo plans anew where a quantity changes
            values["date_planned"] = line.planned_at
        return values

    def _check_received(self, known, quantity, unit, path):
        if known.order_id.locked or known.state == CANCELLED:
            return  # refused for that, whatever the quantity
        wanted = unit._compute_quantity(quantity, known.product_uom_id, round=False)
        if known.product_uom_id.compare(wanted, known.qty_received) < 0:
            raise BusinessRule("less_than_received", path=path)

    def _differ(self, one, other):
        return float_compare(one, other, precision_digits=6) != 0
