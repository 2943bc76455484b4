"""From open charges to draft invoices, set-wise; used by messages and by the buttons alike."""

from collections import defaultdict
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL, float_compare

from ..core.accounting_rules import CUSTOMER

OPEN = [("state", "=", "open")]
KINDS = ("out_invoice", "out_refund")
ENDED = ("finished", "cancelled")


class Bill(NamedTuple):
    """What one invoice is about: a visit, or a patient for whatever belongs to none; in one currency."""

    company: models.Model
    encounter: models.Model
    patient: models.Model
    currency: models.Model


class Billing(models.AbstractModel):
    _name = "interop.billing"
    _description = "Interop billing"

    def _draft_invoices(self, encounters):
        """Bill the open charges of ``encounters``; returns the draft invoices that carry them (see ``_bill``)."""
        return self._bill(self._open_charges([("encounter_id", "in", encounters.ids)]))

    def _bill(self, charges):
        """Bill these open charges; returns the draft invoices that carry them.

        One draft for each encounter and currency: what a discharge taken back left as a draft is added to. Charges that
        belong to no encounter make a new draft for each patient. Nothing is posted. What nobody can be billed for (no
        patient known yet) stays open. ``BusinessRule`` where nobody has said which journal takes a new draft.
        """
        bills = self._by_invoice(charges)
        if not bills:
            return self.env["account.move"]
        drafts = self._drafts(charges.encounter_id)
        new = {key: charges for key, charges in bills.items() if key not in drafts}
        moves = self._create(new)
        for key, charges in bills.items():
            if key in drafts:
                self._add(drafts[key], charges)
                moves |= drafts[key]
        return moves

    def _draft_ended(self, encounters):
        """Bill those that have ended on a route that drafts invoices then: at the end, and what comes late."""
        ended = encounters.filtered(
            lambda encounter: encounter.is_billed_at_end and encounter.status == "finished"
        )
        self._touch(encounters.filtered(lambda one: one in ended or one.status not in ENDED))
        return self._draft_invoices(ended) if ended else self.env["account.move"]

    def _touch(self, encounters):
        """Make a new charge and the end of its visit meet.

        They come by two lanes. In REPEATABLE READ neither transaction would see the other's work: the end would bill
        without the charge, the charge would find the visit open, and stay unbilled for ever; and two late charges would
        make a draft each. Writing the visit's row makes whoever commits second fail, and try again with both in sight.
        """
        if encounters:
            encounters.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "UPDATE interop_encounter SET status = status WHERE id = ANY(%s)",
                    sorted(encounters.ids),
                ),
                log_exceptions=False,
            )

    def _open_charges(self, domain):
        # charges are the engine's own records: whoever may create an invoice bills them
        return self.env["interop.charge"].sudo().search([*domain, *OPEN], order="occurred_at, id")

    def _by_invoice(self, charges):
        """``{Bill: charges}``, in the order of encounters."""
        bills = defaultdict(charges.browse)
        for charge in charges.sorted(lambda charge: charge.encounter_id.id):
            encounter, nobody = charge.encounter_id, charge.partner_id.browse()
            patient = nobody if encounter else charge.partner_id
            if encounter.partner_id or charge.partner_id:
                company = encounter.company_id or charge.company_id
                bills[Bill(company, encounter, patient, charge.currency_id)] |= charge
        return bills

    def _drafts(self, encounters):
        """``{Bill: draft}`` of those that such encounters have already."""
        if not encounters:
            return {}
        drafts = self.env["account.move"].search(
            [
                ("interop_encounter_id", "in", encounters.ids),
                ("state", "=", "draft"),
                ("move_type", "in", KINDS),
            ],
            order="id desc",
        )
        nobody = self.env["res.partner"]
        # the same records as those of the charges, which whoever bills may not always read
        about = ((draft, draft.interop_encounter_id.sudo()) for draft in drafts)
        return {
            Bill(encounter.company_id, encounter, nobody, draft.currency_id): draft
            for draft, encounter in about
            if draft.invoice_line_ids
        }

    # -- making --

    def _create(self, bills):
        if not bills:
            return self.env["account.move"]
        journals = self._journals(bills)
        payers = self._payers(bills)
        vals_list = [
            self._prepare_invoice(bill, charges, journals[bill]) | {"partner_id": payers[bill].id}
            for bill, charges in bills.items()
        ]
        moves = self.env["account.move"].create(vals_list)
        for move, charges in zip(moves, bills.values(), strict=True):
            charges._bill(move.invoice_line_ids.sorted("id"))
        moves._interop_find_claims()
        return moves

    def _payers(self, bills):
        """Who is billed: the patient, or whoever stands in for one whose record was merged; their guarantor if any."""
        patients = {
            bill: bill.encounter.partner_id or charges.partner_id[:1]
            for bill, charges in bills.items()
        }
        # merges are the engine's own bookkeeping
        aliases = self.env["interop.alias"].sudo()
        merged = aliases.search_fetch(
            [
                ("res_model", "=", "res.partner"),
                ("merged_id", "in", sorted({patient.id for patient in patients.values()})),
                ("is_active", "=", True),
            ],
            ["merged_id", "survivor_id"],
        )
        survivors = {alias.merged_id: alias.survivor_id for alias in merged}
        ids = {key: survivors.get(patient.id, patient.id) for key, patient in patients.items()}
        # browsed together, so that they are read together
        standing = next(iter(patients.values())).browse(sorted(set(ids.values())))
        payers = {partner.id: partner.interop_guarantor_id or partner for partner in standing}
        return {key: payers[id_] for key, id_ in ids.items()}

    def _prepare_invoice(self, bill, charges, journal):
        is_refund = float_compare(sum(charges.mapped("amount")), 0, precision_digits=6) < 0
        return {
            "move_type": "out_refund" if is_refund else "out_invoice",
            "journal_id": journal.id,
            "company_id": bill.company.id,
            "currency_id": bill.currency.id,
            "interop_encounter_id": bill.encounter.id,
            "invoice_origin": bill.encounter.name or ", ".join(charges.mapped("name")),
            "invoice_line_ids": [
                fields.Command.create(self._prepare_line(charge, -1 if is_refund else 1, journal))
                for charge in charges
            ],
        }

    def _journals(self, bills):
        """``{Bill: journal}``, each looked up once. ``BusinessRule`` where nobody has chosen one."""
        accounting, cases, found = self.env["interop.accounting"], {}, {}
        for bill, charges in bills.items():
            told = self._told_by(charges[:1])
            cases[bill] = (bill.company.id, told["system"], told["facility"])
        for case in set(cases.values()):
            company, system, facility = case
            journal = accounting._journal(CUSTOMER, company, system=system, facility=facility)
            found[case] = accounting._chosen(journal, CUSTOMER)
        return {bill: found[case] for bill, case in cases.items()}

    def _told_by(self, charge):
        """System and facility (ids) of a charge, as rules ask for them: those of its visit if it has one."""
        encounter = charge.encounter_id
        facility = encounter.facility_id or charge.order_id.facility_id
        facility = facility or charge.appointment_id.facility_id
        return {
            "system": (encounter.system_id or charge.system_id).id,
            "facility": facility.id,
        }

    def _prepare_line(self, charge, sign, journal):
        """One line a charge; the amount is kept to the cent, whatever the unit price rounds to."""
        quantity, price = self._quantity_and_price(
            charge.quantity, charge.price_unit, charge.amount, charge.currency_id
        )
        values = {
            "product_id": charge.product_id.id,
            "name": self._describe(charge),
            "quantity": sign * quantity,
            "price_unit": price,
        }
        accounting, product = self.env["interop.accounting"], charge.product_id
        case = {"department": charge.department_id, **self._told_by(charge)}
        company = charge.company_id.id
        account = accounting._line_account(CUSTOMER, journal, product, company, **case)
        if account:
            values["account_id"] = account
        taxes = accounting._line_taxes(CUSTOMER, product, company, **case)
        if taxes is not None:
            values["tax_ids"] = [fields.Command.set(taxes.ids)]
        if charge.analytic_account_id:
            day = (charge.occurred_at or fields.Datetime.now()).date()
            values["analytic_distribution"] = charge.analytic_account_id._interop_distribution(day)
        return values

    def _quantity_and_price(self, quantity, price, amount, currency):
        """A quantity and unit price whose product is ``amount``; the amount decides where they disagree."""
        size = abs(quantity) * (1 if amount >= 0 else -1)
        if quantity and currency.compare_amounts(currency.round(size * price), amount) == 0:
            return size, price
        return (1, amount) if amount >= 0 else (-1, -amount)

    def _describe(self, charge):
        what = charge.product_id.name or charge.name
        return f"{what} ({charge.occurred_at.date().isoformat()})" if charge.occurred_at else what

    def _add(self, move, charges):
        """More charges on a draft that is there already."""
        before = move.invoice_line_ids
        sign = -1 if move.move_type == "out_refund" else 1
        move.write(
            {
                "invoice_line_ids": [
                    fields.Command.create(self._prepare_line(charge, sign, move.journal_id))
                    for charge in charges
                ]
            }
        )
        charges._bill((move.invoice_line_ids - before).sorted("id"))
        if move.amount_total < 0:
            # a credit note that charges have outgrown, or the other way round: the order of arrival must not decide
            move.action_switch_move_type()
