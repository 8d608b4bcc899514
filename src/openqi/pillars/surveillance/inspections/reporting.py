"""Reporting how a visit ended: the outcome is stated, never supposed, and agrees with who went, when, and what was found."""

from collections import Counter
from typing import ClassVar, Final

from openqi.evidence.record import Statement, record_subject
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.inspections.days import begun, not_over, within_window
from openqi.pillars.surveillance.inspections.results import group_of, report_of
from openqi.pillars.surveillance.inspections.standing import (
    TheDraw,
    check_audience,
    check_drawn,
    drawn_rows,
    the_draw,
    withdrawn_before,
)
from openqi.pillars.surveillance.inspections.teams import assignment, sent
from openqi.records import Command, Content, Day, Instant, Names, RecordId, Text, statement
from openqi.records.draws import AUTHORITY
from openqi.records.governance import withdrawal
from openqi.records.inspections import Finding, OutcomeCode, VisitReported, visit_subject
from openqi.science.draws.hashing.alike import first_alike, unseen
from openqi.science.draws.rates.outcomes import CONFORMING, NONCONFORMING

_EXAMINED: Final = (CONFORMING, NONCONFORMING)


class ReportVisit(Command, frozen=True):
    """Report how the visit of a drawn object ended: who went, on which day, with which outcome, and what was found.

    `made` is the draw; `day` and `officers` are those who really went, and absent only where the outcome is `not-visited`. `at` is
    when the result was there. With findings every inspected item has one.
    """

    NAME: ClassVar[str] = "surveillance.report-visit/1"
    ROLE: ClassVar[str | None] = AUTHORITY
    INHERITS: ClassVar[bool] = True

    made: RecordId
    object: Text
    at: Instant
    outcome: OutcomeCode
    day: Day | None = None
    officers: tuple[Text, ...] = ()
    assigned: RecordId | None = None
    findings: tuple[Finding, ...] = ()
    disposal: Names | None = None
    correct_by: Day | None = None
    remark: Names | None = None
    documents: tuple[Content, ...] = ()
    evidence: tuple[RecordId, ...] = ()


def report_visit(view: View, command: ReportVisit, issuer: str) -> tuple[Statement, ...]:
    """Return the report.

    Raises:
        NotFoundError: draw, assignment or evidence is not in the log.
        RefusedError: the object was not drawn or was reported before, others went than were sent, a day is not possible, findings
            and outcome do not agree, or whoever asks does not act for the draw.
    """
    draw = the_draw(view, command.made, issuer)
    if command.visible_to is not None:  # else it is seen by who may see the draw
        check_audience(draw, command)
    check_drawn(drawn_rows(view, draw), command.object, draw)
    if before := report_of(view, draw, command.object):
        why = f"the visit of {command.object} was reported before, by record {before[0].id}"
        raise RefusedError("reported-once", f"{why}; withdraw that first, if it is wrong")
    _check_days(draw, command)
    _check_officers(view, draw, command)
    _check_findings(draw, command)
    _check_evidence(view, command)
    reported = VisitReported(
        draw=draw.commitment.draw, committed=draw.committed.id, made=draw.record.id, object=command.object, at=command.at,
        outcome=command.outcome, day=command.day, officers=command.officers, assigned=command.assigned, findings=command.findings,
        disposal=command.disposal, correct_by=command.correct_by, remark=command.remark, documents=command.documents,
        evidence=command.evidence,
        corrects=withdrawn_before(view, draw, visit_subject(draw.commitment.draw, command.object), VisitReported),
        illustrative=draw.commitment.illustrative,
    )  # fmt: skip
    return (statement(reported),)


