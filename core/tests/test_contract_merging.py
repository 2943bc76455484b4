"""People's changes of what was shipped outlive an upgrade, and keep out none of its news."""

import unittest

try:
    from ..contract_merging import merged
except ModuleNotFoundError as error:
    raise unittest.SkipTest(f"{error.name} is not installed") from error
from ..contract import Attribute, Contract
from ..contract_definition import define

BASE = {"id": "a", "name": "b", "gender": "c"}
OPEN, CLOSED = '{"type":"object"}', '{"additionalProperties":false}'


def definition(purposes, document="x.v1", schema=""):
    lines = tuple(Attribute(path, purpose=purpose) for path, purpose in purposes.items())
    return define(Contract("json", document, lines), schema)


class TestMerged(unittest.TestCase):
    def check(self, mine, theirs, expected):
        self.assertEqual(
            merged(definition(BASE), definition(mine), definition(theirs)), definition(expected)
        )

    def test_where_one_side_changed_nothing_the_other_stands(self):
        other = {"id": "z", "more": "m"}
        self.check(BASE, other, other)
        self.check(other, BASE, other)
        self.check(BASE, BASE, BASE)

    def test_news_come_beside_what_people_changed(self):
        mine = {"id": "ours", "name": "b", "own": "o"}
        theirs = {"id": "a", "gender": "c", "new": "n"}
        self.check(mine, theirs, {"id": "ours", "own": "o", "new": "n"})

    def test_what_both_changed_is_as_people_made_it(self):
        self.check({"id": "ours"}, {"id": "theirs", "name": "t"}, {"id": "ours"})
        self.check(BASE | {"new": "ours"}, BASE | {"new": "theirs"}, BASE | {"new": "ours"})

    def test_documents_and_schema_go_by_the_same_rule(self):
        base = definition(BASE)
        mine = definition(BASE, "x.v2")
        theirs = definition(BASE, "x.v3", CLOSED)
        self.assertEqual(merged(base, mine, theirs), definition(BASE, "x.v2", CLOSED))
        mine = definition(BASE, schema=OPEN)
        self.assertEqual(merged(base, mine, theirs), definition(BASE, "x.v3", OPEN))
