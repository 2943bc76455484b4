"""What people made of a shipped contract outlives an upgrade, published or not, and the upgrade's news come beside it."""

from odoo.tests import tagged

from ..models.meaning.shipped import MODULE
from .common import InteropCase


@tagged("post_install", "-at_install")
class TestContractUpgrades(InteropCase):
    def setUp(self):
        super().setUp()
        self.contracts = self.env["interop.contract"]
        self.contract = self.env.ref(f"{MODULE}.contract_json_party")
        self.shipped = self.contract.active_version_id
        self.files = {
            line.get_external_id()[line.id]: line.copy_data()[0]
            for line in self.contract.attribute_ids
        }

    def line(self, path):
        return self.contract.attribute_ids.filtered(lambda one: one.path == path)

    def upgrade(self, **news):
        """As Odoo does it: what is said before the data files, the files over what is there, what is said after them."""
        self.contracts._note_changes()
        lines = self.env["interop.contract.attribute"]
        for path, purpose in news.items():
            told = {"contract_id": self.contract.id, "path": path, "purpose": purpose}
            self.files[f"{MODULE}.test_{path}"] = told
        lines._load_records(
            [
                {"xml_id": name, "values": values, "noupdate": False}
                for name, values in self.files.items()
            ],
            update=True,
        )
        self.env.invalidate_all()
        self.contracts._keep_shipped()

    def paths(self, version=None):
        said = (version or self.contract)._to_core()
        return {one.path for one in getattr(said, "contract", said).attributes}

    def test_what_nobody_has_published_stays_and_waits(self):
        before = self.paths()
        self.line("gender").unlink()
        self.line("name").purpose = "ours"
        self.contract.attribute_ids = [(0, 0, {"path": "nick", "purpose": "tests"})]
        self.upgrade()
        self.assertEqual(self.contract.active_version_id, self.shipped)
        self.assertEqual(self.paths(), before - {"gender"} | {"nick"})
        self.assertEqual(self.line("name").purpose, "ours")
        self.assertTrue(self.contract.is_changed)
        self.assertFalse(self.contract.sudo().before_upgrade)

    def test_news_come_beside_it_and_only_they_act(self):
        before = self.paths()
        self.line("gender").unlink()
        self.contract.attribute_ids = [(0, 0, {"path": "nick", "purpose": "tests"})]
        self.upgrade(shoe_size="news")
        used = self.contract.active_version_id
        self.assertTrue(used.is_shipped)
        self.assertEqual(self.paths(used), before | {"shoe_size"})
        self.assertEqual(self.paths(), before - {"gender"} | {"nick", "shoe_size"})

    def test_what_people_published_goes_on_and_what_is_shipped_is_a_draft(self):
        before = self.paths()
        self.line("gender").unlink()
        mine = self.contract._publish("without it")
        self.upgrade()
        self.assertEqual(self.contract.active_version_id, mine)
        self.assertFalse(self.contract.is_changed, "nothing new was shipped")
        versions = self.contract.version_ids
        self.upgrade(shoe_size="news")
        self.assertEqual(self.contract.active_version_id, mine)
        draft = self.contract.version_ids - versions
        self.assertEqual((draft.status, draft.is_shipped), ("draft", True))
        self.assertEqual(self.paths(draft), before | {"shoe_size"})
        self.assertEqual(self.paths(), before - {"gender"} | {"shoe_size"})
        self.upgrade()
        self.assertEqual(self.contract.version_ids, versions | draft, "once")
        self.assertEqual(self.paths(), before - {"gender"} | {"shoe_size"})

    def test_where_nobody_changed_anything_the_news_act(self):
        self.upgrade(shoe_size="news")
        self.assertIn("shoe_size", self.paths(self.contract.active_version_id))
        self.assertFalse(self.contract.is_changed)
        self.assertFalse(self.contract.sudo().before_upgrade)

    def test_a_schema_of_the_hospitals_own_stays(self):
        self.contract.schema = '{"type": "object"}'
        mine = self.contract._publish("a schema")
        self.upgrade()
        self.assertEqual(self.contract.active_version_id, mine)
        self.assertFalse(self.contract.is_changed)
