"""Constants of normal samples: d2, d3 and the distribution of the range, c4 of the standard deviation, d4 of the median range."""

from functools import cache
from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.numbers.elementary import exp
from openqi.science.numbers.exponential import unchecked_power
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.quadrature import integral
from openqi.science.numbers.special import incomplete_gamma_inverse
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


def range_within(n: int, r: float) -> tuple[float, float]:
    """Return the probabilities that the range of n standard normal quantities is at most r, and that it is more.

    Both are right to 1e-13: below and above 0 the least of them is looked at by the rule of equal steps.

    Args:
        n: 2 to 1000.
        r: >= 0.

    Raises:
        DomainError: n lies outside.

    Source: [TIPPETT1925].
    """
    _check(n)
    if not r > 0.0:
        return 0.0, 1.0
    # Given the least, x, the others all lie in (x, x + r): with probability share^(n-1) of (1 - share)^(n-1) ways less.
    beyond = []
    for x in _grid():
        above = normal_below(-x)
        outside = normal_below(-x - r)
        beyond.append(_PER_ROOT_TWO_PI * exp(-0.5 * x * x) * _power_gap(above, outside, n - 1))
    more = min(n * _STEP * total(beyond), 1.0)
    return 1.0 - more, more


def _power_gap(whole: float, part: float, power: int) -> float:
    """whole**power - (whole - part)**power of 0 <= part <= whole, with all digits where part is small."""
    if part < 1e-3 * whole:
        # The sum of the geometric series (whole - part)^k whole^(power - 1 - k), times part: nothing cancels.
        ratio, term, series = (whole - part) / whole, 1.0, 0.0
        for _ in range(power):
            series += term
            term *= ratio
        return part * series * unchecked_power(whole, power - 1.0) if power > 1 else part
    return unchecked_power(whole, float(power)) - (unchecked_power(whole - part, float(power)) if whole > part else 0.0)


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


@cache
def median_range(n: int) -> float:
    """Return the median range (d4) of n standard normal quantities, n from 2 to 1000.

    Raises:
        DomainError: n lies outside.

    Source: [FERRELL1953].
    """
    _check(n)
    if n == 2:
        return D4
    low, high = 0.0, 2.0 * d2(n)
    for _ in range(60):
        middle = 0.5 * (low + high)
        if range_within(n, middle)[0] < 0.5:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@cache
def median_deviation(n: int) -> float:
    """Return the median standard deviation of n normal readings over their true one, n from 2 to 1000.

    Raises:
        DomainError: n lies outside.

    Source: [DLMF] 8.2: the root of the median of chi-squared over its degrees of freedom.
    """
    _check(n)
    return sqrt(2.0 * incomplete_gamma_inverse(0.5 * (n - 1.0), 0.5) / (n - 1.0))
