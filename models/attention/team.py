"""Who clears what got stuck: a team owns routes and systems, and with them the exceptions that they cause."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class Team(models.Model):
    """Everybody sees exceptions of every team; a resolver acts on those of own teams and of none, an operator on all.

    A route's team goes before its system's. What neither has is for whoever may resolve.
    """

    _name = "interop.team"
    _description = "Owning team"
    _inherit = ["interop.audited", "mail.thread"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True, help="Billing, Pharmacy, Human resources …")
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="What an archived team owned is nobody's, and for every resolver again.",
    )
    company_id = fields.Many2one("res.company", help="Empty: a team of every company.")
    user_ids = fields.Many2many(
        "res.users",
        string="Members",
        domain=[("share", "=", False)],
        help="Those of them who are resolvers act on the team's exceptions.",
    )
    route_ids = fields.One2many("interop.route", "team_id", string="Routes")
    system_ids = fields.One2many("interop.system", "team_id", string="Systems")
    open_count = fields.Integer(
        string="Open exceptions", compute="_compute_open_count", help="Causes that wait for it."
    )

    _name_uniq = models.UniqueIndex(
        "(name, COALESCE(company_id, 0)) WHERE active", "Another team has this name."
    )

    def _compute_open_count(self):
        counts = dict(
            self.env["interop.exception"]._read_group(
                [("team_id", "in", self.ids), ("state", "=", "open")], ["team_id"], ["__count"]
            )
        )
        for team in self:
            team.open_count = counts.get(team, 0)

    def write(self, vals):
        result = super().write(vals)
        if not vals.get("active", True):
            owned = self.with_context(active_test=False)
            owned.route_ids.team_id = False
            owned.system_ids.team_id = False
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_leaves_nothing_owned(self):
        # so that exceptions follow
        self.write({"active": False})

    def action_open_exceptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.exception_action"
        )
        return action | {
            "name": self.name,
            "domain": [("team_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }

    def _check_may_act(self):
        """Raise where one of these teams is not the user's; operators act for all."""
        user = self.env.user
        if self.env.su or user.has_group("healthcare_interop.group_operator"):
            return
        # whose a team is, is asked whatever the user may see of it
        others = self.sudo().filtered(lambda team: user not in team.user_ids)
        if others:
            raise AccessError(
                self.env._(
                    "This is for the team %s. Ask one of its members, or an operator.",
                    ", ".join(others.mapped("name")),
                )
            )


class TeamOwned(models.AbstractModel):
    """What a team may own: its exceptions follow."""

    _name = "interop.team.owned"
    _description = "Owned by a team"
    _check_company_auto = True
    #: the exceptions' field that names such a record
    _exceptions_by = ""

    team_id = fields.Many2one(
        "interop.team",
        index="btree_not_null",
        ondelete="set null",
        tracking=True,
        check_company=True,
        help="Clears what gets stuck here. A route's team goes before its system's. Empty: every resolver.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "team_id" in vals:
            self._hand_over_exceptions()
        return result

    def _hand_over_exceptions(self):
        """Open exceptions go to whoever owns their route or system now. One statement."""
        self.flush_model(["team_id"])
        exceptions = self.env["interop.exception"]
        exceptions.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE interop_exception e SET team_id = o.team_id
                  FROM (SELECT x.id, COALESCE(r.team_id, s.team_id) AS team_id FROM interop_exception x
                          LEFT JOIN interop_route r ON r.id = x.route_id
                          LEFT JOIN interop_system s ON s.id = x.system_id
                         WHERE x.state = 'open' AND x.%s = ANY(%s)) o
                 WHERE e.id = o.id AND e.team_id IS DISTINCT FROM o.team_id
                """,
                SQL.identifier(self._exceptions_by),
                self.ids,
            )
        )
        exceptions.invalidate_model(["team_id"])


class Route(models.Model):
    _name = "interop.route"
    _inherit = ["interop.route", "interop.team.owned"]
    _exceptions_by = "route_id"


class System(models.Model):
    _name = "interop.system"
    _inherit = ["interop.system", "interop.team.owned"]
    _exceptions_by = "system_id"


class Delivery(models.Model):
    _inherit = "interop.delivery"

    def _check_may_decide(self):
        result = super()._check_may_decide()
        # who owns what is asked whatever the user may see of it
        stopped = self.sudo().filtered("exception_id")
        rest = self.sudo() - stopped  # likewise
        ownerless = rest.filtered(lambda one: not one.route_id.team_id)
        # one cause is one team's, whichever systems met it
        teams = stopped.exception_id.team_id | rest.route_id.team_id | ownerless.system_id.team_id
        teams.with_env(self.env)._check_may_act()
        return result


class TeamsException(models.Model):
    _inherit = "interop.exception"

    team_id = fields.Many2one(
        "interop.team",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who clears it: the team of its route, or else of its system. Empty: every resolver.",
    )
    is_for_me = fields.Boolean(
        string="For me",
        compute="_compute_is_for_me",
        search="_search_is_for_me",
        help="Of a team of yours, or of none. Operators, and those who only look, are shown all.",
    )

    def _for_me(self):
        """The domain of what is the user's to clear."""
        user = self.env.user
        prefix = "healthcare_interop.group_"
        if user.has_group(f"{prefix}operator") or not user.has_group(f"{prefix}resolver"):
            return fields.Domain.TRUE
        return fields.Domain("team_id", "=", False) | fields.Domain(
            "team_id.user_ids", "in", user.ids
        )

    @api.depends("team_id")
    @api.depends_context("uid")
    def _compute_is_for_me(self):
        mine = self.filtered_domain(self._for_me())
        for exception in self:
            exception.is_for_me = exception in mine

    def _search_is_for_me(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._for_me()
        return fields.Domain.OR([domain if one else ~domain for one in value])
