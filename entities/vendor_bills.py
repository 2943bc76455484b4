"""Vendor bills received: drafts, matched to their purchase orders. The same vendor and reference twice is refused."""

from odoo import fields, models

from ..core.accounting_rules import VENDOR
from ..core.applying import Outcome
from ..core.errors import BusinessRule, MappingError

KINDS = ("in_invoice", "in_refund")


class VendorBills(models.AbstractModel):
    _name = "interop.vendor.bills"
    _inherit = "interop.invoice.lines"
    _description = "Interop vendor bills"

    def _receive_bills(self, call, stated, known):
        """Outcomes for pairs of (item, keys) that state bills; ``known``: those drafted already, by delivery."""
        keys = {item.delivery: names for item, names in stated}
        fresh, outcomes = self._refuse_known([item for item, _names in stated], known)
        looked_up, stopped = self._look_up_bills(call, fresh)
        outcomes += stopped.values()
        going = [item for item in fresh if item.delivery not in stopped]
        going, refused = self._refuse_duplicates(going, looked_up["partners"])
        outcomes += refused
        prepared, failed = self._try_values(
            going, lambda item: self._prepare_bill(call, item, looked_up)
        )
        outcomes += failed
        if prepared:
            outcomes += self._create_bills(call, prepared, keys, looked_up["partners"])
        return outcomes

    def _refuse_known(self, items, known):
        """A bill that was cancelled may be sent again under its number; one that stands may not."""
        fresh, outcomes, gone = [], [], []
        for item in items:
            move = known.get(item.delivery)
            if move and move.state != "cancel":
                error = BusinessRule("duplicate_bill", path="number")
                outcomes.append(Outcome.failed(item, error))
                continue
            fresh.append(item)
            gone += move.ids if move else ()
        if gone:
            self._unbind(gone)
        return fresh, outcomes

    # -- looking up --

    def _look_up_bills(self, call, items):
        stopped = {
            item.delivery: Outcome.failed(item, MappingError("required", path="partner"))
            for item in items
            if not item.entity.partner
        }
        going = [item for item in items if item.delivery not in stopped]
        found, missing = self._take_references(
            call, [(item, item.entity.partner, "partner") for item in going]
        )
        orders, unknown = self._take_purchase_orders(
            call, [(item, item.entity.order, "order") for item in going if item.entity.order]
        )
        products, absent = self._take_products(call, going)
        looked_up = {
            "partners": self._partners(going, found),
            "orders": orders,
            "products": products,
            "taxes": self._taxes(going, "purchase"),
            "currencies": self._currencies(
                call, (self._currency_code(item.entity) for item in going)
            ),
            "journal": self._journal(call, VENDOR),
        }
        return looked_up, stopped | missing | unknown | absent

    def _partners(self, items, found):
        """``{delivery: res.partner}``, read in one go."""
        partners = self.env["res.partner"].browse(sorted(set(found.values())))
        by_id = {partner.id: partner for partner in partners}
        return {
            item.delivery: by_id[found[item.entity.partner]]
            for item in items
            if item.entity.partner in found
        }

    # -- duplicates --

    def _refuse_duplicates(self, items, partners):
        """Bills that Odoo has, from whatever source, or that come twice in this call."""
        names = {
            item.delivery: (partners[item.delivery].commercial_partner_id.id, item.entity.number)
            for item in items
            if item.entity.number
        }
        taken = self._numbers_taken(names.values())
        fresh, outcomes = [], []
        for item in items:
            name = names.get(item.delivery)
            if name in taken:
                error = BusinessRule("duplicate_bill", path="number")
                outcomes.append(Outcome.failed(item, error))
                continue
            fresh.append(item)
            taken |= {name} if name else set()
        return fresh, outcomes

    def _numbers_taken(self, names):
        if not names:
            return set()
        moves = self.env["account.move"].search_fetch(
            [
                ("move_type", "in", KINDS),
                ("state", "!=", "cancel"),
                ("company_id", "=", self.env.company.id),
                ("commercial_partner_id", "in", sorted({partner for partner, _number in names})),
                ("ref", "in", sorted({number for _partner, number in names})),
            ],
            ["commercial_partner_id", "ref"],
        )
        return {(move.commercial_partner_id.id, move.ref) for move in moves}

    # -- making --

    def _prepare_bill(self, call, item, looked_up):
        bill, journal = item.entity, looked_up["journal"]
        order = looked_up["orders"].get(bill.order)
        if order and not self._currency_code(bill):
            currency = order.currency_id
        else:
            currency = self._draft_currency(call, VENDOR, bill, looked_up["currencies"])
        is_refund = bool(bill.total) and bill.total.amount < 0
        values = {
            "move_type": "in_refund" if is_refund else "in_invoice",
            "journal_id": journal.id,
            "company_id": call.company,
            "partner_id": looked_up["partners"][item.delivery].id,
            "currency_id": currency.id,
            "ref": bill.number or False,
            "invoice_date": bill.invoice_date or False,
            "invoice_origin": order.name if order else False,
            "invoice_line_ids": self._prepare_lines(
                item,
                looked_up["products"],
                looked_up["taxes"],
                currency,
                about=VENDOR,
                ruled=self._ruled(call, VENDOR, journal),
                sign=-1 if is_refund else 1,
                order_lines=self._order_lines(order) if order else None,
            ),
        }
        if bill.due_date:
            values |= {"invoice_date_due": bill.due_date, "invoice_payment_term_id": False}
        return values

    def _order_lines(self, order):
        """A function that finds the order line which a line of the bill is for, each once where there are several."""
        left = list(order.order_line.filtered(lambda line: not line.display_type))

        def find(line, product):
            same = [one for one in left if product and one.product_id == product]
            if not same:
                return None
            numbered = [one for one in same if line.order_line == str(one.sequence)]
            to_bill = [one for one in same if one.qty_invoiced < one.product_qty]
            chosen = next(iter((*numbered, *to_bill, *same)))
            if len(same) > 1:
                left.remove(chosen)
            return chosen

        return find

    def _create_bills(self, call, prepared, keys, partners):
        """One ``create``; a bill whose total is not what its lines come to is taken out again."""
        quiet = {"interop_quiet": bool(self.env.context.get("tracking_disable"))}
        moves = (
            self.env["account.move"]
            .with_context(**quiet)
            .create([values for _item, values in prepared])
            .with_env(self.env)
        )
        outcomes, drafted, wrong = [], [], self.env["account.move"]
        for (item, _values), move in zip(prepared, moves, strict=True):
            if self._is_total_right(item.entity, move):
                names = keys[item.delivery] | self._vendor_key(item, partners[item.delivery])
                drafted.append((names, move))
                outcomes.append(Outcome.done(item, "created", "account.move", move.id))
            else:
                wrong |= move
                error = BusinessRule("total_differs", path="total", detail="lines")
                outcomes.append(Outcome.failed(item, error))
        wrong.with_context(force_delete=True).unlink()
        self._bind_moves(call, drafted)
        return outcomes

    def _vendor_key(self, item, partner):
        """Vendor and reference as a binding: two workers can't both draft the same bill."""
        if not item.entity.number or len(item.entity.number) > 200:
            return {}
        return {(f"vendor:{partner.commercial_partner_id.id}", item.entity.number): "BILL"}

    def _is_total_right(self, bill, move):
        """Whether the lines come to the total told, but for a cent a line: senders round by line or in all.

        What differs by rounding is booked on the company's account for it, if there is one: the bill is then what was asked.
        """
        if not bill.total:
            return True
        difference = abs(float(bill.total.amount)) - move.amount_total
        allowed = move.currency_id.rounding * max(1, len(bill.lines or ()))
        if move.company_id._interop_is_rounding(difference, move.currency_id, allowed=allowed):
            self._add_rounding(move, difference)
            return True
        return move.currency_id.compare_amounts(abs(difference), allowed) <= 0

    def _add_rounding(self, move, difference):
        values = {
            "name": self.env._("Rounding"),
            "account_id": move.company_id.interop_rounding_account_id.id,
            "quantity": 1.0,
            "price_unit": difference,
            "tax_ids": [fields.Command.clear()],
        }
        move.write({"invoice_line_ids": [fields.Command.create(values)]})
