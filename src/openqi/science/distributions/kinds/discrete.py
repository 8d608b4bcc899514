"""A discrete distribution: some values, each with its probability; a single value is a constant."""

from math import inf, isfinite

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters
from openqi.science.numbers.sums import total


def check(parameters: Parameters) -> None:
    """Refuse values that are not finite or come twice, and probabilities that are not positive or do not make one."""
    half = len(parameters) // 2
    values, probabilities = parameters[:half], parameters[half:]
    if half == 0 or len(probabilities) != half:
        raise DomainError("discrete: values and probabilities must be equally many, at least one each")
    if not all(map(isfinite, values)) or len(set(values)) < half:
        raise DomainError("discrete: values must be finite and each stated once")
    if not all(0.0 < p <= 1.0 for p in probabilities) or abs(total(probabilities) - 1.0) > 1e-9:
        raise DomainError(f"discrete: probabilities sum to {total(probabilities)}; each must be positive and their sum 1")


def arranged(parameters: Parameters) -> Parameters:
    """Return the values in ascending order, each with its probability."""
    half = len(parameters) // 2
    pairs = sorted(zip(parameters[:half], parameters[half:], strict=False))
    return (*(value for value, _ in pairs), *(p for _, p in pairs))


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    half = len(parameters) // 2
    values, weights = parameters[:half], parameters[half:]
    mean = total([v * p for v, p in zip(values, weights, strict=True)])
    central = [total([p * (v - mean) ** order for v, p in zip(values, weights, strict=True)]) for order in (2, 3, 4)]
    return Moments(mean=mean, variance=central[0], third=central[1], fourth=central[2])


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    half = len(parameters) // 2
    if x >= parameters[half - 1]:
        return 1.0
    below = 0.0
    for place in range(half):
        if parameters[place] > x:
            break
        below += parameters[half + place]
    return below


def density(parameters: Parameters, x: float) -> float:
    """Return infinity at a value and 0 elsewhere."""
    return inf if x in parameters[: len(parameters) // 2] else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the first value with a probability of at least p up to it."""
    half = len(parameters) // 2
    below = 0.0
    for place in range(half - 1):
        below += parameters[half + place]
        if p <= below:
            return parameters[place]
    return parameters[half - 1]


DISTRIBUTIONKIND = DistributionKind(
    name="discrete",
    parameters=("values", "probabilities"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.1 and [TN1900], table of distributions",
    lists=True,
    arranged=arranged,
)
