from odoo import fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "interop.sync.history"]

    interop_encounter_id = fields.Many2one(
        "interop.encounter",
        string="Encounter",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
