"""Who has not proved who it is learns nothing: not even whether there is an endpoint, whatever is sent there."""

import itertools
import json
from dataclasses import replace

from odoo.tests import tagged

from ..core.body import LARGEST
from .common import MEDIA, DoorCase
from .common_door_http import DoorHttpCase

FORM = "application/x-www-form-urlencoded"


class Passing:
    """A body on its way, and how much of it the door holds after each piece."""

    def __init__(self, pieces):
        self._pieces, self.held, self.body = pieces, [], None

    def pieces(self):
        for piece in self._pieces:
            yield piece
            self.held.append(sum(map(len, self.body._held)))


class TestStrangers(DoorCase):
    def test_a_body_that_passes_by_is_verified_and_not_held(self):
        """Of three megabytes at a limit of one kilobyte, whoever sends them and however."""
        self.endpoint.max_body_kb = 1
        by_key = self.make_endpoint("json", scheme="api_key", max_body_kb=1)
        self.env.flush_all()
        pieces = [b" " * 65536] * 48
        body = b"".join(pieces)
        cases = ((self.endpoint, 413), (by_key, 413), (None, 401))
        for (endpoint, status), length in itertools.product(cases, (len(body), 0)):
            with self.subTest(status=status, length=length):
                passing = Passing(pieces)
                knock = replace(
                    self.knock(body, endpoint or self.endpoint),
                    endpoint=endpoint.code if endpoint else "nobody",
                    length=length,
                    pieces=passing.pieces,
                )
                passing.body = knock.body
                answer = self.env["interop.door"]._receive(knock)
                self.assertEqual(answer.status, status)
                self.assertEqual(len(passing.held), len(pieces))
                self.assertLessEqual(max(passing.held), 2 * 65536)

    def test_a_larger_limit_holds_at_once(self):
        """A worker that has not heard of it must not have let the body go."""
        body = json.dumps(self.party("1")).encode() + b" " * 2048
        limit = "UPDATE interop_endpoint SET max_body_kb = %s WHERE id = %s"
        for length in (len(body), 0):
            self.cr.execute(limit, [1, self.endpoint.id])
            self.assertEqual(self.receive(self.party("2")).status, 202)
            self.cr.execute(limit, [9, self.endpoint.id])
            knock = replace(self.knock(body), length=length)
            self.assertEqual(self.env["interop.door"]._receive(knock).status, 202)

    def test_a_stranger_learns_neither_of_size_nor_of_type(self):
        self.endpoint.max_body_kb = 1
        self.env.flush_all()
        door, bad = self.env["interop.door"], {"webhook-signature": "v1,x"}
        for body in (b"{}", b"{}" + b" " * 5000):
            for type_ in (MEDIA["json"], FORM, "text/xml", "nonsense"):
                for length in (len(body), 0, LARGEST + 1):
                    knock = replace(
                        self.knock(body, content_type=type_, headers=bad), length=length
                    )
                    with self.subTest(size=len(body), type=type_, length=length):
                        real = door._receive(replace(knock, held=[]))
                        unknown = door._receive(replace(knock, endpoint="nobody", held=[]))
                        self.assertEqual(real, unknown)
                        self.assertEqual(real.status, 413 if length > LARGEST else 401)


@tagged("post_install", "-at_install")
class TestStrangersHttp(DoorHttpCase):
    def test_an_unknown_endpoint_looks_like_a_real_one_whatever_is_sent(self):
        """Content types, sizes, lengths that lie, none: what differs tells where there is something to break into."""
        self.endpoint.max_body_kb = 2
        self.env.flush_all()
        ours, nobodys = f"/interop/v1/in/{self.endpoint.code}", "/interop/v1/in/nobody"
        bodies = (b"", b"{}", b" " * 3000, b" " * 300_000)
        types = (MEDIA["json"], "text/xml", FORM, "multipart/form-data; boundary=x", "")
        for body, type_, method in itertools.product(bodies, types, ("POST", "PUT")):
            with self.subTest(size=len(body), type=type_, method=method):
                headers = {"Content-Type": type_} if type_ else {}
                real, unknown = (
                    self.request(method, url, body, headers) for url in (ours, nobodys)
                )
                self.assertEqual(
                    (real.status_code, real.content), (unknown.status_code, unknown.content)
                )
                self.assertEqual(real.status_code, 401)
        chunk = b" " * (1024 * 1024)
        many = [b"%x\r\n%s\r\n" % (len(chunk), chunk)]
        chunked = {"Transfer-Encoding": "chunked"}
        cases = {
            "chunked": (chunked, [*many, b"0\r\n\r\n"], 401),
            "chunked, beyond every limit": (chunked, [*many * 66, b"0\r\n\r\n"], 413),
            "announced, beyond every limit": ({"Content-Length": str(10**15)}, [], 413),
        }
        for name, (headers, chunks, status) in cases.items():
            with self.subTest(name):
                told = []
                for url in (ours, nobodys):
                    response, said = self.raw("POST", url, headers, chunks)
                    told.append((response.status, said))
                self.assertEqual(told[0], told[1])
                self.assertEqual(told[0][0], status)
        with self.subTest("cut off"):
            told = [
                self.raw("POST", url, {"Content-Length": "500"}, [b"{"], is_cut=True)
                for url in (ours, nobodys)
            ]
            self.assertEqual(*((response.status, said) for response, said in told))

    def test_who_is_known_is_told_of_size_and_type(self):
        self.endpoint.max_body_kb = 2
        self.env.flush_all()
        self.assertProblem(self.call(b" " * 300_000), 413, "body_too_large")
        body = b" " * 300_000
        headers = {"Transfer-Encoding": "chunked", **self.credentials(body, self.endpoint)}
        chunks = [b"%x\r\n%s\r\n" % (len(body), body), b"0\r\n\r\n"]
        url = f"/interop/v1/in/{self.endpoint.code}"
        response, said = self.raw("POST", url, headers, chunks)
        self.assertEqual(response.status, 413, said)
