"""Ownership and disagreements along the whole road: through the door, drained, told on deliveries, exceptions and trials."""

import json

from odoo.tests import tagged

from .common import InteropCase


@tagged("post_install", "-at_install")
class TestTheWholeRoad(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["interop.ownership"].search([]).active = False
        cls.lab = cls.env["interop.system"].create(
            {"name": "Lab", "code": "t-lab", "identity_domain": cls.system.identity_domain}
        )
        cls.lab_endpoint = cls.make_endpoint(system_id=cls.lab.id)
        cls.lab_route = cls.make_route("party", system_id=cls.lab.id)

    def own(self, policy, *attributes):
        found = self.env["interop.attribute"].search(
            [("entity", "=", "party"), ("name", "in", attributes)]
        )
        return self.env["interop.ownership"].create(
            {
                "entity": "party",
                "attribute_ids": [(6, 0, found.ids)],
                "system_id": self.system.id,
                "policy": policy,
            }
        )

    def by_lab(self, *messages):
        self.send(*messages, endpoint=self.lab_endpoint)
        self.drain_all()
        self.env.cr.execute(
            "SELECT id FROM interop_delivery WHERE system_id = %s ORDER BY id DESC LIMIT %s",
            (self.lab.id, len(messages)),
        )
        return self.env["interop.delivery"].browse(sorted(row[0] for row in self.env.cr.fetchall()))

    def by_ehr(self, *messages):
        self.send(*messages)
        self.drain_all()

    def exceptions_of(self, category):
        return self.env["interop.exception"].search(
            [("category", "=", category), ("state", "=", "open")]
        )

    def test_refused_it_waits_under_exceptions_and_goes_on_once_the_rule_is_gone(self):
        rule = self.own("refuse", "name")
        self.by_ehr(self.party("1", name="Ada", version=1), self.party("2", name="Eve", version=1))
        deliveries = self.by_lab(
            self.party("1", name="Bob", version=1), self.party("2", name="Bob", version=1)
        )
        self.assertEqual({"failed"}, set(deliveries.mapped("state")))
        self.assertEqual({"name"}, set(deliveries.mapped("error_path")))
        [exception] = self.exceptions_of("ownership")
        self.assertEqual((2, "t-ehr"), (exception.delivery_count, exception.detail))
        self.assertIn("than the system of record", exception.name)
        self.assertEqual("Ada", self.partner("1").name)
        rule.active = False
        exception.action_try_again()
        self.drain_all()
        self.assertEqual(("Bob", "resolved"), (self.partner("1").name, exception.state))

    def test_left_out_the_delivery_says_so(self):
        self.own("ignore", "name")
        self.by_ehr(self.party("1", name="Ada", version=1))
        contacts = [{"kind": "phone", "value": "5"}]
        some, all_ = self.by_lab(
            self.party("1", name="Bob", contacts=contacts, version=1),
            self.party("1", name="Cid", version=2),
        )
        self.assertEqual(("done", "left to t-ehr: name"), (some.state, some.reason))
        self.assertIn("left to t-ehr: name", some.outcome)
        self.assertEqual(("discarded", "left to t-ehr: name"), (all_.state, all_.reason))
        self.assertEqual(("Ada", "5"), (self.partner("1").name, self.partner("1").phone))

    def test_two_systems_at_once(self):
        """Both tell of the same patients before either is drained."""
        self.by_ehr(*(self.party(f"p{place}", name="Ada", version=1) for place in range(3)))
        for endpoint, name in ((self.endpoint, "Bea"), (self.lab_endpoint, "Bob")):
            self.send(
                *(self.party(f"p{place}", name=name, version=2) for place in range(3)),
                endpoint=endpoint,
            )
        self.drain_all()
        rows = self.env["interop.disagreement"].search([("state", "=", "open")])
        self.assertEqual(3, len(rows))
        names = {self.partner(f"p{place}").name for place in range(3)}
        self.assertEqual(1, len(names))
        [exception] = self.exceptions_of("disagreement")
        self.assertEqual(3, exception.disagreement_count)
        self.by_ehr(*(self.party(f"p{place}", name="Zoe", version=3) for place in range(3)))
        self.by_lab(*(self.party(f"p{place}", name="Zoe", version=3) for place in range(3)))
        self.assertFalse(self.exceptions_of("disagreement"))

    def test_one_that_fails_lists_nothing(self):
        self.by_ehr(self.party("1", name="Ada", version=1))
        with self.stumbling(ValueError("x"), over="Bob"):
            self.send(self.party("1", name="Bob", version=1), endpoint=self.lab_endpoint)
            self.drain_all()
        self.assertFalse(self.env["interop.disagreement"].search([]))
        self.assertFalse(self.exceptions_of("disagreement"))

    def test_a_sample_tells_what_would_become_of_it(self):
        rule = self.own("ignore", "name")
        self.by_ehr(self.party("1", name="Ada", version=1))
        contacts = [{"kind": "phone", "value": "5"}]
        message = self.party("1", name="Bob", contacts=contacts, version=1)
        shown = self._try(message)
        self.assertIn("Not all of it would be written", shown)
        self.assertIn("left to t-ehr: name", shown)
        self.assertIn("Name: Lab says otherwise, the word of Test EHR stands", shown)
        rule.policy = "refuse"
        shown = self._try(message)
        self.assertIn("Would fail", shown)
        self.assertIn("t-ehr", shown)
        self.assertFalse(self.env["interop.disagreement"].search([]))

    def _try(self, body):
        values = {"endpoint_id": self.lab_endpoint.id, "sample": json.dumps(body), "asked": 1}
        answer = self.env["interop.try.sample"].onchange(values, ["asked"], {"result": {}})
        return str(answer["value"]["result"])
