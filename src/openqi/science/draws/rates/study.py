"""One study of the results of a draw: hit rate beside population rate, non-response kept apart, domains, and bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from openqi.kernel.errors import DomainError, RefusedError
from openqi.science.draws.rates.adjustment import adjusted_rate
from openqi.science.draws.rates.answering import hajek_rate, stratified_rate
from openqi.science.draws.rates.intervals import Interval, clopper_pearson, most_undetected
from openqi.science.draws.rates.kernels import total_of
from openqi.science.draws.rates.outcomes import Response, Seen
from openqi.science.draws.rates.sample import Coded, Column, Sample, coded
from openqi.science.draws.rates.silent import ADDED, WITHOUT_SPREAD, with_silent
from openqi.science.draws.rates.totals import Estimate, chance_of_rows, degrees_of_freedom, rate_of, ratio_of, total_of_values
from openqi.science.draws.rates.variances import Design

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN = Design()
TOO_FEW = "too-few-units"
ESTIMATORS = ("hajek", "horvitz-thompson", "stratified")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a study estimates and how sure it is to be.

    Args:
        design: how variances are estimated.
        estimator: one of ESTIMATORS.
        interval: name of the interval of a rate.
        confidence: in (0, 1).
        sizes: objects of the population by stratum, for stratified.
        objects: of the whole population, for horvitz-thompson.
    """

    design: Design = PLAIN
    estimator: str = "hajek"
    interval: str = "korn-graubard"
    confidence: float = 0.95
    sizes: Mapping[str, float] = field(default_factory=dict)
    objects: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A rate with its interval, and what it is of: numerator and denominator as counted."""

    value: float
    interval: Interval
    standard_error: float | None
    found: int
    examined: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """The rate of one domain, None where nobody in it was examined; and its response."""

    column: str
    value: str
    rate: Rate | None
    response: Response


@dataclass(frozen=True, kw_only=True)
class Study:
    """What the results of a draw say.

    Args:
        counts: objects by outcome, in the order of OUTCOMES, none left out.
        response: of all objects.
        hit: bad among the examined, as counted.
        population: the same of the population, if the examined are like those who were not.
        estimator, variance: names of the methods.
        degrees: of freedom.
        total: bad objects of the population among those that can be examined, with its interval.
        bounds: lowest and highest rate, all that were not examined good, and all bad; with the far ends of both intervals.
        adjusted: rate where each class is thought to be alike, examined or not; None without classes.
        undetected: bad objects that there may be where none was found; None where some were.
        silent: strata in which all examined were alike, where not all strata are: they add nothing to the variance, and the
            interval what they may hide.
        parts: by domain.
    """

    counts: Mapping[str, int]
    response: Response
    hit: Rate
    population: Rate
    estimator: str
    variance: str
    degrees: float
    total: tuple[float, Interval]
    bounds: tuple[float, float, Interval]
    adjusted: Rate | None
    undetected: float | None
    silent: tuple[str, ...]
    parts: tuple[Part, ...]


def study(
    sample: Sample,
    outcome: Column,
    *,
    classes: Column | None = None,
    by: Mapping[str, Column] | None = None,
    asked: Asked | None = None,
) -> Study:
    """Return what the results of a draw say about the population.

    Args:
        sample: what was drawn; see `sample_of`.
        outcome: of each visit, a code of OUTCOMES or a text of the platforms.
        classes: of each object: where the examined and the others of a class are thought to be alike.
        by: domains by the name of their column.
        asked: how to estimate.

    Raises:
        DomainError: a column has another length, an outcome is none, an option is none.
        RefusedError: nobody was examined, or a stratum or class has nobody examined.

    Source: [SARNDAL1992], [COCHRAN1977] 13; [LITTLE-RUBIN2019] 3.3.
    """
    asked = asked or Asked()
    if asked.estimator not in ESTIMATORS:
        raise DomainError(f"estimator {asked.estimator!r}: one of {', '.join(ESTIMATORS)}")
    seen = Seen(sample, _coded("outcome", outcome, len(sample)))
    everyone = seen.rows(None)
    if not len(everyone):
        raise RefusedError("somebody-examined", f"none of the {len(sample)} drawn objects was examined: there is no rate")
    found, open_ = _population(sample, seen, asked)
    population = _rate(open_, seen, asked, found, everyone)
    parts = []
    for column, values in (by or {}).items():
        domain = _coded(column, values, len(sample))
        parts += [_part(sample, seen, asked, column, name, rows) for name, rows in _members(domain)]
    return Study(
        counts=seen.counts,
        response=seen.response(None),
        hit=_hit(seen, everyone, asked.confidence),
        population=population,
        estimator=asked.estimator,
        variance=found.method,
        degrees=found.degrees,
        total=_total(sample, seen, asked, population),
        bounds=_bounds(sample, seen, asked),
        adjusted=None if classes is None else _adjusted(sample, seen, asked, _coded("class", classes, len(sample))),
        undetected=None if total_of(seen.bad) else _undetected(sample, seen, asked),
        silent=seen.silent(),
        parts=tuple(parts),
    )


def _adjusted(sample: Sample, seen: Seen, asked: Asked, classes: Coded) -> Rate:
    found, open_ = adjusted_rate(sample, seen.bad, seen.examined, seen.scope, classes, asked.design)
    return _rate(open_, seen, asked, found, seen.rows(None), classes=classes)


def _undetected(sample: Sample, seen: Seen, asked: Asked) -> float:
    """How many bad ones there may be; who is drawn but not examined is not detected either."""
    share = seen.response(None).share
    return most_undetected(float(sample.probability.min()) * (1.0 if share is None else share), confidence=asked.confidence)


def _hit(seen: Seen, rows: "NDArray[Any]", confidence: float) -> Rate:
    """Bad among the examined, as counted."""
    found = int(total_of(seen.bad[rows]))
    return Rate(
        value=found / len(rows),
        interval=clopper_pearson(found, len(rows), confidence=confidence),
        standard_error=None,
        found=found,
        examined=len(rows),
    )


def _population(sample: Sample, seen: Seen, asked: Asked) -> tuple[Estimate, Sample]:
    """The estimate, and the sample for its interval: see `answered`."""
    if asked.estimator == "stratified":
        return stratified_rate(sample, seen, [asked.sizes.get(name, 0.0) for name in sample.stratum.names], asked.design)
    if asked.estimator == "horvitz-thompson":
        if asked.objects is None or not asked.objects > 0:
            raise DomainError("horvitz-thompson: state how many objects the population has")
        if total_of(seen.unresolved) or total_of(seen.outside):
            raise RefusedError(
                "all-examined",
                "horvitz-thompson divides by all objects of the population, and some were not examined: they would count as "
                "passed; take hajek",
            )
        found = total_of_values(sample, seen.bad, asked.design)
        n = asked.objects
        if found.value > n:
            raise RefusedError("rate-within-one", f"an estimated {found.value:.6g} bad of {n:.6g} objects; take hajek")
        whole = Estimate(
            value=found.value / n, variance=found.variance / n**2, degrees=found.degrees, estimator=found.estimator,
            method=found.method,
        )  # fmt: skip
        return whole, sample
    return hajek_rate(sample, seen, asked.design)


def _rate(sample: Sample, seen: Seen, asked: Asked, found: Estimate, rows: "NDArray[Any]", *, classes: Coded | None = None) -> Rate:
    """An estimate with its interval; of too few units to see a spread, with all that it may be."""
    import numpy as np

    if _too_few(sample, found, rows):
        wide = Interval(lower=0.0, upper=1.0, confidence=asked.confidence, method=TOO_FEW)
        bad = int(total_of(seen.bad[rows]))
        return Rate(value=found.value, interval=wide, standard_error=None, found=bad, examined=len(rows))
    ends = rate_of(sample, found, base=rows, confidence=asked.confidence, method=asked.interval)
    scope = None if classes is None else np.flatnonzero(seen.scope)
    return Rate(
        value=found.value,
        interval=with_silent(sample, found.value, ends, bad=seen.bad, base=rows, classes=classes, scope=scope),
        standard_error=found.standard_error,
        found=int(total_of(seen.bad[rows])),
        examined=len(rows),
    )


def _total(sample: Sample, seen: Seen, asked: Asked, population: Rate) -> tuple[float, Interval]:
    found, seen_bad = total_of_values(sample, seen.bad, asked.design), total_of(seen.bad)
    ends = found.interval(asked.confidence) if found.degrees > 0.0 else population.interval
    if population.interval.method in WITHOUT_SPREAD or ADDED in population.interval.method or found.degrees <= 0.0:
        weight = total_of(seen.examined / sample.probability)
        ends = replace(population.interval, lower=population.interval.lower * weight, upper=population.interval.upper * weight)
    lower = max(ends.lower, seen_bad)  # those that were seen are there
    return found.value, replace(ends, lower=lower, upper=max(ends.upper, lower))


def _bounds(sample: Sample, seen: Seen, asked: Asked) -> tuple[float, float, Interval]:
    import numpy as np

    rows = np.flatnonzero(seen.scope)
    degrees = degrees_of_freedom(sample, rows)
    values, ends = [], []
    for bad in (seen.bad, seen.bad + seen.unresolved):
        one = replace(ratio_of(sample, bad, seen.scope, asked.design), degrees=degrees)
        values.append(one.value)
        if _too_few(sample, one, rows):
            ends.append(Interval(lower=0.0, upper=1.0, confidence=asked.confidence, method=TOO_FEW))
            continue
        own = rate_of(sample, one, base=rows, confidence=asked.confidence, method=asked.interval)
        ends.append(with_silent(sample, one.value, own, bad=bad, base=rows))
    between = Interval(lower=ends[0].lower, upper=ends[1].upper, confidence=asked.confidence, method=asked.interval)
    return values[0], values[1], between


def _too_few(sample: Sample, found: Estimate, rows: "NDArray[Any]") -> bool:
    """Whether no spread can be seen and something is left to chance."""
    if found.degrees > 0.0 or found.value in {0.0, 1.0}:
        return False
    return sample.unit_probability is None or bool((chance_of_rows(sample)[rows] < 1.0).any())


def _part(sample: Sample, seen: Seen, asked: Asked, column: str, name: str, members: "NDArray[Any]") -> Part:
    rows = seen.rows(members)
    rate = None
    if len(rows):
        found, open_ = hajek_rate(sample, seen, asked.design, members=members)
        rate = _rate(open_, seen, asked, found, rows)
    return Part(column=column, value=name, rate=rate, response=seen.response(members))


def _coded(name: str, column: Column, rows: int) -> Coded:
    if len(column) != rows:
        raise DomainError(f"{name} has {len(column)} rows and the sample {rows}; one a drawn object")
    return coded(column)


def _members(domain: Coded) -> Sequence[tuple[str, "NDArray[Any]"]]:
    """The rows of each value of a domain, in order."""
    import numpy as np

    order = np.argsort(domain.codes, kind="stable")
    ends = np.searchsorted(domain.codes[order], np.arange(len(domain.names) + 1))
    return [(name, order[ends[place] : ends[place + 1]]) for place, name in enumerate(domain.names)]
