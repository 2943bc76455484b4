"""Transforms of FHIR R4 claims, payers' answers and payments (Claim, ClaimResponse, PaymentReconciliation).

Diagnoses, supporting information and notes of a claim are never read (CANON, What is never stored).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..canonical import Adjudication, ClaimLine, Money, PaymentAllocation
from .common import Context, Transform, Values, unique, word
from .fhir import codings_of, dicts, member, money_of, quantity_of
from .fhir_references import refer

#: what a payer pays, and what it leaves to the patient (CodeSystem adjudication)
APPROVED = frozenset(("benefit",))
PATIENT_SHARE = frozenset(("copay", "deductible"))


def _sum(amounts: Iterable[Money | None]) -> Money | None:
    """All amounts together; the currency is the first that is named. None where there is no amount."""
    told = [amount for amount in amounts if amount is not None]
    if not told:
        return None
    currency = next((amount.currency for amount in told if amount.currency), "")
    return Money(sum((amount.amount for amount in told), Decimal()), currency)


def _of(entries: Any, categories: frozenset[str]) -> Money | None:
    """The amounts of the adjudications that are of one of the categories, together."""
    return _sum(
        money_of(member(entry, "amount"))
        for entry in dicts([entries])
        if any(coding.code in categories for coding in codings_of(member(entry, "category")))
    )


def _claim_lines(values: Values, argument: str, context: Context) -> tuple[ClaimLine, ...] | None:
    """The lines of a Claim: sequence, code, quantity and net amount."""
    return unique(
        ClaimLine(
            word(item.get("sequence")),
            next(iter(codings_of(member(item, "productOrService"))), None),
            quantity_of(member(item, "quantity")),
            money_of(member(item, "net")),
        )
        for item in dicts(values)
        if word(item.get("sequence"))
    )


def _adjudications(
    values: Values, argument: str, context: Context
) -> tuple[Adjudication, ...] | None:
    """What a ClaimResponse decides of each line: benefit, copayment and deductible, and the first reason given."""
    return unique(
        Adjudication(
            word(item.get("itemSequence")),
            _of(item.get("adjudication"), APPROVED),
            _of(item.get("adjudication"), PATIENT_SHARE),
            _reason(item.get("adjudication")),
        )
        for item in dicts(values)
        if word(item.get("itemSequence"))
    )


def _reason(entries: Any) -> Any:
    reasons = (codings_of(member(entry, "reason")) for entry in dicts([entries]))
    return next((coding for codings in reasons for coding in codings), None)


def _adjudicated(values: Values, argument: str, context: Context) -> Money | None:
    """An amount of a ClaimResponse, from "[total, item, addItem, adjudication]"; argument: "approved" or "patient_share".

    As the totals tell it, or else what was decided of the whole, or else what the lines come to.
    """
    total, item, added, whole = (*values, None, None, None, None)[:4]
    categories = APPROVED if argument == "approved" else PATIENT_SHARE
    lines = (_of(line.get("adjudication"), categories) for line in dicts([item, added]))
    return _of(total, categories) or _of(whole, categories) or _sum(lines)


def _allocations(
    values: Values, argument: str, context: Context
) -> tuple[PaymentAllocation, ...] | None:
    """The details of a PaymentReconciliation: what each amount is paid for."""
    # Not unique: two equal details are two payments.
    return (
        tuple(
            PaymentAllocation(amount, refer(member(item, "request"), ["claim", "invoice"]))
            for item in dicts(values)
            if (amount := money_of(member(item, "amount"))) is not None
        )
        or None
    )


TRANSFORMS: dict[str, Transform] = {
    "fhir.claim_lines": _claim_lines,
    "fhir.adjudications": _adjudications,
    "fhir.adjudicated": _adjudicated,
    "fhir.allocations": _allocations,
}
