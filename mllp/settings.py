"""What the bridge is told: one INI file, read and checked as a whole before anything listens.

Secrets are named (a file or an environment variable), never written in it or on a command line.
"""

from __future__ import annotations

import configparser
import ipaddress
import os
import ssl
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from .credential import Credential
from .frames import HEAD_BYTES
from .upstream import Address

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
LOCAL_NAMES = {"localhost", "localhost.localdomain"}
SECTION = "listener "
MEDIA_TYPE = "application/hl7-v2"


class BadSettings(Exception):
    """``args[0]`` says which section and option, and what is wrong; never a secret."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one bridge may take, over all its listeners. Seconds, unless a name says bytes or counts."""

    max_frame_bytes: int = 16 * 1024 * 1024
    max_connections: int = 100
    #: requests to Odoo at once
    max_in_flight: int = 16
    #: messages beyond ``LARGE_BYTES`` held at once
    max_large_frames: int = 4
    #: between messages; MLLP's connections stay open over quiet nights
    idle_seconds: float = 3600.0
    #: from a message's first byte to its last
    frame_seconds: float = 60.0
    #: silence after which an EB without its CR ends a message
    settle_seconds: float = 0.5
    handshake_seconds: float = 10.0
    #: until a sender has taken its acknowledgement
    write_seconds: float = 30.0
    #: one try at Odoo
    request_seconds: float = 30.0
    #: in which a message is tried again while Odoo can't take it
    retry_seconds: float = 30.0
    #: for what is in flight when the bridge is told to stop
    stop_seconds: float = 45.0
    status_seconds: float = 60.0

    def __post_init__(self):
        for item in fields(self):
            if not 0 < getattr(self, item.name) < 2**40:
                raise ValueError(f"{item.name} must be positive")
        if self.max_frame_bytes < HEAD_BYTES:
            raise ValueError(f"max_frame_bytes must be at least {HEAD_BYTES}")


@dataclass(frozen=True, slots=True)
class Listener:
    """One port and the endpoint behind it. ``server_tls`` None: plain MLLP; ``upstream_tls`` None: plain HTTP."""

    name: str
    host: str
    port: int
    address: Address
    credential: Credential
    peers: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = LOOPBACK
    server_tls: ssl.SSLContext | None = None
    upstream_tls: ssl.SSLContext | None = None
    content_type: str = MEDIA_TYPE
    #: what a sender gets when Odoo stays away: "close" (nothing; it sends again) or "error" (AE)
    unavailable: str = "close"

    def admits(self, host: str) -> bool:
        """Whether a peer of this IP address may connect."""
        address = ipaddress.ip_address(host.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self.peers)


@dataclass(frozen=True, slots=True)
class Settings:
    limits: Limits = field(default_factory=Limits)
    listeners: tuple[Listener, ...] = ()


