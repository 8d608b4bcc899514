"""What probabilities of several labels were worth on texts that no model had seen: hits, scores, and whether they hold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.intervals import Interval, clopper_pearson
from openqi.science.numbers.elementary import log
from openqi.science.risk.judging.reliability import Reliability, reliability_of
from openqi.science.risk.measures import Judged, Measure, mean_of
from openqi.science.triage.answering import Step, steps_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SUREST: Final = 1.0 - 2.0**-40


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What was found.

    Args:
        texts: that were judged.
        right: of which the likeliest label was the right one.
        accuracy: interval of the share of those.
        macro_f1: mean over labels of 2 hits / (said + found).
        brier: mean over texts of the squared distance to what was right, 0 (best) to 2.
        logarithmic: mean of -ln of the probability of what was right, in nat.
        reliability: of the probability of the likeliest label.
        steps: how often the surest are right.
    """

    texts: int
    right: int
    accuracy: Interval
    macro_f1: float
    brier: Measure
    logarithmic: Measure
    reliability: Reliability
    steps: tuple[Step, ...]


def worth_of(probabilities: "NDArray[Any]", label: "NDArray[Any]") -> Worth:
    """Return what probabilities are worth.

    Args:
        probabilities: texts x labels.
        label: which one was right, 0 to labels - 1.

    Raises:
        DomainError: no texts.

    Source: [BRIER1950]; [GOOD1952]; [CLOPPER-PEARSON].
    """
    import numpy as np

    texts = len(label)
    if not texts:
        raise DomainError("no texts to judge by")
    said = np.argmax(probabilities, axis=1)
    right = (said == label).astype(np.float64)
    hits, ones = int(np.count_nonzero(right)), np.ones(texts)
    surest = np.minimum(probabilities[np.arange(texts), said], _SUREST)
    own = probabilities[np.arange(texts), label]
    squares = (1.0 - own) * (1.0 - own) - own * own
    for one in range(probabilities.shape[1]):
        squares = squares + probabilities[:, one] * probabilities[:, one]
    losses = np.array([-log(max(one, 2.0**-1022)) for one in own.tolist()])
    return Worth(
        texts=texts, right=hits, accuracy=clopper_pearson(hits, texts),
        macro_f1=macro_f1(said, label, probabilities.shape[1]), brier=mean_of(squares, ones), logarithmic=mean_of(losses, ones),
        reliability=reliability_of(Judged(probability=surest, bad=right, weight=ones)), steps=steps_of(surest, right),
    )  # fmt: skip


def macro_f1(said: "NDArray[Any]", label: "NDArray[Any]", labels: int) -> float:
    """Return the mean over labels of 2 hits / (said + found); a label that neither occurs nor was said counts 0."""
    import numpy as np

    total = 0.0
    for one in range(labels):
        hits = int(np.count_nonzero((said == one) & (label == one)))
        both = int(np.count_nonzero(said == one)) + int(np.count_nonzero(label == one))
        total += 2.0 * hits / both if both else 0.0
    return total / labels
