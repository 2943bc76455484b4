"""What endpoints, mappings and the rest of the configuration have in common: workers compile it once and keep it."""

from odoo import api, models


class Configuration(models.AbstractModel):
    """A change here makes every worker compile its plans anew (Odoo's registry signalling carries the news)."""

    _name = "interop.configuration"
    _description = "Interop configuration"

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
