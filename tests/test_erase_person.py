"""Erasing a person: nothing tells of her any more, what has to stay stays, and nothing comes back."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..models.protection import erasure_doing
from ..wizards.erase_person import MOST_LINKS
from .common_protection import GROUP, SECRETS, ProtectionCase


@tagged("post_install", "-at_install")
class TestErasePerson(ProtectionCase):
    def texts(self):
        """``{table: all its rows as text}``, of every table of the database."""
        self.env.flush_all()
        tables = self.env.execute_query(
            SQL("SELECT tablename FROM pg_tables WHERE schemaname = current_schema")
        )
        found = {}
        for (table,) in tables:
            rows = self.env.execute_query(
                SQL("SELECT string_agg(t::text, ' ') FROM %s t", SQL.identifier(table))
            )
            found[table] = rows[0][0] or ""
        return found

    def messages_of_jane(self):
        kept = self.env["interop.kept"]._of(self.jane)
        return self.env["interop.message"].browse(kept.messages)

    def contents(self, messages):
        self.env.cr.execute(
            "SELECT count(*) FROM interop_payload WHERE message_id = ANY(%s)", (messages.ids,)
        )
        return self.env.cr.fetchone()[0]

    # -- what goes --

    def test_nothing_tells_of_her_any_more(self):
        self.jane.message_post(body="Mrs. Winterbourne called from 555-0199")
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.jane.id,
                "summary": "call 555-0199",
            }
        )
        before = self.texts()
        for secret in SECRETS:
            with self.subTest(before=secret):
                self.assertTrue(any(secret in text for text in before.values()))
        messages = self.messages_of_jane()
        self.assertEqual(self.contents(messages), 3)
        erasure = self.erase()
        self.assertEqual((erasure.state, erasure.left), ("done", 0))
        told = {
            (table, secret)
            for table, text in self.texts().items()
            for secret in SECRETS
            if secret in text
        }
        self.assertEqual(told, set())
        self.assertEqual(self.contents(messages), 0)
        self.assertTrue(all(messages.mapped("purged_at")))
        self.assertEqual(self.jane.name, f"Erased person #{self.jane.id}")
        self.assertFalse(self.jane.interop_birth_date)
        self.assertFalse(self.jane.active)
        self.assertFalse(self.encounter.active)

    def test_others_lose_nothing(self):
        before = self.joe.read(["name", "active"])
        self.erase()
        self.assertEqual(self.joe.read(["name", "active"]), before)
        self.assertEqual(self.partner("99"), self.joe)
        message = (
            self.env["interop.delivery"]
            .search([("res_model", "=", "res.partner"), ("res_id", "=", self.joe.id)])
            .message_id
        )
        self.assertEqual(self.contents(message), 1)
        self.assertIn("|99", message.delivery_ids.subject)

    def test_the_ledger_stays_under_pseudonyms(self):
        deliveries = self.messages_of_jane().delivery_ids
        before = {one.id: (one.state, one.effect, one.subject) for one in deliveries}
        self.erase()
        self.assertEqual(len(deliveries.exists()), len(before))
        after = {one.id: (one.state, one.effect, one.subject) for one in deliveries}
        for number, (state, effect, subject) in before.items():
            self.assertEqual(after[number][:2], (state, effect))
            self.assertRegex(after[number][2], r"^party/~[0-9a-f]{64}$")
            self.assertNotEqual(after[number][2], subject)
        # those of one subject stay those of one subject
        self.assertEqual(
            len({subject for *_rest, subject in before.values()}),
            len({subject for *_rest, subject in after.values()}),
        )

    def test_a_senders_words_that_hold_a_number_go_too(self):
        message = self.messages_of_jane()[0]
        message.write({"sender_ref": "Patient/P4711Q/3", "correlation_id": "visit-P4711Q"})
        self.erase()
        self.assertRegex(message.sender_ref, r"^~[0-9a-f]{64}$")
        self.assertRegex(message.correlation_id, r"^~[0-9a-f]{64}$")

    def test_a_settled_exception_names_her_no_longer(self):
        exception = self.env["interop.exception"].create(
            {
                "fingerprint": "f-1",
                "state": "resolved",
                "value": "P4711Q",
                "detail": "P4711Q unknown",
            }
        )
        self.erase()
        self.assertFalse(exception.value or exception.detail)

    def test_messages_that_spoke_of_others_are_counted(self):
        delivery = self.messages_of_jane()[0].delivery_ids[0]
        delivery.copy(
            {"res_id": self.joe.id, "message_id": delivery.message_id.id, "state": "done"}
        )
        self.env.flush_all()
        self.assertEqual(self.found().others, 1)
        self.assertEqual(self.erase().others, 1)

    # -- what stays --

    def test_what_the_books_name_stays(self):
        move = self.invoice()
        self.charge(state="billed")
        self.erase()
        self.assertEqual((self.jane.street, self.jane.city), ("Rue Cachée 7", "Lyon"))
        self.assertIn("Winterbourne", self.jane.name)
        self.assertFalse(self.jane.phone or self.jane.interop_birth_date)
        self.assertEqual((move.state, move.partner_id), ("posted", self.jane))
        self.assertTrue(self.env["interop.charge"].search([("partner_id", "=", self.jane.id)]))

    def test_the_preview_says_what_goes_and_what_stays(self):
        fates = {line.kind: (line.fate, line.why) for line in self.found().line_ids}
        self.assertEqual(fates["binding"], ("goes", ""))
        self.assertEqual(fates["content"][0], "goes")
        self.assertEqual(fates["delivery"][0], "disguised")
        self.assertNotIn("Accounting", fates["contact"][1])
        self.invoice()
        fates = {line.kind: (line.fate, line.why) for line in self.found().line_ids}
        self.assertEqual(fates["invoice"][0], "stays")
        self.assertIn("Accounting law", fates["contact"][1])

    # -- on record --

    def test_the_report_tells_what_and_of_nobody(self):
        erasure = self.erase()
        self.assertEqual((erasure.user_id, erasure.basis), (self.officer, "request"))
        counts = {line.kind: (line.count, line.fate) for line in erasure.line_ids}
        self.assertEqual(counts["binding"], (2, "goes"))
        self.assertEqual(counts["content"], (3, "goes"))
        self.assertEqual(counts["message"], (3, "stays"))
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "healthcare_interop.erasure_report_page", erasure.ids
        )
        page = html.decode()
        self.assertIn("Numbers bound", page)
        self.assertIn("DP-2026-17", page)
        for secret in SECRETS:
            self.assertNotIn(secret, page)
        [entry] = self.entries(self.mark, action="person_erased")
        self.assertEqual((entry.actor, entry.res_id), ("protection-officer", self.jane.id))
        self.assertEqual(json.loads(entry.details)["kept"]["binding"], [2, "goes"])

    def test_it_can_be_shown_later_that_a_number_was_erased(self):
        erasure = self.erase()
        dialog = self.env["interop.find.person"].with_user(self.officer)
        # whose numbers are known is known by the numbers that are left
        for number, expected in (
            ("P4711Q", erasure),
            ("P4712Q", erasure),
            ("99", None),
            ("0", None),
        ):
            found = dialog.create({"number": number})
            found.action_find()
            with self.subTest(number):
                self.assertEqual(found.erasure_ids, expected or erasure.browse())

    def test_the_record_of_it_stays(self):
        erasure = self.erase()
        with self.assertRaises(UserError):
            erasure.sudo().unlink()
        with self.assertRaises(AccessError):
            erasure.write({"words": "another reason altogether"})

    # -- who, and when not --

    def test_only_data_protection_and_only_with_a_ground(self):
        for role in ("administrator", "auditor", "payload_reader"):
            user = new_test_user(self.env, f"erase-{role}", groups=GROUP.format(role))
            with self.subTest(role), self.assertRaises(AccessError):
                self.erase(user=user)
        for basis, words in (
            ("", "long enough words"),
            ("whim", "long enough words"),
            ("request", ""),
        ):
            with self.subTest(basis=basis, words=words), self.assertRaises(UserError):
                self.erase(basis=basis, words=words)
        self.assertEqual(self.partner("P4711Q"), self.jane)

    def assertHeld(self, words, record=None):
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            self.erase(record)
        self.assertTrue(self.partner("P4711Q").active)

    def test_not_while_anything_is_open(self):
        self.send(self.party("P4711Q", version=9, name="Jane"))
        self.assertHeld("wait or have failed")
        delivery = self.env["interop.delivery"].search([("state", "=", "pending")])
        delivery.write({"state": "failed", "fingerprint": "f-9"})
        self.env["interop.exception"].create({"fingerprint": "f-9", "category": "business"})
        self.assertHeld("Odoo's rules refuse")
        delivery._discard("for the test")
        self.assertEqual(self.erase().state, "done")
        self.assertRegex(delivery.subject, "^party/~")

    def test_not_while_there_are_drafts_or_open_charges(self):
        move = self.invoice(is_posted=False)
        self.assertHeld("Draft invoices: 1")
        move.unlink()
        charge = self.charge()
        self.assertHeld("Charges that are not billed: 1")
        charge.state = "reversed"
        self.assertEqual(self.erase().state, "done")

    def obstacles(self):
        """What the dialog says is in the way."""
        jane = self.jane.with_user(self.officer)
        person = jane.env["interop.person"]._found(jane)
        values = {"person_id": person.id, "basis": "request", "words": "letter of 3 May"}
        return str(jane.env["interop.erase.person"].create(values).obstacles or "")

    def test_what_is_in_the_way_is_a_press_away_for_who_may_open_it(self):
        self.assertEqual(self.obstacles(), "")
        moves = [self.invoice(is_posted=False) for _one in range(MOST_LINKS + 2)]
        told = self.obstacles()
        self.assertIn(f"Draft invoices: {len(moves)}.", told)
        self.assertNotIn("href", told)
        self.officer.group_ids = [(4, self.env.ref("account.group_account_invoice").id)]
        told = self.obstacles()
        self.assertEqual(told.count("/odoo/account.move/"), MOST_LINKS)
        self.assertIn("and 2 more", " ".join(told.split()))
        self.assertIn(f"/odoo/account.move/{moves[-1].id}", told)
        self.send(self.party("P4711Q", version=9, name="Jane"))
        delivery = self.env["interop.delivery"].search([("state", "=", "pending")])
        self.assertIn(f"/odoo/interop.delivery/{delivery.id}", self.obstacles())
        delivery.write({"state": "failed", "fingerprint": "f-9"})
        exception = self.env["interop.exception"].create(
            {"fingerprint": "f-9", "category": "business"}
        )
        self.assertIn(f"/odoo/interop.exception/{exception.id}", self.obstacles())

    def test_not_who_signs_in(self):
        user = new_test_user(self.env, "jane-herself", groups="base.group_portal")
        user.partner_id = self.jane
        self.assertHeld("sign in")

    def test_not_what_belongs_to_another_company(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.encounter.company_id = elsewhere
        self.assertHeld("companies that you don't work in")

    def test_an_employee_keeps_the_record_and_loses_the_numbers(self):
        employee = self.env["hr.employee"].create({"name": "Doctor Who"})
        self.env["interop.binding"].create(
            {
                "entity": "employee",
                "namespace": "t-ehr|EMP",
                "value": "E-77",
                "system_id": self.system.id,
                "res_model": "hr.employee",
                "res_id": employee.id,
            }
        )
        self.officer.group_ids = [(4, self.env.ref("hr.group_hr_user").id)]
        self.assertHeld("Employed here: 1", employee)
        employee.active = False
        self.erase(employee)
        self.assertEqual(employee.name, "Doctor Who")
        self.assertFalse(self.env["interop.binding"].search([("value", "=", "E-77")]))

    # -- afterwards --

    def test_a_new_message_makes_a_new_record(self):
        self.erase()
        self.send(self.party("P4711Q", version=1, name="New Person"))
        self.drain_all()
        new = self.partner("P4711Q")
        self.assertTrue(new)
        self.assertNotEqual(new, self.jane)
        self.assertEqual((new.name, new.active), ("New Person", True))
        self.assertIn("Erased", self.jane.name)

    def test_an_old_message_sent_again_is_still_a_duplicate(self):
        body = b"MSH|^~\\&|PAS|GH|O|GH|20260101||ZZT^Z01|X1|P|2.5\rPID|||P4711Q^^^MRN||Winterbourne^Jane\r"
        first = self.receive(body, self.endpoints["hl7v2"])
        self.drain_all()
        self.erase()
        stored = self.env["interop.message"].search_count([])
        again = self.receive(body, self.endpoints["hl7v2"])
        self.assertEqual((again.status, again.body), (first.status, first.body))
        self.assertEqual(self.env["interop.message"].search_count([]), stored)
        self.assertFalse(self.partner("P4711Q"))

    def test_what_was_being_applied_meanwhile_goes_too(self):
        """A drain that had found the record before it was erased, and committed after."""
        self.send(self.party("98", version=1, name="Somebody Else"))
        self.drain_all()
        delivery = self.env["interop.delivery"].search([("subject", "like", "|98")])
        erasure = self.erase()
        delivery.write({"res_id": self.jane.id, "subject": "party/MRN|P4711Q"})
        self.env["interop.version"].create(
            {"res_model": "res.partner", "res_id": self.jane.id, "system_id": self.system.id}
        )
        self.env.flush_all()
        [job] = self.env["queue.job"].search([("method_name", "=", "_look_again")])
        self.assertGreater(job.eta, erasure.done_at)
        erasure.sudo()._look_again()
        self.env.invalidate_all()
        self.assertEqual((erasure.state, erasure.left), ("done", 0))
        self.assertRegex(delivery.subject, "^party/~")
        self.assertEqual(self.contents(delivery.message_id), 0)
        self.assertFalse(
            self.env["interop.version"].search(
                [("res_id", "=", self.jane.id), ("res_model", "=", "res.partner")]
            )
        )

    def test_erased_once_more(self):
        self.erase()
        again = self.erase()
        self.assertEqual(again.state, "done")
        self.assertNotIn("binding", again.line_ids.mapped("kind"))
        self.assertEqual(len(again.digest_ids), 0)

    # -- in batches --

    def many(self, count):
        self.send(*(self.party("P4711Q", version=10 + n, name="W") for n in range(count)))
        self.drain_all()

    def test_many_messages_go_in_batches_that_can_be_interrupted(self):
        self.many(12)
        messages = self.messages_of_jane()
        with patch.object(erasure_doing, "BATCH", 5):
            erasure = self.erase()
            self.assertEqual((erasure.state, erasure.total, erasure.left), ("running", 15, 10))
            # what tells of her by itself is gone at once, whatever is left of the ledger
            self.assertFalse(self.partner("P4711Q"))
            with self.assertRaisesRegex(UserError, "running"), self.env.cr.savepoint():
                self.erase()
            work = erasure.sudo()
            with self.assertRaises(InterruptedError), self.env.cr.savepoint():
                work._step()
                raise InterruptedError
            self.env.invalidate_all()
            self.assertEqual(work.left, 10)
            work._step()
            work._step()
            self.env.invalidate_all()
            self.assertEqual((work.left, work.state), (0, "running"))
            erasure.action_go_on()
            work._step()
            self.assertEqual(work.state, "done")
            ended = work.done_at
            work._step()
        self.assertEqual(work.done_at, ended)
        self.assertEqual(self.contents(messages), 0)
        self.assertFalse([one for one in messages.delivery_ids if "P4711Q" in one.subject])
