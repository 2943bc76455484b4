"""Every row of the canon has what it needs, or a reason; the page says what is."""

import unittest

from devkit import entity_table


class EntityTableTest(unittest.TestCase):
    def test_no_entity_lacks_anything(self):
        self.assertEqual(entity_table.lacking(), [])

    def test_the_page_is_what_the_code_says(self):
        told = entity_table.FILE.read_text(encoding="utf-8")
        self.assertEqual(told, entity_table.text(), "run python3 -m devkit.entity_table")
