"""The rectangular distribution: only limits are known."""

from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters, check_limits


def check(parameters: Parameters) -> None:
    """Refuse limits out of order."""
    lower, upper = parameters
    check_limits("rectangular", lower, upper)


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    lower, upper = parameters
    half = 0.5 * (upper - lower)
    square = half * half
    return Moments(mean=lower + half, variance=square / 3.0, third=0.0, fourth=square * square / 5.0)


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return min(max((x - parameters[0]) / (parameters[1] - parameters[0]), 0.0), 1.0)


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    return 1.0 / (parameters[1] - parameters[0]) if parameters[0] <= x <= parameters[1] else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    return parameters[0] + (parameters[1] - parameters[0]) * p


DISTRIBUTIONKIND = DistributionKind(
    name="rectangular",
    parameters=("lower", "upper"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.2",
)
