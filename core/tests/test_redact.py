import io
import logging
import traceback
import unittest

from ..errors import MappingError, PermanentError
from ..redact import describe, redact, redact_exception, redact_record, shape

MARK = "Mustermann"
KEPT = '"res_partner"'


class Diagnostics:
    constraint_name = "res_partner_ref_uniq"
    table_name = "res_partner"
    column_name = None


class UniqueViolation(Exception):
    """As psycopg2's looks from outside."""

    pgcode = "23505"
    diag = Diagnostics()


VIOLATION = UniqueViolation(
    'duplicate key value violates unique constraint "res_partner_ref_uniq"\n'
    f"DETAIL:  Key (ref)=({MARK}) already exists.\n"
)


def fail(error=None):
    raise error or ValueError(f"invalid literal: '{MARK}'\n{MARK}\n    {MARK}")


class Shape(unittest.TestCase):
    def test_every_kind_of_literal_goes(self):
        for literal in (
            "'Mustermann'",
            "'O''Mustermann'",
            "E'a\\'Mustermann'",
            "e'\\\\', 'Mustermann'",
            "B'Mustermann'",
            "U&'Mustermann'",
            "$$Mustermann$$",
            "$tag$ $$ Mustermann $tag$",
            "'a\nMustermann'",
            "'unterminated Mustermann",
            "$$unterminated Mustermann",
            '\'{"name": "Mustermann"}\'::jsonb',
            "'x' -- Mustermann",
            "/* 'Mustermann",
            '"Muster mann"',
            "19991231",
            "4711.50",
        ):
            with self.subTest(literal):
                text = shape(f'SELECT id FROM "res_partner" WHERE x = {literal}')
                self.assertTrue(text.startswith('SELECT id FROM "res_partner" WHERE x = ?'), text)
                for value in (MARK, "Muster mann", "1999", "4711"):
                    self.assertNotIn(value, text)

    def test_names_and_placeholders_stay(self):
        statement = 'UPDATE "res_partner" SET x2 = %s, "y" = %(name)s WHERE id IN %s'
        self.assertEqual(statement, shape(statement))

    def test_lists_are_shortened(self):
        self.assertEqual("id IN (?, …)", shape("id IN (1, 2, 3)"))
        self.assertEqual("VALUES (?, …), …", shape("VALUES ('a', 1), ('b', 2), ('c', NULL)"))
        self.assertLess(len(shape("SELECT x" + " AND x" * 5000)), 2100)


class Redact(unittest.TestCase):
    def test_postgresql_errors_lose_their_values(self):
        for text in (
            f"DETAIL:  Key (ref)=({MARK}) already exists.",
            f"Key (name, ref)=({MARK}, 1) is not present in table",
            f"Failing row contains (1, {MARK}, null).\nmore {MARK}",
            f'invalid input syntax for type integer: "{MARK}"',
            f"LINE 1: SELECT {MARK}\n               ^",
            f"CONTEXT:  COPY x, line 1, column y: {MARK}",
            f"value '{MARK}' is bad",
            f"value '{MARK}",
            "born 1970-01-01 08:00:00",
            "number 19700101",
            "mail a@example.org",
        ):
            with self.subTest(text):
                redacted = redact(text)
                for value in (MARK, "1970", "example"):
                    self.assertNotIn(value, redacted)

    def test_names_of_the_database_stay(self):
        text = 'null value in column "name" of relation "res_partner" violates not-null constraint'
        self.assertEqual(text, redact(text))
        self.assertEqual("UniqueViolation SQLSTATE 23505", redact("UniqueViolation SQLSTATE 23505"))

    def test_a_statement_in_words_keeps_its_shape(self):
        text = redact(f"[1.5 ms] query: SELECT * FROM t WHERE a = '{MARK}'")
        self.assertEqual("[1.5 ms] query: SELECT * FROM t WHERE a = ?", text)
        self.assertNotIn(MARK, redact(f"SELECT x; DETAIL:  Key (ref)=({MARK})"))

    def test_odoos_bad_query_keeps_the_shape_of_the_statement(self):
        for statement in (f"b'UPDATE t SET a = \\'{MARK}\\''", f"UPDATE t SET a = '{MARK}'"):
            text = redact(f"bad query: {statement}\nERROR: {VIOLATION}")
            self.assertTrue(text.startswith("bad query: UPDATE t SET a = ?"), text)
            self.assertNotIn(MARK, text)
        self.assertNotIn(MARK, redact(f"bad query: b'\\x{MARK}\nERROR: x"))
        self.assertNotIn(MARK, redact(f"bad query: SELECT 'a\nERROR: {MARK}', '{MARK}'\nERROR: b"))

    def test_a_traceback_keeps_places_and_classes(self):
        try:
            try:
                fail()
            except ValueError:
                fail(VIOLATION)
        except UniqueViolation:
            text = redact(f"job failed with '{MARK}': " + traceback.format_exc())
        self.assertNotIn(MARK, text)
        for word in (
            "ValueError",
            "UniqueViolation",
            "in fail",
            "raise error or",
            "During handling",
        ):
            self.assertIn(word, text)

    def test_what_only_looks_like_a_traceback_is_not_kept(self):
        text = f'x = \'Traceback (most recent call last) {MARK}\n  File "a", line 1, in f {MARK}'
        self.assertNotIn(MARK, redact(text))
        self.assertNotIn(MARK, redact(f"bad query: SELECT '{text}'\nERROR: {MARK}"))

    def test_our_own_errors_stay_readable(self):
        try:
            fail(MappingError("required", path="PID-3"))
        except PermanentError:
            self.assertIn("MappingError: required PID-3", redact(traceback.format_exc()))

    def test_harmless_words_are_left_alone(self):
        text = "job 4f9c1e2a-11d2-4a4e-8a93-1b0c2d3e4f5a can't be locked, 5 tries left"
        self.assertEqual(text, redact(text))


