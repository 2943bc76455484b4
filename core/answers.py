"""What senders are told, each in its own terms (DESIGN.md section 10).

HL7 v2 gets an ACK with status 200 for every message that could be read, FHIR an OperationOutcome, everyone else JSON or
problem+json (RFC 9457). An answer to an accepted message is a pure function of its stored row, so a duplicate gets the
first one's answer, byte for byte; it never depends on what became of the message since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .ack import AckHeader, ack, ack_code
from .codecs.strict_json import dumps
from .document import Document
from .door import Answer, Batch
from .errors import BadDocument, InteropError, MessageRefused, TransientError
from .problem import PROBLEM_TYPE, for_status, headers_of, operation_outcome, problem, status_of
from .problem_catalog import explain

HL7 = "application/hl7-v2; charset=utf-8"
FHIR = "application/fhir+json"
JSON = "application/json"
SCHEMA = "application/schema+json"
#: of this moment only
NOT_KEPT = (("Cache-Control", "no-store"),)
STATUS_PATH = "/interop/v1/messages/"


class Paused(MessageRefused):
    """The endpoint is paused: come back in ``retry_after`` seconds."""

    http_status = 503

    def __init__(self, retry_after: int):
        super().__init__("endpoint_paused")
        self.retry_after = retry_after


class RefusedBatch(MessageRefused):
    """A body of which nothing was taken: ``errors`` by index; ``heads`` of the documents that could be read."""

    http_status = 422

    def __init__(
        self,
        errors: Mapping[int, MessageRefused],
        heads: Mapping[int, dict[str, Any] | None],
        *,
        is_many: bool,
    ):
        super().__init__("bad_documents")
        self.errors = errors
        self.heads = heads
        self.is_many = is_many


def head_of(document: Document) -> dict[str, Any] | None:
    """What an answer must know of a document besides its row: the fields of MSH for an ACK. Stored with the message."""
    if document.format != "hl7v2":
        return None
    return AckHeader.of(document.body).to_dict()


# -- accepted --


def accepted(format: str, rows: Sequence[tuple[int, str, datetime, Any]], batch: Batch) -> Answer:
    """The answer to a body that was stored; ``rows``: (index, message id, received at (naive UTC), head)."""
    ids = [row[1] for row in rows]
    headers = (("Interop-Message-Ids", ",".join(ids[:100])),)
    if len(ids) == 1:
        headers += (("Location", STATUS_PATH + ids[0]),)
    if format == "hl7v2":
        return _acks(rows, batch.errors, batch.heads, headers)
    if format == "fhir":
        return Answer(202, FHIR, dumps(_outcome_of_accepted(ids, batch.errors)), headers)
    if not batch.is_many:
        _index, uuid, received_at, _head = rows[0]
        return Answer(202, JSON, dumps({"id": uuid, "received_at": _text(received_at)}), headers)
    return Answer(202, JSON, dumps(_list_of(rows, batch.errors)), headers)


def _list_of(rows, errors) -> dict[str, Any]:
    results = {
        index: {"index": index, "id": uuid, "received_at": _text(received_at)}
        for index, uuid, received_at, _head in rows
    }
    results |= {index: {"index": index, "error": problem(error)} for index, error in errors.items()}
    ordered = [results[index] for index in sorted(results)]
    return {"accepted": len(rows), "refused": len(errors), "messages": ordered}


def _outcome_of_accepted(ids, errors) -> dict[str, Any]:
    issues = [
        {
            "severity": "information",
            "code": "informational",
            "details": {"text": "accepted"},
            "diagnostics": uuid,
        }
        for uuid in ids
    ]
    for index in sorted(errors):
        issues += operation_outcome(errors[index])["issue"]
    return {"resourceType": "OperationOutcome", "issue": issues}


def _text(at: datetime) -> str:
    return at.replace(tzinfo=timezone.utc).isoformat().replace("+00:00", "Z")


# -- acknowledgements --


def _acks(rows, errors, heads, headers) -> Answer:
    """One ACK for each message of the body, in its order; a message that could not be read has no header to answer to."""
    acks = {index: _positive(uuid, received_at, head) for index, uuid, received_at, head in rows}
    acks |= {
        index: _negative(heads[index], error)
        for index, error in errors.items()
        if heads.get(index) is not None
    }
    return Answer(200, HL7, b"".join(acks[index] for index in sorted(acks)), headers)


def _positive(uuid: str, received_at: datetime, head: Mapping[str, str]) -> bytes:
    header = AckHeader.from_dict(head)
    at = received_at.replace(tzinfo=timezone.utc)
    return ack(header, ack_code(header, "accepted"), control_id=uuid.replace("-", "")[:20], at=at)


def _negative(head: Mapping[str, str], error: MessageRefused) -> bytes:
    header = AckHeader.from_dict(head)
    outcome = "error" if isinstance(error, BadDocument) else "rejected"
    return ack(
        header,
        ack_code(header, outcome),
        control_id=f"R{header.control_id}"[:20],
        at=NO_TIME,
        text=problem(error)["title"],
        error_code=error.code,
        location=error.path,
    )


#: a refusal is not stored, so there is no time that a second one could repeat
NO_TIME = datetime(1970, 1, 1, tzinfo=timezone.utc)


# -- refused --


def refused(format: str, error: MessageRefused) -> Answer:
    """The answer to a body of which nothing was taken."""
    if isinstance(error, RefusedBatch):
        return _refused_batch(format, error)
    headers = tuple(headers_of(error).items())
    # who could not prove who it is, is not told what the endpoint speaks
    if format == "fhir" and error.http_status != 401:
        return Answer(error.http_status, FHIR, dumps(operation_outcome(error)), headers)
    return Answer(error.http_status, PROBLEM_TYPE, dumps(problem(error)), headers)


def not_yet(error: TransientError) -> Answer:
    """The answer to whom we can't even recognise now, and can soon: what we speak is not told."""
    return Answer(503, PROBLEM_TYPE, dumps(problem(error)), tuple(headers_of(error).items()))


