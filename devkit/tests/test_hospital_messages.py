"""The synthetic hospital's requests: each system writes its own format, and every request can be read."""

import collections
import importlib
import json
import unittest

from devkit import hospital_world as world
from devkit.tests.hospital_reading import (
    HL7_ENDPOINTS,
    DayCase,
    fhir_parts,
    hl7_documents,
    hl7_texts,
)


class TestMessages(DayCase):
    """What each system sends in a day."""

    def test_every_hl7_message_can_be_read(self):
        triggers = collections.Counter(
            document.kind
            for endpoint in HL7_ENDPOINTS
            for sent in self.by(endpoint)
            for document in hl7_documents(sent)
        )
        siu = {f"SIU^S{number}" for number in (12, 13, 14, 15, 26)}
        adt = {f"ADT^A{number}" for number in "01 02 03 04 05 08 11 13 28 31 40".split()}
        self.assertEqual(set(triggers), adt | siu | {"DFT^P03", "ORU^R01", "ORM^O01", "OMI^O23"})

    def test_hl7_comes_in_several_styles_of_writing(self):
        bodies = [sent.body for sent in self.by("demo_lab")]
        self.assertTrue(any(body.startswith(b"\xef\xbb\xbf") for body in bodies))
        self.assertTrue(any(b"\n" in body and b"\r" not in body for body in bodies))
        self.assertGreater(len({body.lstrip(b"\xef\xbb\xbf")[3:9] for body in bodies}), 2)

    def test_some_charges_come_several_to_a_message(self):
        counts = [
            len(hl7_texts(hl7_documents(sent)[0].body, "FT1[*]-2"))
            for sent in self.by("demo_pas")
            if sent.note.startswith("DFT")
        ]
        self.assertGreater(max(counts), 2)

    def test_every_fhir_request_can_be_read(self):
        kinds = {kind for sent in self.by("demo_ehr") for kind, _resource in fhir_parts(sent)}
        wanted = "Patient Encounter ServiceRequest ChargeItem Practitioner Organization Location"
        self.assertLessEqual(set(wanted.split()), kinds)
        self.assertTrue(any(sent.method == "PUT" for sent in self.by("demo_ehr")))
        bundles = {
            json.loads(sent.body).get("type")
            for sent in self.by("demo_ehr")
            if b'"Bundle"' in sent.body
        }
        self.assertEqual(bundles, {"message", "transaction", "batch"})

    def test_the_claims_house_asks_answers_and_remits(self):
        told = [(kind, body) for sent in self.by("demo_claims") for kind, body in fhir_parts(sent)]
        kinds = collections.Counter((kind, body.get("use")) for kind, body in told)
        self.assertEqual(kinds["Claim", "claim"], kinds["ClaimResponse", "claim"])
        self.assertGreater(kinds["Claim", "preauthorization"], 3)
        for kind, body in told:
            if kind == "PaymentReconciliation":
                parts = sum(part["amount"]["value"] for part in body["detail"])
                self.assertEqual(parts, body["paymentAmount"]["value"])
        self.assertEqual(kinds["PaymentReconciliation", None], len(world.PAYERS))

    def test_radiology_tells_of_the_orders_of_others_and_of_its_own(self):
        told = [document.body for sent in self.by("demo_ris") for document in hl7_documents(sent)]
        placers, own = set(), set()
        for body in told:
            placer, filler = hl7_texts(body, "ORC-2.1"), hl7_texts(body, "ORC-3.1")
            placers.update(placer)
            own.update(() if placer else filler)
        ordered = {
            resource["identifier"][0]["value"]
            for sent in self.by("demo_ehr")
            for kind, resource in fhir_parts(sent)
            if kind == "ServiceRequest"
        }
        self.assertTrue(placers)
        self.assertLessEqual(placers, ordered)
        self.assertTrue(own)
        states = {state for body in told for state in hl7_texts(body, "ORC-5.1")}
        self.assertEqual({"SC", "IP", "CM", "CA"}, states)

    def test_every_event_of_the_cabinets_can_be_read(self):
        codec = self._codec("cloudevents")
        kinds = collections.Counter(
            document.kind
            for sent in self.by("demo_cabinet")
            for document in codec.decode(
                sent.body, content_type=sent.content_type, headers=sent.headers
            )
        )
        wanted = (
            "item.consumed item.returned item.transferred "
            "order.placed order.changed order.cancelled order.completed stock.counted"
        )
        self.assertEqual(set(kinds), {f"org.interop.{kind}.v1" for kind in wanted.split()})

    def test_every_document_of_finance_can_be_read(self):
        codec = self._codec("plain_json")
        kinds = {
            document.kind
            for sent in self.by("demo_finance")
            for document in codec.decode(sent.body, content_type=sent.content_type)
        }
        wanted = (
            "supplier.updated product.updated service.updated price.updated invoice.received goods.received "
            "employee.onboarded employee.updated order.placed purchase_order.acknowledged"
        )
        self.assertEqual(kinds, {f"org.interop.{kind}.v1" for kind in wanted.split()})

    def _codec(self, name):
        try:
            return importlib.import_module(f"core.codecs.{name}")
        except ImportError:
            self.skipTest(f"core.codecs.{name} is not written yet")

    def test_what_must_never_be_stored_is_in_it(self):
        everything = b"".join(sent.body for sent in self.day)
        for name in (
            b"\rDG1",
            b"\rAL1",
            b"OBX|",
            b"NTE|",
            b"000-00-",
            b'"reasonCode"',
            b'"note"',
            b'"div"',
        ):
            self.assertIn(name, everything)


if __name__ == "__main__":
    unittest.main()
