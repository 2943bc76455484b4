"""A stored document as people read it: place by place, with the data class that its contract gives each.

HL7 v2: segments and fields under the standard's names. FHIR and JSON: the document's own members, folded as they nest.
What is restricted stays masked until it is asked for; masking is done here, so that what is masked is nowhere beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .allowed import by_url, extension_url
from .codecs.hl7v2_message import unescape
from .contract import Attribute, Contracts, is_within, strictest
from .document import Document
from .hl7_names import field_name, segment_name

MASKED = "•••"
RESTRICTED = "restricted"
#: what of a message's header is nobody's: it is kept whatever a contract says
_HEADER = "MSH"
_HEADER_CLASS = "internal"


@dataclass(frozen=True, slots=True)
class Node:
    """One place. A leaf has a ``value`` and a ``data_class``; a branch has ``children`` and the strictest of their classes.

    ``title`` is the standard's name of it, '' where there is none; ``path`` as contracts write it.
    """

    name: str
    path: str
    data_class: str
    title: str = ""
    value: str | None = None
    children: tuple[Node, ...] = ()
    is_masked: bool = False


#: the class of what stands at a place, given its names
_Classes = Callable[[tuple[str, ...]], str]


def content_of(document: Document, contracts: Contracts, *, is_revealed: bool) -> tuple[Node, ...]:
    """The places of a stored ``document``. Unless ``is_revealed``, values of restricted ones are ``MASKED``."""
    if document.format == "hl7v2":
        nodes: Iterable[Node] = _segments(document, contracts)
    else:
        nodes = _members(document, contracts)
    return tuple(nodes) if is_revealed else tuple(map(_masked, nodes))


def classes_in(nodes: Iterable[Node]) -> dict[str, tuple[str, ...]]:
    """``{data class: paths of the leaves that have it, each once, in the document's order}``."""
    found: dict[str, dict[str, None]] = {}
    for leaf in _leaves(nodes):
        found.setdefault(leaf.data_class, {})[leaf.path] = None
    return {name: tuple(paths) for name, paths in found.items()}


def _leaves(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if node.value is None:
            yield from _leaves(node.children)
        else:
            yield node


def _masked(node: Node) -> Node:
    if node.value is None:
        children = tuple(map(_masked, node.children))
        return Node(node.name, node.path, node.data_class, node.title, children=children)
    if node.data_class != RESTRICTED:
        return node
    return Node(node.name, node.path, node.data_class, node.title, MASKED, is_masked=True)


def _branch(name: str, path: str, children: Iterable[Node], title: str = "") -> Node:
    children = tuple(children)
    classes = [child.data_class for child in children]
    return Node(name, path, strictest(classes), title, children=children)


# -- HL7 v2 --


def _segments(document: Document, contracts: Contracts) -> Iterator[Node]:
    """Fields are masked whole: a restricted component makes its field restricted."""
    lines = list(contracts.lines(document.format, document.kind))
    for segment in document.body.segments:
        fields = list(_fields(segment, lines))
        if fields:
            yield _branch(segment.name, segment.name, fields, segment_name(segment.name))


def _fields(segment: Any, lines: list[Attribute]) -> Iterator[Node]:
    for number in range(3 if segment.name == _HEADER else 1, len(segment.fields)):
        texts = [
            unescape(repetition.raw, segment.separators)
            for repetition in segment.repetitions(number)
            if not repetition.is_empty
        ]
        if texts:
            path = f"{segment.name}-{number}"
            title = field_name(segment.name, number)
            yield Node(path, path, _hl7_class(path, lines), title, "\n".join(texts))


def _hl7_class(path: str, lines: list[Attribute]) -> str:
    """The strictest around the field or within it."""
    found = [
        line.data_class
        for line in lines
        if is_within(path, line.path) or line.path.startswith(f"{path}.")
    ]
    if not found and path.startswith(f"{_HEADER}-"):
        return _HEADER_CLASS
    return strictest(found)


# -- FHIR and JSON --


def _members(document: Document, contracts: Contracts) -> Iterator[Node]:
    format = document.format

    def of_kind(kind: str) -> _Classes:
        return _classes(contracts, format, kind)

    # of FHIR each resource has its own type's contract
    inner = of_kind if format == "fhir" else None
    body = document.body
    if isinstance(body, (dict, list)):
        yield from _children(body, (), of_kind(document.kind), inner)
    else:
        yield from _member("*", body, (), of_kind(document.kind), inner)


def _classes(contracts: Contracts, format: str, kind: str) -> _Classes:
    def at(names: tuple[str, ...]) -> str:
        return strictest(
            line.data_class for _contract, line in contracts.listing(format, kind, names)
        )

    return at


def _children(
    body: dict[str, Any] | list[Any],
    names: tuple[str, ...],
    classes: _Classes,
    of_kind: Callable[[str], _Classes] | None,
) -> Iterator[Node]:
    if isinstance(body, list):
        for number, value in enumerate(body, 1):
            place = _item(names, value) if of_kind else names
            yield from _member(f"{number}", value, place, classes, of_kind)
        return
    kind = body.get("resourceType")
    if of_kind and isinstance(kind, str):
        names, classes = (), of_kind(kind)
    for name, value in body.items():
        yield from _member(name, value, (*names, name), classes, of_kind)


def _item(names: tuple[str, ...], value: Any) -> tuple[str, ...]:
    """Where an item of a list of FHIR stands: an extension goes by its address, where it has one."""
    name = by_url(value) if names[-1:] == ("extension",) else ""
    return (*names[:-1], name) if extension_url(name) else names


def _member(
    name: str,
    value: Any,
    names: tuple[str, ...],
    classes: _Classes,
    of_kind: Callable[[str], _Classes] | None,
) -> Iterator[Node]:
    path = ".".join(names)
    if isinstance(value, (dict, list)):
        children = tuple(_children(value, names, classes, of_kind))
        if children:
            yield _branch(name, path, children)
    elif value is not None:
        yield Node(name, path, classes(names), value=_text(value))


def _text(value: Any) -> str:
    """As JSON writes it, texts without their quotes."""
    return str(value).lower() if isinstance(value, bool) else str(value)
