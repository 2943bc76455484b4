"""Stored documents as people read them: classes, masks, and documents that nobody would send."""

from __future__ import annotations

import random
import unittest

from ..codecs.hl7v2 import Message
from ..codecs.hl7v2_message import parse
from ..content import MASKED, Node, classes_in, content_of
from ..contract import Attribute, Contract, Contracts
from ..document import Document, Envelope
from ..minimisation import LISTED, account

HEADER = "MSH|^~\\&|LAB|NORTH|||2026||ADT^A01|7|P|2.5"
PARKING = "http://example.org/parking"


def told(format: str, body, lines: dict[str, str], kind: str = "x", *, is_revealed=False):
    attributes = tuple(Attribute(path, data_class) for path, data_class in lines.items())
    contracts = Contracts([Contract(format, "*", attributes)])
    return content_of(
        Document(format, kind, body, Envelope(type=kind)), contracts, is_revealed=is_revealed
    )


def leaves(nodes) -> dict[str, tuple[str, str]]:
    found = {}
    for node in nodes:
        if node.value is None:
            found |= leaves(node.children)
        else:
            found[node.path] = (node.value, node.data_class)
    return found


class OfHl7(unittest.TestCase):
    LINES = {"PID-3": "confidential", "PID-5.1": "restricted", "PID-5.2": "public"}

    def message(self, *lines: str) -> Message:
        return parse([HEADER, *lines])

    def test_segments_and_fields_carry_the_standards_names(self):
        [header, pid] = told("hl7v2", self.message("PID|||7^^^A^MR~8"), self.LINES)
        self.assertEqual((header.name, header.title), ("MSH", "Message header"))
        self.assertEqual(pid.title, "Patient identification")
        [number] = pid.children
        expected = Node("PID-3", "PID-3", "confidential", "Patient identifier list", "7^^^A^MR\n8")
        self.assertEqual(number, expected)

    def test_a_restricted_component_masks_its_field_until_it_is_asked_for(self):
        message = self.message("PID|||7||DOE^JANE")
        masked = told("hl7v2", message, self.LINES)
        self.assertEqual(leaves(masked)["PID-5"], (MASKED, "restricted"))
        self.assertNotIn("DOE", str(masked))
        self.assertTrue(masked[1].children[1].is_masked)
        shown = told("hl7v2", message, self.LINES, is_revealed=True)
        self.assertEqual(leaves(shown)["PID-5"], ("DOE^JANE", "restricted"))

    def test_the_header_is_internal_unless_a_contract_says_more(self):
        self.assertEqual(leaves(told("hl7v2", self.message(), {}))["MSH-10"], ("7", "internal"))
        stricter = told("hl7v2", self.message(), {"MSH-*": "restricted"})
        self.assertEqual(leaves(stricter)["MSH-10"], (MASKED, "restricted"))

    def test_what_no_contract_lists_any_more_is_confidential(self):
        self.assertEqual(
            leaves(told("hl7v2", self.message("ZZZ|1"), {}))["ZZZ-1"][1], "confidential"
        )

    def test_empty_fields_and_segments_are_left_out_and_escapes_undone(self):
        nodes = told("hl7v2", self.message("PID||", "NK1||A\\T\\E|"), {})
        self.assertEqual([node.name for node in nodes], ["MSH", "NK1"])
        self.assertEqual(leaves(nodes)["NK1-2"][0], "A&E")