def load(file: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """What ``file`` says, with every certificate and secret it names; ``BadSettings``."""
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    try:
        with open(file, encoding="utf-8") as handle:
            parser.read_file(handle)
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{file}: {type(error).__name__}") from None
    except configparser.Error as error:
        # its text quotes the line, and that may be a secret in the wrong place
        place = f", line {error.lineno}" if getattr(error, "lineno", None) else ""
        raise BadSettings(f"{file}{place}: {type(error).__name__}") from None
    return read({name: dict(parser[name]) for name in parser.sections()}, environ)


def read(sections: Mapping[str, Mapping[str, str]], environ: Mapping[str, str]) -> Settings:
    """``sections`` as in the file: "bridge" with limits, and one "listener <name>" for each port."""
    limits, listeners = Limits(), []
    for title, options in sections.items():
        section = _Section(title, dict(options), environ)
        if title == "bridge":
            limits = section.limits()
        elif title.startswith(SECTION) and title[len(SECTION) :].strip():
            listeners.append(section.listener(title[len(SECTION) :].strip()))
        else:
            raise BadSettings(f"[{title}]: no such section")
        section.finish()
    if not listeners:
        raise BadSettings("there is no [listener …]")
    ports = [(one.host, one.port) for one in listeners if one.port]
    if len(set(ports)) != len(ports):
        raise BadSettings("two listeners have the same address")
    return Settings(limits, tuple(listeners))


class _Section:
    """One section; each option is taken out as it is read, so that what is left is a mistake."""

    def __init__(self, title: str, options: dict[str, str], environ: Mapping[str, str]):
        self._title, self._options, self._environ = title, options, environ

    def finish(self) -> None:
        if self._options:
            raise self._bad(min(self._options), "no such option")

    def limits(self) -> Limits:
        told = {}
        for item in fields(Limits):
            kind = int if isinstance(item.default, int) else float
            if item.name in self._options:
                told[item.name] = self._take(item.name, kind)
        try:
            return Limits(**told)
        except ValueError as error:
            raise BadSettings(f"[{self._title}]: {error}") from None

    def listener(self, name: str) -> Listener:
        host, port = self._take("listen", _host_and_port)
        address = self._take("url", Address.of)
        charset = self._take("charset", _token, "")
        return Listener(
            name=name,
            host=host,
            port=port,
            address=address,
            credential=self._credential(),
            peers=self._take("peers", _networks, LOOPBACK),
            server_tls=self._server_tls(),
            upstream_tls=self._upstream_tls(address),
            content_type=f"{MEDIA_TYPE}; charset={charset}" if charset else MEDIA_TYPE,
            unavailable=self._take("unavailable", _one_of("close", "error"), "close"),
        )

    # -- secrets and certificates --

    def _credential(self) -> Credential:
        file = self._take("credential_file", self._path, None)
        name = self._take("credential_env", str, None)
        if (file is None) == (name is None):
            raise self._bad("credential_file", "name a file, or credential_env, and not both")
        option = "credential_file" if file else "credential_env"
        text = self._private(option, file) if file else self._environ.get(name, "")
        try:
            return Credential(text.strip())
        except ValueError as error:
            raise self._bad(option, str(error)) from None

    def _private(self, option: str, file: Path) -> str:
        """The text of a file that not everybody may read."""
        try:
            if file.stat().st_mode & stat.S_IROTH:
                raise self._bad(option, "everybody may read that file (chmod o-r)")
            return file.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise self._bad(option, type(error).__name__) from None

    def _server_tls(self) -> ssl.SSLContext | None:
        certificate = self._take("certificate", self._path, None)
        key = self._take("key", self._path, None)
        client_ca = self._take("client_ca", self._path, None)
        if certificate is None:
            if key or client_ca:
                raise self._bad("certificate", "missing, though key or client_ca is there")
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # a password would be asked for on a terminal that a service does not have
        self._loads("certificate", lambda: context.load_cert_chain(certificate, key, password=""))
        if client_ca:
            self._loads("client_ca", lambda: context.load_verify_locations(client_ca))
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _upstream_tls(self, address: Address) -> ssl.SSLContext | None:
        ca = self._take("ca", self._path, None)
        is_plain_allowed = self._take("allow_plain_http", _one_of("yes", "no"), "no") == "yes"
        if address.scheme == "http":
            if not is_plain_allowed and not _is_local(address.host):
                raise self._bad("url", "http to another host needs allow_plain_http = yes")
            return None
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if ca:
            self._loads("ca", lambda: context.load_verify_locations(ca))
        return context

    def _loads(self, option: str, load_it: Callable[[], None]) -> None:
        try:
            load_it()
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", None) or type(error).__name__
            raise self._bad(option, f"can't be loaded ({reason})") from None

    def _path(self, text: str) -> Path:
        """A path, in which ``${CREDENTIALS_DIRECTORY}`` and the like stand for the environment's."""
        for name, value in self._environ.items():
            text = text.replace(f"${{{name}}}", value)
        if "$" in text:
            raise ValueError("names a variable that is not in the environment")
        return Path(text).expanduser()

    # -- options --

    def _take(self, name: str, convert: Callable, *default):
        text = self._options.pop(name, "").strip()
        if not text:
            if default:
                return default[0]
            raise self._bad(name, "missing")
        try:
            return convert(text)
        except ValueError as error:
            raise self._bad(name, str(error)) from None

    def _bad(self, option: str, words: str) -> BadSettings:
        return BadSettings(f"[{self._title}] {option}: {words}")


def _host_and_port(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError("write it as address:port")
    # a name may stand for several addresses, of which only one would be listened at
    return str(ipaddress.ip_address(host)), int(port)


def _networks(text: str):
    return tuple(ipaddress.ip_network(one) for one in text.replace(",", " ").split())


def _token(text: str) -> str:
    if not all(one.isalnum() or one in "-_./" for one in text) or not text.isascii():
        raise ValueError("no name of a character set")
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text.lower()

    return convert


def _is_local(host: str) -> bool:
    if host in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
