"""Least data in JSON documents of any make: what the contract lists, without the names that are never stored."""

from __future__ import annotations

from typing import Any

from .allowed import Allowed
from .never import is_never_name, speakable

_NOTHING = object()


def minimise(body: Any, allowed: Allowed) -> tuple[Any, tuple[str, ...]]:
    """The body without what is not allowed, and the places of what was dropped (no indexes, no values), sorted."""
    dropped: set[str] = set()
    kept = _kept(body, allowed, "", dropped)
    return (None if kept is _NOTHING else kept), tuple(sorted(dropped))


def _kept(value: Any, allowed: Allowed, place: str, dropped: set[str]) -> Any:
    if isinstance(value, dict):
        return _kept_members(value, allowed, place, dropped)
    if isinstance(value, list):
        items = [_kept(item, allowed, place, dropped) for item in value]
        return [item for item in items if item is not _NOTHING]
    if allowed.is_all:
        return value
    dropped.add(place or "*")
    return _NOTHING


def _kept_members(
    value: dict[str, Any], allowed: Allowed, place: str, dropped: set[str]
) -> dict[str, Any]:
    result = {}
    for name, member in value.items():
        beneath = None if is_never_name(name) else allowed.under(name)
        if beneath is not None and beneath.is_all and not isinstance(member, (dict, list)):
            # most members: no place has to be named for what is kept as it is
            result[name] = member
            continue
        here = f"{place}.{speakable(name)}" if place else speakable(name)
        if beneath is None:
            dropped.add(here)
            continue
        kept = _kept(member, beneath, here, dropped)
        if kept is not _NOTHING:
            result[name] = kept
    return result
