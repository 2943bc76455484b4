"""`test` and `lint`: the stages in order of cost; the first that fails ends the run.

Each stage answers with how many checks passed, failed and were skipped. The last line printed is
`N passed, M failed, K skipped` over all stages that ran.
"""

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from devkit import console, former, locks, odoo, odoo_stages, paths, python_env, updating
from devkit.result import NOTHING_COLLECTED, Result


def test(*, only=None, quick=False):
    """Run the stages; True when all is well."""
    with locks.tests():
        return run(_stages(only, quick))


def _stages(only, quick):
    stages = [("core, without Odoo", lambda: core(only))]
    if not only:
        *quickest, slowest = LINTERS
        # each keeps one processor busy
        stages += [*quickest, [("devkit's own tests", own_tools), slowest]]
    if quick and not only:
        stages.append(("MLLP bridge, without Odoo", mllp))
    if not (only or quick):
        stages.append(("core, coverage of branches", coverage))
        # one waits for its own clocks, the other for nothing but the processor
        stages.append(
            [
                ("MLLP bridge, without Odoo", mllp),
                ("core, laws for any entity (hypothesis)", laws),
            ]
        )
    if only or quick:
        stages.append(("Odoo tests (pytest-odoo)", lambda: odoo_stages.by_pytest(only)))
    else:
        stages.append(("databases of the tests", odoo_stages.databases))
        stages.append(
            [
                (f"Odoo tests, part {part + 1}", partial(odoo_stages.by_own_runner, part))
                for part in odoo_stages.PARTS
            ]
        )
    if not quick:
        last = [("tours (Chromium)", lambda: odoo_stages.tours(only))]
        if not only:
            # in a database apart; of that of the tests it looks at the structure, which stays
            last.append(("updated, uninstalled", from_release))
        stages.append(last)
    if not (only or quick):
        stages.append(("small runs of benchmarks", benchmarks))
    return stages


def own_tools():
    """The tests of `devkit` itself."""
    start = ["-m", "unittest", "discover", "-q", "-s", "devkit/tests", "-t", "."]
    return _unittest([python_env.find(), *start])


def mllp():
    """The tests of the MLLP bridge; beside it stands a fake Odoo."""
    start = ["-m", "unittest", "discover", "-q", "-s", "mllp", "-t", "."]
    return _unittest([python_env.find(), *start])


def lint():
    """Only the linters; True when they are content."""
    return run(LINTERS)


def run(stages):
    """Run stages until one fails, then print times and the sum. A list among them: side by side."""
    done = []
    groups = [one if isinstance(one, list) else [one] for one in stages]
    for group in groups:
        with ThreadPoolExecutor(len(group)) as threads:
            done += threads.map(_timed, group)
        if any(result.failed for _name, result, _took in done):
            break
    _print_summary(done, sum(map(len, groups)))
    return not any(result.failed for _name, result, _took in done)


def _timed(stage):
    """``(name, result, seconds)`` of one stage."""
    name, act = stage
    began = time.monotonic()
    console.note(f"── {name}")
    try:
        result = act()
    except console.Failure as failure:
        print(failure, file=sys.stderr)
        result = Result(failed=1)
    return name, result, time.monotonic() - began


def _print_summary(done, planned):
    print()
    for name, result, took in done:
        told = f"{result.passed:5} passed {result.failed:3} failed {result.skipped:3} skipped"
        print(f"{name:28} {told} {took:7.1f} s  {result.remark}")
    if len(done) < planned:
        print(f"{planned - len(done)} later stages were not run")
    results = [result for _name, result, _took in done]
    total = {
        kind: sum(getattr(one, kind) for one in results) for kind in ("passed", "failed", "skipped")
    }
    print(", ".join(f"{number} {kind}" for kind, number in total.items()), flush=True)


