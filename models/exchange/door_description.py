"""Who may send at an endpoint is told what can be sent there, in a machine's terms."""

from odoo import models

from ...core import answers, asyncapi, openapi
from .contain import telling_no_values

DOCUMENTS = {"openapi": openapi.document, "asyncapi": asyncapi.document}


class DoorDescription(models.AbstractModel):
    _inherit = "interop.door"

    @telling_no_values
    def _describe(self, knock, name):
        """The document ``name`` of the one endpoint that the caller can send to; 401 for everybody else."""
        gates = self._gates_anew(knock.endpoint)
        refusal = self._refusal(knock, gates)
        if refusal:
            return refusal
        endpoint = self.env["interop.endpoint"].browse(gates[0].id)
        return answers.description(
            endpoint._api_document(name), known=knock.headers.get("if-none-match", "")
        )


class EndpointDescribed(models.Model):
    _inherit = "interop.endpoint"

    def _api_document(self, name):
        """The document ``name`` (openapi, asyncapi) of these endpoints."""
        # the server's own address and the add-on's version are no secrets
        config = self.env["ir.config_parameter"].sudo()
        # likewise
        module = self.env["ir.module.module"].sudo()._get("healthcare_interop")
        return DOCUMENTS[name](
            self._interfaces(),
            server=config.get_param("web.base.url", ""),
            version=module.installed_version or "0",
        )
