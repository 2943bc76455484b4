"""Ownership of everything that has a home, and which fields its attributes write."""

from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from odoo.tests import tagged

from ..core.canonical import (
    Address,
    Appointment,
    Authorization,
    Charge,
    Contact,
    Coverage,
    Employee,
    Encounter,
    Invoice,
    Location,
    Organization,
    Packaging,
    Party,
    PersonName,
    Product,
    Service,
    SupplierPrice,
)
from .common_days import DaysCase
from .common_ownership import OwnershipCase, at


@tagged("post_install", "-at_install")
class TestEntities(OwnershipCase):
    """The same for everything that has a home."""

    #: entity → (class, an attribute, two values of it, the field)
    SAID = {
        "employee": (Employee, "role", "role", ("Nurse", "Doctor"), "job_title"),
        "organization": (Organization, "tax_id", "tax_id", ("A1", "B2"), "vat"),
        "location": (Location, "name", "name", ("Ward 1", "Ward 2"), "name"),
        "service": (Service, "name", "name", ("X-ray", "CT"), "name"),
        "product": (Product, "name", "name", ("Glove", "Gown"), "name"),
        "encounter": (Encounter, "account", "account", ("1", "2"), "account"),
        "coverage": (Coverage, "member_id", "member_id", ("M1", "M2"), "member_id"),
        "authorization": (Authorization, "number", "number", ("N1", "N2"), "name"),
        "appointment": (Appointment, "status", "status", ("booked", "arrived"), "status"),
    }

    def told(self, entity, value, hour):
        kind, said, *_rest = self.SAID[entity]
        fact = kind(identifiers=self.ids(f"N-{entity}"), **{said: value})
        return self.item("updated", fact, at=at(hour))

    def test_every_policy_for_every_entity(self):
        for entity, (_kind, _said, attribute, (before, after), field) in self.SAID.items():
            rule = self.own(entity, attribute, policy="refuse")
            one = self.done(self.told(entity, before, 8))
            with self.subTest(entity=entity, policy="refuse"):
                self.assertRefused(self.by_lab(self.told(entity, after, 9))[0], attribute)
                self.assertEqual(before, one[field])
            rule.policy = "ignore"
            with self.subTest(entity=entity, policy="ignore"):
                [outcome] = self.by_lab(self.told(entity, after, 9))
                self.assertIn(f"left to x-ehr: {attribute}", outcome.reason)
                self.assertEqual(before, one[field])
            rule.policy = "flag"
            with self.subTest(entity=entity, policy="flag"):
                [outcome] = self.by_lab(self.told(entity, after, 9))
                self.assertEqual(("done", "updated"), (outcome.state, outcome.effect))
                self.assertEqual(after, one[field])

    def test_departments_are_organizations(self):
        self.own("organization", "name", policy="refuse")

        def ward(name, hour):
            said = {"name": name, "kind": "department"}
            return self.item(
                "updated", Organization(identifiers=self.ids("W1"), **said), at=at(hour)
            )

        one = self.done(ward("Ward", 8))
        self.assertEqual("hr.department", one._name)
        self.assertRefused(self.by_lab(ward("Wing", 9))[0], "name")

    def test_what_is_told_as_a_whole_is_owned_as_a_whole(self):
        rule = self.own("charge", policy="refuse")
        self.make_product("LAB1", entity="service")

        def charge():
            return self.item(
                "posted",
                Charge(
                    identifiers=self.ids("F1"), kind="charge", code=self.code("LAB1"),
                    amount=self.money(10), party=self.ref("party", "4711"),
                ),
            )  # fmt: skip

        self.assertRefused(self.by_lab(charge())[0], "charge")
        rule.policy = "ignore"
        [outcome] = self.by_lab(charge())
        self.assertEqual(("discarded", "left to x-ehr: all of it"), (outcome.state, outcome.reason))
        self.assertFalse(self.env["interop.charge"].search([("name", "=", "F1")]))
        self.assertEqual(["created"], self.effects(charge()))

    def test_an_invoice_too(self):
        self.own("invoice", policy="refuse")
        bill = Invoice(identifiers=self.ids("B1"), kind="vendor", number="B1")
        self.assertRefused(self.by_lab(self.item("received", bill))[0], "invoice")

    def test_where_the_place_is_left_out_no_stay_is_kept(self):
        self.own("encounter", "location")
        ward = self.make_place("W1")
        self.make_place("W2")

        def stay(place, hour, **said):
            return self.item(
                "transferred",
                Encounter(identifiers=self.ids("V1"), location=self.ref("location", place), **said),
                at=at(hour),
            )

        one = self.done(stay("W1", 8))
        [outcome] = self.by_lab(stay("W2", 9, account="77"))
        self.assertEqual(("updated", "77"), (outcome.effect, one.account))
        self.assertEqual((ward, ward), (one.location_id, one.stay_ids.location_id))


