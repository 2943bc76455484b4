"""Senders that insist: each message goes to one server after another until one accepts it."""

import collections
import threading
import time

from benchmarks.speed import load, messages

#: seconds before a message that was not accepted is sent again
PAUSE = 0.1


class Crowd:
    """Begins at once and goes on until ``end``. ``rate``: messages a second of all ``senders`` together.

    ``accepted``: when each was, by ``time.monotonic``; ``tries`` and ``refused`` (a Counter by HTTP status; 0: no answer).
    """

    def __init__(self, hosts, *, senders=4, rate=40, first=0):
        self.hosts = hosts
        self.seconds_each = senders / rate
        self.accepted, self.refused = collections.deque(), collections.Counter()
        self.first = self.next = first
        self.tries, self.is_over = 0, False
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work, args=(n,)) for n in range(senders)]
        for one in self.threads:
            one.start()

    def end(self):
        """Stop once what was begun is accepted; how many messages there were."""
        self.is_over = True
        for one in self.threads:
            one.join()
        return self.next - self.first

    def _work(self, turn):
        while not self.is_over:
            with self.lock:
                number, self.next = self.next, self.next + 1
            began = time.monotonic()
            self._insist(messages.single(self.hosts[0], messages.party(number)), turn)
            time.sleep(max(0.0, self.seconds_each - (time.monotonic() - began)))

    def _insist(self, request, turn):
        while True:
            turn += 1
            port = self.hosts[turn % len(self.hosts)].port
            statuses = load.fire(port, [request], senders=1).statuses
            with self.lock:
                self.tries += 1
                self.refused.update(
                    {status: n for status, n in statuses.items() if status not in load.ACCEPTED}
                )
            if statuses[202]:
                self.accepted.append(time.monotonic())
                return
            time.sleep(PAUSE)
