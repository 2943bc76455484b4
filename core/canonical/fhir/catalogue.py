"""Places, and what is done, sold and stocked."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal

from ...fhir_extensions import COST, DURATION, FORM, PRICE, TRACKING, UNIT, extended, extension
from ..entities import Location, Product, Service
from ..values import Identifier
from . import words
from .datatypes import (
    Json,
    bundle,
    concept,
    full_url,
    identifiers,
    money,
    reference,
    said,
    word,
    worded,
)


def location(value: Location, zone: tzinfo) -> Json:
    kind = worded(value.kind, words.PLACE_KIND, words.PHYSICAL_TYPES)
    return {
        "resourceType": "Location",
        **identifiers("Location", value.identifiers),
        **said(
            status=words.LOCATION_STATUS.get(value.status or ""),
            operationalStatus=word(value.operational_status, words.BED_STATUS, words.BED_STATUSES),
            name=value.name,
            physicalType=kind or concept(text=value.kind or ""),
            managingOrganization=reference(value.organization),
            partOf=reference(value.parent),
        ),
    }


def service(value: Service, zone: tzinfo) -> Json:
    """A HealthcareService; one with a price has the ChargeItemDefinition beside it that says so."""
    codes = concept(*value.codes or ())
    url = full_url("HealthcareService", value.identifiers)
    offered = {
        "resourceType": "HealthcareService",
        **identifiers("HealthcareService", value.identifiers),
        **said(
            extension=extended(
                extension(UNIT, "String", value.unit),
                extension(DURATION, "Duration", _minutes(value.duration_minutes)),
            ),
            active=value.is_active,
            category=[concept(text=value.category)] if value.category else None,
            type=[codes] if codes else None,
            name=value.name,
        ),
    }
    if value.price is None:
        return offered
    definition = full_url("ChargeItemDefinition", value.identifiers)
    priced = {
        "resourceType": "ChargeItemDefinition",
        # R4 asks for a url; this one is no name that anybody goes by
        "url": definition,
        **identifiers("ChargeItemDefinition", value.identifiers),
        **said(
            title=value.name,
            status={True: "active", False: "retired", None: "unknown"}[value.is_active],
            code=codes,
            propertyGroup=[{"priceComponent": [{"type": "base", "amount": money(value.price)}]}],
        ),
    }
    return bundle((url, offered), (definition, priced))


def product(value: Product, zone: tzinfo) -> Json:
    """A Device, whose GTIN is its UDI device identifier (gs1-di) and one of its names."""
    names = value.identifiers
    if value.gtin and all((item.system, item.value) != ("udi", value.gtin) for item in names):
        names = (*names, Identifier(value.gtin, "udi", "UDI"))
    carriers = [{"deviceIdentifier": value.gtin, "issuer": words.GS1}] if value.gtin else None
    state = {True: "active", False: "inactive"}
    return {
        "resourceType": "Device",
        **identifiers("Device", names),
        **said(
            extension=extended(
                extension(UNIT, "String", value.unit),
                extension(TRACKING, "Code", value.tracking),
                extension(FORM, "String", value.form),
                extension(PRICE, "Money", money(value.price)),
                extension(COST, "Money", money(value.cost)),
            ),
            udiCarrier=carriers,
            status=None if value.is_active is None else state[value.is_active],
            deviceName=[{"name": value.name, "type": "user-friendly-name"}] if value.name else None,
            type=concept(*value.codes or ()),
        ),
    }


def _minutes(value: Decimal | None) -> Json | None:
    if value is None:
        return None
    return {"value": value, "unit": "min", "system": words.UNITS, "code": "min"}
