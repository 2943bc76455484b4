"""What may come in at an endpoint: any document that a contract is for, or those of chosen contracts and nothing else."""

from odoo import fields, models

from ...core.contract_versions import Governed


class EndpointTaking(models.Model):
    _inherit = "interop.endpoint"

    takes = fields.Selection(
        [
            ("any", "Whatever a contract is for"),
            ("some", "Only documents of these contracts"),
        ],
        required=True,
        default="any",
        tracking=True,
        help="A sender that may tell of stock should not be able to tell of patients: what is not of the chosen contracts is "
        "refused, and nothing of it is stored. Its service user loses the rights that only other documents need.",
    )
    contract_ids = fields.Many2many(
        "interop.contract",
        string="Contracts",
        groups="healthcare_interop.group_operator,healthcare_interop.group_auditor",
        domain="[('format', '=', 'json' if format == 'cloudevents' else format)]",
        help="Of a FHIR Bundle that holds more, only their resources are kept.",
    )

    def _lets_in(self):
        """What decides about documents here. Of contracts that are archived nothing is let in, and nothing else instead."""
        if self.takes == "any":
            return self._plan_governed()
        # configuration is read for the machine, whoever is asking
        contracts = self.sudo().contract_ids
        return Governed(contracts._in_force(contracts.ids))
