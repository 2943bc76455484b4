"""Answers to HL7 v2 senders: the right code, in the sender's version, the same for the same facts."""

from __future__ import annotations

import unittest
from datetime import datetime, timezone

from ..ack import CONDITIONS, AckHeader, ack, ack_code, condition
from ..codecs import hl7v2
from ..codecs.hl7v2_message import parse

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def header(**values: str) -> AckHeader:
    return AckHeader(
        **{
            "sending_application": "LAB^1.2^ISO",
            "sending_facility": "NORTH",
            "receiving_application": "ODOO",
            "receiving_facility": "HQ",
            "trigger": "A01",
            "control_id": "42",
            "processing": "T",
            "version": "2.5.1",
            **values,
        }
    )


def answered(code: str, head: AckHeader | None = None, **values: str) -> list[str]:
    data = ack(head or header(), code, control_id="A1", at=AT, **values)
    assert data.endswith(b"\r")
    return data.decode()[:-1].split("\r")


class Modes(unittest.TestCase):
    def test_msh_15_and_16_choose_the_table(self):
        for accept, application, mode in (
            ("", "", "A"),
            ("AL", "", "C"),
            ("ER", "AL", "C"),
            ("SU", "NE", "C"),
            ("NE", "NE", "C"),
            ("NE", "", "C"),
            ("", "NE", "C"),
            ("NE", "AL", "A"),
            ("", "ER", "A"),
        ):
            head = header(accept=accept, application=application)
            found = [ack_code(head, outcome) for outcome in ("accepted", "error", "rejected")]
            self.assertEqual(found, [f"{mode}A", f"{mode}E", f"{mode}R"], (accept, application))

    def test_a_message_will_do_for_its_header(self):
        message = parse(["MSH|^~\\&|LAB|NORTH|||||ADT^A01|7|P|2.3|||al"])
        self.assertEqual(ack_code(message, "accepted"), "CA")
        self.assertEqual(
            ack(message, "CA", control_id="1", at=AT),
            ack(AckHeader.of(message), "CA", control_id="1", at=AT),
        )


class Headers(unittest.TestCase):
    def test_a_header_survives_storage(self):
        message = parse(["MSH#*!@+#L@F@B*1#N|S##HQ###adt*a01#4&2#P*T#2.5*USA#####NE"])
        head = AckHeader.of(message)
        self.assertEqual(head.sending_application, "L#B^1")
        self.assertEqual((head.sending_facility, head.control_id), (r"N\F\S", r"4\T\2"))
        self.assertEqual((head.trigger, head.processing, head.version), ("A01", "P^T", "2.5^USA"))
        self.assertEqual(AckHeader.from_dict(head.to_dict()), head)
        self.assertNotIn("receiving_application", head.to_dict())
        self.assertEqual(AckHeader.from_dict({**head.to_dict(), "of_tomorrow": "x"}), head)


class Answers(unittest.TestCase):
    def test_an_acceptance_swaps_sender_and_receiver(self):
        self.assertEqual(
            answered("AA"),
            [
                "MSH|^~\\&|ODOO|HQ|LAB^1.2^ISO|NORTH|20260102030405+0000||ACK^A01^ACK|A1|T|2.5.1",
                "MSA|AA|42",
            ],
        )

    def test_an_error_says_what_and_where(self):
        lines = answered(
            "AE", error_code="missing_code", location="FT1[2]-7.1", text="code | unknown"
        )
        self.assertEqual(lines[1], "MSA|AE|42")
        expected = (
            r"ERR||FT1^2^7^1^1|103^Table value not found^HL70357|E|missing_code|||code \F\ unknown"
        )
        self.assertEqual(lines[2], expected)

    def test_a_code_of_the_table_needs_no_word_of_ours(self):
        self.assertEqual(
            answered("CR", error_code="201")[2], "ERR|||201^Unsupported event code^HL70357|E"
        )
        self.assertEqual(answered("CR")[2], "ERR|||207^Application internal error^HL70357|E")

    def test_a_text_of_an_acceptance_stands_in_msa(self):
        self.assertEqual(answered("CA", text="test only")[1], "MSA|CA|42|test only")

    def test_before_2_5_the_error_stands_in_err_1_and_msa(self):
        lines = answered(
            "AR", header(version="2.3"), error_code="required", location="PID-3", text="why"
        )
        self.assertEqual(lines[0].split("|")[8], "ACK^A01")
        self.assertEqual(lines[1], "MSA|AR|42|why|||101^Required field missing^HL70357")
        self.assertEqual(lines[2], "ERR|PID^1^3^101&Required field missing&HL70357")
        lines = answered("AE", header(version="2.3.1"))
        self.assertEqual(lines[0].split("|")[8], "ACK^A01^ACK")
        self.assertEqual(lines[2], "ERR|^^^207&Application internal error&HL70357")
        self.assertEqual(answered("AA", header(version="2.4"))[1:], ["MSA|AA|42"])

    def test_a_sparse_header_gets_the_customary_values(self):
        lines = answered("AA", AckHeader())
        self.assertEqual(lines, ["MSH|^~\\&|||||20260102030405+0000||ACK|A1|P|2.5", "MSA|AA"])

    def test_a_location_that_is_no_path_is_left_out(self):
        for location, expected in (
            ("segment[7]", ""),
            ("", ""),
            ("DOCUMENT", ""),
            ("PID", "PID^1"),
            ("PID-3[5=MR].1 | PID-3.1", "PID^1^3^1^1"),
            ("IN1[*]-2[3]", "IN1^1^2^3"),
            ("PID-3.4.2", "PID^1^3^1^4^2"),
        ):
            self.assertEqual(answered("AE", location=location)[2].split("|")[2], expected, location)

    def test_the_senders_characters_are_kept_where_they_suffice(self):
        head = header(charset="8859/1")
        data = ack(head, "AE", control_id="1", at=AT, text="für")
        self.assertIn("für".encode("latin-1"), data)
        self.assertTrue(data.split(b"\r")[0].endswith(b"||||||8859/1"))
        data = ack(head, "AE", control_id="1", at=AT, text="€")
        self.assertIn("€".encode(), data)
        self.assertTrue(data.split(b"\r")[0].endswith(b"||||||UNICODE UTF-8"))

    def test_an_answer_is_itself_a_message(self):
        data = ack(header(), "AE", control_id="A1", at=AT, error_code="no_key", location="PID-3")
        (document,) = hl7v2.decode(data)
        self.assertEqual((document.kind, document.envelope.id), ("ACK^A01", "A1"))
        self.assertEqual(document.body.named("ERR")[0].text_of(5), "no_key")

    def test_equal_facts_give_equal_bytes(self):
        self.assertEqual(answered("AE", text="x"), answered("AE", text="x"))

    def test_a_code_that_the_table_lacks_is_a_mistake(self):
        with self.assertRaises(ValueError):
            answered("OK")

    def test_every_word_of_ours_has_a_condition(self):
        for word in ("required", "identity_conflict", "never heard of", "207"):
            self.assertIn(condition(word), CONDITIONS)


if __name__ == "__main__":
    unittest.main()
