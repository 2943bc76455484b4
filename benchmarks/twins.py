"""Fifty copies of one message, posted at once: one effect, and fifty answers equal to the byte.

One message of each format and kind. Afterwards its content is purged, as retention would, and fifty copies come again:
the same answer, and nothing happens.

    python3 benchmarks/twins.py                  fifty copies
    python3 benchmarks/twins.py --copies 10
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance, quiet, traffic  # noqa: E402
from benchmarks.sender import Sender, at_once  # noqa: E402
from devkit import console, hospital  # noqa: E402

SETTLE_SECONDS = 120
#: Headers that say when or by whom an answer was written, not what it says.
TRANSIENT = {"date", "server", "connection", "keep-alive"}
#: What must not grow by a resend. Deliveries and attempts are the exchange's own, the rest are what people see.
TABLES = (
    "interop_message interop_delivery interop_binding interop_charge interop_encounter interop_encounter_stay "
    "interop_order interop_location res_partner hr_employee product_product stock_move stock_picking stock_move_line "
    "stock_lot account_move account_move_line purchase_order"
).split()

PURGE = """
env.cr.execute("UPDATE interop_message SET payload_until = now() AT TIME ZONE 'UTC' - interval '1 second'")
env['interop.message']._gc_payloads()
print('>>>')
env.cr.execute("SELECT count(*) FROM interop_payload")
print(env.cr.fetchone()[0])
"""


def samples(seed):
    """``(master data to send first, [one request of each kind])``."""
    first, messages, _expected = traffic.countable(10, seed)
    chosen = {words: next(one for one in messages if one.note.startswith(words)) for words in KINDS}
    day = hospital.day(seed)
    for words in DAY_KINDS:
        found = next((one for one in day if one.note.startswith(words) and stands_alone(one)), None)
        if found is not None:
            chosen[words] = found
    return first, chosen


def stands_alone(sent):
    """Whether a cabinet's message refers to no stay, which would have to be sent first."""
    return sent.endpoint != "demo_cabinet" or b'"encounter"' not in sent.body


KINDS = ("person", "charge", "movement")
DAY_KINDS = (
    "EHR Patient",
    "vendor bill",
    "batch of",
    "goods received",
    "A01 admission",
    "message Bundle",
)


def state(odoo):
    """``{table: rows}``, and the sum of what was moved and charged."""
    counts = {table: odoo.scalar(f'SELECT count(*) FROM "{table}"') for table in TABLES}
    counts["quantity moved"] = odoo.scalar(
        "SELECT sum(quantity) FROM stock_move WHERE state = 'done'"
    )
    counts["amount charged"] = odoo.scalar("SELECT sum(amount) FROM interop_charge")
    return counts


def told(answer):
    """What an answer says, without what says only when it was written."""
    if answer is None:
        return None
    headers = sorted(pair for pair in answer.headers.items() if pair[0] not in TRANSIENT)
    return answer.status, tuple(headers), answer.body


def strike(sender, sent, copies):
    """Post the copies at once; each is signed afresh and has the id that a retry would have.

    Two workers let no more than sixteen stand in line; whoever finds no place comes again, as senders do.
    """
    return at_once([lambda: sender.insist(sent)[0]] * copies)


def judge(words, answers, first):
    """``(lines on what was broken, the answer that all should have given)``."""
    found = [told(answer) for answer in answers]
    wanted = first or found[0]
    broken = []
    if wanted is None or wanted[0] >= 300:
        broken.append(f"{words}: answered {wanted and wanted[:1]}")
    different = [one for one in found if one != wanted]
    if different:
        broken.append(
            f"{words}: {len(different)} of {len(found)} answers differ: {differences(wanted, different[0])}"
        )
    return broken, wanted


def differences(one, other):
    """Where two answers differ: never the whole body, it may be long."""
    if one is None or other is None:
        return "no answer"
    if one[0] != other[0]:
        return f"status {one[0]} and {other[0]}, {other[2][:160]!r}"
    if one[1] != other[1]:
        return f"headers {sorted(set(one[1]) ^ set(other[1]))}"
    return f"body {one[2][:160]!r} and {other[2][:160]!r}"


def main():
    options = run.options(__doc__, copies=(int, 50, "copies of each message"))
    first, chosen = samples(options.seed)
    began, broken, answers = time.monotonic(), [], {}
    with instance.running(
        "twins", keep=options.keep_template, keep_database=options.keep_database
    ) as odoo:
        sender = Sender(odoo)
        for sent in first:
            sender.insist(sent)
        quiet.wait(odoo, SETTLE_SECONDS)
        grown = {}
        for words, sent in chosen.items():
            before = state(odoo)
            found = strike(sender, sent, options.copies)
            more, answers[words] = judge(words, found, None)
            quiet.wait(odoo, SETTLE_SECONDS)
            after = state(odoo)
            grown[words] = {
                table: int((after[table] or 0) - (before[table] or 0))
                for table in after
                if after[table] != before[table]
            }
            broken += more + one_effect(odoo, words, grown[words], sent)
            console.note(f"{words}: {options.copies} at once, grown {grown[words]}")
        broken += failed(odoo)
        before = state(odoo)
        left = int(odoo.script(PURGE))
        if left:
            broken.append(f"{left} contents were left after the purge")
        for words, sent in chosen.items():
            more, _same = judge(
                f"{words}, purged", strike(sender, sent, options.copies), answers[words]
            )
            broken += more
        quiet.wait(odoo, SETTLE_SECONDS)
        broken += [
            f"after the purge {table} went from {before[table]} to {count}"
            for table, count in state(odoo).items()
            if count != before[table]
        ]
        broken += quiet.lying(odoo)
    figures = {
        "copies": options.copies,
        "kinds": len(chosen),
        "answers_compared": 2 * options.copies * len(chosen),
        "turned_away_and_came_again": dict(sender.unanswered),
        "grown": grown,
        "seconds": round(time.monotonic() - began, 1),
    }
    run.finish("twins", broken, figures)


def one_effect(odoo, words, grown, sent):
    """One message (as many as the body holds), and no business key twice."""
    messages = grown.get("interop_message", 0)
    documents = len(sent.body.splitlines()) if "NDJSON" in sent.note else 1
    if "batch of" in sent.note:
        documents = int(sent.note.split()[2])
    lines = (
        []
        if messages == documents
        else [f"{words}: {messages} messages stored, {documents} expected"]
    )
    if len(grown) < 3:
        lines.append(f"{words}: no effect in any business table")
    wanted = EFFECTS.get(words)
    if wanted and grown.get(wanted) != 1:
        lines.append(f"{words}: {wanted} grew by {grown.get(wanted, 0)}, not 1")
    return lines


EFFECTS = {
    "person": "res_partner",
    "charge": "interop_charge",
    "movement": "stock_move",
    "EHR Patient": "res_partner",
    "vendor bill": "account_move",
    "A01 admission": "interop_encounter",
    "message Bundle": "interop_order",
}


def failed(odoo):
    return [f"deliveries {words}: {number}" for words, number in odoo.query(traffic.NOT_DONE)]


if __name__ == "__main__":
    main()
