"""Does the risk treat groups alike?  Rates, calibration, false alarms and misses by size, region or age, with intervals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.draws.rates.sample import Column, coded
from openqi.science.risk.judging.discrimination import difference_of
from openqi.science.risk.measures import Judged, Measure, mean_of, rate_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Group:
    """One group of objects.

    Args:
        name: of it.
        objects, bad: examined, and bad among them.
        share: of the population.
        said: mean probability.
        found: rate.
        off: found less said; an interval that leaves 0 out says that the model is unfair to it, or too kind.
        flagged: share that is called risky at the threshold.
        false_alarms: share of the good ones that is called risky; None where no good one was examined.
        missed: share of the bad ones that is not; None where no bad one was.
    """

    name: str
    objects: int
    bad: int
    share: float
    said: float
    found: Measure
    off: Measure
    flagged: Measure
    false_alarms: Measure | None
    missed: Measure | None


@dataclass(frozen=True, kw_only=True)
class Fairness:
    """Groups of one column, and whether that column alone tells as much as the model.

    Args:
        column: which.
        threshold: from which probability on an object is called risky.
        groups: by falling share.
        gain: area of the model less that of the column alone; None where that cannot be said.
        alone_suffices: whether the model is not shown to be better than the column alone; None where that cannot be said.
    """

    column: str
    threshold: float
    groups: tuple[Group, ...]
    gain: Measure | None
    alone_suffices: bool | None


def fairness_of(judged: Judged, column: Column, *, name: str, threshold: float, confidence: float = 0.95) -> Fairness:
    """Return how a risk treats the groups of a column.

    The column alone is a score too: the rate that was found in each group. If the model is not better than that by
    more than chance, it says "small" or "far away" in many words.

    Args:
        judged: probabilities of a model that has not seen the objects.
        column: group of each object, "" where unknown, which is a group of its own.
        name: of the column.
        threshold: in (0, 1).
        confidence: of the intervals.

    Raises:
        DomainError: the column has another length, or the threshold is no probability.

    Source: [HARDT2016]; [DELONG1988].
    """
    import numpy as np

    if len(column) != len(judged):
        raise DomainError(f"{name} has {len(column)} rows, of {len(judged)} examined objects")
    if not 0.0 < threshold < 1.0:
        raise DomainError(f"threshold = {threshold}; a probability between 0 and 1")
    own = coded([str(one) for one in column])
    mass = total_of(judged.weight)
    groups = [
        _group(text or "?", judged.of(np.flatnonzero(own.codes == place)), mass, threshold, confidence)
        for place, text in enumerate(own.names)
    ]
    both = 0.0 < total_of(judged.bad) < len(judged)
    gain = None
    if both and len(own.names) > 1:
        gain = difference_of(judged.probability, _alone(judged, own.codes, len(own.names)), judged.bad, judged.weight, confidence)
    return Fairness(
        column=name, threshold=threshold, groups=tuple(sorted(groups, key=lambda one: (-one.share, one.name))), gain=gain,
        alone_suffices=None if gain is None or gain.interval is None else gain.interval.lower <= 0.0,
    )  # fmt: skip


def _group(name: str, own: Judged, mass: float, threshold: float, confidence: float) -> Group:
    import numpy as np

    flagged = np.where(own.probability >= threshold, 1.0, 0.0)
    good, bad = np.flatnonzero(own.bad == 0.0), np.flatnonzero(own.bad == 1.0)
    weight = total_of(own.weight)
    return Group(
        name=name, objects=len(own), bad=len(bad), share=weight / mass, said=total_of(own.probability * own.weight) / weight,
        found=rate_of(own.bad, own.weight, confidence), off=mean_of(own.bad - own.probability, own.weight, confidence),
        flagged=rate_of(flagged, own.weight, confidence),
        false_alarms=rate_of(flagged[good], own.weight[good], confidence) if len(good) else None,
        missed=rate_of(1.0 - flagged[bad], own.weight[bad], confidence) if len(bad) else None,
    )  # fmt: skip


def _alone(judged: Judged, codes: "NDArray[Any]", count: int) -> "NDArray[Any]":
    """The rate of each object's group. It counts the object itself, which flatters the column: to leave each object out would turn
    the order within every group round, because a bad one then has a lower rate than a good one."""
    hits, masses = (totals_by(one, codes, count) for one in (judged.bad * judged.weight, judged.weight))
    found: NDArray[Any] = (hits / masses)[codes]
    return found
