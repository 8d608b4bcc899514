"""Equations of greatest likelihood that several distributions share, solved within a bracket that must hold the solution."""

from collections.abc import Callable, Sequence
from math import sqrt

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.numbers.elementary import exp, log, tanh
from openqi.science.numbers.exponential import unchecked_exp, unchecked_log
from openqi.science.numbers.sums import total

_STEPS = 200


def root_within(function: Callable[[float], tuple[float, float]], low: float, high: float, what: str) -> float:
    """Return where a falling function is 0, by Newton's steps that stay within a shrinking bracket.

    Args:
        function: of x, its value and its slope.
        low: where it is positive.
        high: where it is negative.
        what: is solved, for the error.

    Raises:
        DomainError: it did not settle.
    """
    x = 0.5 * (low + high)
    for _ in range(_STEPS):
        value, slope = function(x)
        if value > 0.0:
            low = x
        else:
            high = x
        following = x - value / slope if slope < 0.0 else 0.5 * (low + high)
        if not low < following < high:
            following = 0.5 * (low + high)
        # Newton's steps square what is left: after one this small nothing is.
        if abs(following - x) <= 1e-9 * abs(x):
            return following
        x = following
    raise DomainError(f"{what}: the equation of greatest likelihood did not settle within {_STEPS} steps")


def extreme_value(values: Sequence[float]) -> tuple[float, float]:
    """Return location and scale of the smallest extreme value distribution of greatest likelihood.

    Raises:
        DomainError: it did not settle.

    Source: [LAWLESS2003] section 5.2.
    """
    top = max(values)
    mean = moments(values).mean
    n = len(values)

    def equation(scale: float) -> tuple[float, float]:
        weights = [unchecked_exp((y - top) / scale) for y in values]
        whole = total(weights)
        first = total([w * (y - mean) for w, y in zip(weights, values, strict=True)]) / whole
        second = total([w * (y - mean) * (y - mean) for w, y in zip(weights, values, strict=True)]) / whole
        return first - scale, -(second - first * first) / (scale * scale) - 1.0

    scale = root_within(equation, 0.0, top - mean, "extreme value")
    share = total([unchecked_exp((y - top) / scale) for y in values]) / n
    return top + scale * log(share), scale


def logistic(values: Sequence[float]) -> tuple[float, float]:
    """Return location and scale of the logistic distribution of greatest likelihood.

    In a = 1/scale and b = location/scale the logarithm of the likelihood is concave: Newton's steps, halved until they rise.

    Raises:
        DomainError: it did not settle.

    Source: [LAWLESS2003] section 5.5.
    """
    known = moments(values)
    scaled = [(value - known.mean) / known.sd for value in values]
    a, b = 1.8, 0.0
    height = _logistic_height(scaled, a, b)
    for _ in range(_STEPS):
        step_a, step_b, gain = _logistic_step(scaled, a, b)
        if gain <= 1e-16:
            a, b = a + step_a, b + step_b
            return known.mean + known.sd * b / a, known.sd / a
        share = 1.0
        while share > 1e-6 and not (
            a + share * step_a > 0.0 and _logistic_height(scaled, a + share * step_a, b + share * step_b) >= height - 1e-12
        ):
            share *= 0.5
        a, b = a + share * step_a, b + share * step_b
        height = _logistic_height(scaled, a, b)
    raise DomainError(f"logistic: the likelihood did not settle within {_STEPS} steps")


def _logistic_height(scaled: Sequence[float], a: float, b: float) -> float:
    terms = []
    for x in scaled:
        z = abs(a * x - b)
        terms.append(-z - 2.0 * log(1.0 + exp(-z)) if z < 700.0 else -z)
    return total(terms) / len(scaled) + log(a)


def _logistic_step(scaled: Sequence[float], a: float, b: float) -> tuple[float, float, float]:
    n = len(scaled)
    slopes = [tanh(0.5 * (a * x - b)) for x in scaled]
    weights = [0.5 * (1.0 - t * t) for t in slopes]
    in_a = 1.0 / a - total([t * x for t, x in zip(slopes, scaled, strict=True)]) / n
    in_b = total(slopes) / n
    aa = total([w * x * x for w, x in zip(weights, scaled, strict=True)]) / n + 1.0 / (a * a)
    ab = -total([w * x for w, x in zip(weights, scaled, strict=True)]) / n
    bb = total(weights) / n
    determinant = aa * bb - ab * ab
    step_a, step_b = (bb * in_a - ab * in_b) / determinant, (aa * in_b - ab * in_a) / determinant
    return step_a, step_b, in_a * step_a + in_b * step_b


def logarithms(values: Sequence[float]) -> list[float]:
    """Return the logarithms of positive readings."""
    return [log(value) for value in values]


def lacking_one(z: float) -> float:
    """Return 1 - exp(-z) of z >= 0, without cancellation."""
    if z > 0.01:
        return 1.0 - unchecked_exp(-z)
    return z * (1.0 - z / 2.0 * (1.0 - z / 3.0 * (1.0 - z / 4.0 * (1.0 - z / 5.0 * (1.0 - z / 6.0)))))


def hazard(p: float, q: float) -> float:
    """Return -log(1 - p) of p in (0, 1), with q = 1 - p, without cancellation."""
    if p > 0.01:
        return -unchecked_log(q)
    return p * (1.0 + p * (1 / 2 + p * (1 / 3 + p * (1 / 4 + p * (1 / 5 + p * (1 / 6 + p * (1 / 7 + p / 8)))))))


def root_mean_square(values: Sequence[float]) -> float:
    """Return the root of the mean square."""
    return sqrt(total([value * value for value in values]) / len(values))
