"""Who says otherwise than what stands: decided from marks, which tell whether two words are the same and nothing else.

A word is what one speaker (a system, or the people here) last said of one attribute of one record. What stands is the word
that was written last. Whose word is another one disagrees.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

#: bytes of a mark: few words are ever compared with each other
_MARK_BYTES = 8
#: a list of records that replaces the one before; what else can be done to a list is no word that could be compared
_SET = 6


class Tellers(NamedTuple):
    """Who told of one record. ``mine``: ``{attribute: version}`` of the system that asks; ``others``: of each other one
    ``(that, {attribute: mark of its last word})``; ``is_listed``: whether a disagreement about it is open or decided."""

    mine: Mapping[str, str]
    others: Mapping[int, tuple[Mapping[str, str], Mapping[str, str]]]
    is_listed: bool


#: of a record that nobody has told of yet
NOBODY = Tellers({}, {}, False)


class Said(NamedTuple):
    """One speaker's word beside what stands: marks of both, and whose it is that stands."""

    mark: str
    stands: int
    stands_mark: str

    @property
    def is_otherwise(self) -> bool:
        return self.mark != self.stands_mark


def mark_of(key: bytes, values: Mapping[str, Any]) -> str | None:
    """The mark of ``{field: value}``; None where it can't be compared (a list that is only added to).

    Keyed, because it is kept: a bare hash of a birth date could be guessed.
    """
    parts = []
    for name in sorted(values):
        text = _text(values[name])
        if text is None:
            return None
        parts.append(f"{name}={len(text)}:{text}")
    body = "\n".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(body, key=key, digest_size=_MARK_BYTES).hexdigest()


def _text(value: Any) -> str | None:
    if isinstance(value, (list, tuple)):
        if any(command[0] != _SET for command in value):
            return None
        return repr(sorted(id_ for command in value for id_ in command[2]))
    if isinstance(value, float):
        # to the sixth place, as values are compared before they are written
        return f"{value:.6f}" if round(value, 6) else ""
    return str(value) if value else ""


def written(speaker: int, mark: str, others: Mapping[int, str]) -> dict[int, Said]:
    """After ``speaker``'s word was written: by speaker, where each of the ``others`` and the speaker are now."""
    return {
        one: Said(word, speaker, mark) for one, word in (dict(others) | {speaker: mark}).items()
    }


def left_out(speaker: int, mark: str, *, stands: int, stands_mark: str) -> dict[int, Said]:
    """After ``speaker``'s word was left out: ``stands`` is whose it is instead."""
    return {speaker: Said(mark, stands, stands_mark)}


class Listed(NamedTuple):
    """A disagreement as it is listed. ``is_open`` False: settled, ``is_decided`` True if a person did so."""

    said: Said
    is_open: bool
    is_decided: bool


def is_news(listed: Listed | None, said: Said) -> bool:
    """Whether what is listed has to change. What a person has decided stays so until somebody says something else."""
    if listed is None:
        return said.is_otherwise
    if not said.is_otherwise:
        return listed.is_open or listed.is_decided
    if listed.is_open:
        return listed.said != said
    return not (
        listed.is_decided
        and (listed.said.mark, listed.said.stands_mark) == (said.mark, said.stands_mark)
    )
