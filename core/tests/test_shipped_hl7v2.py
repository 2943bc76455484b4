"""What the shipped mappings read of HL7 v2 messages, trigger by trigger."""

import unittest
from datetime import date
from decimal import Decimal

from ..canonical import CLEAR, Identifier
from ..codecs import hl7v2
from ..errors import MissingCode
from . import shipped

PID = "PID|1||7^^^MRN^MR||Duck^Donald||19340609|M|||1 Main^^Duckburg^CA^95500||555 1|||||A77^^^ACC"
PV1 = "PV1|1|I|W1^R2^B3^NORTH|||W0^R1|C6^Woolf^Kathleen^^^Dr||||||||||||V99^^^VIS|||||||||||||||||01||||||||20200508|20200510"


def message(kind, *segments):
    body = "\r".join((f"MSH|^~\\&|PAS|NORTH|||20200509120000||{kind}|1|P|2.5", *segments)).encode()
    (document,) = hl7v2.decode(body)
    return document


def facts(kind, *segments):
    return shipped.mapper().facts(message(kind, *segments), shipped.context())


def entities(kind, *segments):
    """{"party.updated": entity, …}; of several, the last."""
    context = shipped.context()
    return {
        f"{fact.entity}.{fact.event}": shipped.mapper().entity(fact, context)
        for fact in facts(kind, *segments)
    }


class VisitTest(unittest.TestCase):
    def test_each_trigger_tells_what_happened_and_what_the_visit_is_then(self):
        for trigger, party, event, status in (
            ("A01", "registered", "started", "in_progress"),
            ("A02", "updated", "transferred", "in_progress"),
            ("A03", "updated", "finished", "finished"),
            ("A04", "registered", "started", "in_progress"),
            ("A05", "registered", "planned", "planned"),
            ("A06", "updated", "class_changed", "in_progress"),
            ("A07", "updated", "class_changed", "in_progress"),
            ("A08", "updated", "updated", None),
            ("A11", "updated", "cancelled", "cancelled"),
            ("A12", "updated", "transferred", "in_progress"),
            ("A13", "updated", "discharge_cancelled", "in_progress"),
            ("A14", "updated", "planned", "planned"),
            ("A21", "updated", "leave", "on_leave"),
            ("A22", "updated", "leave", "in_progress"),
            ("A23", "updated", "cancelled", "cancelled"),
            ("A27", "updated", "cancelled", "cancelled"),
        ):
            found = entities(f"ADT^{trigger}", "EVN||20200509", PID, PV1)
            self.assertEqual(set(found), {f"party.{party}", f"encounter.{event}"}, trigger)
            self.assertEqual(found[f"encounter.{event}"].status, status, trigger)

    def test_a_visit_has_its_class_places_doctor_and_times(self):
        visit = entities("ADT^A01", PID, PV1)["encounter.started"]
        self.assertEqual(visit.identifiers, (Identifier("V99", "VIS", "VN"),))
        self.assertEqual(
            (visit.encounter_class, visit.account, visit.disposition.code),
            ("inpatient", "A77", "01"),
        )
        self.assertEqual(visit.location.identifiers, (Identifier("W1|R2|B3", "NORTH"),))
        self.assertEqual(visit.prior_location.display, "W0, R1")
        self.assertEqual(
            (visit.attending.display, visit.attending.is_carried), ("Dr Kathleen Woolf", False)
        )
        self.assertEqual((visit.period.start.precision, visit.period.end.at.day), ("day", 10))
        self.assertEqual((visit.party.display, visit.party.is_carried), ("Donald Duck", True))

    def test_the_version_is_when_it_was_recorded_or_sent(self):
        self.assertEqual(
            facts("ADT^A01", "EVN||20200508", PID)[0].version, "20200508T000000.000000"
        )
        self.assertEqual(facts("ADT^A01", PID)[0].version, "20200509T120000.000000")

    def test_without_a_visit_number_the_account_stands_in_or_there_is_no_visit(self):
        found = entities("ADT^A04", PID, "PV1|1|E")
        self.assertEqual(found["encounter.started"].identifiers, (Identifier("A77", "ACC", "VN"),))
        self.assertEqual(
            set(entities("ADT^A04", "PID|1||7||Duck^Don", "PV1|1|E")), {"party.registered"}
        )
        self.assertEqual(set(entities("ADT^A08", PID)), {"party.updated"})

    def test_patients_who_swap_beds_are_two_visits(self):
        found = facts("ADT^A17", PID, PV1, PID.replace("|7^", "|8^"), PV1.replace("V99", "V98"))
        self.assertEqual(
            [fact.subject for fact in found],
            ["party/MRN|7", "party/MRN|8", "encounter/VIS|V99", "encounter/VIS|V98"],
        )

    def test_a_visit_that_moves_keeps_both_numbers(self):
        for trigger in ("A42", "A45"):
            found = entities(f"ADT^{trigger}", PID, "MRG|8^^^MRN||||V11^^^VIS", PV1)
            visit = found["encounter.updated"]
            self.assertEqual([name.value for name in visit.identifiers], ["V99", "V11"])
            self.assertEqual(visit.party.identifiers[0].value, "7")
            self.assertIn("party.updated", found)

    def test_a_bed_changes_its_status(self):
        for code, status in (
            ("U", "free"),
            ("O", "occupied"),
            ("H", "cleaning"),
            ("K", "cleaning"),
            ("C", "closed"),
            ("I", "closed"),
        ):
            found = entities("ADT^A20", f"NPU|W1^R2^B3^NORTH|{code}")["location.status_changed"]
            self.assertEqual((found.operational_status, found.kind), (status, "bed"))
            self.assertEqual(found.parent.identifiers[0].value, "W1|R2")
        with self.assertRaises(MissingCode) as caught:
            entities("ADT^A20", "NPU|W1^R2^B3|Q")
        self.assertEqual((caught.exception.path, caught.exception.value), ("NPU-2.1", "Q"))


