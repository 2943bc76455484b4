"""Merges that overtake, or are overtaken by, what is said of their patients in another lane at the same moment.

A merge moves the visits, charges and coverage of the merged patient to the survivor. Two transactions that run side by side
don't see each other: one may write down a visit of somebody whom the other is just merging away. So each looks again once
it has committed; whichever commits last sees what the other did. The watchdog makes up for one that was killed in between.
"""

import contextlib
from collections import defaultdict

from odoo import SUPERUSER_ID, models
from odoo.modules import module
from odoo.tools import SQL

from .merging import HOLDERS

PATIENTS = "res.partner"
#: how far back the watchdog looks
RECENT = "1 hour"


class OvertakenMerges(models.AbstractModel):
    _inherit = "interop.merging"

    def _catch_up(self, cr, outcomes):
        """After the commit of a drain with these outcomes: move what names a patient merged meanwhile."""
        touched, survivors = defaultdict(set), set()
        for outcome in outcomes:
            if outcome.model in HOLDERS:
                touched[outcome.model].add(outcome.record)
            elif outcome.effect == "merged":
                survivors.add(outcome.record)
        for model, ids in touched.items():
            self._move_all(cr, [model], SQL("h.id = ANY(%s)", sorted(ids)))
        if survivors:
            self._move_all(cr, HOLDERS, SQL("a.survivor_id = ANY(%s)", sorted(survivors)))

    def _catch_up_recent(self, cr):
        """The same for whatever was merged of late."""
        since = SQL("a.merged_at > clock_timestamp() AT TIME ZONE 'UTC' - %s::interval", RECENT)
        self._move_all(cr, HOLDERS, since)

    def _move_all(self, cr, holders, condition):
        cr.execute(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %s, h.id, a.merged_id, a.survivor_id FROM interop_alias a JOIN %s h ON h.partner_id = a.merged_id "
                    "WHERE a.res_model = %s AND a.is_active AND %s",
                    model,
                    SQL.identifier(self.env[model]._table),
                    PATIENTS,
                    condition,
                )
                for model in holders
            )
        )
        late = defaultdict(list)
        for model, record, merged, survivor in cr.fetchall():
            late[merged, survivor, model].append(record)
        if late:
            self._move_late(late)

    def _move_late(self, late):
        """``{(merged, survivor, model): ids}``: to the survivor, and on the list of what an unmerge takes back."""
        with _own_transaction(self.env) as env:
            for (merged, survivor, model), ids in sorted(late.items()):
                env[model].browse(ids).write({"partner_id": survivor})
                alias = env["interop.alias"].search(
                    [
                        ("res_model", "=", PATIENTS),
                        ("merged_id", "=", merged),
                        ("is_active", "=", True),
                    ]
                )
                moved = dict(alias.moved or {})
                moved[model] = sorted({*moved.get(model, ()), *ids})
                alias.moved = moved


@contextlib.contextmanager
def _own_transaction(env):
    """An environment that commits by itself; inside a test the test's own."""
    context = {"tracking_disable": True}
    if module.current_test:
        yield env(user=SUPERUSER_ID, su=True, context=context)
        return
    with env.registry.cursor() as cr:
        yield env(cr=cr, user=SUPERUSER_ID, su=True, context=context)
