"""Which version each attribute of a record was last set by, and what each system last said of it."""

from psycopg2.extras import Json

from odoo import fields, models
from odoo.tools import SQL

from ...core.disagreements import NOBODY, Tellers


class Version(models.Model):
    """Which version each attribute of a record was last set by, for each source system.

    An older message never overwrites a newer one, attribute by attribute, and may still fill what no newer one has set.
    """

    _name = "interop.version"
    _description = "Attribute versions"
    _log_access = False
    _rec_name = "res_model"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    system_id = fields.Many2one("interop.system", required=True, readonly=True, ondelete="cascade")
    attributes = fields.Json(readonly=True)
    said = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Marks of the words last said, kept once a second system tells of the record: equal marks, equal words.",
    )

    _record_uniq = models.UniqueIndex(
        "(res_model, res_id, system_id)", "One row a record and system."
    )

    def _of(self, model, ids, system):
        """``{record id: {attribute: version}}``, one statement."""
        if not ids:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT res_id, attributes FROM interop_version "
                "WHERE res_model = %s AND res_id = ANY(%s) AND system_id = %s",
                model,
                list(ids),
                system,
            )
        )
        return dict(self.env.cr.fetchall())

    def _tellers(self, model, ids, system):
        """``{record id: Tellers}`` as ``system`` asks, one statement."""
        if not ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT v.res_id, v.system_id, v.attributes, v.said, EXISTS (
                           SELECT 1 FROM interop_disagreement d
                            WHERE d.res_model = v.res_model AND d.res_id = v.res_id
                              AND (d.state = 'open' OR d.decided_by_id IS NOT NULL))
                  FROM interop_version v WHERE v.res_model = %s AND v.res_id = ANY(%s)
                """,
                model,
                list(ids),
            )
        )
        found = {}
        for record, teller, attributes, said, is_listed in self.env.cr.fetchall():
            known = found.get(record, NOBODY)
            if teller == system:
                found[record] = Tellers(attributes or {}, known.others, is_listed)
            else:
                others = known.others | {teller: (attributes or {}, said or {})}
                found[record] = Tellers(known.mine, others, is_listed)
        return found

    def _keep(self, model, system, versions, said=None):
        """Merge ``{record id: {attribute: version}}`` into what is known, and likewise the marks ``said``; one statement."""
        said = said or {}
        if not versions and not said:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO interop_version AS known (res_model, res_id, system_id, attributes, said)
                SELECT %(model)s, (v.row->>'id')::int, %(system)s, v.row->'attributes', v.row->'said'
                  FROM jsonb_array_elements(%(rows)s) AS v (row) ORDER BY 2
                ON CONFLICT (res_model, res_id, system_id)
                DO UPDATE SET attributes = known.attributes || EXCLUDED.attributes,
                              said = CASE WHEN EXCLUDED.said IS NULL THEN known.said
                                          ELSE COALESCE(known.said, '{}') || EXCLUDED.said END
                """,
                model=model,
                system=system,
                rows=Json(
                    [
                        {"id": record, "attributes": versions.get(record, {})}
                        | ({"said": said[record]} if record in said else {})
                        for record in {**versions, **said}
                    ]
                ),
            )
        )
