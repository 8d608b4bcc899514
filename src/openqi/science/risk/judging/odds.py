"""Log-odds of many probabilities, and back: the same bits compiled and plain."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from openqi.science.numbers.compiled import each_of, is_fast
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log

if TYPE_CHECKING:
    from numpy.typing import NDArray

PAYS_FROM: Final = 50_000


def _odds(p: float) -> float:
    return unchecked_log(p / (1.0 - p))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + unchecked_exp(-x))


_FAST: Final[dict[Callable[[float], float], Callable[..., None]]] = {one: each_of(one) for one in (_odds, _logistic)}


def log_odds(p: "NDArray[Any]") -> "NDArray[Any]":
    """Return log(p / (1 - p)) of each, p in (0, 1)."""
    return _of_each(_odds, p)


def logistic(x: "NDArray[Any]") -> "NDArray[Any]":
    """Return 1 / (1 + exp(-x)) of each."""
    return _of_each(_logistic, x)


def _of_each(function: Callable[[float], float], values: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    if len(values) < PAYS_FROM or not is_fast():
        return np.asarray([function(one) for one in values.tolist()])
    found = np.empty(len(values))
    _FAST[function](np.ascontiguousarray(values), found)
    return found
