"""Rate limits at the door: who is let in how fast, what it is told, and what a request takes however often it is run."""

import json
from unittest.mock import patch

from psycopg2 import errorcodes
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..core.rate import Bucket, Limit, Standing, take
from ..models.exchange.rate import Rate
from .common import NDJSON, DoorCase, InteropHttpCase

LONG = 10**9


class RateCase(DoorCase):
    def limit(self, record, count, period="hour", burst=1):
        record.write({"rate_limit": count, "rate_period": period, "rate_burst": burst})
        self.env.flush_all()

    def let_pass(self, seconds):
        """As though this much time had passed since the last message."""
        self.env.cr.execute(
            "UPDATE interop_rate SET full_at = full_at - %s, seen_at = seen_at - %s",
            (seconds * LONG, seconds * LONG),
        )

    def ask(self, *messages, endpoint=None, **more):
        """The status, Retry-After and RateLimit of one request."""
        self.answer = self.receive(list(messages) or self.party("1"), endpoint, **more)
        told = dict(self.answer.headers)
        return self.answer.status, told.get("Retry-After"), told.get("RateLimit")


class TestRate(RateCase):
    def test_without_limits_there_is_no_statement_and_no_header(self):
        with patch.object(Rate, "_take", side_effect=AssertionError("asked")):
            self.assertEqual(self.ask(), (202, None, None))

    def test_a_burst_then_the_rate(self):
        self.limit(self.endpoint, 60, "minute", 3)
        self.assertEqual(self.ask(), (202, None, '"endpoint";r=2;t=1'))
        self.assertEqual(self.ask(), (202, None, '"endpoint";r=1;t=2'))
        self.assertEqual(self.ask(), (202, None, '"endpoint";r=0;t=3'))
        self.assertEqual(self.ask(), (429, "1", '"endpoint";r=0;t=3'))
        self.assertIn(("RateLimit-Policy", '"endpoint";q=60;w=60'), self.answer.headers)
        self.let_pass(1)
        self.assertEqual(self.ask()[0], 202)
        self.assertEqual(self.ask()[0], 429)
        self.assertEqual(self.stored(), 4)

    def test_a_refusal_is_told_in_the_senders_terms_and_stores_nothing(self):
        bodies = {
            "json": self.party("1"),
            "cloudevents": {**self.party("1"), "specversion": "1.0"},
            "hl7v2": self.hl7("1"),
            "fhir": {"resourceType": "Patient", "id": "p"},
        }
        for format_, body in bodies.items():
            endpoint = self.endpoints[format_]
            self.limit(endpoint, 1)
            with self.subTest(format_):
                self.assertIn(self.receive(body, endpoint).status, (200, 202))
                before = self.stored()
                answer = self.receive(body, endpoint)
                self.assertEqual(answer.status, 429)
                self.assertEqual(dict(answer.headers)["Retry-After"], "3600")
                if format_ == "fhir":
                    self.assertEqual(answer.content_type, "application/fhir+json")
                    [issue] = json.loads(answer.body)["issue"]
                    self.assertEqual(issue["code"], "throttled")
                else:
                    said = self.assertRefused(answer, 429, "rate_limited")
                    self.assertEqual(said["detail"], "endpoint")
                self.assertEqual(self.stored(), before)

    def test_a_credential_has_its_own_limit_and_takes_nothing_from_the_others(self):
        self.limit(self.endpoint, 100, "hour", 10)
        slow = self.endpoint.credential_ids
        slow_secret = self.secrets[self.endpoint.code]
        self.addCleanup(self.secrets.update, {self.endpoint.code: slow_secret})
        self.issue(self.endpoint)
        fast_secret = self.secrets[self.endpoint.code]
        self.limit(slow, 2, "hour", 2)
        self.secrets[self.endpoint.code] = slow_secret
        self.assertEqual(self.ask()[2], '"credential";r=1;t=1800, "endpoint";r=9;t=36')
        self.assertEqual(self.ask()[0], 202)
        for _again in range(5):
            status, wait, told = self.ask()
            self.assertEqual((status, wait), (429, "1800"))
            self.assertIn('"endpoint";r=8', told)
        self.secrets[self.endpoint.code] = fast_secret
        self.assertEqual(self.ask(), (202, None, '"endpoint";r=7;t=108'))

    def test_who_does_not_prove_itself_takes_nothing_and_learns_nothing(self):
        self.limit(self.endpoint, 1)
        bad = {"webhook-signature": "v1," + "A" * 43 + "="}
        for _again in range(3):
            self.assertEqual(self.ask(headers=bad), (401, None, None))
        self.assertEqual(self.ask()[0], 202)
        self.assertEqual(self.ask(headers=bad), (401, None, None))

    def test_nor_who_comes_while_the_endpoint_is_closed(self):
        self.limit(self.endpoint, 1)
        self.endpoint.action_pause()
        self.env.flush_all()
        self.assertEqual(self.ask()[0], 503)
        self.endpoint.action_live()
        self.env.flush_all()
        self.assertEqual(self.ask()[0], 202)

    def test_rubbish_takes_a_token(self):
        self.limit(self.endpoint, 100, "hour", 2)
        self.assertEqual(self.receive(b"{").status, 400)
        self.assertEqual(self.receive(b"\x00\xff" * 50).status, 400)
        self.assertEqual(self.ask()[0], 429)

    def test_a_batch_takes_as_many_as_it_has_and_the_next_waits_for_what_is_owed(self):
        self.limit(self.endpoint, 60, "minute", 10)
        batch = [self.party(str(number)) for number in range(25)]
        self.assertEqual(self.ask(*batch), (202, None, '"endpoint";r=0;t=25'))
        self.assertEqual(self.ask()[:2], (429, "16"))
        self.let_pass(15)
        self.assertEqual(self.ask()[:2], (429, "1"))
        self.let_pass(1)
        self.assertEqual(self.ask()[0], 202)

    def test_messages_that_were_bad_count_too(self):
        self.limit(self.endpoint, 60, "minute", 10)
        self.endpoint.batch_mode = "good"
        self.env.flush_all()
        lines = b"\n".join([json.dumps(self.party("1")).encode(), *[b"{"] * 4])
        answer = self.receive(lines, content_type=NDJSON)
        self.assertEqual(answer.status, 202, answer.body)
        self.assertIn(("RateLimit", '"endpoint";r=5;t=5'), answer.headers)

    def test_a_limit_that_was_changed_holds_with_the_next_message(self):
        self.assertEqual(self.ask()[0], 202)
        self.limit(self.endpoint, 1)
        self.assertEqual([self.ask()[0] for _again in range(3)], [202, 429, 429])
        self.limit(self.endpoint, 100, "second", 50)
        self.assertEqual(self.ask()[0], 202)
        self.limit(self.endpoint, 0)
        self.assertEqual(self.ask(), (202, None, None))

    def test_a_worker_that_kept_the_old_limit_learns_of_the_new_one(self):
        """Whoever changes it, and however."""
        self.limit(self.endpoint, 1)
        self.assertEqual([self.ask()[0] for _again in range(2)], [202, 429])
        self.env.cr.execute(
            "UPDATE interop_endpoint SET rate_limit = 0 WHERE id = %s", (self.endpoint.id,)
        )
        self.assertEqual(self.ask()[0], 202)
        self.env.cr.execute(
            "UPDATE interop_credential SET rate_limit = 1, rate_burst = 1 WHERE endpoint_id = %s",
            (self.endpoint.id,),
        )
        self.assertEqual([self.ask()[0] for _again in range(2)], [202, 429])

    def test_a_run_that_finds_the_gate_changed_takes_one_token(self):
        self.limit(self.endpoint, 100, "hour", 10)
        self.ask()
        self.env.cr.execute(
            "UPDATE interop_endpoint SET payload_days = 29 WHERE id = %s", (self.endpoint.id,)
        )
        self.assertIn('"endpoint";r=8', self.ask()[2])

    def test_a_request_that_is_run_again_takes_nothing_again(self):
        self.limit(self.endpoint, 100, "hour", 10)
        for body, left in ((self.party("1"), 9), ([self.party("2"), self.party("3")], 7)):
            knock = self.knock(body)
            for _run in range(3):
                answer = self.env["interop.door"]._receive(knock)
                self.assertEqual(answer.status, 202)
                self.assertIn(f'"endpoint";r={left};', dict(answer.headers)["RateLimit"])

    def test_after_a_crash_everybody_begins_with_a_full_burst(self):
        """PostgreSQL empties an unlogged table then."""
        self.env.cr.execute("SELECT relpersistence FROM pg_class WHERE relname = 'interop_rate'")
        self.assertEqual(self.env.cr.fetchone(), ("u",))
        self.limit(self.endpoint, 1)
        self.assertEqual([self.ask()[0] for _again in range(2)], [202, 429])
        self.env.cr.execute("DELETE FROM interop_rate")
        self.assertEqual([self.ask()[0] for _again in range(2)], [202, 429])

    def test_full_buckets_are_forgotten_and_no_others(self):
        self.limit(self.endpoint, 1)
        self.ask()
        for days, kept in ((0, 1), (2, 0)):
            self.let_pass(days * 86400)
            self.env["interop.route"]._cron_watchdog()
            self.env.cr.execute(
                "SELECT count(*) FROM interop_rate WHERE key LIKE %s",
                (f"endpoint/{self.endpoint.id}/%",),
            )
            self.assertEqual(self.env.cr.fetchone(), (kept,))

    def test_one_message_costs_one_statement_more_and_a_batch_two(self):
        def count(body):
            self.env.flush_all()
            knock = self.knock(body)
            before = self.env.cr.sql_log_count
            self.assertEqual(self.env["interop.door"]._receive(knock).status, 202)
            return self.env.cr.sql_log_count - before

        batch = [self.party(str(number)) for number in range(20)]
        self.ask()
        plain, plain_batch = count(self.party("1")), count(batch)
        self.limit(self.endpoint, 1000, "second", 1000)
        self.limit(self.endpoint.credential_ids, 1000, "second", 1000)
        self.ask()
        self.assertEqual(count(self.party("1")) - plain, 1)
        batch = [self.party(str(number)) for number in range(20)]
        self.assertEqual(count(batch) - plain_batch, 2)


