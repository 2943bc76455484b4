"""How long an endpoint is spoken: who answers for it, until when, and what takes its place (``core/lifecycle.py``).

Nothing ends by itself. What is deprecated takes messages as before and tells so with each answer; what is retired answers
410 to whoever proves itself, and 401 to everybody else.
"""

from datetime import datetime, time, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...core import lifecycle
from .lifecycle import SELECTION
from .owned import whoever_makes_it


class EndpointLifecycle(models.Model):
    _name = "interop.endpoint"
    _inherit = ["interop.endpoint", "mail.activity.mixin"]

    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        default=whoever_makes_it,
        domain=[("share", "=", False)],
        help="Whoever answers for this interface, and is reminded 30 days, a week and a day before its sunset.",
    )
    version = fields.Char(
        required=True,
        default="1",
        tracking=True,
        help="As it was agreed with those who send here. What takes its place has a higher one.",
    )
    status = fields.Selection(
        SELECTION,
        string="Lifecycle",
        compute="_compute_status",
        store=True,
        help="Active is spoken. Deprecated is spoken too, and senders are told with each answer that it will end. "
        "Retired answers 410.",
    )
    deprecated_at = fields.Datetime(
        string="Deprecated since", readonly=True, copy=False, tracking=True
    )
    sunset_at = fields.Datetime(
        string="Sunset",
        readonly=True,
        copy=False,
        tracking=True,
        help="When it is meant to end. Nothing ends by itself: somebody retires it.",
    )
    successor_id = fields.Many2one(
        "interop.endpoint",
        string="Replaced by",
        readonly=True,
        copy=False,
        tracking=True,
        ondelete="set null",
        index="btree_not_null",
        help="Senders are told its address.",
    )

    _sunset_after = models.Constraint(
        "CHECK (sunset_at >= deprecated_at)", "Nothing ends before it was deprecated."
    )
    _successor_other = models.Constraint(
        "CHECK (successor_id <> id)", "An endpoint does not take its own place."
    )

    @api.depends("state", "deprecated_at")
    def _compute_status(self):
        for endpoint in self:
            endpoint.status = lifecycle.status_of(endpoint.state, endpoint.deprecated_at)

    @api.constrains("successor_id", "system_id")
    def _check_successor(self):
        for endpoint in self.filtered("successor_id"):
            # its address is told to the senders of this one
            if endpoint.successor_id.company_id != endpoint.company_id:
                raise ValidationError(
                    self.env._("%s is of another company.", endpoint.successor_id.name)
                )

    def _deprecate(self, *, sunset, successor, reason):
        """Senders are told from now on; ``sunset`` is the last day (of the endpoint's own time zone), or none is set."""
        for endpoint in self:
            if endpoint.status not in (lifecycle.ACTIVE, lifecycle.DEPRECATED):
                raise UserError(
                    self.env._("%s is not spoken: there is nothing to deprecate.", endpoint.name)
                )
            endpoint.write(
                {
                    "deprecated_at": endpoint.deprecated_at or fields.Datetime.now(),
                    "sunset_at": sunset and endpoint._end_of(sunset),
                    "successor_id": successor.id,
                }
            )
            endpoint.message_post(body=self.env._("Deprecated: %s", reason))

    def _end_of(self, day):
        """The last second of ``day`` where the endpoint is, in UTC."""
        end = datetime.combine(day, time(23, 59, 59), tzinfo=self._zone())
        return end.astimezone(timezone.utc).replace(tzinfo=None)

    def action_undeprecate(self):
        """It stays after all."""
        self.write({"deprecated_at": False, "sunset_at": False, "successor_id": False})

    def _retire(self, *, reason):
        """410 from the commit on, by every worker."""
        self.check_access("write")
        self._set_state(("draft", "test", "live", "paused"), lifecycle.RETIRED)
        for endpoint in self:
            endpoint.message_post(body=self.env._("Retired: %s", reason))

    def action_take_back(self):
        """What was retired is spoken again, once somebody resumes it: senders are asked to come back until then."""
        self.check_access("write")
        self._set_state((lifecycle.RETIRED,), "paused")
