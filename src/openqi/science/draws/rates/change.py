"""Why a rate changed from one year to the next: another mix of objects, another aim of the draw, or another quality."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.intervals import Interval
from openqi.science.draws.rates.kernels import total_of
from openqi.science.draws.rates.sample import Column, Sample, Values, coded
from openqi.science.draws.rates.totals import ratio_of
from openqi.science.draws.rates.variances import Design, total_variance
from openqi.science.numbers.special import normal_quantile
from openqi.science.numbers.sums import total

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN = Design()
THIRD, SIXTH = 1.0 / 3.0, 1.0 / 6.0
_ORDERS: Final = ((0, 0, THIRD), (0, 1, SIXTH), (1, 0, SIXTH), (1, 1, THIRD))
"""Years of the other two factors, and the share of the six orders of change in which a factor meets them so."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A class of objects in one year.

    Args:
        name: the same in both years.
        population: objects of the frame; None where it was not published.
        visits: of them that were examined.
        found: bad among the examined.
        rate: of the population of the class, by the weights of the draw; without, the same as found / visits, which holds
            where all objects of the class had one probability.
        variance: of the rate; without, that of found / visits in a draw of one probability.
        aim_variance: of found / visits - rate, 0 where all had one probability.
        covariance: of that and the rate.
    """

    name: str
    population: float | None
    visits: int
    found: int
    rate: float | None = None
    variance: float | None = None
    aim_variance: float = 0.0
    covariance: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of a change, with standard error and interval."""

    value: float
    standard_error: float
    interval: Interval


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change and its parts, which add up to it; of the hit rate, and of the rate of the population, which no aim moves."""

    hit_before: float
    hit_after: float
    mix: Share
    targeting: Share
    quality: Share
    rate_before: float
    rate_after: float
    rate_change: Share
    rate_mix: Share
    rate_quality: Share


def change(before: Sequence[Cell], after: Sequence[Cell], *, confidence: float = 0.95) -> Change:
    """Return a change from one year to the next, split without remainder.

    The hit rate is what the frame's composition, the probabilities of the draw and the rates within cells make of it. Mix is what
    changes with the composition, targeting with the probabilities (between cells and, where they differ, within), quality with the
    rates; each is the mean over the six orders in which the three can change. Cells are taken as drawn independently.

    Args:
        before, after: the same cells in two years.
        confidence: of the intervals, in (0, 1).

    Raises:
        DomainError: cells differ between the years, or a number is impossible.
        RefusedError: the frame's numbers are not known (then no weights are either), or a cell was not visited.

    Source: [DASGUPTA1993] 2, 3.
    """
    if not 0.0 < confidence < 1.0:
        raise DomainError(f"confidence = {confidence}; between 0 and 1, 0.95 for example")
    years = (_Year(before, "before"), _Year(_in_order(before, after), "after"))
    z = normal_quantile(0.5 + confidence / 2.0)

    def share(of: tuple[list[float], list[float]], aims: tuple[list[float], list[float]] | None = None) -> Share:
        value, variance = 0.0, 0.0
        for place, year in enumerate(years):
            aim = aims[place] if aims else [0.0] * len(year.rates)
            value += total([a * r + b * g for a, r, b, g in zip(of[place], year.rates, aim, year.aims, strict=True)])
            variance += year.variance(of[place], aim)
        error = sqrt(max(variance, 0.0))
        ends = Interval(lower=value - z * error, upper=value + z * error, confidence=confidence, method="normal")
        return Share(value=value, standard_error=error, interval=ends)

    visited = [[_visited(years[i].mix, years[j].chance) for j in (0, 1)] for i in (0, 1)]
    mix, aim, quality = _coefficients(visited)
    minus = [-one for one in years[0].mix]
    middle = [0.5 * (a - b) for a, b in zip(years[1].mix, years[0].mix, strict=True)]
    mean = [0.5 * (a + b) for a, b in zip(years[1].mix, years[0].mix, strict=True)]
    return Change(
        hit_before=years[0].hit(visited[0][0]),
        hit_after=years[1].hit(visited[1][1]),
        mix=share(mix),
        targeting=share(aim, ([-one for one in visited[0][0]], visited[1][1])),
        quality=share(quality),
        rate_before=total([p * r for p, r in zip(years[0].mix, years[0].rates, strict=True)]),
        rate_after=total([p * r for p, r in zip(years[1].mix, years[1].rates, strict=True)]),
        rate_change=share((minus, years[1].mix)),
        rate_mix=share((middle, middle)),
        rate_quality=share(([-one for one in mean], mean)),
    )


class _Year:
    """The factors of one year, cell by cell."""

    def __init__(self, cells: Sequence[Cell], when: str) -> None:
        self.rates: list[float] = []
        self.aims: list[float] = []
        self._cells: list[tuple[float, float, float]] = []
        sizes, self.chance = [], []
        for cell in cells:
            size = _known(cell, when)
            hit = cell.found / cell.visits
            rate = hit if cell.rate is None else cell.rate
            plain = 0.0 if cell.visits < 2 else (1.0 - cell.visits / size) * hit * (1.0 - hit) / (cell.visits - 1.0)
            own = plain if cell.variance is None else cell.variance
            sizes.append(size)
            self.chance.append(cell.visits / size)
            self.rates.append(rate)
            self.aims.append(hit - rate)
            self._cells.append((max(own, _least_variance(cell, size)), cell.aim_variance, cell.covariance))
        whole = total(sizes)
        self.mix = [size / whole for size in sizes]

    def hit(self, visited: Sequence[float]) -> float:
        """The hit rate."""
        return total([s * (r + g) for s, r, g in zip(visited, self.rates, self.aims, strict=True)])

    def variance(self, of: Sequence[float], aims: Sequence[float]) -> float:
        """The variance of a sum over rates and aims."""
        return total([a * a * v + b * b * g + 2.0 * a * b * c for a, b, (v, g, c) in zip(of, aims, self._cells, strict=True)])


def _least_variance(cell: Cell, size: float) -> float:
    """The variance of a cell whose examined are all alike: with half an object more of either kind, as Jeffreys has it.

    Source: [BROWN-CAI-DASGUPTA2001] 4.
    """
    if 0 < cell.found < cell.visits:
        return 0.0
    rate = (cell.found + 0.5) / (cell.visits + 1.0)
    return (1.0 - cell.visits / size) * rate * (1.0 - rate) / cell.visits


def _known(cell: Cell, when: str) -> float:
    if cell.population is None:
        raise RefusedError(
            "weights-known",
            f"{when}, cell {cell.name!r}: {cell.found} of {cell.visits} were bad, and it is not known of how many objects "
            "and with what probability they were drawn. The change of such a rate cannot be decomposed: mix, targeting and quality "
            "may each explain all of it. Publish the numbers of the frame by class",
        )
    if not (cell.population >= cell.visits >= 0 and 0 <= cell.found <= cell.visits and cell.population > 0):
        raise DomainError(
            f"{when}, cell {cell.name!r}: {cell.found} bad of {cell.visits} examined of {cell.population}; each at most the next"
        )
    if cell.visits == 0:
        raise RefusedError(
            "every-cell-visited", f"{when}, cell {cell.name!r} was not visited: its rate is not known; join it with a like cell"
        )
    return cell.population


def _in_order(before: Sequence[Cell], after: Sequence[Cell]) -> list[Cell]:
    known = {cell.name: cell for cell in after}
    names = [cell.name for cell in before]
    if len(known) != len(after) or len(set(names)) != len(names):
        raise DomainError("a cell stands twice in a year; one row a cell")
    if odd := sorted(set(names) ^ set(known)):
        raise DomainError(f"cell {odd[0]!r} stands in one of the years only; join it with a like cell, in both")
    return [known[name] for name in names]


def _visited(mix: Sequence[float], chance: Sequence[float]) -> list[float]:
    """The share of each cell in the visits, of a composition drawn with some probabilities."""
    visits = [m * p for m, p in zip(mix, chance, strict=True)]
    whole = total(visits)
    return [one / whole for one in visits]


Pair = tuple[list[float], list[float]]


def _coefficients(visited: Sequence[Sequence[Sequence[float]]]) -> tuple[Pair, Pair, Pair]:
    """By what the rates of both years are multiplied in mix, targeting and quality."""
    cells = range(len(visited[0][0]))
    mix: Pair = ([0.0] * len(cells), [0.0] * len(cells))
    aim: Pair = ([0.0] * len(cells), [0.0] * len(cells))
    quality: Pair = ([0.0] * len(cells), [0.0] * len(cells))
    for first, second, weight in _ORDERS:
        for c in cells:
            mix[second][c] += weight * (visited[1][first][c] - visited[0][first][c])
            aim[second][c] += weight * (visited[first][1][c] - visited[first][0][c])
            quality[0][c] -= weight * visited[first][second][c]
            quality[1][c] += weight * visited[first][second][c]
    return mix, aim, quality


def cells_of(
    sample: Sample, bad: Values, examined: Values, cell: Column, sizes: dict[str, float], design: Design = PLAIN
) -> tuple[Cell, ...]:
    """Return the cells of one year out of a drawn sample, with what weights and aim within cells make of their variances.

    Args:
        sample: what was drawn.
        bad, examined: 1 or 0 of each object.
        cell: of each object.
        sizes: objects of the frame in each cell.
        design: how variances are estimated.

    Raises:
        DomainError: a cell has no size.
        RefusedError: see `total_variance`.
    """
    import numpy as np

    groups, y, m = coded(cell), np.asarray(bad, dtype=float), np.asarray(examined, dtype=float)
    found = []
    for place, name in enumerate(groups.names):
        if name not in sizes:
            raise DomainError(f"no number of objects for cell {name!r}; state that of the frame")
        rows = np.flatnonzero(groups.codes == place)
        visits, hits = int(total_of(m[rows])), int(total_of(y[rows]))
        if not visits:
            found.append(Cell(name=name, population=sizes[name], visits=0, found=0))
            continue
        rate = ratio_of(sample, y, m, design, members=rows)
        of_rate, of_hit = _linear(sample, y[rows], m[rows], rows, rate.value, hits / visits)
        hit_variance = total_variance(sample, of_hit, design, members=rows)
        apart = total_variance(sample, of_hit - of_rate, design, members=rows)
        found.append(
            Cell(
                name=name, population=sizes[name], visits=visits, found=hits, rate=rate.value, variance=rate.variance,
                aim_variance=apart, covariance=0.5 * (hit_variance - rate.variance - apart),
            )
        )  # fmt: skip
    absent = [Cell(name=name, population=size, visits=0, found=0) for name, size in sizes.items() if name not in groups.names]
    return (*found, *absent)


def _linear(
    sample: Sample, y: "NDArray[Any]", m: "NDArray[Any]", rows: "NDArray[Any]", rate: float, hit: float
) -> "tuple[NDArray[Any], NDArray[Any]]":
    """What each object adds to a weighted rate and to a hit rate, both as values that are divided by its probability."""
    p = sample.probability[rows]
    return (y - rate * m) / total_of(m / p), p * (y - hit * m) / total_of(m)
