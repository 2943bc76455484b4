"""The inventory as plain values for ``core.openapi`` and ``core.asyncapi``, and the screen that shows what they say."""

import base64
import re
from http import HTTPStatus

from odoo import api, fields, models

from ...core.codecs.strict_json import dumps
from ...core.inventory import EventType, Interface
from ...core.lifecycle import Lifecycle
from .door_gate import DOOR_PATH


class EndpointInventory(models.Model):
    _inherit = "interop.endpoint"

    def _interfaces(self):
        """``core.inventory.Interface`` of each, in a bounded number of statements."""
        event_types = self._event_types()
        return [endpoint._interface(event_types) for endpoint in self]

    def _interface(self, event_types):
        # that it has credentials of a scheme is told to whoever may see the endpoint
        own = self.sudo()
        valid = own.credential_ids.filtered(lambda one: one.state == "valid")
        return Interface(
            code=self.code,
            name=self.name,
            format=self.format,
            schemes=tuple(sorted(set(valid.mapped("scheme")) or {self.scheme})),
            version=self.version,
            lifecycle=self._lifecycle(),
            takes_good=self.batch_mode == "good",
            max_body_kb=self.max_body_kb,
            max_batch=self.max_batch,
            is_limited=bool(self.rate_limit or any(valid.mapped("rate_limit"))),
            event_types=tuple(
                told
                for contract, told in event_types[
                    "json" if self.format == "cloudevents" else self.format
                ]
                if self.takes == "any" or contract in own.contract_ids
            ),
        )

    def _lifecycle(self):
        successor = self.successor_id
        return Lifecycle(
            self.status,
            deprecated_at=self.deprecated_at or None,
            sunset_at=self.sunset_at or None,
            successor=DOOR_PATH + successor.code if successor.active else "",
        )

    def _event_types(self):
        """``{format: pairs (contract, event type)}``: what the contracts in force let in."""
        found = dict.fromkeys(self._fields["format"].get_values(self.env), ())
        # what may be sent is told to whoever may send it
        for contract in (
            self.env["interop.contract"].sudo().search([], order="format, document, id")
        ):
            told = EventType(
                key=f"{_word(contract.document)}-{contract.id}",
                name=contract.name,
                documents=tuple(contract.document.split()),
                version=contract.version or "",
                attributes=tuple(sorted(contract.attribute_ids.mapped("path"))),
            )
            found[contract.format] += ((contract, told),)
        return found


def _word(documents):
    return re.sub("[^A-Za-z0-9]+", "-", documents).strip("-")[:40] or "any"


class ApiDescription(models.TransientModel):
    _name = "interop.api.description"
    _description = "Description of the interfaces"

    name = fields.Char(default=lambda self: self.env._("API description"))
    content = fields.Html(compute="_compute_content", sanitize=False)
    openapi = fields.Binary(
        string="OpenAPI 3.1",
        compute="_compute_files",
        help="What can be called, for tools that read OpenAPI.",
    )
    openapi_name = fields.Char(default="openapi.json")
    asyncapi = fields.Binary(
        string="AsyncAPI 3.0",
        compute="_compute_files",
        help="Which messages are received where, for tools that read AsyncAPI.",
    )
    asyncapi_name = fields.Char(default="asyncapi.json")

    @api.model
    def _endpoints(self):
        """Those of the companies that the user looks at."""
        return self.env["interop.endpoint"].search([], order="code")

    def _compute_files(self):
        endpoints = self._endpoints()
        files = {
            name: base64.b64encode(dumps(endpoints._api_document(name)))
            for name in ("openapi", "asyncapi")
        }
        for one in self:
            one.update(files)

    def _compute_content(self):
        endpoints = self._endpoints()
        document = endpoints._api_document("openapi")
        content = self.env["ir.qweb"]._render(
            "healthcare_interop.api_description",
            {
                "operations": list(_operations(document)),
                "curls": {endpoint.code: endpoint.curl for endpoint in endpoints},
            },
        )
        for one in self:
            one.content = content

    @api.model
    def _look(self):
        """Open the screen."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("API description"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
        }


def _proofs(document, operation):
    """``[[(what is sent, what it is)]]``: any one of the lists proves who sends; empty where nobody is asked."""
    known = document["components"].get("securitySchemes", {})
    sent = {"http": "Authorization: Bearer", "mutualTLS": "TLS"}
    return [
        [
            (
                known[name].get("name") or sent[known[name]["type"]],
                known[name].get("description", ""),
            )
            for name in requirement
        ]
        for requirement in operation["security"]
        if requirement
    ]


def _operations(document):
    """What the screen shows of each operation of an OpenAPI document."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            content = operation.get("requestBody", {}).get("content", {})
            yield {
                "id": operation["operationId"],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "description": operation.get("description", ""),
                "status": operation.get("x-status", ""),
                "sunset": operation.get("x-sunset", "")[:10],
                "successor": operation.get("x-successor", ""),
                "event_types": operation.get("x-event-types", []),
                "media": sorted(content),
                "proofs": _proofs(document, operation),
                "code": path.removeprefix(DOOR_PATH) if path.startswith(DOOR_PATH) else "",
                "answers": [
                    (status, HTTPStatus(int(status)).phrase, answer["description"])
                    for status, answer in operation["responses"].items()
                ],
            }
