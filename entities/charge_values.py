"""What a charge costs, and what it is put down to."""

from odoo import models

from ..core.accounting_rules import CUSTOMER


class ChargeValues(models.AbstractModel):
    _name = "interop.charge.values"
    _inherit = "interop.transaction"
    _description = "Interop charge values"

    def _money_currencies(self, call, items):
        told = [
            money
            for item in items
            for money in (item.entity.amount, item.entity.unit_price)
            if money
        ]
        return self._currencies(call, (money.currency for money in told))

    def _amount_values(self, call, charge, currencies, *, is_credit):
        """Quantities and prices are told without sign: whether they are taken back is the kind's to say."""
        values = {}
        if charge.quantity is not None:
            quantity = abs(float(charge.quantity.value)) if charge.quantity else 0.0
            values["quantity"] = {"quantity": quantity}
        if charge.unit_price is not None:
            price = abs(float(charge.unit_price.amount)) if charge.unit_price else 0.0
            values["unit_price"] = {"price_unit": price, "is_at_list_price": False}
        if charge.amount:
            amount = float(charge.amount.amount)
            amount = -abs(amount) if is_credit else amount
            values["amount"] = {"amount": amount, "is_at_list_price": False}
        money = charge.amount or charge.unit_price
        if money and not (money.currency or charge.reverses):
            # where a rule refuses it; which one it is counts for a new charge only, and a credit is in its charge's
            self._untold_currency(call, CUSTOMER)
        elif money and money.currency:
            values["currency"] = {
                "currency_id": self._known_currency(money.currency, currencies).id
            }
        return values

    def _department_values(self, call, charge, department_id, *, is_new_cost):
        """What was charged before a department closed is its own, and so is what is taken back."""
        department = self.env["hr.department"].browse(department_id or ())
        if is_new_cost:
            name = charge.department.identifiers[0] if charge.department else None
            department = self._bearer(department, self._day(call, charge.occurred_at), name)
        centre = department.interop_analytic_account_id
        return {"department_id": department.id} | (
            {"analytic_account_id": centre.id} if centre else {}
        )

    def _missing_values(self, call, given, original):
        """What follows from the rest: price, amount, currency, whose bill it is, and the cost centre."""
        values = {}
        is_told = "price_unit" in given or "amount" in given
        quantity = given.get("quantity") or 1.0
        price = given.get("price_unit")
        amount = given.get("amount")
        if price is None and amount is not None:
            price = abs(amount) / quantity
        if amount is None and original:
            amount = -original.amount
        elif amount is None and price is not None:
            amount = (-1 if given.get("kind") == "credit" else 1) * quantity * price
        values |= {"quantity": quantity, "price_unit": price, "amount": amount}
        # what is left out is the list price: see _fill_list_prices
        values = {name: value for name, value in values.items() if value is not None}
        if not given.get("currency_id"):
            company = self.env["res.company"].browse(call.company)
            # list prices are in the company's
            currency = self._untold_currency(call, CUSTOMER) if is_told else company.currency_id
            values["currency_id"] = currency.id
        if not given.get("partner_id"):
            encounter = self.env["interop.encounter"].browse(given.get("encounter_id") or ())
            values["partner_id"] = encounter.partner_id.id
        if not given.get("analytic_account_id"):
            values["analytic_account_id"] = self._cost_centre(call).id
        return values

    def _fill_list_prices(self, vals_list):
        """Price and amount of those that state none; one statement for all of them."""
        due = [values for values in vals_list if "price_unit" not in values]
        if not due:
            return
        products = self.env["product.product"]
        asked = [
            (products.browse(values.get("product_id") or ()), values.get("occurred_at"))
            for values in due
        ]
        for values, price in zip(due, self.env["interop.list.price"]._at(asked), strict=True):
            sign = -1 if values.get("kind") == "credit" else 1
            amount = sign * values["quantity"] * price.amount
            values |= {"price_unit": price.amount, "amount": amount}
