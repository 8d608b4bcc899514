"""A capability study of one characteristic: gate, spreads, indices with intervals, fractions outside, and what speaks against it.

Data flow: readings → subgroups → spreads (overall, within) → gate → spread of the process (less measurement) → reach → indices.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.capability import indices, stability
from openqi.science.capability.estimates.moments import Moments, checked, moments
from openqi.science.capability.estimates.spread import Spread, overall, within
from openqi.science.capability.groups import Groups, subgroups
from openqi.science.capability.indices import Limits
from openqi.science.capability.intervals import interval
from openqi.science.capability.measured import ProcessSpread, process_spread
from openqi.science.capability.result import Fit, Index, Notice, Study
from openqi.science.capability.shapes.goodness import normality
from openqi.science.capability.stability import Stability

FEW = 100
"""Readings below which a study warns; ISO 22514 speaks of about as many."""
_NAMES: Mapping[str, tuple[str, str, str, str]] = {"within": ("Cp", "Cpk", "Cpu", "Cpl"), "overall": ("Pp", "Ppk", "Ppu", "Ppl")}


def study(
    values: Sequence[float],
    *,
    lower: float | None = None,
    upper: float | None = None,
    target: float | None = None,
    by: int | Sequence[str] | None = None,
    estimator: str | None = None,
    u: float = 0.0,
    alarms: int | None = None,
    significance: float = 0.1,
    confidence: float = 0.95,
    degrees: Literal["effective", "nominal"] = "effective",
) -> Study:
    """Return the capability of a process whose readings are taken as normal.

    Args:
        values: readings in order of time, one unit, at least 3; of subgroups at least 2.
        lower: lower limit of specification, same unit; None where there is none.
        upper: upper limit, likewise.
        target: between the limits; Cpm and Cpmk are stated only with it.
        by: size of subgroups, or a label of each reading; None where readings are single.
        estimator: of the spread within, a name of `estimates.spread.METHODS`.
        u: standard uncertainty of measurement, taken off every spread.
        alarms: of a chart drawn elsewhere; None lets the gate draw its own.
        significance: of that gate.
        confidence: of the intervals.
        degrees: of freedom: what the estimator is worth, or nominal as many programs count.

    Raises:
        DomainError: readings, limits or options do not allow an answer.

    Source: [ISO22514-2], [KOTZ-LOVELACE].
    """
    limit = indices.limits(lower, upper, target)
    interval.tails(confidence)
    if degrees not in ("effective", "nominal"):
        raise DomainError(f"degrees {degrees!r}: effective or nominal")
    readings = checked(values, least=3)
    groups = subgroups(readings, by)
    found = moments(readings)
    spreads = {"overall": overall(readings), "within": within(groups, estimator)}
    gate = gate_of(groups, spreads["within"], alarms, significance)
    process = {name: process_spread(one, u, nominal=degrees == "nominal") for name, one in spreads.items()}
    stated = ["within", "overall"] if gate.stable else ["overall"]
    shown = [index for name in stated for index in _sides(name, limit, found, process[name], confidence)]
    shown += _about_target(limit, found, process["overall"], confidence)
    return Study(
        n=found.n, subgroups=len(groups), mean=found.mean, limits=limit, spreads=spreads, uncertainty=u, stability=gate,
        fit=_normal_fit(readings), indices=tuple(shown),
        nonconforming=(
            indices.observed_nonconforming(limit, readings),
            *(indices.expected_nonconforming(limit, found.mean, process[name].value, name) for name in stated),
        ),
        assumptions=(
            Notice(code="normal", parameters={}), Notice(code="independent", parameters={}),
            Notice(code="degrees-of-freedom", parameters={"rule": degrees}),
        ),
        warnings=(*warnings_of(groups, limit, gate, spreads["overall"], u), *_warnings_of_shape(readings)),
    )  # fmt: skip


def gate_of(groups: Groups, spread: Spread, alarms: int | None, significance: float) -> Stability:
    """Return what the gate says: of a chart that was drawn elsewhere, or of its own."""
    if alarms is not None:
        return stability.given(alarms)
    return stability.judged(groups, spread, significance=significance)


def _sides(basis: str, limit: Limits, found: Moments, process: ProcessSpread, confidence: float) -> list[Index]:
    both, nearer, above, below = _NAMES[basis]
    reach = indices.normal_reach(found.mean, process.value)
    # The mean of n readings is as far off as that of so many readings of the process alone.
    n = found.n * process.share
    upper, lower = indices.upper_index(limit, reach), indices.lower_index(limit, reach)
    shown: list[Index] = []
    if (spread := indices.spread_index(limit, reach)) is not None:
        shown.append(_index(both, spread, interval.chi_squared(spread, process.dof, confidence)))
        least = indices.nearer(lower, upper)
        shown.append(_index(nearer, least, interval.bissell(least, n, process.dof, confidence)))
    for name, value in ((above, upper), (below, lower)):
        if value is not None:
            shown.append(_index(name, value, interval.noncentral_t(value, n, process.dof, confidence)))
            if not limit.both:
                shown.append(_index(nearer, value, shown[-1].interval))
    return shown


def _about_target(limit: Limits, found: Moments, process: ProcessSpread, confidence: float) -> list[Index]:
    """Cpm and Cpmk divide by the root mean square about the target, of n readings and not of n - 1."""
    if limit.target is None:
        return []
    n = found.n * process.share
    sd = process.value * ((found.n - 1) / found.n) ** 0.5
    off = (found.mean - limit.target) / sd
    shown = []
    if (value := indices.taguchi(limit, found.mean, sd)) is not None:
        shown.append(_index("Cpm", value, interval.boyles(value, n, off, confidence)))
    least = indices.taguchi_nearer(limit, found.mean, sd)
    if least is not None:
        shown.append(_index("Cpmk", least, interval.about_target(limit, found.mean, sd, n, process.dof, confidence)))
    return shown


def _index(name: str, value: float, found: interval.Interval | None) -> Index:
    return Index(name=name, value=value, interval=found, method="normal")


def _normal_fit(values: tuple[float, ...]) -> Fit | None:
    if len(values) < 8:
        return None
    statistic, p_value = normality(values)
    return Fit(
        method="normal", parameters={}, test="anderson-darling", statistic=statistic, p_value=p_value, p_value_method="stephens"
    )  # fmt: skip


def _warnings_of_shape(values: tuple[float, ...]) -> list[Notice]:
    found = _normal_fit(values)
    if found is None or found.p_value is None or found.p_value >= 0.05:
        return []
    return [Notice(code="not-normal", parameters={"p": found.p_value})]


def warnings_of(groups: Groups, limit: Limits, gate: Stability, spread: Spread, u: float) -> list[Notice]:
    """Return what speaks against a study, whatever distribution it takes."""
    n, sizes = sum(map(len, groups)), {len(group) for group in groups}
    found = []
    if not gate.stable:
        found.append(Notice(code="not-stable", parameters={"beyond": gate.beyond, "runs": gate.runs, "points": gate.points}))
    if n < FEW:
        found.append(Notice(code="few-readings", parameters={"n": n, "recommended": FEW}))
    if len(sizes) > 1:
        found.append(Notice(code="unequal-subgroups", parameters={"smallest": min(sizes), "largest": max(sizes)}))
    width = limit.upper - limit.lower
    if limit.target is not None and limit.both and abs(limit.upper + limit.lower - 2.0 * limit.target) > 1e-9 * width:
        found.append(Notice(code="target-off-middle", parameters={"target": limit.target}))
    if u > 0.3 * spread.value:
        found.append(Notice(code="uncertainty-large", parameters={"share": u / spread.value}))
    values = sorted({value for group in groups for value in group})
    step = min((after - before for before, after in pairwise(values)), default=0.0)
    if step > 0.5 * spread.value:
        found.append(Notice(code="coarse", parameters={"step": step}))
    return found
