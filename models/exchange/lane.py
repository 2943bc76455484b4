"""Serial queues inside a route, and how they are woken."""

import json
import uuid
from typing import NamedTuple

from odoo import SUPERUSER_ID, fields, models, tools
from odoo.tools import SQL

from .own_cursor import after_commit, autocommit

CHANNELS = {klass: f"root.interop.{klass}" for klass in ("urgent", "normal", "bulk")}
PRIORITIES = {"urgent": 1, "normal": 10, "bulk": 50}

#: narrows the waking statement to lanes in which something is due
DUE = SQL(
    """AND EXISTS (SELECT 1 FROM interop_delivery d
                    WHERE d.route_id = w.route_id AND d.lane = w.number AND d.state = 'pending'
                      AND (d.not_before IS NULL OR d.not_before <= clock_timestamp() AT TIME ZONE 'UTC'))"""
)

#: how often a delivery may be at the head of a set of one whose process was killed
MOST_KILLS = 2


class WakingPlan(NamedTuple):
    """What a drain job of one route looks like."""

    channel: str
    priority: int
    company_id: int


class Lane(models.Model):
    """A row to lock, one for each serial queue of a route.

    Only drains touch it, and nothing refers to it by foreign key: a reference would take a lock on it.
    """

    _name = "interop.lane"
    _description = "Lane"
    _log_access = False

    route_id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    drained_at = fields.Datetime()

    _lane_uniq = models.Constraint("UNIQUE (route_id, number)", "One row a lane.")

    def init(self):
        # the waking statement asks for a live job of a lane; queue_job's own index leaves started ones out
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS queue_job_interop_idx ON queue_job (identity_key) "
            "WHERE state IN ('pending', 'enqueued', 'started') AND identity_key LIKE 'interop.%'"
        )


class LaneTry(models.Model):
    """What a drain was about to do, written before it did, on a connection of its own.

    A row that is still here when the next drain comes tells that the last one was killed.
    """

    _name = "interop.lane.try"
    _description = "Lane try"
    _log_access = False

    route_id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    head_id = fields.Integer()
    size = fields.Integer()
    kills = fields.Integer()
    is_running = fields.Boolean()

    _lane_uniq = models.Constraint("UNIQUE (route_id, number)", "One row a lane.")


def _key(route, number):
    """The identity key of a lane's drain jobs."""
    return f"interop.lane:{route}:{number}"


def _is_live(eta=None):
    """Of a job ``j`` that drains a lane: whether it is due (by ``eta``, now without one), enqueued or started.

    The condition on the key says no more than that the index of ``Lane.init`` may be used.
    """
    return SQL(
        """j.identity_key LIKE 'interop.%%' AND j.state IN ('pending', 'enqueued', 'started')
           AND (j.state <> 'pending' OR j.eta IS NULL
                OR j.eta <= COALESCE(%s::timestamp, clock_timestamp() AT TIME ZONE 'UTC'))""",
        eta,
    )


def _are_awake(cr, lanes):
    """Whether each of ``lanes`` has a live job: a busy door's usual case, and a cheap look."""
    keys = {_key(route, number) for route, number in lanes}
    cr.execute(
        SQL(
            "SELECT j.identity_key FROM queue_job j WHERE j.identity_key IN %s AND %s",
            tuple(keys),
            _is_live(),
        )
    )
    return keys == {row[0] for row in cr.fetchall()}


