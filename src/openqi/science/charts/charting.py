"""One call for every kind of chart: data in, panels with limits, zones and every violated rule of every point out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite, isinf, nan

from openqi.kernel.catalogue import load
from openqi.kernel.errors import DomainError
from openqi.science.charts.evaluation import applicable, flags_of, joined
from openqi.science.charts.kernel.moments import LARGEST
from openqi.science.charts.panel import ChartKind, Computed, Points, Row, Stage, Track
from openqi.science.charts.rules.rule import RuleSet, rule_set

"""A reading of greater magnitude is refused: its square is no number any more."""
LARGEST_COUNT = 2.0**53
"""Beyond it neighbouring counts are one number."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One drawing of a chart, a number a point: NaN where a value or a line is missing, infinite where there is no limit.

    Args:
        name: of the statistic.
        values, centre, sigma, lower, upper: the statistic and its lines; zones lie at whole multiples of sigma.
        watched: numbers of the rules that apply to this statistic.
        flags: of each point the rules it breaks: bit k is the k-th rule of the chart's set.
    """

    name: str
    values: Row
    centre: Row
    sigma: Row
    lower: Row
    upper: Row
    watched: tuple[int, ...]
    flags: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class StageEstimates:
    """A stage: its label, the points from `start` up to but without `stop`, and what was estimated how."""

    label: str
    start: int
    stop: int
    estimates: Mapping[str, float]
    estimators: Mapping[str, str]
    findings: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart: its panels, the one of the process first, and its stages."""

    kind: str
    rules: RuleSet
    panels: tuple[Panel, ...]
    stages: tuple[StageEstimates, ...]

    def violations(self) -> tuple[tuple[str, int, tuple[int, ...]], ...]:
        """Return (panel, point from 0, numbers of the rules) of every point that breaks a rule."""
        return tuple(
            (panel.name, point, self.rules.numbers_of(bits))
            for panel in self.panels
            for point, bits in enumerate(panel.flags)
            if bits
        )


def chart_kinds() -> Mapping[str, ChartKind]:
    """Return the kinds of charts by name."""
    return load("openqi.science.charts.kinds", ChartKind)


def chart(
    kind: str,
    data: Points,
    *,
    rules: "str | RuleSet | Mapping[str, object]" = "nelson",
    sizes: Points | None = None,
    groups: Points | None = None,
    stages: Points | None = None,
    times: Points | None = None,
    mark: str = "end",
    **options: object,
) -> Chart:
    """Return a chart.

    Args:
        kind: one of `chart_kinds()`.
        data: a number a point, or a row of numbers a point (subgroups, vectors); None or NaN where a value is missing.
        rules: the name of a set, a set, or one's own as a mapping.
        sizes: inspected units of each point, of charts of counts.
        groups: part or product of each point, of charts of short runs.
        stages: a label a point; where it changes, limits are estimated anew and patterns begin anew.
        times: of each point, anything that can be compared; only their order is looked at.
        mark: `end` flags the point that completes a pattern, `whole` all its points.
        options: those that the kind names, for example `centre` and `sigma` for frozen limits.

    Raises:
        DomainError: the kind, a rule or an option is not known, or the data do not fit; says which point.
    """
    if kind not in (known := chart_kinds()):
        near = get_close_matches(kind, known, n=1)
        raise DomainError(
            f"no chart is called {kind!r}{f'; did you mean {near[0]!r}?' if near else ''}; there are {', '.join(known)}"
        )
    one, kept = known[kind], rule_set(rules)
    if unknown := set(options) - set(one.options):
        raise DomainError(f"{kind} has no option {', '.join(sorted(unknown))}; it has {', '.join(one.options) or 'none'}")
    if mark not in {"end", "whole"}:
        raise DomainError(f"mark = {mark!r}; end or whole")
    if not len(data):
        raise DomainError(f"{kind}: there are no data; a chart takes at least one point")
    for name, row in (("sizes", sizes), ("groups", groups), ("stages", stages), ("times", times)):
        if row is not None and len(row) != len(data):
            raise DomainError(f"{len(row)} {name} for {len(data)} points; each point has one")
        if (row is not None) != (name in one.needs) and name in {"sizes", "groups"}:
            raise DomainError(f"{kind} {'needs' if row is None else 'takes no'} {name}")
    _check_times(() if times is None else times)
    by_rows = one.data in {"subgroups", "vectors"} or (one.data == "means" and _is_row(data[0]))
    whole = Stage(
        values=() if by_rows else _readings(data, one.data == "counts"),
        rows=tuple(_row(place, row) for place, row in enumerate(data)) if by_rows else (),
        sizes=_sizes(sizes),
        groups=() if groups is None else tuple(map(str, groups)),
        options=options,
    )
    return _charted(one, kept, whole, _spans(stages, len(data)), mark == "whole")


