"""What people made of a shipped mapping outlives an upgrade, in use or not, and the upgrade's news come beside it."""

from dataclasses import replace

from odoo.tests import tagged

from ..models.meaning.shipped import MODULE
from .common import InteropCase

MAPPING = f"{MODULE}.mapping_hl7_patient"


@tagged("post_install", "-at_install")
class TestMappingUpgrades(InteropCase):
    def setUp(self):
        super().setUp()
        self.mappings = self.env["interop.mapping"]
        self.mapping = self.env.ref(MAPPING)
        self.shipped = self.mapping.active_version_id
        self.files = {
            rule.get_external_id()[rule.id]: rule.copy_data()[0] for rule in self.mapping.rule_ids
        }

    def rule(self, target):
        return self.mapping.rule_ids.filtered(lambda one: one.target == target)

    def upgrade(self, header=None, **news):
        """As Odoo does it: what is said before the data files, the files over what is there, what is said after them.

        ``news``: sources of rules by their targets.
        """
        self.mappings._note_changes()
        for target, source in news.items():
            known = [name for name, said in self.files.items() if said["target"] == target]
            name = known[0] if known else f"{MODULE}.test_{target}"
            new = {
                "mapping_id": self.mapping.id,
                "sequence": 900,
                "target": target,
                "transform": "hl7.reference",
            }
            self.files[name] = {**self.files.get(name, new), "source": source}
        self.env["interop.mapping.rule"]._load_records(
            [{"xml_id": name, "values": dict(said)} for name, said in self.files.items()],
            update=True,
        )
        if header:
            self.mappings._load_records([{"xml_id": MAPPING, "values": header}], update=True)
        self.env.invalidate_all()
        self.mappings._keep_shipped()
        self.assertFalse(self.mapping.sudo().before_upgrade)

    def sources(self, version=None):
        said = version._to_core() if version else self.mapping._definition()
        return {line.rule.target: line.rule.source for line in said.lines}

    def change(self):
        """As people do: one rule changed, one taken out, one added."""
        self.rule("birth_date").source = "ZPI-7"
        self.rule("gender").unlink()
        added = {"target": "is_active", "source": "ZPI-1", "transform": "flag", "sequence": 800}
        self.mapping.rule_ids = [(0, 0, added)]
        return self.sources()

    def test_what_is_not_in_use_yet_stays_and_waits(self):
        mine = self.change()
        self.upgrade()
        self.assertEqual(self.mapping.active_version_id, self.shipped)
        self.assertEqual(self.mapping.version_ids, self.shipped, "nothing new was shipped")
        self.assertEqual(self.sources(), mine)
        self.assertTrue(self.mapping.is_changed)

    def test_news_come_beside_it_and_only_they_act(self):
        before, mine = self.sources(), self.change()
        self.upgrade(merged_into="PID-99", birth_date="PID-98")
        used = self.mapping.active_version_id
        self.assertTrue(used.is_shipped)
        self.assertEqual(
            self.sources(used), before | {"merged_into": "PID-99", "birth_date": "PID-98"}
        )
        self.assertEqual(
            self.sources(),
            mine | {"merged_into": "PID-99"},
            "what both changed is as people made it",
        )

    def test_what_people_put_in_use_goes_on_and_what_is_shipped_is_proposed(self):
        before, mine = self.sources(), self.change()
        self.mapping._go_live()
        used = self.mapping.active_version_id
        self.upgrade()
        self.assertEqual(self.mapping.active_version_id, used)
        self.assertFalse(self.mapping.is_changed, "nothing new was shipped")
        self.assertFalse(self.mapping._proposals())
        self.upgrade(merged_into="PID-99")
        proposed = self.mapping._proposals()
        self.assertEqual(self.mapping.active_version_id, used)
        self.assertTrue(proposed.is_shipped)
        self.assertEqual(self.sources(proposed), before | {"merged_into": "PID-99"})
        self.assertEqual(self.sources(), mine | {"merged_into": "PID-99"})
        self.upgrade()
        self.assertEqual(self.mapping._proposals(), proposed, "once")
        self.assertEqual(self.sources(), mine | {"merged_into": "PID-99"})

    def test_the_header_goes_by_the_same_rule(self):
        self.mapping.write({"documents": "ADT^A08", "name": "ours"})
        self.upgrade(header={"documents": "ADT^A01", "name": "theirs", "version_path": "EVN-2"})
        self.assertEqual(
            (self.mapping.documents, self.mapping.name, self.mapping.version_path),
            ("ADT^A08", "ours", "EVN-2"),
        )
        used = self.mapping.active_version_id._to_core()
        self.assertEqual((used.documents, used.name), ("ADT^A01", "theirs"))

    def test_where_nobody_changed_anything_the_news_act(self):
        self.upgrade(merged_into="PID-99")
        self.assertEqual(self.sources(self.mapping.active_version_id)["merged_into"], "PID-99")
        self.assertFalse(self.mapping.is_changed)

    def test_what_works_no_longer_is_kept_as_a_proposal(self):
        mine = self.mapping._definition()
        lines = (
            replace(line, rule=replace(line.rule, transform="no.such"))
            if line.rule.target == "birth_date"
            else line
            for line in mine.lines
        )
        broken = replace(mine, lines=tuple(lines))
        self.mapping.before_upgrade = broken.text()
        self.mappings._keep_shipped()
        self.assertEqual(self.mapping.active_version_id, self.shipped)
        self.assertEqual(self.mapping._proposals().definition, broken.text())
        self.assertFalse(self.mapping.is_changed, "what is shipped stands")

    def test_the_order_of_mappings_is_as_people_gave_it(self):
        self.mapping.sequence = 77
        self.upgrade({"sequence": 10, "name": "Patients, anew"})
        self.assertEqual((self.mapping.sequence, self.mapping.name), (77, "Patients, anew"))
