"""Orders, and what is moved for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from ...fhir_extensions import (
    ASSOCIATED_ENCOUNTER,
    DELIVER_FOR,
    EVENT_LOCATION,
    MOVEMENT_KIND,
    absent,
    extended,
    extension,
)
from ..entities import Order, StockMovement
from ..values import OrderLine
from . import words
from .datatypes import (
    Json,
    bundle,
    concept,
    day,
    full_url,
    identifier,
    identifiers,
    moment,
    quantity,
    reference,
    references,
    said,
    worded,
)


def order(value: Order, zone: tzinfo) -> Json:
    """A ServiceRequest, or a SupplyRequest for goods; a service that is done has the Procedure beside it that says when.

    Raises ``ValueError`` for an order of several lines: both resources ask for one thing, and what R4 has to hold requests
    together (RequestGroup, groupIdentifier) makes several orders of one.
    """
    if value.lines is not None:
        value = _short(value, value.lines)
    if value.kind in words.SUPPLY_KIND:
        return _supply_request(value, zone)
    request = {
        "resourceType": "ServiceRequest",
        **identifiers("ServiceRequest", value.identifiers),
        "status": words.REQUEST_STATUS.get(value.status or "", "unknown"),
        "intent": "order",
        **said(
            priority=words.PRIORITY.get(value.priority or ""),
            code=concept(value.code),
            quantityQuantity=quantity(value.quantity),
        ),
        "subject": reference(value.party) or absent(),
        **said(
            encounter=reference(value.encounter),
            authoredOn=moment(value.authored_at, zone),
            requester=reference(value.requester),
            performer=references([value.performer]),
            locationReference=references([value.location]),
        ),
    }
    if value.completed_at is None:
        return request
    url = full_url("ServiceRequest", value.identifiers)
    done = {
        "resourceType": "Procedure",
        "basedOn": [{"reference": url}],
        "status": "completed",
        **said(code=request.get("code")),
        "subject": request["subject"],
        **said(encounter=request.get("encounter")),
        "performedDateTime": moment(value.completed_at, zone),
    }
    return bundle((url, request), (full_url("Procedure", value.identifiers), done))


def _short(value: Order, lines: tuple[OrderLine, ...]) -> Order:
    """The short form of an order of one line."""
    if len(lines) > 1:
        raise ValueError("FHIR R4 has no order of several lines")
    if not lines:
        return replace(value, lines=None)
    return replace(value, lines=None, code=lines[0].code, quantity=lines[0].quantity)


def _supply_request(value: Order, zone: tzinfo) -> Json:
    """Who delivers is a supplier, or the place that the goods come from."""
    is_place = value.performer is not None and value.performer.entity == "location"
    return {
        "resourceType": "SupplyRequest",
        **identifiers("SupplyRequest", value.identifiers),
        **said(
            extension=extended(
                extension(DELIVER_FOR, "Reference", reference(value.party)),
                extension(ASSOCIATED_ENCOUNTER, "Reference", reference(value.encounter)),
            ),
        ),
        "status": words.SUPPLY_REQUEST_STATUS.get(value.status or "", "unknown"),
        **said(
            category=worded(value.kind, words.SUPPLY_KIND, words.SUPPLY_KINDS),
            priority=words.PRIORITY.get(value.priority or ""),
        ),
        "itemCodeableConcept": concept(value.code) or absent(),
        "quantity": quantity(value.quantity) or absent(),
        **said(
            authoredOn=moment(value.authored_at, zone),
            requester=reference(value.requester),
            supplier=None if is_place else references([value.performer]),
            deliverFrom=reference(value.performer) if is_place else None,
            deliverTo=reference(value.location),
        ),
    }


def stock_movement(value: StockMovement, zone: tzinfo) -> Json:
    """A SupplyDelivery; goods of a lot stand in it as the Device that they are.

    ``ValueError`` for what has not moved: a receiver would book an announcement or a count as delivered.
    """
    if value.kind is not None and value.kind not in words.MOVEMENT_KINDS:
        raise ValueError("R4 has no resource for goods that have not moved")
    lot = said(lotNumber=value.lot, expirationDate=day(value.expiry))
    item = reference(value.product)
    if lot:
        names = [identifier(name) for name in value.product.identifiers] if value.product else None
        item = {"reference": "#item", **said(display=value.product and value.product.display)}
        lot = {"resourceType": "Device", "id": "item", **said(identifier=names), **lot}
    return {
        "resourceType": "SupplyDelivery",
        **identifiers("SupplyDelivery", value.identifiers),
        **said(
            contained=[lot] if lot else None,
            extension=extended(
                extension(MOVEMENT_KIND, "Code", value.kind),
                extension(EVENT_LOCATION, "Reference", reference(value.from_location)),
                extension(ASSOCIATED_ENCOUNTER, "Reference", reference(value.encounter)),
            ),
            basedOn=references([value.order]),
        ),
        "status": "completed",
        **said(
            patient=reference(value.party),
            suppliedItem=said(quantity=quantity(value.quantity), itemReference=item),
            occurrenceDateTime=moment(value.occurred_at, zone),
            destination=reference(value.to_location),
        ),
    }
