"""What is called backward-compatible refuses nothing that was accepted: of schemas, and of documents, that were made up."""

from __future__ import annotations

import os
import unittest

import jsonschema_rs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ...codecs import strict_json
from ...schema_comparison import gaps
from .schema_pairs import pairs, values

EXAMPLES = settings(
    max_examples=int(os.environ.get("INTEROP_EXAMPLES", "500")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def own(value):
    """As it comes from a version: read from text."""
    return strict_json.loads(strict_json.dumps(value))


def counterexamples(pair, instances):
    """The ``instances`` that the old of the ``pair`` accepts and the new refuses, although nothing was said to be lost."""
    old, new = map(own, pair)
    if gaps(old, new):
        return []
    before, after = (
        jsonschema_rs.validator_for(one, validate_formats=False, offline=True) for one in (old, new)
    )
    return [one for one in instances if before.is_valid(one) and not after.is_valid(one)]


class CompatibilityLaw(unittest.TestCase):
    @EXAMPLES
    @given(pairs(), st.lists(values, min_size=20, max_size=20))
    def test_nothing_that_was_accepted_is_refused(self, pair, instances):
        self.assertEqual(counterexamples(pair, map(own, instances)), [])
