"""Erasing a person shows what goes and what stays, asks on what ground, and for the word."""

from odoo import api, fields, models


class ErasePerson(models.TransientModel):
    _name = "interop.erase.person"
    _description = "Erase a person"

    person_id = fields.Many2one("interop.person", required=True, readonly=True)
    basis = fields.Selection(
        selection=lambda self: self.env["interop.erasure"]._fields["basis"].selection,
        string="On what ground",
        required=True,
    )
    words = fields.Char(
        string="In words",
        required=True,
        help="Stays on record: say why, and never name the person.",
    )
    line_ids = fields.One2many(related="person_id.line_ids")
    others = fields.Integer(related="person_id.others")
    obstacles = fields.Text(
        compute="_compute_obstacles", help="What has to be settled before the person can be erased."
    )

    @api.depends("person_id")
    def _compute_obstacles(self):
        kept = self.env["interop.kept"]
        for wizard in self:
            keepings = kept._of(wizard.person_id._record())
            told = kept._holds_in_words(kept._holds(keepings)) + kept._exceptions_in_words(keepings)
            wizard.obstacles = "\n".join(told)

    def action_erase(self):
        self.ensure_one()
        erasure = self.env["interop.erasure"]._erase(
            self.person_id._record(), self.basis, self.words
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": erasure._name,
            "res_id": erasure.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
