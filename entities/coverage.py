"""coverage → ``interop.coverage``: who pays for a patient, in which order, and what a payer answered to a check."""

from odoo import models

from ..core.canonical import CLEAR
from ..core.stays import event_time

REFERENCES = {"party": "partner_id", "payer": "payer_id"}
CHECKED = "checked"


class Coverage(models.AbstractModel):
    _name = "interop.entity.coverage"
    _inherit = ["interop.entity.upsert", "interop.payers"]
    _description = "Interop entity: coverage"
    _right = "healthcare_interop.group_apply_coverage"
    _right_also = {"unknown_master": ("organization",)}
    _touches = {
        "interop.coverage": "wc",
        "res.partner": "wc",
    }

    _entity = "coverage"
    _home = "interop.coverage"
    _attribute_fields = {
        "member_id": ("member_id",),
        "valid_from": ("valid_from",),
        "valid_until": ("valid_until",),
        "status": ("status",),
        "relationship": ("relationship",),
        "plan": ("plan_code",),
        "rank": ("rank",),
        "is_in_force": ("in_force",),
        "patient_share": ("patient_share", "has_share"),
        "checked_at": ("checked_at",),
    } | {attribute: (field,) for attribute, field in REFERENCES.items()}

    def _prepare(self, call, items):
        return self._take_payers(call, self._mentioned(items, REFERENCES))

    def _to_values(self, call, item, found):
        coverage = item.entity
        values = self._plain(coverage, "member_id", "valid_from", "valid_until")
        values |= self._reference_values(coverage, REFERENCES, found)
        values |= self._selected(coverage, "status", "relationship")
        if coverage.plan is not None:
            values["plan"] = {"plan_code": coverage.plan.code if coverage.plan else False}
        if coverage.rank is not None:
            values["rank"] = {"rank": int(coverage.rank or 0)}
        if coverage.is_in_force is not None:
            is_known = coverage.is_in_force is not CLEAR
            word = ("yes" if coverage.is_in_force else "no") if is_known else False
            values["is_in_force"] = {"in_force": word}
        if coverage.patient_share is not None:
            share = coverage.patient_share
            values["patient_share"] = {
                "patient_share": float(share or 0),
                "has_share": share is not CLEAR,
            }
        if item.event == CHECKED:
            values["checked_at"] = {"checked_at": event_time(item.version, item.received_at)}
        return values

    def _create_values(self, call, item, values):
        return self._home_values(call)

    def _stub_values(self, call, reference):
        return self._home_values(call)

    def _home_values(self, call):
        return {"company_id": call.company, "system_id": call.system}
