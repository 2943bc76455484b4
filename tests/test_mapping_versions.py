"""Versions of a mapping: what maps messages, who put it in use, and the way back."""

import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..core.definition import read
from ..models.meaning.mapping_version import FOUR_EYES
from ..models.meaning.shipped import MODULE
from .common import InteropCase


class VersionCase(InteropCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mapping = cls.env["interop.mapping"].search([("name", "=", "test party")])
        cls.first = cls.mapping.active_version_id

    def rule(self, target):
        return self.mapping.rule_ids.filtered(lambda rule: rule.target == target)

    def say(self, target, **values):
        """Change the rule and put it in use; the version."""
        self.rule(target).write(values)
        return self.mapping._go_live().active_version_id

    def four_eyes(self):
        self.env["ir.config_parameter"].set_param(FOUR_EYES, "True")
        groups = "healthcare_interop.group_administrator"
        return [new_test_user(self.env, f"eyes-{name}", groups=groups) for name in "ab"]


@tagged("post_install", "-at_install")
class TestVersions(VersionCase):
    def test_a_version_is_the_whole_definition_and_who_made_it(self):
        self.assertEqual((self.first.number, self.first.state), (1, "active"))
        self.assertEqual(self.first._to_core(), self.mapping._definition())
        self.assertEqual(self.first.sha256, self.mapping._definition().fingerprint)
        self.assertEqual(self.first.author_id, self.env.user)
        self.assertFalse(self.mapping.is_changed)
        self.assertEqual(self.first.display_name, "test party, version 1")

    def test_a_change_acts_once_it_is_put_in_use(self):
        self.rule("name").source = "contacts[0].value"
        self.assertTrue(self.mapping.is_changed)
        self.assertIn("contacts[0].value", self.mapping.pending_text)
        self.send(self.party("1", name="Jane"))
        self.drain_all()
        self.assertEqual(self.partner("1").name, "Jane")
        second = self.mapping._go_live().active_version_id
        self.assertEqual((second.number, self.first.state), (2, "retired"))
        self.assertEqual(self.mapping.version, 2)
        self.send(self.party("2", name="Jane", contacts=[{"kind": "phone", "value": "+1 2"}]))
        self.drain_all()
        self.assertEqual(self.partner("2").name, "+1 2")
        self.assertEqual(
            [row["mapping_version_id"] for row in self.rows()], [self.first.id, second.id]
        )

    def test_what_changed_is_told_rule_by_rule(self):
        self.rule("address").unlink()
        self.rule("name").write({"source": "names", "required": True})
        self.rule("contacts").sequence = 99
        self.mapping.event = ""
        self.env["interop.mapping.rule"].create(
            {"mapping_id": self.mapping.id, "target": "gender", "source": "s", "transform": "text"}
        )
        told = self.mapping._go_live().active_version_id.change_text
        self.assertEqual(
            told.splitlines(),
            [
                "name: Source “names” instead of “name”; Required “yes” instead of “no”",
                "gender: new rule (Source s; Transform text)",
                "contacts: moved from place 3 to 99",
                "address: rule gone (Source address; Transform json.address)",
            ],
        )

    def test_a_version_never_changes(self):
        for vals in ({"definition": "{}"}, {"number": 7}, {"state": "draft", "sha256": "x"}):
            with self.assertRaises(UserError):
                self.first.write(vals)
        with self.assertRaises(UserError):
            self.first.unlink()
        administrator = new_test_user(
            self.env, "version-admin", groups="healthcare_interop.group_administrator"
        )
        with self.assertRaises(AccessError):
            self.first.with_user(administrator).write({"state": "retired"})

    def test_one_press_brings_an_earlier_one_back(self):
        second = self.say("name", source="names")
        self.first.action_activate()
        self.assertEqual(self.mapping.active_version_id, self.first)
        self.assertEqual((self.first.state, second.state), ("active", "retired"))
        self.assertIn("Back to version 1", self.mapping.message_ids[0].body)
        self.send(self.party("1", name="Jane"))
        self.drain_all()
        self.assertEqual(self.partner("1").name, "Jane")
        self.assertTrue(self.mapping.is_changed, "what people work at stays")
        self.mapping.action_back_to_active()
        self.assertFalse(self.mapping.is_changed)
        self.assertEqual(self.rule("name").source, "name")

    def test_dropping_changes_brings_back_rules_that_came_and_went(self):
        before = self.mapping._definition()
        self.rule("address").unlink()
        self.rule("name").source = "names"
        self.env["interop.mapping.rule"].create(
            {"mapping_id": self.mapping.id, "target": "gender", "source": "s", "transform": "text"}
        )
        self.mapping.version_path = "other"
        self.mapping.action_back_to_active()
        self.assertEqual(self.mapping._definition(), before)

    def test_nothing_new_is_no_version(self):
        with self.assertRaisesRegex(UserError, "Nothing has changed"):
            self.mapping._propose()
        with self.assertRaises(UserError):
            self.first.action_activate()

    def test_a_mapping_that_was_never_put_in_use_maps_nothing(self):
        self.env["interop.mapping"].create(
            {
                "name": "test twin",
                "format": "json",
                "documents": "test.patient.*",
                "entity": "party",
                "event": "updated",
                "rule_ids": [(0, 0, {"target": "identifiers", "source": "identifiers"})],
            }
        )
        self.send(self.party("1", name="Jane"))
        self.assertEqual(len(self.rows()), 1)

    def test_what_was_in_use_can_be_archived_and_not_deleted(self):
        with self.assertRaisesRegex(UserError, "archive"):
            self.mapping.unlink()
        self.mapping.with_context(module=MODULE).unlink()
        self.assertFalse(self.mapping.active, "what an upgrade drops is archived")
        copy = self.mapping.copy({"name": "test never used"})
        copy.unlink()
        self.assertFalse(copy.exists())

    def test_a_failed_delivery_names_its_mapping_as_well(self):
        self.say("name", source="nowhere", required=True)
        self.send(self.party("1", name="Jane"))
        self.drain_all()
        [row] = self.rows()
        self.assertEqual(row["state"], "failed")
        self.assertEqual(row["mapping_version_id"], self.mapping.active_version_id.id)
        self.first.action_activate()
        self.env["interop.delivery"].browse(row["id"]).action_try_again()
        self.drain_all()
        self.assertEqual(self.rows()[0]["mapping_version_id"], self.first.id)

    def test_what_no_route_takes_names_the_mapping_that_read_it(self):
        self.env["interop.route"].search([("entity", "=", "party")]).active = False
        self.send(self.party("1", name="Jane"))
        [row] = self.rows()
        self.assertEqual(row["state"], "discarded")
        self.assertEqual(row["mapping_version_id"], self.first.id)

    def test_a_definition_that_no_longer_works_is_not_put_in_use(self):
        self.rule("name").source = "names"
        version = self.mapping._propose()
        broken = json.loads(version.definition)
        broken["rules"][0]["transform"] = "gone.with.an.upgrade"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE interop_mapping_version SET definition = %s WHERE id = %s",
            (json.dumps(broken), version.id),
        )
        version.invalidate_recordset()
        with self.assertRaises(ValidationError):
            version.action_activate()
        self.assertEqual(self.mapping.active_version_id, self.first)


