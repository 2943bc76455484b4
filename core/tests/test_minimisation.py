"""What goes and what stays of a document: every leaf once, and exactly what minimisation keeps."""

from __future__ import annotations

import json
import random
import unittest
from collections import Counter

from ..codecs import decode
from ..codecs.hl7v2_message import parse
from ..contract import Attribute, Contract, Contracts
from ..document import Document, Envelope
from ..errors import MessageRefused
from ..minimisation import (
    ENVELOPE,
    EXTENSION,
    LISTED,
    NEVER,
    NO_CONTRACT,
    NOT_LISTED,
    _Other,
    account,
)
from . import samples, shipped

HEADER = "MSH|^~\\&|LAB|NORTH|||2026||ADT^A01|7|P|2.5"
PARKING = "http://example.org/fhir/StructureDefinition/parking"
RACE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
SSN = "http://hl7.org/fhir/sid/us-ssn"


def document(format, body, kind="x"):
    return Document(format, kind, body, Envelope(type=kind))


def hl7(*lines):
    return document("hl7v2", parse([HEADER, *lines]), "ADT^A01")


def fhir(**said):
    return document("fhir", {"resourceType": "Patient", **said}, "Patient")


def of(one, *lines, kind="*"):
    """{path: row} under one contract with these lines."""
    attributes = tuple(line if isinstance(line, Attribute) else Attribute(line) for line in lines)
    contracts = [Contract(one.format, kind, attributes, name="C")] if lines else []
    return {row.path: row for row in account(one, Contracts(contracts))}


def reasons(one, *lines, kind="*"):
    return {path: row.reason for path, row in of(one, *lines, kind=kind).items()}


def leaves(body):
    if isinstance(body, dict):
        for member in body.values():
            yield from leaves(member)
    elif isinstance(body, list):
        for item in body:
            yield from leaves(item)
    elif body is not None:
        yield str(body)


def components(message):
    for segment in message.segments:
        separators = segment.separators
        for number in range(3 if segment.name == "MSH" else 1, len(segment.fields)):
            raw = segment.raw(number)
            repetitions = raw.split(separators.repetition) if separators.repetition else [raw]
            for repetition in repetitions:
                yield from filter(None, repetition.split(separators.component))


def said(one):
    return Counter((components if one.format == "hl7v2" else leaves)(one.body))


