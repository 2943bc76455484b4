"""What the door takes, what it refuses, and in whose words it says so (DESIGN.md sections 5, 10 and 11)."""

import json
import random
from datetime import datetime, timedelta, timezone

from .common import NDJSON, DoorCase

FORM = "application/x-www-form-urlencoded"


class TestAccepted(DoorCase):
    def test_a_json_message_is_answered_with_its_id_and_where_to_ask(self):
        answer = self.receive(self.party("1", name="Jane Roe"))
        self.assertEqual((answer.status, answer.content_type), (202, "application/json"))
        said = json.loads(answer.body)
        message = self.env["interop.message"].search([("uuid", "=", said["id"])])
        self.assertEqual(dict(answer.headers)["Location"], f"/interop/v1/messages/{said['id']}")
        self.assertEqual(message.system_id, self.system)
        self.assertEqual(message.facility_id, self.facility)
        self.assertEqual(message.delivery_ids.mapped("state"), ["pending"])
        self.assertEqual(message.delivery_ids.subject, "party/MRN|1")

    def test_what_the_contract_does_not_list_is_dropped_before_it_is_stored(self):
        self.receive(self.party("1", name="Jane Roe", diagnosis="Gout", religion="None"))
        message = self.env["interop.message"].search([], limit=1)
        body = message._payload_body()
        self.assertIn(b"Jane Roe", body)
        self.assertNotIn(b"Gout", body)
        self.assertIn("diagnosis", message.dropped)
        self.assertNotIn("Gout", message.dropped)

    def test_the_content_lies_encrypted(self):
        self.receive(self.party("1", name="Jane Zephyrina Roe"))
        self.env.cr.execute("SELECT p::text, encode(body, 'escape') FROM interop_payload p")
        for row in self.env.cr.fetchall():
            self.assertNotIn("Zephyrina", "".join(row))

    def test_an_hl7_message_is_acknowledged_in_the_mode_that_it_asks_for(self):
        endpoint = self.endpoints["hl7v2"]
        for control, msh, code in (
            ("1", "", "AA"),
            ("2", "|||AL|NE", "CA"),
            ("3", "|||NE|AL", "AA"),
        ):
            with self.subTest(msh):
                answer = self.receive(self.hl7(control, msh=msh), endpoint)
                self.assertEqual(answer.status, 200)
                self.assertTrue(answer.content_type.startswith("application/hl7-v2"))
                self.assertIn(f"\rMSA|{code}|{control}\r".encode(), answer.body)

    def test_an_hl7_message_whose_header_says_nothing_but_its_type_is_acknowledged(self):
        answer = self.receive(b"MSH||||||||OM", self.endpoints["hl7v2"])
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.body.endswith(b"\rMSA|AA\r"), answer.body)
        self.assertEqual(self.stored(), 1)

    def test_each_hl7_message_of_a_body_gets_its_own_acknowledgement(self):
        answer = self.receive(self.hl7("1") + self.hl7("2", key="4712"), self.endpoints["hl7v2"])
        self.assertEqual(answer.body.count(b"MSH|"), 2)
        self.assertLess(answer.body.index(b"MSA|AA|1"), answer.body.index(b"MSA|AA|2"))

    def test_fhir_is_answered_with_an_operation_outcome(self):
        endpoint = self.endpoints["fhir"]
        patient = {"resourceType": "Patient", "id": "p1", "identifier": [{"value": "5"}]}
        for method, rest in (("POST", ""), ("POST", "Patient"), ("PUT", "Patient/p1")):
            with self.subTest(method=method, rest=rest):
                answer = self.receive(patient, endpoint, method=method, rest=rest)
                self.assertEqual(
                    (answer.status, answer.content_type), (202, "application/fhir+json")
                )
                said = json.loads(answer.body)
                self.assertEqual(said["resourceType"], "OperationOutcome")
                self.assertEqual(said["issue"][0]["severity"], "information")

    def test_a_batch_is_answered_message_by_message(self):
        answer = self.receive([self.party("1"), self.party("2")])
        said = json.loads(answer.body)
        self.assertEqual((said["accepted"], said["refused"]), (2, 0))
        self.assertEqual([line["index"] for line in said["messages"]], [0, 1])
        rows = self.rows()
        self.assertEqual([row["subject"] for row in rows], ["party/MRN|1", "party/MRN|2"])

    def test_lines_of_json_are_a_batch_even_when_there_is_one(self):
        for count in (0, 1, 3):
            body = b"".join(json.dumps(self.party("1")).encode() + b"\n" for _ in range(count))
            answer = self.receive(body, content_type=NDJSON)
            self.assertEqual(answer.status, 202)
            self.assertEqual(len(json.loads(answer.body)["messages"]), count)

    def test_a_message_that_states_nothing_says_why_it_went_nowhere(self):
        self.receive(self.hl7(kind="ZZT^Z99"), self.endpoints["hl7v2"])
        [row] = self.rows()
        self.assertEqual(row["state"], "discarded")
        self.assertTrue(row["reason"])
        self.assertTrue(row["done_at"])

    def test_a_fact_that_no_route_takes_is_discarded_with_that_reason(self):
        (self.env["interop.route"].search([("entity", "=", "party")])).active = False
        self.env.flush_all()
        self.receive(self.party("1"))
        [row] = self.rows()
        self.assertEqual((row["state"], row["reason"]), ("discarded", "no route for party.updated"))

    def test_a_message_without_a_usable_key_is_taken_and_fails_where_a_person_sees_it(self):
        self.assertEqual(self.receive(self.party(name="Jane")).status, 202)
        self.after_commit()
        self.drain_all()
        [row] = self.rows()
        self.assertEqual((row["state"], row["error_code"]), ("failed", "no_key"))