class OfJson(unittest.TestCase):
    def test_members_fold_as_they_nest(self):
        body = {"name": {"family": "Doe", "given": ["Jane", "J"]}, "none": None, "empty": []}
        [name] = told("json", body, {"name": "restricted"}, is_revealed=True)
        self.assertEqual((name.name, name.path, name.data_class), ("name", "name", "restricted"))
        family, given = name.children
        self.assertEqual((family.path, family.value), ("name.family", "Doe"))
        self.assertEqual(
            [(one.name, one.path) for one in given.children],
            [("1", "name.given"), ("2", "name.given")],
        )

    def test_a_path_with_any_name_and_the_strictest_of_several(self):
        lines = {"a.*.b": "restricted", "a": "public"}
        found = leaves(told("json", {"a": {"x": {"b": 1, "c": True}}}, lines))
        self.assertEqual(found, {"a.x.b": (MASKED, "restricted"), "a.x.c": ("true", "public")})

    def test_names_that_no_contract_could_write(self):
        found = leaves(told("json", {"a b": {"": 1.5}}, {"*": "internal"}))
        self.assertEqual(found, {"a b.": ("1.5", "internal")})

    def test_a_document_that_is_no_object(self):
        self.assertEqual(leaves(told("json", "x", {})), {"": ("x", "confidential")})
        self.assertEqual(leaves(told("json", [[1], {}], {})), {"": ("1", "confidential")})
        self.assertEqual(told("json", None, {}), ())

    def test_cloud_events_follow_the_contracts_of_json(self):
        contracts = Contracts([Contract("json", "*", (Attribute("a", "restricted"),))])
        event = Document("cloudevents", "x", {"a": "1"}, Envelope(type="x"))
        [node] = content_of(event, contracts, is_revealed=False)
        self.assertEqual(node.value, MASKED)


class OfFhir(unittest.TestCase):
    def test_each_resource_of_a_bundle_follows_its_own_contract(self):
        contracts = Contracts(
            [
                Contract("fhir", "Patient", (Attribute("birthDate", "restricted"),)),
                Contract("fhir", "Coverage", (Attribute("birthDate", "public"),)),
            ]
        )
        entry = [
            {"resource": {"resourceType": kind, "birthDate": "1980-01-01"}}
            for kind in ("Patient", "Coverage")
        ]
        bundle = Document(
            "fhir", "Bundle", {"resourceType": "Bundle", "entry": entry}, Envelope(type="Bundle")
        )
        nodes = content_of(bundle, contracts, is_revealed=False)
        self.assertEqual(str(nodes).count("1980"), 1)
        self.assertEqual(classes_in(nodes)["restricted"], ("birthDate",))
        self.assertEqual(classes_in(nodes)["public"], ("birthDate",))

    def test_an_extension_goes_by_its_address(self):
        body = {
            "resourceType": "Patient",
            "extension": [{"url": PARKING, "valueString": "P7"}, {"valueString": "?"}, 7],
        }
        found = leaves(told("fhir", body, {f"extension({PARKING})": "restricted"}, "Patient"))
        self.assertEqual(found[f"extension({PARKING}).valueString"], (MASKED, "restricted"))
        self.assertEqual(found["extension.valueString"], ("?", "confidential"))

    def test_any_name_is_not_that_of_an_extension(self):
        body = {
            "resourceType": "Patient",
            "gender": "other",
            "extension": [{"url": PARKING, "valueString": "B7"}],
        }
        found = leaves(told("fhir", body, {"*": "public"}, "Patient"))
        self.assertEqual(found["gender"], ("other", "public"))
        self.assertEqual(found[f"extension({PARKING}).valueString"], ("B7", "confidential"))

    def test_in_plain_json_an_extension_is_a_name_like_any_other(self):
        body = {"extension": [{"url": PARKING, "text": "B7"}]}
        found = leaves(told("json", body, {"extension": "public"}))
        self.assertEqual(found["extension.text"], ("B7", "public"))

    def minimised(self, body, *paths):
        document = Document("fhir", "Patient", body, Envelope("Patient"))
        return Contracts([Contract.allowing("fhir", "*", *paths)]).minimise(document)[0].body

    def test_an_extension_that_is_kept_for_one_in_it_keeps_its_address(self):
        outer, inner = "http://x.example/outer", "http://x.example/inner"
        found = {"url": inner, "valueString": "x"}
        patient = {
            "resourceType": "Patient",
            "extension": [{"url": outer, "extension": [found, {"url": "y"}]}],
        }
        kept = self.minimised(patient, f"extension({outer}).extension({inner})")
        self.assertEqual(kept["extension"], [{"url": outer, "extension": [found]}])

    def test_a_resource_type_that_is_none(self):
        found = leaves(told("fhir", {"resourceType": {"a": 1}}, {}, "Patient"))
        self.assertEqual(found, {"resourceType.a": ("1", "confidential")})


