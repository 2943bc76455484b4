"""The documents about the interfaces, held against the schemas that their standards publish."""

import gzip
import json
import unittest
from datetime import datetime, timezone
from pathlib import Path

try:
    import jsonschema
except ImportError:  # a bare Python
    jsonschema = None

from core import answers, asyncapi, openapi
from core.codecs import MEDIA_TYPES
from core.inventory import EventType, Interface
from core.lifecycle import DEPRECATED, DRAFT, RETIRED, Lifecycle
from core.openapi_parts import REASONS, REQUIREMENTS
from core.problem_catalog import EXPLANATIONS

PUBLISHED = Path(__file__).parent / "published"
DAY = datetime(2026, 6, 30, 23, 59, 59, tzinfo=timezone.utc)
SERVER = "https://odoo.example.org"
TYPES = (
    EventType("adt-1", "Admissions", ("ADT^A01", "ADT^A0*"), "1.0", ("PID-3", "PID-5")),
    EventType("any-2", "Others", ("*",)),
)
LIVES = {
    "plain": Lifecycle(),
    "draft": Lifecycle(DRAFT),
    "old": Lifecycle(DEPRECATED, DAY, DAY, "/interop/v1/in/new"),
    "gone": Lifecycle(RETIRED, DAY, DAY),
}


def interfaces():
    """One of every format and lifecycle, each with another scheme."""
    schemes = list(REQUIREMENTS)
    for number, format_ in enumerate(MEDIA_TYPES):
        for place, (word, life) in enumerate(LIVES.items()):
            yield Interface(
                code=f"{format_}-{word}",
                name=f"Test {format_}",
                format=format_,
                schemes=(schemes[(number + place) % 4], schemes[number]),
                lifecycle=life,
                takes_good=bool(place % 2),
                is_limited=bool(place % 2),
                event_types=TYPES,
            )


def published(name):
    return json.loads(gzip.decompress((PUBLISHED / name).read_bytes()))


def pointers(part):
    """Every ``$ref`` below ``part``."""
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from pointers(value)
    elif isinstance(part, list):
        for value in part:
            yield from pointers(value)


class DocumentCase(unittest.TestCase):
    def assertLeads(self, document):
        """Every reference leads somewhere."""
        for pointer in set(pointers(document)):
            found = document
            for step in pointer.removeprefix("#/").split("/"):
                self.assertIn(step, found, pointer)
                found = found[step]


class TestOpenAPI(DocumentCase):
    def setUp(self):
        self.document = openapi.document(interfaces(), server=SERVER, version="1")

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method != "parameters":
                    yield path, method, operation

    @unittest.skipUnless(jsonschema, "jsonschema is not installed")
    def test_it_is_valid_by_the_published_schema(self):
        validator = jsonschema.Draft202012Validator(published("openapi-3.1.json.gz"))
        for document in (self.document, openapi.document((), server="", version="0")):
            self.assertEqual([error.message for error in validator.iter_errors(document)], [])
        # the schema refuses what is none
        self.assertTrue(list(validator.iter_errors(self.document | {"paths": {"x": 7}})))

    def test_every_reference_and_requirement_leads_somewhere(self):
        self.assertLeads(self.document)
        known = self.document["components"]["securitySchemes"]
        for path, _method, operation in self.operations():
            for requirement in operation["security"]:
                self.assertLessEqual(set(requirement), set(known), path)

    def test_every_operation_has_a_name_of_its_own(self):
        names = [operation["operationId"] for _path, _method, operation in self.operations()]
        self.assertEqual(len(names), len(set(names)))

    def test_every_media_type_of_the_door_is_told_and_no_other(self):
        for format_, media in MEDIA_TYPES.items():
            operation = self.document["paths"][f"/interop/v1/in/{format_}-plain"]["post"]
            told = set(operation["requestBody"]["content"])
            self.assertEqual(told - {"*/*"}, media)
            # of a CloudEvent in binary mode the data may be of any type
            self.assertEqual("*/*" in told, format_ == "cloudevents")

    def test_resources_of_fhir_have_addresses_of_their_own(self):
        paths = self.document["paths"]
        self.assertIn("post", paths["/interop/v1/in/fhir-plain/{type}"])
        self.assertIn("put", paths["/interop/v1/in/fhir-plain/{type}/{id}"])
        self.assertNotIn("/interop/v1/in/json-plain/{type}", paths)

    def test_answers_follow_the_format(self):
        paths = self.document["paths"]
        for format_, status, media in (
            ("hl7v2", "200", answers.HL7),
            ("fhir", "202", answers.FHIR),
            ("json", "202", answers.JSON),
        ):
            responses = paths[f"/interop/v1/in/{format_}-plain"]["post"]["responses"]
            self.assertEqual(list(responses[status]["content"]), [media])
            self.assertEqual(answers.FHIR in responses["422"]["content"], format_ == "fhir")
            # whoever proved nothing is not told what is spoken
            self.assertNotIn(answers.FHIR, responses["401"]["content"])

    def test_senders_read_of_the_end(self):
        old = self.document["paths"]["/interop/v1/in/json-old"]["post"]
        self.assertTrue(old["deprecated"])
        self.assertEqual(old["x-sunset"], DAY.isoformat())
        self.assertEqual(old["x-successor"], "/interop/v1/in/new")
        self.assertIn("Sunset", old["responses"]["202"]["headers"])
        gone = self.document["paths"]["/interop/v1/in/json-gone"]["post"]
        self.assertIn("Deprecation", gone["responses"]["410"]["headers"])
        self.assertNotIn("202", gone["responses"])
        plain = self.document["paths"]["/interop/v1/in/json-plain"]["post"]
        self.assertNotIn("deprecated", plain)
        self.assertNotIn("Sunset", plain["responses"]["202"]["headers"])
        self.assertEqual(plain["x-status"], "active")

    def test_limits_are_told_where_there_are_any(self):
        paths = self.document["paths"]
        for word, is_limited in (("plain", False), ("draft", True)):
            headers = paths[f"/interop/v1/in/json-{word}"]["post"]["responses"]["202"]["headers"]
            self.assertEqual("RateLimit" in headers, is_limited)

    def test_every_status_of_an_answer_has_a_reason(self):
        told = {
            int(status) for _path, _method, one in self.operations() for status in one["responses"]
        }
        self.assertEqual(told, set(REASONS))
        codes = self.document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
        self.assertEqual(set(codes), set(EXPLANATIONS))

    def test_the_same_inventory_gives_the_same_bytes(self):
        again = openapi.document(reversed(list(interfaces())), server=SERVER, version="1")
        self.assertEqual(json.dumps(again), json.dumps(self.document))


