import csv
import gzip
import io
import json
import unittest

from ..audit import ACTIONS, FAILED, REFUSED, SUCCESS, Entry
from ..audit_csv import table
from ..audit_fhir import MEANINGS, OUTCOMES, audit_event, ndjson
from ..codecs.fhir_structure import check_resource
from . import samples
from .audit_log import NOW, entry

try:
    import jsonschema_rs
except ModuleNotFoundError as error:
    # as in test_schema: a bare Python has not every library
    raise unittest.SkipTest(f"{error.name} is not installed") from error


class AuditEvents(unittest.TestCase):
    def schema(self):
        schema = json.loads(gzip.decompress(samples.read("fhir/schema/fhir.schema.r4.json.gz")))
        found = {"$ref": "#/definitions/AuditEvent", "definitions": schema["definitions"]}
        return jsonschema_rs.Draft7Validator(found)

    def every_kind(self):
        for number, action in enumerate(ACTIONS, 1):
            yield entry(number, action=action)
        yield entry(90, outcome=REFUSED, actor=None, actor_id=None, actor_kind="system")
        yield entry(91, outcome=FAILED, remote_address="2001:db8::1", actor_kind="machine")
        yield entry(92, message_uuid="5f0b2b3e-9e1c-4a4e-8f57-6c4a3f6f0a11", res_id=None)
        yield entry(93, res_model=None, res_id=None, res_name=None, details=None, company_id=None)
        yield entry(94, res_name=None)

    def test_every_action_and_outcome_has_a_meaning(self):
        self.assertEqual(set(MEANINGS), set(ACTIONS))
        self.assertEqual(set(OUTCOMES), {SUCCESS, REFUSED, FAILED})

    def test_each_is_a_resource_by_the_official_schema(self):
        validator = self.schema()
        for one in self.every_kind():
            event = audit_event(one, observer="db")
            with self.subTest(one.id):
                self.assertEqual([str(error) for error in validator.iter_errors(event)], [])
                check_resource(event)
        self.assertFalse(validator.is_valid({"resourceType": "AuditEvent"}))

    def test_it_says_who_what_and_when(self):
        event = audit_event(
            entry(92, message_uuid="u-1", remote_address="10.0.0.1"), observer="hospital"
        )
        self.assertEqual(event["recorded"], "2026-05-01T12:01:32.000Z")
        [agent] = event["agent"]
        self.assertEqual((agent["name"], agent["altId"]), ("Jane", "person/2"))
        self.assertEqual(agent["network"], {"address": "10.0.0.1", "type": "2"})
        record, message, own = event["entity"]
        self.assertEqual(record["what"]["identifier"]["value"], "interop.endpoint/92")
        self.assertEqual(message["what"]["identifier"]["value"], "urn:uuid:u-1")
        self.assertIn({"type": "details", "valueString": '{"a":1}'}, own["detail"])
        self.assertEqual(event["source"], {"observer": {"display": "hospital"}})

    def test_lines_hold_one_each(self):
        lines = ndjson(self.every_kind(), observer="db").splitlines()
        self.assertEqual(len(lines), len(ACTIONS) + 5)
        self.assertEqual(json.loads(lines[0])["id"], "audit-1")
        self.assertEqual(ndjson([], observer="db"), "")


class Tables(unittest.TestCase):
    def rows(self, *entries):
        return list(csv.DictReader(io.StringIO(table(entries))))

    def test_every_column_is_there(self):
        [row] = self.rows(entry(1, res_name='a "quoted", one\nin two lines'))
        self.assertEqual(list(row), list(Entry._fields))
        self.assertEqual(row["res_name"], 'a "quoted", one\nin two lines')
        self.assertEqual((row["id"], row["remote_address"]), ("1", ""))
        self.assertEqual(row["at"], NOW.replace(second=1).isoformat(timespec="microseconds"))

    def test_nothing_is_a_formula(self):
        for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"):
            [row] = self.rows(entry(1, actor=text))
            self.assertEqual(row["actor"], f"'{text}")
        [row] = self.rows(entry(1, actor="a=1"))
        self.assertEqual(row["actor"], "a=1")


if __name__ == "__main__":
    unittest.main()
