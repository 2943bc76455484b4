"""What is said of a database before and after."""

import unittest

from devkit import schema, updating

BEFORE = {("t", "id"): (3, "9"), ("t", "name"): (3, "5"), ("u", "id"): (1, "1")}


class TestLost(unittest.TestCase):
    def lost(self, after, given_up=()):
        return schema.lost(BEFORE, after, dict.fromkeys(given_up, "why"))

    def test_nothing_where_all_is_as_it_was_and_more(self):
        self.assertEqual(self.lost({**BEFORE, ("t", "new"): (3, "7"), ("v", "id"): (8, "2")}), [])

    def test_a_row(self):
        fewer = {**BEFORE, ("t", "id"): (2, "8"), ("t", "name"): (2, "4")}
        self.assertEqual(self.lost(fewer), ["t: 3 rows before, 2 of them after"])
        self.assertTrue(self.lost(fewer, [("t", "id"), ("t", "name")]))

    def test_a_value(self):
        other = {**BEFORE, ("t", "name"): (3, "6")}
        self.assertEqual(self.lost(other), ["t.name: other values than before"])
        self.assertEqual(self.lost(other, [("t", "name")]), [])

    def test_a_column_and_a_table(self):
        gone = {("t", "id"): (3, "9")}
        told = ["t.name: the column is gone", "u.id: the column is gone"]
        self.assertEqual(self.lost(gone), told)
        self.assertEqual(self.lost(gone, [("t", "name")]), told[1:])


class TestDifferences(unittest.TestCase):
    def test_what_is_too_much_and_what_is_missing(self):
        self.assertEqual(
            updating._differences({"table a", "table b"}, {"table b", "table c"}),
            ["too much: table a", "missing: table c"],
        )

    def test_only_what_is_odoos_own_is_left_out(self):
        odoos = "column account_analytic_line.x_plan2_id integer"
        self.assertEqual(updating._differences({odoos}, set()), [])
        ours = "column interop_charge.plan_id integer"
        self.assertEqual(updating._differences({ours}, set()), [f"too much: {ours}"])

    def test_only_the_closed_log_may_stay(self):
        self.assertTrue(updating.KEPT.search("table interop_audit_entry_kept_20260101000000"))
        for ours in (
            "table interop_audit_entry",
            "table interop_rate",
            "function public.interop_take",
        ):
            self.assertFalse(updating.KEPT.search(ours), ours)
