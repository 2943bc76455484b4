"""How a log of Odoo's is read."""

import tempfile
import unittest
from pathlib import Path

from devkit import odoo_log

LOG = """\
2026-01-01 10:00:00,000 1 INFO db odoo.modules.loading: loading
2026-01-01 10:00:01,000 1 WARNING db odoo.addons.x: something odd
2026-01-01 10:00:02,000 1 WARNING db odoo.service.db: extension "pg_trgm" is not available
2026-01-01 10:00:03,000 1 ERROR db odoo.tests: FAIL: TestA.test_b
Traceback (most recent call last):
2026-01-01 10:00:04,000 1 ERROR db odoo.tests.result: 1 failed, 2 error(s) of 9 tests when loading database 'db'
"""


class TestOdooLog(unittest.TestCase):
    def test_unexpected_lines_and_counts_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "log"
            file.write_text(LOG, encoding="utf-8")
            found = odoo_log.read(file)
        self.assertEqual((found.tests, found.failed), (9, 3))
        self.assertEqual(len(found.unexpected), 3)
        self.assertIn("something odd", found.unexpected[0])
        self.assertEqual(
            found.unexpected[1].splitlines()[1:], ["Traceback (most recent call last):"]
        )
