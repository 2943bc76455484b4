"""Which journal takes invoices, bills and payments, and on which accounts: chosen by people, or the only one there is."""

from odoo import models

from ..core.accounting_rules import CUSTOMER, PAYMENT, VENDOR
from ..core.errors import BusinessRule

#: without a choice: the type of which a company may have one, and the error where it has not
FALLBACKS = {
    CUSTOMER: ("sale", "no_sales_journal"),
    VENDOR: ("purchase", "no_purchase_journal"),
    PAYMENT: ("bank", "no_payment_journal"),
}


class Accounting(models.AbstractModel):
    _name = "interop.accounting"
    _description = "Interop accounting"

    def _journal(self, about, company, *, system=0, facility=0):
        """The journal (``account.journal``) by the nearest rule, by the facility, or the only one of ``company`` (ids).

        Empty where nobody has chosen among several, where there is none, and where what was chosen is archived.
        """
        # which journal takes what is set up by accountants; whoever bills, and the machine, may look it up
        journals = self.env["account.journal"].sudo()
        rule = self._rules()._find("journal", about, company, system=system, facility=facility)
        journal = journals.browse(rule.gives["journal"] if rule else ())
        if about == PAYMENT and not (rule and "facility" in rule.conditions):
            place = journals.env["interop.facility"].browse(facility or ())
            journal = place.payment_journal_id or journal
        journal = journal or self._only_journal(about, company)
        return journal.with_env(self.env) if journal.active else self.env["account.journal"]

    def _rules(self):
        return self.env["interop.accounting.rule"]

    def _chosen(self, journal, about):
        """``journal``, as of ``_journal``; ``BusinessRule`` where it is none."""
        if not journal:
            raise BusinessRule(FALLBACKS[about][1], path="amount" if about == PAYMENT else "")
        return journal

    def _only_journal(self, about, company):
        """The company's own if it is the only one; a branch without any has its parents' if that is the only one."""
        # as in _journal
        journals = self.env["account.journal"].sudo()
        journals = journals.search_fetch(
            [("type", "=", FALLBACKS[about][0]), ("company_id", "parent_of", company)],
            ["company_id"],
        )
        own = journals.filtered(lambda journal: journal.company_id.id == company)
        found = own or (journals.browse() if about == PAYMENT else journals)
        return found if len(found) == 1 else found.browse()

    # -- lines --

    def _line_account(self, about, journal, product, company, **case):
        """The id of the account of an invoice line; None where the product's own is right.

        ``case``: system, facility and department as for ``_find`` of rules. ``BusinessRule`` where a line without a product
        has none, or an archived one: Odoo would take the account that such bills stood on most often.
        """
        if product and about == VENDOR and product.is_storable:
            return None
        what = "product_account" if product else "account"
        rule = self._rules()._find(what, about, company, category=product.categ_id, **case)
        if product and not rule:
            return None
        # as in _journal
        default = journal.sudo().default_account_id
        account = default.browse(rule.gives[what]) if rule else default
        if not account.active:
            raise BusinessRule("no_account", path="lines")
        return account.id

    def _line_taxes(self, about, product, company, **case):
        """The taxes (``account.tax``) that a rule gives an invoice line; None where no rule gives any.

        ``BusinessRule`` where one of them is archived.
        """
        rule = self._rules()._find("taxes", about, company, category=product.categ_id, **case)
        if not rule:
            return None
        # as in _journal
        taxes = self.env["account.tax"].sudo().browse(rule.gives["taxes"])
        if not all(taxes.mapped("active")):
            raise BusinessRule("tax_archived", path="lines")
        return taxes.with_env(self.env)
