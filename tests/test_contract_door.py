"""At the door: which version a message follows, what of it must fit, and what senders are told of versions that end."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user, tagged

from .common import InteropHttpCase
from .test_contract_versions import OBJECT, ContractCase

DAY = timedelta(days=1)
URN = "urn:interop:schema"
BATCH = "application/cloudevents-batch+json"


class ContractDoorCase(ContractCase):
    def setUp(self):
        super().setUp()
        self.events = self.endpoints["cloudevents"]

    def event(self, key, schema=None, **data):
        named = {"dataschema": schema} if schema else {}
        return {**self.party(key, **data), "specversion": "1.0", **named}

    def knock_at(self, body, endpoint=None):
        endpoint = endpoint or self.events
        is_batch = isinstance(body, list) and endpoint == self.events
        knock = self.knock(body, endpoint, content_type=BATCH if is_batch else "")
        answer = self.env["interop.door"]._receive(knock)
        self.after_commit()
        return answer

    def refusal(self, body, endpoint=None):
        answer = self.knock_at(body, endpoint)
        return answer.status, json.loads(answer.body)

    def newest(self):
        return self.env["interop.message"].search([], limit=1)


@tagged("post_install", "-at_install")
class TestNamedVersions(ContractDoorCase):
    def setUp(self):
        super().setUp()
        self.forbid("name")
        self.second = self.publish()
        self.code = self.contract.code

    def test_a_message_follows_the_version_that_it_names(self):
        for schema in (
            f"https://any.host/some/odoo/interop/v1/schemas/{self.code}/1.0",
            f"{URN}:{self.code}:1.0",
        ):
            self.assertEqual(self.knock_at(self.event("1", schema, name="Jane")).status, 202)
            row = self.newest()
            self.assertEqual((row.contract_version_id, row.dropped), (self.first, False))
        self.assertEqual(self.knock_at(self.event("2", name="Jane")).status, 202)
        row = self.newest()
        self.assertEqual((row.contract_version_id, row.dropped), (self.second, "name"))

    def test_the_id_of_a_schema_is_a_name_of_the_senders_own(self):
        own = "https://vendor.example/schemas/party.json"
        version = self.with_schema({"$id": own})
        self.knock_at(self.event("1", own))
        self.assertEqual(self.newest().contract_version_id, version)

    def test_an_unknown_version_is_refused(self):
        self.allow("nick")
        self.publish(status="draft")
        before = self.env["interop.message"].search_count([])
        for schema in (
            f"https://x.org/interop/v1/schemas/{self.code}/1.7",
            f"https://x.org/interop/v1/schemas/{self.code}/2.1",
            f"https://x.org/interop/v1/schemas/{self.code}/1.0/more",
            f"https://x.org/interop/v1/schemas/{self.code}/1.0?x",
            "https://x.org/interop/v1/schemas/fhir-patient/1.0",
            f"{URN}:nobody:1.0",
            "https://vendor.example/own",
        ):
            with self.subTest(schema):
                status, problem = self.refusal(self.event("1", schema))
                self.assertEqual(status, 422)
                self.assertEqual(
                    (problem["code"], problem["path"]), ("unknown_schema_version", "dataschema")
                )
        self.contract.active = False
        self.assertEqual(self.refusal(self.event("1", f"{URN}:{self.code}:1.0"))[0], 422)
        self.assertEqual(self.env["interop.message"].search_count([]), before)

    def test_a_deprecated_one_is_told_and_a_retired_one_is_gone(self):
        named = f"{URN}:{self.code}:1.0"
        self.assertNotIn("Deprecation", dict(self.knock_at(self.event("1", named)).headers))
        self.first._deprecate(fields.Datetime.to_datetime("2030-06-30 23:59:59"), "x")
        headers = dict(self.knock_at(self.event("1", named)).headers)
        self.assertEqual(headers["Sunset"], "Sun, 30 Jun 2030 23:59:59 GMT")
        self.assertRegex(headers["Deprecation"], r"^@\d+$")
        self.assertIn(f"/schemas/{self.code}/2.0>", headers["Link"])
        self.assertNotIn("Sunset", dict(self.knock_at(self.event("1")).headers))
        self.first._retire("x")
        answer = self.knock_at(self.event("2", named))
        self.assertEqual(
            (answer.status, json.loads(answer.body)["code"]), (410, "interface_retired")
        )
        self.assertEqual(dict(answer.headers)["Sunset"], "Sun, 30 Jun 2030 23:59:59 GMT")
        self.first.action_use()
        self.assertEqual(self.knock_at(self.event("2", named)).status, 202)

    def test_a_batch_is_told_of_what_ends_first_and_follows_its_own_rules(self):
        self.allow("nick")
        third = self.publish()
        self.first._deprecate(fields.Datetime.to_datetime("2031-01-01 00:00:00"), "x")
        self.second._deprecate(fields.Datetime.to_datetime("2030-01-01 00:00:00"), "x")
        names = ("1.0", "2.0", "2.1")
        batch = [self.event(number, f"{URN}:{self.code}:{number}", name="Jane") for number in names]
        answer = self.knock_at(batch)
        self.assertEqual(answer.status, 202, answer.body)
        self.assertIn("2030", dict(answer.headers)["Sunset"])
        rows = self.env["interop.message"].search([], limit=3)
        self.assertEqual(set(rows.contract_version_id), {self.first, self.second, third})
        bad = [self.event("8"), self.event("9", f"{URN}:{self.code}:9.9")]
        status, problem = self.refusal(bad)
        self.assertEqual(status, 422)
        self.assertEqual(
            [(one["index"], one["code"]) for one in problem["errors"]],
            [(1, "unknown_schema_version")],
        )
        self.events.batch_mode = "good"
        status, told = self.refusal(bad)
        self.assertEqual((status, told["accepted"], told["refused"]), (202, 1, 1))


@tagged("post_install", "-at_install")
class TestSchemas(ContractDoorCase):
    def test_what_does_not_fit_is_refused_by_place_and_rule(self):
        self.with_schema(OBJECT | {"required": ["identifiers", "name"]})
        bad = self.party("1", name=7)
        for endpoint in (self.endpoint, self.events):
            body = bad | ({"specversion": "1.0"} if endpoint == self.events else {})
            status, problem = self.refusal(body, endpoint)
            self.assertEqual((status, problem["code"]), (422, "schema"))
            self.assertEqual(problem["problems"], [{"path": "name", "rule": "type"}])
            self.assertNotIn("7", json.dumps(problem["problems"]))
        status, problem = self.refusal(self.party("1"), self.endpoint)
        self.assertEqual(problem["problems"], [{"path": "", "rule": "required"}])
        self.assertEqual(self.knock_at(self.party("1", name="J"), self.endpoint).status, 202)

    def test_only_what_is_kept_has_to_fit(self):
        self.with_schema(OBJECT | {"additionalProperties": {"type": ["array", "string"]}})
        body = self.party("1", name="J", dropped={"any": "thing"})
        self.assertEqual(self.knock_at(body, self.endpoint).status, 202)

    def test_fhir_is_told_so_in_its_own_terms_resource_by_resource(self):
        self.env.ref("healthcare_interop.contract_fhir_device").active = False
        self.env.flush_all()
        contract = self.env["interop.contract"].create(
            {
                "name": "strict",
                "format": "fhir",
                "document": "Device",
                "schema": json.dumps({"required": ["status"]}),
                "attribute_ids": [
                    (0, 0, {"path": path, "purpose": "tests"}) for path in ("id", "status")
                ],
            }
        )
        endpoint = self.endpoints["fhir"]
        contract._go_live()
        device = {"resourceType": "Device", "id": "d1"}
        status, outcome = self.refusal(device, endpoint)
        self.assertEqual((status, outcome["resourceType"]), (422, "OperationOutcome"))
        self.assertEqual(outcome["issue"][0]["expression"], ["Device"])
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"resource": {**device, "status": "active"}},
                {"resource": {"resourceType": "Device", "id": "d2"}},
            ],
        }
        status, outcome = self.refusal(bundle, endpoint)
        self.assertEqual(outcome["issue"][0]["expression"], ["Bundle.entry[1].resource"])
        bundle["entry"].pop()
        self.assertEqual(self.knock_at(bundle, endpoint).status, 202)
        self.assertEqual(self.newest().contract_version_id, contract.active_version_id)

    def test_hl7_v2_goes_its_way_and_remembers_its_version(self):
        self.knock_at(self.hl7(), self.endpoints["hl7v2"])
        hl7 = self.env["interop.contract"].search([("name", "=", "test hl7v2")])
        self.assertEqual(self.newest().contract_version_id, hl7.active_version_id)

    def test_kept_for_somebody_to_look_at_it_is_not_applied(self):
        self.with_schema(OBJECT)
        self.endpoint.on_invalid = "fail"
        answer = self.knock_at(self.party("1", name=7, unlisted="x"), self.endpoint)
        self.assertEqual(answer.status, 202)
        message = self.newest()
        self.assertIn("unlisted", message.dropped)
        delivery = message.delivery_ids
        self.assertEqual(
            (delivery.state, delivery.error_category, delivery.error_code, delivery.error_path),
            ("failed", "contract", "schema", "name"),
        )
        self.assertEqual(delivery.error_detail, "type")
        self.assertEqual(delivery.exception_id.category, "contract")
        self.assertIn("contract", delivery.exception_id.advice)
        # what comes later about the same waits behind it
        self.knock_at(self.party("1", name="Jane"), self.endpoint)
        self.drain_all()
        self.assertFalse(self.partner("1"))
        # tried again it is held against the version in use
        delivery._try_again()
        self.drain_all()
        self.assertEqual((delivery.state, delivery.error_category), ("failed", "contract"))
        self.first.action_use()
        delivery._try_again()
        self.drain_all()
        self.assertNotEqual(delivery.error_category, "contract")

    def test_the_good_of_a_batch_is_applied_beside_the_bad(self):
        self.with_schema(OBJECT)
        self.endpoint.on_invalid = "fail"
        self.knock_at([self.party("1", name=7), self.party("2", name="Jane")], self.endpoint)
        self.drain_all()
        self.assertEqual(self.partner("2").name, "Jane")
        self.assertFalse(self.partner("1"))

    def test_a_sample_is_told_what_its_message_would_be_told(self):
        self.with_schema(OBJECT)
        for body, expected in (
            (self.event("1", name=7), ("schema", "name")),
            (self.event("1", f"{URN}:nobody:1.0"), ("unknown_schema_version", "dataschema")),
        ):
            trial = self.env["interop.trial"]._of_sample(self.events, json.dumps(body).encode())
            error = trial.documents[0].error
            self.assertEqual((error.code, error.path), expected)
        body = json.dumps(self.event("1", name="Jane")).encode()
        self.assertFalse(self.env["interop.trial"]._of_sample(self.events, body).documents[0].error)

    def test_a_schema_costs_no_statement(self):
        def count(body):
            self.env.flush_all()
            knock = self.knock(body, self.endpoint)
            before = self.env.cr.sql_log_count
            self.assertEqual(self.env["interop.door"]._receive(knock).status, 202)
            return self.env.cr.sql_log_count - before

        count(self.party("0", name="J"))
        plain = count(self.party("1", name="J"))
        self.with_schema(OBJECT)
        count(self.party("2", name="J"))
        self.assertEqual(count(self.party("3", name="J")), plain)


@tagged("post_install", "-at_install")
class TestSchemaRoute(InteropHttpCase):
    def setUp(self):
        super().setUp()
        self.contract = self.env["interop.contract"].search([("name", "=", "test json")])
        self.contract.schema = json.dumps(OBJECT)
        self.contract._publish("schema")
        self.env.flush_all()
        self.path = f"/interop/v1/schemas/{self.contract.code}/1.1"
        if self.contract.version != "1.1":
            self.path = self.contract.active_version_id.schema_path

    def get(self, path, endpoint=None):
        headers = {}
        if endpoint:
            headers = self.signed(path, endpoint)
        return self.url_open(path, headers=headers)

    def signed(self, path, endpoint):
        return dict(self.knock(b"", endpoint, method="GET").headers)

    def test_senders_of_such_documents_read_it(self):
        for format_ in ("json", "cloudevents"):
            response = self.get(self.path, self.endpoints[format_])
            self.assertEqual(response.status_code, 200, response.text)
            self.assertEqual(response.headers["Content-Type"], "application/schema+json")
            self.assertEqual(response.json(), OBJECT)
        self.assertEqual(self.get(self.path + "9", self.endpoint).status_code, 404)

    def test_nobody_else_does(self):
        for path in (self.path, self.path + "9", "/interop/v1/schemas/none/1.0"):
            self.assertEqual(self.get(path).status_code, 401)
        self.assertEqual(self.get(self.path, self.endpoints["fhir"]).status_code, 401)
        self.assertEqual(self.url_open(self.path, data=b"x").status_code, 405)

    def test_who_is_signed_in_and_may_see_the_exchange_reads_it(self):
        new_test_user(self.env, "schema-viewer", groups="healthcare_interop.group_viewer")
        new_test_user(self.env, "schema-outsider", groups="base.group_user")
        self.authenticate("schema-outsider", "schema-outsider")
        self.assertEqual(self.get(self.path).status_code, 401)
        self.authenticate("schema-viewer", "schema-viewer")
        self.assertEqual(self.get(self.path).status_code, 200)
