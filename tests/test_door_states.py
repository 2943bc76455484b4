"""Endpoints' states, who may send for whom, facilities, and what a sender learns of its message."""

import json

from ..core.auth import standard_webhooks
from .common import DoorCase


class TestStates(DoorCase):
    def test_a_draft_refuses_and_stores_nothing(self):
        self.endpoint.action_draft()
        self.env.flush_all()
        self.assertRefused(self.receive(self.party("1")), 403, "endpoint_not_live")
        self.assertEqual(self.stored(), 0)

    def test_a_paused_endpoint_asks_to_come_back(self):
        self.endpoint.action_pause()
        self.env.flush_all()
        answer = self.receive(self.party("1"))
        self.assertRefused(answer, 503, "endpoint_paused")
        self.assertGreater(int(dict(answer.headers)["Retry-After"]), 0)
        fhir = self.endpoints["fhir"]
        fhir.action_pause()
        self.env.flush_all()
        answer = self.receive({"resourceType": "Patient"}, fhir)
        self.assertEqual((answer.status, answer.content_type), (503, "application/fhir+json"))
        self.assertIn("Retry-After", dict(answer.headers))

    def test_only_who_proves_itself_learns_the_state(self):
        for step in ("action_draft", "action_live", "action_pause"):
            getattr(self.endpoint, step)()
            self.env.flush_all()
            bad = {"webhook-signature": "v1," + "A" * 43 + "="}
            self.assertRefused(self.receive(self.party("1"), headers=bad), 401, "unauthenticated")

    def test_a_tested_endpoint_stores_and_applies_nothing(self):
        self.endpoint.action_test()
        self.env.flush_all()
        self.assertEqual(self.receive(self.party("1", name="Jane Roe")).status, 202)
        self.after_commit()
        self.assertFalse(self.due_lanes())
        [row] = self.rows()
        self.assertEqual(row["state"], "discarded")
        self.assertIn("test", row["reason"])
        self.assertTrue(self.env["interop.message"].search([], limit=1).is_test)
        self.assertFalse(self.partner("1"))

    def test_a_state_takes_effect_with_the_next_message(self):
        self.assertEqual(self.receive(self.party("1")).status, 202)
        self.endpoint.action_pause()
        self.env.flush_all()
        self.assertEqual(self.receive(self.party("2")).status, 503)
        self.endpoint.action_live()
        self.env.flush_all()
        self.assertEqual(self.receive(self.party("2")).status, 202)


class TestSources(DoorCase):
    def setUp(self):
        super().setUp()
        self.other = self.env["interop.system"].create({"name": "Lab", "code": "t-lab"})
        self.engine = self.permitting("json", "t")
        self.engine.source_ids.create(
            {"endpoint_id": self.engine.id, "value": "lab", "system_id": self.other.id}
        )
        self.env.flush_all()

    def from_source(self, source, key="1"):
        return self.party(key) | {"source": source}

    def test_a_message_belongs_to_the_system_that_its_source_names(self):
        self.receive([self.from_source("t"), self.from_source("lab")], self.engine)
        found = self.env["interop.message"].search([], limit=2)
        systems = {message.source: message.system_id for message in found}
        self.assertEqual(systems, {"t": self.system, "lab": self.other})

    def test_a_source_that_is_not_in_the_table_is_refused(self):
        for source in ("nobody", "LAB", ""):
            answer = self.receive(self.from_source(source), self.engine)
            self.assertRefused(answer, 403, "unknown_source")
        self.assertEqual(self.stored(), 0)

    def test_one_unknown_source_refuses_the_batch_or_itself(self):
        batch = [self.from_source("t"), self.from_source("nobody")]
        said = self.assertRefused(self.receive(batch, self.engine), 422, "bad_documents")
        self.assertEqual([line["index"] for line in said["errors"]], [1])
        self.engine.batch_mode = "good"
        self.env.flush_all()
        self.assertEqual(json.loads(self.receive(batch, self.engine).body)["accepted"], 1)

    def test_numbers_of_two_systems_are_two_patients(self):
        self.receive([self.from_source("t"), self.from_source("lab")], self.engine)
        self.drain_all()
        bindings = self.env["interop.binding"].search(
            [("entity", "=", "party"), ("value", "=", "1")]
        )
        self.assertEqual(len(set(bindings.mapped("res_id"))), 2)

    def test_systems_of_one_identity_domain_share_their_patients(self):
        self.other.identity_domain = self.system.identity_domain
        self.env.flush_all()
        self.receive([self.from_source("t"), self.from_source("lab")], self.engine)
        self.drain_all()
        bindings = self.env["interop.binding"].search(
            [("entity", "=", "party"), ("value", "=", "1")]
        )
        self.assertEqual(len(bindings), 1)

    def test_a_source_taken_from_the_table_stops_its_own_messages_only(self):
        """What was accepted before stays; no message of another source waits for it."""
        self.receive([self.from_source("lab", "1"), self.from_source("t", "2")], self.engine)
        self.engine.source_ids.filtered(lambda line: line.value == "lab").unlink()
        self.env.flush_all()
        self.drain_all()
        self.assertEqual(self.states(), ["done"])
        others = self.env["interop.delivery"].search([("system_id", "=", self.other.id)])
        self.assertEqual(others.mapped("state"), ["failed"])
        self.assertEqual(others.error_code, "source_withdrawn")


