"""What a sender can't do to the bridge: fill its memory, keep its places, keep it from others."""

import asyncio
import contextlib
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

from .fake import SECRET, BridgeCase, code_of, frame, message

CHECKOUT = Path(__file__).parents[2]
GIGABYTE = 1 << 30
MEGABYTE = 1 << 20


class TestTimes(BridgeCase):
    async def test_a_byte_now_and_then_does_not_keep_a_message_open(self):
        _odoo, bridge, sender = await self.both(limits={"frame_seconds": 0.5})
        began = asyncio.get_running_loop().time()
        for byte in frame(message("1")):
            sender.writer.write(bytes([byte]))
            await asyncio.sleep(0.1)
            if bridge.tally.cut:
                break
        self.assertLess(asyncio.get_running_loop().time() - began, 1.5)
        self.assertEqual(await sender.block(), b"")

    async def test_nor_does_noise_keep_an_idle_connection(self):
        odoo, bridge, sender = await self.both(limits={"idle_seconds": 0.5})
        self.assertEqual(code_of(await sender.ask(message("1"))), ("AA", "1"))
        began = asyncio.get_running_loop().time()
        while not sender.reader.at_eof():
            sender.writer.write(b"x")
            await asyncio.sleep(0.1)
            self.assertLess(asyncio.get_running_loop().time() - began, 2)

    async def test_waiting_for_odoo_is_not_the_sender_s_idleness(self):
        odoo, _bridge, sender = await self.both(limits={"idle_seconds": 0.3, "frame_seconds": 0.3})
        odoo.delay = 0.6
        sender.writer.write(frame(message("1")) + frame(message("2"))[:20])
        self.assertEqual(code_of(await sender.block()), ("AA", "1"))
        sender.writer.write(frame(message("2"))[20:])
        self.assertEqual(code_of(await sender.block()), ("AA", "2"))

    async def test_who_does_not_take_its_answers_is_let_go(self):
        odoo = await self.odoo()
        bridge = await self.bridge(odoo, limits={"write_seconds": 0.3})
        host, port = bridge.addresses[0]
        told = b"MSH|" + b"x" * 3_000_000
        odoo.script = [(200, {"Content-Type": "application/hl7-v2"}, told)] * 9
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect((host, port))
            deaf.sendall(frame(message("1")) * 3)
            await self.until(lambda: bridge.tally.messages)
        self.assertLess(bridge.tally.messages, 3)


