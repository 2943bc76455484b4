"""What people made of a contract that was shipped, carried over to what an upgrade ships now.

Three definitions: ``base``, as it was shipped before; ``mine``, what people made of it; ``theirs``, as it is shipped now. Member by
member, and attribute by attribute, what people changed stands; of all else, what is shipped now.
"""

from __future__ import annotations

from typing import TypeVar

from .contract import Contract
from .contract_definition import ContractDefinition, define

Said = TypeVar("Said")


def merged(
    base: ContractDefinition, mine: ContractDefinition, theirs: ContractDefinition
) -> ContractDefinition:
    """``mine`` with the news of ``theirs``. What both changed is as people made it; the format is that of ``theirs``."""
    lines = [{one.path: one for one in said.contract.attributes} for said in (base, mine, theirs)]
    attributes = (
        _chosen(*(known.get(path) for known in lines)) for path in sorted(set().union(*lines))
    )
    document = _chosen(base.contract.document, mine.contract.document, theirs.contract.document)
    contract = Contract(
        theirs.contract.format, document, tuple(one for one in attributes if one is not None)
    )
    return define(contract, _chosen(base.schema, mine.schema, theirs.schema))


def _chosen(base: Said, mine: Said, theirs: Said) -> Said:
    return theirs if mine == base else mine