class TestArithmetic(RateCase):
    """The statement and the core agree, step by step."""

    def test_the_statement_does_what_the_core_does(self):
        rate = self.env["interop.rate"]
        first = Limit("a", "a", 7, 60, 3)
        second = Limit("b", "b", 5000, 3600, 2)
        steps = [
            ((first,), 1, False, 0),
            ((first, second), 1, False, 0),
            ((first, second), 1, False, 0),
            ((second, first), 1, False, 0),
            ((first,), 1, False, 0),
            ((second,), 40, True, 0),
            ((second, first), 1, False, 9),
            ((first,), 2, False, 30),
            ((first,), 3, True, -3600),
            ((first, second), 1, False, 0),
            ((first, second), 1, False, 3700),
        ]
        outcomes = []
        for place, (limits, tokens, is_owed, seconds) in enumerate(steps):
            self.let_pass(seconds)
            before = self._buckets(limits)
            is_taken, standings = rate._take(limits, tokens, is_owed=is_owed)
            now = self._now(limits, is_taken)
            if now is None:
                # refused: nothing was written, so the statement's moment follows from what it told
                now = max(b.full_at for b in before) - max(s.fills_in for s in standings)
                now = next(
                    b.full_at - s.fills_in for b, s in zip(before, standings, strict=True) if s.wait
                )
            expected, after = take(limits, before, now, tokens=tokens, is_owed=is_owed)
            with self.subTest(place):
                self.assertEqual(is_taken, expected)
                told = [
                    Standing(one, b.full_at - now) for one, b in zip(limits, after, strict=True)
                ]
                self.assertEqual(list(standings), told)
                self.assertEqual(self._buckets(limits) == before, not is_taken)
            outcomes.append(is_taken)
        self.assertEqual(set(outcomes), {True, False})

    def _buckets(self, limits):
        self.env.cr.execute(
            "SELECT key, full_at, seen_at FROM interop_rate WHERE key = ANY(%s) ORDER BY slot",
            ([limit.key for limit in limits],),
        )
        found = {row[0]: Bucket(*row[1:]) for row in self.env.cr.fetchall()}
        return [found.get(limit.key) for limit in limits]

    def _now(self, limits, is_taken):
        return self._buckets(limits)[0].seen_at if is_taken else None


