"""Keys are rotated over a hundred thousand stored messages while others come in: nothing becomes unreadable.

Two servers, as two hosts: one is restarted with the new key while the other still knows the old one only, then the other;
what is stored is re-encrypted meanwhile. In the end both are restarted without the old key, and every stored message is read.

    python3 benchmarks/rekey.py
    python3 benchmarks/rekey.py --stored 2000
"""

import configparser
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402
from benchmarks.speed import backlog, messages, place  # noqa: E402
from benchmarks.speed.insisting import Crowd  # noqa: E402
from core.keyring import fingerprint_entry, generate_entry  # noqa: E402
from devkit import console, paths  # noqa: E402

VARIABLE = "HEALTHCARE_INTEROP_KEYS"
SENDERS, RATE = 2, 30
#: numbers of patients that are told of meanwhile
LATER = 10_000_000
PATIENCE_SECONDS = 900
BEGIN = "env['interop.reencryption']._begin()\nprint('>>>')\nprint('[]')\n"
READ = """
import json
ring, bad, read = env["interop.keyring"]._keyring(), 0, 0
env.cr.execute("SELECT m.uuid, p.body FROM interop_payload p JOIN interop_message m ON m.id = p.message_id")
for uuid, body in env.cr.fetchall():
    try:
        json.loads(ring.decrypt(body, row_uuid=uuid))
        read += 1
    except Exception:
        # whatever the reason that it can't be read: it is counted as lost, and the bench fails
        bad += 1
print(">>>")
print(json.dumps({"read": read, "unreadable": bad, "keys": list(ring.key_ids)}))
"""
STATE = (
    "SELECT state, changed, unreadable, reason FROM interop_reencryption ORDER BY id DESC LIMIT 1"
)


def start(server, keys):
    """Start a server that was told ``keys``."""
    os.environ[VARIABLE] = ",".join(keys)
    with console.step(f"{server.conf.stem} with {len(keys)} entries of keys"):
        server.start()


def configured():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(paths.CONF, encoding="utf-8")
    return parser["healthcare_interop"]["encryption_keys"]


def stop(server):
    """Its own processes only; the other one goes on."""
    server._process.terminate()
    server._process.wait(30)


def store(server, count):
    """Messages that are kept and not applied: what they cost is told elsewhere."""
    server.query("UPDATE interop_endpoint SET state = 'test' WHERE code = %s", messages.ENDPOINT)
    with console.step(f"{count} messages are stored"):
        for first in range(0, count, 10_000):
            bodies = [messages.party(n) for n in range(first, min(first + 10_000, count))]
            backlog.post(server, bodies)
    server.query("UPDATE interop_endpoint SET state = 'live' WHERE code = %s", messages.ENDPOINT)


def wait(server):
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = server.query(STATE)
        if found and found[0][0] != "running":
            return found[0]
        time.sleep(0.5)
    raise console.Failure("the re-encryption did not end")


def main():
    options = run.options(__doc__, stored=(int, 100_000, "messages before"))
    old, new = configured(), generate_entry("new", os.urandom)
    figures, began = {}, time.monotonic()
    with instance.prepared(keep=options.keep_template, template=place.PLACE):
        one = instance.Instance("rekey", template=place.PLACE, channels=place.CHANNELS).create()
        other = instance.Instance(
            "rekey_other", template=place.PLACE, channels=place.CHANNELS, database=one.database
        )
        try:
            start(one, [old])
            store(one, options.stored)
            start(other, [old])
            flow = Crowd([one, other], senders=SENDERS, rate=RATE, first=LATER)
            try:
                time.sleep(2)
                stop(one)
                start(one, [new, old])
                # now one writes what the other can't read; the run begins, and steps may come to either
                code_began = time.monotonic()
                one.script(BEGIN)
                time.sleep(2)
                stop(other)
                start(other, [new, old])
                state, changed, unreadable, reason = wait(one)
                figures["reencrypted_in_seconds"] = round(time.monotonic() - code_began, 1)
                time.sleep(2)
            finally:
                taken = flow.end()
            backlog.wait(one)
            for server in (one, other):
                stop(server)
            os.environ[VARIABLE] = f"{new},{fingerprint_entry(old)}"
            figures |= json.loads(one.script(READ))
            figures["deliveries"] = dict(
                one.query("SELECT state, count(*) FROM interop_delivery GROUP BY 1")
            )
        finally:
            other.stop()
            one.stop()
            other.close()
            one.drop()
    figures |= {"state": state, "changed": changed, "taken_meanwhile": taken}
    figures |= {"turned_away_and_came_again": dict(flow.refused)}
    figures["seconds"] = round(time.monotonic() - began, 1)
    broken = []
    if (state, unreadable) != ("done", 0):
        broken.append(f"the run ended {state}, {unreadable} unreadable: {reason}")
    if figures["unreadable"] or figures["read"] != options.stored + taken:
        broken.append(f"{figures['read']} read of {options.stored} + {taken}")
    if figures["deliveries"].get("failed"):
        broken.append(f"{figures['deliveries']['failed']} deliveries failed")
    if figures["deliveries"].get("done", 0) != taken:
        broken.append(f"{figures['deliveries'].get('done')} applied of {taken}")
    if any(500 <= status != 503 or 400 <= status < 500 for status in flow.refused):
        broken.append(f"answered otherwise than to come back later: {flow.refused}")
    run.finish("rekey", broken, figures)


if __name__ == "__main__":
    main()
