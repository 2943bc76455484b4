"""The synthetic hospital: the same day every time, read by the codecs, with its troubles in it."""

import collections
import datetime as dt
import importlib
import json
import pathlib
import unittest
from xml.etree import ElementTree

from core.codecs import fhir, fhir_bundle, hl7v2, hl7v2_path
from devkit import hospital, hospital_trouble
from devkit import hospital_world as world

DATE = dt.date(2026, 11, 23)
BASE = pathlib.Path(__file__).parents[2] / "demo" / "hospital_base.xml"
HL7_ENDPOINTS = ("demo_pas", "demo_lab", "demo_scheduling")
FHIR_ENDPOINTS = ("demo_ehr", "demo_claims")
REPEATED = (hospital_trouble.DUPLICATE, hospital_trouble.RESTAMPED)


def hl7_texts(message, path):
    """What an HL7 path gives, as texts."""
    values = hl7v2_path.compile_path(path).values(message)
    return [value if isinstance(value, str) else value.text() for value in values]


def hl7_documents(sent):
    return hl7v2.decode(sent.body, content_type=sent.content_type)


def fhir_options(sent):
    if sent.method != "PUT":
        return None
    _root, kind, key = sent.path.split("/")
    return fhir.FhirOptions(expected_type=kind, expected_id=key)


def fhir_parts(sent):
    """(resource type, resource) of everything in one request, the Bundle itself left out."""
    (document,) = fhir.decode(sent.body, content_type=sent.content_type, options=fhir_options(sent))
    return [(part.kind, part.body) for part in fhir_bundle.resources(document.body)]


def json_documents(sent):
    """The envelopes of a request of the cabinets or of finance."""
    if "ce-id" in sent.headers:
        return [
            {
                "id": sent.headers["ce-id"],
                "time": sent.headers["ce-time"],
                "data": json.loads(sent.body),
            }
        ]
    if sent.content_type.endswith("ndjson"):
        return [json.loads(line) for line in sent.body.splitlines()]
    found = json.loads(sent.body)
    return found if isinstance(found, list) else [found]


def versions(sent):
    """(sender, subject, version) of all that a request tells about."""
    if sent.endpoint in HL7_ENDPOINTS:
        for document in hl7_documents(sent):
            when = hl7_texts(document.body, "EVN-2 | OBR-22 | MSH-7")[0]
            for path in ("PID-3.1", "PV1-19.1", "OBR-3.1", "SCH-1.1"):
                yield from (
                    (sent.endpoint, path, key, when) for key in hl7_texts(document.body, path)
                )
            for key in hl7_texts(document.body, "FT1[*]-2"):
                yield sent.endpoint, "FT1-2", key, ""
    elif sent.endpoint in FHIR_ENDPOINTS:
        for kind, resource in fhir_parts(sent):
            if kind != "MessageHeader":
                yield sent.endpoint, kind, resource["id"], resource["meta"]["lastUpdated"]
    else:
        for document in json_documents(sent):
            name = document["data"]["identifiers"][0]
            yield sent.endpoint, name["system"], name["value"], document["time"]