def _check_days(draw: TheDraw, command: ReportVisit) -> None:
    parse_instant(command.at)
    went, drawn_at = command.outcome != "not-visited", draw.not_before
    if command.at > command.now:
        raise RefusedError("not-to-come", f"the result of {command.object} is of {command.at}, and it is {command.now} now")
    if command.at < drawn_at:
        raise RefusedError(
            "after-the-draw", f"the result of {command.object} is of {command.at}, before {drawn_at}, when it was drawn"
        )
    if went is (command.day is None):
        raise RefusedError("day-of-visit", "say the day of the visit; only where nobody went (not-visited) there is none")
    if command.day is not None:
        on = within_window(draw, command.day, f"visit of {command.object}")
        if on > begun(command.at):
            raise RefusedError("visit-then-result", f"the visit was on {command.day}, and its result at {command.at}, before")
        if on < not_over(drawn_at):
            raise RefusedError("after-the-draw", f"the visit was on {command.day}, and nobody was drawn before {drawn_at}")
    if command.correct_by is not None:
        by = day(command.correct_by, "correct_by")
        if command.outcome != "nonconforming":
            raise RefusedError("correct-what", f"nothing is to be corrected where the outcome is {command.outcome}")
        if command.day is not None and by < day(command.day, "day"):
            raise RefusedError("correct-later", f"it is to be corrected by {command.correct_by}, before the visit on {command.day}")


def _check_officers(view: View, draw: TheDraw, command: ReportVisit) -> None:
    """Who went is who was sent, after every change; where nobody was drawn, at least two."""
    going = {*command.officers}
    if command.outcome == "not-visited":
        if going:
            raise RefusedError("officers-went", f"nobody went, and {', '.join(command.officers)} did; which of them is it?")
        return
    if len(going) < 2 or first_alike(command.officers) is not None or any(unseen(one) is not None for one in going):
        raise RefusedError("two-officers", f"{len(going)} officers went to {command.object}; at least two go, each named once")
    if command.assigned is None:
        if draw.commitment.officers is not None:
            raise RefusedError(
                "assigned-officers", f"draw {draw.commitment.draw} committed to drawing officers; name their assignment"
            )
        return
    _, _, teams = assignment(view, draw, command.assigned)
    if command.object not in teams:
        why = f"{command.object} is none of the {len(teams)} objects of assignment {command.assigned}"
        raise RefusedError("assigned-officers", f"{why}: it is of a draw that was made again; assign officers anew")
    now = sent(view, draw, command.assigned, teams[command.object])
    if going != {*now.officers}:
        why = f"{', '.join(sorted(going))} went to {command.object}, and {', '.join(sorted(now.officers))} were sent"
        raise RefusedError("assigned-officers", f"{why}; a change is stated before the visit is reported")
    if command.day != now.day:
        why = f"the visit of {command.object} was on {command.day}, and is assigned for {now.day}"
        raise RefusedError("assigned-day", f"{why}; a change is stated before the visit is reported")


def _check_findings(draw: TheDraw, command: ReportVisit) -> None:
    """Findings are of the items that were committed to, each once, and agree with the outcome."""
    if not command.findings:
        return
    items = draw.commitment.items
    counts = Counter(one.item for one in command.findings)
    if wrong := sorted(set(counts) - {*items}) or sorted(one for one, times in counts.items() if times > 1):
        committed = ", ".join(items) or "none"
        raise RefusedError("committed-items", f"finding of {wrong[0]}: the draw committed to {committed}, and each has one finding")
    if missing := [one for one in items if one not in counts]:
        raise RefusedError("findings-whole", f"no finding of {missing[0]}; say not-inspected where it was not")
    found = {one.outcome for one in command.findings}
    examined = found & {"conforming", "nonconforming", "corrected"}
    agrees = {
        "conforming": examined == {"conforming"},
        "nonconforming": "nonconforming" in found,
        "corrected": "corrected" in found and "nonconforming" not in found,
    }
    if not agrees.get(command.outcome, not examined):
        told = ", ".join(sorted(found))
        raise RefusedError("findings-agree", f"the outcome of {command.object} is {command.outcome}, and its findings are {told}")


def _check_evidence(view: View, command: ReportVisit) -> None:
    for name in command.evidence:
        record = view.record(name)
        if other := withdrawal(record, view.stream(record_subject(name)), view.home):
            raise RefusedError("basis-stands", f"evidence {name} was withdrawn by record {other.id}; name what stands")
    if command.evidence and group_of(command.outcome) not in _EXAMINED:
        raise RefusedError("evidence-of-what", f"nothing was examined where the outcome is {command.outcome}; leave evidence out")
