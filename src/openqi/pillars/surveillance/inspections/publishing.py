"""Making results public: all that stand and are not public yet, with the day until which each was due, late ones marked."""

from collections.abc import Mapping
from typing import ClassVar

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.inspections.days import DueDays, publication_days
from openqi.pillars.surveillance.inspections.results import counted, reports_of
from openqi.pillars.surveillance.inspections.standing import TheDraw, drawn_rows, of_draw, the_draw, typed_rows, withdrawals
from openqi.records import Command, RecordId, statement
from openqi.records.draw_rows import ResultRow
from openqi.records.draws import AUTHORITY
from openqi.records.inspections import ResultsPublished, VisitReported, publications_subject, visits_subject
from openqi.records.rows import committed, row_line


class PublishResults(Command, frozen=True):
    """Make all results of a draw public that stand and are not public yet; corrected and withdrawn ones are told as such.

    `limit` names a limit for a draw whose commitment names none; without any, nothing is due.
    """

    NAME: ClassVar[str] = "surveillance.publish-results/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    made: RecordId
    limit: RecordId | None = None


def publish_results(view: View, command: PublishResults, issuer: str) -> tuple[Statement, ...]:
    """Return the publication.

    Raises:
        NotFoundError: the draw or its limit is not in the log.
        RefusedError: the draw is hidden, nothing is new, an object has two results, a calendar does not reach so far, or whoever
            asks does not act for the draw.
    """
    draw = the_draw(view, command.made, issuer)
    if draw.hidden:
        raise RefusedError("draw-shown", f"draw {draw.commitment.draw} is hidden: show it first, and name the record that shows it")
    if command.visible_to is not None:
        raise RefusedError("public-to-all", "results are published to all: name no audience")
    limit, days = publication_days(view, draw, command.limit, command.now)
    objects, reports = drawn_rows(view, draw), reports_of(view, draw)
    public = _public(view, draw)
    gone = withdrawals(one for one in view.stream(visits_subject(draw.commitment.draw)) if view.home(one.id) == view.origin)
    rows = [row for name in objects if (row := _row(name, reports.get(name), public.get(name), gone, days))]
    if not rows:
        raise RefusedError("something-new", f"all {len(reports)} results of {draw.commitment.draw} are public already")
    reported = [one for name, (_, one) in reports.items() if name in objects]
    items, content = committed(map(row_line, rows))
    published = ResultsPublished(
        draw=draw.commitment.draw, committed=draw.committed.id, made=draw.record.id, items=items, drawn=len(objects),
        reported=len(reported), waiting=len(objects) - len(reported), late=sum(row.late for row in rows),
        outcomes=counted(reported),
        replacing=sum(row.replaces is not None and row.outcome is not None for row in rows),
        taken_back=sum(row.outcome is None for row in rows), limit=limit, illustrative=draw.commitment.illustrative,
    )  # fmt: skip
    return (statement(published, contents=(content,)),)


def _public(view: View, draw: TheDraw) -> Mapping[str, str | None]:
    """The report that is public of each object, None where it was taken back: as the publications that stand say in turn."""
    found: dict[str, str | None] = {}
    subject = publications_subject(draw.commitment.draw)
    for _, one in of_draw(view, subject, draw.committed.id, draw.own, ResultsPublished):
        for row in typed_rows(view, one.items, ResultRow):
            found[row.object] = row.record if row.outcome is not None else None
    return found


def _row(
    name: str, report: tuple[Record, VisitReported] | None, public: str | None, gone: Mapping[str, Record], days: DueDays | None
) -> ResultRow | None:
    """What is to be said of an object now, None where it is public already or nobody reported it."""
    if report is None:
        if public is None:
            return None
        back = gone.get(public)
        if back is None:
            raise RefusedError(
                "results-known", f"{name} is public by {public}, which is neither a result of the draw nor withdrawn"
            )
        return ResultRow(at=back.valid_from, object=name, record=back.id, replaces=public)
    record, one = report
    if record.id == public:
        return None
    due, late = (None, False) if days is None else days.due(one.at)
    return ResultRow(at=one.at, due=due, late=late, object=name, outcome=one.outcome, record=record.id, replaces=public)
