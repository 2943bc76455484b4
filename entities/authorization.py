"""authorization → ``interop.authorization``: what a payer said beforehand that it will pay for."""

from odoo import models

REFERENCES = {
    "party": "partner_id",
    "payer": "payer_id",
    "encounter": "encounter_id",
    "appointment": "appointment_id",
}


class Authorization(models.AbstractModel):
    _name = "interop.entity.authorization"
    _inherit = ["interop.entity.upsert", "interop.payers"]
    _description = "Interop entity: authorization"
    _right = "healthcare_interop.group_apply_authorization"
    _right_also = {"unknown_master": ("employee", "organization")}
    _touches = {
        "interop.authorization": "wc",
        "res.partner": "wc",
    }

    _entity = "authorization"
    _home = "interop.authorization"
    _attribute_fields = {
        "number": ("name",),
        "status": ("status",),
        "valid_from": ("valid_from",),
        "valid_until": ("valid_until",),
        "service": ("product_id",),
        "quantity": ("quantity",),
    } | {attribute: (field,) for attribute, field in REFERENCES.items()}

    def _prepare(self, call, items):
        found, stopped = self._take_payers(call, self._mentioned(items, REFERENCES))
        services, missing = self._take_codes(call, self._coded(items, "service", stopped))
        return (found, services), stopped | missing

    def _to_values(self, call, item, prepared):
        found, services = prepared
        authorization = item.entity
        values = self._selected(authorization, "status")
        values |= self._plain(authorization, "valid_from", "valid_until")
        values |= self._reference_values(authorization, REFERENCES, found)
        if authorization.number is not None:
            values["number"] = {"name": authorization.number or False}
        if authorization.service is not None:
            values["service"] = {"product_id": services.get(authorization.service, False)}
        if authorization.quantity is not None:
            quantity = float(authorization.quantity.value) if authorization.quantity else 0.0
            values["quantity"] = {"quantity": quantity}
        return values

    def _create_values(self, call, item, values):
        return self._home_values(call)

    def _stub_values(self, call, reference):
        return self._home_values(call)
