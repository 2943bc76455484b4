"""Cost centres that are split in shares from a day on."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ...core.shares import WHOLE, divided, shared

AT_ONCE = "interop_shares_at_once"


class CostShare(models.Model):
    _name = "interop.cost.share"
    _description = "Share of a cost centre"
    _order = "account_id, valid_from desc, percent desc, id"
    _rec_name = "target_id"

    account_id = fields.Many2one(
        "account.analytic.account",
        string="Cost centre",
        required=True,
        index=True,
        ondelete="cascade",
    )
    valid_from = fields.Date(string="From", required=True, default=fields.Date.today)
    target_id = fields.Many2one(
        "account.analytic.account", string="Borne by", required=True, ondelete="restrict"
    )
    percent = fields.Float(string="Share (%)", required=True, digits=(5, 2))

    _target_uniq = models.UniqueIndex(
        "(account_id, valid_from, target_id)", "A cost centre bears one share from a day on."
    )
    _percent_positive = models.Constraint(
        "CHECK (percent > 0 AND percent <= 100)", "A share is above nought and 100 % at most."
    )

    @api.constrains("account_id", "valid_from", "percent")
    def _check_whole(self):
        # of a form that is saved the shares are written one after the other: all of them are looked at then
        if not self.env.context.get(AT_ONCE):
            self.account_id._check_interop_shares()


class AnalyticAccount(models.Model):
    _inherit = "account.analytic.account"

    interop_share_ids = fields.One2many(
        "interop.cost.share",
        "account_id",
        string="Shares",
        help="From a day on, what clinical systems put down to this cost centre is borne by these, in shares of the whole; "
        "the rest stays. What was booked before stays as it is.",
    )

    @api.constrains("interop_share_ids")
    def _check_interop_shares(self):
        by_day = self.interop_share_ids.grouped(lambda share: (share.account_id, share.valid_from))
        for (account, day), shares in by_day.items():
            whole = float(WHOLE)
            if float_compare(sum(shares.mapped("percent")), whole, precision_digits=2) > 0:
                raise ValidationError(
                    self.env._(
                        "The shares of %(centre)s from %(day)s are more than 100 %% in all.",
                        centre=account.display_name,
                        day=fields.Date.to_string(day),
                    )
                )

    def write(self, vals):
        if "interop_share_ids" in vals:
            self = self.with_context(**{AT_ONCE: True})
        return super().write(vals)

    def _interop_shares(self, day):
        """``{id of a cost centre: per cent}`` of what is put down to this one on ``day``."""
        self.ensure_one()
        splits, todo = {}, self
        while todo:
            for account in todo:
                splits[account.id] = by_day = {}
                for share in account.interop_share_ids:
                    by_day.setdefault(share.valid_from, {})[share.target_id.id] = Decimal(
                        str(share.percent)
                    )
            todo = todo.interop_share_ids.target_id.filtered(lambda one: one.id not in splits)
        return shared(self.id, day, splits)

    def _interop_distribution(self, day):
        """As Odoo's journal items want it: ``{"id": per cent}``."""
        # how cost centres are kept is accounting's affair; who bills and moves goods need have no rights on it
        shares = self.sudo()._interop_shares(day)
        return {str(centre): float(percent) for centre, percent in shares.items()}

    def _interop_divided(self, day, amount, currency):
        """``[(cost centre, its part of amount, its share of 1)]``."""
        # likewise
        centre = self.sudo()
        shares = centre._interop_shares(day)
        parts = divided(Decimal(str(amount)), shares, currency.decimal_places)
        return [
            (centre.browse(id_), float(part), float(shares[id_] / WHOLE))
            for id_, part in parts.items()
        ]
