"""What chance adds where not all were examined: who answers is a draw too, after the one that is known, and of nobody certain."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openqi.science.draws.rates.kernels import total_of, totals_by
from openqi.science.draws.rates.outcomes import Seen
from openqi.science.draws.rates.sample import Sample
from openqi.science.draws.rates.totals import Estimate, chance_of_rows, degrees_of_freedom, ratio_of, stratified_ratio
from openqi.science.draws.rates.variances import Design, method_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def answering_variance(
    sample: Sample,
    residual: "NDArray[Any]",
    examined: "NDArray[Any]",
    scope: "NDArray[Any]",
    *,
    groups: "NDArray[Any]",
    count: int,
    design: Design,
    members: "NDArray[Any] | None" = None,
) -> float:
    """Return what must be added to a variance by the draw alone, where the examined of a group are a chance part of it.

    A variance without replacement counts who was certain to be drawn as known; of them, too, chance decided who was examined. With
    e the weighted residual of an examined object, π the probability of its unit and ρ the weighted response of its group, the
    whole is Σ(1 − πρ)e² and the draw has Σ(1 − π)e²; here is the rest, Σπ(1 − ρ)e², by m/(m − 1) of the m examined of a group.
    Of draws with replacement the variance has no π and holds all of it. A group with a single examined object shows no spread and
    adds nothing: see `silent`.

    Args:
        sample: what was drawn.
        residual: of each member, over its probability, in units of the rate; 0 of who was not examined.
        examined, scope: 1 or 0 of each member.
        groups: the group of each member, from 0.
        count: how many groups there are.
        design: how the variance of the draw is estimated.
        members: rows of a domain, in order; without, all.

    Source: [SARNDAL1992] 15.6 (response homogeneity groups, two phases).
    """
    import numpy as np

    method = method_of(sample, design)
    if method == "hansen-hurwitz":
        return 0.0
    if method == "srs":
        assert sample.stratum_units is not None
        chance = (sample.drawn / sample.stratum_units)[sample.stratum.codes]
    else:
        chance = chance_of_rows(sample)
    own: Any = slice(None) if members is None else members
    chance, weight = chance[own], 1.0 / sample.probability[own]
    seen, all_ = (totals_by(one * weight, groups, count) for one in (examined, scope))
    many = totals_by(examined, groups, count)
    share = np.where(all_ > 0.0, seen / np.where(all_ > 0.0, all_, 1.0), 1.0)
    factor = np.where(many > 1.0, many / np.where(many > 1.0, many - 1.0, 1.0), 0.0) * (1.0 - share)
    return max(total_of(factor[groups] * chance * residual * residual * examined), 0.0)


def answered(
    sample: Sample,
    found: Estimate,
    residual: "NDArray[Any]",
    examined: "NDArray[Any]",
    scope: "NDArray[Any]",
    design: Design,
    *,
    rows: "NDArray[Any]",
    groups: "NDArray[Any] | None" = None,
    count: int = 1,
    members: "NDArray[Any] | None" = None,
) -> tuple[Estimate, Sample]:
    """Return an estimate with what the response adds to its variance, with degrees of freedom of the examined alone, and the
    sample by which its interval is to be taken.

    Who was not examined shows no spread either: by the drawn units alone three examined of thirty would count as known as thirty.

    Args:
        sample: what was drawn.
        found: the estimate with the variance of the draw.
        residual, examined, scope, groups, count, members: see `answering_variance`; without groups all are one.
        design: how the variance of the draw is estimated.
        rows: of the examined that the estimate rests on, in order.

    Source: [SARNDAL1992] 15.6; [KORN-GRAUBARD1998].
    """
    import numpy as np

    if not total_of(scope - examined):
        return replace(found, degrees=degrees_of_freedom(sample, rows)), sample
    own = np.zeros(len(scope), dtype=np.int64) if groups is None else groups
    more = answering_variance(sample, residual, examined, scope, groups=own, count=count, design=design, members=members)
    open_ = sample.nobody_certain
    return replace(found, variance=found.variance + more, degrees=degrees_of_freedom(open_, rows)), open_


def hajek_rate(sample: Sample, seen: Seen, design: Design, *, members: "NDArray[Any] | None" = None) -> tuple[Estimate, Sample]:
    """Return the Hájek rate if who was not examined is like all who were, and the sample for its interval: see `answered`.

    Args:
        sample: what was drawn.
        seen: how the visits ended.
        design: how the variance of the draw is estimated.
        members: rows of a domain, in order; without, all.

    Source: [HAJEK1971]; [SARNDAL1992] 15.6.
    """
    found = ratio_of(sample, seen.bad, seen.examined, design, members=members)
    own: Any = slice(None) if members is None else members
    bad, examined, chance = seen.bad[own], seen.examined[own], sample.probability[own]
    residual = (bad - found.value * examined) / chance / total_of(examined / chance)
    return answered(sample, found, residual, examined, seen.scope[own], design, rows=seen.rows(members), members=members)


def stratified_rate(sample: Sample, seen: Seen, sizes: Sequence[float], design: Design) -> tuple[Estimate, Sample]:
    """Return the stratified rate if who was not examined is like those of the stratum who were, and the sample for its interval.

    Args:
        sample: what was drawn.
        seen: how the visits ended.
        sizes: objects of the population in each stratum, in the order of `sample.stratum.names`.
        design: how the variance of the draw is estimated.

    Source: [COCHRAN1977] 6.10; [SARNDAL1992] 15.6.
    """
    import numpy as np

    where, count = sample.stratum.codes, len(sample.stratum.names)
    found = stratified_ratio(sample, seen.bad, seen.examined, sizes, design)
    tops, bases = (totals_by(one / sample.probability, where, count) for one in (seen.bad, seen.examined))
    shares = np.asarray(sizes, dtype=float) / total_of(np.asarray(sizes, dtype=float))
    residual = (shares / bases)[where] * (seen.bad - (tops / bases)[where] * seen.examined) / sample.probability
    rows = seen.rows(None)
    return answered(sample, found, residual, seen.examined, seen.scope, design, rows=rows, groups=where, count=count)
