"""A body of many documents: decode each, report every bad one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..document import Document
from ..errors import BadBatch, BadDocument

MAX_DOCUMENTS = 10_000


def decode_each(
    items: Iterable[Any], decode_one: Callable[[Any, int], Document]
) -> tuple[Document, ...]:
    """``decode_one(item, index)`` of each item. Raises ``BadBatch`` that lists every bad index and
    carries the good documents, ``BadDocument`` (``too_many_documents``, 413) when there are more
    than ``MAX_DOCUMENTS``."""
    documents: list[Document] = []
    errors: list[BadDocument] = []
    for index, item in enumerate(items):
        if index == MAX_DOCUMENTS:
            raise BadDocument("too_many_documents", http_status=413)
        try:
            documents.append(decode_one(item, index))
        except BadDocument as error:
            error.index = index
            errors.append(error)
    if errors:
        raise BadBatch(tuple(errors), tuple(documents))
    return tuple(documents)
