"""Officers and visits as rows state them, and who goes to an object after every change that stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.inspections.standing import TheDraw, of_draw, typed_rows
from openqi.pillars.surveillance.keeping import rows_kept
from openqi.pillars.surveillance.standing import acting, pinned, standing
from openqi.records.draw_lists import OfficersFrozen, RecusalsFrozen
from openqi.records.draw_rows import OfficerRow, RecusalRow, TeamRow
from openqi.records.draws import DrawCommitted
from openqi.records.inspections import AssignmentChanged, OfficersAssigned, change_subject
from openqi.science.draws.assignment.people import Apart, Officer, Permit, Recusal, Rules
from openqi.science.draws.hashing.alike import folded


@dataclass(frozen=True, kw_only=True)
class Roll:
    """Who can be sent, who may not go where, and who not with whom."""

    officers: tuple[Officer, ...]
    recusals: tuple[Recusal, ...]
    apart: tuple[Apart, ...]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Who goes to an object and on which day, with all that left it before."""

    officers: tuple[str, ...]
    day: str
    left: tuple[str, ...]


def rules_of(commitment: DrawCommitted) -> Rules:
    """Return how officers are sent, as the commitment says.

    Raises:
        RefusedError: it says nothing of officers.
    """
    sending = commitment.sending
    if sending is None or commitment.officers is None:
        raise RefusedError("officers-committed", f"draw {commitment.draw} did not commit to officers; nobody can be drawn for it")
    return Rules(each=sending.each, different_units=sending.different_units, reach=sending.reach, substitutes=sending.substitutes)


def roll_of(view: View, draw: TheDraw, objects: Iterable[str]) -> Roll:
    """Return the frozen officers of a draw, and the recusals that are about its objects, in whatever spelling.

    A list has no two objects that read as one, so that it is known which one is meant: a recusal that is spelled otherwise keeps
    off all the same. Refusing it would leave a draw that nobody can be sent for, as its recusals were pinned.

    Raises:
        RefusedError: no roll was committed to, or the recusals are of another one or of a stranger.
        FormatError: a day is none.
    """
    rules_of(draw.commitment)
    roll = pinned(view, str(draw.commitment.officers), OfficersFrozen)
    wanted = {folded(one): one for one in objects}
    recusals = _recusals(view, draw.commitment)
    return Roll(
        officers=tuple(_officer(one) for one in typed_rows(view, roll.officers, OfficerRow)),
        recusals=tuple(
            Recusal(officer=one.officer, visit=wanted[folded(one.object)], reason=one.reason)
            for one in recusals
            if folded(one.object) in wanted
        ),
        apart=tuple(Apart(officer=one.officer, other=one.other, reason=one.reason) for one in recusals if one.other),
    )


def _recusals(view: View, commitment: DrawCommitted) -> Sequence[RecusalRow]:
    """The recusals that a commitment pinned: of its own officers, and frozen by who may act in the draw."""
    if commitment.recusals is None:
        return ()
    frozen, record = pinned(view, commitment.recusals, RecusalsFrozen), view.record(commitment.recusals)
    acting(commitment, record.issuer)  # a commitment names them unread
    if frozen.officers != commitment.officers:
        raise RefusedError("recusals-known", f"recusals {record.id} are of officers {frozen.officers}, not of those of the draw")
    return typed_rows(view, frozen.recusals, RecusalRow)


def _officer(row: OfficerRow) -> Officer:
    where = f"officer {row.officer}"
    return Officer(
        name=row.officer,
        unit=row.unit,
        certificates=tuple((day(first, where).toordinal(), day(last, where).toordinal()) for first, last in row.certificates),
        permits=tuple(
            Permit(item=one.item, first_day=day(one.first, where).toordinal(), last_day=day(one.last, where).toordinal())
            for one in row.permits
        ),
        most=row.most,
        east=row.east,
        north=row.north,
    )


def assignment(view: View, draw: TheDraw, name: str) -> tuple[Record, OfficersAssigned, Mapping[str, TeamRow]]:
    """Return an assignment of a draw and its teams by object.

    Raises:
        RefusedError: it does not stand, is of another draw, or a stranger made it.
    """
    record, assigned = standing(view, name, OfficersAssigned)
    if assigned.committed != draw.committed.id:
        raise RefusedError("same-draw", f"assignment {name} is of draw {assigned.draw}, not of {draw.commitment.draw}")
    acting(draw.commitment, record.issuer)
    return record, assigned, rows_kept(view, assigned.items, TeamRow).by_object


def changes_of(view: View, draw: TheDraw, assigned: str, subject: str) -> list[AssignmentChanged]:
    """Return the changes of an assignment in a stream that stand, in log order."""
    found = of_draw(view, subject, draw.committed.id, draw.own, AssignmentChanged)
    return [one for _, one in found if one.assigned == assigned]


def sent(view: View, draw: TheDraw, assigned: str, team: TeamRow) -> Sent:
    """Return who goes to an object after every change that stands."""
    officers, on, left = list(team.officers), team.day, []
    for one in changes_of(view, draw, assigned, change_subject(draw.commitment.draw, team.object)):
        if one.left is not None and one.joined is not None and one.left in officers:
            officers[officers.index(one.left)] = one.joined
            left.append(one.left)
        on = one.day or on
    return Sent(officers=tuple(officers), day=on, left=tuple(left))