@tagged("post_install", "-at_install")
class TestFourEyes(VersionCase):
    def test_the_wizard_tells_puts_in_use_and_keeps_the_reason(self):
        self.rule("name").source = "names"
        wizard = (
            self.env["interop.put.in.use"]
            .with_context(active_id=self.mapping.id)
            .create({"note": " new release "})
        )
        self.assertIn("names", wizard.pending_text)
        self.assertFalse(wizard.is_new or wizard.needs_four_eyes)
        wizard.action_put_in_use()
        self.assertEqual(self.mapping.version, 2)
        self.assertEqual(self.mapping.active_version_id.note, "new release")

    def test_somebody_else_approves_and_puts_in_use(self):
        author, other = self.four_eyes()
        self.rule("name").with_user(author).source = "names"
        wizard = self.env["interop.put.in.use"].with_user(author)
        action = wizard.create({"mapping_id": self.mapping.id}).action_put_in_use()
        version = self.env["interop.mapping.version"].browse(action["res_id"])
        self.assertEqual((version.state, version.author_id), ("draft", author))
        self.assertEqual(self.mapping.active_version_id, self.first)
        self.assertEqual(self.mapping.proposed_version_id, version)
        for decide in (
            version.with_user(author).action_approve,
            version.with_user(author).action_activate,
        ):
            with self.assertRaisesRegex(UserError, "Four eyes"):
                decide()
        version.with_user(other).action_approve()
        with self.assertRaisesRegex(UserError, "Four eyes"):
            version.with_user(author).action_activate()
        version.with_user(other).action_activate()
        self.assertEqual(self.mapping.active_version_id, version)
        self.assertEqual((version.approved_by_id, version.activated_by_id), (other, other))

    def test_asking_twice_is_one_version_and_a_later_change_is_another(self):
        author, _other = self.four_eyes()
        mapping = self.mapping.with_user(author)
        self.rule("name").source = "names"
        version = mapping._propose()
        self.assertEqual(mapping._propose(), version)
        self.rule("name").source = "other"
        self.assertNotEqual(mapping._propose(), version)
        self.assertIn("names", version.definition)

    def test_a_proposal_can_be_withdrawn_and_does_not_come_back(self):
        self.four_eyes()
        self.rule("name").source = "names"
        version = self.mapping._propose()
        version.action_withdraw()
        self.assertEqual(version.state, "retired")
        self.assertFalse(self.mapping.proposed_version_id)
        with self.assertRaises(UserError):
            version.action_withdraw()
        with self.assertRaises(UserError):
            version.action_approve()

    def test_the_setting_is_off_and_can_be_switched_on(self):
        versions = self.env["interop.mapping.version"]
        self.assertFalse(versions._needs_four_eyes())
        settings = self.env["res.config.settings"].create({"interop_mapping_four_eyes": True})
        settings.execute()
        self.assertTrue(versions._needs_four_eyes())

    def test_operators_decide_nothing(self):
        operator = new_test_user(self.env, "eyes-op", groups="healthcare_interop.group_operator")
        self.rule("name").source = "names"
        version = self.mapping._propose()
        theirs = version.with_user(operator)
        for decide in (theirs.action_approve, theirs.action_activate, theirs.action_withdraw):
            with self.assertRaises(AccessError):
                decide()
        with self.assertRaises(AccessError):
            self.mapping.with_user(operator)._propose()
        self.assertIn("names", theirs.change_text)


