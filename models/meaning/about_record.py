"""Rows about a record of any model, named by ``res_model`` and ``res_id``."""

from odoo import models


class AboutRecord(models.AbstractModel):
    _name = "interop.about.record"
    _description = "Interop row about a record"

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
