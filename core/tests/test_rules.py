"""One rule: what it reads, translates, defaults, refuses."""

import unittest
from datetime import date
from decimal import Decimal

from ..canonical import CLEAR, Coding, Identifier, Money, Quantity, Reference
from ..codecs import hl7v2
from ..document import Document, Envelope
from ..errors import MappingError, MissingCode
from ..rules import Rule, attributes_of, compile_rule, gather
from ..sources import View
from . import shipped

CODES = {
    ("gender", "F"): "female",
    ("unit", "TAB"): "EA",
    ("department", "RAD-1"): "RADIOLOGY",
    ("code", "24"): "CT-HEAD",
    ("yes", "A"): "true",
    ("number", "half"): "30",
    ("secret", "7"): "x",
}


def context():
    return shipped.context_of(lambda concept_map, coding: CODES.get((concept_map, coding.code)))


def hl7_view(*segments):
    body = "\r".join(("MSH|^~\\&|A|B|||||ADT^A01|1", *segments)).encode()
    (document,) = hl7v2.decode(body)
    return View(document, document.body)


def json_view(**body):
    return View(Document("json", "a.b.c.v1", body, Envelope("a.b.c.v1")), body)


def evaluate(view, entity, rule):
    return compile_rule(rule, entity, view.document.format).evaluate(view, context())


class RuleTest(unittest.TestCase):
    def test_a_rule_fills_its_attribute(self):
        view = json_view(name="Ward 3", price={"amount": 5})
        self.assertEqual(evaluate(view, "location", Rule("name", "name")), "Ward 3")
        self.assertEqual(
            evaluate(view, "product", Rule("price", "price", "json.money")), Money(Decimal(5))
        )

    def test_one_value_becomes_a_list_where_the_attribute_is_one(self):
        view = json_view(code="a")
        self.assertEqual(
            evaluate(view, "service", Rule("codes", "code", "json.coding")), (Coding("a"),)
        )
        self.assertEqual(
            evaluate(view, "service", Rule("identifiers", "code", "text")), (Identifier("a"),)
        )
        self.assertEqual(evaluate(view, "service", Rule("codes", "code", "text")), (Coding("a"),))

    def test_a_default_says_what_the_message_does_not(self):
        view = json_view(empty="")
        self.assertEqual(evaluate(view, "order", Rule("kind", default="service")), "service")
        self.assertIs(evaluate(view, "party", Rule("is_active", "empty", default="true")), True)
        self.assertEqual(
            evaluate(view, "service", Rule("duration_minutes", default="15")), Decimal(15)
        )
        self.assertIsNone(evaluate(view, "order", Rule("kind", "empty")))

    def test_a_value_of_another_type_is_refused(self):
        view = json_view(text="x", number=3)
        for rule, entity in (
            (Rule("price", "text"), "product"),
            (Rule("name", "number"), "location"),
            (Rule("birth_date", "text"), "party"),
            (Rule("is_active", "text"), "party"),
            (Rule("codes", "number"), "service"),
        ):
            with self.subTest(rule.target), self.assertRaises(MappingError) as caught:
                evaluate(view, entity, rule)
            self.assertEqual(caught.exception.path, rule.source)

    def test_a_time_is_no_day(self):
        view = json_view(at=date(2020, 5, 8))
        self.assertEqual(evaluate(view, "party", Rule("birth_date", "at")), date(2020, 5, 8))

    def test_an_error_names_the_path_and_never_the_value(self):
        with self.assertRaises(MappingError) as caught:
            evaluate(
                hl7_view("PID|||7||||birthday-4711"),
                "party",
                Rule("birth_date", "PID-7.1", "hl7.date"),
            )
        self.assertEqual((caught.exception.code, caught.exception.path), ("bad_time", "PID-7.1"))
        self.assertEqual(str(caught.exception), "bad_time PID-7.1")


