"""Verdicts on readings as pages show them: every value with its uncertainty, the limits, and the limits of acceptance."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from openqi.app.reading.budgets import equations
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.kernel.decimals import rounded
from openqi.kernel.errors import DomainError, NotFoundError, RefusedError, VerificationError
from openqi.pillars.conformity.ruling import Clause, ruling_of
from openqi.pillars.conformity.verdicts import JUDGED, AnyRow, Verdicts
from openqi.records import Names
from openqi.records.conformity import ReadingsJudged, ReadingsReported
from openqi.records.judgements import MeasuredJudged, OutcomeCount
from openqi.records.metrology import ProcedurePublished
from openqi.records.procedures import MeasurementPublished
from openqi.records.rows import MeasuredRow
from openqi.records.standards import ClausePublished, CriterionPublished, Parameter, Prior
from openqi.science.decision.rule import Interval


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
    parameters: tuple[Parameter, ...] = ()
    prior: Prior | None = None


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
class Model:
    """The measurement model of a procedure, where it is text; `digest` is its SHA-256."""

    digest: str
    text: str
    equations: tuple[str, ...]


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
    rows: tuple[AnyRow, ...]
    acceptance: Acceptance
    conforming: int
    nonconforming: int
    root: str
    missing: str = ""
    undecided: int = 0
    outcomes: tuple[OutcomeCount, ...] = ()
    coverage_factor: str = "2"
    coverage_probability: str = ""
    model: Model | None = None
    places: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def count(self) -> int:
        """How many items were judged."""
        return self.conforming + self.nonconforming + self.undecided

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
    stated = context.body(record_id, ReadingsJudged) or context.body(record_id, MeasuredJudged)
    if stated is None:
        return None
    clause = _clause(context, stated.requirement)
    rows: tuple[AnyRow, ...] = ()
    missing = ""
    try:
        rows = tuple(context.rows(stated.items, JUDGED[stated.KIND][1]))
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
        acceptance=Acceptance() if clause is None else acceptance(clause, _uncertainties(stated, rows)),
        conforming=stated.conforming,
        nonconforming=stated.nonconforming,
        undecided=stated.undecided if isinstance(stated, MeasuredJudged) else 0,
        outcomes=stated.outcomes if isinstance(stated, MeasuredJudged) else (),
        coverage_factor=(stated.coverage_factor or "") if isinstance(stated, MeasuredJudged) else "2",
        coverage_probability=(stated.coverage_probability or "") if isinstance(stated, MeasuredJudged) else "",
        model=_model(context, stated),
        root=stated.items.root,
        missing=missing,
        places={row.item: leaf for leaf, row in enumerate(rows)},
    )


def _model(context: Context, stated: Verdicts) -> Model | None:
    procedure = context.body(stated.procedure, MeasurementPublished)
    if procedure is None:
        return None
    return Model(digest=procedure.model_digest, text=procedure.model, equations=equations(procedure.model))


def _uncertainties(stated: Verdicts, rows: Iterable[AnyRow]) -> Iterator[tuple[str, str]]:
    """Texts of U and k of each row; where a record states no k it is 2."""
    common = stated.coverage_factor if isinstance(stated, MeasuredJudged) else None
    for row in rows:
        own = row.coverage_factor if isinstance(row, MeasuredRow) else None
        yield row.expanded_uncertainty, own or common or "2"


def _clause(context: Context, record_id: str) -> Clause | None:
    return context.body(record_id, ClausePublished) or context.body(record_id, CriterionPublished)


def _requirement(context: Context, record_id: str, clause: Clause) -> Requirement:
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
        guard_factor=clause.guard_factor if isinstance(clause, ClausePublished) else None,
        parameters=clause.parameters if isinstance(clause, CriterionPublished) else (),
        prior=clause.prior if isinstance(clause, CriterionPublished) else None,
        comparison=clause.comparison,
        rounding_interval=clause.rounding_interval,
    )


def requirement(context: Context, record_id: str) -> Requirement | None:
    """Return what a record requires; None where it requires nothing, is not here or may not be shown."""
    clause = _clause(context, record_id)
    return None if clause is None else _requirement(context, record_id, clause)


def _readings(context: Context, record_id: str) -> Readings | None:
    stated = context.body(record_id, ReadingsReported)
    if stated is None:
        return None
    procedure = context.body(stated.procedure, ProcedurePublished) or context.body(stated.procedure, MeasurementPublished)
    return Readings(
        seen=context.seen(record_id),
        procedure=Named(uri="") if procedure is None else context.named(procedure.procedure),
        instrument=context.named(stated.instrument),
        measured_from=stated.measured_from,
        measured_until=stated.measured_until,
        simulated=stated.simulated or "",
    )


def acceptance(clause: Clause, uncertainties: Iterable[tuple[str, str]]) -> Acceptance:
    """Return between which values results with these expanded uncertainties and coverage factors are accepted."""
    found: list[Interval] = []
    told = sorted(set(uncertainties))
    try:
        ruling = ruling_of(clause)
        found = [one for u, k in told if (one := ruling.accepted(u, k).accept) is not None]
    except (RefusedError, DomainError):
        return Acceptance()
    lowers = {one.lower for one in found if one.lower is not None}
    uppers = {one.upper for one in found if one.upper is not None}
    places = max((len(u.partition(".")[2]) for u, _ in told), default=0) + 2
    return Acceptance(
        lower=_limit_text(max(lowers), places) if lowers else None,
        upper=_limit_text(min(uppers), places) if uppers else None,
        varies=len(lowers) > 1 or len(uppers) > 1,
    )


def _limit_text(number: Fraction, places: int) -> str:
    """A limit with all its digits; by a rule that divides U by k it may have no last one, and is shown to two more than U has."""
    try:
        return decimal_text(number)
    except DomainError:
        return rounded(number, f"0.{'1'.rjust(places, '0')}")


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
