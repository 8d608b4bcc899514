"""What the picture of a control chart is drawn from: plain numbers, of a chart just made or of one that was stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite, nan

from openqi.kernel.errors import DomainError
from openqi.science.charts.charting import Chart, Panel
from openqi.science.charts.rules.rule import RuleSet, rule_set

Figures = float | Sequence[float | None] | None
"""One number for all points, or one a point; None is a missing one."""
Moment = float | date | datetime


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stage: its name, which may be empty, and the points from `start` up to but without `stop`."""

    label: str
    start: int
    stop: int


@dataclass(frozen=True, kw_only=True)
class PlottedChart:
    """A control chart as it is drawn. `plotted` makes one of a chart, `stored_panel` helps where figures were stored.

    Args:
        kind: of the chart, as `chart_kinds()` names it.
        rules: the set whose bits the panels have.
        panels: statistics with their lines and flags, the one of the process first; all with equally many points.
        stages: one after the other, over all points; none is one without a name.
        times: of the points, numbers or dates, none going back; without any the points are counted.
        first: the number of the first point.
        unit: of what was measured; statistics without a unit, as T², leave it away.
        monitored_from: the first point, counted from 0, that limits were not estimated from: those before it are the baseline
            (phase I). 0: all are monitored; None: it is not told apart.
        lower, upper: limits of the specification; only on charts of single readings.

    Raises:
        DomainError: points, stages and times do not go together; says which.
    """

    kind: str
    rules: RuleSet
    panels: tuple[Panel, ...]
    stages: tuple[Span, ...] = ()
    times: tuple[Moment, ...] = ()
    unit: str = ""
    monitored_from: int | None = None
    lower: float | None = None
    upper: float | None = None
    first: int = 1

    def __post_init__(self) -> None:
        if not self.panels or not self.panels[0].values:
            raise DomainError(f"{self.kind}: a picture needs points")
        points = len(self.panels[0].values)
        for panel in self.panels:
            for name in ("values", "centre", "sigma", "lower", "upper", "flags"):
                if len(getattr(panel, name)) != points:
                    raise DomainError(f"{panel.name}: {len(getattr(panel, name))} {name} for {points} points; each point has one")
        ends = [0, *(stage.stop for stage in self.stages)]
        if self.stages and (ends[-1] != points or [stage.start for stage in self.stages] != ends[:-1]):
            raise DomainError(f"stages end at {ends[1:]}; they follow each other from 0 to {points}")
        if self.monitored_from is not None and not 0 <= self.monitored_from <= points:
            raise DomainError(f"monitored from point {self.monitored_from}; there are {points}, counted from 0")
        self._check_times(points)
        self._check_specification()

    def _check_times(self, points: int) -> None:
        if not self.times:
            return
        if len(self.times) != points:
            raise DomainError(f"{len(self.times)} times for {points} points; each point has one")
        places = self.places()
        for place, at in enumerate(places):
            if not isfinite(at):
                raise DomainError(f"the time of point {place + 1} is {self.times[place]}; a date or a finite number")
            if place and at < places[place - 1]:
                raise DomainError(f"time goes backwards at point {place + 1}: {self.times[place]} after {self.times[place - 1]}")

    def _check_specification(self) -> None:
        given = [one for one in (self.lower, self.upper) if one is not None]
        if not all(map(isfinite, given)) or given != sorted(given):
            raise DomainError(f"limits of the specification {self.lower} and {self.upper}; finite numbers in this order")
        if given and self.panels[0].name not in {"individuals", "readings"}:
            raise DomainError(
                f"a {self.kind} chart draws {self.panels[0].name}, no single readings, to which a specification applies; "
                "leave it out, or draw an i-mr chart"
            )

    @property
    def spans(self) -> tuple[Span, ...]:
        """The stages, at least one."""
        return self.stages or (Span(label="", start=0, stop=len(self.panels[0].values)),)

    @property
    def by_date(self) -> bool:
        """Whether the points stand at dates and not at numbers."""
        return bool(self.times) and isinstance(self.times[0], date)

    def places(self) -> tuple[float, ...]:
        """Return where each point stands: its number, its time, or of a date milliseconds from 1970 (UTC)."""
        if not self.times:
            return tuple(float(point + self.first) for point in range(len(self.panels[0].values)))
        return tuple(_place(one, self.by_date, point) for point, one in enumerate(self.times))

    def broken(self, panel: Panel, point: int) -> tuple[int, ...]:
        """Return the numbers of the rules that a point breaks."""
        return self.rules.numbers_of(panel.flags[point])


def plotted(
    chart: Chart, *, times: Sequence[Moment] = (), unit: str = "", monitored_from: int | None = None,
    lower: float | None = None, upper: float | None = None,
) -> PlottedChart:  # fmt: skip
    """Return a chart as it is drawn; arguments and errors as `PlottedChart` has them."""
    return PlottedChart(
        kind=chart.kind, rules=chart.rules, panels=chart.panels, times=tuple(times), unit=unit, monitored_from=monitored_from,
        stages=tuple(Span(label=one.label, start=one.start, stop=one.stop) for one in chart.stages), lower=lower, upper=upper,
    )  # fmt: skip


def stored_panel(
    name: str, values: Sequence[float | None], *, rules: "str | RuleSet | Mapping[str, object]",
    broken: Mapping[int, Sequence[int]], watched: Sequence[int] | None = None, centre: Figures = None, sigma: Figures = None,
    lower: Figures = None, upper: Figures = None,
) -> Panel:  # fmt: skip
    """Return a panel from figures that were stored.

    Args:
        name: of the statistic: `individuals`, `moving-range`, `mean`, ...
        values: a number a point; None where it is missing.
        rules: the set, or its name.
        broken: numbers of the rules that a point breaks, by the point, counted from 0; points that break none may be left out.
        watched: numbers of the rules that apply; by default the whole set. Zones are drawn where rules on them apply.
        centre, sigma, lower, upper: one number for all points or one a point; None where there is none.

    Raises:
        DomainError: a row is not as long as the values, or a point or a rule is not known.
    """
    known = rule_set(rules)
    bits = {rule.number: 1 << place for place, rule in enumerate(known.rules)}
    flags = [0] * len(values)
    for point, numbers in broken.items():
        if not 0 <= point < len(values) or not set(numbers) <= set(bits):
            raise DomainError(f"point {point} breaks {list(numbers)}; {len(values)} points from 0, rules {sorted(bits)}")
        for number in numbers:
            flags[point] |= bits[number]
    rows = [_row(one, len(values)) for one in (values, centre, sigma, lower, upper)]
    return Panel(
        name=name, values=rows[0], centre=rows[1], sigma=rows[2], lower=rows[3], upper=rows[4], flags=tuple(flags),
        watched=tuple(bits) if watched is None else tuple(watched),
    )  # fmt: skip


def _row(given: Figures, points: int) -> tuple[float, ...]:
    if given is None or isinstance(given, int | float):
        return (nan if given is None else float(given),) * points
    return tuple(nan if one is None else float(one) for one in given)


def _place(given: Moment, by_date: bool, point: int) -> float:
    if isinstance(given, date) != by_date:
        raise DomainError(f"the time of point {point + 1} is {given!r}; all are dates, or all are numbers")
    if not isinstance(given, date):
        return float(given)
    moment = given if isinstance(given, datetime) else datetime(given.year, given.month, given.day)  # noqa: DTZ001 -- a day has no zone
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000.0
