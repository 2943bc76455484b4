"""Is this server ready for production? From plain facts to findings, worst first.

Each finding is a code; words and advice belong to the screen. ``PROBLEM``: messages may get lost, be read or come to nothing;
``ADVICE``: it works, and there is a better way; ``GOOD``: looked at, and as it should be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

PROBLEM, ADVICE, GOOD = "problem", "advice", "good"
ORDER = (PROBLEM, ADVICE, GOOD)
LOCAL = ("", "localhost", "127.0.0.1", "::1")
#: seconds after which a due delivery that nobody drains shows that nobody drains
MOST_IDLE = 180.0
#: seconds after which an unsealed audit entry shows that nobody seals
MOST_UNSEALED = 180.0


@dataclass(frozen=True, slots=True)
class Finding:
    """``detail``: names and numbers of the configuration, never of a patient."""

    code: str
    level: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found on the server that was asked, and in its database. Seconds are durations; None: not known."""

    # the server
    is_server_wide: bool = True
    workers: int = 2
    channels: tuple[str, ...] = ("root.interop",)
    allows_http: bool = False
    is_behind_proxy: bool = True
    lists_databases: bool = False
    has_default_master_password: bool = False
    uses_dbfilter: bool = False
    # keys and evidence
    keys_from: str = "configuration"
    keeps_heads_outside: bool = True
    oldest_unsealed: float | None = None
    audit_state: str = "holds"
    # the database
    database_host: str = ""
    is_database_private: bool = True
    is_superuser: bool = False
    is_durable: bool = True
    # what goes on
    oldest_due: float | None = None
    watchdog_ran: float | None = 0.0
    # connections
    unsigned_endpoints: tuple[str, ...] = ()
    unlimited_endpoints: tuple[str, ...] = ()
    expiring_credentials: tuple[str, ...] = ()
    demo_endpoints: tuple[str, ...] = ()
    long_kept_endpoints: tuple[str, ...] = ()
    # least data
    endless_attributes: tuple[str, ...] = ()
    overdue_contents: int = 0
    held_contents: int = 0
    # least rights
    excess_rights: tuple[str, ...] = ()


def findings(facts: Facts) -> list[Finding]:
    """Everything that was looked at, worst first, otherwise in the order in which it was looked at."""
    found = [*_server(facts), *_evidence(facts), *_database(facts), *_work(facts), *_doors(facts)]
    found += [*_least_data(facts), *_least_rights(facts)]
    return sorted(found, key=lambda one: ORDER.index(one.level))


def _judged(code: str, is_bad: bool, level: str = PROBLEM, detail: object = "") -> Finding:
    return Finding(code, level if is_bad else GOOD, str(detail) if is_bad else "")


def _listed(code: str, names: tuple[str, ...], level: str) -> Finding:
    return _judged(code, bool(names), level, ", ".join(names))


def _server(facts: Facts) -> Iterator[Finding]:
    yield _judged("server_wide", not facts.is_server_wide)
    yield _judged("workers", facts.workers < 2, detail=facts.workers)
    yield _judged("channels", "root.interop" not in facts.channels, ADVICE)
    yield _judged("plain_http", facts.allows_http)
    yield _judged("proxy", not facts.is_behind_proxy and not facts.allows_http)
    yield _judged("list_db", facts.lists_databases)
    yield _judged("master_password", facts.has_default_master_password)
    yield _judged("dbfilter", facts.uses_dbfilter, ADVICE)


def _evidence(facts: Facts) -> Iterator[Finding]:
    yield _judged("keys", facts.keys_from == "database")
    yield _judged("audit_heads", not facts.keeps_heads_outside, ADVICE)
    unsealed = facts.oldest_unsealed or 0.0
    yield _judged("audit_sealing", unsealed > MOST_UNSEALED, detail=round(unsealed))
    if facts.audit_state:
        yield _judged("audit_verified", facts.audit_state == "broken")
    else:
        yield Finding("audit_verified", ADVICE)


def _database(facts: Facts) -> Iterator[Finding]:
    is_remote = not (facts.database_host.startswith("/") or facts.database_host in LOCAL)
    yield _judged("database_tls", is_remote and not facts.is_database_private)
    yield _judged("database_role", facts.is_superuser, ADVICE)
    yield _judged("database_durable", not facts.is_durable)


def _work(facts: Facts) -> Iterator[Finding]:
    idle = facts.oldest_due or 0.0
    yield _judged("drained", idle > MOST_IDLE, detail=round(idle))
    is_asleep = facts.watchdog_ran is None or facts.watchdog_ran > MOST_IDLE
    yield _judged("watchdog", is_asleep)


def _doors(facts: Facts) -> Iterator[Finding]:
    yield _listed("credentials", facts.unsigned_endpoints, PROBLEM)
    yield _listed("expiring", facts.expiring_credentials, ADVICE)
    yield _listed("limits", facts.unlimited_endpoints, ADVICE)
    yield _listed("demo", facts.demo_endpoints, PROBLEM)
    yield _listed("retention", facts.long_kept_endpoints, ADVICE)


def _least_data(facts: Facts) -> Iterator[Finding]:
    yield _listed("attribute_retention", facts.endless_attributes, PROBLEM)
    yield _judged("overdue_contents", facts.overdue_contents > 0, detail=facts.overdue_contents)
    yield _judged("held_contents", facts.held_contents > 0, ADVICE, facts.held_contents)


def _least_rights(facts: Facts) -> Iterator[Finding]:
    yield _listed("excess_rights", facts.excess_rights, PROBLEM)
