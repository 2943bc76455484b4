"""FHIR extensions: what R4 has no element for (extensibility.html).

Those that HL7 defines come first: elements that R5 added, under the addresses that its specification gives them in R4
(versions.html#extensions), and those of its extension pack. ``OWN`` are this product's; there are no others.
"""

from __future__ import annotations

from typing import Any

_HL7 = "http://hl7.org/fhir/StructureDefinition/"
_R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-"
BASE = "https://interop.example.org/fhir"
_OWN = f"{BASE}/StructureDefinition/"

ABSENT = f"{_HL7}data-absent-reason"
ALTERNATE_REFERENCE = f"{_HL7}alternate-reference"
ADDITIONAL_IDENTIFIER = f"{_HL7}additionalIdentifier"
BASED_ON = f"{_HL7}event-basedOn"
EVENT_LOCATION = f"{_HL7}event-location"
ASSOCIATED_ENCOUNTER = f"{_HL7}encounter-associatedEncounter"
DELIVER_FOR = f"{_R5}SupplyRequest.deliverFor"
UNIT_PRICE = f"{_R5}ChargeItem.unitPriceComponent"

WORKER_TYPE = f"{_OWN}worker-type"
MANAGER = f"{_OWN}manager"
MAIN_POST = f"{_OWN}main-post"
EMPLOYMENT_PERIOD = f"{_OWN}employment-period"
CLOSED_ON = f"{_OWN}closed-on"
REPLACED_BY = f"{_OWN}replaced-by"
UNIT = f"{_OWN}unit-of-measure"
DURATION = f"{_OWN}planned-duration"
TRACKING = f"{_OWN}lot-tracking"
FORM = f"{_OWN}product-form"
PRICE = f"{_OWN}list-price"
COST = f"{_OWN}purchase-cost"
MOVEMENT_KIND = f"{_OWN}movement-kind"
REVERSES = f"{_OWN}reverses-charge"
DUE_DATE = f"{_OWN}due-date"
LINE_PRODUCT = f"{_OWN}line-product"
LINE_QUANTITY = f"{_OWN}line-quantity"
ORDER_LINE = f"{_OWN}order-line"
CLAIMED_INVOICE = f"{_OWN}claimed-invoice"
AUTHORIZED_APPOINTMENT = f"{_OWN}authorized-appointment"
AUTHORIZATION_STATUS = f"{_OWN}authorization-status"
PAYMENT_KIND = f"{_OWN}payment-kind"

#: address → what it says, of those that no standard has
OWN: dict[str, str] = {
    WORKER_TYPE: "PractitionerRole: staff, contractor or partner (valueCode)",
    MANAGER: "PractitionerRole: whom they answer to (valueReference)",
    MAIN_POST: "PractitionerRole: whether it is the main one of somebody who has several (valueBoolean)",
    EMPLOYMENT_PERIOD: "PractitionerRole: from when to when they are employed, in whatever post (valuePeriod)",
    CLOSED_ON: "Organization: the first day on which it is closed (valueDate)",
    REPLACED_BY: "Organization: the one that bears its costs once it is closed (valueReference)",
    UNIT: "HealthcareService, Device: the unit that quantities are counted in (valueString)",
    DURATION: "HealthcareService: how long it takes as a rule (valueDuration)",
    TRACKING: "Device: none, lot or serial (valueCode)",
    FORM: "Device: form of the article, as Medication.form (valueString)",
    PRICE: "Device: list price (valueMoney)",
    COST: "Device: what it costs in purchase (valueMoney)",
    MOVEMENT_KIND: "SupplyDelivery: consumption, receipt, return or transfer (valueCode)",
    REVERSES: "ChargeItem: the charge that a credit takes back (valueReference)",
    DUE_DATE: "Invoice: the day it is to be paid by (valueDate)",
    LINE_PRODUCT: "Invoice.lineItem: the article (valueReference)",
    LINE_QUANTITY: "Invoice.lineItem: how many (valueQuantity)",
    ORDER_LINE: "Invoice.lineItem: the line of the purchase order (valueString)",
    CLAIMED_INVOICE: "Claim: the invoice that the payer is asked to pay (valueReference)",
    AUTHORIZED_APPOINTMENT: "Claim: the appointment that is to be authorized (valueReference)",
    AUTHORIZATION_STATUS: "ClaimResponse: approved or denied, where number and outcome don't tell (valueCode)",
    PAYMENT_KIND: "PaymentReconciliation: inbound or outbound (valueCode)",
}


def extension(url: str, kind: str, value: Any) -> dict[str, Any] | None:
    """``{"url": …, "value<kind>": value}``; None where there is no value."""
    return None if value is None else {"url": url, f"value{kind}": value}


def extended(*found: dict[str, Any] | None) -> list[dict[str, Any]] | None:
    """The extensions that say something; None where none does."""
    return [item for item in found if item] or None


def absent() -> dict[str, Any]:
    """What stands for a part that R4 demands and that nobody told (extension-data-absent-reason.html)."""
    return {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
