"""Reporting what came after a visit: corrected, inspected again, objected, punished, handed over, ended."""

from typing import ClassVar, Final, Literal

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.inspections.standing import of_draw
from openqi.pillars.surveillance.standing import acting, acting_parties, pinned, standing
from openqi.records import Command, Content, Instant, Names, RecordId, statement
from openqi.records.draws import AUTHORITY, DrawCommitted
from openqi.records.inspections import FollowUpReported, OutcomeCode, VisitReported, follow_ups_subject

_AFTER: Final = {"corrected": ("nonconforming",), "punished": ("nonconforming", "corrected", "refused")}
"""After which outcomes a visit is followed by this; by anything else after any."""


class ReportFollowUp(Command, frozen=True):
    """Report what came after a visit. An inspection that was made again has an outcome of its own; the rate is of the first."""

    NAME: ClassVar[str] = "surveillance.report-follow-up/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    visit: RecordId
    at: Instant
    sort: Literal["corrected", "inspected-again", "objected", "punished", "handed-over", "ended"]
    text: Names
    outcome: OutcomeCode | None = None
    documents: tuple[Content, ...] = ()


def report_follow_up(view: View, command: ReportFollowUp, issuer: str) -> tuple[Statement, ...]:
    """Return the follow-up.

    Raises:
        NotFoundError: the visit is not in the log.
        RefusedError: it does not stand, the matter was ended, this does not come after that, it lies before the visit or in the
            future, or whoever asks does not act for the draw.
    """
    record, visit = standing(view, command.visit, VisitReported)
    commitment = pinned(view, visit.committed, DrawCommitted)
    acting(commitment, record.issuer)
    acting(commitment, issuer)
    parse_instant(command.at)
    if not visit.at <= command.at <= command.now:
        raise RefusedError(
            "after-the-visit", f"it is of {command.at}; the result was there at {visit.at}, and it is {command.now} now"
        )
    if (command.sort == "inspected-again") != (command.outcome is not None):
        raise RefusedError("outcome-of-again", "an inspection that was made again has an outcome, and nothing else has one")
    bad = [visit.outcome]
    after = of_draw(
        view, follow_ups_subject(visit.draw, visit.object), visit.committed, acting_parties(commitment), FollowUpReported
    )
    for other, one in after:
        if one.visit != record.id:
            continue
        if one.sort == "ended":
            raise RefusedError("ended-once", f"the matter of {visit.object} was ended by record {other.id}; withdraw that first")
        bad += [one.outcome] if one.outcome is not None else []
    asked = _AFTER.get(command.sort)
    if asked is not None and not any(outcome in asked for outcome in bad):
        raise RefusedError(
            "follows-from", f"{visit.object} was {' and '.join(bad)}; {command.sort} comes after {' or '.join(asked)}"
        )
    followed = FollowUpReported(
        draw=visit.draw, committed=visit.committed, visit=record.id, object=visit.object, at=command.at, sort=command.sort,
        text=command.text, outcome=command.outcome, documents=command.documents,
    )  # fmt: skip
    return (statement(followed),)
