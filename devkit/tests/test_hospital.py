"""The synthetic hospital: what it is made of, its streams and its scenarios."""

import collections
import pathlib
import unittest
from xml.etree import ElementTree

from devkit import hospital
from devkit import hospital_world as world
from devkit.tests.hospital_reading import DATE, identity, versions

BASE = pathlib.Path(__file__).parents[2] / "demo" / "hospital_base.xml"


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
