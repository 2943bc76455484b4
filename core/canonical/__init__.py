"""The canonical data model: one vocabulary between every source format and Odoo."""

from .entities import (
    Charge,
    Employee,
    Encounter,
    Entity,
    Invoice,
    Location,
    Order,
    Organization,
    Party,
    Product,
    Service,
    StockMovement,
)
from .values import (
    CLEAR,
    Address,
    Coding,
    Contact,
    Identifier,
    InvoiceLine,
    LocationStay,
    Moment,
    Money,
    Period,
    PersonName,
    Quantity,
    Reference,
)

ENTITIES: dict[str, type[Entity]] = {
    cls.NAME: cls
    for cls in (
        Party,
        Employee,
        Organization,
        Location,
        Service,
        Product,
        Encounter,
        Order,
        StockMovement,
        Charge,
        Invoice,
    )
}

__all__ = [
    "CLEAR",
    "ENTITIES",
    "Address",
    "Charge",
    "Coding",
    "Contact",
    "Employee",
    "Encounter",
    "Entity",
    "Identifier",
    "Invoice",
    "InvoiceLine",
    "Location",
    "LocationStay",
    "Moment",
    "Money",
    "Order",
    "Organization",
    "Party",
    "Period",
    "PersonName",
    "Product",
    "Quantity",
    "Reference",
    "Service",
    "StockMovement",
]
