"""What was measured, as plain values: cases with their rounds, medians, ratios of one run, and bars."""

import dataclasses
import statistics

from devkit import simulate


@dataclasses.dataclass
class Round:
    """One round of a case. ``milliseconds``: of each answer or message; ``found``: effects counted in the tables."""

    messages: int
    seconds: float
    odoo_seconds: float | None = None
    postgres_seconds: float | None = None
    rows: int | None = None
    peak_megabytes: float | None = None
    statements: int | None = None
    refused: int = 0
    found: int | None = None
    milliseconds: list = dataclasses.field(default_factory=list)

    @property
    def rate(self):
        return self.messages / self.seconds if self.seconds else 0.0


@dataclasses.dataclass
class Case:
    """One thing that was measured, several times.

    ``extra``: what only this case has, for its bars. ``series``: ``{kind.name: [(seconds, value)]}`` over its time.
    """

    name: str
    words: str
    senders: int = 0
    #: of a case that is about how long one message takes, nobody asks how many there were a second
    is_latency: bool = False
    rounds: list = dataclasses.field(default_factory=list)
    extra: dict = dataclasses.field(default_factory=dict)
    series: dict = dataclasses.field(default_factory=dict)

    def add(self, *, messages, seconds, used=None, **more):
        own = {}
        if used:
            own = {
                "odoo_seconds": used.odoo_seconds,
                "postgres_seconds": used.postgres_seconds,
                "rows": used.rows,
                "peak_megabytes": used.peak_megabytes,
            }
        self.rounds.append(Round(messages=messages, seconds=seconds, **own, **more))

    def add_volley(self, shots, used, statements, *, size=1, found=None):
        """What ``load.fire`` measured, with ``size`` messages a request."""
        self.add(
            messages=shots.answered * size,
            seconds=shots.seconds,
            used=used,
            statements=statements,
            milliseconds=shots.milliseconds,
            refused=shots.refused * size,
            found=found,
        )

    def add_one(self, milliseconds):
        """How long one message took."""
        self.add(messages=1, seconds=milliseconds / 1000, milliseconds=[milliseconds])

    # -- over all rounds --

    @property
    def rates(self):
        return [one.rate for one in self.rounds]

    @property
    def rate(self):
        return statistics.median(self.rates)

    @property
    def messages(self):
        return sum(one.messages for one in self.rounds)

    def per_message(self, attribute):
        told = [one for one in self.rounds if getattr(one, attribute) is not None]
        messages = sum(one.messages for one in told)
        return sum(getattr(one, attribute) for one in told) / messages if messages else None

    def percentile(self, share):
        told = [one for round_ in self.rounds for one in round_.milliseconds]
        return simulate.percentile(told, share) if told else None

    @property
    def lost(self):
        """Messages that were accepted and have no effect; None where effects aren't counted."""
        return self._balance(1)

    @property
    def doubled(self):
        return self._balance(-1)

    def _balance(self, sign):
        told = [one for one in self.rounds if one.found is not None]
        if not told:
            return None
        return sum(max(0, sign * (one.messages - one.refused - one.found)) for one in told)

    def told(self):
        """As plain values for JSON."""

        def rounded(value, digits=4, times=1):
            return None if value is None else round(value * times, digits)

        peaks = [one.peak_megabytes for one in self.rounds if one.peak_megabytes is not None]
        rates = None if self.is_latency else self.rates
        return {
            "case": self.name,
            "what": self.words,
            "senders": self.senders or None,
            "messages": self.messages,
            "per_second": rounded(rates and statistics.median(rates), 1),
            "per_second_min": rounded(rates and min(rates), 1),
            "per_second_max": rounded(rates and max(rates), 1),
            "p50_ms": rounded(self.percentile(0.5), 1),
            "p95_ms": rounded(self.percentile(0.95), 1),
            "p99_ms": rounded(self.percentile(0.99), 1),
            "statements_per_message": rounded(self.per_message("statements"), 3),
            "odoo_cpu_ms_per_message": rounded(self.per_message("odoo_seconds"), 3, 1000),
            "postgres_cpu_ms_per_message": rounded(self.per_message("postgres_seconds"), 3, 1000),
            "rows_per_message": rounded(self.per_message("rows"), 2),
            "peak_mb": rounded(max(peaks, default=None), 0),
            "refused": sum(one.refused for one in self.rounds),
            "lost": self.lost,
            "doubled": self.doubled,
        }


@dataclasses.dataclass(frozen=True)
class Bar:
    """A promise: ``figure`` is at least ``least``, or at most ``most``. ``is_exact``: on any machine."""

    words: str
    figure: float | None
    least: float | None = None
    most: float | None = None
    is_exact: bool = False

    @property
    def is_held(self):
        if self.figure is None:
            return False
        return (self.least is None or self.figure >= self.least) and (
            self.most is None or self.figure <= self.most
        )

    def told(self):
        return {
            "bar": self.words,
            "figure": None if self.figure is None else round(self.figure, 3),
            "at_least": self.least,
            "at_most": self.most,
            "held": self.is_held,
        }


def ratio(one, other):
    """How many times faster ``one`` is: the median over rounds that were run beside each other."""
    pairs = zip(one.rates, other.rates, strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs if theirs)


def statements(case, most):
    """The promise that ``case`` takes no more SQL statements a message than this."""
    return Bar(
        f"SQL statements a message: {case.words}",
        case.per_message("statements"),
        most=most,
        is_exact=True,
    )
