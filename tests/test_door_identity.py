"""What makes a message the same message (CANON.md), and that the same one has one answer and one effect."""

import json

from .common import NDJSON, DoorCase


class TestDuplicates(DoorCase):
    def test_a_second_copy_gets_the_first_one_s_answer_byte_for_byte(self):
        for format_, body in (
            ("json", self.party("1", name="Jane Roe")),
            ("hl7v2", self.hl7("1")),
            ("cloudevents", self.event("1")),
            ("fhir", self.patient(version="1")),
        ):
            with self.subTest(format_):
                endpoint = self.endpoints[format_]
                before = self.stored()
                answers = {self.receive(body, endpoint) for _ in range(5)}
                self.assertEqual(len(answers), 1)
                self.assertEqual(self.stored(), before + 1)

    def event(self, id_, *, source="s", key="7", **said):
        return {
            "specversion": "1.0",
            "id": id_,
            "source": source,
            "type": "test.patient.updated.v1",
            "data": {"identifiers": [key], **said},
        }

    def patient(self, *, version="", family="Roe"):
        resource = {"resourceType": "Patient", "id": "p1", "name": [{"family": family}]}
        return resource | ({"meta": {"versionId": version}} if version else {})

    def test_the_answer_never_depends_on_what_became_of_the_message(self):
        body = self.party("1", name="Jane Roe")
        first = self.receive(body)
        self.drain_all()
        self.assertEqual(self.states(), ["done"])
        self.assertEqual(self.receive(body), first)
        self.assertEqual(self.states(), ["done"])

    def test_a_resend_after_the_purge_is_still_a_duplicate(self):
        for format_, body in (("json", self.party("1")), ("hl7v2", self.hl7("1"))):
            with self.subTest(format_):
                endpoint = self.endpoints[format_]
                first = self.receive(body, endpoint)
                self.drain_all()
                message = self.env["interop.message"].search([], limit=1)
                message._purge_now()
                self.assertTrue(message.purged_at)
                self.assertIsNone(message._payload_body())
                self.assertEqual(self.receive(body, endpoint), first)
        self.assertEqual(self.stored(), 2)

    def test_a_purge_leaves_what_is_still_to_do(self):
        self.receive(self.party("1"))
        message = self.env["interop.message"].search([], limit=1)
        message._purge_now()
        self.assertFalse(message.purged_at)
        self.drain_all()
        self.assertEqual(self.states(), ["done"])

    def test_copies_within_one_body_are_one_message_with_one_answer_each(self):
        body = self.party("1", name="Jane Roe")
        answer = self.receive([body, self.party("2"), body])
        said = json.loads(answer.body)["messages"]
        self.assertEqual([line["index"] for line in said], [0, 1, 2])
        self.assertEqual(said[0]["id"], said[2]["id"])
        self.assertEqual(self.stored(), 2)
        self.assertEqual(len(self.rows()), 2)

    def test_a_batch_of_old_and_new_stores_the_new_and_answers_for_both(self):
        old = self.party("1")
        first = json.loads(self.receive(old).body)
        said = json.loads(self.receive([self.party("2"), old]).body)["messages"]
        self.assertEqual(said[1]["id"], first["id"])
        self.assertEqual(self.stored(), 2)

    def test_endpoints_do_not_share_their_messages(self):
        body = self.party("1")
        other = self.make_endpoint("json")
        self.assertNotEqual(self.receive(body), self.receive(body, other))
        self.assertEqual(self.stored(), 2)

    def test_only_new_messages_wake_a_lane(self):
        body = self.party("1")
        for is_new in (True, False):
            self.receive(body)
            ours = [
                function
                for function in self.env.cr.postcommit._funcs
                if "healthcare_interop" in function.__module__
            ]
            self.assertEqual(bool(ours), is_new)
            self.after_commit()

    # -- each format's own idea of identity --

    def test_an_event_is_known_by_source_and_id(self):
        endpoint = self.endpoints["cloudevents"]
        self.receive(self.event("1", source="a"), endpoint)
        self.receive(self.event("1", source="b"), endpoint)
        self.assertEqual(self.stored(), 2)

    def test_an_hl7_control_id_with_another_content_is_another_message(self):
        endpoint = self.endpoints["hl7v2"]
        first = self.receive(self.hl7("7", name="Doe^Jane"), endpoint)
        second = self.receive(self.hl7("7", name="Roe^John"), endpoint)
        self.assertIn(b"MSA|AA|7", first.body)
        self.assertIn(b"MSA|AA|7", second.body)
        self.assertEqual(self.stored(), 2)

    def test_an_hl7_message_stamped_anew_is_a_duplicate(self):
        endpoint = self.endpoints["hl7v2"]
        first = self.receive(self.hl7("7", time="20260102101010"), endpoint)
        second = self.receive(self.hl7("7", time="20260103111111"), endpoint)
        self.assertEqual(second, first)
        self.assertEqual(self.stored(), 1)

    def test_other_line_ends_and_separators_are_the_same_hl7_message(self):
        endpoint = self.endpoints["hl7v2"]
        body = self.hl7("7")
        first = self.receive(body, endpoint)
        self.assertEqual(self.receive(body.replace(b"\r", b"\r\n"), endpoint), first)
        self.assertEqual(
            self.receive(b"\xef\xbb\xbf" + body.replace(b"\r", b"\n"), endpoint), first
        )

    def test_a_fhir_resource_without_version_three_times_is_three_messages(self):
        endpoint = self.make_endpoint("fhir", scheme="api_key")
        for family in ("A", "B", "A"):
            self.receive(self.patient(family=family), endpoint)
        self.assertEqual(self.stored(), 3)

    def test_what_has_no_id_is_known_by_the_request_s_verified_id(self):
        endpoint = self.endpoints["fhir"]
        first = self.receive(self.patient(), endpoint, message_id="msg_a")
        self.assertEqual(self.receive(self.patient(), endpoint, message_id="msg_a"), first)
        self.receive(self.patient(), endpoint, message_id="msg_b")
        self.assertEqual(self.stored(), 2)
        answer = self.receive(self.patient(family="B"), endpoint, message_id="msg_a")
        self.assertEqual(answer.status, 409)

    def test_an_idempotency_key_beside_a_signature_is_nobody_s_word(self):
        endpoint = self.endpoints["fhir"]
        for _ in range(2):
            self.receive(self.patient(), endpoint, headers={"idempotency-key": "same"})
        self.assertEqual(self.stored(), 2)
        keyed = self.make_endpoint("fhir", scheme="api_key")
        for _ in range(2):
            self.receive(self.patient(), keyed, headers={"idempotency-key": "same"})
        self.assertEqual(self.stored(), 3)

    def test_lines_without_ids_are_known_by_request_and_place(self):
        endpoint = self.make_endpoint("json", json_id="")
        body = b"\n".join(json.dumps(self.party("1")).encode() for _ in range(3))
        first = self.receive(body, endpoint, content_type=NDJSON, message_id="msg_a")
        self.assertEqual(self.stored(), 3)
        again = self.receive(body, endpoint, content_type=NDJSON, message_id="msg_a")
        self.assertEqual(again, first)
        self.assertEqual(self.stored(), 3)


