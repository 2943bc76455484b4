"""Over MLLP, cut, restarted and killed: every acknowledged message is there once, and a gigabyte costs bounded memory.

Messages of the demo hospital's HL7 v2 senders go through the bridge over 20 connections. Some are cut in the middle of
a frame, some senders leave before their acknowledgement, some send again what was acknowledged. Meanwhile Odoo is
restarted in order, then killed (SIGKILL) and started again, then the bridge is killed. In the end each acknowledgement
is looked up in the ledger by the id that it carries. Last, a frame of a gigabyte is sent while another sender works.

    python3 benchmarks/mllp.py
    python3 benchmarks/mllp.py --messages 40 --megabytes 256 --calm 1     a small run: nobody is restarted
"""

import configparser
import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance, mllp_senders, processes, quiet, templates, traffic  # noqa: E402
from benchmarks.own_postgres import FOLDER  # noqa: E402
from devkit import console, hospital, paths, peers  # noqa: E402

ENDPOINTS = ("demo_pas", "demo_lab", "demo_scheduling", "demo_ris")
SETTLE_SECONDS = 300
#: beyond what the bridge needs anyway, while a gigabyte passes
MOST_MEGABYTES = 64
MEGABYTE = 1 << 20
LEDGER = """
SELECT e.code, left(replace(m.uuid, '-', ''), 20) FROM interop_message m JOIN interop_endpoint e ON e.id = m.endpoint_id
"""


