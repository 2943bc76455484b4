"""What the shipped mappings read of appointments: HL7 v2 SIU, FHIR Appointment, canonical JSON."""

import unittest
from datetime import datetime, timezone

from ..canonical import Identifier
from ..codecs import hl7v2
from ..errors import MappingError
from . import shipped
from .test_shipped_fhir import read as read_fhir
from .test_shipped_hl7v2 import PID, entities, facts, message

AIP = "AIP|1||C6^Woolf^Ann^^^^^^EHR"


def utc(*when):
    return datetime(*when, tzinfo=timezone.utc)


class ScheduleMessageTest(unittest.TestCase):
    def sch(self, status="", times=""):
        fields = {1: "11^SCH", 2: "22^RIS", 11: f"^^^{times}" if times else "", 25: status}
        return "SCH|" + "|".join(fields.get(place, "") for place in range(1, 26))

    def appointment(self, trigger, status="", *more, times="202005100900^202005100930"):
        found = entities(f"SIU^{trigger}", PID, self.sch(status, times), *more)
        found.pop("party.updated")
        ((name, appointment),) = found.items()
        return name.removeprefix("appointment."), appointment

    def test_the_trigger_tells_what_happened_and_the_status_what_it_leaves_open(self):
        for trigger, status, event, state in (
            ("S12", "", "booked", None),
            ("S12", "Booked", "booked", "booked"),
            ("S12", "Pending", "booked", "proposed"),
            ("S13", "Booked", "rescheduled", "booked"),
            ("S13", "", "rescheduled", None),
            ("S14", "Booked", "rescheduled", "booked"),
            ("S14", "CONFIRMED", "confirmed", "confirmed"),
            ("S14", "Noshow", "no_show", "no_show"),
            ("S14", "Started", "updated", "arrived"),
            ("S14", "Complete", "updated", "completed"),
            ("S14", "", "updated", None),
            ("S14", "their own word", "updated", None),
            ("S15", "Booked", "cancelled", "cancelled"),
            ("S16", "", "cancelled", "cancelled"),
            ("S17", "Deleted", "cancelled", "cancelled"),
            ("S19", "Booked", "updated", "booked"),
            ("S26", "", "no_show", "no_show"),
        ):
            with self.subTest(trigger=trigger, status=status):
                name, appointment = self.appointment(trigger, status)
                self.assertEqual((name, appointment.status), (event, state))

    def test_it_has_both_numbers_and_what_it_takes_up(self):
        _name, appointment = self.appointment(
            "S12",
            "Booked",
            "RGS|1",
            "AIS|1||24^Scan^LN",
            AIP,
            AIP.replace("C6^Woolf", "C7^Bell"),
            "AIL|1||W1^R2^B3",
        )
        self.assertEqual(
            [(name.value, name.system, name.type) for name in appointment.identifiers],
            [("11", "SCH", "PLAC"), ("22", "RIS", "FILL")],
        )
        self.assertEqual(appointment.service.code, "24")
        self.assertEqual(
            [(one.entity, one.identifiers[0].value) for one in appointment.staff],
            [("employee", "C6"), ("employee", "C7")],
        )
        self.assertEqual(appointment.location.display, "W1, R2, B3")
        self.assertTrue(appointment.party.is_carried)

    def test_times_come_from_where_each_version_of_the_standard_has_them(self):
        nine, half = utc(2020, 5, 10, 9), utc(2020, 5, 10, 9, 30)
        for name, segments, times in (
            ("2.4, SCH-11", (), "202005100900^202005100930"),
            ("2.5, TQ1", ("TQ1|1||||||202005100900|202005100930",), ""),
            ("AIS", ("AIS|1||24|202005100900|||30|min^Minutes^UCUM",), ""),
            ("AIS in seconds", ("AIS|1||24|202005100900|||1800|s",), ""),
            ("AIS in hours", ("AIS|1||24|202005100900|||0.5|HR",), ""),
            ("AIS without unit", ("AIS|1||24|202005100900|||30",), ""),
        ):
            with self.subTest(name):
                _event, appointment = self.appointment("S12", "", *segments, times=times)
                period = appointment.period
                self.assertEqual((period.start.at, period.end.at), (nine, half))

    def test_a_service_without_a_time_gives_none(self):
        ais = "AIS|1||24||||30|min"
        self.assertIsNone(self.appointment("S12", "", ais, times="")[1].period)

    def test_a_duration_that_is_none_leaves_the_end_open(self):
        for ais in (
            "AIS|1||24|202005100900",
            "AIS|1||24|202005100900|||2|mo",
            "AIS|1||24|202005100900|||-5|min",
        ):
            with self.subTest(ais):
                period = self.appointment("S12", "", ais, times="")[1].period
                self.assertEqual((period.start.at, period.end), (utc(2020, 5, 10, 9), None))
        for bad in ("soon", "9" * 30):
            with self.assertRaises(MappingError) as caught:
                self.appointment("S12", "", f"AIS|1||24|202005100900|||{bad}|d", times="")
            self.assertEqual(caught.exception.code, "bad_duration")
            self.assertNotIn(bad, str(caught.exception))

    def test_reasons_and_notes_are_no_part_of_it(self):
        sch = self.sch("Booked").replace("|22^RIS|||||", "|22^RIS||||secret^reason|")
        document = message("SIU^S12", PID, sch, "NTE|1||secret")
        self.assertIn(b"secret", hl7v2.dump(document.body))
        kept, dropped = shipped.contracts().minimise(document)
        self.assertNotIn(b"secret", hl7v2.dump(kept.body))
        self.assertIn("NTE", " ".join(dropped))

    def test_without_a_number_it_is_no_appointment(self):
        self.assertEqual(
            {fact.entity for fact in facts("SIU^S12", PID, "SCH|||||||||||||||||||||||||Booked")},
            {"party"},
        )


