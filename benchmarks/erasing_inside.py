"""A person is erased while others receive and apply messages about her, each on a connection of its own that commits.

Runs inside ``odoo shell``. What it finds broken are lines of words; a promise is looked at after each round, in the tables.
"""

import contextlib
import random
import threading
import time
import unittest
from functools import partial
from unittest.mock import patch

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import new_test_user

from odoo.addons.healthcare_interop.models.exchange import drain
from odoo.addons.healthcare_interop.models.exchange.contain import is_race
from odoo.addons.healthcare_interop.tests.common import InteropMixin

#: for how long a thread waits for another one, in seconds
PATIENCE = 30


class Place(InteropMixin, unittest.TestCase):
    """The system, endpoints and routes that tests use, in a database of its own; and what each connection does there."""

    def runTest(self):
        """Nothing: it is a place."""

    def at(self, env):
        """The same place, seen from ``env``."""
        here = Place()
        here.env = env
        here.endpoint = self.endpoint.with_env(env)
        return here

    @contextlib.contextmanager
    def connection(self, user=SUPERUSER_ID):
        with self.env.registry.cursor() as cr:
            yield self.env(cr=cr, user=user, su=user == SUPERUSER_ID, context={})

    # -- what each of them does, on a connection of its own --

    def take(self, message, before_commit=lambda: None, *, endpoint=None):
        """As the door takes it; the moment at which it was committed."""
        with self.connection() as env:

            def receive():
                self.at(env).send(message, endpoint=endpoint and endpoint.with_env(env))
                before_commit()

            retrying(receive, env)
        return time.monotonic()

    def apply_due(self):
        """One job after another, as a job runner would, until nothing is due."""
        while True:
            with self.connection() as env:
                lanes = self.at(env).due_lanes()
            if not lanes:
                return
            for route, lane in lanes:
                self.apply(route, lane)

    def apply(self, route, lane):
        with self.connection() as env:
            try:
                env["interop.route"].browse(route)._drain(lane)
                # as a job ends
                env.cr.commit()
            except Exception as error:
                if not is_race(error):
                    raise
                # the job runner puts it back
                env.cr.rollback()

    def erase(self, number, officer):
        """``(what became of it, the moment before its commit)``: "erased", or "held" by what waits."""
        moments = []
        with self.connection(officer) as env:
            env.cr.precommit.add(lambda: None)

            def erase():
                record = env["res.partner"].browse(number)
                env["interop.erasure"]._erase(record, "request", "letter of 3 May, on its way")
                moments.append(time.monotonic())

            try:
                retrying(erase, env)
            except UserError:
                env.cr.rollback()
                return "held", 0, len(moments)
        return "erased", moments[-1], len(moments)


