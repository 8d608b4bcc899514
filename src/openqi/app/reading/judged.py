"""Verdicts on readings as pages show them: every value with its uncertainty, the limits, and the limits of acceptance."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError, NotFoundError, RefusedError, VerificationError
from openqi.pillars.conformity.standing import rule_of
from openqi.records import Names
from openqi.records.conformity import ReadingsJudged, ReadingsReported
from openqi.records.metrology import ProcedurePublished
from openqi.records.rows import VerdictRow
from openqi.records.standards import ClausePublished
from openqi.science.decision.rule import Interval, acceptance_interval


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What readings are held against."""

    seen: Seen
    named: Named
    source: Names
    edition: str
    clause: str
    name: Names
    quantity: str
    condition: str
    unit: str
    lower: str | None
    upper: str | None
    rule: str
    guard_factor: str | None
    comparison: str
    rounding_interval: str | None


@dataclass(frozen=True, kw_only=True)
class Readings:
    """How the values came about."""

    seen: Seen
    procedure: Named
    instrument: Named
    measured_from: str
    measured_until: str
    simulated: str


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """Between which values a result is accepted. Each depends on the uncertainty: the tightest of all items is told."""

    lower: str | None = None
    upper: str | None = None
    varies: bool = False


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Verdicts on one or many items. `missing` says why their rows cannot be shown; then there are none."""

    seen: Seen
    subject: Named
    requirement: Requirement | None
    readings: Readings | None
    instruments: tuple[Seen, ...]
    certificates: tuple[Seen, ...]
    unit: str
    rule: str
    rows: tuple[VerdictRow, ...]
    acceptance: Acceptance
    conforming: int
    nonconforming: int
    root: str
    missing: str = ""
    places: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def count(self) -> int:
        """How many items were judged."""
        return self.conforming + self.nonconforming

    @property
    def uncertainties(self) -> tuple[str, str]:
        """The smallest and the largest expanded uncertainty, as reported; empty where there are no rows."""
        texts = sorted({row.expanded_uncertainty for row in self.rows}, key=Decimal)
        return (texts[0], texts[-1]) if texts else ("", "")

    @property
    def values(self) -> tuple[str, str]:
        """The smallest and the largest value, as reported."""
        texts = sorted({row.value for row in self.rows}, key=Decimal)
        return (texts[0], texts[-1]) if texts else ("", "")


def judged(context: Context, record_id: str) -> Judged | None:
    """Return the verdicts that a record states; None where it states none, is not here or may not be shown."""
    return context.kept("judged", record_id, lambda: _judged(context, record_id), heavy=True)


def _judged(context: Context, record_id: str) -> Judged | None:
    stated = context.body(record_id, ReadingsJudged)
    if stated is None:
        return None
    clause = context.body(stated.requirement, ClausePublished)
    rows: tuple[VerdictRow, ...] = ()
    missing = ""
    try:
        rows = tuple(context.rows(stated.items, VerdictRow))
    except (NotFoundError, VerificationError) as error:
        missing = str(error)
    return Judged(
        seen=context.seen(record_id),
        subject=context.named(stated.subject),
        requirement=None if clause is None else _requirement(context, stated.requirement, clause),
        readings=_readings(context, stated.readings),
        instruments=tuple(map(context.seen, stated.instruments)),
        certificates=tuple(map(context.seen, stated.certificates)),
        unit=stated.unit,
        rule=stated.rule,
        rows=rows,
        acceptance=Acceptance() if clause is None else acceptance(clause, (row.expanded_uncertainty for row in rows)),
        conforming=stated.conforming,
        nonconforming=stated.nonconforming,
        root=stated.items.root,
        missing=missing,
        places={row.item: leaf for leaf, row in enumerate(rows)},
    )


def _requirement(context: Context, record_id: str, clause: ClausePublished) -> Requirement:
    return Requirement(
        seen=context.seen(record_id),
        named=context.named(clause.requirement),
        source=clause.source,
        edition=clause.edition,
        clause=clause.clause,
        name=clause.name,
        quantity=clause.quantity,
        condition=clause.condition,
        unit=clause.unit,
        lower=clause.lower,
        upper=clause.upper,
        rule=clause.rule,
        guard_factor=clause.guard_factor,
        comparison=clause.comparison,
        rounding_interval=clause.rounding_interval,
    )


def requirement(context: Context, record_id: str) -> Requirement | None:
    """Return what a record requires; None where it requires nothing, is not here or may not be shown."""
    clause = context.body(record_id, ClausePublished)
    return None if clause is None else _requirement(context, record_id, clause)


def _readings(context: Context, record_id: str) -> Readings | None:
    stated = context.body(record_id, ReadingsReported)
    if stated is None:
        return None
    procedure = context.body(stated.procedure, ProcedurePublished)
    return Readings(
        seen=context.seen(record_id),
        procedure=Named(uri="") if procedure is None else context.named(procedure.procedure),
        instrument=context.named(stated.instrument),
        measured_from=stated.measured_from,
        measured_until=stated.measured_until,
        simulated=stated.simulated or "",
    )


def acceptance(clause: ClausePublished, uncertainties: Iterable[str]) -> Acceptance:
    """Return between which values results with these expanded uncertainties are accepted."""
    tolerance = Interval(lower=_limit(clause.lower), upper=_limit(clause.upper))
    guard = _limit(clause.guard_factor)
    found: list[Interval] = []
    try:
        rule = rule_of(clause.rule)
        found = [acceptance_interval(rule, tolerance, fraction(text), guard_factor=guard) for text in sorted(set(uncertainties))]
    except (RefusedError, DomainError):
        return Acceptance()
    lowers = {one.lower for one in found if one.lower is not None}
    uppers = {one.upper for one in found if one.upper is not None}
    return Acceptance(
        lower=decimal_text(max(lowers)) if lowers else None,
        upper=decimal_text(min(uppers)) if uppers else None,
        varies=len(lowers) > 1 or len(uppers) > 1,
    )


def _limit(text: str | None) -> Fraction | None:
    return None if text is None else fraction(text)


def decimal_text(number: Fraction) -> str:
    """Return a sum of decimal texts as decimal text again, with no digit lost.

    Raises:
        DomainError: it has no decimal text, as no sum of decimals ever is.
    """
    for places in range(61):
        scaled = number * 10**places
        if scaled.denominator == 1:
            return f"{Decimal(scaled.numerator).scaleb(-places):f}"
    raise DomainError(f"{number} has no decimal text")
