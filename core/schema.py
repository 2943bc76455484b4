"""JSON Schema of a contract: jsonschema-rs decides (2 µs), jsonschema explains what it refused (600 µs).

An explanation names the place and the rule, never the value. Nothing is fetched: a schema refers only to itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jsonschema_rs

from .codecs import strict_json
from .errors import BadDocument, PermanentError
from .never import speakable

MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """``path`` as people write it (``item[2].code``; '' is the document itself); ``rule`` the schema's keyword."""

    path: str
    rule: str


class Schema:
    """One JSON Schema, 2020-12 unless it names another draft. ``format`` is an annotation, as that draft says.

    Raises ``PermanentError`` (``bad_schema``) for what is no schema, or refers to another document.
    """

    def __init__(self, text: str):
        try:
            self._schema = strict_json.loads(text)
            self._decide = jsonschema_rs.validator_for(
                self._schema, validate_formats=False, offline=True
            )
        except (BadDocument, ValueError, TypeError):
            raise PermanentError("bad_schema") from None

    def problems(self, body: Any) -> tuple[Problem, ...]:
        """What is wrong with the body, at most ``MAX_PROBLEMS``; empty where it is valid."""
        if self._decide.is_valid(body):
            return ()
        try:
            found = dict.fromkeys(_explain(self._schema, body))
        except RecursionError:
            found = {}
        # Never empty: what was refused stays refused, even if the two should disagree.
        return tuple(found)[:MAX_PROBLEMS] or (Problem("", "schema"),)


@lru_cache(maxsize=256)
def compile_schema(text: str) -> Schema:
    return Schema(text)


def _explain(schema: Any, body: Any) -> Iterable[Problem]:
    import jsonschema  # 100 ms to load, and rarely needed

    chosen = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
    checker = chosen.TYPE_CHECKER.redefine("integer", lambda _, value: _is_integer(value))
    explainer = jsonschema.validators.extend(chosen, type_checker=checker)
    for error in explainer(schema).iter_errors(body):
        yield Problem(_place(error.absolute_path), error.validator or "schema")


def _is_integer(value: Any) -> bool:
    """1.0 is an integer to JSON Schema (2020-12, 4.2.3), and a ``Decimal`` here."""
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _place(steps: Iterable[str | int]) -> str:
    text = "".join(
        f"[{step}]" if isinstance(step, int) else f".{speakable(step)}" for step in steps
    )
    return text.removeprefix(".")
