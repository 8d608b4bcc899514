"""Capability of several characteristics that vary together, each with limits of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import checked, moments
from openqi.science.capability.indices import Limits, expected_nonconforming
from openqi.science.capability.intervals.bootstrap import bootstrap
from openqi.science.capability.intervals.interval import Interval
from openqi.science.capability.regions.position import index_of
from openqi.science.numbers.algebra import cholesky
from openqi.science.numbers.sums import plain_sum, total


@dataclass(frozen=True, kw_only=True)
class BoxStudy:
    """Joint capability.

    Args:
        n: items that every characteristic was measured on.
        performance: Pp: that of an ellipsoid that touches the nearest limit of a mean in the middle; None where a limit is missing.
        nearer: Ppk: as much as the largest ellipsoid of equal density within all limits holds, as the index of one normal one.
        interval: of Ppk by bootstrap; None where it was not asked for.
        limited_by: name of the characteristic whose limit the ellipsoid touches.
        singles: Ppk of each by itself.
        observed: fraction of items with anything outside.
        expected: bounds of the fraction of a normal population outside: of the worst one alone, and of all added.
        correlations: by row, in the order of the characteristics.
        method: its name.
    """

    n: int
    performance: float | None
    nearer: float
    interval: Interval | None
    limited_by: str
    singles: Mapping[str, float]
    observed: float
    expected: tuple[float, float]
    correlations: tuple[tuple[float, ...], ...]
    method: str = "largest-ellipsoid"


def box(
    columns: Mapping[str, Sequence[float]], limits: Mapping[str, Limits], *, confidence: float = 0.95, resamples: int = 0,
    seed: str = "capability",
) -> BoxStudy:  # fmt: skip
    """Return the joint capability of characteristics.

    The ellipsoid of equal density that touches the plane of a limit reaches as many standard deviations as the mean lies from it,
    whatever the correlations are. What it holds falls with the number of characteristics, so that its index lies below the worst
    single one.

    Args:
        columns: name → readings, all of the same items in the same order; at least two, and two items more than characteristics.
        limits: name → limits of each.
        confidence: of the interval.
        resamples: for the interval (BCa); 0 for none.
        seed: of the bootstrap.

    Raises:
        DomainError: names, numbers or readings do not go together, or one characteristic follows from the others.

    Source: [ISO22514-6].
    """
    names = list(columns)
    if len(names) < 2 or set(names) != set(limits):
        raise DomainError(f"readings of {', '.join(names)} and limits of {', '.join(limits)}: the same two or more")
    rows = {name: checked(columns[name], least=len(names) + 2) for name in names}
    n = len(rows[names[0]])
    if any(len(one) != n for one in rows.values()):
        raise DomainError("readings are not equally many: every item has all characteristics")
    known = None
    if resamples:
        (known,) = bootstrap(
            n, lambda places: (index_of(_reach({name: [rows[name][k] for k in places] for name in names}, limits)[0], len(names)),),
            resamples=resamples, seed=seed, confidence=confidence,
        )  # fmt: skip
    size, where = _reach(rows, limits)
    halves = [(limits[name].upper - limits[name].lower) / (2.0 * moments(rows[name]).sd) for name in names]
    tails = [
        expected_nonconforming(limits[name], moments(rows[name]).mean, moments(rows[name]).sd, "overall").total for name in names
    ]  # fmt: skip
    outside = plain_sum(any(not limits[name].lower <= rows[name][k] <= limits[name].upper for name in names) for k in range(n))
    return BoxStudy(
        n=n, performance=index_of(min(halves), len(names)) if all(map(isfinite, halves)) else None,
        nearer=index_of(size, len(names)), interval=known, limited_by=where,
        singles={name: _distance(rows[name], limits[name]) / 3.0 for name in names},
        observed=outside / n, expected=(max(tails), min(1.0, total(tails))), correlations=_correlations(rows),
    )  # fmt: skip


def _reach(rows: Mapping[str, Sequence[float]], limits: Mapping[str, Limits]) -> tuple[float, str]:
    """Standard deviations to the nearest limit, and whose it is."""
    distances = {name: _distance(values, limits[name]) for name, values in rows.items()}
    where = min(distances, key=distances.__getitem__)
    return distances[where], where


def _distance(values: Sequence[float], limit: Limits) -> float:
    found = moments(values)
    if not found.sd > 0.0:
        raise DomainError("a characteristic does not vary: leave it out")
    return min(limit.upper - found.mean, found.mean - limit.lower, inf) / found.sd


def _correlations(rows: Mapping[str, Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    scaled = []
    for values in rows.values():
        found = moments(values)
        scaled.append([(value - found.mean) / found.sd for value in values])
    n = len(scaled[0])
    matrix = [[1.0] * len(scaled) for _ in scaled]
    for row, one in enumerate(scaled):
        for column in range(row):
            found_there = total([a * b for a, b in zip(one, scaled[column], strict=True)]) / (n - 1)
            matrix[row][column] = matrix[column][row] = min(max(found_there, -1.0), 1.0)
    if min(row[place] for place, row in enumerate(cholesky(matrix))) < 1e-6:
        raise DomainError("one characteristic follows from the others: leave it out")
    return tuple(map(tuple, matrix))
