"""An empirical distribution: a sample, each value of which is as probable as every other."""

from math import ceil, inf, isfinite

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters
from openqi.science.numbers.sums import total


def check(parameters: Parameters) -> None:
    """Refuse an empty sample and values that are not finite."""
    if not parameters or not all(map(isfinite, parameters)):
        raise DomainError("empirical: the sample must have at least one value, and finite values only")


def arranged(parameters: Parameters) -> Parameters:
    """Return the sample in ascending order."""
    return tuple(sorted(parameters))


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments of the sample as it is, divided by its size."""
    size = len(parameters)
    mean = total(parameters) / size
    central = [total([(x - mean) ** order for x in parameters]) / size for order in (2, 3, 4)]
    return Moments(mean=mean, variance=central[0], third=central[1], fourth=central[2])


def cdf(parameters: Parameters, x: float) -> float:
    """Return the share of values of at most x."""
    low, high = 0, len(parameters)
    while low < high:
        middle = (low + high) // 2
        if parameters[middle] <= x:
            low = middle + 1
        else:
            high = middle
    return low / len(parameters)


def density(parameters: Parameters, x: float) -> float:
    """Return infinity at a value of the sample and 0 elsewhere."""
    return inf if x in parameters else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the first value with a share of at least p up to it."""
    size = len(parameters)
    return parameters[min(max(ceil(p * size) - 1, 0), size - 1)]


DISTRIBUTIONKIND = DistributionKind(
    name="empirical",
    parameters=("sample",),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[TN1900] table of distributions",
    lists=True,
    arranged=arranged,
)
