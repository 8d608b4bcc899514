"""Expected ranges and standard deviations of normal subgroups: d2, d3, c4, computed from their definitions."""

from functools import cache
from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.numbers.elementary import exp
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.special import log_gamma

LARGEST = 100
"""Larger subgroups are refused by what works with ranges."""
_ROOT_OF_TWO_PI = 2.5066282746310002
_STEP = 0.125
_D3 = (  # of 2 to 25, as `_deviation_of_range` has them
    0.8525024664274218,
    0.8883680040452031,
    0.8798082028249827,
    0.8640819410995058,
    0.8480396861174914,
    0.8332053356222882,
    0.8198314897919344,
    0.8078342745533108,
    0.797050673519403,
    0.7873146205503135,
    0.7784783412033635,
    0.7704162020637149,
    0.7630230956247588,
    0.7562114297278982,
    0.7499080894098633,
    0.7440517839606716,
    0.7385908533781221,
    0.7334814955188019,
    0.7286863457072204,
    0.7241733407174025,
    0.7199148084341213,
    0.715886735491695,
    0.7120681751478193,
    0.7084407658885109,
)


@cache
def c4(size: int) -> float:
    """Return the expected standard deviation of a normal subgroup of `size` >= 2, in sigma.

    Raises:
        DomainError: the size is below 2.

    Source: [MONTGOMERY] section 6.3.
    """
    if size < 2:
        raise DomainError(f"c4 of a subgroup of {size}; a standard deviation takes two values")
    return sqrt(2.0 / (size - 1)) * exp(log_gamma(size / 2.0) - log_gamma((size - 1) / 2.0))


@cache
def d2(size: int) -> float:
    """Return the expected range of a normal subgroup of 2 to 100, in sigma, within 1e-13.

    Raises:
        DomainError: the size lies outside.

    Source: [MONTGOMERY] section 6.2.
    """
    _check(size)
    if size == 2:
        return 1.1283791670955126
    # The integrand is smooth and gone at both ends: equal steps are as good as any rule.
    return sum(_range_integrand(-9.0 + _STEP * place, size) for place in range(145)) * _STEP


@cache
def d3(size: int) -> float:
    """Return the standard deviation of the range of a normal subgroup of 2 to 100, in sigma, within 1e-9.

    Raises:
        DomainError: the size lies outside.

    Source: [MONTGOMERY] section 6.2.
    """
    _check(size)
    return _D3[size - 2] if size - 2 < len(_D3) else _deviation_of_range(size)


def _deviation_of_range(size: int) -> float:
    """From the density of the range."""
    # E[R^2] over the range w, with w = exp(t - exp(-t)) so that equal steps in t are as good as any rule.
    second = 0.0
    for place in range(-58, 52):
        t = place * 0.05
        width = exp(t - exp(-t))
        second += width * width * _range_density(width, size) * width * (1.0 + exp(-t)) * 0.05
    return sqrt(second - d2(size) ** 2)


def _check(size: int) -> None:
    if not 2 <= size <= LARGEST:
        raise DomainError(f"the range of a subgroup of {size}; from 2 to {LARGEST}, beyond it take standard deviations")


def _range_integrand(x: float, size: int) -> float:
    below = normal_below(x)
    return 1.0 - _to(1.0 - below, size) - _to(below, size)


def _range_density(width: float, size: int) -> float:
    """The density of the range."""
    found = 0.0
    # Symmetric about -width / 2, beyond nine sigma of which nothing is left.
    for place in range(-72, 73):
        x = -width / 2.0 + _STEP * place
        y = x + width
        if x * x + y * y < 90.0:  # beyond, the density is below 1e-19
            found += exp(-0.5 * (x * x + y * y)) * _to(normal_below(y) - normal_below(x), size - 2)
    return size * (size - 1) * found * _STEP / (_ROOT_OF_TWO_PI * _ROOT_OF_TWO_PI)


def _to(base: float, times: int) -> float:
    """A whole power by squaring: the same bits everywhere, and 0 to the power 0 is 1."""
    result = 1.0
    while times:
        if times & 1:
            result *= base
        base *= base
        times >>= 1
    return result
