"""Estimating rates: what a draw says about all objects on its list, on the chances that they had and the results that stand."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, Final, Literal

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction, fraction_of_float, rounded
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.surveillance.inspections.results import counted, reports_of
from openqi.pillars.surveillance.inspections.standing import drawn_rows, the_draw
from openqi.records import Command, DecimalText, RecordId, statement
from openqi.records.draw_rows import DrawnRow
from openqi.records.draws import AUTHORITY
from openqi.records.inspections import DomainRate, RateEstimated, RateStated, VisitReported
from openqi.science.draws.rates import Asked, Design, sample_of, study
from openqi.science.draws.rates.intervals import Interval
from openqi.science.draws.rates.sample import Column
from openqi.science.draws.rates.study import Part, Rate, Study

_STEP: Final = "0.00001"
_NUMBER: Final = re.compile(r"[0-9]+/[1-9][0-9]*|[0-9]+(\.[0-9]+)?(e[+-]?[0-9]{1,3})?")
_LONGEST: Final = 400
WAITING: Final = "not-visited"
"""What estimation takes an object for that nobody reported: not examined. It is counted in no outcome."""


class EstimateRate(Command, frozen=True):
    """Estimate what a draw says about all objects on its list, from the results that stand.

    Drawn objects without a report count as not examined. `lonely` says what is done with a stratum of a single object: `refuse`, or
    `average`, which takes it as uncertain as the others.
    """

    NAME: ClassVar[str] = "surveillance.estimate-rate/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    made: RecordId
    by: Literal["stratum", "class"] | None = None
    confidence: DecimalText = "0.95"
    lonely: Literal["refuse", "average"] = "refuse"


def estimate_rate(view: View, command: EstimateRate, issuer: str) -> tuple[Statement, ...]:
    """Return the rates.

    Raises:
        NotFoundError: the draw is not in the log.
        RefusedError: nobody was examined, a stratum has nobody drawn or a single one, or whoever asks does not act for the draw.
        DomainError: the confidence is none.
    """
    draw = the_draw(view, command.made, issuer)
    objects, reports = drawn_rows(view, draw), reports_of(view, draw)
    rows = [*objects.values()]
    reported = [one for name, (_, one) in reports.items() if name in objects]
    found, not_stated = _study(
        rows, {one.object: one for one in reported}, command, {one.stratum: one.objects for one in draw.made.strata}
    )
    response, confidence = found.response, command.confidence
    estimated = RateEstimated(
        draw=draw.commitment.draw, committed=draw.committed.id, made=draw.record.id, drawn=len(rows), reported=len(reported),
        waiting=len(rows) - len(reported), examined=response.examined, unresolved=response.unresolved, outside=response.outside,
        outcomes=counted(reported), rates=_rates(found, confidence), chances=_chances(rows), not_stated=not_stated,
        response_rate=None if response.share is None else _five(response.share),
        weighted_response_rate=None if response.weighted is None else _five(response.weighted),
        by=command.by, domains=tuple(_domain(one, found, confidence) for one in found.parts),
        largest_error=_largest_error(rows), illustrative=draw.commitment.illustrative,
    )  # fmt: skip
    return (statement(estimated),)


def _study(
    rows: Sequence[DrawnRow], reports: Mapping[str, VisitReported], command: EstimateRate, sizes: Mapping[str, int]
) -> tuple[Study, tuple[str, ...]]:
    sample = sample_of([_chance(row) for row in rows], stratum=[row.stratum for row in rows], stratum_units=sizes)
    outcome = [reports[row.object].outcome if row.object in reports else WAITING for row in rows]
    classes = [row.risk_class for row in rows]
    domain = {"stratum": [row.stratum for row in rows], "class": classes}
    by: Mapping[str, Column] | None = None if command.by is None else {command.by: domain[command.by]}
    confidence = fraction(command.confidence)
    if not Fraction(1, 2) <= confidence < 1:
        raise DomainError(f"confidence {command.confidence}: at least 0.5 and below 1")
    asked = Asked(design=Design(lonely=command.lonely), confidence=float(confidence))
    if len({*classes}) < 2:
        return study(sample, outcome, by=by, asked=asked), ()
    try:
        return study(sample, outcome, classes=classes, by=by, asked=asked), ()
    except RefusedError as error:
        if error.rule != "every-class-examined":
            raise
        return study(sample, outcome, by=by, asked=asked), (f"adjusted: {error}",)


def _chance(row: DrawnRow) -> float:
    found = _number(row.target if row.chance is None else row.chance, row)
    if not 0.0 < found <= 1.0:
        raise FormatError(f"{row.object}: {found} is no chance above 0 and up to 1")
    return found


def _error(row: DrawnRow) -> float:
    return 0.0 if row.error is None else _number(row.error, row)


def _number(text: str, row: DrawnRow) -> float:
    """The float nearest to a fraction, or to the text of a float."""
    # Checked before it is computed: of 1e999999999 a fraction would have a thousand million digits.
    if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
        raise FormatError(f"{row.object}: {text[:40]!r} is no chance")
    try:
        return float(Fraction(text))
    except OverflowError as error:
        raise FormatError(f"{row.object}: {text[:40]!r} is no chance") from error


def _chances(rows: Sequence[DrawnRow]) -> Literal["exact", "integrated", "bounded"]:
    """How the chances are known: exactly; by integration; or as the target, with a bound of how far that is off."""
    unsure = [row for row in rows if _error(row) > 0.0]
    if not unsure:
        return "exact"
    return "bounded" if any(row.chance is None for row in unsure) else "integrated"


def _largest_error(rows: Sequence[DrawnRow]) -> str | None:
    found = max(_error(row) / _chance(row) for row in rows)
    return repr(found) if found > 0.0 else None


def _rates(found: Study, confidence: str) -> tuple[RateStated, ...]:
    low, high, between = found.bounds
    stated = [_rate("hit", found.hit, "", confidence)]
    stated.append(_rate("population", found.population, f"{found.estimator}, {found.variance}, ", confidence))
    if found.adjusted is not None:
        stated.append(_rate("adjusted", found.adjusted, f"weighting-class, {found.variance}, ", confidence))
    method = f"{found.estimator}, {found.variance}, {between.method}"
    stated.append(
        RateStated(
            rate="lowest", value=_five(low), exact_value=repr(low), method=method, lower=_five(between.lower), confidence=confidence
        )
    )
    stated.append(
        RateStated(
            rate="highest", value=_five(high), exact_value=repr(high), method=method, upper=_five(between.upper),
            confidence=confidence,
        )
    )  # fmt: skip
    return tuple(stated)


def _rate(name: Literal["hit", "population", "adjusted"], one: Rate, method: str, confidence: str) -> RateStated:
    ends: Interval = one.interval
    return RateStated(
        rate=name, value=_five(one.value), exact_value=repr(one.value), method=method + ends.method, lower=_five(ends.lower),
        upper=_five(ends.upper), confidence=confidence,
    )  # fmt: skip


def _domain(part: Part, found: Study, confidence: str) -> DomainRate:
    if part.rate is None:
        return DomainRate(domain=part.value, examined=0, nonconforming=0, not_stated="nobody was examined")
    stated = _rate("population", part.rate, f"{found.estimator}, {found.variance}, ", confidence)
    return DomainRate(domain=part.value, examined=part.rate.examined, nonconforming=part.rate.found, population=stated)


def _five(value: float) -> str:
    return rounded(fraction_of_float(value), _STEP)
