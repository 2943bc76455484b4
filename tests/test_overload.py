"""Overload is answered early and in the sender's terms: too much waiting, no connection left, a race lost too often."""

from unittest.mock import patch

import psycopg2
from psycopg2 import errorcodes
from psycopg2.pool import PoolError

from odoo import sql_db
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DoorCase, InteropHttpCase


class TestWaiting(DoorCase):
    def look(self):
        self.env.flush_all()
        self.env["interop.endpoint"]._look_for_overload(self.env.cr)
        self.env.invalidate_all()

    def fill(self, number):
        self.send(*(self.party(f"w{next(self.numbers)}") for _one in range(number)))

    def test_what_is_too_much_is_answered_early_until_a_tenth_is_done(self):
        self.endpoint.max_waiting = 10
        self.env.flush_all()
        self.fill(9)
        self.look()
        self.assertFalse(self.endpoint.is_overloaded)
        self.fill(3)
        self.look()
        self.assertTrue(self.endpoint.is_overloaded)
        stored = self.stored()
        answer = self.receive(self.party("1"))
        self.assertRefused(answer, 503, "overloaded")
        self.assertEqual(dict(answer.headers)["Retry-After"], "30")
        self.assertEqual(self.stored(), stored)
        for left, is_overloaded in ((9, True), (8, False)):
            self.env.cr.execute(
                """
                UPDATE interop_delivery SET state = 'done' WHERE id IN (
                    SELECT id FROM interop_delivery WHERE system_id = %s AND state = 'pending' ORDER BY id OFFSET %s)
                """,
                (self.system.id, left),
            )
            self.look()
            self.assertEqual(self.endpoint.is_overloaded, is_overloaded)
        self.assertEqual(self.receive(self.party("1")).status, 202)

    def test_only_who_proves_itself_learns_of_it(self):
        self.endpoint.is_overloaded = True
        self.env.flush_all()
        bad = {"webhook-signature": "v1," + "A" * 43 + "="}
        self.assertRefused(self.receive(self.party("1"), headers=bad), 401, "unauthenticated")

    def test_fhir_is_told_in_its_terms(self):
        fhir = self.endpoints["fhir"]
        fhir.is_overloaded = True
        self.env.flush_all()
        answer = self.receive({"resourceType": "Patient"}, fhir)
        self.assertEqual((answer.status, answer.content_type), (503, "application/fhir+json"))

    def test_what_waits_for_a_person_or_at_another_system_does_not_count(self):
        other = self.env["interop.system"].create({"name": "Lab", "code": "t-lab"})
        lab = self.make_endpoint("json", system_id=other.id, max_waiting=1)
        self.endpoint.max_waiting = 5
        self.env.flush_all()
        self.fill(5)
        self.env.cr.execute(
            "UPDATE interop_delivery SET not_before = 'infinity' WHERE system_id = %s",
            (self.system.id,),
        )
        self.look()
        self.assertFalse(self.endpoint.is_overloaded or lab.is_overloaded)
        self.env.cr.execute(
            "UPDATE interop_delivery SET not_before = NULL WHERE system_id = %s", (self.system.id,)
        )
        self.look()
        self.assertTrue(self.endpoint.is_overloaded)
        self.assertFalse(lab.is_overloaded)

    def test_an_integration_engine_counts_what_waits_of_those_it_speaks_for(self):
        other = self.env["interop.system"].create({"name": "Engine", "code": "t-engine"})
        engine = self.permitting("json", "t", max_waiting=5)
        engine.system_id = other
        self.env.flush_all()
        self.fill(5)
        self.look()
        self.assertTrue(engine.is_overloaded)

    def test_no_limit_is_no_limit(self):
        self.endpoint.write({"max_waiting": 0, "is_overloaded": True})
        self.look()
        self.assertFalse(self.endpoint.is_overloaded)
        self.fill(5)
        self.look()
        self.assertFalse(self.endpoint.is_overloaded)

    def test_pulse_and_watchdog_look_and_touch_only_what_changes(self):
        self.endpoint.max_waiting = 3
        self.env.flush_all()
        self.fill(3)
        self.env["interop.route"]._pulse()
        self.after_commit()
        self.assertTrue(self.endpoint.is_overloaded)
        revision = self.revision()
        self.env["interop.route"]._cron_watchdog()
        self.assertEqual(self.revision(), revision)
        self.env.cr.execute(
            "UPDATE interop_delivery SET state = 'done' WHERE system_id = %s", (self.system.id,)
        )
        self.env["interop.route"]._cron_watchdog()
        self.env.invalidate_all()
        self.assertFalse(self.endpoint.is_overloaded)
        self.assertNotEqual(self.revision(), revision)

    def revision(self):
        self.env.cr.execute(
            "SELECT revision FROM interop_endpoint WHERE id = %s", (self.endpoint.id,)
        )
        return self.env.cr.fetchone()

    def test_the_door_asks_nothing_more_for_it(self):
        self.endpoint.max_waiting = 1000
        self.env.flush_all()
        self.receive(self.party("1"))
        knock = self.knock(self.party("2"))
        before = self.env.cr.sql_log_count
        self.assertEqual(self.env["interop.door"]._receive(knock).status, 202)
        self.assertEqual(self.env.cr.sql_log_count - before, 1)


