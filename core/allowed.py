"""The tree that the paths of a contract make: what may be kept at a place, and beneath it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import PermanentError

_INDEX = re.compile(r"\[(?:\*|[0-9]*)\]")
_NAME = re.compile(r"\*|[A-Za-z_@$][\w@$-]*|extension\([^()\s]+\)")
#: at the dots, those in the address of an extension apart
split_path = re.compile(r"\.(?![^(]*\))").split


@dataclass(frozen=True, slots=True)
class Allowed:
    """One place. ``is_all``: everything beneath it may be kept, FHIR extensions apart, which need their names (but for the
    further identifiers of a Reference, which it goes by as by its own)."""

    is_all: bool = False
    members: Mapping[str, Allowed] = field(default_factory=dict)

    def under(self, name: str) -> Allowed | None:
        """What may be kept of the member ``name``; None: nothing."""
        named = self.members.get(name)
        if named is not None:
            return named
        return EVERYTHING if self.is_all else self.members.get("*")

    def extension(self, url: str) -> Allowed | None:
        return self.members.get(f"extension({url})")

    def at(self, name: str) -> Allowed | None:
        """``under`` or ``extension``, as the name of a path asks for."""
        url = extension_url(name)
        return self.extension(url) if url else self.under(name)


EVERYTHING = Allowed(is_all=True)


def extension_url(name: str) -> str:
    """``extension(http://…)`` → the URL; '' for any other name."""
    return name[len("extension(") : -1] if name.startswith("extension(") else ""


def by_url(item: Any) -> str:
    """The name by which a path leads to ``item``, one of a FHIR element's extensions: ``extension(http://…)``."""
    url = item.get("url", "") if isinstance(item, dict) else ""
    return f"extension({url})"


def is_listed_by(names: tuple[str, ...], line: tuple[str, ...]) -> bool:
    """Whether a line of a contract (``parse_path`` of it) lists what stands at ``names``, or what is around it.

    ``*`` is any name but an extension's, as in ``Allowed``.

    >>> is_listed_by(("name", "family"), ("*",)), is_listed_by(("extension(http://x.example)", "valueCode"), ("*",))
    (True, False)
    """
    return len(line) <= len(names) and all(
        one == name or (one == "*" and not extension_url(name))
        for one, name in zip(line, names, strict=False)
    )


def parse_path(path: str) -> tuple[str, ...]:
    """``item[].code`` → ("item", "code"). Raises ``PermanentError`` (``bad_path``)."""
    names = tuple(split_path(_INDEX.sub("", path.strip())))
    if not all(map(_NAME.fullmatch, names)):
        raise PermanentError("bad_path", path=path)
    return names


def compile_paths(paths: Iterable[str]) -> Allowed:
    """The tree of these paths. ``*`` is laid under every name beside it, so that a look-up needs one step."""
    return _tree(frozenset(map(parse_path, paths)), is_all=False)


def _tree(paths: frozenset[tuple[str, ...]], *, is_all: bool) -> Allowed:
    is_all = is_all or () in paths
    longer = [path for path in paths if path]
    members = {
        name: _tree(
            frozenset(path[1:] for path in longer if path[0] in _alike(name)), is_all=is_all
        )
        for name in {path[0] for path in longer}
    }
    return Allowed(is_all, members)


def _alike(name: str) -> tuple[str, ...]:
    return (name,) if extension_url(name) else (name, "*")
