"""Records that a system masters: said on the form, read-only there, and held to whoever writes and however."""

import json

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..core.canonical import Address, Employee, Encounter, Location, Organization, Product
from .common_ownership import ROLES, OwnershipCase, at, phone


class PeopleCase(OwnershipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = new_test_user(cls.env, "own-person", groups=ROLES, company_id=cls.company.id)

    def theirs(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(self.person)

    def assertLocked(self, record, field, value):
        with self.assertRaisesRegex(UserError, "Mastered by"):
            self.theirs(record).write({field: value})
        self.env.invalidate_all()
        self.assertNotEqual(value, record[field])

    def assertFree(self, record, field, value):
        self.theirs(record).write({field: value})
        self.assertEqual(value, record[field])

    def product(self, **said):
        return self.done(
            self.item(
                "updated", Product(identifiers=self.ids("P1"), name="Glove", **said), at=at(8)
            )
        )


@tagged("post_install", "-at_install")
class TestPeopleWrite(PeopleCase):
    def test_what_a_system_masters_is_read_only_and_the_error_says_whose_it_is(self):
        self.own("party", "name", "address")
        one = self.done(self.party("Ada", address=Address(lines=("1 Road",))))
        with self.assertRaisesRegex(UserError, "Entities, read-only here: Address, Name"):
            self.theirs(one).write({"name": "Bob", "street": "2 Road"})
        with self.assertRaisesRegex(UserError, "Entities, read-only here: Address"):
            self.theirs(one).write({"street": "2 Road", "comment": "x"})
        self.assertFree(one, "phone", "1")

    def test_a_record_that_the_master_never_spoke_of_is_free(self):
        self.own("party", "name", owner=self.lab)
        self.assertFree(self.done(self.party(None, contacts=phone("1"))), "name", "Bob")
        self.assertFree(self.env["res.partner"].create({"name": "Eve"}), "name", "Bob")

    def test_it_counts_whoever_named_the_record_first(self):
        self.own("party", "name")
        self.by_lab(self.party(None, contacts=phone("1")))
        self.done(self.party("Ada", 9))
        one = self.env["interop.binding"].search([("value", "=", "4711")])
        self.assertEqual(self.lab, one.system_id)
        self.assertLocked(self.env["res.partner"].browse(one.res_id), "name", "Bob")

    def test_what_stands_may_be_written_again(self):
        self.own("party", "name")
        one = self.done(self.party("Ada"))
        self.theirs(one).write({"name": "Ada", "phone": "5"})
        self.assertEqual("5", one.phone)

    def test_what_people_own_is_theirs(self):
        self.own("party", owner=False)
        self.assertFree(self.done(self.party("Ada")), "name", "Bob")

    def test_to_archive_the_line_is_the_way_out(self):
        rule = self.own("party", "name")
        one = self.done(self.party("Ada"))
        self.assertLocked(one, "name", "Bob")
        rule.active = False
        self.assertFree(one, "name", "Bob")

    def test_no_context_opens_it(self):
        self.own("party", "name")
        one = self.theirs(self.done(self.party("Ada")))
        forged = {
            "tracking_disable": True,
            "mail_notrack": True,
            "interop_engine": True,
            "interop_quiet": True,
            "install_mode": True,
            "uid": 1,
            "su": True,
            "force_write": True,
        }
        with self.assertRaisesRegex(UserError, "Mastered by"):
            one.with_context(**forged).write({"name": "Bob"})

    def test_an_administrator_is_a_person_too(self):
        self.own("party", "name")
        one = self.done(self.party("Ada"))
        with self.assertRaisesRegex(UserError, "Mastered by"):
            one.with_user(self.env.ref("base.user_admin")).write({"name": "Bob"})

    def test_who_is_put_in_a_service_users_place_stays_a_person(self):
        self.own("party", "name")
        one = self.done(self.party("Ada"))
        self.lab.user_id = self.person
        self.assertLocked(one, "name", "Bob")

    def test_one_locked_record_of_several_stops_the_write(self):
        self.own("party", "name")
        one, other = self.done(self.party("Ada")), self.env["res.partner"].create({"name": "Eve"})
        with self.assertRaisesRegex(UserError, "Mastered by"):
            self.theirs(one | other).write({"name": "Bob"})
        self.assertEqual(("Ada", "Eve"), (one.name, other.name))

    def test_messages_write_what_people_can_not(self):
        self.own("party")
        one = self.done(self.party("Ada"))
        self.done(self.party("Bob", 9))
        self.assertEqual("Bob", one.name)

    def test_of_two_kinds_in_one_model_each_has_its_own_master(self):
        self.own("organization", "name", owner=self.lab)
        one = self.done(self.party("Ada"))
        self.assertFree(one, "name", "Bob")
        house = Organization(identifiers=self.ids("O1"), name="House")
        [outcome] = self.by_lab(self.item("updated", house, at=at(8)))
        self.assertLocked(self.env["res.partner"].browse(outcome.record), "name", "Other")

    def test_products_and_the_template_that_people_open(self):
        self.own("product", "name", "price", "gtin")
        one = self.product(price=self.money(3), gtin="4006381333931")
        for record in (one, one.product_tmpl_id):
            for field, value in (("name", "Gown"), ("list_price", 4), ("barcode", "1")):
                with self.subTest(model=record._name, field=field):
                    self.assertLocked(record, field, value)
        self.assertLocked(one, "lst_price", 4)
        self.assertIn(",lst_price,", self.theirs(one).interop_owned_fields)
        self.assertFree(one.product_tmpl_id, "description_sale", "Soft")

    def test_employees_and_what_their_versions_and_preferences_hold(self):
        self.own("employee", "role", "phone")
        nurse = Employee(identifiers=self.ids("E1"), name=None, role="Nurse", contacts=phone("1"))
        one = self.done(self.item("updated", nurse, at=at(8)))
        self.assertLocked(one, "job_title", "Doctor")
        self.assertLocked(one.current_version_id, "job_title", "Doctor")
        with self.assertRaisesRegex(UserError, "Mastered by"):
            self.theirs(one).create_version({"date_version": "2027-01-01", "job_title": "Doctor"})
        later = self.theirs(one).create_version({"date_version": "2027-01-01"})
        self.assertLocked(later, "job_title", "Doctor")
        self.assertFree(one, "mobile_phone", "2")
        one.user_id = self.person
        before = one.work_phone
        user = self.theirs(self.person)
        with self.assertRaisesRegex(UserError, "Mastered by"):
            user.write({"work_phone": "9"})
        user.write({"mobile_phone": "3"})
        self.assertEqual((before, "3"), (one.work_phone, one.mobile_phone))

    def test_departments_and_places(self):
        self.own("organization", "name")
        self.own("location", "name", "status")
        ward = Organization(identifiers=self.ids("W"), name="Ward", kind="department")
        department = self.done(self.item("updated", ward, at=at(8)))
        self.assertLocked(department, "name", "Wing")
        bed = Location(identifiers=self.ids("B"), name="Bed", status="active")
        place = self.done(self.item("updated", bed, at=at(8)))
        self.assertLocked(place, "name", "Cot")
        self.assertLocked(place, "active", False)
        self.assertFree(place, "kind", "bed")

    def test_a_line_for_a_facility_is_held_to_where_the_record_names_it(self):
        other = self.env["interop.facility"].create({"name": "Other"})
        self.own("encounter", "account", facility_id=other.id)
        self.env["ir.model.access"].create(
            {
                "name": "test", "model_id": self.env["ir.model"]._get("interop.encounter").id,
                "group_id": self.env.ref("healthcare_interop.group_operator").id,
                "perm_write": True,
            }
        )  # fmt: skip
        visit = Encounter(identifiers=self.ids("V1"), account="1")
        one = self.done(self.item("started", visit, at=at(8)))
        self.assertFree(one, "account", "2")
        one.facility_id = other
        self.assertLocked(one, "account", "3")

    def test_without_a_line_a_write_costs_no_statement(self):
        one = self.theirs(self.done(self.party("Ada")))

        def cost(value):
            one.env.flush_all()
            one.env.invalidate_all()
            before = one.env.cr.sql_log_count
            one.write({"name": value})
            one.env.flush_all()
            return one.env.cr.sql_log_count - before

        cost("Warm")
        without = cost("Bob")
        self.own("employee")
        self.own("party", owner=False)
        cost("Warm")
        self.assertEqual(without, cost("Cid"))
        with self.assertQueryCount(0):
            one._interop_check_owner({"name": "Dan"})


@tagged("post_install", "-at_install")
class TestForms(PeopleCase):
    def test_the_form_says_whose_it_is_and_lets_nobody_change_it(self):
        self.own("party", "name", "address")
        one = self.done(self.party("Ada", contacts=phone("1")))
        form = Form(self.theirs(one))
        self.assertEqual(
            "Mastered by Entities, read-only here: Address, Name.", form.interop_mastered_by
        )
        for name in ("name", "street", "city", "zip", "country_id"):
            with self.subTest(field=name), self.assertRaisesRegex(AssertionError, "readonly"):
                form[name] = "x"
        form.phone = "2"
        form.save()
        self.assertEqual("2", one.phone)

    def test_other_records_and_new_ones_are_as_they_were(self):
        self.own("party", "name")
        form = Form(self.theirs(self.env["res.partner"].create({"name": "Eve"})))
        form.name = "Bob"
        self.assertFalse(form.interop_mastered_by)
        form.save()
        form = Form(self.env["res.partner"].with_user(self.person))
        form.name = "New"
        self.assertEqual("New", form.save().name)

    def test_every_form_of_a_record_that_can_be_mastered_opens(self):
        for entity in ("party", "organization", "employee", "location", "product", "service",
                       "encounter", "appointment", "coverage", "authorization"):  # fmt: skip
            self.own(entity)
        company = {"company_id": self.company.id}
        product = self.product()
        records = [
            self.done(self.party("Ada")),
            product,
            product.product_tmpl_id,
            self.env["hr.employee"].create({"name": "E"}),
            self.env["hr.department"].create({"name": "D"}),
            self.env["interop.location"].create({"name": "L"}),
            self.env["interop.encounter"].create({"name": "E1", **company}),
            self.env["interop.appointment"].create({"name": "A1", **company}),
            self.env["interop.coverage"].create({**company}),
            self.env["interop.authorization"].create({**company}),
        ]
        for record in records:
            with self.subTest(model=record._name):
                self.assertIn("interop_mastered_by", record._fields)
                form = Form(self.theirs(record))
                is_told = record._name in ("res.partner", "product.product", "product.template")
                self.assertEqual(is_told, bool(form.interop_mastered_by))

    def test_without_a_line_the_views_are_as_they_were(self):
        view = self.env["res.partner"].get_view(view_type="form")["arch"]
        self.assertNotIn("interop_owned_fields", view)
        rule = self.own("party", "name")
        locked = self.env["res.partner"].get_view(view_type="form")["arch"]
        self.assertIn("interop_owned_fields", locked)
        rule.active = False
        self.assertEqual(view, self.env["res.partner"].get_view(view_type="form")["arch"])

    def test_an_address_as_a_country_writes_it(self):
        self.own("party", "address")
        country = self.company.country_id or self.env.ref("base.us")
        self.company.country_id = country
        country.address_view_id = self.env["ir.ui.view"].create(
            {
                "name": "address",
                "model": "res.partner",
                "type": "form",
                "arch": "<form><div class='o_address_format'><field name='city'/><field name='zip'/></div></form>",
            }
        )
        # as countries' own are: for any model
        self.env.cr.execute(
            "UPDATE ir_ui_view SET model = NULL WHERE id = %s", (country.address_view_id.id,)
        )
        self.env.invalidate_all()
        arch = etree.fromstring(self.env["res.partner"].get_view(view_type="form")["arch"])
        [zip_code] = arch.xpath("//field[@name='zip'][not(ancestor::field)]")
        self.assertIn("interop_owned_fields", zip_code.get("readonly"))
        company = self.env["res.company"].get_view(view_type="form")["arch"]
        self.assertNotIn("interop", company)

    def test_what_a_view_says_itself_stays_said(self):
        self.own("party", "name", "phone", "email")
        arch = etree.fromstring(
            "<form><field name='name' readonly='active'/><field name='phone' readonly='1'/>"
            "<field name='email' readonly='0'/><field name='child_ids'><list><field name='name'/></list></field></form>"
        )
        partner = self.env["res.partner"]
        partner._interop_lock_view(arch, "form", partner._interop_owned())
        own, inner = arch.xpath("field[@name != 'child_ids']"), arch.xpath("//list/field")
        lock = "',%s,' in (interop_owned_fields or '')"
        self.assertEqual(
            {
                "interop_owned_fields": None,
                "name": f"(active) or {lock % 'name'}",
                "phone": "1",
                "email": lock % "email",
            },
            {node.get("name"): node.get("readonly") for node in own},
        )
        self.assertEqual([None], [node.get("readonly") for node in inner])


@tagged("post_install", "-at_install")
class TestRpc(HttpCase, PeopleCase):
    """What the web client and scripts post, whatever context they make up."""

    def rpc(self, model, method, args, **kwargs):
        body = {"jsonrpc": "2.0", "method": "call",
                "params": {"model": model, "method": method, "args": args, "kwargs": kwargs}}  # fmt: skip
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        return answer.json()

    @mute_logger("odoo.http")
    def test_saving_in_the_browser_and_a_forged_context(self):
        self.own("party", "name")
        one = self.done(self.party("Ada"))
        self.authenticate("own-person", "own-person")
        forged = {
            "tracking_disable": True,
            "interop_engine": 1,
            "uid": 1,
            "su": 1,
            "active_test": 0,
        }
        for method in ("write", "web_save"):
            with self.subTest(method):
                more = {"specification": {}} if method == "web_save" else {}
                said = self.rpc(
                    "res.partner", method, [[one.id], {"name": "Bob"}], context=forged, **more
                )
                self.assertIn("Mastered by", said["error"]["data"]["message"])
        said = self.rpc("res.partner", "write", [[one.id], {"phone": "5"}])
        self.assertIs(said["result"], True)
        self.env.invalidate_all()
        self.assertEqual(("Ada", "5"), (one.name, one.phone))
