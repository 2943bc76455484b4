"""The AsyncAPI 3.0 document of what is received, from the inventory: a channel an endpoint, a message an event type.

Pure, as ``openapi``. What Odoo publishes comes to stand beside it: ``document`` joins what each direction has to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from .inventory import EventType, Interface, end_of
from .openapi import TITLE

VERSION = "3.0.0"
SERVER = "odoo"

Part = dict[str, Any]

_SECURITY: dict[str, Part] = {
    "standard_webhooks": {
        "type": "httpApiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": 'Standard Webhooks: HMAC-SHA256 over "id.timestamp.body", with webhook-id and webhook-timestamp.',
    },
    "api_key": {"type": "http", "scheme": "bearer", "description": "An API key of this endpoint."},
    "oauth": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "mutual_tls": {"type": "X509", "description": "The certificate that was registered."},
}
#: the content type of one message of each format
_MEDIA = {
    "cloudevents": "application/cloudevents+json",
    "fhir": "application/fhir+json",
    "hl7v2": "application/hl7-v2",
    "json": "application/json",
}


def document(interfaces: Iterable[Interface], *, server: str, version: str) -> dict[str, Any]:
    """The document of ``interfaces``; ``server`` is the address of this Odoo, ``version`` that of the add-on."""
    ordered = sorted(interfaces, key=lambda one: one.code)
    spoken = [one for one in ordered if not one.is_retired]
    used = sorted({scheme for one in spoken for scheme in one.schemes})
    return {
        "asyncapi": VERSION,
        "info": {
            "title": TITLE,
            "version": version,
            "description": "Every message is answered once it is committed; the same message twice has one effect.",
        },
        "servers": {SERVER: _server(server)},
        "channels": {one.code: _channel(one) for one in spoken},
        "operations": {f"receive-{one.code}": _receive(one) for one in spoken},
        "components": {
            "messages": _messages(spoken),
            "securitySchemes": {scheme: _SECURITY[scheme] for scheme in used},
        },
    }


def _server(address: str) -> Part:
    parts = urlsplit(address)
    server = {"host": parts.netloc or "localhost", "protocol": parts.scheme or "https"}
    return server | ({"pathname": parts.path} if parts.path.strip("/") else {})


def _channel(interface: Interface) -> Part:
    return {
        "address": interface.path,
        "title": interface.name,
        "servers": [{"$ref": f"#/servers/{SERVER}"}],
        "messages": {
            one.key: {"$ref": f"#/components/messages/{_key(interface, one)}"}
            for one in interface.event_types
        },
        "x-version": interface.version,
        **end_of(interface),
    }


def _receive(interface: Interface) -> Part:
    return {
        "action": "receive",
        "title": interface.name,
        "channel": {"$ref": f"#/channels/{interface.code}"},
        "messages": [
            {"$ref": f"#/channels/{interface.code}/messages/{one.key}"}
            for one in interface.event_types
        ],
        "security": [
            {"$ref": f"#/components/securitySchemes/{scheme}"} for scheme in interface.schemes
        ],
        "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
    }


def _messages(interfaces: Iterable[Interface]) -> dict[str, Part]:
    """One for all endpoints that speak its format."""
    found = {}
    for interface in interfaces:
        for one in interface.event_types:
            found[_key(interface, one)] = {
                "name": one.key,
                "title": one.name,
                "contentType": _MEDIA[interface.format],
                "payload": _payload(interface),
                "x-version": one.version,
                "x-documents": list(one.documents),
                "x-attributes": list(one.attributes),
            }
    return dict(sorted(found.items()))


def _key(interface: Interface, event_type: EventType) -> str:
    return f"{interface.format}-{event_type.key}"


def _payload(interface: Interface) -> Part:
    if interface.format == "hl7v2":
        return {"type": "string", "description": "One message, as ER7."}
    return {"type": "object"}