@tagged("post_install", "-at_install")
class TestAttributeTables(OwnershipCase):
    """Which fields an attribute writes, held against what entities really give."""

    def full(self):
        address = Address(
            lines=("1 Road", "Flat 2"), city="Town", state="CA", postal_code="1", country="US"
        )
        contacts = tuple(Contact(kind, "1") for kind in ("phone", "mobile", "email"))
        period = self.period(at(8), at(9))
        party, payer = self.ref("party", "4711"), self.ref("organization", "PAY")
        place, staff = self.ref("location", "W1"), self.ref("employee", "E1")
        days = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 2, 1)}
        ids = self.ids("full")
        supplier = SupplierPrice(self.ref("organization", "SUP"), self.money(2))
        return [
            ("updated", Party(
                identifiers=ids, name=PersonName(text="Ada"), contacts=contacts, address=address,
                language="en", is_active=True, birth_date=date(1990, 1, 1), gender="female",
                is_deceased=False, guarantor=self.ref("party", "4712"),
            )),
            ("updated", Employee(
                identifiers=ids, name=PersonName(text="Eve"), contacts=contacts, role="Nurse",
                worker_type="staff", organization=self.ref("organization", "W"), is_active=True,
                job=self.code("J1", display="Nurse"), manager=self.ref("employee", "E0"),
            )),
            ("updated", Organization(
                identifiers=ids, name="House", kind="supplier", parent=payer, tax_id="1",
                address=address, contacts=contacts, is_active=True,
            )),
            ("updated", Organization(identifiers=self.ids("other"), kind="payer")),
            *(
                ("updated", Organization(
                    identifiers=self.ids("closing"), kind=kind, closed_on=date(2026, 1, 1),
                    replaced_by=self.ref("organization", "heir"),
                ))
                for kind in ("provider", "department")
            ),
            ("updated", Organization(
                identifiers=ids, name="Ward", kind="department", is_active=True,
                parent=self.ref("department", "W"),
            )),
            ("updated", Location(
                identifiers=ids, name="Ward", kind="ward", parent=place, organization=payer,
                status="active", operational_status="free",
            )),
            ("updated", Service(
                identifiers=ids, name="X-ray", codes=(self.code("X"),), unit="min",
                price=self.money(1), is_active=True,
            )),
            ("updated", Product(
                identifiers=ids, name="Glove", codes=(self.code("G"),), gtin="4006381333931",
                unit="1", tracking="lot", price=self.money(1), cost=self.money(1),
                supplier_prices=(supplier,), is_active=True,
                packagings=(Packaging("BX", Decimal(9)),), replaced_by=self.ref("product", "H"),
            )),
            ("finished", Encounter(
                identifiers=self.ids("V1", kind="VN"), party=party, encounter_class="inpatient",
                status="finished", period=period, account="1", location=place,
                prior_location=self.ref("location", "W2"), provider=payer, attending=staff,
                disposition=self.code("01"),
            )),
            ("booked", Appointment(
                identifiers=self.ids("A1", kind="PLAC"), party=party, status="booked",
                period=period, service=self.code("SRV"), staff=(staff,), location=place,
            )),
            ("checked", Coverage(
                identifiers=ids, party=party, payer=payer, plan=self.code("HMO"), member_id="1",
                rank=Decimal(1), relationship="self", status="active", is_in_force=True,
                patient_share=Decimal(10), **days,
            )),
            ("updated", Authorization(
                identifiers=ids, party=party, payer=payer, number="1", status="approved",
                service=self.code("SRV"), quantity=self.quantity(2),
                encounter=self.ref("encounter", "V1"), appointment=self.ref("appointment", "A1"),
                **days,
            )),
        ]  # fmt: skip

    def test_the_tables_are_what_messages_write(self):
        department = self.env["hr.department"].create({"name": "W"})
        self.bind(department, "department", "W")
        self.make_product("SRV", entity="service")
        given, upsert = {}, self.env.registry["interop.entity.upsert"]
        original = upsert._make

        def noting(plugin, call, new):
            for _item, _keys, values, _record in new:
                for attribute, told in values.items():
                    mine = given.setdefault(plugin._name, {})
                    mine.setdefault(attribute, set()).update(told)
            return original(plugin, call, new)

        with patch.object(upsert, "_make", noting):
            for event, entity in self.full():
                self.done(self.item(event, entity, at=at(8)))
        tables = {
            name: {
                attribute: set(fields)
                for attribute, fields in self.env[name]._attribute_fields.items()
                # merges write no field by themselves
                if fields
            }
            for name in self._plugins()
        }
        self.assertEqual(tables, given)

    def test_every_field_of_a_table_is_in_the_home(self):
        for name in self._plugins():
            plugin = self.env[name]
            for attribute, fields in plugin._attribute_fields.items():
                with self.subTest(entity=name, attribute=attribute):
                    self.assertLessEqual(set(fields), set(self.env[plugin._home]._fields))

    def test_every_attribute_of_a_table_can_be_given_to_an_owner_and_no_other(self):
        told = {}
        for name in self._plugins():
            plugin = self.env[name]
            entity = "organization" if plugin._entity == "department" else plugin._entity
            told.setdefault(entity, set()).update(plugin._attribute_fields)
        listed = {}
        for one in self.env["interop.attribute"].search([]):
            listed.setdefault(one.entity, set()).add(one.name)
        self.assertEqual(told, listed)

    def _plugins(self):
        return [
            name
            for name in self.env.registry
            if name.startswith("interop.entity.")
            and name != "interop.entity.upsert"
            and getattr(self.env[name], "_attribute_fields", None)
        ]


