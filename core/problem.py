"""Refusals in the sender's own terms: problem+json (RFC 9457) and OperationOutcome (FHIR R4).

Both are made from an error's code and path alone. What is no ``MessageRefused`` (a missing key, a
broken mapping) is our own trouble: its sender learns that there is one, not which.
"""

from __future__ import annotations

from typing import Any

from .errors import (
    BadBatch,
    BadDocument,
    InteropError,
    MessageRefused,
    TransientError,
    Unauthenticated,
)
from .problem_catalog import explain

PROBLEM_TYPE = "application/problem+json"
OUTCOME_TYPE = "application/fhir+json"
TYPE_BASE = "/interop/v1/problems/"
CODE_SYSTEM = "urn:healthcare-interop:problem"

#: what Odoo or werkzeug answer before or around us
_STATUS_CODES = {
    400: "bad_request",
    401: "unauthenticated",
    404: "not_found",
    405: "method_not_allowed",
    410: "interface_retired",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    503: "unavailable",
}
#: FHIR's own words for what is wrong (value set issue-type)
_ISSUE_BY_STATUS = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    410: "not-supported",
    413: "too-long",
    415: "not-supported",
    429: "throttled",
    503: "transient",
}
_ISSUE_BY_CODE = {"missing_element": "required", "missing_attribute": "required"}


def for_status(status: int) -> InteropError:
    """The error that stands for an HTTP status somebody else decided."""
    if status >= 500 and status != 503:
        return MessageRefused("internal_error", http_status=status)
    return MessageRefused(_STATUS_CODES.get(status, "bad_request"), http_status=status)


def status_of(error: InteropError) -> int:
    """The HTTP status: the error's own; 503 for what time heals, 500 for our own trouble."""
    if isinstance(error, MessageRefused):
        return error.http_status
    return 503 if isinstance(error, TransientError) else 500


def headers_of(error: InteropError) -> dict[str, str]:
    """The headers that the status asks for: ``WWW-Authenticate`` with 401 (RFC 9110, 11.6.1),
    ``Retry-After``."""
    if status_of(error) == 401:
        return {"WWW-Authenticate": 'Bearer realm="interop"'}
    retry_after = getattr(error, "retry_after", None)
    return {} if retry_after is None else {"Retry-After": str(max(1, round(retry_after)))}


def problem(error: InteropError, *, instance: str = "") -> dict[str, Any]:
    """The members of problem+json; ``instance`` is a reference to this occurrence, if it has
    one."""
    code = _public_code(error)
    members = {
        "type": TYPE_BASE + code,
        "title": _title(code),
        "status": status_of(error),
        "code": code,
    }
    if instance:
        members["instance"] = instance
    if problems := getattr(error, "problems", ()):
        places = [{"path": one.path, "rule": one.rule} for one in problems]
        return members | {"path": problems[0].path, "problems": places}
    if isinstance(error, BadBatch):
        return members | {"errors": [_entry(bad) for bad in error.errors]}
    return members | _place(error)


def operation_outcome(error: InteropError) -> dict[str, Any]:
    """An OperationOutcome with an issue for each error."""
    if isinstance(error, BadBatch):
        issues = [_issue(bad, f"document {bad.index}") for bad in error.errors]
    elif problems := getattr(error, "problems", ()):
        issues = [
            _issue(MessageRefused(error.code, path=one.path, detail=one.rule, http_status=422))
            for one in problems
        ]
    else:
        issues = [_issue(error)]
    return {"resourceType": "OperationOutcome", "issue": issues}


def _public_code(error: InteropError) -> str:
    if isinstance(error, MessageRefused):
        return error.code
    return "unavailable" if isinstance(error, TransientError) else "internal_error"


def _title(code: str) -> str:
    explanation = explain(code)
    return explanation.title if explanation else "The message is refused"


def _place(error: InteropError) -> dict[str, str]:
    """Where and what, as far as the sender may know: nothing of a failed authentication, nothing of
    our own trouble."""
    if not isinstance(error, MessageRefused) or isinstance(error, Unauthenticated):
        return {}
    return {name: text for name, text in (("path", error.path), ("detail", error.detail)) if text}


def _entry(error: BadDocument) -> dict[str, Any]:
    code = _public_code(error)
    entry = {"index": error.index, "code": code, "title": _title(code)}
    return entry | _place(error)


def _issue(error: InteropError, prefix: str = "") -> dict[str, Any]:
    code, place = _public_code(error), _place(error)
    issue = {
        "severity": "fatal" if status_of(error) >= 500 else "error",
        "code": _issue_type(error),
        "details": {"coding": [{"system": CODE_SYSTEM, "code": code}], "text": _title(code)},
    }
    if diagnostics := ", ".join(filter(None, (prefix, place.get("detail")))):
        issue["diagnostics"] = diagnostics
    if "path" in place:
        issue["expression"] = [place["path"]]
    return issue


def _issue_type(error: InteropError) -> str:
    status = status_of(error)
    if status in _ISSUE_BY_STATUS:
        return _ISSUE_BY_STATUS[status]
    if isinstance(error, BadDocument):
        return _ISSUE_BY_CODE.get(error.code, "invalid")
    return "exception" if status >= 500 else "processing"
