"""The invoices and bills that claims and payments name: by a binding, or by the number that stands on them."""

from odoo import models

CUSTOMER = ("out_invoice", "out_refund")
VENDOR = ("in_invoice", "in_refund")


class InvoiceNames(models.AbstractModel):
    _name = "interop.invoice.names"
    _inherit = "interop.transaction"
    _description = "Interop names of invoices"

    def _take_invoices(self, call, wanted, kinds=CUSTOMER):
        """``({reference: account.move}, outcomes)`` for triples (item, reference, path).

        An invoice that is not there yet is awaited; none is ever made of a reference.
        """
        found = self._find_invoices(call, {reference for _item, reference, _path in wanted}, kinds)
        outcomes = {}
        for item, reference, path in wanted:
            if reference and reference not in found:
                outcomes.setdefault(item.delivery, self._unresolved(call, item, reference, path))
        return found, outcomes

    def _find_invoices(self, call, references, kinds=CUSTOMER):
        """``{reference: account.move}`` of those that Odoo knows; two statements, whatever their number."""
        references = {reference for reference in references if reference}
        ids = self._find_references(call, references)
        moves = self.env["account.move"]
        found = {reference: moves.browse(id_) for reference, id_ in ids.items()}
        unnamed = references - set(found)
        values = {name.value for reference in unnamed for name in reference.identifiers}
        if values:
            # our own number on what we send, the vendor's on what we get
            field = "ref" if kinds == VENDOR else "name"
            named = moves.search(
                [
                    ("company_id", "=", call.company),
                    ("move_type", "in", kinds),
                    ("state", "!=", "cancel"),
                    (field, "in", sorted(values)),
                ]
            ).grouped(field)
            for reference in unnamed:
                same = [named[one.value] for one in reference.identifiers if one.value in named]
                if same and len(same[0]) == 1:
                    found[reference] = same[0]
        return found
