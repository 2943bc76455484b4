"""The invoices that claims name: by a binding, or by the number that stands on them."""

from odoo import models


class InvoiceNames(models.AbstractModel):
    _name = "interop.invoice.names"
    _inherit = "interop.transaction"
    _description = "Interop names of invoices"

    def _take_invoices(self, call, wanted):
        """``({reference: account.move}, outcomes)`` for triples (item, reference, path).

        An invoice that is not there yet is awaited; none is ever made of a reference.
        """
        found = self._find_invoices(call, {reference for _item, reference, _path in wanted})
        outcomes = {}
        for item, reference, path in wanted:
            if reference and reference not in found:
                outcomes.setdefault(item.delivery, self._unresolved(call, item, reference, path))
        return found, outcomes

    def _find_invoices(self, call, references):
        """``{reference: account.move}`` of those that Odoo knows; two statements, whatever their number."""
        references = {reference for reference in references if reference}
        ids = self._find_references(call, references)
        moves = self.env["account.move"]
        found = {reference: moves.browse(id_) for reference, id_ in ids.items()}
        unnamed = references - set(found)
        values = {name.value for reference in unnamed for name in reference.identifiers}
        if values:
            company = self.env["res.company"].browse(call.company)
            numbered = moves._interop_numbered(company, values)
            for reference in unnamed:
                keys = ((company, one.value) for one in reference.identifiers)
                if key := next((key for key in keys if key in numbered), None):
                    found[reference] = numbered[key]
        return found
