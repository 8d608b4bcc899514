"""The rectangular distribution: only limits are known."""

from math import isfinite

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters


def check(parameters: Parameters) -> None:
    """Refuse limits out of order."""
    lower, upper = parameters
    if not (isfinite(lower) and isfinite(upper) and lower < upper):
        raise DomainError(f"rectangular: lower {lower}, upper {upper}; both must be finite and lower below upper")


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