@tagged("post_install", "-at_install")
class TestDays(DaysCase, OwnershipCase):
    """What is told of somebody's work for another day is owned like what is told of today."""

    def test_a_move_by_a_stranger_is_refused_whatever_day_it_is_for(self):
        rule = self.own("employee", "organization", policy="refuse")
        employee = self.onboarded(role="nurse")
        self.assertRefused(self.by_lab(self.move("B", 5, role="head nurse"))[0], "organization")
        self.assertFalse(employee.interop_due_on)
        rule.policy = "ignore"
        [outcome] = self.by_lab(self.move("B", 5, role="head nurse"))
        self.assertEqual("left to x-ehr: organization", outcome.reason)
        self.on(5)
        self.assertEqual(("A", "head nurse"), (employee.department_id.name, employee.job_title))
        self.done(self.move("C", 6, said=9))
        self.on(6)
        self.assertEqual("C", employee.department_id.name)

    def test_the_last_day_of_an_employment_is_owned_as_presence_is(self):
        rule = self.own("employee", "is_active", policy="refuse")
        employee = self.onboarded()

        def ending():
            period = self.period(None, datetime(2026, 4, 5))
            fact = Employee(identifiers=employee_ids, active_period=period, role="nurse")
            return self.item("updated", fact)

        employee_ids = self.told("E-1", 0).entity.identifiers
        self.assertRefused(self.by_lab(ending())[0], "is_active")
        rule.policy = "ignore"
        self.by_lab(ending())
        self.on(6)
        self.assertTrue(employee.active)
        rule.active = False
        self.by_lab(ending())
        self.on(6)
        self.assertFalse(employee.active)