class TestFacilities(DoorCase):
    def at(self, facility, key="1"):
        return self.party(key, name="Jane Roe") | {"facility": facility}

    def test_an_unknown_facility_waits_for_somebody_and_then_goes_on(self):
        self.assertEqual(self.receive(self.at("NEW")).status, 202)
        self.drain_all()
        [row] = self.rows()
        self.assertEqual(
            (row["state"], row["error_category"], row["error_code"]),
            ("failed", "facility", "unknown_facility"),
        )
        [exception] = self.exceptions()
        self.assertEqual(exception.delivery_count, 1)
        self.env["interop.facility.code"].create({"facility_id": self.facility.id, "code": "NEW"})
        self.env.flush_all()
        exception.action_try_again()
        self.after_commit()
        self.drain_all()
        self.assertEqual(self.states(), ["done"])
        self.assertFalse(self.exceptions())

    def test_a_message_that_names_none_belongs_to_the_endpoint_s(self):
        self.receive(self.party("1"))
        self.assertEqual(self.env["interop.message"].search([], limit=1).facility_id, self.facility)

    def test_an_endpoint_may_treat_unknown_facilities_as_its_own(self):
        self.endpoint.unknown_facility = "endpoint"
        self.env.flush_all()
        self.receive(self.at("NEW"))
        self.drain_all()
        self.assertEqual(self.states(), ["done"])

    def test_a_code_may_mean_another_facility_for_one_system(self):
        own = self.env["interop.facility"].create(
            {"name": "Own", "code_ids": [(0, 0, {"code": "GH", "system_id": self.system.id})]}
        )
        self.env.flush_all()
        self.receive(self.at("GH"))
        self.assertEqual(self.env["interop.message"].search([], limit=1).facility_id, own)


class TestStatus(DoorCase):
    def ask(self, message_id, endpoint=None):
        endpoint = endpoint or self.endpoint
        return self.env["interop.door"]._status(self.knock(b"", endpoint, method="GET"), message_id)

    def test_a_sender_learns_what_became_of_its_message(self):
        [good], [bad] = (
            self.send(self.party("1", name="Jane Roe")),
            self.send(self.party(name="Jane")),
        )
        said = json.loads(self.ask(good).body)
        self.assertEqual((said["id"], said["state"]), (good, "pending"))
        self.drain_all()
        answer = self.ask(good)
        self.assertEqual((answer.status, answer.content_type), (200, "application/json"))
        said = json.loads(answer.body)
        self.assertEqual(said["state"], "done")
        self.assertEqual([line["state"] for line in said["deliveries"]], ["done"])
        said = json.loads(self.ask(bad).body)
        self.assertEqual((said["state"], said["deliveries"][0]["error"]), ("failed", "no_key"))
        self.assertTrue(said["deliveries"][0]["path"])

    def test_the_status_names_no_value(self):
        said = self.party("4711", name="Zephyrina Roe", guarantor=self.reference("0815"))
        [message] = self.send(said)
        self.drain_all()
        body = self.ask(message).body
        self.assertEqual(json.loads(body)["state"], "failed")
        for value in (b"Zephyrina", b"4711", b"0815"):
            self.assertNotIn(value, body)

    def test_a_discarded_message_says_why(self):
        answer = self.receive(self.hl7(kind="ZZT^Z99"), self.endpoints["hl7v2"])
        message = dict(answer.headers)["Interop-Message-Ids"]
        said = json.loads(self.ask(message, self.endpoints["hl7v2"]).body)
        self.assertEqual(said["state"], "discarded")
        self.assertTrue(said["deliveries"][0]["reason"])

    def test_only_the_credential_that_could_have_sent_it_may_ask(self):
        [message] = self.send(self.party("1"))
        other = self.make_endpoint("json")
        refused = self.ask(message, other)
        self.assertRefused(refused, 401, "unauthenticated")
        self.assertEqual(self.ask("00000000-0000-4000-8000-000000000000"), refused)
        self.assertEqual(self.ask("nonsense"), refused)
        self.endpoint.credential_ids.action_revoke()
        self.env.flush_all()
        self.assertEqual(self.ask(message), refused)

    def test_a_paused_endpoint_still_tells(self):
        [message] = self.send(self.party("1"))
        self.endpoint.action_pause()
        self.env.flush_all()
        self.assertEqual(self.ask(message).status, 200)

    def test_a_signature_over_another_request_does_not_open_the_status(self):
        [message] = self.send(self.party("1"))
        knock = self.knock(b"", method="GET")
        headers = standard_webhooks.headers(
            self.secrets[self.endpoint.code],
            message_id="msg_1",
            timestamp=int(knock.now.timestamp()),
            body=b"{}",
        )
        stolen = self.knock(b"", method="GET", headers=headers)
        self.assertEqual(self.env["interop.door"]._status(stolen, message).status, 401)
