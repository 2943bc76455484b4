"""What a stage of the suite says of what could not be tried, and of what failed."""

import contextlib
import io
import unittest
from unittest import mock

from devkit import former, odoo_stages, paths, suite, updating


class TestFromRelease(unittest.TestCase):
    def stage(self, **options):
        """The result, and what was printed."""
        said = io.StringIO()
        with (
            mock.patch.object(former, "find", **options),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            return suite.from_release(), said.getvalue()

    def test_without_history_it_is_skipped_with_the_reason(self):
        result, said = self.stage(side_effect=former.NoHistory("git fetch --unshallow brings it"))
        self.assertEqual((result.passed, result.failed, result.skipped), (0, 0, 1))
        self.assertIn("--unshallow", said)
        self.assertIn("--unshallow", result.remark)

    def test_a_check_with_a_line_failed(self):
        checks = {"one": [], "two": ["a row", "another row"], "three": []}
        with mock.patch.object(updating, "run", return_value=checks):
            result, said = self.stage(return_value="0123456789abcdef")
        self.assertEqual((result.passed, result.failed, result.skipped), (2, 1, 0))
        self.assertIn("another row", said)
        self.assertIn("0123456789ab", result.remark)


class TestParts(unittest.TestCase):
    def test_each_file_of_tests_is_in_one_part_and_they_are_about_as_long(self):
        parts = [[file.name for file in part] for part in odoo_stages._parts()]
        tests = {file.name for file in (paths.CHECKOUT / "tests").glob("test_*.py")}
        tours = {name for name in tests if name.startswith("test_tour")}
        self.assertTrue(tours)
        self.assertEqual(sorted(name for part in parts for name in part), sorted(tests - tours))
        self.assertLess(max(map(len, parts)), 2 * min(map(len, parts)))
