"""A person is erased while messages about her come in and are applied: nothing of what came before is left, nothing is lost.

Three meetings are brought about, each where it hurts; then many happen at random. All in one process, on connections that
commit, in a fresh copy of a database.

    python3 benchmarks/erasing.py
    python3 benchmarks/erasing.py --rounds 6
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import run  # noqa: E402

run.with_dependencies()

from benchmarks import instance  # noqa: E402
from devkit import console  # noqa: E402

CODE = Path(__file__).with_name("erasing_inside.py")
TELL = """
import json
broken, counts = play(env, {rounds}, {seed})
print(">>>")
print(json.dumps([broken, counts]))
"""


def main():
    options = run.options(__doc__, rounds=(int, 60, "meetings at random"))
    began = time.monotonic()
    with instance.prepared(keep=options.keep_template):
        one = instance.Instance("erasing", workers=0).create()
        try:
            one.query("DELETE FROM queue_job")
            with console.step(f"three meetings brought about, {options.rounds} at random"):
                code = CODE.read_text(encoding="utf-8") + TELL.format(
                    rounds=options.rounds, seed=options.seed
                )
                broken, counts = json.loads(one.script(code))
        finally:
            one.drop()
    if not counts["erased"] or not counts["held"] or not counts["begun_anew"]:
        broken.append(f"nothing was put to the test: {counts}")
    run.finish("erasing", broken, {**counts, "seconds": round(time.monotonic() - began, 1)})


if __name__ == "__main__":
    main()
