"""Patients, staff and organizations."""

from __future__ import annotations

from datetime import tzinfo

from ...fhir_extensions import (
    CLOSED_ON,
    EMPLOYMENT_PERIOD,
    MAIN_POST,
    MANAGER,
    REPLACED_BY,
    WORKER_TYPE,
    extended,
    extension,
)
from ..entities import Employee, Organization, Party
from ..values import Identifier
from . import words
from .datatypes import (
    Json,
    addresses,
    bundle,
    code,
    concept,
    contacts,
    day,
    full_url,
    identifiers,
    name,
    period,
    reference,
    references,
    said,
    worded,
)


def party(value: Party, zone: tzinfo) -> Json:
    """A Patient; one with a guarantor has an Account beside it, which is where R4 names who answers for a bill."""
    language = said(system=words.LANGUAGES, code=code(value.language or ""))
    replaced_by = reference(value.merged_into)
    patient = {
        "resourceType": "Patient",
        **identifiers("Patient", value.identifiers),
        **said(
            active=value.is_active,
            name=name(value.name),
            telecom=contacts(value.contacts),
            gender=words.GENDER.get(value.gender or ""),
            birthDate=day(value.birth_date),
            deceasedBoolean=value.is_deceased,
            address=addresses(value.address),
            communication=[{"language": {"coding": [language]}, "preferred": True}]
            if value.language
            else None,
            link=[{"other": replaced_by, "type": "replaced-by"}] if replaced_by else None,
        ),
    }
    if value.guarantor is None:
        return patient
    url = full_url("Patient", value.identifiers)
    account = {
        "resourceType": "Account",
        "status": "unknown",
        "subject": [{"reference": url}],
        "guarantor": [{"party": reference(value.guarantor)}],
    }
    return bundle((url, patient), (full_url("Account", value.identifiers), account))


def employee(value: Employee, zone: tzinfo) -> Json:
    """A Practitioner, and where their work is told of, the PractitionerRole of that post beside it."""
    practitioner = {
        "resourceType": "Practitioner",
        **identifiers("Practitioner", value.identifiers),
        **said(active=value.is_active, name=name(value.name), telecom=contacts(value.contacts)),
    }
    work = said(
        extension=extended(
            extension(WORKER_TYPE, "Code", value.worker_type),
            extension(MANAGER, "Reference", reference(value.manager)),
            extension(MAIN_POST, "Boolean", value.is_main_post),
            extension(EMPLOYMENT_PERIOD, "Period", period(value.active_period, zone)),
        ),
        active=None if value.is_withdrawn is None else not value.is_withdrawn,
        period=said(start=day(value.effective_at), end=day(value.effective_until)),
        organization=reference(value.organization),
        # two concepts: a concept's text is in the words of its codes
        code=[found for found in (concept(value.job), concept(text=value.role or "")) if found],
        specialty=[concept(value.specialty)] if value.specialty else None,
        location=references([value.location]),
    ) | (identifiers("PractitionerRole", value.post) if value.post else {})
    if not work:
        return practitioner
    url = full_url("Practitioner", value.identifiers)
    role = {"resourceType": "PractitionerRole", "practitioner": {"reference": url}, **work}
    return bundle((url, practitioner), (full_url("PractitionerRole", value.identifiers), role))


def organization(value: Organization, zone: tzinfo) -> Json:
    """An Organization, whose tax number is one of its identifiers."""
    names = value.identifiers
    tax = value.tax_id
    if tax and all((item.type, item.value) != ("TAX", tax) for item in names):
        names = (*names, Identifier(tax, type="TAX"))
    kind = worded(value.kind, words.ORGANIZATION_KIND, words.ORGANIZATION_TYPES)
    return {
        "resourceType": "Organization",
        **identifiers("Organization", names),
        **said(
            extension=extended(
                extension(CLOSED_ON, "Date", day(value.closed_on)),
                extension(REPLACED_BY, "Reference", reference(value.replaced_by)),
            ),
            active=value.is_active,
            type=[kind] if kind else None,
            name=value.name,
            telecom=contacts(value.contacts),
            address=addresses(value.address),
            partOf=reference(value.parent),
        ),
    }
