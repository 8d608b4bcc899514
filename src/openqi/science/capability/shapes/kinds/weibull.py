"""The Weibull distribution: the logarithms have a smallest extreme value distribution."""

from collections.abc import Sequence

from openqi.science.capability.shapes.likelihood import extreme_value, hazard, lacking_one, logarithms
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.elementary import exp
from openqi.science.numbers.exponential import unchecked_exp, unchecked_power


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    location, spread = extreme_value(logarithms(values))
    return 1.0 / spread, exp(location)


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return lacking_one(unchecked_power(x / parameters[1], parameters[0])) if x > 0.0 else 0.0


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    return unchecked_exp(-unchecked_power(x / parameters[1], parameters[0])) if x > 0.0 else 1.0


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    return parameters[1] * unchecked_power(hazard(p, q), 1.0 / parameters[0])


SHAPEKIND = ShapeKind(
    name="weibull", parameters=("shape", "scale"), support="positive", fit=fit, below=below, above=above, quantile=quantile
)  # fmt: skip
