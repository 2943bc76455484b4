"""What was set up for one system, for another of a further facility."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_mapping_profiles import ProfileCase


@tagged("post_install", "-at_install")
class TestCopyConfiguration(ProfileCase):
    def setUp(self):
        super().setUp()
        self.effective("name").write({"source": "mine"})
        self.test = self.env["interop.mapping.test"].create(
            {"name": "t", "mapping_id": self.own.id, "sample": '{"type": "other", "data": {}}'}
        )
        self.map = self.env["interop.concept.map"].create({"name": "Test units", "code": "t_units"})
        self.line("BX", "box", self.system)

    def line(self, code, means, system):
        return self.env["interop.concept.map.line"].create(
            {
                "map_id": self.map.id,
                "source_code": code,
                "target_code": means,
                "for_system_id": system.id,
            }
        )

    def of_other(self):
        return self.env["interop.mapping"].search([("system_id", "=", self.other.id)])

    def test_mappings_tests_and_translations_are_copied_and_nothing_is_in_use(self):
        self.assertEqual(self.system._copy_meaning_to(self.other), (1, 1, 0))
        copied = self.of_other()
        self.assertEqual((copied.extends_id, copied.test_ids.mapped("name")), (self.profile, ["t"]))
        self.assertEqual(copied._difference(), self.own._difference())
        self.assertFalse(copied.active_version_id)
        self.assertEqual(self.map.line_ids.for_system_id, self.system | self.other)

    def test_once_more_copies_nothing(self):
        self.system._copy_meaning_to(self.other)
        self.assertEqual(self.system._copy_meaning_to(self.other), (0, 0, 2))
        self.assertEqual(len(self.of_other()), 1)

    def test_what_the_other_has_stays(self):
        theirs = self.profile._adapted_for(self.other)
        self.line("BX", "crate", self.other)
        self.assertEqual(self.system._copy_meaning_to(self.other), (0, 0, 2))
        self.assertTrue(theirs._difference().is_empty)

    def test_a_replacement_by_name_is_copied_as_a_whole(self):
        whole = self.profile.copy({"system_id": self.system.id, "name": "test whole"})
        self.assertEqual(self.system._copy_meaning_to(self.other).mappings, 2)
        copied = self.of_other().filtered(lambda mapping: not mapping.extends_id)
        self.assertEqual(copied._definition(), whole._definition())

    def test_what_adapts_an_adaptation_that_is_not_in_use_there_is_left(self):
        self.test.action_take_found()
        self.own._go_live()
        self.own._adapted_for(self.system)
        copied = self.system._copy_meaning_to(self.other)
        self.assertEqual((copied.mappings, copied.kept), (1, 1))

    def test_the_wizard_tells_how_much(self):
        wizard = self.env["interop.copy.configuration"].with_context(active_id=self.system.id)
        told = wizard.create({"other_id": self.other.id}).action_copy()["params"]["message"]
        self.assertIn("1 mappings", told)
        with self.assertRaises(UserError):
            wizard.create({"other_id": self.system.id}).action_copy()

    def test_operators_copy_nothing(self):
        operator = new_test_user(self.env, "copy-op", groups="healthcare_interop.group_operator")
        with self.assertRaises(AccessError):
            self.system.with_user(operator)._copy_meaning_to(self.other)