class TestConflicts(DoorCase):
    def conflicting(self, body, **said):
        other = json.loads(json.dumps(body))
        other["data"].update(said)
        return other

    def test_one_id_with_two_contents_is_refused_and_on_record(self):
        body = self.party("1", name="Jane Roe")
        self.receive(body)
        self.assertRefused(
            self.receive(self.conflicting(body, name="X Y")), 409, "identity_conflict"
        )
        self.assertEqual(self.stored(), 1)
        self.assertFalse(self.exceptions())
        self.after_commit()
        [exception] = self.exceptions()
        self.assertEqual((exception.category, exception.delivery_count), ("identity", 0))
        self.receive(self.conflicting(body, name="Z"))
        self.after_commit()
        self.assertEqual(self.exceptions(), exception)
        self.job_route()._cron_watchdog()
        self.after_commit()
        self.assertEqual(self.exceptions(), exception, "only a person closes it")
        exception.action_resolve()
        self.assertFalse(self.exceptions())

    def test_what_the_contract_drops_tells_contents_apart_too(self):
        body = self.party("1")
        self.receive(body)
        self.assertRefused(
            self.receive(self.conflicting(body, diagnosis="Gout")), 409, "identity_conflict"
        )

    def test_a_conflict_in_a_batch_stores_nothing_of_it(self):
        body = self.party("1")
        self.receive(body)
        batch = [self.party("2"), self.conflicting(body, name="X Y"), self.party("3")]
        said = self.assertRefused(self.receive(batch), 422, "bad_documents")
        self.assertEqual([line["index"] for line in said["errors"]], [1])
        self.assertEqual(said["errors"][0]["code"], "identity_conflict")
        self.assertEqual(self.stored(), 1)
        self.assertEqual(len(self.rows()), 1)
        self.after_commit()
        self.assertEqual(len(self.exceptions()), 1)

    def test_a_conflict_in_a_batch_is_left_out_where_the_good_are_taken(self):
        self.endpoint.batch_mode = "good"
        self.env.flush_all()
        body = self.party("1")
        self.receive(body)
        answer = self.receive([self.party("2"), self.conflicting(body, name="X Y"), body])
        said = json.loads(answer.body)
        self.assertEqual((answer.status, said["accepted"], said["refused"]), (202, 2, 1))
        self.assertEqual(said["messages"][1]["error"]["code"], "identity_conflict")
        self.assertEqual(self.stored(), 2)

    def test_a_conflict_within_one_body_is_a_conflict(self):
        body = self.party("1")
        answer = self.receive([body, self.conflicting(body, name="X Y")])
        said = self.assertRefused(answer, 422, "bad_documents")
        self.assertEqual([line["index"] for line in said["errors"]], [1])
        self.assertEqual(self.stored(), 0)
        self.after_commit()
        self.assertEqual(len(self.exceptions()), 1)