class TestDay(unittest.TestCase):
    """One day at scale 1."""

    @classmethod
    def setUpClass(cls):
        cls.day = hospital.day(seed=1, date=DATE)
        cls.fresh = [sent for sent in cls.day if not sent.note.startswith(REPEATED)]

    def by(self, endpoint):
        return [sent for sent in self.day if sent.endpoint == endpoint]

    def troubles(self, word):
        return [sent for sent in self.day if sent.note.startswith(word)]

    def test_the_same_seed_and_date_give_the_same_bytes(self):
        self.assertEqual(hospital.day(seed=1, date=DATE), self.day)

    def test_another_seed_is_another_day_with_other_people(self):
        other = hospital.day(seed=2, date=DATE)
        self.assertFalse(self._mrns(self.day) & self._mrns(other))

    @staticmethod
    def _mrns(day):
        return {
            value
            for sent in day
            if sent.endpoint == "demo_pas"
            for value in hl7_texts(hl7_documents(sent)[0].body, "PID-3.1")
        }

    def test_about_four_hundred_messages_of_seven_systems_come_in_order_of_time(self):
        self.assertTrue(380 <= len(self.day) <= 450, len(self.day))
        self.assertEqual({sent.endpoint for sent in self.day}, set(hospital.ENDPOINTS))
        times = [sent.at for sent in self.day]
        self.assertEqual(times, sorted(times))
        self.assertEqual({when.date() for when in times}, {DATE})

    def test_about_forty_five_patients_are_met(self):
        people = self._mrns(self.day) | {
            resource["identifier"][0]["value"]
            for sent in self.by("demo_ehr")
            for kind, resource in fhir_parts(sent)
            if kind == "Patient"
        }
        self.assertTrue(40 <= len(people) <= 50, len(people))

    def test_every_hl7_message_can_be_read(self):
        triggers = collections.Counter(
            document.kind
            for endpoint in HL7_ENDPOINTS
            for sent in self.by(endpoint)
            for document in hl7_documents(sent)
        )
        siu = {f"SIU^S{number}" for number in (12, 13, 14, 15, 26)}
        adt = {f"ADT^A{number}" for number in "01 02 03 04 05 08 11 13 28 31 40".split()}
        self.assertEqual(set(triggers), adt | siu | {"DFT^P03", "ORU^R01"})

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

    def test_all_messages_about_one_subject_have_versions_of_their_own(self):
        found = collections.Counter(one for sent in self.fresh for one in versions(sent))
        self.assertEqual([one for one, times in found.items() if times > 1], [])

    def test_the_ehr_never_argues_with_patient_administration(self):
        admitted = self._mrns(self.day)
        both = set()
        for sent in self.by("demo_ehr"):
            for kind, resource in fhir_parts(sent):
                if kind == "Patient" and resource["identifier"][0]["value"] in admitted:
                    both.add(resource["identifier"][0]["value"])
                    self.assertFalse({"address", "telecom"} & set(resource))
        self.assertTrue(both)
        for sent in self.by("demo_pas"):
            body = hl7_documents(sent)[0].body
            if both & set(hl7_texts(body, "PID-3.1")):
                self.assertEqual(hl7_texts(body, "PID-15"), [])

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

    def test_each_ordinary_trouble_happens(self):
        expected = {
            hospital_trouble.DUPLICATE: 4,
            hospital_trouble.RESTAMPED: 3,
            hospital_trouble.OUT_OF_ORDER: 3,
            hospital_trouble.UNKNOWN_PRODUCT: 5,
            hospital_trouble.MERGE: 2,
            hospital_trouble.BILL_TWICE: 1,
            hospital_trouble.UNKNOWN_SUPPLIER: 1,
            hospital_trouble.UNKNOWN_ORDER: 1,
        }
        self.assertEqual({word: len(self.troubles(word)) for word in expected}, expected)

    def test_a_duplicate_repeats_something_to_the_byte(self):
        for sent in self.troubles(hospital_trouble.DUPLICATE):
            same = [one for one in self.day if (one.body, one.path) == (sent.body, sent.path)]
            self.assertEqual(len(same), 2)

    def test_a_message_sent_again_differs_in_its_time_only(self):
        for sent in self.troubles(hospital_trouble.RESTAMPED):
            again = hl7_documents(sent)[0]
            content = hl7v2.canonical_bytes(again)
            same = [
                document
                for one in self.by("demo_pas")
                for document in hl7_documents(one)
                if hl7v2.canonical_bytes(document) == content
            ]
            self.assertEqual(len(same), 2)
            self.assertEqual(len({document.envelope.time for document in same}), 2)

    def test_what_is_out_of_order_arrives_after_something_newer(self):
        for sent in self.troubles(hospital_trouble.OUT_OF_ORDER):
            body = hl7_documents(sent)[0].body
            visit, when = hl7_texts(body, "PV1-19.1"), hl7_texts(body, "EVN-2")
            newer = [
                one
                for one in self.by("demo_pas")
                if one.at < sent.at
                and hl7_texts(hl7_documents(one)[0].body, "PV1-19.1") == visit
                and hl7_texts(hl7_documents(one)[0].body, "EVN-2") > when
            ]
            self.assertTrue(newer)

    def test_the_bill_that_comes_twice_has_two_ids(self):
        bills = [
            document
            for sent in self.by("demo_finance")
            for document in json_documents(sent)
            if document["data"].get("number") == "LL-77120"
        ]
        self.assertEqual(len({bill["id"] for bill in bills}), 2)
        self.assertEqual(bills[0]["data"]["partner"], bills[1]["data"]["partner"])

    def test_a_bill_adds_up(self):
        for sent in self.by("demo_finance"):
            for document in json_documents(sent):
                data = document["data"]
                if "total" in data:
                    net = sum(line["amount"]["amount"] for line in data["lines"])
                    total = round(net + data["tax"]["amount"], 2)
                    self.assertEqual(total, data["total"]["amount"])

    def test_one_lot_has_one_expiry(self):
        expiries = collections.defaultdict(set)
        for endpoint in ("demo_cabinet", "demo_finance"):
            for sent in self.by(endpoint):
                for document in json_documents(sent):
                    if "lot" in document["data"]:
                        expiries[document["data"]["lot"]].add(document["data"]["expiry"])
        self.assertTrue(expiries)
        self.assertEqual({len(found) for found in expiries.values()}, {1})


