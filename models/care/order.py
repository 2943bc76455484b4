"""Service orders, as far as their completion triggers a charge."""

from odoo import fields, models


class Order(models.Model):
    _name = "interop.order"
    _description = "Order"
    _order = "authored_at desc, id desc"

    name = fields.Char(string="Number", required=True, readonly=True)
    active = fields.Boolean(
        default=True,
        readonly=True,
        help="Archived: only its result was heard of, not the order itself.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company
    )
    system_id = fields.Many2one("interop.system", string="Reported by", readonly=True)
    facility_id = fields.Many2one("interop.facility", readonly=True)
    kind = fields.Selection(
        [("service", "Service"), ("supply", "Supply"), ("purchase", "Purchase")],
        required=True,
        readonly=True,
        default="service",
    )
    status = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("on_hold", "On hold"),
            ("completed", "Completed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="active",
        index=True,
    )
    priority = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", string="Service or product", readonly=True)
    quantity = fields.Float(readonly=True, default=1.0)
    told_unit = fields.Char(readonly=True, help="The unit of the quantity, as it was told.")
    authored_at = fields.Datetime(string="Ordered", readonly=True)
    completed_at = fields.Datetime(string="Completed", readonly=True)
    encounter_id = fields.Many2one("interop.encounter", readonly=True, index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner", string="Patient", readonly=True, index="btree_not_null"
    )
    requester_id = fields.Many2one("hr.employee", readonly=True)
    performer_id = fields.Many2one("res.partner", readonly=True)
    location_id = fields.Many2one("interop.location", string="Place", readonly=True)
    is_unpriced = fields.Boolean(
        string="Without a price",
        readonly=True,
        help="Completed, but its service has no list price. It is charged within a minute of getting one.",
    )
    charge_ids = fields.One2many("interop.charge", "order_id", string="Charges")

    _unpriced_idx = models.Index("(product_id) WHERE is_unpriced")
