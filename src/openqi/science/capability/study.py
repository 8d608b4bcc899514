"""A capability study of one characteristic: gate, spreads, indices with intervals, fractions outside, and what speaks against it.

Data flow: readings → subgroups → spreads (overall, within) → gate → reach (normal less measurement, fitted, transformed, or of
sample quantiles) → indices.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from openqi.kernel.errors import DomainError
from openqi.science.capability import indices, normal, stability
from openqi.science.capability.cautions import cautions, cautions_of_shape
from openqi.science.capability.estimates.groups import subgroups
from openqi.science.capability.estimates.moments import checked, moments
from openqi.science.capability.estimates.process import process_spread
from openqi.science.capability.estimates.spread import overall, within
from openqi.science.capability.intervals.bootstrap import bootstrap
from openqi.science.capability.intervals.interval import tails
from openqi.science.capability.question import Question
from openqi.science.capability.result import Fit, Index, Notice, Study
from openqi.science.capability.shapes.described import described, reach_again
from openqi.science.capability.shapes.goodness import normality
from openqi.science.capability.shapes.transformation import transformation

Transform = Literal["box-cox", "johnson"]


def study(
    values: Sequence[float],
    *,
    lower: float | None = None,
    upper: float | None = None,
    target: float | None = None,
    by: int | Sequence[str] | None = None,
    estimator: str | None = None,
    distribution: str | None = None,
    transform: Transform | None = None,
    quantile_type: int = 6,
    u: float = 0.0,
    alarms: int | None = None,
    significance: float = 0.1,
    confidence: float = 0.95,
    degrees: Literal["effective", "nominal"] = "effective",
    resamples: int = 0,
    seed: str = "capability",
) -> Study:
    """Return the capability of a process.

    Args:
        values: readings in order of time, one unit, at least 3.
        lower: lower limit of specification, same unit; None where there is none.
        upper: upper limit, likewise.
        target: between the limits; Cpm and Cpmk are stated only with it, and only of readings taken as normal.
        by: size of subgroups, or a label of each reading; None where readings are single.
        estimator: of the spread within, a name of `estimates.spread.METHODS`.
        distribution: None for normal, a name of `shapes.shape.shape_kinds`, or `empirical` for sample quantiles.
        transform: make the readings normal first.
        quantile_type: of `empirical`, 4 to 9.
        u: standard uncertainty of measurement, taken off every spread; of readings taken as normal.
        alarms: of a chart drawn elsewhere; None lets the gate draw its own.
        significance: of that gate.
        confidence: of the intervals.
        degrees: of freedom: what the estimator is worth, or nominal as many programs count.
        resamples: for bootstrap intervals (BCa) of the indices out of all readings, in place of formulas; 0 for none.
        seed: of the bootstrap and of simulated tests.

    Raises:
        DomainError: readings, limits or options do not allow an answer.

    Source: [ISO22514-2], [KOTZ-LOVELACE].
    """
    limit = indices.limits(lower, upper, target)
    tails(confidence)
    if degrees not in ("effective", "nominal"):
        raise DomainError(f"degrees {degrees!r}: effective or nominal")
    readings = checked(values, least=3)
    asked = Question(
        readings=readings, groups=subgroups(readings, by), limit=limit, estimator=estimator, u=u, alarms=alarms,
        significance=significance, confidence=confidence, nominal=degrees == "nominal", resamples=resamples, seed=seed,
    )  # fmt: skip
    if distribution in (None, "normal") and transform is None:
        return _normal(asked)
    if distribution is not None and transform is not None:
        raise DomainError(f"distribution {distribution} and transformation {transform}: one of the two describes the readings")
    if target is not None or u != 0.0:
        raise DomainError("a target or a measurement uncertainty goes with readings that are taken as normal")
    return _transformed(asked, transform) if transform else _shaped(asked, str(distribution), quantile_type)


def _normal(asked: Question, method: str = "normal", fit: Fit | None = None) -> Study:
    found = moments(asked.readings)
    spreads = {"overall": overall(asked.readings), "within": within(asked.groups, asked.estimator)}
    gate = stability.gate(asked.groups, spreads["within"], alarms=asked.alarms, significance=asked.significance)
    process = {name: process_spread(one, asked.u, nominal=asked.nominal) for name, one in spreads.items()}
    stated = ["within", "overall"] if gate.stable else ["overall"]
    shown = [one for name in stated for one in normal.sides(name, asked.limit, found, process[name], asked.confidence, method)]
    shown += normal.about_target(asked.limit, found, process["overall"], asked.confidence, method)
    if asked.resamples:
        share = process["overall"].value / spreads["overall"].value
        shown = _resampled(asked, shown, lambda values: indices.normal_reach(moments(values).mean, share * overall(values).value))
    outside = [indices.expected_nonconforming(asked.limit, found.mean, process[name].value, name) for name in stated]
    shape = fit or _fit(asked.readings)
    return Study(
        groups=asked.groups,
        n=found.n, subgroups=len(asked.groups), mean=found.mean, limits=asked.limit, spreads=spreads, uncertainty=asked.u,
        stability=gate, fit=shape, indices=tuple(shown),
        nonconforming=(indices.observed_nonconforming(asked.limit, asked.readings), *outside),
        assumptions=(
            Notice(code="normal", parameters={}) if fit is None else Notice(code="shape", parameters={"method": method}),
            Notice(code="independent", parameters={}),
            Notice(code="degrees-of-freedom", parameters={"rule": "nominal" if asked.nominal else "effective"}),
        ),
        warnings=(*cautions(asked, gate, spreads["overall"]), *cautions_of_shape(shape)),
    )  # fmt: skip


def _fit(values: Sequence[float]) -> Fit | None:
    if len(values) < 8:
        return None
    statistic, p_value = normality(values)
    return Fit(
        method="normal", parameters={}, test="anderson-darling", statistic=statistic, p_value=p_value, p_value_method="stephens"
    )  # fmt: skip


def _shaped(asked: Question, name: str, quantile_type: int) -> Study:
    """One reach for all readings; what a distribution is within subgroups nobody fitted, so that no Cp is stated."""
    found = described(asked.readings, name, asked.limit, quantile_type=quantile_type, seed=asked.seed)
    spreads = {"overall": overall(asked.readings), "within": within(asked.groups, asked.estimator)}
    gate = stability.gate(asked.groups, spreads["within"], alarms=asked.alarms, significance=asked.significance)
    values = normal.by_reach("overall", asked.limit, found.reach)
    shown = [Index(name=one, value=value, interval=None, method=found.fit.method) for one, value in values.items()]
    if asked.resamples:
        shown = _resampled(asked, shown, reach_again(name, quantile_type))
    observed = indices.observed_nonconforming(asked.limit, asked.readings)
    return Study(
        groups=asked.groups,
        n=len(asked.readings), subgroups=len(asked.groups), mean=moments(asked.readings).mean, limits=asked.limit, spreads=spreads,
        uncertainty=0.0, stability=gate, fit=found.fit, indices=tuple(shown),
        nonconforming=(observed,) if found.nonconforming is None else (observed, found.nonconforming),
        assumptions=(Notice(code="shape", parameters={"method": found.fit.method}), Notice(code="independent", parameters={})),
        warnings=(*cautions(asked, gate, spreads["overall"]), *found.warnings),
    )  # fmt: skip


def _transformed(asked: Question, name: Transform) -> Study:
    if asked.resamples:
        raise DomainError("resamples with a transformation: each draw would need a curve of its own; choose a distribution")
    curve = transformation(asked.readings, name)
    moved = asked.moved(curve.of)
    statistic, p_value = normality(moved.readings)
    fit = Fit(
        method=curve.method, parameters=curve.parameters, test="anderson-darling", statistic=statistic, p_value=p_value,
        p_value_method="stephens",
    )  # fmt: skip
    found = _normal(moved, curve.method, fit)
    # Its curve was drawn through all readings, so that Johnson's says nothing about the spread within.
    kept = tuple(one for one in found.indices if curve.within or one.name not in normal.NAMES["within"])
    outside = tuple(one for one in found.nonconforming[1:] if curve.within or one.basis != "within")
    return replace(
        found, mean=moments(asked.readings).mean, limits=asked.limit, indices=kept,
        nonconforming=(indices.observed_nonconforming(asked.limit, asked.readings), *outside),
        assumptions=(*found.assumptions, Notice(code="transformed-units", parameters={})),
        warnings=(*found.warnings, *moved.lost(asked.limit, curve.method)), groups=asked.groups, moved=moved.groups,
    )  # fmt: skip


def _resampled(asked: Question, shown: Sequence[Index], reach: indices.ReachOf) -> list[Index]:
    """The same indices, those out of all readings with bootstrap intervals."""
    names = list(normal.by_reach("overall", asked.limit, reach(asked.readings)))

    def statistic(places: Sequence[int]) -> list[float]:
        return list(normal.by_reach("overall", asked.limit, reach([asked.readings[place] for place in places])).values())

    found = bootstrap(len(asked.readings), statistic, resamples=asked.resamples, seed=asked.seed, confidence=asked.confidence)
    known = dict(zip(names, found, strict=True))
    return [replace(one, interval=known.get(one.name, one.interval)) for one in shown]
