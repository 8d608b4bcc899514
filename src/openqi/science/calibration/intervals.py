"""When to calibrate again, from the history of a family of instruments."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from openqi.kernel.errors import DomainError
from openqi.science.numbers import elementary
from openqi.science.numbers.special import incomplete_beta, incomplete_beta_inverse
from openqi.science.numbers.sums import plain_sum

_TAIL = 0.25


@dataclass(frozen=True, kw_only=True)
class IntervalTest:
    """What the history says of one interval in use.

    Args:
        interval: proposed, in the unit of the one in use.
        rejection: confidence with which the one in use is rejected.
        range: of the reliability that was observed, 25 % outside on each side.
    """

    interval: float
    rejection: float
    range: tuple[float, float]


def interval_a3(interval: float, passed: Sequence[bool], *, target: float) -> IntervalTest:
    """Return the test of an interval.

    The proposal is `interval` times ten to the power C (R - target), with R the reliability that was observed and C the
    confidence with which chance alone would have come closer to the target.

    Args:
        interval: in use, in days.
        passed: of each calibration, whether it found the instrument within limits.
        target: reliability, between 0 and 1.

    Raises:
        DomainError: there is no history, one of it is neither passed nor not, or the target lies outside.

    Source: [NCSLI-RP1] method A3, [CLOPPER-PEARSON].
    """
    for place, one in enumerate(passed):
        if one not in (True, False):
            raise DomainError(f"calibration {place + 1} is {one!r}: it passed (True) or not (False); leave out what was not found")
    count, good = len(passed), plain_sum(map(bool, passed))
    if not isfinite(interval) or interval <= 0:
        raise DomainError(f"interval {interval}: it is finite and positive")
    if not count:
        raise DomainError("no calibrations: an interval is tested by what was found at its ends")
    if not 0 < target < 1:
        raise DomainError(f"target {target}: a reliability to aim at lies between 0 and 1")
    observed = good / count
    tail = _at_most(good, count, target) if observed < target else 1 - _at_most(good - 1, count, target)
    rejection = max(0.0, 1 - 2 * tail)
    proposed = interval * elementary.power(10.0, rejection * (observed - target))
    if not isfinite(proposed):
        raise DomainError(f"interval {interval}: what is proposed is beyond a float; choose a unit of usual size")
    return IntervalTest(
        interval=proposed,
        rejection=rejection,
        range=(
            incomplete_beta_inverse(good, count - good + 1, _TAIL) if good else 0.0,
            incomplete_beta_inverse(good + 1, count - good, 1 - _TAIL) if good < count else 1.0,
        ),
    )


def _at_most(good: int, count: int, probability: float) -> float:
    """Probability of at most so many successes."""
    if good < 0:
        return 0.0
    return 1.0 if good >= count else incomplete_beta(count - good, good + 1, 1 - probability)
