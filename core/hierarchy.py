"""Trees whose nodes are moved, several at once: what would make a circle of them is found before anything is written.

>>> parents = {1: 0, 2: 1, 3: 2}
>>> move(parents, 1, 3), move(parents, 3, 1), parents
(False, True, {1: 0, 2: 1, 3: 1})
"""

from __future__ import annotations


def move(parents: dict[int, int], node: int, parent: int) -> bool:
    """Put ``node`` below ``parent`` (0 for none) in ``parents`` (node → its parent, changed in place).

    False, and nothing changed, where ``parent`` is ``node`` itself or stands below it. A node that is not listed has no
    parent.
    """
    above, seen = parent, set()
    while above and above not in seen:
        if above == node:
            return False
        seen.add(above)
        above = parents.get(above, 0)
    parents[node] = parent
    return True
