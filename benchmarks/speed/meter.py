"""What a stretch of work used: processor time, memory, rows written, SQL statements as Odoo counts them."""

import contextlib
import dataclasses
import re
import time

import psutil

from benchmarks import own_postgres

#: Odoo's access log ends a line with statements, seconds in them, seconds outside of them
ACCESS = re.compile(r'"(?:GET|POST) (\S+) HTTP/[\d.]+" (\d+) - (\d+) ([\d.]+) ([\d.]+)')
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
#: PostgreSQL's own counters lag by up to ten seconds; what a row carries of its last writer does not
WRITTEN = 'SELECT count(*) AS rows FROM "{table}" WHERE xmin::text::bigint >= {first}'
MEGABYTE = 1 << 20


@dataclasses.dataclass
class Used:
    """``statements`` by path: a list with one number a request."""

    seconds: float = 0.0
    odoo_seconds: float = 0.0
    postgres_seconds: float = 0.0
    rows: int | None = None
    peak_megabytes: float = 0.0
    statements: dict = dataclasses.field(default_factory=dict)

    def of(self, *parts):
        """Statements of all requests whose path has one of ``parts``."""
        return sum(
            sum(counts)
            for path, counts in self.statements.items()
            if any(part in path for part in parts)
        )


@contextlib.contextmanager
def used(odoo, *, rows=False):
    """Yield a ``Used`` that is complete after the block. ``rows``: count the rows that are new or changed, too."""
    found = Used()
    first = int(odoo.scalar("SELECT pg_current_xact_id()::text")) if rows else 0
    offset = odoo.log.stat().st_size
    tree, server = psutil.Process(odoo.pid), _postgres()
    _forget_peaks(tree)
    spent = _seconds(tree), _seconds(server)
    began = time.monotonic()
    yield found
    found.seconds = time.monotonic() - began
    found.odoo_seconds = _seconds(tree) - spent[0]
    found.postgres_seconds = _seconds(server) - spent[1]
    found.peak_megabytes = max(peak for _pid, peak in peaks(tree)) / MEGABYTE
    found.statements = _statements(odoo.log, offset)
    if rows:
        found.rows = _written(odoo, first)


def _written(odoo, first):
    tables = [table for (table,) in odoo.query(TABLES)]
    counts = " UNION ALL ".join(WRITTEN.format(table=table, first=first) for table in tables)
    return int(odoo.scalar(f"SELECT sum(rows) FROM ({counts}) AS counts"))


def _postgres():
    """The server's first process; None where it is not ours."""
    file = own_postgres.data_folder() / "postmaster.pid"
    if not file.exists():
        return None
    return psutil.Process(int(file.read_text(encoding="ascii").split()[0]))


def _family(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return [process, *process.children(recursive=True)]
    return []


def _seconds(process):
    """Processor time of a process and all below it, those that ended and were waited for included."""
    total = 0.0
    for one in _family(process) if process else ():
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _forget_peaks(tree):
    for one in _family(tree):
        with contextlib.suppress(OSError), open(f"/proc/{one.pid}/clear_refs", "w") as handle:
            handle.write("5")


def peaks(tree):
    """``[(pid, most bytes resident)]`` of a process and all below it, since the last ``_forget_peaks``."""
    found = []
    for one in _family(tree):
        with contextlib.suppress(OSError):
            text = open(f"/proc/{one.pid}/status", encoding="ascii").read()  # noqa: SIM115
            peak = re.search(r"VmHWM:\s+(\d+) kB", text)
            if peak:
                found.append((one.pid, int(peak.group(1)) * 1024))
    return found


def _statements(log, offset):
    found = {}
    with open(log, "rb") as handle:
        handle.seek(offset)
        for line in handle.read().decode("utf-8", "replace").splitlines():
            if match := ACCESS.search(line):
                found.setdefault(match.group(1), []).append(int(match.group(3)))
    return found
