"""Visits, appointments and who pays for them."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal

from ...fhir_extensions import absent
from ..entities import Appointment, Coverage, Encounter
from ..values import LocationStay, Moment, Period, Reference
from . import words
from .datatypes import (
    Json,
    bundle,
    concept,
    day,
    full_url,
    identifiers,
    period,
    reference,
    references,
    said,
    word,
    worded,
)

_EXACT = ("second", "subsecond")


def encounter(value: Encounter, zone: tzinfo) -> Json:
    attending = reference(value.attending)
    attends = {"coding": [said(system=words.PARTICIPATIONS, code="ATND")]}
    disposition = concept(value.disposition)
    return {
        "resourceType": "Encounter",
        **identifiers("Encounter", value.identifiers),
        "status": words.ENCOUNTER_STATUS.get(value.status or "", "unknown"),
        "class": word(value.encounter_class, words.ENCOUNTER_CLASS, words.ACT_CODES) or absent(),
        **said(
            subject=reference(value.party),
            participant=[{"type": [attends], "individual": attending}] if attending else None,
            period=period(value.period, zone),
            account=[{"type": "Account", "identifier": {"value": value.account}}]
            if value.account
            else None,
            hospitalization=said(dischargeDisposition=disposition),
            location=_stays(value, zone),
            serviceProvider=reference(value.provider),
        ),
    }


def _stays(value: Encounter, zone: tzinfo) -> list[Json]:
    """All places as one list: where the patient is now is active, where they were before it completed."""
    stays = list(value.stays or ())
    places = [stay.location for stay in stays]
    if value.prior_location and value.prior_location not in places:
        stays.insert(0, LocationStay(value.prior_location))
    if value.location and value.location not in places:
        stays.append(LocationStay(value.location))
    places = [stay.location for stay in stays]
    states = {
        _last(places, value.prior_location): "completed",
        _last(places, value.location): "active",
    }
    return [
        said(
            location=reference(stay.location),
            status=states.get(number),
            period=period(stay.period, zone),
        )
        for number, stay in enumerate(stays)
    ]


def _last(places: list[Reference], place: Reference | None) -> int | None:
    """Where ``place`` stands last; None for none."""
    found = [number for number, one in enumerate(places) if one == place]
    return found[-1] if found else None


def appointment(value: Appointment, zone: tzinfo) -> Json:
    """R4 takes two exact times or none (app-2); what is less is the period that was asked for."""
    answer = "needs-action" if value.status in (None, "proposed") else "accepted"
    people = (value.party, *(value.staff or ()), value.location)
    actors = references(people) or [absent()]
    told = period(value.period, zone)
    is_exact = value.period is not None and _is_exact(value.period)
    status = words.APPOINTMENT_STATUS.get(value.status or "")
    return {
        "resourceType": "Appointment",
        **identifiers("Appointment", value.identifiers),
        **({"status": status} if status else {"_status": absent()}),
        **said(serviceType=[concept(value.service)] if value.service else None),
        **(told if told and is_exact else {}),
        "participant": [{"actor": actor, "status": answer} for actor in actors],
        **said(requestedPeriod=[told] if told and not is_exact else None),
    }


def _is_exact(value: Period) -> bool:
    return _is_instant(value.start) and _is_instant(value.end)


def _is_instant(value: Moment | None) -> bool:
    return value is not None and value.precision in _EXACT


def coverage(value: Coverage, zone: tzinfo) -> Json:
    """A Coverage; with what the payer answered to a check, the CoverageEligibilityResponse beside it."""
    plan = value.plan
    has_system = bool(plan and plan.system)
    status = words.COVERAGE_STATUS.get(value.status or "")
    policy = {
        "resourceType": "Coverage",
        **identifiers("Coverage", value.identifiers),
        **({"status": status} if status else {"_status": absent()}),
        **said(
            type=concept(plan) if has_system else None,
            subscriberId=value.member_id,
            relationship=worded(value.relationship, words.RELATIONSHIP, words.RELATIONSHIPS),
            period=said(start=day(value.valid_from), end=day(value.valid_until)),
        ),
        "beneficiary": reference(value.party) or absent(),
        "payor": references([value.payer]) or [absent()],
        **said(order=None if value.rank is None else int(value.rank)),
    }
    if plan and not has_system:
        kind = {"coding": [said(system=words.COVERAGE_CLASSES, code="plan")]}
        policy["class"] = [{"type": kind, **said(value=plan.code, name=plan.display)}]
    if value.is_in_force is None and value.patient_share is None:
        return policy
    url = full_url("Coverage", value.identifiers)
    return bundle((url, policy), (full_url("Eligibility", value.identifiers), _check(value, url)))


def _check(value: Coverage, url: str) -> Json:
    share = value.patient_share
    benefits = [_share(share)] if share is not None else []
    return {
        "resourceType": "CoverageEligibilityResponse",
        "status": "active",
        "purpose": ["benefits" if benefits else "validation"],
        "patient": reference(value.party) or absent(),
        "_created": absent(),
        "request": absent(),
        "outcome": "complete",
        "insurer": reference(value.payer) or absent(),
        "insurance": [
            {
                "coverage": {"reference": url},
                **said(
                    inforce=value.is_in_force, item=[{"benefit": benefits}] if benefits else None
                ),
            }
        ],
    }


def _share(value: Decimal) -> Json:
    """Percent that the patient pays: a whole number, or words for one that is none."""
    kind = {"coding": [said(system=words.BENEFIT_TYPES, code="copay-percent")]}
    is_whole = value >= 0 and value == value.to_integral_value()
    amount = {"allowedUnsignedInt": int(value)} if is_whole else {"allowedString": f"{value:f}"}
    return {"type": kind, **amount}
