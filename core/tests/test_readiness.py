import unittest
from dataclasses import fields

from core.readiness import ADVICE, GOOD, PROBLEM, Facts, findings

#: (facts that differ from a server that is ready, the finding they give, its level, its detail)
CASES = [
    ({"is_server_wide": False}, "server_wide", PROBLEM, ""),
    ({"workers": 0}, "workers", PROBLEM, "0"),
    ({"channels": ("root",)}, "channels", ADVICE, ""),
    ({"allows_http": True}, "plain_http", PROBLEM, ""),
    ({"is_behind_proxy": False}, "proxy", PROBLEM, ""),
    ({"lists_databases": True}, "list_db", PROBLEM, ""),
    ({"has_default_master_password": True}, "master_password", PROBLEM, ""),
    ({"uses_dbfilter": True}, "dbfilter", ADVICE, ""),
    ({"keys_from": "database"}, "keys", PROBLEM, ""),
    ({"keeps_heads_outside": False}, "audit_heads", ADVICE, ""),
    ({"oldest_unsealed": 400.4}, "audit_sealing", PROBLEM, "400"),
    ({"audit_state": "broken"}, "audit_verified", PROBLEM, ""),
    ({"audit_state": ""}, "audit_verified", ADVICE, ""),
    ({"database_host": "db.example", "is_database_private": False}, "database_tls", PROBLEM, ""),
    ({"is_superuser": True}, "database_role", ADVICE, ""),
    ({"is_durable": False}, "database_durable", PROBLEM, ""),
    ({"oldest_due": 1000.0}, "drained", PROBLEM, "1000"),
    ({"watchdog_ran": None}, "watchdog", PROBLEM, ""),
    ({"watchdog_ran": 3600.0}, "watchdog", PROBLEM, ""),
    ({"unsigned_endpoints": ("a", "b")}, "credentials", PROBLEM, "a, b"),
    ({"expiring_credentials": ("a",)}, "expiring", ADVICE, "a"),
    ({"unlimited_endpoints": ("a",)}, "limits", ADVICE, "a"),
    ({"demo_endpoints": ("a",)}, "demo", PROBLEM, "a"),
    ({"long_kept_endpoints": ("a",)}, "retention", ADVICE, "a"),
    ({"endless_attributes": ("A: x", "B: y")}, "attribute_retention", PROBLEM, "A: x, B: y"),
    ({"overdue_contents": 3}, "overdue_contents", PROBLEM, "3"),
    ({"held_contents": 2}, "held_contents", ADVICE, "2"),
    ({"excess_rights": ("a",)}, "excess_rights", PROBLEM, "a"),
]


class ReadinessTest(unittest.TestCase):
    def test_a_server_that_is_ready_has_nothing_but_good_findings(self):
        found = findings(Facts())
        self.assertEqual({GOOD}, {one.level for one in found})
        self.assertEqual(len(found), len({one.code for one in found}))
        self.assertEqual({one.code for one in found}, {case[1] for case in CASES})

    def test_each_fact_makes_its_own_finding_and_no_other(self):
        for changed, code, level, detail in CASES:
            with self.subTest(code=code, changed=sorted(changed)):
                first, *rest = findings(Facts(**changed))
                self.assertEqual((code, level, detail), (first.code, first.level, first.detail))
                self.assertEqual({GOOD}, {one.level for one in rest})

    def test_every_fact_counts(self):
        told = {name for changed, *_rest in CASES for name in changed}
        self.assertEqual({one.name for one in fields(Facts)}, told)

    def test_a_database_on_this_host_needs_no_tls(self):
        for host in ("", "localhost", "127.0.0.1", "::1", "/var/run/postgresql"):
            found = findings(Facts(database_host=host, is_database_private=False))
            self.assertEqual({GOOD}, {one.level for one in found})

    def test_the_worst_comes_first(self):
        found = findings(Facts(uses_dbfilter=True, workers=0))
        self.assertEqual(["workers", "dbfilter"], [one.code for one in found[:2]])


if __name__ == "__main__":
    unittest.main()
