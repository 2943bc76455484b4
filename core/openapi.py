"""The OpenAPI 3.1 document of what can be called, from the inventory; what it says is what ``answers`` gives.

Pure: the same inventory gives the same document, byte for byte. It has neither secrets nor anything of a message.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .answers import JSON
from .codecs import MEDIA_TYPES
from .inventory import Interface, end_of
from .openapi_parts import (
    HEADERS,
    PROBLEM,
    REQUIREMENTS,
    SCHEMAS,
    SECURITY,
    TEXT,
    Part,
    acceptance,
    answer,
    refusal,
)
from .problem import PROBLEM_TYPE

VERSION = "3.1.0"
TITLE = "Healthcare Interop"

#: what a request may be refused with once its sender has proved itself
_PROVED = (400, 409, 410, 422, 429)
#: and before
_ANYONE = (401, 403, 404, 405, 413, 415, 500, 503)
#: of a retired one
_RETIRED = (401, 403, 404, 405, 410, 413, 415, 500, 503)
_ENDS = ("Deprecation", "Sunset", "Link")
_LIMITS = ("RateLimit", "RateLimit-Policy")

_MANY = {"type": "array", "items": {"type": "object"}}
_OBJECT = {"type": "object"}
_EITHER = {"oneOf": [_OBJECT, _MANY]}
_RESOURCE = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": TEXT},
}
_SHAPES: dict[str, Part] = {
    "application/cloudevents+json": _OBJECT,
    "application/cloudevents-batch+json": _MANY,
    "application/fhir+json": _RESOURCE,
    "application/json+fhir": _RESOURCE,
}
_EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        **dict.fromkeys(("id", "source", "type"), {"type": "string", "minLength": 1}),
    },
}


def document(interfaces: Iterable[Interface], *, server: str, version: str) -> dict[str, Any]:
    """The document of ``interfaces``; ``server`` is the address of this Odoo, ``version`` that of the add-on."""
    ordered = sorted(interfaces, key=lambda one: one.code)
    paths: dict[str, Part] = {}
    for interface in ordered:
        paths |= _paths_of(interface)
    used = sorted({scheme for interface in ordered for scheme in interface.schemes})
    paths |= _common_paths(used)
    return {
        "openapi": VERSION,
        "info": {
            "title": TITLE,
            "version": version,
            "description": "Messages come in at endpoints. What is answered with 2xx, or acknowledged, is committed.",
        },
        "servers": [{"url": server or "/"}],
        "tags": [
            {"name": "messages", "description": "Where messages come in."},
            {"name": "status", "description": "What became of them."},
            {"name": "operation", "description": "For load balancers and developers."},
        ],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS | {"Event": _EVENT},
            "headers": HEADERS,
            "securitySchemes": _schemes(used),
        },
    }


def _schemes(used: Iterable[str]) -> dict[str, Part]:
    names = {name for scheme in used for part in REQUIREMENTS[scheme] for name in part}
    return {name: SECURITY[name] for name in SECURITY if name in names}


def _security(schemes: Iterable[str]) -> list[Part]:
    return [part for scheme in schemes for part in REQUIREMENTS[scheme]]


# -- where messages come in --


def _paths_of(interface: Interface) -> dict[str, Part]:
    paths = {interface.path: {"post": _operation(interface, "send")}}
    if interface.format == "fhir":
        kind = _parameter("type", "A resource type of FHIR R4.", pattern="^[A-Za-z]+$")
        number = _parameter("id", "The resource's id.", pattern=r"^[A-Za-z0-9\-.]{1,64}$")
        create, update = (_operation(interface, what) for what in ("create", "update"))
        paths[f"{interface.path}/{{type}}"] = {"parameters": [kind], "post": create}
        paths[f"{interface.path}/{{type}}/{{id}}"] = {"parameters": [kind, number], "put": update}
    return paths


def _parameter(name: str, description: str, **schema: Any) -> Part:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"} | schema,
    }


def _operation(interface: Interface, what: str) -> Part:
    operation: Part = {
        "operationId": f"{what}-{interface.code}",
        "summary": interface.name,
        "description": _said_of(interface),
        "tags": ["messages"],
        "security": _security(interface.schemes),
        "requestBody": {"required": True, "content": _content(interface, what)},
        "responses": _responses(interface),
        "x-version": interface.version,
        "x-event-types": [one.name for one in interface.event_types],
        **end_of(interface),
    }
    if interface.ends:
        operation["deprecated"] = True
    if interface.format == "cloudevents":
        operation["parameters"] = _binary_mode()
    return operation


def _said_of(interface: Interface) -> str:
    many = "the good ones are taken" if interface.takes_good else "all are taken or none"
    return (
        f"At most {interface.max_body_kb} kB and {interface.max_batch} messages in one body; of a batch {many}. "
        "What no contract allows is dropped before anything is stored."
    )


def _content(interface: Interface, what: str) -> Part:
    if what != "send":
        return dict.fromkeys(("application/fhir+json", "application/json"), {"schema": _RESOURCE})
    content = {
        media: _shape(interface.format, media) for media in sorted(MEDIA_TYPES[interface.format])
    }
    if interface.format == "cloudevents":
        # binary mode: the event's attributes are headers, its data is of any type
        content["*/*"] = {}
    return content


def _shape(format: str, media: str) -> Part:
    if format == "hl7v2":
        return {"schema": {"type": "string", "description": "ER7, beginning with MSH, FHS or BHS."}}
    if "ndjson" in media or "jsonl" in media:
        return {"schema": {"type": "string", "description": "One document a line."}}
    if format == "cloudevents":
        event = {"$ref": "#/components/schemas/Event"}
        is_batch = "batch" in media
        return {"schema": {"type": "array", "items": event} if is_batch else event}
    if format == "fhir":
        return {"schema": _RESOURCE}
    return {"schema": _SHAPES.get(media, _EITHER)}


def _binary_mode() -> list[Part]:
    return [
        {
            "name": f"ce-{name}",
            "in": "header",
            "required": False,
            "description": "Of an event in binary mode.",
            "schema": {"type": "string"},
        }
        for name in ("specversion", "id", "source", "type")
    ]


def _responses(interface: Interface) -> dict[str, Part]:
    ends = _ENDS if interface.ends else ()
    told = ends + (_LIMITS if interface.is_limited else ())
    is_fhir = interface.format == "fhir"
    if interface.is_retired:
        return {
            str(status): refusal(status, is_fhir=is_fhir, headers=ends if status == 410 else ())
            for status in _RETIRED
        }
    accepted, content = acceptance(interface.format)
    answers = {accepted: answer(accepted, content, ("Location", "Interop-Message-Ids", *told))}
    answers |= {status: refusal(status, is_fhir=is_fhir) for status in _ANYONE}
    # 403, 413 and 503 come before and after; told where they come after
    answers |= {
        status: refusal(status, is_fhir=is_fhir, headers=told)
        for status in (*_PROVED, 403, 413, 503)
    }
    return {str(status): answers[status] for status in sorted(answers)}


# -- the rest --


def _common_paths(schemes: list[str]) -> dict[str, Part]:
    guarded = (401, 403, 405, 500, 503)
    return {
        "/interop/v1/messages/{uuid}": {
            "parameters": [_parameter("uuid", "As Location names it.")],
            "get": {
                "operationId": "status",
                "summary": "What became of a message",
                "description": "States, places and codes; never a value. Whoever could have sent the message may ask; what "
                "proves it is as for a message with an empty body.",
                "tags": ["status"],
                "security": _security(schemes),
                "responses": _answers(_json("MessageStatus"), guarded),
            },
        },
        "/interop/v1/problems/{code}": {
            "parameters": [_parameter("code", "The last part of a problem's type.")],
            "get": {
                "operationId": "problem",
                "summary": "What a problem means, and what to do about it",
                "tags": ["status"],
                "security": [],
                "responses": {
                    "200": {
                        "description": "In words.",
                        "content": {"text/plain; charset=utf-8": {"schema": TEXT}},
                    },
                    **{str(status): refusal(status) for status in (404, 500, 503)},
                },
            },
        },
        "/interop/health/live": {"get": _health("live", "Whether the process answers")},
        "/interop/health/ready": {"get": _health("ready", "Whether messages can be taken in")},
        "/interop/v1/openapi.json": {"get": _description("openapi", "This document", schemes)},
        "/interop/v1/asyncapi.json": {
            "get": _description("asyncapi", "The AsyncAPI document", schemes)
        },
    }


def _json(name: str) -> Part:
    return {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _answers(content: Part, refusals: Iterable[int]) -> dict[str, Part]:
    good = {"200": {"description": "As asked.", "content": content}}
    return good | {str(status): refusal(status) for status in refusals}


def _health(name: str, summary: str) -> Part:
    content = _json("Health")
    ill = refusal(503)
    ill["content"] = content | {PROBLEM_TYPE: {"schema": PROBLEM}}
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["operation"],
        "security": [],
        "responses": _answers(content, (405, 500)) | {"503": ill},
    }


def _description(name: str, summary: str, schemes: list[str]) -> Part:
    told = answer(304, None, ("ETag",))
    found = {
        "description": "As asked.",
        "headers": {"ETag": {"$ref": "#/components/headers/ETag"}},
        "content": {JSON: {"schema": {"type": "object"}}},
    }
    return {
        "operationId": name,
        "summary": summary,
        "description": "Of the endpoint that is named, for whoever may send there; what proves it is as for a message with an "
        "empty body.",
        "tags": ["operation"],
        "parameters": [
            {
                "name": "endpoint",
                "in": "query",
                "required": True,
                "description": "The last part of the endpoint's address.",
                "schema": TEXT,
            }
        ],
        "security": _security(schemes),
        "responses": {"200": found, "304": told}
        | {str(status): refusal(status) for status in (401, 403, 405, 500, 503)},
    }
