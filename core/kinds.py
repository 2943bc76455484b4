"""Why a document states nothing: the reason that its delivery is discarded with, and counted by (CANON, Event types).

What is known and has no business content; what is clinical; entities that a later version takes; and documents of kinds
we do read that say nothing this time. A kind that is not here is unknown: '' then, and a person should look.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from .codecs.fhir_bundle import resources
from .document import Document

NO_CONTENT = "known, without business content"
CLINICAL = "clinical content, never stored"
NOT_BILLABLE = "no billable content"


#: pattern on the kind → reason; the first that matches counts
_HL7V2: tuple[tuple[str, str], ...] = (
    # blocked slots; requests for an appointment and their answers, before there is one
    ("SIU^*", NO_CONTENT),
    ("SRM^*", NO_CONTENT),
    ("SRR^*", NO_CONTENT),
    ("RDE^*", NO_CONTENT),
    ("MDM^*", NO_CONTENT),
    ("REF^*", NO_CONTENT),
    ("RSP^*", NO_CONTENT),
    ("VXU^*", NO_CONTENT),
    ("BAR^*", NO_CONTENT),
    ("ACK", NO_CONTENT),
    ("ACK^*", NO_CONTENT),
    ("ADT^*", NO_CONTENT),
    # orders and results of other kinds, queries, answers, vaccinations, pharmacy, referrals, master files
    *((f"{name}^*", NO_CONTENT) for name in "ORU ORM OMG OMI OML OMS OMP ORR ORL ORG ORS OUL OPL RAS RGV RRA RRD RRE RRG".split()),
    *((f"{name}^*", NO_CONTENT) for name in "QBP QCK QRY QVR RPI RQA RQI RRI RTB ADR DSR EAC ESU SSU VXQ VXR VXX".split()),
    *((f"{name}^*", NO_CONTENT) for name in "MFN MFK MFQ MFR MFD DFT RDS CRM CSU CCM CCR CCU PPR PPG PGL PEX PTR NMD".split()),
)  # fmt: skip

_FHIR: dict[str, str] = {
    # what ClaimResponse and PaymentReconciliation say already, in words for the patient and the bank
    **dict.fromkeys("ExplanationOfBenefit PaymentNotice".split(), NO_CONTENT),
    "Task": "entity of a later version: task",
    **dict.fromkeys(
        """AdverseEvent AllergyIntolerance BodyStructure CarePlan ClinicalImpression Communication CommunicationRequest
        Composition Condition Consent DetectedIssue DocumentReference FamilyMemberHistory Flag Goal ImagingStudy
        Immunization ImmunizationEvaluation ImmunizationRecommendation Media MedicationAdministration MedicationRequest
        MedicationStatement MolecularSequence NutritionOrder Observation QuestionnaireResponse RiskAssessment Specimen
        VisionPrescription""".split(),
        CLINICAL,
    ),
}


def reason_for_nothing(document: Document, *, is_read: bool) -> str:
    """Why ``document``, which states no fact, is discarded; '' for a kind that nobody has thought of.

    ``is_read``: a mapping reads documents of this kind (``Mapper.reads``), and found nothing that it is for.
    """
    if is_read:
        return NOT_BILLABLE
    if document.format == "fhir":
        reasons = {_FHIR.get(part.kind, NO_CONTENT) for part in resources(document.body)}
        return reasons.pop() if len(reasons) == 1 else NO_CONTENT
    if document.format != "hl7v2":
        return ""
    return next((reason for pattern, reason in _HL7V2 if fnmatchcase(document.kind, pattern)), "")
