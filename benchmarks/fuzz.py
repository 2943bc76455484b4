"""Fifteen thousand requests that nobody should send: none may be answered but as the OpenAPI document says.

Four of five are real ones that were spoilt (core/tests/fuzzing.py): the third-party samples and a day of the demo hospital, with
bodies cut, flipped, nested, mis-encoded, and odd headers, methods and paths; properly signed, so that they get beyond the door,
or not at all. The fifth is what schemathesis makes of the document itself. Strangers come first, and must leave no row.

    python3 benchmarks/fuzz.py                       15,000 requests
    python3 benchmarks/fuzz.py --cases 500           a small run
    python3 benchmarks/fuzz.py --seed 7 --only 1234  one of them again, made small
"""

import collections
import concurrent.futures
import contextlib
import http.client
import itertools
import json
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402
from core.tests import fuzzing  # noqa: E402
from core.tests.fuzzing import Source  # noqa: E402
from devkit import console, hospital, python_env, signing  # noqa: E402

CASES, THREADS, TIMEOUT_SECONDS = 15_000, 4, 60
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
MEDIA = {"fhir": "application/fhir+json", "hl7v2": "application/hl7-v2"}
STRANGERS = (fuzzing.NONE, fuzzing.BROKEN, fuzzing.STALE)
#: where a stranger's request may leave nothing
TABLES = ("interop_message", "interop_payload", "interop_delivery", "interop_exception")
LARGEST = 100_000
SHOWN = 20

DOCUMENT = """
import json
print('>>>')
print(json.dumps(env['interop.endpoint'].search([])._api_document('openapi')))
"""


def sources(formats):
    """Good requests: a day of the hospital, and the samples at every endpoint of their format. ``formats``: by endpoint."""
    day = [
        Source(one.endpoint, one.content_type, one.body, one.path.strip("/"), one.method)
        for one in hospital.day(1)
        if one.endpoint in formats and len(one.body) <= LARGEST
    ]
    # every tenth: a day has much of the same
    found = day[::10]
    for format_, media in MEDIA.items():
        codes = itertools.cycle(sorted(code for code, one in formats.items() if one == format_))
        for path in sorted((SAMPLES / format_).rglob("*")):
            if path.is_file() and path.suffix != ".gz" and path.stat().st_size <= LARGEST:
                found.append(Source(next(codes), media, path.read_bytes()))
    return found


class Fuzzer:
    """Sends cases to an instance and keeps what was wrong with the answers."""

    def __init__(self, odoo, document, seed):
        self.odoo, self.document, self.seed = odoo, document, seed
        self.wrong, self.statuses, self.busy = [], collections.Counter(), collections.Counter()
        self._own = threading.local()

    def proof(self, case):
        """The headers that prove, or try to, who sends it."""
        credential = self.odoo.peers.get(case.endpoint)
        if case.proof == fuzzing.NONE or credential is None:
            return {}
        body = case.body if case.path.startswith("/interop/v1/in") else b""
        identity = (
            "msg_again" if case.proof == fuzzing.REPLAYED else f"msg_{self.seed}_{case.number}"
        )
        if credential["kind"] == "api_key":
            key = credential["secret"]
            broken = case.proof in (fuzzing.BROKEN, fuzzing.STALE)
            return signing.key_headers(key[:-4] + "AAAA" if broken else key)
        old = time.time() - 86_400 if case.proof == fuzzing.STALE else None
        shown = signing.hmac_headers(credential["secret"], identity, body, old)
        if case.proof == fuzzing.BROKEN:
            shown["webhook-signature"] = shown["webhook-signature"][:-4] + "AAA="
        return shown

    def send(self, case):
        """``(status, headers, body)`` of the answer; status 599 where there was none."""
        for is_last in (False, True):
            connection = getattr(self._own, "connection", None)
            if connection is None:
                connection = self._own.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.odoo.port, timeout=TIMEOUT_SECONDS
                )
            try:
                connection.putrequest(case.method, case.path, skip_accept_encoding=True)
                for name, value in (*self.proof(case).items(), *case.headers):
                    connection.putheader(name, value)
                connection.putheader("Content-Length", str(len(case.body)))
                connection.endheaders(case.body)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                self._own.connection = None
                if is_last:
                    return 599, {}, b""
            else:
                headers = {name.lower(): value for name, value in answer.getheaders()}
                return answer.status, headers, body

    def faults(self, case):
        status, headers, body = self.send(case)
        self.statuses[status] += 1
        if status >= 500:
            self.busy[json.loads(body)["code"] if b'"code"' in body else "?"] += 1
        return fuzzing.faults(self.document, case, status, headers, body)

    def check(self, case):
        """Send it; what was wrong is kept with the smallest request that shows it, in nobody's words."""
        found = self.faults(case)
        if found:
            if len(self.wrong) < SHOWN:
                small = fuzzing.reproduction(fuzzing.shrunk(case, self.faults))
            else:
                small = "…"
            self.wrong.append(
                f"{found} --seed {self.seed} --only {case.number}: {case.told()} {small}"
            )

    def check_all(self, cases):
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            collections.deque(pool.map(self.check, cases), maxlen=0)

    def counts(self):
        return {name: self.odoo.scalar(f"SELECT count(*) FROM {name}") for name in TABLES}

    def audited(self):
        return self.odoo.scalar("SELECT count(*) FROM interop_audit_entry")


