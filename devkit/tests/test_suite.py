"""What a stage of the suite says of what could not be tried, and of what failed."""

import contextlib
import io
import unittest
from unittest import mock

from devkit import former, suite, updating


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
