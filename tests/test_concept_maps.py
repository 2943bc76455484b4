"""Concept maps at scale: files in and out, lines with an end, and the list of what nobody translated."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..core.canonical import Coding
from .common import InteropCase

LINES = 50_000


@tagged("post_install", "-at_install")
class ConceptMapCase(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.map = cls.env["interop.concept.map"].create({"name": "Test units", "code": "test_unit"})
        cls.lines = cls.env["interop.concept.map.line"]

    def make_system(self, code):
        return self.env["interop.system"].create({"name": code, "code": code})

    def meaning(self, code, system="", *, for_system=None, day=None):
        self.env.flush_all()
        concepts = self.map._concepts((for_system or self.system).id)
        return concepts.translate("test_unit", Coding(code, system), day or fields.Date.today())

    def load(self, text, **how):
        return self.map._load_csv(text, **how)


class TestFiles(ConceptMapCase):
    def test_a_file_adds_changes_and_leaves_alone(self):
        self.lines.create({"map_id": self.map.id, "source_code": "KEEP", "target_code": "k"})
        self.assertEqual(self.load("code,means\nBX,box\nTR,tray\n")[:4], (2, 0, 0, 0))
        self.assertEqual(self.load("code,means\nBX,crate\nTR,tray\n")[:4], (0, 1, 1, 0))
        self.assertEqual(
            [self.meaning(one) for one in ("BX", "TR", "KEEP")], ["crate", "tray", "k"]
        )

    def test_a_file_that_replaces_removes_the_others(self):
        self.load("code,means,code_system\nBX,box,\nBX,tray,urn:s\nCS,case,\n")
        loaded = self.load("code,means,code_system\nBX,tray,urn:s\n", is_replacing=True)
        self.assertEqual(loaded[:4], (0, 0, 1, 2))
        self.assertEqual([self.meaning("BX"), self.meaning("BX", "urn:s")], [None, "tray"])

    def test_a_line_for_one_system_says_nothing_to_others(self):
        other = self.make_system("other")
        text = f"code,means,only_for\nBX,box,\nBX,theirs,{other.code}\n"
        self.assertEqual(self.load(text).added, 2)
        self.assertEqual(
            [self.meaning("BX"), self.meaning("BX", for_system=other)], ["box", "theirs"]
        )

    def test_one_mistake_keeps_all_of_it_out(self):
        loaded = self.load("code,means,only_for\nBX,box,\nTR,tray,nobody\n,x,\n")
        self.assertEqual(
            [(one.line, one.code) for one in loaded.mistakes],
            [(3, "unknown_system"), (4, "missing")],
        )
        self.assertFalse(self.map.line_ids)

    def test_what_is_exported_can_be_imported_again(self):
        text = (
            "code,code_system,means,only_for,valid_from,valid_until\r\n"
            f"BX,,box,{self.system.code},2026-01-01,2026-12-31\r\n"
            '"a ""b"", c",urn:s,"two, words",,,\r\n'
        )
        self.load(text)
        exported = self.map._to_csv()
        self.assertEqual(sorted(exported.splitlines()), sorted(text.splitlines()))
        self.assertEqual(self.load(exported)[:4], (0, 0, 2, 0))
        self.assertEqual(base64.b64decode(self.map.csv_file).decode(), exported)
        self.assertIn(f"{self.map.id}/csv_file", self.map.action_export()["url"])

    def test_fifty_thousand_lines_cost_a_handful_of_statements(self):
        text = "code,means\n" + "".join(f"C{number},M{number}\n" for number in range(LINES))
        self.load("code,means\nwarm,up\n")
        before = self.env.cr.sql_log_count
        self.assertEqual(self.load(text).added, LINES)
        self.assertLessEqual(self.env.cr.sql_log_count - before, 10)
        self.assertEqual(self.meaning(f"C{LINES - 1}"), f"M{LINES - 1}")
        before = self.env.cr.sql_log_count
        concepts = self.map._concepts(self.system.id)
        day = fields.Date.today()
        for number in range(0, LINES, 50):
            self.assertEqual(
                concepts.translate("test_unit", Coding(f"C{number}"), day), f"M{number}"
            )
        self.assertEqual(self.env.cr.sql_log_count, before)

    def test_the_wizard_shows_mistakes_and_then_imports(self):
        wizard = self.env["interop.import.concept.map"].create({"map_id": self.map.id})
        with self.assertRaises(UserError):
            wizard.action_import()
        for body in (b"code,means\nBX,\n", b"code,means\n\xff,box\n"):
            wizard.file = base64.b64encode(body)
            self.assertEqual(wizard.action_import()["res_id"], wizard.id)
            self.assertIn("Line", wizard.mistakes)
        wizard.file = base64.b64encode(b"code,means\n" + b"BX,\n" * 30)
        wizard.action_import()
        self.assertEqual(len(wizard.mistakes.splitlines()), 21)
        wizard.file = base64.b64encode(b"code,means\nBX,box\n")
        told = wizard.action_import()["params"]["message"]
        self.assertIn("1 added", told)
        self.assertIn(told, self.map.message_ids[0].body)
        with Form(wizard) as form:
            form.file = base64.b64encode(b"x")
            self.assertFalse(form.mistakes)

    def test_only_administrators_import(self):
        operator = new_test_user(self.env, "operator", groups="healthcare_interop.group_operator")
        with self.assertRaises(AccessError):
            self.map.with_user(operator)._load_csv("code,means\nBX,box\n")


class TestUntranslated(ConceptMapCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mapping = cls.env["interop.mapping"].search([("name", "=", "test party")])
        cls.env["interop.mapping.rule"].create(
            {
                "mapping_id": mapping.id,
                "target": "gender",
                "source": "name.suffix",
                "transform": "text",
                "concept_map": "test_unit",
            }
        )
        mapping._go_live()

    def test_a_drain_lists_what_it_could_not_translate_and_a_translation_helps_from_then_on(self):
        self.send(*(self.party(key, name={"family": "Doe", "suffix": "xx"}) for key in "123"))
        self.drain()
        self.after_commit()
        self.assertEqual(set(self.states()), {"done"})
        [row] = self.env["interop.untranslated"].search([("map_id", "=", self.map.id)])
        self.assertEqual((row.source_code, row.count, row.system_id), ("xx", 3, self.system))
        row.target_code = "other"
        row.action_translate()
        self.send(self.party("4", name={"family": "Doe", "suffix": "xx"}))
        self.drain()
        self.after_commit()
        self.assertEqual(self.listed(), {})
        partners = self.env["interop.binding"].search([("value", "=", "4")])
        self.assertEqual(self.env["res.partner"].browse(partners.res_id).interop_gender, "other")

    def count(self, misses):
        self.env["interop.untranslated"]._count(self.env.cr, misses)
        self.env.invalidate_all()

    def listed(self):
        rows = self.env["interop.untranslated"].search([("map_id", "=", self.map.id)])
        return {row.source_code: row.count for row in rows}

    def miss(self, code, times=1, space="", system=None):
        return {((system or self.system).id, "test_unit", space, code): times}

    def test_codes_are_counted_and_looked_at_first_and_last(self):
        self.count(self.miss("BX", 2) | self.miss("TR"))
        self.count(self.miss("BX", 3))
        self.assertEqual(self.listed(), {"BX": 5, "TR": 1})
        self.assertEqual(self.map.untranslated_count, 2)
        self.count({})
        self.count(self.miss("x" * 65))
        self.assertEqual(self.listed(), {"BX": 5, "TR": 1})

    def test_a_rule_that_reads_numbers_as_codes_does_not_fill_the_table(self):
        self.count({key: 1 for number in range(1000) for key in self.miss(f"N{number}")})
        self.count(self.miss("one more") | self.miss("N1"))
        self.assertEqual((len(self.listed()), self.listed()["N1"]), (1000, 2))
        self.assertNotIn("one more", self.listed())

    def test_what_is_translated_leaves_the_list_for_whom_it_is_translated(self):
        other = self.make_system("other")
        self.count(self.miss("BX") | self.miss("TR", space="urn:s") | self.miss("CS"))
        self.count(self.miss("BX", system=other))
        line = {"map_id": self.map.id, "source_code": "BX", "target_code": "box"}
        self.lines.create(line | {"for_system_id": other.id})
        self.assertEqual(self.listed(), {"BX": 1, "TR": 1, "CS": 1})
        self.lines.create(line)
        self.assertEqual(self.listed(), {"TR": 1, "CS": 1})
        ended = fields.Date.today() - timedelta(days=1)
        self.lines.create(line | {"source_code": "CS", "valid_until": ended})
        self.load("code,means,code_system\nTR,tray,urn:other\n")
        self.assertEqual(self.listed(), {"TR": 1, "CS": 1})
        self.load("code,means\nTR,tray\n")
        self.assertEqual(self.listed(), {"CS": 1})

    def test_many_are_translated_at_once(self):
        other = self.make_system("other")
        self.count(
            self.miss("BX") | self.miss("TR") | self.miss("CS") | self.miss("BX", system=other)
        )
        rows = self.env["interop.untranslated"].search([("map_id", "=", self.map.id)])
        with self.assertRaises(UserError):
            rows.action_translate()
        boxes = rows.filtered(lambda row: row.source_code == "BX")
        boxes.write({"target_code": "box", "is_for_all": True})
        rows.filtered(lambda row: row.source_code == "TR").target_code = "tray"
        operator = new_test_user(self.env, "operator", groups="healthcare_interop.group_operator")
        rows.with_user(operator).action_translate()
        self.assertEqual(self.listed(), {"CS": 1})
        self.assertEqual([self.meaning("BX"), self.meaning("BX", for_system=other)], ["box", "box"])
        self.assertEqual([self.meaning("TR"), self.meaning("TR", for_system=other)], ["tray", None])
