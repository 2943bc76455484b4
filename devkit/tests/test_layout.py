"""Files of the developer's tools, benchmarks and MLLP bridge hold one idea each, as those of the add-on do (tests/test_architecture.py)."""

import unittest

from devkit import paths

LONGEST_FILE = 400


class LayoutTest(unittest.TestCase):
    def test_files_hold_one_idea(self):
        lengths = {
            str(path.relative_to(paths.CHECKOUT)): len(
                path.read_text(encoding="utf-8").splitlines()
            )
            for folder in ("devkit", "benchmarks", "mllp")
            for path in (paths.CHECKOUT / folder).rglob("*.py")
        }
        self.assertGreater(len(lengths), 50)
        self.assertEqual(
            {}, {name: count for name, count in lengths.items() if count > LONGEST_FILE}
        )
