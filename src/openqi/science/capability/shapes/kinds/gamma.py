"""The gamma distribution."""

from collections.abc import Sequence

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.shapes.likelihood import logarithms, root_within
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.elementary import log
from openqi.science.numbers.gamma_functions import gamma_both, gamma_root


def polygamma(x: float) -> tuple[float, float]:
    """Return the first and second derivative of the logarithm of the gamma function at x > 0.

    Source: [DLMF] 5.5.2, 5.11.2 and 5.15.8.
    """
    first, second = 0.0, 0.0
    while x < 10.0:
        first -= 1.0 / x
        second += 1.0 / (x * x)
        x += 1.0
    v = 1.0 / (x * x)
    digamma = v * (1 / 12 - v * (1 / 120 - v * (1 / 252 - v * (1 / 240 - v * (1 / 132 - v * (691 / 32760 - v / 12))))))
    trigamma = v * (1 / 6 - v * (1 / 30 - v * (1 / 42 - v * (1 / 30 - v * (5 / 66 - v * (691 / 2730 - v * 7 / 6))))))
    return first + log(x) - 0.5 / x - digamma, second + (1.0 + 0.5 / x + trigamma) / x


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    mean = moments(values).mean
    apart = log(mean) - moments(logarithms(values)).mean
    if not apart > 1e-10:
        raise DomainError("gamma: readings differ too little for their size; take off what they have in common, or choose normal")

    def equation(shape: float) -> tuple[float, float]:
        first, second = polygamma(shape)
        return log(shape) - first - apart, 1.0 / shape - second

    # log(shape) - digamma(shape) lies between 1/(2 shape) and 1/shape.
    shape = root_within(equation, 0.5 / apart, 1.0 / apart, "gamma")
    return shape, mean / shape


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    return gamma_both(parameters[0], x / parameters[1])[0] if x > 0.0 else 0.0


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    return gamma_both(parameters[0], x / parameters[1])[1] if x > 0.0 else 1.0


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    return parameters[1] * gamma_root(parameters[0], p, q)


SHAPEKIND = ShapeKind(
    name="gamma", parameters=("shape", "scale"), support="positive", fit=fit, below=below, above=above, quantile=quantile
)  # fmt: skip
