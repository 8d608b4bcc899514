"""The beta distribution between two limits: a share known from counted cases, among others."""

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters, check_limits
from openqi.science.numbers.beta_functions import beta_both, beta_root, lacking


def check(parameters: Parameters) -> None:
    """Refuse shapes that are not positive, and limits out of order."""
    first, second, lower, upper = parameters
    if not (0.0 < first <= 1e9 and 0.0 < second <= 1e9):
        raise DomainError(f"beta: shapes {first} and {second}; both must be positive and at most 1e9")
    check_limits("beta", lower, upper)


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    a, b, lower, upper = parameters
    n, width = a + b, upper - lower
    variance = a / n * (b / n) / (n + 1.0)
    third = variance * 2.0 * (b - a) / (n * (n + 2.0))
    fourth = 3.0 * variance * (2.0 * (b - a) * (b - a) + a * b * (n + 2.0)) / (n * n * (n + 2.0) * (n + 3.0))
    square = width * width
    return Moments(
        mean=lower + width * (a / n), variance=variance * square, third=third * square * width, fourth=fourth * square * square
    )


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    a, b, width = parameters[0], parameters[1], parameters[3] - parameters[2]
    low, high = (x - parameters[2]) / width, (parameters[3] - x) / width
    if low <= 0.0 or high <= 0.0:
        return 0.0 if low <= 0.0 else 1.0
    return beta_both(a, b, low, high, lacking(a, b))[0]


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    a, b, width = parameters[0], parameters[1], parameters[3] - parameters[2]
    low, high = (x - parameters[2]) / width, (parameters[3] - x) / width
    if low <= 0.0 or high <= 0.0:
        return 0.0
    return beta_both(a, b, low, high, lacking(a, b))[2] / (low * high * width)


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    low, high = beta_root(parameters[0], parameters[1], p, 1.0 - p)
    width = parameters[3] - parameters[2]
    return parameters[2] + width * low if low <= high else parameters[3] - width * high


DISTRIBUTIONKIND = DistributionKind(
    name="beta",
    parameters=("first", "second", "lower", "upper"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[DLMF] 8.17; [TN1900] table of distributions",
)
