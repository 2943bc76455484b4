"""Requests that nobody should send, by the hundred: never an answer that the documents do not name, never a trace of anybody.

``benchmarks/fuzz.py`` sends ten times as many to a server of its own, and those of schemathesis besides.
"""

import contextlib
import http.client
import json
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from odoo.tests import tagged
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME
from odoo.tools import SQL

from ..core.tests import fuzzing
from ..core.tests.fuzzing import Source
from ..models.exchange.contain import Defect
from .common import MEDIA, InteropHttpCase
from .common_samples import FHIR_NDJSON, ROOT, samples

SEED, COUNT = 20261124, 1500
#: larger ones are for the benchmark
LARGEST = 20_000
#: what an unauthenticated caller may add to nowhere
TABLES = ("interop_message", "interop_payload", "interop_delivery", "interop_exception")
#: what is decided by these is decided before the door, and takes a connection to be tried
OVER_THE_WIRE = {
    "path",
    "method",
    "headers twice",
    "odd headers",
    "no content type",
    "content type",
}


@tagged("post_install", "-at_install")
class TestFuzz(InteropHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        endpoints = cls.env["interop.endpoint"].browse([one.id for one in cls.endpoints.values()])
        cls.document = json.loads(json.dumps(endpoints._api_document("openapi")))
        cls.by_code = {endpoint.code: endpoint for endpoint in endpoints}
        cls.sources = cls._sources()

    @classmethod
    def _sources(cls):
        found = []
        for format_, body in cls._own():
            found.append(Source(cls.endpoints[format_].code, MEDIA[format_], body))
        if (ROOT / "samples").exists():
            found += [
                Source(cls.endpoints[one.format].code, one.media, one.body)
                for one in samples()
                if len(one.body) <= LARGEST
            ]
        patient = json.dumps({"resourceType": "Patient", "id": "p1", "active": True}).encode()
        fhir = cls.endpoints["fhir"].code
        found.append(Source(fhir, MEDIA["fhir"], patient, "Patient/p1", "PUT"))
        found.append(Source(fhir, FHIR_NDJSON, patient + b"\n" + patient))
        # the samples are of two formats; as much of the others
        return found + found[:4] * (len(found) // 8)

    @classmethod
    def _own(cls):
        event = {
            "type": "test.patient.updated.v1",
            "id": "f1",
            "source": "t",
            "data": {"identifiers": [{"value": "1", "system": "MRN"}], "name": {"family": "Doe"}},
        }
        yield "json", json.dumps(event).encode()
        yield "json", json.dumps([event, {**event, "id": "f2"}]).encode()
        yield "cloudevents", json.dumps({**event, "specversion": "1.0"}).encode()
        yield (
            "hl7v2",
            b"MSH|^~\\&|APP|GH|ODOO|X|20260102||ZZT^Z01|7|P|2.5\rPID|1||7^^^MRN||Doe^Jane\r",
        )

    # -- sending --

    def headers_of(self, case):
        endpoint = self.by_code[case.endpoint]
        if case.proof == fuzzing.NONE:
            return dict(case.headers)
        now = datetime.now(timezone.utc)
        if case.proof == fuzzing.STALE:
            now -= timedelta(days=1)
        body = self.proven_body(case)
        shown = self.credentials(
            body,
            endpoint,
            now=now,
            message_id="msg_again" if case.proof == fuzzing.REPLAYED else f"msg_{case.number}",
        )
        if case.proof == fuzzing.BROKEN:
            shown["webhook-signature"] = shown["webhook-signature"][:-4] + "AAA="
        return shown

    @staticmethod
    def proven_body(case):
        return case.body if case.path.startswith("/interop/v1/in") else b""

    def send_case(self, case):
        """``(status, headers, body)`` of the answer."""
        if OVER_THE_WIRE & set(case.words):
            return self.over_the_wire(case)
        shown = self.headers_of(case) | {name.lower(): value for name, value in case.headers}
        _, _, rest = case.path.removeprefix("/interop/v1/in/").partition("/")
        with contextlib.suppress(Defect), self.env.cr.savepoint():
            knock = self.knock(
                case.body,
                self.by_code[case.endpoint],
                method=case.method,
                rest=rest,
                content_type=shown.pop("content-type", ""),
            )
            object.__setattr__(knock, "headers", shown)
            answer = self.env["interop.door"]._receive(knock)
            headers = {name.lower(): value for name, value in answer.headers}
            return answer.status, headers | {"content-type": answer.content_type}, answer.body
        return 500, {"content-type": fuzzing.PROBLEM}, b""

    def over_the_wire(self, case):
        cookie = f"{TEST_CURSOR_COOKIE_NAME}={self.http_request_key}"
        others = [value for name, value in case.headers if name == "Cookie"]
        with self.allow_requests(all_requests=True):
            address = urlsplit(self.base_url())
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
            connection.putrequest(case.method, case.path, skip_accept_encoding=True)
            connection.putheader("Cookie", "; ".join([cookie, *others]))
            for name, value in (*self.headers_of(case).items(), *case.headers):
                if name != "Cookie":
                    connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(case.body)))
            connection.endheaders(case.body)
            response = connection.getresponse()
            body = response.read()
            connection.close()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, body

    def check(self, case):
        """No fault; else the smallest request that shows one, in nobody's words."""

        def found(one):
            return fuzzing.faults(self.document, one, *self.send_case(one))

        wrong = found(case)
        if wrong:
            small = fuzzing.shrunk(case, found)
            self.fail(f"{wrong}, seed {SEED}, {case.told()}\n{fuzzing.reproduction(small)}")

    def counts(self):
        self.env.flush_all()
        counted = {}
        for table in (*TABLES, "interop_audit_entry"):
            self.env.cr.execute(SQL("SELECT count(*) FROM %s", SQL.identifier(table)))
            [counted[table]] = self.env.cr.fetchone()
        return counted

    def test_whatever_comes_the_answer_is_one_of_those_promised(self):
        cases = list(fuzzing.cases(self.sources, SEED, COUNT))
        strangers = [
            one for one in cases if one.proof in (fuzzing.NONE, fuzzing.BROKEN, fuzzing.STALE)
        ]
        before = self.counts()
        for case in strangers:
            with self.subTest(case.told()):
                self.check(case)
        after = self.counts()
        for table in TABLES:
            self.assertEqual(after[table], before[table], f"a stranger's word in {table}")
        # refusals are counted and sampled
        audited = after["interop_audit_entry"] - before["interop_audit_entry"]
        self.assertLess(audited, len(strangers) / 4)
        for case in cases:
            if case not in strangers:
                with self.subTest(case.told()):
                    self.check(case)
        # it got beyond the door; without the samples much of it says the same again
        least = 100 if (ROOT / "samples").exists() else 40
        self.assertGreater(self.counts()["interop_message"] - after["interop_message"], least)
