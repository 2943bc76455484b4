"""Every difference between our entities and the FHIR that CDC and Microsoft expect of the same messages, with its reason."""

from __future__ import annotations

AUTHORITY_TYPE = "Microsoft writes an assigning authority's type where its name belongs"
CDC_AUTHORITY = "CDC moves the assigning authority of an order number into an extension"
PERSONAL = "social security and driving licence numbers are never read (CANON, Never stored)"
OTHER_FIELDS = "CANON keeps PID-3; Microsoft adds PID-2, PID-4, DB1 and IN2"
ALTERNATE_VISIT = "CANON keeps PV1-19; the converters add the alternate visit number PV1-50"
ALTERNATE_ORDER = (
    "CANON keeps the placer's and the filler's number; CDC adds the alternates (ORC-33, OBR-53)"
)
TYPE_AS_SENT = "the converters write VN whatever type CX-5 states"
ACCOUNT_AS_VISIT = "PV1-19 is empty: PID-18 stands in for it, or the visit could not be named"
STATUS_OF_REQUEST = "of a result both make a report and its request; ours is one order, completed"
NOT_STATED = "a charge message says nothing of the visit's status; FHIR has to write one"
MADE_KEY = (
    "FT1-2 is empty: the charge gets its natural key (CANON, What makes a message the same message)"
)
NO_NUMBER = "CDC makes no request of a result without any number; ours is a fact, so that its discard is counted"
NO_ORDER = "orders come of ORM, OML, OMG and ORU alone (CANON, Event types)"
NO_CHARGE = "charges come of DFT alone (CANON, Event types)"
CDC_COVERAGE = "CDC writes the policy number and the plan into extensions"
NO_COVERAGE = "coverage comes of ADT and DFT alone (CANON, Event types)"
BROKEN_ORC = "the ORC stands behind GT1 on one line; OBR-2 and OBR-3 name the order all the same"

EXPLAINED: dict[tuple[str, str], str] = {
    (name, place): reason
    for name, reasons in {
        "cx-identifier-organization": {
            "ServiceRequest.identifier: PLAC is missing": ALTERNATE_ORDER
        },
        "cx-identifier-system-iso": {"ServiceRequest.identifier: PLAC is missing": ALTERNATE_ORDER},
        "orc_obr-to-servicerequest_diagnosticreport-prefers-orc-for-identifiers": {
            "DiagnosticReport.identifier.system": CDC_AUTHORITY,
            "ServiceRequest.identifier.system": CDC_AUTHORITY,
            "ServiceRequest.identifier: PLAC is missing": ALTERNATE_ORDER,
            "ServiceRequest.status": STATUS_OF_REQUEST,
        },
        "xcn-to-practitioner-dns-assigning-authority": {"ServiceRequest": NO_NUMBER},
        "PV1-to-Encounter": {
            "Encounter.identifier.type": TYPE_AS_SENT,
            "Encounter.attending: DL is missing": PERSONAL,
            "Encounter.identifier: ACSN is missing": ALTERNATE_VISIT,
        },
        "ADT-A03-01": {
            "Encounter.attending.system": AUTHORITY_TYPE,
            "Encounter.identifier.system": AUTHORITY_TYPE,
            "Encounter.identifier.type": TYPE_AS_SENT,
            "Encounter.identifier: MR is missing": ALTERNATE_VISIT,
            "Patient.identifier.system": AUTHORITY_TYPE,
            "Patient.identifier: DL is missing": PERSONAL,
            "Patient.identifier: MA is missing": OTHER_FIELDS,
            "Patient.identifier: MC is missing": OTHER_FIELDS,
            "Patient.identifier: MI is missing": OTHER_FIELDS,
            "Patient.identifier: MR is missing": OTHER_FIELDS,
            "Patient.identifier: SB is missing": PERSONAL,
            "Patient.identifier: SS is missing": PERSONAL,
            "Patient.identifier: one is missing": OTHER_FIELDS,
            "ServiceRequest": NO_ORDER,
        },
        "ADT01-23": {"Patient.identifier: SB is missing": PERSONAL},
        "ADT04-251": {"Encounter.identifier: VN is more": ACCOUNT_AS_VISIT},
        "DFT-P03-01": {
            "ChargeItem.identifier.system": AUTHORITY_TYPE,
            "ChargeItem.identifier: NK is more": MADE_KEY,
            "Encounter.attending.system": AUTHORITY_TYPE,
            "Encounter.identifier.system": AUTHORITY_TYPE,
            "Encounter.identifier.type": TYPE_AS_SENT,
            "Encounter.identifier: MR is missing": ALTERNATE_VISIT,
            "Encounter.status": NOT_STATED,
            "Patient.identifier.system": AUTHORITY_TYPE,
            "Patient.identifier: MB is missing": OTHER_FIELDS,
            "Patient.identifier: MC is missing": OTHER_FIELDS,
            "Patient.identifier: MI is missing": OTHER_FIELDS,
            "Patient.identifier: SS is missing": PERSONAL,
            "ServiceRequest": NO_ORDER,
        },
        "LAB-ORU-1": {
            "Patient.identifier: SB is missing": PERSONAL,
            "ServiceRequest.status": STATUS_OF_REQUEST,
        },
        "IN1-to-Coverage": {
            "Coverage.identifier": CDC_COVERAGE,
            "Coverage.plan": CDC_COVERAGE,
        },
        "cp-to-extension": {"Coverage": NO_COVERAGE},
        "MDHHS-OML-O21-1": {"Coverage": NO_COVERAGE, "ServiceRequest": BROKEN_ORC},
        "ORM-O01-03": {
            "ChargeItem": NO_CHARGE,
            "Patient.identifier.system": AUTHORITY_TYPE,
            "Patient.identifier: DL is missing": PERSONAL,
            "Patient.identifier: MR is missing": OTHER_FIELDS,
            "Patient.identifier: SB is missing": PERSONAL,
            "Patient.identifier: SS is missing": PERSONAL,
            "Patient.identifier: one is missing": OTHER_FIELDS,
        },
        "SIU-S12-01": {
            "Patient.identifier.system": AUTHORITY_TYPE,
            "Patient.identifier: DL is missing": PERSONAL,
            "Patient.identifier: MR is missing": OTHER_FIELDS,
            "Patient.identifier: SB is missing": PERSONAL,
            "Patient.identifier: SS is missing": PERSONAL,
            "Patient.identifier: one is missing": OTHER_FIELDS,
        },
    }.items()
    for place, reason in reasons.items()
}
