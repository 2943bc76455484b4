"""A month's messages of the demo hospital, all invoices posted: the trial balance by cost centre is charges and consumption at cost.

What cost centres show in Odoo (analytic items: invoice lines and stock movements) is compared with what messages told:
charges that were billed, credits among them, less what was consumed, returns among it, at the value Odoo gave each movement.

    python3 benchmarks/month.py
    python3 benchmarks/month.py --days 5
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import causality, instance  # noqa: E402
from devkit import console, hospital  # noqa: E402

#: signed together; a signature is good for five minutes
AT_ONCE = 400
CENT = 0.005
PLAY = "\nimport json\nplay(env, json.loads({messages!r}), None)\nprint('>>>')\nprint('[]')\n"
CLOSE = """
import json
drafts = env['account.move'].search([('move_type', 'in', ('out_invoice', 'out_refund')), ('state', '=', 'draft')])
drafts.filtered('invoice_line_ids').action_post()
print('>>>')
print(json.dumps(len(drafts)))
"""
#: {cost centre: what Odoo shows}, and what messages told
SHOWN = """
SELECT c.name ->> 'en_US', round(sum(l.amount)::numeric, 2) FROM account_analytic_line l
  JOIN account_analytic_account c ON c.id = COALESCE(l.{column}, l.account_id) GROUP BY 1 ORDER BY 1"""
CHARGED = """
SELECT c.name ->> 'en_US', round(sum(h.amount)::numeric, 2) FROM interop_charge h
  JOIN account_analytic_account c ON c.id = h.analytic_account_id
  JOIN account_move_line l ON l.id = h.move_line_id
 WHERE h.state = 'billed' AND l.parent_state = 'posted' GROUP BY 1"""
CONSUMED = """
SELECT c.name ->> 'en_US', round(sum(CASE WHEN d.usage = 'internal' THEN -m.value ELSE m.value END)::numeric, 2)
  FROM stock_move m JOIN account_analytic_account c ON c.id = m.interop_analytic_account_id
  JOIN stock_location d ON d.id = m.location_dest_id
 WHERE m.state = 'done' GROUP BY 1"""
WAITING = "SELECT state, count(*) FROM interop_delivery GROUP BY 1"
#: what people would have to look at, without values
FAILED = """
SELECT concat_ws(' ', d.entity, d.event, d.error_code, d.error_path), count(*) FROM interop_delivery d
 WHERE d.state = 'failed' GROUP BY 1 ORDER BY 1"""
COLUMN = "SELECT attname FROM pg_attribute WHERE attrelid = 'account_analytic_line'::regclass AND attname LIKE 'x_plan%_id'"


def main():
    options = run.options(__doc__, days=(int, 31, "of the hospital, each about 375 messages"))
    began = time.monotonic()
    sent = list(hospital.days(options.seed, options.days))
    with instance.prepared(keep=options.keep_template):
        one = instance.Instance("month", workers=0).create()
        try:
            one.query("UPDATE interop_route SET wait_seconds = 3600")
            code = causality.CODE.read_text(encoding="utf-8")
            for first in range(0, len(sent), AT_ONCE):
                batch = sent[first : first + AT_ONCE]
                messages = json.dumps([causality.told(each, one.peers) for each in batch])
                with console.step(f"messages {first + 1} to {first + len(batch)}"):
                    one.script(code + PLAY.format(messages=messages))
            with console.step("posting all invoices"):
                posted = int(one.script(CLOSE))
            broken, figures = compare(one)
        finally:
            one.drop()
    figures |= {"messages": len(sent), "invoices": posted}
    figures |= {"seconds": round(time.monotonic() - began, 1)}
    run.finish("month", broken, figures)


def compare(one):
    """Lines on cost centres that show something else, and the figures."""
    columns = [name for (name,) in one.query(COLUMN)]
    column = columns[0] if columns else "account_id"
    shown, charged, consumed = (
        {centre: float(amount) for centre, amount in one.query(sql)}
        for sql in (SHOWN.format(column=column), CHARGED, CONSUMED)
    )
    broken = []
    for centre in sorted({*shown, *charged, *consumed}):
        told = charged.get(centre, 0.0) - consumed.get(centre, 0.0)
        if abs(shown.get(centre, 0.0) - told) > CENT:
            broken.append(f"{centre}: shows {shown.get(centre, 0.0):.2f}, was told {told:.2f}")
    broken += [f"{count} x failed: {what}" for what, count in one.query(FAILED)]
    return broken, {
        "centres": len(shown),
        "charged": round(sum(charged.values()), 2),
        "consumed": round(sum(consumed.values()), 2),
        "shown": round(sum(shown.values()), 2),
        "deliveries": dict(one.query(WAITING)),
    }


if __name__ == "__main__":
    main()
