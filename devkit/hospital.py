"""A synthetic hospital's day as the messages that its systems send: demo, tests and load.

The same seed and date always give the same bytes. Nobody in it exists: see ``hospital_world``.

>>> first = day(seed=1, date=dt.date(2026, 11, 23))[0]
>>> first.endpoint, first.note
('demo_finance', 'supplier.updated, 8 (NDJSON)')
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

from devkit import (
    hospital_claims,
    hospital_load,
    hospital_master,
    hospital_orders,
    hospital_outpatients,
    hospital_radiology,
    hospital_schedule,
    hospital_stores,
    hospital_trouble,
    hospital_wards,
)
from devkit.hospital_story import Sent, Story

__all__ = ["ENDPOINTS", "SCENARIOS", "Sent", "day", "scenario", "stream"]

ENDPOINTS = (
    "demo_ehr", "demo_pas", "demo_lab", "demo_cabinet", "demo_finance", "demo_scheduling", "demo_claims", "demo_ris",
)  # fmt: skip
#: How many of each a day has at scale 1.
INPATIENTS, EMERGENCIES, DAY_CASES, OUTPATIENTS = 14, 8, 6, 5
CLAIMED_CLASSES = ("I", "E")
EVENTS, BATCHES, DELIVERIES, BILLS = 40, 7, 8, 10
APPOINTMENTS, AUTHORIZATIONS = 20, 6
SUPPLIES, PURCHASES, COUNTS = 4, 2, 3


def day(seed=1, date=None, scale=1.0) -> list[Sent]:
    """About 300 requests (at scale 1) in order of arrival; ``date`` None is yesterday."""
    story = Story(seed, date or dt.date.today() - dt.timedelta(days=1))
    hospital_master.opening(story)
    journeys = _patients(story, scale)
    hospital_master.changes(story)
    hospital_trouble.reversals(story)
    hospital_trouble.person_changes(story)
    _goods(story, scale)
    hospital_trouble.all_of_them(story, journeys)
    hospital_schedule.appointments(story, round(APPOINTMENTS * scale))
    _claims(story, scale)
    hospital_orders.supply_orders(story, round(SUPPLIES * scale))
    hospital_orders.purchases(story, round(PURCHASES * scale))
    hospital_orders.counts(story, round(COUNTS * scale))
    _radiology(story)
    return story.ordered()


def _claims(story, scale):
    """Of the visits that patient administration knows; what is claimed today was agreed long ago."""
    visits = [visit for visit in story.visits if visit.visit_class in CLAIMED_CLASSES]
    hospital_claims.day(story, visits, round(AUTHORIZATIONS * scale))


def _radiology(story):
    """Emergencies are examined at once, without an order of the EHR."""
    emergencies = [visit for visit in story.visits if visit.visit_class == "E"]
    hospital_radiology.own_examinations(story, emergencies)


def _patients(story, scale):
    """The journeys of patient administration's patients; outpatients besides."""
    plan = (
        (hospital_wards.inpatient, INPATIENTS, 390, 1080),
        (hospital_wards.emergency, EMERGENCIES, 370, 1250),
        (hospital_wards.day_clinic, DAY_CASES, 450, 900),
        (hospital_outpatients.outpatient, OUTPATIENTS, 500, 1000),
    )
    journeys = []
    for journey, number, first, last in plan:
        count = max(1, round(number * scale))
        journeys += [
            journey(story, place, first + (last - first) * place / count) for place in range(count)
        ]
    return [one for one in journeys if isinstance(one, hospital_wards.Journey)]


def _goods(story, scale):
    hospital_stores.cabinet_day(story, round(EVENTS * scale))
    hospital_stores.cabinet_batches(story, round(BATCHES * scale))
    hospital_stores.deliveries(story, round(DELIVERIES * scale))
    hospital_stores.vendor_bills(story, round(BILLS * scale))


def stream(seed=1, count=None, date=None):
    """Messages without end (or ``count`` of them) for load: every one new and without trouble.

    The master data comes first and once; then one hospital's day after another, each with its own
    patients, visits and numbers. ``at`` is the day's own; a sender sets the pace.
    """
    return itertools.islice(itertools.chain.from_iterable(_days(seed, date)), count)


def days(seed, count, date=None):
    """``stream``, cut off after whole days: nothing in it waits for what would be told later."""
    return itertools.chain.from_iterable(itertools.islice(_days(seed, date), count))


def _days(seed, date):
    date = date or dt.date.today() - dt.timedelta(days=1)
    for chunk in itertools.count():
        story = Story(seed, date, chunk)
        if not chunk:
            hospital_master.opening(story)
        _patients(story, 1.0)
        _goods(story, 1.0)
        hospital_schedule.appointments(story, APPOINTMENTS)
        _claims(story, 1.0)
        hospital_orders.supply_orders(story, SUPPLIES)
        hospital_orders.purchases(story, PURCHASES)
        hospital_orders.counts(story, COUNTS)
        _radiology(story)
        yield story.ordered()


def scenario(name, seed=1, rate=10.0, seconds=60.0, date=None):
    """A named load, in order of ``at``: at ``start + offset``, start being midnight of ``date``.

    ``rate`` is of the ordinary day's messages per second; what a scenario adds comes on top.
    """
    date = date or dt.date.today() - dt.timedelta(days=1)
    start = Story(seed, date).midnight
    extra = SCENARIOS[name](Story(seed, date, hospital_load.CHUNK), rate, seconds)
    ordinary = _paced(stream(seed, round(rate * seconds), date), rate)
    for offset, sent in hospital_load.merged(ordinary, extra):
        yield dataclasses.replace(sent, at=start + dt.timedelta(seconds=offset))


def _paced(messages, rate):
    return ((place / rate, sent) for place, sent in enumerate(messages))


SCENARIOS = {
    "normal": hospital_load.nothing,
    "bus_accident": hospital_load.bus_accident,
    "month_end": hospital_load.month_end,
    "staffing": hospital_load.staffing,
}
