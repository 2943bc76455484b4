"""What history costs: the same work in a database with a thousand messages behind it, with more, and with very many.

The history is made by SQL, shaped as a hospital's: nine of ten deliveries done, a few failed, content purged but for the
newest. The databases run beside each other and take turns, so that the machine's moods fall on all alike. Then a hundred
thousand deliveries wait on another route.
"""

import contextlib
import json
import time

from benchmarks import instance
from benchmarks.speed import backlog, load, meter, place
from benchmarks.speed import messages as made
from benchmarks.speed.figures import Bar, Case, ratio
from devkit import console

HISTORIES = (1_000, 100_000, 2_000_000)
WAITING = 100_000
#: messages a round
PARTIES, SECONDS, SENDERS = 1000, 2.0, 8
#: one patient for so many messages
MESSAGES_A_PATIENT = 10
#: contents that the purge has not reached
KEPT = 100_000

HISTORY = """
WITH bench AS (
    SELECT e.id AS endpoint, e.system_id AS system, e.company_id AS company, r.id AS route
      FROM interop_endpoint e JOIN interop_route r ON r.system_id = e.system_id AND r.entity = 'party'
     WHERE e.code = 'bench_two'
), message AS (
    INSERT INTO interop_message (uuid, endpoint_id, system_id, company_id, direction, format, kind, type, source,
        sender_ref, dedup_key, fingerprint, received_at, source_time, answer, size, is_test, payload_until, purged_at)
    SELECT gen_random_uuid()::text, endpoint, system, company, 'in', 'cloudevents', 'org.interop.party.updated.v1',
        'org.interop.party.updated.v1', '/bench', 'h' || n, md5('h' || n), md5('f' || n),
        now() AT TIME ZONE 'UTC' - make_interval(secs => (%(last)s - n) * 5), '2026-01-01T00:00:00Z', '{"index": 0}', 2048,
        FALSE, now() AT TIME ZONE 'UTC' + make_interval(days => CASE WHEN n > %(last)s - %(kept)s THEN 30 ELSE -1 END),
        CASE WHEN n > %(last)s - %(kept)s THEN NULL ELSE now() AT TIME ZONE 'UTC' END
      FROM bench, generate_series(1, %(last)s) AS n
    RETURNING id, uuid, sender_ref, system_id, company_id, received_at, purged_at
), content AS (
    INSERT INTO interop_payload (message_id, body)
    SELECT id, decode(repeat(md5(uuid), 60), 'hex') FROM message WHERE purged_at IS NULL
)
INSERT INTO interop_delivery (message_id, route_id, lane, direction, system_id, company_id, ordinal, entity, event, subject,
    version, state, effect, res_model, res_id, tries, received_at, done_at, reason, fingerprint, error_category,
    error_code)
SELECT m.id, b.route, m.id %% 2, 'in', m.system_id, m.company_id, 0, 'party', 'updated',
    'party/H' || (substr(m.sender_ref, 2)::int / %(each)s), m.sender_ref,
    CASE WHEN m.id %% 10 = 0 THEN 'discarded' WHEN m.id %% 5000 = 1 THEN 'failed' ELSE 'done' END, 'updated',
    'res.partner', 1, 1, m.received_at, m.received_at, NULL,
    CASE WHEN m.id %% 5000 = 1 THEN 'history' END, CASE WHEN m.id %% 5000 = 1 THEN 'code' END,
    CASE WHEN m.id %% 5000 = 1 THEN 'unknown_product' END
  FROM message m, bench b
"""
#: whom the history was about: copies of a partner that the product made, their identifiers and versions
PATIENTS = """
WITH example AS (
    SELECT p.* FROM res_partner p JOIN interop_binding b ON b.res_model = 'res.partner' AND b.res_id = p.id
     WHERE b.namespace = 'bench|BENCH' ORDER BY p.id LIMIT 1
), partner AS (
    INSERT INTO res_partner (name, complete_name, email, {columns})
    SELECT 'History ' || n, 'History ' || n, 'h' || n || '@history.example', {columns}
      FROM example, generate_series(0, %(last)s) AS n
    RETURNING id, name
), bound AS (
    INSERT INTO interop_binding (entity, namespace, value, system_id, res_model, res_id, created_at)
    SELECT 'party', 'bench|BENCH', 'H' || substr(partner.name, 9), s.id, 'res.partner', partner.id, now() AT TIME ZONE 'UTC'
      FROM partner, interop_system s WHERE s.code = 'bench'
)
INSERT INTO interop_version (res_model, res_id, system_id, attributes)
SELECT 'res.partner', partner.id, s.id, '{{"name": "1", "address": "1", "contacts": "1"}}'
  FROM partner, interop_system s WHERE s.code = 'bench'
"""
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
 WHERE attrelid = 'res_partner'::regclass AND attnum > 0 AND NOT attisdropped
   AND attname NOT IN ('id', 'name', 'complete_name', 'email', 'commercial_partner_id')
