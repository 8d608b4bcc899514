"""Which serials are worth a look, when honest ones of the same market say what is usual: with a promise, not with a feeling."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.intervals import clopper_pearson

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True, slots=True)
class FalseAlarms:
    """How often honest serials reach a score.

    Args:
        threshold: the score from which on a serial is named.
        reached: honest serials that reach it.
        honest: how many honest serials were looked at.
        rate: their share.
        upper: what the share is at most, with the stated confidence.
    """

    threshold: int
    reached: int
    honest: int
    rate: float
    upper: float


def false_alarms(honest: "Sequence[int] | NDArray[Any]", threshold: int, *, confidence: float = 0.95) -> FalseAlarms:
    """Return how often a score is reached by serials that are known to be honest.

    Args:
        honest: scores of serials of which it is known that they stand on one label.
        threshold: the score.
        confidence: of the upper bound, in (0.5, 1).

    Raises:
        DomainError: no honest serials, or a confidence out of range.

    Source: [CLOPPER-PEARSON].
    """
    import numpy as np

    scores = np.asarray(honest)
    if not len(scores) or not 0.5 < confidence < 1.0:
        raise DomainError(f"{len(scores)} honest serials at a confidence of {confidence}: at least one, between 0.5 and 1")
    reached, count = int(np.count_nonzero(scores >= threshold)), len(scores)
    upper = 1.0 if reached == count else clopper_pearson(reached, count, confidence=2.0 * confidence - 1.0).upper
    return FalseAlarms(threshold=threshold, reached=reached, honest=count, rate=reached / count, upper=upper)


def p_values(scores: "Sequence[int] | NDArray[Any]", honest: "Sequence[int] | NDArray[Any]") -> "NDArray[Any]":
    """Return for each score the chance that an honest serial has it or a greater one: (1 + as great) / (1 + honest).

    If a serial is as the honest ones are, in whatever distribution, its p-value is at most t with a chance of at most t, on average
    over honest ones. Feed them to `benjamini_hochberg` to name many serials with few in vain.

    Raises:
        DomainError: no honest serials.

    Source: [VOVK2005] section 2.2, smoothing left out.
    """
    import numpy as np

    known = np.sort(np.asarray(honest))
    if not len(known):
        raise DomainError("no honest serials: nothing says what is usual")
    as_great = len(known) - np.searchsorted(known, np.asarray(scores), side="left")
    found: NDArray[Any] = (1.0 + as_great) / (1.0 + len(known))
    return found
