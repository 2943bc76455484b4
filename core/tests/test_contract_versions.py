import json
import unittest
from dataclasses import replace
from datetime import datetime, timezone

from ..contract import Attribute, Contract
from ..document import Document, Envelope
from ..lifecycle import ACTIVE, DEPRECATED, DRAFT, RETIRED, Lifecycle
from ..problem import operation_outcome, problem, status_of

try:
    from ..contract_definition import define
    from ..contract_versions import (
        ContractVersion,
        Governed,
        SchemaViolation,
        UnknownVersion,
        VersionRetired,
        earliest,
    )
except ModuleNotFoundError as error:
    # `./dev test` has every library; whoever runs the core's tests with a bare Python is told what these need
    raise unittest.SkipTest(f"{error.name} is not installed") from error

TEXTS = {"properties": {"a": {"type": "string"}}}


def version(id, number, *paths, code="c", in_use=False, status=ACTIVE, schema=None, **said):
    made = Contract(
        said.get("format", "json"), said.get("kinds", "x.v1"), tuple(map(Attribute, paths))
    )
    text = json.dumps(schema) if schema is not None else ""
    return ContractVersion(id, code, number, define(made, text), Lifecycle(status), in_use)


def document(body=None, schema="", kind="x.v1", format="json"):
    return Document(format, kind, {} if body is None else body, Envelope(kind, schema=schema))


def urn(number, code="c"):
    return f"urn:interop:schema:{code}:{number}"


OLD = version(1, "1.0", "a", "b")
NEW = version(2, "2.0", "a", in_use=True)
OTHER = version(3, "1.0", "o", code="other", in_use=True, kinds="x.* y.v1")


class TestGoverned(unittest.TestCase):
    def kept(self, governed, schema=""):
        followed = governed.follow(document(schema=schema))
        whole = document({"a": 1, "b": 2, "o": 3})
        return set(followed.contracts.minimise(whole)[0].body), followed.version

    def test_what_names_none_follows_what_is_in_use_and_remembers_the_closest(self):
        governed = Governed([OLD, NEW, OTHER])
        self.assertEqual(self.kept(governed), ({"a", "o"}, NEW))
        self.assertEqual(governed.follow(document(kind="y.v1")).version, OTHER)
        self.assertIsNone(governed.follow(document(kind="z")).version)
        self.assertIsNone(Governed([]).follow(document()).version)

    def test_a_named_version_stands_in_the_place_of_its_contracts(self):
        governed = Governed([OLD, NEW, OTHER])
        for uri in (
            urn("1.0"),
            "https://h/interop/v1/schemas/c/1.0",
            "HTTP://h:8069/a/b/interop/v1/schemas/c/1.0",
        ):
            with self.subTest(uri):
                self.assertEqual(self.kept(governed, uri), ({"a", "b", "o"}, OLD))
        own = version(4, "2.1", schema={"$id": "https://vendor/x"})
        self.assertEqual(self.kept(Governed([own, NEW]), "https://vendor/x")[1], own)

    def test_what_is_not_spoken_is_refused(self):
        governed = Governed([OLD, NEW, OTHER, version(5, "3.0", status=DRAFT)])
        for uri in (
            urn("3.0"),
            urn("9.9"),
            urn("1.0", "d"),
            "https://h/interop/v1/schemas/c/1.0#x",
            "https://h/interop/v1/schemas/c/1.0?x",
            "https://h/?/interop/v1/schemas/c/1.0",
            "https://h/interop/v1/schemas/c/1.0/",
            "https://vendor/x",
            "urn:x",
        ):
            with self.subTest(uri), self.assertRaises(UnknownVersion) as caught:
                governed.follow(document(schema=uri))
            self.assertEqual(
                (caught.exception.path, status_of(caught.exception)), ("dataschema", 422)
            )
        with self.assertRaises(UnknownVersion):
            governed.follow(document(kind="y.v1", schema=urn("1.0")))

    def test_how_long_it_is_spoken(self):
        def governed(status):
            old = replace(OLD, lifecycle=Lifecycle(status))
            return old, Governed([old, NEW])

        self.assertIsNone(governed(ACTIVE)[1].follow(document(schema=urn("1.0"))).lifecycle)
        told = governed(DEPRECATED)[1].follow(document(schema=urn("1.0"))).lifecycle
        self.assertEqual(told.successor, "/interop/v1/schemas/c/2.0")
        with self.assertRaises(VersionRetired) as caught:
            governed(RETIRED)[1].follow(document(schema=urn("1.0")))
        self.assertEqual(caught.exception.lifecycle.successor, "/interop/v1/schemas/c/2.0")
        self.assertEqual((caught.exception.path, status_of(caught.exception)), ("dataschema", 410))

    def test_the_earliest_end_is_told(self):
        days = [datetime(year, 1, 1, tzinfo=timezone.utc) for year in (2030, 2031)]
        soon, late = (Lifecycle(DEPRECATED, days[0], day) for day in days)
        never = Lifecycle(DEPRECATED, days[0])
        self.assertEqual(earliest([never, late, soon]), soon)
        self.assertEqual(earliest([never]), never)
        self.assertEqual([name for name, _ in never.headers()], ["Deprecation"])
        self.assertEqual(replace(never, deprecated_at=None).headers(), ())
        self.assertIsNone(earliest([]))


