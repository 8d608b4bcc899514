"""How well a distribution fits readings: the statistic of Anderson and Darling, and what it means for a normal one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from types import MappingProxyType
from typing import Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.numbers.compiled import compiled, is_fast
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.exponential import unchecked_log
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.sums import total

LEAST = 1e-300
PAYS_FROM = 20_000
"""So many readings take longer in plain Python than it takes to load what was compiled."""
Rows = tuple[tuple[float, float], ...]


def anderson_darling(ordered: Sequence[float], below: Callable[[float], float], above: Callable[[float], float]) -> float:
    """Return the squared distance A^2 of readings from a distribution.

    Args:
        ordered: readings, from the smallest.
        below: probability of at most x.
        above: probability of more than x, without cancellation.

    Source: [STEPHENS1986] section 4.2.
    """
    n = len(ordered)
    logs = [(log(max(below(x), LEAST)), log(max(above(x), LEAST))) for x in ordered]
    return -n - total([(2 * place + 1) * (logs[place][0] + logs[n - 1 - place][1]) for place in range(n)]) / n


def normality(values: Sequence[float]) -> tuple[float, float]:
    """Return A^2 of readings from a normal distribution of their own mean and standard deviation, and its p-value.

    Raises:
        DomainError: fewer than 8 readings, for which the formula of the p-value was not made, or all are equal.

    Source: [STEPHENS1986] table 4.9, case 3.
    """
    if len(values) < 8:
        raise DomainError(f"{len(values)} readings: this test of normality needs at least 8")
    found = moments(values)
    if not found.sd > 0.0:
        raise DomainError("all readings are equal: there is no distribution to test")
    sd, n = found.sd, len(values)
    scaled = sorted((value - found.mean) / sd for value in values)
    statistic = -n - _of_normal(scaled) / n
    return statistic, normal_p_value(statistic * (1.0 + 0.75 / n + 2.25 / (n * n)))


def _of_normal(ordered: Sequence[float]) -> float:
    """The sum in A^2 of a standard normal distribution."""
    if not is_fast() or len(ordered) < PAYS_FROM:
        return weighted_logs(ordered, [0.0] * len(ordered), [0.0] * len(ordered))
    import numpy as np

    rows = np.array(ordered), np.empty(len(ordered)), np.empty(len(ordered))
    return float(_compiled_weighted_logs(*rows))


def weighted_logs(ordered: Any, below: Any, above: Any) -> float:
    """Return the sum of (2 i - 1) (ln F(x_i) + ln(1 - F(x_(n+1-i)))), the lost digits carried along; kernel.

    Args:
        ordered: readings of a standard normal distribution, from the smallest.
        below, above: room for as many.
    """
    n = len(ordered)
    for place in range(n):
        below[place] = unchecked_log(max(normal_below(ordered[place]), LEAST))
        above[place] = unchecked_log(max(normal_below(-ordered[place]), LEAST))
    result, lost = 0.0, 0.0
    for place in range(n):
        value = (2 * place + 1) * (below[place] + above[n - 1 - place])
        following = result + value
        if abs(result) >= abs(value):
            lost += (result - following) + value
        else:
            lost += (value - following) + result
        result = following
    return result + lost


_compiled_weighted_logs: Any = compiled(weighted_logs)


def normal_p_value(modified: float) -> float:
    """Return the p-value of a modified A^2 of a normal distribution with estimated mean and standard deviation.

    Source: [STEPHENS1986] table 4.9.
    """
    if modified >= 0.6:
        return exp(1.2937 - 5.709 * modified + 0.0186 * modified * modified) if modified < 10.0 else 0.0
    if modified >= 0.34:
        return exp(0.9177 - 4.279 * modified - 1.38 * modified * modified)
    if modified >= 0.2:
        return 1.0 - exp(-8.318 + 42.796 * modified - 59.938 * modified * modified)
    return 1.0 - exp(-13.436 + 101.14 * modified - 223.73 * modified * modified)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Critical values of a modified A^2 = A^2 (1 + root / sqrt n + whole / n).

    Args:
        root: of the modification.
        whole: likewise.
        rows: critical value and p-value, in order; between them the logarithm of p lies on a straight line.
    """

    root: float
    whole: float
    rows: Rows

    def p_value(self, statistic: float, n: int) -> float:
        """Return the p-value of A^2 of n readings, not beyond the ends of the table."""
        modified = statistic * (1.0 + self.root / sqrt(n) + self.whole / n)
        if modified <= self.rows[0][0]:
            return self.rows[0][1]
        for (low, p), (high, q) in pairwise(self.rows):
            if modified <= high:
                return exp(log(p) + (log(q) - log(p)) * (modified - low) / (high - low))
        return self.rows[-1][1]


_EXPONENTIAL = Table(root=0.0, whole=0.6, rows=(
    (0.736, 0.25), (0.816, 0.2), (0.916, 0.15), (1.062, 0.1), (1.321, 0.05), (1.591, 0.025), (1.959, 0.01), (2.244, 0.005),
))  # fmt: skip
_EXTREME = Table(root=0.2, whole=0.0, rows=((0.474, 0.25), (0.637, 0.1), (0.757, 0.05), (0.877, 0.025), (1.038, 0.01)))
_LOGISTIC = Table(root=0.0, whole=0.25, rows=(
    (0.426, 0.25), (0.563, 0.1), (0.66, 0.05), (0.769, 0.025), (0.906, 0.01), (1.01, 0.005),
))  # fmt: skip
TABLES: Final[Mapping[str, Table]] = MappingProxyType({
    "exponential": _EXPONENTIAL, "rayleigh": _EXPONENTIAL, "weibull": _EXTREME, "smallest-extreme-value": _EXTREME,
    "largest-extreme-value": _EXTREME, "logistic": _LOGISTIC, "loglogistic": _LOGISTIC,
})  # fmt: skip
"""Distributions whose statistic has one law whatever their parameters are; those of squares and logarithms share it."""