class Classes(unittest.TestCase):
    def test_each_place_once_in_the_order_of_the_document(self):
        nodes = told("json", {"b": [1, 2], "a": 3}, {"*": "internal"})
        self.assertEqual(classes_in(nodes), {"internal": ("b", "a")})


if __name__ == "__main__":
    unittest.main()


class AsTheAccountOfASample(unittest.TestCase):
    """Whoever opens a stored document sees the classes that the account of it as a sample promised."""

    #: names of elements of a Patient; of JSON any
    NAMES = ("name", "family", "extension", "contact", "telecom", "value", "gender", "birthDate")
    URLS = ("http://x.example/a", "http://x.example/b", "")
    CLASSES = ("public", "internal", "confidential", "restricted")

    def setUp(self):
        self.random = random.Random(20)
        self.count = 0

    def tree(self, depth: int):
        if not depth or self.random.random() < 0.3:
            self.count += 1
            return f"v{self.count}"
        if self.random.random() < 0.3:
            return [self.tree(depth - 1) for _ in range(self.random.randint(1, 3))]
        names = self.random.sample(self.NAMES, self.random.randint(1, 4))
        return {
            name: self.extensions(depth - 1) if name == "extension" else self.tree(depth - 1)
            for name in names
        }

    def extensions(self, depth: int):
        found = []
        for _ in range(self.random.randint(1, 3)):
            inner = self.tree(depth)
            said = inner if isinstance(inner, dict) else {"valueString": "x"}
            found.append({"url": self.random.choice(self.URLS), **said})
        return found

    def patient(self):
        names = iter(f"v{number}" for number in range(1000))

        def extension(depth):
            url = self.random.choice(self.URLS)
            if depth and self.random.random() < 0.4:
                return {"url": url, "extension": [extension(depth - 1) for _ in range(2)]}
            return {"url": url, "valueString": next(names)}

        def extended(**said):
            return {"extension": [extension(2) for _ in range(2)], **said}

        return {
            "resourceType": "Patient",
            **extended(birthDate="1980-01-01"),
            "name": [extended(family=next(names), given=[next(names)]) for _ in range(2)],
            "contact": [extended(name=extended(text=next(names)), gender="other")],
        }

    def lines(self, names):
        """Some paths, of any depth, each once, with a class each."""
        steps = [*names, "*", *(f"extension({url})" for url in self.URLS if url)]
        paths = {
            ".".join(self.random.choices(steps, k=self.random.randint(1, 3))) for _ in range(6)
        }
        return tuple(
            Attribute(path, self.random.choice(self.CLASSES), "p", 9) for path in sorted(paths)
        )

    def compared(self, document, lines) -> int:
        """How many leaves were compared: those of the stored document, by what they say and where."""
        contracts = Contracts([Contract(document.format, "*", lines)])
        rows = account(document, contracts)
        promised = sorted(
            (row.kept, row.data_class or "confidential") for row in rows if row.is_kept
        )
        stored = contracts.minimise(document)[0]
        shown = sorted(leaves_of(content_of(stored, contracts, is_revealed=True)))
        self.assertEqual(shown, promised, lines)
        return sum(row.reason == LISTED for row in rows)

    def test_on_generated_documents(self):
        compared = 0
        for _ in range(300):
            body = {"a": self.tree(4), "extension": self.extensions(2)}
            compared += self.compared(
                Document("json", "x", body, Envelope("x")), self.lines((*self.NAMES, "a"))
            )
            document = Document("fhir", "Patient", self.patient(), Envelope("Patient"))
            compared += self.compared(document, self.lines(("name", "contact", "family")))
        self.assertGreater(compared, 1000)


def leaves_of(nodes):
    for node in nodes:
        if node.value is None:
            yield from leaves_of(node.children)
        else:
            yield node.value, node.data_class
