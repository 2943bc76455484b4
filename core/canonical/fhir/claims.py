"""Claims, what payers promise beforehand and decide afterwards, and payments."""

from __future__ import annotations

import re
from datetime import tzinfo

from ...fhir_extensions import (
    ALTERNATE_REFERENCE,
    ASSOCIATED_ENCOUNTER,
    AUTHORIZATION_STATUS,
    AUTHORIZED_APPOINTMENT,
    CLAIMED_INVOICE,
    PAYMENT_KIND,
    absent,
    extended,
    extension,
)
from ..entities import Authorization, Claim, Payment
from ..values import Adjudication, ClaimLine, Coding, Money, PaymentAllocation, Reference
from . import words
from .datatypes import (
    Json,
    bundle,
    concept,
    day,
    full_url,
    identifiers,
    money,
    quantity,
    reference,
    said,
)

_POSITIVE = re.compile(r"[1-9][0-9]{0,8}")


# -- claims ------------------------------------------------------------------------------------------------------------


def claim(value: Claim, zone: tzinfo) -> Json:
    """A Claim; with what the payer decided, the ClaimResponse beside it.

    Raises ``ValueError`` for a line or decision whose number is none that R4 can count by (positiveInt).
    """
    visit = reference(value.encounter)
    lines = value.lines or ()
    asked = _asked(
        value,
        status=words.CLAIM_STATUS.get(value.status or ""),
        use="claim",
        created=day(value.submitted_on),
        coverage=value.coverage,
        extensions=[
            None if lines else extension(ASSOCIATED_ENCOUNTER, "Reference", visit),
            extension(CLAIMED_INVOICE, "Reference", reference(value.invoice)),
        ],
        items=[_item(line, visit) for line in lines],
    )
    asked |= said(total=money(value.total))
    header = said(
        error=_errors(value),
        item=[_decision(one) for one in value.adjudications or ()],
        adjudication=_reasons(value),
        total=[
            _adjudicated(category, amount)
            for category, amount in (
                (words.BENEFIT, value.approved),
                (words.COPAY, value.patient_share),
            )
            if amount
        ],
    )
    if not (header or value.outcome or value.decided_on):
        return asked
    url = full_url("Claim", value.identifiers)
    answer = _answer(
        value, url, use="claim", created=day(value.decided_on), outcome=value.outcome, told=header
    )
    return bundle((url, asked), (full_url("ClaimResponse", value.identifiers), answer))


def _asked(
    value: Claim | Authorization,
    *,
    status: str | None,
    use: str,
    created: str | None,
    coverage: Reference | None,
    extensions: list[Json | None],
    items: list[Json],
) -> Json:
    """A Claim: what R4 demands of it (type, provider, priority) and nobody tells us is absent."""
    return {
        "resourceType": "Claim",
        **identifiers("Claim", value.identifiers),
        **said(extension=extended(*extensions)),
        **({"status": status} if status else {"_status": absent()}),
        "type": absent(),
        "use": use,
        "patient": reference(value.party) or absent(),
        **({"created": created} if created else {"_created": absent()}),
        **said(insurer=reference(value.payer)),
        "provider": absent(),
        "priority": absent(),
        "insurance": [{"sequence": 1, "focal": True, "coverage": reference(coverage) or absent()}],
        **said(item=items),
    }


def _answer(
    value: Claim | Authorization,
    asked: str,
    *,
    use: str,
    created: str | None,
    outcome: str | None,
    told: Json,
) -> Json:
    """The ClaimResponse to the Claim that the Bundle calls ``asked``."""
    is_known = outcome in words.CLAIM_OUTCOMES
    return {
        "resourceType": "ClaimResponse",
        "status": "active",
        "type": absent(),
        "use": use,
        "patient": reference(value.party) or absent(),
        **({"created": created} if created else {"_created": absent()}),
        "insurer": reference(value.payer) or absent(),
        "request": {"reference": asked},
        **({"outcome": outcome} if is_known else {"_outcome": absent()}),
        **told,
    }


def _item(line: ClaimLine, visit: Json | None) -> Json:
    return {
        "sequence": _sequence(line.number),
        "productOrService": concept(line.code) or absent(),
        **said(quantity=quantity(line.quantity), net=money(line.amount)),
        **said(encounter=[visit] if visit else None),
    }


def _sequence(number: str) -> int:
    if not _POSITIVE.fullmatch(number):
        raise ValueError("FHIR counts the lines of a claim by whole numbers from 1")
    return int(number)


def _errors(value: Claim) -> list[Json] | None:
    """Why nothing could be decided (ClaimResponse.error)."""
    return [{"code": concept(value.denial)}] if value.denial and value.outcome == "error" else None


