"""What a run came to: as plain values, as a table for a terminal, and as files in ``benchmarks/results``."""

import datetime as dt
import json
import os
import platform
from pathlib import Path

from benchmarks.speed import plots
from devkit import odoo_source, postgres

RESULTS = Path(__file__).resolve().parents[1] / "results"
README = Path(__file__).resolve().parents[2] / "README.rst"
BEGIN, END = ".. bench begins", ".. bench ends"
#: what a reader of the README asks first
SHOWN = (
    "door.answer",
    "door.row",
    "door.webhook",
    "door.door",
    "door.batch",
    "drain.party_new.ours",
    "drain.party_new.queue_job",
    "drain.party_changed.ours",
    "drain.party_changed.queue_job",
    "drain.party_unchanged.ours",
    "drain.consumption.ours",
    "drain.consumption.queue_job",
    "drain.charge.ours",
    "drain.invoice.ours",
    "rivals.endpoint",
    "rivals.edi",
    "crowd.bulk",
)

COLUMNS = (
    ("what", "", 58),
    ("senders", "senders", 8),
    ("per_second", "per s", 9),
    ("per_second_min", "min", 8),
    ("per_second_max", "max", 8),
    ("p50_ms", "p50 ms", 8),
    ("p95_ms", "p95", 7),
    ("p99_ms", "p99", 7),
    ("statements_per_message", "SQL/msg", 8),
    ("odoo_cpu_ms_per_message", "Odoo ms", 8),
    ("postgres_cpu_ms_per_message", "PG ms", 7),
    ("rows_per_message", "rows", 6),
    ("peak_mb", "peak MB", 8),
    ("lost", "lost", 5),
    ("doubled", "double", 7),
)


def result(cases, bars, options, seconds):
    """The whole run as plain values, for JSON; with the rivals of the last kept run where this one had none."""
    told = [case.told() for case in cases]
    if not any(case["case"].startswith("rivals.") for case in told):
        told += _kept_rivals()
    return {
        "date": dt.date.today().isoformat(),
        "machine": machine(),
        "rounds": options.rounds,
        "quick": options.quick,
        "seconds": round(seconds),
        "cases": told,
        "bars": [bar.told() for bar in bars],
        "series": {name: points for case in cases for name, points in case.series.items()},
    }


def _kept_rivals():
    file = RESULTS / "bench.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"cases": []}
    return [
        # what was kept once stays marked with the day it was measured
        case
        if "kept" in case["what"]
        else case | {"what": f"{case['what']} (kept, {kept['date']})"}
        for case in kept["cases"]
        if case["case"].startswith("rivals.")
    ]


def machine():
    """What the figures were measured on."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": f"{os.cpu_count()} x {models[0] if models else platform.machine()}",
        "memory_gb": round(memory),
        "python": platform.python_version(),
        "odoo": _odoo_release(),
        "postgresql": postgres.scalar("SHOW server_version"),
    }


def write(result):
    """Keep a full run: figures, pictures, and the tables as README.rst shows them."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "bench.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "bench.rst").write_text(rst(result), encoding="utf-8")
    plots.draw(result, RESULTS)
    before, _begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    if after:
        told = [*_measured(result), "", *_cases(result, SHOWN)]
        lines = [BEGIN, "", *told, "", END]
        README.write_text(before + "\n".join(lines) + after, encoding="utf-8")


def rst(result):
    """The tables in reStructuredText."""
    lines = [
        *_measured(result),
        "",
        *_cases(result),
        "",
        *_table(
            ("Promise", "measured", "bar", "it is"),
            [
                (
                    bar["bar"],
                    "–" if bar["figure"] is None else f"{bar['figure']:.3g}",
                    f"≥ {bar['at_least']:g}"
                    if bar["at_least"] is not None
                    else f"≤ {bar['at_most']:g}",
                    "held" if bar["held"] else "**missed**",
                )
                for bar in result["bars"]
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _measured(result):
    machine_ = result["machine"]
    return [
        f"Measured on {result['date']}: {machine_['processor']}, {machine_['memory_gb']} GB, {machine_['odoo']}, "
        f"Python {machine_['python']}, PostgreSQL {machine_['postgresql']},",
        f"load generator included; {result['rounds']} rounds, medians.",
    ]


def _cases(result, names=None):
    shown = [case for case in result["cases"] if names is None or case["case"] in names]
    head = ("What", "per s", "min–max", "p95 ms", "SQL/msg", "CPU ms/msg", "lost", "doubled")
    return _table(head, [_row(case) for case in shown])


def _row(case):
    processor = [case["odoo_cpu_ms_per_message"], case["postgres_cpu_ms_per_message"]]
    return (
        case["what"] + (f", {case['senders']} senders" if (case["senders"] or 0) > 1 else ""),
        *_rate(case),
        _plain(case["p95_ms"]),
        _plain(case["statements_per_message"]),
        "–" if None in processor else f"{sum(processor):.2f}",
        _plain(case["lost"]),
        _plain(case["doubled"]),
    )


def _rate(case):
    if case["per_second"] is None:
        return "–", "–"
    return (
        f"{case['per_second']:,.0f}",
        f"{case['per_second_min']:,.0f}–{case['per_second_max']:,.0f}",
    )


def _plain(value):
    return "–" if value is None else f"{value:g}"


def _table(head, rows):
    rows = [tuple(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = "  ".join("=" * max(width, 1) for width in widths)

    def line(cells):
        # an empty first column would be read as a continued row
        return "  ".join(
            f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)
        ).rstrip()

    return [rule, line(head), rule, *map(line, rows), rule]


def _odoo_release():
    """The folder that is named after the release, or the path of an Odoo of the user's own."""
    found = odoo_source.find()
    named = [part for part in found.parts if part.startswith("odoo-")]
    return named[0] if named else str(found.name)


def text(result):
    """The tables for a terminal."""
    lines = [" ".join(f"{name:>{width}}" for _key, name, width in COLUMNS)]
    lines += [
        " ".join(_cell(case[key], width) for key, _name, width in COLUMNS)
        for case in result["cases"]
    ]
    lines.append("")
    lines += [
        f"{'held  ' if bar['held'] else 'MISSED'} {bar['bar']:<62} {bar['figure']}"
        f"  ({'at least' if bar['at_least'] is not None else 'at most'} "
        f"{bar['at_least'] if bar['at_least'] is not None else bar['at_most']})"
        for bar in result["bars"]
    ]
    return "\n".join(lines)


def _cell(value, width):
    if isinstance(value, str):
        return f"{value[:width]:<{width}}"
    return f"{'–' if value is None else value:>{width}}"
