"""Trees of departments and of houses: to any depth, moved with all that stands below, never in a circle."""

from odoo import models
from odoo.tools import SQL

from ..core.applying import Outcome
from ..core.errors import BusinessRule
from ..core.hierarchy import move


class Hierarchy(models.AbstractModel):
    """Mixed into entities whose home has a ``parent_id``, told as ``parent``."""

    _name = "interop.hierarchy"
    _inherit = "interop.entity.upsert"
    _description = "Interop entity with a place in a tree"

    def _change(self, call, old, known):
        refused = self._refused(call, old)
        rest = [entry for entry in old if entry[0].delivery not in refused]
        return super()._change(call, rest, known) + list(refused.values())

    def _refused(self, call, old):
        """Outcomes of what would stand below itself, by delivery: those before it in one set have moved already."""
        moves = [
            (item, record, values["parent"]["parent_id"])
            for item, _keys, values, record in old
            if values.get("parent", {}).get("parent_id")
        ]
        if not moves:
            return {}
        stored = self._versions()._of(self._home, {record for _i, record, _p in moves}, call.system)
        parents = self._parents({one for _item, *both in moves for one in both})
        error = BusinessRule("hierarchy_cycle", path="parent")
        return {
            item.delivery: Outcome.failed(item, error)
            for item, record, parent in moves
            if self._fresh(
                self._version(item),
                {"parent": parent},
                stored.get(record, {}),
                self.env[self._home].browse(record),
            )
            and not move(parents, record, parent)
        }

    def _parents(self, ids):
        """``{id: its parent's id or 0}`` of ``ids`` and all that stand above them, one statement whatever the depth."""
        self.env[self._home].flush_model(["parent_id"])
        table = SQL.identifier(self.env[self._home]._table)
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE above (id, parent_id) AS (
                    SELECT id, parent_id FROM %(table)s WHERE id = ANY(%(ids)s)
                    UNION
                    SELECT t.id, t.parent_id FROM %(table)s t JOIN above ON t.id = above.parent_id
                )
                SELECT id, COALESCE(parent_id, 0) FROM above
                """,
                table=table,
                ids=sorted(ids),
            )
        )
        return dict(rows)


class Closings(models.AbstractModel):
    """What closes on a day: archived from that day on, and open again when it is said to be."""

    _name = "interop.closings"
    _inherit = "interop.hierarchy"
    _description = "Interop entity that may close"

    def _closing_values(self, call, organization):
        """A day that has not come yet archives nothing; that something is open is no news of a later day."""
        today = call.now.date()
        values = {}
        if organization.is_active is not None and not organization.closed_on:
            is_active = bool(organization.is_active)
            values["is_active"] = {
                "active": is_active,
                "interop_closed_on": False if is_active else today,
            }
        if organization.closed_on is not None:
            day = organization.closed_on or False
            values["closed_on"] = {
                "interop_closed_on": day,
                "active": not day or day > today,
            }
        return values

    def _fresh(self, version, values, known_versions, record):
        """A closing that was told before what is open again opened says nothing of it, but for a later day."""
        fresh = super()._fresh(version, values, known_versions, record)
        closing, opened = fresh.get("closed_on"), known_versions.get("is_active", "")
        if closing and version < opened:
            day = closing["interop_closed_on"]
            if not day or f"{day:%Y%m%d}" <= opened[:8]:
                del fresh["closed_on"]
        return fresh

    def _differences(self, record, values):
        changes = super()._differences(record, values)
        told = values.get("is_active", {})
        if "interop_closed_on" not in told or "closed_on" in values:
            return changes
        known = record.interop_closed_on
        is_planned = known and known > self.env.context["interop_today"]
        if (told["active"] and is_planned) or (not told["active"] and known and not record.active):
            changes.pop("interop_closed_on", None)
        return changes

    def _change(self, call, old, known):
        dated = self.with_context(interop_today=call.now.date())
        return super(Closings, dated)._change(call, old, known)
