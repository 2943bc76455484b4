"""Which journal takes invoices, bills and payments: chosen by people, or the only one there is; never just the first."""

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
        rules = self.env["interop.accounting.rule"].sudo()
        journal, is_of_facility = rules._given_journal(
            about, company, system=system, facility=facility
        )
        if about == PAYMENT and not is_of_facility:
            place = rules.env["interop.facility"].browse(facility or ())
            journal = place.payment_journal_id or journal
        journal = journal or self._only_journal(about, company)
        return journal.with_env(self.env) if journal.active else self.env["account.journal"]

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
