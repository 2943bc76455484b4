"""The bench's own arithmetic, and its senders against a server that misbehaves."""

import socket
import threading
import unittest

from benchmarks.speed import figures, load, report


def case(*rounds, **more):
    made = figures.Case("door.door", "Our door", **more)
    for messages, seconds in rounds:
        made.add(messages=messages, seconds=seconds)
    return made


class Server:
    """Answers the first connections as told: bytes, or None to hang up at once."""

    def __init__(self, *answers):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.received = []
        self.thread = threading.Thread(target=self._serve, args=(answers,), daemon=True)
        self.thread.start()

    def _serve(self, answers):
        for answer in answers:
            peer, _address = self.socket.accept()
            with peer:
                self.received.append(peer.recv(65536))
                if answer:
                    peer.sendall(answer)
        self.socket.close()


class BenchTest(unittest.TestCase):
    def test_the_rate_is_the_median_of_rounds(self):
        self.assertEqual(50, case((100, 1), (100, 2), (100, 10)).rate)

    def test_ratios_compare_rounds_run_beside_each_other(self):
        ours, theirs = case((100, 1), (50, 1), (10, 1)), case((50, 1), (25, 1), (100, 1))
        self.assertEqual(2, figures.ratio(ours, theirs))

    def test_lost_and_doubled_are_counted_apart(self):
        told = case()
        told.add(messages=10, seconds=1, found=8)
        told.add(messages=10, seconds=1, found=11)
        self.assertEqual((2, 1), (told.lost, told.doubled))
        told.add(messages=10, seconds=1, found=7, refused=3)
        self.assertEqual((2, 1), (told.lost, told.doubled))

    def test_nobody_claims_what_was_not_counted(self):
        told = case((10, 1))
        self.assertEqual((None, None, None), (told.lost, told.doubled, told.per_message("rows")))

    def test_a_bar_is_held_or_not(self):
        for figure, held in ((0.7, True), (0.69, False), (None, False)):
            self.assertIs(figures.Bar("", figure, least=0.7).is_held, held)

    def test_percentiles(self):
        told = case()
        told.add(messages=100, seconds=1, milliseconds=list(range(100)))
        self.assertEqual((50, 99), (told.percentile(0.5), told.percentile(0.99)))

    def test_a_full_table_has_a_line_for_each_case_and_bar(self):
        made = case((100, 1), senders=8)
        result = {
            "date": "2026-01-01",
            "machine": {
                "processor": "",
                "memory_gb": 1,
                "python": "",
                "odoo": "",
                "postgresql": "",
            },
            "rounds": 1,
            "cases": [made.told()],
            "bars": [figures.Bar("door ÷ floor", 0.5, least=0.7).told()],
        }
        told = report.rst(result)
        self.assertIn("Our door, 8 senders", told)
        self.assertIn("**missed**", told)
        self.assertIn("MISSED", report.text(result))

    def test_every_answer_is_counted_and_a_hung_up_one_too(self):
        server = Server(b"HTTP/1.0 202 ACCEPTED\r\n\r\n{}", b"HTTP/1.0 500 NO\r\n\r\n", None)
        requests = [load.request("/x", b"{}", {"A": "b"})] * 3
        shots = load.fire(server.port, requests, senders=1)
        self.assertEqual({202: 1, 500: 1, 0: 1}, dict(shots.statuses))
        self.assertTrue(server.received[0].startswith(b"POST /x HTTP/1.1\r\n"))
        self.assertTrue(server.received[0].endswith(b"Content-Length: 2\r\n\r\n{}"))
        self.assertEqual(3, shots.answered)

    def test_nobody_listening_is_no_answer(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.assertEqual(1, load.fire(port, [b"x"], senders=2).statuses[0])
