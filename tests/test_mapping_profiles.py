"""A system's mapping extends a shipped one and keeps only its differences; the profile moves on."""

import json

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import InteropCase


class ProfileCase(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.profile = cls.env["interop.mapping"].search([("name", "=", "test party")])
        cls.other = cls.env["interop.system"].create({"name": "Other", "code": "t-other"})
        cls.own = cls.profile._adapted_for(cls.system)
        cls.env.flush_all()

    def effective(self, target, mapping=None):
        self.env.invalidate_all()
        return (mapping or self.own).effective_ids.filtered(lambda rule: rule.target == target)

    def rule(self, target, mapping=None):
        return (mapping or self.profile).rule_ids.filtered(lambda rule: rule.target == target)

    def profile_says(self, target, **values):
        """A new version of the profile, in use."""
        self.rule(target).write(values)
        self.profile._go_live()
        self.env.invalidate_all()

    def mapped(self, mapping, target):
        """What a worker has compiled for the source of ``target``, for the test's own system."""
        self.env.flush_all()
        mapper = self.env["interop.endpoint"]._plan_mapper(self.system.id)
        return [
            rule.rule.source
            for one in mapper._mappings
            if one.mapping.name == mapping.name
            for rule in one.rules
            if rule.rule.target == target
        ]


@tagged("post_install", "-at_install")
class TestAdapting(ProfileCase):
    def test_a_new_adaptation_keeps_nothing_and_says_all(self):
        self.assertFalse(self.own.rule_ids)
        self.assertTrue(self.own._difference().is_empty)
        self.assertEqual(self.own._definition(), self.profile._definition())
        self.assertEqual(set(self.own.effective_ids.mapped("origin")), {"inherited"})
        self.assertEqual(len(self.own.effective_ids), len(self.profile.rule_ids))

    def test_a_changed_rule_is_the_only_one_that_is_kept(self):
        self.effective("name").write({"source": "names[0]"})
        self.assertEqual(self.own.rule_ids.mapped("source"), ["names[0]"])
        self.assertEqual(self.effective("name").origin, "changed")
        self.assertEqual(self.rule("name").source, "name", "the profile is as it was")
        self.assertIn("names[0]", self.own._definition().text())

    def test_what_is_the_same_as_in_the_profile_again_is_not_kept(self):
        self.effective("name").write({"source": "names[0]"})
        self.effective("name").write({"source": "name"})
        self.assertFalse(self.own.rule_ids)
        self.effective("name").write({"source": "name"})
        self.assertFalse(self.own.rule_ids)

    def test_a_rule_is_switched_off_and_on_again(self):
        self.effective("address").unlink()
        self.assertEqual(self.effective("address").origin, "off")
        self.assertNotIn("address", [line.rule.target for line in self.own._definition().lines])
        self.effective("address").action_back_to_profile()
        self.assertEqual(self.effective("address").origin, "inherited")
        self.effective("address").action_switch_off()
        self.effective("address").write({"source": "home"})
        self.assertEqual(self.effective("address").origin, "changed")

    def test_a_rule_is_added_and_taken_away(self):
        added = self.env["interop.mapping.effective"].create(
            {"mapping_id": self.own.id, "target": "gender", "source": "sex", "transform": "text"}
        )
        self.assertEqual(added.origin, "added")
        self.assertEqual(self.effective("gender").source, "sex")
        self.effective("gender").unlink()
        self.assertFalse(self.effective("gender"))
        self.assertFalse(self.own.rule_ids)

    def test_all_of_it_in_the_form(self):
        with Form(self.own) as form:
            index = self.own.effective_ids.ids.index(self.effective("name").id)
            with form.effective_ids.edit(index) as rule:
                rule.source = "names[0]"
            with form.effective_ids.new() as rule:
                rule.target = "gender"
                rule.source = "sex"
                rule.transform = "text"
            index = self.own.effective_ids.ids.index(self.effective("address").id)
            form.effective_ids.remove(index)
        origins = {rule.target: rule.origin for rule in self.own.effective_ids}
        self.assertEqual(
            [origins[target] for target in ("name", "gender", "address", "contacts")],
            ["changed", "added", "off", "inherited"],
        )

    def test_the_view_shows_what_the_core_makes_of_it(self):
        self.effective("name").write({"source": "names[0]", "sequence": 99})
        self.effective("address").unlink()
        self.env["interop.mapping.effective"].create(
            {"mapping_id": self.own.id, "target": "gender", "source": "sex", "required": True}
        )
        self.env.invalidate_all()
        shown = [
            (rule.key, rule.sequence, rule.target, rule.source or "", rule.transform, rule.required)
            for rule in self.own.effective_ids
            if rule.origin != "off"
        ]
        said = [
            (
                line.key,
                line.place,
                line.rule.target,
                line.rule.source,
                line.rule.transform,
                line.rule.required,
            )
            for line in self.own._definition().lines
        ]
        self.assertEqual(shown, said)

    def test_a_header_is_said_differently_and_the_rest_of_it_followed(self):
        self.own.version_path = "newer.version"
        self.assertEqual(self.own._difference().header, {"version": ("newer.version", "version")})
        self.profile.documents = "test.patient.* test.person.*"
        self.profile._go_live()
        self.assertEqual(self.own.documents, "test.patient.* test.person.*")
        self.assertEqual(self.own.version_path, "newer.version")
        self.assertFalse(self.own.conflict_count)

    def test_it_acts_for_its_system_only_and_only_once_in_use(self):
        self.effective("name").write({"source": "names[0]"})
        self.assertEqual(self.mapped(self.profile, "name"), ["name"])
        self.own._go_live()
        self.assertEqual(self.mapped(self.profile, "name"), ["names[0]"])
        mapper = self.env["interop.endpoint"]._plan_mapper(self.other.id)
        [other] = [one for one in mapper._mappings if one.mapping.name == "test party"]
        self.assertEqual(other.mapping.snapshot, self.profile.active_version_id.id)

    def test_a_systems_own_goes_before_one_for_all_and_that_before_the_shipped_one(self):
        general = self.profile._adapted_for(self.env["interop.system"])
        self.effective("name", general).write({"source": "general"})
        general._go_live()
        self.assertEqual(self.mapped(self.profile, "name"), ["general"])
        self.effective("name").write({"source": "own"})
        self.own._go_live()
        self.assertEqual(self.mapped(self.profile, "name"), ["own"])
        self.own.active = False
        self.assertEqual(self.mapped(self.profile, "name"), ["general"])

    def test_an_adaptation_can_be_adapted(self):
        general = self.profile._adapted_for(self.env["interop.system"])
        self.effective("name", general).write({"source": "general"})
        general._go_live()
        theirs = general._adapted_for(self.other)
        self.assertEqual(self.effective("name", theirs).source, "general")
        self.assertEqual(self.effective("name", theirs).origin, "inherited")
        theirs._go_live()
        mapper = self.env["interop.endpoint"]._plan_mapper(self.other.id)
        found = [one for one in mapper._mappings if one.mapping.name == "test party"]
        self.assertEqual([one.mapping.snapshot for one in found], theirs.active_version_id.ids)

    def test_messages_are_read_by_it(self):
        self.effective("name").write({"source": "names[0]"})
        contract = self.env["interop.contract"].search([("name", "=", "test json")])
        contract.attribute_ids = [(0, 0, {"path": "names", "purpose": "tests"})]
        contract._go_live()
        self.own._go_live()
        self.send(self.party("1", name="Wrong", names=["Right"]))
        self.drain_all()
        self.assertEqual(self.partner("1").name, "Right")
        [row] = self.rows()
        self.assertEqual(row["mapping_version_id"], self.own.active_version_id.id)

    def test_the_first_version_of_an_adaptation_tells_how_it_differs(self):
        self.effective("name").write({"source": "names[0]"})
        told = "name: Source “names[0]” instead of “name”"
        self.assertEqual(self.own.pending_text, told)
        self.assertEqual(self.own._go_live().active_version_id.change_text, told)

    def test_what_is_not_in_use_yet_is_found(self):
        changed = [("id", "in", (self.own | self.profile).ids), ("is_changed", "=", True)]
        self.assertEqual(self.env["interop.mapping"].search(changed), self.own)
        self.own._go_live()
        self.assertFalse(self.env["interop.mapping"].search(changed))

    def test_a_trial_takes_it_as_it_stands(self):
        self.effective("name").write({"source": "contacts[0].value"})
        wizard = self.env["interop.try.sample"].with_context(
            active_model="interop.mapping", active_id=self.own.id
        )
        self.assertEqual(wizard.default_get(["draft_id"])["draft_id"], self.own.id)
        said = self.party("T1", name="Old Way", contacts=[{"kind": "phone", "value": "+1 555"}])
        values = {"endpoint_id": self.endpoint.id, "sample": json.dumps(said), "asked": 1}
        shown = [
            str(
                wizard.onchange(values | {"draft_id": draft}, ["asked"], {"result": {}})["value"][
                    "result"
                ]
            )
            for draft in (False, self.own.id)
        ]
        told = [one.partition("<details>")[0] for one in shown]
        self.assertIn("Old Way", told[0])
        self.assertNotIn("Old Way", told[1])
        self.own._go_live()
        self.assertFalse(wizard.default_get(["draft_id"]).get("draft_id"))

    def test_a_replacement_by_name_works_as_before(self):
        whole = self.profile.copy({"system_id": self.system.id})
        self.rule("name", whole).source = "whole"
        self.own.active = False
        self.assertEqual(self.mapped(self.profile, "name"), ["name"], "a copy is not in use")
        whole._go_live()
        self.assertEqual(self.mapped(self.profile, "name"), ["whole"])

    def test_what_cannot_work_is_refused_with_its_place(self):
        with self.assertRaisesRegex(ValidationError, "nonsense"), self.cr.savepoint():
            self.effective("name").write({"target": "nonsense"})
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "bad_transform"):
            self.env["interop.mapping.effective"].create(
                {"mapping_id": self.own.id, "target": "gender", "transform": "magic"}
            )

    def test_one_system_has_one_adaptation(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.profile._adapted_for(self.system)

    def test_only_what_is_in_use_can_be_adapted(self):
        copy = self.profile.copy({"name": "test copy"})
        with self.assertRaisesRegex(ValidationError, "in use"):
            copy._adapted_for(self.system)
        with self.assertRaises(ValidationError):
            self.profile.extends_id = self.own

    def test_a_mapping_that_is_adapted_stays(self):
        with self.assertRaises(UserError):
            self.profile.unlink()

    def test_the_wizard_asks_for_whom(self):
        wizard = (
            self.env["interop.adapt.mapping"]
            .with_context(active_id=self.profile.id)
            .create({"system_id": self.other.id})
        )
        action = wizard.action_adapt()
        adaptation = self.env["interop.mapping"].browse(action["res_id"])
        self.assertEqual((adaptation.extends_id, adaptation.system_id), (self.profile, self.other))
        self.assertEqual(adaptation.display_name, "test party (Other)")
        self.assertEqual(self.profile.adapted_by_count, 2)
        found = self.env["interop.mapping"].search(self.profile.action_open_adapted_by()["domain"])
        self.assertEqual(found, self.own | adaptation)

    def test_operators_look_and_do_not_change(self):
        operator = new_test_user(self.env, "adapt-op", groups="healthcare_interop.group_operator")
        theirs = self.effective("name").with_user(operator)
        self.assertEqual(theirs.source, "name")
        auditor = new_test_user(self.env, "adapt-aud", groups="healthcare_interop.group_auditor")
        shown = """is_changed pending_text conflict_count header_conflicts red_count red_text test_count
            version_count proposed_version_id active_version_id adapted_by_count""".split()
        for user in (operator, auditor):
            [row] = self.own.with_user(user).read(shown)
            self.assertTrue(row["is_changed"])
        for change in (theirs.unlink, theirs.action_back_to_profile, theirs.action_keep_mine):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaises(AccessError):
            theirs.write({"source": "x"})
        with self.assertRaises(AccessError):
            theirs.create({"mapping_id": self.own.id, "target": "gender"})
        with self.assertRaises(AccessError):
            self.own.with_user(operator).action_keep_header()


@tagged("post_install", "-at_install")
class TestConflicts(ProfileCase):
    def setUp(self):
        super().setUp()
        self.effective("name").write({"source": "mine"})
        self.own._go_live()

    def test_what_only_the_profile_changed_is_followed(self):
        self.profile_says("address", source="home")
        self.assertEqual(self.effective("address").source, "home")
        self.assertFalse(self.own.conflict_count)
        self.assertTrue(self.own.is_changed, "it acts once it is put in use")
        self.assertEqual(self.mapped(self.profile, "address"), ["address"])
        self.own._go_live()
        self.assertEqual(self.mapped(self.profile, "address"), ["home"])

    def test_a_rule_changed_on_both_sides_is_told_and_keeps_the_old_version_in_use(self):
        self.profile_says("name", source="theirs")
        self.assertEqual(self.own.conflict_count, 1)
        found = self.env["interop.mapping"].search([("conflict_count", ">", 0)])
        self.assertEqual(found, self.own)
        self.assertIn("theirs", self.own.message_ids[0].body)
        conflict = self.effective("name").conflict
        self.assertEqual(conflict, "now theirs json.name there, was name json.name")
        self.assertFalse(self.effective("address").conflict)
        with self.assertRaisesRegex(UserError, "whose stands"):
            self.own._propose()
        self.assertEqual(self.mapped(self.profile, "name"), ["mine"])

    def test_keep_mine(self):
        self.profile_says("name", source="theirs")
        self.effective("name").action_keep_mine()
        self.assertFalse(self.effective("name").conflict)
        self.assertEqual(self.effective("name").source, "mine")
        self.assertEqual(self.own.conflict_count, 0)
        self.profile_says("name", source="newest")
        self.assertTrue(self.effective("name").conflict)

    def test_take_theirs(self):
        self.profile_says("name", source="theirs")
        self.effective("name").action_take_theirs()
        self.assertEqual(self.effective("name").origin, "inherited")
        self.assertEqual(self.effective("name").source, "theirs")
        self.assertFalse(self.own.rule_ids)

    def test_a_rule_that_is_gone_there_goes_on_here_until_somebody_says(self):
        self.rule("name").unlink()
        self.profile._go_live()
        self.assertIn("no longer", self.effective("name").conflict)
        self.assertEqual(self.effective("name").source, "mine")
        self.effective("name").action_keep_mine()
        self.assertEqual(self.effective("name").origin, "added")
        self.assertEqual(self.own.conflict_count, 0)

    def test_a_rule_switched_off_here_that_was_changed_there(self):
        self.effective("address").unlink()
        self.profile_says("address", source="home")
        self.assertIn("switched off here", self.effective("address").conflict)
        self.effective("address").action_keep_mine()
        self.assertEqual(self.effective("address").origin, "off")
        self.assertEqual(self.own.conflict_count, 0)

    def test_a_rule_added_on_both_sides(self):
        self.env["interop.mapping.effective"].create(
            {"mapping_id": self.own.id, "target": "gender", "source": "sex", "transform": "text"}
        )
        self.env["interop.mapping.rule"].create(
            {"mapping_id": self.profile.id, "target": "gender", "source": "g", "transform": "text"}
        )
        self.profile._go_live()
        self.assertIn("there as well", self.effective("gender").conflict)
        self.effective("gender").action_take_theirs()
        self.assertEqual(self.effective("gender").source, "g")

    def test_a_header_changed_on_both_sides(self):
        self.own.version_path = "mine"
        self.profile.version_path = "theirs"
        self.profile._go_live()
        self.assertIn("theirs", self.own.header_conflicts)
        self.assertEqual(self.own.version_path, "mine")
        self.own.action_keep_header()
        self.assertFalse(self.own.header_conflicts)
        self.assertEqual(self.own._definition().version, "mine")
        self.profile.version_path = "newest"
        self.profile._go_live()
        self.own.action_take_header()
        self.assertEqual(self.own.version_path, "newest")
        self.assertEqual(json.loads(self.own.header_base)["version"], "newest")

    def test_dropping_the_changes_brings_back_what_is_in_use(self):
        in_use = self.own.active_version_id._to_core()
        self.effective("address").unlink()
        self.effective("name").write({"source": "other"})
        self.own.action_back_to_active()
        self.assertFalse(self.own.is_changed)
        self.assertEqual(self.own._definition(), in_use)
