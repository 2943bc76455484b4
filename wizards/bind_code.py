"""A code that nothing in Odoo carries: say what it is, once, and go on with everything that waited for it.

Staff go by a number as well, which no exception names: it is read from the first stopped message, and shown to whoever may
see employees. Patients can't be bound here: whom a number means is for the system that keeps patients to say (it sends
them, or merges them), and a wrong guess would put what is said of one patient on another's record.
"""

from contextlib import suppress

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..core.binding import keys_of
from ..core.errors import InteropError
from ..core.mentions import mentions, referred

#: what each kind of thing is in Odoo, and the wizard's field for it
HOMES = {
    "product": "product_id",
    "service": "product_id",
    "location": "location_id",
    "organization": "partner_id",
    "department": "department_id",
    "employee": "employee_id",
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
            ("employee", "Member of staff"),
        ],
        compute="_compute_kind",
    )
    product_id = fields.Many2one(
        "product.product", string="It is", compute="_compute_suggestion", store=True, readonly=False
    )
    location_id = fields.Many2one("interop.location", string="It is the place")
    partner_id = fields.Many2one("res.partner", string="It is the organization")
    department_id = fields.Many2one("hr.department", string="It is the department")
    employee_id = fields.Many2one("hr.employee", string="It is the person")
    # what the dialog shows is what is bound, whatever somebody else has bound meanwhile
    stopped = fields.Integer(compute="_compute_stopped", store=True, readonly=False)
    mention = fields.Integer(compute="_compute_stopped", store=True, readonly=False)
    number = fields.Char(
        compute="_compute_number",
        help="How the first message that is stopped names them. It is read from the message and not kept here.",
    )
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

    @api.depends("exception_id")
    def _compute_stopped(self):
        for wizard in self:
            wizard.stopped = wizard.mention = 0
            if wizard.kind == "employee":
                with suppress(UserError):
                    wizard.stopped, wizard.mention = wizard._first_unknown()

    @api.depends("stopped", "mention")
    def _compute_number(self):
        may_see = self.env["hr.employee"].has_access("read")
        for wizard in self:
            wizard.number = False
            if wizard.stopped and may_see:
                with suppress(UserError):
                    wizard.number = wizard._number(wizard._shown_staff())

    def _number(self, reference):
        numbers = ", ".join(one.value for one in reference.identifiers)
        return f"{numbers} ({reference.display})" if reference.display else numbers

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
        self.exception_id.check_access("write")
        record = self[HOMES[self.kind]] if self.kind else None
        if not record:
            raise UserError(self.env._("Choose what it is first."))
        record.check_access("read")
        bindings = self.env["interop.binding"]
        bindings._bind(record, self.kind, self._identifiers(), self.system_id)
        return self.exception_id.action_try_again()

    def _identifiers(self):
        """The names under which the first stopped delivery mentions it."""
        if self.kind == "employee":
            return self._shown_staff().identifiers
        identifiers = mentions(self._says(self._first_stopped()), self.code, self.kind)
        if not identifiers:
            raise UserError(self.env._("The message does not name it in a way that can be bound."))
        return identifiers

    def _first_unknown(self):
        """``(delivery id, place)`` of somebody whom nothing is bound to, among those that the first stopped one names."""
        delivery = self._first_stopped()
        for place, (_reference, is_known) in enumerate(self._staff(delivery)):
            if not is_known:
                return delivery.id, place
        raise UserError(
            self.env._("The message names nobody whom Odoo does not know by now: press Try again.")
        )

    def _shown_staff(self):
        """The reference that the dialog shows, as long as it is still unknown whom it means."""
        if not self.stopped:
            self._first_unknown()
        delivery = self.exception_id._deliveries().filtered(lambda one: one.id == self.stopped)
        staff = self._staff(delivery) if delivery else []
        if 0 <= self.mention < len(staff):
            reference, is_known = staff[self.mention]
            if not is_known:
                return reference
        raise UserError(
            self.env._("Somebody has said so meanwhile. Close this, and look at what is left.")
        )

    def _staff(self, delivery):
        """``[(reference, whether something is bound to it)]`` of the staff that a delivery names."""
        references = referred(self._says(delivery), "employee", self.exception_id.path or "")
        domain = self.system_id.identity_domain
        names = [set(keys_of(one.identifiers, domain)) for one in references]
        # bindings are the engine's own bookkeeping; who may bind was asked
        bindings = self.env["interop.binding"].sudo()
        known = bindings._resolve("employee", set().union(*names)).keys()
        return [(one, bool(known & keys)) for one, keys in zip(references, names, strict=True)]

    def _first_stopped(self):
        delivery = self.exception_id._deliveries()[:1]
        if not delivery:
            raise UserError(self.env._("Nothing is stopped by it any more."))
        return delivery

    def _says(self, delivery):
        try:
            return delivery._read_entity()
        except InteropError as error:
            raise UserError(
                self.env._("The message can't be read any more (%s).", error.code)
            ) from error
