"""One sender's connection: a message in, its acknowledgement out, in order, one at a time.

While a message is under way nothing more is read, so a sender that pipelines is held back by TCP and not by memory.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from .frames import Frame, Reader, framed
from .relay import REFUSED, RELAYED, UNANSWERED, Outcome, Relay
from .settings import Limits
from .tally import Sparingly, Tally

CHUNK_BYTES = 64 * 1024
#: a message beyond this needs one of the few places for large ones
LARGE_BYTES = 256 * 1024
#: a stream of anything else (TLS on a plain port, HTTP) is no MLLP
MOST_NOISE_BYTES = 64 * 1024


class Ended(Exception):
    """The connection is over; ``args[0]`` says why, in our words."""


class Connection:
    """``relay`` gives the one of the moment: a reload may have put another there. ``large`` is shared by all
    connections: places for messages that are long.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        relay: Callable[[], Relay],
        limits: Limits,
        large: asyncio.Semaphore,
        warn: Sparingly,
    ):
        self._reader, self._writer = reader, writer
        self._relay, self._limits, self._large, self._warn = relay, limits, large, warn
        self._frames = Reader(limits.max_frame_bytes)
        self._has_large = False
        self._is_stopping = False
        self._idle_since = self._began = asyncio.get_running_loop().time()
        self.is_busy = False
        self.tally = Tally()

    async def serve(self) -> str:
        """Serve until the connection is over; why it is."""
        try:
            while True:
                for frame in await self._receive():
                    await self._answer(frame)
                self._yield_place()
        except Ended as error:
            return error.args[0]
        except (ssl.SSLError, OSError) as error:
            return f"connection lost ({type(error).__name__})"
        finally:
            self._yield_place()
            self.tally.cut += self._frames.cut + self._frames.is_inside
            self.tally.noise_bytes += self._frames.noise_in_all

    def stop(self) -> bool:
        """Take no more messages. True where one is under way, which ends the connection once it is answered."""
        self._is_stopping = True
        return self.is_busy

    # -- in --

    async def _receive(self) -> list[Frame]:
        """The messages that the next bytes complete, often none."""
        if self._is_stopping:
            raise Ended("the bridge stops")
        data = await self._read()
        if data is None:
            frame = self._frames.settle()
            if frame is None:
                raise Ended(self._what_was_late())
            return [frame]
        if not data:
            return self._last_frame()
        was_inside = self._frames.is_inside
        frames = self._frames.feed(data)
        if self._frames.noise > MOST_NOISE_BYTES:
            raise Ended("no MLLP")
        if self._frames.is_inside and (frames or not was_inside):
            self._began = asyncio.get_running_loop().time()
        if self._frames.held > LARGE_BYTES or any(len(f.content) > LARGE_BYTES for f in frames):
            await self._take_place()
        return frames

    async def _read(self) -> bytes | None:
        """b"" at the end of the stream, None when the time is up."""
        now = asyncio.get_running_loop().time()
        if self._frames.is_inside:
            seconds = self._began + self._limits.frame_seconds - now
            if self._frames.may_settle:
                seconds = min(seconds, self._limits.settle_seconds)
        else:
            seconds = self._idle_since + self._limits.idle_seconds - now
        try:
            return await asyncio.wait_for(self._reader.read(CHUNK_BYTES), max(0.0, seconds))
        except asyncio.TimeoutError:
            return None

    def _last_frame(self) -> list[Frame]:
        frame = self._frames.settle()
        if frame is None:
            raise Ended(
                "the sender left within a message"
                if self._frames.is_inside
                else "the sender has left"
            )
        return [frame]

    def _what_was_late(self) -> str:
        return "a message took too long" if self._frames.is_inside else "idle for too long"

    # -- few large ones at a time --

    async def _take_place(self) -> None:
        if self._has_large:
            return
        began = asyncio.get_running_loop().time()
        try:
            await asyncio.wait_for(self._large.acquire(), self._limits.frame_seconds)
        except asyncio.TimeoutError:
            raise Ended("too many long messages at once") from None
        self._has_large = True
        # the wait was ours, not the sender's
        self._began += asyncio.get_running_loop().time() - began

    def _yield_place(self) -> None:
        if self._has_large and not self._frames.is_inside:
            self._has_large = False
            self._large.release()

    # -- out --

    async def _answer(self, frame: Frame) -> None:
        if self._is_stopping:
            raise Ended("the bridge stops")
        self.is_busy = True
        relay = self._relay()
        try:
            self.tally.messages += 1
            if frame.is_too_long:
                outcome = relay.too_long(frame.content)
            else:
                outcome = await relay.pass_on(frame.content)
            self._count(outcome, relay.listener.name)
            if outcome.answer is None:
                raise Ended("Odoo took no message")
            await self._write(framed(outcome.answer))
        finally:
            self.is_busy = False
        self._idle_since = self._began = asyncio.get_running_loop().time()

    async def _write(self, block: bytes) -> None:
        self._writer.write(block)
        try:
            await asyncio.wait_for(self._writer.drain(), self._limits.write_seconds)
        except asyncio.TimeoutError:
            raise Ended("the sender does not take its acknowledgement") from None

    def _count(self, outcome: Outcome, name: str) -> None:
        self.tally.relayed += outcome.kind == RELAYED
        self.tally.refused += outcome.kind == REFUSED
        self.tally.unanswered += outcome.kind == UNANSWERED
        if outcome.kind != RELAYED:
            line = f"{name}: a message is {outcome.kind}: {outcome.reason}"
            self._warn.warn(line, line)
