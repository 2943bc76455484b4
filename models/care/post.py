"""Posts and moves: what was told of somebody's work, and from when to when it holds."""

from odoo import api, fields, models


class Post(models.Model):
    """As it was told, so that what arrives later can be put in its place, whatever it is about and in whatever order.

    What holds today and what is planned stands on the employee, in Odoo's own versions (``hr.version``).
    """

    _name = "interop.post"
    _description = "Post or move"
    _order = "employee_id, date_from desc nulls last, id desc"

    employee_id = fields.Many2one(
        "hr.employee", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="employee_id.company_id", store=True)
    system_id = fields.Many2one(
        "interop.system", string="Reported by", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("move", "Main post"), ("post", "Post of its own"), ("employment", "Employment")],
        required=True,
        readonly=True,
        help="A sender may tell of somebody's work as such, or of several posts that are held beside one another.",
    )
    number = fields.Char(
        string="Post", required=True, readonly=True, default="", help="What its sender calls it."
    )
    date_from = fields.Date(string="From", readonly=True, help="Empty: since ever.")
    date_to = fields.Date(string="To", readonly=True, help="The last day. Empty: until it is told.")
    is_main = fields.Selection(
        [("yes", "Main"), ("no", "Not the main one")],
        string="Main post",
        readonly=True,
        help="What its sender says. Where it says nothing, the post held longest is the main one.",
    )
    department_id = fields.Many2one("hr.department", readonly=True)
    job_id = fields.Many2one("hr.job", readonly=True)
    job_title = fields.Char(readonly=True)
    employee_type = fields.Selection(
        selection=lambda self: self.env["hr.version"]._fields["employee_type"].selection,
        readonly=True,
    )
    manager_id = fields.Many2one("hr.employee", readonly=True)
    location_id = fields.Many2one("interop.location", readonly=True)
    presence = fields.Selection([("here", "Works here"), ("gone", "Leaves")], readonly=True)
    told_on = fields.Date(readonly=True, help="The day on which the latest of it was said.")
    versions = fields.Json(readonly=True, help="What was told, and by which version of it.")
    active = fields.Boolean(
        default=True, readonly=True, help="Off once it was withdrawn: it never took effect."
    )
    state = fields.Selection(
        [("planned", "Planned"), ("current", "Now"), ("past", "Past"), ("withdrawn", "Withdrawn")],
        compute="_compute_state",
    )

    _told_uniq = models.UniqueIndex(
        "(employee_id, system_id, kind, number, COALESCE(date_from, '-infinity'::date))",
        "This day of this post was told already.",
    )

    @api.depends("date_from", "date_to", "active")
    def _compute_state(self):
        today = fields.Date.today()
        for post in self:
            if not post.active:
                post.state = "withdrawn"
            elif post.date_from and post.date_from > today:
                post.state = "planned"
            else:
                post.state = "past" if post.date_to and post.date_to < today else "current"

    @api.depends("job_title", "department_id", "number")
    def _compute_display_name(self):
        for post in self:
            words = (post.job_title, post.department_id.name, post.number)
            post.display_name = ", ".join(word for word in words if word) or self.env._("Post")
