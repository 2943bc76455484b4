import json
import re
import unittest
from decimal import Decimal

from ..errors import PermanentError

try:
    from ..schema import MAX_PROBLEMS, Problem, Schema, compile_schema
except ModuleNotFoundError as error:
    # `./dev test` has every library; whoever runs the core's tests with a bare Python is told what these need
    raise unittest.SkipTest(f"{error.name} is not installed") from error

SCHEMA = json.dumps(
    {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "count": {"type": "integer", "minimum": 0},
            "amount": {"type": "number", "multipleOf": 0.01},
            "item": {
                "type": "array",
                "items": {"$ref": "#/$defs/item"},
            },
        },
        "additionalProperties": {"type": "string"},
        "$defs": {"item": {"type": "object", "properties": {"code": {"enum": ["A", "B"]}}}},
    }
)
GOOD = [
    {"id": "1"},
    {"id": "1", "count": 3, "amount": Decimal("10.50"), "item": [{"code": "A"}, {}], "more": "x"},
    {"id": "1", "count": Decimal("3.0"), "amount": 10},
]
BAD = [
    ({}, ("", "required")),
    ([], ("", "type")),
    ({"id": ""}, ("id", "minLength")),
    ({"id": 1}, ("id", "type")),
    ({"id": "1", "count": Decimal("0.5")}, ("count", "type")),
    ({"id": "1", "count": True}, ("count", "type")),
    ({"id": "1", "count": -1}, ("count", "minimum")),
    ({"id": "1", "amount": Decimal("0.001")}, ("amount", "multipleOf")),
    ({"id": "1", "item": [{"code": "A"}, {"code": "secret"}]}, ("item[1].code", "enum")),
    ({"id": "1", "Muster, Anna": 7}, ("*", "type")),
]


class TestSchema(unittest.TestCase):
    def test_valid_documents_have_no_problems(self):
        for body in GOOD:
            with self.subTest(body):
                self.assertEqual(compile_schema(SCHEMA).problems(body), ())

    def test_a_problem_names_place_and_rule_and_no_value(self):
        for body, expected in BAD:
            with self.subTest(body):
                self.assertEqual(compile_schema(SCHEMA).problems(body), (Problem(*expected),))

    def test_another_implementation_finds_the_same_places_and_rules(self):
        import jsonschema

        others = jsonschema.Draft202012Validator(json.loads(SCHEMA))
        plain = [body for body in (*GOOD, *(body for body, _ in BAD)) if "amount" not in body]
        for body in plain:
            with self.subTest(body):
                found = {
                    (len(error.absolute_path), error.validator)
                    for error in others.iter_errors(json.loads(json.dumps(body, default=float)))
                }
                problems = compile_schema(SCHEMA).problems(body)
                depths = {
                    (len([*filter(None, re.split(r"[.\[\]]+", one.path))]), one.rule)
                    for one in problems
                }
                self.assertEqual(depths, found)

    def test_each_keyword_is_named_whatever_holds_it(self):
        for schema, body, expected in (
            ({"properties": {"type": False}}, {"type": 1}, ("type", "schema")),
            ({"items": False}, [1], ("[0]", "schema")),
            ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, ("", "dependentRequired")),
            ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}, ("", "required")),
            ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, ("", "maxLength")),
            ({"allOf": [{"type": "string"}]}, 1, ("", "type")),
            ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, ("", "anyOf")),
            ({"oneOf": [True, True]}, 1, ("", "oneOf")),
            ({"not": {}}, 1, ("", "not")),
            ({"contains": {"type": "string"}}, [1], ("", "contains")),
            ({"$ref": "#/$defs/x", "$defs": {"x": {"const": 2}}}, 1, ("", "const")),
            ({"unevaluatedProperties": False}, {"a": 1}, ("", "unevaluatedProperties")),
        ):
            with self.subTest(schema):
                self.assertEqual(
                    compile_schema(json.dumps(schema)).problems(body), (Problem(*expected),)
                )

    def test_no_pattern_runs_away(self):
        for pattern in (r"^(a+)+$", r"^(?=a)(a+)+$", r"(.*a){25}$"):
            schema = Schema(json.dumps({"pattern": pattern}))
            # backtracking would not come to an end here
            for length in (20, 5_000):
                body = "a" * length + "!"
                self.assertEqual(schema.problems(body), (Problem("", "pattern"),))

    def test_a_long_list_of_problems_is_cut(self):
        body = {"id": "1", "item": [{"code": number} for number in range(MAX_PROBLEMS + 5)]}
        self.assertEqual(len(compile_schema(SCHEMA).problems(body)), MAX_PROBLEMS)

    def test_what_is_no_schema_or_leads_elsewhere_is_refused(self):
        for text in (
            "{",
            "[]",
            '{"type":"nonsense"}',
            '{"$ref":"http://127.0.0.1:1/x"}',
            '{"$schema":"urn:own"}',
        ):
            with self.subTest(text), self.assertRaises(PermanentError) as caught:
                Schema(text)
            self.assertEqual(caught.exception.code, "bad_schema")

    def test_what_is_refused_is_always_explained(self):
        endless = Schema('{"$ref":"#","type":"object"}')
        self.assertEqual(endless.problems("x"), (Problem("", "type"),))
        self.assertEqual(Schema("false").problems("x"), (Problem("", "schema"),))
