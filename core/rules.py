"""One line of a mapping, compiled: a source path, a transform, and the attribute they fill.

What a rule gives must be of the attribute's type; whatever an administrator writes, no entity with a text where a quantity
belongs reaches Odoo. Errors carry the source path, never what stood there.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from .canonical import CLEAR, ENTITIES, Coding, Identifier, Quantity, Reference
from .codecs.hl7v2_message import NULL
from .errors import MappingError, MissingCode
from .sources import HL7V2, Source, Values, View, compile_source
from .transforms import TRANSFORMS, Context
from .transforms.common import Transform, flag, number

#: what a rule may fill besides the entity's attributes: the event; the key that subjects go by; and a key made of other
#: attributes, for what has no number of its own
EVENT, KEY, NATURAL = "@event", "@key", "@natural"

#: entities whose identifiers are codes, which a concept map may translate and an error may show
CODED = frozenset({"product", "service", "location", "organization"})
#: no code is longer; a text that is goes into no error
MAX_CODE = 64


@dataclass(frozen=True, slots=True)
class Rule:
    """``target`` ← ``transform(source, argument)``, translated by ``concept_map``; ``default`` where nothing was said.

    ``target`` is an attribute of the entity, or ``@event``, ``@key``, ``@natural``. Several rules for one target: the
    first that gives anything wins; where the attribute is a list, all of them add to it. ``default`` is text ("staff",
    "true", "12"). ``required``: ``MappingError("required")`` where nothing is left; of a rule with a concept map also
    ``MissingCode`` where the map does not know the code. Without it such a code gives nothing; a quantity keeps its own
    unit, a reference or coding its own code.
    """

    target: str
    source: str = ""
    transform: str = "copy"
    argument: str = ""
    concept_map: str = ""
    default: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Attribute:
    """The type of a target: ``accepts`` is what a value, or for a list each item, must be."""

    name: str
    accepts: type
    is_list: bool = False


@cache
def attributes_of(entity: str) -> dict[str, Attribute]:
    """The targets that rules of ``entity`` may have; ``MappingError("bad_entity")`` for a word that is none."""
    cls = ENTITIES.get(entity)
    if cls is None:
        raise MappingError("bad_entity", path=entity)
    hints = typing.get_type_hints(cls)
    found = {item.name: _attribute(item.name, hints[item.name]) for item in fields(cls)}
    own = {EVENT: str, NATURAL: str, KEY: Identifier}
    return {
        **found,
        **{name: Attribute(name, accepts, is_list=name == KEY) for name, accepts in own.items()},
    }


def _attribute(name: str, hint: Any) -> Attribute:
    """``str | None``, ``tuple[Contact, ...] | None``, ``tuple[Identifier, ...]``."""
    if isinstance(hint, types.UnionType):
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) is tuple:
        return Attribute(name, typing.get_args(hint)[0], is_list=True)
    return Attribute(name, hint)


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to run on views of one format."""

    rule: Rule
    attribute: Attribute
    source: Source | None
    transform: Transform
    is_hl7: bool

    @property
    def _is_silent(self) -> bool:
        """Whether a code that its map does not know is no news: there is a default, or it is the standard's own event."""
        return bool(self.rule.default) or self.rule.source.startswith("@")

    @property
    def path(self) -> str:
        """Where a person has to look."""
        return self.rule.source or self.rule.target

    def evaluate(self, view: View, context: Context) -> Any:
        """A value that fits the attribute (a tuple where it is a list), CLEAR, or None for nothing said."""
        try:
            return self._evaluate(view, context)
        except MappingError as error:
            error.path = error.path or self.path
            error.args = (
                " ".join(part for part in (error.code, error.path, error.detail) if part),
            )
            raise

    def _evaluate(self, view: View, context: Context) -> Any:
        rule = self.rule
        values = self.source.read(view) if self.source else ()
        if self.is_hl7 and values:
            values = _without_nulls(values)
            if not values:
                return CLEAR
        value = self.transform(values, rule.argument, context) if values else None
        if rule.concept_map and value is not None:
            value = self._translated(value, context)
        if value is None or value == "" or value == ():
            return self._fitting(rule.default) if rule.default else None
        return self._fitting(value)

    def _translated(self, value: Any, context: Context) -> Any:
        """The value with its codes translated; None for a word that the map does not know."""
        if isinstance(value, tuple):
            found = (self._translated(item, context) for item in value)
            return tuple(item for item in found if item is not None)
        coding = _code_of(value)
        code = context.translate(self.rule.concept_map, coding)
        is_word = isinstance(value, Coding | str) and self.attribute.accepts is not Coding
        if code is not None:
            return code if is_word else _with_code(value, code)
        if self.rule.required and not self.rule.default:
            raise MissingCode(
                "missing_code",
                detail=self.rule.concept_map,
                system=coding.system,
                value=coding.code[:MAX_CODE],
            )
        if is_word and context.untranslated is not None and not self._is_silent:
            context.untranslated.append((self.rule.target, self.rule.concept_map, coding))
        return None if is_word else value

    def _fitting(self, value: Any) -> Any:
        attribute = self.attribute
        if attribute.is_list:
            items = value if isinstance(value, tuple) else (value,)
            return tuple(_fit(item, attribute.accepts) for item in items)
        return _fit(value, attribute.accepts)


