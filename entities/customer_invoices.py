"""Customer invoices: drafts of an encounter's open charges, or of the lines that a message states."""

from odoo import models

from ..core.accounting_rules import CUSTOMER
from ..core.applying import Outcome
from ..core.errors import BusinessRule, MappingError


class CustomerInvoices(models.AbstractModel):
    _name = "interop.customer.invoices"
    _inherit = "interop.invoice.lines"
    _description = "Interop customer invoices"

    def _draft_customer(self, call, stated, known):
        """Outcomes for pairs of (item, keys) that state invoices; one that was drafted stays as people have it."""
        keys = {item.delivery: names for item, names in stated}
        outcomes, fresh = [], []
        for item, _names in stated:
            move = known.get(item.delivery)
            if move:
                outcomes.append(Outcome.done(item, "unchanged", "account.move", move.id))
            else:
                fresh.append(item)
        wanted = [
            (item, reference, path)
            for item in fresh
            for path in ("partner", "encounter")
            if (reference := getattr(item.entity, path))
        ]
        found, stopped = self._take_references(call, wanted)
        outcomes += stopped.values()
        going = [item for item in fresh if item.delivery not in stopped]
        lined = [item for item in going if item.entity.lines]
        bare = [item for item in going if not item.entity.lines]
        return outcomes + (
            (self._draft_lines(call, lined, found, keys) if lined else [])
            + (self._draft_charges(call, bare, found, keys) if bare else [])
        )

    # -- from charges --

    def _draft_charges(self, call, items, found, keys):
        encounters = self.env["interop.encounter"].browse(
            sorted({found[item.entity.encounter] for item in items if item.entity.encounter})
        )
        billing = self.env["interop.billing"]
        drafted = billing._draft_invoices(encounters)
        moves = {move.interop_encounter_id.id: move for move in drafted}
        for bill, draft in billing._drafts(encounters).items():
            moves.setdefault(bill.encounter.id, draft)
        outcomes, bound = [], []
        for item in items:
            move = moves.get(found.get(item.entity.encounter))
            if not move:
                error = BusinessRule("nothing_to_bill", path="encounter")
                outcomes.append(Outcome.failed(item, error))
                continue
            effect = "created" if move in drafted else "unchanged"
            bound.append((keys[item.delivery], move))
            outcomes.append(Outcome.done(item, effect, "account.move", move.id))
            self._tell_number(item, move)
        self._bind_moves(call, bound)
        return outcomes

    def _tell_number(self, item, move):
        values = {
            field: value
            for field, value in (
                ("ref", item.entity.number),
                ("invoice_date", item.entity.invoice_date),
            )
            if value and not move[field]
        }
        if values:
            move.write(values)

    # -- from lines --

    def _draft_lines(self, call, items, found, keys):
        products, stopped = self._take_products(call, items)
        outcomes = list(stopped.values())
        going = [item for item in items if item.delivery not in stopped]
        looked_up = {
            "found": found,
            "products": products,
            "journal": self._journal(call, CUSTOMER),
            "taxes": self._taxes(going, "sale"),
            "currencies": self._currencies(
                call, (self._currency_code(item.entity) for item in going)
            ),
        }
        prepared, failed = self._try_values(
            going, lambda item: self._prepare_customer(call, item, looked_up)
        )
        outcomes += failed
        moves = self.env["account.move"].create([values for _item, values in prepared])
        drafted = []
        for (item, _values), move in zip(prepared, moves, strict=True):
            drafted.append((keys[item.delivery], move))
            outcomes.append(Outcome.done(item, "created", "account.move", move.id))
        self._bind_moves(call, drafted)
        return outcomes

    def _prepare_customer(self, call, item, looked_up):
        invoice, found, journal = item.entity, looked_up["found"], looked_up["journal"]
        encounter = self.env["interop.encounter"].browse(found.get(invoice.encounter) or ())
        patient = encounter.partner_id
        partner = found.get(invoice.partner) or (patient.interop_guarantor_id or patient).id
        if not partner:
            raise MappingError("required", path="partner")
        currency = self._draft_currency(call, CUSTOMER, invoice, looked_up["currencies"])
        is_refund = bool(invoice.total) and invoice.total.amount < 0
        values = {
            "move_type": "out_refund" if is_refund else "out_invoice",
            "journal_id": journal.id,
            "company_id": call.company,
            "partner_id": partner,
            "currency_id": currency.id,
            "interop_encounter_id": encounter.id,
            "ref": invoice.number or False,
            "invoice_date": invoice.invoice_date or False,
            "invoice_line_ids": self._prepare_lines(
                item,
                looked_up["products"],
                looked_up["taxes"],
                currency,
                about=CUSTOMER,
                ruled=self._ruled(call, CUSTOMER, journal),
                sign=-1 if is_refund else 1,
            ),
        }
        if invoice.due_date:
            values |= {"invoice_date_due": invoice.due_date, "invoice_payment_term_id": False}
        return values
