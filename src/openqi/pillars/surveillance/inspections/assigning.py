"""Assigning officers: who goes where is drawn out of the seed of the draw, and a shortage is a refusal that says the numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.inspections.days import within_window
from openqi.pillars.surveillance.inspections.standing import (
    TheDraw,
    check_audience,
    drawn_rows,
    of_draw,
    the_draw,
    typed_rows,
    withdrawn_before,
)
from openqi.pillars.surveillance.inspections.teams import roll_of, rules_of
from openqi.records import Command, Items, RecordId, statement
from openqi.records.draw_rows import DrawnRow, TeamRow, VisitRow
from openqi.records.draws import AUTHORITY
from openqi.records.inspections import OfficersAssigned, assignments_subject
from openqi.records.rows import committed, row_line
from openqi.science.draws.assignment.assigned import Assignment, ShortageError, assigned
from openqi.science.draws.assignment.people import Visit

_TOLD: Final = 5


class AssignOfficers(Command, frozen=True):
    """Draw who goes where, out of the seed of a draw: every drawn object with its day goes in, teams and substitutes come out.

    `items` has a row for each drawn object: the day of its visit, within the window of the draw, and where it lies. Of a hidden
    draw it is sealed to the parties of the draw.
    """

    NAME: ClassVar[str] = "surveillance.assign-officers/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    made: RecordId
    items: Items


def assign_officers(view: View, command: AssignOfficers, issuer: str) -> tuple[Statement, ...]:
    """Return who goes where.

    Raises:
        NotFoundError: the draw, its officers or the rows of visits are not in the log.
        RefusedError: something does not stand, the rows are not exactly the drawn objects, a day lies outside of the window,
            officers are lacking, or it was assigned before.
        DomainError, FormatError: a row is none.
    """
    draw = the_draw(view, command.made, issuer)
    check_audience(draw, command)
    rules, commitment = rules_of(draw.commitment), draw.commitment
    objects = drawn_rows(view, draw)
    rows = typed_rows(view, command.items, VisitRow)
    _check_objects(rows, objects)
    for other, _ in of_draw(view, assignments_subject(commitment.draw), draw.committed.id, draw.own, OfficersAssigned):
        why = f"officers of {commitment.draw} were assigned before, by record {other.id}"
        raise RefusedError("assigned-once", f"{why}; change that, or withdraw it first")
    roll = roll_of(view, draw, objects)
    visits = [_visit(draw, row) for row in rows]
    seed = bytes.fromhex(draw.made.seed)
    try:
        found = assigned(visits, roll.officers, roll.recusals, rules, seed=seed, purpose=commitment.purpose, apart=roll.apart)
    except ShortageError as error:
        raise _refusal(error) from error
    items, content = committed(map(row_line, _teams(found, {row.object: row for row in rows})))
    stated = OfficersAssigned(
        draw=commitment.draw, committed=draw.committed.id, made=draw.record.id, officers=str(commitment.officers), items=items,
        first_day=min(row.day for row in rows), last_day=max(row.day for row in rows), moved=len(found.changes),
        corrects=withdrawn_before(view, draw, assignments_subject(commitment.draw), OfficersAssigned),
        illustrative=commitment.illustrative,
    )  # fmt: skip
    return (statement(stated, contents=(content,)),)


def _check_objects(rows: Sequence[VisitRow], objects: Mapping[str, DrawnRow]) -> None:
    """Refuse a table that leaves a drawn object out, has another one, or one twice."""
    names = Counter(row.object for row in rows)
    told = {
        "are not in the table": [one for one in objects if one not in names],
        "were not drawn": [one for one in names if one not in objects],
        "stand there twice": [one for one, times in names.items() if times > 1],
    }
    for what, wrong in told.items():
        if wrong:
            raise RefusedError(
                "exactly-the-drawn", f"{len(wrong)} objects {what}, {min(wrong)} first; give each drawn object one row"
            )


def _visit(draw: TheDraw, row: VisitRow) -> Visit:
    on = within_window(draw, row.day, f"visit of {row.object}")
    return Visit(name=row.object, day=on.toordinal(), items=draw.commitment.items, east=row.east, north=row.north)


def _refusal(error: ShortageError) -> RefusedError:
    told = []
    for one in error.shortages[:_TOLD]:
        why = ", ".join(f"{reason}: {count}" for reason, count in sorted(one.counts.items()))
        told.append(f"{one.visit} has {one.found} of {one.wanted} ({why})")
    more = "" if len(error.shortages) <= _TOLD else f"; and {len(error.shortages) - _TOLD} more"
    lack = f"at least {error.missing} officers are lacking"
    if error.proved < error.missing:
        lack = f"{error.missing} officers are lacking ({error.proved} of them in any case, the others as some may not go together)"
    return RefusedError("enough-officers", f"{lack}, at {len(error.shortages)} visits: {'; '.join(told)}{more}")


def _teams(found: Assignment, visits: Mapping[str, VisitRow]) -> list[TeamRow]:
    moved = {one.visit: one for one in found.changes}
    rows = []
    for team in found.teams:
        change = moved.get(team.visit)
        rows.append(
            TeamRow(
                day=visits[team.visit].day,
                east=visits[team.visit].east,
                joined=() if change is None else change.joined,
                left=() if change is None else change.left,
                metres=team.metres,
                north=visits[team.visit].north,
                object=team.visit,
                officers=team.officers,
                substitutes=team.substitutes,
            )
        )
    return rows