@tagged("post_install", "-at_install")
class TestNoConnection(InteropHttpCase):
    def post(self):
        knock = self.knock(self.party("1"))
        return self.url_open(
            knock.path,
            data=knock.read(),
            headers={**knock.headers, "Content-Type": knock.content_type},
        )

    def assertUnavailable(self, response):
        self.assertEqual(response.status_code, 503, response.text[:300])
        self.assertEqual(response.headers["Content-Type"], "application/problem+json")
        self.assertEqual(response.json()["code"], "unavailable")
        self.assertGreater(int(response.headers["Retry-After"]), 0)

    def test_a_pool_that_is_full_before_the_route_is_known(self):
        # Odoo keeps the answer with the exception: one for each request
        full = [PoolError("The Connection Pool Is Full") for _request in range(2)]
        with (
            patch.object(self.env.registry, "cursor", side_effect=full),
            mute_logger("odoo.http"),
        ):
            self.assertUnavailable(self.post())
            page = self.url_open("/web/login")
        self.assertEqual(page.status_code, 500)
        self.assertIn("text/html", page.headers["Content-Type"])

    def test_a_pool_that_is_full_within_the_door(self):
        self.endpoint.rate_limit = 5
        self.env.flush_all()
        rate = self.env.registry["interop.rate"]
        with (
            patch.object(rate, "_take", side_effect=PoolError("The Connection Pool Is Full")),
            mute_logger("odoo.http"),
        ):
            self.assertUnavailable(self.post())

    def test_what_postgresql_cannot_do_just_now_and_what_it_never_can(self):
        door = self.env.registry["interop.door"]
        for code, status in (
            (errorcodes.TOO_MANY_CONNECTIONS, 503),
            (errorcodes.ADMIN_SHUTDOWN, 503),
            (errorcodes.SERIALIZATION_FAILURE, 503),
            (None, 503),
            (errorcodes.PROGRAM_LIMIT_EXCEEDED, 500),
        ):
            error = type("Trouble", (psycopg2.OperationalError,), {"pgcode": code})()
            with (
                self.subTest(code),
                patch.object(door, "_gate", side_effect=error),
                mute_logger("odoo.http", "odoo.service.model"),
                patch("odoo.service.model.time.sleep"),
            ):
                response = self.post()
                if status == 503:
                    self.assertUnavailable(response)
                else:
                    self.assertEqual(response.status_code, 500)
                    self.assertEqual(response.json()["code"], "internal_error")

    def test_odoos_pool_says_so_with_the_error_we_know(self):
        """What the others replace by a mock."""
        pool = sql_db.ConnectionPool(maxconn=1)
        _name, info = sql_db.connection_info_for(self.env.cr.dbname)
        held = pool.borrow(info)
        try:
            with self.assertRaises(PoolError):
                pool.borrow(info)
        finally:
            pool.give_back(held, keep_in_pool=False)
