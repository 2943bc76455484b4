"""The words in which the register says what ends something that is kept, and what an erasure does to it."""

from __future__ import annotations

from .personal import FATES

#: what ends it: its days; with the record that it tells of; as long as the law wants books, contracts of employment, and
#: stock moves to be kept; never by itself; after the years of the audit log; once it is settled; when somebody removes it
ENDS = (
    "payload",
    "record",
    "accounting",
    "employment",
    "stock",
    "ledger",
    "audit",
    "settled",
    "configuration",
)
#: what erasing a person does: as ``personal`` decides it (why something stays is in docs/privacy.md); it tells of nobody
ERASURES = (*FATES, "nobody")
#: tables, or parts of them, that are no kind of their own in ``personal.KINDS``: they go with one
PARTS_OF = {
    "interop.encounter.stay": "encounter",
    "interop.duplicate.key": "duplicate",
    # the sender's words for a message become pseudonyms with the subjects of its deliveries
    "interop.message": "delivery",
}
