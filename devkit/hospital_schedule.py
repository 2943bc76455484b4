"""The scheduling system: appointments booked, confirmed, moved, cancelled, kept and missed, in HL7 v2 SIU."""

from __future__ import annotations

import dataclasses
import datetime as dt

from devkit import hospital_er7 as er7
from devkit import hospital_hl7 as hl7
from devkit import hospital_world as world

SCHEDULING = "demo_scheduling"
SERVICES = ("OPC-FIRST", "OPC-NEXT", "DAY-INF")
WARD, ROOMS = "DAY", 4
OPENS, SLOT_MINUTES, SLOTS_A_DAY = dt.timedelta(hours=8), 30, 18
#: minutes of the day between which bookings are made
FIRST_CALL, LAST_CALL = 480, 1020


@dataclasses.dataclass(frozen=True)
class Slot:
    """One appointment as the scheduling system plans it."""

    number: str
    patient: world.Patient
    service: world.Service
    member: world.Member
    ward: str
    room: int
    starts: dt.datetime

    @property
    def ends(self):
        return self.starts + dt.timedelta(minutes=self.service.minutes)


def siu(trigger, slot, status, control_id, when):
    """S12 to S26: an appointment; the reason in SCH-7 and the note must be dropped."""
    facility = world.WARDS[slot.ward].facility
    return [
        hl7.msh("GRH-SCH", facility, ("SIU", trigger), control_id, when),
        (
            "SCH",
            {
                1: (slot.number, world.SCHEDULE),
                2: (slot.number.replace("T", "F", 1), world.SCHEDULE),
                7: ("INV.4", "Invented unease about the weather"),
                11: ("", "", "", er7.stamp(slot.starts), er7.stamp(slot.ends)),
                25: status,
            },
        ),
        hl7.brief_pid(slot.patient),
        ("RGS", {1: "1"}),
        (
            "AIS",
            {
                1: "1",
                3: (slot.service.code, slot.service.name, world.CHARGE_MASTER),
                4: er7.stamp(slot.starts),
                7: str(slot.service.minutes),
                8: "min",
            },
        ),
        ("NTE", {1: "1", 3: "Invented remark: bring the blue umbrella"}),
        ("AIP", {1: "1", 3: hl7.staff(slot.member)}),
        ("AIL", {1: "1", 3: (slot.ward, f"{slot.room:02d}", "", facility)}),
    ]


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
    return Slot(
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
        segments = siu(trigger, slot, status, self.story.control_id("S", when), when)
        self.story.hl7(SCHEDULING, segments, f"SIU {trigger}, {words}", when)
