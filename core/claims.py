"""What has become of a claim, from what was told of it; and what is left of the amount that was claimed."""

from __future__ import annotations

from decimal import Decimal

DRAFT, SUBMITTED, QUEUED, ACCEPTED, PARTIAL, DENIED, REJECTED, CANCELLED = (
    "draft", "submitted", "queued", "accepted", "partial", "denied", "rejected", "cancelled",
)  # fmt: skip
#: states in which money is lost unless somebody does something
REFUSED = (PARTIAL, DENIED, REJECTED)


def refused(total: Decimal, approved: Decimal, patient_share: Decimal) -> Decimal:
    """What neither the payer nor the patient is to pay; never below zero."""
    return max(total - approved - patient_share, Decimal())


def state_of(
    status: str, outcome: str, total: Decimal, approved: Decimal, patient_share: Decimal
) -> str:
    """One of the states above.

    ``status`` and ``outcome`` as canonical ``Claim`` has them ('' where nothing was said). An answer counts for more than
    ``draft``: who has been answered has been asked. ``complete`` and ``partial`` differ among payers; the amounts decide.
    """
    if status == "cancelled":
        return CANCELLED
    if outcome == "error":
        return REJECTED
    if outcome == "queued":
        return QUEUED
    if not outcome:
        return DRAFT if status == "draft" else SUBMITTED
    if not refused(total, approved, patient_share):
        return ACCEPTED
    return PARTIAL if approved else DENIED
