"""What senders are told, each in its own terms."""

import json
import unittest
from datetime import datetime

from core import answers
from core.codecs import decode
from core.door import Batch
from core.errors import BadDocument, KeyUnknown, MessageRefused, Unauthenticated, UnknownSource

AT = datetime(2026, 1, 2, 3, 4, 5)
UUID = "0b8a4f9e-1111-4222-8333-444455556666"
HL7 = b"MSH|^~\\&|LAB|GRH|ODOO|X|20260102||ORU^R01|77|P|2.5\r"


def batch(errors=None, heads=None, is_many=False):
    return Batch(parcels=(), errors=errors or {}, heads=heads or {}, is_many=is_many)


def head(body=HL7):
    (document,) = decode("hl7v2", body, content_type="application/hl7-v2", headers={})
    return answers.head_of(document)


class TestAccepted(unittest.TestCase):
    def test_a_plain_sender_gets_202_and_where_to_ask(self):
        answer = answers.accepted("json", [(0, UUID, AT, None)], batch())
        self.assertEqual(answer.status, 202)
        self.assertEqual(
            json.loads(answer.body), {"id": UUID, "received_at": "2026-01-02T03:04:05Z"}
        )
        self.assertEqual(dict(answer.headers)["Location"], f"/interop/v1/messages/{UUID}")

    def test_a_batch_gets_a_result_for_each_index(self):
        errors = {1: BadDocument("not_an_object", index=1)}
        rows = [(0, UUID, AT, None), (2, UUID, AT, None)]
        answer = json.loads(answers.accepted("json", rows, batch(errors, is_many=True)).body)
        self.assertEqual([one["index"] for one in answer["messages"]], [0, 1, 2])
        self.assertEqual((answer["accepted"], answer["refused"]), (2, 1))

    def test_a_fhir_sender_gets_an_operation_outcome(self):
        errors = {1: BadDocument("bad_value", index=1)}
        answer = answers.accepted("fhir", [(0, UUID, AT, None)], batch(errors))
        outcome = json.loads(answer.body)
        self.assertEqual((answer.status, answer.content_type), (202, "application/fhir+json"))
        self.assertEqual(
            [issue["severity"] for issue in outcome["issue"]], ["information", "error"]
        )

    def test_hl7_gets_an_ack_for_each_message_whatever_the_code(self):
        errors = {
            1: BadDocument("bad_segment", index=1),
            2: UnknownSource("unknown_source"),
            3: BadDocument("x"),
        }
        heads = {0: head(), 1: head(), 2: head(), 3: None}
        answer = answers.accepted(
            "hl7v2", [(0, UUID, AT, head())], batch(errors, heads, is_many=True)
        )
        self.assertEqual(answer.status, 200)
        codes = [
            line.split("|")[1]
            for line in answer.body.decode().split("\r")
            if line.startswith("MSA")
        ]
        self.assertEqual(codes, ["AA", "AE", "AR"])

    def test_the_same_row_gives_the_same_bytes(self):
        first = answers.accepted("hl7v2", [(0, UUID, AT, head())], batch())
        self.assertEqual(first, answers.accepted("hl7v2", [(0, UUID, AT, head())], batch()))


