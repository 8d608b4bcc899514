"""The loglogistic distribution: the logarithms are logistic."""

from collections.abc import Sequence

from openqi.science.capability.shapes.likelihood import logarithms, logistic
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.exponential import unchecked_exp


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    return logistic(logarithms(values))


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return 1.0 / (1.0 + unchecked_exp((parameters[0] - log(x)) / parameters[1])) if x > 0.0 else 0.0


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    return 1.0 / (1.0 + unchecked_exp((log(x) - parameters[0]) / parameters[1])) if x > 0.0 else 1.0


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    return exp(parameters[0] + parameters[1] * log(p / q))


SHAPEKIND = ShapeKind(
    name="loglogistic", parameters=("location", "scale"), support="positive", fit=fit, below=below, above=above, quantile=quantile
)  # fmt: skip
