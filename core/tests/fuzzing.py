"""Requests that nobody should send, made of real ones, and what must hold of every answer. Pure: a seed gives the same again.

Whoever sends them (a benchmark over the network, a test inside Odoo) signs them at the last moment: what is mutated is what is
signed, so that it gets beyond the door. ``faults`` tells what was wrong with an answer, by the OpenAPI document.
"""

from __future__ import annotations

import dataclasses
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

#: stands in bodies as a patient's word would; no answer may say it
MARK = "Zephyrina"
#: how a request proves itself
VALID, NONE, BROKEN, STALE, REPLAYED = "valid", "none", "broken", "stale", "replayed"
PROOFS = (VALID,) * 12 + (NONE, NONE, BROKEN, STALE, REPLAYED)
LONGEST = 60_000
JSON = "application/json"
PROBLEM, FHIR = "application/problem+json", "application/fhir+json"


class Source(NamedTuple):
    """A request that is good: what mutations begin with."""

    endpoint: str
    media: str
    body: bytes
    rest: str = ""
    method: str = "POST"


@dataclasses.dataclass(frozen=True)
class Case:
    """A request; ``headers`` are pairs of ASCII text, ``words`` say what was done to it."""

    number: int
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    proof: str
    endpoint: str
    words: tuple[str, ...]

    def told(self) -> str:
        """For people: without the body, which is made of somebody's message."""
        return (
            f"case {self.number}: {self.method} {self.path[:80]!r} {self.proof} "
            f"{', '.join(self.words) or 'as it was'} ({len(self.body)} bytes)"
        )


def cases(sources: Sequence[Source], seed: int, count: int) -> Iterator[Case]:
    """``count`` requests; each depends on ``seed`` and its number alone, so that one can be made again alone."""
    for number in range(count):
        yield case(sources, seed, number)


def case(sources: Sequence[Source], seed: int, number: int) -> Case:
    """The request ``number`` of ``seed``."""
    chance = random.Random(f"{seed}/{number}")
    source = chance.choice(sources)
    body, words = _marked(chance, source.body), []
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3))):
        name, mutation = chance.choice(BODIES)
        body = mutation(chance, body, sources)[: 4 * LONGEST]
        words.append(name)
    headers = [("Content-Type", source.media)]
    if chance.random() < 0.35:
        name, change = chance.choice(HEADERS)
        headers = change(chance, headers)
        words.append(name)
    method, path = source.method, f"/interop/v1/in/{source.endpoint}"
    if source.rest:
        path += f"/{source.rest}"
    if chance.random() < 0.08:
        method = chance.choice(METHODS)
        words.append("method")
    if chance.random() < 0.15:
        path = chance.choice(PATHS).format(code=source.endpoint)
        words.append("path")
    return Case(
        number,
        method,
        path,
        tuple(headers),
        body,
        chance.choice(PROOFS),
        source.endpoint,
        tuple(words),
    )


def _marked(chance: random.Random, body: bytes) -> bytes:
    """``body`` with the mark as a value of somebody: a text of JSON, a component of HL7 behind its header."""
    if body.lstrip()[:1] in (b"{", b"["):
        places = [found.span(1) for found in re.finditer(rb':\s*"([^"\\]{3,40})"', body[:LONGEST])]
    else:
        start = body.find(b"\r") + 1
        places = [
            found.span(1)
            for found in re.finditer(rb"[|^]([A-Za-z]{3,20})(?=[|^])", body[:LONGEST])
            if found.start() > start > 0
        ]
    if not places:
        return body
    start, end = chance.choice(places)
    return body[:start] + MARK.encode() + body[end:]


# -- what is done to bodies --
Mutation = Callable[[random.Random, bytes, Sequence[Source]], bytes]


def _place(chance: random.Random, body: bytes) -> int:
    return chance.randrange(len(body) + 1)


def _cut(chance, body, _sources):
    return body[: _place(chance, body)]


def _flip(chance, body, _sources):
    changed = bytearray(body)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if changed:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _insert(chance, body, _sources):
    place = _place(chance, body)
    return body[:place] + chance.choice(ODD_BYTES) + body[place:]