class TestViolations(unittest.TestCase):
    def told(self, governed, one, version=None):
        violation = governed.violation(one, version)
        return [(p.path, p.rule) for p in violation.problems] if violation else []

    def test_each_schema_of_what_is_followed_has_to_hold(self):
        strict = version(6, "3.0", "a", in_use=True, schema=TEXTS)
        governed = Governed(
            [
                OLD,
                strict,
                replace(OTHER, definition=define(OTHER.definition.contract, '{"required":["o"]}')),
            ]
        )
        bad = document({"a": 1})
        self.assertEqual(self.told(governed, bad), [("a", "type"), ("", "required")])
        self.assertEqual(self.told(governed, bad, OLD), [("", "required")])
        self.assertEqual(self.told(governed, document({"a": "t", "o": 1})), [])
        self.assertEqual(self.told(governed, document({"a": 1}, kind="z")), [])
        self.assertEqual(self.told(governed, replace(bad, format="hl7v2")), [])
        self.assertEqual(self.told(Governed([NEW]), bad), [])

    def test_in_fhir_each_resource_follows_the_contract_of_its_type(self):
        device = version(
            7,
            "1.0",
            "status",
            in_use=True,
            format="fhir",
            kinds="Device",
            schema={"required": ["status"]},
        )
        governed = Governed([device])
        one = {"resourceType": "Device"}
        self.assertEqual(
            self.told(governed, document(one, kind="Device", format="fhir")),
            [("Device", "required")],
        )
        bundle = {
            "resourceType": "Bundle",
            "entry": [{"resource": {"resourceType": "Patient"}}, {"resource": one}],
        }
        whole = document(bundle, kind="Bundle", format="fhir")
        self.assertEqual(self.told(governed, whole), [("Bundle.entry[1].resource", "required")])
        self.assertEqual(governed.follow(whole).version, device)
        bundle["entry"].pop()
        self.assertIsNone(governed.follow(whole).version)

    def test_it_is_told_in_the_senders_terms_without_a_value(self):
        [violation] = [
            Governed([version(8, "1.0", in_use=True, schema=TEXTS)]).violation(
                document({"a": 4711}), None
            )
        ]
        self.assertIsInstance(violation, SchemaViolation)
        said = problem(violation)
        self.assertEqual((said["status"], said["code"]), (422, "schema"))
        self.assertEqual(said["problems"], [{"path": "a", "rule": "type"}])
        [issue] = operation_outcome(violation)["issue"]
        self.assertEqual((issue["expression"], issue["diagnostics"]), (["a"], "type"))
        self.assertNotIn("4711", json.dumps([said, issue]))
