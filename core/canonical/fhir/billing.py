"""Charges and invoices."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal

from ...fhir_extensions import (
    ASSOCIATED_ENCOUNTER,
    BASED_ON,
    DUE_DATE,
    LINE_PRODUCT,
    LINE_QUANTITY,
    ORDER_LINE,
    REVERSES,
    UNIT_PRICE,
    absent,
    extended,
    extension,
)
from ...transforms.fhir_references import UNIT_PRICE as UNIT_PRICE_WORDS
from ..entities import Charge, Invoice
from ..values import InvoiceLine, Money
from . import words
from .datatypes import (
    Json,
    concept,
    day,
    identifiers,
    moment,
    money,
    quantity,
    reference,
    said,
)


def charge(value: Charge, zone: tzinfo) -> Json:
    """A ChargeItem. A credit has the factor -1 and an amount below nought, so that whoever adds up is right."""
    is_credit = value.kind == "credit"
    performer = reference(value.performer)
    return {
        "resourceType": "ChargeItem",
        **identifiers("ChargeItem", value.identifiers),
        **said(
            extension=extended(
                _unit_price(value.unit_price),
                extension(BASED_ON, "Reference", reference(value.order)),
                extension(REVERSES, "Reference", reference(value.reverses)),
            ),
        ),
        "status": "billable",
        "code": concept(value.code) or absent(),
        "subject": reference(value.party) or absent(),
        **said(
            context=reference(value.encounter),
            occurrenceDateTime=moment(value.occurred_at, zone),
            performer=[{"actor": performer}] if performer else None,
            costCenter=reference(value.department),
            quantity=quantity(value.quantity),
            factorOverride=-1 if is_credit else None,
            priceOverride=money(_below(value.amount) if is_credit else value.amount),
        ),
    }


def _below(value: Money | None) -> Money | None:
    """The amount below nought."""
    return value and Money(-abs(value.amount), value.currency)


def _unit_price(value: Money | None) -> Json | None:
    if value is None:
        return None
    parts = [{"url": "type", "valueCode": "base"}, {"url": "amount", "valueMoney": money(value)}]
    return {"url": UNIT_PRICE, "extension": parts}


def invoice(value: Invoice, zone: tzinfo) -> Json:
    """An Invoice. R4 has no word for whose it is: ``type`` says customer or vendor."""
    partner = reference(value.partner)
    is_vendor = value.kind == "vendor"
    is_patient = value.partner is not None and value.partner.entity == "party"
    status = words.INVOICE_STATUS.get(value.status or "")
    return {
        "resourceType": "Invoice",
        **identifiers("Invoice", value.identifiers),
        **said(
            extension=extended(
                extension(DUE_DATE, "Date", day(value.due_date)),
                extension(ASSOCIATED_ENCOUNTER, "Reference", reference(value.encounter)),
                extension(BASED_ON, "Reference", reference(value.order)),
            ),
        ),
        **({"status": status} if status else {"_status": absent()}),
        **said(
            type=concept(text=value.kind or ""),
            subject=partner if is_patient and not is_vendor else None,
            recipient=None if is_vendor else partner,
            issuer=partner if is_vendor else None,
            date=day(value.invoice_date),
            lineItem=[_line(line) for line in value.lines or ()],
            totalPriceComponent=[_component("tax", value.tax)] if value.tax else None,
            totalNet=money(_net(value.total, value.tax)),
            totalGross=money(value.total),
        ),
    }


def _net(total: Money | None, tax: Money | None) -> Money | None:
    """What is left of the total without tax; None where the two don't tell."""
    if total is None or tax is None or total.currency != tax.currency:
        return None
    return Money(total.amount - tax.amount, total.currency)


def _line(value: InvoiceLine) -> Json:
    components = [
        _component("base", value.amount) if value.amount else None,
        _component("informational", value.unit_price, text=UNIT_PRICE_WORDS)
        if value.unit_price
        else None,
        _component("tax", None, factor=value.tax_rate.scaleb(-2))
        if value.tax_rate is not None
        else None,
    ]
    return {
        **said(
            extension=extended(
                extension(LINE_PRODUCT, "Reference", reference(value.product)),
                extension(LINE_QUANTITY, "Quantity", quantity(value.quantity)),
                extension(ORDER_LINE, "String", value.order_line or None),
            ),
        ),
        "chargeItemCodeableConcept": concept(value.code, text=value.description) or absent(),
        **said(priceComponent=[item for item in components if item]),
    }


def _component(
    kind: str, amount: Money | None, *, text: str = "", factor: Decimal | None = None
) -> Json:
    return said(type=kind, code=concept(text=text), factor=factor, amount=money(amount))
