"""The run as pictures, for ``benchmarks/results/``. Drawn by matplotlib, which is installed on first use."""

import sys
from pathlib import Path

from devkit import console, python_env

REQUIREMENTS = Path(__file__).resolve().parents[1] / "drawing.txt"
OURS, THEIRS, FLOOR = "#714b67", "#b8a9b3", "#8f8f8f"
COLOURS = {"ours": OURS, "door": OURS, "batch": OURS, "row": FLOOR, "answer": FLOOR, "bare": FLOOR}
INCHES = (9, 4.2)


def draw(result, folder):
    """Write the pictures that ``result`` has figures for; their names. None where matplotlib can't be had."""
    try:
        sys.path.append(str(python_env.extra(REQUIREMENTS)))
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot
    except (console.Failure, ImportError) as failure:
        console.note(f"no pictures: {failure}")
        return []
    pyplot.rcParams |= {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    made = []
    for name, picture in PICTURES.items():
        figure, axes = pyplot.subplots(figsize=INCHES, layout="constrained")
        if picture(axes, result):
            axes.set_title(f"{axes.get_title()}   ({result['date']})", loc="left")
            axes.set_title("")
            figure.savefig(folder / f"{name}.png", dpi=110)
            made.append(f"{name}.png")
        pyplot.close(figure)
    return made


def _bars(axes, cases, title, *, is_log=False):
    if not cases:
        return False
    cases = list(reversed(cases))
    rates = [case["per_second"] for case in cases]
    spread = [
        [max(0.0, case["per_second"] - case["per_second_min"]) for case in cases],
        [max(0.0, case["per_second_max"] - case["per_second"]) for case in cases],
    ]
    colours = [COLOURS.get(case["case"].rpartition(".")[2], THEIRS) for case in cases]
    bars = axes.barh(
        [case["what"] for case in cases], rates, xerr=spread, color=colours, ecolor="#444444"
    )
    axes.bar_label(bars, [f"{rate:,.0f}" for rate in rates], padding=6)
    axes.set_xlabel("messages per second, median and spread")
    axes.set_title(title)
    if is_log:
        axes.set_xscale("log")
    axes.margins(x=0.12)
    return True


def _named(result, prefix):
    return [case for case in result["cases"] if case["case"].startswith(prefix)]


def _door(axes, result):
    cases = [case for case in _named(result, "door.") if case["senders"] == 8]
    return _bars(axes, cases, "Taking a message in, eight senders, two workers")


def _drain(axes, result):
    cases = [case for case in _named(result, "drain.") if "party" in case["case"]]
    return _bars(axes, cases, "From message to record, one lane (logarithmic)", is_log=True)


def _history(axes, result):
    cases = [
        case for case in _named(result, "growth.") if case["case"].rpartition(".")[2] not in "0"
    ]
    return _bars(axes, cases, "The same with history behind it")


def _series(axes, result, kind, title, label):
    told = {name: points for name, points in result["series"].items() if name.startswith(kind)}
    for name, points in told.items():
        axes.plot(*zip(*points, strict=True), label=name.partition(".")[2])
    axes.set_title(title)
    axes.set_xlabel("seconds")
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)
    if told:
        axes.legend(frameon=False)
    return bool(told)


def _memory(axes, result):
    title = "Memory of each HTTP worker over 100 000 messages"
    return _series(axes, result, "memory", title, "MB resident")


def _scenarios(axes, result):
    title = "Hard days: deliveries that wait"
    return _series(axes, result, "backlog", title, "deliveries waiting")


PICTURES = {
    "door": _door,
    "drain": _drain,
    "history": _history,
    "memory": _memory,
    "hard-days": _scenarios,
}
