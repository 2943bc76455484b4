"""Which system is the system of record for what, and what becomes of a message of another one.

A rule gives a group of attributes of one entity to an owner. Of several rules that speak of an attribute the one that names
it goes before the one for the whole entity, and then the one for the message's facility before the one for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: the owner of what people keep in Odoo, where systems have their database ids
PEOPLE = 0
REFUSE, IGNORE, FLAG = "refuse", "ignore", "flag"
#: the attribute of an entity that is told as a whole, such as a payment: only a rule for all of it can mean it
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """``attributes``: those it names, none for all of ``entity``; ``facility`` 0: every one.

    ``name`` is the owner's code, which errors and reasons tell.
    """

    id: int
    entity: str
    attributes: frozenset[str]
    owner: int
    name: str
    facility: int
    policy: str

    @property
    def _rank(self) -> tuple[bool, bool, int]:
        return not self.attributes, not self.facility, self.id

    def _means(self, entity: str, attribute: str, facility: int) -> bool:
        return (
            self.entity == entity
            and self.facility in (0, facility)
            and (not self.attributes or attribute in self.attributes)
        )


class Ownership:
    """All rules, asked for each message: answers are remembered."""

    __slots__ = ("_found", "entities", "rules")

    def __init__(self, rules: Iterable[Rule]):
        self.rules = tuple(sorted(rules, key=lambda rule: rule._rank))
        self.entities = frozenset(rule.entity for rule in self.rules)
        self._found: dict[tuple[str, str, int], Rule | None] = {}

    def rule(self, entity: str, attribute: str, facility: int = 0) -> Rule | None:
        """The rule that says whose ``attribute`` is; None where nobody owns it."""
        key = (entity, attribute, facility)
        if key not in self._found:
            self._found[key] = next((rule for rule in self.rules if rule._means(*key)), None)
        return self._found[key]

    def foreign(
        self,
        entity: str,
        attributes: Iterable[str],
        *,
        system: int,
        facility: int = 0,
        is_new: bool = False,
    ) -> dict[str, Rule]:
        """Those of ``attributes`` that are not for ``system`` to say, with the rule that says so.

        What people own anybody may say of a new record (``is_new``): nobody has said anything of it yet.
        """
        if entity not in self.entities:
            return {}
        found = ((name, self.rule(entity, name, facility)) for name in attributes)
        return {
            name: rule
            for name, rule in found
            if rule and rule.owner != system and not (is_new and rule.owner == PEOPLE)
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the foreign attributes of one message, each with its rule."""

    refused: Mapping[str, Rule] = field(default_factory=dict)
    left_out: Mapping[str, Rule] = field(default_factory=dict)
    flagged: Mapping[str, Rule] = field(default_factory=dict)


def judge(differing: Mapping[str, Rule]) -> Verdict:
    """By the rules' policies; ``differing``: the foreign attributes in which a message says otherwise than what stands.

    One that is refused takes the whole message with it: half of what it says would be nobody's word.
    """
    by_policy: dict[str, dict[str, Rule]] = {REFUSE: {}, IGNORE: {}, FLAG: {}}
    for name, rule in sorted(differing.items()):
        by_policy[rule.policy][name] = rule
    return Verdict(by_policy[REFUSE], by_policy[IGNORE], by_policy[FLAG])


def reason(left_out: Mapping[str, Rule]) -> str:
    """What a delivery says of attributes that were left out: whose they are and which; no values."""
    by_owner: dict[str, list[str]] = {}
    for name, rule in sorted(left_out.items()):
        by_owner.setdefault(rule.name, []).append(name)
    return "; ".join(
        f"left to {owner}: {', '.join(filter(None, names)) or 'all of it'}"
        for owner, names in sorted(by_owner.items())
    )
