"""What an endpoint is not for does not come in there, by whatever its sender calls it; and its system may not change it."""

import json

from odoo.tests import tagged

from ..core.canonical import ENTITIES
from .common import DoorCase
from .common_bundle import BundleCase
from .test_service_rights import ServiceRightsCase

TEMPERATURE = "lab.temperature.read.v1"


@tagged("post_install", "-at_install")
class TestEndpointTaking(DoorCase):
    def setUp(self):
        super().setUp()
        self.other = self.contract("json", "lab.*")

    def contract(self, format_, document, path="identifiers"):
        contract = self.env["interop.contract"].create(
            {
                "name": f"only {document}",
                "format": format_,
                "document": document,
                "attribute_ids": [(0, 0, {"path": path, "purpose": "tests"})],
            }
        )
        contract._go_live()
        return contract

    def narrow(self, endpoint, *contracts):
        ids = [contract.id for contract in contracts]
        endpoint.write({"takes": "some", "contract_ids": [(6, 0, ids)]})
        self.env.flush_all()

    def test_it_takes_what_it_is_for_and_refuses_the_rest(self):
        self.narrow(self.endpoint, self.other)
        self.assertRefused(self.receive(self.party("1")), 403, "kind_not_taken")
        self.assertEqual(self.stored(), 0)
        self.assertEqual(self.receive(self.party("1") | {"type": TEMPERATURE}).status, 202)
        # the others are as open as they were
        event = self.party("1") | {"specversion": "1.0"}
        self.assertEqual(self.receive(event, self.endpoints["cloudevents"]).status, 202)

    def test_a_batch_is_refused_by_the_place_of_what_it_is_not_for(self):
        self.narrow(self.endpoint, self.other)
        batch = [self.party("1") | {"type": TEMPERATURE}, self.party("2")]
        said = self.assertRefused(self.receive(batch), 422, "bad_documents")
        self.assertEqual(
            [(line["index"], line["code"]) for line in said["errors"]], [(1, "kind_not_taken")]
        )
        self.endpoint.batch_mode = "good"
        self.env.flush_all()
        said = json.loads(self.receive(batch).body)
        self.assertEqual((said["accepted"], said["refused"]), (1, 1))

    def test_an_archived_contract_closes_and_opens_nothing(self):
        self.narrow(self.endpoint, self.other)
        self.other.active = False
        self.env.flush_all()
        for body in (self.party("1"), self.party("1") | {"type": TEMPERATURE}):
            self.assertRefused(self.receive(body), 403, "kind_not_taken")
        self.narrow(self.endpoint)
        self.assertRefused(self.receive(self.party("1")), 403, "kind_not_taken")

    def test_a_version_of_another_contract_is_not_known_there(self):
        endpoint = self.endpoints["cloudevents"]
        [mine] = self.env["interop.contract"].search([("name", "=", "test json")])
        event = self.party("1") | {
            "specversion": "1.0",
            "dataschema": f"urn:interop:schema:{mine.code}:{mine.version}",
        }
        self.assertEqual(self.receive(event, endpoint).status, 202)
        self.narrow(endpoint, self.other)
        self.assertRefused(self.receive(event, endpoint), 422, "unknown_schema_version")

    def test_of_a_bundle_the_resources_that_it_is_for_are_kept(self):
        endpoint = self.endpoints["fhir"]
        patient = {"resourceType": "Patient", "id": "1"}
        house = {"resourceType": "Organization", "id": "1", "name": "North Wing"}
        patients = [("format", "=", "fhir"), ("document", "=", "Patient")]
        self.narrow(endpoint, self.env["interop.contract"].search(patients))
        bundle = {"resourceType": "Bundle", "type": "collection"}
        for entries, status in (([patient, house], 202), ([house], 403)):
            answer = self.receive(
                bundle | {"entry": [{"resource": one} for one in entries]}, endpoint
            )
            self.assertEqual(answer.status, status, answer.body)
        message = self.env["interop.message"].search([], limit=1)
        self.assertIn("Organization", message.dropped)
        self.assertNotIn(b"North", message._payload_body())

    def test_hl7_is_told_that_the_message_type_is_not_supported(self):
        endpoint = self.endpoints["hl7v2"]
        self.narrow(endpoint, self.contract("hl7v2", "ORU^*", "PID-3"))
        answer = self.receive(self.hl7("9"), endpoint)
        self.assertIn(b"\rMSA|AR|9\r", answer.body)
        self.assertIn(b"|200^Unsupported message type", answer.body)
        self.assertEqual(self.stored(), 0)

    def test_a_sample_is_told_the_same(self):
        self.narrow(self.endpoint, self.other)
        trial = self.env["interop.trial"]._of_sample(
            self.endpoint, json.dumps(self.party("1")).encode()
        )
        self.assertEqual(trial.documents[0].error.code, "kind_not_taken")

    def test_its_description_names_nothing_else(self):
        self.narrow(self.endpoint, self.other)
        [interface] = self.endpoint._interfaces()
        self.assertEqual([one.name for one in interface.event_types], [self.other.name])

    def test_who_may_not_send_it_does_not_read_its_schema(self):
        mine = self.env["interop.contract"].search([("name", "=", "test json")])
        knock = self.knock(b"", method="GET")

        def ask(contract):
            version = contract.active_version_id.number
            return self.env["interop.door"]._schema(knock, contract.code, version).status

        self.assertEqual((ask(mine), ask(self.other)), (200, 200))
        self.narrow(self.endpoint, self.other)
        self.assertEqual((ask(mine), ask(self.other)), (401, 200))

    def test_a_change_of_it_is_on_record(self):
        self.narrow(self.endpoint, self.other)
        entry = self.env["interop.audit.entry"].search(
            [("res_model", "=", "interop.endpoint"), ("res_id", "=", self.endpoint.id)],
            order="id desc",
            limit=1,
        )
        self.assertIn("takes", entry.details)