def _reasons(value: Claim) -> list[Json] | None:
    """Why the payer pays no more, of the claim as a whole; its amounts are the totals."""
    if not value.denial or value.outcome == "error":
        return None
    return [_adjudicated(words.BENEFIT, None, value.denial)]


def _decision(value: Adjudication) -> Json:
    """R4 demands one adjudication of each line that is answered."""
    told = [
        _adjudicated(category, amount, reason)
        for category, amount, reason in (
            (words.BENEFIT, value.approved, value.denial),
            (words.COPAY, value.patient_share, None),
        )
        if amount or reason
    ]
    return {
        "itemSequence": _sequence(value.number),
        "adjudication": told or [{"category": absent()}],
    }


def _adjudicated(category: str, amount: Money | None, reason: Coding | None = None) -> Json:
    return {
        "category": {"coding": [{"system": words.ADJUDICATIONS, "code": category}]},
        **said(reason=concept(reason), amount=money(amount)),
    }


# -- authorizations ----------------------------------------------------------------------------------------------------


def authorization(value: Authorization, zone: tzinfo) -> Json:
    """A Claim whose use is preauthorization; with the payer's word, the ClaimResponse beside it."""
    visit = reference(value.encounter)
    item = said(quantity=quantity(value.quantity), encounter=[visit] if visit else None)
    if value.service or item:
        service = concept(value.service) or absent()
        item = {"sequence": 1, "productOrService": service, **item}
    asked = _asked(
        value,
        status=words.AUTHORIZATION_STATUS.get(value.status or ""),
        use="preauthorization",
        created=None,
        coverage=None,
        extensions=[extension(AUTHORIZED_APPOINTMENT, "Reference", reference(value.appointment))],
        items=[item] if item else [],
    )
    told = _promised(value) if value.status in (None, "approved") else {}
    if not (told or value.status == "denied"):
        return asked
    outcome = "complete" if value.status else None
    url = full_url("Claim", value.identifiers)
    answer = _answer(value, url, use="preauthorization", created=None, outcome=outcome, told=told)
    return bundle((url, asked), (full_url("ClaimResponse", value.identifiers), answer))


def _promised(value: Authorization) -> Json:
    """The payer's number and until when it holds; R4 has no word for a promise without a number."""
    is_bare = value.status == "approved" and not value.number
    return said(
        extension=extended(
            extension(AUTHORIZATION_STATUS, "Code", value.status if is_bare else None)
        ),
        preAuthRef=value.number,
        preAuthPeriod=said(start=day(value.valid_from), end=day(value.valid_until)),
    )


# -- payments ----------------------------------------------------------------------------------------------------------


def payment(value: Payment, zone: tzinfo) -> Json:
    """A PaymentReconciliation. R4 knows what a payer pays us; that we pay is an extension, and whom stands in the details."""
    is_outbound = value.kind == "outbound"
    payee = reference(value.partner) if is_outbound else None
    paid_on = day(value.paid_on)
    details = [_detail(item, payee) for item in value.allocations or ()]
    if payee and not details:
        details = [{"type": _payment_type("payment"), "payee": payee}]
    return {
        "resourceType": "PaymentReconciliation",
        **identifiers("PaymentReconciliation", value.identifiers),
        **said(
            extension=extended(extension(PAYMENT_KIND, "Code", value.kind if is_outbound else None))
        ),
        "status": words.PAYMENT_STATUS.get(value.status or "", "active"),
        "_created": absent(),
        **said(paymentIssuer=None if is_outbound else _issuer(value.partner)),
        **({"paymentDate": paid_on} if paid_on else {"_paymentDate": absent()}),
        "paymentAmount": money(value.amount) or absent(),
        **said(paymentIdentifier=said(value=value.reference), detail=details),
    }


def _issuer(partner: Reference | None) -> Json | None:
    """Who pays: R4 takes an organization, R5 a patient too (extension alternate-reference)."""
    found = reference(partner)
    if partner is None or partner.entity == "organization":
        return found
    return said(
        extension=extended(extension(ALTERNATE_REFERENCE, "Reference", found)),
        display=partner.display,
    )


def _detail(value: PaymentAllocation, payee: Json | None) -> Json:
    return {
        "type": _payment_type("adjustment" if value.amount.amount < 0 else "payment"),
        **said(request=reference(value.pays), payee=payee, amount=money(value.amount)),
    }


def _payment_type(code: str) -> Json:
    return {"coding": [{"system": words.PAYMENT_TYPES, "code": code}]}
