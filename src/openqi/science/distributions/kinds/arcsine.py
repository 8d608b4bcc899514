"""The arcsine (U-shaped) distribution: a quantity that swings as a sine of unknown phase."""

from math import sqrt

from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters, check_limits
from openqi.science.numbers.circular import unchecked_asin, unchecked_sin

PI = 3.141592653589793
HALF_PI = 1.5707963267948966


def check(parameters: Parameters) -> None:
    """Refuse limits out of order."""
    lower, upper = parameters
    check_limits("arcsine", lower, upper)


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    lower, upper = parameters
    half = 0.5 * (upper - lower)
    square = half * half
    return Moments(mean=lower + half, variance=square / 2.0, third=0.0, fourth=0.375 * square * square)


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    half = 0.5 * (parameters[1] - parameters[0])
    low = max((x - parameters[0]) / (2.0 * half), 0.0)
    high = max((parameters[1] - x) / (2.0 * half), 0.0)
    # As twice the arc of half the angle, which keeps the digits close to either limit.
    if low <= high:
        return 2.0 / PI * unchecked_asin(sqrt(min(low, 0.5)))
    return 1.0 - 2.0 / PI * unchecked_asin(sqrt(min(high, 0.5)))


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    inside = (x - parameters[0]) * (parameters[1] - x)
    return 1.0 / (PI * sqrt(inside)) if inside > 0.0 and parameters[0] < x < parameters[1] else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    s = unchecked_sin(HALF_PI * min(p, 1.0 - p))
    inward = (parameters[1] - parameters[0]) * (s * s)
    return parameters[0] + inward if p <= 0.5 else parameters[1] - inward


DISTRIBUTIONKIND = DistributionKind(
    name="arcsine",
    parameters=("lower", "upper"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.6",
)