class LawTest(unittest.TestCase):
    """For any document and any contracts."""

    def assertLaw(self, one, contracts):
        rows = account(one, contracts)
        paths = [row.path for row in rows]
        self.assertEqual(len(paths), len(set(paths)), "each leaf once")
        self.assertEqual(Counter(row.value for row in rows), said(one), "every leaf")
        minimised = contracts.minimise(one)[0]
        self.assertEqual(Counter(row.kept for row in rows if row.is_kept), said(minimised))
        for row in rows:
            if row.is_kept:
                self.assertTrue(row.value.startswith(row.kept) and row.kept)
                self.assertEqual(bool(row.attribute), row.reason == LISTED, row.path)
                self.assertEqual(bool(row.data_class), row.reason == LISTED)
            else:
                self.assertEqual((row.kept, row.attribute, row.data_class), ("", "", ""))
                self.assertIn(row.reason, (NEVER, EXTENSION, NOT_LISTED, NO_CONTRACT))
        return rows

    def test_hl7v2(self):
        chance = random.Random(7)
        words = [
            "A",
            "7^^^A^MR",
            "1^^^^SS",
            "9^^^SSA",
            "x&y^z",
            "^^b",
            "",
            "",
            '""',
            "SSA",
            "q^r^s",
        ]
        places = ["PID-3", "PID-3.1", "PID-*", "PID-5.2", "PID-5.1", "NK1-2", "OBX-5", "ZPI-1"]
        kept = Counter()
        for _ in range(400):
            lines = []
            for _ in range(chance.randint(0, 5)):
                fields = [
                    "~".join(chance.choices(words, k=chance.randint(1, 3)))
                    for _ in range(chance.randint(0, 6))
                ]
                lines.append(
                    "|".join([chance.choice(["PID", "NK1", "OBX", "ZPI", "PV1"]), *fields])
                )
            wanted = chance.sample(places, chance.randint(0, len(places)))
            contracts = Contracts([Contract.allowing("hl7v2", "*", *wanted)] if wanted else [])
            kept.update(row.reason for row in self.assertLaw(hl7(*lines), contracts))
        self.assertEqual(set(kept), {LISTED, ENVELOPE, NEVER, NOT_LISTED, NO_CONTRACT})

    def test_json(self):
        chance = random.Random(11)
        names = ["name", "born", "reason", "items", "a b", "$id", "race"]
        paths = ["name", "born", "items.name", "*.born", "items.*", "*", "name.items.born"]

        def value(depth):
            kind = chance.randint(0, 5 if depth else 2)
            if kind < 3:
                return chance.choice([1, 0, True, None, "x", "", 2.5, "y?z"])
            if kind == 3:
                return [value(depth - 1) for _ in range(chance.randint(0, 3))]
            return {name: value(depth - 1) for name in chance.sample(names, chance.randint(0, 4))}

        kept = Counter()
        for _ in range(600):
            wanted = chance.sample(paths, chance.randint(0, 3))
            contracts = Contracts([Contract.allowing("json", "*", *wanted)] if wanted else [])
            body = value(4)
            format = chance.choice(["json", "cloudevents"])
            one = document(format, body)
            rows = account(one, contracts)
            self.assertEqual(Counter(row.value for row in rows), said(one))
            minimised = contracts.minimise(one)[0]
            self.assertEqual(Counter(row.kept for row in rows if row.is_kept), said(minimised))
            kept.update(row.reason for row in rows)
        self.assertEqual(set(kept), {LISTED, NEVER, NOT_LISTED, NO_CONTRACT})

    def test_fhir(self):
        chance = random.Random(13)
        extension = [
            {"url": PARKING, "valueString": "P1"},
            {"url": RACE, "valueString": "r"},
            {"url": "no url (at all)", "valueCode": "n"},
            {"valueCode": "m"},
        ]
        members = {
            "id": "7",
            "meta": {"versionId": "1", "tag": [{"code": "t"}]},
            "identifier": [{"value": "1"}, {"system": SSN, "value": "2"}],
            "name": [{"family": "F", "given": ["G", "H"], "extension": extension}],
            "birthDate": "1970-01-01",
            "_birthDate": {"extension": extension},
            "active": True,
            "multipleBirthInteger": 2,
            "text": {"status": "x", "div": "<p>"},
            "unknown": {"a": [1, None]},
            "extension": extension,
            "modifierExtension": [{"url": PARKING, "valueString": "P2"}],
            "managingOrganization": {"reference": "#o", "display": "O"},
            "contained": [{"resourceType": "Organization", "id": "o", "name": "N"}],
            "generalPractitioner": [{"reference": "Practitioner?identifier=a|b"}],
        }
        paths = [
            "name", "name.given", "birthDate", "_birthDate", "*", f"extension({PARKING})", "active",
            "identifier.value", f"name.extension({PARKING}).valueString", "managingOrganization",
        ]  # fmt: skip
        kept = Counter()
        for _ in range(300):
            chosen = chance.sample(sorted(members), chance.randint(0, len(members)))
            patient = {"resourceType": "Patient", **{name: members[name] for name in chosen}}
            body = {
                "resourceType": "Bundle",
                "type": "batch",
                "signature": {"data": "s"},
                "entry": [
                    {
                        "fullUrl": "urn:uuid:1",
                        "resource": patient,
                        "request": {"method": "PUT", "url": "Patient?name=Doe"},
                        "search": {"mode": "match"},
                    },
                    {
                        "resource": {
                            "resourceType": "Condition",
                            "code": {"coding": [{"system": "s", "code": "I10"}]},
                        }
                    },
                ],
            }
            if chance.random() < 0.5:
                body = patient
            contracts = [
                Contract.allowing("fhir", kind, *chance.sample(paths, chance.randint(1, 5)))
                for kind in ("Patient", "Organization")
                if chance.random() < 0.7
            ]
            one = document("fhir", body, body["resourceType"])
            rows = self.assertLaw(one, Contracts(contracts))
            kept.update(row.reason for row in rows)
        self.assertEqual(set(kept), {LISTED, ENVELOPE, NEVER, EXTENSION, NOT_LISTED, NO_CONTRACT})

    def test_shipped_contracts_and_published_samples(self):
        folder = samples.ROOT
        if not folder.exists():
            self.skipTest("samples are not beside this checkout")
        media = {
            ".hl7": ("hl7v2", "application/hl7-v2"),
            ".json": ("fhir", "application/fhir+json"),
        }
        seen = 0
        for path in sorted(folder.rglob("*")):
            if path.suffix not in media or path.stat().st_size > 100_000:
                continue
            format, content_type = media[path.suffix]
            if format == "fhir" and "resourceType" not in path.read_text("utf-8", "replace"):
                continue
            try:
                found = decode(format, path.read_bytes(), content_type=content_type, headers={})
            except MessageRefused:
                continue
            for one in found[:3]:
                self.assertLaw(one, shipped.contracts())
                seen += 1
            if seen > 120:
                break
        self.assertGreater(seen, 10)


