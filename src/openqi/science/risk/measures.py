"""What scores are worth where each visit stands for several objects: weighted rates, areas and squares, with their spread."""

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.intervals import Interval, Spread, interval_of
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.special import normal_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Probabilities of a model beside what was found.

    Args:
        probability: of each object, in (0, 1); of a model that has not seen it.
        bad: 1 or 0.
        weight: for how many objects it stands, positive.
    """

    probability: "NDArray[Any]"
    bad: "NDArray[Any]"
    weight: "NDArray[Any]"

    def __post_init__(self) -> None:
        import numpy as np

        if not len(self.probability) == len(self.bad) == len(self.weight) or not len(self.bad):
            raise DomainError("probability, bad and weight: one of each an object, and at least one object")
        if not bool(np.all((self.probability > 0.0) & (self.probability < 1.0))):
            raise DomainError("a probability of 0 or 1, or none: nothing that was seen a few times is certain")
        if not bool(np.all((self.bad == 0.0) | (self.bad == 1.0))) or not bool(np.all(self.weight > 0.0)):
            raise DomainError("bad is 1 or 0, and each weight is positive")

    def __len__(self) -> int:
        """Return how many objects were judged."""
        return len(self.bad)

    def of(self, rows: "NDArray[Any]") -> "Judged":
        """Return some of them."""
        return Judged(probability=self.probability[rows], bad=self.bad[rows], weight=self.weight[rows])


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number with its interval, None where it cannot be said."""

    value: float
    interval: Interval | None = None


@dataclass(frozen=True, kw_only=True)
class Area:
    """The area under a weighted curve, and by how much each object moves it: the sum of squares of that is its variance."""

    value: float
    moved: "NDArray[Any]"


def rate_of(bad: "NDArray[Any]", weight: "NDArray[Any]", confidence: float = 0.95) -> Measure:
    """Return a weighted rate with the interval of Korn and Graubard; of one object alone the interval is None.

    Source: [SARNDAL1992] 5.7; [KORN-GRAUBARD1998].
    """
    n, mass = len(bad), total_of(weight)
    rate = min(total_of(bad * weight) / mass, 1.0)
    if n < 2:
        return Measure(value=rate)
    off = weight * (bad - rate)
    variance = n / (n - 1.0) * total_of(off * off) / (mass * mass)
    kish = mass * mass / total_of(weight * weight)
    spread = Spread(rate=rate, variance=variance, objects=n, kish=kish, degrees=n - 1.0)
    return Measure(value=rate, interval=interval_of(spread, confidence=confidence))


def mean_of(values: "NDArray[Any]", weight: "NDArray[Any]", confidence: float = 0.95) -> Measure:
    """Return a weighted mean of numbers of any size with a normal interval."""
    mass, n = total_of(weight), len(values)
    mean = total_of(values * weight) / mass
    if n < 2:
        return Measure(value=mean)
    off = weight * (values - mean)
    return Measure(value=mean, interval=normal_interval(mean, sqrt(n / (n - 1.0) * total_of(off * off)) / mass, confidence))


def normal_interval(value: float, error: float, confidence: float) -> Interval:
    """Return a value and as many standard errors to either side as the confidence asks."""
    reach = normal_quantile(0.5 + confidence / 2.0) * error
    return Interval(lower=value - reach, upper=value + reach, confidence=confidence, method="normal")


def brier_of(probability: "NDArray[Any]", bad: "NDArray[Any]", weight: "NDArray[Any]") -> float:
    """Return the weighted mean squared difference between probability and finding.

    Source: [BRIER1950].
    """
    off = probability - bad
    return total_of(off * off * weight) / total_of(weight)


def area_of(score: "NDArray[Any]", bad: "NDArray[Any]", weight: "NDArray[Any]") -> Area:
    """Return the weighted chance that a bad object has a higher score than a good one; equal scores count one half.

    Args:
        score: any order.
        bad: 1 or 0; both must occur.
        weight: positive.

    Raises:
        RefusedError: all are bad, or none.

    Source: [DELONG1988]; with weights, its linearisation [SARNDAL1992] 5.5.
    """
    import numpy as np

    count = int(np.count_nonzero(bad))
    if count in {0, len(bad)}:
        raise RefusedError("bad-and-good", f"{count} of {len(bad)} are bad: nothing to tell apart")
    levels, place = np.unique(score, return_inverse=True)
    own = [totals_by(weight * one, place, len(levels)) for one in (bad, 1.0 - bad)]
    below = [_running(one) for one in own]
    all_bad, all_good = (float(one[-1]) for one in below)
    # Of each level: the share of good ones below it, and of bad ones above it; half of those on it.
    good_below = (below[1] - 0.5 * own[1]) / all_good
    bad_above = 1.0 - (below[0] - 0.5 * own[0]) / all_bad
    value = total_of(own[0] * good_below) / all_bad
    parts = np.where(bad > 0.0, good_below[place] - value, bad_above[place] - value) * weight
    grown = [sqrt(n / (n - 1.0)) if n > 1 else 1.0 for n in (count, len(bad) - count)]
    moved = parts * np.where(bad > 0.0, grown[0] / all_bad, grown[1] / all_good)
    return Area(value=value, moved=moved)


def _running(values: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    found, so_far = [], 0.0
    for one in values.tolist():
        so_far += one
        found.append(so_far)
    return np.asarray(found)


def auc_of(score: "NDArray[Any]", bad: "NDArray[Any]", weight: "NDArray[Any]") -> float:
    """Return the value of `area_of`."""
    return area_of(score, bad, weight).value


def area_measure(area: Area, confidence: float = 0.95) -> Measure:
    """Return an area with an interval on the scale of its log-odds; None at 0 or 1, where no spread can be seen."""
    if not 0.0 < area.value < 1.0:
        return Measure(value=area.value)
    error = sqrt(total_of(area.moved * area.moved)) / (area.value * (1.0 - area.value))
    middle = log(area.value / (1.0 - area.value))
    around = normal_interval(middle, error, confidence)
    ends = [1.0 / (1.0 + exp(-min(max(one, -700.0), 700.0))) for one in (around.lower, around.upper)]
    return Measure(value=area.value, interval=Interval(lower=ends[0], upper=ends[1], confidence=confidence, method="logit"))
