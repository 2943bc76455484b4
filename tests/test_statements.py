"""How many SQL statements a message costs: the figure that does not depend on the machine (issue 2, bar 6).

The door is counted through the real route: all cursors, the wake included. Not counted are the test cursor's own
savepoints, which Odoo leaves out itself; BEGIN and COMMIT are no statements anywhere.
"""

import logging
import sys

from odoo import sql_db
from odoo.tests import tagged

from .common import InteropCase, InteropHttpCase

_logger = logging.getLogger(__name__)

LANE = 500


def told(what, statements, messages):
    """The figure, in the log and on a pytest's -s."""
    line = f"{what}: {statements / messages:.3f} statements a message ({statements} for {messages})"
    _logger.info(line)
    sys.stdout.write(line + "\n")


class TestDoorStatements(InteropCase):
    def setUp(self):
        super().setUp()
        self.route.lanes = 8
        self.env.flush_all()
        for endpoint in self.endpoints.values():
            self.count(self.body_for(endpoint), endpoint)

    def count(self, body, endpoint, *, is_awake=False):
        """The statements of one knock, the wake included; ``is_awake``: the lanes have jobs already."""
        if not is_awake:
            self.env.cr.execute("DELETE FROM queue_job")
        self.env.flush_all()
        knock = self.knock(body, endpoint)
        before = self.env.cr.sql_log_count
        answer = self.env["interop.door"]._receive(knock)
        self.after_commit()
        self.assertIn(answer.status, (200, 202), answer.body)
        return self.env.cr.sql_log_count - before

    def body_for(self, endpoint):
        number = next(self.numbers)
        return {
            "json": self.party(f"p{number}", name="Jane"),
            "cloudevents": {**self.party(f"p{number}", name="Jane"), "specversion": "1.0"},
            "fhir": {"resourceType": "Patient", "id": f"p{number}"},
            "hl7v2": self.hl7(str(number), key=f"p{number}"),
        }[endpoint.format]

    def test_one_signed_message_costs_two_and_the_waking_of_its_lane_one(self):
        """Odoo's own look at the registry's signals is one more; a cold worker compiles its plan first."""
        for format_, endpoint in self.endpoints.items():
            with self.subTest(format_):
                body = self.body_for(endpoint)
                statements = self.count(body, endpoint)
                told(f"door, one {format_} message, its lane asleep", statements, 1)
                self.assertLessEqual(statements, 3)
                statements = self.count(body, endpoint)
                told(f"door, a {format_} duplicate", statements, 1)
                self.assertLessEqual(statements, 3)

    def test_a_message_for_a_lane_that_is_awake_costs_two(self):
        first, second = (self.party("same", name=name) for name in ("Jane", "Janet"))
        self.count(first, self.endpoint)
        statements = self.count(second, self.endpoint, is_awake=True)
        told("door, one message, its lane awake", statements, 1)
        self.assertLessEqual(statements, 2)

    def test_a_batch_costs_what_one_message_costs(self):
        batch = [self.party(f"b{number}", name="Jane") for number in range(100)]
        statements = self.count(batch, self.endpoint)
        told("door, a batch of a hundred over eight lanes", statements, 100)
        self.assertLessEqual(statements, 3)
        hl7 = b"".join(self.hl7(f"c{number}", key=f"h{number}") for number in range(100))
        statements = self.count(hl7, self.endpoints["hl7v2"])
        told("door, a hundred HL7 messages in one body", statements, 100)
        self.assertLessEqual(statements, 3)

    def test_a_status_costs_three(self):
        [message] = self.send(self.party("1"))
        self.after_commit()
        knock = self.knock(b"", method="GET")
        before = self.env.cr.sql_log_count
        self.env["interop.door"]._status(knock, message)
        statements = self.env.cr.sql_log_count - before
        told("status", statements, 1)
        self.assertLessEqual(statements, 3)

    def test_a_schema_costs_the_same_whatever_the_number_of_endpoints(self):
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        number = contract.active_version_id.number
        knock = self.knock(b"", method="GET")
        counts = []
        for _more in range(2):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            answer = self.env["interop.door"]._schema(knock, contract.code, number)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(answer.status, 200)
            for _endpoint in range(5):
                self.make_endpoint("json")
            self.env["interop.endpoint"]._plan_governed()
        told("schema", counts[-1], 1)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 2)