@tagged("post_install", "-at_install")
class TestShippedVersions(InteropCase):
    """What comes with the add-on is in use after the installation, and follows upgrades unless people decided otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mapping = cls.env.ref(f"{MODULE}.mapping_hl7_patient")
        cls.rule = cls.env.ref(f"{MODULE}.mapping_hl7_patient_rule_03")

    def upgrade(self):
        """What the data files do, then what they call at their end."""
        self.env["interop.mapping.rule"]._load_records(
            [{"xml_id": f"{MODULE}.mapping_hl7_patient_rule_03", "values": {"source": "PID-9"}}],
            update=True,
        )
        self.env["interop.mapping"]._keep_shipped()

    def test_every_shipped_mapping_is_in_use_as_it_was_shipped(self):
        shipped = self.env["interop.mapping"]._shipped()
        self.assertGreater(len(shipped), 50)
        for mapping in shipped:
            with self.subTest(mapping.name):
                self.assertTrue(mapping.active_version_id.is_shipped)
                self.assertFalse(mapping.is_changed)

    def test_rules_go_by_their_external_ids(self):
        self.assertEqual(self.rule.key, "mapping_hl7_patient_rule_03")
        self.assertIn(self.rule.key, read(self.mapping.active_version_id.definition).by_key())

    def test_nothing_changed_is_no_version(self):
        before = self.env["interop.mapping.version"].search_count([])
        self.env["interop.mapping"]._keep_shipped()
        self.assertEqual(self.env["interop.mapping.version"].search_count([]), before)

    def test_what_an_upgrade_changed_is_a_version_in_use(self):
        first = self.mapping.active_version_id
        self.upgrade()
        self.assertEqual(self.mapping.active_version_id.number, first.number + 1)
        self.assertIn("PID-9", self.mapping.active_version_id.change_text)
        self.assertEqual(first.state, "retired")

    def test_an_upgrade_does_not_undo_what_people_put_in_use(self):
        self.rule.source = "PID-11"
        self.mapping._go_live()
        mine = self.mapping.active_version_id
        self.upgrade()
        self.assertEqual(self.mapping.active_version_id, mine)
        self.assertIn("PID-9", self.mapping.proposed_version_id.definition)
        self.env["interop.mapping"]._keep_shipped()
        self.assertEqual(len(self.mapping._proposals()), 1, "once is enough")

    def test_an_upgrade_does_not_go_over_a_test_of_theirs(self):
        self.env["interop.mapping.test"].create(
            {
                "name": "name",
                "mapping_id": self.mapping.id,
                "sample": "MSH|^~\\&|A|B|C|D|20260101||ADT^A31|1|P|2.5\rPID|1||7^^^M^MR||Doe^Jane\r",
            }
        ).action_take_found()
        first = self.mapping.active_version_id
        self.upgrade()
        self.assertEqual(self.mapping.active_version_id, first)
        self.assertTrue(self.mapping.proposed_version_id)

    def test_what_people_made_before_versions_were_kept_goes_on_mapping(self):
        mapping = self.env["interop.mapping"].search([("name", "=", "test party")])
        self.env.flush_all()
        self.env.cr.execute("UPDATE interop_mapping SET active_version_id = NULL")
        self.env.cr.execute("DELETE FROM interop_mapping_version")
        self.env.invalidate_all()
        self.env["interop.mapping"]._keep_shipped()
        self.assertFalse(mapping.is_changed)
        self.assertFalse(mapping.active_version_id.is_shipped)
        self.assertTrue(self.mapping.active_version_id.is_shipped)
        self.send(self.party("1", name="Jane"))
        self.assertEqual(len(self.rows()), 1)

    def test_rules_of_an_older_release_get_keys(self):
        mapping = self.env["interop.mapping"].search([("name", "=", "test party")])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE interop_mapping_rule SET key = NULL WHERE mapping_id = %s", (mapping.id,)
        )
        self.env.invalidate_all()
        self.env["interop.mapping"]._keep_shipped()
        self.assertEqual(mapping.rule_ids[:2].mapped("key"), ["@event", "identifiers"])

    def test_what_is_shipped_no_longer_goes_before_versions_are_made(self):
        loaded = self.env.registry.loaded_xmlids
        names = [
            data.complete_name
            for data in self.env["ir.model.data"].search(
                [("module", "=", MODULE), ("model", "=", "interop.mapping.rule")]
            )
        ]
        gone = f"{MODULE}.{self.rule.key}"
        before = set(loaded)
        loaded.update(names)
        loaded.discard(gone)
        try:
            self.env["interop.mapping"]._keep_shipped(is_loaded=True)
        finally:
            loaded.clear()
            loaded.update(before)
        self.assertFalse(self.rule.exists())
        self.assertNotIn(gone.partition(".")[2], self.mapping.active_version_id.definition)
        self.assertIn("rule gone", self.mapping.active_version_id.change_text)
