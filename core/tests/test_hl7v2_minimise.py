"""What minimisation keeps of an HL7 v2 message, and what never."""

from __future__ import annotations

import unittest

from ..codecs.hl7v2 import dump, load, minimise
from ..codecs.hl7v2_message import parse
from ..errors import MappingError

HEADER = "MSH|^~\\&|LAB|NORTH|||2026|secret|ADT^A01|7|P|2.5||||||||profile"


def minimised(allowed: str, *lines: str, header: str = HEADER) -> tuple[list[str], set[str]]:
    message, dropped = minimise(parse([header, *lines]), frozenset(allowed.split()))
    return [segment.text for segment in message.segments], set(dropped)


class Minimising(unittest.TestCase):
    def test_only_what_is_listed_stays_in_its_place(self):
        kept, dropped = minimised("PID-3 PID-5", "PID|1||7^^^A^MR||Doe^Jane||1980", "PV1|1|I")
        self.assertEqual(kept[1:], ["PID|||7^^^A^MR||Doe^Jane"])
        self.assertEqual(dropped, {"MSH-8", "MSH-20", "PID-1", "PID-7", "PV1"})

    def test_the_envelope_always_stays(self):
        kept, _ = minimised("")
        self.assertEqual(kept, ["MSH|^~\\&|LAB|NORTH|||2026||ADT^A01|7|P|2.5"])

    def test_a_star_allows_every_field_that_may_be_kept(self):
        kept, dropped = minimised("MSH-* PID-*", "PID|1||7|||||||White|||||||Catholic||123-45-6789")
        self.assertTrue(kept[0].endswith("|profile"))
        self.assertEqual(kept[1], "PID|1||7")
        self.assertEqual(dropped, {"MSH-8", "PID-10", "PID-17", "PID-19"})

    def test_components_are_cut_where_only_some_are_listed(self):
        kept, dropped = minimised(
            "PID-11.3 PID-11.5 PV1-3", 'PID|||||||||||1 Street^^Town^X^999~""', "PV1|||W^1"
        )
        self.assertEqual(kept[1:], ['PID|||||||||||^^Town^^999~""', "PV1|||W^1"])
        self.assertEqual(dropped, {"MSH-8", "MSH-20", "PID-11.1", "PID-11.4"})
        kept, _ = minimised("PID-11 PID-11.3", "PID|||||||||||1 Street^^Town")
        self.assertEqual(kept[1], "PID|||||||||||1 Street^^Town")

    def test_never_segments_go_whatever_the_list_says(self):
        lines = [f"{name}|1|value" for name in ("DG1", "OBX", "NTE", "AL1", "IAM", "ZAB")]
        kept, dropped = minimised(" ".join(f"{line[:3]}-*" for line in lines), *lines)
        self.assertEqual(kept[1:], ["ZAB|1|value"])
        self.assertLess({"DG1", "OBX", "NTE", "AL1", "IAM"}, dropped)
        self.assertIn("ZAB", minimised("PID-3", "ZAB|1|value")[1])

    def test_of_a_procedure_only_the_billable_code_stays(self):
        kept, dropped = minimised("PR1-*", "PR1|1|C4|71045^Chest|finding|2026")
        self.assertEqual(kept[1], "PR1|||71045^Chest")
        self.assertLess({"PR1-1", "PR1-4", "PR1-5"}, dropped)

    def test_reasons_and_diagnoses_inside_other_segments_go(self):
        kept, _ = minimised(
            "FT1-* OBR-* SCH-*", "FT1|1" + "|x" * 25, "OBR|1" + "|x" * 40, "SCH|1" + "|x" * 8
        )
        for line, numbers in zip(kept[1:], ((19,), (13, 31), (6, 7)), strict=True):
            fields = line.split("|")
            self.assertEqual([fields[number] for number in numbers], [""] * len(numbers))

    def test_personal_identifiers_go_wherever_they_stand(self):
        kept, dropped = minimised(
            "PID-3 PID-4.1 PV1-7",
            "PID|||7^^^A^MR~123456789^^^USSSA^SS~9^^^&2.16.840.1.113883.4.1&ISO|5^^^X^ppn&1",
            "PV1|||||||1^Who^^^^^^^^^^^SS~2^Doe^^^^^^^^^^^NPI",
        )
        self.assertEqual(kept[1:], ["PID|||7^^^A^MR", "PV1|||||||2^Doe^^^^^^^^^^^NPI"])
        self.assertLess({"PID-3[5=SS]", "PID-3[4=SSA]", "PID-4[5=PPN]", "PV1-7[13=SS]"}, dropped)

    def test_odd_separators_are_respected(self):
        kept, _ = minimised(
            "PID-3.1 PID-4", "PID#1##7*x!8*y#9***A*SS#Doe", header="MSH#*!#A#B#####ADT*A01"
        )
        self.assertEqual(kept[1], "PID###7*!8*")
        kept, _ = minimised("PID-3", "PID|||7^^^A^MR~8", header="MSH|^\\&|A|B|||||ADT^A01")
        self.assertEqual(kept[1], "PID|||7^^^A^MR~8")

    def test_endless_lines_do_not_make_endless_lists_of_places(self):
        _, dropped = minimised("PID-3.1", "PID" + "|x" * 2 + "|7" + "^x" * 3000 + "|x" * 3000)
        self.assertEqual(len(dropped), 2 + 2 + (254 + 1) + (252 + 1))
        self.assertLess({"PID-255+", "PID-3.255", "PID-3.255+"}, dropped)

    def test_what_was_minimised_is_stored_and_loaded(self):
        message, _ = minimise(parse([HEADER, "PID|1||7^^^A^MR||Doe^Jane"]), frozenset(("PID-5.1",)))
        self.assertEqual(
            dump(message), b"MSH|^~\\&|LAB|NORTH|||2026||ADT^A01|7|P|2.5\rPID|||||Doe\r"
        )
        self.assertEqual(dump(load(dump(message))), dump(message))
        self.assertEqual(minimise(load(dump(message)), frozenset(("PID-5.1",)))[1], ())

    def test_an_entry_that_is_no_place_is_named(self):
        for text in ("PID", "PID-0", "PID-3.1.2", "PID-3[1]", "pid-3"):
            with self.assertRaises(MappingError) as caught:
                minimise(parse([HEADER]), frozenset((text,)))
            self.assertEqual((caught.exception.code, caught.exception.path), ("bad_path", text))


if __name__ == "__main__":
    unittest.main()
