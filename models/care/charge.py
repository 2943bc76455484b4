"""What is billed for an encounter: charges and credits, until an invoice takes them."""

from odoo import fields, models
from odoo.exceptions import UserError


class Charge(models.Model):
    _name = "interop.charge"
    _description = "Charge"
    _order = "occurred_at desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    system_id = fields.Many2one("interop.system", string="Reported by", readonly=True)
    kind = fields.Selection(
        [("charge", "Charge"), ("credit", "Credit")], required=True, readonly=True, default="charge"
    )
    state = fields.Selection(
        [("open", "To bill"), ("billed", "Billed"), ("reversed", "Taken back")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    encounter_id = fields.Many2one(
        "interop.encounter", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Patient", readonly=True, index="btree_not_null"
    )
    product_id = fields.Many2one("product.product", string="Service or product", readonly=True)
    order_id = fields.Many2one("interop.order", readonly=True)
    appointment_id = fields.Many2one(
        "interop.appointment",
        readonly=True,
        help="The appointment that nobody came to: this is the fee for it.",
    )
    occurred_at = fields.Datetime(string="When", readonly=True)
    quantity = fields.Float(readonly=True, default=1.0, digits="Product Unit")
    price_unit = fields.Monetary(string="Unit price", readonly=True)
    amount = fields.Monetary(
        readonly=True, help="As sent; else quantity by unit price. Credits are negative."
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    department_id = fields.Many2one("hr.department", readonly=True)
    analytic_account_id = fields.Many2one(
        "account.analytic.account", string="Cost centre", readonly=True
    )
    performer_id = fields.Many2one("hr.employee", readonly=True)
    reversal_of_id = fields.Many2one(
        "interop.charge", string="Takes back", readonly=True, index="btree_not_null"
    )
    is_triggered = fields.Boolean(
        string="By completion",
        readonly=True,
        help="Nobody sent this charge: it was made when its order was completed, at the list price.",
    )
    is_at_list_price = fields.Boolean(
        string="At list price",
        readonly=True,
        help="Nobody stated a price: it is the list price of the day on which it was done, and follows one that becomes "
        "known later.",
    )
    move_line_id = fields.Many2one(
        "account.move.line", string="Invoice line", readonly=True, index="btree_not_null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")

    _fee_uniq = models.UniqueIndex(
        "(appointment_id) WHERE appointment_id IS NOT NULL AND is_at_list_price",
        "This appointment is charged already.",
    )
    _triggered_uniq = models.UniqueIndex(
        "(order_id) WHERE is_triggered", "The completion of this order is charged already."
    )

    _list_price_idx = models.Index("(product_id, occurred_at) WHERE is_at_list_price")

    def action_draft_invoices(self):
        """Draft invoices of these charges, with all else that their encounters have open, and show them."""
        self.check_access("read")
        billing = self.env["interop.billing"]
        alone = [("id", "in", self.ids), ("encounter_id", "=", False)]
        with self.env["interop.exception"]._telling_people():
            invoices = billing._draft_invoices(self.encounter_id)
            invoices |= billing._bill(billing._open_charges(alone))
        if not invoices:
            raise UserError(
                self.env._(
                    "Nothing to bill: no open charge is among these, or nobody to bill it to."
                )
            )
        return invoices.action_interop_open()

    def _set_state(self, allowed, target):
        """The one gate of ``state``: those in one of the states ``allowed`` become ``target``, and are returned."""
        moving = self.filtered(lambda charge: charge.state in allowed)
        if moving:
            moving.write({"state": target})
        return moving

    def _stand(self, owed):
        """Those among ``owed`` stand and the others are taken back; what is billed stays: people decide about invoices."""
        (self - owed)._set_state(("open",), "reversed")
        (self & owed)._set_state(("reversed",), "open")

    def _bill(self, lines):
        """These open charges are on the invoice lines ``lines`` now, one each, in the same order."""
        for charge, line in zip(self, lines, strict=True):
            charge.move_line_id = line
        self._set_state(("open",), "billed")

    def _release(self):
        """Their invoice is gone before it counted: they are to be billed again."""
        released = self._set_state(("billed",), "open")
        released.move_line_id = False
        return released

    def _prepare_credit(self, system):
        """What takes back this billed charge, as ``system`` (id) says."""
        return self.copy_data()[0] | {
            "name": self.name,
            "system_id": system,
            "kind": "credit",
            "state": "open",
            "amount": -self.amount,
            "is_triggered": False,
            "reversal_of_id": self.id,
            "move_line_id": False,
        }
