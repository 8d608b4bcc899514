"""Capability of a position: points within a circle about where they should be."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.capability.intervals.bootstrap import bootstrap
from openqi.science.capability.intervals.interval import Interval
from openqi.science.capability.regions.bivariate import Spot, spot
from openqi.science.numbers.elementary import cos, exp, sin
from openqi.science.numbers.gamma_functions import gamma_both
from openqi.science.numbers.normal_functions import normal_below, normal_root
from openqi.science.numbers.quadrature import PI, integral
from openqi.science.numbers.sums import plain_sum

_PER_ROOT_TWO_PI = 0.3989422804014327
_DIRECTIONS = 360


@dataclass(frozen=True, kw_only=True)
class PositionStudy:
    """Capability of a position.

    Args:
        n: points.
        performance: Pp: as `nearer`, with the centre moved onto the target.
        nearer: Ppk: a third of the normal quantile of what the largest ellipse of equal density within the circle holds.
        interval: of Ppk by bootstrap; None where it was not asked for.
        off: distance of the mean from the target.
        sds: along the main axes.
        observed: fraction of points outside of the circle.
        expected: fraction of a normal spot outside of it.
        method: its name.
    """

    n: int
    performance: float
    nearer: float
    interval: Interval | None
    off: float
    sds: tuple[float, float]
    observed: float
    expected: float
    method: str = "largest-ellipse"


def position(
    x: Sequence[float], y: Sequence[float], *, diameter: float, target: tuple[float, float] = (0.0, 0.0), confidence: float = 0.95,
    resamples: int = 0, seed: str = "capability",
) -> PositionStudy:  # fmt: skip
    """Return the capability of a position with a tolerance of a diameter.

    Args:
        x: first coordinates, in order of time, at least 5.
        y: second coordinates, as many, same unit.
        diameter: of the circle of tolerance, same unit, > 0.
        target: its centre.
        confidence: of the interval.
        resamples: for the interval (BCa); 0 for none.
        seed: of the bootstrap.

    Raises:
        DomainError: points or tolerance allow no answer.

    Source: [ISO22514-6].
    """
    if not (isfinite(diameter) and diameter > 0.0 and all(map(isfinite, target))):
        raise DomainError(f"a tolerance of diameter {diameter} about {target}: positive and finite")
    found, radius = spot(x, y), 0.5 * diameter
    off = (found.mean[0] - target[0], found.mean[1] - target[1])
    along = found.along(*off)
    known = None
    if resamples:
        (known,) = bootstrap(
            found.n,
            lambda places: (_nearer([x[k] for k in places], [y[k] for k in places], target, radius),),
            resamples=resamples, seed=seed, confidence=confidence,
        )  # fmt: skip
    away = [(a - target[0]) * (a - target[0]) + (b - target[1]) * (b - target[1]) for a, b in zip(x, y, strict=True)]
    return PositionStudy(
        n=found.n, performance=index_of(largest_ellipse(found.sds, (0.0, 0.0), radius), 2),
        nearer=index_of(largest_ellipse(found.sds, along, radius), 2), interval=known,
        off=sqrt(along[0] * along[0] + along[1] * along[1]), sds=found.sds,
        observed=plain_sum(one > radius * radius for one in away) / found.n, expected=outside_circle(found.sds, along, radius),
    )  # fmt: skip


def _nearer(x: Sequence[float], y: Sequence[float], target: tuple[float, float], radius: float) -> float:
    found: Spot = spot(x, y)
    return index_of(largest_ellipse(found.sds, found.along(found.mean[0] - target[0], found.mean[1] - target[1]), radius), 2)


def index_of(size: float, dimensions: int) -> float:
    """Return the index of an ellipsoid of equal density that reaches `size` standard deviations; 0 where its centre is outside.

    It is a third of the normal quantile whose two tails hold as much as lies outside of the ellipsoid.

    Args:
        size: Mahalanobis distance, >= 0.
        dimensions: 1 or more; of 1 the index is size / 3.
    """
    if size <= 0.0:
        return 0.0
    beyond = exp(-0.5 * size * size) if dimensions == 2 else gamma_both(0.5 * dimensions, 0.5 * size * size)[1]
    return -normal_root(0.5 * max(beyond, 1e-300)) / 3.0


def largest_ellipse(sds: tuple[float, float], off: tuple[float, float], radius: float) -> float:
    """Return how many standard deviations the largest ellipse within a circle reaches; 0 where the mean lies outside.

    Args:
        sds: along both axes.
        off: of the mean from the centre of the circle, along these axes.
        radius: of the circle.
    """
    if off[0] * off[0] + off[1] * off[1] >= radius * radius:
        return 0.0

    def distance(angle: float) -> float:
        a, b = (radius * cos(angle) - off[0]) / sds[0], (radius * sin(angle) - off[1]) / sds[1]
        return a * a + b * b

    step = 2.0 * PI / _DIRECTIONS
    values = [distance(step * place) for place in range(_DIRECTIONS)]
    best = min(range(_DIRECTIONS), key=values.__getitem__)
    low, high = step * (best - 1), step * (best + 1)
    for _ in range(80):
        one, two = low + (high - low) / 3.0, high - (high - low) / 3.0
        low, high = (low, two) if distance(one) < distance(two) else (one, high)
    return sqrt(min(distance(0.5 * (low + high)), values[best]))


def outside_circle(sds: tuple[float, float], off: tuple[float, float], radius: float) -> float:
    """Return the fraction of a normal spot that lies outside of a circle; arguments as of `largest_ellipse`."""

    def chord(angle: float) -> float:
        # x = radius sin(angle) leaves no root at the ends; what is missing at each x is both tails in y.
        a, half = radius * sin(angle), radius * cos(angle)
        z = (a - off[0]) / sds[0]
        tails = normal_below((-half - off[1]) / sds[1]) + normal_below((off[1] - half) / sds[1])
        return _PER_ROOT_TWO_PI / sds[0] * exp(-0.5 * z * z) * tails * half if abs(z) < 38.0 else 0.0

    panels = int(min(max(8.0, radius / sds[0]), 200.0))
    beside = normal_below((-radius - off[0]) / sds[0]) + normal_below((off[0] - radius) / sds[0])
    return min(1.0, beside + integral(chord, -0.5 * PI, 0.5 * PI, panels=panels))
