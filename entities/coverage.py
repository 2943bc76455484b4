"""coverage → ``interop.coverage``: who pays for a patient, in which order, and what a payer answered to a check."""

from odoo import models

from ..core.canonical import CLEAR
from ..core.stays import event_time

REFERENCES = {"party": "partner_id", "payer": "payer_id"}
#: attributes that are kept as they come
PLAIN = ("member_id", "valid_from", "valid_until")
CHECKED = "checked"


class Coverage(models.AbstractModel):
    _name = "interop.entity.coverage"
    _inherit = ["interop.entity.upsert", "interop.transaction"]
    _description = "Interop entity: coverage"

    _entity = "coverage"
    _home = "interop.coverage"

    def _prepare(self, call, items):
        wanted = self._mentioned(items, REFERENCES)
        found, stopped = self._take_references(call, wanted)
        self._mark_payers(
            {found[one] for _item, one, path in wanted if path == "payer" and one in found}
        )
        return found, stopped

    def _mark_payers(self, ids):
        """Whoever is named as a payer is one, unless known as something else."""
        payers = self.env["res.partner"].browse(sorted(ids))
        payers.filtered(lambda payer: not payer.interop_kind).write(
            {"interop_kind": "payer", "customer_rank": 1}
        )

    def _to_values(self, call, item, found):
        coverage = item.entity
        values = {
            name: {name: getattr(coverage, name) or False}
            for name in PLAIN
            if getattr(coverage, name) is not None
        }
        values |= self._reference_values(coverage, REFERENCES, found)
        for name in ("status", "relationship"):
            word = getattr(coverage, name)
            if word is not None:
                words = self.env[self._home]._fields[name].get_values(self.env)
                values[name] = {name: self._one_of(words, word, name)}
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
