"""JSON Schema of a contract: jsonschema-rs decides (2 µs) and explains what it refused (8 µs).

An explanation names the place and the rule, never the value. Nothing is fetched: a schema refers only to itself. Patterns are
matched in linear time, whoever wrote them: no document can make one run away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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

    Raises ``PermanentError`` (``bad_schema``) for what is no schema, or refers to another document; its detail is the
    line and column where it is no JSON, or the place in the schema that can't be one, where that is known.
    """

    def __init__(self, text: str):
        try:
            self._decide = jsonschema_rs.validator_for(
                strict_json.loads(text), validate_formats=False, offline=True
            )
        except BadDocument as error:
            raise PermanentError("bad_schema", detail=error.detail) from None
        except jsonschema_rs.ValidationError as error:
            raise PermanentError("bad_schema", detail=_place(error.instance_path)) from None
        except (ValueError, TypeError):
            raise PermanentError("bad_schema") from None

    def problems(self, body: Any) -> tuple[Problem, ...]:
        """What is wrong with the body, at most ``MAX_PROBLEMS``; empty where it is valid."""
        if self._decide.is_valid(body):
            return ()
        found: dict[Problem, None] = {}
        for error in self._decide.iter_errors(body):
            found[Problem(_place(error.instance_path), _rule(error))] = None
            if len(found) == MAX_PROBLEMS:
                break
        # Never empty: what was refused stays refused.
        return tuple(found) or (Problem("", "schema"),)


@lru_cache(maxsize=256)
def compile_schema(text: str) -> Schema:
    return Schema(text)


def _rule(error: jsonschema_rs.ValidationError) -> str:
    """The keyword that refused it; ``schema`` where a schema is ``false``, and its place ends with a name."""
    last = error.schema_path[-1] if error.schema_path else ""
    return last if isinstance(last, str) and error.kind.name != "falseSchema" else "schema"


def _place(steps: Iterable[str | int]) -> str:
    text = "".join(
        f"[{step}]" if isinstance(step, int) else f".{speakable(step)}" for step in steps
    )
    return text.removeprefix(".")
