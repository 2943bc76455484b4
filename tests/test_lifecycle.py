"""How an endpoint ends: senders are told beforehand, its owner is reminded, and what is retired answers 410."""

import json
from collections import defaultdict
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..core.audit_sampling import Sampler
from ..models.attention import audit_door
from .common import DoorCase, InteropHttpCase

ACTIVITY = "healthcare_interop.activity_sunset"
ENDS = ("Deprecation", "Sunset", "Link")


class LifecycleMixin:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.successor = cls.make_endpoint("json", code="t-next")
        cls.administrator = new_test_user(
            cls.env, "lifecycle-administrator", groups="healthcare_interop.group_administrator"
        )
        cls.operator = new_test_user(
            cls.env, "lifecycle-operator", groups="healthcare_interop.group_operator"
        )
        cls.endpoint.user_id = cls.administrator
        cls.env.flush_all()

    def deprecate(self, endpoint=None, *, days=180, successor=None):
        wizard = self.env["interop.deprecate.endpoint"].with_user(self.administrator)
        form = Form(wizard.with_context(default_endpoint_id=(endpoint or self.endpoint).id))
        form.sunset = fields.Date.today() + timedelta(days=days)
        if successor:
            form.successor_id = successor
        form.reason = "Everybody moves"
        form.save().action_deprecate()
        self.env.flush_all()

    def retire(self, endpoint=None, *, is_agreed=False):
        wizard = self.env["interop.retire.endpoint"].with_user(self.administrator)
        form = Form(wizard.with_context(default_endpoint_id=(endpoint or self.endpoint).id))
        form.reason = "It is over"
        record = form.save()
        record.is_agreed = is_agreed
        record.action_retire()
        self.env.flush_all()

    def told(self, answer):
        return {name: value for name, value in answer.headers if name in ENDS}


