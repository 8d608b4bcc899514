"""Risks of a decision: of this item, and of all items that come from where this one comes from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, inf, isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.decision.prior import Weighted, weighted_values
from openqi.science.decision.rule import Interval, NothingAcceptedError
from openqi.science.distributions.distribution import Distribution
from openqi.science.numbers.special import normal_cdf

# Of a true value, what is then measured.
Measurement = Callable[[float], Distribution]

_STEPS = 90
_CLOSE = 1e-10  # of u: how closely a guard band is found
_SIGMAS = 9  # a normal measurement is further away than that in less than one of 10^18
_NONE = 1e-12  # a share of all items: a prior is known to 1e-16, so that of less no four digits are left
_STRIDE = 3  # in units of u: over as much a panel of 16 points integrates a normal distribution to the last bit


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Probabilities of being wrong.

    Args:
        consumer: accepted, and does not conform.
        producer: rejected, and conforms.
        conditional_consumer: does not conform, of those that are accepted; None where fewer than 1e-12 of all are.
        conditional_producer: conforms, of those that are rejected; likewise.
    """

    consumer: float
    producer: float
    conditional_consumer: float | None
    conditional_producer: float | None


def specific_risk(value: float, measurement: float | Distribution, tolerance: Interval, accept: Interval | None = None) -> float:
    """Return the probability that the decision on this value is wrong.

    Args:
        value: measured.
        measurement: standard uncertainty of a normal distribution about the value, or the distribution of the measurand.
        tolerance: limits of the measurand.
        accept: where values are accepted, by default the tolerance.

    Raises:
        DomainError: the uncertainty is not positive, or limits are not in order.

    Source: [JCGM106] clause 9.3.
    """
    if not isfinite(value):
        raise DomainError(f"value {value} is not finite; nothing can be decided on it")
    low, high = limits_of(tolerance)
    inside, outside = _shares(value, measurement, low, high)
    accepted_from, accepted_to = limits_of(accept or tolerance)
    return outside if accepted_from <= value <= accepted_to else inside


def global_risk(prior: Distribution, measurement: float | Measurement, tolerance: Interval, accept: Interval) -> Risk:
    """Return the risks over all items.

    Args:
        prior: of the measurand, before it is measured.
        measurement: standard uncertainty of a normal measurement, or the distribution of what is measured, given a true value.
        tolerance: limits of the measurand.
        accept: where values are accepted.

    Raises:
        DomainError: as `specific_risk`.

    Source: [JCGM106] clause 9.5.
    """
    low, high = limits_of(tolerance)
    accepted = limits_of(accept)
    edges = [(edge, _spread(measurement, edge)) for edge in (low, high, *accepted) if isfinite(edge)]
    stride = 1 if callable(measurement) else _STRIDE  # what is measured may have corners
    values = weighted_values(prior, [edge + step * u for edge, u in edges for step in range(-_SIGMAS, _SIGMAS + 1, stride)])
    consumer: list[float] = []
    producer: list[float] = []
    right_in: list[float] = []
    right_out: list[float] = []
    for value, weight in values:
        inside, outside = _near(value, measurement, *accepted)
        conforms = low <= value <= high
        (right_in if conforms else consumer).append(weight * inside)
        (producer if conforms else right_out).append(weight * outside)
    wrong, refused = fsum(consumer), fsum(producer)
    # What is rejected is added up, not taken as 1 less what is accepted, of which no digit may be left.
    taken, rejected = wrong + fsum(right_in), refused + fsum(right_out)
    return Risk(
        consumer=wrong,
        producer=refused,
        conditional_consumer=wrong / taken if taken > _NONE else None,
        conditional_producer=refused / rejected if rejected > _NONE else None,
    )


def guard_for(target: float, prior: Distribution | None, standard_uncertainty: float, tolerance: Interval) -> float:
    """Return the guard band, in the unit of the limits, that keeps the consumer's risk at a target; 0 where none is needed.

    Args:
        target: between 0 and 1; the global risk where there is a prior, else the specific risk.
        prior: of the measurand, or None.
        standard_uncertainty: of a normal measurement.
        tolerance: both limits move inwards by the guard band.

    Raises:
        DomainError: a target or an uncertainty that is none.
        NothingAcceptedError: no guard band reaches the target.

    Source: [JCGM106] clauses 8.3 and 9.5.4.
    """
    if not 0 < target < 1:
        raise DomainError(f"target {target}: a risk to keep lies between 0 and 1")
    low, high = limits_of(tolerance)
    u = _spread(standard_uncertainty, 0.0)
    most = (high - low) / 2 if isfinite(low) and isfinite(high) else inf
    risk = _at_limit(low, high, u) if prior is None else _of_all(prior, low, high, u)
    if risk(0.0) <= target:
        return 0.0
    end = min(most, u)
    while risk(end) > target and end < most and end < 1e3 * u:
        end = min(most, 2 * end)
    if risk(end) > target:
        raise NothingAcceptedError(
            f"no guard band keeps the risk at {target:.6g}: with u = {u:.6g} it is {risk(end):.6g} even where it leaves "
            f"one value; measure better, or allow a larger risk"
        )
    return _crossing(risk, target, 0.0, end, _CLOSE * u)