"""
BACKLOG = """
WITH bench AS (
    SELECT e.id AS endpoint, e.system_id AS system, e.company_id AS company, r.id AS route
      FROM interop_endpoint e JOIN interop_route r ON r.system_id = e.system_id AND r.entity = 'party'
     WHERE e.code = 'bench_bulk'
), message AS (
    INSERT INTO interop_message (uuid, endpoint_id, system_id, company_id, direction, format, kind, type, source,
        sender_ref, dedup_key, fingerprint, received_at, answer, size, is_test, payload_until)
    SELECT gen_random_uuid()::text, endpoint, system, company, 'in', 'cloudevents', 'org.interop.party.updated.v1',
        'org.interop.party.updated.v1', '/bench', 'w' || n, md5('w' || n), md5('g' || n), now() AT TIME ZONE 'UTC',
        '{"index": 0}', 2048, FALSE, now() AT TIME ZONE 'UTC' + interval '30 days'
      FROM bench, generate_series(1, %s) AS n
    RETURNING id, sender_ref, system_id, company_id
)
INSERT INTO interop_delivery (message_id, route_id, lane, direction, system_id, company_id, ordinal, entity, event, subject,
    version, state, tries, received_at, not_before)
SELECT m.id, b.route, 0, 'in', m.system_id, m.company_id, 0, 'party', 'updated', 'party/W' || m.sender_ref, '1', 'pending',
    0, now() AT TIME ZONE 'UTC', 'infinity'
  FROM message m, bench b
"""
#: rows of large tables that were read by going through the whole table; a hot path never does that
SCANNED = """
SELECT COALESCE(sum(seq_tup_read), 0) FROM pg_stat_user_tables
 WHERE relname IN ('interop_message', 'interop_payload', 'interop_delivery', 'interop_binding', 'interop_version')
"""
#: PostgreSQL's backends tell what they did within so many seconds
STATISTICS_SECONDS = 11
#: the lists people open first, and the milliseconds that PostgreSQL takes for them
LISTS = """
import datetime, json, threading
today = datetime.date.today().isoformat()
lists = {
    'messages today': ('interop.message', [('received_at', '>=', today)]),
    'all messages': ('interop.message', []),
    'deliveries waiting': ('interop.delivery', [('state', '=', 'pending')]),
    'deliveries failed': ('interop.delivery', [('state', '=', 'failed')]),
    'messages that failed': ('interop.message', [('delivery_ids.state', '=', 'failed')]),
}
thread, told = threading.current_thread(), {}
for name, (model, domain) in lists.items():
    fields = {one: {} for one in ('system_id', 'received_at', 'state')}
    for again in range(3):
        env.invalidate_all()
        thread.query_count, thread.query_time = 0, 0.0
        env[model].web_search_read(domain, fields, limit=80, count_limit=10001)
        told[name] = thread.query_time * 1000
