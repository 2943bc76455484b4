"""What the tests share: a small hospital of their own, knocks that are properly signed, and drains without a job runner.

Nothing here relies on the mappings, contracts and routes that the add-on ships: administrators change those. A test's
own messages are plain JSON of the types ``test.<entity>.<event>.v1``.
"""

import itertools
import json
from datetime import datetime, timezone

from odoo.tests import HttpCase, TransactionCase

from ..core import answers
from ..core.auth import standard_webhooks
from ..core.door import Knock
from ..core.peer import Peer
from .common_drain import DrainMixin

#: the one option that tests do not replace
KEYS = "encryption_keys"
MEDIA = {
    "cloudevents": "application/cloudevents+json",
    "fhir": "application/fhir+json",
    "hl7v2": "application/hl7-v2",
    "json": "application/json",
}
#: nobody on the way could read it
PRIVATE = Peer("192.0.2.1", "https")
NDJSON = "application/x-ndjson"

PARTY_RULES = [
    ("@event", "@trigger", "text", "", "updated"),
    ("identifiers", "identifiers", "json.identifiers", "", ""),
    ("name", "name", "json.name", "", ""),
    ("contacts", "contacts", "json.contacts", "", ""),
    ("address", "address", "json.address", "", ""),
    ("guarantor", "guarantor", "json.reference", "party", ""),
    ("merged_into", "merged_into", "json.reference", "party", ""),
]
HOUSE_RULES = [
    ("identifiers", "identifiers", "json.identifiers", "", ""),
    ("name", "name", "text", "", ""),
    ("parent", "parent", "json.reference", "organization", ""),
]
HL7_RULES = [
    ("identifiers", "PID-3", "hl7.identifiers", "", ""),
    ("name", "PID-5", "hl7.name", "", ""),
]
#: (name, format, documents, entity, event, version path, rules)
MAPPINGS = [
    ("test party", "json", "test.patient.*", "party", "", "version", PARTY_RULES),
    ("test house", "json", "test.house.*", "organization", "updated", "version", HOUSE_RULES),
    ("test hl7", "hl7v2", "ZZT^Z01", "party", "updated", "MSH-7", HL7_RULES),
]
#: documents of each format, and what of them may be stored
CONTRACTS = [
    (
        "json",
        "test.*",
        "identifiers name contacts address guarantor merged_into parent version",
    ),
    ("hl7v2", "ZZT^Z01", "PID-3 PID-5"),
]