class BridgeProcess:
    """The bridge before one Odoo, a port for each endpoint."""

    def __init__(self, behind):
        numbers = templates.free_ports(len(ENDPOINTS))
        self.ports = dict(zip(ENDPOINTS, numbers, strict=True))
        self._settings, self._log = FOLDER / "mllp.ini", FOLDER / "mllp.log"
        found = configparser.ConfigParser(interpolation=None)
        for endpoint, port in self.ports.items():
            found[f"listener {endpoint}"] = {
                "listen": f"127.0.0.1:{port}",
                "url": f"http://127.0.0.1:{behind.port}/interop/v1/in/{endpoint}",
                "credential_env": endpoint,
            }
        with open(self._settings, "w", encoding="utf-8") as handle:
            found.write(handle)
        secrets = {endpoint: behind.peers[endpoint]["secret"] for endpoint in ENDPOINTS}
        self._environment = {**os.environ, **secrets}
        self._log.unlink(missing_ok=True)

    def command(self, *more):
        return [sys.executable, "-B", "-m", "mllp", "--settings", str(self._settings), *more]

    def start(self):
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=paths.CHECKOUT, env=self._environment, stderr=log
            )
        until = time.monotonic() + 20
        while time.monotonic() < until and not self._answers():
            time.sleep(0.05)
        return self

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.ports[ENDPOINTS[-1]]), 1).close()
        except OSError:
            return False
        return True

    def check(self):
        """What `--check` says, and its exit code."""
        done = subprocess.run(
            self.command("--check"),
            cwd=paths.CHECKOUT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout.strip().splitlines()

    def kill(self):
        self._process.kill()
        self._process.wait()

    def stop(self):
        """End it in order; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(90)

    def memory(self, name):
        """``VmRSS`` or ``VmHWM`` in megabytes."""
        text = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) / 1024

    @property
    def log(self):
        return self._log.read_text(encoding="utf-8")


def messages(count, seed):
    """``count`` messages of the demo hospital's HL7 v2 senders, each with an MSH-10 of its own (the demo day has resends,
    which are one message)."""
    date, scale, found = dt.date.today() - dt.timedelta(days=1), 1.0, {}
    while len(found) < count:
        found = {
            (sent.endpoint, sent.body.split(b"|", 10)[9]): (sent.endpoint, sent.body)
            for sent in hospital.day(seed, date, scale)
            if sent.endpoint in ENDPOINTS
            and sent.content_type == peers.HL7
            and sent.body.startswith(b"MSH|")
            and sent.body.count(b"MSH|") == 1
        }
        scale += 0.5
    return list(found.values())[:count]


def dealt(sent, connections):
    """One list for each connection; each speaks to one endpoint, the busiest endpoint has those that are left over."""
    by_endpoint = {endpoint: [] for endpoint in ENDPOINTS}
    for one in sent:
        by_endpoint[one[0]].append(one)
    hands = []
    for ones in sorted(filter(None, by_endpoint.values()), key=len):
        is_last = len(ones) == max(map(len, by_endpoint.values()))
        share = connections * len(ones) // len(sent)
        share = max(1, connections - len(hands) if is_last else share)
        hands += [ones[place::share] for place in range(min(share, len(ones)))]
    return hands


def strike(behind, bridge, crowd, total):
    """Restart and kill while messages flow; how many were acknowledged before each."""
    struck = []

    def wait_for(share):
        while crowd.acknowledged < total * share:
            time.sleep(0.02)
        struck.append(crowd.acknowledged)

    wait_for(0.15)
    with console.step("Odoo is restarted"):
        behind.stop()
        behind.start()
    wait_for(0.4)
    with console.step("Odoo is killed, and started again"):
        processes.kill(behind.pid)
        while not behind.supervise():
            time.sleep(0.05)
        behind.wait_until_ready()
    wait_for(0.7)
    with console.step("the bridge is killed, and started again"):
        bridge.kill()
        bridge.start()
    return struck


def ledger_broken(behind, crowd):
    """Lines on what was acknowledged and is not there once, and on what is there and was never acknowledged."""
    there = Counter(behind.query(LEDGER))
    acked = Counter((told.endpoint, told.identity) for told in crowd.told if told.code[1] == "A")
    lines = [f"{key[0]}: acknowledged and not there" for key in acked if key not in there]
    lines += [f"{key[0]}: there {number} times" for key, number in there.items() if number > 1]
    lines += [f"{key[0]}: there, and nobody was told" for key in there if key not in acked]
    lines += [
        f"{key[0]}: one id for {number} messages" for key, number in acked.items() if number > 1
    ]
    return lines


def gigabyte(bridge, megabytes, body):
    """Send one endless message while another sender works; ``(megabytes grown, seconds, slowest answer beside it)``."""
    before = bridge.memory("VmRSS")
    port, slowest, is_over = bridge.ports["demo_pas"], [0.0], threading.Event()

    def others():
        other = mllp_senders.Port(port)
        while not is_over.is_set():
            began = time.monotonic()
            other.send(mllp_senders.block_of(body))
            other.answer()
            slowest[0] = max(slowest[0], time.monotonic() - began)
        other.close()

    beside = threading.Thread(target=others, daemon=True)
    beside.start()
    began, big = time.monotonic(), mllp_senders.Port(port)
    big.send(b"\x0b" + body)
    chunk = b"X" * MEGABYTE
    for _time in range(megabytes):
        big.send(chunk)
    big.send(b"\x1c\r")
    block = big.answer()
    seconds = time.monotonic() - began
    is_over.set()
    beside.join()
    is_refused = b"\rMSA|AE|" in block or b"\rMSA|CE|" in block
    return bridge.memory("VmHWM") - before, seconds, slowest[0], is_refused


def main():
    options = run.options(
        __doc__,
        messages=(int, 200, "messages"),
        connections=(int, 20, "connections"),
        pace=(float, 0.5, "seconds between the messages of one connection"),
        megabytes=(int, 1024, "size of the endless message"),
        calm=(int, 0, "1: nobody is restarted, and effects are not waited for"),
    )
    sent = messages(options.messages, options.seed)
    began = time.monotonic()
    with instance.running(
        "mllp", keep=options.keep_template, keep_database=options.keep_database
    ) as behind:
        bridge = BridgeProcess(behind).start()
        try:
            figures, broken = play(behind, bridge, sent, options)
        finally:
            code = bridge.stop()
    if code:
        broken.append(f"the bridge ended with {code}")
    figures["seconds"] = round(time.monotonic() - began, 1)
    run.finish("mllp", broken, figures)


def play(behind, bridge, sent, options):
    code, lines = bridge.check()
    broken = [f"--check: {line}" for line in lines if not line.endswith(": ready")]
    hands = dealt(sent, options.connections)
    crowd = mllp_senders.Crowd(hands, bridge.ports, options.pace)
    struck = [] if options.calm else strike(behind, bridge, crowd, len(sent))
    crowd.join()
    broken += crowd.broken + [f"{len(crowd.lost)} never answered"] * bool(crowd.lost)
    broken += ledger_broken(behind, crowd)
    if not code == 0 == len(crowd.lost) or len(crowd.told) != len(sent):
        broken.append(f"{len(crowd.told)} of {len(sent)} acknowledged")
    if not options.calm:
        broken += processed(behind)
    grown, seconds, slowest, is_refused = gigabyte(bridge, options.megabytes, sent[0][1])
    if grown > MOST_MEGABYTES:
        broken.append(f"memory grew by {grown:.0f} MB")
    if not is_refused:
        broken.append("the endless message was not refused")
    broken += leaks(bridge, sent)
    waits = sorted(told.seconds for told in crowd.told)
    return {
        "messages": len(sent),
        "connections": len(hands),
        "codes": dict(Counter(told.code for told in crowd.told)),
        "in_ledger": behind.scalar("SELECT count(*) FROM interop_message"),
        "deliveries": traffic.figures(behind),
        "habits": dict(crowd.counts),
        "acknowledged_before_each_strike": struck,
        "seconds_to_answer": {
            "median": round(waits[len(waits) // 2], 3),
            "max": round(waits[-1], 1),
        },
        "endless_message": {
            "megabytes": options.megabytes,
            "memory_grown_megabytes": round(grown, 1),
            "seconds": round(seconds, 1),
            "slowest_answer_beside_it_seconds": round(slowest, 3),
        },
    }, broken


def processed(behind):
    """Lines on what was stored and never looked at."""
    with console.step("all acknowledged; being processed"):
        if not quiet.wait(behind, SETTLE_SECONDS):
            return [f"not quiet within {SETTLE_SECONDS} s"]
    return quiet.lying(behind)


def leaks(bridge, sent):
    """Lines on what the bridge's log says of a message: names, numbers, control ids."""
    log = bridge.log
    words = {body.split(b"|")[9].decode() for _endpoint, body in sent}
    words |= {
        part.decode()
        for _endpoint, body in sent
        for line in body.split(b"\r")
        if line.startswith(b"PID|")
        for part in re.split(rb"[|^]", line)[1:]
        if len(part) > 6 and part.isascii()
    }
    return (
        [f"the log has something of a message ({len(found)} words)"]
        if (found := [word for word in words if word in log])
        else []
    )


if __name__ == "__main__":
    main()
