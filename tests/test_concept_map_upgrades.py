"""What people made of shipped translations outlives an upgrade, and what nobody touched is as it is shipped now."""

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.convert import convert_file

from ..models.meaning.shipped import MODULE
from .common import InteropCase

FEMALE = f"{MODULE}.concept_map_gender_01"


@tagged("post_install", "-at_install")
class TestConceptMapUpgrades(InteropCase):
    def setUp(self):
        super().setUp()
        self.map = self.env.ref(f"{MODULE}.concept_map_gender")
        # what the machine writes is nobody's opinion
        self.mine = self.map.with_user(self.env.ref("base.user_admin"))
        self.files = {
            line.get_external_id()[line.id]: line.copy_data()[0] for line in self.map.line_ids
        }

    def upgrade(self, **news):
        """As Odoo does it: what is said before the data files, then the files. ``news``: meanings of further codes."""
        self.env.flush_all()
        self.map._note_changes()
        for code, means in news.items():
            told = {"map_id": self.map.id, "source_code": code, "target_code": means}
            self.files[f"{MODULE}.test_{code}"] = told
        self.env["interop.concept.map.line"]._load_records(
            [{"xml_id": name, "values": dict(said)} for name, said in self.files.items()],
            update=True,
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def meanings(self):
        return {
            (line.source_system or "", line.source_code): line.target_code
            for line in self.map.line_ids
        }

    def line(self, code):
        return self.mine.line_ids.filtered(
            lambda one: one.source_code == code and not one.source_system
        )

    def test_what_nobody_touched_is_as_it_is_shipped_now(self):
        before = self.meanings()
        self.files[FEMALE]["target_code"] = "other"
        self.upgrade(NB="other")
        self.assertEqual(self.meanings(), before | {("", "F"): "other", ("", "NB"): "other"})

    def test_what_people_changed_stands_by_the_screen_or_a_file(self):
        self.line("F").target_code = "other"
        self.mine._load_csv("code,means\nM,unknown\n")
        mine = self.meanings()
        self.assertEqual([mine["", "F"], mine["", "M"]], ["other", "unknown"])
        for _again in range(2):
            self.upgrade()
            self.assertEqual(self.meanings(), mine)

    def test_what_people_took_out_does_not_come_back(self):
        self.line("F").unlink()
        self.line("M").unlink()
        mine = self.meanings()
        for _again in range(2):
            self.upgrade()
            self.assertEqual(self.meanings(), mine)

    def test_what_people_said_themselves_stands_beside_what_is_shipped(self):
        self.mine.line_ids = [(0, 0, {"source_code": "NB", "target_code": "mine"})]
        mine = self.meanings()
        self.upgrade(NB="theirs")
        self.assertEqual(self.meanings(), mine)

    def test_a_line_put_in_the_place_of_a_shipped_one_stops_no_upgrade(self):
        self.line("F").unlink()
        self.mine.line_ids = [(0, 0, {"source_code": "F", "target_code": "mine"})]
        # as an earlier release left it, which did not note what was taken out
        self.map.sudo().taken_out = False
        mine = self.meanings()
        self.upgrade()
        self.assertEqual(self.meanings(), mine)

    def test_it_holds_with_the_file_as_odoo_reads_it(self):
        self.line("F").target_code = "other"
        self.line("M").unlink()
        self.mine.line_ids = [(0, 0, {"source_code": "M", "target_code": "mine"})]
        mine = self.meanings()
        self.env.flush_all()
        self.map._note_changes()
        file = "data/interop.concept.map.line.csv"
        convert_file(self.env, MODULE, file, {}, mode="update")
        self.env.invalidate_all()
        self.assertEqual(self.meanings(), mine)

    def test_what_an_upgrade_takes_away_is_no_opinion_of_people(self):
        self.line("F").sudo().with_context(module=MODULE).unlink()
        self.assertFalse(self.map.sudo().taken_out)
        before = self.meanings()
        self.upgrade()
        self.assertEqual(self.meanings(), before | {("", "F"): "female"})

    def test_a_shipped_map_is_archived_not_deleted(self):
        with self.assertRaisesRegex(UserError, "archive it"):
            self.mine.unlink()
        self.mine.active = False
        self.upgrade()
        self.assertFalse(self.map.active)
        own = self.mine.create({"code": "own", "name": "Own"})
        own.unlink()
        self.assertFalse(own.exists())
        self.map.with_context(module=MODULE).unlink()
        self.assertFalse(self.map.exists())
