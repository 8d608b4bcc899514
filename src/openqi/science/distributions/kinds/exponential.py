"""The exponential distribution: a quantity that is not negative, and its best estimate."""

from math import isfinite

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log


def check(parameters: Parameters) -> None:
    """Refuse a mean that is not positive."""
    (mean,) = parameters
    if not (isfinite(mean) and mean > 0.0):
        raise DomainError(f"exponential: mean {mean}; it must be finite and positive")


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    (mean,) = parameters
    square = mean * mean
    return Moments(mean=mean, variance=square, third=2.0 * square * mean, fourth=9.0 * square * square)


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    z = max(x, 0.0) / parameters[0]
    if z > 0.01:
        return 1.0 - unchecked_exp(-z)
    return z * (1.0 - z / 2.0 * (1.0 - z / 3.0 * (1.0 - z / 4.0 * (1.0 - z / 5.0 * (1.0 - z / 6.0 * (1.0 - z / 7.0))))))


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    return unchecked_exp(-x / parameters[0]) / parameters[0] if x >= 0.0 else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    if p > 0.01:
        return -parameters[0] * unchecked_log(1.0 - p)
    return parameters[0] * p * (1.0 + p * (1 / 2 + p * (1 / 3 + p * (1 / 4 + p * (1 / 5 + p * (1 / 6 + p * (1 / 7 + p / 8)))))))


DISTRIBUTIONKIND = DistributionKind(
    name="exponential",
    parameters=("mean",),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.10",
)
