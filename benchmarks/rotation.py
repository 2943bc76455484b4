"""A secret is rotated while twenty senders use it: none is refused that is valid, none is taken that is revoked.

Two workers, an endpoint with two secrets. Senders sign with either; then all change over to the new one, and the old one is
revoked by one of the workers, through its own dialog, while requests go on. In every other round that worker is killed
(SIGKILL) right after its commit, so that it tells nobody. Then the secrets change places and it begins again.

What counts: no request with a secret that was valid from its start to its answer is refused; of those signed with the revoked
one, none that began after the revocation's commit was seen is taken.

    python3 benchmarks/rotation.py                   ten rounds, twenty senders
    python3 benchmarks/rotation.py --rounds 2        a small run
"""

import collections
import contextlib
import dataclasses
import http.client
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance, processes, traffic  # noqa: E402
from benchmarks.person import Person  # noqa: E402
from devkit import console, odoo, paths, signing  # noqa: E402

SENDERS = 20
#: of them, those that go on with the old secret as if it had leaked
STUBBORN = 4
#: before the change, beside it, and after the revocation
PHASE_SECONDS = 1.0
ADDONS = Path(__file__).with_name("rotation_addons")
DEADLY = "and die"
PATIENCE_SECONDS = 30
#: of one credential's last use: by each of two workers, and by those that took a killed one's place
MOST_WRITES_PER_MINUTE = 4
STATISTICS_SECONDS = 2
#: in place of the status, where HL7's own acknowledgement says so
TAKEN = "taken"


@dataclasses.dataclass(frozen=True)
class Shown:
    """A credential as its sender has it."""

    id: int
    secret: str


@dataclasses.dataclass(frozen=True)
class Told:
    """One request: with which credential, when it began and ended, and its outcome: ``TAKEN`` or a status (0: none)."""

    credential: int
    began: float
    ended: float
    outcome: object


