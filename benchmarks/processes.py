"""Odoo's processes as seen from outside: who is who, and who has a drain's transaction open."""

import contextlib
import os
import re
import signal
import time
from pathlib import Path

ALIVE = re.compile(r"Worker (Worker\w+) \((\d+)\) alive")

#: A drain locks and updates its lane's row first, so each backend that holds such a lock is in a drain's transaction.
#: (Which process it serves can't be seen: all workers' connections are named after the master that made the pool.)
DRAINS_OPEN = """
SELECT count(DISTINCT a.pid) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid
 WHERE a.datname = current_database() AND a.xact_start IS NOT NULL
   AND l.relation = 'interop_lane'::regclass AND l.mode = 'RowExclusiveLock' AND l.granted
"""
#: The drain jobs that run, and in which process.
RUNNING = """
SELECT worker_pid, identity_key FROM queue_job
 WHERE state = 'started' AND method_name = '_drain' AND worker_pid IS NOT NULL
"""
#: long enough for PostgreSQL to finish the statement that a stopped process has sent
STATEMENT_SECONDS = 0.02


def is_alive(pid):
    """Whether the process works (a zombie doesn't)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def workers(instance, kind):
    """The living workers of a kind by Odoo's own names: WorkerHTTP, WorkerCron, WorkerJobRunner."""
    text = instance.log.read_text(encoding="utf-8", errors="replace")
    found = {int(pid) for name, pid in ALIVE.findall(text) if name == kind}
    return sorted(pid for pid in found if is_alive(pid))


def kill(pid):
    """SIGKILL; False where it was gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


@contextlib.contextmanager
def held(pids):
    """Within this block the processes stand still (SIGSTOP)."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def running(instance):
    """``{process id: (route id, lane number)}`` of the living processes that run a drain's job."""
    return {
        pid: tuple(map(int, key.split(":")[1:]))
        for pid, key in instance.query(RUNNING)
        if is_alive(pid)
    }


def is_draining(instance):
    return instance.scalar(DRAINS_OPEN) > 0


def kill_while_open(instance, doors, choose):
    """Kill one process that certainly has a drain's transaction open; the lane it drained, or None if none has.

    All door workers (``doors``) are stopped for a moment. Each runs one request at a time: so if as many drains are
    open in pg_stat_activity as processes run a drain's job, then each of these has one open, and stays so.
    """
    if not is_draining(instance):
        return None
    with held(doors):
        time.sleep(STATEMENT_SECONDS)
        lanes = running(instance)
        if not lanes or instance.scalar(DRAINS_OPEN) != len(lanes):
            return None
        pid = choose(sorted(lanes))
        kill(pid)
        return lanes[pid]
