"""When to calibrate again, from how often instruments passed after different times: the likeliest of some reliability models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

from openqi.kernel.errors import DomainError
from openqi.science.calibration.simplex import smallest
from openqi.science.numbers import elementary
from openqi.science.numbers.special import normal_cdf
from openqi.science.numbers.sums import plain_sum

Reliability = Callable[[float, Sequence[float]], float]
_REACH = 10.0  # times the longest interval that was seen: no model is believed further
_SURE = 1e-12
_STARTS = (-2.0, 0.5)
_HALVINGS = 60
_ALL = 7.0  # exp(-exp(7)) is 0


@dataclass(frozen=True, kw_only=True)
class ReliabilityFit:
    """What one model came to.

    Args:
        model: its name.
        interval: after which its reliability is the target, in the unit of the history; 0 where it never is as high, None where it
            still is after ten times the longest interval seen.
        criterion: Akaike's, corrected for the number of calibrations; the smallest is best.
    """

    model: str
    interval: float | None
    criterion: float


@dataclass(frozen=True, kw_only=True)
class ReliabilityInterval:
    """The interval of the best model, and all that were tried, the best first."""

    interval: float | None
    model: str
    fits: tuple[ReliabilityFit, ...]


def interval_s2(history: Sequence[tuple[float, int, int]], *, target: float) -> ReliabilityInterval:
    """Return the interval after which reliability falls to the target.

    Seven models of method S2 are fitted by maximum likelihood: exponential, Weibull, mixed exponential, random walk, modified
    gamma, mortality drift, warranty. The choice is by Akaike's corrected criterion, not by the figure of merit of the practice.

    Args:
        history: (time since the calibration before, calibrations after it, how many of them passed) of each time.
        target: reliability, between 0 and 1.

    Raises:
        DomainError: there are fewer than three different times or four calibrations, or a number lies outside of its range.

    Source: [NCSLI-RP1] method S2, figures of its table D-1 by [SUNCAL]; [AICC].
    """
    _check(history, target)
    longest = max(time for time, _, _ in history)
    scaled = [(time / longest, count, passed) for time, count, passed in history]
    fits = [_fit(name, function, parameters, scaled, target, longest) for name, (function, parameters) in MODELS.items()]
    ranked = tuple(sorted(fits, key=lambda one: one.criterion))
    return ReliabilityInterval(interval=ranked[0].interval, model=ranked[0].model, fits=ranked)


def _check(history: Sequence[tuple[float, int, int]], target: float) -> None:
    if not 0 < target < 1:
        raise DomainError(f"target {target}: a reliability to aim at lies between 0 and 1")
    for time, count, passed in history:
        if not (isfinite(time) and time > 0):
            raise DomainError(f"time {time}: the time since a calibration is finite and positive")
        if not 0 <= passed <= count or count < 1:
            raise DomainError(f"after {time}: {passed} of {count} calibrations cannot have passed")
    if len({time for time, _, _ in history}) < 3 or plain_sum(count for _, count, _ in history) < 4:
        raise DomainError("reliability over time shows after three different times at least, of four calibrations or more")


def _fit(
    name: str, function: Reliability, parameters: int, history: Sequence[tuple[float, int, int]], target: float, longest: float
) -> ReliabilityFit:
    """Parameters are positive, so their logarithms are looked for; time is in units of the longest interval."""

    def doubt(logarithms: Sequence[float]) -> float:
        values = [elementary.exp(min(20.0, max(-40.0, one))) for one in logarithms]
        total = 0.0
        for time, count, passed in history:
            sure = min(1 - _SURE, max(_SURE, function(time, values)))
            total -= passed * elementary.log(sure) + (count - passed) * elementary.log(1 - sure)
        return total

    starts = [(first,) if parameters == 1 else (first, second) for first in _STARTS for second in _STARTS[: parameters**2]]
    found = min((smallest(doubt, start) for start in starts), key=lambda one: one.value)
    values = [elementary.exp(min(20.0, max(-40.0, one))) for one in found.place]
    count = plain_sum(row[1] for row in history)
    spare = max(1, count - parameters - 1)
    interval = _reached(lambda time: function(time, values), target)
    return ReliabilityFit(
        model=name,
        interval=None if interval is None else interval * longest,
        criterion=2 * found.value + 2 * parameters * count / spare,
    )


def _reached(reliability: Callable[[float], float], target: float) -> float | None:
    low, high = 0.0, _REACH
    if reliability(low) <= target:
        return 0.0
    if reliability(high) > target:
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if reliability(middle) <= target else (middle, high)
    return high


def _exponential(time: float, given: Sequence[float]) -> float:
    return elementary.exp(-given[0] * time)


def _weibull(time: float, given: Sequence[float]) -> float:
    # Not as a power, which is beyond a float where the model is a step: there the reliability is simply 0.
    return elementary.exp(-elementary.exp(min(_ALL, given[1] * elementary.log(given[0] * time)))) if time else 1.0


def _mixed(time: float, given: Sequence[float]) -> float:
    return elementary.exp(-given[1] * elementary.log(1 + given[0] * time))


def _walk(time: float, given: Sequence[float]) -> float:
    return 2 * normal_cdf(sqrt(2 / (given[0] + given[1] * time))) - 1


def _gamma(time: float, given: Sequence[float]) -> float:
    x = given[0] * time
    return elementary.exp(-x) * (1 + x + x * x / 2 + x * x * x / 6)


def _mortality(time: float, given: Sequence[float]) -> float:
    return elementary.exp(-(given[0] * time + given[1] * time * time))


def _warranty(time: float, given: Sequence[float]) -> float:
    return 1 / (1 + elementary.exp(min(700.0, given[0] * (time - given[1]))))


MODELS: dict[str, tuple[Reliability, int]] = {
    "exponential": (_exponential, 1),
    "Weibull": (_weibull, 2),
    "mixed exponential": (_mixed, 2),
    "random walk": (_walk, 2),
    "modified gamma": (_gamma, 1),
    "mortality drift": (_mortality, 2),
    "warranty": (_warranty, 2),
}