class TestScreens(RateCase):
    def user(self, role):
        return new_test_user(self.env, f"rate-{role}", groups=f"healthcare_interop.group_{role}")

    def test_an_administrator_sets_what_a_viewer_sees(self):
        with Form(self.endpoint.with_user(self.user("administrator"))) as form:
            form.rate_limit = 60
            form.rate_period = "minute"
            form.rate_burst = 3
            form.max_waiting = 7
        self.env.flush_all()
        seen = self.endpoint.with_user(self.user("viewer"))
        self.assertEqual(seen.read(["rate_limit", "max_waiting"])[0]["rate_limit"], 60)
        self.assertEqual(seen.rate_use, "Nobody is sending: 3 may come at once.")
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            seen.rate_limit = 1
        self.ask()
        self.assertEqual(seen.rate_use, "2 of 3 may come at once.")
        self.ask(*[self.party(str(number)) for number in range(4)])
        self.assertRegex(seen.rate_use, r"^Used up: the next may come in \d\.\d s\.$")
        self.let_pass(3600)
        self.env.invalidate_all()
        self.assertEqual(seen.rate_use, "Nobody is sending: 3 may come at once.")

    def test_a_credentials_use_is_seen_by_who_sees_credentials(self):
        credential = self.endpoint.credential_ids
        self.assertFalse(credential.rate_use)
        self.limit(credential, 2, "hour", 2)
        self.ask()
        operator = credential.with_user(self.user("operator"))
        self.assertEqual(operator.rate_use, "1 of 2 may come at once.")
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            operator.rate_limit = 1

    def test_a_form_not_saved_yet_has_no_use(self):
        form = Form(self.env["interop.endpoint"])
        form.rate_limit = 5
        self.assertFalse(form.rate_use)

    def test_rotating_keeps_the_limit(self):
        credential = self.endpoint.credential_ids
        self.limit(credential, 7, "minute", 3)
        action = credential.action_rotate()
        wizard = self.env["interop.issue.credential"].with_context(**action["context"]).create({})
        wizard.action_issue()
        newest = self.endpoint.credential_ids.sorted("id")[-1]
        self.assertNotEqual(newest, credential)
        self.assertEqual(
            (newest.rate_limit, newest.rate_period, newest.rate_burst), (7, "minute", 3)
        )


