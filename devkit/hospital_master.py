"""What every system tells before the wards wake up, and what of it changes during the day."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal

from devkit import hospital_events as events
from devkit import hospital_fhir as fhir
from devkit import hospital_world as world

EHR, FINANCE = "demo_ehr", "demo_finance"
#: products whose suppliers have a contract price
PRICED = ("GLV-S", "GLV-M", "SYR-05", "NAC-05")
#: A department that Odoo does not have yet.
NEW_DEPARTMENT = ("PAL", "Palliative Care")


def opening(story):
    """From half past four: suppliers, products, services, staff, places and payers."""
    _finance(story, 270, "supplier.updated", [events.supplier(one) for one in world.SUPPLIERS])
    products = [events.product(one) for one in world.PRODUCTS.values()]
    _finance(story, 275, "product.updated", products[:20])
    _finance(story, 280, "product.updated", products[20:])
    _finance(
        story, 285, "service.updated", [events.service(one) for one in world.SERVICES.values()]
    )
    staff = [events.employee(member) for member in world.STAFF_MEMBERS]
    _finance(story, 290, "employee.onboarded", staff[:16])
    for place, member in enumerate(staff[16:]):
        _finance(story, 300 + place, "employee.onboarded", [member])
    _places(story)
    _practitioners(story)


def _finance(story, minute, kind, entities):
    """One document per entity, each with a moment of its own."""
    told = []
    for entity in entities:
        when = story.when(minute)
        told.append(events.finance(kind, f"fin-{story.number('F')}", when, entity))
    words = f"{kind}, {len(told)}"
    if len(told) == 1:
        story.send(FINANCE, events.JSON, events.dump(told[0]), words, when)
        return
    story.send(FINANCE, events.NDJSON, events.ndjson(told), f"{words} (NDJSON)", when)


def _identity(story):
    return str(uuid.UUID(int=story.rng.getrandbits(128), version=4))


def _places(story):
    """A batch Bundle of the wards, then payers and a new department one by one."""
    wards = [fhir.location(ward, 1, story.when(310)) for ward in world.WARDS.values()]
    when = story.when(311)
    body = fhir.dump(fhir.batch_bundle(_identity(story), when, wards))
    story.send(EHR, fhir.CONTENT_TYPE, body, f"batch Bundle: {len(wards)} Locations", when)
    for code, name, _plan in world.PAYERS[:2]:
        _resource(
            story,
            312,
            lambda when, c=code, n=name: fhir.organization(world.PLACER, c, n, "pay", 1, when),
        )
    _resource(
        story,
        314,
        lambda when: fhir.organization(world.DEPARTMENT, *NEW_DEPARTMENT, "dept", 1, when),
    )
    _resource(story, 315, lambda when: fhir.location(world.Ward(*NEW_DEPARTMENT), 1, when))


def _resource(story, minute, build, *, put=False):
    when = story.when(minute)
    resource = build(when)
    path = f"/{resource['resourceType']}/{resource['id']}" if put else ""
    method = "PUT" if put else "POST"
    words = f"EHR {resource['resourceType']}{' changed' if put else ''}"
    story.send(EHR, fhir.CONTENT_TYPE, fhir.dump(resource), words, when, path=path, method=method)


def _practitioners(story):
    """The clinicians as the EHR knows them: most in a batch Bundle, some alone."""
    physicians = list(world.PHYSICIANS)
    known = [fhir.practitioner(member, 1, story.when(320)) for member in physicians[:-2]]
    when = story.when(321)
    body = fhir.dump(fhir.batch_bundle(_identity(story), when, known))
    story.send(EHR, fhir.CONTENT_TYPE, body, f"batch Bundle: {len(known)} Practitioners", when)
    for member in physicians[-2:]:
        _resource(story, 322, lambda when, m=member: fhir.practitioner(m, 1, when))


def changes(story):
    """Addresses, prices, roles and departments that change during the day."""
    for place, one in enumerate(world.SUPPLIERS[:2]):
        moved = dataclasses.replace(one, street=f"{3 + place} Basket Weavers' Row")
        _finance(story, 545 + 90 * place, "supplier.updated", [events.supplier(moved)])
    for place, code in enumerate(("GLV-M", "NAC-05", "HIP-01")):
        product = world.PRODUCTS[code]
        dearer = dataclasses.replace(product, cost=product.cost + Decimal("0.35"))
        _finance(story, 600 + 60 * place, "product.updated", [events.product(dearer)])
    asked = [
        events.contract_price(world.PRODUCTS[code], world.PRODUCTS[code].cost, story.date)
        for code in PRICED
    ]
    _finance(story, 640, "price.updated", asked)
    for place, code in enumerate(("RAD-MR", "PHY-30")):
        service = world.SERVICES[code]
        dearer = dataclasses.replace(service, price=service.price + 15)
        _finance(story, 620 + 60 * place, "service.updated", [events.service(dearer)])
    _staff_changes(story)
    _resource(
        story,
        700,
        lambda when: fhir.organization(
            world.PLACER, "PAY-02", "Three Herons Health", "pay", 2, when
        ),
        put=True,
    )


def _staff_changes(story):
    """Two change wards, one changes role, one leaves."""
    members = world.STAFF_MEMBERS
    changed = (
        events.employee(dataclasses.replace(members[5], ward="RAD")),
        events.employee(dataclasses.replace(members[9], ward="ICU")),
        events.employee(dataclasses.replace(members[11], role="ward manager")),
        events.employee(members[15], is_active=False),
    )
    for place, entity in enumerate(changed):
        _finance(story, 560 + 75 * place, "employee.updated", [entity])
