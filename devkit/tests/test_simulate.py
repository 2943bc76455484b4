"""The load generator, with a door of its own: no network, no database."""

import contextlib
import dataclasses
import datetime as dt
import http.server
import io
import socket
import threading
import unittest

from devkit import hospital, simulate

DATE = dt.date(2026, 11, 23)


def quiet(call, *arguments, **options):
    with contextlib.redirect_stderr(io.StringIO()) as told:
        return call(*arguments, **options), told.getvalue()


class TestPacer(unittest.TestCase):
    """When a message is handed out."""

    def setUp(self):
        self.now, self.slept = 100.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def pacer(self, *offsets):
        (one,) = hospital.stream(seed=2, count=1, date=DATE)
        messages = [
            dataclasses.replace(one, at=one.at + dt.timedelta(seconds=offset)) for offset in offsets
        ]
        return simulate.Pacer(messages, clock=lambda: self.now, sleep=self.sleep)

    def test_a_message_waits_until_it_is_due(self):
        lateness = [late for _sent, late in self.pacer(0, 1, 1.5)]
        self.assertEqual(self.slept, [1.0, 0.5])
        self.assertEqual(lateness, [0.0, 0.0, 0.0])

    def test_a_message_behind_its_time_goes_at_once_and_says_so(self):
        pacer = self.pacer(0, 1)
        next(pacer)
        self.now += 3
        self.assertEqual(next(pacer)[1], 2.0)
        self.assertEqual(self.slept, [])


class TestFigures(unittest.TestCase):
    """What the outcomes add up to."""

    def test_percentiles_of_nothing_are_zero(self):
        self.assertEqual(simulate.percentile([], 0.95), 0.0)

    def test_percentiles_are_values_that_occurred(self):
        self.assertEqual(simulate.percentile(range(1, 101), 0.95), 96)
        self.assertEqual(simulate.percentile([7], 0.99), 7)

    def test_refusals_are_counted_by_status(self):
        outcomes = [simulate.Outcome(status, 5, 0) for status in (202, 200, 503, 0, 503)]
        found = simulate.figures(outcomes)
        self.assertEqual((found["accepted"], found["refused"]), (2, 3))
        self.assertEqual(found["refused_by_status"], {"no answer": 1, "503": 2})


class TestDoor(unittest.TestCase):
    """A request as it goes over the wire."""

    CREDENTIALS = {"demo_ehr": {"kind": "hmac", "secret": "whsec_" + "QUJD" * 8}}

    def setUp(self):
        (one,) = hospital.stream(seed=2, count=1, date=DATE)
        self.sent = dataclasses.replace(
            one, endpoint="demo_ehr", path="/Patient/p-1", method="PUT", headers={"X-One": "1"}
        )

    def test_method_path_and_headers_reach_the_door_signed(self):
        seen = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                seen.update(path=self.path, headers=self.headers, body=body)
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_arguments):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
            threading.Thread(target=server.handle_request, daemon=True).start()
            door = simulate.Door(server.server_port, self.CREDENTIALS)
            self.assertEqual(door.post(self.sent), 202)
        self.assertEqual(seen["path"], "/interop/v1/in/demo_ehr/Patient/p-1")
        self.assertEqual(seen["body"], self.sent.body)
        self.assertEqual(seen["headers"]["X-One"], "1")
        self.assertTrue(seen["headers"]["webhook-signature"].startswith("v1,"))

    def test_a_door_that_nobody_opens_is_status_0(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            port = bound.getsockname()[1]
        self.assertEqual(simulate.Door(port, self.CREDENTIALS).post(self.sent), 0)


class TestRun(unittest.TestCase):
    """Threads, a door that answers, and a line a second."""

    def test_every_message_is_sent_once(self):
        seen, lock = [], threading.Lock()

        def post(sent):
            with lock:
                seen.append(sent)
            return 202

        messages = list(hospital.scenario("normal", rate=400, seconds=0.5, seed=2, date=DATE))
        (tally, _took), told = quiet(
            simulate.run, messages, post, threads=4, count_backlog=lambda: 3, tick_seconds=0.1
        )
        self.assertEqual(len(seen), 200)
        self.assertEqual({id(one) for one in seen}, {id(one) for one in messages})
        self.assertEqual(simulate.figures(tally.all())["accepted"], 200)
        self.assertIn("backlog 3", told)

    def test_settling_ends_when_nothing_is_pending(self):
        left = iter((5, 2, 0))
        (found, _seconds), _told = quiet(
            simulate.settle, 5, count_backlog=lambda: next(left), tick_seconds=0
        )
        self.assertEqual(found, 0)

    def test_settling_ends_when_time_is_up(self):
        (found, _seconds), _told = quiet(simulate.settle, 0, count_backlog=lambda: 9)
        self.assertEqual(found, 9)


if __name__ == "__main__":
    unittest.main()
