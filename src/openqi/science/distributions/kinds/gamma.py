"""The gamma distribution: a rate known from counted events, among others."""

from math import inf, isfinite

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters
from openqi.science.numbers.gamma_functions import gamma_both, gamma_root


def check(parameters: Parameters) -> None:
    """Refuse a shape or scale that is not positive."""
    shape, scale = parameters
    if not (0.0 < shape <= 1e9 and isfinite(scale) and scale > 0.0):
        raise DomainError(f"gamma: shape {shape}, scale {scale}; both must be positive, shape at most 1e9 and scale finite")


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments."""
    shape, scale = parameters
    square = scale * scale
    return Moments(
        mean=shape * scale,
        variance=shape * square,
        third=2.0 * shape * square * scale,
        fourth=3.0 * shape * (shape + 2.0) * square * square,
    )


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    z = x / parameters[1]
    if z <= 0.0:
        return 0.0
    return gamma_both(parameters[0], z)[0] if z < inf else 1.0


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    z = x / parameters[1]
    return gamma_both(parameters[0], z)[2] / x if 0.0 < z < inf else 0.0


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    return parameters[1] * gamma_root(parameters[0], p, 1.0 - p)


DISTRIBUTIONKIND = DistributionKind(
    name="gamma",
    parameters=("shape", "scale"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.11",
)
