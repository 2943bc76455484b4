"""Draining a lane: due deliveries become Odoo records, set-wise, in one transaction (DESIGN.md section 5).

Read from the top: ``_drain`` is the job. ``Drain`` carries one run: it takes sets of work, applies each in a savepoint,
halves a set that fails until the guilty one stands alone, and collects an outcome for each delivery. ``_record``
writes all outcomes in a handful of statements. What must not live in this transaction happens after its commit.
"""

import json
import random
import time
from datetime import timedelta

import psycopg2
from psycopg2 import errors

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ...core.applying import DISCARDED, DONE, FAILED, PENDING, Outcome
from ...core.errors import BusinessRule, PermanentError, TransientError
from ...core.fingerprint import error_fingerprint
from .contain import CONCURRENCY, Defect, attempt, defect_of, telling_no_values
from .lane import MOST_KILLS
from .own_cursor import autocommit
from .work import Work, partition

#: deliveries taken by one drain, and the seconds after which it stops taking further sets
MOST_DELIVERIES = 500
MOST_SECONDS = 2.0
#: PostgreSQL keeps 64 subtransactions of a transaction in shared memory; beyond that everybody's snapshots slow down
MOST_SAVEPOINTS = 32
#: how much smaller the next set is after a killed one
SHRINK = 8
#: seconds until one that lost a race tries again
SHORTLY = (0.5, 2.0)

BINDING_KEY = "interop_binding__key_uniq"


class RouteDraining(models.Model):
    _inherit = "interop.route"

    @telling_no_values
    def _drain(self, number):
        """Job: apply what is due on lane ``number`` of this route. Safe to run twice, at once, or to be killed."""
        self.ensure_one()
        run = Drain(self, number)
        # whatever happens below, look again after commit: whoever commits second sees the other
        self._finish_after_commit(run)
        if not self._take_lane(number):
            return "busy"
        run.take(self._due(number, MOST_DELIVERIES))
        if not run.work:
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
            if error.pgcode in CONCURRENCY:
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
                       m.source_time, p.body
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

        @self.env.cr.postcommit.add
        def finish():
            route = env["interop.route"]
            with autocommit(env) as cr:
                run.finish_try(cr)
                route._wake(cr, {(run.route.id, run.number)}, due_only=True)
                if run.next_look:
                    route._wake(cr, {(run.route.id, run.number)}, eta=run.next_look)
                env["interop.exception"]._open(cr, run.failed_fingerprints)
                env["interop.exception"]._close(cr, run.settled_fingerprints)

    # -- writing down what became of the work --

    def _record(self, run):
        """All outcomes in one statement, failures in a second; followers parked and released in one each."""
        if not run.outcomes:
            return
        rows = [run.row(work, outcome) for work, outcome in run.outcomes]
        self.env.cr.execute(
            SQL(
                """
                UPDATE interop_delivery d
                   SET state = v.state, effect = v.effect, res_model = v.res_model, res_id = v.res_id::int,
                       reason = v.reason, error_category = v.category, error_code = v.code, error_path = v.path,
                       error_detail = v.detail, error_value = v.value, fingerprint = v.fingerprint,
                       tries = d.tries + 1, not_before = v.not_before::timestamp,
                       waiting_since = COALESCE(d.waiting_since, v.waiting_since::timestamp),
                       done_at = CASE WHEN v.state IN ('done', 'discarded') THEN %(now)s END
                  FROM json_to_recordset(%(rows)s) AS v (id int, state text, effect text, res_model text, res_id int,
                       reason text, category text, code text, path text, detail text, value text, fingerprint text,
                       not_before text, waiting_since text)
                 WHERE d.id = v.id
                """,
                rows=json.dumps(rows),
                now=run.now,
            )
        )
        self._record_attempts([row for row in rows if row["state"] == FAILED], run.now)
        self._park_followers(run.heads)
        self._release_settled(run.settled)

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