class RouteWaking(models.Model):
    """Waking a lane: a queue_job that drains it, unless one is about to (DESIGN.md section 5, Waking)."""

    _inherit = "interop.route"

    def _wake_after_commit(self, lanes):
        """Wake ``lanes`` (pairs of route id, number) once this transaction has committed."""
        lanes = set(lanes)
        if not lanes:
            return
        env = self.env(user=SUPERUSER_ID, su=True, context={})
        route = env["interop.route"]
        after_commit(
            env, lambda cr: route._wake(cr, lanes), unless=lambda cr: _are_awake(cr, lanes)
        )

    def _wake(self, cr, lanes, due_only=False, eta=None):
        """Create a drain job for each lane that has none pending and due, enqueued or started.

        One statement, so that the look and the job are as close as can be. Two jobs for a lane are harmless.
        ``due_only``: look first whether anything is due (a drain wakes its lane only then). ``eta``: the job shall wait
        until then; such a job never counts for those that are due now.
        """
        plans = self._waking_plans()
        rows = [
            SQL(
                "(%s, %s, %s, to_jsonb(%s::text), to_jsonb(%s::text), %s, %s, %s, %s, %s)",
                _key(route, number),
                str(uuid.uuid4()),
                f"interop.route({route},)._drain({number})",
                json.dumps(self._job_recordset(route)),
                json.dumps([number]),
                route,
                number,
                plans[route].channel,
                plans[route].priority,
                plans[route].company_id,
            )
            for route, number in sorted(lanes)
            if route in plans
        ]
        if not rows:
            return
        cr.execute(
            SQL(
                """
                WITH woken AS (
                INSERT INTO queue_job (eta, identity_key, uuid, func_string, records, args, channel, priority, company_id,
                    kwargs, name, state, retry, max_retries, exec_time, worker_pid, user_id, date_created, model_name,
                    method_name, job_function_id, channel_method_name, dependencies)
                SELECT %(eta)s::timestamp, w.key, w.uuid, w.call, w.records, w.args, w.channel, w.priority, w.company_id,
                    to_jsonb('{}'::text), 'Drain a lane', 'pending', 0, 0, 0, 0, %(uid)s, clock_timestamp() AT TIME ZONE 'UTC',
                    'interop.route', '_drain', %(function)s, '<interop.route>._drain', %(dependencies)s
                  FROM (VALUES %(rows)s)
                    AS w (key, uuid, call, records, args, route_id, number, channel, priority, company_id)
                 WHERE NOT EXISTS (
                           SELECT 1 FROM queue_job j WHERE j.identity_key = w.key AND %(live)s)
                   %(due)s
                RETURNING id
                ) %(pulse)s
                """,
                uid=SUPERUSER_ID,
                function=self._job_function_id(),
                dependencies=json.dumps({"depends_on": [], "reverse_depends_on": []}),
                rows=SQL(", ").join(rows),
                due=DUE if due_only else SQL(),
                eta=eta,
                live=_is_live(eta),
                pulse=self._pulse_statement(SQL("EXISTS (SELECT 1 FROM woken)")),
            )
        )

    def _wake_for_the_rest(self, cr, route, number):
        """After a drain: a job for what is due in its lane, else one for the moment when something will be.

        The table is asked, not the drain: others may have made something wait, and while a job that was due hid the
        need of a later one, nobody made that.
        """
        lanes = {(route, number)}
        self._wake(cr, lanes, due_only=True)
        cr.execute(
            SQL(
                """
                SELECT min(not_before) FROM interop_delivery
                 WHERE route_id = %s AND lane = %s AND state = 'pending' AND not_before < 'infinity'
                """,
                route,
                number,
            )
        )
        [next_look] = cr.fetchone()
        if next_look:
            self._wake(cr, lanes, eta=next_look)

    def _job_recordset(self, route):
        """How queue_job serialises a recordset of one route, as text within JSON; a test holds that it still does."""
        return {
            "_type": "odoo_recordset",
            "model": "interop.route",
            "ids": [route],
            "uid": SUPERUSER_ID,
            "su": True,
            "context": {},
        }

    @tools.ormcache()
    def _job_function_id(self):
        return self.env.ref("healthcare_interop.job_function_drain").id

    @tools.ormcache()
    def _waking_plans(self):
        """``{route id: WakingPlan}`` of every route, kept until the configuration changes."""
        return {
            route.id: WakingPlan(
                channel=CHANNELS[route.klass],
                priority=PRIORITIES[route.klass],
                company_id=(route.company_id or self.env.company).id,
            )
            # kept for all users: what is to be woken does not depend on who wakes it
            for route in self.sudo().with_context(active_test=False).search([])
        }

    def _cron_watchdog(self):
        """Every minute: put right what a kill between a commit and what follows it, or a race, left behind."""
        with autocommit(self.env) as cr:
            self._release_orphans(cr)
            self.env["interop.exception"]._repair(cr)
            self.env["interop.merging"]._catch_up_recent(cr)
            cr.execute(
                SQL(
                    """
                    SELECT DISTINCT d.route_id, d.lane FROM interop_delivery d
                     WHERE d.state = 'pending'
                       AND (d.not_before IS NULL OR d.not_before <= clock_timestamp() AT TIME ZONE 'UTC')
                    """
                )
            )
            lanes = set(cr.fetchall())
            if lanes:
                self._wake(cr, lanes)
        # last, and in the cron's own transaction: it may lose a race, and is tried again in a minute
        self.env["interop.list.price"]._follow()
        self.env["interop.order"]._charge_priced()
        self.env["interop.payment.allocation"]._match_due()

    def _release_orphans(self, cr):
        """Parked deliveries with nothing before them any more: a person's discard and a drain can miss each other."""
        cr.execute(
            SQL(
                """
                UPDATE interop_delivery f SET not_before = NULL
                 WHERE f.state = 'pending' AND f.not_before = 'infinity'
                   AND NOT EXISTS (
                           SELECT 1 FROM interop_delivery e
                            WHERE e.route_id = f.route_id AND e.subject = f.subject AND e.system_id = f.system_id
                              AND e.id < f.id
                              AND (e.state = 'failed'
                                   OR e.state = 'pending' AND e.not_before IS DISTINCT FROM 'infinity'))
                """
            )
        )
