"""What a peer sends and reads: signatures, content types, ids in answers."""

import json
import unittest

from devkit import peers, signing


class TestSigning(unittest.TestCase):
    """Standard Webhooks' own worked example, and the identity of a message."""

    SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    def test_the_specification_example_is_signed_alike(self):
        body = b'{"test": 2432232314}'
        identity = "msg_p5jXN8AQM9LWM0D4loKWxJek"
        headers = signing.hmac_headers(self.SECRET, identity, body, timestamp=1614265330)
        expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        self.assertEqual(headers["webhook-signature"], expected)
        self.assertEqual(headers["webhook-timestamp"], "1614265330")

    def test_the_same_document_is_the_same_message(self):
        self.assertEqual(signing.message_id("a", b"x"), signing.message_id("a", b"x"))
        self.assertNotEqual(signing.message_id("a", b"x"), signing.message_id("b", b"x"))
        self.assertNotEqual(signing.random_id(), signing.random_id())

    def test_an_api_key_is_a_bearer_token(self):
        headers = signing.headers({"kind": "api_key", "secret": "k"}, "msg_1", b"")
        self.assertEqual(headers, {"Authorization": "Bearer k"})


class TestContentType(unittest.TestCase):
    """What is posted without `--content-type`."""

    def test_each_format_is_recognised(self):
        event = {"specversion": "1.0"}
        for body, name, expected in (
            (b"MSH|^~\\&|", "a.hl7", peers.HL7),
            (b"\xef\xbb\xbfMSH|^~\\&|", "a.txt", peers.HL7),
            (json.dumps(event).encode(), "", peers.CLOUDEVENT),
            (json.dumps([event, event]).encode(), "", peers.CLOUDEVENTS),
            (b'{"resourceType": "Patient"}', "", peers.FHIR),
            (b'{"resourceType": "Patient"}', "a.ndjson", peers.NDJSON),
            (b'{"a": 1}', "", peers.JSON),
            (b"[]", "", peers.JSON),
            (b"no json", "", peers.JSON),
        ):
            with self.subTest(body=body, name=name):
                self.assertEqual(peers.guess_content_type(body, name), expected)


class TestAnswer(unittest.TestCase):
    """Where the ids stand in each kind of answer."""

    def ids(self, content, **headers):
        body = json.dumps(content).encode()
        return peers.Answer(status=202, headers=headers, body=body, ms=1).message_ids()

    def test_ids_are_found_wherever_they_stand(self):
        self.assertEqual(self.ids({"id": "a"}), ["a"])
        self.assertEqual(
            self.ids({"messages": [{"id": "a"}, {"error": 1}, {"id": "b"}]}), ["a", "b"]
        )
        self.assertEqual(self.ids("MSH|", **{"interop-message-ids": "a, b"}), ["a", "b"])
        self.assertEqual(self.ids({"title": "refused"}), [])

    def test_an_answer_that_is_no_json_is_text(self):
        answer = peers.Answer(status=200, headers={}, body=b"MSH|\rMSA|AA", ms=1)
        self.assertEqual(answer.content(), "MSH|\rMSA|AA")
