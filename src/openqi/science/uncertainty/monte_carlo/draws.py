"""Quantiles of whole blocks: what uniform numbers become under each input's distribution, with the source of its kind."""

from collections.abc import Callable
from functools import cache
from math import isinf, sqrt
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

from openqi.science.distributions.distribution import kind_of
from openqi.science.numbers.beta_functions import t_tail
from openqi.science.numbers.compiled import compiled
from openqi.science.numbers.gamma_functions import gamma_root
from openqi.science.numbers.normal_functions import normal_below
from openqi.science.uncertainty.monte_carlo.normal_draws import write_normal

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

LEAST = 2.0**-53


def _quantile(parameters: Any, p: Any) -> float:
    """Stands for the quantile function that `_compiled_loop` puts in its place."""
    raise AssertionError(parameters, p)


def _each(parameters: Any, p: Any, out: Any) -> None:
    for i in range(len(p)):
        out[i] = _quantile(parameters, p[i])


def _inside(p: float) -> float:
    """Return a probability, kept off 0 and 1."""
    return min(max(p, LEAST), 1.0 - LEAST)


def _normal_probability(score: float, _: float) -> float:
    return _inside(normal_below(score))


def _t_probability(score: float, dof: float) -> float:
    return _inside(1.0 - t_tail(score, dof) if score > 0.0 else t_tail(-score, dof))


def _mixing(p: float, dof: float) -> float:
    """Return the root of dof over the chi-squared quantile of p: what makes normal scores t."""
    return sqrt(0.5 * dof / gamma_root(0.5 * dof, p, 1.0 - p))


def _normal_probabilities(x: Any, dof: float, out: Any) -> None:
    for i in range(len(x)):
        out[i] = _normal_probability(x[i], dof)


def _t_probabilities(x: Any, dof: float, out: Any) -> None:
    for i in range(len(x)):
        out[i] = _t_probability(x[i], dof)


def _mixings(x: Any, dof: float, out: Any) -> None:
    for i in range(len(x)):
        out[i] = _mixing(x[i], dof)


_LOOPS = {
    _normal_probability: compiled(_normal_probabilities),
    _t_probability: compiled(_t_probabilities),
    _mixing: compiled(_mixings),
}


@cache
def _compiled_loop(kind: str) -> Callable[[Any, Any, Any], None]:
    pattern = cast("FunctionType", _each)
    loop = FunctionType(pattern.__code__, {**pattern.__globals__, "_quantile": kind_of(kind).quantile}, pattern.__name__)
    loop.__qualname__, loop.__module__ = f"_each_{kind.replace('-', '_')}", __name__
    return compiled(loop)


def drawn(kind: str, parameters: "Array", p: "Array", *, fast: bool) -> "Array":
    """Return the quantile of a kind for every p; the bits are the same whether compiled or not."""
    import numpy as np

    if fast:
        out = np.empty_like(p)
        if kind == "normal":
            write_normal(parameters, p, out)
        else:
            _compiled_loop(kind)(parameters, p, out)
        return out
    quantile, plain = kind_of(kind).quantile, tuple(parameters.tolist())
    return np.array([quantile(plain, value) for value in p.tolist()])


def joined_scores(factor: "Array", p: "Array", *, fast: bool) -> "Array":
    """Return correlated standard normal scores of independent uniform numbers, a row a quantity.

    Source: [JCGM101] clause 6.4.8.
    """
    import numpy as np

    standard = np.array([0.0, 1.0])
    independent = [drawn("normal", standard, row, fast=fast) for row in p]
    scores = np.zeros_like(p)
    for row in range(len(factor)):
        for column in range(row + 1):
            if factor[row, column] != 0.0:
                scores[row] += factor[row, column] * independent[column]
    return scores


def probabilities_of(scores: "Array", dof: float, *, fast: bool) -> "Array":
    """Return the probability of every score, normal where dof is infinite, else t; kept off 0 and 1."""
    return _of_each(_normal_probability if isinf(dof) else _t_probability, scores, dof, fast=fast)


def mixing(p: "Array", dof: float, *, fast: bool) -> "Array":
    """Return for every p the factor that makes normal scores those of t with dof degrees of freedom.

    Source: [DEMARTA-MCNEIL] section 2.
    """
    return _of_each(_mixing, p, dof, fast=fast)


def _of_each(function: Callable[[float, float], float], x: "Array", dof: float, *, fast: bool) -> "Array":
    import numpy as np

    if fast:
        out = np.empty_like(x)
        _LOOPS[function](x, dof, out)
        return out
    return np.array([function(value, dof) for value in x.tolist()])