class TestRefused(unittest.TestCase):
    def test_who_is_not_authenticated_is_not_told_why(self):
        for name in ("fhir", "hl7v2", ""):
            answer = answers.refused(name, Unauthenticated("unauthenticated", detail="expired"))
            self.assertEqual(
                (answer.status, answer.content_type), (401, "application/problem+json")
            )
            self.assertNotIn(b"expired", answer.body)

    def test_a_fhir_sender_is_refused_in_its_terms(self):
        answer = answers.refused("fhir", BadDocument("bad_value", path="Patient.birthDate"))
        self.assertEqual(json.loads(answer.body)["resourceType"], "OperationOutcome")

    def test_a_paused_endpoint_says_when_to_come_back(self):
        answer = answers.refused("json", answers.Paused(300))
        self.assertEqual((answer.status, dict(answer.headers)["Retry-After"]), (503, "300"))

    def test_health_says_what_is_missing_in_one_word_each(self):
        self.assertEqual(answers.health(()).status, 200)
        answer = answers.health(("keys", "runner"))
        self.assertEqual((answer.status, dict(answer.headers)["Retry-After"]), (503, "5"))
        self.assertEqual(json.loads(answer.body), {"status": "fail", "missing": ["keys", "runner"]})

    def test_whom_we_cannot_recognise_yet_comes_back(self):
        answer = answers.not_yet(KeyUnknown())
        self.assertEqual((answer.status, dict(answer.headers)["Retry-After"]), (503, "30"))
        self.assertEqual(json.loads(answer.body)["code"], "unavailable")

    def test_one_bad_document_is_refused_as_itself(self):
        error = answers.RefusedBatch({0: BadDocument("not_an_object")}, {}, is_many=False)
        self.assertEqual(answers.refused("json", error).status, 400)
        self.assertEqual(answers.refused("fhir", error).status, 400)

    def test_a_bad_batch_lists_every_bad_index(self):
        errors = {0: BadDocument("not_an_object"), 2: BadDocument("missing_type")}
        error = answers.RefusedBatch(errors, {}, is_many=True)
        answer = answers.refused("json", error)
        self.assertEqual(answer.status, 422)
        self.assertEqual([one["index"] for one in json.loads(answer.body)["errors"]], [0, 2])
        self.assertEqual(len(json.loads(answers.refused("fhir", error).body)["issue"]), 2)

    def test_all_or_nothing_refuses_the_good_messages_of_the_body_too(self):
        errors = {1: UnknownSource("unknown_source")}
        error = answers.RefusedBatch(errors, {0: head(), 1: head()}, is_many=True)
        answer = answers.refused("hl7v2", error)
        self.assertEqual((answer.status, answer.body.count(b"MSA|AR|77")), (200, 2))


class TestWhatOdooWouldAnswer(unittest.TestCase):
    def test_it_is_problem_json(self):
        answer = answers.http_error(405, allow="GET")
        self.assertEqual((answer.status, dict(answer.headers)), (405, {"Allow": "GET"}))
        self.assertEqual(json.loads(answers.http_error(500).body)["status"], 500)

    def test_a_problem_is_explained(self):
        self.assertEqual(answers.explanation("unauthenticated").status, 200)
        self.assertEqual(answers.explanation("no-such-problem").status, 404)


class TestSchema(unittest.TestCase):
    def test_it_is_the_document_itself_and_any_will_do_without_one(self):
        answer = answers.schema('{"type":"object"}', (("Sunset", "x"),))
        self.assertEqual((answer.status, answer.body), (200, b'{"type":"object"}'))
        self.assertEqual(answer.content_type, "application/schema+json")
        self.assertIn(("Sunset", "x"), answer.headers)
        self.assertEqual(answers.schema("", ()).body, b"true")


class TestStatus(unittest.TestCase):
    def test_it_tells_states_and_places_and_no_values(self):
        rows = [
            {
                "state": "done",
                "entity": "party",
                "event": "updated",
                "reason": None,
                "error_code": None,
                "error_path": None,
                "done_at": AT,
            },
            {
                "state": "failed",
                "entity": "charge",
                "event": "posted",
                "reason": None,
                "error_code": "required",
                "error_path": "FT1-7",
                "done_at": None,
            },
        ]
        told = json.loads(answers.status(UUID, AT, rows).body)
        self.assertEqual((told["state"], told["deliveries"][1]["path"]), ("failed", "FT1-7"))
        self.assertEqual(json.loads(answers.status(UUID, AT, []).body)["state"], "discarded")

    def test_only_hl7_has_a_head(self):
        (document,) = decode("json", b'{"type":"t"}', content_type="application/json", headers={})
        self.assertIsNone(answers.head_of(document))
        self.assertEqual(head()["control_id"], "77")

    def test_a_refusal_is_an_error_that_can_be_raised(self):
        self.assertIsInstance(answers.Paused(1), MessageRefused)
