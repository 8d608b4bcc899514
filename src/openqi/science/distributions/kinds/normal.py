"""The normal distribution: what a standard uncertainty alone, or one with an expanded uncertainty from a certificate, says."""

from math import isfinite

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters
from openqi.science.numbers.exponential import unchecked_exp
from openqi.science.numbers.normal_functions import normal_below, normal_root

ONE_OVER_ROOT_TWO_PI = 0.3989422804014327


def check(parameters: Parameters) -> None:
    """Refuse an sd that is not positive."""
    mean, sd = parameters
    if not (isfinite(mean) and isfinite(sd) and sd > 0.0):
        raise DomainError(f"normal: mean {mean}, sd {sd}; both must be finite and sd positive")


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    mean, sd = parameters
    return Moments(mean=mean, variance=sd * sd, third=0.0, fourth=3.0 * (sd * sd) * (sd * sd))


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return normal_below((x - parameters[0]) / parameters[1])


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    z = (x - parameters[0]) / parameters[1]
    return ONE_OVER_ROOT_TWO_PI / parameters[1] * unchecked_exp(-0.5 * z * z)


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    return parameters[0] + parameters[1] * normal_root(p)


DISTRIBUTIONKIND = DistributionKind(
    name="normal",
    parameters=("mean", "sd"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.7",
)
