"""What is never stored, whatever a contract allows (CANON: "Never stored, never logged"). The product's promise.

Diagnoses, observations, notes, narrative, allergies, findings, reasons, religion, race, marital status, social security
numbers; and free text and pictures about patients, which may hold any of them. Contracts choose from what remains.
For FHIR the rules go by type, so that an element cannot slip through under another name; a resource that is not in
``STORABLE`` keeps its ``resourceType`` alone, so that it can still be counted.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

#: the resources of which a contract may keep something: those that CANON's entities are read from
STORABLE = frozenset(
    """Account Appointment AppointmentResponse ChargeItem ChargeItemDefinition Claim ClaimResponse Coverage
    CoverageEligibilityRequest CoverageEligibilityResponse Device DeviceDefinition DeviceRequest DiagnosticReport
    Encounter EnrollmentRequest EnrollmentResponse EpisodeOfCare ExplanationOfBenefit HealthcareService InsurancePlan
    Invoice Location Medication MedicationDispense MessageHeader Organization OrganizationAffiliation Patient
    PaymentNotice PaymentReconciliation Person Practitioner PractitionerRole Procedure RelatedPerson Schedule
    ServiceRequest Slot SupplyDelivery SupplyRequest Task""".split()
)

_COMMON = frozenset({"id", "meta", "identifier", "status", "basedOn"})
#: clinical resources that have one administrative use: nothing but these elements
ONLY: dict[str, frozenset[str]] = {
    "DiagnosticReport": _COMMON,
    "Procedure": _COMMON
    | {
        "code",
        "subject",
        "encounter",
        "performedDateTime",
        "performedPeriod",
        "performer",
        "location",
    },
}

#: data types that hold free text, pictures or measurements
_TYPES = frozenset({"Narrative", "Annotation", "Attachment", "SampledData", "Signature"})
#: elements of any resource and any part of one
_NAMES = frozenset(
    """accident asNeededCodeableConcept bodySite bodysite cancelationReason cancelledReason comment complication
    complicationDetail component condition detectedIssue diagnosis dietPreference disposition dosageInstruction evidence
    finding input maritalStatus multipleBirthBoolean multipleBirthInteger note orderDetail output overrideReason
    patientInstruction photo procedure processNote reason reasonCode reasonReference relevantHistory security
    specialArrangement specialCourtesy specimen statusReason statusReasonCodeableConcept statusReasonReference subSite
    supportingInfo supportingInformation tag""".split()
)
#: what only some types use for text about a patient
_ELEMENTS = frozenset(
    {
        ("Account", "description"),
        ("Appointment", "description"),
        ("DeviceRequest", "parameter"),
        ("Device", "property"),
        ("Task", "description"),
    }
)
#: a payer's reason for a denial is a code of finance, and CANON keeps it
_DENIAL = re.compile(r".*_Adjudication[0-9]*").fullmatch

#: HL7 table 0203, and the systems of the same numbers
SECRET_IDENTIFIER_TYPES = frozenset({"SS", "SSN", "SB", "PPN", "DL"})
_SECRET_SYSTEMS = frozenset(
    {"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1", "2.16.840.1.113883.4.1"}
)
_SECRET_WORDS = re.compile(
    r"\bssn\b|social.?security|passport|driver'?s? licen[cs]e", re.IGNORECASE
).search

_EXTENSION = re.compile(
    r"(?<![bgt])race|ethnicity|religion|birthsex|gender-?identity|sexual|marital|diagnos|condition|allerg|observation"
    r"|narrative|note|reason|mothersmaidenname|cadaveric|importance|disability|congregation",
    re.IGNORECASE,
).search

#: names in any other JSON, compared in small letters without separators
_JSON_NAMES = frozenset(
    """allergies allergy allergyintolerance birthsex comment comments condition conditions diagnoses diagnosis
    diagnosiscode diagnosiscodes ethnicity finding findings genderidentity maritalstatus narrative note notes observation
    observations race reason reasoncode reasonreference reasons religion socialsecuritynumber ssn
    supportinginfo""".split()
)
_SEPARATORS = re.compile(r"[^a-z0-9]")
_SPEAKABLE = re.compile(r"[A-Za-z_@$][\w@$-]{0,47}").fullmatch


@lru_cache(maxsize=4096)
def is_never(type_name: str, name: str, element_type: str) -> bool:
    """Whether the element ``name`` of ``type_name`` (``Encounter``, ``Claim_Item``), itself of ``element_type``, is never
    stored."""
    if element_type in _TYPES or (type_name, name) in _ELEMENTS:
        return True
    if type_name in ONLY and name not in ONLY[type_name]:
        return True
    return name in _NAMES and not (name == "reason" and _DENIAL(type_name))


def is_never_extension(url: str) -> bool:
    return _EXTENSION(url) is not None


@lru_cache(maxsize=4096)
def is_never_name(name: str) -> bool:
    """Whether a member of a JSON document that is not FHIR is never stored, by its name."""
    return _SEPARATORS.sub("", name.lower()) in _JSON_NAMES


def is_secret_identifier(identifier: dict[str, Any]) -> bool:
    """Whether a FHIR Identifier is a social security, passport or driving licence number."""
    if identifier.get("system") in _SECRET_SYSTEMS:
        return True
    kind = identifier.get("type", {})
    if any(coding.get("code") in SECRET_IDENTIFIER_TYPES for coding in kind.get("coding", ())):
        return True
    return _SECRET_WORDS(kind.get("text", "")) is not None


def is_never_resource(kind: str) -> bool:
    return kind not in STORABLE


@lru_cache(maxsize=4096)
def speakable(name: str) -> str:
    """A member's name as a path may show it: ``*`` for one that may be a value somebody used as a name."""
    return name if _SPEAKABLE(name) else "*"
