"""Who may send at an endpoint is told what can be sent there, in a machine's terms."""

from odoo import models

from ...core import answers, asyncapi, openapi
from ...core.errors import HttpsRequired, KeyUnknown, Unauthenticated
from .contain import telling_no_values

DOCUMENTS = {"openapi": openapi.document, "asyncapi": asyncapi.document}


class DoorDescription(models.AbstractModel):
    _inherit = "interop.door"

    @telling_no_values
    def _describe(self, knock, name):
        """The document ``name`` of the one endpoint that the caller can send to; 401 for everybody else."""
        if not self._is_private_way(knock):
            return answers.refused("", HttpsRequired())
        gate = self._gate_anew(knock.endpoint)
        try:
            self._authenticate(gate, knock, b"")
        except KeyUnknown as error:
            return answers.not_yet(error)
        except Unauthenticated as error:
            self.env["interop.audit"]._refused(gate, error)
            return answers.refused("", error)
        endpoint = self.env["interop.endpoint"].browse(gate.id)
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
