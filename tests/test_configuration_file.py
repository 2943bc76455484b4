"""Configuration as a file: out of one database, into another; looked at first, then whole or not at all."""

import base64
import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..core.bundle.parts import CONCEPT_MAPS, CONTRACTS, MAPPINGS
from .test_mapping_profiles import ProfileCase


@tagged("post_install", "-at_install")
class TestConfigurationFile(ProfileCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.files = cls.env["interop.configuration.file"]
        cls.map = cls.env["interop.concept.map"].create(
            {
                "name": "Test units",
                "code": "test_units",
                "line_ids": [
                    (0, 0, {"source_code": "BX", "target_code": "box"}),
                    (
                        0,
                        0,
                        {
                            "source_code": "BX",
                            "target_code": "carton",
                            "for_system_id": cls.system.id,
                            "valid_from": "2026-01-01",
                        },
                    ),
                ],
            }
        )
        cls.contract = cls.env["interop.contract"].search([("name", "=", "test json")])
        sample = {"type": "test.patient.a", "data": {"identifiers": [{"value": "1"}], "name": "N"}}
        cls.test = cls.env["interop.mapping.test"].create(
            {"name": "named", "mapping_id": cls.profile.id, "sample": json.dumps(sample)}
        )
        cls.test.action_take_found()

    def setUp(self):
        super().setUp()
        self.effective("name").write({"source": "mine"})
        self.effective("address").unlink()
        self.own.version_path = "other"

    def records(self):
        return {
            MAPPINGS: self.own | self.profile,
            CONCEPT_MAPS: self.map,
            CONTRACTS: self.contract,
        }

    def text(self, change=None):
        text = self.files._text(self.records())
        if change is None:
            return text
        value = json.loads(text)
        change(value)
        return json.dumps(value)

    def look(self, text):
        plan = self.files._plan(text)
        self.assertFalse(plan.all_mistakes(plan.changes))
        return {(one.part, one.name): one for one in plan.changes}

    def fields(self, change):
        return {told.place: (told.before, told.after) for told in change.told}

    def states(self, text):  # pylint: disable=arguments-differ
        return sorted(one.state for one in self.look(text).values())

    def mistakes(self, change):
        before = self.text()
        seen, mistakes = self.files._take(self.text(change))
        self.assertFalse(seen)
        self.assertEqual(self.text(), before, "nothing was changed")
        return [tuple(mistake) for mistake in mistakes]

    def forget(self):
        """As if all of it had never been here."""
        self.own.unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE interop_mapping SET active = FALSE WHERE id = %s", (self.profile.id,)
        )
        self.contract.active = False
        self.map.unlink()
        self.env.invalidate_all()

    def test_no_id_of_this_database_is_in_it(self):
        text = self.text()
        self.assertNotIn('"id"', text)
        self.assertIn('"system": "t-ehr"', text)
        self.assertEqual(text, self.text(), "the same again")

    def test_into_the_database_it_came_from_it_changes_nothing(self):
        before = self.text()
        self.assertEqual(set(self.states(before)), {"same"})
        seen, mistakes = self.files._take(before)
        self.assertFalse(mistakes)
        self.assertEqual({one.state for one in seen}, {"same"})
        self.assertEqual(self.text(), before)

    def test_into_a_database_that_knows_nothing_of_it(self):
        text = self.text()
        self.forget()
        self.assertEqual(set(self.states(text)), {"new"})
        _seen, mistakes = self.files._take(text)
        self.assertFalse(mistakes)
        named = [("name", "=", "test party")]
        profile = self.env["interop.mapping"].search([*named, ("extends_id", "=", False)])
        own = self.env["interop.mapping"].search([*named, ("extends_id", "!=", False)])
        self.assertEqual((own.extends_id, own.system_id), (profile, self.system))
        self.assertTrue(profile.active_version_id, "an adaptation needs it in use")
        self.assertFalse(own.active_version_id, "nobody asked for it")
        self.assertEqual(profile.test_ids.result, "green")
        self.assertEqual(self.effective("name", own).origin, "changed")
        found = {
            MAPPINGS: own | profile,
            CONCEPT_MAPS: self.env["interop.concept.map"].search([("code", "=", "test_units")]),
            CONTRACTS: self.env["interop.contract"].search([("name", "=", "test json")]),
        }
        self.assertEqual(self.files._text(found), text)

    def test_what_would_change_is_told_and_then_done(self):
        def change(value):
            [adapting, plain] = value["mappings"]
            adapting["rules"][-1]["rule"]["source"] = "theirs"
            plain["definition"]["rules"].pop()
            plain["sequence"] = 7
            value["concept_maps"][0]["lines"][0]["means"] = "crate"
            value["concept_maps"][0]["lines"].append({"code": "EA", "means": "each"})
            value["contracts"][0]["attributes"].pop()
            value["contracts"][0]["attributes"].append(
                {"path": "more", "class": "public", "purpose": "tests"}
            )
            plain["tests"][0]["expected"] = []

        text = self.text(change)
        seen = self.look(text)
        self.assertEqual({one.state for one in seen.values()}, {"changed"})
        own = self.fields(seen[MAPPINGS, "test party t-ehr"])
        [key] = [one["key"] for one in json.loads(text)["mappings"][0]["rules"] if "rule" in one]
        self.assertEqual(own[f"rules[{key}].rule.source"], ("mine", "theirs"))
        profile = self.fields(seen[MAPPINGS, "test party"])
        self.assertEqual(profile["sequence"], ("10", "7"))
        self.assertIn("tests[named].expected", profile)
        [gone] = [place for place in profile if place.startswith("definition.rules[")]
        self.assertIsNone(profile[gone][1])
        units = self.fields(seen[CONCEPT_MAPS, "Test units"])
        self.assertEqual(units["lines[BX].means"], ("box", "crate"))
        self.assertEqual(units["lines[EA]"], (None, '{"code":"EA","means":"each"}'))
        contract = self.fields(seen[CONTRACTS, "test json (json, test.*)"])
        self.assertIsNone(contract["attributes[more]"][0])
        self.assertIn(None, [after for _before, after in contract.values()])
        self.test.action_take_found()
        del seen
        self.assertFalse(self.files._take(self.text(lambda value: None))[1])

    def test_a_changed_adaptation_waits_to_be_put_in_use_unless_that_was_asked_for(self):
        def change(value):
            value["mappings"][0]["header"] = {"version": ["newest", "version"]}

        text = self.text(change)
        self.files._take(text)
        self.assertEqual(self.own.version_path, "newest")
        self.assertFalse(self.own.active_version_id)
        own_test = self.env["interop.mapping.test"].create(
            {
                "name": "in its place",
                "mapping_id": self.own.id,
                "sample": self.test.sample,
                "stands_for_id": self.test.id,
            }
        )
        own_test.action_take_found()
        self.files._take(self.text(), is_put_in_use=True)
        self.assertEqual(self.own.active_version_id._to_core().version, "newest")
        self.assertEqual(self.own.active_version_id.note, "Imported from a file")
        text = self.text()
        own_test.unlink()
        self.files._take(text)
        self.assertEqual(self.own.test_ids.stands_for_id, self.test)

    def test_a_red_test_keeps_all_of_it_out(self):
        def change(value):
            value["mappings"][0]["header"] = {"version": ["newest", "version"]}
            value["concept_maps"][0]["name"] = "Renamed"
            value["mappings"][1]["tests"][0]["expected"] = [{"says": "nothing like it"}]

        text = self.text(change)
        with self.assertRaisesRegex(UserError, "red"), self.cr.savepoint():
            self.files._take(text, is_put_in_use=True)
        self.env.invalidate_all()
        self.assertEqual(self.map.name, "Test units")
        self.assertEqual(self.own.version_path, "other")

    def test_an_adaptation_of_an_older_profile_comes_with_its_conflict(self):
        text = self.text()
        self.rule("name").source = "name.text"
        self.env["interop.mapping.test"].search([("mapping_id", "=", self.profile.id)]).active = 0
        self.profile._go_live()
        self.own.unlink()
        value = json.loads(text)
        value["mappings"].pop()
        self.files._take(json.dumps(value))
        own = self.env["interop.mapping"].search([("extends_id", "=", self.profile.id)])
        self.assertEqual(own.conflict_count, 1)

    def test_mistakes_are_told_by_their_places(self):
        def unknown_system(value):
            value["mappings"][0]["system"] = "elsewhere"
            value["concept_maps"][0]["lines"][1]["only_for"] = "nobody"

        self.assertEqual(
            self.mistakes(unknown_system),
            [
                ("concept_maps[0].lines[1].only_for", "unknown_system"),
                ("mappings[0].system", "unknown_system"),
            ],
        )

        def unknown_mapping(value):
            value["mappings"][0]["adapts"]["name"] = "no such mapping"

        self.assertEqual(
            self.mistakes(unknown_mapping), [("mappings[0].adapts", "unknown_mapping")]
        )

        def nested(value):
            value["mappings"][0]["adapts"]["adapts"] = {"name": "none", "format": "json"}

        self.assertEqual(self.mistakes(nested), [("mappings[0].adapts", "unknown_mapping")])

        def bad_rule(value):
            value["mappings"][1]["definition"]["rules"][0]["transform"] = "magic"

        [(_place, code)] = self.mistakes(bad_rule)
        self.assertEqual(code, "bad_transform")

    def test_every_shipped_configuration_survives(self):
        records = {
            MAPPINGS: self.env["interop.mapping"]._shipped(),
            CONCEPT_MAPS: self.env["interop.concept.map"].search([]),
            CONTRACTS: self.env["interop.contract"].search([]),
        }
        text = self.files._text(records)
        self.assertEqual(set(self.states(text)), {"same"})

    def test_only_administrators_take_files_in(self):
        operator = new_test_user(self.env, "file-op", groups="healthcare_interop.group_operator")
        with self.assertRaises(AccessError):
            self.files.with_user(operator)._take(self.text())