def _plain_environment():
    """Without Odoo on the path, so that `core` can't lean on it."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "ODOO_RC")
    return {name: value for name, value in os.environ.items() if name not in hidden}


def _unittest(command):
    done = subprocess.run(
        list(map(str, command)),
        cwd=paths.CHECKOUT,
        env={**_plain_environment(), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(done.stdout, end="")
    ran = re.search(r"^Ran (\d+) tests? in ([\d.]+)s", done.stdout, re.M)
    count = int(ran[1]) if ran else 0
    told = {
        kind: int(number)
        for kind, number in re.findall(r"(failures|errors|skipped)=(\d+)", done.stdout)
    }
    failed = told.get("failures", 0) + told.get("errors", 0)
    skipped = told.get("skipped", 0)
    if done.returncode not in (0, NOTHING_COLLECTED) and not failed:
        failed = 1
    remark = f"{float(ran[2]):.2f} s of tests" if ran else ""
    return Result(max(count - failed - skipped, 0), failed, skipped, remark)


DISCOVER = ["-m", "unittest", "discover", "-s", "core", "-t", "."]


def core(only):
    """`core/tests`, where Odoo is not importable."""
    return _unittest([python_env.find(), *DISCOVER, "-q", *(["-k", only] if only else [])])


LAWS = "core.tests.properties"


def laws():
    """What must hold for any entity: thousands of each, made up by hypothesis; one process for each law."""
    python = python_env.find()
    folder = paths.CHECKOUT / "core/tests/properties"
    files = sorted((*folder.glob("*round_trip.py"), *folder.glob("*law.py")))
    commands = [[python, "-m", "unittest", "-q", f"{LAWS}.{file.stem}"] for file in files]
    with ThreadPoolExecutor(len(commands)) as threads:
        results = list(threads.map(_unittest, commands))
    return Result(
        sum(result.passed for result in results),
        sum(result.failed for result in results),
        sum(result.skipped for result in results),
        ", ".join(result.remark for result in results),
    )


def coverage():
    """Every branch of `core` is taken by its own tests."""
    python = python_env.find()
    ran = _unittest([python, "-m", "coverage", "run", *DISCOVER, "-q"])
    if ran.failed:
        return Result(failed=ran.failed)
    return _check([python, "-m", "coverage", "report"])


def _check(command, cwd=paths.CHECKOUT):
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=_plain_environment())
    return Result(passed=1) if done.returncode == 0 else Result(failed=1)


def ruff_check():
    return _check([python_env.find(), "-m", "ruff", "check", "--quiet", "."])


def ruff_format():
    return _check([python_env.find(), "-m", "ruff", "format", "--check", "--quiet", "."])


def pylint():
    """pylint-odoo through the link, so that the add-on has its name."""
    odoo.link_addon()
    rules = paths.CHECKOUT / ".pylintrc"
    command = [python_env.find(), "-m", "pylint", f"--rcfile={rules}", paths.ADDON]
    return _check(command, cwd=paths.ADDONS)


LINTERS = [("ruff check", ruff_check), ("ruff format", ruff_format), ("pylint-odoo", pylint)]


def from_release():
    """The release before this one updated to this, uninstalled, and installed again."""
    try:
        commit = former.find()
    except former.NoHistory as lacks:
        console.note(f"updating is not tried: {lacks}")
        return Result(skipped=1, remark=str(lacks))
    checks = updating.run(commit)
    updating.tell(checks)
    failed = sum(map(bool, checks.values()))
    return Result(len(checks) - failed, failed, 0, f"from {commit[:12]}")


def benchmarks():
    """The tenth of the long randomised runs that the suite does, where there are any."""
    if not (paths.CHECKOUT / "benchmarks" / "suite.py").exists():
        return Result(remark="there is no benchmarks/suite.py")
    done = subprocess.run(
        [str(python_env.find()), "-m", "benchmarks.suite"],
        cwd=paths.CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    print(done.stdout, end="")
    told = {
        kind: int(number)
        for number, kind in re.findall(r"(\d+) (passed|failed|skipped)", done.stdout)
    }
    if done.returncode and not told.get("failed"):
        told["failed"] = 1
    return Result(**told)
