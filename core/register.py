"""The register of personal data (GDPR Article 30): what is kept where, why and how long, and what an erasure does to it.

Generated: content from the contracts in force, Odoo's records from what mappings fill, this add-on's own tables from
``KEPT``. A test holds that no table and no column of text of ours is missing there.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from .canonical import ENTITIES
from .contract import Contract
from .needs import Customs
from .register_records import LAW_OF, RECORDS_OF
from .register_tables import KEPT, Kept

#: where something is kept: content of messages, records of Odoo, tables of this add-on
CONTENT, RECORD, TABLE = "content", "record", "table"
#: what spreadsheets take for the beginning of a formula (OWASP, CSV injection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

#: attributes that Odoo has more of than the canon
_SAID_BY = {"phone": "contacts", "email": "contacts", "mobile": "contacts"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the register.

    ``part``: CONTENT, RECORD or TABLE. ``model``: where it is kept, technically. ``what``: kind of document, entity or the
    words of a table; ``attribute`` within it. ``until``: the code of what ends it (``register_terms.ENDS``), ``days`` where
    that is a number. ``erasure``: what an erasure does to it (``register_terms.ERASURES``). ``sources``: the endpoints it
    comes from, ``basis``: the contract.
    """

    part: str
    model: str
    what: str
    attribute: str
    data_class: str
    purpose: str
    until: str
    days: int | None = None
    erasure: str = ""
    sources: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """An endpoint: its words for people, the format it takes, and how many days it keeps content."""

    name: str
    format: str
    days: int


def content_lines(contracts: Iterable[Contract], sources: Iterable[Source]) -> Iterator[Line]:
    """What the contracts let the content of messages hold. A line keeps as long as the endpoint of its format that keeps
    longest, or shorter where it or another line of the same contract says so: a document goes as a whole."""
    sources = tuple(sources)
    for contract in contracts:
        taking = [one for one in sources if _family(one.format) == _family(contract.format)]
        told = [line.kept_days for line in contract.attributes if line.kept_days is not None]
        longest = max((one.days for one in taking), default=None)
        limits = told + ([longest] if longest is not None else [])
        for line in contract.attributes:
            yield Line(
                CONTENT,
                "interop.payload",
                f"{contract.format}: {contract.document}",
                line.path,
                line.data_class,
                line.purpose,
                "payload",
                min(limits, default=None),
                "goes",
                ", ".join(one.name for one in taking),
                contract.name,
            )


def record_lines(
    homes: Iterable[tuple[str, str, Mapping[str, Iterable[str]]]], customs: Customs
) -> Iterator[Line]:
    """What entities write to Odoo's records. ``homes``: (entity, model, the model's fields by the entity's attribute; without
    any, the entity's attributes are told). ``customs``: class and purpose of what attributes are read from
    (``needs.customs_of``); what no contract speaks of is confidential."""
    for entity, model, by_attribute in homes:
        if entity not in RECORDS_OF:
            continue
        until, erasure = LAW_OF.get(model, ("record", "emptied"))
        for attribute in by_attribute or _attributes(entity):
            written = ", ".join(by_attribute.get(attribute, ()))
            data_class, purpose = customs.get(
                f"{entity}.{_SAID_BY.get(attribute, attribute)}", ("confidential", "")
            )
            yield Line(
                RECORD,
                model,
                entity,
                f"{attribute} ({written})" if written else attribute,
                data_class,
                purpose or RECORDS_OF[entity],
                until,
                erasure=erasure,
            )


def _attributes(entity: str) -> list[str]:
    return [item.name for item in fields(ENTITIES[entity]) if item.name != "identifiers"]


def table_lines(kept: Iterable[Kept] = KEPT) -> Iterator[Line]:
    """This add-on's own tables."""
    for one in kept:
        if one.is_personal:
            yield Line(
                TABLE,
                one.model,
                one.what,
                ", ".join(one.columns),
                one.data_class,
                one.why,
                one.until,
                erasure=one.erasure,
            )


def unlisted(columns: Iterable[tuple[str, str]], kept: Iterable[Kept] = KEPT) -> list[str]:
    """Of ``columns`` (model, field; '' asks for the model alone) those that stand in no line: "interop.x.name"."""
    listed: dict[str, set[str]] = defaultdict(set)
    for one in kept:
        listed[one.model].update(one.columns)
    return sorted(
        f"{model}.{column}".rstrip(".")
        for model, column in columns
        if model not in listed or (column and column not in listed[model])
    )


def outdated(columns: Iterable[tuple[str, str]], kept: Iterable[Kept] = KEPT) -> list[str]:
    """What stands in the lines and does not exist."""
    known = set(columns)
    return sorted(
        f"{one.model}.{column}"
        for one in kept
        for column in one.columns
        if (one.model, column) not in known
    )


# -- the file --


def to_csv(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """RFC 4180; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(list(heads))
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def to_json(about: Mapping[str, Any], lines: Iterable[Line]) -> str:
    """``about`` (when, which database, who is responsible …) and the lines with their codes, for another program."""
    told = [{item.name: getattr(line, item.name) for item in fields(Line)} for line in lines]
    return json.dumps({**about, "lines": told}, ensure_ascii=False, indent=2) + "\n"


def _cell(value: Any) -> Any:
    if value is None or value is False:
        return ""
    if isinstance(value, int):
        return value
    return f"'{value}" if str(value).startswith(_FORMULA) else str(value)


def _family(format: str) -> str:
    return "json" if format == "cloudevents" else format
