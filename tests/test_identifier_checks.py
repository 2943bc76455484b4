"""Wrong check digits: taken and flagged, or refused, as the administrator says; the number itself is told nowhere."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tools import mute_logger

from ..models.meaning import identifier_check
from .common import InteropCase

NHS = "https://fhir.nhs.uk/Id/nhs-number"
RIGHT, WRONG, WRONG_TOO = "9434765919", "9434765918", "9434765917"


class TestIdentifierChecks(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["interop.identifier.check"].search([]).active = False
        cls.env.flush_all()

    def check(self, **values):
        given = {"name": "NHS", "number_system": NHS, "scheme": "nhs"} | values
        return self.env["interop.identifier.check"].create(given)

    def patient(self, key, nhs, **said):
        message = self.party(key, name="Jane", **said)
        message["data"]["identifiers"].append({"value": nhs, "system": NHS})
        return message

    def apply(self, *messages, endpoint=None):
        for message in messages:
            self.send(message, endpoint=endpoint)
        self.drain_all()
        self.after_commit()

    def faults(self):
        return self.env["interop.identifier.fault"].search([("system_id", "=", self.system.id)])

    def test_a_wrong_number_is_taken_and_its_record_listed_once(self):
        self.check()
        self.apply(self.patient("1", WRONG), self.patient("1", WRONG), self.patient("2", RIGHT))
        self.assertEqual(self.states(), ["done"] * 3)
        fault = self.faults()
        self.assertEqual(len(fault), 1)
        self.assertEqual((fault.res_model, fault.res_id), ("res.partner", self.partner("1").id))
        self.assertEqual(
            (fault.place, fault.number_system, fault.scheme, fault.state),
            ("identifiers", NHS, "nhs", "open"),
        )
        self.assertEqual(fault.place_word, "its own number")
        self.assertEqual(fault.action_open_record()["res_id"], self.partner("1").id)

    def test_what_was_dealt_with_stays_so(self):
        self.check()
        self.apply(self.patient("1", WRONG))
        self.faults().action_dismiss()
        self.env.flush_all()
        self.apply(self.patient("1", WRONG_TOO))
        self.env.invalidate_all()
        self.assertEqual(self.faults().mapped("state"), ["dismissed"])
        self.faults().action_reopen()
        self.assertEqual(self.faults().mapped("state"), ["open"])

    def test_a_refused_number_stops_its_message_and_nothing_else(self):
        self.check(on_wrong="refuse")
        self.apply(self.patient("1", WRONG), self.patient("2", RIGHT))
        failed, done = self.rows()
        self.assertEqual((failed["state"], done["state"]), ("failed", "done"))
        self.assertEqual(
            (failed["error_code"], failed["error_path"], failed["error_detail"]),
            ("wrong_check_digit", "identifiers", f"nhs {NHS}"),
        )
        self.assertFalse(self.partner("1"))
        self.assertFalse(self.faults())
        exception = self.exceptions()
        self.assertIn("check digit", exception.name)
        for field in ("name", "advice", "path", "detail", "value"):
            self.assertNotIn(WRONG, exception[field] or "")

    def test_another_check_lets_the_message_pass(self):
        check = self.check(on_wrong="refuse")
        self.apply(self.patient("1", WRONG))
        check.on_wrong = "flag"
        self.env.flush_all()
        self.exceptions().action_try_again()
        self.drain_all()
        self.after_commit()
        self.assertEqual(self.states(), ["done"])
        self.assertEqual(len(self.faults()), 1)
        self.assertFalse(self.exceptions())

    def test_a_number_that_only_refers_to_somebody_is_looked_at_too(self):
        self.check(on_wrong="refuse")
        guarantor = {"identifiers": [{"value": WRONG, "system": NHS}]}
        self.apply(self.party("1", guarantor=guarantor))
        self.assertEqual(self.rows()[0]["error_path"], "guarantor")

    def test_a_system_has_checks_of_its_own(self):
        other = self.env["interop.system"].create({"name": "Other", "code": "t-other"})
        self.check(on_wrong="refuse", system_id=other.id)
        self.check(on_wrong="refuse")
        self.check(scheme="M10", system_id=self.system.id, sequence=99)
        # 18 is right by Mod 10, and no NHS number at all
        self.apply(self.patient("1", "18"))
        self.assertEqual(self.states(), ["done"])
        self.assertFalse(self.faults())

    def test_a_check_that_is_switched_off_is_none(self):
        self.check(on_wrong="refuse").active = False
        self.apply(self.patient("1", WRONG))
        self.assertEqual(self.states(), ["done"])
        self.assertFalse(self.faults())

    def test_what_a_message_states_of_its_own_numbers(self):
        self.check(scheme="stated", number_system=False)
        hl7 = self.endpoints["hl7v2"]
        self.receive(self.hl7("1", key="1234567^4^M11").replace(b"M11^^^MRN", b"M11^MRN"), hl7)
        self.receive(self.hl7("2", key="7654321^0^M11").replace(b"M11^^^MRN", b"M11^MRN"), hl7)
        self.drain_all()
        self.after_commit()
        self.assertEqual(self.states(), ["done", "done"])
        fault = self.faults()
        self.assertEqual((len(fault), fault.scheme, fault.number_type), (1, "M11", "MR"))
        self.assertEqual(fault.res_id, self.partner("7654321").id)

    def test_a_check_of_every_number_there_is_can_not_be_made(self):
        with self.assertRaises(ValidationError):
            self.check(number_system=False)

    def test_a_check_without_a_scheme_can_not_be_made(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.check(scheme=False)

    def test_a_new_check_looks_at_what_is_bound_when_asked(self):
        self.apply(self.patient("1", WRONG), self.patient("2", RIGHT), self.party("n/a"))
        check = self.check()
        self.assertEqual(check.action_check_bound()["params"]["type"], "warning")
        fault = self.faults()
        self.assertEqual((len(fault), fault.res_id), (1, self.partner("1").id))
        local = self.check(scheme="M10", number_system="MRN", number_type="MR")
        with patch.object(identifier_check, "MOST_AT_ONCE", 1):
            local.action_check_bound()
        self.assertEqual(len(self.faults()), 4)
        fault.action_dismiss()
        check.action_check_bound()
        self.env.invalidate_all()
        self.assertEqual(fault.state, "dismissed")
        elsewhere = self.check(number_system="https://example.org/none")
        self.assertEqual(elsewhere.action_check_bound()["params"]["type"], "success")
        other = self.env["interop.system"].create({"name": "Other", "code": "t-other"})
        check.system_id = other
        self.assertEqual(check._check_bound(), 0)

    def test_checks_cost_no_statement_a_message(self):
        def drained(first, nhs):
            self.send(*(self.patient(f"{first}{n}", nhs[n]) for n in range(20)))
            self.after_commit()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.drain()
            return self.env.cr.sql_log_count - before

        numbers = [f"{number}" for number in range(80)]
        drained("warm", numbers)
        without = drained("a", numbers[20:])
        self.check(number_system="elsewhere")
        drained("warmer", numbers[60:])
        self.assertLessEqual(drained("b", numbers[40:]), without)
