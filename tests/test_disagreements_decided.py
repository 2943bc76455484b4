"""What people see of disagreements, and what they decide."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..core.canonical import Product
from .common_ownership import ROLES, DisagreementCase, at


@tagged("post_install", "-at_install")
class TestDecisions(DisagreementCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = new_test_user(cls.env, "disagree", groups=ROLES, company_id=cls.company.id)

    def disagreeing(self):
        one = self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        [row] = self.listed()
        return one, row.with_user(self.person)

    def test_kept_it_is_quiet_until_somebody_says_something_else(self):
        one, row = self.disagreeing()
        row.action_keep()
        self.assertEqual(("settled", self.person), (row.state, row.decided_by_id))
        self.assertFalse(self.exceptions())
        self.by_lab(self.party("Bob", 10))
        self.assertFalse(self.listed())
        self.by_lab(self.party("Cid", 11))
        self.assertEqual([("name", "x-ehr", "x-lab")], self.told())
        self.assertEqual("Cid", one.name)

    def test_the_others_word_is_taken_and_what_stood_is_the_way_back(self):
        one, row = self.disagreeing()
        row.action_take_word()
        self.assertEqual("Ada", one.name)
        self.assertFalse(self.listed())
        back = self.listed("settled", system_id=self.lab.id).with_user(self.person)
        self.assertEqual(("Bob", "Ada"), (back.told_text, back.standing_text))
        back.action_take_word()
        self.assertEqual("Bob", one.name)

    def test_a_taken_word_that_is_overwritten_is_listed_again(self):
        one, row = self.disagreeing()
        row.action_take_word()
        self.by_lab(self.party("Bob", 10))
        self.assertEqual("Bob", one.name)
        self.assertEqual([("name", "x-ehr", "x-lab")], self.told())

    def test_a_decision_can_be_undone(self):
        _one, row = self.disagreeing()
        row.action_keep()
        row.action_open_again()
        self.assertEqual([("name", "x-ehr", "x-lab")], self.told())
        self.assertEqual(1, len(self.exceptions()))

    def test_what_a_system_masters_people_do_not_take_from_another(self):
        self.own("party")
        one = self.done(self.party("Ada"))
        self.by_lab(self.party("Bob", 9))
        with self.assertRaisesRegex(UserError, "Mastered by"):
            self.listed().with_user(self.person).action_take_word()
        self.assertEqual("Ada", one.name)

    def test_only_those_who_may_resolve_decide(self):
        _one, row = self.disagreeing()
        viewer = new_test_user(self.env, "disagree-v", groups="healthcare_interop.group_viewer")
        for name in ("action_keep", "action_take_word", "action_open_again"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(row.with_user(viewer), name)()

    def test_values_are_for_those_who_may_see_the_record(self):
        self.done(self.party("Ada", gender="female"))
        self.by_lab(self.party("Ada", 9, gender="male"))
        [row] = self.listed(attribute="gender")
        self.assertEqual("Female", row.with_user(self.env.ref("base.user_admin")).told_text)
        self.assertFalse(row.with_user(self.person).told_text)
        self.assertFalse(row.with_user(self.person).standing_text)

    def test_a_word_that_is_not_known_any_more_can_not_be_taken(self):
        _one, row = self.disagreeing()
        self.env.cr.execute("UPDATE interop_disagreement SET told = NULL")
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not known any more"):
            row.action_take_word()

    def test_a_record_that_is_gone(self):
        one, row = self.disagreeing()
        one.unlink()
        self.env.invalidate_all()
        self.assertFalse(row.told_text or row.record_name)
        Form(row)
        with self.assertRaises(UserError):
            row.action_take_word()

    def test_the_record_and_the_messages_are_a_press_away(self):
        one, row = self.disagreeing()
        self.assertEqual(one.id, row.action_open_record()["res_id"])
        found = row.action_open_messages()
        self.env[found["res_model"]].search(found["domain"])
        theirs = one.with_user(self.person)
        self.assertEqual(1, theirs.interop_disagreement_count)
        found = theirs.action_interop_disagreements()
        self.assertEqual(row.sudo(), self.env[found["res_model"]].search(found["domain"]))
        Form(row)

    def test_products_show_it_on_the_template(self):
        def named(hour, name):
            return self.item("updated", Product(identifiers=self.ids("P1"), name=name), at=at(hour))

        one = self.done(named(8, "Glove"))
        self.by_lab(named(9, "Gown"))
        self.assertEqual(1, one.product_tmpl_id.interop_disagreement_count)

    def test_of_a_record_that_is_gone_or_merged_nothing_is_kept(self):
        one, row = self.disagreeing()
        self.done(self.party("Eve", number="4712"))
        self.by_lab(self.party("Ewa", 9, number="4712"))
        [other] = self.listed() - row.sudo()
        self.assertEqual(2, self.exceptions().disagreement_count)
        self.done(
            self.party(
                None, 10, number="4712", event="merged", merged_into=self.ref("party", "4711")
            )
        )
        self.env["interop.disagreement"]._gc_over()
        self.assertEqual(row.sudo(), self.listed())
        self.assertFalse(other.exists())
        one.unlink()
        self.env.flush_all()
        self.env["interop.disagreement"]._gc_over()
        self.assertFalse(self.listed())
        self.env["interop.exception"]._repair(self.env.cr)
        self.assertFalse(self.exceptions())

    def test_what_ended_by_itself_is_forgotten_in_time(self):
        self.disagreeing()
        self.by_lab(self.party("Ada", 10))
        kept = self.listed("settled")
        self.env["interop.disagreement"]._gc_over()
        self.assertTrue(kept.exists())
        self.env.cr.execute(
            "UPDATE interop_disagreement SET settled_at = now() - interval '31 days'"
        )
        self.env["interop.disagreement"]._gc_over()
        self.env.invalidate_all()
        self.assertFalse(kept.exists())
