"""The symmetric triangular distribution: the sum of two equal rectangular ones."""

from math import sqrt

from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters, check_limits


def check(parameters: Parameters) -> None:
    """Refuse limits out of order."""
    lower, upper = parameters
    check_limits("triangular", lower, upper)


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    lower, upper = parameters
    half = 0.5 * (upper - lower)
    square = half * half
    return Moments(mean=lower + half, variance=square / 6.0, third=0.0, fourth=square * square / 15.0)


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    half = 0.5 * (parameters[1] - parameters[0])
    if x <= parameters[0] + half:
        low = max((x - parameters[0]) / half, 0.0)
        return 0.5 * low * low
    high = max((parameters[1] - x) / half, 0.0)
    return 1.0 - 0.5 * high * high


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    half = 0.5 * (parameters[1] - parameters[0])
    return max(half - abs(x - (parameters[0] + half)), 0.0) / (half * half)


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    half = 0.5 * (parameters[1] - parameters[0])
    if p <= 0.5:
        return parameters[0] + half * sqrt(2.0 * p)
    return parameters[1] - half * sqrt(2.0 * (1.0 - p))


DISTRIBUTIONKIND = DistributionKind(
    name="triangular",
    parameters=("lower", "upper"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.5",
)
