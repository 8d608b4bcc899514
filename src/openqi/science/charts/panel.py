"""What a kind of chart makes of the data of one stage: statistics and lines a point; and how it is asked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from typing import Any, Protocol

from openqi.kernel.errors import DomainError

INDEPENDENT = "independent"
"""Near to normal and independent of each other: every rule has a meaning."""
SKEWED = "skewed"
"""Counts, ranges, standard deviations: independent, not symmetric; rules on sides and steps, and the limit."""
DEPENDENT = "dependent"
"""What shares values with its neighbours or remembers (moving ranges, EWMA, CUSUM): only the limit."""

Row = tuple[float, ...]


class Points(Protocol):
    """A row of things, one a point: a list, a tuple, an array."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


@dataclass(frozen=True, kw_only=True)
class Track:
    """The points of one panel and their lines, one number a point; NaN where there is none.

    Args:
        name: of what is drawn: `individuals`, `moving-range`, `mean`, ...
        values: the statistic.
        centre: its centre line.
        sigma: its own standard deviation, from which zones are drawn; NaN where zones have no meaning.
        lower, upper: control limits; infinite where there is none on that side.
        nature: one of the three above: it decides which rules apply.
    """

    name: str
    values: Row
    centre: Row
    sigma: Row
    lower: Row
    upper: Row
    nature: str


@dataclass(frozen=True, kw_only=True)
class Computed:
    """What a kind answers: its panels, under which names it estimated what, and further findings."""

    tracks: tuple[Track, ...]
    estimates: Mapping[str, float] = field(default_factory=dict)
    estimators: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The data of one stage and the options of the chart.

    Args:
        values: single readings or counts; of charts of subgroups and vectors empty.
        rows: subgroups, or vectors.
        sizes: inspected units of each count, () where the chart has none.
        groups: the part or product of each reading, () where the chart has none.
        options: as the user gave them; a kind asks for them by `number`, `text` and `table`.
    """

    values: Row = ()
    rows: tuple[Row, ...] = ()
    sizes: Row = ()
    groups: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)

    def number(self, name: str, default: float, *, above: float = float("-inf"), up_to: float = float("inf")) -> float:
        """Return an option that is a number in (above, up_to].

        Raises:
            DomainError: it is none, or lies outside.
        """
        given = self.options.get(name)
        if given is None:
            return default
        if isinstance(given, bool) or not isinstance(given, int | float) or not (isfinite(given) and above < given <= up_to):
            raise DomainError(f"{name} = {given!r}; a number above {above} and at most {up_to}")
        return float(given)

    def given(self, name: str, *, above: float = float("-inf"), up_to: float = float("inf")) -> float | None:
        """Return an option as `number` does, None where it was left out."""
        return None if self.options.get(name) is None else self.number(name, nan, above=above, up_to=up_to)

    def text(self, name: str, allowed: Sequence[str]) -> str:
        """Return an option that is one of some words, the first of them where it was left out.

        Raises:
            DomainError: it is another.
        """
        given = self.options.get(name)
        if given is None:
            return allowed[0]
        if given not in allowed:
            raise DomainError(f"{name} = {given!r}; one of {', '.join(allowed)}")
        return str(given)

    def table(self, name: str) -> dict[str, float]:
        """Return an option that gives a number to each of some names, {} where it was left out.

        Raises:
            DomainError: it is no such table.
        """
        given = self.options.get(name) or {}
        if not isinstance(given, Mapping) or any(
            isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) for value in given.values()
        ):
            raise DomainError(f"{name} = {given!r}; a mapping from names to finite numbers")
        return {str(key): float(value) for key, value in given.items()}


@dataclass(frozen=True, kw_only=True)
class ChartKind:
    """One kind of chart.

    Args:
        name: `i-mr`, `xbar-r`, ...
        data: what a point is made of: `individuals`, `subgroups`, `means` (either of both), `counts` or `vectors`.
        compute: from one stage to panels.
        options: names that it takes besides.
        needs: which of `sizes` and `groups` it needs.
        source: where it was published.
    """

    name: str
    data: str
    compute: Callable[[Stage], Computed]
    options: tuple[str, ...]
    source: str
    needs: tuple[str, ...] = ()


def sigma_track(
    name: str, values: Sequence[float], centre: Sequence[float], sigma: Sequence[float], nature: str, *,
    width: float = 3.0, floor: float = float("-inf"), ceiling: float = float("inf"),
) -> Track:  # fmt: skip
    """Return a track whose limits lie `width` sigma from its centre, cut at `floor` and `ceiling`, beyond which nothing can lie."""
    aways = [width * spread for spread in sigma]
    return Track(
        name=name,
        values=tuple(values),
        centre=tuple(centre),
        sigma=tuple(sigma),
        lower=tuple(
            middle - away if middle - away > floor else _cut(middle, away, floor)
            for middle, away in zip(centre, aways, strict=True)
        ),
        upper=tuple(
            middle + away if middle + away < ceiling else _cut(middle, away, ceiling)
            for middle, away in zip(centre, aways, strict=True)
        ),
        nature=nature,
    )


def _cut(middle: float, away: float, edge: float) -> float:
    """The edge of what is possible; NaN stays NaN: no limit is made out of nothing."""
    return nan if not isfinite(middle) or not isfinite(away) else edge