@tagged("post_install", "-at_install")
class TestRequestStatements(InteropHttpCase):
    """The whole request, Odoo's part included; the wake is not in it, since test cursors drop post-commit hooks."""

    def post(self, body):
        knock = self.knock(body)
        headers = {**knock.headers, "Content-Type": knock.content_type}
        before = sql_db.sql_counter
        response = self.url_open(knock.path, data=knock.read(), headers=headers)
        self.assertEqual(response.status_code, 202, response.text)
        return sql_db.sql_counter - before

    def test_one_request_and_a_batch(self):
        wake = 2
        for place in range(3):
            self.post(self.party(f"warm{place}"))
        one = self.post(self.party("1", name="Jane")) + wake
        batch = self.post([self.party(f"b{number}", name="Jane") for number in range(100)]) + wake
        told("request, one message", one, 1)
        told("request, a batch of a hundred", batch, 100)
        self.assertLessEqual(one, 6)
        self.assertLessEqual(batch, 12)


class TestDrainStatements(InteropCase):
    """A lane of 500 parties, distinct subjects, drained in one job; what follows its commit included."""

    def fill(self, **said):
        """New messages about the same patients; ``said`` may be functions of the patient's number."""
        messages = []
        for number in range(LANE):
            values = {name: value(number) for name, value in said.items()}
            messages.append(self.party(f"p{number}", **values))
        self.send(*messages)
        self.after_commit()
        self.env.cr.execute("UPDATE queue_job SET state = 'done'")

    def drained(self, what, ceiling):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        jobs = 0
        while self.due_lanes():
            before += 1  # our own look
            self.drain()
            jobs += 1
        statements = self.env.cr.sql_log_count - before - 1
        told(f"drain, {what} ({jobs} jobs)", statements, LANE)
        self.assertEqual(set(self.states()), {"done"})
        self.assertLessEqual(statements / LANE, ceiling)

    @staticmethod
    def said(version):
        return {
            "name": lambda number: {"family": f"Roe {number}", "given": [f"V{version}"]},
            "contacts": lambda number: [{"kind": "phone", "value": f"+1 {number} {version}"}],
            "address": lambda number: {
                "lines": [f"{number} Road"],
                "city": f"Town {version}",
                "country": "US",
            },
            "version": lambda number: version,
        }

    def test_parties(self):
        self.fill(**self.said(1))
        self.drained("new parties", 0.5)
        self.assertEqual({row["effect"] for row in self.rows()}, {"created"})
        self.fill(**self.said(1))
        self.drained("unchanged parties", 0.1)
        self.assertEqual({row["effect"] for row in self.rows()[LANE:]}, {"unchanged"})
        for version, changed in enumerate(
            ({"address"}, {"contacts"}, {"name"}, {"address", "contacts", "name"}), 2
        ):
            newer, older = self.said(version), self.said(1)
            said = {name: newer[name] if name in changed else older[name] for name in older}
            self.fill(**said | {"version": newer["version"]})
            self.drained(f"parties with changed {', '.join(sorted(changed))}", 2)
            effects = {row["effect"] for row in self.rows()[version * LANE :]}
            self.assertEqual(effects, {"updated"})

    def test_what_waits_for_one_code_costs_next_to_nothing(self):
        missing = {"identifiers": [{"value": "ICU", "system": "DEP"}]}
        self.send(
            *(
                self.party(f"h{number}", kind="house", name="Ward", parent=missing)
                for number in range(LANE)
            )
        )
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.drain(self.house_route)
        statements = self.env.cr.sql_log_count - before
        told("drain, houses that lack one parent", statements, LANE)
        self.assertEqual(self.counts(), {"failed": LANE})
        self.assertLessEqual(statements / LANE, 0.1)
