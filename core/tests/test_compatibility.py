import json
import unittest
from dataclasses import replace

from ..contract import Attribute, Contract
from ..errors import PermanentError

try:
    from ..compatibility import (
        BACKWARD,
        BREAKING,
        COMPATIBLE,
        breaking,
        compare,
        proposed,
        refused,
        verdict,
    )
    from ..contract_definition import MOST_SCHEMA, define, read
except ModuleNotFoundError as error:
    # `./dev test` has every library; whoever runs the core's tests with a bare Python is told what these need
    raise unittest.SkipTest(f"{error.name} is not installed") from error


def contract(*paths, document="a.v1", format="json", schema=""):
    made = Contract(format, document, tuple(map(Attribute, paths)))
    return define(made, schema if isinstance(schema, str) else json.dumps(schema))


def told(old, new):
    return [(one.part, one.place, one.change, one.verdict, one.why) for one in compare(old, new)]


OBJECT = {"type": "object", "properties": {"n": {"type": "string"}, "o": {"items": {}}}}
CLOSED = {**OBJECT, "additionalProperties": False}


class TestDifferences(unittest.TestCase):
    def only(self, old, new, *expected):
        self.assertEqual(told(old, new), [(*expected, "")[:5]])

    def test_attributes(self):
        self.only(contract("a"), contract("a", "b"), "attributes", "b", "added", BACKWARD)
        self.only(contract("a", "b"), contract("a"), "attributes", "b", "removed", BREAKING)
        self.only(contract("a", "a.b"), contract("a"), "attributes", "a.b", "removed", COMPATIBLE)
        self.only(contract("a"), contract("a", "a.b"), "attributes", "a.b", "added", COMPATIBLE)
        self.assertEqual(told(contract("a[].b"), contract("a.b")), [])
        self.assertEqual(told(contract("a", "b"), contract("b", "a")), [])

    def test_a_wildcard_keeps_no_extension_of_fhir_and_is_no_place_of_hl7(self):
        url = "extension(http://x.y/z)"
        fhir = [
            contract(*paths, format="fhir", document="Patient") for paths in ((url, "*"), ("*",))
        ]
        self.only(*fhir, "attributes", url, "removed", BREAKING)
        beneath = [
            contract(*paths, format="fhir", document="Patient")
            for paths in ((url, f"{url}.v"), (url,))
        ]
        self.only(*beneath, "attributes", f"{url}.v", "removed", COMPATIBLE)
        hl7 = [contract(*paths, format="hl7v2") for paths in (("PID-3", "*"), ("*",))]
        self.only(*hl7, "attributes", "PID-3", "removed", BREAKING)
        part = [contract(*paths, format="hl7v2") for paths in (("PID-3.1", "PID-*"), ("PID-*",))]
        self.only(*part, "attributes", "PID-3.1", "removed", COMPATIBLE)

    def test_members_of_an_attribute(self):
        old = contract("a")
        said = replace(old.contract.attributes[0], data_class="public", purpose="bills")
        new = replace(old, contract=replace(old.contract, attributes=(said,)))
        found = {one.change: (one.before, one.after, one.verdict) for one in compare(old, new)}
        self.assertEqual(
            found,
            {
                "data_class": ("confidential", "public", COMPATIBLE),
                "purpose": ("", "bills", COMPATIBLE),
            },
        )

    def test_documents(self):
        for old, new, expected in (
            ("a", "a b", ("b", "added", BACKWARD)),
            ("a b", "a", ("b", "removed", BREAKING)),
            ("a* ab", "a*", ("ab", "removed", COMPATIBLE)),
            ("*", "* a?", ("a?", "added", COMPATIBLE)),
            ("a*", "a* ab*", ("ab*", "added", BACKWARD)),
        ):
            with self.subTest(old=old, new=new):
                pair = (contract(document=one) for one in (old, new))
                self.only(*pair, "documents", *expected)
        pair = (contract(document=one, schema=OBJECT) for one in ("a", "a b"))
        self.only(*pair, "documents", "b", "added", BREAKING, "constrained")
        pair = (contract(document=one, schema="true") for one in ("a", "a b"))
        self.only(*pair, "documents", "b", "added", BACKWARD)

    def test_another_format(self):
        pair = contract("a"), contract("a", format="cloudevents")
        self.only(*pair, "format", "", "format", BREAKING)

    def test_schemas(self):
        plain = contract("n")
        narrow = contract("n", schema={"type": "object", "minProperties": 1})
        self.assertEqual(
            told(plain, narrow),
            [
                ("schema", "", "minProperties", BREAKING, ""),
                ("schema", "", "type", BREAKING, ""),
            ],
        )
        self.assertEqual(verdict(compare(narrow, plain)), BACKWARD)
        self.only(
            contract(schema={"pattern": "a"}),
            contract(schema={"pattern": "b"}),
            *("schema", "", "pattern", BREAKING, "unknown"),
        )
        self.only(
            contract(schema={"title": "a"}),
            contract(schema={"title": "b"}),
            *("schema", "", "words", COMPATIBLE),
        )
        self.assertEqual(
            told(contract(schema='{"minimum":1}'), contract(schema='{"minimum":1.0}')), []
        )

    def test_what_is_kept_newly_is_held_against_the_schema(self):
        for schema, path, is_free in (
            (OBJECT, "m", True),
            (OBJECT, "n", False),
            (OBJECT, "o.p", True),
            (CLOSED, "m", False),
            ({"type": "object", "maxProperties": 1}, "m", False),
            (True, "m", True),
            (False, "m", False),
            ({"type": "object", "additionalProperties": {"type": "null"}}, "m", False),
            ({"properties": {"o": {"items": {"type": "null"}}}}, "o.p", False),
            (OBJECT, "*", False),
            (OBJECT, "extension(http://x.y/z)", False),
        ):
            with self.subTest(schema=schema, path=path):
                format_ = "fhir" if "(" in path else "json"
                old, new = (
                    contract(*paths, schema=schema, format=format_) for paths in ((), (path,))
                )
                expected = (BACKWARD, "") if is_free else (BREAKING, "constrained")
                self.assertEqual(told(old, new), [("attributes", path, "added", *expected)])

    def test_the_breaking_come_first_and_decide(self):
        found = compare(contract("a", "b"), contract("b", "c"))
        self.assertEqual([one.verdict for one in found], [BREAKING, BACKWARD])
        self.assertEqual(verdict(found), BREAKING)
        self.assertEqual([one.place for one in breaking(found)], ["a"])
        self.assertEqual(verdict(()), "")


