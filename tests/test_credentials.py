"""A credential's life: issued, used, replaced without a gap, reminded of, revoked for good."""

from datetime import timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..models.exchange import credential_use
from .common import DoorCase

DAY = timedelta(days=1)
ACTIVITY = "healthcare_interop.activity_credential_expires"


class CredentialCase(DoorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = new_test_user(
            cls.env, "credential-owner", groups="healthcare_interop.group_administrator"
        )

    def setUp(self):
        super().setUp()
        # a test that rotates changes no other's
        self.enterContext(patch.dict(type(self).secrets))
        self.credential = self.endpoint.credential_ids
        self.credential.user_id = self.owner
        self.env.flush_all()
        # what another test's worker has told is another database's as far as this one is concerned
        patcher = patch.dict(credential_use._telling._done, clear=True)
        patcher.start()
        self.addCleanup(patcher.stop)

    def rotate(self, credential, overlap="week", **values):
        """The successor."""
        action = credential.action_rotate()
        form = Form(self.env[action["res_model"]].with_context(**action["context"]))
        form.overlap = overlap
        for name, value in values.items():
            form[name] = value
        issued = form.save().action_issue()
        self.secrets[self.endpoint.code] = issued["context"]["interop_shown_once"]
        self.env.flush_all()
        return credential.successor_id


class TestRotation(CredentialCase):
    def test_both_are_valid_until_the_old_one_ends(self):
        old = self.secrets[self.endpoint.code]
        new = self.rotate(self.credential)
        self.assertEqual((new.user_id, new.scheme), (self.owner, "standard_webhooks"))
        self.assertAlmostEqual(
            self.credential.expires_at, fields.Datetime.now() + 7 * DAY, delta=timedelta(seconds=5)
        )
        secrets = {"old": old, "new": self.secrets[self.endpoint.code]}
        for name, at, status in (
            ("old", 0 * DAY, 202),
            ("new", 0 * DAY, 202),
            ("old", 6.99 * DAY, 202),
            ("old", 7.01 * DAY, 401),
            ("new", 7.01 * DAY, 202),
        ):
            with self.subTest(name, at=at):
                self.secrets[self.endpoint.code] = secrets[name]
                now = fields.Datetime.now().replace(tzinfo=timezone.utc) + at
                self.assertEqual(self.receive(self.party("1"), now=now).status, status)

    def test_an_end_that_comes_sooner_is_not_put_off(self):
        end = fields.Datetime.now() + DAY
        self.credential.expires_at = end
        self.rotate(self.credential, "month")
        self.assertEqual(self.credential.expires_at, end)

    def test_a_sender_changes_from_signatures_to_a_key_and_back_without_a_gap(self):
        signed = self.secrets[self.endpoint.code]
        self.rotate(self.credential, scheme="api_key")
        key = self.secrets[self.endpoint.code]
        self.assertTrue(key.startswith("hio_"))
        by_key = {"authorization": f"Bearer {key}"}
        self.secrets[self.endpoint.code] = signed
        nothing = dict.fromkeys(("webhook-id", "webhook-timestamp", "webhook-signature"), "")
        self.assertEqual(self.receive(self.party("1")).status, 202)
        self.assertEqual(self.receive(self.party("2"), headers=nothing | by_key).status, 202)
        self.credential.action_revoke()
        self.env.flush_all()
        self.assertRefused(self.receive(self.party("3")), 401, "unauthenticated")
        self.assertEqual(self.receive(self.party("3"), headers=nothing | by_key).status, 202)

    def test_a_secret_of_one_scheme_is_none_of_another(self):
        """The key of a credential can't be used as the secret of a signature, nor the other way round."""
        endpoint = self.make_endpoint("json", scheme="api_key")
        key = self.secrets[endpoint.code]
        self.issue(self.endpoint)
        secret = self.secrets[self.endpoint.code]
        for shown in (secret, secret.removeprefix("whsec_"), key):
            headers = {"authorization": f"Bearer {shown}", "webhook-signature": ""}
            self.assertRefused(
                self.receive(self.party("1"), headers=headers), 401, "unauthenticated"
            )

    def test_changing_what_the_next_credential_will_be_closes_nothing(self):
        self.endpoint.scheme = "api_key"
        self.env.flush_all()
        self.assertFalse(self.endpoint.is_without_credential)
        self.endpoint.scheme = "standard_webhooks"
        self.assertEqual(self.receive(self.party("1")).status, 202)

    def test_only_administrators_issue_and_revoke(self):
        operator = new_test_user(
            self.env, "credential-operator", groups="healthcare_interop.group_operator"
        )
        credential = self.credential.with_user(operator)
        self.assertTrue(credential.state)
        for act in (credential.action_revoke, credential._issue):
            with self.assertRaises(AccessError):
                act()
        for model in ("interop.revoke.credential", "interop.issue.credential"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(operator).create({})


class TestRevocation(CredentialCase):
    def wizard(self):
        action = self.credential.action_ask_revoke()
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    def test_the_dialog_says_what_it_would_do_and_asks_why(self):
        form = self.wizard()
        self.assertEqual((form.others, form.is_recent), (0, False))
        self.issue(self.endpoint)
        self.receive(self.party("1"))
        self.after_commit()
        self.secrets[self.endpoint.code] = "whsec_" + "A" * 43 + "="
        form = self.wizard()
        self.assertEqual(form.others, 1)
        with self.assertRaises(AssertionError):
            form.save()
        form.reason = "Found in a log"
        form.save().action_revoke()
        self.assertEqual(self.credential.state, "revoked")
        self.assertIn("Found in a log", self.credential.message_ids[0].body)

    def test_what_was_revoked_stays_revoked(self):
        self.credential.action_revoke()
        for act in (lambda: self.credential.write({"is_revoked": False}), self.credential._issue):
            with self.assertRaises(UserError):
                act()
        self.credential.write({"is_revoked": True, "name": "Leaked"})
        self.assertEqual(self.credential.state, "revoked")


class TestLastUse(CredentialCase):
    def used_at(self):
        self.env.invalidate_all()
        return self.credential.last_used_at

    def uses(self, count, **knock):
        """How many statements about last use ``count`` messages cost."""
        before = self.env.cr.sql_log_count
        said = []
        for _one in range(count):
            said.append(self.receive(self.party("1"), **knock).status)
        self.after_commit()
        self.assertTrue(said)
        return self.env.cr.sql_log_count - before

    def test_it_is_known_after_the_first_message_and_not_written_with_each(self):
        self.assertFalse(self.used_at())
        self.assertEqual(self.receive(self.party("1")).status, 202)
        self.assertFalse(self.used_at(), "nothing with the request itself")
        self.after_commit()
        self.assertAlmostEqual(self.used_at(), fields.Datetime.now(), delta=timedelta(seconds=5))
        with patch.object(
            type(self.env["interop.credential.use"]), "_note", wraps=lambda _id: None
        ):
            without = self.uses(5)
        self.assertEqual(self.uses(5), without)

    def test_a_minute_later_it_is_told_again(self):
        self.receive(self.party("1"))
        self.after_commit()
        self.env.cr.execute("UPDATE interop_credential_use SET used_at = '2020-01-01'")
        self.receive(self.party("2"))
        self.after_commit()
        self.assertEqual(self.used_at().year, 2020)
        for place in credential_use._telling._done:
            credential_use._telling._done[place] -= 60
        self.receive(self.party("3"))
        self.after_commit()
        self.assertGreater(self.used_at().year, 2020)

    def test_it_never_goes_back(self):
        self.receive(self.party("1"))
        self.after_commit()
        self.env.cr.execute("UPDATE interop_credential_use SET used_at = '2100-01-01'")
        credential_use._telling._done.clear()
        self.receive(self.party("2"))
        self.after_commit()
        self.assertEqual(self.used_at().year, 2100)

    def test_a_refusal_is_no_use(self):
        self.receive(self.party("1"), headers={"webhook-signature": "v1,x"})
        self.after_commit()
        self.assertFalse(self.used_at())

    def test_a_use_renews_no_gate(self):
        self.env.cr.execute(
            "SELECT revision FROM interop_endpoint WHERE id = %s", [self.endpoint.id]
        )
        before = self.env.cr.fetchone()
        self.receive(self.party("1"))
        self.after_commit()
        self.assertTrue(self.used_at())
        self.env.cr.execute(
            "SELECT revision FROM interop_endpoint WHERE id = %s", [self.endpoint.id]
        )
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_a_credential_that_is_gone_by_then_disturbs_nobody(self):
        self.env["interop.credential.use"]._note(2**30)
        self.after_commit()
        self.assertFalse(self.env["interop.credential.use"].search([("credential_id", "=", 2**30)]))


@tagged("post_install", "-at_install")
class TestExpiry(CredentialCase):
    def ends_in(self, days, credential=None):
        credential = credential or self.credential
        # as time goes by: no write of a person's, which would begin anew
        self.env.cr.execute(
            "UPDATE interop_credential SET expires_at = now() AT TIME ZONE 'UTC' + %s WHERE id = %s",
            [days * DAY, credential.id],
        )
        credential.invalidate_recordset()

    def cron(self):
        self.env["interop.credential"]._cron_expiry()
        self.env.flush_all()
        self.env.invalidate_all()

    def open_(self, credential=None):
        return (credential or self.credential).activity_search([ACTIVITY])

    def test_its_owner_is_reminded_once_for_each_term(self):
        told = []
        notify = type(self.env["mail.activity"]).action_notify

        def counting(activities):
            told.extend(activities.ids)
            return notify(activities)

        self.patch(type(self.env["mail.activity"]), "action_notify", counting)
        for days, count in (
            (31, 0),
            (29.5, 1),
            (29, 1),
            (8, 1),
            (6.9, 2),
            (3, 2),
            (0.9, 3),
            (0.5, 3),
        ):
            with self.subTest(days=days):
                self.ends_in(days)
                self.cron()
                self.assertEqual(len(told), count)
                self.assertEqual(len(self.open_()), min(count, 1), "one, put anew")
        self.assertEqual(self.open_().user_id, self.owner)
        self.assertIn(self.credential.name, self.open_().summary)
        self.assertNotIn(self.secrets[self.endpoint.code], self.open_().note)

    def test_what_its_owner_has_done_with_comes_back_at_the_next_term_only(self):
        self.ends_in(20)
        self.cron()
        self.open_().action_feedback()
        self.cron()
        self.assertFalse(self.open_())
        self.ends_in(5)
        self.cron()
        self.assertEqual(len(self.open_()), 1)

    def test_it_closes_by_itself(self):
        def revoke():
            self.credential.action_revoke()

        def put_off():
            self.credential.expires_at = fields.Datetime.now() + 90 * DAY

        def for_ever():
            self.credential.expires_at = False

        for settle in (lambda: self.rotate(self.credential), put_off, for_ever, revoke):
            self.credential.successor_id = False
            self.ends_in(20)
            self.credential.reminded_days = 0
            self.cron()
            self.assertEqual(len(self.open_()), 1)
            settle()
            self.assertFalse(self.open_())
            self.cron()
            self.assertFalse(self.open_())

    def test_an_expired_one_stays_on_the_list_of_its_owner(self):
        self.ends_in(0.5)
        self.cron()
        self.ends_in(-2)
        self.cron()
        self.assertEqual(self.credential.state, "expired")
        self.assertEqual(len(self.open_()), 1)

    def test_one_that_was_replaced_is_spoken_of_only_where_it_is_used_still(self):
        self.receive(self.party("1"))
        self.after_commit()
        new = self.rotate(self.credential)
        for days, is_told in ((6, False), (2, False), (0.9, True)):
            self.ends_in(days)
            self.cron()
            self.assertEqual(bool(self.open_()), is_told, days)
        self.assertIn("still in use", self.open_().summary)
        self.assertFalse(self.open_(new))
        self.env.cr.execute("UPDATE interop_credential_use SET used_at = '2020-01-01'")
        self.open_().unlink()
        self.credential.reminded_days = 0
        self.cron()
        self.assertFalse(self.open_())

    def test_who_has_left_or_may_not_see_it_is_not_asked(self):
        for leave in ({"active": False}, {"group_ids": [(5, 0, 0)]}):
            self.owner.write({"active": True})
            self.credential.reminded_days = 0
            self.ends_in(20)
            self.owner.write(leave)
            self.cron()
            user = self.open_().user_id
            self.assertTrue(user.active)
            self.assertNotEqual(user, self.owner)
            self.assertTrue(user.has_group("healthcare_interop.group_administrator"))

    def test_what_is_revoked_or_was_never_issued_is_not_spoken_of(self):
        empty = self.env["interop.credential"].create({"endpoint_id": self.endpoint.id})
        self.credential.action_revoke()
        for credential in (self.credential, empty):
            self.ends_in(5, credential)
        self.cron()
        self.assertFalse(self.open_() + self.open_(empty))

    def test_days_left(self):
        self.ends_in(12.5)
        self.assertEqual(self.credential.days_left, 12)
        self.credential.expires_at = False
        self.assertEqual((self.credential.days_left, self.credential.state), (0, "valid"))
