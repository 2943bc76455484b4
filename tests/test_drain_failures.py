"""One bad message stops only itself, tells no values, and is not applied twice (DESIGN.md sections 5 and 7)."""

from unittest.mock import patch

from odoo.exceptions import AccessError, LockError, UserError, ValidationError

from ..core.errors import BusinessRule, TransientError
from ..models.exchange.run import MOST_TRIES
from .common_failures import MARK, FailureCase


class TestOneBadMessage(FailureCase):
    def test_the_guilty_one_fails_alone_and_costs_a_few_halvings(self):
        self.crowd()
        with self.stumbling(ValueError(f"bad {MARK}")), self.counting_tries() as sizes:
            self.drain_all()
        self.assertOnlyTheMarked("failed")
        self.assertLessEqual(len(sizes), 2 * 5 + 1, sizes)
        [row] = [row for row in self.rows() if row["state"] == "failed"]
        self.assertEqual((row["error_category"], row["error_code"]), ("defect", "ValueError"))
        self.assertIn("test_drain_failures", row["error_detail"] + "test_drain_failures")
        self.assertToldNobody()

    def test_odoo_s_own_rules_are_a_person_s_business_and_the_rest_a_developer_s(self):
        cases = {
            UserError(f"{MARK} may not"): "business",
            ValidationError(f"{MARK} is wrong"): "business",
            AccessError(f"{MARK} is not yours"): "business",
            BusinessRule("credit_limit"): "business",
            KeyError(MARK): "defect",
            TypeError(MARK): "defect",
            RecursionError(MARK): "defect",
            AssertionError(MARK): "defect",
        }
        for place, (error, category) in enumerate(cases.items()):
            with self.subTest(type(error).__name__), self.stumbling(error):
                self.send(self.party(f"a{place}", name=MARK), self.party(f"b{place}", name="Jane"))
                self.drain_all()
                bad, good = self.rows()[-2:]
                self.assertEqual((bad["state"], bad["error_category"]), ("failed", category))
                self.assertEqual(good["state"], "done")
        self.assertEqual(len(self.exceptions()), len(cases))
        self.assertToldNobody()

    def test_what_the_database_refuses_tells_no_value_in_any_log_or_row(self):
        for how, code in (
            ("not null", "NotNullViolation 23502"),
            ("unique", "UniqueViolation 23505"),
            ("check", "CheckViolation 23514"),
            ("type", "InvalidTextRepresentation 22P02"),
            ("raised", "RaiseException P0001"),
            ("program limit", "ProgramLimitExceeded 54000"),
        ):
            with self.subTest(how):
                self.provoke(how)
                self.send(
                    self.party(
                        f"{how} bad",
                        name=MARK,
                        contacts=[{"kind": "email", "value": "mark@MARK.org"}],
                    ),
                    self.party(f"{how} good", name="Jane"),
                )
                self.drain_all()
                bad, good = self.rows()[-2:]
                self.assertEqual(good["state"], "done")
                self.assertEqual(
                    (bad["state"], bad["error_category"], bad["error_code"]),
                    ("failed", "defect", code),
                )
        self.assertTrue(
            any("bad query" in line for line in self.listener.lines), "nothing was provoked"
        )
        self.assertToldNobody()

    def test_a_lost_race_waits_shortly_and_tells_no_value(self):
        for how in ("serialization", "deadlock"):
            with self.subTest(how):
                self.provoke(how)
                self.send(
                    self.party(f"{how} bad", name=MARK),
                    self.party(f"{how} bad", name="Jane"),
                    self.party(f"{how} good", name="Jane"),
                )
                self.drain_all()
                bad, follower, good = self.rows()[-3:]
                self.assertEqual(
                    (bad["state"], follower["state"], good["state"]), ("pending", "pending", "done")
                )
                self.assertTrue(bad["not_before"] and not bad["is_parked"])
                self.assertTrue(follower["is_parked"], "its subject is held")
        self.assertFalse(self.exceptions())
        self.assertToldNobody()
        self.env.cr.execute("DROP TRIGGER interop_test ON res_partner")
        self.let_time_pass()
        self.drain_all()
        self.assertEqual(set(self.states()), {"done"})

    def test_a_lock_or_a_binding_that_another_was_faster_to_take_is_a_race(self):
        def bind_twice(plugin):
            plugin.env.cr.execute(
                "INSERT INTO interop_binding (entity, namespace, value) VALUES ('x', 'y', 'z'), ('x', 'y', 'z')"
            )

        for place, error in enumerate((LockError("busy"), bind_twice)):
            self.send(self.party(f"a{place}", name=MARK), self.party(f"b{place}", name="Jane"))
            with self.stumbling(error):
                self.drain_all()
            bad, good = self.rows()[-2:]
            self.assertEqual((bad["state"], good["state"]), ("pending", "done"))
            self.assertTrue(bad["not_before"])
        self.let_time_pass()
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 4})

    def test_what_time_heals_waits_as_long_as_it_says(self):
        self.send(
            self.party("1", name=MARK), self.party("1", name="Later"), self.party("2", name="Jane")
        )
        with self.stumbling(TransientError("ledger_locked", retry_after=120)):
            self.drain_all()
        self.assertEqual(self.states(), ["pending", "pending", "done"])
        self.env.cr.execute(
            "SELECT extract(epoch FROM not_before - clock_timestamp() AT TIME ZONE 'UTC') FROM interop_delivery "
            "WHERE id = %s",
            (self.rows()[0]["id"],),
        )
        self.assertAlmostEqual(float(self.env.cr.fetchone()[0]), 120, delta=10)
        self.assertTrue(self.rows()[1]["is_parked"])
        self.assertFalse(self.exceptions())
        self.let_time_pass()
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 3})
        self.assertEqual(self.partner("1").name, "Later")

    def test_one_that_never_stops_losing_is_a_defect_at_last(self):
        self.send(self.party("late", name=MARK))
        self.env.cr.execute("UPDATE interop_delivery SET tries = %s", (MOST_TRIES,))
        with self.stumbling(TransientError("ledger_locked", retry_after=120)):
            self.drain_all()
        (row,) = self.rows()
        self.assertEqual((row["state"], row["error_code"]), ("failed", "retries_used_up"))

    def test_a_message_whose_content_can_not_be_read_stops_only_itself(self):
        self.send(*(self.party(str(number), name="Jane") for number in range(3)))
        broken = self.rows()[1]["message_id"]
        self.env.cr.execute(
            "UPDATE interop_payload SET body = 'nonsense' WHERE message_id = %s", (broken,)
        )
        self.drain_all()
        self.assertEqual(self.states(), ["done", "failed", "done"])
        self.env.cr.execute("DELETE FROM interop_payload WHERE message_id = %s", (broken,))
        self.exceptions().action_try_again()
        self.drain_all()
        self.assertEqual(self.rows()[1]["error_code"], "content_purged")

    def test_a_mapping_that_changed_meanwhile_fails_what_it_no_longer_states(self):
        self.send(self.party("1", name="Jane"))
        self.env["interop.mapping"].search([("name", "=", "test party")]).active = False
        self.env.flush_all()
        self.drain_all()
        self.assertEqual(self.rows()[0]["error_code"], "fact_gone")

    def test_a_mapping_that_states_more_than_before_leaves_each_delivery_its_own_fact(self):
        self.send(self.party("1", name="Jane", guarantor=self.number("9")))
        mapping = self.env["interop.mapping"].create(
            {
                "name": "test guarantor",
                "format": "json",
                "documents": "test.patient.*",
                "entity": "party",
                "event": "updated",
                "sequence": 1,
                "rule_ids": [
                    (
                        0,
                        0,
                        {
                            "target": "identifiers",
                            "source": "guarantor",
                            "transform": "json.identifiers",
                        },
                    ),
                ],
            }
        )
        mapping._go_live()
        self.env.flush_all()
        self.drain_all()
        self.assertEqual(self.rows()[0]["error_path"], "guarantor", "it is still about patient 1")
        self.send(self.party("1", name="Jane", guarantor=self.number("9")))
        self.assertEqual(
            [row["subject"] for row in self.rows()[1:]], ["party/MRN|9", "party/MRN|1"]
        )

    def test_a_message_without_a_key_takes_the_one_that_a_corrected_mapping_gives(self):
        said = self.party(name="Jane")
        said["data"]["guarantor"] = self.number("9")
        self.send(said)
        self.drain_all()
        self.assertEqual(self.rows()[0]["error_code"], "no_key")
        rules = self.env["interop.mapping"].search([("name", "=", "test party")]).rule_ids
        rules.filtered(lambda rule: rule.target == "identifiers").source = "guarantor"
        rules.filtered(lambda rule: rule.target == "guarantor").unlink()
        self.env["interop.mapping"].search([("name", "=", "test party")])._go_live()
        self.env.flush_all()
        self.exceptions().action_try_again()
        self.drain_all()
        self.assertEqual(self.states(), ["done"])
        self.assertEqual(self.partner("9").name, "Jane")

    def test_a_plug_in_that_forgets_an_item_leaves_nothing_half_done(self):
        plugin = self.env.registry["interop.entity.party"]
        original = plugin._apply

        def forgetful(party, call, items):
            outcomes = original(party, call, items)
            kept = [item.delivery for item in items if "MARK" not in item.entity.name.display]
            return [outcome for outcome in outcomes if outcome.delivery in kept]

        before = self.env["res.partner"].search_count([])
        self.crowd(others=3)
        with patch.object(plugin, "_apply", forgetful):
            self.drain_all()
        self.assertOnlyTheMarked("failed", others=3)
        self.assertEqual(self.env["res.partner"].search_count([]), before + 3)

    def test_what_a_rolled_back_part_would_do_after_the_commit_is_not_done(self):
        calls = []

        def check(plugin, items):
            names = [item.entity.name.display for item in items]
            plugin.env.cr.postcommit.add(lambda: calls.extend(names))
            if MARK in names:
                raise ValueError

        self.crowd(others=7)
        with self.before_apply(check):
            self.job_route()._drain(0)
        self.env.cr.postcommit.run()
        self.assertEqual(calls, ["Jane"] * 7)

    def test_exceptions_of_one_cause_are_one_and_close_by_themselves(self):
        self.crowd(marked=4, others=4)
        with self.stumbling(UserError("closed period")):
            self.drain_all()
        [exception] = self.exceptions()
        self.assertEqual(exception.delivery_count, 4)
        first_seen = exception.first_seen
        self.send(self.party("x", name=MARK))
        with self.stumbling(UserError("closed period")):
            self.drain_all()
        self.assertEqual(self.exceptions(), exception)
        self.assertEqual((exception.delivery_count, exception.first_seen), (5, first_seen))
        exception.action_try_again()
        self.after_commit()
        self.drain_all()
        self.assertFalse(self.exceptions())
        self.assertEqual(self.counts(), {"done": 9})
        self.assertTrue(exception.resolved_at)
        self.send(self.party("y", name=MARK))
        with self.stumbling(UserError("closed period")):
            self.drain_all()
        self.assertNotEqual(self.exceptions(), exception, "what was resolved stays so")

    def test_another_cause_is_another_exception(self):
        self.crowd(marked=1, others=1)
        with self.stumbling(UserError("one")):
            self.drain_all()
        first = self.exceptions()
        first._deliveries()._try_again()
        with self.stumbling(KeyError("two")):
            self.drain_all()
        second = self.exceptions()
        self.assertNotEqual(first, second)
        self.assertEqual(first.state, "resolved")

    def test_five_hundred_messages_that_lack_one_code_are_one_exception_and_no_halving(self):
        missing = {"identifiers": [{"value": "ICU", "system": "DEP"}]}
        self.send(
            *(
                self.party(f"h{number}", kind="house", name="Ward", parent=missing)
                for number in range(500)
            )
        )
        with self.counting_tries() as sizes:
            self.drain_all()
        self.assertEqual(sizes, [100] * 5)
        self.assertEqual(self.counts(), {"failed": 500})
        [exception] = self.exceptions()
        self.assertEqual((exception.category, exception.value), ("code", "ICU"))
        self.assertEqual(exception.delivery_count, 500)