def _refused_batch(format: str, error: RefusedBatch) -> Answer:
    if format == "hl7v2" and any(head is not None for head in error.heads.values()):
        return _acks((), _all_refused(error), error.heads, ())
    if not error.is_many:
        return refused(format, error.errors[min(error.errors)])
    ordered = [(index, error.errors[index]) for index in sorted(error.errors)]
    if format == "fhir":
        issues = [issue for _index, bad in ordered for issue in operation_outcome(bad)["issue"]]
        return Answer(422, FHIR, dumps({"resourceType": "OperationOutcome", "issue": issues}))
    listed = [{"index": index, **problem(bad)} for index, bad in ordered]
    return Answer(422, PROBLEM_TYPE, dumps(problem(error) | {"errors": listed}))


def _all_refused(error: RefusedBatch) -> dict[int, MessageRefused]:
    """All or nothing: the good ones of the body are refused with the bad."""
    together = MessageRefused("batch_refused", detail="another message of this body is bad")
    return {index: error.errors.get(index, together) for index in error.heads}


# -- what Odoo would answer in HTML --

#: for what is over in a moment: no connection left, a race lost five times
RETRY_SECONDS = "5"


def http_error(status: int, *, allow: str = "") -> Answer:
    error: InteropError = for_status(status)
    headers = (("Allow", allow),) if allow else ()
    if status == 503:
        headers += (("Retry-After", RETRY_SECONDS),)
    return Answer(status_of(error), PROBLEM_TYPE, dumps(problem(error)), headers)


def explanation(code: str) -> Answer:
    """The page a problem's ``type`` leads to."""
    found = explain(code)
    if found is None:
        return http_error(404)
    text = f"{found.title}\n\n{found.advice}\n"
    return Answer(200, "text/plain; charset=utf-8", text.encode())


def schema(text: str, headers: tuple[tuple[str, str], ...]) -> Answer:
    """A JSON Schema document; ``true`` where any document will do."""
    kept = (("Cache-Control", "private, max-age=300"), *headers)
    return Answer(200, SCHEMA, (text or "true").encode(), kept)


def health(obstacles: Sequence[str]) -> Answer:
    """What a load balancer is told: ready, or 503 and the obstacles in one word each."""
    if not obstacles:
        return Answer(200, JSON, dumps({"status": "pass"}), NOT_KEPT)
    body = {"status": "fail", "missing": list(obstacles)}
    return Answer(503, JSON, dumps(body), (*NOT_KEPT, ("Retry-After", "5")))


def description(document: Mapping[str, Any], *, known: str = "") -> Answer:
    """A document about the interfaces; 304 for whoever has it already (``known``: If-None-Match)."""
    body = dumps(document)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = (*NOT_KEPT, ("ETag", tag))
    if tag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Answer(304, "", b"", headers)
    return Answer(200, JSON, body, headers)


def status(uuid: str, received_at: datetime, deliveries: Sequence[Mapping[str, Any]]) -> Answer:
    """What became of a message. States and places, never a value."""
    listed = [
        {name: value for name, value in _delivery(row).items() if value not in (None, "")}
        for row in deliveries
    ]
    states = {row["state"] for row in deliveries}
    overall = next((s for s in ("failed", "pending", "done") if s in states), "discarded")
    body = {"id": uuid, "received_at": _text(received_at), "state": overall, "deliveries": listed}
    return Answer(200, JSON, dumps(body))


def _delivery(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "state": row["state"],
        "entity": row["entity"],
        "event": row["event"],
        "reason": row["reason"],
        "error": row["error_code"],
        "path": row["error_path"],
        "done_at": _text(row["done_at"]) if row["done_at"] else None,
    }