class InteropMixin(DrainMixin):
    """A system ``t-ehr`` with live endpoints of every format, a facility ``GH``, and routes of one lane each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.numbers = itertools.count(1)
        cls.secrets = {}
        cls.system = cls.env["interop.system"].create({"name": "Test EHR", "code": "t-ehr"})
        cls.facility = cls.env["interop.facility"].create(
            {"name": "General", "code_ids": [(0, 0, {"code": "GH"})]}
        )
        cls._make_meaning()
        cls.route = cls.make_route("party")
        cls.house_route = cls.make_route("organization")
        cls.endpoints = {format_: cls.make_endpoint(format_) for format_ in MEDIA}
        cls.endpoint = cls.endpoints["json"]
        cls.env.flush_all()

    @classmethod
    def _make_meaning(cls):
        for format_, document, paths in CONTRACTS:
            contract = cls.env["interop.contract"].create(
                {
                    "name": f"test {format_}",
                    "format": format_,
                    "document": document,
                    "attribute_ids": [
                        (0, 0, {"path": path, "purpose": "tests"}) for path in paths.split()
                    ],
                }
            )
            contract._go_live()
        for name, format_, documents, entity, event, version, rules in MAPPINGS:
            mapping = cls.env["interop.mapping"].create(
                {
                    "name": name,
                    "format": format_,
                    "documents": documents,
                    "entity": entity,
                    "event": event,
                    "version_path": version,
                    "rule_ids": [
                        (0, 0, cls._rule(place, *rule)) for place, rule in enumerate(rules)
                    ],
                }
            )
            mapping._go_live()

    @staticmethod
    def _rule(place, target, source, transform, argument, default):
        return {
            "sequence": place,
            "target": target,
            "source": source,
            "transform": transform,
            "argument": argument,
            "default_value": default,
        }

    @classmethod
    def make_route(cls, entity, **values):
        """A route of the test's own system goes before the shipped ones."""
        return cls.env["interop.route"].create(
            {
                "name": f"Test {entity}",
                "entity": entity,
                "system_id": cls.system.id,
                "lanes": 1,
                "wait_seconds": 0,
                **values,
            }
        )

    @classmethod
    def make_endpoint(cls, format_="json", *, code="", **values):
        endpoint = cls.env["interop.endpoint"].create(
            {
                "name": f"Test {format_}",
                "code": code or f"t-{format_}-{next(cls.numbers)}",
                "system_id": cls.system.id,
                "facility_id": cls.facility.id,
                "format": format_,
                "state": "live",
                "tz": "UTC",
                **values,
            }
        )
        cls.issue(endpoint)
        return endpoint

    @classmethod
    def issue(cls, endpoint):
        """A further credential of ``endpoint``; its secret is used from now on."""
        credential = cls.env["interop.credential"].create({"endpoint_id": endpoint.id})
        cls.secrets[endpoint.code] = credential._issue()
        cls.env.flush_all()
        return credential

    # -- messages --

    def party(self, *keys, event="updated", version=None, kind="patient", **said):
        """A JSON message about the patient with the numbers ``keys``."""
        data = {"identifiers": [self.number(key) for key in keys], **said}
        if version is not None:
            data["version"] = str(version)
        return {
            "type": f"test.{kind}.{event}.v1",
            "id": f"m{next(self.numbers)}",
            "source": "t",
            "data": data,
        }

    def merge(self, key, into, **said):
        return self.party(key, event="merged", merged_into=self.reference(into), **said)

    def unmerge(self, key, **said):
        return self.party(key, event="unmerged", **said)

    @staticmethod
    def number(key):
        return {"value": key, "system": "MRN", "type": "MR"}

    def reference(self, *keys):
        return {"identifiers": [self.number(key) for key in keys]}

    def hl7(
        self,
        control="1",
        *,
        key="4711",
        name="Doe^Jane",
        time="20260102101010",
        msh="",
        kind="ZZT^Z01",
    ):
        """``msh``: what follows MSH-12."""
        return (
            f"MSH|^~\\&|APP|GH|ODOO|X|{time}||{kind}|{control}|P|2.5{msh}\r"
            f"PID|1||{key}^^^MRN^MR||{name}\r"
        ).encode()

    # -- the door --

    def knock(
        self,
        body,
        endpoint=None,
        *,
        message_id="",
        content_type="",
        headers=None,
        method="POST",
        rest="",
        now=None,
        peer=PRIVATE,
    ):
        """``body`` (bytes, or anything JSON) as the endpoint's peer would send it, signed or with its key."""
        endpoint = endpoint or self.endpoint
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        now = now or datetime.now(timezone.utc)
        shown = self.credentials(body, endpoint, message_id=message_id, now=now)
        return Knock(
            endpoint=endpoint.code,
            method=method,
            path=f"/interop/v1/in/{endpoint.code}",
            rest=rest,
            content_type=content_type or MEDIA[endpoint.format],
            headers={**shown, **(headers or {})},
            length=len(body),
            now=now,
            read=lambda: body,
            peer=peer,
        )

    def credentials(self, body, endpoint, *, message_id="", now=None):
        """The headers that prove who sends ``body``."""
        secret = self.secrets.get(endpoint.code, "")
        if endpoint.scheme == "api_key":
            return {"authorization": f"Bearer {secret}"}
        return standard_webhooks.headers(
            secret,
            message_id=message_id or f"msg_{next(self.numbers)}",
            timestamp=int((now or datetime.now(timezone.utc)).timestamp()),
            body=body,
        )

    def receive(self, body, endpoint=None, **knock):
        """The door's answer. What it does after commit waits for ``after_commit``."""
        answer = self.env["interop.door"]._receive(self.knock(body, endpoint, **knock))
        self.env.invalidate_all()
        return answer

    def send(self, *messages, endpoint=None):
        """Take ``messages`` in one body; their ids."""
        answer = self.receive(list(messages), endpoint)
        self.assertEqual(answer.status, 202, answer.body)
        listed = json.loads(answer.body)
        return [line["id"] for line in listed.get("messages", [listed])]

    # -- looking --

    def rows(self):
        """The deliveries of the test's system as dicts, in order."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT to_jsonb(d) || jsonb_build_object('is_parked', (not_before = 'infinity') IS TRUE)
              FROM interop_delivery d WHERE system_id = %s ORDER BY id
            """,
            (self.system.id,),
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def states(self):
        return [row["state"] for row in self.rows()]

    def counts(self):
        counts = {}
        for state in self.states():
            counts[state] = counts.get(state, 0) + 1
        return counts

    def partner(self, key):
        """The record that the patient number ``key`` is bound to, merges not followed."""
        binding = self.env["interop.binding"].search(
            [
                ("entity", "=", "party"),
                ("value", "=", key),
                ("namespace", "=", f"{self.system.identity_domain}|MRN"),
            ]
        )
        return self.env["res.partner"].browse(binding.res_id)

    def exceptions(self, state="open"):
        self.env.invalidate_all()
        return self.env["interop.exception"].search(
            [("system_id", "=", self.system.id), ("state", "=", state)]
        )


class InteropCase(InteropMixin, TransactionCase):
    """For everything but HTTP itself."""


class DoorCase(InteropCase):
    """For the door's answers."""

    def permitting(self, format_, *sources, **values):
        """An endpoint of an integration engine, with its table of permitted sources."""
        lines = [(0, 0, {"value": source, "system_id": self.system.id}) for source in sources]
        return self.make_endpoint(format_, source_ids=lines, **values)

    def stored(self):
        self.env.cr.execute(
            "SELECT count(*) FROM interop_message WHERE system_id = %s", (self.system.id,)
        )
        return self.env.cr.fetchone()[0]

    def assertRefused(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.content_type, "application/problem+json")
        said = json.loads(answer.body)
        self.assertEqual((said["status"], said["code"]), (status, code))
        self.assertTrue(said["title"])
        explained = answers.explanation(said["type"].rpartition("/")[2])
        self.assertEqual(explained.status, 200, f"{said['type']} leads nowhere")
        return said


class InteropHttpCase(InteropMixin, HttpCase):
    """Through the real routes. Requests share the test's connection, one after another, and drop post-commit hooks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.configure(allow_http="true")

    @classmethod
    def configure(cls, **options):
        """What would stand in the server's configuration file, and nothing else of it."""
        settings = cls.registry["interop.settings"]
        real = settings._option
        cls.classPatch(
            settings,
            "_option",
            lambda self, name: options.get(name, "") if name != KEYS else real(self, name),
        )
