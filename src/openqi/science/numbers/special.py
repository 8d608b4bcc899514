"""Functions of distributions: normal and t, incomplete beta and gamma, the gamma function, and their inverses."""

from math import inf, isinf, isnan

from openqi.kernel.errors import DomainError
from openqi.science.numbers.beta_functions import beta_both, beta_root, lacking, t_root, t_tail
from openqi.science.numbers.gamma_functions import gamma_both, gamma_root, log_of_gamma
from openqi.science.numbers.normal_functions import normal_below, normal_root

HIGHEST = 1e15
"""Parameters of the incomplete functions beyond this lie where their series would not end."""


def normal_cdf(x: float) -> float:
    """Return the probability that a standard normal quantity is at most x.

    Raises:
        DomainError: x is no number.

    Source: [CODY1969].
    """
    if isnan(x):
        raise DomainError("normal_cdf: x = nan; it must be a number")
    return normal_below(x)


def normal_quantile(p: float) -> float:
    """Return the standard normal quantile of p in (0, 1).

    Raises:
        DomainError: p lies outside.

    Source: [AS241] PPND16.
    """
    _inside("normal_quantile", p)
    return normal_root(p)


def t_cdf(x: float, dof: float) -> float:
    """Return the probability that a t quantity of `dof` > 0 degrees of freedom (perhaps infinitely many) is at most x.

    Raises:
        DomainError: x is no number, or `dof` is not positive.

    Source: [DLMF] 8.17.
    """
    if isnan(x):
        raise DomainError("t_cdf: x = nan; it must be a number")
    _positive_dof("t_cdf", dof)
    if dof > HIGHEST:
        return normal_below(x)
    return 1.0 - t_tail(x, dof) if x > 0.0 else t_tail(-x, dof)


def t_quantile(p: float, dof: float) -> float:
    """Return the quantile of p in (0, 1) of the t distribution of `dof` > 0 degrees of freedom, perhaps infinitely many.

    Raises:
        DomainError: p or `dof` lies outside, or the quantile is beyond floats.

    Source: [DLMF] 8.17.
    """
    _inside("t_quantile", p)
    _positive_dof("t_quantile", dof)
    found = normal_root(p) if dof > HIGHEST else t_root(p, dof)
    if isinf(found):
        raise DomainError(f"t_quantile: p = {p}, dof = {dof}: the quantile is beyond floats; take more degrees of freedom")
    return found


def log_gamma(x: float) -> float:
    """Return the natural logarithm of the gamma function of x > 0, within 1e-14 absolutely or relatively.

    Raises:
        DomainError: x is not positive, or beyond 1e305.

    Source: [DLMF] 5.11.1.
    """
    if not 0.0 < x <= 1e305:
        raise DomainError(f"log_gamma: x = {x}; it must lie in (0, 1e305]")
    return log_of_gamma(x)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b) of a, b > 0 and x in [0, 1].

    Raises:
        DomainError: an argument lies outside.

    Source: [DLMF] 8.17.
    """
    _positive("incomplete_beta", "a", a)
    _positive("incomplete_beta", "b", b)
    _closed("incomplete_beta", "x", x)
    return x if x in {0.0, 1.0} else beta_both(a, b, x, 1.0 - x, lacking(a, b))[0]


def incomplete_beta_inverse(a: float, b: float, p: float) -> float:
    """Return the x for which I_x(a, b) is p in [0, 1].

    Raises:
        DomainError: an argument lies outside.
    """
    _positive("incomplete_beta_inverse", "a", a)
    _positive("incomplete_beta_inverse", "b", b)
    _closed("incomplete_beta_inverse", "p", p)
    return p if p in {0.0, 1.0} else beta_root(a, b, p, 1.0 - p)[0]


def incomplete_gamma(a: float, x: float) -> float:
    """Return the regularised lower incomplete gamma function P(a, x) of a > 0 and x >= 0.

    Raises:
        DomainError: an argument lies outside.

    Source: [DLMF] 8.2.
    """
    _positive("incomplete_gamma", "a", a)
    if not x >= 0.0:
        raise DomainError(f"incomplete_gamma: x = {x}; it must be at least 0")
    if x in {0.0, inf}:
        return 0.0 if x == 0.0 else 1.0
    return gamma_both(a, x)[0]


def incomplete_gamma_inverse(a: float, p: float) -> float:
    """Return the x for which P(a, x) is p in [0, 1).

    Raises:
        DomainError: an argument lies outside.
    """
    _positive("incomplete_gamma_inverse", "a", a)
    if not 0.0 <= p < 1.0:
        raise DomainError(f"incomplete_gamma_inverse: p = {p}; it must lie in [0, 1)")
    return 0.0 if p == 0.0 else gamma_root(a, p, 1.0 - p)


def _inside(name: str, p: float) -> None:
    if not 0.0 < p < 1.0:
        raise DomainError(f"{name}: p = {p}; it must lie between 0 and 1, both excluded")


def _closed(name: str, argument: str, value: float) -> None:
    if not 0.0 <= value <= 1.0:
        raise DomainError(f"{name}: {argument} = {value}; it must lie in [0, 1]")


def _positive(name: str, argument: str, value: float) -> None:
    if not 0.0 < value <= HIGHEST:
        raise DomainError(f"{name}: {argument} = {value}; it must be positive and at most 1e15")


def _positive_dof(name: str, dof: float) -> None:
    if not dof > 0.0:
        raise DomainError(f"{name}: {dof} degrees of freedom; there must be more than 0 (inf is allowed)")