class TestNumbers(unittest.TestCase):
    one, more, less = contract("a"), contract("a", "b"), contract("c")

    def test_the_number_that_is_due(self):
        known = {}
        for in_use, new, expected in (
            ("", self.one, "1.0"),
            ("1.0", self.more, "1.1"),
            ("1.1", self.less, "2.0"),
            # back at the first: what would break those who say 1.1 is no 1.2
            ("1.0", self.one, "3.0"),
            ("1.0", contract("a", "b", "c"), "1.2"),
            ("", contract("a", "c"), "3.1"),
        ):
            number = proposed(known, in_use, new)
            self.assertEqual(number, expected)
            self.assertEqual(refused(known, number, new), ())
            known[number] = new

    def test_a_wrong_number_is_refused_with_what_it_breaks(self):
        known = {"1.0": self.one, "2.0": self.more}
        self.assertEqual([gap.place for gap in refused(known, "2.1", self.one)], ["b"])
        self.assertEqual(refused(known, "3.0", self.one), ())
        for number, code in (
            ("1.2", "wrong_number"),
            ("4.0", "wrong_number"),
            ("1.0", "wrong_number"),
            ("0.1", "bad_number"),
            ("1.01", "bad_number"),
            ("1", "bad_number"),
            ("١.0", "bad_number"),
        ):
            with self.subTest(number), self.assertRaises(PermanentError) as caught:
                refused(known, number, self.more)
            self.assertEqual(caught.exception.code, code)


