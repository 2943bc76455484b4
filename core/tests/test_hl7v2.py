"""HL7 v2 bodies: what is read from them, and what is refused with which code."""

from __future__ import annotations

import unittest

from ..codecs import hl7v2
from ..errors import BadBatch, BadDocument

MSH = "MSH|^~\\&|LAB^1.2.3^ISO|NORTH|ODOO|HQ|20260102030405||ADT^A01^ADT_A01|42|P|2.5"
PID = "PID|1||7^^^NORTH^MR||Doe^Jane"


def body(*lines: str, end: str = "\r") -> bytes:
    return end.join(lines).encode()


def header(**fields: str) -> str:
    """MSH with the fields given as ``f9="ADT^A01"``."""
    parts = MSH.split("|")
    parts += [""] * (18 - len(parts))
    for name, value in fields.items():
        parts[int(name[1:]) - 1] = value
    return "|".join(parts)


class Reading(unittest.TestCase):
    def one(self, data: bytes, **keywords) -> hl7v2.Document:
        documents = hl7v2.decode(data, **keywords)
        self.assertEqual(len(documents), 1)
        return documents[0]

    def refused(self, data: bytes, code: str, path: str = "", **keywords):
        with self.assertRaises(BadDocument) as caught:
            hl7v2.decode(data, **keywords)
        self.assertEqual((caught.exception.code, caught.exception.path), (code, path))
        return caught.exception

    def test_the_envelope_is_read_from_the_header(self):
        document = self.one(body(MSH, PID))
        envelope = document.envelope
        self.assertEqual((document.format, document.kind, document.index), ("hl7v2", "ADT^A01", 0))
        self.assertEqual(
            (envelope.type, envelope.id, envelope.is_id_unique), ("ADT^A01", "42", False)
        )
        self.assertEqual((envelope.source, envelope.facility), ("LAB", "NORTH"))
        self.assertEqual(envelope.time, "20260102030405")

    def test_a_sender_without_a_name_goes_by_its_universal_id(self):
        envelope = self.one(body(header(f3="^1.2.3^ISO", f4="^4.5^ISO"))).envelope
        self.assertEqual((envelope.source, envelope.facility), ("1.2.3", "4.5"))

    def test_a_type_without_trigger_stands_alone(self):
        self.assertEqual(self.one(body(header(f9="ACK"))).kind, "ACK")
        self.assertEqual(self.one(body(header(f9="ORU^^ORU_R01"))).kind, "ORU")

    def test_an_old_sender_names_the_trigger_in_evn(self):
        self.assertEqual(self.one(body(header(f9="adt"), "EVN|a04")).kind, "ADT^A04")
        self.assertEqual(self.one(body(header(f9="ADT"), "EVN|whatever")).kind, "ADT")

    def test_every_line_end_reads_the_same(self):
        expected = self.one(body(MSH, PID)).body
        for end in ("\n", "\r\n", "\r\r", "\n\n", "\r\n\r\n"):
            self.assertEqual(self.one(body(MSH, PID, "", end=end)).body, expected)

    def test_a_line_feed_inside_a_text_stays_where_segments_end_in_cr(self):
        data = body(MSH, "PID|1||7\nsecond line", "PV1|1") + b"\nPV2|1\n"
        message = self.one(data).body
        self.assertEqual(
            [segment.name for segment in message.segments], ["MSH", "PID", "PV1", "PV2"]
        )
        self.assertEqual(message.segments[1].raw(3), "7\nsecond line")
        again = hl7v2.load(hl7v2.dump(message))
        self.assertEqual(again.segments[1].text_of(3), "7\nsecond line")

    def test_marks_framing_and_blank_lines_are_taken_off(self):
        expected = self.one(body(MSH, PID)).body
        framed = b"\x0b" + body(MSH, PID) + b"\r\x1c\r"
        for data in (
            b"\xef\xbb\xbf" + body(MSH, PID),
            framed,
            b"\r\n \r\n" + body(MSH, "||||", " ", PID),
        ):
            self.assertEqual(self.one(data).body, expected)

    def test_several_messages_in_one_body_keep_their_order(self):
        documents = hl7v2.decode(body(MSH, PID, "", header(f10="43"), PID))
        self.assertEqual([(d.index, d.envelope.id) for d in documents], [(0, "42"), (1, "43")])

    def test_a_batch_wrapper_is_left_out(self):
        data = body(
            "FHS|^~\\&|A",
            "BHS|^~\\&|A",
            MSH,
            PID,
            MSH,
            "BTS|2",
            "BHS|^~\\&",
            MSH,
            "BTS|01",
            "FTS|2",
        )
        self.assertEqual(len(hl7v2.decode(data)), 3)
        self.assertEqual(len(hl7v2.decode(body(MSH, "BTS|1", "FTS|1"))), 1)

    def test_an_empty_batch_has_no_messages(self):
        self.assertEqual(hl7v2.decode(body("FHS|^~\\&", "BHS|^~\\&", "BTS|0", "FTS")), ())

    def test_a_wrong_count_means_that_messages_are_missing(self):
        self.refused(body("BHS|^~\\&", MSH, "BTS|2"), "batch_count", "BTS-1")
        self.refused(body("FHS|^~\\&", "BHS|^~\\&", MSH, "BTS|1", "FTS|2"), "batch_count", "FTS-1")
        self.refused(body("BHS|^~\\&", MSH, "BTS|" + "9" * 5000), "batch_count", "BTS-1")

    def test_what_is_no_hl7_is_refused(self):
        self.refused(b"", "empty")
        self.refused(b"\r\n \x0b", "empty")
        self.refused(b"# comment\nMSH|^~\\&|", "no_msh")
        self.refused(b'{"resourceType": "Patient"}', "no_msh")
        self.refused(b"MSH", "no_msh")
        self.refused(body(MSH, PID) + b"\0", "bad_character")

    def test_a_line_that_is_no_segment_is_refused_with_its_place(self):
        mixed = body(MSH, PID, "", end="\r\n") + b"PV1|1\n# comment\n"
        self.refused(mixed, "bad_segment", "segment[4]")
        for line in (
            "# comment",
            "pid|1",
            "P1|1",
            "1PI|1",
            "PID;1",
            "ÀÉÈ|1",
            "free text of somebody",
        ):
            error = self.refused(body(MSH, PID, line), "bad_segment", "segment[3]")
            self.assertNotIn(line, str(error))
        self.refused(body("BHS|^~\\&", MSH, "BTS|1", "# comment"), "bad_segment")
        self.refused(body("FHS|^~\\&", "PID|1"), "bad_segment")

    def test_a_message_without_a_usable_type_is_refused(self):
        self.refused(body("MSH|^~\\&|LAB"), "no_type", "MSH-9")
        self.refused(body(header(f9="^A01")), "no_type", "MSH-9")
        self.refused(body(header(f9="Jane Doe")), "bad_type", "MSH-9")
        self.refused(body(header(f9="ADT^Jane Doe")), "bad_type", "MSH-9")

    def test_a_header_too_long_for_an_identity_is_refused(self):
        for number in (3, 4, 10):
            self.refused(body(header(**{f"f{number}": "x" * 256})), "too_long", f"MSH-{number}")

    def test_a_batch_lists_every_bad_message(self):
        with self.assertRaises(BadBatch) as caught:
            hl7v2.decode(body(MSH, "# junk", MSH, PID, header(f9="")))
        found = [(error.index, error.code) for error in caught.exception.errors]
        self.assertEqual(found, [(0, "bad_segment"), (2, "no_type")])