class Senders:
    """Threads that post without a pause; each picks a credential of its own tuple in ``shown`` by turns."""

    def __init__(self, port, messages, first):
        self._port, self._messages, self.told = port, messages, []
        self.shown = [(first,)] * SENDERS
        self._is_over = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(SENDERS)
        ]

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def show(self, honest, stubborn):
        self.shown = [stubborn] * STUBBORN + [honest] * (SENDERS - STUBBORN)

    def _work(self, number):
        turn = 0
        while not self._is_over.is_set():
            turn += 1
            shown = self.shown[number]
            credential = shown[turn % len(shown)]
            sent = self._messages[(number + SENDERS * turn) % len(self._messages)]
            signed = signing.hmac_headers(credential.secret, signing.random_id(), sent.body)
            began = time.monotonic()
            outcome = self._post(
                sent, {"Content-Type": sent.content_type, **sent.headers, **signed}
            )
            self.told.append(Told(credential.id, began, time.monotonic(), outcome))

    def _post(self, sent, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", f"/interop/v1/in/{sent.endpoint}", sent.body, headers)
            response = connection.getresponse()
            is_taken = response.status == 200 and b"MSA|AA|" in response.read()
            return TAKEN if is_taken else response.status
        except (OSError, http.client.HTTPException):
            # nobody answered: neither refused nor taken
            return 0
        finally:
            connection.close()


def rotate(odoo, person, endpoint, old):
    """A successor for ``old``, as the dialog makes it."""
    values = {"endpoint_id": endpoint, "name": "Rotated", "replaces_id": old.id}
    told = person.press("interop.issue.credential", "action_issue", **values)
    successor = odoo.scalar("SELECT successor_id FROM interop_credential WHERE id = %s", old.id)
    return Shown(successor, told["context"]["interop_shown_once"])


class Rounds:
    """Rotations, one after another, and what each of them allows."""

    def __init__(self, odoo, person, senders, endpoint, first):
        self.odoo, self.person, self.senders = odoo, person, senders
        self._endpoint, self._current = endpoint, first
        #: ``{credential: (when its issue was answered, when its revocation was asked for, when it was seen)}``
        self.lives = {first.id: [0.0, None, None]}
        self.killed = 0
        self.idle = []

    def turn(self, number):
        old = self._current
        new = self._current = rotate(self.odoo, self.person, self._endpoint, old)
        self.lives[new.id] = [time.monotonic(), None, None]
        self.senders.show((old, new), (old, new))
        self._phase(f"round {number}, both valid")
        self.senders.show((new,), (old,))
        self._phase(f"round {number}, switched")
        self._revoke(old, is_deadly=number % 2 == 0)
        self._phase(f"round {number}, revoked")
        self.senders.show((new,), (new,))

    def _revoke(self, old, *, is_deadly):
        asked = time.monotonic()
        pressed = threading.Thread(target=self._press, args=(old, is_deadly), daemon=True)
        pressed.start()
        revoked = "SELECT is_revoked FROM interop_credential WHERE id = %s"
        while not self.odoo.scalar(revoked, old.id):
            if time.monotonic() - asked > PATIENCE_SECONDS:
                raise console.Failure("the credential was not revoked")
            time.sleep(0.001)
        self.lives[old.id][1:] = [asked, time.monotonic()]
        pressed.join()

    def _press(self, old, is_deadly):
        try:
            self.person.press(
                "interop.revoke.credential",
                "action_revoke",
                credential_id=old.id,
                reason=DEADLY if is_deadly else "Rotated",
            )
        except OSError:
            # a worker that died can't answer
            if not is_deadly:
                raise
            self.killed += 1

    def _phase(self, words):
        """Let some time go by; whether each worker of now has worked in it."""
        pids = processes.workers(self.odoo, "WorkerHTTP")
        before = {pid: _ticks(pid) for pid in pids}
        time.sleep(PHASE_SECONDS)
        self.idle += [
            f"{words}: a worker did nothing"
            for pid in pids
            if processes.is_alive(pid) and _ticks(pid) == before[pid]
        ]

    def verdict(self):
        """``(broken, counts)`` over all requests."""
        counts, broken = collections.Counter(), []
        for one in self.senders.told:
            issued, asked, revoked = self.lives[one.credential]
            kind = _kind(one, asked, revoked)
            counts[f"{kind}: {one.outcome or 'no answer'}"] += 1
            if kind == "valid" and one.outcome not in (0, TAKEN):
                broken.append(f"a valid request was answered {one.outcome}")
            if kind == "revoked" and one.outcome not in (0, 401):
                broken.append(f"a revoked secret was answered {one.outcome}")
        return broken, counts


def _kind(one, asked, revoked):
    if asked is None or one.ended < asked:
        return "valid"
    return "revoked" if one.began > revoked else "meanwhile"


def _ticks(pid):
    """The processor time of a process so far."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return None


def last_uses(odoo):
    """``(credentials whose last use is known, writes that it took)``."""
    known = odoo.scalar(
        "SELECT count(*) FROM interop_credential_use WHERE used_at > now() AT TIME ZONE 'UTC' - interval '1 hour'"
    )
    # what a process counts reaches the statistics when it is idle, or at its end
    time.sleep(STATISTICS_SECONDS)
    writes = odoo.scalar(
        "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = 'interop_credential_use'"
    )
    return known, writes


def main():
    options = run.options(__doc__, rounds=(int, 10, "rounds"))
    _first, messages, _expected = traffic.countable(4000, options.seed)
    people = [one for one in messages if one.note.startswith("person")]
    [endpoint_code] = {one.endpoint for one in people}
    addons = ",".join(map(str, [ADDONS, *odoo.addons_path()]))
    own = {
        "addons_path": addons,
        "server_wide_modules": f"base,web,queue_job,{paths.ADDON},interop_bench_deadly",
    }
    began = time.monotonic()
    with instance.running(
        "rotation",
        keep=options.keep_template,
        keep_database=options.keep_database,
        workers=2,
        options=own,
    ) as one:
        [(endpoint, credential)] = one.query(
            "SELECT e.id, c.id FROM interop_endpoint e JOIN interop_credential c ON c.endpoint_id = e.id WHERE e.code = %s",
            endpoint_code,
        )
        first = Shown(credential, one.peers[endpoint_code]["secret"])
        rounds = Rounds(one, Person(one), Senders(one.port, people, first), endpoint, first)
        rounds.senders.start()
        for number in range(1, options.rounds + 1):
            rounds.turn(number)
            console.note(f"round {number} of {options.rounds}: {len(rounds.senders.told)} requests")
        rounds.senders.stop()
        broken, counts = rounds.verdict()
        uses, writes = last_uses(one)
    broken = [f"{line}: {count}" for line, count in collections.Counter(broken).items()]
    broken += rounds.idle
    if rounds.killed < options.rounds // 2:
        broken.append(f"only {rounds.killed} workers were killed after their commit")
    if uses != len(rounds.lives):
        broken.append(f"the last use of {uses} of {len(rounds.lives)} credentials is known")
    if writes > MOST_WRITES_PER_MINUTE * len(rounds.lives) * (1 + (time.monotonic() - began) / 60):
        broken.append(f"last use was written {writes} times")
    if not counts["revoked: 401"] or not counts["valid: taken"]:
        broken.append("nothing was tried")
    figures = {
        "rounds": options.rounds,
        "senders": SENDERS,
        "workers_killed": rounds.killed,
        "writes_of_last_use": writes,
        "requests": dict(sorted(counts.items())),
        "seconds": round(time.monotonic() - began, 1),
    }
    run.finish("rotation", broken, figures)


if __name__ == "__main__":
    main()
