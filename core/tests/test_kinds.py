"""A document that states nothing is discarded with a reason."""

import json
import unittest

from ..codecs import fhir
from ..document import Document, Envelope
from ..kinds import reason_for_nothing


def document(format_name, kind, body=None):
    return Document(format_name, kind, body, Envelope(kind))


def resource(**body):
    return fhir.decode(json.dumps(body).encode())[0]


class ReasonTest(unittest.TestCase):
    def test_a_kind_that_is_read_had_nothing_to_bill(self):
        self.assertEqual(
            reason_for_nothing(document("hl7v2", "ORU^R01"), is_read=True), "no billable content"
        )

    def test_hl7_kinds_have_reasons(self):
        for kind, reason in (
            ("RDE^O11", "known, without business content"),
            ("MDM^T02", "known, without business content"),
            ("ADT^A60", "known, without business content"),
            ("ORU^R03", "known, without business content"),
            ("ACK", "known, without business content"),
            ("SIU^S23", "known, without business content"),
            ("ZZZ^Z01", ""),
        ):
            self.assertEqual(
                reason_for_nothing(document("hl7v2", kind), is_read=False), reason, kind
            )

    def test_fhir_kinds_have_reasons(self):
        for body, reason in (
            (
                {"resourceType": "Observation", "status": "final", "code": {"text": "x"}},
                "clinical content, never stored",
            ),
            (
                {
                    "resourceType": "OperationOutcome",
                    "issue": [{"severity": "error", "code": "invalid"}],
                },
                "known, without business content",
            ),
        ):
            self.assertEqual(reason_for_nothing(resource(**body), is_read=False), reason)

    def test_a_bundle_has_the_reason_that_its_resources_share(self):
        seen = {
            "resource": {"resourceType": "Observation", "status": "final", "code": {"text": "x"}}
        }
        slot = {"resource": {"resourceType": "Basic", "code": {"text": "x"}}}
        for entries, reason in (
            ([seen, seen], "clinical content, never stored"),
            ([seen, slot], "known, without business content"),
            ([], "known, without business content"),
        ):
            bundle = resource(
                resourceType="Bundle", type="collection", **({"entry": entries} if entries else {})
            )
            self.assertEqual(reason_for_nothing(bundle, is_read=False), reason)

    def test_an_event_that_nobody_has_thought_of_is_for_a_person(self):
        for kind in ("org.interop.stock.counted.v2", "org.interop.unicorn.seen.v1"):
            self.assertEqual(reason_for_nothing(document("cloudevents", kind), is_read=False), "")
