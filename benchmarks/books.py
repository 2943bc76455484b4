"""A day's messages given to the add-on in one process, and what the books say in the end. Runs inside ``odoo shell``.

The door takes each message as it stands and lanes are drained one at a time, so that a hundred orders of arrival are
tried in the time that servers, workers and waits would take for ten. What these do to each other is tried elsewhere
(``shuffle.py``, ``crash.py``).
"""

import base64
import datetime as dt
import random

from odoo.addons.healthcare_interop.core.door import Knock

#: rounds of trying again what failed, as a person would
ROUNDS = 8
#: how often a lane is drained between two shuffled messages: often enough that any lane may be ahead of any other
SHARE_DRAINED = 0.5
DUE = """
SELECT DISTINCT route_id, lane FROM interop_delivery
 WHERE state = 'pending' AND (not_before IS NULL OR not_before <= clock_timestamp() AT TIME ZONE 'UTC') ORDER BY 1, 2
"""
HURRY = "UPDATE interop_delivery SET not_before = NULL WHERE state = 'pending' AND not_before < 'infinity'"
STATES = "SELECT state, count(*) FROM interop_delivery GROUP BY 1"
#: each a table of totals that no order of arrival may change
BOOKS = {
    "trial balance by cost centre": """
        SELECT a.name ->> 'en_US', COALESCE(c.name ->> 'en_US', '-'), round(sum(CASE WHEN l.analytic_distribution IS NULL
               THEN l.balance ELSE l.balance * share.value::numeric / 100 END), 2)
          FROM account_move_line l JOIN account_account a ON a.id = l.account_id
          LEFT JOIN LATERAL jsonb_each_text(l.analytic_distribution) share ON TRUE
          LEFT JOIN account_analytic_account c ON c.id::text = split_part(share.key, ',', 1)
         WHERE l.parent_state <> 'cancel' AND l.display_type NOT IN ('line_section', 'line_note')
         GROUP BY 1, 2 HAVING round(sum(l.balance), 2) <> 0 ORDER BY 1, 2""",
    "charges by cost centre": """
        SELECT COALESCE(c.name ->> 'en_US', '-'), h.state, count(*), round(sum(h.amount), 2)
          FROM interop_charge h LEFT JOIN account_analytic_account c ON c.id = h.analytic_account_id
         GROUP BY 1, 2 ORDER BY 1, 2""",
    "stock by lot": """
        SELECT p.default_code, s.complete_name, COALESCE(l.name, '-'), sum(q.quantity), sum(q.reserved_quantity)
          FROM stock_quant q JOIN product_product p ON p.id = q.product_id JOIN stock_location s ON s.id = q.location_id
          LEFT JOIN stock_lot l ON l.id = q.lot_id
         GROUP BY 1, 2, 3 HAVING sum(q.quantity) <> 0 OR sum(q.reserved_quantity) <> 0 ORDER BY 1, 2, 3""",
    "moves": "SELECT state, count(*), sum(quantity) FROM stock_move GROUP BY 1 ORDER BY 1",
    "entries": "SELECT move_type, state, count(*), round(sum(amount_total), 2) FROM account_move GROUP BY 1, 2 ORDER BY 1, 2",
    "open items": """
        SELECT a.name ->> 'en_US', count(*), round(sum(l.amount_residual), 2)
          FROM account_move_line l JOIN account_account a ON a.id = l.account_id
         WHERE a.reconcile AND l.parent_state = 'posted' AND NOT l.reconciled GROUP BY 1 ORDER BY 1""",
    "encounters": "SELECT status, encounter_class, count(*) FROM interop_encounter GROUP BY 1, 2 ORDER BY 1, 2",
    "claims": """
        SELECT state, count(*), sum(amount_total), round(COALESCE(sum(amount_approved), 0), 2), sum(amount_refused)
          FROM interop_claim GROUP BY 1 ORDER BY 1""",
    "orders": "SELECT status, count(*) FROM interop_order WHERE active GROUP BY 1 ORDER BY 1",
    "purchases": "SELECT state, count(*), round(sum(amount_total), 2) FROM purchase_order GROUP BY 1 ORDER BY 1",
}


def play(env, messages, secrets, seed=None):
    """Take and apply all; the books, and how the deliveries ended.

    Without a ``seed`` each message is applied before the next one comes. With one, lanes are drained at random in between,
    so that any of them may be ahead of any other: drained all at once in the end, they would always come one after another.
    """
    door = env["interop.door"]
    chance = None if seed is None else random.Random(seed)
    for place, message in enumerate(messages):
        answer = door._receive(_knock(message, secrets, place))
        if answer.status >= 300:
            raise ValueError(f"{message['note']}: answered {answer.status}")
        _commit(env)
        env.invalidate_all()
        if chance is None:
            _drain(env)
        elif chance.random() < SHARE_DRAINED:
            _drain_one(env, chance)
    _settle(env)
    # what waits for something that never comes, comes to its end when the route's time is over
    env["interop.route"].search([]).write({"wait_seconds": 0})
    _commit(env)
    before = None
    for _round in range(ROUNDS):
        _settle(env)
        failed = env["interop.delivery"].search([("state", "=", "failed")])
        if not failed or len(failed) == before:
            break
        before = len(failed)
        failed._try_again()
        _commit(env)
    env["interop.route"]._cron_watchdog()
    env["interop.payment.allocation"].search([("look_at", "!=", False)])._match()
    _commit(env)
    _settle(env)
    return {name: _rows(env, sql) for name, sql in BOOKS.items()}, dict(_rows(env, STATES))


def _commit(env):
    """What ends each request and each job of a server; the shell rolls back what is not committed."""
    env.cr.commit()


def _knock(message, secrets, place):
    body = base64.b64decode(message["body"])
    return Knock(
        endpoint=message["endpoint"],
        method=message["method"],
        path=f"/interop/v1/in/{message['endpoint']}{message['path']}",
        rest=message["path"].removeprefix("/"),
        content_type=message["content_type"],
        headers={name.lower(): value for name, value in message["headers"].items()},
        length=len(body),
        now=dt.datetime.now(dt.timezone.utc),
        read=lambda: body,
    )


def _settle(env):
    """Drain until nothing is due, and nothing comes of letting time pass."""
    before = None
    while True:
        _drain(env)
        env.cr.execute("SELECT count(*) FROM interop_delivery WHERE state = 'pending'")
        pending = env.cr.fetchone()[0]
        if not pending or pending == before:
            return
        before = pending
        env.cr.execute(HURRY)
        _commit(env)


def _drain(env):
    while lanes := _due(env):
        for route, lane in lanes:
            _drain_lane(env, route, lane)


def _drain_one(env, chance):
    lanes = _due(env)
    if lanes:
        _drain_lane(env, *chance.choice(lanes))


def _due(env):
    env.cr.execute(DUE)
    lanes = env.cr.fetchall()
    _commit(env)
    return lanes


def _drain_lane(env, route, lane):
    job = env(user=1, su=True, context={})["interop.route"].browse(route)
    job._drain(lane)
    _commit(env)
    env.invalidate_all()


def _rows(env, sql):
    env.cr.execute(sql)
    return [[value if value is None else str(value) for value in row] for row in env.cr.fetchall()]
