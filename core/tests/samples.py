"""Where the third-party samples lie: beside the repository, never in it."""

from __future__ import annotations

import pathlib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2].parent / "shared" / "samples"


def read(name: str) -> bytes:
    """The bytes of one sample; skips the test where the samples are absent."""
    path = ROOT / name
    if not path.exists():
        raise unittest.SkipTest(f"samples are not beside this checkout: {path}")
    return path.read_bytes()
