"""A day's ordinary troubles: repeated, late, unknown, merged. Notes start with ``trouble:``."""

from __future__ import annotations

import dataclasses
import datetime as dt

from devkit import hospital_er7 as er7
from devkit import hospital_hl7 as hl7
from devkit import hospital_stores as stores
from devkit import hospital_wards as wards
from devkit import hospital_world as world

DUPLICATE = "trouble: exact duplicate"
RESTAMPED = "trouble: sent again with another MSH-7"
OUT_OF_ORDER = "trouble: out of order"
UNKNOWN_PRODUCT = "trouble: unknown product"
MERGE = "trouble: patient merge"
BILL_TWICE = "trouble: same vendor and reference twice"
UNKNOWN_SUPPLIER = "trouble: unknown supplier"
UNKNOWN_ORDER = "trouble: result of an unknown order"


def duplicate(story, place, *, seconds):
    """The same bytes once more."""
    sent = story.sent[place]
    later = sent.at + dt.timedelta(seconds=seconds)
    story.sent.append(dataclasses.replace(sent, at=later, note=f"{DUPLICATE} ({sent.note})"))


def restamped(story, place, *, seconds):
    """The same HL7 message once more, MSH-7 saying when it was sent again."""
    sent = story.sent[place]
    later = sent.at + dt.timedelta(seconds=seconds)
    fields = sent.body.split(b"|", 7)
    fields[6] = er7.stamp(later).encode()
    again = dataclasses.replace(
        sent, body=b"|".join(fields), at=later, note=f"{RESTAMPED} ({sent.note})"
    )
    story.sent.append(again)


def overtaken(story, first_key, second_key):
    """What happened first arrives after what happened second."""
    place, first = story.find(first_key)
    _place, second = story.find(second_key)
    later = second.at + dt.timedelta(seconds=1)
    story.sent[place] = dataclasses.replace(first, at=later, note=f"{OUT_OF_ORDER} ({first.note})")


def repeated(story):
    """Four exact duplicates, one per kind of sender, and three re-stamped ones."""
    by_endpoint = {}
    for place, sent in enumerate(story.sent):
        if sent.note.startswith("trouble:"):
            continue
        by_endpoint.setdefault(sent.endpoint, []).append(place)
    for endpoint, nth in (
        ("demo_pas", 7),
        ("demo_ehr", 9),
        ("demo_cabinet", 11),
        ("demo_finance", 12),
    ):
        places = by_endpoint[endpoint]
        duplicate(story, places[min(nth, len(places) - 1)], seconds=95)
    charges = [
        place for place in by_endpoint["demo_pas"] if story.sent[place].note.startswith("DFT")
    ]
    for place in (charges[0], charges[-1], by_endpoint["demo_pas"][3]):
        restamped(story, place, seconds=140)


def out_of_order(story, journeys):
    """An A02 before its A01, twice; and an A08 after a newer one: as far as a small day has enough patients who move."""
    moved = [
        one
        for one in journeys
        if story.has((one.visit.number, "A01")) and story.has((one.visit.number, "A02"))
    ]
    for journey in moved[1:3]:
        overtaken(story, (journey.visit.number, "A01"), (journey.visit.number, "A02"))
    for journey in moved[3:4]:
        _older_address_last(story, journey)


def _older_address_last(story, journey):
    journey.moves_house(25, key="A08 older")
    journey.moves_house(20, key="A08 newer")
    overtaken(story, (journey.visit.number, "A08 older"), (journey.visit.number, "A08 newer"))


def reversals(story):
    """Admissions and discharges taken back, a charge credited: people's troubles, not messages'."""
    for place in range(2):
        journey = wards.Journey(
            story,
            story.patient(),
            ward=("MED", "SUR")[place],
            visit_class="I",
            minute=640 + 150 * place,
        )
        journey.adt("A01", 0)
        journey.adt("A11", 35)
        journey = wards.Journey(
            story,
            story.patient(),
            ward=("PED", "SUR")[place],
            visit_class="I",
            minute=520 + 150 * place,
        )
        journey.adt("A01", 0)
        journey.charge(["PHA-DISP", "LAB-CBC"], 60)
        journey.charge(["PHA-DISP"], 15, kind="CD")
        journey.discharge(120, key="A03 first")
        journey.discharge_cancelled(20)
        journey.discharge(90)


def unknown_product(story, count=5):
    """New gloves in every cabinet, and nobody told Odoo of them: one cause, many deliveries."""
    for place in range(count):
        event, when, words = stores.item_event(
            story, 7 * place, 610 + 47 * place, code=world.UNKNOWN_PRODUCT, kind="consumed"
        )
        stores.send_event(
            story, event, when, f"{UNKNOWN_PRODUCT} {world.UNKNOWN_PRODUCT} ({words})"
        )


def merges(story):
    """Registered in a hurry under a new number, and found to be somebody known."""
    for place in range(2):
        known, twin = story.patient(), story.patient()
        when = story.when(400 + 30 * place)
        segments = hl7.person_adt("A28", known, story.control_id("P", when), when)
        story.hl7("demo_pas", segments, "A28 person registered", when)
        journey = wards.Journey(
            story,
            dataclasses.replace(
                twin, family=known.family, given=known.given, birth_date=known.birth_date
            ),
            ward="EMR",
            visit_class="E",
            minute=560 + 200 * place,
        )
        journey.adt("A04", 0)
        if not place:
            journey.charge(["ER-VISIT"], 20)
        when = journey.later(45)
        segments = hl7.merge(known, twin.mrn, story.control_id("P", when), when)
        story.hl7("demo_pas", segments, f"{MERGE}: A40 {twin.mrn} into {known.mrn}", when)


def person_changes(story):
    """A31: people without a stay tell a new address."""
    for place in range(3):
        person = story.patient()
        for trigger, minute in (("A28", 380), ("A31", 760)):
            when = story.when(minute + 20 * place)
            segments = hl7.person_adt(trigger, person, story.control_id("P", when), when)
            words = "A28 person registered" if trigger == "A28" else "A31 person changed"
            story.hl7("demo_pas", segments, words, when)
            person = dataclasses.replace(person, street=f"{7 + place} Ferryman's Stairs")


def bills(story):
    """A bill scanned twice under a new message id, and one of a supplier nobody knows."""
    told = stores.vendor_bill(story, 655, 4, number="LL-77120")
    stores.send_bill(story, told, "vendor bill")
    again = stores.vendor_bill(
        story, 790, 4, number="LL-77120", identity=f"fin-{story.number('B')}"
    )
    stores.send_bill(story, again, BILL_TWICE)
    told = stores.vendor_bill(story, 735, 1, supplier_number=world.UNKNOWN_SUPPLIER)
    stores.send_bill(story, told, UNKNOWN_SUPPLIER)


def unknown_order(story, journey):
    """The laboratory reports on something nobody ordered: no billable content."""
    journey.minute = 1290
    service = world.SERVICES["LAB-CULT"]
    journey.result(story.number("X"), service, 0, note=f"{UNKNOWN_ORDER} {service.code}")


def all_of_them(story, journeys):
    merges(story)
    bills(story)
    unknown_product(story)
    out_of_order(story, journeys)
    unknown_order(story, journeys[0])
    repeated(story)
