"""Is a new model better than the one in force?  A paired difference of their losses on visits that neither learned from.

Visits are weighted by their inclusion probability, so that what is compared is how well each tells the risk of all objects, not
of those to which one of the models sent inspectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, Literal

from openqi.kernel.errors import DomainError
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.numbers.compiled import each_of
from openqi.science.numbers.exponential import unchecked_log
from openqi.science.numbers.special import t_quantile
from openqi.science.risk.parts import PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

MEASURES: Final = ("log-loss", "brier")
Verdict = Literal["takes-over", "stays", "open"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """By what a challenger is judged; stated before anybody sees the comparison.

    Args:
        measure: `log-loss` or `brier`, both smaller for a model that tells the truth.
        confidence: of the interval, two-sided, in [0.8, 1).
        margin: by which the challenger's loss must be lower, at least 0.
        least_visits: examined objects below which nothing is decided.
        least_found: nonconforming ones, and as many conforming ones.
        least_effective: what the visits are worth in equally likely ones (Kish).
        top: share of all objects that is visited first, for the lift.
    """

    measure: str = "log-loss"
    confidence: float = 0.95
    margin: float = 0.0
    least_visits: int = 200
    least_found: int = 20
    least_effective: float = 100.0
    top: float = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """An estimate of a difference with standard error and interval."""

    value: float
    standard_error: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What was found.

    Args:
        verdict: `takes-over` where the whole interval lies above the margin, `stays` where it lies at or below, else `open`.
        reason: why it is open though the interval is not asked: `too-few`; else empty.
        champion, challenger: mean losses in the population.
        better: by how much the challenger's loss is lower.
        champion_lift, challenger_lift: nonconforming objects among the share that a model puts first, against chance.
        lift: the difference of the lifts, the challenger's less the champion's. A description: nothing is decided by it.
        visits, found: examined, and of them nonconforming.
        effective: what they are worth in equally likely ones.
        degrees: of freedom of the standard errors.
    """

    verdict: Verdict
    reason: str
    champion: float
    challenger: float
    better: Estimate
    champion_lift: float
    challenger_lift: float
    lift: Estimate
    visits: int
    found: int
    effective: float
    degrees: float


def check_rule(rule: Rule) -> None:
    """Raise DomainError unless a rule can be followed."""
    if rule.measure not in MEASURES:
        raise DomainError(f"measure {rule.measure!r}: {' or '.join(MEASURES)}")
    if not (0.8 <= rule.confidence < 1.0 and rule.margin >= 0.0 and 0.0 < rule.top < 1.0):
        raise DomainError("a rule has a confidence in [0.8, 1), a margin of at least 0, and a top share inside of 0 and 1")
    if rule.least_visits < 2 or rule.least_found < 1 or not rule.least_effective > 1.0:
        raise DomainError("a rule asks for at least 2 visits, 1 nonconforming object, and more than 1 effective visit")


def compared(
    nonconforming: Sequence[bool], champion: Sequence[int], challenger: Sequence[int], probability: Sequence[float], *,
    rule: Rule, stratum: Sequence[str] | None = None,
) -> Comparison:  # fmt: skip
    """Return which of two models tells the risk better, on visits that neither learned from.

    Args:
        nonconforming: how each visit ended; who was not examined is not among them.
        champion, challenger: the risk that each model told before, in millionths.
        probability: of inclusion of each object in the draw, in (0, 1].
        rule: stated in advance.
        stratum: of each; without, one.

    Raises:
        DomainError: columns differ in length, a number lies outside, or the rule is none.

    Source: [SARNDAL1992] 5.5, 5.7 (linearised ratio, with replacement); [KISH1965] 8.2.
    """
    import numpy as np

    check_rule(rule)
    y = np.asarray(nonconforming, dtype=np.int64)
    risks = [np.asarray(one, dtype=np.int64) for one in (champion, challenger)]
    pi = np.asarray(probability, dtype=np.float64)
    _check_columns(y, risks, pi)
    w = 1.0 / pi
    group, groups = _grouped(stratum, len(y))
    losses = [_losses(rule.measure, one, y) for one in risks]
    whole = total_of(w)
    means = [total_of(w * one) / whole for one in losses]
    effective = whole * whole / total_of(w * w)
    degrees = max(effective - groups, 1.0)
    apart = losses[0] - losses[1]
    better = total_of(w * apart) / whole
    width = t_quantile(0.5 + rule.confidence / 2.0, degrees)
    estimate = _estimate(better, w * (apart - better) / whole, group, groups, width)
    lifts, lift = _lift(rule.top, risks, y, w, group, groups, width)
    found = int(np.count_nonzero(y))
    few = min(found, len(y) - found) < rule.least_found or len(y) < rule.least_visits or effective < rule.least_effective
    return Comparison(
        verdict="open" if few else _verdict(estimate, rule.margin), reason="too-few" if few else "",
        champion=means[0], challenger=means[1], better=estimate, champion_lift=lifts[0], challenger_lift=lifts[1], lift=lift,
        visits=len(y), found=found, effective=effective, degrees=degrees,
    )  # fmt: skip