class NullTest(unittest.TestCase):
    def test_a_field_that_is_null_clears(self):
        view = hl7_view('PID|||7||||||||""||""~020 1')
        self.assertIs(evaluate(view, "party", Rule("address", "PID-11", "hl7.address")), CLEAR)
        self.assertIs(
            evaluate(view, "party", Rule("language", "PID-11.1", "text", default="de")), CLEAR
        )
        self.assertEqual(
            evaluate(view, "party", Rule("contacts", "PID-13", "hl7.contacts"))[0].value, "020 1"
        )

    def test_joined_parts_clear_when_all_are_null(self):
        view = hl7_view('RXD|1|||""|""', "PV1|1|I", 'OBR|1|5|""')
        quantity = Rule("quantity", "RXD-4 + RXD-5", "hl7.quantity")
        self.assertIs(evaluate(view, "stock_movement", quantity), CLEAR)
        order = Rule("order", "OBR-2 + OBR-3", "hl7.order_reference", "order")
        self.assertEqual(evaluate(view, "charge", order).identifiers[0].value, "5")


class ConceptMapTest(unittest.TestCase):
    def test_a_word_is_translated_or_gives_nothing(self):
        self.assertEqual(
            evaluate(json_view(g="F"), "party", Rule("gender", "g", concept_map="gender")), "female"
        )
        self.assertEqual(
            evaluate(json_view(g="F"), "party", Rule("gender", "g", "code", concept_map="gender")),
            "female",
        )
        self.assertIsNone(
            evaluate(json_view(g="?"), "party", Rule("gender", "g", concept_map="gender"))
        )
        rule = Rule("gender", "g", "code", concept_map="gender", default="unknown")
        self.assertEqual(evaluate(json_view(g="?"), "party", rule), "unknown")

    def test_a_translation_can_be_a_flag_or_a_number(self):
        self.assertIs(
            evaluate(json_view(a="A"), "party", Rule("is_active", "a", concept_map="yes")), True
        )
        rule = Rule("duration_minutes", "a", concept_map="number")
        self.assertEqual(evaluate(json_view(a="half"), "service", rule), Decimal(30))

    def test_a_unit_is_translated_or_stays_as_sent(self):
        rule = Rule("quantity", "q", "json.quantity", concept_map="unit")
        self.assertEqual(
            evaluate(json_view(q={"value": 2, "unit": "TAB", "system": "x"}), "order", rule),
            Quantity(Decimal(2), "EA"),
        )
        self.assertEqual(
            evaluate(json_view(q={"value": 2, "unit": "BOX"}), "order", rule),
            Quantity(Decimal(2), "BOX"),
        )

    def test_a_code_and_a_department_are_translated_or_stay(self):
        rule = Rule("code", "c", "json.coding", concept_map="code")
        self.assertEqual(
            evaluate(json_view(c={"code": "24", "system": "LN", "display": "CT"}), "order", rule),
            Coding("CT-HEAD", "", "CT"),
        )
        self.assertEqual(evaluate(json_view(c="25"), "order", rule), Coding("25"))
        self.assertEqual(
            evaluate(json_view(c="24"), "order", Rule("code", "c", "text", concept_map="code")),
            Coding("CT-HEAD"),
        )
        codes = Rule("codes", "c", "json.codings", concept_map="code")
        self.assertEqual(
            evaluate(json_view(c=["24", "25"]), "service", codes), (Coding("CT-HEAD"), Coding("25"))
        )
        rule = Rule("department", "d", "json.reference", "organization", "department")
        found = evaluate(json_view(d={"system": "L", "value": "RAD-1"}), "charge", rule)
        self.assertEqual(found, Reference("organization", (Identifier("RADIOLOGY", "L"),)))

    def test_a_required_code_that_is_missing_is_named(self):
        rule = Rule("operational_status", "s", "code", "HL70116", "bed_status", required=True)
        with self.assertRaises(MissingCode) as caught:
            evaluate(json_view(s="Q"), "location", rule)
        error = caught.exception
        self.assertEqual(
            (error.code, error.path, error.detail, error.value),
            ("missing_code", "s", "bed_status", "Q"),
        )
        self.assertEqual(error.system, "http://terminology.hl7.org/CodeSystem/v2-0116")

    def test_a_text_that_is_no_code_is_not_shown_whole(self):
        rule = Rule("operational_status", "s", concept_map="bed_status", required=True)
        with self.assertRaises(MissingCode) as caught:
            evaluate(json_view(s="x" * 500), "location", rule)
        self.assertEqual(len(caught.exception.value), 64)

    def test_the_number_of_a_person_is_no_code(self):
        for entity, rule in (
            ("charge", Rule("party", "p", "json.reference", "party", "secret")),
            ("product", Rule("price", "p", "json.money", "", "secret")),
        ):
            with self.assertRaises(MappingError) as caught:
                evaluate(json_view(p="7"), entity, rule)
            self.assertEqual(caught.exception.code, "bad_concept_map")