def generated(fuzzer, count):
    """What schemathesis makes of the document: its cases, signed and sent. How many there were."""
    sys.path.insert(0, str(python_env.extra(Path(__file__).with_name("fuzz.txt"))))
    import schemathesis

    schema = schemathesis.openapi.from_dict(fuzzer.document)
    operations = [found.ok() for found in schema.get_all_operations()]
    numbers = itertools.count(1_000_000)
    for operation in operations:
        _generated_for(fuzzer, operation, max(1, count // len(operations)), numbers)
    return next(numbers) - 1_000_000


def _generated_for(fuzzer, operation, count, numbers):
    import hypothesis
    import requests

    proofs = itertools.cycle((fuzzing.VALID, fuzzing.VALID, fuzzing.NONE))

    @hypothesis.seed(fuzzer.seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(made=operation.as_strategy())
    def send(made):
        wanted = made.as_transport_kwargs(base_url="http://localhost")
        wanted.pop("cookies", None)
        # what no client can send is not sent
        with contextlib.suppress(requests.exceptions.InvalidHeader, UnicodeError):
            request = requests.Request(**wanted).prepare()
            fuzzer.check(_case(next(numbers), request, next(proofs)))

    send()


def _case(number, request, proof):
    body = request.body or b""
    body = body if isinstance(body, bytes) else body.encode()
    headers = tuple(
        (name, value if isinstance(value, str) else value.decode("latin-1"))
        for name, value in request.headers.items()
        if name.lower() not in ("content-length", "connection", "accept-encoding", "authorization")
        and not name.lower().startswith("webhook-")
    )
    code = request.path_url.removeprefix("/interop/v1/in/").partition("/")[0].partition("?")[0]
    return fuzzing.Case(
        number, request.method, request.path_url, headers, body, proof, code, ("generated",)
    )


def play(fuzzer, found, options):
    """``(figures, broken)``."""
    own = options.cases * 4 // 5
    cases = list(fuzzing.cases(found, options.seed, own))
    strangers = [one for one in cases if one.proof in STRANGERS]
    before, audited = fuzzer.counts(), fuzzer.audited()
    with console.step(f"{len(strangers)} requests of strangers"):
        fuzzer.check_all(strangers)
    after = fuzzer.counts()
    broken = [
        f"strangers left {after[name] - before[name]} rows in {name}"
        for name in TABLES
        if after[name] != before[name]
    ]
    audited = fuzzer.audited() - audited
    # the first of each kind at each endpoint, and then samples
    if audited > len(strangers) / 4 + 100:
        broken.append(f"{audited} audit entries of {len(strangers)} refusals")
    with console.step(f"{own - len(strangers)} requests that prove themselves"):
        fuzzer.check_all([one for one in cases if one.proof not in STRANGERS])
    with console.step("what schemathesis makes of the document"):
        made = generated(fuzzer, options.cases - own)
    # an operation without parameters has few cases: as many of ours in their place
    more = options.cases - own - made
    fuzzer.check_all(fuzzing.case(found, options.seed, own + number) for number in range(more))
    stored = fuzzer.counts()["interop_message"] - before["interop_message"]
    if not stored:
        broken.append("nothing got beyond the door")
    figures = {
        "cases": own + made + more,
        "mutated": own + more,
        "generated": made,
        "strangers": len(strangers),
        "stored": stored,
        "audit_entries_of_strangers": audited,
        "codes_of_5xx": dict(fuzzer.busy),
        "statuses": {str(status): fuzzer.statuses[status] for status in sorted(fuzzer.statuses)},
    }
    return figures, broken


def log_errors(odoo):
    """Lines of the server's log that say ERROR, without what follows them."""
    lines = odoo.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line[:200] for line in lines if " ERROR " in line or " CRITICAL " in line]


def main():
    options = run.options(
        __doc__, cases=(int, CASES, "requests"), only=(int, -1, "one case again, by its number")
    )
    began = time.monotonic()
    with instance.running(
        "fuzz", keep=options.keep_template, keep_database=options.keep_database, workers=2
    ) as one:
        formats = dict(one.query("SELECT code, format FROM interop_endpoint WHERE state = 'live'"))
        found = sources({code: format_ for code, format_ in formats.items() if code in one.peers})
        document = one.script(DOCUMENT)
        document = document if isinstance(document, dict) else json.loads(document)
        fuzzer = Fuzzer(one, document, options.seed)
        if options.only >= 0:
            fuzzer.check(fuzzing.case(found, options.seed, options.only))
            figures, broken = {}, []
        else:
            figures, broken = play(fuzzer, found, options)
        errors = log_errors(one)
        defects = one.query(
            "SELECT code, count(*) FROM interop_exception WHERE category = 'defect' GROUP BY code ORDER BY code"
        )
    figures |= {
        "defects_in_drains": dict(defects),
        "errors_in_the_log": len(errors),
        "seconds": round(time.monotonic() - began, 1),
    }
    run.finish("fuzz", broken + fuzzer.wrong[:SHOWN] + errors[:SHOWN], figures)


if __name__ == "__main__":
    main()
