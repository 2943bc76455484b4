"""What a system's service user may do in Odoo: what the plug-ins of what it sends ask for, and nothing else.

A system sends what a mapping makes of the formats of its endpoints, and what of that a route takes; whatever arrives
otherwise has no route. The union of what those plug-ins need is given when any of it changes, and on every upgrade.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ..exchange.service_user import GROUP as COMMON


class ServiceRights(models.Model):
    _inherit = "interop.system"

    right_ids = fields.Many2many(
        "res.groups",
        string="Rights",
        compute="_compute_right_ids",
        compute_sudo=True,
        help="What its service user may do in Odoo. They follow from the formats of its endpoints, the mappings for these, "
        "and the routes that take what those make of its messages.",
    )

    @api.depends("user_id.group_ids")
    def _compute_right_ids(self):
        common = self.env.ref(COMMON)
        for system in self:
            system.right_ids = system.user_id.group_ids - common

    @api.model_create_multi
    def create(self, vals_list):
        systems = super().create(vals_list)
        systems._ensure_rights()
        return systems

    @api.model
    def _ensure_all_rights(self):
        # what one system may do is not for whoever changes a route to decide, nor to see
        self.sudo().with_context(active_test=False).search([])._ensure_rights()

    def _ensure_rights(self):
        """Give each service user the rights that its system's messages need, and take what they need no more.

        A few statements, and one write for each set of users whose rights differ alike.
        """
        self.env.flush_all()
        users = {}
        taken = self._taken()
        # users are the administrator's to write; whoever may connect systems may have these few put right
        for system in self.sudo().filtered("user_id"):
            wanted = self._groups_for(taken.get(system.id, ()))
            if system.user_id.group_ids != wanted:
                users.setdefault(wanted, []).append(system.user_id.id)
        for wanted, ids in users.items():
            # likewise
            self.env["res.users"].sudo().browse(ids).write({"group_ids": [(6, 0, wanted.ids)]})
        self.invalidate_recordset(["right_ids"])

    def _groups_for(self, taken):
        """The groups for ``taken``: pairs (entity, flags of a route that takes it)."""
        groups = self.env.ref(COMMON)
        for entity, flags in taken:
            plugin = self.env.get(f"interop.entity.{entity}")
            for name in plugin._needs_of(flags) if plugin is not None else ():
                # another add-on's plug-in may ask for a group of an add-on that is gone
                group = self.env.ref(name, raise_if_not_found=False)
                groups |= group or groups.browse()
        return groups.sorted("id")

    def _taken(self):
        """``{system id: {(entity, flags)}}`` of what is sent and taken; ``flags``: what is ticked on the route. One statement."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH spoken AS (
                    SELECT e.system_id, e.format FROM interop_endpoint e
                     UNION
                    SELECT p.system_id, e.format FROM interop_endpoint_source p JOIN interop_endpoint e ON e.id = p.endpoint_id
                )
                SELECT DISTINCT s.system_id, r.entity, r.bill_on_finish IS TRUE, r.unknown_master = 'create'
                  FROM spoken s
                  JOIN interop_mapping m ON m.active AND (m.system_id IS NULL OR m.system_id = s.system_id)
                   AND m.format = CASE s.format WHEN 'cloudevents' THEN 'json' ELSE s.format END
                  JOIN interop_route r ON r.active AND (r.system_id IS NULL OR r.system_id = s.system_id)
                   AND r.entity = m.entity
                 WHERE s.system_id = ANY(%s)
                """,
                self.ids,
            )
        )
        taken = {}
        for system, entity, bills, creates in rows:
            flags = {"bill_on_finish"} if bills else set()
            flags |= {"unknown_master"} if creates else set()
            taken.setdefault(system, set()).add((entity, frozenset(flags)))
        return taken


class GivesRights(models.AbstractModel):
    """Configuration that says what systems send or what is taken of it."""

    _name = "interop.gives.rights"
    _description = "Gives rights to service users"
    #: the fields that matter
    _rights_follow = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._rights_changed()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._rights_follow & vals.keys():
            self._rights_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._rights_changed()
        return result

    def _rights_changed(self):
        # what an installation loads is followed by one call for all of it (data/service_rights.xml)
        if self.env.registry.ready:
            self.env["interop.system"]._ensure_all_rights()


class Route(models.Model):
    _name = "interop.route"
    _inherit = ["interop.route", "interop.gives.rights"]
    _rights_follow = frozenset(
        {"active", "entity", "system_id", "bill_on_finish", "unknown_master"}
    )


class Endpoint(models.Model):
    _name = "interop.endpoint"
    _inherit = ["interop.endpoint", "interop.gives.rights"]
    _rights_follow = frozenset({"format", "system_id"})


class Source(models.Model):
    _name = "interop.endpoint.source"
    _inherit = ["interop.endpoint.source", "interop.gives.rights"]
    _rights_follow = frozenset({"endpoint_id", "system_id"})


class Mapping(models.Model):
    _name = "interop.mapping"
    _inherit = ["interop.mapping", "interop.gives.rights"]
    _rights_follow = frozenset({"active", "entity", "format", "system_id"})
