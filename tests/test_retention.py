"""Purpose and retention of attributes: demanded, carried by files and wizards, and kept to by the door and afterwards."""

import contextlib
import json
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation, NotNullViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.exchange import retention
from .common import InteropCase


@tagged("post_install", "-at_install")
class TestRetention(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.env["interop.contract"].search([("name", "=", "test json")])
        cls.endpoint.payload_days = 40

    def attribute(self, **vals):
        made = self.env["interop.contract.attribute"].create(
            {"contract_id": self.contract.id, "path": "born", "purpose": "claims", **vals}
        )
        self.contract._go_live()
        return made

    @contextlib.contextmanager
    def refused(self, words):
        with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
            yield

    def kept(self, *keys):
        """For how many days each message is kept."""
        messages = self.env["interop.message"].search([("endpoint_id", "=", self.endpoint.id)])
        return [(one.payload_until - one.received_at).days for one in messages.sorted("id")]

    def test_each_attribute_says_what_for(self):
        for purpose in ("", "  "):
            with self.subTest(purpose), self.refused("test json, born: say what"):
                self.attribute(purpose=purpose)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(NotNullViolation),
            self.env.cr.savepoint(),
        ):
            self.attribute(purpose=False)

    def test_what_is_restricted_says_how_long(self):
        with self.refused("test json, born is restricted"):
            self.attribute(data_class="restricted")
        line = self.attribute(data_class="confidential")
        with self.refused("born is restricted"):
            line.data_class = "restricted"
        line.write({"data_class": "restricted", "retention_days": 9})
        with self.refused("born is restricted"):
            line.retention_days = 0

    def test_no_time_is_negative(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self.attribute(retention_days=-1)

    def test_a_form_proposes_days_where_they_are_demanded(self):
        with Form(self.contract) as form, form.attribute_ids.new() as line:
            line.path, line.purpose = "born", "claims"
            self.assertEqual(line.retention_days, 0)
            line.data_class = "restricted"
            self.assertEqual(line.retention_days, 30)
        place = Form(
            self.env["interop.allow.place"].with_context(
                default_format="json", default_kind="test.patient.updated.v1", default_path="sex"
            )
        )
        place.purpose = "claims"
        place.data_class = "restricted"
        self.assertEqual(place.retention_days, 30)
        place.retention_days = 12
        place.save().action_allow()
        made = self.contract.attribute_ids.filtered(lambda one: one.path == "sex")
        self.assertEqual((made.data_class, made.retention_days), ("restricted", 12))

    def test_the_door_keeps_to_the_shortest(self):
        self.send(self.party("1"))
        self.attribute(data_class="restricted", retention_days=9)
        self.send(self.party("2"))
        self.endpoint.payload_days = 3
        self.send(self.party("3"))
        self.assertEqual(self.kept(), [40, 9, 3])

    def test_kinds_in_one_body_have_their_own_times(self):
        made = self.env["interop.contract"].create(
            {
                "name": "houses",
                "format": "json",
                "document": "test.house.*",
                "attribute_ids": [(0, 0, {"path": "x", "purpose": "tests", "retention_days": 2})],
            }
        )
        made._go_live()
        self.send(self.party("1"), self.party("h", kind="house", name="North"))
        self.assertEqual(sorted(self.kept()), [2, 40])

    def test_what_is_kept_already_is_shortened_in_steps(self):
        self.send(*(self.party(str(number)) for number in range(5)))
        self.attribute(data_class="restricted", retention_days=9)
        messages = self.env["interop.message"]
        with (
            patch.object(retention, "BATCH", 2),
            patch.object(type(messages), "_shorten_later", autospec=True) as later,
        ):
            self.contract.action_apply_retention()
            steps = 0
            while later.call_args_list:
                _self, after, changed = later.call_args_list.pop().args
                later.reset_mock()
                messages._shorten_step(after, changed)
                steps += 1
        self.assertGreaterEqual(steps, 3)
        self.assertEqual(self.kept(), [9] * 5)
        last = self.env["interop.audit.entry"].search(
            [("res_name", "=", "retention"), ("action", "=", "changed")], limit=1, order="id desc"
        )
        self.assertEqual(json.loads(last.details)["step"], "done")
        self.assertGreaterEqual(json.loads(last.details)["shortened"], 5)

    def test_nothing_is_made_longer_and_nothing_is_done_twice(self):
        self.attribute(data_class="restricted", retention_days=9)
        self.send(self.party("1"))
        self.contract.attribute_ids.filtered("retention_days").unlink()
        self.contract._go_live()
        messages = self.env["interop.message"]
        messages._shorten(messages._kept_rows(0))
        self.assertEqual(self.kept(), [9])
        self.assertEqual(messages._shorten(messages._kept_rows(0)), 0)

    def test_content_without_a_time_to_go_gets_one(self):
        self.send(self.party("1"))
        message = self.env["interop.message"].search([("endpoint_id", "=", self.endpoint.id)])
        message.payload_until = False
        self.env.flush_all()
        self.assertGreaterEqual(message._shorten(message._kept_rows(message.id - 1)), 1)
        self.assertEqual(self.kept(), [40])

    def test_a_stored_bundle_is_looked_into(self):
        endpoint = self.make_endpoint("fhir", payload_days=40)
        contracts = self.env["interop.contract"].search([("format", "=", "fhir")])
        contracts.attribute_ids.filtered(lambda one: one.retention_days > 20).retention_days = 20
        contracts._go_live()
        bundle = {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [
                {"resource": {"resourceType": "Patient", "id": "1", "birthDate": "1970-01-01"}}
            ],
        }
        answer = self.receive(json.dumps(bundle).encode(), endpoint)
        self.assertLess(answer.status, 300)
        message = self.env["interop.message"].search([("endpoint_id", "=", endpoint.id)])
        self.assertEqual((message.payload_until - message.received_at).days, 20)
        contracts.attribute_ids.filtered("retention_days").retention_days = 4
        contracts._go_live()
        messages = self.env["interop.message"]
        rows = [row for row in messages._kept_rows(0) if row["id"] == message.id]
        self.assertEqual(messages._shorten(rows), 1)
        self.assertEqual((message.payload_until - message.received_at).days, 4)
        # what no key opens keeps the time of its kind, and stops nothing
        rows[0]["body"] = b"rubbish"
        self.assertEqual(messages._shorten(rows), 0)

    def test_only_administrators_shorten(self):
        operator = new_test_user(
            self.env, "retention-operator", groups="healthcare_interop.group_operator"
        )
        with self.assertRaises(AccessError):
            self.contract.with_user(operator).action_apply_retention()

    def test_content_past_its_time_is_told(self):
        self.send(self.party("1"), self.party("2"))
        messages = self.env["interop.message"].search([("endpoint_id", "=", self.endpoint.id)])
        before = messages._overdue(), messages._held()
        messages.payload_until = messages[0].received_at - timedelta(days=3)
        self.env.flush_all()
        self.env["interop.delivery"].search([("message_id", "=", messages[0].id)]).state = "failed"
        self.env["interop.delivery"].search([("message_id", "=", messages[1].id)]).state = "done"
        self.env.flush_all()
        self.assertEqual(messages._overdue(), before[0] + 1)
        self.assertEqual(messages._held(), before[1] + 1)
