"""What the samples of the world tell, written as FHIR and read back: the same, but for what R4 can't say."""

import unittest
from dataclasses import fields, is_dataclass, replace

from ..canonical import CLEAR, Moment
from .fhir_reading import there_and_back, uncarried
from .test_shipped import samples

_DAYS = ("year", "month", "day")


class SamplesTest(unittest.TestCase):
    def test_what_samples_tell_comes_back(self):
        told = 0
        for name, _, found in samples():
            for _, entity in found:
                if isinstance(entity, str) or CLEAR in entity.said().values():
                    continue
                told += 1
                self.assertEqual(there_and_back(entity), as_r4_says_it(uncarried(entity)), name)
        self.assertGreater(told, 250)


def as_r4_says_it(entity):
    """A time has seconds and an offset; an encounter's place is a stay."""
    entity = zoned(entity)
    if entity.NAME != "encounter" or entity.stays or not (entity.location or entity.prior_location):
        return entity
    return replace(entity, stays=there_and_back(entity).stays)


def zoned(value):
    """``value`` with the offset of UTC, which was assumed, at each time that has none."""
    if isinstance(value, tuple):
        return tuple(map(zoned, value))
    if isinstance(value, Moment):
        if value.precision in _DAYS:
            return value
        precision = "subsecond" if value.precision == "subsecond" else "second"
        return replace(value, zone=value.zone or "+00:00", precision=precision)
    if not is_dataclass(value):
        return value
    return replace(value, **{item.name: zoned(getattr(value, item.name)) for item in fields(value)})
