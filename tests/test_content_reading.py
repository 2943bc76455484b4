"""Opening content: who may, with a reason, on record first, and through no other way."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_qweb import QWebError

from .common import InteropCase
from .common_audit import AuditMixin

GROUP = "healthcare_interop.group_{}"
WHY = "the laboratory asks, ticket 17"


@tagged("post_install", "-at_install")
class TestContentReading(AuditMixin, InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader, cls.other = (
            new_test_user(
                cls.env, login, groups=f"base.group_allow_export,{GROUP.format('payload_reader')}"
            )
            for login in ("content-one", "content-two")
        )

    def setUp(self):
        super().setUp()
        [uuid] = self.send(self.party("4711", name="Jane Doe", contacts=[{"value": "555-0199"}]))
        self.message = self.env["interop.message"].search([("uuid", "=", uuid)])
        self.mark = self.newest()

    def open(self, user=None, message=None):
        message = (message or self.message).with_user(user or self.reader)
        return message._open_content("complaint", WHY)

    def restrict(self, path):
        line = self.env["interop.contract.attribute"].search(
            [("contract_id.name", "=", "test json"), ("path", "=", path)]
        )
        line.write({"data_class": "restricted", "retention_days": 30})
        line.contract_id._go_live()

    def shown(self, reading):
        self.env.flush_all()
        self.env.invalidate_all()
        return reading.read(["content"])[0]["content"]

    # -- the way people go --

    def test_the_dialog_asks_why_and_opens_what_is_kept(self):
        dialog = Form(
            self.env["interop.open.content"]
            .with_user(self.reader)
            .with_context(active_model="interop.message", active_id=self.message.id)
        )
        dialog.reason, dialog.words = "complaint", WHY
        action = dialog.save().action_open()
        reading = self.env[action["res_model"]].with_user(self.reader).browse(action["res_id"])
        self.assertNotIn("Jane", str(action))
        page = reading.web_read({"content": {}, "has_masked": {}})[0]
        self.assertIn("Jane Doe", page["content"])
        self.assertIn("identifiers.value", page["content"])
        self.assertFalse(page["has_masked"])

    def test_from_a_delivery_and_from_an_exception(self):
        delivery = self.message.delivery_ids
        delivery.write({"state": "failed", "fingerprint": "f-17"})
        exception = self.env["interop.exception"].create({"fingerprint": "f-17"})
        for record in (delivery, exception):
            with self.subTest(record._name):
                dialog = (
                    self.env["interop.open.content"]
                    .with_user(self.reader)
                    .with_context(active_model=record._name, active_id=record.id)
                )
                self.assertEqual(dialog.default_get(["message_id"])["message_id"], self.message.id)

    def test_from_nowhere(self):
        wizard = self.env["interop.open.content"].with_user(self.reader)
        exception = self.env["interop.exception"].create({"fingerprint": "f-empty"})
        for context in (
            {},
            {"active_model": "res.partner", "active_id": 1},
            {"active_model": "interop.message", "active_id": 2**31 - 1},
            {"active_model": "interop.exception", "active_id": exception.id},
        ):
            with self.subTest(context), self.assertRaises(UserError):
                wizard.with_context(**context).default_get(["message_id"])

    # -- on record --

    def test_the_entry_names_who_what_why_and_when(self):
        before = fields.Datetime.now()
        reading = self.open()
        [entry] = self.entries(self.mark, action="payload_read")
        self.assertEqual((entry.action, entry.actor), ("payload_read", "content-one"))
        self.assertEqual((entry.res_id, entry.message_uuid), (self.message.id, self.message.uuid))
        told = json.loads(entry.details)
        self.assertEqual((told["reason"], told["words"]), ("complaint", WHY))
        self.assertEqual(told["reading"], reading.id)
        self.assertLessEqual(before, entry.at.replace(microsecond=0))
        self.assertNotIn("Jane", str(entry.read()))

    def test_the_entry_stands_when_what_follows_fails(self):
        """Opening is a request of its own: what fails is the next one, and takes nothing back."""
        reading = self.open()
        template = "healthcare_interop.content_reading_content"
        self.env.ref(template).arch_db = f'<t t-name="{template}"><t t-out="1 / 0" /></t>'
        with (
            self.assertRaises(QWebError),
            mute_logger("odoo.addons.base.models.ir_qweb"),
            self.env.cr.savepoint(),
        ):
            self.shown(reading)
        self.assertEqual(len(self.entries(self.mark, action="payload_read")), 1)

    def test_nothing_is_opened_that_could_not_be_recorded(self):
        broken = patch.object(self.env.registry["interop.audit"], "_record", side_effect=OSError)
        with broken, self.assertRaises(OSError), self.env.cr.savepoint():
            self.open()
        self.assertFalse(self.env["interop.content.reading"].search([]))

    def test_no_reason_no_content(self):
        message = self.message.with_user(self.reader)
        for reason, words in (
            ("", WHY),
            ("curiosity", WHY),
            (None, WHY),
            ("other", ""),
            ("other", None),
            ("other", "because"),
            ("other", " .  .  .  . "),
            ("other", "x" * 501),
        ):
            with self.subTest(reason=reason, words=words), self.assertRaises(UserError):
                message._open_content(reason, words)
        self.assertFalse(self.entries(self.mark, action="payload_read"))

    # -- covered until asked for --

    def test_what_is_restricted_is_shown_by_a_second_press_that_is_recorded(self):
        self.restrict("contacts")
        reading = self.open()
        covered = self.shown(reading)
        self.assertNotIn("555-0199", covered)
        self.assertIn("Jane Doe", covered)
        self.assertTrue(reading.has_masked)
        self.assertIn("is recorded by itself", covered)
        reading.action_reveal()
        self.assertIn("555-0199", self.shown(reading))
        self.assertFalse(reading.has_masked)
        parts = [
            json.loads(entry.details)["part"]
            for entry in self.entries(self.mark, action="payload_read")
        ]
        self.assertEqual(sorted(parts), ["all but restricted", "restricted"])
        reading.action_reveal()
        self.assertEqual(len(self.entries(self.mark, action="payload_read")), 2)

    def test_hl7_v2_is_shown_by_its_names(self):
        body = b"MSH|^~\\&|PAS|GH|O|GH|20260101||ZZT^Z01|X1|P|2.5\rPID|||4712^^^MRN||Doe^Jane\r"
        self.assertEqual(self.receive(body, self.endpoints["hl7v2"]).status, 200)
        message = self.env["interop.message"].search([("kind", "=", "ZZT^Z01")], limit=1)
        page = self.shown(self.open(message=message))
        for text in ("PID-5", "Patient name", "Doe^Jane", "4712^^^MRN"):
            self.assertIn(text, page)

    def test_markup_in_content_is_text(self):
        [uuid] = self.send(self.party("66", name="<script>alert(1)</script>"))
        message = self.env["interop.message"].search([("uuid", "=", uuid)])
        self.assertNotIn("<script>", self.shown(self.open(message=message)))

    # -- clear words instead --

    def test_what_is_purged(self):
        self.message.delivery_ids.write({"state": "done"})
        self.message._purge_now()
        page = self.shown(self.open())
        self.assertIn("not kept any more", page)
        self.assertTrue(
            json.loads(self.entries(self.mark, action="payload_read").details)["purged"]
        )

    def test_what_cannot_be_read(self):
        reading = self.open()
        for bad in (b"\x01\x03k99" + b"x" * 40, b"rubbish", b""):
            self.env.cr.execute(
                "UPDATE interop_payload SET body = %s WHERE message_id = %s",
                (bad, self.message.id),
            )
            with self.subTest(bad):
                page = self.shown(reading)
                self.assertIn("can't be read here and now", page)
                self.assertNotIn("Traceback", page)

    # -- and no other way --

    def test_only_readers_open(self):
        for role in ("administrator", "auditor", "operator", "data_protection"):
            user = new_test_user(self.env, f"content-{role}", groups=GROUP.format(role))
            with self.subTest(role), self.assertRaises(AccessError):
                self.open(user)
        self.assertFalse(self.entries(self.mark, action="payload_read"))

    def test_a_reader_of_another_company_does_not(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "content-elsewhere",
            groups=GROUP.format("payload_reader"),
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        with self.assertRaises(AccessError):
            self.open(user)
        self.assertFalse(self.entries(self.mark, action="payload_read"))

    def test_nobody_else_reads_through_my_dialog(self):
        reading = self.open()
        theirs = reading.with_user(self.other)
        for read in (
            lambda: theirs.read(["content"]),
            lambda: theirs.web_read({"content": {}}),
            lambda: theirs.action_reveal(),
        ):
            with self.assertRaises(AccessError):
                self.env.invalidate_all()
                read()
        self.assertFalse(theirs.search([]))
        # not even with superuser rights, which code may have and people have not
        self.env.invalidate_all()
        self.assertNotIn("Jane", theirs.sudo().content)

    def test_no_way_past_the_dialog(self):
        """Each of these is a call that a browser could make."""
        readings = self.env["interop.content.reading"].with_user(self.reader)
        values = {
            "message_id": self.message.id,
            "user_id": self.reader.id,
            "reason": "other",
            "words": WHY,
            "opened_at": fields.Datetime.now(),
        }
        with self.assertRaises(AccessError):
            readings.create(values)
        with self.assertRaises(AccessError):
            readings.web_save(values, {"content": {}})
        self.assertEqual(readings.web_search_read([], {"content": {}})["records"], [])
        self.assertEqual(readings.search_read([], ["content"]), [])
        self.assertNotIn("Jane", str(readings.new(values).content))
        with self.assertRaises(AccessError):
            readings.onchange(values, ["words"], {"content": {}})
        payload = self.env["interop.payload"].search([("message_id", "=", self.message.id)])
        theirs = payload.with_user(self.reader)
        for read in (theirs.read, theirs.export_data, lambda names: theirs.search_read([], names)):
            with self.assertRaises(AccessError):
                read(["body"])
        reading = self.open()
        with self.assertRaises(AccessError):
            reading.write({"opened_at": fields.Datetime.now() + timedelta(days=1)})
        self.assertNotIn("Jane", str(self.message.with_user(self.reader).read()))
        # what may be looked at may not be carried away
        self.assertFalse(reading._fields["content"].exportable)

    def test_ten_minutes_then_no_more(self):
        reading = self.open()
        self.assertIn("Jane", self.shown(reading))
        for shift in (timedelta(minutes=-10), timedelta(minutes=1)):
            reading.sudo().opened_at = fields.Datetime.now() + shift
            self.assertNotIn("Jane", self.shown(reading))
            with self.assertRaises(AccessError):
                reading.action_reveal()

    def test_who_loses_the_role_loses_what_is_open(self):
        reading = self.open()
        self.reader.group_ids = [(3, self.env.ref(GROUP.format("payload_reader")).id)]
        self.env.invalidate_all()
        self.assertNotIn("Jane", reading.sudo().content)

    def test_the_content_is_in_no_table_but_its_own(self):
        reading = self.open()
        self.shown(reading)
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(r)::text FROM interop_content_reading r")
        [(row,)] = self.env.cr.fetchall()
        self.assertNotIn("Jane", row)
        self.assertFalse(self.env["interop.content.reading"]._fields["content"].store)
