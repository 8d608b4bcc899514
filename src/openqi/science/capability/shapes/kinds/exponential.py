"""The exponential distribution."""

from collections.abc import Sequence

from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.shapes.likelihood import hazard, lacking_one
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.exponential import unchecked_exp


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    return (moments(values).mean,)


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return lacking_one(x / parameters[0]) if x > 0.0 else 0.0


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    return unchecked_exp(-x / parameters[0]) if x > 0.0 else 1.0


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    return parameters[0] * hazard(p, q)


SHAPEKIND = ShapeKind(
    name="exponential", parameters=("mean",), support="not-negative", fit=fit, below=below, above=above, quantile=quantile
)  # fmt: skip
