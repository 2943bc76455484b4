"""Whether something that holds from one day to another holds today."""

from odoo import api, fields, models


class Validity(models.AbstractModel):
    """For models with a ``status``: one word of it says that a payer stands by what it said."""

    _name = "interop.validity"
    _description = "Interop validity"

    #: the status of what holds between its days
    _valid_status = ""

    valid_from = fields.Date(string="Valid from", readonly=True)
    valid_until = fields.Date(string="Valid until", readonly=True)
    is_valid = fields.Boolean(
        string="Valid today", compute="_compute_is_valid", search="_search_is_valid"
    )

    def _valid_domain(self):
        today = fields.Date.context_today(self)
        return fields.Domain(
            [
                ("status", "=", self._valid_status),
                "|",
                ("valid_from", "=", False),
                ("valid_from", "<=", today),
                "|",
                ("valid_until", "=", False),
                ("valid_until", ">=", today),
            ]
        )

    @api.depends("status", "valid_from", "valid_until")
    def _compute_is_valid(self):
        valid = self.filtered_domain(self._valid_domain())
        for one in self:
            one.is_valid = one in valid

    def _search_is_valid(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        is_wanted = (operator == "in") == (True in value)
        return self._valid_domain() if is_wanted else ~self._valid_domain()
