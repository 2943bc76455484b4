"""The documents about the interfaces: for whoever may send, of what it may send; for people, of their companies."""

import base64
import json

from odoo.tests import new_test_user, tagged

from .common import DoorCase, InteropHttpCase

NAMES = ("openapi", "asyncapi")


class DescriptionMixin:
    def ask(self, endpoint=None, name="openapi", **knock):
        endpoint = endpoint or self.endpoint
        return self.env["interop.door"]._describe(
            self.knock(b"", endpoint, method="GET", **knock), name
        )


@tagged("post_install", "-at_install")
class TestDescription(DescriptionMixin, DoorCase):
    def test_a_sender_reads_of_its_own_endpoint_and_no_other(self):
        for endpoint in self.endpoints.values():
            answer = self.ask(endpoint)
            self.assertEqual((answer.status, answer.content_type), (200, "application/json"))
            said = json.loads(answer.body)
            doors = {path.split("/")[4] for path in said["paths"] if "/in/" in path}
            self.assertEqual(doors, {endpoint.code})
            channels = json.loads(self.ask(endpoint, "asyncapi").body)["channels"]
            self.assertEqual(set(channels), {endpoint.code})

    def test_everybody_else_gets_the_same_401(self):
        wrong = self.ask(headers={"webhook-signature": "v1,x"})
        self.assertRefused(wrong, 401, "unauthenticated")
        other = self.make_endpoint("json", scheme="api_key")
        key = self.credentials(b"", other)
        self.assertEqual(self.ask(headers=key | {"webhook-signature": ""}), wrong)
        knock = self.knock(b"", self.endpoint, method="GET")
        for code in ("", "nobody", "\x00", "x" * 5000):
            object.__setattr__(knock, "endpoint", code)
            self.assertEqual(self.env["interop.door"]._describe(knock, "openapi"), wrong)

    def test_nothing_secret_is_in_it(self):
        credential = self.endpoint.credential_ids
        for name in NAMES:
            text = self.ask(name=name).body.decode()
            for secret in (
                self.secrets[self.endpoint.code],
                credential.prefix,
                credential.uuid,
                credential.name,
            ):
                self.assertNotIn(secret, text)

    def test_it_tells_of_every_kind_of_credential_that_is_valid(self):
        self.env["interop.credential"].create(
            {"endpoint_id": self.endpoint.id, "scheme": "api_key"}
        )._issue()
        known = json.loads(self.ask().body)["components"]["securitySchemes"]
        self.assertEqual(
            set(known),
            {"webhookId", "webhookTimestamp", "webhookSignature", "apiKey", "apiKeyHeader"},
        )

    def test_the_end_of_an_interface_is_in_it(self):
        self.endpoint.write({"deprecated_at": "2026-01-01", "sunset_at": "2030-06-30 23:59:59"})
        self.env.flush_all()
        post = json.loads(self.ask().body)["paths"][f"/interop/v1/in/{self.endpoint.code}"]["post"]
        self.assertEqual((post["deprecated"], post["x-status"]), (True, "deprecated"))
        self.assertTrue(post["x-sunset"].startswith("2030-06-30"))

    def test_event_types_are_what_the_contracts_let_in(self):
        channel = json.loads(self.ask(name="asyncapi").body)["channels"][self.endpoint.code]
        document = json.loads(self.ask(name="asyncapi").body)
        named = {
            document["components"]["messages"][ref["$ref"].rpartition("/")[2]]["title"]
            for ref in channel["messages"].values()
        }
        self.assertIn("test json", named)
        self.assertNotIn("test hl7v2", named)

    def test_who_has_it_is_told_that_nothing_changed(self):
        tag = dict(self.ask().headers)["ETag"]
        self.assertEqual(self.ask(headers={"if-none-match": tag}).status, 304)
        self.endpoint.name = "Another name"
        self.env.flush_all()
        self.assertEqual(self.ask(headers={"if-none-match": tag}).status, 200)

    def test_it_says_what_the_door_answers(self):
        """Statuses and content types of real answers stand in the document."""
        paths = {}
        for endpoint in self.endpoints.values():
            paths |= json.loads(self.ask(endpoint).body)["paths"]
        bodies = {
            "json": [self.party("1"), b"{", [{}, {}], b"\xff"],
            "hl7v2": [self.hl7(), b"x"],
            "fhir": [{"resourceType": "Patient", "id": "1"}, b"{}"],
            "cloudevents": [{**self.party("9"), "specversion": "1.0"}, b"{}"],
        }
        for format_, endpoint in self.endpoints.items():
            responses = paths[f"/interop/v1/in/{endpoint.code}"]["post"]["responses"]
            for body in bodies[format_]:
                for headers in ({}, {"webhook-signature": "v1,x"}):
                    answer = self.receive(body, endpoint, headers=headers)
                    told = responses[str(answer.status)]
                    self.assertIn(answer.content_type, told["content"])


@tagged("post_install", "-at_install")
class TestScreen(DoorCase):
    def look(self, user):
        action = self.env["interop.api.description"].with_user(user)._look()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def test_a_viewer_reads_of_the_own_companies_and_takes_files_along(self):
        viewer = new_test_user(self.env, "api-viewer", groups="healthcare_interop.group_viewer")
        company = self.env["res.company"].create({"name": "Another hospital"})
        other = self.env["interop.system"].create(
            {"name": "Other", "code": "t-other", "company_id": company.id}
        )
        theirs = self.make_endpoint("json", system_id=other.id)
        screen = self.look(viewer)
        self.assertIn(f"/interop/v1/in/{self.endpoint.code}", screen.content)
        self.assertIn("<code>webhook-signature</code>", screen.content)
        self.assertNotIn("webhookSignature", screen.content)
        self.assertNotIn(theirs.code, screen.content)
        for name in NAMES:
            said = json.loads(base64.b64decode(screen[name]))
            self.assertIn(name, said)
            self.assertIn(self.endpoint.code, json.dumps(said))
            self.assertNotIn(theirs.code, json.dumps(said))

    def test_names_are_shown_as_text(self):
        self.endpoint.name = "<script>alert(1)</script>"
        self.env.flush_all()
        content = self.look(self.env.user).content
        self.assertNotIn("<script>", content)
        self.assertIn("&lt;script&gt;", content)


@tagged("post_install", "-at_install")
class TestDescriptionHttp(DescriptionMixin, InteropHttpCase):
    def test_through_the_routes(self):
        for name in NAMES:
            url = f"/interop/v1/{name}.json?endpoint={self.endpoint.code}"
            headers = self.credentials(b"", self.endpoint)
            found = self.url_open(url, headers=headers)
            self.assertEqual(found.status_code, 200, found.text[:300])
            self.assertIn(self.endpoint.code, found.text)
            self.assertEqual(found.headers["Cache-Control"], "no-store")
            again = self.url_open(
                url,
                headers=self.credentials(b"", self.endpoint)
                | {"If-None-Match": found.headers["ETag"]},
            )
            self.assertEqual((again.status_code, again.content), (304, b""))
            for wrong in (url, f"/interop/v1/{name}.json", f"{url}&endpoint=nobody"):
                answer = self.url_open(wrong)
                self.assertEqual(answer.status_code, 401)
                self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
            answer = self.url_open(url, headers=headers, method="POST")
            self.assertEqual((answer.status_code, answer.headers["Allow"]), (405, "GET"))
