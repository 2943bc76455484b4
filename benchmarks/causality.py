"""The demo hospital's day in any order of arrival: the same books, stock by lot, and trial balance by cost centre.

The day runs once in order, each message applied at once, and then once for each seed, messages shuffled and lanes drained
in between at random, each in a fresh copy of one database, in one process without servers (``books.py``). Totals are
compared, so one line tells what is wrong; ``shuffle.py`` compares every record.

    python3 benchmarks/causality.py --seeds 100
    python3 benchmarks/causality.py --seeds 5 --day 0.25
"""

import base64
import datetime as dt
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402
from devkit import console, hospital, signing  # noqa: E402

CODE = Path(__file__).with_name("books.py")
TELL = "\nimport json\nfound = play(env, json.loads({messages!r}), None, {seed!r})\nprint('>>>')\nprint(json.dumps(found))\n"


def told(sent, peers):
    """What is posted, as ``books.py`` wants it: signed now, since a signature is good for five minutes."""
    identity = signing.message_id(sent.endpoint + sent.path, sent.body)
    signed = signing.headers(peers[sent.endpoint], identity, sent.body)
    return {
        "endpoint": sent.endpoint,
        "method": sent.method,
        "path": sent.path,
        "content_type": sent.content_type,
        "headers": {**signed, **sent.headers},
        "body": base64.b64encode(sent.body).decode(),
        "note": sent.note,
    }


def books(name, sent, seed=None):
    """``(books, {state: deliveries})`` after ``sent`` came in that order to a fresh hospital.

    With a ``seed``, lanes are drained in between as it says; without one, each message is applied before the next comes.
    """
    one = instance.Instance(name, workers=0).create()
    try:
        one.query("UPDATE interop_route SET wait_seconds = 3600")
        one.query("DELETE FROM queue_job")
        messages = json.dumps([told(each, one.peers) for each in sent])
        return json.loads(
            one.script(CODE.read_text(encoding="utf-8") + TELL.format(messages=messages, seed=seed))
        )
    finally:
        one.drop()


def differences(wanted, found):
    """Lines on totals that are not the same."""
    for title in wanted:
        here, there = ({json.dumps(row) for row in each[title]} for each in (wanted, found))
        for row in sorted(here - there):
            yield f"{title}: only in order: {row}"
        for row in sorted(there - here):
            yield f"{title}: only shuffled: {row}"


def main():
    options = run.options(
        __doc__, seeds=(int, 100, "orders of arrival"), day=(float, 1.0, "scale of the demo day")
    )
    sent = list(hospital.day(1, dt.date.today() - dt.timedelta(days=1), options.day))
    began, broken, worst = time.monotonic(), [], 0
    with instance.prepared(keep=options.keep_template):
        with console.step(f"{len(sent)} messages in order"):
            wanted, states = books("causality", sent)
        for seed in range(options.seed, options.seed + options.seeds):
            shuffled = list(sent)
            random.Random(seed).shuffle(shuffled)
            with console.step(f"seed {seed}"):
                found, _states = books("causality", shuffled, seed)
            lines = [f"seed {seed}: {line}" for line in differences(wanted, found)]
            worst, broken = max(worst, len(lines)), broken + lines
    figures = {
        "messages": len(sent),
        "seeds": options.seeds,
        "deliveries": states,
        "totals": {title: len(rows) for title, rows in wanted.items()},
        "differences": len(broken),
        "seconds": round(time.monotonic() - began, 1),
    }
    run.finish("causality", broken, figures)


if __name__ == "__main__":
    main()
