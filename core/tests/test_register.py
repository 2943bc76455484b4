"""The register of personal data: made of contracts, mappings and the list of tables; and its files."""

import csv
import dataclasses
import io
import json
import unittest

from ..contract import DATA_CLASSES, RESTRICTED_DAYS, Attribute, Contract
from ..needs import customs_of
from ..personal import KINDS, STAYS
from ..register import (
    CONTENT,
    RECORD,
    TABLE,
    Line,
    Source,
    content_lines,
    outdated,
    record_lines,
    table_lines,
    to_csv,
    to_json,
    unlisted,
)
from ..register_records import LAW_OF, RECORDS_OF
from ..register_tables import KEPT, Kept
from ..register_terms import ENDS, ERASURES, PARTS_OF
from . import shipped

CONTRACT = Contract(
    "json",
    "a.*",
    (
        Attribute("name", "confidential", "to greet"),
        Attribute("born", "restricted", "claims", 9),
    ),
    "People",
)
SOURCES = (Source("ehr", "json", 40), Source("pas", "cloudevents", 90), Source("lab", "hl7v2", 5))
TABLES = (
    Kept("interop.x", "who", ("name", "note"), "restricted", "why", "ledger", "stays", True),
    Kept("interop.x", "else", ("code",), "internal", "", "configuration", "nobody", False),
    Kept("interop.y", "pairs", (), "internal", "", "configuration", "nobody", False),
)


class ContentTest(unittest.TestCase):
    def test_a_line_for_each_attribute_with_the_endpoints_of_its_format(self):
        name, born = content_lines([CONTRACT], SOURCES)
        self.assertEqual((name.what, name.attribute, name.basis), ("json: a.*", "name", "People"))
        self.assertEqual((name.sources, born.sources), ("ehr, pas", "ehr, pas"))
        self.assertEqual((born.data_class, born.purpose), ("restricted", "claims"))
        self.assertEqual({name.part, born.part}, {CONTENT})

    def test_a_document_goes_as_a_whole(self):
        """The strictest line of a contract ends the others too."""
        self.assertEqual([line.days for line in content_lines([CONTRACT], SOURCES)], [9, 9])
        free = Contract("json", "b", (Attribute("x", purpose="y"),), "B")
        for sources, days in ((SOURCES, 90), (SOURCES[:1], 40), (SOURCES[2:], None), ((), None)):
            with self.subTest(sources):
                (line,) = content_lines([free], sources)
                self.assertEqual(line.days, days)

    def test_the_shipped_contracts(self):
        contracts = shipped.contracts()._contracts
        lines = list(content_lines(contracts, SOURCES))
        self.assertEqual(len(lines), len(shipped.rows("interop.contract.attribute")))
        for line in lines:
            self.assertTrue(line.purpose.strip(), line)
            if line.data_class == "restricted":
                self.assertLessEqual(line.days, RESTRICTED_DAYS)


class RecordTest(unittest.TestCase):
    def test_class_and_purpose_follow_from_what_is_read(self):
        customs = customs_of(shipped.mapper(), shipped.contracts())
        homes = [("party", "res.partner", {"name": ("name",), "phone": ("phone",), "odd": ()})]
        name, phone, odd = record_lines(homes, customs)
        self.assertEqual((name.model, name.attribute), ("res.partner", "name (name)"))
        self.assertEqual((name.data_class, name.purpose), customs["party.name"])
        self.assertEqual((phone.data_class, phone.purpose), customs["party.contacts"])
        self.assertEqual(
            (odd.attribute, odd.data_class, odd.purpose),
            ("odd", "confidential", RECORDS_OF["party"]),
        )
        self.assertEqual((name.part, name.until, name.erasure), (RECORD, "record", "emptied"))

    def test_without_fields_the_attributes_are_told(self):
        lines = list(record_lines([("payment", "account.payment", {})], {}))
        self.assertIn("amount", [line.attribute for line in lines])
        self.assertNotIn("identifiers", [line.attribute for line in lines])
        self.assertEqual({line.until for line in lines}, {"accounting"})

    def test_things_tell_of_nobody(self):
        self.assertEqual(list(record_lines([("product", "product.product", {})], {})), [])