def _charted(kind: ChartKind, rules: RuleSet, data: Stage, spans: list[tuple[str, int, int]], whole: bool) -> Chart:
    found = [kind.compute(_part(data, start, stop)) for _, start, stop in spans]
    panels = []
    for place in range(len(found[0].tracks)):
        tracks = [one.tracks[place] for one in found]
        panels.append(
            _panel(joined(tracks), rules, tuple(bits for track in tracks for bits in flags_of(track, rules, whole=whole)))
        )
    return Chart(kind=kind.name, rules=rules, panels=tuple(panels), stages=tuple(map(_stage, spans, found)))


def _panel(track: Track, rules: RuleSet, flags: tuple[int, ...]) -> Panel:
    kept = applicable(rules, track.nature)
    return Panel(
        name=track.name, values=track.values, centre=track.centre, sigma=track.sigma, lower=track.lower, upper=track.upper,
        watched=() if kept is None else tuple(rule.number for rule in kept.rules), flags=flags,
    )  # fmt: skip


def _stage(span: tuple[str, int, int], found: Computed) -> StageEstimates:
    label, start, stop = span
    return StageEstimates(
        label=label, start=start, stop=stop, estimates=found.estimates, estimators=found.estimators, findings=found.findings
    )


def _part(data: Stage, start: int, stop: int) -> Stage:
    return Stage(
        values=data.values[start:stop], rows=data.rows[start:stop], sizes=data.sizes[start:stop], groups=data.groups[start:stop],
        options=data.options,
    )  # fmt: skip


def _spans(stages: Points | None, points: int) -> list[tuple[str, int, int]]:
    """Where each stage begins and ends."""
    labels = [""] * points if stages is None else [str(label) for label in stages]
    starts = [0, *(place for place in range(1, points) if labels[place] != labels[place - 1])]
    return [(labels[start], start, stop) for start, stop in zip(starts, [*starts[1:], points], strict=True)]


def _check_times(times: Points) -> None:
    for place in range(1, len(times)):
        if times[place] < times[place - 1]:
            raise DomainError(
                f"time goes backwards at point {place + 1}: {times[place]} after {times[place - 1]}; sort the readings first"
            )


def _number(place: int, given: object) -> float:
    """A reading; None is a missing one, and nothing else becomes a number."""
    if given is None:
        return nan
    try:
        number = float("x") if isinstance(given, bool | str | bytes) else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise DomainError(f"point {place + 1} is {given!r}; a number, or None where it is missing") from None
    if abs(number) > LARGEST:
        told = "infinite; correct it" if isinf(number) else f"{number!r}; choose units of usual size"
        raise DomainError(f"point {place + 1} is {told}, or leave it out (None)")
    return number


def _readings(data: Points, counts: bool) -> Row:
    found = tuple(_number(place, given) for place, given in enumerate(data))
    if counts:
        for place, number in enumerate(found):
            if number < 0.0 or number % 1.0 > 0.0 or number > LARGEST_COUNT:
                raise DomainError(f"point {place + 1} is {number:g}; a count is whole, not negative, and at most 2^53")
    return found


def _is_row(given: object) -> bool:
    return (isinstance(given, Sequence) and not isinstance(given, str | bytes)) or getattr(given, "ndim", 0) == 1


def _row(place: int, given: object) -> Row:
    if not _is_row(given):
        raise DomainError(f"point {place + 1} is {given!r}; a row of numbers")
    row = tuple(_number(place, value) for value in given)  # type: ignore[attr-defined]
    if not row:
        raise DomainError(f"point {place + 1} has no values; give None for each missing one")
    return row


def _sizes(sizes: Points | None) -> Row:
    found = tuple(_number(place, size) for place, size in enumerate(() if sizes is None else sizes))
    for place, size in enumerate(found):
        if not (isfinite(size) and size > 0.0):
            raise DomainError(f"size of point {place + 1} is {size}; a positive number")
    return found