class Rounds:
    def __init__(self, env, seed):
        self.env = env
        self.chance = random.Random(seed)
        self.broken = []
        self.counts = dict.fromkeys(("erased", "held", "came_after", "begun_anew"), 0)
        Place.env = env
        Place.setUpClass()
        self.officer = new_test_user(
            env, "erasing-officer", groups="healthcare_interop.group_data_protection"
        ).id
        # another system about the same people: what it says of them is in rows of its own
        domain = Place.system.identity_domain
        laboratory = env["interop.system"].create(
            {"name": "Laboratory", "code": "t-lab", "identity_domain": domain}
        )
        Place.make_route("party", name="Laboratory", system_id=laboratory.id)
        self.laboratory = Place.make_endpoint(code="t-lab", system_id=laboratory.id)
        # other connections have to see it
        env.cr.commit()
        self.place = Place()
        self.numbers = iter(range(1000, 1_000_000))
        self._count_anew()

    def _count_anew(self):
        service = self.env.registry["interop.erasure"]
        check = service._check_nothing_came

        def counting(erasure, *args):
            try:
                return check(erasure, *args)
            except Exception:
                # whatever the reason: it is counted, and goes on its way
                self.counts["begun_anew"] += 1
                raise

        service._check_nothing_came = counting

    def person(self):
        """``(her number, her record's id)``; everything about her is applied."""
        number = f"P{next(self.numbers)}"
        self.place.take(self.place.party(number, version=1, name=f"Jane {number}"))
        self.place.apply_due()
        return number, self.bound(number)

    def unknown(self, number, other):
        """She is told of, unchanged, under a number that nobody knows yet: erasing can't see that it is about her."""
        message = self.place.party(other, number, version=2, name=f"Jane {number}")
        self.place.take(message, endpoint=self.laboratory)

    def bound(self, number):
        """The record that a number leads to, None for none."""
        rows = self.rows("SELECT res_id FROM interop_binding WHERE value = %s", number)
        return rows[0][0] if rows else None

    def rows(self, sql, *values):
        with self.place.connection() as env:
            env.cr.execute(sql, values)
            return env.cr.fetchall()

    def told(self, *words):
        self.broken.append(" ".join(map(str, words)))

    # -- the promises --

    def check(self, where, record, outcome, taken, begun):
        """``taken``: ``{number: (message's moment)}`` of what came in meanwhile."""
        self.counts[outcome] += 1
        self.place.apply_due()
        name, is_active = self.rows("SELECT name, active FROM res_partner WHERE id = %s", record)[0]
        if outcome == "held":
            if not is_active or "Erased" in name:
                self.told(where, "held, and yet emptied")
            return
        if is_active or "Erased" not in name:
            self.told(where, "erased, and yet there")
        left = {
            "bindings": "SELECT count(*) FROM interop_binding WHERE res_model = 'res.partner' AND res_id = %s",
            "versions": "SELECT count(*) FROM interop_version WHERE res_model = 'res.partner' AND res_id = %s",
            "deliveries": "SELECT count(*) FROM interop_delivery WHERE res_model = 'res.partner' AND res_id = %s "
            "AND subject LIKE '%%|%%'",
            "contents": "SELECT count(*) FROM interop_payload p JOIN interop_delivery d ON d.message_id = p.message_id "
            "WHERE d.res_model = 'res.partner' AND d.res_id = %s",
        }
        for what, sql in left.items():
            [[count]] = self.rows(sql, record)
            if count:
                self.told(where, count, what, "of the erased person are left")
        for number, moment in taken.items():
            found = self.bound(number)
            if found is None:
                continue
            self.counts["came_after"] += 1
            if found == record:
                self.told(where, "a number leads to the erased person")
            if moment < begun:
                self.told(where, "what was committed before the erasure made a new person")

    # -- what may meet --

    def erased_while_it_is_being_applied(self):
        """What is applied was read before, and writes nothing to her record."""
        number, record = self.person()
        other = f"N{number}"
        self.unknown(number, other)
        applied, erased = threading.Event(), threading.Event()
        write_down = drain.RouteDraining._record

        def waiting(route, run):
            if not applied.is_set():
                applied.set()
                erased.wait(PATIENCE)
            return write_down(route, run)

        with patch.object(self.env.registry["interop.route"], "_record", waiting):
            job = Thread(self.place.apply_due)
            applied.wait(PATIENCE)
            outcome, begun, _tries = self.place.erase(record, self.officer)
            erased.set()
            job.end()
        if outcome != "erased":
            self.told(
                "who applies stood in the way of who erases, before anything was written down"
            )
        # by when it was applied erasing was over
        self.check("while it is being applied", record, outcome, {other: begun + 1}, begun)
        if self.bound(other) is None:
            self.told("while it is being applied: the message is lost")

    def erased_while_what_was_applied_is_committed(self):
        number, record = self.person()
        other = f"N{number}"
        self.unknown(number, other)
        written, go_on = threading.Event(), threading.Event()
        write_down = drain.RouteDraining._record

        def waiting(route, run):
            write_down(route, run)
            if not written.is_set():
                written.set()
                go_on.wait(PATIENCE)

        with patch.object(self.env.registry["interop.route"], "_record", waiting):
            job = Thread(self.place.apply_due)
            written.wait(PATIENCE)
            eraser = Thread(partial(self.place.erase, record, self.officer))
            time.sleep(0.5)
            if eraser.is_over:
                self.told("who erases did not wait for who applies")
            go_on.set()
            job.end()
            outcome, begun, _tries = eraser.end()
        self.check("while it is committed", record, outcome, {other: 0.0}, begun)
        if outcome != "erased" or self.bound(other):
            self.told("what was committed a moment before was left")

    def erased_while_it_comes_in(self):
        number, record = self.person()
        stored, go_on = threading.Event(), threading.Event()

        def wait():
            if not stored.is_set():
                stored.set()
                go_on.wait(PATIENCE)

        message = self.place.party(number, version=2, name=f"Jane {number}")
        sender = Thread(partial(self.place.take, message, wait))
        stored.wait(PATIENCE)
        eraser = Thread(partial(self.place.erase, record, self.officer))
        time.sleep(0.7)
        if eraser.is_over:
            self.told("who erases did not wait for what is being stored")
        go_on.set()
        taken = sender.end()
        outcome, begun, _tries = eraser.end()
        self.check("while it comes in", record, outcome, {number: taken}, begun)
        if outcome != "held":
            self.told("what was stored a moment before was not seen")

    def at_random(self):
        number, record = self.person()
        wait, late = self.chance.uniform(0, 0.3), self.chance.uniform(0, 0.3)
        message = self.place.party(number, version=2, name=f"Jane {number}, again")

        def after(seconds, act):
            time.sleep(seconds)
            return act()

        is_over = threading.Event()

        def work():
            while not is_over.is_set():
                self.place.apply_due()
                time.sleep(0.01)

        sender = Thread(partial(after, wait, partial(self.place.take, message)))
        eraser = Thread(partial(after, late, partial(self.place.erase, record, self.officer)))
        worker = Thread(work)
        taken = sender.end()
        outcome, begun, _tries = eraser.end()
        is_over.set()
        worker.end()
        self.check("at random", record, outcome, {number: taken}, begun)


class Thread:
    """Something that goes on beside; what it raises is raised where its end is waited for."""

    def __init__(self, act):
        self._act = act
        self._result = self._error = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            self._result = self._act()
        except BaseException as error:
            self._error = error

    @property
    def is_over(self):
        return not self._thread.is_alive()

    def end(self):
        self._thread.join(PATIENCE * 2)
        if self._error:
            raise self._error
        return self._result


def play(env, rounds, seed):
    """``(what was broken, counts)``."""
    all_rounds = Rounds(env, seed)
    all_rounds.erased_while_it_is_being_applied()
    all_rounds.erased_while_what_was_applied_is_committed()
    all_rounds.erased_while_it_comes_in()
    for _ in range(rounds):
        all_rounds.at_random()
    return all_rounds.broken, all_rounds.counts
