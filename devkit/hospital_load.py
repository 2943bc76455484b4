"""What the scenarios add to an ordinary day: each an iterator of (offset in seconds, Sent)."""

from __future__ import annotations

import dataclasses
import heapq
import operator

from devkit import hospital_events as events
from devkit import hospital_stores as stores
from devkit import hospital_wards as wards
from devkit import hospital_world as world
from devkit.hospital_story import Story

#: The chunk whose numbers the additions use, far from those of the ordinary stream.
CHUNK = 9_000
ACCIDENT_SECONDS = 120
ADMISSIONS_TIMES = 10
#: The share of admissions (A01, A04) among an ordinary day's messages.
ADMISSION_SHARE = 0.12
MONTH_END_MESSAGES = 5000
STAFF_CHANGES = 3000


def merged(*streams):
    """Several streams of (offset, Sent) as one in order of offset."""
    return heapq.merge(*streams, key=operator.itemgetter(0))


def nothing(story, rate, seconds):
    """An ordinary day."""
    return iter(())


def bus_accident(story, rate, seconds):
    """Ten times the admissions, for two minutes (or the middle half of a shorter run)."""
    lasts = min(ACCIDENT_SECONDS, seconds / 2)
    begins = (seconds - lasts) / 2
    pace = rate * ADMISSION_SHARE * (ADMISSIONS_TIMES - 1)
    for place, chapter in numbered(story, round(pace * lasts), 300):
        yield begins + place / pace, _admission(chapter, place)


def _admission(story, place):
    """Somebody from the bus: straight into emergency, or to intensive care."""
    ward, visit_class = (("EMR", "E"), ("EMR", "E"), ("ICU", "I"))[place % 3]
    journey = wards.Journey(
        story, story.patient(), ward=ward, visit_class=visit_class, minute=600 + place % 300
    )
    journey.adt("A04" if ward == "EMR" else "A01", 0, note="bus accident: admission")
    return story.sent.pop()


def month_end(story, rate, seconds):
    """Five thousand messages: four DFTs to every vendor bill, evenly over the run."""
    stay = None
    for place, chapter in numbered(story, MONTH_END_MESSAGES, 1000):
        offset = place * seconds / MONTH_END_MESSAGES
        if place % 5 == 4:
            yield offset, _bill(chapter, place)
            continue
        if place % 10 == 0:
            stay = wards.Journey(
                chapter, chapter.patient(), ward="MED", visit_class="I", minute=place
            )
        stay.charge(["BED-MED", "PHA-DISP", "LAB-CBC"][: 1 + place % 3], 1)
        yield offset, chapter.sent.pop()


def _bill(story, place):
    stores.send_bill(story, stores.vendor_bill(story, 600, place), "month end: vendor bill")
    return story.sent.pop()


def staffing(story, rate, seconds):
    """Three thousand changes of staff: agency people come, change wards and go."""
    for place, chapter in numbered(story, STAFF_CHANGES, 1000):
        person, turn = divmod(place, 3)
        yield (
            place * seconds / STAFF_CHANGES,
            _change(chapter, _agency_member(story, person, turn), turn),
        )


def _agency_member(story, person, turn):
    model = world.STAFF_MEMBERS[person % len(world.STAFF_MEMBERS)]
    codes = list(world.WARDS)
    return dataclasses.replace(
        model,
        number=f"AG-{story.seed}-{story.date:%y%m%d}-{person:05d}",
        ward=codes[(person + turn) % len(codes)],
        worker_type="contractor",
    )


def _change(story, member, turn):
    """``turn`` 0 comes, 1 changes wards, 2 leaves."""
    kind = "employee.updated" if turn else "employee.onboarded"
    when = story.when(300 + turn * 240)
    changed = {"is_active": False} if turn == 2 else {}
    document = events.finance(
        kind, f"fin-{story.number('F')}", when, events.employee(member, **changed)
    )
    story.send(stores.FINANCE, events.JSON, events.dump(document), f"staffing: {kind}", when)
    return story.sent.pop()


def numbered(story, count, size):
    """(number, story) ``count`` times: a story of its own for every ``size`` messages, since a day
    has only so many seconds."""
    for place in range(count):
        if place % size == 0:
            chapter = Story(story.seed, story.date, CHUNK + place // size)
        yield place, chapter
