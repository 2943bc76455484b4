"""HTTP/1.1 over asyncio's streams: POST a body, read the whole answer, keep the connection where the server does.

Just enough of RFC 9112 for talking to Odoo or a proxy before it, and strict where a broken answer could pass for a good
one: an answer without a stated length (neither Content-Length nor chunked) can't be told from one that was cut, so it
counts as none.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import urllib.parse
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_LINE_BYTES = 16 * 1024
MAX_HEADERS = 200
MAX_BODY_BYTES = 4 * 1024 * 1024
CONNECT_SECONDS = 10
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


class Unreachable(Exception):
    """No whole answer came. ``args[0]`` is our own word for why; nothing of what was sent is in it."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to post: an http(s) URL taken apart; ``ValueError`` for any other text."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Address:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not an http or https URL")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("no user, query or fragment belongs into the URL")
        if not re.fullmatch(r"[!-~]*", parts.path):
            raise ValueError("the path must be percent-encoded")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return cls(parts.scheme, parts.hostname, port, parts.path or "/")

    @property
    def authority(self) -> str:
        """For the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port in (80, 443) else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Reply:
    """``headers`` have lower-case names; ``is_reusable`` whether the connection can carry another request."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    is_reusable: bool = False


class Upstream:
    """Posts to one address; idle connections are kept for the next request. Belongs to one event loop."""

    def __init__(self, address: Address, tls: ssl.SSLContext | None = None, *, most_idle: int = 16):
        self._address, self._tls = address, tls
        self._idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque(
            maxlen=most_idle
        )
        self._keeps = True

    async def post(self, headers: Mapping[str, str], body: bytes, *, seconds: float) -> Reply:
        """The answer, whatever its status; ``Unreachable`` where none came to its end within ``seconds``."""
        try:
            return await asyncio.wait_for(self._post(headers, body), seconds)
        except asyncio.TimeoutError:
            raise Unreachable("time-out") from None

    def close(self) -> None:
        """Keep no connection from now on."""
        self._keeps = False
        while self._idle:
            _drop(self._idle.pop()[1])

    async def _post(self, headers, body):
        while self._idle:
            reader, writer = self._idle.pop()
            if reader.at_eof() or writer.is_closing():
                _drop(writer)
                continue
            with contextlib.suppress(_Stale):
                return await self._exchange(reader, writer, headers, body, is_kept=True)
        return await self._exchange(*await self._connect(), headers, body, is_kept=False)

    async def _connect(self):
        address = self._address
        try:
            return await asyncio.wait_for(
                asyncio.open_connection(
                    address.host,
                    address.port,
                    ssl=self._tls,
                    server_hostname=address.host if self._tls else None,
                    limit=MAX_LINE_BYTES,
                ),
                CONNECT_SECONDS,
            )
        except asyncio.TimeoutError:
            raise Unreachable("no connection in time") from None
        except ssl.SSLError as error:
            raise Unreachable(f"TLS: {error.reason or type(error).__name__}") from None
        except OSError as error:
            raise Unreachable(f"no connection: {type(error).__name__}") from None

    async def _exchange(self, reader, writer, headers, body, *, is_kept):
        """One request and its answer. ``_Stale`` where a kept connection turns out to have been closed."""
        keep = False
        try:
            writer.write(self._head(headers, len(body)))
            writer.write(body)
            # a server that refuses early may answer while we still write
            sending = asyncio.ensure_future(writer.drain())
            try:
                reply = await read_reply(reader, is_kept=is_kept)
                keep = reply.is_reusable and sending.done() and not sending.exception()
            finally:
                sending.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await sending
            return reply
        except OSError as error:
            if is_kept:
                raise _Stale from None
            raise Unreachable(f"connection lost: {type(error).__name__}") from None
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            raise Unreachable("a broken answer") from None
        finally:
            if keep and self._keeps and len(self._idle) < self._idle.maxlen:
                self._idle.append((reader, writer))
            else:
                _drop(writer)

    def _head(self, headers, length):
        lines = [f"POST {self._address.path} HTTP/1.1", f"Host: {self._address.authority}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {length}", "Connection: keep-alive", "", ""]
        return "\r\n".join(lines).encode("ascii")


class _Stale(Exception):
    """A kept connection that the server had closed meanwhile: no byte of an answer came."""


def _drop(writer):
    # not waited for: a peer that does not close would hold us
    with contextlib.suppress(OSError, RuntimeError):
        writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()


# -- reading an answer --


async def read_reply(reader: asyncio.StreamReader, *, is_kept: bool = False) -> Reply:
    """The final answer; 1xx ones are skipped. ``ValueError``, ``IncompleteReadError``, ``LimitOverrunError`` or
    ``OSError`` where it is broken, ``Unreachable`` where it is too long."""
    while True:
        is_11, status = await _status(reader, is_kept)
        headers = await _headers(reader)
        if status >= 200:
            break
        is_kept = False
    body = await _body(reader, status, headers)
    wishes = {one.strip().lower() for one in headers.get("connection", "").split(",")}
    is_reusable = "close" not in wishes and (is_11 or "keep-alive" in wishes)
    return Reply(status, headers, body, is_reusable)


async def _status(reader, is_kept):
    try:
        line = await reader.readuntil(b"\r\n")
    except asyncio.IncompleteReadError as error:
        if is_kept and not error.partial:
            raise _Stale from None
        raise
    match = _STATUS.fullmatch(line[:-2])
    if not match:
        raise ValueError("no status line")
    return match[1] == b"1", int(match[2])


async def _headers(reader):
    found: dict[str, str] = {}
    for _number in range(MAX_HEADERS):
        line = (await reader.readuntil(b"\r\n"))[:-2]
        if not line:
            return found
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name):
            raise ValueError("no header line")
        key, text = name.decode("ascii").lower(), value.strip(b" \t").decode("latin-1")
        if key in ("content-length", "transfer-encoding") and found.get(key, text) != text:
            raise ValueError("two lengths")
        found[key] = text
    raise ValueError("too many headers")


async def _body(reader, status, headers):
    if status in (204, 304):
        return b""
    if "transfer-encoding" in headers:
        if headers["transfer-encoding"].lower() != "chunked":
            raise ValueError("an encoding that was not asked for")
        return await _chunks(reader)
    stated = headers.get("content-length", "")
    if not (stated.isascii() and stated.isdigit()):
        raise ValueError("no length")
    return await reader.readexactly(_bounded(int(stated)))


async def _chunks(reader):
    body = bytearray()
    while True:
        line = (await reader.readuntil(b"\r\n"))[:-2]
        size = line.partition(b";")[0].strip()
        if not _SIZE.fullmatch(size):
            raise ValueError("no chunk size")
        length = int(size, 16)
        _bounded(len(body) + length)
        if not length:
            await _headers(reader)
            return bytes(body)
        body += await reader.readexactly(length)
        if await reader.readexactly(2) != b"\r\n":
            raise ValueError("a chunk without its end")


def _bounded(length):
    if length > MAX_BODY_BYTES:
        raise Unreachable("an answer beyond any limit")
    return length
