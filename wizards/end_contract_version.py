"""What ending a version would do, in words and numbers, before it is done."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class EndContractVersion(models.TransientModel):
    _name = "interop.end.contract.version"
    _description = "End a contract version"

    version_id = fields.Many2one("interop.contract.version", required=True, readonly=True)
    decision = fields.Selection(
        [("deprecate", "Deprecate"), ("retire", "Retire")], required=True, readonly=True
    )
    sunset_at = fields.Datetime(
        string="Ends on",
        help="Senders are told the day. Nothing ends by itself: somebody retires it then.",
    )
    reason = fields.Char(required=True, help="Stands in the history of the version.")
    sender_ids = fields.Many2many("interop.contract.sender", compute="_compute_senders")
    count = fields.Integer(
        string="Messages of the last 30 days",
        compute="_compute_senders",
        help="Those that named this version, of all systems.",
    )

    @api.depends("version_id")
    def _compute_senders(self):
        for wizard in self:
            senders = wizard.version_id._senders()
            wizard.sender_ids = senders
            wizard.count = sum(senders.mapped("count"))

    def action_end(self):
        self.ensure_one()
        if self.decision == "retire":
            self.version_id._retire(self.reason)
        else:
            if self.sunset_at and self.sunset_at <= fields.Datetime.now():
                raise UserError(self.env._("Choose a day that is still to come, or retire it."))
            self.version_id._deprecate(self.sunset_at, self.reason)
        return {"type": "ir.actions.act_window_close"}