def _drop(chance, body, _sources):
    start, end = sorted((_place(chance, body), _place(chance, body)))
    return body[:start] + body[min(end, start + 200) :]


def _repeat(chance, body, _sources):
    start, end = sorted((_place(chance, body), _place(chance, body)))
    piece = body[start : min(end, start + 2_000)]
    return body[:start] + piece * chance.choice((2, 2, 20)) + body[start:]


def _number(chance, body, _sources):
    found = list(re.finditer(rb"\d+", body))
    number = chance.choice(ODD_NUMBERS)
    if not found:
        return number
    one = chance.choice(found)
    return body[: one.start()] + number + body[one.end() :]


def _value(chance, body, _sources):
    """Another value for a member, where it is JSON; a text for a component, where it is HL7."""
    found = list(re.finditer(rb'(?<=:)\s*("[^"]*"|\d+|true|false|null)', body)) or list(
        re.finditer(rb"(?<=[|^])[^|^\r]+", body)
    )
    if not found:
        return chance.choice(ODD_VALUES)
    one = chance.choice(found)
    return body[: one.start()] + chance.choice(ODD_VALUES) + body[one.end() :]


def _nest(chance, body, _sources):
    depth = chance.choice((10, 63, 65, 1_000, 20_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return (opening * depth + body + closing * depth)[: 3 * LONGEST]


def _encoding(chance, body, _sources):
    text = body.decode("utf-8", "replace")
    codec = chance.choice(("utf-16", "utf-32", "utf-8-sig", "cp1252", "utf-7", "cp500"))
    return text.encode(codec, "replace")


def _foreign(chance, _body, sources):
    """Another one's body: HL7 where FHIR is spoken."""
    return chance.choice(sources).body


def _batch(chance, body, sources):
    pieces = [
        body if chance.random() < 0.5 else chance.choice(ODD_VALUES)
        for _ in range(chance.randrange(1, 8))
    ]
    pieces.append(chance.choice(sources).body[:LONGEST])
    opening, between, closing = chance.choice(
        (
            (b"[", b",", b"]"),
            (b"", b"\n", b""),
            (b"FHS|^~\\&\rBHS|^~\\&\r", b"\r", b"\rBTS|9\rFTS|1\r"),
        )
    )
    return opening + between.join(pieces) + closing


def _rubbish(chance, _body, _sources):
    return chance.randbytes(chance.choice((0, 1, 7, 300, 20_000)))


ODD_BYTES = (
    b"\x00", b"\x00" * 200, b"\xff\xfe", b"\xed\xa0\x80", b"\\ud800", b"\\u0000", b"\xf0\x9f\x98\x80",
    b"\xe2\x80\xae", b"\x0b", b"\x1c\r", b"\r", b"\n\n", b"|", b"^~\\&", b'"', b"\\", b"{", b"]", b"\x1b", b"A" * 40_000,
)  # fmt: skip
ODD_NUMBERS = (
    b"9" * 5_000, b"-1", b"1e400", b"1e-400", b"NaN", b"Infinity", b"9223372036854775808", b"0.1e1", b"-0", b"00", b"1_0",
    b"99991231235960", b"0", b"20260230",
)  # fmt: skip
ODD_VALUES = (
    b"null", b"true", b"{}", b"[]", b'""', b'"' + MARK.encode() + b'"', b'{"a":{"a":[null]}}', b'["x","x"]', b"7", b"1.5",
    b'"' + b"x" * 30_000 + b'"', b'"\\u0000"', b'"\\ud83d"', b'"2026-13-45T99:99:99Z"', b'"../../etc/passwd"',
    b'"\'; DROP TABLE interop_message; --"', b'"%s %(x)s {0}"', b'"<script>alert(1)</script>"', b"&lt;", b"a&b&c^d~e\\F\\",
)  # fmt: skip
BODIES: tuple[tuple[str, Mutation], ...] = (
    ("cut", _cut), ("flipped bits", _flip), ("inserted", _insert), ("dropped", _drop), ("repeated", _repeat),
    ("number", _number), ("value", _value), ("value", _value), ("nested", _nest), ("encoding", _encoding),
    ("another's body", _foreign), ("batch", _batch), ("rubbish", _rubbish),
)  # fmt: skip


# -- what is done to headers --


def _media(chance, headers):
    return [("Content-Type", chance.choice(ODD_MEDIA)), *headers[1:]]


def _no_media(_chance, headers):
    return headers[1:]


def _twice(chance, headers):
    return [*headers, ("Content-Type", chance.choice(ODD_MEDIA)), chance.choice(ODD_HEADERS)]


def _odd(chance, headers):
    return [*headers, *(chance.choice(ODD_HEADERS) for _ in range(chance.choice((1, 2, 8))))]


def _event(chance, headers):
    """A CloudEvent in binary mode, more or less."""
    names = ("specversion", "id", "source", "type", "time", "subject", "dataschema", "x-y")
    values = (
        "1.0",
        "a b",
        "%ff",
        "%E2%82%AC",
        "",
        "test.patient.updated.v1",
        "2026-01-01T00:00:00Z",
        "x" * 9_000,
        "%00",
    )
    chosen = [(f"ce-{name}", chance.choice(values)) for name in names if chance.random() < 0.7]
    return [*headers, ("ce-specversion", "1.0"), *chosen]


ODD_MEDIA = (
    "", "text/xml", "application/xml", JSON, "application/fhir+json; fhirVersion=9.9", "application/fhir+ndjson",
    "application/cloudevents+json; charset=utf-16", "application/cloudevents-batch+json", "application/hl7-v2; charset=x",
    "application/x-ndjson", "multipart/form-data", "multipart/form-data; boundary=a", "application/x-www-form-urlencoded",
    "text/plain; charset=\"utf-8", "*/*", "a", ";;;", "application/json; charset=" + "x" * 5_000,
)  # fmt: skip
ODD_HEADERS = (
    ("X-Forwarded-Proto", "http"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "::::"), ("Forwarded", "proto=;"),
    ("Authorization", "Basic !!!"), ("Authorization", "Bearer "), ("Authorization", "Bearer a.b.c"), ("X-API-Key", "x" * 900),
    ("webhook-id", ""), ("webhook-timestamp", "9" * 400), ("webhook-timestamp", "NaN"), ("webhook-signature", "v1,"),
    ("webhook-signature", "v1a,xx v1,yy " * 100), ("Idempotency-Key", "x" * 9_000), ("Idempotency-Key", "%00"),
    ("traceparent", "00-zz-zz-zz"), ("traceparent", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"), ("tracestate", "," * 500),
    ("Content-Encoding", "gzip"), ("Accept", "text/html"), ("Accept-Encoding", "x"), ("Cookie", "session_id=a; frontend_lang=../.."),
    ("X-Odoo-Database", "postgres"), ("Range", "bytes=0-"), ("If-None-Match", "*"), ("Origin", "null"), ("Expect", "x"),
)  # fmt: skip
HEADERS = (
    ("content type", _media), ("no content type", _no_media), ("headers twice", _twice), ("odd headers", _odd),
    ("binary event", _event),
)  # fmt: skip
METHODS = ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND")
PATHS = (
    "/interop/v1/in/{code}/Patient/1", "/interop/v1/in/{code}/Patient", "/interop/v1/in/{code}/a/b/c", "/interop/v1/in/{code}/%00",
    "/interop/v1/in/{code}%00", "/interop/v1/in/{code}/%ff%fe", "/interop/v1/in/%F0%9F%98%80", "/interop/v1/in/{code}?a=%ff&db=x",
    "/interop/v1/in/" + "x" * 3_000, "/interop/v1/in/{code}/../../../web", "/interop/v1/in/", "/interop/v1/messages/{code}",
    "/interop/v1/messages/%00", "/interop/v1/messages/00000000-0000-4000-8000-000000000000", "/interop/v1/problems/%3Cscript%3E",
    "/interop/v1/problems/not_json", "/interop/v1/openapi.json?endpoint={code}", "/interop/v1/asyncapi.json?endpoint={code}",
    "/interop/v1/openapi.json?endpoint=%00", "/interop/v1/openapi.json?endpoint=%ff", "/interop/v1/openapi.json", "/interop/health/ready", "/interop/health/live",
    "/interop//v1///in/{code}//", "/interop/v9/in/{code}", "/interop", "/interop/v1/in/{code};a=b",
)  # fmt: skip


# -- what must hold of an answer --


def faults(
    document: dict[str, Any], case: Case, status: int, headers: dict[str, str], body: bytes
) -> list[str]:
    """What is wrong with an answer, in words; ``headers`` in lower case."""
    found = []
    text = body.decode("utf-8", "replace")
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if status >= 500 and not (status == 503 and "retry-after" in headers):
        found.append(f"status {status}")
    if "html" in media or re.search(r"<(!doctype|html)\b", text, re.IGNORECASE):
        found.append("HTML")
    if re.search(r'Traceback|File \\?"|psycopg2|odoo\.addons|LINE \d', text):
        found.append("a stack trace")
    # HL7's header is the sender's own, and comes back in MSH and MSA of the acknowledgement
    own = re.sub(r"(^|\r)MS[HA][^\r]*", "", text) if "hl7" in media else text
    if MARK in own or any(MARK in value for value in headers.values()):
        found.append("a value of the body")
    if "set-cookie" in headers:
        found.append("a cookie")
    if case.path.lower().startswith("/interop/"):
        found += _undocumented(document, case, status, media, is_empty=not body)
    return found


def _undocumented(document, case, status, media, *, is_empty):
    operation = operation_of(document, case.method, case.path)
    if operation is None:
        # whatever else is asked there
        good = status in (200, 304, 400, 401, 403, 404, 405, 413, 415, 503)
        return (
            []
            if good and (is_empty or media in (PROBLEM, JSON, "text/plain", FHIR))
            else [f"{status} {media} at no operation"]
        )
    told = operation["responses"].get(str(status))
    if told is None:
        return [f"{status} is not documented"]
    known = {name.partition(";")[0].strip() for name in told.get("content", ())}
    return [] if is_empty or media in known else [f"{media} is not documented with {status}"]


def operation_of(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """The operation that ``method`` and ``path`` name, or None."""
    path = path.partition("?")[0]
    for template, item in document["paths"].items():
        parts = re.split(r"\{\w+\}", template)
        if re.fullmatch("[^/]+".join(map(re.escape, parts)), path):
            # HEAD is GET without a body (RFC 9110, 9.3.2)
            return item.get("get" if method == "HEAD" else method.lower())
    return None


# -- making it small --


def shrunk(case: Case, is_bad: Callable[[Case], bool], *, most: int = 200) -> Case:
    """A smaller request that is bad, too: fewer headers, less of a body, and every letter and digit replaced.

    ``is_bad`` is asked at most ``most`` times.
    """
    asked = 0

    def still(smaller):
        nonlocal asked
        asked += 1
        return asked <= most and is_bad(smaller)

    for header in case.headers:
        smaller = dataclasses.replace(
            case, headers=tuple(one for one in case.headers if one is not header)
        )
        case = smaller if still(smaller) else case
    size = max(1, len(case.body) // 2)
    while size and asked < most:
        start = 0
        while start < len(case.body) and asked < most:
            smaller = dataclasses.replace(case, body=case.body[:start] + case.body[start + size :])
            if still(smaller):
                case = smaller
            else:
                start += size
        size //= 2
    masked = dataclasses.replace(case, body=_masked(case.body))
    return masked if is_bad(masked) else case


def _masked(body: bytes) -> bytes:
    return re.sub(rb"[0-9]", b"9", re.sub(rb"[a-z]", b"x", re.sub(rb"[A-Z]", b"X", body)))


def reproduction(case: Case) -> str:
    """What to send again. A body that could not be masked is told by its length alone: it is made of somebody's message."""
    is_masked = case.body == _masked(case.body)
    return json.dumps(
        {
            "method": case.method,
            "path": case.path[:300],
            "headers": [[name, value[:100]] for name, value in case.headers],
            "proof": case.proof,
            "body": case.body[:500].decode("latin-1") if is_masked else f"{len(case.body)} bytes",
        }
    )
