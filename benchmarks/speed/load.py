"""Senders that cost next to nothing: requests are prepared bytes, and one selector watches all sockets.

What shares two cores with the server must not be what is measured: a request costs the sender well under a tenth of a
millisecond. Each sender waits for its answer before it sends again (a closed loop); Odoo's own server closes the
connection after each answer, so each request opens one.
"""

import collections
import dataclasses
import re
import selectors
import socket
import time

PATIENCE_SECONDS = 60
ACCEPTED = (200, 202)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclasses.dataclass
class Shots:
    """What one volley measured: seconds it took, milliseconds of each answer, how many of each HTTP status.

    ``moments``: when each request was sent, in their order, by ``time.monotonic``.
    """

    seconds: float
    milliseconds: list
    statuses: collections.Counter
    moments: list = dataclasses.field(default_factory=list)

    @property
    def answered(self):
        return len(self.milliseconds)

    @property
    def refused(self):
        """Requests that were answered otherwise than with acceptance, or not at all."""
        return sum(count for status, count in self.statuses.items() if status not in ACCEPTED)


def request(target, body, headers):
    """One HTTP request as bytes."""
    lines = [f"POST {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


class _Shot:
    __slots__ = ("began", "data", "position", "received", "socket")

    def __init__(self, port, data):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data, self.position, self.received = memoryview(data), 0, bytearray()
        self.began = time.monotonic()
        self.socket.connect_ex(("127.0.0.1", port))

    def is_complete(self):
        """Whether all that was announced has come.

        Whoever waits for the server to hang up instead waits ten milliseconds: so long werkzeug leaves the first word to
        the client.
        """
        head, found, body = bytes(self.received).partition(b"\r\n\r\n")
        length = LENGTH.search(head) if found else None
        return bool(length) and len(body) >= int(length.group(1))


def fire(port, requests, *, senders=8, seconds=None):
    """Send ``requests`` by ``senders`` at once, for ``seconds`` at most; ``Shots``.

    What was not answered has status 0; a request that nobody answers within a minute ends the volley.
    """
    selector, waiting = selectors.DefaultSelector(), iter(requests)
    shots = Shots(0.0, [], collections.Counter())
    began = time.monotonic()
    until = began + seconds if seconds else None

    def next_shot():
        if until and time.monotonic() >= until:
            return
        data = next(waiting, None)
        if data is not None:
            shot = _Shot(port, data)
            shots.moments.append(shot.began)
            selector.register(shot.socket, selectors.EVENT_WRITE, shot)

    def finish(shot):
        selector.unregister(shot.socket)
        shot.socket.close()
        status = int(shot.received[9:12]) if len(shot.received) > 12 else 0
        shots.statuses[status] += 1
        shots.milliseconds.append((time.monotonic() - shot.began) * 1000)
        next_shot()

    for _one in range(senders):
        next_shot()
    while selector.get_map():
        ready = selector.select(PATIENCE_SECONDS)
        if not ready:
            shots.statuses[0] += len(selector.get_map())
            break
        for key, events in ready:
            if _move(selector, key.data, events):
                finish(key.data)
    selector.close()
    shots.seconds = time.monotonic() - began
    return shots


def _move(selector, shot, events):
    """Send or receive what is possible now; True once the answer is complete."""
    try:
        if events & selectors.EVENT_WRITE:
            shot.position += shot.socket.send(shot.data[shot.position :])
            if shot.position == len(shot.data):
                selector.modify(shot.socket, selectors.EVENT_READ, shot)
            return False
        data = shot.socket.recv(65536)
    except BlockingIOError:
        return False
    except OSError:
        return True
    shot.received += data
    return not data or shot.is_complete()
