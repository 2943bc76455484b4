"""One run over one lane: sets of work, each applied in a savepoint, halved where it fails, an outcome for each delivery."""

import random
import time
from collections import Counter
from datetime import timedelta

from psycopg2 import errors

from odoo import fields
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ...core.applying import DONE, FAILED, PENDING, Outcome
from ...core.errors import (
    BusinessRule,
    IdentifiersClash,
    PermanentError,
    RightMissing,
    TransientError,
)
from ...core.fingerprint import error_fingerprint
from .contain import Defect, attempt, defect_of, is_race
from .lane import MOST_KILLS
from .own_cursor import autocommit
from .work import MOST_TRIES, partition

#: deliveries taken by one drain, and the seconds after which it stops taking further sets
MOST_DELIVERIES = 500
MOST_SECONDS = 2.0
#: PostgreSQL keeps 64 subtransactions of a transaction in shared memory; beyond that everybody's snapshots slow down
MOST_SAVEPOINTS = 32
#: how much smaller the next set is after a killed one
SHRINK = 8
#: seconds until one that lost a race tries again
SHORTLY = (0.5, 2.0)
#: two transactions that bind one identifier, or merge one record: the later one looks again and finds the other's
RACED_KEYS = (
    "interop_binding_key_uniq",
    "interop_alias_merged_uniq",
    "interop_charge_triggered_uniq",
    "interop_encounter_stay_stay_uniq",
    "interop_post_told_uniq",
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
        self.untranslated = Counter()
        self.mapped_by = {}
        self.faults = {}

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
            self.env,
            self.route,
            self.work,
            self.now,
            self._settle,
            self.untranslated,
            self.mapped_by,
            self.faults,
        ):
            model = self._entity(call, entity)
            if model is None:
                for work, item in (pair for wave in waves for pair in wave):
                    self._settle(
                        work, Outcome.failed(item, Defect("no_such_entity", detail=entity))
                    )
                continue
            for wave in waves:
                free = [pair for pair in wave if pair[0].subject_key not in self.held]
                for start in range(0, len(free), model._set_size):
                    if self._is_spent():
                        return
                    self._apply_set(model, call, free[start : start + model._set_size])

    def _is_spent(self):
        # reading alone may take longer than there is: one set is always tried, or the lane would stand for ever
        is_late = self.savepoints > 0 and time.monotonic() > self.deadline
        return is_late or self.savepoints >= MOST_SAVEPOINTS

    def _entity(self, call, entity):
        """The plug-in, acting as the system's own user, in the facility's company; None where it was uninstalled."""
        env = self.env["interop.system"]._acting(
            call.system, call.company, is_tracked=self.route.is_tracked
        )
        return env.get(f"interop.entity.{entity}")

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
                self._settle(work, self._verdict(item, error, tries=work.tries))

    def _try(self, model, call, items):
        """``(outcomes, None)``, or ``(None, error)`` with everything the part did undone, callbacks included."""
        if self.env["interop.system"]._lacks_right(call.system, model._right):
            error = RightMissing(items[0].entity.NAME)
            return [Outcome.failed(item, error) for item in items], None
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
            # here and not by the savepoint, whose environment is the job's: what is written is the service user's
            model.env.flush_all()
            # a plug-in that forgets an item: within the savepoint, or what it did would stand and be done again
            return [outcomes[item.delivery] for item in items]

    def _verdict(self, item, error, *, tries=0):
        """What an exception means for the one delivery that raised it (DESIGN.md section 7)."""
        if tries >= MOST_TRIES and (isinstance(error, TransientError) or self._is_race(error)):
            return Outcome.failed(item, Defect("retries_used_up", detail=defect_of(error).detail))
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
            return error.diag.constraint_name in RACED_KEYS
        return is_race(error)

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
    def flagged(self):
        """(system id, model, record id, fault) of each wrong check digit that was taken into a record."""
        return [
            (work.system_id, outcome.model, outcome.record, fault)
            for work, outcome in self.outcomes
            if outcome.state == DONE and outcome.record
            for fault in self.faults.get(work.id, ())
        ]

    @property
    def suspects(self):
        """Pairs of contacts that messages took for one."""
        return [
            outcome.error.records
            for _work, outcome in self.outcomes
            if isinstance(outcome.error, IdentifiersClash)
            and self.env[f"interop.entity.{outcome.error.entity}"]._home == "res.partner"
        ]

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
            "mapped_by": self.mapped_by.get(work.id) or None,
        }
        if outcome.record:
            row |= {"res_model": outcome.model, "res_id": outcome.record}
        if outcome.error is not None:
            row |= self._error_columns(work, outcome)
        if outcome.state == PENDING:
            due = self.now + timedelta(seconds=outcome.retry_after or 0)
            row |= {"not_before": due.isoformat(), "waiting_since": self.now.isoformat()}
        if work.fingerprint and outcome.state != FAILED:
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