class Describe(unittest.TestCase):
    def test_an_error_is_its_class_state_and_names(self):
        expected = (
            'UniqueViolation SQLSTATE 23505 constraint "res_partner_ref_uniq" table "res_partner"'
        )
        self.assertEqual(expected, describe(VIOLATION))
        self.assertEqual("KeyError", describe(KeyError(MARK)))
        self.assertEqual(
            "MappingError: required a.b", describe(MappingError("required", path="a.b"))
        )

    def test_causes_are_told_from_the_first_to_the_last(self):
        try:
            try:
                fail()
            except ValueError as error:
                raise KeyError(MARK) from error
        except KeyError as error:
            text = redact_exception(error)
        self.assertLess(text.index("ValueError"), text.index("KeyError"))
        self.assertNotIn(MARK, text.replace("KeyError(MARK)", ""))

    def test_a_suppressed_or_circular_cause_is_no_trap(self):
        try:
            try:
                fail()
            except ValueError:
                raise KeyError from None
        except KeyError as error:
            self.assertNotIn("ValueError", redact_exception(error))
            error.__cause__ = error
            self.assertEqual(1, redact_exception(error).count("Traceback"))


class Records(unittest.TestCase):
    def setUp(self):
        self.stream = io.StringIO()
        self.logger = logging.Logger("interop.test")
        self.logger.addHandler(logging.StreamHandler(self.stream))
        self.logger.addFilter(redact_record)

    def logged(self):
        text = self.stream.getvalue()
        self.assertNotIn(MARK, text)
        return text

    def test_odoos_own_call_is_redacted(self):
        query = f"INSERT INTO res_partner (name) VALUES ('{MARK}')"
        for statement in (query, query.encode()):
            self.logger.error("bad query: %s\nERROR: %s", statement, VIOLATION)
        self.logger.error("bad query: %s\nERROR: %s", query, f"{MARK} is bad")
        lines = self.logged().splitlines()
        self.assertEqual("bad query: INSERT INTO res_partner (name) VALUES (?)", lines[0])
        self.assertTrue(lines[1].startswith("ERROR: UniqueViolation SQLSTATE 23505"))
        self.assertEqual(lines[:2], lines[2:4])
        self.assertEqual("ERROR: ?", lines[5])

    def test_exceptions_are_redacted_as_text_argument_and_traceback(self):
        try:
            fail(VIOLATION)
        except UniqueViolation as error:
            self.logger.exception("failed: %s", error)
            self.logger.exception(error)
            self.logger.error(traceback.format_exc())
        text = self.logged()
        self.assertEqual(3, text.count("in fail"))
        self.assertIn("SQLSTATE 23505", text)

    def test_arguments_of_every_kind_are_taken(self):
        self.logger.error("%(who)s has %(count)d", {"who": f"'{MARK}'", "count": 3})
        self.logger.error("%.3f ms, %s", 1.5, f"'{MARK}'")
        self.logger.error(f"100% of '{MARK}'")
        self.logger.error(["a list"])
        self.assertEqual("? has 3\n1.500 ms, ?\n100% of ?\n[?]\n", self.logged())

    def test_a_text_that_does_not_fit_its_arguments_is_no_trap(self):
        self.logger.error("%s %s", f"{MARK}")
        self.logger.error("%d", MARK)
        self.logger.error("%(a)s", {"b": MARK})
        self.assertEqual(3, self.logged().count("does not fit"))

    def test_what_an_earlier_handler_formatted_is_redacted_too(self):
        try:
            fail()
        except ValueError:
            text = traceback.format_exc()
        record = logging.makeLogRecord({"msg": "x", "exc_text": text, "exc_info": (None,) * 3})
        self.assertTrue(redact_record(record))
        self.assertNotIn(MARK, record.exc_text)
        self.assertIn("ValueError", record.exc_text)
