"""What systems, or the people here, say otherwise than what stands: one row a record, attribute and speaker."""

import base64
import json
import os
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ...core.disagreements import Listed, Said
from ..exchange.own_cursor import after_commit
from ..exchange.route import ENTITY_WORDS

#: days for which one that ended by itself is kept
KEPT_DAYS = 30


class ListedWord(NamedTuple):
    """A row as the hearing compares it; ``said_by`` is a system's id, 0 for people."""

    said_by: int
    said: Said
    listed: Listed
    cause: str

    @property
    def is_pending(self):
        """Open, or decided by a person until somebody says something else."""
        return self.listed.is_open or self.listed.is_decided


class Disagreement(models.Model):
    """Opened and closed by the machine with the change that it is about; decided by people, until somebody says something
    else. What was said is kept encrypted, and only for as long as it matters.
    """

    _name = "interop.disagreement"
    _inherit = ["interop.about.record"]
    _description = "Disagreement"
    _order = "state, since desc, id desc"
    _log_access = False

    entity = fields.Selection(ENTITY_WORDS, string="What", required=True, readonly=True)
    attribute = fields.Char(string="Technical name", required=True, readonly=True)
    res_model = fields.Char(string="Record type", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    system_id = fields.Many2one(
        "interop.system",
        string="System that says otherwise",
        readonly=True,
        ondelete="cascade",
        help="Empty: people here.",
    )
    stands_system_id = fields.Many2one(
        "interop.system",
        string="System whose word stands",
        readonly=True,
        ondelete="cascade",
        help="Empty: that of people here.",
    )
    state = fields.Selection(
        [("open", "Open"), ("settled", "Settled")], required=True, readonly=True, default="open"
    )
    since = fields.Datetime(readonly=True)
    settled_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one(
        "res.users",
        string="Decided by",
        readonly=True,
        help="Who said what is to stand. It is open again once somebody says something else. Empty: both say the same now.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    cause = fields.Char(
        readonly=True, help="Those of one attribute and two speakers share it: one exception."
    )
    mark = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    stands_mark = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    told = fields.Binary(attachment=False, readonly=True, groups=fields.NO_ACCESS)

    _word_uniq = models.UniqueIndex(
        "(res_model, res_id, entity, attribute, COALESCE(system_id, 0))", "Listed already."
    )
    _cause_idx = models.Index("(cause) WHERE state = 'open'")

    # -- the machine's side --

    @api.model
    def _listed(self, model, ids):
        """``{(record id, entity, attribute): [ListedWord]}``, one statement."""
        if not ids:
            return {}
        self.env.cr.execute(
            SQL(
                """
                SELECT res_id, entity, attribute, COALESCE(system_id, 0), mark, COALESCE(stands_system_id, 0), stands_mark,
                       state = 'open', decided_by_id IS NOT NULL, cause
                  FROM interop_disagreement WHERE res_model = %s AND res_id = ANY(%s)
                """,
                model,
                sorted(ids),
            )
        )
        listed = {}
        for (
            record,
            entity,
            attribute,
            system,
            *marks,
            is_open,
            is_decided,
            cause,
        ) in self.env.cr.fetchall():
            said = Said(*marks)
            word = ListedWord(system, said, Listed(said, is_open, is_decided), cause)
            listed.setdefault((record, entity, attribute), []).append(word)
        return listed

    @api.model
    def _list(self, model, company, news):
        """Write down ``news``: ((record id, entity, attribute), speaker, said, values or None, ListedWord or None).

        One statement; exceptions follow once it is committed.
        """
        # one record may go by two names in one set: its last news is what counts
        last = {(key, speaker): (said, values, known) for key, speaker, said, values, known in news}
        causes, rows = set(), []
        for ((record, entity, attribute), speaker), (said, values, known) in last.items():
            cause = self._cause(company, entity, attribute, speaker, said.stands)
            causes |= {cause, known.cause} if known else {cause}
            rows.append(
                {
                    "record": record,
                    "entity": entity,
                    "attribute": attribute,
                    "system": speaker or None,
                    "stands": said.stands or None,
                    "mark": said.mark,
                    "stands_mark": said.stands_mark,
                    "is_open": said.is_otherwise,
                    "told": self._sealed(model, record, entity, attribute, speaker, values)
                    if said.is_otherwise and values is not None
                    else None,
                    "cause": cause,
                }
            )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO interop_disagreement AS d (res_model, res_id, entity, attribute, system_id, stands_system_id,
                    mark, stands_mark, state, since, settled_at, company_id, cause, told)
                SELECT %(model)s, v.record, v.entity, v.attribute, v.system, v.stands, v.mark, v.stands_mark,
                       CASE WHEN v.is_open THEN 'open' ELSE 'settled' END, %(now)s,
                       CASE WHEN NOT v.is_open THEN %(now)s::timestamp END, %(company)s, v.cause, decode(v.told, 'base64')
                  FROM json_to_recordset(%(rows)s) AS v (record int, entity text, attribute text, system int, stands int,
                       mark text, stands_mark text, is_open bool, told text, cause text)
                 ORDER BY v.record, v.entity, v.attribute, v.system
                ON CONFLICT (res_model, res_id, entity, attribute, COALESCE(system_id, 0)) DO UPDATE
                   SET stands_system_id = EXCLUDED.stands_system_id, mark = EXCLUDED.mark,
                       stands_mark = EXCLUDED.stands_mark, state = EXCLUDED.state, cause = EXCLUDED.cause,
                       since = CASE WHEN d.state = 'open' THEN d.since ELSE EXCLUDED.since END,
                       settled_at = EXCLUDED.settled_at, decided_by_id = NULL,
                       told = CASE WHEN EXCLUDED.state = 'open' AND EXCLUDED.mark = d.mark
                                   THEN COALESCE(EXCLUDED.told, d.told) ELSE EXCLUDED.told END
                """,
                model=model,
                company=company,
                now=fields.Datetime.now(),
                rows=json.dumps(rows),
            ),
            # losing a race is everyday business here: the drain halves and tries again
            log_exceptions=False,
        )
        self.invalidate_model()
        self._settle_causes(causes)

    def _cause(self, company, entity, attribute, one, other):
        first, second = sorted((one, other))
        return f"disagreement/{company}/{entity}/{attribute}/{first}/{second}"

    @api.model
    def _settle_causes(self, causes):
        """Open and close the exceptions of ``causes`` once this transaction has committed."""
        exceptions = self.env(user=SUPERUSER_ID, su=True, context={})["interop.exception"]

        def put_right(cr):
            exceptions._open_disagreements(cr, causes)
            exceptions._close(cr, causes)

        after_commit(exceptions.env, put_right)

    @api.autovacuum
    def _gc_over(self):
        """What ended by itself is over; what people decided is kept, since it holds until somebody says something else.

        Nobody tells any more of a record that is gone or was merged into another one.
        """
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM interop_disagreement d
                 WHERE d.state = 'settled' AND d.decided_by_id IS NULL
                   AND d.settled_at < (now() AT TIME ZONE 'UTC') - make_interval(days => %s)
                    OR EXISTS (SELECT 1 FROM interop_alias a
                                WHERE a.res_model = d.res_model AND a.merged_id = d.res_id AND a.is_active)
                """,
                KEPT_DAYS,
            )
        )
        for (model,) in self._read_group([], ["res_model"]):
            if model in self.env:
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM interop_disagreement d WHERE d.res_model = %s "
                        "AND NOT EXISTS (SELECT 1 FROM %s r WHERE r.id = d.res_id)",
                        model,
                        SQL.identifier(self.env[model]._table),
                    )
                )
        self.invalidate_model()

    @api.model
    def _in_short(self, model, record):
        """What is open about one record, in words without values."""
        found = self.search(
            [("res_model", "=", model), ("res_id", "=", record), ("state", "=", "open")]
        )
        return [
            self.env._(
                "%(attribute)s: %(speaker)s says otherwise, the word of %(standing)s stands",
                attribute=one.attribute_label,
                speaker=one.speaker,
                standing=one.standing,
            )
            for one in found
        ]

    # -- what was said --

    def _sealed(self, model, record, entity, attribute, speaker, values):
        """``{field: value}`` encrypted for its own row, as base64."""
        text = json.dumps(values, default=str)
        sealed = (
            self.env["interop.keyring"]
            ._keyring()
            .encrypt(
                text.encode(),
                row_uuid=_address(model, record, entity, attribute, speaker),
                random_bytes=os.urandom,
            )
        )
        return base64.b64encode(sealed).decode()

    def _unsealed(self):
        """``{field: value}`` of what was said; None where it is not known any more."""
        self.ensure_one()
        self.env.cr.execute("SELECT told FROM interop_disagreement WHERE id = %s", (self.id,))
        [told] = self.env.cr.fetchone() or [None]
        if told is None:
            return None
        address = _address(
            self.res_model, self.res_id, self.entity, self.attribute, self.system_id.id or 0
        )
        return json.loads(self.env["interop.keyring"]._keyring().decrypt(told, row_uuid=address))


def _address(model, record, entity, attribute, speaker):
    """What the encryption is bound to: moved into another row it does not decrypt."""
    return f"{model}/{record}/{entity}/{attribute}/{speaker}"