class TestRefused(DoorCase):
    def test_an_unknown_endpoint_is_answered_as_a_wrong_key(self):
        body = json.dumps(self.party("1")).encode()
        for format_ in ("json", "fhir", "hl7v2"):
            endpoint = self.endpoints[format_]
            bad = {"webhook-signature": "v1," + "A" * 43 + "="}
            wrong = self.receive(body, endpoint, headers=bad)
            knock = self.knock(body, endpoint)
            unknown = type(knock)(
                "nobody", *(getattr(knock, name) for name in knock.__slots__ if name != "endpoint")
            )
            self.assertEqual(self.env["interop.door"]._receive(unknown), wrong)
            self.assertRefused(wrong, 401, "unauthenticated")
        self.assertIn("WWW-Authenticate", dict(wrong.headers))
        self.assertEqual(self.stored(), 0)

    def test_malformed_credentials_are_refused_and_nothing_worse(self):
        body = json.dumps(self.party("1")).encode()
        now = datetime.now(timezone.utc)
        good = self.credentials(body, self.endpoint, now=now)
        cases = {
            "nothing": dict.fromkeys(good, ""),
            "stale": self.credentials(body, self.endpoint, now=now - timedelta(minutes=6)),
            "early": self.credentials(body, self.endpoint, now=now + timedelta(minutes=6)),
            "letters": good | {"webhook-timestamp": "now"},
            "digits of another script": good | {"webhook-timestamp": "\u0661\u0662"},
            "negative": good | {"webhook-timestamp": "-1"},
            "huge": good | {"webhook-timestamp": "9" * 400},
            "id": good | {"webhook-id": "a b"},
            "no version": good | {"webhook-signature": good["webhook-signature"][3:]},
            "loose base64": good | {"webhook-signature": good["webhook-signature"] + "="},
            "surrogates": good | {"webhook-signature": "v1,\udcff"},
            "another body's": self.credentials(b"{}", self.endpoint, now=now),
        }
        for name, headers in cases.items():
            with self.subTest(name):
                knock = self.knock(body, headers=headers, now=now)
                self.assertRefused(self.env["interop.door"]._receive(knock), 401, "unauthenticated")

    def test_a_revoked_credential_is_refused_at_once_and_another_one_still_holds(self):
        first = self.endpoint.credential_ids
        old = self.secrets[self.endpoint.code]
        self.issue(self.endpoint)
        for secret in (old, self.secrets[self.endpoint.code]):
            self.secrets[self.endpoint.code] = secret
            self.assertEqual(self.receive(self.party("1")).status, 202)
        first.action_revoke()
        self.env.flush_all()
        self.assertEqual(self.receive(self.party("1")).status, 202)
        self.secrets[self.endpoint.code] = old
        self.assertRefused(self.receive(self.party("1")), 401, "unauthenticated")

    def test_whoever_changes_a_gate_in_whatever_way_changes_it_for_every_worker_at_once(self):
        """Behind Odoo's back, so that nothing tells the worker: what it keeps has to be found out of date."""
        changes = {
            "UPDATE interop_credential SET is_revoked = TRUE WHERE endpoint_id = %s": 401,
            "UPDATE interop_credential SET expires_at = '2000-01-01' WHERE endpoint_id = %s": 401,
            "DELETE FROM interop_credential WHERE endpoint_id = %s": 401,
            "UPDATE interop_endpoint SET state = 'paused' WHERE id = %s": 503,
            "UPDATE interop_endpoint SET max_body_kb = 1 WHERE id = %s": 413,
            "UPDATE interop_endpoint SET active = FALSE WHERE id = %s": 401,
            "UPDATE interop_endpoint SET code = 'another' WHERE id = %s": 401,
        }
        door, messages = self.env["interop.door"], self.env["interop.message"]
        known, unknown = (self.knock(self.party(one, name="J" * 1100)) for one in ("1", "2"))
        for change, status in changes.items():
            with self.subTest(change), self.cr.savepoint() as savepoint:
                self.assertEqual(door._receive(known).status, 202)
                count = messages.search_count([])
                self.cr.execute(change, [self.endpoint.id])
                self.assertEqual(door._receive(known).status, status)
                self.assertEqual(door._receive(unknown).status, status)
                self.assertEqual(messages.search_count([]), count)
                savepoint.rollback()

    def test_a_gate_that_opens_behind_a_workers_back_is_open_at_once(self):
        self.endpoint.credential_ids.action_revoke()
        self.env.flush_all()
        self.assertRefused(self.receive(self.party("1")), 401, "unauthenticated")
        self.cr.execute(
            "UPDATE interop_credential SET is_revoked = FALSE WHERE endpoint_id = %s",
            [self.endpoint.id],
        )
        self.assertEqual(self.receive(self.party("1")).status, 202)

    def test_an_expired_credential_is_refused(self):
        self.endpoint.credential_ids.expires_at = datetime.now() - timedelta(seconds=1)
        self.env.flush_all()
        self.assertRefused(self.receive(self.party("1")), 401, "unauthenticated")

    def test_a_credential_opens_its_own_endpoint_only(self):
        other = self.make_endpoint("json")
        self.secrets[other.code] = self.secrets[self.endpoint.code]
        self.assertRefused(self.receive(self.party("1"), other), 401, "unauthenticated")

    def test_an_api_key_works_as_well_as_a_signature(self):
        endpoint = self.make_endpoint("json", scheme="api_key")
        self.assertEqual(self.receive(self.party("1"), endpoint).status, 202)
        key = self.secrets[endpoint.code]
        by_header = {"authorization": "", "x-api-key": key}
        self.assertEqual(self.receive(self.party("1"), endpoint, headers=by_header).status, 202)
        for bad in (key[:-1], key[:-1] + "!", "", "hio_x_y"):
            headers = {"authorization": f"Bearer {bad}"}
            self.assertRefused(
                self.receive(self.party("1"), endpoint, headers=headers), 401, "unauthenticated"
            )

    def test_an_archived_endpoint_does_not_exist(self):
        self.endpoint.active = False
        self.env.flush_all()
        self.assertRefused(self.receive(self.party("1")), 401, "unauthenticated")

    def test_too_large_a_body_is_refused_before_it_is_read(self):
        self.endpoint.max_body_kb = 1
        self.env.flush_all()
        knock = self.knock(b"{}" + b" " * 1024)
        self.assertRefused(self.env["interop.door"]._receive(knock), 413, "body_too_large")
        read = []
        huge = type(knock)(
            **{name: getattr(knock, name) for name in knock.__slots__}
            | {"length": 10**12, "read": lambda: read.append(1)}
        )
        self.assertRefused(self.env["interop.door"]._receive(huge), 413, "body_too_large")
        self.assertFalse(read)

    def test_too_large_a_body_is_refused_whatever_length_it_announces(self):
        self.endpoint.max_body_kb = 1
        self.env.flush_all()
        knock = self.knock(b"{}" + b" " * 1024)
        silent = type(knock)(
            **{name: getattr(knock, name) for name in knock.__slots__} | {"length": 0}
        )
        self.assertRefused(self.env["interop.door"]._receive(silent), 413, "body_too_large")

    def test_another_content_type_is_refused_in_the_format_s_own_words(self):
        for type_ in (FORM, "text/xml", "multipart/form-data; boundary=x", "nonsense"):
            answer = self.receive(self.party("1"), content_type=type_)
            self.assertRefused(answer, 415, "unsupported_media_type")
        answer = self.receive({}, self.endpoints["fhir"], content_type=FORM)
        self.assertEqual((answer.status, answer.content_type), (415, "application/fhir+json"))

    def test_what_can_not_be_read_is_refused_with_the_place(self):
        cases = [
            (b"{", "not_json"),
            (b'{"type": "test.patient.updated.v1", "type": "x"}', "duplicate_key"),
            (b"[" * 5000 + b"]" * 5000, "too_deep"),
            (b'{"a":' * 5000 + b"1" + b"}" * 5000, "too_deep"),
            (b'{"type": "a\\u0000b"}', "bad_character"),
            (b'{"type": "a\x00b"}', "not_json"),
            (b'{"type": "\\ud800"}', "bad_character"),
            (b'{"type": "caf\xe9"}', "not_utf8"),
            (b'"text"', "not_an_object"),
            (b"{}", "missing_type"),
            (b"", "not_json"),
        ]
        for body, code in cases:
            with self.subTest(body[:30]):
                self.assertRefused(self.receive(body), 400, code)
        self.assertEqual(self.stored(), 0)

    def test_a_fhir_resource_that_breaks_fhir_gets_an_operation_outcome(self):
        for body in (
            b"{",
            b"{}",
            b'{"resourceType": "Nothing"}',
            b'{"resourceType": "Patient", "gender": 7}',
        ):
            answer = self.receive(body, self.endpoints["fhir"])
            self.assertEqual(
                (answer.status, answer.content_type), (400, "application/fhir+json"), body
            )
            self.assertEqual(json.loads(answer.body)["issue"][0]["severity"], "error")

    def test_a_fhir_address_must_fit_its_resource(self):
        patient = {"resourceType": "Patient", "id": "p1"}
        for method, rest, status in (
            ("PUT", "", 405),
            ("PUT", "Patient", 404),
            ("POST", "Patient/p1/extra", 404),
            ("POST", "Patient/p1", 404),
            ("PUT", "Patient/other", 400),
            ("PUT", "Device/p1", 400),
        ):
            with self.subTest(method=method, rest=rest):
                answer = self.receive(patient, self.endpoints["fhir"], method=method, rest=rest)
                self.assertEqual(
                    (answer.status, answer.content_type), (status, "application/fhir+json")
                )
        self.assertEqual(self.receive(self.party("1"), method="PUT").status, 405)
        self.assertEqual(self.receive(self.party("1"), rest="more").status, 404)

    def test_an_hl7_body_without_a_header_has_nothing_to_acknowledge(self):
        for body, code in ((b"", "empty"), (b"hello", "no_msh"), (b"PID|1", "no_msh")):
            answer = self.receive(body, self.endpoints["hl7v2"])
            self.assertEqual(answer.status, 400)
            self.assertEqual(json.loads(answer.body)["code"], code)

    def test_a_readable_hl7_message_that_is_refused_gets_its_negative_acknowledgement(self):
        endpoint = self.permitting("hl7v2", "LAB")
        for msh, code in (("", "AR"), ("|||AL|NE", "CR")):
            answer = self.receive(self.hl7("9", msh=msh), endpoint)
            self.assertEqual(answer.status, 200)
            self.assertIn(f"\rMSA|{code}|9\r".encode(), answer.body)
            self.assertIn(b"unknown_source", answer.body)
        self.assertEqual(self.stored(), 0)

    def test_nul_in_what_is_stored_as_text_is_refused_and_in_what_is_dropped_goes_with_it(self):
        endpoint = self.endpoints["hl7v2"]
        for place, replacement in (
            (b"|APP|", b"|A\x00P|"),
            (b"|ODOO|", b"|O\x00O|"),
            (b"|P|2.5", b"|P\x00|2.5"),
            (b"4711", b"47\x0011"),
        ):
            with self.subTest(place):
                answer = self.receive(self.hl7("9").replace(place, replacement), endpoint)
                self.assertIn(answer.status, (200, 400))
                self.assertNotIn(b"MSA|AA", answer.body)
        self.assertEqual(self.stored(), 0)

    def test_long_identifiers_do_not_break_the_door(self):
        """An index row of PostgreSQL holds 2 700 bytes."""
        word = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=8000))
        self.assertEqual(self.receive(self.party(word)).status, 202)
        event = {
            "specversion": "1.0",
            "id": "1",
            "source": "s",
            "type": "test.patient.updated.v1",
            "correlationid": word,
            "data": {"identifiers": ["7"]},
        }
        self.assertLess(self.receive(event, self.endpoints["cloudevents"]).status, 500)
        self.drain_all()
        self.assertEqual(self.rows()[0]["error_code"], "bad_key")


