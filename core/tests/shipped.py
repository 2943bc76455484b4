"""The shipped mappings, concept maps and contracts, read from data/*.csv as Odoo reads them."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime, timezone, tzinfo
from functools import cache
from pathlib import Path

from ..canonical import Coding
from ..contract import Attribute, Contract, Contracts
from ..mapping import Context, Mapper, Mapping, Rule
from ..transforms import Translate

DATA = Path(__file__).parents[2] / "data"
RECEIVED_AT = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def mappings() -> tuple[Mapping, ...]:
    """Every shipped mapping, in order of its sequence."""
    rules = defaultdict(list)
    for row in sorted(rows("interop.mapping.rule"), key=lambda row: int(row["sequence"])):
        rules[row["mapping_id:id"]].append(
            Rule(
                target=row["target"],
                source=row["source"],
                transform=row["transform"],
                argument=row["argument"],
                concept_map=row["concept_map"],
                default=row["default_value"],
                required=row["required"] == "True",
            )
        )
    return tuple(
        Mapping(
            name=row["id"],
            format=row["format"],
            documents=tuple(row["documents"].split()),
            entity=row["entity"],
            event=row["event"],
            each=row["each"],
            when=row["when_path"],
            version=row["version_path"],
            rules=tuple(rules[row["id"]]),
        )
        for row in sorted(rows("interop.mapping"), key=lambda row: int(row["sequence"]))
    )


@cache
def mapper() -> Mapper:
    return Mapper(mappings())


@cache
def concept_maps() -> dict[tuple[str, str, str], str]:
    """(map's code, source system, source code) → target; an empty source system stands for any."""
    codes = {row["id"]: row["code"] for row in rows("interop.concept.map")}
    return {
        (codes[row["map_id:id"]], row["source_system"], row["source_code"]): row["target_code"]
        for row in rows("interop.concept.map.line")
    }


def translate(concept_map: str, coding: Coding) -> str | None:
    known = concept_maps()
    own = known.get((concept_map, coding.system, coding.code))
    return own if own is not None else known.get((concept_map, "", coding.code))


def context(zone: tzinfo = timezone.utc) -> Context:
    return Context(zone, translate, RECEIVED_AT, "test")


def context_of(translate: Translate) -> Context:
    """A context with concept maps of a test's own."""
    return Context(timezone.utc, translate, RECEIVED_AT, "test")


@cache
def contracts() -> Contracts:
    attributes = defaultdict(list)
    for row in rows("interop.contract.attribute"):
        attributes[row["contract_id:id"]].append(
            Attribute(
                row["path"],
                row["data_class"],
                row["purpose"],
                int(row["retention_days"]) if row["retention_days"] else None,
            )
        )
    return Contracts(
        Contract(row["format"], row["document"], tuple(attributes[row["id"]]))
        for row in rows("interop.contract")
    )
