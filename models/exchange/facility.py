"""Where a message comes from inside the hospital group: company, warehouse, zone and cost centre follow from it."""

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get


class Facility(models.Model):
    _name = "interop.facility"
    _description = "Facility"
    _inherit = ["interop.configuration"]
    _order = "name"
    _named_by = (("interop.message", "facility_id"), ("interop.delivery", "facility_id"))
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        compute="_compute_warehouse",
        store=True,
        readonly=False,
        help="Where stock is taken from when a message names no place.",
    )
    tz = fields.Selection(
        _tz_get, string="Time zone", help="For times without a zone. Empty: the endpoint's."
    )
    analytic_account_id = fields.Many2one(
        "account.analytic.account",
        string="Cost centre",
        check_company=True,
        help="Charged when a message names no department.",
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        string="Payments are booked in",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="The journal of payments and remittances. Empty: the company's only bank journal; where it has several, such "
        "a message fails and says so.",
    )
    no_show_product_id = fields.Many2one(
        "product.product",
        string="Fee for missed appointments",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Charged at its list price to patients who did not come. Empty: nothing is charged.",
    )
    code_ids = fields.One2many("interop.facility.code", "facility_id", string="Known as")

    @api.model_create_multi
    def create(self, vals_list):
        facilities = super().create(vals_list)
        self.env["interop.system"].search([])._ensure_companies()
        return facilities

    def write(self, vals):
        result = super().write(vals)
        if {"company_id", "code_ids", "active"} & set(vals):
            self.env["interop.system"].search([])._ensure_companies()
        return result

    @api.depends("company_id")
    def _compute_warehouse(self):
        for facility in self:
            if facility.warehouse_id.company_id != facility.company_id:
                facility.warehouse_id = self.env["stock.warehouse"].search(
                    [("company_id", "=", facility.company_id.id)], limit=1
                )


class FacilityCode(models.Model):
    """How one system names a facility (MSH-4 or MSH-6, PV1-3.4, an attribute). No system: all of them."""

    _name = "interop.facility.code"
    _description = "Facility code"
    _inherit = ["interop.configuration"]
    _rec_name = "code"

    facility_id = fields.Many2one("interop.facility", required=True, ondelete="cascade")
    system_id = fields.Many2one(
        "interop.system", ondelete="cascade", help="Empty: every system says it so."
    )
    code = fields.Char(
        required=True, help="Exactly as it stands in the message, for example in MSH-4."
    )

    _code_uniq = models.UniqueIndex(
        "(COALESCE(system_id, 0), code)", "This code already belongs to a facility for that system."
    )
