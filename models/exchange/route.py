"""Which facts go to which consumer, and how: order, class, what to do with the unknown."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...core.canonical import ENTITIES

CLASSES = [("urgent", "Urgent"), ("normal", "Normal"), ("bulk", "Bulk")]

#: the words of the entities on screens
ENTITY_WORDS = [
    ("party", "Patients and parties"),
    ("employee", "Employees"),
    ("organization", "Organizations"),
    ("location", "Locations"),
    ("service", "Services"),
    ("product", "Products"),
    ("encounter", "Encounters"),
    ("appointment", "Appointments"),
    ("coverage", "Coverage"),
    ("authorization", "Authorizations"),
    ("order", "Orders"),
    ("stock_movement", "Stock movements"),
    ("charge", "Charges"),
    ("invoice", "Invoices and bills"),
    ("claim", "Claims"),
    ("payment", "Payments"),
]
assert {word for word, _label in ENTITY_WORDS} == set(ENTITIES)


class Route(models.Model):
    _name = "interop.route"
    _description = "Route"
    _inherit = ["interop.configuration", "mail.thread"]
    _order = "sequence, id"
    _named_by = (("interop.delivery", "route_id"),)

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    entity = fields.Selection(
        ENTITY_WORDS, required=True, tracking=True, help="What is kept in step."
    )
    events = fields.Char(
        required=True,
        default="*",
        tracking=True,
        help="Events taken, separated by spaces; * is any: started finished *",
    )
    system_id = fields.Many2one(
        "interop.system",
        ondelete="cascade",
        tracking=True,
        help="Only what comes from this system. Empty: all. A system's own route goes before a general one.",
    )
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    klass = fields.Selection(
        CLASSES,
        string="Class",
        required=True,
        default="normal",
        tracking=True,
        help="Each class has capacity of its own, so that a bulk load never delays a bed change.",
    )
    lanes = fields.Integer(
        required=True,
        default=2,
        tracking=True,
        help="How many serial queues work side by side. A subject always takes the same one.",
    )
    unknown_master = fields.Selection(
        [("create", "Create it"), ("refuse", "Fail, as an exception")],
        string="Unknown master data",
        required=True,
        default="refuse",
        tracking=True,
        help="What happens when a message refers to a product, service, place or party that Odoo does not know.",
    )
    wait_seconds = fields.Integer(
        string="Wait for references (seconds)",
        required=True,
        default=600,
        help="How long to wait for what a message refers to, or for the merge that makes one of two records it names, before "
        "it becomes an exception.",
    )
    is_tracked = fields.Boolean(
        string="Log changes on records",
        help="Writes each change to the record's chatter. Much slower.",
    )
    bill_on_finish = fields.Boolean(
        string="Draft invoice at discharge",
        help="When an encounter finishes, draft an invoice of its open charges.",
    )
    locked_period = fields.Selection(
        [("refuse", "Fail, as an exception"), ("move", "Book on the first open day")],
        string="In a locked period",
        required=True,
        default="refuse",
        tracking=True,
        help="What happens to a payment whose date lies in a period that accounting has closed. The date told is kept "
        "beside the one booked.",
    )
    beyond_stock = fields.Selection(
        [("post", "Post it, as a stock gap"), ("refuse", "Fail, as an exception")],
        string="Beyond stock",
        required=True,
        default="post",
        tracking=True,
        help="What happens to goods that were used or moved where Odoo has none. They are gone, so posting is what is true; "
        "the gap is listed under Care › Stock gaps until somebody counts.",
    )
    clashing_identifiers = fields.Selection(
        [("refuse", "Fail, as an exception"), ("first", "Take the first that is known")],
        string="Numbers of two records",
        required=True,
        default="refuse",
        tracking=True,
        help="What happens when a message gives one thing several numbers, and Odoo knows them as those of two different "
        "records: one patient with the numbers of two. Orders are never stopped by it: a result may know its order by "
        "another number than the ward.",
    )
    pending_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")

    _lanes_range = models.Constraint("CHECK (lanes BETWEEN 1 AND 64)", "A route has 1 to 64 lanes.")
    _wait_range = models.Constraint("CHECK (wait_seconds >= 0)", "No negative waiting time.")

    def _compute_counts(self):
        counts = {}
        for route, state, count in self.env["interop.delivery"]._read_group(
            [("route_id", "in", self.ids), ("state", "in", ("pending", "failed"))],
            ["route_id", "state"],
            ["__count"],
        ):
            counts[route.id, state] = count
        for route in self:
            route.pending_count = counts.get((route.id, "pending"), 0)
            route.failed_count = counts.get((route.id, "failed"), 0)

    @api.model_create_multi
    def create(self, vals_list):
        routes = super().create(vals_list)
        routes._ensure_lanes()
        return routes

    def write(self, vals):
        if "lanes" in vals and self.filtered(
            lambda r: r.lanes != vals["lanes"] and r.pending_count
        ):
            raise ValidationError(
                self.env._(
                    "Wait until nothing is pending on the route: subjects would change lanes and lose their order."
                )
            )
        result = super().write(vals)
        self._ensure_lanes()
        return result

    def _ensure_lanes(self):
        self.flush_recordset(["lanes"])
        self.env.cr.execute(
            """
            INSERT INTO interop_lane (route_id, number)
            SELECT r.id, n FROM interop_route r, generate_series(0, r.lanes - 1) n WHERE r.id = ANY(%s)
            ON CONFLICT (route_id, number) DO NOTHING
            """,
            (self.ids,),
        )

    def action_open_deliveries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "interop.delivery",
            "view_mode": "list,form",
            "domain": [("route_id", "=", self.id)],
            "context": {"search_default_attention": 1},
        }
