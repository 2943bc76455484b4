"""Movements that messages report: goods that are gone already."""

from odoo import fields, models


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "interop.sync.history"]

    interop_system_id = fields.Many2one(
        "interop.system", string="Reported by", readonly=True, copy=False, index="btree_not_null"
    )
    interop_occurred_at = fields.Datetime(
        string="Happened",
        readonly=True,
        copy=False,
        help="When it happened, as reported; the date is when it was booked.",
    )
    interop_encounter_id = fields.Many2one(
        "interop.encounter",
        string="Encounter",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    interop_announced = fields.Json(
        string="Announced",
        readonly=True,
        copy=False,
        help="What suppliers announced of it: by line of the shipment, how many and the lot.",
    )
    interop_analytic_account_id = fields.Many2one(
        "account.analytic.account", string="Cost centre", readonly=True, copy=False
    )

    def _should_bypass_reservation(self, forced_location=False):
        """What is gone already needs no reservation: that would cost two more locks a movement."""
        if self.interop_system_id and not self.env.context.get("interop_frees_reservations"):
            return True
        return super()._should_bypass_reservation(forced_location)

    def _compute_reference(self):
        """What was reported without a transfer goes by the number it was reported under."""
        result = super()._compute_reference()
        for move in self:
            if move.interop_system_id and not move.reference:
                move.reference = move.origin
        return result

    def _get_analytic_distribution(self):
        if self.interop_analytic_account_id:
            return self.interop_analytic_account_id._interop_distribution(self._interop_day())
        return super()._get_analytic_distribution()

    def _interop_day(self):
        return (self.interop_occurred_at or self.date).date()

    def _create_analytic_move(self):
        """As Odoo does, but once they are done, and with one ``create`` for all that were reported."""
        reported = self.filtered("interop_analytic_account_id")
        result = super(StockMove, self - reported)._create_analytic_move()
        reported = reported.filtered(lambda move: move.state == "done")
        booked = [
            (move, values)
            for move in reported
            if not move.analytic_account_line_ids
            for values in move._interop_analytic_values()
        ]
        for move in reported.filtered("analytic_account_line_ids"):
            move._interop_correct_analytic_lines()
        # as in Odoo's own: whoever moves goods need have no rights on analytic accounting
        analytic = self.env["account.analytic.line"].sudo()
        lines = analytic.create([values for _move, values in booked])
        self._fields["analytic_account_line_ids"].create(
            [
                (move, [fields.Command.link(line.id)])
                for (move, _values), line in zip(booked, lines, strict=True)
            ]
        )
        return result

    def _interop_correct_analytic_lines(self):
        """What was booked already is put right where the goods were."""
        # likewise
        lines = self.analytic_account_line_ids.sudo()
        values = self._interop_analytic_values()
        lines[len(values) :].unlink()
        for line, told in zip(lines, values, strict=False):
            news = {name: told[name] for name in ("amount", "unit_amount")}
            if any(line[name] != value for name, value in news.items()):
                line.write(news)

    def _interop_analytic_values(self):
        """What left the company costs its cost centre, or those that bear it, what came back is given back; nothing where it
        is worth nothing."""
        currency = self.company_currency_id
        amount = currency.round(-self.value if self._is_out() else self.value)
        if not amount:
            return []
        quantity = self._get_valued_qty()
        return [
            self._prepare_analytic_line_values(
                {centre.plan_id._column_name(): centre.id}, part, quantity * share
            )
            for centre, part, share in self.interop_analytic_account_id._interop_divided(
                self._interop_day(), amount, currency
            )
        ]


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _free_reservation(self, *args, **kwargs):
        """What others reserved of goods that are gone is freed, as for any movement."""
        freeing = self.with_context(interop_frees_reservations=True)
        return super(StockMoveLine, freeing)._free_reservation(*args, **kwargs)


class StockLot(models.Model):
    _inherit = "stock.lot"

    interop_expiry_date = fields.Date(
        string="Expires", copy=False, help="Best before, as the supplier or a cabinet reported it."
    )
