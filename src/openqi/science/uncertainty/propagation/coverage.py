"""The coverage factor of an expanded uncertainty, from a coverage probability and the degrees of freedom behind a result."""

from functools import lru_cache
from math import floor, inf

from openqi.kernel.errors import DomainError
from openqi.science.numbers.special import t_quantile

_ENDLESS = 1e9  # more degrees of freedom than that make no difference that any report shows


def whole_freedom(dof: float) -> float:
    """Return effective degrees of freedom cut to a whole number; what is whole but for a rounding error is not cut by one.

    Args:
        dof: effective, > 0, perhaps inf; so is the result, from a thousand million on.

    Raises:
        DomainError: they are below 1.

    Source: [GUM] G.4.1, note 1.
    """
    if dof > _ENDLESS:
        return inf
    whole = float(floor(dof * (1.0 + 1e-12)))
    if whole < 1.0:
        raise DomainError(f"{dof:.3g} effective degrees of freedom are below 1; take more readings")
    return whole


@lru_cache(maxsize=1024)
def coverage_factor(probability: float, dof: float) -> float:
    """Return the coverage factor of a coverage probability, from the t distribution.

    Args:
        probability: between 0 and 1.
        dof: degrees of freedom, >= 1, perhaps inf.

    Raises:
        DomainError: one of them lies outside.

    Source: [GUM] G.6.4.
    """
    check_probability(probability)
    return t_quantile((1.0 + probability) / 2.0, dof)


def check_probability(probability: float) -> None:
    """Raise DomainError unless a coverage probability lies between 0 and 1."""
    if not 0.0 < probability < 1.0:
        raise DomainError(f"the coverage probability is {probability!r}; it lies between 0 and 1, for example 0.95")
