"""External identifier ↔ Odoo record: what makes two messages speak of one thing."""

from psycopg2.extras import Json

from odoo import fields, models
from odoo.tools import SQL

from ...core.binding import keys_of


class Binding(models.Model):
    """Unique in the database, so that two workers can't give one patient two records.

    ``namespace`` is global where the identifier's system is (a URI, an OID, GTIN), else the source system's identity
    domain and the assigner's word. A row without a record is a reservation that its transaction fills before it ends.
    """

    _name = "interop.binding"
    _inherit = ["interop.about.record"]
    _description = "Binding"
    _order = "entity, namespace, value"
    _rec_name = "value"
    _log_access = False

    entity = fields.Char(required=True, readonly=True)
    namespace = fields.Char(required=True, readonly=True, help="Whose number it is.")
    value = fields.Char(string="Identifier", required=True, readonly=True)
    type = fields.Char(readonly=True, help="HL7 table 0203: MR medical record, VN visit …")
    system_id = fields.Many2one(
        "interop.system", string="First said by", readonly=True, ondelete="restrict"
    )
    res_model = fields.Char(string="Record type", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    created_at = fields.Datetime(readonly=True)

    _key_uniq = models.UniqueIndex(
        "(entity, namespace, value)", "This identifier is bound already."
    )
    _record_idx = models.Index("(res_model, res_id)")
    _new_partner_idx = models.Index("(created_at, res_id) WHERE res_model = 'res.partner'")

    def _resolve(self, entity, keys, *, follow_merges=True):
        """``{(namespace, value): record id}`` of those among ``keys`` that are bound; merges are followed.

        One statement whatever the number of keys.
        """
        if not keys:
            return {}
        namespaces, values = zip(*sorted(set(keys)), strict=True)
        self.env.cr.execute(
            SQL(
                """
                SELECT b.namespace, b.value, CASE WHEN %(follow)s THEN COALESCE(a.survivor_id, b.res_id) ELSE b.res_id END
                  FROM unnest(%(namespaces)s, %(values)s) AS k (namespace, value)
                  JOIN interop_binding b
                    ON b.entity = %(entity)s AND b.namespace = k.namespace AND b.value = k.value
                  LEFT JOIN interop_alias a ON a.res_model = b.res_model AND a.merged_id = b.res_id AND a.is_active
                 WHERE b.res_id IS NOT NULL
                """,
                follow=follow_merges,
                entity=entity,
                namespaces=list(namespaces),
                values=list(values),
            )
        )
        return {(namespace, value): record for namespace, value, record in self.env.cr.fetchall()}

    def _reserve(self, entity, model, keys, system, now):
        """Insert the bindings that do not exist yet, without a record; sorted, so that two workers never deadlock.

        ``keys``: ``{(namespace, value): type}``. A row that another transaction inserted and committed after this
        one's snapshot raises 40001: the caller tries again later.
        """
        if not keys:
            return
        ordered = sorted(keys)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO interop_binding (entity, namespace, value, type, system_id, res_model, created_at)
                SELECT %(entity)s, k.namespace, k.value, k.type, %(system)s, %(model)s, %(now)s
                  FROM unnest(%(namespaces)s, %(values)s, %(types)s::text[]) AS k (namespace, value, type)
                ON CONFLICT (entity, namespace, value) DO NOTHING
                """,
                entity=entity,
                namespaces=[key[0] for key in ordered],
                values=[key[1] for key in ordered],
                types=[keys[key] or None for key in ordered],
                system=system,
                model=model,
                now=now,
            ),
            # losing a race is everyday business here: the drain halves and tries again
            log_exceptions=False,
        )

    def _assign(self, entity, model, records):
        """Give reserved bindings their record. ``records``: ``{(namespace, value): record id}``. One statement."""
        if not records:
            return
        ordered = sorted(records)
        self.env.cr.execute(
            SQL(
                """
                UPDATE interop_binding b SET res_id = k.res_id, res_model = %(model)s
                  FROM unnest(%(namespaces)s, %(values)s, %(ids)s) AS k (namespace, value, res_id)
                 WHERE b.entity = %(entity)s AND b.namespace = k.namespace AND b.value = k.value AND b.res_id IS NULL
                """,
                entity=entity,
                model=model,
                namespaces=[key[0] for key in ordered],
                values=[key[1] for key in ordered],
                ids=[records[key] for key in ordered],
            )
        )

    def _bind(self, record, entity, identifiers, system):
        """Bind a record that a person knows to identifiers (set-up, demo data, tests)."""
        keys = keys_of(identifiers, system.identity_domain)
        now = fields.Datetime.now()
        self._reserve(entity, record._name, keys, system.id, now)
        self._assign(entity, record._name, dict.fromkeys(keys, record.id))
        self.invalidate_model()


class Alias(models.Model):
    """A merge: what was said of ``merged_id`` is said of ``survivor_id`` from now on. Nothing is deleted, so it can be undone.

    ``survivor_id`` is always the end of the chain: merging 1 into 2 and 2 into 3 leaves 1 → 3 and 2 → 3.
    """

    _name = "interop.alias"
    _description = "Merge"
    _order = "id desc"
    _rec_name = "merged_id"
    _log_access = False

    res_model = fields.Char(required=True, readonly=True)
    merged_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    into_id = fields.Many2oneReference(
        string="Merged into", model_field="res_model", required=True, readonly=True
    )
    survivor_id = fields.Many2oneReference(
        string="Stands for", model_field="res_model", required=True, readonly=True
    )
    system_id = fields.Many2one("interop.system", readonly=True)
    merged_at = fields.Datetime(readonly=True)
    undone_at = fields.Datetime(readonly=True)
    is_active = fields.Boolean(readonly=True, default=True)
    moved = fields.Json(readonly=True, help="What an unmerge takes back: records by model.")

    _merged_uniq = models.UniqueIndex("(res_model, merged_id) WHERE is_active", "Merged already.")
    _survivor_idx = models.Index("(res_model, survivor_id) WHERE is_active")

    def _merge(self, model, merged, survivor, system, now, moved):
        """Record that ``merged`` is ``survivor`` from now on; both are ends of chains, and differ."""
        self.env.cr.execute(
            SQL(
                """
                WITH new AS (
                    INSERT INTO interop_alias (res_model, merged_id, into_id, survivor_id, system_id, merged_at,
                        is_active, moved)
                    VALUES (%(model)s, %(merged)s, %(survivor)s, %(survivor)s, %(system)s, %(now)s, TRUE, %(moved)s)
                )
                UPDATE interop_alias SET survivor_id = %(survivor)s
                 WHERE res_model = %(model)s AND survivor_id = %(merged)s AND is_active
                """,
                model=model,
                merged=merged,
                survivor=survivor,
                system=system,
                now=now,
                moved=Json(moved),
            )
        )
        self.invalidate_model()

    def _into(self, model, survivors):
        """``{merged id: the id it was merged into}`` of everyone who stands behind one of ``survivors``, one statement."""
        if not survivors:
            return {}
        self.env.cr.execute(
            SQL(
                "SELECT merged_id, into_id FROM interop_alias "
                "WHERE res_model = %s AND survivor_id = ANY(%s) AND is_active",
                model,
                sorted(survivors),
            )
        )
        return dict(self.env.cr.fetchall())

    def _unmerge(self, model, merged, now):
        """Undo the merge of ``merged``; what had been merged into it goes with it.

        Returns ``(survivor, what the merge had moved)``, None where there is none.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE interop_alias SET is_active = FALSE, undone_at = %s "
                "WHERE res_model = %s AND merged_id = %s AND is_active RETURNING survivor_id, moved",
                now,
                model,
                merged,
            )
        )
        row = self.env.cr.fetchone()
        if row is None:
            return None
        self.env.cr.execute(
            SQL(
                """
                WITH RECURSIVE below (id) AS (
                    SELECT merged_id FROM interop_alias
                     WHERE res_model = %(model)s AND into_id = %(merged)s AND is_active
                    UNION
                    SELECT a.merged_id FROM interop_alias a JOIN below ON a.into_id = below.id
                     WHERE a.res_model = %(model)s AND a.is_active
                )
                UPDATE interop_alias SET survivor_id = %(merged)s
                 WHERE res_model = %(model)s AND merged_id IN (SELECT id FROM below) AND is_active
                """,
                model=model,
                merged=merged,
            )
        )
        self.invalidate_model()
        return row
