"""From a score to a probability that holds: weighted isotonic regression, by pooling neighbours in one fixed order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.kernels import totals_by
from openqi.science.numbers.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST: Final = 5
"""Bad ones, and good ones, on which each probability rests at least: what a few visits show is never called certain."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A calibration: probabilities that do not fall while the score rises; linear between, constant beyond."""

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]


def _pool(total: Any, weight: Any, first: Any, totals: Any, weights: Any) -> int:
    """Pool neighbours until means rise; fills where each block begins, its total and its weight, and returns how many there are."""
    count = 0
    for place in range(len(total)):
        begin, t, w = place, total[place], weight[place]
        while count > 0 and totals[count - 1] * w >= t * weights[count - 1]:
            count -= 1
            begin, t, w = first[count], totals[count] + t, weights[count] + w
        first[count], totals[count], weights[count] = begin, t, w
        count += 1
    return count


_compiled_pool = compiled(_pool)


def isotonic(values: "NDArray[Any]", weight: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[Any]]":
    """Return the non-decreasing means nearest to values in weighted squares: where each block begins, and its mean.

    Args:
        values: in the order of the score.
        weight: of each, positive.

    Raises:
        DomainError: there is no value, or a weight is not positive.

    Source: [BARLOW1972] 1.2, pool adjacent violators.
    """
    import numpy as np

    if not len(values) or len(values) != len(weight) or not bool(np.all(weight > 0.0)):
        raise DomainError("isotonic regression: at least one value, and a positive weight for each")
    first = np.zeros(len(values), dtype=np.int64)
    totals, weights = np.zeros(len(values)), np.zeros(len(values))
    count = _compiled_pool(values * weight, weight, first, totals, weights)
    return first[:count], totals[:count] / weights[:count]


def curve_of(scores: "NDArray[Any]", bad: "NDArray[Any]", weight: "NDArray[Any]", *, least: int = LEAST) -> Curve:
    """Return the calibration of scores by what was found.

    Blocks of the isotonic regression with fewer than `least` bad or good are joined with the next, so that no probability is 0
    or 1; the weighted mean of all probabilities stays the weighted rate.

    Args:
        scores: of each examined object; of a model that has not seen it.
        bad: 1 or 0.
        weight: positive.
        least: bad ones and good ones a block.

    Raises:
        RefusedError: there are fewer bad or good ones than one block needs.

    Source: [ZADROZNY-ELKAN2002]; [BARLOW1972] 1.2.
    """
    import numpy as np

    good = len(bad) - int(np.count_nonzero(bad))
    if min(good, len(bad) - good) < least:
        raise RefusedError("enough-of-both", f"{len(bad) - good} bad and {good} good: a calibration needs {least} of each at least")
    levels, place = np.unique(scores, return_inverse=True)
    count = len(levels)
    mass, hits = totals_by(weight, place, count), totals_by(bad * weight, place, count)
    first, _ = isotonic(hits / mass, mass)
    block = np.searchsorted(first, place, side="right") - 1
    seen = np.bincount(block, minlength=len(first)).tolist()
    found = np.bincount(block[bad > 0.0], minlength=len(first)).tolist()
    starts = _joined(seen, found, least)
    block = np.searchsorted(np.asarray(starts), block, side="right") - 1
    begins = [int(first[one]) for one in starts]
    ends = [*(one - 1 for one in begins[1:]), count - 1]
    rates = (totals_by(bad * weight, block, len(starts)) / totals_by(weight, block, len(starts))).tolist()
    knots: list[tuple[float, float]] = []
    for begin, end, rate in zip(begins, ends, rates, strict=True):
        knots += [(float(levels[one]), rate) for one in ((begin,) if begin == end else (begin, end))]
    return Curve(scores=tuple(one for one, _ in knots), probabilities=tuple(one for _, one in knots))


def _joined(seen: list[int], found: list[int], least: int) -> list[int]:
    """The blocks with which the joined ones begin; what is left at the end goes to the last."""
    starts, begin, good, bad = list[int](), 0, 0, 0
    for place, (one, hits) in enumerate(zip(seen, found, strict=True)):
        bad, good = bad + hits, good + one - hits
        if bad >= least and good >= least:
            starts.append(begin)
            begin, good, bad = place + 1, 0, 0
    return starts


def calibrated(curve: Curve, scores: "NDArray[Any]") -> "NDArray[Any]":
    """Return the probabilities of scores."""
    import numpy as np

    x, p = np.asarray(curve.scores), np.asarray(curve.probabilities)
    if len(x) == 1:
        return np.full(len(scores), p[0])
    right = np.clip(np.searchsorted(x, scores, side="right"), 1, len(x) - 1)
    left = right - 1
    between = p[left] + (scores - x[left]) / (x[right] - x[left]) * (p[right] - p[left])
    found: NDArray[Any] = np.where(scores <= x[0], p[0], np.where(scores >= x[-1], p[-1], between))
    return found