@tagged("post_install", "-at_install")
class TestRateHttp(InteropHttpCase):
    """Through the real route, and Odoo's own loop that runs a request again."""

    def post(self, body):
        knock = self.knock(body)
        return self.url_open(
            knock.path,
            data=knock.read(),
            headers={**knock.headers, "Content-Type": knock.content_type},
        )

    def test_too_many_are_told_when_to_come_back(self):
        self.endpoint.write({"rate_limit": 1, "rate_period": "hour"})
        self.env.flush_all()
        self.assertEqual(self.post(self.party("1")).status_code, 202)
        refused = self.post(self.party("2"))
        self.assertEqual(refused.status_code, 429)
        self.assertEqual(refused.headers["Content-Type"], "application/problem+json")
        self.assertEqual(refused.headers["Retry-After"], "3600")
        self.assertEqual(refused.headers["RateLimit-Policy"], '"endpoint";q=1;w=3600')
        self.assertEqual(refused.headers["RateLimit"], '"endpoint";r=0;t=3600')
        page = self.url_open(refused.json()["type"])
        self.assertEqual(page.status_code, 200)
        self.assertIn("Retry-After", page.text)

    def test_a_serialization_failure_takes_no_second_token(self):
        self.endpoint.write({"rate_limit": 100, "rate_period": "hour", "rate_burst": 10})
        self.env.flush_all()
        door = self.env.registry["interop.door"]
        store, asked, runs = door._store, [], []

        def failing(this, *args):
            runs.append(1)
            if len(runs) < 3:
                raise Conflict
            return store(this, *args)

        def counted(this, limits, tokens, **more):
            asked.append(tokens)
            return take_tokens(this, limits, tokens, **more)

        take_tokens = self.env.registry["interop.rate"]._take
        body = [self.party("1"), self.party("2"), self.party("3")]
        with (
            patch.object(door, "_store", failing),
            patch.object(self.env.registry["interop.rate"], "_take", counted),
            patch("odoo.service.model.time.sleep"),
            mute_logger("odoo.service.model"),
        ):
            response = self.post(body)
        self.assertEqual(response.status_code, 202, response.text)
        self.assertEqual(len(runs), 3)
        self.assertEqual(asked, [1, 2])
        self.assertTrue(response.headers["RateLimit"].startswith('"endpoint";r=7;'))
        self.assertEqual(response.headers["RateLimit-Policy"], '"endpoint";q=100;w=3600')


class Conflict(SerializationFailure):
    pgcode = errorcodes.SERIALIZATION_FAILURE
