"""Which of many streams are named at one instant, so that few of those that are named are named in vain (FDR)."""

from collections.abc import Sequence
from math import isnan

from openqi.kernel.errors import DomainError
from openqi.science.numbers.sums import plain_sum


def benjamini_hochberg(p_values: Sequence[float], level: float, *, dependent: bool = False) -> tuple[bool, ...]:
    """Return which hypotheses are rejected with an expected share of false ones among them of at most `level`.

    Args:
        p_values: one a stream, in [0, 1].
        level: of the false discovery rate, in (0, 1).
        dependent: streams may depend on each other in any way (Benjamini-Yekutieli); else independently or positively.

    Raises:
        DomainError: a number lies outside, or there is none.

    Source: [BENJAMINI-HOCHBERG1995].
    """
    _check(p_values, level, "p-value", 1.0)
    count = len(p_values)
    if dependent:
        level /= plain_sum(1.0 / k for k in range(1, count + 1))
    ranked = sorted(p_values)
    last = max((k for k in range(count) if ranked[k] <= level * (k + 1) / count), default=-1)
    return tuple(last >= 0 and p <= ranked[last] for p in p_values)


def e_benjamini_hochberg(e_values: Sequence[float], level: float) -> tuple[bool, ...]:
    """Return which hypotheses are rejected with the same promise, whatever the streams have to do with each other.

    Args:
        e_values: one a stream, >= 0, of expectation at most 1 where nothing has changed.
        level: of the false discovery rate, in (0, 1).

    Raises:
        DomainError: a number lies outside, or there is none.

    Source: [WANG-RAMDAS2022].
    """
    _check(e_values, level, "e-value", float("inf"))
    count = len(e_values)
    ranked = sorted(e_values, reverse=True)
    last = max((k for k in range(count) if ranked[k] * (k + 1) >= count / level), default=-1)
    return tuple(last >= 0 and e >= ranked[last] for e in e_values)


def _check(values: Sequence[float], level: float, what: str, most: float) -> None:
    if not values:
        raise DomainError(f"no {what}s; give one a stream")
    for place, value in enumerate(values):
        if isnan(value) or not 0.0 <= value <= most:
            raise DomainError(f"{what} {value} of stream {place + 1}; 0 to {most:g}")
    if not 0.0 < level < 1.0:
        raise DomainError(f"a false discovery rate of {level}; between 0 and 1, both excluded")
