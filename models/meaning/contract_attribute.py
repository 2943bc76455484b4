"""One attribute that a contract allows: its place, its class, what it is needed for, and how long it may be kept."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.contract import Attribute, default_days

CLASSES = [
    ("public", "Public"),
    ("internal", "Internal"),
    ("confidential", "Confidential"),
    ("restricted", "Restricted"),
]


class ContractAttribute(models.Model):
    _name = "interop.contract.attribute"
    _description = "Contract attribute"
    _inherit = ["interop.configuration"]
    _order = "contract_id, path"
    _rec_name = "path"

    contract_id = fields.Many2one("interop.contract", required=True, ondelete="cascade", index=True)
    path = fields.Char(required=True, help="A place in the document: PID-5, name.family, quantity")
    data_class = fields.Selection(
        CLASSES,
        string="Class",
        required=True,
        default="confidential",
        help="How much harm it does where it should not be. Restricted: a purpose and an end are demanded.",
    )
    purpose = fields.Char(required=True, help="What Odoo needs it for: whoever audits reads it.")
    retention_days = fields.Integer(
        string="Keep (days)",
        help="A document that may hold this is kept so many days at the most. Restricted attributes need it; "
        "for others, 0 leaves it to the endpoint.",
    )

    _path_uniq = models.Constraint(
        "UNIQUE (contract_id, path)", "This attribute is listed already."
    )
    _retention_not_negative = models.Constraint(
        "CHECK (retention_days >= 0)", "Content is kept for some days, not for fewer than none."
    )

    @api.depends("path", "contract_id.name")
    def _compute_display_name(self):
        """With its contract: a place alone says little where it is told of, as in the audit log."""
        for line in self:
            line.display_name = f"{line.contract_id.name}: {line.path}"

    @api.onchange("data_class")
    def _onchange_data_class(self):
        for line in self:
            line.retention_days = line.retention_days or default_days(line.data_class)

    @api.constrains("data_class", "purpose", "retention_days")
    def _check_said(self):
        """Each says what it is needed for; what is restricted also how long."""
        for line in self:
            lacks = line._to_core().lacks
            names = {"contract": line.contract_id.display_name, "path": line.path}
            if "purpose" in lacks:
                raise ValidationError(
                    self.env._("%(contract)s, %(path)s: say what Odoo needs it for.", **names)
                )
            if "retention" in lacks:
                raise ValidationError(
                    self.env._(
                        "%(contract)s, %(path)s is restricted: say for how many days it may be kept.",
                        **names,
                    )
                )

    def _to_core(self):
        """The frozen value that the core compiles."""
        self.ensure_one()
        return Attribute(
            self.path, self.data_class, self.purpose or "", self.retention_days or None
        )


class ContractRetention(models.Model):
    _inherit = "interop.contract"

    def action_apply_retention(self):
        """Content that is kept already gets the times that contracts and endpoints say now, where these are shorter."""
        self.env["interop.message"]._begin_shortening()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "What is kept already gets the shorter times in the background; the audit log says when it is done."
                ),
            },
        }
