"""`test` and `lint`: the stages in order of cost; the first that fails ends the run.

Each stage answers with how many checks passed, failed and were skipped. The last line printed is
`N passed, M failed, K skipped` over all stages that ran.
"""

import dataclasses
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

from devkit import (
    addon,
    chromium,
    console,
    database,
    former,
    locks,
    odoo,
    odoo_log,
    paths,
    python_env,
    updating,
)

TOURS = "test_tour*.py"
RUNNER_LOG = paths.RUN / "odoo-test.log"
NOTHING_COLLECTED = 5


@dataclasses.dataclass(frozen=True)
class Result:
    """What one stage found."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    remark: str = ""


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
    tests = ("Odoo tests (pytest-odoo)", lambda: odoo_tests(only))
    if only or quick:
        stages.append(tests)
    else:
        stages.append(("databases of the tests", databases))
        # neither fills two cores, and each has a database of its own
        stages.append([tests, ("Odoo's own runner", own_runner)])
    if not quick:
        last = [("tours (Chromium)", lambda: tours(only))]
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


def _ready():
    """The test database, up to date."""
    database.prepare()
    addon.ensure_test()


def databases():
    """The test database, and a copy of it for Odoo's own runner: made while nobody is connected."""
    _ready()
    with locks.checkout():
        database.drop(database.runner_name())
        database.create(database.runner_name(), database.test_name())
    return Result(passed=1)


def _pytest(arguments, report):
    """pytest-odoo through the link, from its parent: else it takes the folder's name for the add-on's."""
    file = paths.RUN / report
    file.unlink(missing_ok=True)
    command = [python_env.find(), "-m", "pytest", "-q", "-p", "no:cacheprovider", "--odoo-http"]
    command += [f"--odoo-database={database.test_name()}", f"--rootdir={paths.ADDONS}"]
    command += [f"--junitxml={file}", "-o", "junit_family=xunit1", *arguments]
    environment = {**odoo.environment(), "ODOO_RC": str(paths.TEST_CONF)}
    done = subprocess.run(list(map(str, command)), cwd=paths.ADDONS, env=environment)
    if done.returncode == NOTHING_COLLECTED:
        return Result(remark="no test of that name")
    return _read_report(file, done.returncode)


def _read_report(file, code):
    if not file.exists():
        return Result(failed=1, remark=f"pytest ended with {code}")
    suites = ElementTree.parse(file).getroot().iter("testsuite")
    sums = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in suites:
        for name in sums:
            sums[name] += int(suite.get(name, 0))
    failed = sums["failures"] + sums["errors"] or int(code != 0)
    return Result(max(sums["tests"] - failed - sums["skipped"], 0), failed, sums["skipped"])


def odoo_tests(only):
    """All Odoo tests but the tours."""
    _ready()
    selected = ["-k", only] if only else []
    ignored = f"--ignore-glob=*/{TOURS}"
    return _pytest([f"{paths.ADDON}/tests", ignored, *selected], "pytest.xml")


def tours(only):
    """The tours, where there is a Chromium."""
    files = sorted((paths.LINK / "tests").glob(TOURS))
    if not files:
        return Result(remark=f"there is no tests/{TOURS}")
    program, reason = chromium.ensure()
    if not program:
        console.note(f"tours are skipped: {reason}")
        return Result(skipped=len(files), remark=reason)
    _ready()
    selected = ["-k", only] if only else []
    named = [file.relative_to(paths.ADDONS) for file in files]
    return _pytest([*named, *selected], "pytest-tours.xml")


def own_runner():
    """At-install and HTTP tests as Odoo runs them, in the copy that ``databases`` made; an unexpected warning in the log
    fails."""
    ports = odoo.ports()
    RUNNER_LOG.unlink(missing_ok=True)
    tags = f"/{paths.ADDON}" + "".join(
        f",-/{paths.ADDON}:{name}" for name in odoo_log.tour_classes(paths.LINK / "tests", TOURS)
    )
    arguments = ["server", "-d", database.runner_name(), "-u", paths.ADDON, "--test-tags", tags]
    arguments += ["--http-port", ports["runner_http"], "--gevent-port", ports["runner_gevent"]]
    with console.step("Odoo updates the add-on and runs its tests"):
        try:
            odoo.call(
                [*arguments, "--stop-after-init", "--logfile="],
                conf=paths.TEST_CONF,
                log=RUNNER_LOG,
            )
        except console.Failure as failure:
            ended = str(failure).splitlines()[0]
        else:
            ended = ""
    found = odoo_log.read(RUNNER_LOG)
    for line in found.unexpected:
        print(line)
    failed = found.failed or len(found.unexpected) or int(bool(ended))
    remark = f"{len(found.unexpected)} unexpected warnings; see {RUNNER_LOG.name}" if failed else ""
    return Result(max(found.tests - found.failed, 0), failed, 0, remark)


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
