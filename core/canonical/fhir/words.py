"""Words of the canonical model in the codes that R4 demands; the shipped concept maps read each of them back.

A word that a table here does not have is not written: R4 binds these elements to closed lists.
"""

from __future__ import annotations

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
IDENTIFIER_TYPES = f"{_TERMINOLOGY}v2-0203"
ACT_CODES = f"{_TERMINOLOGY}v3-ActCode"
PARTICIPATIONS = f"{_TERMINOLOGY}v3-ParticipationType"
ORGANIZATION_TYPES = f"{_TERMINOLOGY}organization-type"
PHYSICAL_TYPES = f"{_TERMINOLOGY}location-physical-type"
BED_STATUSES = f"{_TERMINOLOGY}v2-0116"
RELATIONSHIPS = f"{_TERMINOLOGY}subscriber-relationship"
COVERAGE_CLASSES = f"{_TERMINOLOGY}coverage-class"
BENEFIT_TYPES = f"{_TERMINOLOGY}benefit-type"
SUPPLY_KINDS = f"{_TERMINOLOGY}supply-kind"
ADJUDICATIONS = f"{_TERMINOLOGY}adjudication"
PAYMENT_TYPES = f"{_TERMINOLOGY}payment-type"
LANGUAGES = "urn:ietf:bcp:47"
UNITS = "http://unitsofmeasure.org"
GS1 = "http://hl7.org/fhir/NamingSystem/gs1-di"

GENDER = {"male": "male", "female": "female", "other": "other", "unknown": "unknown"}
ORGANIZATION_KIND = {"provider": "prov", "department": "dept", "payer": "ins", "supplier": "bus"}
LOCATION_STATUS = {"active": "active", "suspended": "suspended", "inactive": "inactive"}
#: R4 has no code for a store; the value set is an example, so words may stand for it
PLACE_KIND = {"site": "si", "building": "bu", "ward": "wa", "room": "ro", "bed": "bd"}
BED_STATUS = {"free": "U", "occupied": "O", "cleaning": "H", "closed": "C"}
ENCOUNTER_CLASS = {
    "inpatient": "IMP",
    "outpatient": "AMB",
    "emergency": "EMER",
    "daycase": "SS",
    "home": "HH",
    "virtual": "VR",
}
ENCOUNTER_STATUS = {
    "planned": "planned",
    "in_progress": "in-progress",
    "on_leave": "onleave",
    "finished": "finished",
    "cancelled": "cancelled",
}
#: a booked appointment is a confirmed one in R4 (valueset-appointmentstatus.html)
APPOINTMENT_STATUS = {
    "proposed": "proposed",
    "booked": "booked",
    "confirmed": "booked",
    "arrived": "arrived",
    "completed": "fulfilled",
    "no_show": "noshow",
    "cancelled": "cancelled",
}
COVERAGE_STATUS = {"draft": "draft", "active": "active", "cancelled": "cancelled"}
RELATIONSHIP = {word: word for word in ("self", "spouse", "child", "parent", "other")}
PRIORITY = {word: word for word in ("routine", "urgent", "asap", "stat")}
REQUEST_STATUS = {
    "draft": "draft",
    "active": "active",
    "on_hold": "on-hold",
    "completed": "completed",
    "cancelled": "revoked",
}
SUPPLY_REQUEST_STATUS = {**REQUEST_STATUS, "on_hold": "suspended", "cancelled": "cancelled"}
#: what is not stocked is asked of a vendor (valueset-supplyrequest-kind.html)
SUPPLY_KIND = {"supply": "central", "purchase": "nonstock"}
INVOICE_STATUS = {"draft": "draft", "posted": "issued", "cancelled": "cancelled"}
CLAIM_STATUS = {"draft": "draft", "active": "active", "cancelled": "cancelled"}
CLAIM_OUTCOMES = ("queued", "complete", "partial", "error")
#: what a payer pays; what it leaves to the patient, which R4 has as copayment and deductible
BENEFIT, COPAY = "benefit", "copay"
#: of the question: it stands, whatever is answered
AUTHORIZATION_STATUS = {
    "requested": "active",
    "approved": "active",
    "denied": "active",
    "cancelled": "cancelled",
}
PAYMENT_STATUS = {"active": "active", "cancelled": "cancelled"}
MOVEMENT_KINDS = ("consumption", "receipt", "return", "transfer")
WORKER_TYPES = ("staff", "contractor", "partner")
TRACKINGS = ("none", "lot", "serial")
NAME_USES = frozenset(("usual", "official", "temp", "nickname", "anonymous", "old", "maiden"))
ADDRESS_USES = frozenset(("home", "work", "temp", "old", "billing"))
CONTACT_USES = frozenset(("home", "work", "temp", "old"))
