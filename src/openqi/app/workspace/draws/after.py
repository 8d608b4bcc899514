"""What follows a draw in a workspace: who is sent, changes, how visits ended, publications, follow-ups, rates."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from openqi.app.workspace.builder import Builder, Skipped
from openqi.app.workspace.certificates import content_of
from openqi.app.workspace.draws.cells import checked_day
from openqi.app.workspace.draws.keeping import keep, row_digest
from openqi.app.workspace.draws.visits import VisitRead, outcome_at, visit_days, visit_results
from openqi.app.workspace.inspecting import (
    AssignmentChangeDeclared,
    AssignmentDeclared,
    FollowUpDeclared,
    PublicationDeclared,
    RateDeclared,
    VisitResultsDeclared,
)
from openqi.kernel.errors import FormatError, OpenQIError
from openqi.pillars.surveillance.inspections.assigning import AssignOfficers
from openqi.pillars.surveillance.inspections.changing import ChangeAssignment
from openqi.pillars.surveillance.inspections.following import ReportFollowUp
from openqi.pillars.surveillance.inspections.publishing import PublishResults
from openqi.pillars.surveillance.inspections.rating import EstimateRate
from openqi.pillars.surveillance.inspections.reporting import ReportVisit
from openqi.records.inspections import (
    PassedOver,
    assignments_subject,
    changes_subject,
    follow_ups_subject,
    publications_subject,
    rates_subject,
    visit_subject,
)
from openqi.records.rows import committed, row_line

_DAYS: Final = "who goes where was drawn once; write what is otherwise under `assignment_changes`, with the reason"
_SAID: Final = "put the entry back as it was, and add another one for what comes after it"


def draw_of(builder: Builder, slot: str, made: str) -> tuple[str, str]:
    """Return the URI of the draw that an entry of `made_draws` made, and the record that shows who was drawn.

    Where a hidden draw was shown it is the record that shows it.
    """
    workspace = builder.workspace
    record = builder.record(workspace.known(slot, "made", "made_draws", made))
    shown = next((name for name, one in workspace.declared.shown_draws.items() if one.made == made), None)
    if shown is not None and f"shown_draws/{shown}" in builder.made:
        record = builder.record(f"shown_draws/{shown}")
    return workspace.declared.draws[workspace.declared.made_draws[made].draw].uri, record


def assignment(builder: Builder, slot: str, declared: AssignmentDeclared) -> None:
    """Draw who goes where, out of the seed of the draw."""
    workspace = builder.workspace
    workspace.party(slot, declared.assigned_by, "assigned_by")
    draw, _ = draw_of(builder, slot, declared.made)
    made = builder.record(f"made_draws/{declared.made}")

    def make() -> AssignOfficers:
        items, content = committed(map(row_line, visit_days(workspace, slot, declared)[0]))
        builder.staged.put_blob(content)
        return AssignOfficers(made=made, items=items)

    digest = builder.digest(slot, workspace.file(slot, "file", declared.file), made)
    keep(builder, slot, declared.assigned_by, digest, make, subject=assignments_subject(draw), advice=_DAYS)


def assignment_change(builder: Builder, slot: str, declared: AssignmentChangeDeclared) -> None:
    """State that an officer does not go, or that a visit takes place on another day."""
    workspace = builder.workspace
    workspace.party(slot, declared.changed_by, "changed_by")
    assigned = builder.record(workspace.known(slot, "assignment", "assignments", declared.assignment))
    draw, _ = draw_of(builder, slot, workspace.declared.assignments[declared.assignment].made)
    if declared.day is not None:
        try:
            checked_day(declared.day)
        except FormatError as error:
            raise workspace.at(slot, "day").error(str(error)) from error

    def make() -> ChangeAssignment:
        return ChangeAssignment(
            assigned=assigned, object=declared.object, reason=declared.reason, explained=declared.explained, left=declared.left,
            passed_over=tuple(PassedOver(officer=name, reason=why) for name, why in declared.passed_over.items()), day=declared.day,
        )  # fmt: skip

    keep(builder, slot, declared.changed_by, builder.digest(slot, assigned), make, subject=changes_subject(draw), advice=_SAID)


def results(builder: Builder, slot: str, declared: VisitResultsDeclared) -> None:
    """Report how visits ended, a record a row; a row that says otherwise than before is withdrawn only where that is asked for."""
    workspace = builder.workspace
    workspace.party(slot, declared.reported_by, "reported_by")
    draw, made = draw_of(builder, slot, declared.made)
    assigned = None
    if declared.assignment is not None:
        assigned = builder.record(workspace.known(slot, "assignment", "assignments", declared.assignment))
    rows = visit_results(workspace, slot, declared)
    places = {f"{slot}#{one.object}": one for one in rows}
    for place in [one for one in builder.before if one.startswith(f"{slot}#") and one not in places and builder.stands(one)]:
        if not builder.withdraw:
            name = place.partition("#")[2]
            why = f"the row of {name} is gone, and was reported; put it back, or `openqi build --withdraw` withdraws the report"
            raise workspace.at(slot, "file").error(why)
        builder.drop(place)
    for place, one in places.items():
        builder.entry(place, partial(_reported, builder, place, declared, one, made=made, draw=draw, assigned=assigned))
    if any(map(builder.failed, places)):
        raise Skipped
    builder.hold(slot, builder.digest(slot, made), declared.reported_by, builder.staged.logged(builder.record(min(places))).record)


def _reported(
    builder: Builder, place: str, declared: VisitResultsDeclared, one: VisitRead, *, made: str, draw: str, assigned: str | None
) -> None:
    names = declared.seen_by
    seen_by = (
        None if names is None else tuple(builder.workspace.party(place.partition("#")[0], one, "seen_by").uri for one in names)
    )
    command = ReportVisit(
        made=made, object=one.object, at=one.at, outcome=one.outcome, day=one.day, officers=one.officers,  # type: ignore[arg-type]
        assigned=None if one.outcome == "not-visited" else assigned, findings=one.findings, disposal=one.disposal,
        correct_by=one.correct_by, remark=one.remark, visible_to=seen_by,
    )  # fmt: skip
    digest = row_digest(command)
    try:
        if builder.withdraw and builder.stands(place) and not builder.kept(place, digest, declared.reported_by):
            builder.drop(place)
            builder.perform(place, declared.reported_by, digest, command)
            return
        keep(
            builder, place, declared.reported_by, digest, lambda: command, subject=visit_subject(draw, one.object),
            advice="if the report was wrong, `openqi build --withdraw` withdraws it and reports the visit again",
        )  # fmt: skip
    except OpenQIError as error:
        raise FormatError(f"{one.place}: {error}") from error


def publication(builder: Builder, slot: str, declared: PublicationDeclared) -> None:
    """Make public what was reported and is not public yet."""
    workspace = builder.workspace
    workspace.party(slot, declared.published_by, "published_by")
    draw, made = draw_of(builder, slot, declared.made)
    limit = None
    if declared.limit is not None:
        limit = builder.record(workspace.known(slot, "limit", "limits", declared.limit))
    _all_reported(builder, declared.made)
    keep(
        builder, slot, declared.published_by, builder.digest(slot, made), lambda: PublishResults(made=made, limit=limit),
        subject=publications_subject(draw), advice=_SAID,
    )  # fmt: skip


def _all_reported(builder: Builder, made: str) -> None:
    """Skip where results of a draw have failed: what is published or estimated without them would leave them out."""
    entries: Mapping[str, VisitResultsDeclared] = builder.workspace.declared.visit_results
    if any(one.made == made and builder.failed(f"visit_results/{name}") for name, one in entries.items()):
        raise Skipped


def follow_up(builder: Builder, slot: str, declared: FollowUpDeclared) -> None:
    """Report what came after a visit."""
    workspace = builder.workspace
    workspace.party(slot, declared.reported_by, "reported_by")
    reported = workspace.known(slot, "results", "visit_results", declared.results)
    draw, _ = draw_of(builder, slot, workspace.declared.visit_results[declared.results].made)
    if builder.failed(reported):
        raise Skipped
    if f"{reported}#{declared.object}" not in builder.made:
        raise workspace.at(slot, "object").error(f"{declared.results} has no row of {declared.object!r}")
    visit = builder.record(f"{reported}#{declared.object}")
    files = [(name, workspace.file(slot, "documents", name)) for name in declared.documents]

    def make() -> ReportFollowUp:
        for _, data in files:
            builder.staged.put_blob(data)
        return ReportFollowUp(
            visit=visit, at=workspace.instant(slot, "at", declared.at), sort=declared.sort, text=declared.text,
            outcome=None if declared.outcome is None else outcome_at(workspace, slot, "outcome", declared.outcome),  # type: ignore[arg-type]
            documents=tuple(content_of(name, data) for name, data in files),
        )  # fmt: skip

    digest = builder.digest(slot, visit, *(data for _, data in files))
    keep(builder, slot, declared.reported_by, digest, make, subject=follow_ups_subject(draw, declared.object), advice=_SAID)


def rate(builder: Builder, slot: str, declared: RateDeclared) -> None:
    """Estimate what the draw says about its whole list; a later estimate is an entry of its own."""
    builder.workspace.party(slot, declared.estimated_by, "estimated_by")
    draw, made = draw_of(builder, slot, declared.made)
    _all_reported(builder, declared.made)
    command = EstimateRate(made=made, by=declared.by, confidence=declared.confidence, lonely=declared.lonely)
    digest = builder.digest(slot, made)
    keep(builder, slot, declared.estimated_by, digest, lambda: command, subject=rates_subject(draw), advice=_SAID)
