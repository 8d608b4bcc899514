"""Strata whose examined are all alike show no spread and add nothing to a variance: the interval adds what they may hide."""

from dataclasses import replace
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from openqi.science.draws.rates.intervals import Interval, clopper_pearson
from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.draws.rates.sample import Coded, Sample
from openqi.science.draws.rates.totals import chance_of_rows, worth_in_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

WITHOUT_SPREAD: Final = ("none-found", "all-found", "alike-in-strata", "census")
ADDED: Final = "silent-strata-added"


def with_silent(
    sample: Sample,
    rate: float,
    ends: Interval,
    *,
    bad: "NDArray[Any]",
    base: "NDArray[Any]",
    classes: Coded | None = None,
    scope: "NDArray[Any] | None" = None,
) -> Interval:
    """Return the interval with what silent strata may hide, and a method that says so; where none is silent, as it is.

    Strata with nothing found are one group that is worth so many objects (Kish), its upper limit is that of Clopper and Pearson;
    likewise strata in which all were bad. Distances of limits from their rates add up as squares.

    Args:
        sample: what was drawn.
        rate: the estimate.
        ends: its interval by the variance of the other strata.
        bad: 1 or 0 of each object of the sample.
        base: rows that the rate rests on, in order.
        classes: instead of strata, where each class has a rate of its own; one examined object alone is silent, too.
        scope: rows that those of the base stand for, in order; without, the base.

    Source: [ZOU-DONNER2008]; [CLOPPER-PEARSON]; [KISH1965] 11.7.
    """
    if ends.method in WITHOUT_SPREAD:
        return ends
    by = classes or sample.stratum
    strata, where = len(by.names), by.codes[base]
    seen, found = totals_by(0.0 * bad[base] + 1.0, where, strata), totals_by(bad[base], where, strata)
    none, every = (seen > 0.0) & (found == 0.0), (seen > 0.0) & (found == seen)
    stands = base if scope is None else scope
    up, down = (_reach(sample, stands, (base[one[where]], stands[one[by.codes[stands]]]), ends.confidence) for one in (none, every))
    if up == 0.0 == down:
        return ends
    upper, lower = rate + sqrt((ends.upper - rate) ** 2 + up * up), rate - sqrt((rate - ends.lower) ** 2 + down * down)
    return replace(ends, lower=max(lower, 0.0), upper=min(upper, 1.0), method=f"{ends.method}, {ADDED}")


def _reach(sample: Sample, whole: "NDArray[Any]", rows: "tuple[NDArray[Any], NDArray[Any]]", confidence: float) -> float:
    """How much of the whole rate may be hidden in silent rows, seen and stood for; nothing in those that were certain."""
    seen, stood_for = (one if sample.unit_probability is None else one[chance_of_rows(sample)[one] < 1.0] for one in rows)
    if not len(seen):
        return 0.0
    share = total_of(1.0 / sample.probability[stood_for]) / total_of(1.0 / sample.probability[whole])
    return share * clopper_pearson(0.0, worth_in_units(sample, seen), confidence=confidence).upper
