"""A code that nothing in Odoo carries: say what it is, once, and go on with everything that waited for it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core.errors import InteropError
from ..core.mentions import mentions

#: what each kind of thing is in Odoo, and the wizard's field for it
HOMES = {
    "product": "product_id",
    "service": "product_id",
    "location": "location_id",
    "organization": "partner_id",
    "department": "department_id",
}
PREFIX = "unknown_"
#: a code shorter than this says nothing about another
SHORTEST_HINT = 3


class BindCode(models.TransientModel):
    _name = "interop.bind.code"
    _description = "Say what a code means"

    exception_id = fields.Many2one("interop.exception", required=True, readonly=True)
    system_id = fields.Many2one(related="exception_id.system_id")
    code = fields.Char(related="exception_id.value", string="Code")
    kind = fields.Selection(
        [
            ("product", "Product"),
            ("service", "Service"),
            ("location", "Location"),
            ("organization", "Organization"),
            ("department", "Department"),
        ],
        compute="_compute_kind",
    )
    product_id = fields.Many2one(
        "product.product", string="It is", compute="_compute_suggestion", store=True, readonly=False
    )
    location_id = fields.Many2one("interop.location", string="It is the place")
    partner_id = fields.Many2one("res.partner", string="It is the organization")
    department_id = fields.Many2one("hr.department", string="It is the department")
    hint = fields.Char(compute="_compute_suggestion", store=True, readonly=True)

    @api.depends("exception_id")
    def _compute_kind(self):
        for wizard in self:
            kind = (wizard.exception_id.code or "").removeprefix(PREFIX)
            wizard.kind = kind if kind in HOMES else False

    @api.depends("exception_id")
    def _compute_suggestion(self):
        for wizard in self:
            product = wizard._likely_product() if HOMES.get(wizard.kind) == "product_id" else False
            wizard.product_id = product
            wizard.hint = product and self.env._(
                "Suggested, since its code %s begins like it.", product.default_code
            )

    def _likely_product(self):
        """The product whose own code is the longest beginning of this one."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM product_product
                 WHERE active AND length(default_code) >= %(shortest)s
                   AND left(%(code)s, length(default_code)) = default_code
                 ORDER BY length(default_code) DESC, id LIMIT 1
                """,
                shortest=SHORTEST_HINT,
                code=self.code or "",
            )
        )
        product = self.env["product.product"].browse([row[0] for row in rows])
        return product._filtered_access("read")

    def action_bind(self):
        """Bind the code under every name that the sender gives it, and try again what it stopped."""
        self.ensure_one()
        if not self.env.user.has_group("healthcare_interop.group_resolver"):
            raise AccessError(self.env._("Only resolvers say what a code means."))
        record = self[HOMES[self.kind]] if self.kind else None
        if not record:
            raise UserError(self.env._("Choose what it is first."))
        record.check_access("read")
        bindings = self.env["interop.binding"]
        bindings._bind(record, self.kind, self._identifiers(), self.system_id)
        return self.exception_id.action_try_again()

    def _identifiers(self):
        """The names under which the first stopped delivery mentions it."""
        delivery = self.exception_id._deliveries()[:1]
        if not delivery:
            raise UserError(self.env._("Nothing is stopped by it any more."))
        try:
            identifiers = mentions(delivery._read_entity(), self.code, self.kind)
        except InteropError as error:
            raise UserError(
                self.env._("The message can't be read any more (%s).", error.code)
            ) from error
        if not identifiers:
            raise UserError(self.env._("The message does not name it in a way that can be bound."))
        return identifiers
