"""HL7 v2.5 as the hospital's systems write it: admissions, charges and results.

Segments are as ``hospital_er7`` has them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

from devkit import hospital_world as world
from devkit.hospital_er7 import PLAIN, stamp

#: MSH-9.3 by trigger (table 0354).
STRUCTURES = {
    "A01": "ADT_A01",
    "A02": "ADT_A02",
    "A03": "ADT_A03",
    "A04": "ADT_A01",
    "A05": "ADT_A05",
    "A08": "ADT_A01",
    "A11": "ADT_A09",
    "A13": "ADT_A01",
    "A28": "ADT_A05",
    "A31": "ADT_A05",
    "A40": "ADT_A39",
    **dict.fromkeys(("S12", "S13", "S14", "S15", "S26"), "SIU_S12"),
}


@dataclasses.dataclass(frozen=True)
class Visit:
    """One stay as patient administration sees it; ``visit_class`` is of table 0004."""

    number: str
    account: str
    patient: world.Patient
    visit_class: str
    ward: str
    room: int
    attending: world.Member
    facility: str
    admitted: dt.datetime
    prior: str = ""
    prior_room: int = 0
    discharged: dt.datetime | None = None

    def moved(self, ward, room):
        """The same stay in another bed."""
        return dataclasses.replace(
            self, ward=ward, room=room, prior=self.ward, prior_room=self.room
        )


def msh(sender, facility, message_type, control_id, when, style=PLAIN):
    structure = (
        STRUCTURES.get(message_type[1], "_".join(message_type)) if style.has_structure else ""
    )
    return (
        "MSH",
        {
            3: sender,
            4: facility,
            5: "ODOO",
            6: world.HOSPITAL,
            7: stamp(when, style),
            9: (*message_type, structure),
            10: control_id,
            11: "P",
            12: "2.5",
            18: "UNICODE UTF-8" if style.has_structure else "",
        },
    )


def evn(trigger, when, style=PLAIN):
    return ("EVN", {1: trigger, 2: stamp(when, style), 6: stamp(when, style)})


def person(patient):
    """An XPN."""
    return (patient.family, patient.given, patient.middle)


def mrn(number):
    """A CX."""
    return (number, "", "", world.HOSPITAL, "MR")


def staff(member):
    """An XCN."""
    return (member.number, member.family, member.given, "", "", member.prefix, "", "", world.STAFF)


def place(ward, room, facility):
    """A PL: ward, room, bed, facility."""
    return (ward, f"{room:02d}", "A", facility) if room else (ward, "", "", facility)


def brief_pid(patient):
    """Who it is, as the laboratory knows it: no address to argue about with administration."""
    return (
        "PID",
        {
            1: "1",
            3: [mrn(patient.mrn)],
            5: person(patient),
            7: patient.birth_date.strftime("%Y%m%d"),
            8: patient.gender[0].upper(),
        },
    )


def pid(patient, *, account="", cleared=()):
    """Who it is. Race, marital status, religion and SSN are here because real senders send them:
    all must be dropped. ``cleared`` names fields sent as ``""`` (explicitly empty)."""
    fields = {
        **brief_pid(patient)[1],
        10: ("2131-1", "Other race", "HL70005"),
        11: (patient.street, "", world.CITY, world.STATE, world.POSTAL_CODE, world.COUNTRY, "H"),
        13: (patient.phone, "PRN", "PH"),
        15: "" if patient.is_in_ehr else patient.language,
        16: "S",
        17: "NOE",
        18: (account, "", "", world.HOSPITAL, "AN") if account else "",
        19: f"000-00-{patient.mrn[-4:]}",
    }
    return ("PID", {**fields, **dict.fromkeys(cleared, '""')})


def pv1(visit, style=PLAIN):
    return (
        "PV1",
        {
            1: "1",
            2: visit.visit_class,
            3: place(visit.ward, visit.room, visit.facility),
            6: place(visit.prior, visit.prior_room, visit.facility) if visit.prior else "",
            7: staff(visit.attending),
            10: visit.ward,
            18: visit.visit_class,
            19: (visit.number, "", "", world.HOSPITAL, "VN"),
            36: "01" if visit.discharged else "",
            44: stamp(visit.admitted, style),
            45: stamp(visit.discharged, style) if visit.discharged else "",
        },
    )


def adt(trigger, visit, control_id, when, *, cleared=()):
    """An admission, transfer, discharge, their cancellations, and changes during a stay."""
    segments = [
        msh("GRH-PAS", visit.facility, ("ADT", trigger), control_id, when),
        evn(trigger, when),
        pid(visit.patient, account=visit.account, cleared=cleared),
        pv1(visit),
    ]
    if trigger in ("A01", "A04"):
        segments += [
            (
                "AL1",
                {
                    1: "1",
                    2: "DA",
                    3: ("INV-AL", "Invented allergen sapphire dust"),
                    5: "Invented rash in stripes",
                },
            ),
            ("DG1", {1: "1", 3: ("INV.1", "Invented malady of the left antler", "I10"), 6: "A"}),
            *insurances(visit.patient, when),
        ]
    return segments


def insurances(patient, when):
    """IN1: nobody has none; every third patient has a second payer for what the first leaves."""
    number = int(patient.mrn[-4:])
    chosen = [number % len(world.PAYERS)]
    chosen += [(number + 1) % len(world.PAYERS)] if number % 3 == 0 else []
    for rank, place in enumerate(chosen, 1):
        payer, name, plan = world.PAYERS[place]
        yield (
            "IN1",
            {
                1: str(rank),
                2: (plan, name),
                3: (payer, "", "", world.PLACER, "XX"),
                4: name,
                12: f"{when:%Y}0101",
                13: f"{when:%Y}1231",
                # who comes planned has asked first
                14: (f"N-{patient.mrn}", f"{when:%Y%m%d}") if rank == 1 and number % 4 == 0 else "",
                17: "SEL",
                22: str(rank),
                36: f"{payer[-2:]}-{patient.mrn}",
            },
        )


def person_adt(trigger, patient, control_id, when, *, cleared=()):
    """A28 and A31: a person without a stay."""
    return [
        msh("GRH-PAS", world.HOSPITAL, ("ADT", trigger), control_id, when),
        evn(trigger, when),
        pid(patient, cleared=cleared),
        ("PV1", {1: "1", 2: "N"}),
    ]


def merge(survivor, old_mrn, control_id, when):
    """A40: the record ``old_mrn`` turns out to be the survivor's."""
    return [
        msh("GRH-PAS", world.HOSPITAL, ("ADT", "A40"), control_id, when),
        evn("A40", when),
        pid(survivor),
        ("MRG", {1: [mrn(old_mrn)]}),
    ]