class RowTest(unittest.TestCase):
    def test_the_closest_line_the_strictest_class_and_the_shortest_time(self):
        rows = of(
            document("json", {"name": {"family": "F"}, "born": 1}),
            Attribute("name", "restricted", "to greet", 9),
            Attribute("name.family", "public", "to call", 3),
            Attribute("*", "internal", "all"),
        )
        found = rows["name.family"]
        self.assertEqual(
            (found.contract, found.attribute, found.purpose), ("C", "name.family", "to call")
        )
        self.assertEqual((found.data_class, found.retention_days), ("restricted", 3))
        self.assertEqual((rows["born"].attribute, rows["born"].retention_days), ("*", None))

    def test_a_contract_without_a_name_is_told_by_its_documents(self):
        (row,) = account(
            document("json", {"a": 1}), Contracts([Contract.allowing("json", "x y", "a")])
        )
        self.assertEqual(row.contract, "x y")

    def test_why_something_goes(self):
        one = fhir(
            name=[{"family": "F", "extension": [{"url": PARKING, "valueString": "P"}]}],
            extension=[{"url": RACE, "valueString": "r"}],
            birthDate="1970-01-01",
            text={"status": "generated"},
        )
        self.assertEqual(
            reasons(one, "name"),
            {
                "resourceType": ENVELOPE,
                "name[0].family": LISTED,
                "name[0].extension[0].url": EXTENSION,
                "name[0].extension[0].valueString": EXTENSION,
                "extension[0].url": NEVER,
                "extension[0].valueString": NEVER,
                "birthDate": NOT_LISTED,
                "text.status": NEVER,
            },
        )
        self.assertEqual(reasons(one)["birthDate"], NO_CONTRACT)

    def test_how_a_contract_would_list_it(self):
        one = fhir(name=[{"extension": [{"url": PARKING, "valueString": "P"}]}], birthDate="1970")
        rows = of(one, "active")
        place = rows["name[0].extension[0].valueString"]
        self.assertEqual(
            (place.kind, place.listed_as, place.can_be_allowed),
            ("Patient", f"name.extension({PARKING})", True),
        )
        listed = of(one, place.listed_as)["name[0].extension[0].valueString"]
        self.assertEqual(listed.reason, LISTED)
        self.assertFalse(listed.can_be_allowed)

    def test_of_a_bundle_the_resource_s_type(self):
        entry = {"resource": {"resourceType": "Patient", "birthDate": "1970"}}
        body = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
        row = of(document("fhir", body, "Bundle"), "name")["entry[0].resource.birthDate"]
        self.assertEqual((row.kind, row.listed_as), ("Patient", "birthDate"))

    def test_names_that_no_contract_can_list(self):
        rows = of(document("json", {"a b": 1, "diagnosis": "x", "c": 2}), "name")
        self.assertEqual(rows["a b"].listed_as, "")
        self.assertFalse(rows["a b"].can_be_allowed)
        self.assertFalse(rows["diagnosis"].can_be_allowed)
        self.assertTrue(rows["c"].can_be_allowed)

    def test_places_of_hl7(self):
        one = hl7("PID|1||7^^^A^MR~1^^^^SS~8|x", "NK1|1|A^B", "NK1|2|C")
        rows = of(one, "PID-3", "NK1-2.1")
        told = {path: row.reason for path, row in rows.items() if not path.startswith("MSH")}
        self.assertEqual(
            told,
            {
                "PID-1": NOT_LISTED, "PID-3.1": LISTED, "PID-3.4": LISTED, "PID-3.5": LISTED, "PID-3[2].1": NEVER,
                "PID-3[2].5": NEVER, "PID-3[3]": LISTED, "PID-4": NOT_LISTED, "NK1-1": NOT_LISTED, "NK1-2.1": LISTED,
                "NK1-2.2": NOT_LISTED, "NK1[2]-1": NOT_LISTED, "NK1[2]-2": LISTED,
            },
        )  # fmt: skip
        self.assertEqual(rows["NK1[2]-1"].listed_as, "NK1-1")
        self.assertEqual(rows["NK1-2.2"].listed_as, "NK1-2.2")
        self.assertEqual(rows["NK1[2]-2"].attribute, "NK1-2.1")
        self.assertEqual(rows["MSH-9.1"].reason, ENVELOPE)

    def test_what_is_cut_of_an_address(self):
        request = {"method": "PUT", "url": "Patient?name=Doe"}
        body = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": request}]}
        row = of(document("fhir", body, "Bundle"), "name")["entry[0].request.url"]
        self.assertEqual(
            (row.value, row.kept, row.reason), ("Patient?name=Doe", "Patient", ENVELOPE)
        )

    def test_codes_that_are_no_text_are_compared_as_what_they_are(self):
        """A diagnosis is known by system and code wherever it is said again."""
        said_again = {"coding": [{"system": "s", "code": 5}, {"system": "s", "code": 6}]}
        condition = {"resourceType": "Condition", "id": "c", "code": said_again}
        procedure = {"resourceType": "Procedure", "contained": [condition], "code": said_again}
        rows = of(document("fhir", procedure, "Procedure"), "code")
        self.assertEqual(rows["code.coding[0].code"].reason, NEVER)
        one, other = _Other(5, 1), _Other(5, 2)
        self.assertEqual((one, one, hash(one)), (other, 5, hash(5)))

    def test_rubbish(self):
        for body in (None, "text", 7, [], {}, [[], {}], json.loads("[[[[[1]]]]]")):
            with self.subTest(body):
                rows = account(document("json", body), Contracts([]))
                self.assertEqual(Counter(row.value for row in rows), Counter(leaves(body)))
        odd = {"resourceType": "Patient", "extension": [], "name": "no list", "contact": [[]]}
        rows = of(document("fhir", odd, "Patient"), "name", "contact")
        self.assertEqual(
            {path: row.reason for path, row in rows.items()},
            {"resourceType": ENVELOPE, "name": NEVER},
        )