@tagged("post_install", "-at_install")
class TestRightsOfTaking(ServiceRightsCase):
    def test_a_system_may_change_what_its_endpoints_take_and_no_more(self):
        self.maps("party", documents="rights.party.*")
        self.maps("claim", documents="rights.claim.*")
        self.takes("party")
        self.takes("claim")
        endpoint = self.speaks()
        self.assertHolds("party", "claim")
        contract = self.env["interop.contract"].create(
            {"name": "p", "format": "json", "document": "rights.party.updated.v1"}
        )
        endpoint.write({"takes": "some", "contract_ids": [(6, 0, contract.ids)]})
        self.assertHolds("party")
        contract.document = "rights.claim.*"
        self.assertHolds("claim")
        contract.active = False
        self.assertHolds()
        endpoint.takes = "any"
        self.assertHolds("party", "claim")

    def test_a_laboratory_has_the_rights_of_orders_by_what_is_shipped(self):
        """Routes for all, mappings for all, contracts of its own."""
        shipped = self.env["interop.mapping"].with_context(active_test=False)
        shipped.search([("system_id", "=", False), ("format", "=", "hl7v2")]).active = True
        for entity in ENTITIES:
            self.takes(entity)
        endpoint = self.speaks("hl7v2")
        self.assertIn(self.right("employee"), self.user.group_ids)
        orders = [("code", "in", ("hl7-order", "hl7-result"))]
        contracts = self.env["interop.contract"].search(orders)
        endpoint.write({"takes": "some", "contract_ids": [(6, 0, contracts.ids)]})
        self.assertHolds("order")
        contracts[0].document += " ADT^A20"
        self.assertHolds("order", "location")


@tagged("post_install", "-at_install")
class TestTakingTravels(BundleCase):
    def test_it_names_contracts_by_their_codes(self):
        contract = self.env["interop.contract"].search(
            [
                (
                    "format",
                    "=",
                    "json" if self.endpoint.format == "cloudevents" else self.endpoint.format,
                )
            ],
            limit=1,
        )
        self.endpoint.write({"takes": "some", "contract_ids": [(6, 0, contract.ids)]})
        text = self.whole()
        [said] = [one for one in json.loads(text)["endpoints"] if one["code"] == self.endpoint.code]
        self.assertEqual(said["contracts"], [contract.code])
        self.endpoint.write({"takes": "any", "contract_ids": [(5,)]})
        self.assertEqual(self.files._take(text)[1], ())
        self.assertEqual((self.endpoint.takes, self.endpoint.contract_ids), ("some", contract))
        said["contracts"] = ["nobody"]
        value = json.loads(text)
        value["endpoints"] = [said]
        _seen, mistakes = self.files._take(json.dumps(value))
        self.assertEqual([one.code for one in mistakes], ["unknown_contract"])
