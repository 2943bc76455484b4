"""claim → ``interop.claim``: what a payer is asked to pay, and what it decided.

Claim and answer tell different attributes of one record, so they may arrive in any order. A claim that is voided stays,
cancelled; one that is corrected is changed, and its answer stands until the payer decides anew.
"""

from odoo import fields, models
from odoo.tools import float_compare

REFERENCES = {
    "party": "partner_id",
    "payer": "payer_id",
    "coverage": "coverage_id",
    "encounter": "encounter_id",
}
AMOUNTS = {
    "total": "amount_total",
    "approved": "amount_approved",
    "patient_share": "amount_patient",
}
#: a new decision opens what somebody had dealt with
DECISION = frozenset(("outcome", "amount_approved", "amount_patient"))


class Claim(models.AbstractModel):
    _name = "interop.entity.claim"
    _inherit = ["interop.entity.upsert", "interop.payers", "interop.invoice.names"]
    _description = "Interop entity: claim"
    _right = "healthcare_interop.group_apply_claim"
    _right_also = {"unknown_master": ("organization", "service")}
    _touches = {
        "interop.claim": "wc",
        "interop.claim.line": "wcd",
        "interop.claim.decision": "wcd",
        "res.partner": "wc",
    }

    _entity = "claim"
    _home = "interop.claim"

    def _prepare(self, call, items):
        found, stopped = self._take_payers(call, self._mentioned(items, REFERENCES))
        named = self._mentioned(items, ("invoice",))
        moves, missing = self._take_invoices(call, named) if named else ({}, {})
        currencies = self._currencies(call, (self._currency_code(item.entity) for item in items))
        return (found, moves, currencies), stopped | missing

    def _currency_code(self, claim):
        money = (getattr(claim, name) for name in AMOUNTS)
        return next((one.currency for one in money if one and one.currency), "")

    def _to_values(self, call, item, prepared):
        found, moves, currencies = prepared
        claim = item.entity
        values = self._selected(claim, "status", "outcome")
        values |= self._plain(claim, "submitted_on", "decided_on")
        values |= self._reference_values(claim, REFERENCES, found)
        if claim.invoice is not None:
            values["invoice"] = {"move_id": moves[claim.invoice].id if claim.invoice else False}
        for name, field in AMOUNTS.items():
            money = getattr(claim, name)
            if money is not None:
                values[name] = {field: float(money.amount) if money else 0.0}
        if code := self._currency_code(claim):
            values["currency"] = {"currency_id": self._known_currency(code, currencies).id}
        if claim.denial is not None:
            values["denial"] = {"denial_code": claim.denial.code if claim.denial else False}
        if claim.lines is not None:
            lines = [self._line_values(line) for line in claim.lines or ()]
            values["lines"] = {"line_ids": [fields.Command.create(line) for line in lines]}
        if claim.adjudications is not None:
            rows = [self._decision_values(one) for one in claim.adjudications or ()]
            values["adjudications"] = {"decision_ids": [fields.Command.create(row) for row in rows]}
        return values

    def _line_values(self, line):
        return {
            "number": line.number,
            # never its display: a sender's words for a billed code may tell more than the code does
            "code": line.code.code if line.code else False,
            "quantity": float(line.quantity.value) if line.quantity else 0.0,
            "amount": float(line.amount.amount) if line.amount else 0.0,
        }

    def _decision_values(self, decision):
        return {
            "number": decision.number,
            "approved": float(decision.approved.amount) if decision.approved else 0.0,
            "patient_share": float(decision.patient_share.amount)
            if decision.patient_share
            else 0.0,
            "denial_code": decision.denial.code if decision.denial else False,
        }

    def _create_values(self, call, item, values):
        company = self.env["res.company"].browse(call.company)
        return self._home_values(call) | {
            "name": self._number(item.entity.identifiers),
            "currency_id": company.currency_id.id,
        }

    def _stub_values(self, call, reference):
        company = self.env["res.company"].browse(call.company)
        number = self._number(reference.identifiers)
        return self._home_values(call) | {"name": number, "currency_id": company.currency_id.id}

    # -- the lines --

    def _differs(self, record, name, value):
        if record._fields[name].type != "one2many":
            return super()._differs(record, name, value)
        wanted = [command[2] for command in value]
        return len(wanted) != len(record[name]) or any(
            self._line_differs(line, values)
            for line, values in zip(record[name], wanted, strict=True)
        )

    def _line_differs(self, line, values):
        return any(
            float_compare(line[name], value, precision_digits=6)
            if isinstance(value, float)
            else (line[name] or False) != value
            for name, value in values.items()
        )

    def _write(self, call, records, changes):
        """Lines are told whole: those told take the place of those known."""
        changes = {
            name: [fields.Command.clear(), *value]
            if records._fields[name].type == "one2many"
            else value
            for name, value in changes.items()
        }
        if DECISION & set(changes):
            changes["is_settled"] = False
        result = super()._write(call, records, changes)
        self._find_invoices_of(records)
        return result

    def _after_create(self, call, pairs):
        self._find_invoices_of(self.env[self._home].union(*(record for _item, record in pairs)))

    def _find_invoices_of(self, claims):
        """Claims and the invoices of their visits come by two lanes, and whoever commits second finds the other."""
        claims._find_invoices()
        lost = claims.filtered(lambda claim: not claim.move_id)
        self.env["interop.billing"]._touch(lost.encounter_id)
