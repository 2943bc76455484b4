"""MLLP senders as hospitals have them, with blocking sockets, and with bad habits on purpose."""

import collections
import dataclasses
import re
import socket
import threading
import time

TIMEOUT_SECONDS = 90
#: for one message, over all its tries
PATIENCE_SECONDS = 180
PAUSE_SECONDS = 0.2
_MSA = re.compile(rb"\rMSA\|([AC][AER])\|([^|\r]*)")
_ID = re.compile(rb"^MSH(?:\|[^|\r]*){8}\|([^|\r]*)")


def block_of(body):
    return b"\x0b" + body + b"\x1c\r"


@dataclasses.dataclass(frozen=True)
class Told:
    """One acknowledgement: what was sent, the code, and the id that the receiver gave it."""

    endpoint: str
    body: bytes
    code: str
    identity: str
    block: bytes
    seconds: float


class Port:
    """One connection to one port, opened again whenever it breaks."""

    def __init__(self, port):
        self._port = port
        self._socket = None

    def send(self, data):
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), TIMEOUT_SECONDS)
        self._socket.sendall(data)

    def answer(self):
        """The next block; ``ConnectionError`` where the connection ends instead."""
        found = b""
        while not found.endswith(b"\x1c\r"):
            part = self._socket.recv(65536)
            if not part:
                raise ConnectionError("ended")
            found += part
        return found

    def close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None


class Crowd:
    """Threads that send until each message is acknowledged; every third one is cut in its middle first, every fifth is
    sent whole and abandoned before its answer, every seventh is sent again after its answer."""

    def __init__(self, work, ports, pace):
        """``work``: one list of (endpoint, body) for each connection; ``pace``: seconds between messages."""
        self._ports, self._pace = ports, pace
        self._lock = threading.Lock()
        self.told, self.lost, self.broken = [], [], []
        self.counts = collections.Counter()
        self._threads = [
            threading.Thread(target=self._work, args=(one,), daemon=True) for one in work
        ]
        for thread in self._threads:
            thread.start()

    def join(self):
        for thread in self._threads:
            thread.join()

    @property
    def acknowledged(self):
        with self._lock:
            return len(self.told)

    def _work(self, messages):
        port = None
        for number, (endpoint, body) in enumerate(messages):
            port = port or Port(self._ports[endpoint])
            if number % 3 == 1:
                self._spoil(port, "cut", block_of(body)[: 1 + len(body) * (number + 1) // 12])
            if number % 5 == 2:
                self._spoil(port, "abandoned", block_of(body))
            told = self._insist(port, endpoint, body)
            with self._lock:
                (self.told if told else self.lost).append(told or body)
            if told and number % 7 == 3:
                self._repeat(port, endpoint, body, told)
            time.sleep(self._pace)
        if port:
            port.close()

    def _spoil(self, port, kind, data):
        try:
            port.send(data)
            time.sleep(0.01)
        except OSError:
            self._count("reconnected")
        port.close()
        self._count(kind)

    def _repeat(self, port, endpoint, body, first):
        again = self._insist(port, endpoint, body)
        self._count("repeated")
        if again is None or again.block != first.block:
            with self._lock:
                self.broken.append(f"{endpoint}: a repeat was answered otherwise")

    def _insist(self, port, endpoint, body):
        """Send until there is an answer; None where none came in all that time."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            try:
                port.send(block_of(body))
                block = port.answer()
            except OSError:
                port.close()
                self._count("reconnected")
                time.sleep(PAUSE_SECONDS)
                continue
            return self._read(endpoint, body, block, time.monotonic() - began)
        return None

    def _read(self, endpoint, body, block, seconds):
        content = block[1:-2]
        msa, own = _MSA.search(content), _ID.match(content)
        asked = _ID.match(body)[1]
        if not msa or msa[2] != asked:
            with self._lock:
                self.broken.append(f"{endpoint}: another message's acknowledgement")
        code = msa[1].decode() if msa else "?"
        return Told(endpoint, body, code, own[1].decode() if own else "", block, seconds)

    def _count(self, kind):
        with self._lock:
            self.counts[kind] += 1