def _without_nulls(values: Values) -> Values:
    """The values that are not HL7's null; () where nothing else was said."""
    if isinstance(values[0], tuple):
        kept = tuple([tuple([value for value in part if not _is_null(value)]) for part in values])
        return kept if any(kept) else ()
    return tuple([value for value in values if not _is_null(value)])


def _is_null(value: Any) -> bool:
    return value == NULL if isinstance(value, str) else value.is_null


def _fit(value: Any, accepts: type) -> Any:
    """``value`` if it is of the attribute's type, or text that says such a value (a default, a translated code)."""
    if isinstance(value, accepts) and not (accepts is date and hasattr(value, "hour")):
        return value
    if isinstance(value, str):
        if accepts is bool:
            return flag(value)
        if accepts is Decimal:
            return number(value)
        if accepts is Quantity:
            amount = number(value, "bad_quantity")
            return None if amount is None else Quantity(amount)
        if accepts is Identifier:
            return Identifier(value)
        if accepts is Coding:
            return Coding(value)
    raise MappingError("bad_value")


def _code_of(value: Any) -> Coding:
    """The code within a value. References to people have none: their numbers are no codes, and may not be shown."""
    if isinstance(value, Coding):
        return value
    if isinstance(value, str):
        return Coding(value)
    if isinstance(value, Quantity):
        return Coding(value.unit, value.system)
    if isinstance(value, Reference) and value.entity in CODED:
        return Coding(value.identifiers[0].value, value.identifiers[0].system)
    raise MappingError("bad_concept_map")


def _with_code(value: Any, code: str) -> Any:
    """The value with ``code`` in place of its own."""
    if isinstance(value, Quantity):
        return replace(value, unit=code, system="")
    if isinstance(value, Reference):
        first, *rest = value.identifiers
        return replace(value, identifiers=(replace(first, value=code), *rest))
    return Coding(code, display=value.display if isinstance(value, Coding) else "")


def compile_rule(rule: Rule, entity: str, format_name: str) -> CompiledRule:
    """The rule ready to run. ``MappingError``: bad_entity, bad_target, bad_transform, bad_path, bad_default."""
    is_hl7 = format_name == HL7V2
    attribute = attributes_of(entity).get(rule.target)
    if attribute is None:
        raise MappingError("bad_target", path=rule.target)
    transform = TRANSFORMS.get(rule.transform)
    if transform is None or (rule.transform.startswith("hl7.") and not is_hl7):
        raise MappingError("bad_transform", path=rule.target, detail=rule.transform)
    source = compile_source(format_name, rule.source) if rule.source else None
    compiled = CompiledRule(rule, attribute, source, transform, is_hl7)
    if rule.default:
        try:
            compiled._fitting(rule.default)
        except MappingError:
            raise MappingError("bad_default", path=rule.target) from None
    return compiled


def gather(rules: Iterable[CompiledRule], view: View, context: Context) -> dict[str, Any]:
    """What the rules say of a view by target; a target that nobody speaks of is missing."""
    said: dict[str, Any] = {}
    known = len(context.untranslated) if context.untranslated is not None else 0
    for rule in rules:
        target = rule.rule.target
        is_list = rule.attribute.is_list
        if target in said and not is_list:
            continue
        if target == NATURAL and said.get("identifiers"):
            continue
        value = rule.evaluate(view, context)
        if value is None:
            if rule.rule.required and target not in said:
                raise MappingError("required", path=rule.path)
        elif target in said and value is not CLEAR and said[target] is not CLEAR:
            said[target] = tuple(dict.fromkeys((*said[target], *value)))
        elif target not in said:
            said[target] = value
    if context.untranslated is not None:
        # another rule may have filled the target after all
        context.untranslated[known:] = [
            miss for miss in context.untranslated[known:] if miss[0] not in said
        ]
    return said
