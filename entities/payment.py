"""payment → ``account.payment``, posted and matched with what it says it pays.

What was posted is never changed: a correction takes the payment back by a reversing entry and books another, which goes by
the same names. What names nothing, or what nobody knows yet, is booked as well, since the money is there; it stays an open
item and is looked for again (``interop.payment.allocation``).
"""

from odoo import models
from odoo.tools import float_compare

from ..core.accounting_rules import PAYMENT
from ..core.applying import Outcome
from ..core.binding import keys_of
from ..core.errors import BusinessRule, InteropError, MappingError

CANCELLED = "cancelled"
#: what a payment can't be booked without
NEEDED = ("kind", "amount", "paid_on")
LONGEST_REFERENCE = 200


class Payment(models.AbstractModel):
    _name = "interop.entity.payment"
    _inherit = ["interop.entity.upsert", "interop.payment.entries"]
    _description = "Interop entity: payment"
    _right = "healthcare_interop.group_apply_payment"
    _right_also = {"unknown_master": ("organization",)}
    _touches = {
        "account.payment": "wc",
        "account.move": "wc",
        "account.move.line": "wc",
        "account.partial.reconcile": "cd",
        "account.full.reconcile": "cd",
        "interop.payment.allocation": "wc",
        "res.partner": "wc",
    }

    _entity = "payment"
    _home = "account.payment"

    # -- what was told --

    def _prepare(self, call, items):
        found, stopped = self._take_references(call, self._mentioned(items, ("partner",)))
        money = (item.entity.amount for item in items if item.entity.amount)
        return (found, self._currencies(call, (one.currency for one in money))), stopped

    def _to_values(self, call, item, prepared):
        """What the message tells, by attribute, in the values that ``_facts_of`` gives of a payment."""
        found, currencies = prepared
        payment, told = item.entity, {}
        self._one_of(("active", CANCELLED), payment.status, "status")
        if payment.status is not None or item.event == CANCELLED:
            is_active = item.event != CANCELLED and payment.status != CANCELLED
            told["status"] = "active" if is_active else CANCELLED
        if payment.kind:
            told["kind"] = self._one_of(("inbound", "outbound"), payment.kind, "kind")
        if payment.amount:
            told["amount"] = float(payment.amount.amount)
            told["currency"] = self._payment_currency(call, payment.amount, currencies)
        if payment.paid_on:
            told["paid_on"] = payment.paid_on
        if payment.reference is not None:
            told["reference"] = payment.reference or False
        if payment.partner is not None:
            told["partner"] = found[payment.partner] if payment.partner else False
        if payment.allocations is not None:
            told["allocations"] = [
                self._part(call, payment, part) for part in payment.allocations or ()
            ]
        return told

    def _payment_currency(self, call, money, currencies):
        if not money.currency:
            return self._untold_currency(call, PAYMENT).id
        return self._known_currency(money.currency, currencies, "amount").id

    def _part(self, call, payment, part):
        if payment.amount and part.amount.currency not in ("", payment.amount.currency):
            raise BusinessRule("allocation_currency", path="allocations")
        values = {"amount": float(part.amount.amount), "entity": False, "name": False, "names": []}
        if part.pays:
            names = keys_of(part.pays.identifiers, call.identity_domain)
            values |= {
                "entity": part.pays.entity,
                "name": self._number(part.pays.identifiers),
                "names": [list(key) for key in names],
            }
        return values

    def _facts_of(self, payment):
        """What is known of a payment, as a message would tell it."""
        kind = "outbound" if payment.partner_type == "supplier" else "inbound"
        sign = 1 if payment.payment_type == kind else -1
        return {
            "status": CANCELLED if payment.state in ("canceled", "rejected") else "active",
            "kind": kind,
            "amount": sign * payment.amount,
            "currency": payment.currency_id.id,
            "paid_on": payment.interop_paid_on or False,
            "reference": payment.payment_reference or False,
            "partner": payment.partner_id.id,
            "allocations": [
                {
                    "amount": sign * part.amount,
                    "entity": part.entity,
                    "name": part.name,
                    "names": part.names or [],
                }
                for part in payment.interop_allocation_ids
                if not part.is_rest
            ],
        }

    def _is_same(self, one, other):
        """Whether two facts are equal, amounts to the sixth place."""
        if isinstance(one, float) and isinstance(other, float):
            return not float_compare(one, other, precision_digits=6)
        if isinstance(one, list):
            return len(one) == len(other) and all(map(self._is_same, one, other))
        if isinstance(one, dict):
            return all(self._is_same(one[key], other[key]) for key in one)
        return one == other

    # -- booking --

    def _make(self, call, new):
        """The same payer and number twice is one payment that two systems tell of: the second is for a person."""
        outcomes, fresh = [], []
        payer_keys = [self._payer_key(told) for _item, _keys, told, _record in new]
        taken = set(self._bindings()._resolve(self._entity, set(filter(None, payer_keys))))
        prepared = self._try_values(
            call, [(item, told) for item, _keys, told, _record in new], outcomes
        )
        for (item, keys, told, _record), key in zip(new, payer_keys, strict=True):
            if item.delivery not in prepared:
                continue
            if key and key in taken:
                error = BusinessRule("duplicate_payment", path="reference")
                outcomes.append(Outcome.failed(item, error))
                continue
            taken.add(key)
            fresh.append((item, keys | ({key: "PAY"} if key else {}), told))
        if fresh:
            outcomes += self._book(call, fresh, prepared)
        return outcomes

    def _payer_key(self, told):
        reference, partner = told.get("reference"), told.get("partner")
        if not (reference and partner) or len(reference) > LONGEST_REFERENCE:
            return None
        payer = self.env["res.partner"].browse(partner).commercial_partner_id
        return (f"payer:{payer.id}", reference)

    def _book(self, call, fresh, prepared):
        self._bindings()._reserve(
            self._entity,
            self._home,
            {key: kind for _item, keys, _told in fresh for key, kind in keys.items()},
            call.system,
            call.now,
        )
        payments = self._post([prepared[item.delivery] for item, _keys, _told in fresh])
        outcomes, names, versions = [], {}, {}
        for payment, (item, keys, told) in zip(payments, fresh, strict=True):
            names |= dict.fromkeys(keys, payment.id)
            versions[payment.id] = dict.fromkeys(told, self._version(item))
            outcomes.append(Outcome.done(item, "created", self._home, payment.id))
        self._bindings()._assign(self._entity, self._home, names)
        self._versions()._keep(self._home, call.system, versions)
        return outcomes

    def _post(self, vals_list):
        """Make payments, post those that stand, and match them; in the order of ``vals_list``."""
        payments = self.env[self._home].create(vals_list)
        standing = payments.filtered(lambda payment: payment.state == "draft")
        standing.interop_allocation_ids._resolve()
        standing.action_post()
        standing.interop_allocation_ids._match()
        return payments

    def _try_values(self, call, told_of, outcomes):
        """``{delivery: values of the new payment}`` of pairs (item, facts); what can't be booked adds to ``outcomes``."""
        journal = self._journal(call, PAYMENT)
        days = {told["paid_on"] for _item, told in told_of if told.get("paid_on")}
        booked = self._booking_days(call, days, journal)
        values = {}
        for item, told in told_of:
            try:
                values[item.delivery] = self._payment_values(call, told, journal, booked)
            except InteropError as error:
                outcomes.append(Outcome.failed(item, error))
        return values

    def _payment_values(self, call, told, journal, booked):
        is_cancelled = told.get("status") == CANCELLED
        for attribute in () if is_cancelled else NEEDED:
            if attribute not in told:
                raise MappingError("required", path=attribute)
        self.env["interop.accounting"]._chosen(journal, PAYMENT)
        kind, amount = told.get("kind") or "inbound", told.get("amount") or 0.0
        back = {"inbound": "outbound", "outbound": "inbound"}[kind]
        paid_on = told.get("paid_on") or False
        day = booked.get(paid_on) if paid_on else call.now.date()
        self._needed(is_cancelled or day, "period_locked", "paid_on")
        sign = 1 if amount >= 0 else -1
        return {
            "journal_id": journal.id,
            "company_id": call.company,
            "partner_type": "supplier" if kind == "outbound" else "customer",
            "payment_type": kind if sign > 0 else back,
            "amount": abs(amount),
            "currency_id": told.get("currency") or journal.company_id.currency_id.id,
            "date": day or paid_on,
            "interop_paid_on": paid_on,
            "partner_id": told.get("partner") or False,
            "payment_reference": told.get("reference") or False,
            "memo": told.get("reference") or False,
            "state": "canceled" if is_cancelled else "draft",
            "interop_allocation_ids": [
                (0, 0, part | {"amount": sign * part["amount"]})
                for part in self._with_rest(call, told)
            ],
        }

    def _with_rest(self, call, told):
        """What no part covers is a part too: nothing of a payment is out of sight. Beside parts it may be rounding."""
        parts, amount = told.get("allocations") or [], told.get("amount") or 0.0
        rest = round(amount - sum(part["amount"] for part in parts), 6)
        if not rest:
            return parts
        company = self.env["res.company"].browse(call.company)
        currency = self.env["res.currency"].browse(told.get("currency")) or company.currency_id
        is_rounding = bool(parts) and company._interop_is_rounding(rest, currency)
        return [*parts, {"amount": rest, "is_rest": True, "is_rounding": is_rounding}]

    # -- changing --

    def _change(self, call, old, known):
        if not old:
            return []
        self._bind_more(call, old, known)
        ids = sorted({record for *_rest, record in old})
        payments = {one.id: one for one in self.env[self._home].browse(ids).exists()}
        stored = self._versions()._of(self._home, payments, call.system)
        outcomes, gone, anew, versions = [], self.env[self._home], [], {}
        for item, _keys, told, record in old:
            payment = payments.get(record)
            if payment is None:
                error = BusinessRule("record_deleted", path=self._entity)
                outcomes.append(Outcome.failed(item, error))
                continue
            version, known_versions = self._version(item), stored.get(record, {})
            fresh = self._fresh(version, told, known_versions, payment)
            if told and not fresh:
                outcomes.append(Outcome.done(item, "superseded", self._home, record))
                continue
            facts = self._facts_of(payment)
            wanted = facts | fresh
            if payment.reconciled_statement_line_ids and not self._is_same(facts, wanted):
                error = BusinessRule("payment_on_statement", path="amount")
                outcomes.append(Outcome.failed(item, error))
                continue
            versions[record] = dict.fromkeys(fresh, version)
            is_standing = facts["status"] != CANCELLED
            if self._is_same(facts, wanted) or not (is_standing or wanted["status"] != CANCELLED):
                outcomes.append(Outcome.done(item, "unchanged", self._home, record))
            elif wanted["status"] == CANCELLED:
                gone |= payment
                outcomes.append(Outcome.done(item, "cancelled", self._home, record))
            else:
                anew.append((item, payment, wanted))
        self._take_back(call, gone)
        self._versions()._keep(self._home, call.system, versions)
        return outcomes + self._book_anew(call, anew)

    def _book_anew(self, call, anew):
        """``anew``: triples (item, payment that is known, facts as they should be)."""
        outcomes = []
        values = self._try_values(call, [(item, wanted) for item, _p, wanted in anew], outcomes)
        going = [entry for entry in anew if entry[0].delivery in values]
        if not going:
            return outcomes
        self._take_back(call, self.env[self._home].union(*(one for _item, one, _w in going)))
        made = self._post([values[item.delivery] for item, _payment, _wanted in going])
        for (item, before, _wanted), payment in zip(going, made, strict=True):
            self._hand_over(before, payment)
            outcomes.append(Outcome.done(item, "updated", self._home, payment.id))
        return outcomes
