"""Telling of master data, one fact after another."""

from datetime import datetime

from .common_entities import EntityCase


def at(hour):
    return datetime(2026, 3, 1, hour)


class MasterCase(EntityCase):
    cls_, event = None, "updated"

    def told(self, number, hour=8, *, event="", **said):
        entity = self.cls_(identifiers=self.ids(number), **said)
        return self.item(event or self.event, entity, at=at(hour))

    def tell(self, number, hour=8, **said):
        return self.done(self.told(number, hour, **said))

    def assert_word_is_named(self, name, **said):
        error = self.fails(self.told("X", **{name: "nobody's word"} | said), f"unknown_{name}")
        self.assertEqual(name, error.path)
        self.assertFalse(self.env["interop.binding"].search([("value", "=", "X")]))
