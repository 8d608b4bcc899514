"""The lognormal distribution: the logarithms are normal."""

from collections.abc import Sequence
from math import sqrt

from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.shapes.likelihood import logarithms
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.normal_functions import normal_below, normal_root


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    found = moments(logarithms(values))
    return found.mean, sqrt(found.squares / found.n)


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return normal_below((log(x) - parameters[0]) / parameters[1]) if x > 0.0 else 0.0


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    return normal_below((parameters[0] - log(x)) / parameters[1]) if x > 0.0 else 1.0


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    return exp(parameters[0] + parameters[1] * (normal_root(p) if p <= q else -normal_root(q)))


SHAPEKIND = ShapeKind(
    name="lognormal", parameters=("mean_log", "sd_log"), support="positive", fit=fit, below=below, above=above, quantile=quantile
)  # fmt: skip
