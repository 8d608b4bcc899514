"""The smallest extreme value (Gumbel) distribution."""

from collections.abc import Sequence

from openqi.science.capability.shapes.likelihood import extreme_value, hazard, lacking_one
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    return extreme_value(values)


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return lacking_one(unchecked_exp((x - parameters[0]) / parameters[1]))


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    return unchecked_exp(-unchecked_exp((x - parameters[0]) / parameters[1]))


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    return parameters[0] + parameters[1] * unchecked_log(hazard(p, q))


SHAPEKIND = ShapeKind(
    name="smallest-extreme-value",
    parameters=("location", "scale"),
    support="any",
    fit=fit,
    below=below,
    above=above,
    quantile=quantile,
)
