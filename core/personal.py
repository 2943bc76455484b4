"""What is kept of a person, kind by kind, and what becomes of it when the person is erased (docs/privacy.md).

Decisions only: what is found where, and doing it, is the shell's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import NamedTuple

from .binding import global_system
from .door import stored_subject

_PSEUDONYM = re.compile(r"~[0-9a-f]{64}")

#: what becomes of it: removed; kept without what tells of the person; kept under a pseudonym; kept as it is
GOES, EMPTIED, DISGUISED, STAYS = "goes", "emptied", "disguised", "stays"
FATES = (GOES, EMPTIED, DISGUISED, STAYS)

#: why something stays: books have to be kept; goods moved; a contract of employment; what was received, and by whom it was
#: decided, has to be provable; nothing in it tells of a person
ACCOUNTING, STOCK, EMPLOYMENT, LEDGER, NOBODY = (
    "accounting",
    "stock",
    "employment",
    "ledger",
    "nobody",
)
REASONS = (ACCOUNTING, STOCK, EMPLOYMENT, LEDGER, NOBODY)


class Kind(NamedTuple):
    """``why`` says why something of it stays, '' where nothing does. ``model``: whose table it is kept in."""

    name: str
    model: str
    fate: str
    why: str = ""


#: everything that is kept of a person, in the order in which it is shown
KINDS = (
    Kind("contact", "res.partner", EMPTIED, NOBODY),
    Kind("employee", "hr.employee", STAYS, EMPLOYMENT),
    Kind("binding", "interop.binding", GOES),
    Kind("alias", "interop.alias", GOES),
    Kind("version", "interop.version", GOES),
    Kind("disagreement", "interop.disagreement", GOES),
    Kind("duplicate", "interop.duplicate", GOES),
    Kind("identifier_fault", "interop.identifier.fault", GOES),
    Kind("bank_account", "res.partner.bank", GOES),
    Kind("chatter", "mail.message", GOES),
    Kind("activity", "mail.activity", GOES),
    Kind("attachment", "ir.attachment", GOES),
    Kind("encounter", "interop.encounter", EMPTIED, NOBODY),
    Kind("appointment", "interop.appointment", EMPTIED, NOBODY),
    Kind("coverage", "interop.coverage", EMPTIED, NOBODY),
    Kind("authorization", "interop.authorization", EMPTIED, NOBODY),
    Kind("order", "interop.order", EMPTIED, NOBODY),
    Kind("charge", "interop.charge", STAYS, ACCOUNTING),
    Kind("claim", "interop.claim", STAYS, ACCOUNTING),
    Kind("invoice", "account.move", STAYS, ACCOUNTING),
    Kind("payment", "account.payment", STAYS, ACCOUNTING),
    Kind("stock_move", "stock.move", STAYS, STOCK),
    Kind("content", "interop.payload", GOES),
    Kind("message", "interop.message", STAYS, LEDGER),
    Kind("delivery", "interop.delivery", DISGUISED, LEDGER),
)
_BY_NAME = {kind.name: kind for kind in KINDS}

#: records that an erasure changes or counts: who applies a message to one and who erases the person don't overtake each other
HELD = ("res.partner", "hr.employee") + tuple(
    f"interop.{name}"
    for name in "encounter appointment coverage authorization order charge claim".split()
)

#: what has to be settled before anybody is erased
HOLDS = (
    "open_delivery",
    "draft_invoice",
    "open_charge",
    "login",
    "employed",
    "other_company",
    "running",
)


def decided(kind: str, *, is_accounted: bool) -> Kind:
    """What becomes of what is kept of ``kind``; ``is_accounted``: there are books that name the person.

    Then name and address stay as the books have them, and nothing else of the contact does; accounts it was paid to stay.
    """
    found = _BY_NAME[kind]
    if is_accounted and kind == "contact":
        return found._replace(why=ACCOUNTING)
    if is_accounted and kind == "bank_account":
        return found._replace(fate=STAYS, why=ACCOUNTING)
    return found


def holds(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Those of ``HOLDS`` that stand in the way. Raises ``KeyError`` for one that is none."""
    unknown = set(counts) - set(HOLDS)
    if unknown:
        raise KeyError(sorted(unknown)[0])
    return tuple(name for name in HOLDS if counts.get(name))


# -- names that outlive a person without telling of one --


def identifier_digest(key: bytes, entity: str, namespace: str, value: str) -> str:
    """HMAC-SHA256 in hex: who has the number and the key can show that it was erased, nobody can find it by guessing."""
    return _digest(key, "identifier", entity, namespace, value)


def subject_pseudonym(key: bytes, subject: str) -> str:
    """``party/MRN|4711`` → ``party/~<digest>``: equal subjects stay equal, and a pseudonym is its own.

    No key of a sender begins so: their subjects hold a ``|`` (or end in ``/?…``).
    """
    entity, slash, rest = subject.partition("/")
    if not slash or is_pseudonym(subject):
        return subject
    return f"{entity}/~{_digest(key, 'subject', entity, rest)}"


def is_pseudonym(subject: str) -> bool:
    _entity, _slash, rest = subject.partition("/")
    return rest.startswith("~") and "|" not in rest


def word_pseudonym(key: bytes, word: str) -> str:
    """A sender's word (a reference, a correlation id) → ``~<digest>``: equal words stay equal, a pseudonym its own."""
    return word if _PSEUDONYM.fullmatch(word) else f"~{_digest(key, 'word', word)}"


def subjects_of(entity: str, namespace: str, value: str) -> tuple[str, ...]:
    """The subjects under which facts about a bound identifier may be kept: the sender's way of writing its system is not."""
    if global_system(namespace) == namespace:
        short = namespace.removeprefix("urn:oid:")
        systems: tuple[str, ...] = (namespace, short, namespace.upper())
    else:
        systems = (namespace.partition("|")[2], "")
    return tuple(
        dict.fromkeys(stored_subject(f"{entity}/{system}|{value}", "") for system in systems)
    )


def _digest(key: bytes, *parts: str) -> str:
    text = json.dumps(["interop.erased/1", *parts], ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
