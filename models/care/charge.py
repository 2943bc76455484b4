"""What is billed for an encounter: charges and credits, until an invoice takes them."""

from odoo import fields, models


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
    partner_id = fields.Many2one("res.partner", string="Patient", readonly=True)
    product_id = fields.Many2one("product.product", string="Service or product", readonly=True)
    order_id = fields.Many2one("interop.order", readonly=True)
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
    reversal_of_id = fields.Many2one("interop.charge", string="Takes back", readonly=True)
    move_line_id = fields.Many2one(
        "account.move.line", string="Invoice line", readonly=True, index="btree_not_null"
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