class Drain:
    """One run over one lane. Knows nothing of HTTP, jobs or commits."""

    def __init__(self, route, number):
        self.route = route
        self.env = route.env
        self.number = number
        self.now = fields.Datetime.now()
        self.deadline = time.monotonic() + MOST_SECONDS
        self.work = []
        self.outcomes = []
        self.held = set()
        self.savepoints = 0
        self.was_announced = False
        self.failed_fingerprints = set()
        self.settled_fingerprints = set()
        self.next_look = None

    # -- the try that a kill would leave behind --

    def take(self, work):
        """Keep as much of ``work`` as earlier kills allow; say beforehand, on another connection, what is tried."""
        if not work:
            return
        with autocommit(self.env) as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO interop_lane_try AS t (route_id, number, head_id, size, kills, is_running)
                    VALUES (%(route)s, %(lane)s, %(head)s, %(size)s, 0, TRUE)
                    ON CONFLICT (route_id, number) DO UPDATE
                       SET kills = CASE WHEN t.is_running AND t.size = 1 AND t.head_id = EXCLUDED.head_id
                                        THEN t.kills + 1 ELSE 0 END,
                           size = CASE WHEN t.is_running THEN GREATEST(1, t.size / %(shrink)s) ELSE t.size END,
                           head_id = EXCLUDED.head_id, is_running = TRUE
                    RETURNING size, kills
                    """,
                    route=self.route.id,
                    lane=self.number,
                    head=work[0].id,
                    size=MOST_DELIVERIES,
                    shrink=SHRINK,
                )
            )
            size, kills = cr.fetchone()
        self.was_announced = True
        self.work = work[:size]
        if kills >= MOST_KILLS:
            killer = self.work.pop(0)
            self._settle(killer, Outcome.failed(killer.item(None), Defect("process_killed")))

    def finish_try(self, cr):
        if self.was_announced:
            cr.execute(
                SQL(
                    "UPDATE interop_lane_try SET is_running = FALSE, kills = 0, size = LEAST(%s, size * 2) "
                    "WHERE route_id = %s AND number = %s",
                    MOST_DELIVERIES,
                    self.route.id,
                    self.number,
                )
            )

    # -- applying --

    def apply(self):
        """Every set in turn, until the work, the time or the savepoints are used up. The rest stays due."""
        for call, entity, waves in partition(
            self.env, self.route, self.work, self.now, self._settle
        ):
            model = self._entity(call, entity)
            for wave in waves:
                free = [pair for pair in wave if pair[0].subject_key not in self.held]
                for start in range(0, len(free), model._set_size):
                    if self._is_spent():
                        return
                    self._apply_set(model, call, free[start : start + model._set_size])

    def _is_spent(self):
        return self.savepoints >= MOST_SAVEPOINTS or time.monotonic() > self.deadline

    def _entity(self, call, entity):
        """The plug-in, acting as the system's own user, in the facility's company."""
        return self.env["interop.system"]._acting(call, is_tracked=self.route.is_tracked)[
            f"interop.entity.{entity}"
        ]

    def _apply_set(self, model, call, pairs):
        """Apply ``pairs`` of (work, item); a part that raises is halved until the guilty one stands alone."""
        parts = [pairs]
        while parts:
            part = parts.pop()
            if self.savepoints >= MOST_SAVEPOINTS and len(part) < len(pairs):
                continue  # stays due; the next drain has savepoints of its own
            outcomes, error = self._try(model, call, [item for _work, item in part])
            if error is None:
                for (work, _item), outcome in zip(part, outcomes, strict=True):
                    self._settle(work, outcome)
            elif len(part) > 1:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
            else:
                work, item = part[0]
                self._settle(work, self._verdict(item, error))

    def _try(self, model, call, items):
        """``(outcomes, None)``, or ``(None, error)`` with everything the part did undone, callbacks included."""
        callbacks = list(self.env.cr.postcommit._funcs)
        self.savepoints += 1
        outcomes, error = attempt(self._apply_in_savepoint, model, call, items)
        if error is not None:
            # a rolled-back savepoint leaves its mails, bus messages and cron triggers behind
            self.env.cr.postcommit._funcs.clear()
            self.env.cr.postcommit._funcs.extend(callbacks)
            self.env.invalidate_all(flush=False)
        return outcomes, error

    def _apply_in_savepoint(self, model, call, items):
        with self.env.cr.savepoint():
            outcomes = {outcome.delivery: outcome for outcome in model._apply(call, items)}
        return [outcomes[item.delivery] for item in items]

    def _verdict(self, item, error):
        """What an exception means for the one delivery that raised it (DESIGN.md section 7)."""
        if isinstance(error, TransientError):
            return Outcome.waiting(item, error.retry_after or 60.0, error)
        if isinstance(error, PermanentError):
            return Outcome.failed(item, error)
        if self._is_race(error):
            return Outcome.waiting(item, random.uniform(*SHORTLY))
        if isinstance(error, UserError):
            # its text may quote values: keep the class and the place
            return Outcome.failed(
                item, BusinessRule(type(error).__name__, detail=defect_of(error).detail)
            )
        return Outcome.failed(item, defect_of(error))

    @staticmethod
    def _is_race(error):
        if isinstance(error, LockError):
            return True
        if isinstance(error, errors.UniqueViolation):
            return error.diag.constraint_name == BINDING_KEY
        return isinstance(error, psycopg2.OperationalError)

    # -- outcomes --

    def _settle(self, work, outcome):
        self.outcomes.append((work, outcome))
        if outcome.state in (FAILED, PENDING):
            self.held.add(work.subject_key)

    @property
    def heads(self):
        """The first failed or waiting delivery of each subject."""
        return [work for work, outcome in self.outcomes if outcome.state in (FAILED, PENDING)]

    @property
    def settled(self):
        """Subjects of which something was settled and nothing got stuck."""
        return sorted({work.subject_key for work, _outcome in self.outcomes} - self.held)

    def row(self, work, outcome):
        """The outcome as the delivery's columns."""
        row = {
            "id": work.id,
            "state": outcome.state,
            "effect": outcome.effect or None,
            "reason": outcome.reason or None,
        }
        if outcome.record:
            row |= {"res_model": outcome.model, "res_id": outcome.record}
        if outcome.error is not None:
            row |= self._error_columns(work, outcome)
        if outcome.state == PENDING:
            due = self.now + timedelta(seconds=outcome.retry_after or 0)
            self.next_look = min(due, self.next_look or due)
            row |= {"not_before": due.isoformat(), "waiting_since": self.now.isoformat()}
        if work.fingerprint and outcome.state in (DONE, DISCARDED):
            self.settled_fingerprints.add(work.fingerprint)
        return row

    def _error_columns(self, work, outcome):
        error = outcome.error
        columns = {
            "category": error.category,
            "code": error.code,
            "path": error.path or None,
            "detail": error.detail or None,
            "value": getattr(error, "value", "") or None,
        }
        if outcome.state == FAILED:
            columns["fingerprint"] = error_fingerprint(
                f"{work.system_id}/{self.route.id}", error, place=error.detail
            )
            self.failed_fingerprints.add(columns["fingerprint"])
            if work.fingerprint and work.fingerprint != columns["fingerprint"]:
                self.settled_fingerprints.add(work.fingerprint)
        return columns

    def summary(self):
        counts = {}
        for _work, outcome in self.outcomes:
            counts[outcome.state] = counts.get(outcome.state, 0) + 1
        return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
