"""Do probabilities hold?  What was found beside what was said: in groups of like risk, as a whole, and along the scale."""

from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Any

from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.numbers.elementary import exp, log
from openqi.science.numbers.sums import total
from openqi.science.risk.judging.odds import log_odds, logistic
from openqi.science.risk.measures import Judged, Measure, brier_of, mean_of, normal_interval, rate_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Bin:
    """Objects of like risk: how many, which share of the population, what was said, and what was found."""

    objects: int
    bad: int
    share: float
    least: float
    greatest: float
    said: float
    found: Measure


@dataclass(frozen=True, kw_only=True)
class Brier:
    """The mean squared difference, and what it is made of: value = reliability - resolution + uncertainty + within.

    Args:
        value: of all.
        reliability: how far what was said is from what was found, bin by bin; 0 is best.
        resolution: how far bins are from the rate of all; the more the better.
        uncertainty: rate (1 - rate): what one would have who only knew the rate.
        within: what differs within bins.
    """

    value: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """How far the probabilities of a model hold.

    Args:
        bins: by rising risk.
        error: weighted mean distance between said and found (ECE).
        error_by_chance: what that distance would be, on average, of a model without fault in as many visits.
        brier: with its parts.
        large: found less said, over all.
        ratio: found over said.
        intercept, slope: of the log-odds of what was found over those of what was said; 0 and 1 where the model holds; None where
            all were said or found the same, or were told apart without a fault.
    """

    bins: tuple[Bin, ...]
    error: float
    error_by_chance: float
    brier: Brier
    large: Measure
    ratio: Measure
    intercept: Measure | None
    slope: Measure | None


def reliability_of(judged: Judged, *, bins: int = 10, confidence: float = 0.95) -> Reliability:
    """Return how far probabilities hold.

    Args:
        judged: probabilities of a model that has not seen the objects.
        bins: of about equal share of the population; objects of one probability stay together.
        confidence: of the intervals.

    Source: [MURPHY1973], within bins [STEPHENSON2008]; slope [COX1958]; [VANCALSTER2019].
    """
    place, count = _binned(judged, bins)
    rows = [_rows(place, one) for one in range(count)]
    mass = total_of(judged.weight)
    made = tuple(_bin(judged.of(one), mass, confidence) for one in rows)
    rate, said = (total_of(one * judged.weight) / mass for one in (judged.bad, judged.probability))
    value = brier_of(judged.probability, judged.bad, judged.weight)
    apart = total([one.share * (one.said - one.found.value) ** 2 for one in made])
    resolution = total([one.share * (one.found.value - rate) ** 2 for one in made])
    intercept, slope = _recalibrated(judged, confidence)
    large = mean_of(judged.bad - judged.probability, judged.weight, confidence)
    return Reliability(
        bins=made,
        error=total([one.share * abs(one.said - one.found.value) for one in made]),
        error_by_chance=total([one.share * sqrt(2.0 / pi) * _noise(judged.of(own)) for one, own in zip(made, rows, strict=True)]),
        brier=Brier(
            value=value, reliability=apart, resolution=resolution, uncertainty=rate * (1.0 - rate),
            within=value - apart + resolution - rate * (1.0 - rate),
        ),
        large=large, ratio=_ratio(judged, rate / said, confidence), intercept=intercept, slope=slope,
    )  # fmt: skip


def _binned(judged: Judged, bins: int) -> "tuple[NDArray[Any], int]":
    """The bin of each object: levels of probability in turn, until a bin has its share."""
    import numpy as np

    levels, place = np.unique(judged.probability, return_inverse=True)
    masses = totals_by(judged.weight, place, len(levels)).tolist()
    share = total_of(judged.weight) / bins
    number, so_far, of_level = 0, 0.0, []
    for one in masses:
        if so_far >= share * (number + 1) * (1.0 - 1e-12):
            number += 1
        of_level.append(number)
        so_far += one
    _, dense = np.unique(np.asarray(of_level), return_inverse=True)
    return dense[place], int(dense[-1]) + 1


def _rows(place: "NDArray[Any]", one: int) -> "NDArray[Any]":
    import numpy as np

    found: NDArray[Any] = np.flatnonzero(place == one)
    return found


def _bin(own: Judged, mass: float, confidence: float) -> Bin:
    import numpy as np

    weight = total_of(own.weight)
    return Bin(
        objects=len(own), bad=int(np.count_nonzero(own.bad)), share=weight / mass, least=float(np.min(own.probability)),
        greatest=float(np.max(own.probability)), said=total_of(own.probability * own.weight) / weight,
        found=rate_of(own.bad, own.weight, confidence),
    )  # fmt: skip


def _noise(own: Judged) -> float:
    """The standard error of what is found in a bin if what was said holds."""
    p, w = own.probability, own.weight
    return sqrt(total_of(w * w * p * (1.0 - p))) / total_of(w)


def _ratio(judged: Judged, value: float, confidence: float) -> Measure:
    """Found over said, by linearisation on the scale of its logarithm."""
    n, said = len(judged), total_of(judged.weight * judged.probability)
    if value <= 0.0 or n < 2:
        return Measure(value=value)
    off = judged.weight * (judged.bad - value * judged.probability)
    error = sqrt(n / (n - 1.0) * total_of(off * off)) / (said * value)
    around = normal_interval(log(value), error, confidence)
    ends = {"lower": exp(around.lower), "upper": exp(min(around.upper, 700.0))}
    return Measure(value=value, interval=type(around)(**ends, confidence=confidence, method="log"))


def _recalibrated(judged: Judged, confidence: float) -> tuple[Measure | None, Measure | None]:
    """Intercept and slope by weighted maximum likelihood, with the variance that holds for unequal weights (sandwich)."""
    import numpy as np

    x = log_odds(judged.probability)
    if len(x) < 3 or float(np.min(x)) == float(np.max(x)):
        return None, None
    a, b = 0.0, 1.0
    for _ in range(100):
        p = logistic(a + b * x)
        w = judged.weight * p * (1.0 - p)
        g0, g1 = (total_of(judged.weight * (judged.bad - p) * one) for one in (np.ones(len(x)), x))
        h00, h01, h11 = total_of(w), total_of(w * x), total_of(w * x * x)
        det = h00 * h11 - h01 * h01
        if not det > 0.0:
            return None, None  # bad and good ones are told apart without a fault, or all are alike: there is no slope
        step = ((h11 * g0 - h01 * g1) / det, (h00 * g1 - h01 * g0) / det)
        limit = max(1.0, abs(step[0]), abs(step[1]))
        a, b = a + step[0] / limit, b + step[1] / limit
        if max(abs(step[0]), abs(step[1])) < 1e-10:
            break
    else:
        return None, None
    u0 = judged.weight * (judged.bad - p)
    m00, m01, m11 = total_of(u0 * u0), total_of(u0 * u0 * x), total_of(u0 * u0 * x * x)
    i00, i01, i11 = h11 / det, -h01 / det, h00 / det
    first = i00 * i00 * m00 + 2.0 * i00 * i01 * m01 + i01 * i01 * m11
    second = i01 * i01 * m00 + 2.0 * i01 * i11 * m01 + i11 * i11 * m11
    return (
        Measure(value=a, interval=normal_interval(a, sqrt(first), confidence)),
        Measure(value=b, interval=normal_interval(b, sqrt(second), confidence)),
    )
