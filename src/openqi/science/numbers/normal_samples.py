"""Constants of normal samples: d2 and d3 of the range, c4 of the standard deviation, d4 of the median range of two."""

from functools import cache
from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.numbers.elementary import exp
from openqi.science.numbers.exponential import unchecked_power
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.quadrature import integral
from openqi.science.numbers.sums import total

MOST = 1000
D4 = 0.9538725524089398
"""Median of the range of two: the root of 2 times the normal quantile of 3/4."""
_STEP = 0.125
_REACH = 10.0
_PER_ROOT_TWO_PI = 0.3989422804014327

_D3 = (  # of 2 to 25, as `_deviation_of_range` has them
    0.8525024664274109,
    0.8883680040451911,
    0.8798082028249655,
    0.8640819410994821,
    0.8480396861174704,
    0.8332053356222497,
    0.8198314897918977,
    0.8078342745532888,
    0.797050673519374,
    0.7873146205502899,
    0.7784783412033429,
    0.7704162020637149,
    0.763023095624732,
    0.7562114297278841,
    0.7499080894098669,
    0.7440517839606776,
    0.7385908533781281,
    0.7334814955188274,
    0.7286863457072654,
    0.7241733407174639,
    0.7199148084341755,
    0.7158867354917595,
    0.7120681751478717,
    0.7084407658885861,
)


def _check(n: int) -> None:
    if not 2 <= n <= MOST:
        raise DomainError(f"a subgroup of {n}: constants are known for 2 to {MOST} readings")


def _grid() -> list[float]:
    steps = int(_REACH / _STEP)
    return [_STEP * place for place in range(-steps, steps + 1)]


@cache
def d2(n: int) -> float:
    """Return the expected range of n standard normal quantities, n from 2 to 1000.

    The rule of equal steps converges geometrically for such an integrand: at a step of 1/8 nothing is left to gain.

    Raises:
        DomainError: n lies outside.

    Source: [TIPPETT1925]; tables of [MONTGOMERY] appendix VI.
    """
    _check(n)
    if n == 2:
        return 1.1283791670955126  # 2 / sqrt(pi)
    # Below and above 0 the integrand is the same; either tail is taken where it is small, so that no digit is lost.
    terms = []
    for x in _grid():
        p, q = normal_below(x), normal_below(-x)
        terms.append((1.0 - unchecked_power(p, float(n))) - unchecked_power(q, float(n)))
    return _STEP * total(terms)


@cache
def d3(n: int) -> float:
    """Return the standard deviation of the range of n standard normal quantities, n from 2 to 1000.

    Raises:
        DomainError: n lies outside.

    Source: [TIPPETT1925]; tables of [MONTGOMERY] appendix VI.
    """
    _check(n)
    return _D3[n - 2] if n - 2 < len(_D3) else _deviation_of_range(n)


def _deviation_of_range(n: int) -> float:
    """From the chance that all lie within a range; it takes a fifth of a second."""
    grid = [(x, _PER_ROOT_TWO_PI * exp(-0.5 * x * x), normal_below(x)) for x in _grid()]

    def beyond(r: float) -> float:
        within = n * _STEP * total([density * unchecked_power(normal_below(x + r) - p, n - 1.0) for x, density, p in grid])
        return 2.0 * r * (1.0 - within)

    return sqrt(integral(beyond, 0.0, 16.0, panels=8, points=12) - d2(n) * d2(n))


@cache
def c4(n: float) -> float:
    """Return the expected standard deviation of n >= 2 normal readings over their true one; n need not be whole.

    Raises:
        DomainError: n is less than 2 (or not more than 1 where it is not whole).

    Source: [MONTGOMERY] section 6.3, [DLMF] 5.11.13.
    """
    if not n > 1.0:
        raise DomainError(f"c4 of {n}: a standard deviation needs more than one reading")
    a = 0.5 * (n - 1.0)
    root, factor = sqrt(a), 1.0
    # Gamma(a + 1/2) / Gamma(a) by its series, after steps up to where that has all digits: no difference of large logarithms.
    while a < 50.0:
        factor *= a / (a + 0.5)
        a += 1.0
    v = 1.0 / a
    series = 5.0 / 1024.0 - v * (21.0 / 32768.0 + v * (399.0 / 262144.0 - v * 869.0 / 4194304.0))
    return factor * sqrt(a) / root * (1.0 - v * (1.0 / 8.0 - v * (1.0 / 128.0 + v * series)))