class TestWorld(unittest.TestCase):
    """What the hospital is made of."""

    def test_gtins_have_valid_check_digits_and_are_for_use_inside_a_company(self):
        for product in world.PRODUCTS.values():
            digits = [int(digit) for digit in product.gtin]
            self.assertEqual(len(digits), 13)
            self.assertEqual(product.gtin[:2], "29")
            self.assertEqual(sum(digits[0::2]) % 10, -3 * sum(digits[1::2]) % 10)

    def test_odoo_starts_with_the_same_codes_and_gtins(self):
        products = [
            {field.get("name"): field.text for field in record}
            for record in ElementTree.parse(BASE).getroot().iter("record")
            if record.get("model") == "product.product"
        ]
        self.assertGreater(len(products), 9)
        for product in products:
            known = world.PRODUCTS[product["default_code"]]
            self.assertEqual((known.gtin, known.name), (product["barcode"], product["name"]))

    def test_the_hospital_has_what_was_promised(self):
        self.assertEqual(len(world.PRODUCTS), 40)
        self.assertEqual(len(world.SERVICES), 25)
        self.assertEqual(len(world.SUPPLIERS), 8)
        self.assertEqual(len(world.STAFF_MEMBERS), 20)
        self.assertNotIn(world.UNKNOWN_PRODUCT, world.PRODUCTS)


def identity(sent):
    """What the receiver tells messages apart by."""
    if sent.endpoint in HL7_ENDPOINTS:
        return [document.envelope.id for document in hl7_documents(sent)]
    if sent.endpoint in FHIR_ENDPOINTS:
        body = json.loads(sent.body)
        return [(body["id"], body["meta"].get("versionId"))]
    return [document["id"] for document in json_documents(sent)]


class TestLoad(unittest.TestCase):
    """The stream and the scenarios."""

    def test_a_stream_gives_as_many_messages_as_asked_and_never_one_twice(self):
        stream = list(hospital.stream(seed=3, count=900, date=DATE))
        self.assertEqual(len(stream), 900)
        found = collections.Counter(
            (sent.endpoint, one) for sent in stream for one in identity(sent)
        )
        self.assertEqual(max(found.values()), 1)
        self.assertFalse([sent for sent in stream if sent.note.startswith("trouble:")])

    def test_subjects_in_a_stream_have_versions_of_their_own(self):
        stream = hospital.stream(seed=3, count=700, date=DATE)
        found = collections.Counter(one for sent in stream for one in versions(sent))
        self.assertEqual([one for one, times in found.items() if times > 1], [])

    def test_a_scenario_is_paced_and_in_order(self):
        normal = list(hospital.scenario("normal", rate=5, seconds=20, date=DATE))
        self.assertEqual(len(normal), 100)
        self.assertEqual((normal[-1].at - normal[0].at).total_seconds(), 19.8)

    def test_a_bus_accident_brings_ten_times_the_admissions(self):
        told = list(hospital.scenario("bus_accident", rate=10, seconds=40, date=DATE))
        extra = [sent for sent in told if sent.note.startswith("bus accident")]
        self.assertEqual(len(extra), 216)
        self.assertEqual([sent.at for sent in told], sorted(sent.at for sent in told))
        begins = (extra[0].at - told[0].at).total_seconds()
        self.assertTrue(9 < begins < 11, begins)

    def test_a_month_end_has_five_thousand_charges_and_bills(self):
        told = hospital.scenario("month_end", rate=1, seconds=10, date=DATE)
        kinds = collections.Counter(sent.note.split(",")[0] for sent in told)
        self.assertGreaterEqual(kinds["DFT"], 4000)
        self.assertEqual(kinds["month end: vendor bill"], 1000)

    def test_staffing_has_three_thousand_changes_each_person_in_order(self):
        told = hospital.scenario("staffing", rate=1, seconds=10, date=DATE)
        changes = [sent for sent in told if sent.note.startswith("staffing")]
        self.assertEqual(len(changes), 3000)
        times = collections.defaultdict(list)
        for sent in changes:
            for _endpoint, _system, number, when in versions(sent):
                times[number].append(when)
        self.assertEqual({len(found) for found in times.values()}, {3})
        for found in times.values():
            self.assertEqual(found, sorted(set(found)))


if __name__ == "__main__":
    unittest.main()
