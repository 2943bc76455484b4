"""The "Sync" button of Odoo's own records: which messages made them what they are."""

from odoo import fields, models


class SyncHistory(models.AbstractModel):
    """Mixed into records that messages change, themselves or through what hangs on them."""

    _name = "interop.sync.history"
    _description = "Sync history"

    interop_delivery_count = fields.Integer(
        string="Sync history", compute="_compute_interop_deliveries"
    )
    interop_has_failed = fields.Boolean(compute="_compute_interop_deliveries")

    def _interop_kin(self):
        """``{model: {record id: id of the one among these whose button tells of it}}``."""
        return {self._name: {record.id: record.id for record in self if record.id}}

    def _compute_interop_deliveries(self):
        counts, stuck = {}, set()
        for model, owners in self._interop_kin().items():
            # whoever may see the record may see how many messages shaped it; the list itself has its own access rules
            for record, state, count in (
                self.env["interop.delivery"]
                .sudo()
                ._read_group(
                    [("res_model", "=", model), ("res_id", "in", list(owners))],
                    ["res_id", "state"],
                    ["__count"],
                )
            ):
                owner = owners[record]
                counts[owner] = counts.get(owner, 0) + count
                if state == "failed":
                    stuck.add(owner)
        for record in self:
            record.interop_delivery_count = counts.get(record.id, 0)
            record.interop_has_failed = record.id in stuck

    def action_interop_history(self):
        self.ensure_one()
        domains = [
            fields.Domain([("res_model", "=", model), ("res_id", "in", list(owners))])
            for model, owners in self._interop_kin().items()
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sync history of %s", self.display_name),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": list(fields.Domain.OR(domains)),
        }
