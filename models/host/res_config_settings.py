from odoo import fields, models

from ..meaning.mapping_version import FOUR_EYES


class Settings(models.TransientModel):
    _inherit = "res.config.settings"

    interop_mapping_four_eyes = fields.Boolean(
        string="Four eyes for mappings",
        config_parameter=FOUR_EYES,
        help="Whoever proposes a version of a mapping can't put it in use; somebody else approves it and does.",
    )
    interop_rounding_account_id = fields.Many2one(
        related="company_id.interop_rounding_account_id", readonly=False
    )
    interop_rounding_tolerance = fields.Float(
        related="company_id.interop_rounding_tolerance", readonly=False
    )
