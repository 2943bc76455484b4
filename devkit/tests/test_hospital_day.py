"""The synthetic hospital's day: the same every time, whole, and without contradictions."""

import collections
import unittest

from devkit import hospital, hospital_trouble
from devkit.tests.hospital_reading import (
    DATE,
    DayCase,
    fhir_parts,
    hl7_documents,
    hl7_texts,
    json_documents,
    mrns,
    versions,
)

REPEATED = (hospital_trouble.DUPLICATE, hospital_trouble.RESTAMPED)


class TestDay(DayCase):
    """How it hangs together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh = [sent for sent in cls.day if not sent.note.startswith(REPEATED)]

    def test_the_same_seed_and_date_give_the_same_bytes(self):
        self.assertEqual(hospital.day(seed=1, date=DATE), self.day)

    def test_another_seed_is_another_day_with_other_people(self):
        other = hospital.day(seed=2, date=DATE)
        self.assertFalse(mrns(self.day) & mrns(other))

    def test_about_four_hundred_and_seventy_messages_of_eight_systems_come_in_order_of_time(self):
        self.assertTrue(420 <= len(self.day) <= 500, len(self.day))
        self.assertEqual({sent.endpoint for sent in self.day}, set(hospital.ENDPOINTS))
        times = [sent.at for sent in self.day]
        self.assertEqual(times, sorted(times))
        self.assertEqual({when.date() for when in times}, {DATE})

    def test_about_forty_five_patients_are_met(self):
        people = mrns(self.day) | {
            resource["identifier"][0]["value"]
            for sent in self.by("demo_ehr")
            for kind, resource in fhir_parts(sent)
            if kind == "Patient"
        }
        self.assertTrue(40 <= len(people) <= 50, len(people))

    def test_all_messages_about_one_subject_have_versions_of_their_own(self):
        found = collections.Counter(one for sent in self.fresh for one in versions(sent))
        self.assertEqual([one for one, times in found.items() if times > 1], [])

    def test_the_ehr_never_argues_with_patient_administration(self):
        admitted = mrns(self.day)
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


if __name__ == "__main__":
    unittest.main()
