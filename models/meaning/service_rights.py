"""What a system's service user may apply: what it sends and a route takes, and nothing else (docs/adr/0020).

Each entity has a group of its own, with what applying it takes. A service user has the groups of what its endpoints let in,
mappings make of it and routes take; they are given set-wise when any of that changes, and after each installation and
upgrade. What somebody gave it besides stays, and shows on "Ready for production?".
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ...core.rights import ANY, Mapped, Spoken, Taken, reached
from ..exchange.route import ENTITY_WORDS
from ..exchange.service_user import GROUP

#: what may be ticked on a route and takes further rights, as SQL of the route
OPTIONS = {"bill_on_finish": "r.bill_on_finish", "unknown_master": "r.unknown_master = 'create'"}


class ServiceRights(models.Model):
    _inherit = "interop.system"

    may_change = fields.Char(
        string="May change",
        compute="_compute_may_change",
        compute_sudo=True,
        help="What its messages may create and change in Odoo. It follows from the contracts of its endpoints, the mappings for "
        "these, and the routes that take what those make of its messages: add or take away one of them to change it.",
    )

    @api.depends("user_id.all_group_ids")
    @api.depends_context("lang")
    def _compute_may_change(self):
        rights = self.env["interop.system"]._rights()
        labels = self.env["interop.route"]._fields["entity"]._description_selection(self.env)
        for system in self:
            held = system.user_id.all_group_ids
            told = [label for entity, label in labels if rights.get(entity) in held]
            system.may_change = ", ".join(told)

    @api.model_create_multi
    def create(self, vals_list):
        systems = super().create(vals_list)
        systems._ensure_rights()
        return systems

    # -- what each takes --

    @api.model
    def _rights(self):
        """``{entity: its group}`` of the plug-ins that are there, and of all service users as "". One statement."""
        named = {"": GROUP}
        for entity, _label in ENTITY_WORDS:
            plugin = self.env.get(f"interop.entity.{entity}")
            if plugin is not None and plugin._right:
                named[entity] = plugin._right
        split = [name.partition(".") for name in named.values()]
        rows = self.env.execute_query(
            SQL(
                "SELECT module || '.' || name, res_id FROM ir_model_data "
                "WHERE model = 'res.groups' AND module = ANY(%s) AND name = ANY(%s)",
                list({module for module, _dot, _name in split}),
                [name for _module, _dot, name in split],
            )
        )
        known = dict(rows)
        groups = self.env["res.groups"]
        return {
            entity: groups.browse(known[name]) for entity, name in named.items() if name in known
        }

    def _rights_for(self, pairs):
        """The groups for pairs (entity, what is ticked on a route that takes it, or "")."""
        return self._union(self._rights(), pairs)

    def _union(self, rights, pairs):
        wanted = self.env["res.groups"]
        for entity, option in pairs:
            plugin = self.env[f"interop.entity.{entity}"]
            for name in plugin._right_also.get(option, ()) if option else (entity,):
                wanted |= rights.get(name, wanted.browse())
        return wanted

    # -- giving and taking --

    @api.model
    def _ensure_all_rights(self):
        # what one system may do is not for whoever changes a route to decide, nor to see
        self.sudo().with_context(active_test=False).search([])._ensure_rights()

    def _ensure_rights(self):
        """Give each service user the rights that its system's messages need, and take what they need no more.

        A few statements, and one write for each set of users whose rights differ alike. A person that somebody put in a
        service user's place keeps their own rights.
        """
        rights = self._rights()
        common = rights.pop("")
        given = common.browse().union(*rights.values())
        found, changes = self._reached(), {}
        # users are the administrator's to write; whoever may connect systems may have these few put right
        for system in self.sudo():
            user = system.user_id
            if common not in user.group_ids:
                continue
            wanted = self._union(rights, found.get(system.id, ()))
            held = user.group_ids & given
            if held != wanted:
                key = tuple((wanted - held).ids), tuple((held - wanted).ids)
                changes.setdefault(key, []).append(user.id)
        for (more, less), ids in changes.items():
            commands = [fields.Command.link(id_) for id_ in more]
            commands += [fields.Command.unlink(id_) for id_ in less]
            # likewise
            self.env["res.users"].sudo().browse(ids).write({"group_ids": commands})

    def _excess_rights(self):
        """Those of these systems whose service user was given more than its messages need."""
        rights = self._rights()
        expected = rights[""].union(*rights.values())

        def has_more(system):
            # whoever sees how the server is set up need not see the groups of users
            held = system.sudo().user_id.group_ids
            return rights[""] in held and held - expected

        return self.filtered(has_more)

    def _reached(self):
        """``{system id: pairs (entity, option)}``, see ``core.rights``. Three statements."""
        for model in ("interop.contract", "interop.endpoint", "interop.endpoint.source", "interop.mapping", "interop.route"):  # fmt: skip
            self.env[model].flush_model()
        return reached(self._spoken(), self._mapped(), self._taken())

    def _spoken(self):
        rows = self.env.execute_query(
            SQL(
                """
                WITH narrow AS (
                    SELECT e.id, string_agg(c.document || ' ' || COALESCE(
                               substring(v.definition FROM '"document":"([^"]*)"'), ''), ' ') AS documents
                      FROM interop_endpoint e
                      LEFT JOIN interop_contract_interop_endpoint_rel r ON r.interop_endpoint_id = e.id
                      LEFT JOIN interop_contract c ON c.id = r.interop_contract_id AND c.active
                      LEFT JOIN interop_contract_version v ON v.contract_id = c.id AND v.status <> 'draft'
                     WHERE e.takes = 'some' GROUP BY e.id
                ), speaking AS (
                    SELECT id, system_id, format FROM interop_endpoint
                     UNION
                    SELECT e.id, p.system_id, e.format
                      FROM interop_endpoint_source p JOIN interop_endpoint e ON e.id = p.endpoint_id
                )
                SELECT DISTINCT s.system_id, s.format, n.id IS NULL, n.documents
                  FROM speaking s LEFT JOIN narrow n USING (id)
                """
            )
        )
        return [
            Spoken(system, format_, ANY if takes_any else _patterns(format_, documents))
            for system, format_, takes_any, documents in rows
            if system in self._ids
        ]

    def _mapped(self):
        """Of mappings that are not archived, as they stand and as they are in use: both act, one of them in trials."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.system_id, m.format, m.documents, m.entity FROM interop_mapping m WHERE m.active
                 UNION
                SELECT m.system_id, m.format, substring(v.definition FROM '"documents":"([^"]*)"'),
                       substring(v.definition FROM '"entity":"([^"]*)"')
                  FROM interop_mapping m JOIN interop_mapping_version v ON v.id = m.active_version_id WHERE m.active
                """
            )
        )
        return [
            Mapped(system or 0, format_, tuple((documents or "").split()) or ANY, entity)
            for system, format_, documents, entity in rows
        ]

    def _taken(self):
        ticked = SQL(", ").join(SQL("%s IS TRUE", SQL(told)) for told in OPTIONS.values())
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT r.system_id, r.entity, %s FROM interop_route r WHERE r.active",
                ticked,
            )
        )
        return [
            Taken(
                system or 0,
                entity,
                frozenset(name for name, is_on in zip(OPTIONS, options, strict=True) if is_on),
            )
            for system, entity, *options in rows
        ]


class GivesRights(models.AbstractModel):
    """Configuration that says what systems send or what is taken of it."""

    _name = "interop.gives.rights"
    _description = "Gives rights to service users"
    #: the fields that matter
    _rights_follow = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env["interop.system"]._ensure_all_rights()
        return records

    def write(self, vals):
        result = super().write(vals)
        if self._rights_follow & vals.keys():
            self.env["interop.system"]._ensure_all_rights()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["interop.system"]._ensure_all_rights()
        return result


class Contract(models.Model):
    """What an endpoint takes may be told by its contracts."""

    _name = "interop.contract"
    _inherit = ["interop.contract", "interop.gives.rights"]
    _rights_follow = frozenset({"active", "active_version_id", "document"})


class Route(models.Model):
    _name = "interop.route"
    _inherit = ["interop.route", "interop.gives.rights"]
    _rights_follow = frozenset({"active", "entity", "system_id", *OPTIONS})


class Endpoint(models.Model):
    _name = "interop.endpoint"
    _inherit = ["interop.endpoint", "interop.gives.rights"]
    _rights_follow = frozenset({"format", "system_id", "takes", "contract_ids"})


class Source(models.Model):
    _name = "interop.endpoint.source"
    _inherit = ["interop.endpoint.source", "interop.gives.rights"]
    _rights_follow = frozenset({"endpoint_id", "system_id"})


class Mapping(models.Model):
    _name = "interop.mapping"
    _inherit = ["interop.mapping", "interop.gives.rights"]
    _rights_follow = frozenset({"active", "active_version_id", "documents", "entity", "format", "system_id"})  # fmt: skip


def _patterns(format_, documents):
    """The kinds that an endpoint for some contracts lets in; a Bundle, as a whole, for the resources in it."""
    bundle = ["Bundle"] if format_ == "fhir" and documents else []
    return tuple(dict.fromkeys([*(documents or "").split(), *bundle]))
