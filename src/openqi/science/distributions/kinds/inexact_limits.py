"""The curvilinear trapezoid: limits are known, but each only within an inexactness to either side."""

from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters, check_limits
from openqi.science.numbers.exponential import unchecked_log
from openqi.science.numbers.gamma_functions import deviance


def check(parameters: Parameters) -> None:
    """Refuse limits out of order, and an inexactness in which they could meet."""
    lower, upper, inexactness = parameters
    check_limits("inexact-limits", lower, upper)
    # Smaller ones leave no digits of the height, and are rectangular to twelve digits.
    if not 5e-7 * (upper - lower) <= inexactness < 0.5 * (upper - lower):
        raise DomainError(
            f"inexact-limits: inexactness {inexactness}; it must be below half the width {upper - lower}, and at least one "
            "millionth of it (below that take rectangular)"
        )


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    lower, upper, d = parameters
    half = 0.5 * (upper - lower)
    h, e = half * half, d * d
    return Moments(mean=lower + half, variance=h / 3.0 + e / 9.0, third=0.0, fourth=(h * h + 2.0 * h * e + e * e / 5.0) / 5.0)


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    half, d = 0.5 * (parameters[1] - parameters[0]), parameters[2]
    z = x - (parameters[0] + half)
    far = abs(z)
    if far <= half - d:
        return 0.5 + z * unchecked_log((half + d) / (half - d)) / (4.0 * d)
    tail = deviance(far, half + d, far - (half + d)) / (4.0 * d) if far < half + d else 0.0
    return tail if z < 0.0 else 1.0 - tail


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    half, d = 0.5 * (parameters[1] - parameters[0]), parameters[2]
    far = max(abs(x - (parameters[0] + half)), half - d)
    return unchecked_log((half + d) / far) / (4.0 * d) if far < half + d else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    half, d = 0.5 * (parameters[1] - parameters[0]), parameters[2]
    middle, outer, inner = parameters[0] + half, half + d, half - d
    height = unchecked_log(outer / inner) / (4.0 * d)
    if abs(p - 0.5) <= inner * height:
        return middle + (p - 0.5) / height
    # Newton on r log r + 1 - r = c, convex, from the left: one way to the root, without a step beyond it.
    c = 4.0 * d * min(p, 1.0 - p) / outer
    short = min(sqrt(2.0 * c), 1.0 - inner / outer)
    for _ in range(60):
        r = 1.0 - short
        step = (deviance(r, 1.0, -short) - c) / -unchecked_log(r)
        short -= step
        if abs(step) <= 1e-15 * short:
            break
    far = outer * (1.0 - short)
    return middle - far if p < 0.5 else middle + far


DISTRIBUTIONKIND = DistributionKind(
    name="inexact-limits",
    parameters=("lower", "upper", "inexactness"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.3",
)
