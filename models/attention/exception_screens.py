"""What leads from an exception to the deliveries behind it, and the buttons beside Try again."""

import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: codes that a person can bind to a record (wizards/bind_code.py)
BINDABLE = tuple(
    f"unknown_{kind}" for kind in ("product", "service", "location", "organization", "department")
)
#: likewise, but a person's number stands in no exception: it is read from the message, for whoever may see employees
UNKNOWN_STAFF = "unknown_employee"
#: the records that ``core.errors.IdentifiersClash`` names
CLASHING = re.compile(r"→ (\w+) (\d+)(?:, |$)")


class ExceptionScreens(models.Model):
    _inherit = "interop.exception"

    is_bindable = fields.Boolean(
        compute="_compute_is_bindable", help="Whether saying what the code means would help."
    )

    is_clash = fields.Boolean(compute="_compute_is_clash")

    @api.depends("category", "code", "value")
    def _compute_is_bindable(self):
        for exception in self:
            is_code = bool(exception.value and exception.code in BINDABLE)
            exception.is_bindable = is_code or exception.code == UNKNOWN_STAFF

    def action_bind(self):
        """Ask what the code means."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What is %s?", self.value)
            if self.value
            else self.env._("Who is it?"),
            "res_model": "interop.bind.code",
            "view_mode": "form",
            "target": "new",
            "context": {"default_exception_id": self.id},
        }

    @api.depends("code")
    def _compute_is_clash(self):
        for exception in self:
            exception.is_clash = exception.code == "identifiers_clash"

    def action_open_clashing(self):
        """The two records that were taken for one, as far as the reader may see them."""
        self.ensure_one()
        named = CLASHING.findall(self.detail or "")
        model = self.env.get(f"interop.entity.{named[0][0]}") if named else None
        if model is None or not model._home:
            raise UserError(self.env._("The records can't be told any more."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Taken for one"),
            "res_model": model._home,
            "view_mode": "list,form",
            "domain": [("id", "in", [int(record) for _entity, record in named])],
            "context": {"active_test": False},
        }

    def action_open_waiting(self):
        """What waits behind the stopped deliveries, to keep the order of its subject."""
        self.ensure_one()
        self.env["interop.delivery"].flush_model()
        # the fingerprint is shown to nobody; it only leads from here to the deliveries
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT f.id
                  FROM interop_delivery d
                  JOIN interop_delivery f ON f.route_id = d.route_id AND f.subject = d.subject
                   AND f.system_id = d.system_id AND f.state = 'pending' AND f.id > d.id
                 WHERE d.state = 'failed' AND d.fingerprint = %s
                """,
                self.sudo().fingerprint,
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting behind them"),
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [("id", "in", [row[0] for row in rows])],
        }

    def action_discard(self):
        """Ask for a reason, then discard all that this cause has stopped."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Discard what it stopped"),
            "res_model": "interop.discard.deliveries",
            "view_mode": "form",
            "target": "new",
            "context": {"active_model": "interop.delivery", "active_ids": self._deliveries().ids},
        }
