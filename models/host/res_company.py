from odoo import fields, models


class Company(models.Model):
    _inherit = "res.company"

    interop_rounding_account_id = fields.Many2one(
        "account.account",
        string="Rounding differences",
        check_company=True,
        help="What a bill or payment says in all and what its parts come to may differ by rounding: the difference is booked "
        "here. Empty: such a payment leaves an open item, and a bill is drafted with what its lines come to.",
    )
    interop_rounding_tolerance = fields.Float(
        string="Up to",
        default=0.05,
        digits=(16, 6),
        help="The largest difference taken for rounding, in the currency of the bill or payment. What differs by more is an "
        "exception, or an open item of the payer.",
    )

    _interop_rounding_tolerance_positive = models.Constraint(
        "CHECK (interop_rounding_tolerance >= 0)", "What is taken for rounding can't be below zero."
    )

    def _interop_is_rounding(self, difference, currency, *, allowed=0.0):
        """Whether ``difference`` (in ``currency``) is one of rounding that has an account; ``allowed``: taken for it anyway."""
        most = max(self.interop_rounding_tolerance, allowed)
        return bool(
            self.interop_rounding_account_id
            and not currency.is_zero(difference)
            and currency.compare_amounts(abs(difference), most) <= 0
        )
