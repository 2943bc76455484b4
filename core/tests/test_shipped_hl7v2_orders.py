"""What the shipped mappings read of HL7 v2 orders, results, dispenses and charges."""

import unittest
from datetime import date
from decimal import Decimal

from ..canonical import Identifier, Quantity
from ..errors import MappingError
from . import shipped
from .test_shipped_hl7v2 import PID, PV1, entities, facts


class OrderTest(unittest.TestCase):
    ORC = "ORC|{}|11^EHR|22^LAB||{}||^^^^^S||20200509|||C6^Woolf"
    OBR = "OBR|1|11^EHR|22^LAB|24^Scan^LN"

    def order(self, control, status="", kind="ORM^O01"):
        return entities(kind, PID, PV1, self.ORC.format(control, status), self.OBR)

    def test_order_control_and_status_tell_what_happened(self):
        for control, status, event, state in (
            ("NW", "", "placed", "active"),
            ("NW", "CA", "cancelled", "cancelled"),
            ("CA", "", "cancelled", "cancelled"),
            ("DC", "", "cancelled", "cancelled"),
            ("XO", "", "changed", "active"),
            ("HD", "", "changed", "on_hold"),
            ("SC", "CM", "completed", "completed"),
            ("SC", "HD", "changed", "on_hold"),
            ("SC", "IP", "changed", "active"),
            ("", "", "changed", None),
        ):
            found = self.order(control, status)
            self.assertEqual(set(found), {f"order.{event}"}, (control, status))
            self.assertEqual(found[f"order.{event}"].status, state, (control, status))

    def test_the_time_of_a_status_is_not_that_of_the_order(self):
        for control, is_placed in (
            ("NW", True),
            ("", True),
            ("SC", False),
            ("OC", False),
            ("XO", False),
        ):
            (order,) = self.order(control).values()
            self.assertEqual(is_placed, order.authored_at is not None, control)

    def test_an_order_has_both_numbers_and_who_asked(self):
        for kind in ("ORM^O01", "OML^O21", "OMG^O19", "OMI^O23"):
            order = self.order("NW", kind=kind)["order.placed"]
            self.assertEqual(
                [(name.value, name.system, name.type) for name in order.identifiers],
                [("11", "EHR", "PLAC"), ("22", "LAB", "FILL")],
            )
            self.assertEqual(
                (order.kind, order.code.system, order.priority),
                ("service", "http://loinc.org", "stat"),
            )
            self.assertEqual(
                (order.requester.display, order.authored_at.precision), ("Woolf", "day")
            )
            self.assertTrue(order.party.is_carried and order.encounter.is_carried)
            self.assertEqual(
                (order.encounter.identifiers[0].value, order.location.display),
                ("V99", "W1, R2, B3"),
            )

    def test_a_requisition_is_a_supply_order(self):
        line = "RQD|1|G1^Gloves|||3|BX^Box^UCUM"
        for kind in ("ORM^O01", "OMS^O05"):
            order = entities(kind, PID, "ORC|NW|5", line)["order.placed"]
            self.assertEqual((order.kind, order.code.code), ("supply", "G1"))
            quantity = Quantity(Decimal(3), "BX", "http://unitsofmeasure.org")
            self.assertEqual(order.quantity, quantity)
            self.assertIsNone(order.location)

    def test_a_requisition_goes_where_it_says_else_where_the_patient_is(self):
        line = "RQD|1|G1^Gloves|||3|BX"
        for rqd, place in ((line, "W1|R2|B3"), (f"{line}|||ST-SUR^Surgical store", "ST-SUR")):
            order = entities("ORM^O01", PID, PV1, "ORC|NW|5", rqd)["order.placed"]
            self.assertEqual(order.location.identifiers[0].value, place)

    def test_an_order_is_cancelled_by_its_number_alone(self):
        (fact,) = facts("ORM^O01", PID, "ORC|CA|11^EHR")
        self.assertEqual((fact.event, fact.subject), ("cancelled", "order/EHR|11"))
        self.assertEqual(facts("ORM^O01", PID, "ORC|NW|11^EHR", "RXO|aspirin"), ())

    def test_an_order_without_any_number_has_a_key_made_of_what_it_is(self):
        (fact,) = facts("OMG^O19", PID, PV1, "ORC|NW|||G1", "OBR|1|||24")
        self.assertEqual(fact.subject, "order/natural|G1|24")
        (fact,) = facts("OMG^O19", PID, PV1, "ORC|NW", "OBR|1|||24|||20200509")
        self.assertEqual(fact.subject, "order/natural|V99|24|20200509")

    def test_a_result_completes_its_order_and_keeps_nothing_else(self):
        for status in "FC":
            found = facts(
                "ORU^R01",
                PID,
                PV1,
                "ORC|RE",
                f"{self.OBR}||||||||||||||||||20200510||L|{status}",
                "OBX|1|NM|x||5",
            )
            self.assertEqual(
                [(fact.event, fact.subject) for fact in found], [("completed", "order/LAB|22")]
            )
            order = shipped.mapper().entity(found[0], shipped.context())
            self.assertEqual(
                (order.status, order.completed_at.precision, found[0].version[:8]),
                ("completed", "day", "20200510"),
            )
            self.assertEqual(
                (order.party.display, order.requester, order.location), ("", None, None)
            )

    def test_a_result_that_names_nothing_is_a_fact_of_no_known_order(self):
        """So that its discard is counted (CANON: where no order is known)."""
        for status, event in (("F", "completed"), ("P", "changed")):
            (fact,) = facts("ORU^R01", "PID|1", f"OBR|1|||24|||||||||||||||||||||{status}")
            self.assertEqual((fact.event, fact.subject), (event, "order/natural|1|24"))

    def test_a_result_on_the_way_is_news_of_its_order(self):
        for status, event, state in (
            ("P", "changed", "active"),
            ("X", "cancelled", "cancelled"),
            ("", "changed", None),
        ):
            found = entities("ORU^R01", PID, f"{self.OBR}|||||||||||||||||||||{status}")
            self.assertEqual(
                {key: order.status for key, order in found.items()}, {f"order.{event}": state}
            )

    def test_each_result_of_a_message_is_one_fact(self):
        found = facts(
            "ORU^R01",
            PID,
            "ORC|RE|1|2",
            "OBR|1|1|2|a|||||||||||||||||||||F",
            "OBR|2|1|3|b|||||||||||||||||||||F",
        )
        self.assertEqual([fact.subject for fact in found], ["order/|2", "order/|3"])