def limits_of(interval: Interval) -> tuple[float, float]:
    """Return limits as floats, infinite where there is none.

    Raises:
        DomainError: there is no limit, or they are not in order.
    """
    if interval.lower is None and interval.upper is None:
        raise DomainError("there is no limit to judge by")
    if interval.lower is not None and interval.upper is not None and interval.lower > interval.upper:
        raise DomainError(f"the lower limit {float(interval.lower)} is above the upper limit {float(interval.upper)}")
    return -inf if interval.lower is None else float(interval.lower), inf if interval.upper is None else float(interval.upper)


def _crossing(risk: Callable[[float], float], target: float, low: float, high: float, close: float) -> float:
    """The upper end of an interval as small as asked for, in which the falling risk crosses the target.

    Regula falsi, in which an end that stays for long counts half (the Illinois way), so that both ends move.
    """
    above, below, side = risk(low) - target, risk(high) - target, 0
    for _ in range(_STEPS):
        if high - low <= close:
            break
        chord = low + (high - low) * above / (above - below) if above > below else (low + high) / 2
        guess = min(max(chord, low + close / 3), high - close / 3)
        found = risk(guess) - target
        if found <= 0:
            high, below, above, side = guess, found, above / 2 if side < 0 else above, -1
        else:
            low, above, below, side = guess, found, below / 2 if side > 0 else below, 1
    return high


def _at_limit(low: float, high: float, u: float) -> Callable[[float], float]:
    """The specific risk of a value on the acceptance limit, of the worse of the two."""

    def risk(guard: float) -> float:
        ends = [end for end in (low + guard, high - guard) if isfinite(end)]
        return max(_shares(end, u, low, high)[1] for end in ends)

    return risk


def _of_all(prior: Distribution, low: float, high: float, u: float) -> Callable[[float], float]:
    """The global consumer's risk; only values outside of the limits count, and of them those that a measurement can bring in."""
    edges = [(low, -1), (high, 1)]
    steps = [edge + side * step * u for edge, side in edges if isfinite(edge) for step in range(0, _SIGMAS + 1, _STRIDE)]
    outside: Sequence[Weighted] = [
        (value, weight)
        for value, weight in weighted_values(prior, steps)
        if low - _SIGMAS * u < value < low or high < value < high + _SIGMAS * u
    ]

    def risk(guard: float) -> float:
        return fsum(weight * _inside(value, u, low + guard, high - guard) for value, weight in outside)

    return risk


def _inside(value: float, measurement: float | Measurement, low: float, high: float) -> float:
    """How much of what is measured lies within limits."""
    return _near(value, measurement, low, high)[0]


def _near(value: float, measurement: float | Measurement, low: float, high: float) -> tuple[float, float]:
    """As `_shares`, to 17 decimals: of a normal measurement a limit far away needs no function."""
    if callable(measurement):
        return _shares(value, measurement, low, high)
    above, below = (value - low) / measurement, (high - value) / measurement
    nearer, other = min(above, below), max(above, below)
    if nearer >= _SIGMAS or nearer <= -_SIGMAS:
        return (1.0, 0.0) if nearer > 0 else (0.0, 1.0)
    if other < _SIGMAS:
        return _shares(value, measurement, low, high)
    tail = normal_cdf(-abs(nearer))
    return (1.0 - tail, tail) if nearer > 0 else (tail, 1.0 - tail)


def _spread(measurement: float | Distribution | Measurement, at: float) -> float:
    """The standard uncertainty of a measurement."""
    if isinstance(measurement, Distribution):
        return sqrt(measurement.variance)
    if callable(measurement):
        return sqrt(measurement(at).variance)
    if not isfinite(measurement) or measurement <= 0:
        raise DomainError(f"standard uncertainty {measurement}: it is finite and positive; no decision stands without one")
    return measurement


def _shares(value: float, measurement: float | Distribution | Measurement, low: float, high: float) -> tuple[float, float]:
    """How much of a measurement lies within limits, and how much does not; of a normal one without a difference from 1."""
    if isinstance(measurement, Distribution) or callable(measurement):
        about = measurement if isinstance(measurement, Distribution) else measurement(value)
        below = about.cdf(low) if isfinite(low) else 0.0
        inside = (about.cdf(high) if isfinite(high) else 1.0) - below
        return max(0.0, inside), min(1.0, max(0.0, 1.0 - inside))
    u = _spread(measurement, value)
    below = normal_cdf((low - value) / u) if isfinite(low) else 0.0
    above = normal_cdf((value - high) / u) if isfinite(high) else 0.0
    outside = below + above
    if outside < 0.5:
        return 1.0 - outside, outside
    up = normal_cdf((high - value) / u) if isfinite(high) else 1.0
    down = normal_cdf((value - low) / u) if isfinite(low) else 1.0
    # From whichever side both tails are small: their difference keeps its digits.
    inside = up - below if up <= down else down - above
    return max(0.0, inside), min(1.0, outside)
