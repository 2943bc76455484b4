"""An entity written in the canonical JSON form and read by the shipped mappings is the entity."""

from __future__ import annotations

import unittest
from dataclasses import replace
from datetime import timezone
from functools import cache

from hypothesis import HealthCheck, given, settings

from ...canonical import ENTITIES
from ...canonical.to_json import to_json
from ...codecs import strict_json
from ...document import Document, Envelope
from .. import shipped
from .entities import any_of

EXAMPLES = settings(
    max_examples=2000,
    deadline=None,
    # the same examples every time: a failure is this commit's, and can be had again
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@cache
def kinds():
    """{entity: the kinds of event that state one}, by the shipped mappings."""
    found: dict[str, list[str]] = {}
    for mapping in shipped.mappings():
        # news of prices alone say no more than prices
        if mapping.format == "json" and mapping.documents != ("*.price.updated.v1",):
            found.setdefault(mapping.entity, []).extend(mapping.documents)
    return {
        name: [kind.replace("*", "org.interop") for kind in sorted(found[name])] for name in found
    }


def read(kind, body):
    mapper, context = shipped.mapper(), shipped.context()
    document = Document("json", kind, body, Envelope(kind, time="2020-05-08T00:00:00Z"))
    (fact,) = mapper.facts(document, context)
    return mapper.entity(fact, context)


def there_and_back(kind, entity):
    return read(kind, strict_json.loads(strict_json.dumps(to_json(entity, timezone.utc))))


class RoundTripTest(unittest.TestCase):
    """One law for each entity, see below."""


def _property(name):
    @EXAMPLES
    @given(any_of(name))
    def test(self, entity):
        told = kinds()[name]
        kind = told[len(entity.identifiers[0].value) % len(told)]
        # what the event itself says stands where the sender says nothing
        silent = read(kind, {"identifiers": to_json(entity, timezone.utc)["identifiers"]})
        said = {
            attribute: value
            for attribute, value in silent.said().items()
            if getattr(entity, attribute) is None
        }
        self.assertEqual(there_and_back(kind, entity), replace(entity, **said))

    return test


for _name in ENTITIES:
    setattr(RoundTripTest, f"test_{_name}", _property(_name))