class TestBatches(DoorCase):
    def bad_batch(self, endpoint):
        good, bad = self.party("1"), self.party("2")
        del bad["type"]
        return self.receive([good, bad, self.party("3"), "text"], endpoint)

    def test_all_or_nothing_lists_every_bad_one_and_stores_none(self):
        said = self.assertRefused(self.bad_batch(self.endpoint), 422, "bad_documents")
        self.assertEqual(
            [(line["index"], line["code"]) for line in said["errors"]],
            [(1, "missing_type"), (3, "not_an_object")],
        )
        self.assertEqual(self.stored(), 0)

    def test_take_the_good_stores_them_and_says_what_was_refused(self):
        self.endpoint.batch_mode = "good"
        self.env.flush_all()
        answer = self.bad_batch(self.endpoint)
        said = json.loads(answer.body)
        self.assertEqual((answer.status, said["accepted"], said["refused"]), (202, 2, 2))
        self.assertEqual(["error" in line for line in said["messages"]], [False, True, False, True])
        self.assertEqual(self.stored(), 2)

    def test_take_the_good_of_none_is_refused(self):
        self.endpoint.batch_mode = "good"
        self.env.flush_all()
        self.assertRefused(self.receive([{}, {}]), 422, "bad_documents")

    def test_hl7_refuses_the_good_with_the_bad_unless_told_otherwise(self):
        endpoint = self.permitting("hl7v2", "APP")
        body = self.hl7("1") + self.hl7("2").replace(b"|APP|", b"|LAB|")
        answer = self.receive(body, endpoint)
        self.assertIn(b"\rMSA|AR|1", answer.body)
        self.assertIn(b"\rMSA|AR|2", answer.body)
        self.assertEqual(self.stored(), 0)
        endpoint.batch_mode = "good"
        self.env.flush_all()
        answer = self.receive(body, endpoint)
        self.assertIn(b"\rMSA|AA|1", answer.body)
        self.assertIn(b"\rMSA|AR|2", answer.body)
        self.assertEqual(self.stored(), 1)

    def test_more_messages_than_allowed_are_refused(self):
        self.endpoint.max_batch = 2
        self.env.flush_all()
        answer = self.receive([self.party(str(number)) for number in range(3)])
        self.assertRefused(answer, 413, "too_many_messages")
