"""What of a sample must never be stored, by a list of the tests' own: CANON.md's words, not the product's tables.

``clinical`` gives the values that stand in the places of the promise, ``kept`` what the product keeps of all other places:
a value that stands there too is rightly in the database, whatever it means elsewhere.
"""

import re

from ..core.codecs import fhir, hl7v2, strict_json
from ..core.errors import BadBatch, MessageRefused

# -- HL7 v2 --

SEGMENTS = frozenset("DG1 OBX NTE AL1 IAM".split())
#: race, marital status, religion, ethnic group, SSN; reasons, diagnoses, relevant clinical information
FIELDS = {
    "PID": (10, 16, 17, 19, 22),
    "PV2": (3,),
    "FT1": (19,),
    "ORC": (16,),
    "OBR": (13, 31),
    "GT1": (12, 41, 55),
    "NK1": (14, 29, 35, 37),
}
SECRET_FIELDS = {"PID": (19,), "GT1": (12,), "NK1": (37,)}
SECRET_TYPES = ("SS", "SSN")
#: an escape sequence ends one piece of text and begins another
PARTS = re.compile(r"\\[^\\|]*\\|[|^~&\\]")

# -- FHIR --

RESOURCES = frozenset(
    """AllergyIntolerance CarePlan ClinicalImpression Communication Composition Condition DocumentReference
    FamilyMemberHistory Goal Immunization MedicationRequest MedicationStatement Observation RiskAssessment""".split()
)
REPORT = frozenset({"resourceType", "id", "meta", "identifier", "status", "basedOn"})
ELEMENTS = frozenset(
    """diagnosis maritalStatus note reasonCode reasonReference statusReason supportingInfo supportingInformation
    conclusion conclusionCode relevantHistory processNote patientInstruction""".split()
)
PERSONAL_EXTENSION = re.compile(
    r"us-core-(race|ethnicity|birthsex|religion)|patient-religion"
).search
SSN_SYSTEM = "http://hl7.org/fhir/sid/us-ssn"


def clinical(sample):
    """``(values, secrets)`` of a file, refused ones too: a refusal tells no values either."""
    if sample.format == "hl7v2":
        return _hl7_values(sample.body.decode("utf-8", "replace"))
    values, secrets = set(), set()
    for line in _json_texts(sample):
        _fhir_values(line, False, values, secrets)
    return values, secrets


def kept(sample, contracts):
    """The text of what the contracts keep of a file in places that are not clinical; nothing of a refused one."""
    codec = hl7v2 if sample.format == "hl7v2" else fhir
    try:
        documents = codec.decode(sample.body, content_type=sample.media)
    except (BadBatch, MessageRefused):
        return
    for document in documents:
        minimised, _dropped = contracts.minimise(document)
        if sample.format == "hl7v2":
            yield _hl7_stripped(hl7v2.dump(minimised.body).decode())
        else:
            yield strict_json.dumps(_fhir_stripped(minimised.body)).decode()
        yield " ".join(document.envelope.words())


def _hl7_values(text):
    values, secrets = set(), set()
    for line in re.split(r"[\r\n]+", text.lstrip("\ufeff")):
        name, fields = line[:3], line.split("|")
        if name in SEGMENTS:
            values.update(piece for field in fields[1:] for piece in PARTS.split(field))
        for number in FIELDS.get(name, ()):
            values.update(PARTS.split(_field(fields, number)))
        for number in SECRET_FIELDS.get(name, ()):
            secrets.update(PARTS.split(_field(fields, number)))
        if name == "PID":
            secrets.update(
                repetition.partition("^")[0]
                for repetition in _field(fields, 3).split("~")
                if set(repetition.split("^")[4:5]) & set(SECRET_TYPES)
            )
    return values, secrets


def _field(fields, number):
    return fields[number] if number < len(fields) else ""


def _hl7_stripped(text):
    """The lines that are no clinical segment, and of the others the fields that are not clinical either."""
    lines = []
    for line in re.split(r"[\r\n]+", text):
        fields = line.split("|")
        if fields[0] not in SEGMENTS:
            never = FIELDS.get(fields[0], ())
            lines.append(
                "|".join("" if number in never else field for number, field in enumerate(fields))
            )
    return "\r".join(lines)


def _json_texts(sample):
    """The JSON values of a file that can be read at all."""
    body = sample.body.removeprefix(b"\xef\xbb\xbf")
    parts = body.splitlines() if "ndjson" in sample.media else [body]
    for part in parts:
        try:
            yield strict_json.loads(part)
        except MessageRefused:
            continue


def _is_clinical(name, member, owner):
    """Whether a member of a JSON object is one that the promise names. ``owner``: that object."""
    kind = str(owner.get("resourceType", ""))
    if kind in RESOURCES or (kind == "DiagnosticReport" and name not in REPORT):
        return name != "resourceType"
    if name == "text" and isinstance(member, dict):
        return True
    return name in ELEMENTS and not isinstance(member, str)


def _fhir_values(value, is_clinical, values, secrets):
    if isinstance(value, list):
        for item in value:
            _fhir_values(item, is_clinical, values, secrets)
    elif isinstance(value, dict):
        is_clinical = is_clinical or bool(PERSONAL_EXTENSION(str(value.get("url", ""))))
        if value.get("system") == SSN_SYSTEM:
            secrets.add(str(value.get("value", "")))
        for name, member in value.items():
            _fhir_values(member, is_clinical or _is_clinical(name, member, value), values, secrets)
    elif isinstance(value, str) and is_clinical:
        values.add(value)


def _fhir_stripped(value):
    if isinstance(value, list):
        return [_fhir_stripped(item) for item in value]
    if not isinstance(value, dict):
        return value
    if PERSONAL_EXTENSION(str(value.get("url", ""))):
        return {}
    return {
        name: _fhir_stripped(member)
        for name, member in value.items()
        if not _is_clinical(name, member, value)
    }
