"""The report on a risk model: does it hold, does it find, for whom, since when, and what was not shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.sample import Column
from openqi.science.risk.judging.choice import Choice, Class, choice_of, classes_of
from openqi.science.risk.judging.discrimination import BUDGETS, Discrimination, discrimination_of
from openqi.science.risk.judging.drift import Period, periods_of
from openqi.science.risk.judging.fairness import Fairness, fairness_of
from openqi.science.risk.judging.reliability import Reliability, reliability_of
from openqi.science.risk.measures import Judged

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NO_GROUPS: Final[Mapping[str, Column]] = {}


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What a report is asked.

    Args:
        bins: of the reliability diagram.
        confidence: of all intervals.
        budgets: shares of the population that are visited.
        thresholds: where classes B, C and D begin; None for no classes.
        visit, missed: costs; None for no choice.
        flagged_from: from which probability on an object is called risky; None takes the start of class C, else the rate of all.
        pieces: of time.
    """

    bins: int = 10
    confidence: float = 0.95
    budgets: tuple[float, ...] = BUDGETS
    thresholds: tuple[float, ...] | None = None
    visit: float | None = None
    missed: float | None = None
    flagged_from: float | None = None
    pieces: int = 4

    def __post_init__(self) -> None:
        if not 2 <= self.bins <= 100 or not 0.0 < self.confidence < 1.0 or not 1 <= self.pieces <= 100:
            raise DomainError(
                f"bins = {self.bins}, confidence = {self.confidence}, pieces = {self.pieces}: 2 to 100, inside (0, 1), 1 to 100"
            )
        if (self.visit is None) != (self.missed is None):
            raise DomainError("cost of a visit and loss of a missed one: state both, or neither")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What is found on one basis: for the `population` (1/probability), of those `visited`, or of the `random floor` alone."""

    basis: str
    objects: int
    bad: int
    reliability: Reliability
    discrimination: Discrimination | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """Everything that a report says.

    Args:
        judgements: by basis; the population first.
        periods: calibration by time, of the population.
        fairness: by column, of the population.
        classes, choice: of the population.
        not_shown: sentences by code, with what fills them in.
    """

    judgements: tuple[Judgement, ...]
    periods: tuple[Period, ...]
    fairness: tuple[Fairness, ...]
    classes: tuple[Class, ...]
    choice: Choice | None
    not_shown: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Results:
    """Examined objects and what a model said of them before.

    Args:
        probability: of the model, in (0, 1).
        bad: 1 or 0.
        weight: 1/probability of being drawn.
        floor: probability of each object to be drawn by the random floor, NaN where the floor did not draw it; None without one.
        days: ordinal day of each; None where unknown.
        groups: columns by which fairness is asked.
        unresolved: how many drawn objects could not be examined.
        seen: whether the model may have been grown on these very objects.
    """

    probability: "NDArray[Any]"
    bad: "NDArray[Any]"
    weight: "NDArray[Any]"
    floor: "NDArray[Any] | None" = None
    days: "NDArray[Any] | None" = None
    groups: Mapping[str, Column] = field(default_factory=lambda: _NO_GROUPS)
    unresolved: int = 0
    seen: bool = False


def report_of(results: Results, questions: Questions | None = None) -> Report:
    """Return the report on a model.

    Args:
        results: of objects that the model has not seen; where it has, the report says so.
        questions: what is asked.

    Raises:
        DomainError: a column or a question is none of what it can be.
        RefusedError: nobody was examined.
    """
    asked = questions or Questions()
    if not len(results.bad):
        raise RefusedError("somebody-examined", "none of the objects was examined: nothing can be said of the model")
    whole = Judged(probability=results.probability, bad=results.bad, weight=results.weight)
    bases = [("population", whole), ("visited", _visited(whole))]
    floor = _floor(whole, results.floor)
    if floor is not None:
        bases.append(("random floor", floor))
    threshold = _flagged_from(whole, asked)
    return Report(
        judgements=tuple(_judgement(name, judged, asked) for name, judged in bases),
        periods=() if results.days is None else periods_of(whole, results.days, pieces=asked.pieces, confidence=asked.confidence),
        fairness=tuple(
            fairness_of(whole, column, name=name, threshold=threshold, confidence=asked.confidence)
            for name, column in results.groups.items()
        ),
        classes=() if asked.thresholds is None else classes_of(whole, asked.thresholds, confidence=asked.confidence),
        choice=None if asked.visit is None or asked.missed is None else choice_of(whole, visit=asked.visit, missed=asked.missed),
        not_shown=tuple(_not_shown(results, whole, floor)),
    )  # fmt: skip


def _visited(judged: Judged) -> Judged:
    import numpy as np

    return Judged(probability=judged.probability, bad=judged.bad, weight=np.ones(len(judged)))


def _floor(judged: Judged, chance: "NDArray[Any] | None") -> Judged | None:
    import numpy as np

    if chance is None:
        return None
    rows = np.flatnonzero(~np.isnan(chance))
    own = chance[rows]
    if not len(rows):
        return None
    if not bool(np.all((own > 0.0) & (own <= 1.0))):
        raise DomainError("random floor: each probability is above 0 and at most 1; leave the cell empty where it did not draw")
    return Judged(probability=judged.probability[rows], bad=judged.bad[rows], weight=1.0 / own)


def _flagged_from(judged: Judged, asked: Questions) -> float:
    from openqi.science.draws.rates.kernels import total_of

    if asked.flagged_from is not None:
        return asked.flagged_from
    if asked.thresholds is not None:
        return asked.thresholds[1]
    rate = total_of(judged.bad * judged.weight) / total_of(judged.weight)
    return min(max(rate, 1e-9), 1.0 - 1e-9)


def _judgement(name: str, judged: Judged, asked: Questions) -> Judgement:
    import numpy as np

    bad = int(np.count_nonzero(judged.bad))
    found = None if bad in {0, len(judged)} else discrimination_of(judged, budgets=asked.budgets, confidence=asked.confidence)
    holds = reliability_of(judged, bins=asked.bins, confidence=asked.confidence)
    return Judgement(basis=name, objects=len(judged), bad=bad, reliability=holds, discrimination=found)


def _not_shown(results: Results, judged: Judged, floor: Judged | None) -> Sequence[tuple[str, Mapping[str, Any]]]:
    import numpy as np

    found: list[tuple[str, Mapping[str, Any]]] = []
    bad = int(np.count_nonzero(judged.bad))
    if results.seen:
        found.append(("seen", {}))
    if results.unresolved:
        found.append(("unresolved", {"objects": results.unresolved}))
    if results.floor is None:
        found.append(("no-floor", {}))
    elif floor is None or int(np.count_nonzero(floor.bad)) in {0, len(floor)}:
        found.append(("thin-floor", {"objects": 0 if floor is None else len(floor)}))
    if results.days is None:
        found.append(("no-time", {}))
    if not results.groups:
        found.append(("no-groups", {}))
    if bad in {0, len(judged)}:
        found.append(("one-outcome", {"bad": bad, "objects": len(judged)}))
    found.append(("concept", {}))
    return found
