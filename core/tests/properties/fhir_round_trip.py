"""An entity written as FHIR R4, minimised by the shipped contracts and read by the shipped mappings is the entity.

What R4 has no place for is left out, each with its reason: ``canonical/fhir/__init__.py`` lists it, ``fhir_entities.py``
makes none of it. That a reference is carried by its own document is no part of the entity, and not compared.
"""

from __future__ import annotations

import unittest

from hypothesis import given

from ...canonical.fhir import WRITERS
from ..fhir_reading import there_and_back
from .fhir_entities import any_of
from .round_trip import EXAMPLES


class FhirRoundTripTest(unittest.TestCase):
    """One law for each entity, see below."""


def _property(name):
    @EXAMPLES
    @given(any_of(name))
    def test(self, entity):
        self.assertEqual(there_and_back(entity), entity)

    return test


for _name in WRITERS:
    setattr(FhirRoundTripTest, f"test_{_name}", _property(_name))
