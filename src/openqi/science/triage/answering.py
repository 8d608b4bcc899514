"""When a suggestion is given at all: so surely that hardly any is wrong, and of a text like those that were learned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.intervals import Interval, clopper_pearson

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS: Final = 20
"""How many shares of the texts are tried: 5 %, 10 %, ..., 100 %, the surest first."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is promised of the suggestions that are given.

    Args:
        right: share of them that are right at least, with `confidence`.
        confidence: that the promise holds for texts like those that were held out.
    """

    right: float
    confidence: float

    def __post_init__(self) -> None:
        if not (0.0 < self.right < 1.0 and 0.0 < self.confidence < 1.0):
            raise DomainError(f"right {self.right} with confidence {self.confidence}: both between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """From which probability on a suggestion is given, and what was found above it among texts that were held out.

    Args:
        least: probability; None where no share of the texts keeps the promise, so that nothing is ever suggested.
        given: of the texts held out.
        right: of those.
        of: texts held out.
    """

    least: float | None
    given: int
    right: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Step:
    """One share of the surest texts: from which probability on, how many, how many right, and between which limits."""

    least: float
    given: int
    right: int
    interval: Interval


def steps_of(probability: "NDArray[Any]", right: "NDArray[Any]", confidence: float = 0.95) -> tuple[Step, ...]:
    """Return how often suggestions are right among the surest 5 %, 10 %, ... of the texts; equal probabilities stay together.

    Args:
        probability: of the label that is suggested.
        right: whether it was the right one, 1 or 0.
        confidence: of each interval.
    """
    import numpy as np

    order = np.argsort(-probability, kind="stable")
    ranked, hits, texts = probability[order].tolist(), right[order].tolist(), len(order)
    found: list[Step] = []
    for step in range(1, STEPS + 1):
        least = ranked[max(1, texts * step // STEPS) - 1]
        if found and least == found[-1].least:
            continue
        given = int(np.count_nonzero(probability >= least))
        own = int(np.count_nonzero(hits[:given]))
        found.append(Step(least=least, given=given, right=own, interval=clopper_pearson(own, given, confidence=confidence)))
    return tuple(found)


def threshold_of(probability: "NDArray[Any]", right: "NDArray[Any]", promise: Promise) -> Threshold:
    """Return the lowest probability from which on the promise is kept, tried at STEPS shares with the confidence divided by them.

    Args:
        probability: of the suggested label of texts that were held out.
        right: whether it was the right one, 1 or 0.
        promise: to be kept.

    Raises:
        DomainError: there are no texts.

    Source: [CLOPPER-PEARSON], one-sided; Bonferroni over the shares, as [ANGELOPOULOS2021] tests each.
    """
    if not len(probability):
        raise DomainError("no texts were held out, so that nothing can be promised")
    doubt = (1.0 - promise.confidence) / STEPS
    kept = [one for one in steps_of(probability, right, 1.0 - 2.0 * doubt) if one.interval.lower >= promise.right]
    if not kept:
        return Threshold(least=None, given=0, right=0, of=len(probability))
    last = max(kept, key=lambda one: one.given)
    return Threshold(least=last.least, given=last.given, right=last.right, of=len(probability))


@dataclass(frozen=True, kw_only=True)
class Like:
    """What a text must be like to be judged at all.

    Args:
        least_known: share of its runs of two and three characters that are known.
        most_foreign: share of its letters that are of no Chinese, Japanese or Korean script.
        least_margin: how far it must lie on the side of the nearest label; below 0 means that every line was on its other side.
    """

    least_known: float
    most_foreign: float
    least_margin: float


def like_those(known: "NDArray[Any]", foreign: "NDArray[Any]", margin: "NDArray[Any]", left_out: float) -> Like:
    """Return what all but a share of the texts that were learned from are like, by each of the three measures alone.

    Args:
        known: share of known runs of each, itself not counted among what is known.
        foreign: share of letters of another script.
        margin: the greatest, of lines that had not seen the text.
        left_out: share of the texts that may lie beyond each limit, in [0, 1).

    Raises:
        DomainError: an argument lies outside.
    """
    texts = len(known)
    if not 0.0 <= left_out < 1.0 or not texts:
        raise DomainError(f"{left_out} of {texts} texts left out: a share below 1, of one text or more")
    place = int(left_out * texts)
    return Like(
        least_known=sorted(known.tolist())[place],
        most_foreign=sorted(foreign.tolist(), reverse=True)[place],
        least_margin=sorted(margin.tolist())[place],
    )