class TestNoMllp(BridgeCase):
    async def test_other_protocols_are_cut_off(self):
        _odoo, bridge, sender = await self.both()
        with contextlib.suppress(OSError):
            for _time in range(40):
                sender.writer.write(b"POST / HTTP/1.1\r\n" * 200)
                await sender.writer.drain()
        self.assertEqual(await sender.block(), b"")
        await self.until(lambda: bridge.tally.noise_bytes)
        self.assertLess(bridge.tally.noise_bytes, MEGABYTE // 4)

    async def test_random_bytes_harm_nobody(self):
        odoo, bridge, _sender = await self.both()
        rng = random.Random(1)
        marks = [b"\x0b", b"\x1c\r", b"\x1c", b"MSH|^~\\&|", b"\r"]
        for _time in range(100):
            sender = await self.sender(bridge)
            parts = (rng.choice([*marks, rng.randbytes(rng.randrange(50))]) for _one in range(30))
            with contextlib.suppress(OSError):
                sender.writer.write(b"".join(parts))
                await sender.writer.drain()
            sender.close()
        good = await self.sender(bridge)
        self.assertEqual(code_of(await good.ask(message("1"))), ("AA", "1"))
        self.assertEqual(list(odoo.committed), ["1"])


class TestSizes(BridgeCase):
    async def test_a_message_beyond_the_limit_is_refused_by_name_and_the_next_is_taken(self):
        odoo, bridge, sender = await self.both(limits={"max_frame_bytes": 4096})
        block = await sender.ask(message("big", "x" * 100_000))
        self.assertEqual(code_of(block), ("AE", "big"))
        self.assertIn(b"too_long", block)
        self.assertEqual(code_of(await sender.ask(message("2"))), ("AA", "2"))
        self.assertEqual(odoo.posts, [message("2")])

    async def test_one_at_the_limit_passes_whole(self):
        content = message("1")
        content += b"NTE|" + b"x" * (4096 - len(content) - 5) + b"\r"
        self.assertEqual(len(content), 4096)
        odoo, _bridge, sender = await self.both(limits={"max_frame_bytes": 4096})
        self.assertEqual(code_of(await sender.ask(content)), ("AA", "1"))
        self.assertEqual(odoo.posts, [content])

    async def test_long_ones_wait_for_a_place_and_all_get_through(self):
        odoo = await self.odoo()
        odoo.delay = 0.05
        bridge = await self.bridge(odoo, limits={"max_large_frames": 2})
        senders = [await self.sender(bridge) for _one in range(8)]
        blocks = await asyncio.gather(
            *(one.ask(message(f"{i}", "x" * MEGABYTE)) for i, one in enumerate(senders))
        )
        self.assertEqual([code_of(one)[0] for one in blocks], ["AA"] * 8)
        self.assertLessEqual(odoo.most_busy, 2)

    async def test_waiting_for_a_place_is_not_the_sender_s_slowness(self):
        odoo = await self.odoo()
        odoo.delay = 0.4
        bridge = await self.bridge(odoo, limits={"max_large_frames": 1, "frame_seconds": 0.6})
        first, second = await self.sender(bridge), await self.sender(bridge)
        first.writer.write(frame(message("1", "x" * MEGABYTE)))
        await self.until(lambda: odoo.posts)
        block = frame(message("2", "x" * MEGABYTE))
        second.writer.write(block[:-2])
        await asyncio.sleep(0.75)
        second.writer.write(block[-2:])
        self.assertEqual(code_of(await second.block()), ("AA", "2"))

    async def test_but_nobody_waits_for_a_place_for_ever(self):
        odoo = await self.odoo()
        odoo.delay = 1.5
        bridge = await self.bridge(odoo, limits={"max_large_frames": 1, "frame_seconds": 0.3})
        first, second = await self.sender(bridge), await self.sender(bridge)
        first.writer.write(frame(message("1", "x" * MEGABYTE)))
        await self.until(lambda: odoo.posts)
        self.assertEqual(await second.ask(message("2", "x" * MEGABYTE)), b"")
        self.assertEqual(code_of(await first.block()), ("AA", "1"))

    async def test_a_short_one_does_not_wait_behind_long_ones(self):
        odoo = await self.odoo()
        bridge = await self.bridge(odoo, limits={"max_large_frames": 1})
        long, waiting, short = [await self.sender(bridge) for _one in range(3)]
        for one in (long, waiting):
            one.writer.write(frame(message("1", "x" * MEGABYTE))[:-2])
        await asyncio.sleep(0.1)
        self.assertEqual(code_of(await short.ask(message("2"))), ("AA", "2"))
        long.writer.write(b"\x1c\r")
        self.assertEqual(code_of(await long.block()), ("AA", "1"))
        waiting.writer.write(b"\x1c\r")
        self.assertEqual(code_of(await waiting.block()), ("AA", "1"))


class TestMemory(unittest.TestCase):
    """In a process of its own, whose memory the kernel tells."""

    def test_a_gigabyte_in_one_message_costs_bounded_memory(self):
        with program() as (process, port):
            before = resident(process.pid)
            with socket.create_connection(("127.0.0.1", port)) as sender:
                sender.sendall(b"\x0b" + message("big"))
                chunk = b"x" * MEGABYTE
                for _time in range(GIGABYTE // MEGABYTE):
                    sender.sendall(chunk)
                sender.sendall(b"\x1c\r")
                sender.settimeout(20)
                block = b""
                while not block.endswith(b"\x1c\r"):
                    block += sender.recv(4096)
            grown = peak(process.pid) - before
        self.assertEqual(code_of(block), ("AE", "big"))
        # the limit of a message, and what Python's allocator takes to grow to it
        self.assertLess(grown, 4 * 16 * MEGABYTE)

    def test_and_so_do_a_hundred_senders_that_never_end(self):
        with program() as (process, port):
            before = resident(process.pid)
            senders = [socket.create_connection(("127.0.0.1", port)) for _one in range(100)]
            for one in senders:
                one.setblocking(False)
                one.send(b"\x0b" + message("big"))
            until = time.monotonic() + 4
            while time.monotonic() < until:
                for one in senders:
                    with contextlib.suppress(BlockingIOError):
                        one.send(b"x" * 256 * 1024)
            grown = peak(process.pid) - before
            for one in senders:
                one.close()
        # four long ones, and a quarter of a megabyte with its buffers for each of the others
        self.assertLess(grown, 4 * 16 * MEGABYTE * 2 + 100 * MEGABYTE)


@contextlib.contextmanager
def program(*arguments):
    """The bridge as a process before a port where nobody listens; ``(process, port)``."""
    command = [sys.executable, "-B", "-m", "mllp", "--listen", "127.0.0.1:0"]
    command += ["--url", "http://127.0.0.1:9/in/adt", "--credential-env", "SECRET", *arguments]
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env={**os.environ, "SECRET": SECRET},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        port = int(re.search(r"port (\d+)", process.stderr.readline())[1])
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def resident(pid):
    return _status(pid, "VmRSS")


def peak(pid):
    return _status(pid, "VmHWM")


def _status(pid, name):
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) * 1024


if __name__ == "__main__":
    unittest.main()
