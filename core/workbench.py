"""What each rule of a mapping gives for one sample: the values beside the rules while somebody works at them.

Nothing raises for what a rule or a sample says; what goes wrong stands beside the rule that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from .canonical import CLEAR
from .canonical.to_json import value_to_json
from .document import Document, Fact
from .errors import MappingError
from .mapping import Context, Mapper, Mapping
from .mapping_tests import shown
from .rules import attributes_of

#: what stands for a value that is to be emptied
EMPTIED = "∅"


@dataclass(frozen=True, slots=True)
class Given:
    """What one rule gives: ``text`` '' for nothing; ``error`` a code; ``unknown`` the sample's codes that no concept map
    translates and that leave it without a value."""

    text: str = ""
    error: str = ""
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """One attribute of the entity: ``text`` '' where nothing was said; ``is_missing`` where something had to be."""

    name: str
    text: str
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """One fact: what each rule gives, in the rules' order, what the entity would say, and what keeps it from being mapped."""

    event: str
    subject: str
    rules: tuple[Given, ...]
    says: tuple[Said, ...]
    error: str = ""
    place: str = ""


def tried(
    mapping: Mapping, documents: Iterable[Document], context: Context, zone: tzinfo
) -> tuple[Tried, ...]:
    """Every fact that ``mapping`` alone finds in ``documents``. ``MappingError`` for one that cannot be compiled."""
    mapper = Mapper([mapping])
    return tuple(
        _tried(mapper, fact, context, zone)
        for document in documents
        for fact in mapper.facts(document, context)
    )


def _tried(mapper: Mapper, fact: Fact, context: Context, zone: tzinfo) -> Tried:
    rules = fact.view.mapping.rules
    given = tuple(_given(rule, fact.view.view, context, zone) for rule in rules)
    error = place = ""
    try:
        mapper.entity(fact, context)
    except MappingError as wrong:
        error, place = wrong.code, wrong.path
    pairs = [(rule.rule, one) for rule, one in zip(rules, given, strict=True)]
    return Tried(fact.event, fact.subject, given, _says(fact.entity, pairs), error, place)


def _given(rule: Any, view: Any, context: Context, zone: tzinfo) -> Given:
    noted: list[Any] = []
    try:
        value = rule.evaluate(view, replace(context, untranslated=noted))
    except MappingError as error:
        return Given(error=error.code)
    if value is CLEAR:
        return Given(EMPTIED)
    if value is None:
        return Given(unknown=tuple(coding.code for _target, _map, coding in noted))
    return Given(shown(value_to_json(value, zone), rule.rule.target))


def _says(entity: str, pairs: list[tuple[Any, Given]]) -> tuple[Said, ...]:
    """Each attribute that the entity has, and what the rules for it give: the first, or of a list all."""
    found = []
    for name, attribute in attributes_of(entity).items():
        mine = [(rule, one) for rule, one in pairs if rule.target == name]
        texts = [one.text for _rule, one in mine if one.text]
        text = ", ".join(texts if attribute.is_list else texts[:1])
        is_missing = not text and any(rule.required for rule, _one in mine)
        if mine or not name.startswith("@"):
            found.append(Said(name, text, is_missing))
    return tuple(found)
