"""The power that makes positive readings look normal, by profile likelihood, with its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from openqi.kernel.errors import DomainError
from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.intervals.interval import chi_squared_quantile
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.sums import total

RANGE = 5.0
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, kw_only=True)
class BoxCox:
    """A Box-Cox transformation.

    Args:
        power: lambda; 0 is the logarithm.
        best: the lambda of greatest likelihood, also where another was asked for.
        lower: end of its interval by the likelihood ratio; -5 where it lies beyond.
        upper: likewise, 5 where it lies beyond.
    """

    power: float
    best: float
    lower: float
    upper: float

    def of(self, x: float) -> float:
        """Return the transformed value of x > 0; of 0 and less minus infinity, where no reading can lie."""
        if x == inf:
            return inf if self.power >= 0.0 else -1.0 / self.power
        return transformed(x, self.power) if x > 0.0 else -inf


def transformed(x: float, power: float) -> float:
    """Return (x^power - 1) / power of x > 0, the logarithm at power 0; near it without cancellation.

    Source: [BOX-COX1964].
    """
    return _power_of(log(x), power)


def _power_of(logarithm: float, power: float) -> float:
    y = power * logarithm
    if abs(y) < 1e-3:
        return logarithm * (1.0 + y / 2.0 * (1.0 + y / 3.0 * (1.0 + y / 4.0 * (1.0 + y / 5.0))))
    return (exp(y) - 1.0) / power


def untransformed(y: float, power: float) -> float:
    """Return the x > 0 whose transformed value is y; where there is none, the end beyond which there are none."""
    grown = power * y
    if abs(grown) < 1e-9:
        return exp(max(min(y * (1.0 - 0.5 * grown), 700.0), -700.0))
    if grown <= -1.0:
        return 0.0 if power > 0.0 else inf
    return exp(max(min(log(1.0 + grown) / power, 700.0), -700.0))


def box_cox(values: Sequence[float], *, power: float | None = None, confidence: float = 0.95) -> BoxCox:
    """Return the transformation of greatest likelihood within -5 to 5, or of a power that was chosen.

    Args:
        values: positive readings, at least 3.
        power: to take in place of the best one, for example 0.5.
        confidence: of the interval of the best one.

    Raises:
        DomainError: a reading is not positive, all are equal, the power lies beyond, or the likelihood has no top within.

    Source: [BOX-COX1964].
    """
    if len(values) < 3 or not min(values) > 0.0:
        raise DomainError(f"Box-Cox: {len(values)} readings from {min(values, default=0.0):.6g}: it takes at least 3, all positive")
    if power is not None and not -RANGE <= power <= RANGE:
        raise DomainError(f"Box-Cox: power {power}; between -5 and 5")
    # By their geometric mean, so that powers neither overflow nor change the likelihood.
    logs = [log(value) for value in values]
    middle = moments(logs).mean
    scaled = [one - middle for one in logs]
    if not moments(scaled).sd > 1e-9:
        raise DomainError("Box-Cox: the readings are all but equal for their size; no power changes that")
    best = _highest(scaled)
    if abs(best) > RANGE - 1e-3:
        raise DomainError(
            f"Box-Cox: the likelihood still rises at a power of {best:.3g}; another distribution describes these readings"
        )
    floor = _likelihood(scaled, best) - 0.5 * chi_squared_quantile(confidence, 1.0)
    lower, upper = _end(scaled, floor, best, -RANGE), _end(scaled, floor, best, RANGE)
    return BoxCox(power=best if power is None else power, best=best, lower=lower, upper=upper)


def _likelihood(logs: Sequence[float], power: float) -> float:
    """Of readings whose geometric mean is 1, the profile likelihood has no Jacobian left."""
    values = [_power_of(one, power) for one in logs]
    mean = total(values) / len(values)
    return -0.5 * len(values) * log(total([(y - mean) * (y - mean) for y in values]) / len(values))


def _highest(logs: Sequence[float]) -> float:
    low, high = -RANGE, RANGE
    one, two = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_one, at_two = _likelihood(logs, one), _likelihood(logs, two)
    # Likelihood is flat at its top: beyond 1e-7 its digits say nothing more.
    while high - low > 1e-7:
        if at_one > at_two:
            high, two, at_two = two, one, at_one
            one = high - _GOLDEN * (high - low)
            at_one = _likelihood(logs, one)
        else:
            low, one, at_one = one, two, at_two
            two = low + _GOLDEN * (high - low)
            at_two = _likelihood(logs, two)
    return 0.5 * (low + high)


def _end(logs: Sequence[float], floor: float, inside: float, outside: float) -> float:
    if _likelihood(logs, outside) > floor:
        return outside
    while abs(outside - inside) > 1e-7:
        middle = 0.5 * (inside + outside)
        if _likelihood(logs, middle) > floor:
            inside = middle
        else:
            outside = middle
    return 0.5 * (inside + outside)
