"""The scaled and shifted t distribution: what a mean of few readings says, scale being its standard uncertainty."""

from math import inf, isfinite, nan, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.distributions.distribution import DistributionKind, Moments, Parameters
from openqi.science.numbers.beta_functions import t_root, t_tail
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.gamma_functions import log_of_gamma

PI = 3.141592653589793


def check(parameters: Parameters) -> None:
    """Refuse a scale that is not positive, or degrees of freedom that are not positive and finite."""
    mean, scale, dof = parameters
    if not (isfinite(mean) and isfinite(scale) and scale > 0.0):
        raise DomainError(f"t: mean {mean}, scale {scale}; both must be finite and scale positive")
    if not 0.0 < dof <= 1e15:
        raise DomainError(f"t: {dof} degrees of freedom; it must be positive and at most 1e15 (take normal for infinitely many)")


def moments(parameters: Parameters) -> Moments:
    """Return mean and central moments; infinite, or NaN, where the dof are too few for one."""
    mean, scale, dof = parameters
    variance = scale * scale * (dof / (dof - 2.0)) if dof > 2.0 else inf
    fourth = 3.0 * variance * variance * ((dof - 2.0) / (dof - 4.0)) if dof > 4.0 else inf
    return Moments(mean=mean if dof > 1.0 else nan, variance=variance, third=0.0 if dof > 3.0 else nan, fourth=fourth)


def cdf(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    z = (x - parameters[0]) / parameters[1]
    return 1.0 - t_tail(z, parameters[2]) if z > 0.0 else t_tail(-z, parameters[2])


def density(parameters: Parameters, x: float) -> float:
    """Return the density at x."""
    scale, dof = parameters[1], parameters[2]
    z = (x - parameters[0]) / scale
    # The two logarithms of gamma functions lose digits against each other above 1e4, and there the difference is a short series.
    if dof > 1e4:
        front = 0.3989422804014327 * (1.0 - 0.25 / dof + 0.03125 / (dof * dof))
    else:
        front = unchecked_exp(log_of_gamma(0.5 * dof + 0.5) - log_of_gamma(0.5 * dof)) / sqrt(dof * PI)
    square = z * z / dof
    if square == inf:
        return 0.0
    # log(1 + s) without the digits that 1 + s loses.
    grown = 1.0 + square
    log_grown = unchecked_log(grown) - ((grown - 1.0) - square) / grown
    return front / scale * unchecked_exp(-0.5 * (dof + 1.0) * log_grown)


def quantile(parameters: Parameters, p: float) -> float:
    """Return the quantile of p."""
    return parameters[0] + parameters[1] * t_root(p, parameters[2])


DISTRIBUTIONKIND = DistributionKind(
    name="t",
    parameters=("mean", "scale", "dof"),
    check=check,
    moments=moments,
    cdf=cdf,
    density=density,
    quantile=quantile,
    source="[JCGM101] clause 6.4.9",
)
