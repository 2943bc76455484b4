"""The bridge: listens, lets senders in, and ends in order.

A connection beyond the maximum, or of a peer that is not admitted, is closed before anything is read from it, even a TLS
handshake. All state is in memory and dies with the process: whatever was not acknowledged is still the sender's.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import signal
import socket
import ssl
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from .connection import CHUNK_BYTES, Connection
from .relay import Relay
from .settings import BadSettings, Listener, Settings
from .tally import Sparingly, Tally

BACKLOG = 128
#: after running out of file descriptors
PAUSE_SECONDS = 1.0

_logger = logging.getLogger("mllp")


@dataclass(slots=True)
class _Port:
    """A listening socket, and what is behind it now: a reload puts another relay there."""

    socket: socket.socket
    relay: Relay


class Bridge:
    """``reload`` gives the settings anew, or raises ``BadSettings``; None: they never change."""

    def __init__(self, settings: Settings, reload: Callable[[], Settings] | None = None):
        self._limits, self._reload = settings.limits, reload
        self._wanted = settings.listeners
        self._ports: list[_Port] = []
        self._connections: dict[asyncio.Task, Connection | None] = {}
        self._accepting: list[asyncio.Task] = []
        self._in_flight = asyncio.Semaphore(self._limits.max_in_flight)
        self._large = asyncio.Semaphore(self._limits.max_large_frames)
        self._stop = asyncio.Event()
        self._is_deaf = False
        self.tally = Tally()
        self.turned_away = 0

    # -- life --

    async def start(self) -> None:
        """Listen; ``OSError`` where a port is taken."""
        loop = asyncio.get_running_loop()
        self._warn = Sparingly(_logger, loop.time)
        loop.set_exception_handler(_tell_no_values)
        for listener in self._wanted:
            port = _Port(_listening(listener), self._relay(listener))
            self._ports.append(port)
            self._accepting.append(loop.create_task(self._accept(port)))
            self._accepting[-1].add_done_callback(self._end_deaf)
            kind = "MLLP/TLS" if listener.server_tls else "MLLP"
            host, number = port.socket.getsockname()[:2]
            _logger.info("%s: %s at %s port %s", listener.name, kind, host, number)

    async def run(self) -> bool:
        """Start, serve until SIGTERM or SIGINT, end in order. SIGHUP reloads. False where it ended by itself."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload)
        await self.start()
        status = loop.create_task(self._tell_status())
        await self._stop.wait()
        status.cancel()
        await self.close()
        return not self._is_deaf

    async def close(self) -> None:
        """Accept nothing more, let what is under way be answered, then cut what is left."""
        for task in self._accepting:
            task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)
        for port in self._ports:
            port.socket.close()
        for task, connection in self._connections.items():
            if connection is None or not connection.stop():
                task.cancel()
        if tasks := list(self._connections):
            _done, late = await asyncio.wait(tasks, timeout=self._limits.stop_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for port in self._ports:
            port.relay.close()
        _logger.info("ended: %s, %s turned away", self.tally, self.turned_away)

    def reload(self) -> None:
        """Take secrets and addresses of endpoints anew for messages from now on, certificates and peers for connections.

        Ports and limits stay as they were: those need a restart.
        """
        try:
            listeners = {one.name: one for one in self._reload().listeners} if self._reload else {}
        except BadSettings as error:
            _logger.error("not reloaded: %s", error)
            return
        for port in self._ports:
            old, new = port.relay.listener, listeners.pop(port.relay.listener.name, None)
            if new is None or (new.host, new.port) != (old.host, old.port):
                _logger.error("%s: another port needs a restart; it stays as it was", old.name)
            else:
                port.relay.close()
                port.relay = self._relay(new)
        for name in listeners:
            _logger.error("%s: a new listener needs a restart", name)
        _logger.info("reloaded")

    def _relay(self, listener: Listener) -> Relay:
        return Relay(listener, self._limits, self._in_flight, random=random.random)

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens."""
        return [port.socket.getsockname()[:2] for port in self._ports]

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    # -- connections --

    async def _accept(self, port: _Port) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, peer = await loop.sock_accept(port.socket)
            except OSError as error:
                self._warn.warn("accept", f"can't accept: {type(error).__name__}")
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if words := self._why_not(port.relay.listener, peer[0]):
                accepted.close()
                self.turned_away += 1
                self._warn.warn(words, f"{port.relay.listener.name}: {peer[0]} {words}")
                continue
            task = loop.create_task(self._serve(accepted, peer, port))
            self._connections[task] = None
            task.add_done_callback(self._forget)

    def _end_deaf(self, accepting: asyncio.Task) -> None:
        """A port that nobody answers any more: end, so that whoever supervises us starts us again."""
        if not accepting.cancelled() and (error := accepting.exception()):
            _logger.error("listening ended with %s", _place(error))
            self._is_deaf = True
            self._stop.set()

    def _why_not(self, listener: Listener, host: str) -> str:
        if not listener.admits(host):
            return "is not among its peers"
        if self.open_connections >= self._limits.max_connections:
            return "is one connection too many"
        return ""

    async def _serve(self, accepted: socket.socket, peer: tuple, port: _Port) -> None:
        loop = asyncio.get_running_loop()
        listener, began = port.relay.listener, loop.time()
        name, who = listener.name, f"{peer[0]} port {peer[1]}"
        try:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader, writer = await self._streams(accepted, listener)
        except (ssl.SSLError, OSError, asyncio.TimeoutError) as error:
            accepted.close()
            reason = getattr(error, "reason", None) or type(error).__name__
            self._warn.warn(f"tls {reason}", f"{name}: {who}: no TLS connection ({reason})")
            return
        connection = Connection(
            reader, writer, lambda: port.relay, self._limits, self._large, self._warn
        )
        self._connections[asyncio.current_task()] = connection
        reason = "cut by the bridge"
        try:
            reason = await connection.serve()
        finally:
            self.tally.add(connection.tally)
            seconds = loop.time() - began
            _logger.info(
                "%s: %s: %s after %.1f s: %s", name, who, reason, seconds, connection.tally
            )
            await _close(writer)

    async def _streams(self, accepted: socket.socket, listener: Listener):
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=CHUNK_BYTES)
        protocol = asyncio.StreamReaderProtocol(reader)
        shake = self._limits.handshake_seconds if listener.server_tls else None
        transport, _protocol = await loop.connect_accepted_socket(
            lambda: protocol,
            accepted,
            ssl=listener.server_tls,
            ssl_handshake_timeout=shake,
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    def _forget(self, task: asyncio.Task) -> None:
        del self._connections[task]
        if not task.cancelled() and (error := task.exception()):
            _logger.error("a connection ended with %s", _place(error))

    # -- telling --

    async def _tell_status(self) -> None:
        while True:
            await asyncio.sleep(self._limits.status_seconds)
            self.tell_status()

    def tell_status(self) -> None:
        """One line on how things are, open connections included."""
        total = Tally()
        for one in (self, *filter(None, self._connections.values())):
            total.add(one.tally)
        busy = sum(one.is_busy for one in self._connections.values() if one)
        _logger.info(
            "%s connections, %s messages under way; since the start: %s, %s connections turned away",
            self.open_connections,
            busy,
            total,
            self.turned_away,
        )


def _listening(listener: Listener) -> socket.socket:
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((listener.host, listener.port))
        found.listen(BACKLOG)
        found.setblocking(False)
    except OSError:
        found.close()
        raise
    return found


async def _close(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.TimeoutError):
        writer.close()
        await asyncio.wait_for(writer.wait_closed(), 2)


def _place(error: BaseException) -> str:
    """Class and place of an error; its text may hold what a sender sent."""
    frames = traceback.extract_tb(error.__traceback__)
    last = f" in {frames[-1].name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{last}"


def _tell_no_values(_loop: asyncio.AbstractEventLoop, context: dict) -> None:
    error = context.get("exception")
    _logger.error("asyncio: %s", _place(error) if error else "a warning without an exception")
