"""The raw bytes of a request, read piece by piece, and kept only as far as somebody has room for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

#: no endpoint takes more than this; a longer body is refused alike at every address, before anything is looked up
LARGEST = 64 * 1024 * 1024
PIECE = 64 * 1024


class Body:
    """``pieces`` are read when they are needed, each once.

    >>> body = Body([b"ab", b"cd", b"e"])
    >>> body.upto(3) is None, body.upto(5)
    (True, b'abcde')
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held: list[bytes] = []
        self._size = 0
        self._is_whole = False

    def upto(self, limit: int) -> bytes | None:
        """All of it, or None where it is longer than ``limit``: then one piece more than that is held at most."""
        while self._size <= limit and not self._is_whole:
            piece = next(self._pieces, None)
            if piece is None:
                self._is_whole, self._held = True, [b"".join(self._held)]
            else:
                self._held.append(piece)
                self._size += len(piece)
        return self._held[0] if self._size <= limit else None

    def drain(self) -> Iterator[bytes]:
        """All of it in pieces, of which none is kept that was not held whole; so of a long one once only."""
        if self._is_whole:
            yield from self._held
            return
        held, self._held = self._held, []
        while held:
            yield held.pop(0)
        yield from self._pieces
