"""`up`: from nothing to a running Odoo whose demo hospital has lived through a day."""

import importlib.util
import json
import time

from devkit import addon, console, database, drain, odoo, paths, peers, server

SEED = 1
DRAIN_SECONDS = 300
# longer than any route of the demo waits for what a message refers to
PATIENCE_SECONDS = 60


def up():
    """Set up what is missing, start, play the demo day once, and say where to look."""
    database.prepare()
    addon.ensure_demo()
    server.start()
    if not paths.PLAYED.exists():
        play()
    elif not _print_counts():
        console.note("the add-on counts no deliveries yet")
    _print_welcome()


def play():
    """Post the demo hospital's day through the HTTP door and wait until it is processed."""
    if not importlib.util.find_spec("devkit.hospital"):
        console.note("there is no devkit/hospital.py yet: no demo day to play")
        return
    from devkit import hospital  # written apart; a checkout may lack it

    messages = list(hospital.day(SEED))
    refused = _post(messages)
    if refused:
        console.note(f"{len(refused)} messages were refused, for example:")
        for line in refused[:5]:
            console.note(f"  {line}")
    with console.step("the day is being processed"):
        finished = drain.wait(DRAIN_SECONDS, PATIENCE_SECONDS)
    if not finished:
        console.note(f"not everything was processed within {DRAIN_SECONDS} s; see ./dev drain")
    _print_counts()
    paths.PLAYED.write_text(f"{len(messages)}\n", encoding="utf-8")


def _post(messages):
    """Post all messages in order; the refused ones come back as lines of text."""
    refused, told_at = [], time.monotonic()
    known = {
        endpoint: peers.credential(endpoint) for endpoint in {one.endpoint for one in messages}
    }
    console.note(f"the demo hospital's day: posting {len(messages)} messages …")
    for number, one in enumerate(messages, 1):
        answer = peers.post(
            one.endpoint,
            one.body,
            one.content_type,
            credential=known[one.endpoint],
            path=one.path,
            method=one.method,
            headers=one.headers,
        )
        if answer.status >= 400:
            text = answer.body.decode("utf-8", "replace")[:200]
            refused.append(f"{one.endpoint}, {one.note}: {answer.status} {text}")
        if time.monotonic() - told_at > 3 or number == len(messages):
            console.note(f"  {number} of {len(messages)} posted, {len(refused)} refused")
            told_at = time.monotonic()
    return refused


def _print_counts():
    try:
        counts = drain.counts()
    except console.Failure:  # the table is not there yet
        return False
    for direction, states in counts.items():
        told = ", ".join(f"{number} {state}" for state, number in states.items())
        console.note(f"deliveries {direction}: {told}")
    return True


WELCOME = """
Odoo runs at   {url}
Log in as      admin, password admin

Look first at  Interop › Overview: the demo hospital's systems as cards
               Interop › Exceptions: what got stuck in its day, and why
               Interop › Traffic › Messages: open one and follow it to the records it made
Next           ./dev send demo_pas FILE…   post a message of your own
               ./dev stop · ./dev reset · ./dev --help"""


def _print_welcome():
    console.note("ready")
    print(WELCOME.format(url=odoo.url()), flush=True)


def drain_command(options):
    """The command `drain`: one JSON line; False when time was up."""
    if not server.pid():
        raise console.Failure("Odoo does not run, so nothing works on what is due: ./dev up")
    finished = drain.wait(options.timeout)
    print(json.dumps(drain.counts()), flush=True)
    if not finished:
        console.note(f"still something due after {options.timeout} s")
    return finished
