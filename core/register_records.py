"""What records of Odoo are for, and what ends them, by entity and by model."""

from __future__ import annotations

#: entities that tell of people, and what their records are for where no contract says more; the others' are things
RECORDS_OF: dict[str, str] = {
    "party": "to bill and to deliver",
    "employee": "to employ, to plan and to pay",
    "organization": "to order, to bill and to pay; contact persons",
    "encounter": "to bill stays",
    "appointment": "to plan",
    "coverage": "to send claims",
    "authorization": "to send claims",
    "order": "to deliver and to charge",
    "stock_movement": "to keep stock; for whom something was used",
    "charge": "to bill",
    "invoice": "to be paid, and to pay",
    "claim": "to be paid",
    "payment": "to match payments",
}

#: model → (what ends a record of it, what an erasure does to it); others end with the record itself and are emptied
LAW_OF: dict[str, tuple[str, str]] = {
    "hr.employee": ("employment", "stays"),
    "hr.department": ("record", "nobody"),
    "account.move": ("accounting", "stays"),
    "account.payment": ("accounting", "stays"),
    "interop.charge": ("accounting", "stays"),
    "interop.claim": ("accounting", "stays"),
    "interop.coverage": ("accounting", "emptied"),
    "interop.authorization": ("accounting", "emptied"),
    "interop.encounter": ("accounting", "emptied"),
    "stock.move": ("stock", "stays"),
    "stock.picking": ("stock", "stays"),
    "stock.quant": ("stock", "nobody"),
    "purchase.order": ("accounting", "stays"),
}
