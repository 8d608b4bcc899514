"""All results that a log has on the lots of a product, and on what else is named: none is chosen, none left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.records import body
from openqi.records.conformity import LotFormed, ReadingsJudged, ReadingsReported, ResultReported, ResultsReported
from openqi.records.governance import withdrawal, withdrawals
from openqi.records.judgements import MeasuredJudged
from openqi.records.rows import MeasuredRow, ReadingRow, VerdictRow, decoded, rows_of
from openqi.records.standards import ClausePublished, CriterionPublished


@dataclass(frozen=True, kw_only=True)
class Results:
    """One record of results: on which quantity, when measured, and pairs of value and U in its unit."""

    record: str
    quantity: str
    unit: str
    measured_at: str
    values: tuple[tuple[str, str], ...]


def lots_of(view: View, product: str, maker: str) -> tuple[str, ...]:
    """Return the lots of a product that its maker formed in this log.

    Also those whose forming was withdrawn, else a maker takes out the ones that failed; never those of somebody else, who could
    name a rival's product.
    """
    formed = (one for one in _here(view, product) if one.kind == LotFormed.KIND and one.issuer == maker)
    return tuple(dict.fromkeys(one.lot for one in (body(record, LotFormed) for record in formed) if one.product == product))


def results_on(view: View, subjects: Sequence[str]) -> list[Results]:
    """Return every record of results in the streams of subjects, each once; of readings that were judged twice the first verdicts.

    Raises:
        RefusedError: the rows of one are not at hand: nothing can be said without them.
        VerificationError: rows are not those of their record.
    """
    found: dict[str, Results] = {}
    judged: set[str] = set()
    for subject in dict.fromkeys(subjects):
        stream = _here(view, subject)
        gone = withdrawals(stream)
        for record in stream:
            if record.id in found or withdrawal(record, gone.get(record.id, ()), view.home) is not None:
                continue
            for one in _read(view, record, subject, judged):
                found[record.id] = one
    return list(found.values())


def _here(view: View, subject: str) -> list[Record]:
    return [one for one in view.stream(subject) if view.home(one.id) == view.origin]


def _read(view: View, record: Record, subject: str, judged: set[str]) -> Iterator[Results]:
    """What a record says of its subject, as none or one; one that only names it, as an instrument, says nothing of it."""
    if record.kind == ResultReported.KIND:
        one = body(record, ResultReported)
        if one.item == subject:
            values: tuple[tuple[str, str], ...] = ((one.value, one.expanded_uncertainty),)
            yield Results(record=record.id, quantity=one.quantity, unit=one.unit, measured_at=one.measured_at, values=values)
    elif record.kind == ResultsReported.KIND:
        many = body(record, ResultsReported)
        if many.lot == subject:
            rows = decoded(_rows(view, record, many), ReadingRow)
            values = tuple((row.value, many.expanded_uncertainty) for row in rows)
            yield Results(record=record.id, quantity=many.quantity, unit=many.unit, measured_at=many.measured_at, values=values)
    elif record.kind in (ReadingsJudged.KIND, MeasuredJudged.KIND) and record.basis is not None:
        verdicts = body(record, ReadingsJudged) if record.kind == ReadingsJudged.KIND else body(record, MeasuredJudged)
        if verdicts.subject == subject and verdicts.readings not in judged:
            judged.add(verdicts.readings)
            yield _judged(view, record, verdicts)


def _judged(view: View, record: Record, verdicts: ReadingsJudged | MeasuredJudged) -> Results:
    clause = view.record(verdicts.requirement)
    asked = body(clause, CriterionPublished) if clause.kind == CriterionPublished.KIND else body(clause, ClausePublished)
    read = body(view.record(verdicts.readings), ReadingsReported)
    lines = _rows(view, record, verdicts)
    rows = decoded(lines, VerdictRow) if isinstance(verdicts, ReadingsJudged) else decoded(lines, MeasuredRow)
    values = tuple((one.value, one.expanded_uncertainty) for one in rows)
    return Results(
        record=record.id, quantity=asked.quantity, unit=verdicts.unit, measured_at=read.measured_until, values=values
    )  # fmt: skip


def _rows(view: View, record: Record, of: ResultsReported | ReadingsJudged | MeasuredJudged) -> list[bytes]:
    try:
        return rows_of(view, of.items)
    except NotFoundError as error:
        raise RefusedError("rows-at-hand", f"record {record.id}: its rows are not at hand, so that nothing can be said") from error
