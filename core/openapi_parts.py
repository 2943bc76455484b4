"""The parts of the OpenAPI document that are the same for every endpoint: schemas, headers, answers, security."""

from __future__ import annotations

from typing import Any

from .answers import FHIR, HL7, JSON
from .problem import PROBLEM_TYPE
from .problem_catalog import EXPLANATIONS

Part = dict[str, Any]

TEXT: Part = {"type": "string"}
WHEN: Part = {"type": "string", "format": "date-time"}
PROBLEM: Part = {"$ref": "#/components/schemas/Problem"}

#: why an answer has a status
REASONS = {
    200: "Every message that could be read is acknowledged, in its order.",
    202: "Committed. Asking again with the same message gives the same answer.",
    304: "Nothing has changed.",
    400: "The body can't be read. Nothing was stored.",
    401: "Not authenticated; the same for whatever is wrong with the credential, and for an address that does not exist.",
    403: "The endpoint takes nothing now, the sender is not permitted, or the request did not come by https.",
    404: "Nothing is at this address.",
    405: "The method is not allowed here.",
    409: "The same id came before with another content.",
    410: "Retired: the interface is not spoken any more. Nothing was stored.",
    413: "The body is too large, or has too many messages.",
    415: "Not the content type of the endpoint's format.",
    422: "Some messages of the batch are bad. Nothing was stored.",
    429: "Too fast. Nothing was stored.",
    500: "Our own trouble. Nothing was stored.",
    503: "Paused, overloaded, or not ready. Nothing was stored; send the same again.",
}

_PLACED = {"path": TEXT, "detail": TEXT}
SCHEMAS: dict[str, Part] = {
    "Problem": {
        "title": "Problem details (RFC 9457)",
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer"},
            "code": {"type": "string", "enum": sorted(EXPLANATIONS)},
            **_PLACED,
            "instance": TEXT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["index", "code", "title"],
                    "properties": {
                        "index": {"type": "integer"},
                        "code": TEXT,
                        "title": TEXT,
                        **_PLACED,
                    },
                },
            },
        },
    },
    "Accepted": {
        "type": "object",
        "required": ["id", "received_at"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "received_at": WHEN},
    },
    "AcceptedBatch": {
        "type": "object",
        "required": ["accepted", "refused", "messages"],
        "properties": {
            "accepted": {"type": "integer"},
            "refused": {"type": "integer"},
            "messages": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["index"],
                    "properties": {
                        "index": {"type": "integer"},
                        "id": {"type": "string", "format": "uuid"},
                        "received_at": WHEN,
                        "error": PROBLEM,
                    },
                },
            },
        },
    },
    "OperationOutcome": {
        "title": "OperationOutcome (FHIR R4)",
        "type": "object",
        "required": ["resourceType", "issue"],
        "properties": {
            "resourceType": {"const": "OperationOutcome"},
            "issue": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["severity", "code"],
                    "properties": {
                        "severity": {"enum": ["fatal", "error", "warning", "information"]},
                        "code": TEXT,
                        "details": {"type": "object"},
                        "diagnostics": TEXT,
                        "expression": {"type": "array", "items": TEXT},
                    },
                },
            },
        },
    },
    "Acknowledgement": {
        "title": "HL7 v2 ACK, one for each message that could be read",
        "type": "string",
        "pattern": "^MSH",
    },
    "MessageStatus": {
        "type": "object",
        "required": ["id", "received_at", "state", "deliveries"],
        "properties": {
            "id": TEXT,
            "received_at": WHEN,
            "state": {"enum": ["pending", "failed", "done", "discarded"]},
            "deliveries": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["state"],
                    "properties": {
                        "state": {"enum": ["pending", "failed", "done", "discarded"]},
                        **dict.fromkeys(("entity", "event", "reason", "error", "path"), TEXT),
                        "done_at": WHEN,
                    },
                },
            },
        },
    },
    "Health": {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"enum": ["pass", "fail"]},
            "missing": {"type": "array", "items": TEXT},
        },
    },
}


def _header(description: str, **schema: Any) -> Part:
    return {"description": description, "schema": {"type": "string"} | schema}


HEADERS: dict[str, Part] = {
    "Location": _header("Where to ask what became of the message.", format="uri-reference"),
    "Interop-Message-Ids": _header("The ids of up to a hundred messages of the body."),
    "Retry-After": _header("Seconds to wait.", type="integer", minimum=1),
    "RateLimit": _header("What may be sent now (draft-ietf-httpapi-ratelimit-headers)."),
    "RateLimit-Policy": _header("How much may be sent in which time."),
    "Deprecation": _header("Since when the interface is deprecated (RFC 9745)."),
    "Sunset": _header("When it is meant to end (RFC 8594)."),
    "Link": _header("The interface that takes its place, as rel=successor-version."),
    "WWW-Authenticate": _header("How to authenticate (RFC 9110)."),
    "Allow": _header("The methods that are allowed."),
    "ETag": _header("Changes with the document."),
}

SECURITY: dict[str, Part] = {
    "webhookId": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-id",
        "description": "Standard Webhooks: the message's own id, the same for each try.",
    },
    "webhookTimestamp": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-timestamp",
        "description": "Standard Webhooks: seconds since 1970, within five minutes.",
    },
    "webhookSignature": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": 'Standard Webhooks: "v1," and the Base64 of HMAC-SHA256 over "id.timestamp.body".',
    },
    "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key of this endpoint."},
    "apiKeyHeader": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "oauth": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the identity provider that was agreed on.",
    },
    "mutualTls": {"type": "mutualTLS", "description": "The certificate that was registered."},
}
#: the requirement that each scheme of a credential is
REQUIREMENTS: dict[str, tuple[Part, ...]] = {
    "standard_webhooks": ({"webhookId": [], "webhookTimestamp": [], "webhookSignature": []},),
    "api_key": ({"apiKey": []}, {"apiKeyHeader": []}),
    "oauth": ({"oauth": []},),
    "mutual_tls": ({"mutualTls": []},),
}


def answer(status: int, content: Part | None = None, headers: tuple[str, ...] = ()) -> Part:
    """An answer by its status."""
    part: Part = {"description": REASONS[status]}
    if headers:
        part["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    if content:
        part["content"] = content
    return part


_ASKED = {401: ("WWW-Authenticate",), 405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",)}


def refusal(status: int, *, is_fhir: bool = False, headers: tuple[str, ...] = ()) -> Part:
    """A refusal: problem+json, and an OperationOutcome where FHIR is spoken and the sender has proved itself."""
    content = {PROBLEM_TYPE: {"schema": PROBLEM}}
    if is_fhir and status not in (401, 500):
        content[FHIR] = {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}
    return answer(status, content, (*_ASKED.get(status, ()), *headers))


def acceptance(format: str) -> tuple[int, Part]:
    """The status and the content of the answer to what was stored, by the endpoint's format."""
    if format == "hl7v2":
        return 200, {HL7: {"schema": {"$ref": "#/components/schemas/Acknowledgement"}}}
    if format == "fhir":
        return 202, {FHIR: {"schema": {"$ref": "#/components/schemas/OperationOutcome"}}}
    either = [
        {"$ref": "#/components/schemas/Accepted"},
        {"$ref": "#/components/schemas/AcceptedBatch"},
    ]
    return 202, {JSON: {"schema": {"oneOf": either}}}