class TestDefinition(unittest.TestCase):
    def test_what_is_written_down_is_read_again(self):
        for definition in (
            contract(),
            contract("b", "a", document="y x"),
            contract("n", schema=CLOSED),
            contract("n", schema=" true "),
            contract("PID-3", format="hl7v2"),
        ):
            self.assertEqual(read(definition.text()), definition)
            self.assertEqual(read(definition.text()).fingerprint, definition.fingerprint)
        self.assertEqual(contract("b", "a").text(), contract("a", "b").text())
        self.assertNotIn("purpose", contract("a").text())
        self.assertIsNone(contract("a").compiled())
        self.assertTrue(contract("a", schema=OBJECT).compiled().problems({"n": 1}))

    def test_rubbish_for_a_schema(self):
        deep = '{"not":' * 100 + "{}" + "}" * 100
        for text, code, path in (
            ("{", "bad_schema", "schema"),
            ("[]", "bad_schema", "schema"),
            ('"x"', "bad_schema", "schema"),
            (deep, "bad_schema", "schema"),
            ('{"type":"text"}', "bad_schema", "schema"),
            ('{"a":1,"a":2}', "bad_schema", "schema"),
            ('{"$ref":"https://127.0.0.1:1/x"}', "bad_schema", "schema"),
            ('{"$ref":"#/$defs/none"}', "bad_schema", "schema"),
            ('{"pattern":"("}', "bad_schema", "schema"),
            (
                '{"$schema":"http://json-schema.org/draft-07/schema#"}',
                "bad_schema",
                "schema.$schema",
            ),
            ('{"$schema":7}', "bad_schema", "schema.$schema"),
            (" " * MOST_SCHEMA + "{}", "schema_too_large", "schema"),
        ):
            with self.subTest(text[:40]), self.assertRaises(PermanentError) as caught:
                contract(schema=text)
            self.assertEqual((caught.exception.code, caught.exception.path), (code, path))
        with self.assertRaises(PermanentError) as caught:
            contract(schema="{}", format="hl7v2")
        self.assertEqual(caught.exception.code, "schema_of_hl7v2")

    def test_the_place_of_the_rubbish_is_told(self):
        for text, place in (
            ('{"type": "object",\n "required" ["a"]}', "line 2 column 13"),
            ('{"properties":{"a":{"items":{"type":"objekt"}}}}', "properties.a.items.type"),
            ('{"properties":{"a":{"pattern":"("}}}', "properties.a.pattern"),
            ("[]", ""),
            ('{"$schema":7}', ""),
        ):
            with self.subTest(text), self.assertRaises(PermanentError) as caught:
                contract(schema=text)
            self.assertEqual(caught.exception.detail, place)

    def test_days_travel_with_their_attribute(self):
        good = json.loads(contract("a").text())
        text = json.dumps(good | {"attributes": [{"path": "a", "retention_days": 9}]})
        [attribute] = read(text).contract.attributes
        self.assertEqual(attribute.retention_days, 9)
        self.assertEqual(json.loads(read(text).text())["attributes"][0]["retention_days"], 9)

    def test_rubbish_for_a_definition(self):
        good = json.loads(contract("a").text())
        for change, path in (
            (None, ""),
            ({"format": 1}, "format"),
            ({"format": "x12"}, "format"),
            ({"document": None}, "document"),
            ({"attributes": {}}, "attributes"),
            ({"attributes": ["a"]}, "attributes[0].path"),
            ({"attributes": [{"path": ""}]}, "attributes[0].path"),
            ({"attributes": [{"path": "a", "colour": "red"}]}, "attributes[0].colour"),
            ({"attributes": [{"path": "a", "purpose": 1}]}, "attributes[0].purpose"),
            (
                {"attributes": [{"path": "a", "retention_days": "9"}]},
                "attributes[0].retention_days",
            ),
            ({"attributes": [{"path": "a", "retention_days": 0}]}, "attributes[0]"),
            ({"attributes": [{"path": "a", "data_class": "secret"}]}, "attributes[0]"),
        ):
            text = "[]" if change is None else json.dumps(good | change)
            with self.subTest(text), self.assertRaises(PermanentError) as caught:
                read(text)
            self.assertEqual(
                (caught.exception.code, caught.exception.path), ("bad_definition", path)
            )
        with self.assertRaises(PermanentError) as caught:
            read("{")
        self.assertEqual(caught.exception.code, "bad_definition")