class TableTest(unittest.TestCase):
    def test_what_tells_of_people_is_shown(self):
        (line,) = table_lines(TABLES)
        self.assertEqual(
            line,
            Line(
                TABLE,
                "interop.x",
                "who",
                "name, note",
                "restricted",
                "why",
                "ledger",
                erasure="stays",
            ),
        )
        self.assertGreater(len(list(table_lines())), 20)

    def test_what_stands_in_no_line(self):
        there = [("interop.x", ""), ("interop.x", "name"), ("interop.y", "")]
        self.assertEqual(unlisted(there, TABLES), [])
        missing = [*there, ("interop.x", "more"), ("interop.z", ""), ("interop.z", "name")]
        self.assertEqual(
            unlisted(missing, TABLES), ["interop.x.more", "interop.z", "interop.z.name"]
        )

    def test_what_stands_there_and_does_not_exist(self):
        there = [("interop.x", "name"), ("interop.x", "code")]
        self.assertEqual(outdated(there, TABLES), ["interop.x.note"])
        self.assertEqual(outdated([*there, ("interop.x", "note")], TABLES), [])

    def test_every_table_says_all_of_it(self):
        seen = set()
        for one in KEPT:
            with self.subTest(one.model, what=one.what):
                self.assertIn(one.data_class, DATA_CLASSES)
                self.assertIn(one.until, ENDS)
                self.assertIn(one.erasure, ERASURES)
                self.assertEqual(one.is_personal, one.erasure != "nobody")
                self.assertEqual(one.is_personal, bool(one.why))
                self.assertTrue(one.what)
                for column in one.columns or ("",):
                    self.assertNotIn((one.model, column), seen, "each once")
                    seen.add((one.model, column))
        for until, erasure in LAW_OF.values():
            self.assertIn(until, ENDS)
            self.assertIn(erasure, ERASURES)

    def test_it_says_of_erasure_what_erasure_decides(self):
        told = {}
        for one in KEPT:
            told.setdefault(one.model, set()).add(one.erasure)
        for model, (_until, erasure) in LAW_OF.items():
            told.setdefault(model, set()).add(erasure)
        for kind in KINDS:
            with self.subTest(kind.name):
                # tables of Odoo's are told of where a mapping fills them
                if kind.model.startswith("interop.") or kind.model in told:
                    self.assertIn(kind.fate, told[kind.model])
        # and nothing is said to change that is not decided
        decided = {kind.model: kind.fate for kind in KINDS}
        fates = {kind.name: kind.fate for kind in KINDS}
        for model, erasures in told.items():
            for erasure in erasures - {STAYS, "nobody"}:
                with self.subTest(model, erasure=erasure):
                    self.assertIn(erasure, (decided.get(model), fates.get(PARTS_OF.get(model))))


class FileTest(unittest.TestCase):
    def test_no_cell_is_a_formula(self):
        nasty = ["=1+1", "+1", "-1", "@x", "\tx", "plain", 'a "quoted", one', None, False, 7]
        text = to_csv(["h"] * len(nasty), [nasty])
        _heads, row = csv.reader(io.StringIO(text))
        self.assertEqual(
            row,
            ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", 'a "quoted", one', "", "", "7"],
        )
        self.assertTrue(text.endswith("\r\n"))

    def test_json_has_every_member_of_every_line(self):
        lines = list(content_lines([CONTRACT], SOURCES))
        told = json.loads(to_json({"database": "d", "at": "2026"}, lines))
        self.assertEqual((told["database"], told["at"], len(told["lines"])), ("d", "2026", 2))
        names = {item.name for item in dataclasses.fields(Line)}
        self.assertEqual(set(told["lines"][0]), names)
        self.assertEqual(told["lines"][1]["days"], 9)
