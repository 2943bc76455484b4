"""Possible duplicates: found among what has changed, decided by people, never merged by themselves."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..core.canonical import Identifier
from ..models.meaning import duplicate_search
from .common import InteropCase

PHONE, MAIL = "+1 555 010 4477", "jane@example.org"


class DuplicatesCase(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["interop.duplicate.rule"]
        cls.rules.search([]).active = False
        cls.env["interop.duplicate"].search([]).unlink()

    def rule(self, basis="phone", **values):
        return self.rules.create({"name": f"Same {basis}", "basis": basis, **values})

    def contact(self, name="Jane Doe", **values):
        return self.env["res.partner"].create({"name": name, "phone": PHONE, **values})

    def bind(self, partner, value, assigner="MRN", type_="MR"):
        identifiers = [Identifier(value, assigner, type_)]
        self.env["interop.binding"]._bind(partner, "party", identifiers, self.system)
        return partner

    def pairs(self, state="open"):
        self.env.invalidate_all()
        found = self.env["interop.duplicate"].search([("state", "=", state)])
        return {frozenset((pair.one_id.id, pair.other_id.id)) for pair in found}

    def look(self):
        return self.rules.search([])._look()

    def assertFound(self, *pairs):
        self.assertEqual(self.pairs(), {frozenset(one.id for one in pair) for pair in pairs})


class TestSearch(DuplicatesCase):
    def test_two_who_share_what_the_rule_says_are_listed_with_the_reason(self):
        rule = self.rule()
        one, other = self.contact(), self.contact("DOE, Jané Q.", phone="0555 0104477")
        self.contact("Joan Doe")
        self.contact(phone="+1 555 999 0000")
        self.look()
        self.assertFound((one, other))
        pair = self.env["interop.duplicate"].search([("state", "=", "open")])
        self.assertEqual((pair.one_id, pair.other_id), (one, other))
        self.assertEqual((pair.reason, pair.rule_id), ("Same phone", rule))
        self.assertEqual(rule.open_count, 1)
        self.assertEqual(rule.action_open_found()["domain"], [("rule_id", "=", rule.id)])

    def test_each_basis_finds_its_own(self):
        self.rule("email")
        self.rule("address")
        one = self.contact(phone=False, email=MAIL, street="1 High St", zip="AB1 2CD")
        by_mail = self.contact(phone=False, email="JANE@example.org")
        by_road = self.contact(phone=False, street="1, high st.", zip="ab12cd")
        self.look()
        self.assertFound((one, by_mail), (one, by_road))

    def test_the_same_number_of_another_assigner(self):
        self.rule("identifier", number_type="MR")
        one = self.bind(self.contact(phone=False), "4711")
        other = self.bind(self.contact(phone=False), "4711", assigner="OLD-MRN")
        self.bind(self.contact("Richard Roe"), "4711", assigner="THIRD")
        self.bind(self.contact(phone=False), "4711", assigner="FOURTH", type_="AN")
        self.look()
        self.assertFound((one, other))

    def test_a_number_that_a_known_contact_gets_later(self):
        self.rule("identifier")
        one, other = self.bind(self.contact(phone=False), "1"), self.contact(phone=False)
        self.look()
        self.assertFound()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = write_date - interval '1 day' WHERE id = %s",
            (other.id,),
        )
        self.bind(other, "1", assigner="OLD-MRN")
        self.look()
        self.assertFound((one, other))

    def test_a_rule_without_the_name_finds_families(self):
        self.rule(needs_name=False)
        one, other = self.contact(), self.contact("Joan Doe")
        self.look()
        self.assertFound((one, other))

    def test_a_rule_for_patients_finds_patients_only(self):
        self.rule(kind="patient")
        one, other = (self.contact(interop_kind="patient") for _time in range(2))
        self.contact()
        self.contact(interop_kind="supplier")
        self.look()
        self.assertFound((one, other))

    def test_kinds_people_companies_and_their_contacts_are_not_compared(self):
        self.rule()
        house = self.contact(is_company=True)
        self.contact(parent_id=house.id, type="contact")
        self.contact(interop_kind="supplier")
        other_company = self.env["res.company"].create({"name": "Other hospital"})
        self.contact("Far Away", company_id=other_company.id)
        self.contact("Far Away", company_id=self.env.company.id)
        self.look()
        self.assertFound()

    def test_what_many_share_tells_of_nobody(self):
        self.rule(needs_name=False)
        for number in range(duplicate_search.MOST_ALIKE):
            self.contact(f"Patient {number}", phone="555 000 1111")
        self.look()
        self.assertEqual(len(self.pairs()), 45)
        self.env["interop.duplicate"].search([]).unlink()
        self.contact("One more", phone="555 000 1111")
        self.look()
        self.assertFound()

    def test_archived_ones_are_left_alone(self):
        self.rule()
        self.contact().active = False
        self.contact()
        self.look()
        self.assertFound()

    def test_what_is_put_right_is_listed_no_more(self):
        self.rule()
        _one, other = self.contact(), self.contact()
        self.look()
        self.assertEqual(len(self.pairs()), 1)
        other.phone = "+1 555 999 0000"
        self.look()
        self.assertFound()

    def test_what_somebody_decided_is_not_asked_again(self):
        rule = self.rule()
        one, other = self.contact(), self.contact()
        self.look()
        pair = self.env["interop.duplicate"].search([("one_id", "=", one.id)])
        pair.action_dismiss()
        self.assertEqual(pair.decided_by_id, self.env.user)
        self.look()
        other.comment = "changed"
        self.look()
        rule.action_look_again()
        self.assertFound()
        self.assertEqual(self.pairs("dismissed"), {frozenset((one.id, other.id))})
        pair.action_reopen()
        self.assertFound((one, other))
        self.assertFalse(pair.decided_by_id)

    def test_a_rule_that_changes_begins_again(self):
        rule = self.rule()
        self.contact(email=MAIL)
        self.contact(email=MAIL)
        named = self.contact("Somebody Else", email=MAIL, phone=False)
        self.look()
        self.assertEqual(len(self.pairs()), 1)
        rule.write({"basis": "email", "needs_name": False})
        self.assertFound()
        self.look()
        self.assertEqual(len(self.pairs()), 3)
        self.assertTrue(any(named.id in pair for pair in self.pairs()))
        rule.active = False
        self.assertFound()
        self.assertFalse(self.look())

    def test_a_rule_whose_findings_were_decided_is_archived_and_not_deleted(self):
        rule = self.rule()
        self.contact()
        self.contact()
        self.look()
        self.env["interop.duplicate"].search([("rule_id", "=", rule.id)]).action_dismiss()
        with self.assertRaises(UserError):
            rule.unlink()
        self.rule("email").unlink()

    def test_the_scheduled_look_comes_back_while_there_is_more(self):
        self.rule()
        one, other = self.contact(), self.contact()
        cron = self.env.ref("healthcare_interop.cron_duplicates")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        self.rules._cron_look()
        self.assertFalse(triggers.search([("cron_id", "=", cron.id)]))
        self.assertFound((one, other))
        with patch.object(duplicate_search, "MOST_LOOKED", 1):
            self.rules._cron_look()
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_rubbish_is_no_reason(self):
        for basis in ("phone", "email", "address", "identifier"):
            self.rule(basis, needs_name=False)
        for _time in range(2):
            for text in ("?", "n/a", "0", "000000000", "\u202e", "' OR 1=1 --"):
                self.contact(text, phone=text, email=text, street=text, zip=text)
        self.look()
        self.assertFound()

    def test_a_large_number_is_looked_at_in_parts_and_each_part_once(self):
        rule = self.rule()
        made = [self.contact(f"Name {number % 3}") for number in range(6)]
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*) FROM res_partner")
        total = self.env.cr.fetchone()[0]
        looks = 1
        with patch.object(duplicate_search, "MOST_LOOKED", 7):
            while rule._look():
                looks += 1
                self.assertLess(looks, total)
        self.assertEqual(looks, total // 7 + 1)
        self.assertFound(*zip(made[:3], made[3:], strict=True))

    def test_a_look_costs_by_what_has_changed_and_not_by_what_there_is(self):
        self.rule()

        def looked():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.look()
            return self.env.cr.sql_log_count - before

        few = looked()
        for number in range(30):
            self.contact(f"Name {number}")
        self.assertLessEqual(looked(), few + 4)

    def test_the_plan_goes_along_the_indexes(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            """EXPLAIN SELECT id FROM res_partner WHERE (write_date, id) > (now()::timestamp, 0)
               ORDER BY write_date, id LIMIT 10"""
        )
        self.assertIn("interop_changed_idx", self._plan())
        self.env.cr.execute(
            """EXPLAIN SELECT res_id FROM interop_binding WHERE res_model = 'res.partner'
               AND (created_at, res_id) > (now()::timestamp, 0) ORDER BY created_at, res_id LIMIT 10"""
        )
        self.assertIn("new_partner_idx", self._plan())

    def _plan(self):
        return "\n".join(row[0] for row in self.env.cr.fetchall())


class TestDecisions(DuplicatesCase):
    def pair(self, one, other):
        self.rule()
        self.look()
        self.assertFound((one, other))
        return self.env["interop.duplicate"].search([("state", "=", "open")])

    def merge_in_odoo(self, action, stays=None):
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        if stays:
            wizard.dst_partner_id = stays
        wizard.action_merge()

    def test_two_that_nobody_else_keeps_are_merged_by_odoo(self):
        one, other = self.contact(), self.contact()
        pair = self.pair(one, other)
        self.assertFalse(pair.masters)
        self.merge_in_odoo(pair.action_merge(), one)
        self.assertTrue(one.exists())
        self.assertFalse(other.exists() or pair.exists())

    def test_the_one_that_a_system_knows_stays(self):
        one, other = self.contact(), self.bind(self.contact(interop_kind=False), "4711")
        pair = self.pair(one, other)
        self.assertEqual((pair.one_systems, pair.other_systems), ("", "Test EHR"))
        action = pair.action_merge()
        self.assertEqual(
            self.env[action["res_model"]].browse(action["res_id"]).dst_partner_id, other
        )
        self.merge_in_odoo(action)
        self.assertFalse(one.exists())
        self.assertEqual(self.partner("4711"), other)

    def test_patients_of_a_system_are_merged_there(self):
        one = self.bind(self.contact(interop_kind="patient"), "1")
        other = self.bind(self.contact(interop_kind="patient"), "2")
        pair = self.pair(one, other)
        self.assertEqual(pair.masters, "Test EHR")
        with self.assertRaisesRegex(UserError, "Test EHR"):
            pair.action_merge()

    def test_what_the_system_merges_is_settled_at_the_next_look(self):
        contacts = [{"kind": "phone", "value": PHONE}]
        for key in "ab":
            self.send(self.party(key, name="Jane Doe", contacts=contacts))
        self.drain_all()
        one, other = self.partner("a"), self.partner("b")
        pair = self.pair(one, other)
        self.send(self.merge("a", "b"))
        self.drain_all()
        self.look()
        self.env.invalidate_all()
        self.assertEqual(pair.state, "merged")

    def test_odoos_own_merge_does_not_lose_a_patient_whom_a_system_keeps(self):
        one = self.contact(interop_kind="patient", email=MAIL)
        other = self.bind(self.contact(interop_kind="patient", email=MAIL), "4711")
        wizard = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRaisesRegex(UserError, "Test EHR"):
            wizard._merge((one | other).ids, one)
        wizard._merge((one | other).ids, other)
        self.assertEqual(self.partner("4711"), other)
        self.assertFalse(one.exists())

    def test_numbers_of_others_go_along(self):
        one = self.bind(self.contact(interop_kind="supplier"), "1", assigner="A")
        other = self.bind(self.contact(interop_kind="supplier"), "2", assigner="B")
        third = self.contact(interop_kind="supplier")
        self.rule()
        self.look()
        self.assertEqual(len(self.pairs()), 3)
        self.env["base.partner.merge.automatic.wizard"]._merge((one | other).ids, other)
        bound = self.env["interop.binding"].search(
            [("res_model", "=", "res.partner"), ("system_id", "=", self.system.id)]
        )
        self.assertEqual(set(bound.mapped("res_id")), {other.id})
        self.assertFound((other, third))

    def test_a_decision_about_one_who_is_gone_is_one_about_whom_it_went_into(self):
        one, other, third = (self.contact() for _time in range(3))
        self.rule()
        self.look()
        pairs = self.env["interop.duplicate"]
        pairs.search([("one_id", "=", one.id), ("other_id", "=", other.id)]).unlink()
        pairs.search([("one_id", "=", one.id), ("other_id", "=", third.id)]).action_dismiss()
        pairs.search([("one_id", "=", other.id)]).unlink()
        self.env.flush_all()
        self.env["base.partner.merge.automatic.wizard"]._merge((one | other).ids, other)
        self.look()
        self.assertFound()
        self.assertEqual(self.pairs("dismissed"), {frozenset((other.id, third.id))})

    def test_what_messages_take_for_one_is_listed(self):
        for key in "ab":
            self.send(self.party(key, name=f"Patient {key}"))
        self.send(self.party("b", "a", name="Both"))
        self.drain_all()
        self.after_commit()
        one, other = self.partner("a"), self.partner("b")
        self.assertFound((one, other))
        pair = self.env["interop.duplicate"].search([("state", "=", "open")])
        self.assertIn("message", pair.reason)
        self.look()
        self.assertFound((one, other))

    def test_who_may_decide(self):
        pair = self.pair(self.contact(), self.contact())
        auditor = new_test_user(
            self.env, "interop-dup-a", groups="healthcare_interop.group_auditor"
        )
        for name in ("action_dismiss", "action_reopen"):
            with self.assertRaises(AccessError):
                getattr(pair.with_user(auditor), name)()
        operator = new_test_user(
            self.env, "interop-dup-o", groups="healthcare_interop.group_operator"
        )
        pair.with_user(operator).action_dismiss()
        self.assertEqual(pair.decided_by_id, operator)
        with self.assertRaises(AccessError):
            self.rules.search([]).with_user(operator).action_look()

    def test_a_pair_of_another_company_is_not_there(self):
        far = self.env["res.company"].create({"name": "Other hospital"})
        pair = self.pair(self.contact(company_id=far.id), self.contact(company_id=far.id))
        operator = new_test_user(
            self.env, "interop-dup-c", groups="healthcare_interop.group_operator"
        )
        self.assertFalse(self.env["interop.duplicate"].with_user(operator).search([]) & pair)
