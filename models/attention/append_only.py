"""Rows that Odoo neither writes nor removes, whoever asks; the database's triggers say the same to everybody else."""

from odoo import api, models
from odoo.exceptions import AccessError


class AppendOnly(models.AbstractModel):
    """They come into being by a statement of the model's own."""

    _name = "interop.append.only"
    _description = "Append only"

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise self._refusal()

    def write(self, vals):  # pylint: disable=method-required-super
        raise self._refusal()

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise self._refusal()

    def _refusal(self):
        return AccessError(
            self.env._(
                "Nobody writes, changes or removes the audit log by hand: %s", self._description
            )
        )
