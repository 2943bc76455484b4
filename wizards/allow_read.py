"""Places that mappings read of what an endpoint is sent, and that no contract allows: allow those that are needed, at once."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..core.contract import default_days
from ..core.hl7_names import place_name
from ..core.needs import is_sent


class AllowRead(models.TransientModel):
    """What was surveyed says which kinds of document there are. What nobody reads is not asked for."""

    _name = "interop.allow.read"
    _description = "Allow what mappings read"

    endpoint_id = fields.Many2one("interop.endpoint", required=True, readonly=True)
    line_ids = fields.One2many("interop.allow.read.line", "wizard_id", string="Places")
    never = fields.Char(
        string="Never stored",
        readonly=True,
        help="Rules read these too, in vain: no contract can allow them.",
    )

    @api.model
    def _of_survey(self, survey):
        """The dialog for what ``survey`` found; ``UserError`` where mappings get all they read."""
        survey.ensure_one()
        endpoint = survey.endpoint_id
        found = [(row.place, row.documents.split()) for row in survey.place_ids]
        needs = endpoint._survey_needs({kind for _place, kinds in found for kind in kinds})
        if not needs.allowable:
            told = self.env._("Contracts allow all that mappings read of these messages.")
            raise UserError(" ".join(filter(None, (told, self._told_never(needs)))))
        contracts = self.env["interop.contract"]._for_kinds(
            endpoint.format, sorted({kind for need in needs.allowable for kind in need.kinds})
        )
        return self.create(
            {
                "endpoint_id": endpoint.id,
                "never": ", ".join(needs.never),
                "line_ids": [
                    Command.create(_line_values(endpoint.format, need, found, contracts))
                    for need in needs.allowable
                ],
            }
        )

    def _told_never(self, needs):
        return needs.never and self.env._(
            "Never stored, whatever a contract allows: %s.", ", ".join(needs.never)
        )

    def action_allow(self):
        """From now on the chosen places are stored. What was dropped already is gone."""
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Choose what is to be allowed first."))
        if empty := chosen.filtered(lambda line: not (line.purpose or "").strip()):
            raise UserError(
                self.env._("Say what Odoo needs %s for.", ", ".join(empty.mapped("place")))
            )
        changed = self.env["interop.contract"]._allow(self.endpoint_id.format, chosen._wanted())
        told = self.env._(
            "Stored from now on: %(count)s places. Contracts that say so: %(contracts)s",
            count=len(chosen),
            contracts=", ".join(changed.mapped("name")) or "–",
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": told,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class AllowReadLine(models.TransientModel):
    _name = "interop.allow.read.line"
    _description = "Place to allow"
    _order = "is_sent desc, place, id"
    _rec_name = "place"

    wizard_id = fields.Many2one("interop.allow.read", required=True, ondelete="cascade", index=True)
    is_chosen = fields.Boolean(string="Allow")
    place = fields.Char(required=True, readonly=True)
    standard_name = fields.Char(readonly=True)
    documents = fields.Char(required=True, readonly=True, help="In which kinds of document.")
    read_by = fields.Char(string="Fills", readonly=True, help="What mapping rules make of it.")
    is_sent = fields.Boolean(
        string="Is sent", readonly=True, help="Something stands there in what was looked at."
    )
    contracts = fields.Char(
        string="Listed in",
        readonly=True,
        help="The contracts for these documents, whoever sends them. Empty: a new one.",
    )
    data_class = fields.Selection("_data_classes", string="Class", required=True)
    purpose = fields.Char(help="What Odoo needs it for: whoever audits reads it.")
    retention_days = fields.Integer(
        string="Keep (days)",
        help="Documents that may hold it are kept so many days at the most. 0: as long as the endpoint says.",
    )

    def _wanted(self):
        """As ``interop.contract._allow`` takes them."""
        return [
            (one.place, one.documents.split(), one.data_class, one.purpose, one.retention_days)
            for one in self
        ]

    @api.onchange("data_class")
    def _onchange_data_class(self):
        for line in self:
            line.retention_days = line.retention_days or default_days(line.data_class)

    @api.model
    def _data_classes(self):
        rows = self.env["interop.contract.attribute"]
        return rows._fields["data_class"]._description_selection(self.env)


def _line_values(format_, need, found, contracts):
    was_sent = any(is_sent(format_, need, place, kinds) for place, kinds in found)
    homes = {contracts[kind][:1] for kind in need.kinds}
    return {
        "place": need.place,
        "standard_name": place_name(need.place) if format_ == "hl7v2" else "",
        "documents": " ".join(need.kinds),
        "read_by": ", ".join(need.read_by),
        "is_sent": was_sent,
        "is_chosen": was_sent,
        "contracts": ", ".join(sorted(home.name for home in homes if home)),
        "data_class": need.data_class,
        "retention_days": default_days(need.data_class),
        "purpose": need.purpose,
    }
