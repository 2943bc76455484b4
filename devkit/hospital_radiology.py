"""The radiology system: what the EHR ordered is planned, made and reported; what it adds itself is an order of its own.

Its words are HL7 v2.5: OMI^O23 (imaging orders), ORM^O01 (changes of status), ORU^R01 (reports).
"""

from __future__ import annotations

import dataclasses

from devkit import hospital_hl7 as hl7
from devkit import hospital_world as world
from devkit.hospital_er7 import stamp

RIS = "demo_ris"
SERVICES = tuple(one for one in world.SERVICES.values() if one.ward == "RAD")
#: minutes from one word of it to the next
PAUSE = 12


@dataclasses.dataclass(frozen=True)
class Study:
    """One examination; ``placer`` is '' where radiology ordered it itself."""

    visit: hl7.Visit
    service: world.Service
    filler: str
    placer: str = ""

    @property
    def names(self):
        """ORC-2 and ORC-3, OBR-2 and OBR-3."""
        placer = (self.placer, world.PLACER) if self.placer else ""
        return {2: placer, 3: (self.filler, world.RADIOLOGY)}

    @property
    def coded(self):
        return (self.service.code, self.service.name, world.CHARGE_MASTER)


def _head(study, message_type, control_id, when):
    whole = hl7.pv1(study.visit)[1]
    return [
        hl7.msh("GRH-RIS", study.visit.facility, message_type, control_id, when),
        hl7.brief_pid(study.visit.patient),
        # it knows a stay's number and ward, and no more of it
        ("PV1", {place: whole[place] for place in (1, 2, 3, 19)}),
    ]


def _order(study, control, status, when):
    orc = {1: control, **study.names, 5: status, 9: stamp(when)}
    obr = {1: "1", **study.names, 4: study.coded, 16: hl7.staff(study.visit.attending), 24: "RAD"}
    return [("ORC", orc), ("OBR", obr)]


def imaging_order(study, control_id, when):
    """O23: radiology adds an examination. Why (OBR-31) and how (IPC, NTE) must be dropped."""
    orc, obr = _order(study, "NW", "SC", when)
    obr[1][31] = ("INV.5", "Invented echo in the third drawer")
    return [
        *_head(study, ("OMI", "O23"), control_id, when),
        orc,
        obr,
        ("NTE", {1: "1", 3: "Invented remark: hold still and think of rivers"}),
        ("IPC", {1: study.filler, 2: f"{study.filler}.1", 3: f"1.2.999.{study.filler[-4:]}"}),
    ]


def status_change(study, control, status, control_id, when):
    """O01 with ORC-1 ``control`` (table 0119) and ORC-5 ``status`` (table 0038)."""
    return [
        *_head(study, ("ORM", "O01"), control_id, when),
        *_order(study, control, status, when),
    ]


def report(study, status, control_id, when):
    """R01: ``status`` is P (preliminary), F (final) or C (corrected); what it says must leave no trace."""
    orc, obr = _order(study, "RE", "IP" if status == "P" else "CM", when)
    obr[1].update({7: stamp(when), 22: stamp(when), 25: status})
    words = {1: "1", 2: "TX", 3: ("INV-09", "Invented view"), 5: "A faint lighthouse, unchanged"}
    return [
        *_head(study, ("ORU", "R01"), control_id, when),
        orc,
        obr,
        ("OBX", {**words, 11: status}),
    ]


class Radiology:
    """One examination as it goes on, from ``minute``."""

    def __init__(self, story, visit, service, minute, *, placer=""):
        self.story, self.minute = story, minute
        self.study = Study(visit, service, story.number("R"), placer)

    def _tell(self, make, *words, note):
        when = self.story.when(self.minute)
        self.minute += PAUSE
        control = self.story.control_id("R", when)
        self.story.hl7(RIS, make(self.study, *words, control, when), note, when)

    def adds(self):
        self._tell(imaging_order, note=f"OMI O23, {self.study.service.code} added by radiology")

    def plans(self):
        self._tell(status_change, "SC", "SC", note="ORM O01, examination planned")

    def begins(self):
        self._tell(status_change, "SC", "IP", note="ORM O01, examination begun")

    def cannot(self):
        """The patient can't be examined: the filler takes the order back."""
        self._tell(status_change, "OC", "CA", note="ORM O01, examination called off")

    def reports(self, status):
        self._tell(report, status, note=f"radiology report, {status}")


def examine(story, visit, service, placer, minute, place):
    """What radiology makes of an order of the EHR; every third can't be done."""
    one = Radiology(story, visit, service, minute, placer=placer)
    one.plans()
    if place % 3 == 2:
        one.cannot()
        return
    one.begins()
    if place % 2:
        one.reports("P")
    one.reports("F")
    if place % 3 == 1:
        one.reports("C")


def own_examinations(story, visits):
    """What radiology adds to every third visit of ``visits`` and does at once."""
    for place, visit in enumerate(visits[::3]):
        minute = visit.admitted.hour * 60 + visit.admitted.minute + 20
        one = Radiology(story, visit, SERVICES[place % len(SERVICES)], minute)
        one.adds()
        one.begins()
        one.reports("F")
