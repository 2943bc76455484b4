"""An external party we exchange with, and the user it acts as."""

from odoo import api, fields, models, tools
from odoo.tools import SQL

from .service_user import GROUP


class System(models.Model):
    _name = "interop.system"
    _description = "System"
    _inherit = ["interop.configuration", "mail.thread", "mail.activity.mixin"]
    _order = "name"
    _named_by = (("interop.message", "system_id"), ("interop.delivery", "system_id"))

    name = fields.Char(
        required=True, tracking=True, help="What people here call it: EHR, Laboratory …"
    )
    code = fields.Char(
        required=True,
        tracking=True,
        help="Short technical word, used where the system's own identifiers need a home. Letters, digits, _ and -.",
    )
    active = fields.Boolean(default=True, tracking=True)
    kind = fields.Selection(
        [
            ("ehr", "Electronic health record"),
            ("pas", "Patient administration"),
            ("lab", "Laboratory"),
            ("radiology", "Radiology"),
            ("scheduling", "Scheduling"),
            ("supply", "Supply cabinet or warehouse"),
            ("finance", "Finance"),
            ("claims", "Claims"),
            ("identity", "Identity and staff"),
            ("engine", "Integration engine"),
            ("other", "Other"),
        ],
        default="other",
        required=True,
    )
    identity_domain = fields.Char(
        compute="_compute_identity_domain",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Systems that share this word share their local number ranges: medical record number 4711 of one is "
        "4711 of the other. Leave it as it is unless you know that they do.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        string="Acts as",
        readonly=True,
        copy=False,
        help="The service user whose rights apply to everything this system changes in Odoo. It can't log in.",
    )
    endpoint_ids = fields.One2many("interop.endpoint", "system_id", string="Endpoints")
    color = fields.Integer()
    note = fields.Html(
        string="Notes", help="Who to call, what was agreed, where the contract lies."
    )

    _code_uniq = models.Constraint("UNIQUE (code)", "Another system has this code already.")
    _code_word = models.Constraint(
        "CHECK (code ~ '^[A-Za-z0-9_-]+$')",
        "A code has only letters, digits, underscore and hyphen.",
    )

    @api.depends("code")
    def _compute_identity_domain(self):
        for system in self:
            system.identity_domain = system.identity_domain or system.code

    @api.model_create_multi
    def create(self, vals_list):
        systems = super().create(vals_list)
        systems._ensure_service_user()
        return systems

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            self._ensure_companies()
        return result

    def _ensure_service_user(self):
        """Give each system its own user: what it does in Odoo is done in its name and with its rights only."""
        group = self.env.ref(GROUP)
        for system in self.filtered(lambda system: not system.user_id):
            # creating a user is an administrator's right; whoever may create a system may have this one made
            system.user_id = (
                self.env["res.users"]
                .sudo()
                .with_context(no_reset_password=True, mail_create_nolog=True, tracking_disable=True)
                .create(
                    {
                        "name": self.env._("Interop: %s", system.name),
                        "login": f"interop-{system.code}",
                        "company_id": system.company_id.id,
                        "company_ids": [(6, 0, self._service_companies(system).ids)],
                        "group_ids": [(6, 0, group.ids)],
                        "notification_type": "email",
                    }
                )
            )

    def _service_companies(self, system):
        """A system's facilities may belong to several companies of one group."""
        # facilities of companies that the user does not belong to count as well
        facilities = (
            self.env["interop.facility"]
            .sudo()
            .search([("code_ids.system_id", "in", (False, system.id))])
        )
        return (
            system.company_id | facilities.company_id | system.endpoint_ids.facility_id.company_id
        )

    def _ensure_companies(self):
        """Service users may act in every company that a facility of their system leads to."""
        for system in self:
            # users are an administrator's to write; whoever may set up facilities may have these few put right
            user = system.user_id.sudo()
            companies = self._service_companies(system)
            if user and (user.company_ids != companies or user.company_id != system.company_id):
                user.write(
                    {"company_ids": [(6, 0, companies.ids)], "company_id": system.company_id.id}
                )

    def _acting(self, system, company, *, is_tracked=False):
        """The environment in which what a system says applies (ids): its service user, one company, no chatter of its own.

        The sync history is the record of what changed; a route may ask for tracking in the chatter too.
        """
        context = {
            "allowed_company_ids": [company],
            "tracking_disable": not is_tracked,
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
            "mail_notrack": not is_tracked,
            "lang": self.env.lang or "en_US",
        }
        # env.uid is the job's; the service user's id comes from the compiled plan of systems
        return self.env(user=self._service_user_id(system), su=False, context=context)

    def _service_user_id(self, system_id):
        return self._service_user(system_id)[0]

    def _lacks_right(self, system_id, right):
        """Whether the system acts as a service user that was not given the group ``right``; a person's rights are Odoo's to
        judge."""
        _user, groups = self._service_user(system_id)
        return bool(right) and GROUP in groups and right not in groups

    @tools.ormcache("system_id")
    def _service_user(self, system_id):
        """(id of the user that a system acts as, external ids of the groups given to it); changed groups clear the cache."""
        self.env["interop.system"].flush_model(["user_id"])
        self.env["res.users"].flush_model(["group_ids"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.user_id, array_agg(d.module || '.' || d.name)
                  FROM interop_system s
                  LEFT JOIN res_groups_users_rel r ON r.uid = s.user_id
                  LEFT JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = r.gid
                 WHERE s.id = %s GROUP BY s.user_id
                """,
                system_id,
            )
        )
        return (rows[0][0], frozenset(rows[0][1])) if rows else (False, frozenset())

    @tools.ormcache()
    def _service_users(self):
        """The ids of all users that systems act as; they can't log in, so nobody else is one of them."""
        group = self.env.ref(GROUP)
        # likewise; a person that somebody put in a service user's place stays a person
        users = self.sudo().with_context(active_test=False).search([]).user_id
        return frozenset(users.filtered(lambda user: group in user.all_group_ids).ids)
