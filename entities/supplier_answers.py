"""What a supplier says to an order: so much, then, or not at all. Dates follow; what differs is for the buyer to decide."""

from odoo import models
from odoo.tools import plaintext2html

from ..core.applying import Outcome
from ..core.canonical import Reference
from ..core.errors import BusinessRule, InteropError, MissingCode
from ..core.stays import naive

ACCEPTED, CHANGED, REJECTED = "accepted", "changed", "rejected"
#: the attribute whose version says how new an answer is
ANSWER = "answer"
WARNING = "mail.mail_activity_data_warning"


class SupplierAnswers(models.AbstractModel):
    _name = "interop.supplier.answers"
    _inherit = "interop.purchasing"
    _description = "Interop supplier answers"

    def _answer(self, call, items):
        """Outcomes of acknowledgements and rejections. They may be of orders that people placed in Odoo."""
        names = {item.delivery: Reference("order", item.entity.identifiers) for item in items}
        orders, stopped = self._take_purchase_orders(
            call, [(item, names[item.delivery], "identifiers") for item in items]
        )
        going = [item for item in items if item.delivery not in stopped]
        coded = [
            (item, line.code, f"lines[{place}].code")
            for item in going
            for place, line in enumerate(item.entity.lines or ())
            if line.code
        ]
        codes, missing = self._take_codes(call, coded, "product")
        outcomes = [*stopped.values(), *missing.values()]
        found = self.env["purchase.order"].union(*orders.values())
        stored = self._versions()._of("purchase.order", found.ids, call.system)
        kept = {}
        for item in going:
            if item.delivery in missing:
                continue
            order, version = orders[names[item.delivery]], self._version(item)
            if version < stored.get(order.id, {}).get(ANSWER, ""):
                outcomes.append(Outcome.done(item, "superseded", "purchase.order", order.id))
                continue
            try:
                effect = self._take_answer(item, order, codes)
            except InteropError as error:
                outcomes.append(Outcome.failed(item, error))
                continue
            kept.setdefault(order.id, {})[ANSWER] = version
            outcomes.append(Outcome.done(item, effect, "purchase.order", order.id))
        self._versions()._keep("purchase.order", call.system, kept)
        return outcomes

    def _take_answer(self, item, order, codes):
        """Note what the supplier says, and ask the buyer where it is not what was ordered; the effect."""
        if order.state == "cancel":
            raise BusinessRule("purchase_cancelled", path="identifiers")
        if item.event == REJECTED:
            if order.interop_answer == REJECTED:
                return "unchanged"
            order.interop_answer = REJECTED
            self._ask_buyer(order, self.env._("The supplier rejected the order"), [])
            return "updated"
        writes, words = [], []
        for place, line in enumerate(item.entity.lines or ()):
            known = self._answered_line(order, line, codes, f"lines[{place}]")
            values = self._answered_values(known, line, f"lines[{place}]")
            words += self._differing_words(known, values)
            writes.append((known, values))
        if order.interop_answer not in (ACCEPTED, CHANGED):
            # what the first answer does not speak of is as ordered
            writes += [
                (known, {"interop_qty_confirmed": known.product_qty})
                for known in order.order_line.filtered("product_id")
                if known not in dict(writes)
            ]
        is_news = False
        for known, values in writes:
            is_news = self._write_fresh(known, values) or is_news
        values = {"acknowledged": True}
        if is_news or order.interop_answer not in (ACCEPTED, CHANGED):
            # a date that is the planned one by now is no reason to call the answer another one
            values["interop_answer"] = CHANGED if words else ACCEPTED
        if number := self._suppliers_number(item, order):
            values["partner_ref"] = number
        is_news = self._write_fresh(order, values) or is_news
        if is_news and words:
            self._ask_buyer(order, self.env._("The supplier confirmed otherwise"), words)
        return "updated" if is_news else "unchanged"

    def _write_fresh(self, record, values):
        """Write what differs; whether anything did."""
        fresh = {name: value for name, value in values.items() if record[name] != value}
        if fresh:
            record.write(fresh)
        return bool(fresh)

    def _answered_line(self, order, line, codes, path):
        product = codes.get(line.code)
        for known in order.order_line:
            if line.number and line.number == known.interop_number:
                return known
        for known in order.order_line:
            if product and known.product_id.id == product:
                return known
        code = line.code.code if line.code else line.number
        raise MissingCode("unknown_line", path=path, value=code[:64])

    def _answered_values(self, known, line, path):
        values = {}
        if line.quantity:
            unit = self._unit(line.quantity, known.product_id, f"{path}.quantity")
            if line.quantity.value < 0:
                raise BusinessRule("quantity_not_positive", path=f"{path}.quantity")
            values["interop_qty_confirmed"] = unit._compute_quantity(
                float(line.quantity.value), known.product_uom_id
            )
        else:
            values["interop_qty_confirmed"] = known.product_qty
        if line.planned_at:
            values["date_planned"] = naive(line.planned_at)
        return values

    def _differing_words(self, known, values):
        """What the buyer has to know of one line: fewer or more than ordered, or later than planned."""
        words, name = [], known.product_id.display_name
        confirmed = values["interop_qty_confirmed"]
        if known.product_uom_id.compare(confirmed, known.product_qty) != 0:
            words.append(
                self.env._(
                    "%(product)s: %(confirmed)s instead of %(ordered)s %(unit)s",
                    product=name,
                    confirmed=confirmed,
                    ordered=known.product_qty,
                    unit=known.product_uom_id.name,
                )
            )
        planned = values.get("date_planned")
        if planned and known.date_planned and planned.date() > known.date_planned.date():
            words.append(
                self.env._(
                    "%(product)s: on %(then)s instead of %(planned)s",
                    product=name,
                    then=planned.date(),
                    planned=known.date_planned.date(),
                )
            )
        return words

    def _suppliers_number(self, item, order):
        """What the supplier calls the order, where nobody has said so yet."""
        own = {order.name, order.origin}
        numbers = [name.value for name in item.entity.identifiers if name.type == "FILL"]
        return next((one for one in numbers if one not in own and not order.partner_ref), "")

    def _ask_buyer(self, order, summary, words):
        """One thing to do for whoever buys there; with nobody named it waits on the order for somebody."""
        buyer = order.user_id or order.partner_id.buyer_id
        note = plaintext2html("\n".join(words)) if words else ""
        order.activity_schedule(WARNING, summary=summary, note=note, user_id=buyer.id)
