"""What stands around the bridge in tests: an Odoo that commits or fails as told, senders."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import datetime as dt
import json
import unittest

from core import auth
from core.ack import ack, ack_code
from core.auth import api_key
from core.codecs.hl7v2 import decode
from core.errors import BadBatch, BadDocument, Unauthenticated
from core.signature import Credential as Accepted
from core.signature import SignedRequest

from ..bridge import Bridge
from ..credential import Credential
from ..settings import Limits, Listener, Settings
from ..upstream import Address

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
QUICK = {"retry_seconds": 5.0, "settle_seconds": 0.05, "stop_seconds": 3.0}
HL7 = "application/hl7-v2; charset=utf-8"


def message(control_id, text="", charset=""):
    """An ADT of which ``text`` is the only thing that matters."""
    return (
        f"MSH|^~\\&|PAS|GRH|ODOO|GRH|20260101120000||ADT^A08^ADT_A01|{control_id}|P|2.5||||||{charset}\r"
        f"PID|1||4711^^^GRH||{text}\r"
    ).encode()


def frame(content):
    return b"\x0b" + content + b"\x1c\r"


def code_of(block):
    """MSA-1 and MSA-2 of a framed acknowledgement."""
    content = block.removeprefix(b"\x0b").removesuffix(b"\x1c\r")
    for line in content.split(b"\r"):
        if line.startswith(b"MSA|"):
            fields = (*line.decode().split("|"), "")
            return fields[1], fields[2]
    raise AssertionError("no MSA")


class FakeOdoo:
    """Verifies signatures as the door does, keeps what it committed, answers repeats as it did first.

    ``script``: what to do with the next requests, one word or answer each; after that all is well. Words: "hang" (no
    answer), "drop" (cut before anything is committed), "lose" (commit, then cut), "half" (commit, answer half of it), or
    ``(status, headers, body)``.
    """

    def __init__(self, *, keeps=True, secret=SECRET, chunked=False, length=True):
        self.script, self.committed, self.posts, self.identities = [], {}, [], []
        self.keeps, self.secret, self.chunked, self.length = keeps, secret, chunked, length
        self.connections = 0
        self._is_cut = False
        self.busy = self.most_busy = 0
        #: seconds that each request takes
        self.delay = 0.0

    async def start(self, port=0, ssl=None):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=ssl)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self):
        self._server.close()
        for task in [one for one in asyncio.all_tasks() if one.get_name() == f"fake{id(self)}"]:
            task.cancel()

    async def _serve(self, reader, writer):
        asyncio.current_task().set_name(f"fake{id(self)}")
        self.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _colon, value in (line.partition(":") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                self.busy += 1
                self.most_busy = max(self.most_busy, self.busy)
                try:
                    answer = await self._answer(head[0].split()[1], headers, body)
                finally:
                    self.busy -= 1
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if not self.keeps or self._is_cut:
                    break
        writer.close()

    async def _answer(self, path, headers, body):
        self.posts.append(body)
        self.identities.append(headers.get("webhook-id") or headers.get("idempotency-key"))
        await asyncio.sleep(self.delay)
        told = self.script.pop(0) if self.script else "commit"
        if told == "hang":
            await asyncio.sleep(3600)
        if told == "drop":
            return None
        if isinstance(told, tuple):
            return self._encoded(*told)
        answer = self._encoded(*self._commit(path, headers, body))
        if told == "lose":
            return None
        self._is_cut = told == "half"
        return answer[: len(answer) // 2] if self._is_cut else answer

    def _commit(self, path, headers, body):
        now = dt.datetime.now(dt.timezone.utc)
        request = SignedRequest(method="POST", path=path, headers=headers, body=body, now=now)
        accepted = Accepted("standard_webhooks", secrets=(self.secret,))
        if not self.secret.startswith("whsec_"):
            prefix = api_key.prefix_of({"x-api-key": self.secret})
            accepted = Accepted("api_key", prefix=prefix, digest=api_key.digest(self.secret))
        try:
            auth.authenticate([accepted], request)
        except Unauthenticated:
            return problem(401, "unauthenticated", "The request is not authenticated")
        try:
            (document,) = decode(body)
        except (BadDocument, BadBatch) as error:
            return problem(422, error.code, "The body can't be read")
        key = document.envelope.id
        if key not in self.committed:
            self.committed[key] = ack(
                document.body, ack_code(document.body, "accepted"), control_id=f"A{key}", at=now
            )
        return 200, {"Content-Type": HL7}, self.committed[key]

    def _encoded(self, status, headers, body):
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{key}: {one}" for key, one in headers.items())]
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
            cut = len(body) // 3 + 1
            parts = [body[i : i + cut] for i in range(0, len(body), cut)]
            body = b"".join(b"%x;x=1\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n\r\n"
        elif self.length:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


def problem(status, code, title, **headers):
    told = {"type": f"/interop/v1/problems/{code}", "title": title, "status": status, "code": code}
    return (
        status,
        {"Content-Type": "application/problem+json", **headers},
        json.dumps(told).encode(),
    )


class Sender:
    """One MLLP connection."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def ask(self, content):
        """The block that answers ``content``; b"" where the connection ends instead."""
        self.writer.write(frame(content))
        return await self.block()

    async def block(self, seconds=10):
        try:
            return await asyncio.wait_for(self.reader.readuntil(b"\x1c\r"), seconds)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            partial = getattr(error, "partial", b"")
            if partial:
                raise AssertionError("half a block") from error
            return b""

    def close(self):
        self.writer.transport.abort()


class BridgeCase(unittest.IsolatedAsyncioTestCase):
    """A bridge before a fake Odoo; both end with the test."""

    async def odoo(self, **options):
        tls = options.pop("ssl", None)
        found = await FakeOdoo(**options).start(ssl=tls)
        self.addAsyncCleanup(found.stop)
        return found

    async def bridge(self, odoo, *, reload=None, limits=None, **options):
        listener = self.listener(odoo.port, **options)
        bridge = Bridge(Settings(Limits(**{**QUICK, **(limits or {})}), (listener,)), reload)
        await bridge.start()
        self.addAsyncCleanup(bridge.close)
        return bridge

    def listener(self, port, *, secret=SECRET, scheme="http", **options):
        address = Address.of(f"{scheme}://127.0.0.1:{port}/interop/v1/in/adt")
        return Listener("adt", "127.0.0.1", 0, address, Credential(secret), **options)

    async def sender(self, bridge, **options):
        host, port = bridge.addresses[0]
        found = Sender(*await asyncio.open_connection(host, port, **options))
        self.addCleanup(found.close)
        return found

    async def both(self, **options):
        """A fake Odoo and one sender's connection to a bridge before it."""
        odoo = await self.odoo()
        bridge = await self.bridge(odoo, **options)
        return odoo, bridge, await self.sender(bridge)

    async def until(self, is_so, seconds=5):
        for _time in range(int(seconds * 100)):
            if is_so():
                return
            await asyncio.sleep(0.01)
        self.fail("that did not happen in time")

    def assert_committed(self, odoo, control_ids):
        self.assertEqual(sorted(odoo.committed), sorted(control_ids))