class Characters(unittest.TestCase):
    def name(self, data: bytes, **keywords) -> str:
        return hl7v2.decode(data, **keywords)[0].body.segments[1].text_of(5)

    def message(self, charset: str, codec: str, name: str = "Müller") -> bytes:
        return body(header(f18=charset), f"PID|||||{name}").decode().encode(codec)

    def test_the_declared_set_decides(self):
        for charset, codec in (
            ("UNICODE UTF-8", "utf-8"),
            ("8859/1", "latin-1"),
            ("8859/15~UNICODE UTF-8", "iso-8859-15"),
            ("GB 18030-2000", "gb18030"),
        ):
            self.assertEqual(self.name(self.message(charset, codec)), "Müller", charset)
        self.assertEqual(self.name(self.message("ISO IR87", "iso2022_jp", "山田")), "山田")

    def test_each_message_of_a_body_has_its_own_set(self):
        data = self.message("8859/1", "latin-1") + b"\r" + self.message("UNICODE UTF-8", "utf-8")
        names = [document.body.segments[1].text_of(5) for document in hl7v2.decode(data)]
        self.assertEqual(names, ["Müller", "Müller"])

    def test_undeclared_is_utf_8_or_else_latin_1(self):
        for charset in ("", "ASCII"):
            self.assertEqual(self.name(self.message(charset, "utf-8")), "Müller")
            self.assertEqual(self.name(self.message(charset, "latin-1")), "Müller")
        short = b"MSH|^~\\&|A||||||ADT^A01\rPID|||||M\xfcller"
        self.assertEqual(self.name(short), "Müller")

    def test_the_content_type_and_the_endpoint_stand_in_for_msh_18(self):
        data = self.message("", "iso-8859-15", "€")
        declared = "application/hl7-v2; charset=ISO-8859-15; x=y"
        self.assertEqual(self.name(data, content_type=declared), "€")
        self.assertEqual(self.name(data, options=hl7v2.Hl7v2Options(charset="8859/15")), "€")

    def test_bytes_outside_the_declared_set_are_refused(self):
        for charset in ("UNICODE UTF-8", "SOMETHING ELSE"):
            with self.assertRaises(BadDocument) as caught:
                hl7v2.decode(self.message(charset, "latin-1"))
            self.assertEqual(
                (caught.exception.code, caught.exception.path), ("bad_encoding", "MSH-18")
            )

    def test_utf_16_is_known_by_its_mark(self):
        self.assertEqual(self.name(self.message("UNICODE", "utf-16")), "Müller")
        with self.assertRaises(BadDocument) as caught:
            hl7v2.decode(b"\xff\xfeM")
        self.assertEqual(caught.exception.code, "bad_encoding")


