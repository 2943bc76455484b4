"""`./dev bench`: how fast, at what cost, and what was lost, beside the floor and what people use instead."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks.speed import main  # noqa: E402

main.main()