class TestAsyncAPI(DocumentCase):
    def setUp(self):
        self.document = asyncapi.document(interfaces(), server=SERVER + "/sub", version="1")

    @unittest.skipUnless(jsonschema, "jsonschema is not installed")
    def test_it_is_valid_by_the_published_schema(self):
        validator = jsonschema.Draft7Validator(published("asyncapi-3.0.0.json.gz"))
        for document in (self.document, asyncapi.document((), server="", version="0")):
            self.assertEqual([error.message for error in validator.iter_errors(document)], [])
        # the schema refuses what is none
        self.assertTrue(list(validator.iter_errors(self.document | {"channels": 7})))

    def test_every_reference_leads_somewhere(self):
        self.assertLeads(self.document)

    def test_what_is_retired_receives_nothing(self):
        self.assertIn("json-old", self.document["channels"])
        self.assertNotIn("json-gone", self.document["channels"])

    def test_a_channel_receives_what_its_contracts_let_in(self):
        channel = self.document["channels"]["hl7v2-plain"]
        self.assertEqual(list(channel["messages"]), ["adt-1", "any-2"])
        self.assertEqual(self.document["operations"]["receive-hl7v2-plain"]["action"], "receive")
        message = self.document["components"]["messages"]["hl7v2-adt-1"]
        self.assertEqual(message["x-documents"], ["ADT^A01", "ADT^A0*"])
        self.assertEqual(message["x-attributes"], ["PID-3", "PID-5"])
        self.assertEqual(message["payload"]["type"], "string")

    def test_the_server_is_where_odoo_is(self):
        self.assertEqual(
            self.document["servers"]["odoo"],
            {"host": "odoo.example.org", "protocol": "https", "pathname": "/sub"},
        )
        empty = asyncapi.document((), server="", version="0")
        self.assertEqual(empty["servers"]["odoo"], {"host": "localhost", "protocol": "https"})


class TestDescription(unittest.TestCase):
    def test_who_has_it_already_is_told_so(self):
        first = answers.description({"openapi": "3.1.0"})
        tag = dict(first.headers)["ETag"]
        self.assertEqual((first.status, dict(first.headers)["Cache-Control"]), (200, "no-store"))
        for known in (tag, f'"x", W/{tag}'):
            again = answers.description({"openapi": "3.1.0"}, known=known)
            self.assertEqual(
                (again.status, again.body, dict(again.headers)["ETag"]), (304, b"", tag)
            )
        self.assertEqual(answers.description({"openapi": "3.1.1"}, known=tag).status, 200)
