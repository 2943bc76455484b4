"""A peer that signs, posts, and does not give up: what a hospital's interface engine does."""

import collections
import http.client
import threading
import time

from devkit import peers, signing

TIMEOUT_SECONDS = 30
PAUSE_SECONDS = 0.2
#: for a door that is closed for good
PATIENCE_SECONDS = 90


class Sender:
    """Posts to one instance with its demo peers' credentials."""

    def __init__(self, instance):
        self._port, self._credentials = instance.port, instance.peers
        self.without_door = 0
        self.has_given_up = False
        #: kinds of failure to get any answer, counted
        self.unanswered = collections.Counter()

    def post(self, sent, identity=None, timeout=TIMEOUT_SECONDS):
        """The ``peers.Answer`` to one request, or None where nobody answered to the end."""
        identity = identity or signing.message_id(sent.endpoint + sent.path, sent.body)
        signed = signing.headers(self._credentials[sent.endpoint], identity, sent.body)
        headers = {"Content-Type": sent.content_type, **sent.headers, **signed}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        began = time.monotonic()
        try:
            target = f"/interop/v1/in/{sent.endpoint}{sent.path}"
            connection.request(sent.method, target, body=sent.body, headers=headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as failure:
            self.unanswered[type(failure).__name__] += 1
            return None
        finally:
            connection.close()
        return peers.Answer(
            status=response.status,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=body,
            ms=round((time.monotonic() - began) * 1000, 1),
        )

    def insist(self, sent, identity=None):
        """Post again, with the same id, until the door answers 2xx or refuses; ``(answer, tries)``.

        A 404 that is not the door's own is Odoo's, when it cannot reach its database; it is counted.
        """
        until, tries = time.monotonic() + PATIENCE_SECONDS, 0
        while True:
            answer, tries = self.post(sent, identity), tries + 1
            if answer is not None and _is_final(answer):
                return answer, tries
            self.without_door += answer is not None and answer.status == 404
            if self.has_given_up or time.monotonic() > until:
                self.has_given_up = True
                return answer, tries
            time.sleep(PAUSE_SECONDS)


def _is_final(answer):
    if answer.status == 404:
        return "html" not in answer.headers.get("content-type", "")
    return answer.status < 500 and answer.status != 429


class Stream:
    """Threads that insist on message after message, as far as they are let: ``allow`` says how many."""

    def __init__(self, sender, messages, *, threads=4):
        self._sender, self._messages = sender, list(messages)
        self._lock = threading.Condition()
        self._next = self._allowed = self._answered = 0
        self.tries = 0
        self.refused = []
        self._threads = [
            threading.Thread(target=self._work, daemon=True) for _one in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def __len__(self):
        return len(self._messages)

    @property
    def is_idle(self):
        """Whether all that was allowed is answered."""
        with self._lock:
            return self._answered >= self._allowed

    def allow(self, count):
        """Let the first ``count`` messages go."""
        with self._lock:
            self._allowed = max(self._allowed, min(count, len(self._messages)))
            self._lock.notify_all()

    def join(self):
        """Send the rest and wait for the last answer."""
        self.allow(len(self._messages))
        for thread in self._threads:
            thread.join()

    def _take(self):
        with self._lock:
            while self._next >= self._allowed:
                if self._next >= len(self._messages):
                    return None
                self._lock.wait()
            self._next += 1
            return self._messages[self._next - 1]

    def _work(self):
        while (sent := self._take()) is not None:
            answer, tries = self._sender.insist(sent)
            with self._lock:
                self.tries += tries
                self._answered += 1
                if answer is None or answer.status >= 300:
                    status = answer.status if answer else "no answer"
                    self.refused.append(f"{sent.note}: {status}")


def at_once(calls):
    """Run the calls in threads that all start together; their results in order."""
    calls = list(calls)
    barrier, results = threading.Barrier(len(calls)), [None] * len(calls)

    def work(place, call):
        barrier.wait()
        results[place] = call()

    threads = [
        threading.Thread(target=work, args=(place, call), daemon=True)
        for place, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
