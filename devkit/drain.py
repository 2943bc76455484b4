"""Waiting until Odoo has processed what is due, and counting what became of it."""

import time

from devkit import console, database, postgres

POLL_SECONDS = 0.25
WATCHDOG_SECONDS = 10
WATCHDOG = "cron_watchdog"
# A delivery that lost a race waits for a second or two; that is still the same piece of work.
SHORTLY_SECONDS = 5

# `infinity` parks what waits behind a failed delivery: it is not due, and never becomes so by itself.
DUE = """
SELECT (SELECT count(*) FROM interop_delivery
         WHERE state = 'pending' AND (not_before IS NULL OR not_before <= {horizon}))
     + (SELECT count(*) FROM queue_job
         WHERE channel LIKE 'root.interop.%'
           AND (state IN ('enqueued', 'started')
                OR state = 'pending' AND (eta IS NULL OR eta <= {horizon})))
"""
COUNTS = "SELECT direction, state, count(*) FROM interop_delivery GROUP BY direction, state"
STATES = ("pending", "done", "failed", "discarded")
CRON = f"""
SELECT res_id FROM ir_model_data
 WHERE module = 'healthcare_interop' AND name = '{WATCHDOG}' AND model = 'ir.cron'
"""
# In whole seconds: Odoo deletes a trigger that it has served only up to the second it began in.
TRIGGER = """
INSERT INTO ir_cron_trigger (cron_id, call_at)
VALUES ({}, date_trunc('second', now() AT TIME ZONE 'UTC')) RETURNING id
"""


def counts():
    """Deliveries by direction and state."""
    found = {direction: dict.fromkeys(STATES, 0) for direction in ("in", "out")}
    for direction, state, number in postgres.query(COUNTS, database.demo_name()):
        found[direction][state] = int(number)
    return found


def trigger_watchdog():
    """Have the cron worker run the watchdog now; the trigger's id, or None without a watchdog.

    Much quicker than starting an Odoo of our own: the worker listens in the database `postgres`.
    """
    name = database.demo_name()
    cron = postgres.scalar(CRON, name)
    if not cron:
        return None
    trigger = postgres.scalar(TRIGGER.format(cron), name)
    postgres.query(f"SELECT pg_notify('cron_trigger', '{name}')")
    return trigger


def _has_run(trigger):
    """The cron deletes its triggers when it has run."""
    sql = f"SELECT 1 FROM ir_cron_trigger WHERE id = {trigger}"
    return not postgres.query(sql, database.demo_name())


def wait(timeout_seconds, within_seconds=SHORTLY_SECONDS):
    """Wait until the watchdog has run and nothing is due within some seconds; False when time is up."""
    due = DUE.format(horizon=f"now() AT TIME ZONE 'UTC' + interval '{within_seconds} seconds'")
    began = asked_at = time.monotonic()
    trigger = trigger_watchdog()
    if not trigger:
        console.note("the add-on has no watchdog cron; waiting without it")
    while time.monotonic() - began < timeout_seconds:
        has_run = not trigger or _has_run(trigger)
        if has_run and postgres.scalar(due, database.demo_name()) == "0":
            return True
        if time.monotonic() - asked_at > WATCHDOG_SECONDS:
            trigger, asked_at = trigger_watchdog(), time.monotonic()
        time.sleep(POLL_SECONDS)
    return False