@tagged("post_install", "-at_install")
class TestConfigurationWizards(ProfileCase):
    def imported(self, text):
        return self.env["interop.import.configuration"].create(
            {"file": base64.b64encode(text if isinstance(text, bytes) else text.encode())}
        )

    def test_out_and_in_again(self):
        self.effective("name").write({"source": "mine"})
        export = self.env["interop.export.configuration"].create({})
        self.assertEqual(export.scope, "all")
        self.assertTrue(export.unused_count)
        self.assertIn(f"/{export.id}/file/", export.action_export()["url"])
        text = base64.b64decode(export.file).decode()
        self.effective("name").write({"source": "else"})
        wizard = self.imported(text)
        self.assertFalse(wizard.mistakes)
        action = wizard.action_look()
        self.assertEqual(action["res_model"], "interop.import.configuration.line")
        lines = self.env["interop.import.configuration.line"].search(action["domain"])
        wizard.invalidate_recordset()
        [shown] = wizard.with_context(bin_size=True).read(["mistakes", "step"])
        self.assertEqual((shown["mistakes"], shown["step"]), ("", "differences"))
        [line] = lines.filtered(lambda line: line.state != "same")
        self.assertEqual((line.state, line.part, line.is_chosen), ("changed", "mappings", True))
        [told] = line.field_ids
        self.assertEqual((told.before, told.after), ("else", "mine"))
        self.assertEqual(self.effective("name").source, "else", "nothing is done yet")
        wizard.action_back()
        with Form(wizard) as form:
            form.file = wizard.file
            self.assertFalse(form.is_asked)
        action = wizard.action_look()
        lines = self.env["interop.import.configuration.line"].search(action["domain"])
        [line] = lines.filtered(lambda line: line.state != "same")
        line.is_chosen = False
        with self.assertRaisesRegex(UserError, "Nothing is ticked"):
            lines.with_context(**action["context"]).action_import()
        line.action_tick()
        done = lines.with_context(**action["context"]).action_import()
        self.assertEqual((done["res_id"], wizard.step), (wizard.id, "done"))
        self.assertEqual(wizard.summary, "Mappings: 1")
        self.assertEqual(self.effective("name").source, "mine")

    def test_what_was_chosen_in_a_list_is_exported(self):
        chosen = self.env["interop.export.configuration"].with_context(
            active_model="interop.mapping", active_ids=self.profile.ids
        )
        export = chosen.create({})
        self.assertEqual((export.scope, export.mapping_ids), ("chosen", self.profile))
        self.assertFalse(export.contract_ids or export.concept_map_ids)
        export.mapping_ids = False
        with self.assertRaises(UserError):
            export.action_export()

    def test_mistakes_are_shown_and_nothing_is_imported(self):
        for body, said in (
            (b"\xff\xfe", "UTF-8"),
            ("{", "no JSON"),
            ("{}", "missing"),
            ('{"kind": "x", "form": 1}', "kind: this file is of another kind"),
        ):
            wizard = self.imported(body)
            with self.subTest(said):
                self.assertIn(said, wizard.mistakes)
                self.assertEqual(wizard.action_look()["res_id"], wizard.id)
                self.assertEqual(wizard.step, "file")
                with self.assertRaises(UserError):
                    wizard.action_import()
        many = {
            "kind": "healthcare-interop-configuration",
            "form": 1,
            "contracts": [{} for _ in range(40)],
        }
        self.assertIn("more", self.imported(json.dumps(many)).mistakes.splitlines()[-1])
        with self.assertRaises(UserError):
            self.env["interop.import.configuration"].create({}).action_look()
