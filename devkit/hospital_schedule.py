"""The scheduling system: appointments booked, confirmed, moved, cancelled, kept and missed, in HL7 v2 SIU."""

from __future__ import annotations

import dataclasses
import datetime as dt

from devkit import hospital_hl7 as hl7
from devkit import hospital_world as world

SCHEDULING = "demo_scheduling"
SERVICES = ("OPC-FIRST", "OPC-NEXT", "DAY-INF")
WARD, ROOMS = "DAY", 4
OPENS, SLOT_MINUTES, SLOTS_A_DAY = dt.timedelta(hours=8), 30, 18
#: minutes of the day between which bookings are made
FIRST_CALL, LAST_CALL = 480, 1020


def appointments(story, count):
    """``count`` appointments: every other one is for today, the rest for the days that follow."""
    for place in range(count):
        _appointment(story, place, FIRST_CALL + (LAST_CALL - FIRST_CALL) * place / count)


def _appointment(story, place, minute):
    slot = _slot(story, place)
    tell = _Telling(story, minute)
    tell("S12", slot, "Booked", "booked")
    if place % 7 == 5:
        slot = dataclasses.replace(slot, starts=slot.starts + dt.timedelta(days=1))
        tell("S13", slot, "Booked", "rescheduled")
    if place % 3 == 0:
        tell("S14", slot, "Confirmed", "confirmed")
    if place % 11 == 4:
        tell("S15", slot, "Cancelled", "cancelled")
    elif place % 13 == 6:
        tell("S26", slot, "Noshow", "did not come")
    elif place % 4 == 2:
        tell("S14", slot, "Complete", "completed")


def _slot(story, place):
    """Half an hour later than the one before in the next room; what takes longer runs into somebody's next one."""
    day = dt.timedelta(days=place % 2 * (1 + place // (2 * SLOTS_A_DAY)))
    hour = OPENS + dt.timedelta(minutes=SLOT_MINUTES * (place // 2 % SLOTS_A_DAY))
    return hl7.Slot(
        number=story.number("T"),
        patient=story.patient(),
        service=world.SERVICES[SERVICES[place % len(SERVICES)]],
        member=world.PHYSICIANS[place // 2 % len(world.PHYSICIANS)],
        ward=WARD,
        room=1 + place // 2 % ROOMS,
        starts=story.midnight + day + hour,
    )


class _Telling:
    """One appointment's messages, in order, a few minutes apart."""

    def __init__(self, story, minute):
        self.story, self.minute = story, minute

    def __call__(self, trigger, slot, status, words):
        when = self.story.when(self.minute)
        self.minute += 7
        segments = hl7.siu(trigger, slot, status, self.story.control_id("S", when), when)
        self.story.hl7(SCHEDULING, segments, f"SIU {trigger}, {words}", when)