class Identity(unittest.TestCase):
    def canonical(self, *lines: str) -> bytes:
        return hl7v2.canonical_bytes(hl7v2.decode(body(*lines))[0])

    def test_the_same_content_with_other_separators_is_equal(self):
        standard = self.canonical(
            "MSH|^~\\&|A|B|||||ADT^A01|1", "PID|1||7^^^X&1\\T\\2~8||D\\E\\oe^^"
        )
        other = self.canonical("MSH#*!@+#A#B#####ADT*A01#1", "PID#1##7***X+1&2!8##D\\oe#")
        self.assertEqual(standard, other)

    def test_a_restamped_resend_is_equal_and_another_content_is_not(self):
        first = self.canonical(MSH, PID)
        self.assertEqual(first, self.canonical(header(f7="20270101", f8="secret"), PID + "|||"))
        self.assertNotEqual(first, self.canonical(MSH, PID.replace("Jane", "June")))
        self.assertNotEqual(first, self.canonical(header(f10="43"), PID))

    def test_an_empty_repetition_in_the_middle_keeps_its_place(self):
        self.assertNotEqual(self.canonical(MSH, "PID|1||~7"), self.canonical(MSH, "PID|1||7"))
        self.assertEqual(self.canonical(MSH, "PID|1||7~~"), self.canonical(MSH, "PID|1||7&^~"))


class Storage(unittest.TestCase):
    def test_what_was_dumped_loads_with_the_same_texts(self):
        lines = ("MSH#*!@+#A#B#####ADT*A01#1", 'PID##""#7***X+1&2!8##D@X0D0A@oe*@.br@@H@^')
        message = hl7v2.decode(body(*lines))[0].body
        data = hl7v2.dump(message)
        again = hl7v2.load(data)
        self.assertTrue(data.startswith(b"MSH|^~\\&|A|B|||||ADT^A01|1\rPID||"))
        self.assertEqual(hl7v2.dump(again), data)
        for number in range(1, 7):
            for one, other in zip(
                message.segments[1].repetitions(number),
                again.segments[1].repetitions(number),
                strict=True,
            ):
                self.assertEqual(one.is_null, other.is_null)
                for component in range(1, 6):
                    for sub in (1, 2):
                        self.assertEqual(one.text(component, sub), other.text(component, sub))

    def test_a_message_of_a_header_alone_round_trips(self):
        data = hl7v2.dump(hl7v2.decode(b"MSH|^~\\&|||||||ACK")[0].body)
        self.assertEqual(hl7v2.dump(hl7v2.load(data)), data)


if __name__ == "__main__":
    unittest.main()
