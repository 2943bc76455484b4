"""The configuration as a file: all of it, or what was chosen in a list."""

import base64

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..core.bundle.parts import CONCEPT_MAPS, CONTRACTS, MAPPINGS, OWNERSHIP

NAME = "interop-configuration.json"


class ExportConfiguration(models.TransientModel):
    _name = "interop.export.configuration"
    _description = "Export configuration"

    scope = fields.Selection(
        [("all", "The whole configuration"), ("chosen", "What is chosen below")],
        string="What",
        required=True,
        default=lambda self: "chosen" if self._chosen_model() else "all",
        help="The whole configuration is what another database is compared with and set up from: systems, facilities, "
        "endpoints, routes, contracts, concept maps, mappings, ownership, rules and settings.",
    )
    mapping_ids = fields.Many2many(
        "interop.mapping",
        string="Mappings",
        default=lambda self: self._default("interop.mapping"),
        help="With their tests. Chosen for you are those that did not come with the add-on as they are.",
    )
    concept_map_ids = fields.Many2many(
        "interop.concept.map",
        string="Concept maps",
        default=lambda self: self._default("interop.concept.map"),
        help="With all their translations.",
    )
    contract_ids = fields.Many2many(
        "interop.contract",
        string="Contracts",
        default=lambda self: self._default("interop.contract"),
    )
    ownership_ids = fields.Many2many(
        "interop.ownership",
        default=lambda self: self._default("interop.ownership"),
        help="Which system is the system of record for what. Systems are named by their code, facilities by their name.",
    )
    unused_count = fields.Integer(
        compute="_compute_unused_count",
        help="Mappings are exported as they stand, in use or not.",
    )
    file = fields.Binary(attachment=False, readonly=True)

    def _chosen_model(self):
        """The model of the list that one comes from."""
        chosen = self.env.context.get("active_model")
        models_ = [one.comodel_name for one in self._fields.values() if one.type == "many2many"]
        return chosen if chosen in models_ else None

    def _default(self, model):
        """What was chosen in a list; where one comes from none, what people here made."""
        if chosen := self._chosen_model():
            ids = self.env.context.get("active_ids") if chosen == model else []
            return self.env[model].browse(ids or [])
        if model != "interop.mapping":
            return self.env[model].search([])
        return (
            self.env[model]
            .search([])
            .filtered(
                lambda mapping: mapping.is_changed or not mapping.active_version_id.is_shipped
            )
        )

    def _compute_unused_count(self):
        changed = self.env["interop.mapping"].search([]).filtered("is_changed")
        for wizard in self:
            wizard.unused_count = len(changed)

    def _parts(self):
        """None: all there is."""
        if self.scope == "all":
            return None
        chosen = {
            MAPPINGS: self.mapping_ids,
            CONCEPT_MAPS: self.concept_map_ids,
            CONTRACTS: self.contract_ids,
            OWNERSHIP: self.ownership_ids,
        }
        if not any(chosen.values()):
            raise UserError(self.env._("Choose something to export."))
        return {part: records for part, records in chosen.items() if records}

    def action_export(self):
        self.ensure_one()
        if not self.env.user.has_group("healthcare_interop.group_administrator"):
            raise AccessError(self.env._("Only administrators export a configuration."))
        text = self.env["interop.configuration.file"]._text(self._parts())
        self.file = base64.b64encode(text.encode())
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file/{NAME}?download=true",
            "target": "download",
        }
