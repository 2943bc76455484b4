import unittest

try:
    from ..codecs import strict_json
    from ..schema_comparison import gaps
    from ..schema_keywords import UNKNOWN
except ModuleNotFoundError as error:
    # `./dev test` has every library; whoever runs the core's tests with a bare Python is told what these need
    raise unittest.SkipTest(f"{error.name} is not installed") from error


def told(old, new):
    """The gaps as ``place keyword``, with a ? where it can't be compared."""
    read = (strict_json.loads(strict_json.dumps(one)) for one in (old, new))
    return [
        f"{gap.place} {gap.keyword}{'?' if gap.why == UNKNOWN else ''}".strip()
        for gap in gaps(*read)
    ]


def of(**properties):
    return {"type": "object", "properties": properties}


TREE = {"$defs": {"t": of(c={"type": "array", "items": {"$ref": "#/$defs/t"}})}}
#: (old, new, gaps on the way, gaps on the way back)
TABLE = [
    # anything, nothing, words
    ({}, True, [], []),
    (False, {}, [], ["false"]),
    ({"title": "x"}, {"title": "y", "format": "date"}, [], []),
    ({"type": "string"}, {"type": "string", "allOf": [False]}, ["false"], []),
    # types and values
    ({"type": "integer"}, {"type": ["number", "null"]}, [], ["type"]),
    ({"enum": [1, "a", None, 1.5, True, [], {}]}, {}, [], ["enum"]),
    ({"enum": ["a"]}, {"enum": ["a", "b"], "type": "string"}, [], ["enum"]),
    ({"const": 1}, {"enum": [1.0, 2]}, [], ["const"]),
    ({"enum": [1, 2], "const": 2}, {"const": 2}, [], []),
    ({"const": True}, {"const": 1}, ["const"], ["const"]),
    ({"type": "string"}, {"type": "string", "minimum": 3, "minItems": 1}, [], []),
    # numbers
    ({"minimum": 2}, {"exclusiveMinimum": 1}, [], ["minimum"]),
    ({"minimum": 2}, {"exclusiveMinimum": 2}, ["exclusiveMinimum"], []),
    ({"maximum": 2}, {"maximum": 3}, [], ["maximum"]),
    ({}, {"exclusiveMaximum": 3}, ["exclusiveMaximum"], []),
    ({"multipleOf": 4}, {"multipleOf": 2}, [], ["multipleOf"]),
    ({"multipleOf": 0.5}, {"multipleOf": 0.25}, ["multipleOf"], ["multipleOf"]),
    ({"multipleOf": 0.5}, {"multipleOf": 0.5, "title": "x"}, [], []),
    # texts
    ({"minLength": 2, "maxLength": 3}, {"maxLength": 4}, [], ["maxLength", "minLength"]),
    ({"pattern": "a"}, {"pattern": "b"}, ["pattern?"], ["pattern?"]),
    ({"pattern": "a"}, {}, [], ["pattern"]),
    # lists
    ({"uniqueItems": True}, {}, [], ["uniqueItems"]),
    ({"maxItems": 1}, {"uniqueItems": True, "maxItems": 1}, [], []),
    ({"items": {"type": "integer"}}, {"items": {"type": "number"}}, [], ["[] type"]),
    ({"prefixItems": [{"type": "null"}]}, {}, [], ["[0] type"]),
    ({"items": {"type": "null"}}, {"prefixItems": [{"type": "null"}]}, [], ["[] type"]),
    ({"maxItems": 0}, {"maxItems": 0, "items": False}, [], []),
    ({"maxItems": 0}, {"maxItems": 0, "prefixItems": [False]}, [], []),
    ({"items": False}, {"unevaluatedItems": False}, [], []),
    ({"contains": {"const": 1}}, {}, [], ["contains"]),
    ({}, {"contains": {"const": 1}, "minContains": 0}, [], []),
    ({}, {"contains": {"const": 1}, "minContains": 0, "maxContains": 2}, ["contains"], []),
    ({"contains": {"const": 1}}, {"contains": {"const": 2}}, ["contains?"], ["contains?"]),
    (
        {"contains": {"const": 1}, "minContains": 2},
        {"contains": {"const": 1}, "minContains": 1, "maxContains": 3},
        ["maxContains"],
        ["minContains"],
    ),
    (
        {"contains": {"const": 1}, "unevaluatedItems": {"type": "integer"}},
        {"contains": {"const": 1}, "unevaluatedItems": {"type": "number"}},
        [],
        ["unevaluatedItems"],
    ),
    # objects
    ({"required": ["a", "b"]}, {"required": ["a"]}, [], ["b required"]),
    ({"required": ["b"]}, {"dependentRequired": {"a": ["b"]}}, [], ["b required"]),
    ({}, {"dependentRequired": {"a": ["b"]}}, ["b dependentRequired"], []),
    ({"dependentSchemas": {"a": False}}, {}, [], ["a dependentSchemas?"]),
    ({"propertyNames": {"maxLength": 2}}, {}, [], ["propertyNames"]),
    ({"minProperties": 1}, {"maxProperties": 2}, ["maxProperties"], ["minProperties"]),
    (of(a={"type": "integer"}), of(a={"type": "number"}), [], ["a type"]),
    (of(), of(a={"type": "string"}), ["a type"], []),
    (
        of() | {"additionalProperties": False},
        of(a={"type": "string"}) | {"additionalProperties": False},
        [],
        ["a false"],
    ),
    (
        {"patternProperties": {"^x": {"type": "integer"}}},
        {"patternProperties": {"^x": {"type": "number"}}, "properties": {"xy": {"type": "number"}}},
        [],
        ["xy type", "* type"],
    ),
    ({"patternProperties": {"^x": {}}, "additionalProperties": False}, {}, [], ["* false"]),
    (
        {"patternProperties": {"^x": {"type": "null"}}, "additionalProperties": {"type": "null"}},
        {"additionalProperties": {"type": "null"}},
        [],
        ["* type"],
    ),
    ({"additionalProperties": False}, {"unevaluatedProperties": False}, [], []),
    (
        {"allOf": [of(a={})], "unevaluatedProperties": False},
        {"allOf": [of(a={})], "unevaluatedProperties": {"type": "null"}},
        [],
        ["unevaluatedProperties"],
    ),
    (
        {"allOf": [of(a={})], "unevaluatedProperties": False},
        {"allOf": [of(b={})], "unevaluatedProperties": False},
        ["unevaluatedProperties?"],
        ["unevaluatedProperties?"],
    ),
    # together
    ({"allOf": [{"type": "integer"}, {"minimum": 2}]}, {"type": "integer"}, [], ["minimum"]),
    ({"type": "integer"}, {"allOf": [{"type": "number"}]}, [], ["type"]),
    (
        {"anyOf": [{"type": "null"}, {"type": "integer"}]},
        {"anyOf": [{"type": "number"}, {"type": "null"}, {"type": "string"}]},
        [],
        ["anyOf"],
    ),
    ({"oneOf": [{"type": "null"}]}, {"anyOf": [{"type": "null"}]}, [], ["oneOf?"]),
    ({"type": "null"}, {"anyOf": [{"type": "null"}]}, [], ["type"]),
    (
        {"oneOf": [{"type": "null"}, {"type": "string"}]},
        {"oneOf": [{"type": "string"}, {"type": "null"}]},
        [],
        [],
    ),
    (
        {"oneOf": [{"type": "null"}]},
        {"oneOf": [{"type": "null"}, {"type": "string"}]},
        ["oneOf?"],
        ["oneOf?"],
    ),
    ({"not": {"type": "number"}}, {"not": {"type": "integer"}}, [], ["not?"]),
    ({"if": {"const": 1}, "then": False}, {}, [], ["if?"]),
    ({"if": {"const": 1}, "then": False}, {"if": {"const": 1.0}, "then": False}, [], []),
    ({"dependencies": {"a": ["b"]}}, {}, [], ["dependencies?"]),
    ({"allOf": [{"pattern": "a"}], "minLength": 1}, {"pattern": "a"}, [], ["minLength"]),
    (
        {"dependentSchemas": {"a": {"minProperties": 2}}, "dependentRequired": {"a": ["b"]}},
        {"dependentSchemas": {"a": {"minProperties": 1}}, "dependentRequired": {"a": ["b"]}},
        [],
        ["a dependentSchemas?"],
    ),
    (
        {"patternProperties": {"^x": False}, "properties": {"b": {}}},
        {"properties": {"b": {}}},
        [],
        ["* false"],
    ),
    # references
    ({"$defs": {"x": {"type": "null"}}, "$ref": "#/$defs/x"}, {"type": "null"}, [], []),
    (
        {"$defs": {"a/b": {"type": "null"}}, "minimum": 1, "$ref": "#/$defs/a~1b"},
        {"type": "null"},
        [],
        [],
    ),
    ({"allOf": [{"type": "null"}], "items": {"$ref": "#/allOf/0"}}, {}, [], ["type", "[] type"]),
    (
        {**TREE, "$ref": "#/$defs/t", "title": "old"},
        {"$defs": {"t": of(c={"items": {"$ref": "#/$defs/t"}})}, "$ref": "#/$defs/t"},
        [],
        ["c type"],
    ),
    (
        {"if": {"$ref": "#/$defs/x"}, "then": False, "$defs": {"x": {"const": 1}}},
        {"if": {"$ref": "#/$defs/x"}, "then": False, "$defs": {"x": {"const": 2}}},
        ["if?"],
        ["if?"],
    ),
    ({}, {"items": {"$ref": "#", "title": "x"}, "type": "array"}, ["type", "[] type"], []),
]
#: what leads in a circle, elsewhere or too far
GIVEN_UP = [
    {"$ref": "#"},
    {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    {"allOf": [{"$ref": "#"}, {"type": "null"}]},
    {"$ref": "#x"},
    {"$ref": "#/$defs/missing"},
    {"$ref": "#/required/0", "required": ["a"]},
    {"$ref": "#/required/7", "required": ["a"]},
    {"properties": {"a": {"$id": "urn:x"}}},
    {"$vocabulary": {}},
]


class TestSchemaComparison(unittest.TestCase):
    def test_what_may_be_refused_is_told_and_nothing_else(self):
        for old, new, there, back in TABLE:
            with self.subTest(old=old, new=new):
                self.assertEqual(sorted(told(old, new)), sorted(there))
                self.assertEqual(sorted(told(new, old)), sorted(back))

    def test_the_same_is_the_same_whatever_it_says(self):
        for schema in GIVEN_UP:
            with self.subTest(schema):
                self.assertEqual(told(schema, schema), [])

    def test_what_leads_in_a_circle_or_elsewhere_is_not_compared(self):
        for schema in GIVEN_UP:
            with self.subTest(schema):
                self.assertEqual(told(schema, schema | {"maxLength": 1}), ["$ref?"])

    def test_it_is_given_up_before_it_takes_long(self):
        def nested(depth, last):
            return last if not depth else {"anyOf": [nested(depth - 1, last)] * 3}

        wide = nested(6, {"type": "string"}), nested(6, {"type": "null"})
        self.assertEqual(told(*wide), ["$ref?"])
