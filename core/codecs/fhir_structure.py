"""Whether a parsed FHIR R4 resource has the shape that R4 gives it: elements, lists, types, codes, required parts.

The table ``fhir_r4.json`` is derived from HL7's official schema (``core/tests/fhir_table.py``, and a test that they
agree). An element R4 does not know is refused, not skipped: that is how an STU3 or R5 resource shows itself, and what
is skipped there would be lost in silence here. What the schema leaves to prose is not checked (required primitives,
one only of several ``value[x]``); the mappings' ``required`` names what Odoo needs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BadDocument
from .fhir_primitives import PRIMITIVES

_TABLE = json.loads((Path(__file__).parent / "fhir_r4.json").read_bytes())
RESOURCE_TYPES: frozenset[str] = frozenset(_TABLE["resources"])
#: every element name of R4; any other name may be a value somebody misplaced, and is not repeated in errors
_NAMES = frozenset(
    name for own in (*_TABLE["types"].values(), *_TABLE["bases"].values()) for name in own
)


class Element(NamedTuple):
    """One element of a type. ``check`` takes a single value and raises ``_Misfit``."""

    type: str
    is_list: bool
    is_required: bool
    is_primitive: bool
    check: Callable[[Any], None]


class _Misfit(Exception):
    """Carries the place outwards, one name a level: on the good path nobody builds paths."""

    def __init__(self, code: str, detail: str = "", at: str = ""):
        self.code = code
        self.detail = detail
        self.places = [at] if at else []


def check_resource(resource: Any, *, path: str = "") -> None:
    """Raise ``BadDocument`` at the first misfit; its path reads like FHIRPath, ``Patient.name[0].family``.

    Codes: ``not_an_object``, ``no_resource_type``, ``unknown_resource``, ``unknown_element``, ``missing_element``,
    ``empty_element``, ``wrong_shape`` (a list where R4 has one, or one where it has a list), ``bad_value`` (``detail``
    is the type that was expected).
    """
    try:
        _check_resource(resource)
    except _Misfit as misfit:
        root = path or _root_name(resource)
        place = "".join([root, *reversed(misfit.places)])
        raise BadDocument(misfit.code, path=place, detail=misfit.detail) from None


@cache
def elements(type_name: str) -> dict[str, Element]:
    """The elements of a type (``Patient``, ``Patient_Contact``, ``HumanName``), inherited ones included."""
    own = dict(_TABLE["types"][type_name])
    inherited = _TABLE["bases"].get(own.pop("", ""), {})
    return {name: _element(text) for name, text in {**inherited, **own}.items()}


def _root_name(resource: Any) -> str:
    name = resource.get("resourceType") if isinstance(resource, dict) else None
    return name if isinstance(name, str) and name in RESOURCE_TYPES else ""


def _element(text: str) -> Element:
    name, _, codes = text.rstrip("*!").partition(":")
    if codes:
        check = _check_code(frozenset(_TABLE["codes"][int(codes)]))
    elif name in PRIMITIVES:
        check = _check_primitive(name)
    else:
        check = _check_resource if name == "Resource" else _check_complex(name)
    return Element(name, "*" in text, "!" in text, name in PRIMITIVES, check)


def _check_primitive(name: str) -> Callable[[Any], None]:
    is_valid = PRIMITIVES[name]

    def check(value: Any) -> None:
        if not is_valid(value):
            _refuse_value(value, name)

    return check


def _check_code(allowed: frozenset[str]) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if not isinstance(value, str) or value not in allowed:
            _refuse_value(value, "code")

    return check


def _refuse_value(value: Any, name: str) -> None:
    if isinstance(value, list):
        raise _Misfit("wrong_shape", "a list where R4 has one value")
    raise _Misfit("bad_value", name)


def _check_complex(name: str) -> Callable[[Any], None]:
    return lambda value: _check_members(value, elements(name))


def _check_resource(value: Any) -> None:
    if not isinstance(value, dict):
        raise _Misfit("not_an_object")
    name = value.get("resourceType")
    if not isinstance(name, str) or not name:
        raise _Misfit("no_resource_type")
    if name not in RESOURCE_TYPES:
        raise _Misfit("unknown_resource", "not a resource of FHIR R4")
    _check_members(value, elements(name), is_resource=True)


def _check_members(value: Any, known: dict[str, Element], *, is_resource: bool = False) -> None:
    if not isinstance(value, dict):
        detail = "a list where R4 has one value" if isinstance(value, list) else "not an object"
        raise _Misfit("wrong_shape", detail)
    if not value:
        raise _Misfit("empty_element")
    for name, member in value.items():
        element = known.get(name)
        if element is not None:
            _check_member(name, member, element, value)
        elif not (is_resource and name == "resourceType"):
            _check_extra(name, member, known)
    for name, element in known.items():
        if element.is_required and name not in value:
            raise _Misfit("missing_element", at=f".{name}")


def _check_member(name: str, member: Any, element: Element, owner: dict[str, Any]) -> None:
    try:
        if element.is_list:
            # A null stands for a primitive whose extensions are in the list beside it (json.html#primitive).
            _check_list(
                member, element, is_null_allowed=element.is_primitive and f"_{name}" in owner
            )
        else:
            element.check(member)
    except _Misfit as misfit:
        misfit.places.append(f".{name}")
        raise


def _check_list(member: Any, element: Element, *, is_null_allowed: bool) -> None:
    if not isinstance(member, list):
        raise _Misfit("wrong_shape", "one value where R4 has a list")
    if not member:
        raise _Misfit("empty_element")
    for index, item in enumerate(member):
        try:
            if item is not None or not is_null_allowed:
                element.check(item)
        except _Misfit as misfit:
            misfit.places.append(f"[{index}]")
            raise


def _check_extra(name: str, member: Any, known: dict[str, Element]) -> None:
    """``_birthDate`` holds the extensions of ``birthDate``; nothing of it is read, but it must be what it says."""
    element = known.get(name[1:]) if name.startswith("_") else None
    if element is None or not element.is_primitive:
        raise _Misfit("unknown_element", at=f".{name}" if name in _NAMES else "")
    expected = list if element.is_list else dict
    if not isinstance(member, expected):
        raise _Misfit("wrong_shape", at=f".{name}")
