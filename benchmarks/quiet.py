"""Waiting until nothing is left to do, and finding what was left lying."""

import time

#: What waits for a person, or for a time, is not due.
DUE = "d.state = 'pending' AND (d.not_before IS NULL OR d.not_before <= clock_timestamp() AT TIME ZONE 'UTC')"
LIVE = """(j.state IN ('enqueued', 'started')
       OR j.state = 'pending' AND (j.eta IS NULL OR j.eta <= clock_timestamp() AT TIME ZONE 'UTC'))"""

#: pending and due, and no job that would look at it: what waking must never allow
STRANDED = f"""
SELECT d.route_id, d.lane, count(*) FROM interop_delivery d
 WHERE {DUE} AND NOT EXISTS (SELECT 1 FROM queue_job j
        WHERE j.identity_key = 'interop.lane:' || d.route_id || ':' || d.lane AND {LIVE})
 GROUP BY d.route_id, d.lane
"""
#: to be pending with a time in the future, but without a job at that time, is to be left lying too
FORGOTTEN = """
SELECT d.route_id, d.lane, count(*) FROM interop_delivery d
 WHERE d.state = 'pending' AND d.not_before < 'infinity'
   AND NOT EXISTS (SELECT 1 FROM queue_job j
        WHERE j.identity_key = 'interop.lane:' || d.route_id || ':' || d.lane
          AND j.state IN ('pending', 'enqueued', 'started'))
 GROUP BY d.route_id, d.lane
"""
#: pending behind a failed one of its subject is a person's work; without such a one it is lost
PARKED_FOR_NOTHING = """
SELECT d.route_id, d.lane, count(*) FROM interop_delivery d
 WHERE d.state = 'pending' AND d.not_before = 'infinity'
   AND NOT EXISTS (SELECT 1 FROM interop_delivery e
        WHERE e.route_id = d.route_id AND e.subject = d.subject AND e.system_id = d.system_id AND e.id < d.id
          AND (e.state = 'failed' OR e.state = 'pending' AND e.not_before < 'infinity'))
 GROUP BY d.route_id, d.lane
"""
BUSY = f"""
SELECT (SELECT count(*) FROM interop_delivery d
         WHERE d.state = 'pending' AND (d.not_before IS NULL OR d.not_before < 'infinity'))
     + (SELECT count(*) FROM queue_job j WHERE j.identity_key LIKE 'interop.lane:%' AND {LIVE})
"""


def wait(instance, seconds, *, poll_seconds=0.25):
    """Wait until no delivery waits for a time and no lane's job is due or runs; False when time is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if instance.scalar(BUSY) == 0:
            return True
        time.sleep(poll_seconds)
    return False


def lying(instance):
    """Lines on deliveries that nothing will ever look at."""
    told = (
        ("due without a live job", STRANDED),
        ("waiting for a time without a job", FORGOTTEN),
        ("parked behind nothing", PARKED_FOR_NOTHING),
    )
    return [
        f"{count} deliveries of route {route}, lane {lane} {words}"
        for words, sql in told
        for route, lane, count in instance.query(sql)
    ]
