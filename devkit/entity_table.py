"""`docs/entities.md`: every entity of the canon, what it is read from, where it lives, who shows and who tests it.

Taken from the code, so that it is true; `python3 -m devkit.entity_table` writes it. A test fails where it is out of date, and
where an entity lacks something without a reason given here.
"""

from __future__ import annotations

import collections
import datetime as dt
import re
import sys
from dataclasses import dataclass, fields

from core.canonical import ENTITIES
from core.codecs import cloudevents, fhir, hl7v2, plain_json
from core.tests import shipped
from devkit import hospital, paths

FILE = paths.CHECKOUT / "docs" / "entities.md"
#: the day that is counted; any does
DAY = dt.date(2026, 11, 23)
#: what is empty for a reason
NONE_BECAUSE = {
    ("invoice", "hl7v2"): "the standard has none",
    ("claim", "hl7v2"): "the standard has none",
    ("payment", "hl7v2"): "the standard has none",
}
#: what Odoo itself shows: these homes have its screens
ODOO_SCREENS = {
    "res.partner": "Contacts",
    "hr.employee": "Employees",
    "product.product": "Products",
    "stock.move": "Inventory",
    "stock.picking": "Inventory",
    "purchase.order": "Purchase",
    "account.move": "Accounting",
    "account.payment": "Accounting",
}
MASTER_DATA = ("party", "employee", "organization", "location")
CATALOGUE = ("service", "product")
HOME_OF = {"product": "product.product", "service": "product.product"}
#: entities that are kept by one adapter or another
ADAPTERS_OF = {"order": ("service_order", "supply_order", "purchase_order")}


@dataclass(frozen=True)
class Row:
    """One entity; a column that is '' lacks something."""

    entity: str
    attributes: str
    hl7v2: str
    fhir: str
    json: str
    home: str
    screen: str
    life: str
    tests: str
    demo: str


HEADS = (
    "Entity", "Attributes", "HL7 v2", "FHIR R4", "JSON events", "Home in Odoo", "Screen", "Created, changed, cancelled", "Tests", "Demo, facts a day",
)  # fmt: skip


def rows():
    """A ``Row`` for each entity, in the order of the canon."""
    told = facts_of_a_day()
    return [
        Row(
            entity=name,
            attributes=str(len(fields(cls)) - 1),
            **{format_: _documents(name, format_) for format_ in ("hl7v2", "fhir", "json")},
            home=", ".join(homes(name)),
            screen=", ".join(filter(None, map(_screen, homes(name)))),
            life=_life(name),
            tests=_tests(name),
            demo=str(told[name]) if told[name] else "",
        )
        for name, cls in ENTITIES.items()
    ]


def lacking():
    """``[(entity, column)]`` that are empty without a reason."""
    return [
        (row.entity, item.name)
        for row in rows()
        for item in fields(row)
        if not getattr(row, item.name)
    ]


def _documents(entity, format_):
    if reason := NONE_BECAUSE.get((entity, format_)):
        return f"– ({reason})"
    kinds = {
        kind
        for mapping in shipped.mappings()
        if mapping.entity == entity and mapping.format == format_
        for kind in mapping.documents
    }
    return ", ".join(_short(sorted(kinds), format_))


def _short(kinds, format_):
    """HL7 by message type; JSON without the prefix and version that all have."""
    if format_ == "json":
        return [kind.removeprefix("*.").removesuffix(".v1") for kind in kinds]
    if format_ == "fhir":
        return kinds
    by_type = collections.defaultdict(list)
    for kind in kinds:
        name, _caret, trigger = kind.partition("^")
        by_type[name].append(trigger)
    return [f"{name} {' '.join(filter(None, told))}".strip() for name, told in by_type.items()]


def homes(entity):
    """The models that its adapters write to, as the adapters' files say."""
    if entity in HOME_OF:
        return [HOME_OF[entity]]
    found = []
    for adapter in ADAPTERS_OF.get(entity, (entity,)):
        text = (paths.CHECKOUT / "entities" / f"{adapter}.py").read_text(encoding="utf-8")
        found += re.findall(r'_home = "([\w.]+)"', text)[:1]
    return found


def _screen(model):
    if model in ODOO_SCREENS:
        return ODOO_SCREENS[model]
    menus = (paths.CHECKOUT / "views" / "menus.xml").read_text(encoding="utf-8")
    for path in sorted((paths.CHECKOUT / "views").rglob("*.xml")):
        text = path.read_text(encoding="utf-8")
        for action, record in re.findall(
            r'<record id="(\w+)" model="ir.actions.act_window">(.*?)</record>', text, re.DOTALL
        ):
            menu = re.search(rf'name="([^"]+)" parent="\w+" action="{action}"', menus)
            if f'name="res_model">{model}<' in record and menu:
                return menu[1]
    return ""


def _life(entity):
    """The tests that tell of it from its creation to its end; '' where one of its adapters has none."""
    text = (paths.CHECKOUT / "tests" / "test_entity_lives.py").read_text(encoding="utf-8")
    names = [f"test_life_of_{adapter}" for adapter in ADAPTERS_OF.get(entity, (entity,))]
    return ", ".join(names) if all(f"def {name}(" in text for name in names) else ""


def _tests(entity):
    names = [
        f"test_entity_{entity}.py",
        *(f"test_entity_{adapter}.py" for adapter in ADAPTERS_OF.get(entity, ())),
        *(["test_entity_master_data.py"] * (entity in MASTER_DATA)),
        *(["test_entity_catalogue.py"] * (entity in CATALOGUE)),
    ]
    names += ["test_merging.py"] if entity == "party" else []
    folder = paths.CHECKOUT / "tests"
    return ", ".join(dict.fromkeys(name for name in names if (folder / name).exists()))


def facts_of_a_day():
    """How many facts of each entity the demo hospital's day states, by the shipped mappings."""
    codecs = {
        "demo_ehr": fhir,
        "demo_pas": hl7v2,
        "demo_lab": hl7v2,
        "demo_ris": hl7v2,
        "demo_scheduling": hl7v2,
        "demo_claims": fhir,
        "demo_cabinet": cloudevents,
        "demo_finance": plain_json,
    }
    counted = collections.Counter()
    for sent in hospital.day(date=DAY):
        if sent.method != "POST":
            continue
        more = {"headers": sent.headers} if sent.headers else {}
        for document in codecs[sent.endpoint].decode(
            sent.body, content_type=sent.content_type, **more
        ):
            facts = shipped.mapper().facts(document, shipped.context())
            counted.update(fact.entity for fact in facts)
    return counted


def text():
    """The page."""
    lines = [
        "# Entities",
        "",
        "Written by `python3 -m devkit.entity_table` from mappings, adapters, views and tests; a test holds that it is true.",
        "",
        "| " + " | ".join(HEADS) + " |",
        "|" + "---|" * len(HEADS),
    ]
    lines += [
        "| " + " | ".join(getattr(row, item.name) for item in fields(row)) + " |" for row in rows()
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
