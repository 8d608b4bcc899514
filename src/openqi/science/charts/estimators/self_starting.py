"""Q statistics: each reading against all before it, exactly standard normal and independent while the process stays."""

from collections.abc import Sequence
from math import isnan, nan, sqrt

from openqi.science.numbers.special import normal_quantile, t_cdf

_LEAST = 1e-300
"""Smaller chances are taken as this one: Q is at most 37 in magnitude."""


def q_statistics(values: Sequence[float]) -> list[float]:
    """Return Q of each reading; NaN for the first two, where it is missing, and while all before it are equal.

    Source: [QUESENBERRY1991] case (mean and variance unknown).
    """
    found, count, mean, squares = [], 0, 0.0, 0.0
    for value in values:
        if isnan(value):
            found.append(nan)
            continue
        found.append(_against(value, count, mean, squares))
        count += 1
        step = value - mean
        mean += step / count
        squares += step * (value - mean)
    return found


def _against(value: float, count: int, mean: float, squares: float) -> float:
    if count < 2 or not squares > 0.0:
        return nan
    t = sqrt(count / (count + 1.0)) * (value - mean) / sqrt(squares / (count - 1.0))
    size = -normal_quantile(max(t_cdf(-abs(t), count - 1.0), _LEAST))
    return size if t > 0.0 else -size
