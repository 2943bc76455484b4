"""The door through the real routes: whatever comes, the answer is in the sender's terms, and never HTML."""

import json
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MEDIA, DoorCase
from .common_door_http import DoorHttpCase

FORM = "application/x-www-form-urlencoded"


@tagged("post_install", "-at_install")
class TestDoorHttp(DoorHttpCase):
    # -- taken --

    def test_every_format_is_taken_and_answered_in_its_own_terms(self):
        event = {
            "specversion": "1.0",
            "id": "1",
            "source": "s",
            "type": "test.patient.updated.v1",
            "data": {"identifiers": ["7"]},
        }
        bodies = {
            "json": (self.party("1"), 202, "application/json"),
            "cloudevents": (event, 202, "application/json"),
            "fhir": ({"resourceType": "Patient", "id": "p"}, 202, "application/fhir+json"),
            "hl7v2": (self.hl7("1"), 200, "application/hl7-v2; charset=utf-8"),
        }
        for format_, (body, status, type_) in bodies.items():
            with self.subTest(format_):
                response = self.call(body, self.endpoints[format_])
                self.assertEqual(response.status_code, status, response.text)
                self.assertEqual(response.headers["Content-Type"], type_)
                self.assertTrue(response.headers["Location"].startswith("/interop/v1/messages/"))
        self.assertEqual(self.stored(), 4)

    stored = DoorCase.stored

    def test_a_binary_cloud_event_of_any_type_is_taken(self):
        headers = {
            "ce-specversion": "1.0",
            "ce-id": "b1",
            "ce-source": "s",
            "ce-type": "test.patient.updated.v1",
        }
        body = {"identifiers": ["7"]}
        endpoint = self.endpoints["cloudevents"]
        response = self.call(body, endpoint, content_type="application/json", headers=headers)
        self.assertEqual(response.status_code, 202, response.text)
        response = self.call(b"a=1", endpoint, content_type=FORM, headers=headers | {"ce-id": "b2"})
        self.assertLess(response.status_code, 500)

    def test_a_resource_is_put_to_its_own_address(self):
        endpoint = self.endpoints["fhir"]
        patient = {"resourceType": "Patient", "id": "p1"}
        for method, rest, status in (
            ("PUT", "Patient/p1", 202),
            ("POST", "Patient", 202),
            ("PUT", "Patient/p2", 400),
        ):
            response = self.call(patient, endpoint, method=method, rest=rest)
            self.assertEqual(response.status_code, status, response.text)
            self.assertEqual(response.headers["Content-Type"], "application/fhir+json")

    def test_a_duplicate_gets_the_same_answer(self):
        body = self.party("1")
        first, second = self.call(body), self.call(body)
        self.assertEqual(first.content, second.content)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(self.stored(), 1)

    def test_the_location_tells_what_became_of_it(self):
        location = self.call(self.party("1")).headers["Location"]
        headers = self.credentials(b"", self.endpoint)
        response = self.request("GET", location, headers=headers)
        self.assertEqual((response.status_code, response.json()["state"]), (200, "pending"))
        self.assertProblem(self.request("GET", location), 401, "unauthenticated")
        self.assertProblem(self.request("POST", location, b"", headers), 405, "method_not_allowed")

    def test_a_key_opens_as_well_as_a_signature(self):
        endpoint = self.make_endpoint("json", scheme="api_key")
        response = self.call(self.party("1"), endpoint)
        self.assertEqual(response.status_code, 202)
        headers = self.credentials(b"", endpoint)
        self.assertEqual(
            self.request("GET", response.headers["Location"], headers=headers).status_code, 200
        )

    # -- refused --

    def test_each_refusal_is_a_problem_that_leads_to_its_explanation(self):
        self.endpoint.max_body_kb = 2
        draft, paused = (
            self.make_endpoint("json", state="draft"),
            self.make_endpoint("json", state="paused"),
        )
        first = self.party("1")
        other = json.loads(json.dumps(first))
        other["data"]["name"] = "X Y"
        self.env.flush_all()
        self.call(first)
        cases = [
            (401, "unauthenticated", self.call(b"{}", headers={"webhook-signature": "v1,x"})),
            (403, "endpoint_not_live", self.call(b"{}", draft)),
            (404, "not_found", self.request("GET", "/interop/v1/nothing/here")),
            (405, "method_not_allowed", self.call(method="GET")),
            (409, "identity_conflict", self.call(other)),
            (413, "body_too_large", self.call(b" " * 4096)),
            (415, "unsupported_media_type", self.call(b"{}", content_type="text/xml")),
            (422, "bad_documents", self.call([{}, {}])),
            (400, "not_json", self.call(b"{")),
            (503, "endpoint_paused", self.call(b"{}", paused)),
        ]
        for status, code, response in cases:
            with self.subTest(code):
                said = self.assertProblem(response, status, code)
                page = self.request("GET", said["type"])
                self.assertEqual(page.status_code, 200)
                self.assertTrue(page.headers["Content-Type"].startswith("text/plain"))
                self.assertIn(said["title"], page.text)
        self.assertProblem(self.request("GET", "/interop/v1/problems/none"), 404, "not_found")
        self.assertIn("WWW-Authenticate", cases[0][2].headers)
        self.assertEqual(cases[3][2].headers["Allow"], "POST, PUT")
        self.assertIn("Retry-After", cases[-1][2].headers)

    def test_an_unknown_endpoint_and_a_wrong_key_look_the_same(self):
        wrong = self.call(b"{}", headers={"webhook-signature": "v1,x"})
        unknown = self.call(b"{}", url="/interop/v1/in/nobody")
        self.assertEqual(wrong.content, unknown.content)
        self.assertEqual(wrong.status_code, unknown.status_code)
        ignored = ("Date", "Set-Cookie")
        names = {name for name in (*wrong.headers, *unknown.headers) if name not in ignored}
        for name in names:
            self.assertEqual(wrong.headers.get(name), unknown.headers.get(name), name)

    def test_nothing_under_interop_is_ever_html(self):
        for url in (
            "/interop",
            "/interop/",
            "/interop/v1",
            "/interop/v1/in",
            "/interop/v1/in/",
            "/interop/v1/messages",
            "/interop/v1/messages/",
            "/interop/v1/problems/",
            "/interop/v2/in/x",
            "/interop/v1/in/a%2Fb/c",
            "/interop/v1/in/%00",
            "/interop/v1/in/%ff%fe",
            "/interop/v1/in/%F0%9F%98%80",
            "/interop/v1/messages/%00",
            "/interop/v1/messages/%27;--",
            "/interop/v1/problems/%00",
            "/interop//v1/in/x",
            "/interop/v1/in/../../x",
            "/interop/v1/in/x?db=other&session_id=1",
            "/interop/v1/in/" + "x" * 3000,
        ):
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
                with self.subTest(url=url[:40], method=method):
                    response = self.request(
                        method, url, b"{}", {"Content-Type": "application/json"}
                    )
                    self.assertIn(response.status_code, (400, 401, 404, 405, 415))

    def test_a_slash_too_many_is_no_other_address(self):
        code = self.endpoint.code
        for url in (
            f"//interop/v1/in/{code}",
            f"/interop/v1//in/{code}",
            f"/interop/v1/in//{code}/",
        ):
            self.assertEqual(self.call(self.party("1"), url=self.base_url() + url).status_code, 202)

    def test_forms_keep_their_bytes_and_are_refused_as_what_they_are(self):
        for type_ in (FORM, "multipart/form-data; boundary=x", "multipart/form-data"):
            self.assertProblem(
                self.call(b"a=1&b=2", content_type=type_), 415, "unsupported_media_type"
            )
        url, shown = f"/interop/v1/in/{self.endpoint.code}", self.credentials(b"{}", self.endpoint)
        no_type = self.request("POST", url, b"{}", shown)
        self.assertProblem(no_type, 415, "unsupported_media_type")

    def test_bodies_that_break_parsers_break_nothing(self):
        cases = {
            "json": [
                b"[" * 100_000,
                b'{"a":' * 50_000,
                b"\x00" * 100,
                b"\xff\xfe{\x00}\x00",
                b'{"type": 1e999999}',
                b"9" * 5000,
                b"NaN",
                b'{"type":"test.patient.updated.v1","id":{"a":1}}',
            ],
            "fhir": [
                b"{}",
                b"[]",
                b"null",
                b'{"resourceType":{}}',
                b'{"resourceType":"Bundle","entry":7}',
            ],
            "hl7v2": [
                b"MSH",
                b"MSH|",
                b"MSH|^~\\&",
                b"MSH\x00^~\\&|",
                b"\x0bMSH|^~\\&|a\x1c\r",
                b"\xff" * 50,
            ],
            "cloudevents": [b"{}", b"[]", b"null", b'{"specversion":"1.0","id":1}'],
        }
        for format_, bodies in cases.items():
            for body in bodies:
                with self.subTest(format_, body=body[:20]):
                    response = self.call(body, self.endpoints[format_])
                    self.assertGreaterEqual(response.status_code, 400)
                    self.assertLess(response.status_code, 500, response.text)
        self.assertEqual(self.stored(), 0)

    def test_a_charset_that_does_not_fit_is_said_so(self):
        latin = json.dumps(self.party("1", name="Jos\xe9"), ensure_ascii=False).encode("latin-1")
        self.assertProblem(
            self.call(latin, content_type="application/json; charset=utf-8"), 400, "not_utf8"
        )
        endpoint = self.endpoints["hl7v2"]
        body = self.hl7("1", name="Jos\xe9^J", msh="||||||UNICODE UTF-8").decode().encode("latin-1")
        self.assertLess(self.call(body, endpoint).status_code, 500)

    # -- our own trouble --

    def test_our_own_trouble_is_told_without_a_value(self):
        door = self.env.registry["interop.door"]
        with (
            patch.object(door, "_read", side_effect=ValueError("Zephyrina MARK")),
            self.assertLogs("odoo.http", "ERROR") as logs,
        ):
            response = self.call(self.party("1", name="Zephyrina MARK"))
        said = self.assertProblem(response, 500, "internal_error")
        self.assertNotIn("MARK", json.dumps(said))
        self.assertNotIn("MARK", "".join(logs.output))
        self.assertNotIn("MARK", "".join(record.exc_text or "" for record in logs.records))
        self.assertEqual(self.stored(), 0)

    def test_a_lost_race_is_run_again_by_odoo(self):
        door = self.env.registry["interop.door"]
        original, calls = door._store, []

        def racing(record, *args):
            calls.append(args)
            if len(calls) == 1:
                record.env.cr.execute(
                    "DO $$ BEGIN RAISE EXCEPTION 'race' USING ERRCODE = '40001'; END $$"
                )
            return original(record, *args)

        with patch.object(door, "_store", racing), mute_logger("odoo.sql_db", "odoo.service.model"):
            response = self.call(self.party("1"))
        self.assertEqual((response.status_code, len(calls)), (202, 2))
        self.assertEqual(self.stored(), 1)

    def test_a_browser_s_session_is_neither_used_nor_answered(self):
        self.authenticate("admin", "admin")
        wrong = self.call(b"{}", headers={"webhook-signature": "v1,x"})
        self.assertProblem(wrong, 401, "unauthenticated")

    # -- lengths --

    def test_no_length_and_wrong_lengths_are_no_server_errors(self):
        url = f"/interop/v1/in/{self.endpoint.code}"
        json_type = {"Content-Type": MEDIA["json"]}
        cases = {
            "none": ({}, (), (401,)),
            "huge": ({"Content-Length": str(10**15)}, (), (413,)),
            "above every limit": ({"Content-Length": str(200 * 1024 * 1024)}, (), (413,)),
            "words": ({"Content-Length": "many"}, (), (400, 401)),
            "negative": ({"Content-Length": "-5"}, (), (400, 401)),
            "nul in a header": ({"webhook-id": "a\\x00b"}, (), (400, 401)),
        }
        for name, (headers, chunks, statuses) in cases.items():
            with self.subTest(name):
                response, body = self.raw("POST", url, {**json_type, **headers}, chunks)
                self.assertIn(response.status, statuses, body)

    def test_a_chunked_body_is_read_like_any_other(self):
        body = json.dumps(self.party("1")).encode()
        headers = {
            "Content-Type": MEDIA["json"],
            "Transfer-Encoding": "chunked",
            **self.credentials(body, self.endpoint),
        }
        url = f"/interop/v1/in/{self.endpoint.code}"
        chunks = [b"%x\r\n%s\r\n" % (len(body), body), b"0\r\n\r\n"]
        response, answer = self.raw("POST", url, headers, chunks)
        self.assertEqual(response.status, 202, answer)

    def test_a_chunked_body_beyond_every_limit_is_too_large(self):
        chunk = b" " * (1024 * 1024)
        chunks = [b"%x\r\n%s\r\n" % (len(chunk), chunk)] * 66 + [b"0\r\n\r\n"]
        headers = {"Content-Type": MEDIA["json"], "Transfer-Encoding": "chunked"}
        response, answer = self.raw("POST", f"/interop/v1/in/{self.endpoint.code}", headers, chunks)
        self.assertEqual(response.status, 413, answer)

    def test_a_body_that_is_cut_off_is_the_sender_s_trouble(self):
        headers = {"Content-Type": MEDIA["json"], "Content-Length": "500"}
        url = f"/interop/v1/in/{self.endpoint.code}"
        response, body = self.raw("POST", url, headers, [b'{"type"'], is_cut=True)
        self.assertIn(response.status, (400, 401), body)
