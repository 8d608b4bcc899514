"""Changing an assignment: the next substitute in drawn order joins, each who is passed over with the reason, or the day moves."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.surveillance.inspections.days import not_over, within_window
from openqi.pillars.surveillance.inspections.standing import TheDraw, check_audience, the_draw
from openqi.pillars.surveillance.inspections.teams import Roll, Sent, assignment, changes_of, roll_of, rules_of, sent
from openqi.pillars.surveillance.standing import standing
from openqi.records import Command, Day, Names, RecordId, Text, statement
from openqi.records.draw_rows import TeamRow
from openqi.records.draws import AUTHORITY
from openqi.records.inspections import AssignmentChanged, OfficersAssigned, PassedOver, officer_subject
from openqi.science.draws.assignment.assigned import why_not
from openqi.science.draws.assignment.order import drawn_order
from openqi.science.draws.assignment.people import Officer, Rules, Visit

FULL: Final = "workload-full"
"""What `why_not` says of an officer against whom nothing else speaks; whether it is so is counted here."""


NOT_SENT: Final = "not-sent"


class ChangeAssignment(Command, frozen=True):
    """Send the next substitute in drawn order instead of an officer who does not go, move a visit to another day, or both.

    `reason` is a word such as `ill` or `recused`, `explained` says more. Substitutes who cannot go either stand under
    `passed_over`, each with a reason; those whom certificate, permit, recusal (from one of those who stay, too), unit, distance
    or workload keep off need not be named.
    """

    NAME: ClassVar[str] = "surveillance.change-assignment/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    assigned: RecordId
    object: Text
    reason: Text
    explained: Names
    left: Text | None = None
    passed_over: tuple[PassedOver, ...] = ()
    day: Day | None = None


def change_assignment(view: View, command: ChangeAssignment, issuer: str) -> tuple[Statement, ...]:
    """Return the change.

    Raises:
        NotFoundError: the assignment or its rows are not in the log.
        RefusedError: something does not stand, nobody is left to join, somebody is passed over out of turn, the day is
            over, or whoever asks does not act for the draw.
    """
    _, named = standing(view, command.assigned, OfficersAssigned)
    draw = the_draw(view, named.made, issuer)
    check_audience(draw, command)
    _, _, teams = assignment(view, draw, command.assigned)
    if command.object not in teams:
        raise RefusedError("drawn-object", f"{command.object} is none of the {len(teams)} objects of assignment {command.assigned}")
    team = teams[command.object]
    now = sent(view, draw, command.assigned, team)
    if command.day is not None and command.day == now.day:
        raise RefusedError("day-moves", f"the visit of {command.object} is on {now.day} already; leave the day out")
    changing = _Changing(view, draw, command, team, now, teams)
    joined, passed = changing.joins() if command.left is not None else (None, ())
    changing.check_stay()
    changed = AssignmentChanged(
        draw=draw.commitment.draw, committed=draw.committed.id, assigned=command.assigned, object=command.object,
        reason=command.reason, explained=command.explained, left=command.left, joined=joined, passed_over=passed,
        day=command.day,
    )  # fmt: skip
    return (statement(changed),)


class _Changing:
    """What one change looks at."""

    def __init__(
        self, view: View, draw: TheDraw, command: ChangeAssignment, team: TeamRow, now: Sent, teams: Mapping[str, TeamRow]
    ) -> None:
        if command.left is None and command.day is None:
            raise RefusedError("something-changes", "name the officer who does not go, another day, or both")
        if command.left is None and command.passed_over:
            raise RefusedError("passed-over-in-turn", "nobody leaves, so nobody is passed over; leave passed_over out")
        if command.left is not None and command.left not in now.officers:
            going = ", ".join(now.officers)
            raise RefusedError("officer-goes", f"{command.left} does not go to {team.object}; {going} do")
        self.view, self.draw, self.command, self.team, self.now, self.teams = view, draw, command, team, now, teams
        self.rules: Rules = rules_of(draw.commitment)
        self.roll: Roll = roll_of(view, draw, (team.object,))
        self.officers: dict[str, Officer] = {one.name: one for one in self.roll.officers}
        self.recused = {one.officer: one.reason for one in self.roll.recusals}
        on: date = within_window(draw, command.day or now.day, f"visit of {team.object}")
        if on < not_over(command.now):
            why = f"the visit of {team.object} is on {on}, which is over at {command.now}"
            raise RefusedError("change-before", f"{why}; a change is stated before the visit, or names another day that is to come")
        self.visit = Visit(name=team.object, day=on.toordinal(), items=draw.commitment.items, east=team.east, north=team.north)
        self.stay = [one for one in now.officers if one != command.left]

    def joins(self) -> tuple[str, tuple[PassedOver, ...]]:
        """Return who joins, and everybody before whose turn it was, with the reason."""
        stated = {one.officer: one.reason for one in self.command.passed_over}
        passed: list[PassedOver] = []
        for name in self._in_turn():
            why = self._kept_off(name, self._units()) or stated.get(name)
            if why is None:
                if unused := [one for one in stated if one not in {other.officer for other in passed}]:
                    raise RefusedError("passed-over-in-turn", f"it is not the turn of {unused[0]}: before comes {name}")
                return name, tuple(passed)
            if name in stated or name in self.team.substitutes:
                # Who is recused from where, and why, is sealed: of them is told what whoever asks says, and nothing else.
                told = stated.get(name, NOT_SENT) if name in self.recused else why
                passed.append(PassedOver(officer=name, reason=told))
        raise RefusedError(
            "substitute-left",
            f"nobody on the roll can stand in at {self.team.object}; report it as not visited, or take another day",
        )

    def check_stay(self) -> None:
        """Refuse a day on which one of those who stay may not go."""
        for name in self.stay:
            why = why_not(self.visit, self.officers[name], self.recused, self.rules, set())
            if why != FULL:
                raise RefusedError("officers-may-go", f"{name} cannot go to {self.team.object} on that day: {why}; name who leaves")

    def _in_turn(self) -> Iterator[str]:
        """Substitutes in drawn order, then all others in drawn order."""
        yield from (one for one in self.team.substitutes if self._free(one))
        seed = bytes.fromhex(self.draw.made.seed)
        order: Sequence[str] = drawn_order(self.team.object, tuple(self.officers), seed=seed, purpose=self.draw.commitment.purpose)
        yield from (one for one in order if one not in self.team.substitutes and self._free(one))

    def _free(self, name: str) -> bool:
        return name not in self.now.officers and name not in self.now.left

    def _apart(self) -> Mapping[str, str]:
        """Who may not go with one of those who stay, and why."""
        found: dict[str, str] = {}
        for one in self.roll.apart:
            for name, other in ((one.officer, one.other), (one.other, one.officer)):
                if other in self.stay:
                    found[name] = one.reason
        return found

    def _units(self) -> set[str]:
        return {self.officers[one].unit for one in self.stay} if self.rules.different_units else set()

    def _kept_off(self, name: str, units: set[str]) -> str | None:
        officer = self.officers[name]
        why = why_not(self.visit, officer, self.recused, self.rules, units, self._apart())
        if why != FULL:
            return why
        return FULL if self._load(name) >= officer.most else None

    def _load(self, name: str) -> int:
        """How many visits an officer has, after all changes in which they left or joined."""
        found = sum(name in one.officers for one in self.teams.values())
        for one in changes_of(self.view, self.draw, self.command.assigned, officer_subject(self.draw.commitment.draw, name)):
            found += (one.joined == name) - (one.left == name)
        return found
