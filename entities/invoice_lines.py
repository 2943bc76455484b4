"""The lines of bills and invoices: products, units, taxes, and amounts that are kept to the cent."""

from dataclasses import replace
from decimal import Decimal

from odoo import fields, models

from ..core.accounting_rules import CUSTOMER
from ..core.applying import Outcome
from ..core.canonical import InvoiceLine, Money
from ..core.errors import InteropError, MappingError, MissingCode

#: a price without its tax is kept as exact as Odoo can
PRICE_DIGITS = 6


class InvoiceLines(models.AbstractModel):
    _name = "interop.invoice.lines"
    _inherit = "interop.purchasing"
    _description = "Interop invoice lines"

    def _with_lines(self, item):
        """``item`` with one line made of its totals, where it states totals and nothing that they are made of."""
        invoice = item.entity
        if invoice.lines or invoice.encounter or not invoice.total:
            return item
        tax = invoice.tax.amount if invoice.tax else Decimal()
        net = invoice.total.amount - tax
        line = InvoiceLine(
            description=invoice.number or "",
            amount=Money(net, invoice.total.currency),
            tax_rate=round(tax / net * 100, 2) if net else Decimal(),
        )
        return replace(item, entity=replace(invoice, lines=(line,)))

    def _take_products(self, call, items):
        """What lines name: ``({reference or coding: product.product}, outcomes)``."""
        lines = [
            (item, line, place)
            for item in items
            for place, line in enumerate(item.entity.lines or ())
        ]
        found, stopped = self._take_references(
            call,
            [
                (item, line.product, f"lines[{place}].product")
                for item, line, place in lines
                if line.product
            ],
        )
        coded = [
            (item, line.code, f"lines[{place}].code")
            for item, line, place in lines
            if line.code and not line.product and item.delivery not in stopped
        ]
        codes, missing = self._take_codes(call, coded)
        named = found | codes
        products = self.env["product.product"].browse(sorted(set(named.values())))
        products.fetch(["name", "uom_id", "categ_id", "is_storable"])
        by_id = {product.id: product for product in products}
        return {name: by_id[id_] for name, id_ in named.items()}, stopped | missing

    def _taxes(self, items, use):
        """``{rate: taxes}`` of the company's percentages that lines name."""
        rates = {
            self._rate(line.tax_rate)
            for item in items
            for line in item.entity.lines or ()
            if line.tax_rate is not None
        }
        if not rates:
            return {}
        company = self.env.company
        taxes = self.env["account.tax"].search(
            [
                ("type_tax_use", "=", use),
                ("amount_type", "=", "percent"),
                ("company_id", "parent_of", company.id),
            ]
        )
        return {
            rate: taxes.filtered(lambda tax, rate=rate: self._rate(tax.amount) == rate)
            for rate in rates
        }

    def _rate(self, number):
        return round(float(number), 4)

    def _draft_currency(self, call, about, invoice, currencies):
        """The currency that the invoice, its total or its lines name; where none does, as for any untold one."""
        code = self._currency_code(invoice)
        if not code:
            return self._untold_currency(call, about)
        return self._known_currency(code, currencies)

    def _currency_code(self, invoice):
        money = [invoice.total, *(line.amount or line.unit_price for line in invoice.lines or ())]
        codes = [invoice.currency, *(one.currency for one in money if one)]
        return next((code for code in codes if code), "")

    def _try_values(self, items, prepare):
        """``(pairs of item and values, outcomes)``: what is wrong with one does not stop the others."""
        prepared, outcomes = [], []
        for item in items:
            try:
                prepared.append((item, prepare(item)))
            except InteropError as error:
                outcomes.append(Outcome.failed(item, error))
        return prepared, outcomes

    # -- values --

    def _ruled(self, call, about, journal):
        """A function that gives a line's account and taxes by its product: ``(id or None, account.tax or None)``.

        For messages of ``call``; ``BusinessRule`` where ``journal`` is none.
        """
        accounting = self.env["interop.accounting"]
        journal = accounting._chosen(journal, about)
        case = {"system": call.system, "facility": call.facility}

        def ruled(product):
            return (
                accounting._line_account(about, journal, product, call.company, **case),
                accounting._line_taxes(about, product, call.company, **case),
            )

        return ruled

    def _prepare_lines(
        self, item, products, taxes, currency, *, about, ruled, sign=1, order_lines=None
    ):
        """Commands that create the lines of ``item``.

        ``taxes`` as of ``_taxes``; ``ruled`` as of ``_ruled``; ``order_lines`` finds the order line that one bills.
        """
        commands = []
        for place, line in enumerate(item.entity.lines or ()):
            product = products.get(line.product or line.code, self.env["product.product"])
            account_id, given = ruled(product)
            tax_path, tax = f"lines[{place}].tax_rate", None
            if line.tax_rate is not None:
                tax = self._told_tax(about, line, taxes, product, given, tax_path)
            line = self._as_taxed(line, tax, currency, tax_path)
            values = self._line_amounts(line, product, currency, sign, f"lines[{place}].quantity")
            values["name"] = line.description or (product.name if product else "/")
            if product:
                values["product_id"] = product.id
            if account_id:
                values["account_id"] = account_id
            tax_ids = self._line_taxes(item.entity, line, tax, given, tax_path)
            if tax_ids is not None:
                values["tax_ids"] = [fields.Command.set(tax_ids)]
            order_line = order_lines(line, product) if order_lines else None
            if order_line:
                values["purchase_line_id"] = order_line.id
                values["analytic_distribution"] = order_line.analytic_distribution
            commands.append(fields.Command.create(values))
        return commands

    def _as_taxed(self, line, tax, currency, path):
        """``line`` with its amounts as its tax wants them: with the tax in where that is how the tax counts, else without."""
        if line.tax_included is None:
            return line
        if line.tax_rate is None:
            # how much of the amount is tax nobody may guess
            raise MappingError("required", path=path)
        if not tax or tax.price_include == line.tax_included:
            return line
        rate = 1 + line.tax_rate / 100
        factor = 1 / rate if line.tax_included else rate

        def taxed(money, digits):
            return money and replace(money, amount=round(money.amount * factor, digits))

        return replace(
            line,
            unit_price=taxed(line.unit_price, PRICE_DIGITS),
            amount=taxed(line.amount, currency.decimal_places),
        )

    def _line_amounts(self, line, product, currency, sign, path):
        quantity = float(line.quantity.value) if line.quantity else 1.0
        amount = float(line.amount.amount) if line.amount else None
        price = float(line.unit_price.amount) if line.unit_price else None
        if price is None:
            price = (amount or 0.0) / (quantity or 1.0)
        if amount is None:
            amount = currency.round(quantity * price)
        size, price = self.env["interop.billing"]._quantity_and_price(
            quantity, price, amount, currency
        )
        values = {"quantity": sign * size, "price_unit": price}
        if product and line.quantity and size == quantity:
            values["product_uom_id"] = self._unit(line.quantity, product, path).id
        return values

    def _told_tax(self, about, line, taxes, product, given, path):
        """The tax (one, or none) of the rate that ``line`` tells; ``given``: the taxes of a rule, if any.

        Of several with that rate: the rule's, else the product's, else the company's default, else the only one at home that
        does not count as part of the price. ``MissingCode`` where that leaves several: nobody has chosen.
        """
        found = taxes.get(self._rate(line.tax_rate), self.env["account.tax"])
        for chosen in self._chosen_taxes(about, line, found, product, given):
            if len(chosen) == 1:
                return chosen
        if found:
            rate = f"{self._rate(line.tax_rate):g}"
            raise MissingCode("several_taxes", path=path, system="%", value=rate)
        return found

    def _chosen_taxes(self, about, line, found, product, given):
        rate = self._rate(line.tax_rate)
        yield (given or found.browse()).filtered(
            lambda tax: tax.amount_type == "percent" and self._rate(tax.amount) == rate
        )
        yield found
        is_sale = about == CUSTOMER
        yield found & product["taxes_id" if is_sale else "supplier_taxes_id"]
        yield (
            found
            & self.env.company["account_sale_tax_id" if is_sale else "account_purchase_tax_id"]
        )
        at_home = found.filtered("is_domestic") or found
        yield at_home
        yield at_home.filtered(lambda tax: not tax.price_include)

    def _line_taxes(self, invoice, line, tax, given, path):
        """Ids of the taxes of a line; None where nothing is said and Odoo's own default is right."""
        if line.tax_rate is None:
            is_untaxed = invoice.tax and not invoice.tax.amount
            default = None if given is None else given.ids
            return [] if is_untaxed else default
        rate = self._rate(line.tax_rate)
        if tax:
            return tax.ids
        if not rate:
            return []
        raise MissingCode("unknown_tax_rate", path=path, system="%", value=f"{rate:g}")