@dataclasses.dataclass(frozen=True)
class Posting:
    """One charge; ``kind`` is CG (charge) or CR (credit)."""

    number: str
    service: world.Service
    quantity: int
    when: dt.datetime
    kind: str = "CG"


def dft(visit, postings, control_id, when):
    """P03: charges of one stay. The diagnosis in FT1-19 and DG1 must be dropped."""
    return [
        msh("GRH-PAS", visit.facility, ("DFT", "P03"), control_id, when),
        evn("P03", when),
        pid(visit.patient, account=visit.account),
        pv1(visit),
        *(_ft1(place, posting, visit) for place, posting in enumerate(postings, 1)),
        ("DG1", {1: "1", 3: ("INV.2", "Invented malady of the glass ankle", "I10"), 6: "F"}),
    ]


def _ft1(place, posting, visit):
    service = posting.service
    ward = world.WARDS[service.ward]
    total = service.price * Decimal(posting.quantity)
    return (
        "FT1",
        {
            1: str(place),
            2: posting.number,
            4: stamp(posting.when),
            5: stamp(posting.when),
            6: posting.kind,
            7: (service.code, service.name, world.CHARGE_MASTER),
            10: str(posting.quantity),
            11: ((f"{total:.2f}", world.CURRENCY),),
            12: ((f"{service.price:.2f}", world.CURRENCY),),
            13: (ward.code, ward.name, world.DEPARTMENT),
            19: ("INV.2", "Invented malady of the glass ankle", "I10"),
            20: staff(visit.attending),
        },
    )


@dataclasses.dataclass(frozen=True)
class Report:
    """A result of one order; ``status`` is P (preliminary), F (final) or C (corrected)."""

    placer: str
    filler: str
    service: world.Service
    status: str
    requester: world.Member


def _lab_pv1(visit, style):
    """The laboratory knows a stay's number and ward, and no more of it."""
    whole = pv1(visit, style)[1]
    return ("PV1", {place: whole[place] for place in (1, 2, 3, 19)})


def oru(visit, report, control_id, when, style):
    """R01 with OBX and NTE, which must leave no trace."""
    service = (report.service.code, report.service.name, world.CHARGE_MASTER)
    orders = {2: (report.placer, world.PLACER), 3: (report.filler, world.FILLER)}
    requested = {16: staff(report.requester), 22: stamp(when, style), 24: "LAB", 25: report.status}
    return [
        msh("GRH-LAB", visit.facility, ("ORU", "R01"), control_id, when, style),
        brief_pid(visit.patient),
        _lab_pv1(visit, style),
        (
            "ORC",
            {1: "RE", **orders, 5: "CM" if report.status != "P" else "IP", 9: stamp(when, style)},
        ),
        ("OBR", {1: "1", **orders, 4: service, 7: stamp(when, style), **requested}),
        (
            "OBX",
            {
                1: "1",
                2: "NM",
                3: ("INV-01", "Invented sparkle"),
                5: "7.7",
                6: "glint/l",
                8: "H",
                11: report.status,
            },
        ),
        (
            "OBX",
            {
                1: "2",
                2: "TX",
                3: ("INV-02", "Invented hue"),
                5: "Faintly iridescent sediment",
                11: report.status,
            },
        ),
        ("NTE", {1: "1", 3: "Invented remark: sample hummed when shaken"}),
    ]