def _check_columns(y: "NDArray[Any]", risks: "Sequence[NDArray[Any]]", pi: "NDArray[Any]") -> None:
    if len({len(y), len(pi), *map(len, risks)}) != 1 or len(y) < 2:
        raise DomainError(
            f"{len(y)} outcomes, {len(risks[0])} and {len(risks[1])} risks, {len(pi)} probabilities; as many of each, two at least"
        )
    if not bool(((pi > 0.0) & (pi <= 1.0)).all()):
        raise DomainError("a probability of inclusion lies above 0 and up to 1")
    if any(bool(((one < 1) | (one >= PARTS)).any()) for one in risks):
        raise DomainError(f"risks are whole millionths, 1 to {PARTS - 1}")
    if bool(((y != 0) & (y != 1)).any()):
        raise DomainError("an outcome is nonconforming or not")


def _grouped(stratum: Sequence[str] | None, count: int) -> "tuple[NDArray[Any], int]":
    """The stratum of each visit by number, and how many there are; one that was visited once joins the others of its kind."""
    import numpy as np

    if stratum is None:
        return np.zeros(count, dtype=np.int64), 1
    if len(stratum) != count:
        raise DomainError(f"{len(stratum)} strata for {count} visits; one a visit")
    names, group, sizes = np.unique(np.asarray(stratum, dtype=np.str_), return_inverse=True, return_counts=True)
    lonely = sizes < 2
    if not bool(lonely.any()):
        return group.astype(np.int64), len(names)
    places, own = [0] * len(names), 0
    for place, alone in enumerate(lonely.tolist()):
        own += not alone
        places[place] = 0 if alone else own
    joined: NDArray[Any] = np.asarray(places, dtype=np.int64)[group]
    return joined, own + 1


def _losses(measure: str, risks: "NDArray[Any]", y: "NDArray[Any]") -> "NDArray[Any]":
    import numpy as np

    told = np.where(y == 1, risks, PARTS - risks) / float(PARTS)  # the risk that was told of what came true
    if measure == "brier":
        wrong: NDArray[Any] = (1.0 - told) * (1.0 - told)
        return wrong
    found = np.empty(len(told))
    _logarithms(told, found)
    return -found


_logarithms: Any = each_of(unchecked_log)


def _estimate(value: float, parts: "NDArray[Any]", group: "NDArray[Any]", groups: int, width: float) -> Estimate:
    """A sum with its standard error: from the spread of its parts within strata, as if drawn with replacement.

    Nothing is taken off where a large part was visited: outcomes would come out otherwise another time, even of all objects.
    """
    import numpy as np

    sizes = totals_by(np.ones(len(parts)), group, groups)
    safe = np.where(sizes > 1.0, sizes, 2.0)
    apart = parts - (totals_by(parts, group, groups) / np.where(sizes > 0.0, sizes, 1.0))[group]
    variance = total_of(totals_by(apart * apart, group, groups) * (safe / (safe - 1.0)))
    error = sqrt(max(variance, 0.0))
    return Estimate(value=value, standard_error=error, lower=value - width * error, upper=value + width * error)


def _verdict(better: Estimate, margin: float) -> Verdict:
    if better.lower > margin:
        return "takes-over"
    return "stays" if better.upper <= margin else "open"


def _lift(
    top: float,
    risks: "Sequence[NDArray[Any]]",
    y: "NDArray[Any]",
    w: "NDArray[Any]",
    group: "NDArray[Any]",
    groups: int,
    width: float,
) -> tuple[list[float], Estimate]:
    """Both lifts and their difference; where the first end is taken as known."""
    import numpy as np

    bad = total_of(w * y)
    if bad == 0.0:
        return [0.0, 0.0], Estimate(value=0.0, standard_error=0.0, lower=0.0, upper=0.0)
    first = [_first(one, w, top) for one in risks]
    caught = [total_of(w * y * one) / bad for one in first]
    parts = w * y * ((first[1] - first[0]) - (caught[1] - caught[0])) / bad
    lifts = [one / top for one in caught]
    return lifts, _estimate(lifts[1] - lifts[0], np.asarray(parts / top), group, groups, width)


def _first(risks: "NDArray[Any]", w: "NDArray[Any]", top: float) -> "NDArray[Any]":
    """How far each object is among the share that a model puts first; of equal risks all in the same part."""
    import numpy as np

    levels, place = np.unique(-risks, return_inverse=True)
    weights = totals_by(w, place.astype(np.int64), len(levels))
    room, parts = top * total_of(w), []
    for weight in weights.tolist():
        parts.append(min(1.0, room / weight) if room > 0.0 else 0.0)
        room -= weight
    found: NDArray[Any] = np.asarray(parts)[place]
    return found
