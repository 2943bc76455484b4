"""ER7 as real senders write it, each in its own style of delimiters, line ends and marks.

A segment is a name and its fields by number; a field is a text, a tuple of components, or a list of
repetitions; a component is a text or a tuple of sub-components. Escaping and delimiters belong to
the ``Style``.
"""

from __future__ import annotations

import dataclasses

from devkit import hospital_world as world

CONTENT_TYPE = "application/hl7-v2"
ER7 = "x-application/hl7-v2+er7; charset=utf-8"


@dataclasses.dataclass(frozen=True)
class Style:
    """How a sender writes: its delimiters ('' where it has none), line end and byte-order mark."""

    name: str = "plain"
    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    sub: str = "&"
    line_end: str = "\r"
    bom: bool = False
    has_structure: bool = True
    zone: str = ""

    @property
    def encoding(self):
        return self.component + self.repetition + self.escape + self.sub


PLAIN = Style()
#: The laboratory's analysers do as they like.
LAB_STYLES = (
    Style("plain", zone="-0700"),
    Style("line feeds", line_end="\n", has_structure=False),
    Style("byte-order mark", bom=True, line_end="\r\n"),
    Style("plain", zone="-0700"),
    Style("other delimiters", field="#", component="*", sub="%", escape="!"),
    Style("MSH-2 of v2.7", zone="-0700"),
    Style("two encoding characters", repetition="~", escape="", sub="", has_structure=False),
)


def encode(segments, style=PLAIN) -> bytes:
    """The segments ``[(name, {number: field})…]`` as ER7."""
    lines = [_segment(name, fields, style) for name, fields in segments]
    text = style.line_end.join((*lines, ""))
    return (b"\xef\xbb\xbf" if style.bom else b"") + text.encode()


def _segment(name, fields, style):
    texts = [_field(fields.get(place, ""), style) for place in range(1, max(fields, default=0) + 1)]
    if name == "MSH":
        texts[:2] = [style.encoding]
        if style.name == "MSH-2 of v2.7":
            texts[0] += "#"
    return style.field.join((name, *texts))


def _field(value, style):
    if isinstance(value, list):
        return style.repetition.join(_field(one, style) for one in value)
    parts = value if isinstance(value, tuple) else (value,)
    return style.component.join(_component(part, style) for part in parts).rstrip(style.component)


def _component(value, style):
    parts = value if isinstance(value, tuple) else (value,)
    joiner = style.sub or " "
    return joiner.join(_escaped(str(part), style) for part in parts).rstrip()


def _escaped(text, style):
    if not style.escape:
        return text
    text = text.replace(style.escape, f"{style.escape}E{style.escape}")
    marks = {style.field: "F", style.component: "S", style.sub: "T", style.repetition: "R"}
    for mark, letter in marks.items():
        text = text.replace(mark, f"{style.escape}{letter}{style.escape}")
    return text


def stamp(when, style=PLAIN):
    """A time of the hospital's clock to the second, with a zone where the sender gives one."""
    return when.astimezone(world.ZONE).strftime("%Y%m%d%H%M%S") + style.zone
