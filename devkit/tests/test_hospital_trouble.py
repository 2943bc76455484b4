"""The synthetic hospital's troubles: each happens in a day, and is the trouble that it is called."""

import unittest

from core.codecs import hl7v2
from devkit import hospital_trouble
from devkit.tests.hospital_reading import DayCase, hl7_documents, hl7_texts, json_documents


class TestTrouble(DayCase):
    """What goes wrong in a day."""

    def troubles(self, word):
        return [sent for sent in self.day if sent.note.startswith(word)]

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


if __name__ == "__main__":
    unittest.main()
