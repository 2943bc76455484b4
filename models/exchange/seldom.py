"""What a process does at most once in so many seconds for each thing: nobody else needs to know when it last did."""

import time


class Seldom:
    def __init__(self, seconds):
        self._seconds = seconds
        #: ``{thing: monotonic time}``
        self._done = {}

    def is_due(self, thing):
        done = self._done.get(thing)
        return done is None or time.monotonic() - done >= self._seconds

    def note(self, thing):
        """It was done just now."""
        self._done[thing] = time.monotonic()
