"""Staff whom nobody in Odoo is known to be: said once whom a number means, and what waited goes on."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import InteropCase

GROUPS = "healthcare_interop.group_resolver"


@tagged("post_install", "-at_install")
class TestBindStaff(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_route("employee")
        cls.wren, cls.owl = cls.env["hr.employee"].create(
            [{"name": "Ada Wren"}, {"name": "Oda Owl"}]
        )
        cls.personnel = new_test_user(
            cls.env, "staff-personnel", groups=f"{GROUPS},hr.group_hr_user"
        )
        cls.resolver = new_test_user(cls.env, "staff-resolver", groups=GROUPS)

    def setUp(self):
        super().setUp()
        for key, manager in (("N1", "M-77"), ("N2", "M-77"), ("N3", "M-88")):
            self.tell(key, manager)
        self.drain_all()
        self.exception = self.exceptions()

    def tell(self, key, *managers):
        body = {
            "type": "org.interop.employee.updated.v1",
            "id": f"s{next(self.numbers)}",
            "source": "t",
            "data": {
                "identifiers": [{"value": key, "system": "STAFF"}],
                "name": {"text": f"Nurse {key}"},
                "manager": {
                    "identifiers": [{"value": one, "system": "STAFF"} for one in managers],
                    "display": "Dr Wren",
                },
            },
        }
        self.send(body)

    def wizard(self, user=None, **values):
        theirs = self.exception.with_user(user or self.personnel)
        action = theirs.action_bind()
        self.assertEqual(action["name"], "Who is it?")
        wizards = self.env[action["res_model"]].with_user(theirs.env.user)
        return wizards.with_context(**action["context"]).create(values)

    def bind(self, employee, user=None):
        self.wizard(user, employee_id=employee.id).action_bind()
        self.drain_all()
        self.env.invalidate_all()

    def manager_of(self, name):
        return self.env["hr.employee"].search([("name", "=", name)]).parent_id

    def test_several_people_are_one_exception_that_names_none(self):
        self.assertEqual(
            (self.exception.code, self.exception.delivery_count), ("unknown_employee", 3)
        )
        self.assertTrue(self.exception.is_bindable)
        self.assertIn("manager", self.exception.name)
        self.env.cr.execute("SELECT t::text FROM interop_exception t")
        words = str(self.env.cr.fetchall()) + self.exception.name + self.exception.advice
        self.assertNotIn("M-77", words)
        self.assertNotIn("Wren", words)

    def test_the_whole_road(self):
        self.assertEqual(self.wizard().number, "M-77 (Dr Wren)")
        self.bind(self.wren)
        self.assertEqual(self.states(), ["done", "done", "failed"])
        self.assertEqual(self.manager_of("Nurse N1"), self.wren)
        self.assertEqual(self.exceptions(), self.exception, "one is left")
        self.assertEqual(self.wizard().number, "M-88 (Dr Wren)")
        self.bind(self.owl)
        self.assertEqual(self.states(), ["done"] * 3)
        self.assertEqual(self.manager_of("Nurse N3"), self.owl)
        self.assertFalse(self.exceptions())
        self.tell("N4", "M-77")
        self.drain_all()
        self.assertEqual(self.manager_of("Nurse N4"), self.wren, "for good")

    def test_all_numbers_that_the_message_gives_are_bound(self):
        self.exception._deliveries()._discard("test")
        self.tell("N5", "M-1", "M-2")
        self.drain_all()
        self.assertEqual(self.wizard().number, "M-1, M-2 (Dr Wren)")
        self.bind(self.wren)
        bound = self.env["interop.binding"].search([("res_model", "=", "hr.employee")])
        mine = bound.filtered(lambda one: one.res_id == self.wren.id)
        self.assertEqual(set(mine.mapped("value")), {"M-1", "M-2"})

    def test_whoever_may_not_see_employees_sees_no_number_and_binds_nobody(self):
        wizard = self.wizard(self.resolver, employee_id=self.wren.id)
        self.assertFalse(wizard.number)
        with self.assertRaises(AccessError):
            wizard.action_bind()
        self.assertEqual(self.states(), ["failed"] * 3)
        viewer = new_test_user(
            self.env, "staff-viewer", groups="healthcare_interop.group_viewer,hr.group_hr_user"
        )
        with self.assertRaises(AccessError):
            self.wizard(viewer, employee_id=self.wren.id)

    def test_the_number_is_kept_nowhere(self):
        wizard = self.wizard(employee_id=self.wren.id)
        self.assertTrue(wizard.number)
        self.env.flush_all()
        self.env.cr.execute("SELECT t::text FROM interop_bind_code t")
        self.assertNotIn("M-77", str(self.env.cr.fetchall()))

    def test_nobody_chosen_is_asked_for_again(self):
        with self.assertRaises(UserError):
            self.wizard().action_bind()

    def test_content_that_is_gone_is_said(self):
        self.env.cr.execute("DELETE FROM interop_payload")
        wizard = self.wizard(employee_id=self.wren.id)
        self.assertFalse(wizard.number)
        with self.assertRaisesRegex(UserError, "can't be read"):
            wizard.action_bind()

    def test_somebody_whom_another_made_known_meanwhile(self):
        first, second = (self.wizard(employee_id=one.id) for one in (self.wren, self.owl))
        self.assertEqual(first.number, second.number)
        first.action_bind()
        with self.assertRaisesRegex(UserError, "meanwhile"):
            second.action_bind()
        self.drain_all()
        self.env.invalidate_all()
        self.assertEqual(self.manager_of("Nurse N1"), self.wren)
        # N3's superior is still unknown, and is not the one whom the second dialog showed
        self.assertEqual(self.states(), ["done", "done", "failed"])
        with self.assertRaisesRegex(UserError, "meanwhile"):
            second.action_bind()
        self.assertFalse(second.number)
        bound = self.env["interop.binding"].search([("res_model", "=", "hr.employee")])
        self.assertFalse(bound.filtered(lambda one: one.res_id == self.owl.id))

    def test_the_dialog_binds_whom_it_showed_also_as_the_browser_sends_it(self):
        with Form(
            self.env["interop.bind.code"]
            .with_user(self.personnel)
            .with_context(default_exception_id=self.exception.id)
        ) as form:
            self.assertEqual(form.number, "M-77 (Dr Wren)")
            stopped = self.exception._deliveries()[:1]
            self.assertEqual(form.stopped, stopped.id)
            stopped._discard("test")
            form.employee_id = self.wren
        with self.assertRaisesRegex(UserError, "meanwhile"):
            form.save().action_bind()

    def test_a_place_that_no_message_has_is_refused(self):
        wizard = self.wizard(employee_id=self.wren.id)
        for values in ({"mention": 7}, {"mention": -1}, {"mention": 0, "stopped": 1}):
            wizard.write(values)
            with self.assertRaises(UserError):
                wizard.action_bind()

    def test_a_patient_is_never_bound_by_hand(self):
        self.exception.code = "unknown_party"
        self.assertFalse(self.exception.is_bindable)
        wizard = self.env["interop.bind.code"].create({"exception_id": self.exception.id})
        self.assertFalse(wizard.kind or wizard.number)
        with self.assertRaises(UserError):
            wizard.action_bind()
