"""Log texts without values: statements keep their shape, errors their class, SQLSTATE and place.

Odoo logs a failing statement with its parameters, queue_job a whole traceback; either may hold a
patient. What cannot be told apart from a value is dropped, so these functions may take too much,
never too little.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator

from .errors import InteropError

_MAX_STATEMENT = 2000
_MARK = "?"

_SQL_TOKEN = re.compile(
    r"""
    (?P<text> [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)
            | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|\Z)
            | \$(?P<tag>(?:[A-Za-z_]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)
            | --[^\n]* | /\*.*?(?:\*/|\Z) )
  | (?P<name> "(?:[^"]|"")*(?:"|\Z) )
  | (?P<word> [^\W\d][\w$]* | %\(\w+\)s )
  | (?P<number> \d[\w.]* )
    """,
    re.VERBOSE | re.DOTALL,
)
_IDENTIFIER = re.compile(r'"[A-Za-z_][\w$.]{0,62}"')
_MARKS = re.compile(r"\?(?:\s*,\s*\?)+")
_ROWS = re.compile(r"(\([^()]*\))(?:\s*,\s*\([^()]*\))+")

_BAD_QUERY = "bad query: "
_STATEMENT = re.compile(
    r"\b(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH|COPY|MERGE\s+INTO|VALUES|CALL)\s"
)
_TRACEBACK = "Traceback (most recent call last)"

#: where PostgreSQL begins to quote rows and statements; nothing after it is kept
_REST_IS_VALUES = re.compile(
    r"(?:DETAIL|CONTEXT|STATEMENT|QUERY|PARAMETERS|LINE \d+):.*|(?:Failing row contains|Key) \(.*",
    re.DOTALL,
)
_NAMED = (
    r"\b(?:constraint|relation|column|table|index|type|function|schema|database|sequence|savepoint)"
)
_QUOTED = re.compile(
    rf'(?P<named>{_NAMED} "[A-Za-z_][\w$.]{{0,62}}")|"[^"]*(?:"|\Z)|(?<!\w)\'[^\']*(?:\'|\Z)'
)
_VALUE_LIKE = re.compile(
    r"(?P<state>SQLSTATE \w{5})|\S+@\S+|\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?|(?<![\w-])\d{4,}(?![\w-])"
)
_FRAME = re.compile(r'  File "[^"]*", line \d+, in [\w.<>]+')
_CHAINED = frozenset(
    {
        "The above exception was the direct cause of the following exception:",
        "During handling of the above exception, another exception occurred:",
    }
)
_RAISED = re.compile(r"(?P<name>[A-Za-z_][\w.]*)(?::.*)?")


def shape(statement: str) -> str:
    """An SQL statement with every literal, number and comment replaced, lists of them shortened."""
    text = _SQL_TOKEN.sub(_shaped_token, statement)
    text = _ROWS.sub(r"\1, …", _MARKS.sub("?, …", text))
    return text if len(text) <= _MAX_STATEMENT else text[:_MAX_STATEMENT] + "…"


def redact(text: str) -> str:
    """A log text without values, whatever it is: a statement, an error of PostgreSQL, a traceback,
    words."""
    if _TRACEBACK in text:
        before, _, after = text.partition(_TRACEBACK)
        return redact(before) + "\n".join(_traceback_lines(_TRACEBACK + after))
    if _BAD_QUERY in text:
        # Where the statement ends and the error begins cannot be known: a literal may look like it.
        before, _, after = text.partition(_BAD_QUERY)
        statement, _, _ = after.partition("\nERROR: ")
        return f"{redact(before)}{_BAD_QUERY}{shape(_unwrapped(statement))}\nERROR: {_MARK}"
    text = _REST_IS_VALUES.sub(_MARK, text)
    if found := _STATEMENT.search(text):
        return _words(text[: found.start()]) + shape(text[found.start() :])
    return _words(text)


def describe(error: BaseException) -> str:
    """An exception in words that hold no value: its class and, from the database, SQLSTATE and
    names."""
    if isinstance(error, InteropError):
        return f"{type(error).__name__}: {error}"
    words = [type(error).__name__]
    if state := getattr(error, "pgcode", None):
        words.append(f"SQLSTATE {state}")
    diagnostics = getattr(error, "diag", None)
    for kind in ("constraint", "table", "column"):
        if name := getattr(diagnostics, f"{kind}_name", None):
            words.append(f'{kind} "{name}"')
    return " ".join(words)


def redact_exception(error: BaseException) -> str:
    """Its traceback and those of its causes: places and descriptions, no messages."""
    parts = []
    for each in reversed(list(_chain(error))):
        frames = "".join(traceback.format_tb(each.__traceback__))
        parts.append(f"{_TRACEBACK}:\n{frames}{describe(each)}")
    return "\n\n".join(parts)


def redact_record(record: logging.LogRecord) -> bool:
    """Redact a log record in place, its exception included. Always True: nothing is kept out of the
    log.

    For ``logging.Filter``-like use: ``logger.addFilter(redact_record)``.
    """
    try:
        record.msg = _message(record)
    except (TypeError, ValueError, KeyError):
        record.msg = "a log text that does not fit its arguments"
    record.args = ()
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text = redact_exception(record.exc_info[1])
    elif record.exc_text:
        record.exc_text = redact(record.exc_text)
    record.exc_info = None
    return True


def _message(record: logging.LogRecord) -> str:
    text, arguments = _plain(record.msg), record.args
    if isinstance(arguments, tuple) and len(arguments) == 2 and str(text).startswith(_BAD_QUERY):
        statement, error = map(_plain, arguments)
        known = isinstance(arguments[1], BaseException)
        return f"{_BAD_QUERY}{shape(str(statement))}\nERROR: {error if known else _MARK}"
    if isinstance(arguments, dict):
        arguments = {name: _plain(value) for name, value in arguments.items()}
    elif arguments:
        arguments = tuple(map(_plain, arguments))
    return redact(str(text) % arguments if arguments else str(text))


def _plain(value: object) -> object:
    if isinstance(value, BaseException):
        return describe(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _shaped_token(match: re.Match[str]) -> str:
    if match["word"]:
        return match["word"]
    is_identifier = match["name"] and _IDENTIFIER.fullmatch(match["name"])
    return match["name"] if is_identifier else _MARK


def _unwrapped(text: str) -> str:
    """A statement out of the ``b'…'`` that formatting bytes leaves around it."""
    if not re.match(r"b['\"]", text):
        return text
    try:
        return text[2:].encode("latin-1", "backslashreplace").decode("unicode_escape")
    except UnicodeDecodeError:
        return _MARK


def _words(text: str) -> str:
    text = _QUOTED.sub(lambda match: match["named"] or _MARK, text)
    return _VALUE_LIKE.sub(lambda match: match["state"] or _MARK, text)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _traceback_lines(text: str) -> Iterator[str]:
    """The lines of a formatted traceback that Python wrote itself: frames, source, classes."""
    is_code = False
    for line in text.split("\n"):
        is_frame = bool(_FRAME.fullmatch(line))
        is_source = is_code and line.startswith("    ")
        if line.startswith(_TRACEBACK):
            yield f"{_TRACEBACK}:"
        elif is_frame or is_source or line in _CHAINED:
            yield line
        elif is_code and (raised := _RAISED.fullmatch(line)):
            yield line if "core.errors." in raised["name"] else raised["name"]
        is_code = is_frame or is_source
