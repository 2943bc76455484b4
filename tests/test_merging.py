"""Patient merges: aliases that nothing is deleted for, safe against self, circles and repetition, and undone again."""

from ..entities.merging import HOLDERS
from .common import InteropCase


class TestMerging(InteropCase):
    def setUp(self):
        super().setUp()
        self.apply(*(self.party(key, name=f"Patient {key}") for key in "abcd"))
        self.records = {key: self.partner(key) for key in "abcd"}

    def apply(self, *messages):
        for message in messages:
            self.send(message)
        self.drain_all()

    def survivors(self, *keys):
        """The key of the record that each number stands for now."""
        resolved = self.env["interop.binding"]._resolve(
            "party", [(f"{self.system.identity_domain}|MRN", key) for key in keys]
        )
        names = {record.id: key for key, record in self.records.items()}
        found = {value: names[record] for (_namespace, value), record in resolved.items()}
        return "".join(found[key] for key in keys)

    def effects(self):
        return [row["effect"] for row in self.rows()[4:]]

    def test_the_merged_number_stands_for_the_survivor_from_then_on(self):
        self.apply(self.merge("a", "b"))
        self.assertEqual(self.survivors("a", "b", "c"), "bbc")
        self.assertFalse(self.records["a"].active)
        self.assertTrue(self.records["b"].active)
        self.apply(self.party("a", name="Said of a"))
        self.assertEqual(self.records["b"].name, "Said of a")
        self.assertEqual(self.records["a"].name, "Patient a")

    def test_nothing_is_deleted(self):
        before = self.env["res.partner"].with_context(active_test=False).search_count([])
        self.apply(self.merge("a", "b"), self.merge("b", "c"))
        after = self.env["res.partner"].with_context(active_test=False).search_count([])
        self.assertEqual(before, after)

    def test_a_merge_into_oneself_changes_nothing(self):
        self.apply(self.merge("a", "a"))
        self.assertEqual(self.effects(), ["unchanged"])
        self.assertEqual(self.survivors("a"), "a")
        self.assertTrue(self.records["a"].active)

    def test_a_merge_repeated_changes_nothing(self):
        self.apply(self.merge("a", "b"), self.merge("a", "b"))
        self.assertEqual(self.effects(), ["merged", "unchanged"])
        self.assertEqual(self.survivors("a", "b"), "bb")

    def test_a_merge_in_a_circle_changes_nothing(self):
        self.apply(self.merge("a", "b"), self.merge("b", "a"))
        self.assertEqual(self.effects(), ["merged", "unchanged"])
        self.assertEqual(self.survivors("a", "b"), "bb")
        self.apply(self.merge("b", "c"), self.merge("c", "a"))
        self.assertEqual(self.survivors("a", "b", "c"), "ccc")
        self.assertTrue(self.records["c"].active)

    def test_chains_lead_to_their_end_in_whatever_order_they_are_made(self):
        self.apply(self.merge("a", "b"), self.merge("b", "c"), self.merge("c", "d"))
        self.assertEqual(self.survivors("a", "b", "c", "d"), "dddd")

    def test_chains_made_from_their_end(self):
        self.apply(self.merge("c", "d"), self.merge("b", "c"), self.merge("a", "b"))
        self.assertEqual(self.survivors("a", "b", "c", "d"), "dddd")

    def test_an_unmerge_brings_the_record_back(self):
        self.apply(self.merge("a", "b"), self.unmerge("a"))
        self.assertEqual(self.effects(), ["merged", "unmerged"])
        self.assertEqual(self.survivors("a", "b"), "ab")
        self.assertTrue(self.records["a"].active)
        self.apply(self.party("a", name="Own again"))
        self.assertEqual(self.records["a"].name, "Own again")
        self.assertEqual(self.records["b"].name, "Patient b")

    def test_an_unmerge_in_the_middle_takes_what_was_merged_into_it_along(self):
        self.apply(self.merge("a", "b"), self.merge("b", "c"), self.unmerge("b"))
        self.assertEqual(self.survivors("a", "b", "c"), "bbc")

    def test_an_unmerge_of_what_was_never_merged_changes_nothing(self):
        self.apply(self.unmerge("a"))
        self.assertEqual(self.effects(), ["unchanged"])
        self.assertTrue(self.records["a"].active)

    def test_merged_again_after_an_unmerge(self):
        self.apply(self.merge("a", "b"), self.unmerge("a"), self.merge("a", "c"))
        self.assertEqual(self.survivors("a", "b", "c"), "cbc")

    def test_a_late_older_merge_does_not_undo_a_newer_unmerge(self):
        self.apply(self.merge("a", "b", version=1), self.unmerge("a", version=3))
        self.apply(self.merge("a", "c", version=2))
        self.assertEqual(self.effects()[-1], "superseded")
        self.assertEqual(self.survivors("a", "c"), "ac")

    def test_a_patient_nobody_has_heard_of_may_be_merged(self):
        self.route.unknown_master = "create"
        self.env.flush_all()
        self.apply(self.merge("new", "a"))
        self.apply(self.party("new", name="Arrived late"))
        self.assertEqual(self.records["a"].name, "Arrived late")
        self.assertFalse(self.partner("new").active)

    def test_what_is_older_than_the_merge_is_said_of_the_merged_record(self):
        self.route.unknown_master = "create"
        self.env.flush_all()
        self.apply(self.merge("new", "a", version=5))
        self.apply(self.party("new", name="Registered before", version=2))
        self.assertEqual(self.records["a"].name, "Patient a")
        merged = (
            self.env["res.partner"]
            .with_context(active_test=False)
            .search([("name", "=", "Registered before")])
        )
        self.assertFalse(merged.active)
        self.apply(self.party("new", name="Said after", version=6))
        self.assertEqual(self.records["a"].name, "Said after")
        self.assertEqual(merged.name, "Registered before")

    def test_in_a_chain_each_piece_of_news_finds_who_it_was_about(self):
        self.apply(self.merge("a", "b", version=3), self.merge("b", "c", version=6))
        for version, name in ((4, "Of b"), (2, "Of a"), (7, "Of c")):
            self.apply(self.party("a", name=name, version=version))
        names = [self.records[key].name for key in "abc"]
        self.assertEqual(names, ["Of a", "Of b", "Of c"])

    def test_an_unknown_survivor_is_awaited_or_an_exception(self):
        self.apply(self.merge("a", "nobody"))
        row = self.rows()[-1]
        self.assertEqual((row["state"], row["error_path"]), ("failed", "merged_into"))
        self.assertTrue(self.records["a"].active)
        self.assertEqual(self.survivors("a"), "a")

    def test_a_merge_without_a_survivor_fails_by_name_of_the_place(self):
        self.apply(self.party("a", event="merged"))
        row = self.rows()[-1]
        self.assertEqual((row["state"], row["error_code"]), ("failed", "required"))

    def test_merges_and_news_of_one_body_take_effect_in_order(self):
        self.send(
            self.party("a", name="Before"),
            self.merge("a", "b"),
            self.party("a", name="After"),
            self.unmerge("a"),
            self.party("a", name="Own"),
        )
        self.drain_all()
        self.assertEqual(self.counts(), {"done": 9})
        self.assertEqual(self.records["a"].name, "Own")
        self.assertEqual(self.records["b"].name, "After")

    def test_a_merge_drained_twice_is_a_merge(self):
        self.apply(self.merge("a", "b"))
        self.env.cr.execute("UPDATE interop_delivery SET state = 'pending' WHERE event = 'merged'")
        self.drain_all()
        self.assertEqual(self.survivors("a", "b"), "bb")
        aliases = self.env["interop.alias"].search([("merged_id", "=", self.records["a"].id)])
        self.assertEqual(len(aliases), 1)

    def test_nothing_that_names_its_patient_is_forgotten(self):
        named = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("interop.") and not model._abstract and not model._transient
            if (field := model._fields.get("partner_id")) and field.store and not field.related
        }
        self.assertEqual(named, set(HOLDERS))

    def test_visits_follow_their_patient_and_come_back(self):
        visit = self.env["interop.encounter"].create(
            {"name": "V1", "partner_id": self.records["a"].id, "status": "in_progress"}
        )
        self.apply(self.merge("a", "b"))
        self.assertEqual(visit.partner_id, self.records["b"])
        self.apply(self.unmerge("a"))
        self.assertEqual(visit.partner_id, self.records["a"])
