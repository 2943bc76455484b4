"""What coverage, authorizations and claims share: whoever is named as a payer is one."""

from odoo import models


class Payers(models.AbstractModel):
    _name = "interop.payers"
    _inherit = "interop.transaction"
    _description = "Interop payers"

    def _take_payers(self, call, wanted):
        """As ``_take_references``; those at the path ``payer`` are marked as payers."""
        found, stopped = self._take_references(call, wanted)
        named = {found[one] for _item, one, path in wanted if path == "payer" and one in found}
        payers = self.env["res.partner"].browse(sorted(named))
        payers.filtered(lambda payer: not payer.interop_kind).write(
            {"interop_kind": "payer", "customer_rank": 1}
        )
        return found, stopped

    def _selected(self, entity, *names):
        """``{attribute: {field: word}}`` of attributes that are one of the words of the field of that name."""
        fields_ = self.env[self._home]._fields
        return {
            name: {name: self._one_of(fields_[name].get_values(self.env), word, name)}
            for name in names
            if (word := getattr(entity, name)) is not None
        }

    def _plain(self, entity, *names):
        """``{attribute: {field: value}}`` of attributes that are kept as they come."""
        return {
            name: {name: value or False}
            for name in names
            if (value := getattr(entity, name)) is not None
        }