@tagged("post_install", "-at_install")
class TestEnding(LifecycleMixin, DoorCase):
    def test_what_is_active_tells_nothing_of_an_end(self):
        self.assertEqual(self.endpoint.status, "active")
        self.assertEqual(self.told(self.receive(self.party("1"))), {})

    def test_the_deprecated_takes_messages_and_tells_its_end_with_each_answer(self):
        self.endpoint.tz = "America/New_York"
        self.deprecate(successor=self.successor)
        self.assertEqual(self.endpoint.status, "deprecated")
        answer = self.receive(self.party("1"))
        self.assertEqual(answer.status, 202)
        told = self.told(answer)
        self.assertEqual(told["Deprecation"], f"@{int(self.endpoint.deprecated_at.timestamp())}")
        # the last second of the last day where the endpoint is
        self.assertRegex(told["Sunset"], r"(03|04):59:59 GMT$")
        self.assertEqual(told["Link"], '</interop/v1/in/t-next>; rel="successor-version"')
        # refusals after the door tell it, too
        self.assertEqual(self.told(self.receive(b"{")), told)
        self.assertEqual(self.told(self.receive([{}, {}])), told)
        # and nobody hears of it who has not proved who it is
        for headers in ({"webhook-signature": "v1,x"}, {"webhook-id": ""}):
            answer = self.receive(self.party("2"), headers=headers)
            self.assertEqual((answer.status, self.told(answer)), (401, {}))
        answer = self.receive(b"{}", content_type="text/xml")
        self.assertEqual((answer.status, self.told(answer)), (415, {}))

    def test_the_successors_address_follows_it(self):
        self.deprecate(successor=self.successor)
        self.receive(self.party("1"))
        self.successor.code = "t-later"
        self.env.flush_all()
        self.assertIn("/in/t-later>", self.told(self.receive(self.party("2")))["Link"])
        self.successor.active = False
        self.env.flush_all()
        self.endpoint.name = "its gate is read anew"
        self.env.flush_all()
        self.assertNotIn("Link", self.told(self.receive(self.party("3"))))

    def test_the_retired_is_gone_for_who_proves_itself_and_nothing_for_others(self):
        unknown = self.receive(self.party("1"), headers={"webhook-signature": "v1,x"})
        for endpoint in (*self.endpoints.values(), self.successor):
            with self.subTest(endpoint.format):
                self.retire(endpoint)
                body = self.hl7() if endpoint.format == "hl7v2" else {"resourceType": "Patient"}
                answer = self.receive(body, endpoint)
                self.assertEqual(answer.status, 410)
                if endpoint.format == "fhir":
                    [issue] = json.loads(answer.body)["issue"]
                    self.assertEqual(issue["details"]["coding"][0]["code"], "interface_retired")
                else:
                    self.assertRefused(answer, 410, "interface_retired")
                refused = self.receive(body, endpoint, headers={"webhook-signature": "v1,x"})
                self.assertEqual(refused, unknown)
        self.assertEqual(self.stored(), 0)

    def test_the_retired_says_what_took_its_place(self):
        self.deprecate(days=0, successor=self.successor)
        self.retire()
        answer = self.receive(self.party("1"))
        self.assertRefused(answer, 410, "interface_retired")
        self.assertEqual(set(self.told(answer)), set(ENDS))

    def test_what_was_retired_is_taken_back_and_resumed(self):
        self.retire()
        self.endpoint.with_user(self.administrator).action_take_back()
        self.env.flush_all()
        self.assertRefused(self.receive(self.party("1")), 503, "endpoint_paused")
        self.endpoint.with_user(self.operator).action_live()
        self.env.flush_all()
        self.assertEqual(self.receive(self.party("1")).status, 202)
        with self.assertRaises(ValidationError):
            self.endpoint.with_user(self.administrator).action_take_back()

    def test_nothing_leads_on_from_retired_but_taking_back(self):
        self.retire()
        for step in ("action_test", "action_live", "action_pause", "action_draft"):
            with self.assertRaises(ValidationError):
                getattr(self.endpoint, step)()
        with self.assertRaises(UserError):
            self.deprecate()
        with self.assertRaises(ValidationError):
            self.retire()

    def test_it_stays_after_all(self):
        self.deprecate(successor=self.successor)
        self.endpoint.with_user(self.administrator).action_undeprecate()
        self.env.flush_all()
        self.assertEqual(self.endpoint.status, "active")
        self.assertEqual(self.told(self.receive(self.party("1"))), {})

    def test_a_further_look_at_an_end_changes_the_day_and_not_the_beginning(self):
        self.deprecate(successor=self.successor)
        since = self.endpoint.deprecated_at
        wizard = Form(
            self.env["interop.deprecate.endpoint"].with_context(
                default_endpoint_id=self.endpoint.id
            )
        )
        self.assertEqual(wizard.successor_id, self.successor)
        self.assertEqual(wizard.sunset, fields.Date.today() + timedelta(days=180))
        self.deprecate(days=7)
        self.assertEqual(self.endpoint.deprecated_at, since)
        self.assertEqual(self.endpoint.sunset_at.date(), fields.Date.today() + timedelta(days=7))

    def test_only_administrators_end_an_interface(self):
        endpoint = self.endpoint.with_user(self.operator)
        for act in (
            lambda: endpoint._deprecate(sunset=False, successor=self.successor, reason="x"),
            endpoint.action_undeprecate,
            lambda: endpoint._retire(reason="x"),
            endpoint.action_take_back,
        ):
            with self.assertRaises(AccessError):
                act()
        for model in ("interop.deprecate.endpoint", "interop.retire.endpoint"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.operator).create({"endpoint_id": endpoint.id})

    def test_what_is_still_called_is_retired_only_by_who_says_that_they_know(self):
        self.send(self.party("1"))
        with self.assertRaises(UserError):
            self.retire()
        self.retire(is_agreed=True)
        self.assertEqual(self.endpoint.status, "retired")

    def test_an_end_that_makes_no_sense_is_refused(self):
        with self.assertRaises(UserError):
            self.deprecate(days=-1)
        with (
            self.assertRaises(psycopg2.errors.CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.endpoint.write({"successor_id": self.endpoint.id})
            self.env.flush_all()
        company = self.env["res.company"].create({"name": "Another hospital"})
        other = self.env["interop.system"].create(
            {"name": "Other", "code": "t-other", "company_id": company.id}
        )
        theirs = self.make_endpoint("json", system_id=other.id)
        with self.assertRaises(ValidationError):
            self.endpoint.write({"successor_id": theirs.id})

    def test_every_step_is_on_the_record(self):
        # what other tests were refused is another worker's
        self.patch(audit_door, "_refusals", defaultdict(Sampler))
        entries = self.env["interop.audit.entry"]
        newest = entries.search([], limit=1, order="id desc").id or 0
        self.deprecate()
        self.retire()
        self.receive(self.party("1"))
        self.env.flush_all()
        found = entries.search([("id", ">", newest), ("res_id", "=", self.endpoint.id)], order="id")
        by_action = {
            entry.action: entry for entry in found if entry.res_model == "interop.endpoint"
        }
        self.assertIn("sunset_at", by_action["changed"].details)
        self.assertIn('"retired"', by_action["endpoint_state"].details)
        self.assertEqual(by_action["endpoint_state"].actor_id, self.administrator.id)
        self.assertIn("interface_retired", by_action["refused"].details)
        said = " ".join(self.endpoint.message_ids.mapped("body"))
        self.assertIn("Everybody moves", said)
        self.assertIn("It is over", said)


@tagged("post_install", "-at_install")
class TestReminders(LifecycleMixin, DoorCase):
    def activity(self):
        return self.endpoint.activity_search([ACTIVITY])

    def remind(self, days):
        """The activity after the cron has run ``days`` before the sunset."""
        self.endpoint.write(
            {
                "deprecated_at": fields.Datetime.now() - timedelta(days=400),
                "sunset_at": self.end,
            }
        )
        with self.clock(self.end - timedelta(days=days)):
            self.env["interop.endpoint"]._cron_sunset()
        return self.activity()

    def setUp(self):
        super().setUp()
        self.end = fields.Datetime.now() + timedelta(days=100)

    def clock(self, moment):
        return patch.object(fields.Datetime, "now", staticmethod(lambda *args: moment))

    def test_the_owner_is_reminded_once_for_each_term(self):
        self.assertFalse(self.remind(31))
        terms = []
        for days in (30, 29, 8, 7, 6, 1, 0):
            self.remind(days)
            terms.append(self.endpoint.reminded_days)
        self.assertEqual(terms, [30, 30, 30, 7, 7, 1, 1])
        activity = self.activity()
        self.assertEqual(len(activity), 1)
        self.assertEqual(
            (activity.user_id, activity.date_deadline), (self.administrator, self.end.date())
        )
        self.assertIn("Nobody has called it", activity.note)

    def test_the_reminder_names_who_still_calls(self):
        self.send(self.party("1"))
        self.assertIn("Test EHR", self.remind(7).note)

    def test_it_closes_once_there_is_nothing_left_to_do(self):
        for settle in (
            self.endpoint.action_undeprecate,
            lambda: self.endpoint._retire(reason="x"),
            lambda: self.endpoint.write({"sunset_at": self.end + timedelta(days=300)}),
        ):
            self.endpoint.state = "live"
            self.endpoint.reminded_days = 0
            self.assertTrue(self.remind(7))
            with self.clock(self.end - timedelta(days=7)):
                settle()
            self.assertFalse(self.activity())

    def test_what_is_not_deprecated_reminds_nobody(self):
        self.endpoint.sunset_at = fields.Datetime.now() + timedelta(days=1)
        self.env["interop.endpoint"]._cron_sunset()
        self.assertFalse(self.activity())

    def test_where_the_owner_is_gone_an_administrator_is_reminded(self):
        self.endpoint.user_id = False
        reminded = self.remind(7).user_id
        self.assertTrue(reminded.has_group("healthcare_interop.group_administrator"))


@tagged("post_install", "-at_install")
class TestEndingHttp(LifecycleMixin, InteropHttpCase):
    def test_headers_cross_the_wire(self):
        self.deprecate(successor=self.successor)
        for retired, status in ((False, 202), (True, 410)):
            if retired:
                self.retire(is_agreed=True)
            knock = self.knock(self.party(f"p{status}"))
            headers = {**knock.headers, "Content-Type": knock.content_type}
            response = self.url_open(knock.path, data=knock.read(), headers=headers)
            self.assertEqual(response.status_code, status, response.text)
            for name in ENDS:
                self.assertIn(name, response.headers)
            self.assertEqual(
                response.headers["Link"], '</interop/v1/in/t-next>; rel="successor-version"'
            )
