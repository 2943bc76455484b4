"""Content that was stored before a contract or an endpoint shortened its time is given the shorter time too.

In small steps, each a job and a transaction of its own, while messages flow. No time is ever made longer: what was promised
to be removed is removed.
"""

from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...core.audit import Act
from ...core.codecs import load_document
from ...core.document import Envelope
from ...core.errors import InteropError

#: messages in one step
BATCH = 500
CHANNEL = "root.interop.bulk"


class Retention(models.Model):
    _inherit = "interop.message"

    @api.model
    def _begin_shortening(self):
        """Start the steps. Only administrators; recorded with who asked for it."""
        if not self.env.user.has_group("healthcare_interop.group_administrator"):
            raise AccessError(self.env._("Only administrators change how long content is kept."))
        self.env["interop.audit"]._record(
            [Act("changed", res_model=self._name, res_name="retention", details={"step": "begun"})]
        )
        self._shorten_later(0, 0)

    @api.model
    def _shorten_later(self, after, changed):
        self.with_delay(
            channel=CHANNEL,
            description="Shorten how long content is kept",
            identity_key=None,
            max_retries=0,
        )._shorten_step(after, changed)

    @api.model
    def _shorten_step(self, after, changed):
        """Job: the next messages with content after the id ``after``. The last step records how many were ``changed``."""
        rows = self._kept_rows(after)
        changed += self._shorten(rows)
        if len(rows) == BATCH:
            self._shorten_later(rows[-1]["id"], changed)
            return
        self.env["interop.audit"]._record(
            [
                Act(
                    "changed",
                    res_model=self._name,
                    res_name="retention",
                    details={"step": "done", "shortened": changed},
                )
            ]
        )

    def _kept_rows(self, after):
        """Of FHIR with the content: which kinds a Bundle holds stands nowhere else."""
        self.env.cr.execute(
            SQL(
                """
                SELECT m.id, m.uuid, m.endpoint_id, m.format, m.kind, m.type, m.received_at, m.payload_until,
                       CASE WHEN m.format = 'fhir' THEN p.body END AS body
                  FROM interop_message m LEFT JOIN interop_payload p ON p.message_id = m.id
                 WHERE m.purged_at IS NULL AND m.direction = 'in' AND m.id > %s
                 ORDER BY m.id LIMIT %s
                """,
                after,
                BATCH,
            )
        )
        return self.env.cr.dictfetchall()

    def _shorten(self, rows):
        """Write the earlier end of those of ``rows`` that have one; how many."""
        ring = self.env["interop.keyring"]._keyring()
        sooner = []
        for row in rows:
            plan = self.env["interop.endpoint"]._plan(row["endpoint_id"])
            until = row["received_at"] + timedelta(days=self._days_of(plan, ring, row))
            if row["payload_until"] is None or until < row["payload_until"]:
                sooner.append((row["id"], until))
        if sooner:
            self.env.cr.execute(
                SQL(
                    "UPDATE interop_message m SET payload_until = n.until FROM (VALUES %s) AS n (id, until) "
                    "WHERE m.id = n.id AND m.purged_at IS NULL",
                    SQL(", ").join(SQL("(%s, %s)", *one) for one in sooner),
                )
            )
            self.env.invalidate_all()
        return len(sooner)

    def _days_of(self, plan, ring, row):
        """How long a stored message is kept by what is in force now. Content that no key opens keeps its kind's time."""
        if row["body"] is not None:
            with suppress(InteropError):
                body = ring.decrypt(row["body"], row_uuid=row["uuid"])
                envelope = Envelope(type=row["type"] or "")
                return plan.contracts.kept_days(
                    load_document("fhir", row["kind"], envelope, body), plan.payload_days
                )
        return plan.contracts.kept_days_of(row["format"], (row["kind"],), plan.payload_days)

    @api.model
    def _overdue(self):
        """How many messages still have content two days after its time, though nothing of them waits or has failed."""
        return self._count_past(fields.Datetime.now() - timedelta(days=2), "NOT EXISTS")

    @api.model
    def _held(self):
        """How many messages have content past its time because something of them waits or has failed: a person decides."""
        return self._count_past(fields.Datetime.now(), "EXISTS")

    def _count_past(self, moment, exists):
        """Messages whose content's time was over at ``moment``; ``exists``: something open of them, or not."""
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*) FROM interop_message m
                 WHERE m.purged_at IS NULL AND m.payload_until < %s
                   AND %s (SELECT 1 FROM interop_delivery d
                            WHERE d.message_id = m.id AND d.state IN ('pending', 'failed'))
                """,
                moment,
                SQL(exists),
            )
        )
        return self.env.cr.fetchone()[0]