class StockAndChargeTest(unittest.TestCase):
    RXD = "RXD|1|01^Doxycycline^NDC|20200509|10|TAB^Tablet^L||P5|||||||||||LOT9|20221231"

    def test_a_dispense_is_a_consumption(self):
        (fact,) = facts("RDS^O13", PID, PV1, "ORC|RE|11^EHR|22^PHA", self.RXD)
        self.assertEqual((fact.event, fact.subject), ("consumed", "stock_movement/|P5|1"))
        item = shipped.mapper().entity(fact, shipped.context())
        self.assertEqual(
            (item.kind, item.lot, item.expiry), ("consumption", "LOT9", date(2022, 12, 31))
        )
        self.assertEqual(
            item.product.identifiers, (Identifier("01", "http://hl7.org/fhir/sid/ndc"),)
        )
        self.assertEqual(item.quantity, Quantity(Decimal(10), "TAB", "L"))
        self.assertEqual([name.type for name in item.order.identifiers], ["PLAC", "FILL"])
        self.assertEqual(
            (item.occurred_at.precision, item.encounter.identifiers[0].value), ("day", "V99")
        )

    def test_a_dispense_without_prescription_number_goes_by_its_order_or_visit(self):
        bare = self.RXD.replace("|P5|", "||")
        (fact,) = facts("RDS^O13", PID, PV1, "ORC|RE|11^EHR", bare)
        self.assertEqual(fact.subject, "stock_movement/natural|11|1")
        (fact,) = facts("RDS^O13", PID, PV1, bare)
        self.assertEqual(fact.subject, "stock_movement/natural|V99|01|20200509|1")

    def test_a_dispense_of_nothing_fails_by_name(self):
        self.assertEqual(facts("RDS^O13", PID, "ORC|RE|1", "RXE|x"), ())

    FT1 = "FT1|1|T1||20200509|20200510|{}|99213^Visit^C4|||2|100&USD|50&USD|RAD^Radiology^L|||||||C6^Woolf"

    def test_charges_and_credits_are_told_apart(self):
        for code, event, kind in (("CG", "posted", "charge"), ("CD", "reversed", "credit")):
            found = entities("DFT^P03", PID, PV1, self.FT1.format(code))
            self.assertEqual(set(found), {"party.updated", "encounter.updated", f"charge.{event}"})
            charge = found[f"charge.{event}"]
            self.assertEqual(
                (charge.kind, charge.identifiers), (kind, (Identifier("T1", "", "TID"),))
            )
            self.assertEqual(
                (charge.code.system, charge.code.code), ("http://www.ama-assn.org/go/cpt", "99213")
            )
            self.assertEqual(
                (charge.quantity.value, charge.amount.amount, charge.unit_price.currency),
                (Decimal(2), Decimal(100), "USD"),
            )
            self.assertEqual(
                (charge.department.display, charge.performer.display), ("Radiology", "Woolf")
            )
            self.assertEqual(
                (charge.party.is_carried, charge.encounter.is_carried, charge.order),
                (True, True, None),
            )

    def test_payments_are_no_charges_and_a_charge_without_type_fails_by_name(self):
        self.assertEqual(len(facts("DFT^P11", PID, PV1, self.FT1.format("PY"))), 2)
        with self.assertRaises(MappingError) as caught:
            entities("DFT^P03", PID, PV1, self.FT1.format(""))
        self.assertEqual((caught.exception.code, caught.exception.path), ("required", "FT1-6.1"))

    def test_a_charge_without_number_goes_by_visit_code_date_and_line(self):
        line = self.FT1.format("CG").replace("|T1|", "||")
        found = [
            fact
            for fact in facts("DFT^P03", PID, PV1, line, line.replace("FT1|1", "FT1|2"))
            if fact.entity == "charge"
        ]
        self.assertEqual(
            [fact.subject for fact in found],
            ["charge/natural|V99|99213|20200509|1", "charge/natural|V99|99213|20200509|2"],
        )

    def test_a_charge_names_the_order_stated_before_it(self):
        charge = entities("DFT^P03", PID, PV1, "ORC|RE|11^EHR|22^LAB", self.FT1.format("CG"))[
            "charge.posted"
        ]
        self.assertEqual([name.value for name in charge.order.identifiers], ["11", "22"])
        self.assertTrue(charge.order.is_carried)
