"""While drains are at work a tiny job comes back every few seconds, so that a killed one is noticed soon.

queue_job's runner starts the jobs of killed processes again, but looks for them only when something wakes it: a job that
changes, one whose time comes, or else a minute (``wait_notification`` in ``queue_job/jobrunner/runner.py``). The same goes
for a job whose start, an HTTP request with one second of patience, got lost in a crowd at the door. With nothing else
going on, a lane would stand still for that minute.

Pulses go in pairs: only one that waits for its time can't get lost itself, so while one is on its way the next one waits.
"""

import json

from odoo import SUPERUSER_ID, models, tools
from odoo.tools import SQL

from .own_cursor import after_commit

PULSE_SECONDS = 5
#: of one that should have come so long ago nothing is expected
LOST_SECONDS = 15
CHANNEL = "root.interop_pulse"
#: a bed change may not wait for it, but it is over in no time
PRIORITY = 0


class RoutePulse(models.Model):
    _inherit = "interop.route"

    def _pulse(self):
        """Job: come back as long as a drain waits or runs."""
        env = self.env(user=SUPERUSER_ID, su=True, context={})
        is_needed = SQL(
            """EXISTS (SELECT 1 FROM queue_job l
                        WHERE l.identity_key LIKE 'interop.lane:%%' AND l.identity_key LIKE 'interop.%%'
                          AND (l.state IN ('enqueued', 'started')
                               OR l.state = 'pending'
                                  AND (l.eta IS NULL OR l.eta <= clock_timestamp() AT TIME ZONE 'UTC')))"""
        )
        after_commit(env, lambda cr: cr.execute(env["interop.route"]._pulse_statement(is_needed)))

    def _pulse_statement(self, condition):
        """The INSERT of the next two pulses, as far as they do not wait already."""
        recordset = {
            "_type": "odoo_recordset",
            "model": "interop.route",
            "ids": [],
            "uid": SUPERUSER_ID,
            "su": True,
            "context": {},
        }
        return SQL(
            """
            INSERT INTO queue_job (eta, identity_key, uuid, func_string, records, args, channel, priority, company_id,
                kwargs, name, state, retry, max_retries, exec_time, worker_pid, user_id, date_created, model_name,
                method_name, job_function_id, channel_method_name, dependencies)
            SELECT clock_timestamp() AT TIME ZONE 'UTC' + make_interval(secs => n * %(seconds)s), 'interop.pulse',
                gen_random_uuid()::text, 'interop.route()._pulse()', to_jsonb(%(recordset)s::text), to_jsonb('[]'::text), %(channel)s, %(priority)s,
                %(company)s, to_jsonb('{}'::text), 'See whether drains are alive', 'pending', 0, 0, 0, 0, %(uid)s,
                clock_timestamp() AT TIME ZONE 'UTC', 'interop.route', '_pulse', %(function)s, '<interop.route>._pulse',
                %(dependencies)s
              FROM generate_series(1, 2) AS n
             WHERE %(condition)s
               AND NOT EXISTS (
                       SELECT 1 FROM queue_job p
                        WHERE p.identity_key = 'interop.pulse' AND p.identity_key LIKE 'interop.%%'
                          AND p.state = 'pending'
                          AND p.eta > clock_timestamp() AT TIME ZONE 'UTC'
                                      + make_interval(secs => CASE n WHEN 1 THEN -%(lost)s ELSE %(seconds)s END))
            """,
            seconds=PULSE_SECONDS,
            lost=LOST_SECONDS,
            recordset=json.dumps(recordset),
            channel=CHANNEL,
            priority=PRIORITY,
            company=self._pulse_company_id(),
            uid=SUPERUSER_ID,
            function=self._pulse_function_id(),
            dependencies=json.dumps({"depends_on": [], "reverse_depends_on": []}),
            condition=condition,
        )

    @tools.ormcache()
    def _pulse_function_id(self):
        return self.env.ref("healthcare_interop.job_function_pulse").id

    @tools.ormcache()
    def _pulse_company_id(self):
        return self.env.ref("base.main_company").id
