"""Moves within a tree."""

import doctest
import unittest

from .. import hierarchy
from ..hierarchy import move


class MoveTest(unittest.TestCase):
    def test_the_examples_hold(self):
        self.assertEqual(doctest.testmod(hierarchy).failed, 0)

    def test_no_node_stands_below_itself(self):
        parents = {number: number - 1 for number in range(1, 60)}
        for node, parent in ((1, 1), (1, 59), (30, 45)):
            before = dict(parents)
            self.assertFalse(move(parents, node, parent))
            self.assertEqual(parents, before)
        self.assertTrue(move(parents, 30, 1))
        self.assertTrue(move(parents, 29, 59))
        self.assertFalse(move(parents, 1, 29))

    def test_a_node_without_a_parent(self):
        parents = {}
        self.assertTrue(move(parents, 1, 2))
        self.assertFalse(move(parents, 2, 1))
        self.assertTrue(move(parents, 1, 0))
        self.assertTrue(move(parents, 2, 1))

    def test_a_circle_that_was_there_before_ends(self):
        self.assertTrue(move({1: 2, 2: 1}, 3, 1))
