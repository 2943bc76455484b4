"""Where money is put by rule: what the most specific rule gives that speaks of a case.

A rule has conditions and gives some things, such as a journal. Each thing comes from the most specific rule that gives it,
so that a rule for one facility may name a journal and leave the rest to a rule for all. Of two rules the one goes first
that has the earlier condition of ``CONDITIONS``; of two that have it, the one that is nearer, as a department is nearer
than the one above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

#: what a rule is about
CUSTOMER, VENDOR, PAYMENT = "customer_invoice", "vendor_bill", "payment"
#: what a rule may ask, the more specific first
CONDITIONS = ("category", "department", "facility", "system")


class Case(NamedTuple):
    """What money is for, and of which ``company``. Of each condition: the thing itself, then those it stands in; or nothing."""

    about: str
    company: int
    category: tuple[int, ...] = ()
    department: tuple[int, ...] = ()
    facility: tuple[int, ...] = ()
    system: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """``conditions``: what it asks, by name in ``CONDITIONS``; ``gives``: by what is asked for."""

    id: int
    about: str
    company: int
    conditions: Mapping[str, int]
    gives: Mapping[str, Any]

    def rank(self, case: Case) -> tuple[int, ...] | None:
        """How near its conditions are to ``case``, which is of its company; the nearest is the least. None: it is another case."""
        places = []
        for name in CONDITIONS:
            chain, wanted = getattr(case, name), self.conditions.get(name)
            if wanted is None:
                places.append(len(chain))
            elif wanted in chain:
                places.append(chain.index(wanted))
            else:
                return None
        return tuple(places)


class AccountingRules:
    """All rules; no two of one company have the same conditions, or chance would decide."""

    __slots__ = ("_rules",)

    def __init__(self, rules: Iterable[Rule]):
        self._rules: dict[tuple[str, int], list[Rule]] = {}
        for rule in rules:
            self._rules.setdefault((rule.about, rule.company), []).append(rule)

    def find(self, what: str, case: Case) -> Rule | None:
        """The rule that gives ``what`` in this case; None where no rule does."""
        ranked = (
            (rank, rule.id, rule)
            for rule in self._rules.get((case.about, case.company), ())
            if what in rule.gives and (rank := rule.rank(case)) is not None
        )
        return min(ranked, key=lambda one: one[:2], default=(None, 0, None))[2]

    def asks(self, about: str, company: int, condition: str) -> bool:
        """Whether any rule has ``condition``: where none does, nobody needs to look what would meet it."""
        return any(condition in rule.conditions for rule in self._rules.get((about, company), ()))
