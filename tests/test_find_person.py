"""Finding a person: all that is kept, on record, and nothing of what was searched for."""

import base64
import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..core.personal import KINDS
from .common_protection import GROUP, ProtectionCase


@tagged("post_install", "-at_install")
class TestFindPerson(ProtectionCase):
    def find(self, user=None, **values):
        dialog = self.env["interop.find.person"].with_user(user or self.officer).create(values)
        action = dialog.action_find()
        return dialog, self.env[action["res_model"]].with_user(user or self.officer).browse(
            action["res_id"]
        )

    def test_it_is_looked_for_where_the_decisions_say(self):
        kept = self.env["interop.kept"]
        homes = {
            kind: model for kind, (model, _domain) in kept._domains(kept._of(self.jane)).items()
        }
        # of content what is shown, and counted, are its messages
        self.assertEqual(homes.pop("content"), "interop.message")
        self.assertEqual(homes, {one.name: one.model for one in KINDS if one.name != "content"})

    # -- found --

    def test_by_number_whoever_merged_whom(self):
        for number in ("P4711Q", "P4712Q"):
            with self.subTest(number):
                _dialog, person = self.find(number=number)
                self.assertEqual((person._name, person.res_id), ("interop.person", self.jane.id))
                self.assertEqual(person.kin_count, 2)

    def test_by_number_of_a_system_and_a_kind(self):
        elsewhere = self.env["interop.system"].create({"name": "Other", "code": "elsewhere"})
        for values, is_found in (
            ({"system_id": self.system.id}, True),
            ({"system_id": self.system.id, "assigner": "MRN"}, True),
            ({"assigner": "MRN"}, True),
            ({"system_id": elsewhere.id}, False),
            ({"system_id": self.system.id, "assigner": "SSN"}, False),
        ):
            with self.subTest(values):
                _dialog, shown = self.find(number="P4711Q", **values)
                self.assertEqual(shown._name == "interop.person", is_found)

    def test_by_name_and_birth_date(self):
        dialog, shown = self.find(by="name", name="winterbourne")
        self.assertEqual(shown, dialog)
        self.assertEqual(len(dialog.match_ids), 2)
        self.assertIn("Winterbourne, Jane", dialog.match_ids.mapped("label"))
        action = dialog.match_ids[0].action_show()
        self.assertEqual(action["res_model"], "interop.person")
        _dialog, person = self.find(by="name", name="winter", birth_date="1980-04-12")
        self.assertEqual(person.res_id, self.jane.id)
        dialog, shown = self.find(by="name", name="winter", birth_date="1980-04-13")
        self.assertFalse(dialog.match_ids)

    def test_an_employee(self):
        employee = self.env["hr.employee"].create({"name": "Doctor Who"})
        self.env["interop.version"].create(
            {"res_model": "hr.employee", "res_id": employee.id, "system_id": self.system.id}
        )
        both = new_test_user(
            self.env, "find-hr", groups=f"hr.group_hr_user,{GROUP.format('data_protection')}"
        )
        _dialog, person = self.find(both, kind="hr.employee", by="name", name="doctor who")
        kept = self.kept(person)
        self.assertEqual((kept["employee"], kept["version"]), (1, 1))
        self.assertFalse(kept.keys() & {"contact", "encounter", "message"})
        # who may not see employees finds none, and is told so
        with self.assertRaises(AccessError):
            self.find(kind="hr.employee", by="name", name="doctor who")

    def test_everything_kept_is_counted_once(self):
        self.charge()
        self.invoice()
        kept = self.kept()
        for kind, count in {
            "contact": 2,
            "binding": 2,
            "alias": 1,
            "encounter": 1,
            "appointment": 1,
            "coverage": 1,
            "charge": 1,
            "invoice": 1,
            "message": 3,
            "content": 3,
            "delivery": 3,
        }.items():
            with self.subTest(kind):
                self.assertEqual(kept.get(kind), count)
        self.assertNotIn("claim", kept)

    def test_until_when_content_is_kept(self):
        messages = self.env["interop.message"].search([("system_id", "=", self.system.id)])
        messages[0].payload_until = False
        messages[1].write({"payload_until": "2099-01-01", "purged_at": "2026-01-01"})
        messages[2].payload_until = "2098-01-01"
        messages[3:].payload_until = "2097-01-01"
        self.assertIn(self.found().kept_until.year, (2097, 2098))
        messages.payload_until = False
        self.assertFalse(self.found().kept_until)

    def test_messages_that_made_no_record_are_found_by_their_subject(self):
        [uuid] = self.send(self.party("P4711Q", version=9, name="W"))
        before = self.kept()["delivery"]
        self.assertEqual(before, 4)
        delivery = self.env["interop.message"].search([("uuid", "=", uuid)]).delivery_ids
        self.assertFalse(delivery.res_id)
        delivery._discard("for the test")
        self.assertEqual(self.kept()["delivery"], 4)

    def test_another_systems_same_number_is_somebody_else(self):
        other = self.env["interop.system"].create({"name": "Other", "code": "elsewhere"})
        message = self.env["interop.message"].create(
            {"uuid": "u-1", "received_at": fields.Datetime.now(), "system_id": other.id}
        )
        self.env["interop.delivery"].create(
            {
                "message_id": message.id,
                "system_id": other.id,
                "state": "discarded",
                "entity": "party",
                "subject": self.env["interop.delivery"]
                .search([("res_id", "=", self.jane.id), ("res_model", "=", "res.partner")], limit=1)
                .subject,
            }
        )
        self.assertEqual(self.kept()["delivery"], 3)

    def test_lines_lead_to_the_records_as_far_as_ones_rights_go(self):
        self.invoice()
        lines = {line.kind: line for line in self.found().line_ids}
        action = lines["encounter"].action_open()
        records = self.env[action["res_model"]].with_user(self.officer).search(action["domain"])
        self.assertEqual(records.ids, self.encounter.ids)
        self.assertTrue(lines["binding"].is_open_to_me)
        self.assertFalse(lines["invoice"].is_open_to_me)
        with self.assertRaises(AccessError):
            lines["invoice"].action_open()

    # -- not found --

    def test_rubbish_finds_nobody(self):
        for number in ("0", "' OR 1=1 --", "%", "\\", "P4711Q\t7", "x" * 5000, "🦊"):
            with self.subTest(number[:9]):
                dialog, shown = self.find(number=number)
                self.assertEqual(shown, dialog)
                self.assertFalse(dialog.match_ids)

    def test_nothing_to_search_for(self):
        for values in (
            {},
            {"number": "  "},
            {"by": "name"},
            {"by": "name", "name": "x"},
            {"kind": "hr.employee", "by": "name", "birth_date": "1980-04-12"},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                self.find(**values)
        with self.assertRaises(UserError):
            self.found(self.env["res.partner"].browse(2**31 - 2))
        with self.assertRaises(UserError):
            self.found(self.env.user)

    # -- who, and on record --

    def test_only_data_protection(self):
        for role in ("administrator", "auditor", "operator", "payload_reader"):
            user = new_test_user(self.env, f"find-{role}", groups=GROUP.format(role))
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    self.find(user, number="P4711Q")
                with self.assertRaises(AccessError):
                    self.found(user=user)

    def test_the_search_is_on_record_without_what_was_searched_for(self):
        dialog, person = self.find(number="P4711Q")
        self.find(by="name", name="winterbourne", birth_date="1980-04-12")
        entries = self.entries(self.mark, action="person_found")
        self.assertEqual(len(entries), 4)
        told = [json.loads(entry.details) for entry in entries.sorted("id")]
        self.assertEqual(told[0]["namespaces"], [f"{self.system.identity_domain}|MRN"])
        self.assertEqual(entries.mapped("res_id"), [self.jane.id] * 4)
        self.assertEqual(set(entries.mapped("actor")), {"protection-officer"})
        for word in ("P4711Q", "interbourne", "1980"):
            self.assertNotIn(word, str(entries.read()))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT (SELECT string_agg(f::text, ' ') FROM interop_find_person f) "
            "|| (SELECT string_agg(p::text, ' ') FROM interop_person p)"
        )
        rows = self.env.cr.fetchone()[0]
        for word in ("P4711Q", "interbourne", "1980"):
            self.assertNotIn(word, rows)
        self.assertFalse(dialog.number)
        self.assertTrue(person.name)
        self.assertEqual(person.display_name, "What is kept")

    def test_what_is_found_is_ones_own(self):
        other = new_test_user(self.env, "find-two", groups=GROUP.format("data_protection"))
        person = self.found()
        with self.assertRaises(AccessError):
            person.with_user(other).read(["name"])
        with self.assertRaises(AccessError):
            person.with_user(other).action_export()
        with self.assertRaises(AccessError):
            self.env["interop.person"].with_user(self.officer).create(
                {"res_model": "res.partner", "res_id": self.joe.id}
            )
        with self.assertRaises(AccessError):
            person.write({"asked_at": fields.Datetime.now()})

    def test_a_person_of_another_company_is_nobody(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.jane.company_id = self.env.company
        user = new_test_user(
            self.env,
            "find-elsewhere",
            groups=GROUP.format("data_protection"),
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        dialog, shown = self.find(user, number="P4711Q")
        self.assertEqual(shown, dialog)
        self.assertFalse(dialog.match_ids)
        with self.assertRaises(AccessError):
            self.found(user=user)

    # -- handed out --

    def test_all_of_it_as_one_file_that_stands_in_no_table(self):
        person = self.found()
        self.assertFalse(person.file)
        url = person.action_export()["url"]
        self.assertIn(f"/interop.person/{person.id}/file/", url)
        self.assertNotIn("Winter", url)
        self.env.invalidate_all()
        file = json.loads(base64.b64decode(person.file))
        self.assertEqual(set(file["kept"]), set(self.kept()))
        self.assertIn("P4711Q", {one["value"] for one in file["kept"]["binding"]})
        self.assertEqual(file["kept"]["coverage"][0]["member_id"], "POL-8812")
        born = {one.get("interop_birth_date") for one in file["kept"]["contact"]}
        self.assertIn("1980-04-12", born)
        self.assertNotIn("Joe", str(file))
        [entry] = self.entries(self.mark, action="exported")
        self.assertEqual(entry.res_id, self.jane.id)
        self.assertNotIn("P4711Q", str(entry.read()))
        self.env.flush_all()
        self.env.cr.execute("SELECT string_agg(p::text, ' ') FROM interop_person p")
        self.assertNotIn("POL", self.env.cr.fetchone()[0])
        person.sudo().asked_at = fields.Datetime.now() - timedelta(minutes=11)
        self.env.invalidate_all()
        self.assertFalse(person.file)

    def test_the_dialog_as_people_fill_it(self):
        form = Form(self.env["interop.find.person"].with_user(self.officer))
        form.number = "P4711Q"
        self.assertEqual(form.save().action_find()["res_model"], "interop.person")

    def test_a_search_costs_the_same_whatever_there_is(self):
        self.found()
        self.env.invalidate_all()
        with self.assertQueryCount(90):
            self.found()
