"""What the writer of FHIR says in codes is what the shipped data read of them; and its extensions are all allowed."""

import unittest

from ..canonical import Coding
from ..canonical.fhir import words
from ..codecs.fhir_structure import elements
from ..fhir_extensions import ABSENT, ADDITIONAL_IDENTIFIER, OWN
from ..never import is_never_extension
from . import shipped

#: table → the shipped map that reads it back
MAPS = {
    "GENDER": "gender",
    "ORGANIZATION_KIND": "organization_kind",
    "BED_STATUS": "bed_status",
    "ENCOUNTER_CLASS": "encounter_class",
    "ENCOUNTER_STATUS": "fhir_encounter_status",
    "APPOINTMENT_STATUS": "fhir_appointment_status",
    "COVERAGE_STATUS": "fhir_coverage_status",
    "RELATIONSHIP": "coverage_relationship",
    "REQUEST_STATUS": "fhir_request_status",
    "SUPPLY_REQUEST_STATUS": "fhir_request_status",
    "SUPPLY_KIND": "fhir_supply_kind",
    "INVOICE_STATUS": "fhir_invoice_status",
    "PRIORITY": "order_priority",
}
#: what R4 has one code for, and the canonical model two
SAME = {("APPOINTMENT_STATUS", "confirmed"): "booked"}
#: table → the element whose closed list it is of
BOUND = {
    "GENDER": ("Patient", "gender"),
    "LOCATION_STATUS": ("Location", "status"),
    "ENCOUNTER_STATUS": ("Encounter", "status"),
    "APPOINTMENT_STATUS": ("Appointment", "status"),
    "SUPPLY_REQUEST_STATUS": ("SupplyRequest", "status"),
    "INVOICE_STATUS": ("Invoice", "status"),
}


class WordsTest(unittest.TestCase):
    def test_every_code_is_read_back_as_its_word(self):
        for table, concept_map in MAPS.items():
            for word, code in getattr(words, table).items():
                read = shipped.translate(concept_map, Coding(code))
                self.assertEqual(read, SAME.get((table, word), word), (table, code))

    def test_every_word_that_the_shipped_data_read_of_r4_can_be_written(self):
        for table, concept_map in MAPS.items():
            read = {
                target
                for (name, _, _), target in shipped.concept_maps().items()
                if name == concept_map
            }
            self.assertLessEqual(read, set(getattr(words, table)), table)

    def test_codes_are_of_the_lists_that_r4_binds_them_to(self):
        for table, (kind, name) in BOUND.items():
            for code in getattr(words, table).values():
                elements(kind)[name].check(code)
        for uses, kind in (
            (words.NAME_USES, "HumanName"),
            (words.ADDRESS_USES, "Address"),
            (words.CONTACT_USES, "ContactPoint"),
        ):
            for code in uses:
                elements(kind)["use"].check(code)


class ExtensionsTest(unittest.TestCase):
    def test_every_extension_that_a_mapping_reads_is_known_and_the_other_way_round(self):
        read = {
            place.partition("extension(")[2].partition(")")[0]
            for mapping in shipped.mappings()
            if mapping.format == "fhir"
            for kind in mapping.documents
            for place in shipped.mapper().source_paths("fhir", kind)
            if "extension(" in place
        }
        self.assertLessEqual(set(OWN), read)
        standard = {url for url in read - set(OWN) if url.startswith("http://hl7.org/fhir/")}
        self.assertEqual(read - set(OWN), standard)
        self.assertEqual(read & {ABSENT, ADDITIONAL_IDENTIFIER}, set())

    def test_none_of_them_is_dropped_for_its_name(self):
        self.assertEqual([url for url in OWN if is_never_extension(url)], [])