class PatientTest(unittest.TestCase):
    def test_a_patient_has_what_bills_need(self):
        guarantor = "GT1|1|G5|Duck^Scrooge"
        for trigger, event in (("A28", "registered"), ("A31", "updated")):
            found = entities(f"ADT^{trigger}", PID + "||||||||||20200507|Y", guarantor, PV1)
            self.assertEqual(set(found), {f"party.{event}"})
            party = found[f"party.{event}"]
            self.assertEqual(party.identifiers, (Identifier("7", "MRN", "MR"),))
            self.assertEqual(
                (party.name.display, party.birth_date, party.gender),
                ("Donald Duck", date(1934, 6, 9), "male"),
            )
            self.assertEqual(
                (party.address.city, party.contacts[0].value, party.is_deceased),
                ("Duckburg", "555 1", True),
            )
            self.assertEqual(
                (party.guarantor.identifiers[0].type, party.guarantor.display),
                ("GI", "Scrooge Duck"),
            )

    def test_a_time_of_death_tells_it_as_well(self):
        self.assertIs(
            entities("ADT^A31", "PID|1||7||||||||||||||||||||||||||20200507")[
                "party.updated"
            ].is_deceased,
            True,
        )

    def test_a_field_that_is_null_is_cleared(self):
        party = entities("ADT^A31", 'PID|1||7||Duck^Don||""||||""||""')["party.updated"]
        self.assertEqual((party.address, party.contacts, party.birth_date), (CLEAR, CLEAR, CLEAR))

    def test_the_merged_patient_is_an_alias_of_the_one_who_stays(self):
        for trigger in ("A18", "A34", "A40"):
            found = entities(f"ADT^{trigger}", PID, "MRG|8^^^MRN~9^^^MRN")
            merged = found["party.merged"]
            self.assertEqual([name.value for name in merged.identifiers], ["8", "9"])
            self.assertEqual(
                (merged.merged_into.identifiers[0].value, merged.merged_into.is_carried),
                ("7", True),
            )
            self.assertIn("party.updated", found)

    def test_several_merges_in_one_message_are_told_apart(self):
        found = facts("ADT^A40", PID, "MRG|8^^^MRN", PID.replace("|7^", "|17^"), "MRG|18^^^MRN")
        self.assertEqual(
            [fact.subject for fact in found],
            ["party/MRN|7", "party/MRN|17", "party/MRN|8", "party/MRN|18"],
        )

    def test_patients_are_unlinked(self):
        found = entities("ADT^A37", PID, PID.replace("|7^", "|8^"))["party.unmerged"]
        self.assertEqual(
            (found.identifiers[0].value, found.merged_into.identifiers[0].value), ("8", "7")
        )