print('>>>')
print(json.dumps(told))
"""
LIST_MILLISECONDS = 200


def measure(options):
    cases, lists = {}, {}
    with contextlib.ExitStack() as stack:
        running = {}
        for size in HISTORIES:
            one = stack.enter_context(
                instance.started(f"growth{size}", template=place.PLACE, channels=place.CHANNELS)
            )
            running[size] = one
            for warming in (-1, -2):
                _volley(one, Case("", ""), warming)
                _drain(one, Case("", ""), warming)
            with console.step(f"{size:,} messages of history"):
                _history(one, size)
        largest = running[HISTORIES[-1]]
        time.sleep(STATISTICS_SECONDS)
        scanned = largest.scalar(SCANNED)
        for round_ in range(options.rounds):
            for size, one in running.items():
                _round(cases, one, f"{size:,} messages of history", size, round_)
        time.sleep(STATISTICS_SECONDS)
        scanned = largest.scalar(SCANNED) - scanned
        lists = json.loads(largest.script(LISTS))
        largest.query(BACKLOG, WAITING)
        largest.query("ANALYZE interop_delivery")
        for round_ in range(options.rounds, 2 * options.rounds):
            _round(cases, running[HISTORIES[0]], "beside it: a thousand of history", 0, round_)
            _round(cases, largest, f"{WAITING:,} waiting elsewhere", WAITING + 1, round_)
    found = [case for pair in cases.values() for case in pair]
    found[0].extra = {"lists": lists, "scanned": int(scanned)}
    return found


def _history(odoo, size):
    odoo.query(HISTORY, last=size, kept=KEPT, each=MESSAGES_A_PATIENT)
    columns = odoo.scalar(COLUMNS)
    odoo.query(PATIENTS.format(columns=columns), last=size // MESSAGES_A_PATIENT)
    odoo.query(
        "UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL"
    )
    odoo.query("VACUUM ANALYZE")


def _round(cases, odoo, words, key, round_):
    door, drain = cases.setdefault(
        key,
        (
            Case(f"growth.door.{key}", f"Door, {words}", senders=SENDERS),
            Case(f"growth.drain.{key}", f"New patients drained, {words}"),
        ),
    )
    _volley(odoo, door, round_)
    _drain(odoo, drain, round_)


def _numbers(round_, count, offset):
    first = 10_000_000 + round_ * 100_000 + offset
    return range(first, first + count)


def _volley(odoo, case, round_):
    """The door alone: the runner stands still. What it took in is drained afterwards, unmeasured."""
    requests = [
        made.single(odoo, made.party(one)) for one in _numbers(round_, int(SECONDS * 700), 50_000)
    ]
    with backlog.standing(odoo), meter.used(odoo) as used:
        shots = load.fire(odoo.port, requests, senders=SENDERS, seconds=SECONDS)
    case.add_volley(shots, used, used.of("/interop/v1/in/"))
    backlog.wait(odoo, IS_DRAINED)


def _drain(odoo, case, round_):
    bodies = [made.party(one) for one in _numbers(round_, PARTIES, 0)]
    seconds, used = backlog.drained(odoo, lambda: backlog.post(odoo, bodies), IS_DRAINED)
    case.add(messages=PARTIES, seconds=seconds, used=used, statements=used.of("/queue_job/"))


IS_DRAINED = (
    "SELECT NOT EXISTS (SELECT 1 FROM interop_delivery d JOIN interop_route r ON r.id = d.route_id "
    "JOIN interop_system s ON s.id = r.system_id WHERE d.state = 'pending' AND s.code = 'bench')"
)


def bars(cases):
    at = {case.name: case for case in cases}
    small, large = HISTORIES[0], HISTORIES[-1]
    found = [
        Bar(
            f"{what}: {large:,} messages of history ÷ {small:,}",
            ratio(at[f"growth.{key}.{large}"], at[f"growth.{key}.{small}"]),
            0.9,
        )
        for key, what in (("door", "Door"), ("drain", "New patients drained"))
    ]
    found += [
        Bar(
            f"{what}: {WAITING:,} waiting elsewhere ÷ none",
            ratio(at[f"growth.{key}.{WAITING + 1}"], at[f"growth.{key}.0"]),
            0.9,
        )
        for key, what in (("door", "Door"), ("drain", "New patients drained"))
    ]
    found.append(
        Bar(
            f"Rows of history read by whole-table scans at {large:,}, door and drain",
            cases[0].extra["scanned"],
            most=0,
        )
    )
    return found + [
        Bar(f"Milliseconds of SQL at {large:,}: {name}", milliseconds, most=LIST_MILLISECONDS)
        for name, milliseconds in cases[0].extra["lists"].items()
    ]
