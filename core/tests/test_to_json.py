"""The canonical JSON form as it is written; that it comes back as it was is a law (properties/round_trip.py)."""

import unittest
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from ..canonical import (
    CLEAR,
    Appointment,
    Charge,
    Identifier,
    Location,
    Moment,
    Money,
    Party,
    Period,
    Reference,
)
from ..canonical.to_json import to_json

IDS = (Identifier("7", "urn:x", "MR"),)


class ToJsonTest(unittest.TestCase):
    def test_members_are_attributes_and_what_was_not_said_is_left_out(self):
        at = datetime(2026, 3, 1, 8, tzinfo=timezone.utc)
        appointment = Appointment(
            identifiers=IDS,
            status="booked",
            period=Period(Moment(at, "minute", "+02:00"), Moment(at, "day")),
            staff=(Reference("employee", (Identifier("E1"),), "Wren", is_carried=True),),
        )
        self.assertEqual(
            to_json(appointment, timezone(timedelta(hours=1))),
            {
                "identifiers": [{"value": "7", "system": "urn:x", "type": "MR"}],
                "status": "booked",
                "period": {"start": "2026-03-01T10:00+02:00", "end": "2026-03-01"},
                "staff": [
                    {"entity": "employee", "identifiers": [{"value": "E1"}], "display": "Wren"}
                ],
            },
        )

    def test_amounts_days_and_flags(self):
        self.assertEqual(
            to_json(Charge(identifiers=IDS, amount=Money(Decimal("1.50"), "EUR")), timezone.utc)[
                "amount"
            ],
            {"amount": Decimal("1.50"), "currency": "EUR"},
        )
        party = Party(identifiers=IDS, birth_date=date(1934, 6, 9), is_deceased=False)
        told = to_json(party, timezone.utc)
        self.assertEqual((told["birth_date"], told["is_deceased"]), ("1934-06-09", False))

    def test_what_is_explicitly_empty_cannot_be_written(self):
        with self.assertRaises(ValueError):
            to_json(Location(name=CLEAR), timezone.utc)

    def test_what_is_no_canonical_value_cannot_be_written(self):
        with self.assertRaises(TypeError):
            to_json(Location(name=object()), timezone.utc)