class FhirTest(unittest.TestCase):
    def appointment(self, **more):
        body = {
            "resourceType": "Appointment",
            "id": "a1",
            "status": "booked",
            "serviceType": [{"coding": [{"system": "urn:s", "code": "52"}]}],
            "start": "2020-05-10T09:00:00Z",
            "end": "2020-05-10T09:30:00Z",
            "participant": [
                {"actor": {"reference": "Patient/p1", "display": "Doe"}},
                {"actor": {"reference": "Practitioner/c6"}},
                {"actor": {"display": "Phone call"}},
                {"actor": {"reference": "PractitionerRole/c7"}},
                {"actor": {"reference": "Location/w1"}},
            ],
            **more,
        }
        (found,) = read_fhir(body)
        return found

    def test_each_status_tells_what_happened(self):
        for status, event, state in (
            ("proposed", "updated", "proposed"),
            ("waitlist", "updated", "proposed"),
            ("booked", "booked", "booked"),
            ("checked-in", "updated", "arrived"),
            ("fulfilled", "updated", "completed"),
            ("noshow", "no_show", "no_show"),
            ("cancelled", "cancelled", "cancelled"),
            ("entered-in-error", "cancelled", "cancelled"),
        ):
            name, appointment = self.appointment(status=status)
            self.assertEqual((name, appointment.status), (event, state), status)

    def test_participants_are_told_apart_by_what_they_are(self):
        _name, appointment = self.appointment()
        self.assertEqual(appointment.identifiers, (Identifier("a1", "fhir:Appointment", "RI"),))
        self.assertEqual(appointment.party.identifiers[0].value, "p1")
        self.assertEqual([one.identifiers[0].value for one in appointment.staff], ["c6", "c7"])
        self.assertEqual(appointment.location.identifiers[0].value, "w1")
        self.assertEqual(appointment.service.code, "52")
        self.assertEqual(
            (appointment.period.start.at, appointment.period.end.at),
            (utc(2020, 5, 10, 9), utc(2020, 5, 10, 9, 30)),
        )
