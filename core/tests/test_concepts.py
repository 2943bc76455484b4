"""Concept maps: which line counts, on which day; and files that read as they were written."""

import doctest
import unittest
from datetime import date, timezone

from .. import concept_csv, concepts
from ..canonical import Coding
from ..concept_csv import Mistake, Row, read, write
from ..concepts import Concepts, Line, tables
from ..document import Document, Envelope
from ..rules import Rule, compile_rule, gather
from ..sources import View
from ..transforms import Context
from . import shipped

TODAY = date(2026, 11, 23)


class ConceptsTest(unittest.TestCase):
    def said(self, own=(), common=(), day=TODAY):
        def lines(told):
            return tables(Line("unit", *line) for line in told)

        return Concepts(lines(own), lines(common)).translate("unit", Coding("BX", "LOCAL"), day)

    def test_the_nearest_line_counts(self):
        own_exact, own_any = ("LOCAL", "BX", "own exact"), ("", "BX", "own any")
        exact, anywhere = ("LOCAL", "BX", "exact"), ("", "BX", "any")
        for own, common, wanted in (
            ([own_exact, own_any], [exact, anywhere], "own exact"),
            ([own_any], [exact, anywhere], "exact"),
            ([own_any], [anywhere], "own any"),
            ([], [anywhere], "any"),
            ([], [("OTHER", "BX", "elsewhere")], None),
            ([], [("LOCAL", "bx", "small letters")], None),
        ):
            with self.subTest(wanted):
                self.assertEqual(self.said(own, common), wanted)

    def test_a_map_that_nobody_has_translates_nothing(self):
        self.assertIsNone(Concepts({}, {}).translate("none", Coding("BX"), TODAY))

    def test_a_meaning_holds_on_its_days_both_ends_included(self):
        first, last = date(2026, 1, 1), date(2026, 6, 30)
        dated = [("LOCAL", "BX", "tray", first, last)]
        for day, wanted in (
            (date(2025, 12, 31), None),
            (first, "tray"),
            (last, "tray"),
            (date(2026, 7, 1), None),
        ):
            self.assertEqual(self.said(common=dated, day=day), wanted)
        always = [*dated, ("LOCAL", "BX", "box")]
        for lines in (always, always[::-1]):
            self.assertEqual(self.said(common=lines, day=first), "tray")
            self.assertEqual(self.said(common=lines), "box")
        self.assertEqual(self.said(dated, [("LOCAL", "BX", "box")]), "box")
        follows = [("LOCAL", "BX", "old", None, last), ("LOCAL", "BX", "new", date(2026, 7, 1))]
        self.assertEqual(self.said(common=follows, day=last), "old")
        self.assertEqual(self.said(common=follows), "new")

    def test_the_examples(self):
        self.assertEqual(doctest.testmod(concepts).failed, 0)


class UntranslatedTest(unittest.TestCase):
    def missed(self, *rules, **body):
        context = concepts_context(found := [])
        view = View(Document("json", "k", body, Envelope("k")), body)
        gather([compile_rule(rule, "location", "json") for rule in rules], view, context)
        return found

    def test_a_code_without_a_translation_is_told_once_nothing_else_fills_its_place(self):
        mapped = Rule("status", "status", "text", concept_map="nothing_known")
        self.assertEqual(
            self.missed(mapped, status="odd"), [("status", "nothing_known", Coding("odd"))]
        )
        for other in (Rule("status", "other", "text"), Rule("status", "", "text", default="x")):
            self.assertEqual(self.missed(mapped, other, status="odd", other="free"), [])
        with_default = Rule("status", "status", "text", concept_map="nothing_known", default="x")
        self.assertEqual(self.missed(with_default, status="odd"), [])
        self.assertEqual(self.missed(mapped), [])
        trigger = Rule("status", "@kind", "text", concept_map="nothing_known")
        self.assertEqual(self.missed(trigger, status="odd"), [])

    def test_nobody_listens(self):
        context = shipped.context()
        rule = Rule("status", "status", "text", concept_map="nothing_known")
        said = gather(
            [compile_rule(rule, "location", "json")], View(None, {"status": "x"}), context
        )
        self.assertEqual(said, {})


def concepts_context(found):
    return Context(timezone.utc, shipped.translate, shipped.RECEIVED_AT, "test", found)


class FileTest(unittest.TestCase):
    def test_what_is_written_is_read(self):
        rows = [
            Row("BX", "", "box", "", None, None),
            Row('a "quoted", code', "urn:s", "two\nlines", "ehr", date(2026, 1, 1), None),
            Row("0012", "", "=1+1", "", None, date(2026, 12, 31)),
        ]
        self.assertEqual(read(write(rows)), (rows, []))
        self.assertEqual(read("\ufeff" + write(rows)), (rows, []))

    def test_columns_by_name_with_any_delimiter(self):
        for delimiter in ",;\t":
            text = delimiter.join(("Means", " code ")) + "\n\n" + delimiter.join(("box", "BX"))
            self.assertEqual(read(text), ([Row("BX", "", "box", "", None, None)], []), delimiter)

    def test_mistakes_name_line_and_column_and_never_what_stood_there(self):
        head = "code,means,code_system,valid_from,valid_until\n"
        for text, mistakes in (
            ("", [Mistake(1, "missing_column", "code"), Mistake(1, "missing_column", "means")]),
            (
                "code,what\n",
                [Mistake(1, "unknown_column", "what"), Mistake(1, "missing_column", "means")],
            ),
            (head, [Mistake(1, "no_rows")]),
            (head + "secret,\n", [Mistake(2, "missing", "means")]),
            (head + ",\n,box", [Mistake(3, "missing", "code")]),
            (head + "a,b,,soon,\n", [Mistake(2, "bad_date", "valid_from")]),
            (head + "a,b,,,20260101\n", [Mistake(2, "bad_date", "valid_until")]),
            (head + "a,b,,2026-13-01,\n", [Mistake(2, "bad_date", "valid_from")]),
            (head + "a,b,,2026-02-01,2026-01-01\n", [Mistake(2, "bad_period", "valid_until")]),
            (head + "a,b\na,c\n", [Mistake(3, "twice", "code")]),
            (head + f"a,{'x' * 256}\n", [Mistake(2, "too_long", "means")]),
            (head + 'a,"b\n', [Mistake(2, "not_csv")]),
        ):
            with self.subTest(text):
                found = read(text)[1]
                self.assertEqual(found, mistakes)
                self.assertNotIn("secret", repr(found))

    def test_a_code_may_mean_something_else_later_elsewhere_or_for_another(self):
        head = "code,means,code_system,only_for,valid_from\n"
        text = head + "a,1\na,2,urn:s\na,3,,ehr\na,4,,,2026-01-01\n"
        rows, mistakes = read(text)
        self.assertEqual((len(rows), mistakes), (4, []))

    def test_the_module_documents_its_columns(self):
        for column in concept_csv.COLUMNS:
            self.assertIn(f"``{column}``", concept_csv.__doc__)
