"""What the synthetic hospital's requests say, read by the codecs."""

import datetime as dt
import json
import unittest

from core.codecs import fhir, fhir_bundle, hl7v2, hl7v2_path
from devkit import hospital

DATE = dt.date(2026, 11, 23)
HL7_ENDPOINTS = ("demo_pas", "demo_lab", "demo_ris", "demo_scheduling")
FHIR_ENDPOINTS = ("demo_ehr", "demo_claims")


def hl7_texts(message, path):
    """What an HL7 path gives, as texts."""
    values = hl7v2_path.compile_path(path).values(message)
    return [value if isinstance(value, str) else value.text() for value in values]


def hl7_documents(sent):
    return hl7v2.decode(sent.body, content_type=sent.content_type)


def fhir_options(sent):
    if sent.method != "PUT":
        return None
    _root, kind, key = sent.path.split("/")
    return fhir.FhirOptions(expected_type=kind, expected_id=key)


def fhir_parts(sent):
    """(resource type, resource) of everything in one request, the Bundle itself left out."""
    (document,) = fhir.decode(sent.body, content_type=sent.content_type, options=fhir_options(sent))
    return [(part.kind, part.body) for part in fhir_bundle.resources(document.body)]


def json_documents(sent):
    """The envelopes of a request of the cabinets or of finance."""
    if "ce-id" in sent.headers:
        return [
            {
                "id": sent.headers["ce-id"],
                "time": sent.headers["ce-time"],
                "data": json.loads(sent.body),
            }
        ]
    if sent.content_type.endswith("ndjson"):
        return [json.loads(line) for line in sent.body.splitlines()]
    found = json.loads(sent.body)
    return found if isinstance(found, list) else [found]


def versions(sent):
    """(sender, subject, version) of all that a request tells about."""
    if sent.endpoint in HL7_ENDPOINTS:
        for document in hl7_documents(sent):
            when = hl7_texts(document.body, "EVN-2 | OBR-22 | MSH-7")[0]
            for path in ("PID-3.1", "PV1-19.1", "OBR-3.1", "SCH-1.1"):
                yield from (
                    (sent.endpoint, path, key, when) for key in hl7_texts(document.body, path)
                )
            for key in hl7_texts(document.body, "FT1[*]-2"):
                yield sent.endpoint, "FT1-2", key, ""
    elif sent.endpoint in FHIR_ENDPOINTS:
        for kind, resource in fhir_parts(sent):
            if kind != "MessageHeader":
                yield sent.endpoint, kind, resource["id"], resource["meta"]["lastUpdated"]
    else:
        for document in json_documents(sent):
            name = document["data"]["identifiers"][0]
            yield sent.endpoint, name["system"], name["value"], document["time"]


def identity(sent):
    """What the receiver tells messages apart by."""
    if sent.endpoint in HL7_ENDPOINTS:
        return [document.envelope.id for document in hl7_documents(sent)]
    if sent.endpoint in FHIR_ENDPOINTS:
        body = json.loads(sent.body)
        return [(body["id"], body["meta"].get("versionId"))]
    return [document["id"] for document in json_documents(sent)]


def mrns(day):
    """The patients that administration names."""
    return {
        value
        for sent in day
        if sent.endpoint == "demo_pas"
        for value in hl7_texts(hl7_documents(sent)[0].body, "PID-3.1")
    }


class DayCase(unittest.TestCase):
    """One day at scale 1."""

    @classmethod
    def setUpClass(cls):
        cls.day = hospital.day(seed=1, date=DATE)

    def by(self, endpoint):
        return [sent for sent in self.day if sent.endpoint == endpoint]