class CompileTest(unittest.TestCase):
    def test_what_cannot_work_is_refused_when_it_is_compiled(self):
        for rule, entity, format_name, code in (
            (Rule("colour", "a"), "party", "json", "bad_target"),
            (Rule("name", "a", "eval"), "party", "json", "bad_transform"),
            (Rule("name", "a", "hl7.name"), "party", "json", "bad_transform"),
            (Rule("name", "a["), "party", "json", "bad_path"),
            (Rule("name", "a", default="Don"), "party", "json", "bad_default"),
            (Rule("quantity", "a", default="a dozen"), "order", "json", "bad_default"),
            (Rule("name", "a"), "unicorn", "json", "bad_entity"),
        ):
            with self.subTest(code), self.assertRaises(MappingError) as caught:
                compile_rule(rule, entity, format_name)
            self.assertEqual(caught.exception.code, code)

    def test_targets_are_the_entitys_attributes_and_three_of_our_own(self):
        found = attributes_of("order")
        self.assertLessEqual({"identifiers", "status", "@event", "@key", "@natural"}, found.keys())
        self.assertEqual((found["code"].accepts, found["code"].is_list), (Coding, False))
        self.assertTrue(attributes_of("party")["contacts"].is_list)


class GatherTest(unittest.TestCase):
    def test_a_number_is_a_quantity_without_a_unit(self):
        for source, default, quantity in (
            ({"n": "2.50"}, "", Quantity(Decimal("2.50"))),
            ({}, "1", Quantity(Decimal(1))),
            ({"n": ""}, "", None),
        ):
            rule = Rule("quantity", "n", "copy", default=default)
            self.assertEqual(
                self.gather(json_view(**source), "order", rule).get("quantity"), quantity
            )

    def gather(self, view, entity, *rules):
        return gather(
            [compile_rule(rule, entity, view.document.format) for rule in rules], view, context()
        )

    def test_the_first_rule_that_gives_anything_wins(self):
        said = self.gather(
            json_view(b="x", c="y"), "location", *(Rule("name", path) for path in "abc")
        )
        self.assertEqual(said, {"name": "x"})

    def test_lists_are_added_to(self):
        view = json_view(a=["1", "2"], b="2", c="3")
        rules = (Rule("identifiers", path, "json.identifiers") for path in "abc")
        self.assertEqual(
            [one.value for one in self.gather(view, "party", *rules)["identifiers"]],
            ["1", "2", "3"],
        )

    def test_what_was_cleared_first_stays_cleared(self):
        view = hl7_view('PID|||7||||||||||""|1')
        rules = (Rule("contacts", path, "hl7.contacts") for path in ("PID-13", "PID-14"))
        self.assertEqual(self.gather(view, "party", *rules), {"contacts": CLEAR})
        rules = (Rule("contacts", path, "hl7.contacts") for path in ("PID-14", "PID-13"))
        self.assertEqual(len(self.gather(view, "party", *rules)["contacts"]), 1)

    def test_required_is_asked_once_the_last_rule_has_spoken(self):
        rules = Rule("name", "a"), Rule("name", "b", required=True)
        self.assertEqual(self.gather(json_view(a="x"), "location", *rules), {"name": "x"})
        with self.assertRaises(MappingError) as caught:
            self.gather(json_view(), "location", *rules)
        self.assertEqual((caught.exception.code, caught.exception.path), ("required", "b"))
        with self.assertRaises(MappingError) as caught:
            self.gather(json_view(), "location", Rule("name", required=True))
        self.assertEqual(caught.exception.path, "name")

    def test_a_list_that_one_rule_filled_is_not_missing_for_another(self):
        rules = Rule("codes", "a", "json.coding"), Rule("codes", "b", "json.coding", required=True)
        self.assertEqual(
            self.gather(json_view(a="x"), "service", *rules), {"codes": (Coding("x"),)}
        )

    def test_a_natural_key_is_made_only_where_there_is_no_number(self):
        rules = Rule("identifiers", "n", "json.identifiers"), Rule("@natural", "k")
        self.assertNotIn("@natural", self.gather(json_view(n="1", k="x"), "charge", *rules))
        self.assertEqual(self.gather(json_view(k="x"), "charge", *rules), {"@natural": "x"})
