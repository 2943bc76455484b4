"""Coverage: who pays, in which order, until when, and what payers answer to checks."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from odoo.fields import Datetime
from odoo.tests import tagged

from ..core.applying import Outcome
from ..core.canonical import CLEAR, Coverage, Party
from .common_entities import EntityCase


def at(hour):
    return datetime(2026, 3, 1, hour)


@tagged("post_install", "-at_install")
class CoverageTest(EntityCase):
    def coverage(self, hour=8, *, number="C1", event="updated", **said):
        return self.item(event, Coverage(identifiers=self.ids(number), **said), at=at(hour))

    def insured(self, hour=8, **said):
        said = {
            "party": self.ref("party", "4711", display="Doe"),
            "payer": self.ref("organization", "P80", display="Quiet Mutual"),
            "plan": self.code("HMO"),
            "member_id": "M-1",
            "rank": Decimal(1),
        } | said
        return self.coverage(hour, **said)

    def test_it_is_kept_with_everything_it_says(self):
        one = self.done(
            self.insured(
                valid_from=date(2026, 1, 1),
                valid_until=date(2026, 12, 31),
                relationship="spouse",
                status="active",
            )
        )
        self.assertEqual(
            ("Doe", "Quiet Mutual", "HMO", "M-1", 1, "spouse", "active"),
            (
                one.partner_id.name,
                one.payer_id.name,
                one.plan_code,
                one.member_id,
                one.rank,
                one.relationship,
                one.status,
            ),
        )
        self.assertEqual((date(2026, 1, 1), date(2026, 12, 31)), (one.valid_from, one.valid_until))
        self.assertEqual("payer", one.payer_id.interop_kind)

    def test_its_name_tells_nothing_of_the_patient(self):
        one = self.done(self.insured())
        self.assertEqual("Quiet Mutual, HMO", one.display_name)
        bare = self.done(self.coverage(number="C2"))
        self.assertEqual("Unknown payer", bare.display_name)

    def test_a_known_partner_keeps_what_it_is_known_as(self):
        supplier = self.make_partner("P80", "organization", interop_kind="supplier")
        self.assertEqual(supplier, self.done(self.insured()).payer_id)
        self.assertEqual("supplier", supplier.interop_kind)

    def test_a_payers_answer_is_added(self):
        one = self.done(self.insured())
        self.assertFalse(one.checked_at or one.in_force or one.has_share)
        self.done(
            self.coverage(9, event="checked", is_in_force=True, patient_share=Decimal("12.5"))
        )
        self.assertEqual(
            (at(9), "yes", 12.5, 87.5),
            (one.checked_at, one.in_force, one.patient_share, one.payer_share),
        )
        self.done(self.coverage(10, event="checked", is_in_force=False))
        self.assertEqual((at(10), "no", 87.5), (one.checked_at, one.in_force, one.payer_share))

    def test_a_payer_who_pays_all_is_told_from_one_who_did_not_say(self):
        one = self.done(self.insured(patient_share=Decimal(0)))
        self.assertEqual(100, one.payer_share)
        silent = self.done(self.coverage(number="C2"))
        self.assertEqual((False, 0), (silent.has_share, silent.payer_share))

    def test_an_older_answer_does_not_overrule_a_newer_one(self):
        one = self.done(self.insured())
        self.done(self.coverage(10, event="checked", is_in_force=False))
        self.assertEqual(
            ["superseded"],
            self.effects(self.coverage(9, event="checked", is_in_force=True)),
        )
        self.assertEqual("no", one.in_force)

    def test_what_is_cleared_goes_and_what_is_unsaid_stays(self):
        one = self.done(self.insured(valid_until=date(2026, 12, 31), relationship="self"))
        self.done(
            self.coverage(
                9, valid_until=CLEAR, payer=CLEAR, plan=CLEAR, relationship=CLEAR, rank=CLEAR
            )
        )
        self.assertFalse(one.valid_until or one.payer_id or one.plan_code or one.relationship)
        self.assertEqual(("M-1", 0), (one.member_id, one.rank))

    def test_words_that_nobody_knows_are_named(self):
        for name in ("status", "relationship"):
            error = self.fails(self.insured(**{name: "aunt"}), f"unknown_{name}")
            self.assertEqual(name, error.path)

    def test_valid_is_what_counts_today(self):
        today = date.today()
        day = timedelta(days=1)
        cases = {
            "always": ({}, True),
            "since": ({"valid_from": today}, True),
            "until": ({"valid_until": today}, True),
            "over": ({"valid_until": today - day}, False),
            "later": ({"valid_from": today + day}, False),
            "off": ({"status": "cancelled"}, False),
        }
        found = {
            name: self.done(self.coverage(number=name, **said))
            for name, (said, _v) in cases.items()
        }
        for name, (_said, is_valid) in cases.items():
            self.assertEqual(is_valid, found[name].is_valid, name)
        everything = self.env["interop.coverage"].browse([one.id for one in found.values()])
        for wanted in (True, False):
            searched = everything.search([("is_valid", "=", wanted), ("id", "in", everything.ids)])
            self.assertEqual(
                {name for name, (_said, is_valid) in cases.items() if is_valid is wanted},
                {name for name, one in found.items() if one in searched},
            )

    def test_a_merged_patient_takes_the_coverage_along(self):
        one = self.done(self.insured())
        survivor = self.make_partner("new")
        merged = Party(identifiers=self.ids("4711"), merged_into=self.ref("party", "new"))
        self.done(self.item("merged", merged, at=at(9)))
        self.assertEqual(survivor, one.partner_id)

    def test_a_merge_in_another_lane_at_the_same_moment_finds_it_all_the_same(self):
        """Neither transaction sees the other: the coverage was written for the merged patient after the merge had looked."""
        survivor = self.make_partner("new")
        one = self.done(self.insured())
        patient = one.partner_id
        merged = Party(identifiers=self.ids("4711"), merged_into=self.ref("party", "new"))
        merge = self.item("merged", merged, at=at(9))
        merging = self.env["interop.merging"]
        for catch_up in (
            lambda: merging._catch_up(self.cr, self.last),
            lambda: merging._catch_up(self.cr, [Outcome.done(merge, "created", one._name, one.id)]),
            lambda: merging._catch_up_recent(self.cr),
        ):
            self.last = self.apply(merge)
            one.partner_id = patient
            aliases = self.env["interop.alias"].search([("merged_id", "=", patient.id)])
            aliases.write({"moved": {}, "merged_at": Datetime.now()})
            self.env.flush_all()
            catch_up()
            self.assertEqual(survivor, one.partner_id)
            back = Party(identifiers=self.ids("4711"))
            self.done(self.item("unmerged", back, at=at(9)))
            self.assertEqual(patient, one.partner_id)
            self.env.flush_all()
            merging._catch_up_recent(self.cr)
            self.assertEqual(patient, one.partner_id)

    def test_statements_of_new_changed_and_unchanged_coverage(self):
        """Bar 5 of issue 4."""
        self.make_partner("P80", "organization")
        self.done(
            *(
                self.item("registered", Party(identifiers=self.ids(f"P{number}")), at=at(7))
                for number in range(200)
            )
        )

        def told(hour, prefix="C"):
            return [
                self.insured(
                    hour,
                    number=f"{prefix}{number}",
                    party=self.ref("party", f"P{number}"),
                    member_id=f"{hour}-{number}",
                )
                for number in range(200)
            ]

        with self.at_most(1, *told(8, "W")[:2], per=200):
            self.done(*told(8))
        with self.at_most(1, *told(9, "W")[:2], per=200):
            self.done(*told(9))
        with self.at_most(0.2, *told(9, "W")[:2], per=200):
            self.assertEqual({"unchanged"}, set(self.effects(*told(9))))
