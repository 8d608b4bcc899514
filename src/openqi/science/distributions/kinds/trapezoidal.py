"""The symmetric trapezoidal distribution: the sum of two unequal rectangular ones."""

from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters, check_limits


def check(parameters: Parameters) -> None:
    """Refuse limits out of order, or a ratio of top to base outside of 0 to 1."""
    lower, upper, ratio = parameters
    check_limits("trapezoidal", lower, upper)
    if not 0.0 <= ratio <= 1.0:
        raise DomainError(f"trapezoidal: ratio {ratio} of top to base; it must lie in [0, 1]")


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    lower, upper, ratio = parameters
    half = 0.5 * (upper - lower)
    square = half * half
    b = ratio * ratio
    return Moments(
        mean=lower + half, variance=square * (1.0 + b) / 6.0, third=0.0, fourth=square * square * (1.0 + b + b * b) / 15.0
    )


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    half, ratio = 0.5 * (parameters[1] - parameters[0]), parameters[2]
    z = (x - (parameters[0] + half)) / half
    if abs(z) <= ratio:
        return 0.5 + z / (1.0 + ratio)
    rest = max(1.0 - abs(z), 0.0)
    tail = 0.5 * rest * rest / (1.0 - ratio * ratio) if rest > 0.0 else 0.0
    return tail if z < 0.0 else 1.0 - tail


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    half, ratio = 0.5 * (parameters[1] - parameters[0]), parameters[2]
    z = abs(x - (parameters[0] + half)) / half
    if z <= ratio:
        return 1.0 / (half * (1.0 + ratio))
    return max(1.0 - z, 0.0) / (half * (1.0 - ratio * ratio)) if z < 1.0 else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    half, ratio = 0.5 * (parameters[1] - parameters[0]), parameters[2]
    tail = min(p, 1.0 - p)
    corner = 0.5 * (1.0 - ratio) / (1.0 + ratio)
    if tail >= corner:
        return parameters[0] + half + half * (p - 0.5) * (1.0 + ratio)
    inward = half * sqrt(2.0 * tail * (1.0 - ratio * ratio))
    return parameters[0] + inward if p < 0.5 else parameters[1] - inward


DISTRIBUTIONKIND = DistributionKind(
    name="trapezoidal",
    parameters=("lower", "upper", "ratio"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.4",
)
