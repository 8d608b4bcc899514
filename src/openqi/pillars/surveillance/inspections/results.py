"""How visits of a draw ended, as far as somebody said so: the report of an object that stands, and all of them."""

from collections.abc import Iterable, Mapping

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.inspections.standing import TheDraw, of_draw
from openqi.records.inspections import OutcomeCode, OutcomeCount, VisitReported, visit_subject, visits_subject
from openqi.science.draws.rates.outcomes import OUTCOMES

CODES: tuple[OutcomeCode, ...] = (
    "conforming", "nonconforming", "corrected", "not-found", "refused", "not-visited", "closed", "not-operating", "deregistered"
)  # fmt: skip


def report_of(view: View, draw: TheDraw, name: str) -> tuple[Record, VisitReported] | None:
    """Return the report on an object that stands, None where there is none."""
    subject = visit_subject(draw.commitment.draw, name)
    return _once(of_draw(view, subject, draw.committed.id, draw.own, VisitReported)).get(name)


def reports_of(view: View, draw: TheDraw) -> Mapping[str, tuple[Record, VisitReported]]:
    """Return all reports of a draw that stand, by object.

    Raises:
        RefusedError: an object has two.
    """
    subject = visits_subject(draw.commitment.draw)
    return _once(of_draw(view, subject, draw.committed.id, draw.own, VisitReported))


def counted(reports: Iterable[VisitReported]) -> tuple[OutcomeCount, ...]:
    """Return how many visits ended how, in the order in which outcomes are told; what none ended with is left out."""
    found = dict.fromkeys(CODES, 0)
    for one in reports:
        found[one.outcome] += 1
    return tuple(OutcomeCount(outcome=code, visits=visits) for code, visits in found.items() if visits)


def group_of(outcome: str) -> str:
    """Return whether an outcome is of an object that was examined, was not, or has nothing to examine: a group of estimation."""
    return OUTCOMES[outcome].group


def _once(found: Iterable[tuple[Record, VisitReported]]) -> dict[str, tuple[Record, VisitReported]]:
    by_object: dict[str, tuple[Record, VisitReported]] = {}
    for record, one in found:
        if one.object in by_object:
            both = f"{by_object[one.object][0].id} and {record.id}"
            raise RefusedError("reported-once", f"{one.object} has two reports that stand, {both}; withdraw one")
        by_object[one.object] = (record, one)
    return by_object
