"""What the commonest causes mean, in the words of those who have to act on them."""

from odoo import models
from odoo.tools.translate import LazyTranslate

from .exception_words_goods import GOODS

_lt = LazyTranslate(__name__)

#: error code → (headline, what to do); ``%(system)s`` is who sent it, ``%(code)s`` the code that it sent,
#: ``%(detail)s`` further technical words
WORDS = {
    "bill_posted": (
        _lt("%(system)s cancels a vendor bill that is posted already"),
        _lt("Reverse the bill with a credit note if that is right, then discard what was stopped."),
    ),
    "charge_billed": (
        _lt("%(system)s changes a charge that is billed already"),
        _lt(
            "Look at the invoice it stands on. Correct it there, or ask the sender for a credit and a new charge; then discard "
            "what was stopped."
        ),
    ),
    "content_purged": (
        _lt("The content of messages of %(system)s was removed before they took effect"),
        _lt("Ask the sender to send them again as new messages, then discard these."),
    ),
    "allocation_currency": (
        _lt("%(system)s sent a payment whose parts are in another currency than the whole"),
        _lt("Ask the sender to correct it and send it again, then discard this one."),
    ),
    "duplicate_payment": (
        _lt("%(system)s sent a payment that Odoo has already"),
        _lt(
            "A payment of the same payer with the same number was booked before, perhaps from another system. If it is the same "
            "payment, discard this one. If not, correct the number of the other one, then press Try again."
        ),
    ),
    "no_account": (
        _lt(
            "An invoice or bill has a line without a product, and nobody has said on which account"
        ),
        _lt(
            "Choose an account (Interop → Configuration → Accounting rules), or give the journal a default account; one that is "
            "archived does not count. Then try again."
        ),
    ),
    "no_currency": (
        _lt("%(system)s sent an amount without a currency, and nobody may guess which"),
        _lt(
            "Ask the sender to name it, or choose a currency in use for such amounts (Configuration → Accounting rules). Then "
            "press Try again."
        ),
    ),
    "no_payment_journal": (
        _lt("%(system)s sent a payment, and nobody has said which journal it belongs in"),
        _lt(
            "Choose the journal on the facility (Configuration → Facilities, Payments are booked in) or in an accounting rule "
            "(Configuration → Accounting rules), then press Try again."
        ),
    ),
    "no_purchase_journal": (
        _lt("%(system)s sent a vendor bill, and nobody has said which journal it belongs in"),
        _lt(
            "There are several purchase journals, or none, or the one chosen is archived. Choose one for vendor bills "
            "(Interop → Configuration → Accounting rules), then try again."
        ),
    ),
    "no_sales_journal": (
        _lt("Something is to be invoiced, and nobody has said which journal it belongs in"),
        _lt(
            "There are several sales journals, or none, or the one chosen is archived. Choose one for customer invoices "
            "(Interop → Configuration → Accounting rules), then try again."
        ),
    ),
    "payment_on_statement": (
        _lt("%(system)s changes a payment that stands on a bank statement"),
        _lt(
            "The bank has confirmed the payment as it is. Find out which of them is right; correct it in Odoo if it is the bank's, "
            "then discard what was stopped."
        ),
    ),
    "owned_elsewhere": (
        _lt("%(system)s says otherwise than the system of record"),
        _lt(
            "The technical tab names the attribute and its owner. Ask the owner to correct it if the sender is right. If the "
            "sender may say it, change its line under Configuration → Ownership and press Try again; else discard what was "
            "stopped. Lines with Leave it out take the rest of such messages."
        ),
    ),
    "period_locked": (
        _lt("%(system)s sent a payment of a period that accounting has closed"),
        _lt(
            "Open the period, or let the route book such payments on the first open day (Configuration → Routes, In a locked "
            "period). Then press Try again."
        ),
    ),
    "department_closed": (
        _lt("%(system)s sends costs of a department that is closed: %(code)s"),
        _lt(
            "Say which department replaces it (Employees → Departments, Replaced by), or ask the sender to name another one. "
            "Then press Try again."
        ),
    ),
    "hierarchy_cycle": (
        _lt("%(system)s puts a place, department or organization below itself"),
        _lt("Ask the sender which of them stands above the other, then discard what was stopped."),
    ),
    "unknown_employee": (
        _lt("%(system)s names a member of staff whom Odoo does not know (%(path)s)"),
        _lt(
            "If Odoo has them already, press Say what it is: their number is shown there to whoever may see employees. Otherwise "
            "ask for the personnel record to be sent, or let the route create whom Odoo does not know. Then press Try again. "
            "Several people may be behind this; it stays open until each is known."
        ),
    ),
    "own_manager": (
        _lt("%(system)s calls somebody their own manager"),
        _lt("Ask the sender to correct it and send it again, then discard this one."),
    ),
    "own_successor": (
        _lt("%(system)s replaces a closed department by itself"),
        _lt("Ask the sender to correct it and send it again, then discard this one."),
    ),
    "duplicate_bill": (
        _lt("%(system)s sent a vendor bill that Odoo has already"),
        _lt(
            "The same vendor and the same bill reference stand on another bill. If it is the same bill, discard this one. If the "
            "vendor used a number twice, correct the reference of the other bill, then press Try again."
        ),
    ),
    "identifiers_clash": (
        _lt("%(system)s takes two records of Odoo for one"),
        _lt(
            "Two numbers that came together belong to two different records: press Show both. Contacts also stand side by side "
            "under Data quality → Possible duplicates. If they are one, let the system that keeps them merge them, then press "
            "Try again. If not, ask the sender to correct the numbers and discard this one."
        ),
    ),
    "invoice_posted": (
        _lt("%(system)s cancels an invoice that is posted already"),
        _lt(
            "Reverse the invoice with a credit note if that is right, then discard what was stopped."
        ),
    ),
    "nothing_to_bill": (
        _lt("%(system)s asks for an invoice, but the encounter has nothing to bill"),
        _lt(
            "Its charges may still be under way: press Try again once they are there, or discard what was stopped."
        ),
    ),
    "several_taxes": (
        _lt("%(system)s sent a tax of %(code)s %%, and several taxes have that rate"),
        _lt(
            "Give the product one of them, or choose one in an accounting rule (Configuration → Accounting rules). Then press Try again."
        ),
    ),
    "several_currencies": (
        _lt("%(system)s sent a purchase order in several currencies"),
        _lt("Ask the sender for one order a currency, then discard what was stopped."),
    ),
    "right_missing": (
        _lt("The service user of %(system)s has no right to apply what it sends: %(detail)s"),
        _lt(
            "Its rights follow from the contracts of its endpoints and from the routes that take what comes (Configuration → "
            "Routes); what it may change stands on the system. Add the route or the contract again and press Try again, or "
            "discard what was stopped."
        ),
    ),
    "schema": (
        _lt("%(system)s sends what does not fit its contract (%(path)s: %(detail)s)"),
        _lt(
            "Ask the sender to correct it and send it again, then discard this one. If the sender is right, change the JSON Schema "
            "of the contract (Configuration → Contracts), publish it and press Try again: the message is held against the version "
            "in use then."
        ),
    ),
    "source_withdrawn": (
        _lt("%(system)s is no longer permitted on the endpoint that took its messages"),
        _lt(
            "Permit it again on the endpoint (tab Permitted sources) and press Try again, or discard what was stopped."
        ),
    ),
    "total_differs": (
        _lt("%(system)s sent a vendor bill whose lines do not add up to its total"),
        _lt(
            "Look for a missing line or tax. Ask the sender to correct the bill and send it again, then discard this one. Small "
            "differences may have an account (Settings → Interop, Rounding differences): then press Try again."
        ),
    ),
    "tax_archived": (
        _lt("An invoice or bill is to have a tax that is archived"),
        _lt("Choose another one (Interop → Configuration → Accounting rules). Then try again."),
    ),
    "unknown_currency": (
        _lt("%(system)s bills in the currency %(code)s, which is not in use here"),
        _lt(
            "Activate the currency under Accounting → Configuration → Currencies, then press Try again."
        ),
    ),
    "unknown_tax_rate": (
        _lt("%(system)s sent a bill with a tax of %(code)s %%, and no purchase tax has that rate"),
        _lt("Create the tax under Accounting → Configuration → Taxes, then press Try again."),
    ),
    "wrong_check_digit": (
        _lt("%(system)s sends a number whose check digit is wrong (%(detail)s)"),
        _lt(
            "It was mistyped, or cut short on its way: ask the sender to correct it and send it again, then discard this one. "
            "If such numbers have no check digit after all, change the check (Configuration → Check digits), then press Try again."
        ),
    ),
    "foreign_currency": (
        _lt("%(system)s gives a price in %(code)s, and prices here are kept in another currency"),
        _lt(
            "Prices of products are kept in the company's currency. Let the sender give them so, then press Try again."
        ),
    ),
} | GOODS
BINDABLE = (
    _lt("%(system)s sends the code %(code)s, which nothing in Odoo carries"),
    _lt(
        "If Odoo has it already, press Say what it is. Otherwise create it there, or ask the sender to send it first. "
        "Everything that waits for it goes on then, in order."
    ),
)


class ExceptionWords(models.Model):
    _inherit = "interop.exception"

    def _in_words(self):
        words = BINDABLE if self.is_bindable and self.value else WORDS.get(self.code)
        if words is None:
            return super()._in_words()
        said = {
            "system": self.system_id.name or self.env._("A system"),
            "code": self.value or "?",
            "detail": self.detail or "?",
            "path": (self.path or "?").replace("_", " "),
        }
        headline, advice = words
        # the words stand in WORDS as lazy terms, which the export finds
        translated = self.env._(headline)
        return translated % said, self.env._(advice)  # pylint: disable=translation-not-lazy
