"""What ``audit.py`` does inside ``odoo shell``: entries written, sealed, verified, and each tampering found. Prints JSON."""

import json
import time

from odoo.addons.healthcare_interop.core.audit import Act, Entry

ENTRIES, EACH = globals()["ENTRIES"], 100
#: written one after the other, so that there are seals before and after the one that is tampered with
PARTS = 10
TABLES = ("interop_audit_entry", "interop_audit_seal")


def write(env, count):
    log = env["interop.audit"]
    for start in range(0, count, EACH):
        log._record(
            Act(
                "changed",
                res_model="interop.endpoint",
                res_id=number,
                res_name=f"Endpoint {number}",
                company_id=1,
                details={"max_body_kb": [1024, number], "state": ["test", "live"]},
            )
            for number in range(start, min(start + EACH, count))
        )
        # each hundred is an act of its own
        env.cr.commit()


def seal(env):
    while env["interop.audit.seal"]._seal_due(env.cr):
        # each seal follows what was committed before it
        env.cr.commit()


def verify(env):
    check = env["interop.audit.verification"].create({})
    check._step(None)
    return check


def tampered(env, statements, is_last):
    """What the verification names after ``statements``; nothing stays, but of the last one."""
    cr = env.cr
    cr.execute("SAVEPOINT tamper")
    for table in TABLES:
        cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for statement in statements:
        cr.execute(statement)
    if is_last:
        # heads outside are held against what is committed
        cr.commit()
    check = verify(env)
    found = [tuple(one[:4]) for one in check.findings or []]
    env.flush_all()
    if not is_last:
        cr.execute("ROLLBACK TO SAVEPOINT tamper")
    env.invalidate_all(flush=False)
    return found


def tamperings(first, last, seal_id, newest):
    """``(name, statements, what must be found)``; ``first`` to ``last`` are under ``seal_id``, ``newest`` is the last seal."""
    one, other = first + 1, first + 2
    columns = ", ".join(name for name in Entry._fields if name != "id")
    entry, row = "interop_audit_entry", "interop_audit_seal"
    return [
        (
            "altered",
            [f"UPDATE {entry} SET actor = 'x' WHERE id = {one}"],
            ("altered_entry", one, seal_id, None),
        ),
        (
            "deleted",
            [f"DELETE FROM {entry} WHERE id = {one}"],
            ("missing_entry", one, seal_id, one),
        ),
        (
            "inserted",
            [
                f"INSERT INTO {entry} (id, {columns}) SELECT 2000000000, {columns} FROM {entry} WHERE id = {one}"
            ],
            ("inserted_entry", 2_000_000_000, None, None),
        ),
        (
            "reordered",
            [
                f"UPDATE {entry} SET id = -1 WHERE id = {one}",
                f"UPDATE {entry} SET id = {one} WHERE id = {other}",
                f"UPDATE {entry} SET id = {other} WHERE id = -1",
            ],
            ("reordered_entry", one, seal_id, None),
        ),
        (
            "seal altered",
            [f"UPDATE {row} SET count = 1 WHERE id = {seal_id}"],
            ("altered_seal", None, seal_id, None),
        ),
        (
            "seal deleted with its entries",
            [
                f"DELETE FROM {row} WHERE id = {seal_id}",
                f"DELETE FROM {entry} WHERE id BETWEEN {first} AND {last}",
            ],
            ("missing_seal", None, seal_id, seal_id),
        ),
        (
            "tail cut off",
            [
                f"DELETE FROM {entry} WHERE id >= (SELECT first_id FROM {row} WHERE id = {newest})",
                f"DELETE FROM {row} WHERE id = {newest}",
                "DELETE FROM interop_audit_unsealed",
            ],
            ("cut_off", None, newest, newest),
        ),
    ]


def timed(work, *arguments):
    began = time.monotonic()
    result = work(*arguments)
    return result, round(time.monotonic() - began, 2)


def main(env):
    seal(env)
    writing = sealing = 0
    for _part in range(PARTS):
        writing += timed(write, env, ENTRIES // PARTS)[1]
        sealing += timed(seal, env)[1]
    check, verifying = timed(verify, env)
    broken = (
        [] if check.state == "holds" and check.is_end_proven else [f"does not hold: {check.places}"]
    )
    verified = check.entry_count
    env.cr.rollback()
    env.cr.execute(
        "SELECT id, first_id, last_id FROM interop_audit_seal WHERE count > 10 ORDER BY id OFFSET 3 LIMIT 1"
    )
    seal_id, first, last = env.cr.fetchone()
    env.cr.execute("SELECT max(id) FROM interop_audit_seal")
    [newest] = env.cr.fetchone()
    named = {}
    for name, statements, expected in tamperings(first, last, seal_id, newest):
        found, seconds = timed(tampered, env, statements, name == "tail cut off")
        named[name] = seconds
        if expected not in found:
            broken.append(f"{name}: {expected} is not among {found[:5]}")
    figures = {
        "entries": verified,
        "write_seconds": round(writing, 2),
        "seal_seconds": round(sealing, 2),
        "verify_seconds": verifying,
        "tampering_seconds": named,
        "broken": broken,
    }
    print(f">>>\n{json.dumps(figures)}")


main(globals()["env"])
