"""What endpoints, mappings and the rest of the configuration have in common: workers compile it once and keep it."""

from odoo import api, models
from odoo.exceptions import ValidationError


class Configuration(models.AbstractModel):
    """A change here makes every worker compile its plans anew (Odoo's registry signalling carries the news)."""

    _name = "interop.configuration"
    _description = "Interop configuration"
    #: pairs (model, field) of the ledger, which names what has been used without a foreign key
    _named_by = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_ledger(self):
        """What has carried messages is part of their history."""
        for one in self:
            if any(
                # messages that the user may not see count as well
                one.env[model].sudo().search_count([(field, "=", one.id)], limit=1)
                for model, field in self._named_by
            ):
                raise ValidationError(
                    self.env._(
                        "%s has carried messages and is part of their history: archive it.",
                        one.display_name,
                    )
                )
