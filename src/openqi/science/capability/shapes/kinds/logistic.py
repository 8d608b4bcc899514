"""The logistic distribution."""

from collections.abc import Sequence

from openqi.science.capability.shapes.likelihood import logistic
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    return logistic(values)


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return 1.0 / (1.0 + unchecked_exp((parameters[0] - x) / parameters[1]))


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    return 1.0 / (1.0 + unchecked_exp((x - parameters[0]) / parameters[1]))


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    return parameters[0] + parameters[1] * unchecked_log(p / q)


SHAPEKIND = ShapeKind(
    name="logistic", parameters=("location", "scale"), support="any", fit=fit, below=below, above=above, quantile=quantile
)  # fmt: skip
