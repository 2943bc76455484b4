"""Erasing a person shows what goes and what stays, asks on what ground, and for the word."""

from odoo import api, fields, models

#: records that stand in the way, of each kind; the rest is counted
MOST_LINKS = 10


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
    obstacles = fields.Html(
        compute="_compute_obstacles",
        sanitize=False,
        help="What has to be settled before the person can be erased.",
    )

    @api.depends("person_id")
    def _compute_obstacles(self):
        kept = self.env["interop.kept"]
        for wizard in self:
            told = [
                (kept._in_words(hold), *self._links(hold.exceptions or hold.records))
                for hold in kept._holds(kept._of(wizard.person_id._record()))
            ]
            wizard.obstacles = told and self.env["ir.qweb"]._render(
                "healthcare_interop.erase_person_obstacles", {"told": told}
            )

    def _links(self, records):
        """``([(address, name)], how many more)`` of what the user may open."""
        if not records:
            return [], 0
        mine = records.with_env(self.env)._filtered_access("read")
        shown = mine[:MOST_LINKS]
        links = [(f"/odoo/{one._name}/{one.id}", one.display_name) for one in shown]
        return links, len(mine) - len(shown)

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
