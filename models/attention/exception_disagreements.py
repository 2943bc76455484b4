"""Exceptions that no delivery stands behind, but records on which two speakers disagree."""

from odoo import fields, models
from odoo.tools import SQL

from ..exchange.route import ENTITY_WORDS

DISAGREEMENT = "disagreement"


class ExceptionDisagreements(models.Model):
    """One for each attribute and two speakers, however many records they disagree on."""

    _inherit = "interop.exception"

    entity = fields.Selection(ENTITY_WORDS, string="What", readonly=True)
    other_system_id = fields.Many2one(
        "interop.system",
        string="Disagrees with",
        readonly=True,
        ondelete="cascade",
        help="Empty: with people here.",
    )
    disagreement_count = fields.Integer(string="Disagreements", compute="_compute_disagreements")

    def _compute_disagreements(self):
        # the fingerprint is shown to nobody; it only leads from here to the disagreements
        causes = {one.id: one.sudo().fingerprint for one in self if one.category == DISAGREEMENT}
        counts = dict(
            self.env["interop.disagreement"]._read_group(
                [("state", "=", "open"), ("cause", "in", list(causes.values()))],
                ["cause"],
                ["__count"],
            )
            if causes
            else ()
        )
        for one in self:
            one.disagreement_count = counts.get(causes.get(one.id), 0)

    def _open_disagreements(self, cr, causes):
        """Upsert the open exception of each cause that an open disagreement has. One statement."""
        if not causes:
            return
        cr.execute(
            SQL(
                """
                INSERT INTO interop_exception (fingerprint, state, system_id, other_system_id, team_id, company_id, category,
                    code, entity, path, first_seen, last_seen, create_date, write_date, create_uid, write_uid)
                SELECT DISTINCT ON (o.cause) o.cause, 'open', COALESCE(o.system_id, o.stands_system_id),
                    CASE WHEN o.system_id IS NOT NULL THEN o.stands_system_id END, s.team_id, o.company_id, %s,
                    'systems_disagree', o.entity, o.attribute, n.now, n.now, n.now, n.now, 1, 1
                  FROM interop_disagreement o
                  LEFT JOIN interop_system s ON s.id = COALESCE(o.system_id, o.stands_system_id)
                 CROSS JOIN (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now) n
                 WHERE o.state = 'open' AND o.cause = ANY(%s)
                 ORDER BY o.cause, o.id DESC
                ON CONFLICT (fingerprint) WHERE state = 'open'
                DO UPDATE SET last_seen = EXCLUDED.last_seen, team_id = EXCLUDED.team_id
                """,
                DISAGREEMENT,
                sorted(causes),
            )
        )

    def _in_words(self):
        if self.category != DISAGREEMENT:
            return super()._in_words()
        words = dict(self._fields["entity"]._description_selection(self.env))
        return (
            self.env._(
                "%(one)s and %(other)s disagree: %(what)s, %(attribute)s",
                one=self.system_id.name,
                other=self.other_system_id.name or self.env._("people here"),
                what=words.get(self.entity, ""),
                attribute=self.env["interop.attribute"]._label(self.entity, self.path),
            ),
            self.env._(
                "Open the records and compare. Whoever is wrong is best corrected there: the line leaves the list by itself "
                "once both say the same. You can also take one's word, or keep what stands. To settle it for good, say under "
                "Configuration → Ownership who masters the attribute."
            ),
        )

    def action_open_disagreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "healthcare_interop.disagreement_action"
        )
        # likewise
        return action | {
            "domain": [("cause", "=", self.sudo().fingerprint)],
            "context": {"search_default_open": 1},
        }
