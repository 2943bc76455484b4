"""charge → ``interop.charge``: what is to be billed, and what takes it back.

A message that takes back is one of two things: a *credit*, with a number of its own (HL7 v2 FT1-6 CD), or the *reversal*
of the charge of that very number (FHIR entered-in-error). A charge that is billed is never changed: a credit takes it
back, on the next invoice.
"""

from odoo import models
from odoo.tools import float_is_zero

from ..core.applying import DONE, Outcome
from ..core.binding import keys_of
from ..core.errors import BusinessRule
from ..core.stays import naive

CHARGE, CREDIT, REVERSAL = "charge", "credit", "reversal"
REFERENCES = {
    "party": "partner_id",
    "encounter": "encounter_id",
    "order": "order_id",
    "performer": "performer_id",
}
#: what a credit has from the charge it takes back, where it does not say so itself
INHERITED = (
    "product_id quantity price_unit currency_id encounter_id partner_id order_id "
    "department_id analytic_account_id performer_id"
).split()


class Charge(models.AbstractModel):
    _name = "interop.entity.charge"
    _inherit = ["interop.entity.upsert", "interop.charge.values"]
    _description = "Interop entity: charge"
    _right = "healthcare_interop.group_apply_charge"
    _right_also = {"unknown_master": ("employee", "location", "organization", "product", "service")}
    _touches = {
        "interop.charge": "wc",
        "interop.order": "wc",
        "interop.encounter": "c",
        "account.move": "wc",
        "account.move.line": "wcd",
        "res.partner": "wc",
    }

    _entity = "charge"
    _home = "interop.charge"

    def _apply(self, call, items):
        """Charges first: a credit may take back one of the same call."""
        credits = [item for item in items if self._is_credit_of_another(call, item)]
        later = {item.delivery for item in credits}
        charges = [item for item in items if item.delivery not in later]
        outcomes = super()._apply(call, charges) if charges else []
        outcomes += super()._apply(call, credits) if credits else []
        told = self.env[self._home].browse(
            sorted({outcome.record for outcome in outcomes if outcome.state == DONE})
        )
        self.env["interop.billing"]._draft_ended(told.encounter_id)
        return outcomes

    def _is_credit_of_another(self, call, item):
        charge = item.entity
        if not charge.reverses:
            return False
        own = keys_of(charge.identifiers, call.identity_domain)
        other = keys_of(charge.reverses.identifiers, call.identity_domain)
        return not any(key in own for key in other)

    def _meaning(self, call, item, known_kind):
        """What the message is about, a charge that is known by this number being of ``known_kind`` ('' if none is)."""
        charge = item.entity
        if charge.kind != CREDIT and item.event != "reversed":
            return CHARGE
        if self._is_credit_of_another(call, item):
            return CREDIT
        is_bare = charge.code is None and charge.amount is None and charge.unit_price is None
        if charge.reverses or known_kind == CHARGE or (is_bare and not known_kind):
            return REVERSAL
        return CREDIT

    # -- looking up --

    def _prepare(self, call, items):
        kinds = self._known_kinds(call, items)
        meanings = {
            item.delivery: self._meaning(call, item, kinds.get(item.delivery, "")) for item in items
        }
        wanted = [
            (item, reference, path)
            for item in items
            for path in (*REFERENCES, *(["reverses"] * self._is_credit_of_another(call, item)))
            if (reference := getattr(item.entity, path))
        ]
        found, stopped = self._take_references(call, wanted)
        going = [item for item in items if item.delivery not in stopped]
        codes, missing = self._take_codes(call, self._coded(going, "code", stopped))
        departments, unknown = self._take_departments(
            call,
            [
                (item, item.entity.department, "department")
                for item in going
                if item.entity.department and item.delivery not in missing
            ],
        )
        self._warm(found, codes, departments)
        looked_up = (found, codes, departments, self._money_currencies(call, items))
        return (meanings, kinds, *looked_up), stopped | missing | unknown

    def _known_kinds(self, call, items):
        """``{delivery: kind}`` of the charges that are known by their number already."""
        keys = {
            item.delivery: keys_of(item.entity.identifiers, call.identity_domain) for item in items
        }
        known = self._bindings()._resolve(
            self._entity, {key for names in keys.values() for key in names}
        )
        ids = {
            delivery: next((known[key] for key in names if key in known), None)
            for delivery, names in keys.items()
        }
        charges = self.env[self._home].browse(sorted(set(ids.values()) - {None}))
        kind_of = {charge.id: charge.kind for charge in charges}
        return {delivery: kind_of[id_] for delivery, id_ in ids.items() if id_}

    def _warm(self, found, codes, departments):
        """Read at once what values are made of: one statement a model instead of one a charge."""
        by_entity = {}
        for reference, id_ in found.items():
            by_entity.setdefault(reference.entity, set()).add(id_)
        self.env["product.product"].browse(set(codes.values())).mapped("lst_price")
        self.env["interop.encounter"].browse(by_entity.get("encounter", ())).mapped("partner_id")
        self.env["interop.charge"].browse(by_entity.get("charge", ())).mapped("amount")
        self.env["hr.department"].browse(set(departments.values())).mapped(
            "interop_analytic_account_id"
        )

    # -- values --

    def _to_values(self, call, item, prepared):
        meanings, kinds, found, codes, departments, currencies = prepared
        charge, meaning = item.entity, meanings[item.delivery]
        states = {CHARGE: {"state": {"state": "open"}}, REVERSAL: {"state": {"state": "reversed"}}}
        # what becomes of a credit is settled when it comes: it says nothing of its state
        state = states.get(meaning, {})
        if meaning == REVERSAL and item.delivery in kinds:
            return state
        values = state | {"kind": {"kind": CREDIT if meaning == CREDIT else CHARGE}}
        values |= self._amount_values(call, charge, currencies, is_credit=meaning == CREDIT)
        values |= self._reference_values(charge, REFERENCES, found)
        if self._is_credit_of_another(call, item):
            values["reverses"] = {"reversal_of_id": found[charge.reverses]}
        if charge.department is not None:
            values["department"] = self._department_values(
                call,
                charge,
                departments.get(charge.department),
                is_new_cost=meaning == CHARGE,
            )
        if charge.code is not None:
            values["code"] = {"product_id": codes.get(charge.code, False)}
        if charge.occurred_at is not None:
            values["occurred_at"] = {"occurred_at": naive(charge.occurred_at) or False}
        return values

    def _create_values(self, call, item, values):
        values = dict(values)
        given = {
            "name": self._number(item.entity.identifiers),
            "company_id": call.company,
            "system_id": call.system,
        }
        original = self.env[self._home].browse(values.get("reversal_of_id") or ())
        for field in INHERITED if original else ():
            if not values.get(field):
                value = original[field]
                given[field] = value.id if original._fields[field].relational else value
        free = {"amount"} if item.entity.amount else set()
        free |= {"price_unit"} if item.entity.unit_price else set()
        # a price of nothing is a price, where it is stated
        given |= {key: value for key, value in values.items() if value or key in free}
        is_told = "amount" in given if original else {"price_unit", "amount"} & given.keys()
        given["is_at_list_price"] = not is_told and (not original or original.is_at_list_price)
        return given | self._missing_values(call, given, original)

    def _create(self, vals_list):
        self._fill_list_prices(vals_list)
        return super()._create(vals_list)

    def _settled(self, call, item, values):
        """What takes back an unknown charge says that it is taken back; the rest is for the charge to say, when it comes."""
        is_reversal = self._meaning(call, item, "") == REVERSAL
        return {"state"} if is_reversal else super()._settled(call, item, values)

    # -- changing --

    def _change(self, call, old, known):
        """What is billed stays as it is; what takes it back then is a credit."""
        charges = self.env[self._home].browse({record for *_rest, record in old})
        old = self._leave_taken_back(call, old, charges)
        billed = set(charges.filtered(lambda charge: charge.state == "billed").ids)
        outcomes = super()._change(call, [entry for entry in old if entry[-1] not in billed], known)
        return outcomes + self._change_billed(call, [one for one in old if one[-1] in billed])

    def _leave_taken_back(self, call, old, charges):
        """What was taken back is charged again by newer news only: the same message once more changes nothing."""
        taken_back = set(charges.filtered(lambda charge: charge.state == "reversed").ids)
        if not taken_back:
            return old
        stored = self._versions()._of(self._home, taken_back, call.system)
        kept = []
        for item, keys, values, record in old:
            if record in taken_back and self._version(item) <= stored.get(record, {}).get(
                "state", ""
            ):
                values = {name: fields_ for name, fields_ in values.items() if name != "state"}
            kept.append((item, keys, values, record))
        return kept

    def _change_billed(self, call, old):
        if not old:
            return []
        stored = self._versions()._of(self._home, {record for *_rest, record in old}, call.system)
        outcomes, taken_back = [], {}
        for item, _keys, values, record in old:
            charge = self.env[self._home].browse(record)
            fresh = self._fresh(self._version(item), values, stored.get(record, {}), charge)
            state = fresh.pop("state", {}).get("state")
            if state == "reversed":
                taken_back[record] = item
            elif self._differences(charge, fresh).keys() - {"is_at_list_price"}:
                error = BusinessRule("charge_billed", path="identifiers")
                outcomes.append(Outcome.failed(item, error))
            else:
                if self._differences(charge, fresh):
                    # the price that it is billed at is stated now
                    charge.is_at_list_price = False
                effect = "unchanged" if fresh or state else "superseded"
                outcomes.append(Outcome.done(item, effect, self._home, record))
        return outcomes + self._credit_billed(call, taken_back)

    def _credit_billed(self, call, taken_back):
        """One credit for each billed charge, however often it is taken back."""
        if not taken_back:
            return []
        charges = self.env[self._home].browse(sorted(taken_back))
        credits = {
            credit.reversal_of_id.id: credit
            for credit in self.env[self._home].search([("reversal_of_id", "in", charges.ids)])
        }
        due = charges.filtered(lambda charge: charge.id not in credits)
        made = self.env[self._home].create([charge._prepare_credit(call.system) for charge in due])
        credits |= {credit.reversal_of_id.id: credit for credit in made}
        self._versions()._keep(
            self._home,
            call.system,
            {record: {"state": self._version(item)} for record, item in taken_back.items()},
        )
        return [
            Outcome.done(
                item,
                "credited" if record in due._ids else "unchanged",
                self._home,
                credits[record].id,
            )
            for record, item in taken_back.items()
        ]

    def _differs(self, record, name, value):
        if name == "state" and value == "open":
            return record.state == "reversed"
        return super()._differs(record, name, value)

    def _differences(self, record, values):
        """The amount follows from quantity and price where nobody says it."""
        changes = super()._differences(record, values)
        told = {field for fields_ in values.values() for field in fields_}
        if changes.keys() & {"quantity", "price_unit"} and "amount" not in told:
            price = changes.get("price_unit", record.price_unit)
            sign = -1 if record.kind == CREDIT else 1
            changes["amount"] = sign * changes.get("quantity", record.quantity) * price
        return changes

    def _write(self, call, records, changes):
        result = super()._write(call, records, changes)
        if changes.keys() & {"product_id", "occurred_at"}:
            # a price that nobody stated is another one for another service, or another time
            self.env["interop.repricing"]._reprice(records, is_other="product_id" in changes)
        return result

    # -- taking back --

    def _after_create(self, call, pairs):
        self._settle_credits(call, [pair for pair in pairs if pair[1].reversal_of_id])
        charges = self.env[self._home].union(*(record for _item, record in pairs))
        self._replace_triggered(charges.filtered(lambda charge: charge.order_id))

    def _settle_credits(self, call, pairs):
        """A credit of the whole open charge settles both; anything else is billed against the other."""
        settled, versions = self.env[self._home], {}
        for item, credit in pairs:
            original = credit.reversal_of_id
            is_whole = float_is_zero(original.amount + credit.amount, precision_digits=6)
            if original.state == "reversed":
                settled |= credit
            elif original.state == "open" and is_whole and original not in settled:
                settled |= credit | original
                versions[original.id] = {"state": self._version(item)}
        settled._set_state(("open",), "reversed")
        self._versions()._keep(self._home, call.system, versions)

    def _replace_triggered(self, charges):
        """A charge sent for an order takes the place of the one that the order's completion made."""
        if not charges:
            return
        triggered = self.env[self._home].search(
            [
                ("order_id", "in", charges.order_id.ids),
                ("is_triggered", "=", True),
                ("state", "=", "open"),
            ]
        )
        sent = {(charge.order_id, charge.product_id) for charge in charges if charge.kind == CHARGE}
        triggered.filtered(lambda charge: (charge.order_id, charge.product_id) in sent)._set_state(
            ("open",), "reversed"
        )