class MasterFileTest(unittest.TestCase):
    MFI = "MFI|PRA||UPD|20200501|20200502|AL"

    def test_staff_come_change_and_leave(self):
        staff = "STF|S1^Woolf^L|E77^^^HR^EI|Woolf^Kathleen|NUR|F||A|CARD^Cardiology|||||||k@north.example|||Head nurse||C"
        for code, event, is_active in (
            ("MAD", "onboarded", True),
            ("MUP", "updated", True),
            ("MDC", "left", False),
            ("MDL", "left", False),
            ("MAC", "updated", True),
        ):
            found = entities(
                "MFN^M02",
                self.MFI,
                f"MFE|{code}|1|20200503|S1",
                staff,
                "PRA|S1||||408443003^GP^SCT",
            )
            employee = found[f"employee.{event}"]
            self.assertEqual([name.value for name in employee.identifiers], ["S1", "E77"])
            self.assertEqual(
                (employee.name.display, employee.is_active), ("Kathleen Woolf", is_active), code
            )
            self.assertEqual((employee.role, employee.worker_type), ("Head nurse", "contractor"))
            self.assertEqual(
                (employee.specialty.code, employee.organization.display),
                ("408443003", "Cardiology"),
            )
            self.assertEqual(employee.contacts[0].kind, "email")
        self.assertEqual(
            # when it was entered; what it tells may take effect before or after
            facts("MFN^M02", self.MFI, "MFE|MAD|1|20200503|S1", staff)[0].version,
            "20200501T000000.000000",
        )

    def test_posts_are_of_the_person_they_stand_with(self):
        staff = "STF|{0}^Woolf|||NUR|||A|CARD||||||||||Nurse|RN|C"
        found = facts(
            "MFN^M02",
            self.MFI,
            "MFE|MUP|1|20200601|S1",
            staff.format("S1"),
            "ORG|1|CARD^Cardiology||Y|P-1^^^HR|||20200401|20200601^20201231|C",
            "ORG|2|ICU",
            "MFE|MUP|2|20200601|S2",
            staff.format("S2"),
            "ORG|1|||Y",
            "MFE|MDC|3|20200601|S3",
            staff.format("S3"),
            "ORG|1|ICU",
        )
        context = shipped.context()
        read = [shipped.mapper().entity(fact, context) for fact in found]
        people, posts = read[:3], read[3:]
        self.assertEqual([one.identifiers[0].value for one in people], ["S1", "S2", "S3"])
        self.assertEqual({one.effective_at for one in people}, {date(2020, 6, 1)})
        self.assertEqual({(one.job.code, one.post) for one in people}, {("RN", None)})
        self.assertEqual(
            [
                (
                    one.identifiers[0].value,
                    one.post[0].value,
                    one.organization.identifiers[0].value,
                    one.is_main_post,
                    one.worker_type,
                    one.effective_at,
                    one.effective_until,
                )
                for one in posts
            ],
            [
                ("S1", "P-1", "CARD", True, "contractor", date(2020, 6, 1), date(2020, 12, 31)),
                ("S1", "ICU", "ICU", None, None, None, None),
            ],
        )

    def test_personnel_records_tell_of_the_same(self):
        staff = "STF|S1^Woolf|E77^^^HR^EI|Woolf^Kathleen|NUR|||{0}|CARD||||20190101|20201231|||||Nurse|RN|C"
        for trigger, event, is_active in (
            ("B01", "onboarded", True),
            ("B02", "updated", None),
            ("B03", "left", False),
            ("B04", "updated", True),
            ("B05", "left", False),
            ("B06", "left", False),
        ):
            found = entities(
                f"PMU^{trigger}", "EVN||20200509|20200601", staff.format(""), "PRA|S1||||GP"
            )
            self.assertEqual(set(found), {f"employee.{event}"}, trigger)
            one = found[f"employee.{event}"]
            self.assertEqual((one.is_active, one.effective_at), (is_active, date(2020, 6, 1)))
            self.assertEqual((one.name.display, one.role), ("Kathleen Woolf", "Nurse"))
            self.assertEqual(one.active_period.end.precision, "day")
        found = facts(
            "PMU^B02", "EVN||20200509", staff.format("A"), "ORG|1|CARD|||P-1", "ORG|2|ICU"
        )
        read = [shipped.mapper().entity(fact, shipped.context()) for fact in found]
        self.assertEqual([one.is_active for one in read], [True, None, None])
        self.assertEqual([one.post and one.post[0].value for one in read], [None, "P-1", "ICU"])
        self.assertEqual({fact.version for fact in found}, {"20200509T000000.000000"})
        self.assertEqual(facts("PMU^B02", "EVN||20200509", "STF|||Woolf"), ())

    def test_places_and_departments_are_told_apart(self):
        found = entities("MFN^M05", self.MFI, "MFE|MAD|1||W1^R2^B3^N", "LOC|W1^R2^B3^N|Bed 3|B", "LDP|W1|CARD^Cardiology",
                         "MFE|MDC|2|20200601|CARD", "LOC|CARD|Cardiology|D||1 Main^^X|555")  # fmt: skip
        bed, department = found["location.updated"], found["organization.updated"]
        self.assertEqual((bed.name, bed.kind, bed.status), ("Bed 3", "bed", "active"))
        self.assertEqual(
            (bed.parent.identifiers[0].value, bed.organization.display), ("W1|R2", "Cardiology")
        )
        self.assertEqual(
            (department.name, department.kind, department.is_active),
            ("Cardiology", "department", False),
        )
        self.assertEqual((department.closed_on, bed.parent.entity), (date(2020, 6, 1), "location"))
        opened = entities("MFN^M05", self.MFI, "MFE|MAC|2|20200601|CARD", "LOC|CARD||D")
        self.assertEqual(
            [(one.closed_on, one.is_active) for one in opened.values()], [(None, True)]
        )

    def test_services_and_products_have_prices(self):
        service = entities(
            "MFN^M04",
            self.MFI,
            "MFE|MUP|1||99213",
            "CDM|99213^Visit^C4||Visit|Office visit||||A",
            "PRC|99213||||80&USD",
        )
        service = service["service.updated"]
        self.assertEqual(
            (service.name, service.codes[0].code, service.is_active),
            ("Office visit", "99213", True),
        )
        self.assertEqual((service.price.amount, service.price.currency), (Decimal(80), "USD"))
        product = entities(
            "MFN^M15",
            self.MFI,
            "MFE|MAD|1||G1",
            "IIM|G1^Gloves^L|G1^Gloves^L|LOT1||||||BX|4.20^USD",
        )["product.updated"]
        self.assertEqual((product.name, product.unit, product.tracking), ("Gloves", "BX", "lot"))
        self.assertEqual((product.cost.amount, product.is_active), (Decimal("4.20"), True))
