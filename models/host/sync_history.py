"""The "Sync" button of Odoo's own records: which messages made them what they are."""

from odoo import fields, models


class SyncHistory(models.AbstractModel):
    """Mixed into records that messages change."""

    _name = "interop.sync.history"
    _description = "Sync history"

    interop_delivery_count = fields.Integer(
        string="Sync history", compute="_compute_interop_deliveries"
    )
    interop_has_failed = fields.Boolean(compute="_compute_interop_deliveries")

    def _compute_interop_deliveries(self):
        counts, stuck = {}, set()
        # whoever may see the record may see how many messages shaped it; the list itself has its own access rules
        for record, state, count in (
            self.env["interop.delivery"]
            .sudo()
            ._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id", "state"],
                ["__count"],
            )
        ):
            counts[record] = counts.get(record, 0) + count
            if state == "failed":
                stuck.add(record)
        for record in self:
            record.interop_delivery_count = counts.get(record.id, 0)
            record.interop_has_failed = record.id in stuck

    def action_interop_history(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sync history of %s", self.display_name),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [("res_model", "=", self._name), ("res_id", "=", self.id)],
        }
