"""The indices of capability: tolerance over the reach of the process, of the nearer side, and about a target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.numbers.normal_functions import normal_below, normal_root

BEYOND_THREE_SIGMA = 0.0013498980316300933
"""Probability that a standard normal quantity lies below -3: the 0.135 % of ISO 22514, to all digits."""
PER_MILLION = 1e6


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of specification, and the target where there is one.

    Args:
        lower: in the unit of the readings; -inf where there is none.
        upper: same unit, inf where there is none.
        target: same unit, between the limits.
    """

    lower: float
    upper: float
    target: float | None = None

    @property
    def both(self) -> bool:
        """Whether there is a lower and an upper limit."""
        return isfinite(self.lower) and isfinite(self.upper)


def limits(lower: float | None, upper: float | None, target: float | None = None) -> Limits:
    """Return limits of specification.

    Args:
        lower: None where there is none.
        upper: None where there is none; one of the two there must be.
        target: between the limits; None where there is none. It is never guessed.

    Raises:
        DomainError: there is no limit, they are not in order, or the target lies outside.
    """
    low, high = -inf if lower is None else float(lower), inf if upper is None else float(upper)
    if isnan(low) or isnan(high) or not low < high:
        raise DomainError(f"lower limit {lower}, upper limit {upper}: the lower one must lie below the upper one")
    if not (isfinite(low) or isfinite(high)):
        raise DomainError("no limit: capability is asked of a lower limit, an upper limit, or both")
    if target is not None and not (low <= target <= high and isfinite(target)):
        raise DomainError(f"target {target}: it must lie between the limits, {low} and {high}")
    return Limits(lower=low, upper=high, target=None if target is None else float(target))


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Where a process lies and how far it reaches: its centre, and the values with 0.135 % below and above.

    Args:
        low: value that 0.135 % lie below; of a normal process the mean less three standard deviations.
        centre: the mean, or the median of one that is not normal.
        high: value that 0.135 % lie above.
    """

    low: float
    centre: float
    high: float


ReachOf = Callable[[Sequence[float]], Reach]


def normal_reach(mean: float, sd: float) -> Reach:
    """Return the reach of a normal process, sd > 0."""
    return Reach(low=mean - 3.0 * sd, centre=mean, high=mean + 3.0 * sd)


def spread_index(limit: Limits, reach: Reach) -> float | None:
    """Return Cp or Pp, tolerance over reach; None without two limits.

    Source: [ISO22514-2].
    """
    return (limit.upper - limit.lower) / _wide(reach.high - reach.low) if limit.both else None


def _wide(width: float) -> float:
    if not width > 0.0:
        raise DomainError(
            "more than half of the readings are equal, or nearly: the process has no reach on that side, and no index"
        )
    return width


def upper_index(limit: Limits, reach: Reach) -> float | None:
    """Return the index of the upper side; None without an upper limit.

    Source: [ISO22514-2].
    """
    return (limit.upper - reach.centre) / _wide(reach.high - reach.centre) if isfinite(limit.upper) else None


def lower_index(limit: Limits, reach: Reach) -> float | None:
    """Return the index of the lower side; None without a lower limit.

    Source: [ISO22514-2].
    """
    return (reach.centre - limit.lower) / _wide(reach.centre - reach.low) if isfinite(limit.lower) else None


def nearer(lower: float | None, upper: float | None) -> float:
    """Return Cpk or Ppk: the smaller of the indices of the sides that there are."""
    return min(inf if lower is None else lower, inf if upper is None else upper)


def taguchi(limit: Limits, mean: float, sd: float) -> float | None:
    """Return Cpm; None without a target or without two limits.

    Where the target is not in the middle it is the nearer limit that counts, min(U - T, T - L) in place of half the tolerance.

    Args:
        limit: with its target.
        mean: of the process.
        sd: of the process about its mean, > 0.

    Source: [BOYLES1991].
    """
    if limit.target is None or not limit.both:
        return None
    room = min(limit.upper - limit.target, limit.target - limit.lower)
    return room / (3.0 * about_target(limit.target, mean, sd))


def taguchi_nearer(limit: Limits, mean: float, sd: float) -> float | None:
    """Return Cpmk, the nearer side over the spread about the target; None without a target.

    Source: [PEARN1992].
    """
    if limit.target is None:
        return None
    return min(limit.upper - mean, mean - limit.lower) / (3.0 * about_target(limit.target, mean, sd))


def about_target(target: float, mean: float, sd: float) -> float:
    """Return the root of the mean squared distance from a target."""
    return sqrt(sd * sd + (mean - target) * (mean - target))


@dataclass(frozen=True, kw_only=True)
class Nonconforming:
    """Fractions outside of the limits.

    Args:
        basis: `observed`, `within`, `overall`, or the name of a distribution.
        below: fraction below the lower limit, 0 to 1.
        above: fraction above the upper limit, 0 to 1.
    """

    basis: str
    below: float
    above: float

    @property
    def total(self) -> float:
        """The fraction outside of either."""
        return min(self.below + self.above, 1.0)

    @property
    def z_bench(self) -> float | None:
        """The distance in standard deviations beyond which a normal process has as much in one tail; None where it is 0 or all."""
        return -normal_root(self.total) if 0.0 < self.total < 1.0 else None


def expected_nonconforming(limit: Limits, mean: float, sd: float, basis: str) -> Nonconforming:
    """Return the fractions that a normal process has outside of limits."""
    return Nonconforming(
        basis=basis,
        below=normal_below((limit.lower - mean) / sd) if isfinite(limit.lower) else 0.0,
        above=normal_below((mean - limit.upper) / sd) if isfinite(limit.upper) else 0.0,
    )


def observed_nonconforming(limit: Limits, values: tuple[float, ...]) -> Nonconforming:
    """Return the fractions of readings outside of limits; a reading on a limit conforms."""
    below, above = [x for x in values if x < limit.lower], [x for x in values if x > limit.upper]
    return Nonconforming(basis="observed", below=len(below) / len(values), above=len(above) / len(values))
