"""How well a distribution fits readings: the statistic of Anderson and Darling, and what it means for a normal one."""

from collections.abc import Callable, Sequence

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.numbers.sums import total

LEAST = 1e-300


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
    scaled = sorted((value - found.mean) / found.sd for value in values)
    statistic = anderson_darling(scaled, normal_below, lambda x: normal_below(-x))
    n = len(values)
    return statistic, normal_p_value(statistic * (1.0 + 0.75 / n + 2.25 / (n * n)))


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
