"""Draining a lane: due deliveries become Odoo records, set-wise, in one transaction (DESIGN.md section 5).

Read from the top: ``_drain`` is the job. ``run.Drain`` applies sets of work and collects an outcome for each delivery;
``_record`` writes all outcomes in a handful of statements. What must not live in this transaction happens after its
commit.
"""

import json

import psycopg2

from odoo import SUPERUSER_ID, models
from odoo.tools import SQL

from ...core.applying import FAILED
from ...core.personal import HELD
from .contain import is_race, telling_no_values
from .garbage import without_collection
from .own_cursor import after_commit
from .run import MOST_DELIVERIES, Drain
from .work import Work


class RouteDraining(models.Model):
    _inherit = "interop.route"

    @telling_no_values
    @without_collection()
    def _drain(self, number):
        """Job: apply what is due on lane ``number`` of this route. Safe to run twice, at once, or to be killed."""
        self.ensure_one()
        run = Drain(self, number)
        # whatever happens below, look again after commit: whoever commits second sees the other
        self._finish_after_commit(run)
        if not self._take_lane(number):
            return "busy"
        run.take(self._due(number, MOST_DELIVERIES))
        if not run.work and not run.outcomes:
            return "nothing due"
        run.apply()
        self._record(run)
        return run.summary()

    def _take_lane(self, number):
        """Lock and update the lane's row. False where another drain holds it, or held it until a moment ago."""
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        """
                        WITH mine AS (SELECT id FROM interop_lane WHERE route_id = %s AND number = %s
                                         FOR NO KEY UPDATE NOWAIT)
                        UPDATE interop_lane l SET drained_at = clock_timestamp() AT TIME ZONE 'UTC'
                          FROM mine WHERE l.id = mine.id RETURNING l.id
                        """,
                        self.id,
                        number,
                    ),
                    log_exceptions=False,
                )
                return bool(self.env.cr.fetchone())
        except psycopg2.OperationalError as error:
            if is_race(error):
                return False
            raise

    def _due(self, number, limit):
        """Up to ``limit`` due deliveries of the lane in order, with their messages' content; one statement.

        Those whose subject has an earlier failed or waiting delivery are parked by the same statement.
        """
        self.env.cr.execute(
            SQL(
                """
                WITH due AS (
                    SELECT d.id, d.subject, d.system_id FROM interop_delivery d
                     WHERE d.route_id = %(route)s AND d.lane = %(lane)s AND d.state = 'pending'
                       AND (d.not_before IS NULL OR d.not_before <= clock_timestamp() AT TIME ZONE 'UTC')
                     ORDER BY d.id LIMIT %(limit)s
                ), blocked AS (
                    SELECT due.id FROM due WHERE EXISTS (
                        SELECT 1 FROM interop_delivery e
                         WHERE e.route_id = %(route)s AND e.subject = due.subject AND e.system_id = due.system_id
                           AND e.id < due.id
                           AND (e.state = 'failed' OR e.state = 'pending'
                                AND e.not_before > clock_timestamp() AT TIME ZONE 'UTC'))
                ), parked AS (
                    UPDATE interop_delivery p SET not_before = 'infinity' FROM blocked WHERE p.id = blocked.id
                )
                SELECT d.id, d.message_id, d.ordinal, d.entity, d.event, d.subject, d.version, d.system_id,
                       d.received_at, d.waiting_since, d.tries, d.fingerprint,
                       m.uuid, m.format, m.kind, m.type, m.endpoint_id, m.facility_code, m.source,
                       m.source_time, d.error_category, p.body
                  FROM due
                  JOIN interop_delivery d ON d.id = due.id
                  JOIN interop_message m ON m.id = d.message_id
                  LEFT JOIN interop_payload p ON p.message_id = m.id
                 WHERE due.id NOT IN (SELECT id FROM blocked)
                 ORDER BY d.id
                """,
                route=self.id,
                lane=number,
                limit=limit,
            )
        )
        return [Work(*row) for row in self.env.cr.fetchall()]

    def _finish_after_commit(self, run):
        """After commit: the try is over, the lane is woken if more is due, exceptions are opened and closed."""
        env = self.env(user=SUPERUSER_ID, su=True, context={})

        def finish(cr):
            route = env["interop.route"]
            run.finish_try(cr)
            route._wake_for_the_rest(cr, run.route.id, run.number)
            env["interop.exception"]._open(cr, run.failed_fingerprints)
            env["interop.exception"]._close(cr, run.settled_fingerprints)
            env["interop.untranslated"]._count(cr, run.untranslated)
            env["interop.identifier.fault"]._keep(cr, run.flagged, run.now)
            env["interop.duplicate"]._suspect(cr, run.suspects)
            env["interop.merging"]._catch_up(cr, [outcome for _work, outcome in run.outcomes])

        after_commit(env, finish)

    # -- writing down what became of the work --

    def _record(self, run):
        """All outcomes in one statement, failures in a second; followers parked and released in one each."""
        if not run.outcomes:
            return
        rows = [run.row(work, outcome) for work, outcome in run.outcomes]
        self.env.cr.execute(
            SQL(
                """
                %(held)s
                UPDATE interop_delivery d
                   SET state = v.state, effect = v.effect, res_model = v.res_model, res_id = v.res_id::int,
                       reason = v.reason, error_category = v.category, error_code = v.code, error_path = v.path,
                       error_detail = v.detail, error_value = v.value, fingerprint = v.fingerprint,
                       mapping_version_id = COALESCE(v.mapped_by, d.mapping_version_id),
                       tries = d.tries + 1, not_before = v.not_before::timestamp,
                       waiting_since = COALESCE(d.waiting_since, v.waiting_since::timestamp),
                       done_at = CASE WHEN v.state IN ('done', 'discarded') THEN %(now)s END
                  FROM json_to_recordset(%(rows)s) AS v (id int, state text, effect text, res_model text, res_id int,
                       reason text, category text, code text, path text, detail text, value text, fingerprint text,
                       not_before text, waiting_since text, mapped_by int)
                 WHERE d.id = v.id %(and_held)s
                """,
                **self._held(rows),
                rows=json.dumps(rows),
                now=run.now,
            )
        )
        self._record_attempts([row for row in rows if row["state"] == FAILED], run.now)
        self._park_followers(run.heads)
        self._release_settled(run.settled)

    def _held(self, rows):
        """SQL by which what was applied to a person holds her record until commit: who erases her waits, and then sees it.

        If she was erased since our snapshot PostgreSQL raises 40001: all of it is done again, with her unknown. As rows that
        refer to a record by a foreign key do, for what is told of one without any: versions, bindings, the delivery itself.
        Odoo's writes to the record are not in its way (KEY SHARE). No statement of its own, and none refers to messages.
        """
        found = {}
        for row in rows:
            if row.get("res_model") in HELD:
                found.setdefault(row["res_model"], set()).add(row["res_id"])
        parts = [
            (
                SQL.identifier(f"held_{place}"),
                SQL.identifier(self.env[model]._table),
                sorted(found[model]),
            )
            for place, model in enumerate(sorted(found))
        ]
        if not parts:
            return {"held": SQL(), "and_held": SQL()}
        held = SQL(", ").join(
            SQL("%s AS (SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE)", *part)
            for part in parts
        )
        # what nothing asks for is not done
        asked = SQL(" ").join(
            SQL("AND (SELECT count(*) FROM %s) >= 0", name) for name, *_rest in parts
        )
        return {"held": SQL("WITH %s", held), "and_held": asked}

    def _record_attempts(self, rows, now):
        if rows:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO interop_attempt (delivery_id, at, category, code, place)
                    SELECT v.id, %s, v.category, v.code, COALESCE(NULLIF(v.path, ''), v.detail)
                      FROM json_to_recordset(%s) AS v (id int, category text, code text, path text, detail text)
                    """,
                    now,
                    json.dumps(rows),
                )
            )

    def _park_followers(self, heads):
        """What comes after a failed or waiting delivery of its subject waits for it, out of the lane's way."""
        if heads:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE interop_delivery f SET not_before = 'infinity'
                      FROM unnest(%(ids)s, %(subjects)s, %(systems)s) AS h (id, subject, system_id)
                     WHERE f.route_id = %(route)s AND f.subject = h.subject AND f.system_id = h.system_id
                       AND f.state = 'pending' AND f.id > h.id AND f.not_before IS NULL
                    """,
                    route=self.id,
                    ids=[work.id for work in heads],
                    subjects=[work.subject for work in heads],
                    systems=[work.system_id for work in heads],
                )
            )

    def _release_settled(self, settled):
        """Followers of subjects that were settled are due again, unless something of theirs is still stuck."""
        if settled:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE interop_delivery f SET not_before = NULL
                      FROM unnest(%(subjects)s, %(systems)s) AS s (subject, system_id)
                     WHERE f.route_id = %(route)s AND f.subject = s.subject AND f.system_id = s.system_id
                       AND f.state = 'pending' AND f.not_before = 'infinity'
                       AND NOT EXISTS (SELECT 1 FROM interop_delivery e
                                        WHERE e.route_id = f.route_id AND e.subject = f.subject
                                          AND e.system_id = f.system_id AND e.id < f.id
                                          AND (e.state = 'failed' OR e.state = 'pending' AND e.not_before < 'infinity'))
                    """,
                    route=self.id,
                    subjects=[subject for subject, _system in settled],
                    systems=[system for _subject, system in settled],
                )
            )
