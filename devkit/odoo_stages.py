"""The stages of `dev test` that need an Odoo: by Odoo's own runner, by pytest for some of them, and the tours."""

import subprocess
from xml.etree import ElementTree

from devkit import addon, chromium, console, database, locks, odoo, odoo_log, paths, python_env
from devkit.result import NOTHING_COLLECTED, Result

TOURS = "test_tour*.py"
#: in which all tests run side by side, each with a database of its own: one keeps a processor busy
PARTS = (0, 1)


def _ready():
    """The test database, up to date."""
    database.prepare()
    addon.ensure_test()


def databases():
    """The test database, and copies of it for Odoo's own runner: made while nobody is connected."""
    _ready()
    with locks.checkout():
        for part in PARTS:
            database.drop(database.runner_name(part))
            database.create(database.runner_name(part), database.test_name())
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


def by_pytest(only):
    """All Odoo tests but the tours, or those of a name."""
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


def by_own_runner(part):
    """A part of all tests but the tours as Odoo runs them, in the copy that ``databases`` made; an unexpected warning in the log
    fails."""
    ports, log = odoo.ports(), paths.RUN / f"odoo-test-{part}.log"
    log.unlink(missing_ok=True)
    named = [f"/{paths.ADDON}/tests/{file.name}" for file in _parts()[part]]
    arguments = ["server", "-d", database.runner_name(part), "-u", paths.ADDON]
    arguments += ["--test-tags", ",".join(named), "--http-port", ports[f"runner_http_{part}"]]
    arguments += ["--gevent-port", ports[f"runner_gevent_{part}"], "--stop-after-init"]
    with console.step(f"Odoo updates the add-on and runs {len(named)} files of tests"):
        try:
            odoo.call([*arguments, "--logfile="], conf=paths.TEST_CONF, log=log)
        except console.Failure as failure:
            ended = str(failure).splitlines()[0]
        else:
            ended = ""
    found = odoo_log.read(log)
    for line in found.unexpected:
        print(line)
    failed = found.failed or len(found.unexpected) or int(bool(ended or not found.tests))
    remark = f"{len(found.unexpected)} unexpected warnings; see {log.name}" if failed else ""
    return Result(max(found.tests - found.failed, 0), failed, 0, remark)


def _parts():
    """The files of tests, as many lists as ``PARTS`` with about as much to read in each."""
    tours = set((paths.CHECKOUT / "tests").glob(TOURS))
    files = set((paths.CHECKOUT / "tests").glob("test_*.py")) - tours
    parts, sizes = [[] for _part in PARTS], [0 for _part in PARTS]
    for size, file in sorted(((file.stat().st_size, file) for file in files), reverse=True):
        least = sizes.index(min(sizes))
        parts[least].append(file)
        sizes[least] += size
    return parts
