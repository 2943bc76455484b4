"""What leads from an exception to the deliveries behind it, and the buttons beside Try again."""

from odoo import models
from odoo.tools import SQL


class ExceptionScreens(models.Model):
    _inherit = "interop.exception"

    def action_open_waiting(self):
        """What waits behind the stopped deliveries, to keep the order of its subject."""
        self.ensure_one()
        self.env["interop.delivery"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT f.id
                  FROM interop_delivery d
                  JOIN interop_delivery f ON f.route_id = d.route_id AND f.subject = d.subject
                   AND f.state = 'pending' AND f.id > d.id
                 WHERE d.state = 'failed' AND d.fingerprint = %s
                """,
                self.sudo().fingerprint,
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting behind them"),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [("id", "in", [row[0] for row in rows])],
        }

    def action_discard(self):
        """Ask for a reason, then discard all that this cause has stopped."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Discard what it stopped"),
            "res_model": "interop.discard.deliveries",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": "interop.delivery", "active_ids": self._deliveries().ids},
        }
