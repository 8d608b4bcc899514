"""The folded normal distribution: the magnitude of a normal quantity, such as a deviation from flat or round."""

from collections.abc import Sequence
from math import sqrt

from openqi.science.capability.shapes.likelihood import root_mean_square, root_within
from openqi.science.capability.shapes.shape import Parameters, ShapeKind
from openqi.science.numbers.elementary import tanh
from openqi.science.numbers.normal_functions import normal_below, normal_root
from openqi.science.numbers.sums import total


def fit(values: Sequence[float]) -> Parameters:
    """Return the parameters of greatest likelihood."""
    size = root_mean_square(values)
    scaled = [value / size for value in values]

    def equation(mean: float) -> tuple[float, float]:
        square = max(1.0 - mean * mean, 1e-15)
        bends = [tanh(min(mean * x / square, 100.0)) for x in scaled]
        value = total([x * t for x, t in zip(scaled, bends, strict=True)]) / len(scaled) - mean
        steep = (1.0 + mean * mean) / (square * square)
        return value, total([x * x * (1.0 - t * t) for x, t in zip(scaled, bends, strict=True)]) / len(scaled) * steep - 1.0

    # Where even a small mean is too large, that of greatest likelihood is 0: half of a normal distribution.
    if equation(1e-3)[0] <= 0.0:
        return 0.0, size
    mean = root_within(equation, 1e-3, 1.0, "folded normal")
    return size * mean, size * sqrt(1.0 - mean * mean)


def below(parameters: Parameters, x: float) -> float:
    """Return the probability of at most x."""
    mean, sd = parameters
    return normal_below((x - mean) / sd) - normal_below((-x - mean) / sd) if x > 0.0 else 0.0


def above(parameters: Parameters, x: float) -> float:
    """Return the probability of more than x."""
    mean, sd = parameters
    return normal_below((mean - x) / sd) + normal_below((-x - mean) / sd) if x > 0.0 else 1.0


def quantile(parameters: Parameters, p: float, q: float) -> float:
    """Return the value with p below and q = 1 - p above."""
    mean, sd = parameters
    low, high = 0.0, mean - sd * normal_root(0.5 * q)
    # Probability is compared in the smaller tail, so that no digit of it is lost.
    while high - low > 1e-15 * (high + low):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        short = below(parameters, middle) < p if p <= q else above(parameters, middle) > q
        low, high = (middle, high) if short else (low, middle)
    return 0.5 * (low + high)


SHAPEKIND = ShapeKind(
    name="folded-normal", parameters=("mean", "sd"), support="not-negative", fit=fit, below=below, above=above, quantile=quantile
)  # fmt: skip
