"""Freezing who can be sent: officers with certificates, permits and workloads, and who may not go where."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import FormatError, RefusedError
from openqi.pillars.surveillance.standing import rows_of
from openqi.records import Command, Instant, Items, Names, Uri, statement
from openqi.records.draw_rows import OfficerRow, RecusalRow
from openqi.records.draws import AUTHORITY, OfficersFrozen
from openqi.records.rows import decoded
from openqi.science.draws.assignment.people import FARTHEST
from openqi.science.draws.hashing.alike import folded

MOST_VISITS: Final = 100_000


class FreezeOfficers(Command, frozen=True):
    """Freeze who can be sent, as rows of officers and of recusals. With recusals it is for those alone who are named."""

    NAME: ClassVar[str] = "surveillance.freeze-officers/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    roll: Uri
    name: Names
    as_of: Instant
    officers: Items
    recusals: Items | None = None
    illustrative: bool = False


def freeze_officers(view: View, command: FreezeOfficers, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- whoever has the role
    """Return the frozen list of officers.

    Raises:
        NotFoundError: rows are not at hand.
        FormatError: rows are none of officers and recusals.
        RefusedError: an officer stands there twice, days are not in order, or a recusal is of nobody, without a reason, or public.
    """
    if command.as_of > command.now:
        raise RefusedError("list-of-today", f"the list is as of {command.as_of}, which is to come")
    officers, recusals = people(view, command.officers, command.recusals)
    if recusals and command.visible_to is None:
        raise RefusedError("recusals-sealed", "a list with recusals says who is kin to whom: seal it, and name who may see it")
    frozen = OfficersFrozen(
        roll=command.roll, name=command.name, as_of=command.as_of, officers=command.officers,
        units=len({one.unit for one in officers}), recusals=command.recusals, illustrative=command.illustrative,
    )  # fmt: skip
    return (statement(frozen),)


def people(view: View, officers: Items, recusals: Items | None) -> tuple[list[OfficerRow], list[RecusalRow]]:
    """Return officers and recusals out of their rows, after checking them.

    Raises:
        OpenQIError: as `freeze_officers` says.
    """
    sent = decoded(rows_of(view, officers), OfficerRow)
    _check_officers(sent)
    if recusals is None:
        return sent, []
    kept = decoded(rows_of(view, recusals), RecusalRow)
    _check_recusals(kept, {one.officer for one in sent})
    return sent, kept


def day_number(day: str) -> int:
    """Return a day as a number of days, as the drawing of officers counts them.

    Raises:
        FormatError: there is no such day.
    """
    try:
        found = date.fromisoformat(day)
    except ValueError as error:
        raise FormatError(f"{day[:20]!r} is no day; write it as 2026-11-30") from error
    if found.isoformat() != day:
        raise FormatError(f"{day[:20]!r} is no day; write it as 2026-11-30")
    return found.toordinal()


def _check_officers(officers: Sequence[OfficerRow]) -> None:
    if not officers:
        raise RefusedError("somebody-to-send", "the list names no officer")
    known: dict[str, int] = {}
    for number, one in enumerate(officers, start=1):
        plain = folded(one.officer)
        if not plain or plain != " ".join(plain.split()) or one.officer != one.officer.strip():
            raise RefusedError("officers-named", f"officer in row {number} has no number, or one with spaces at its ends")
        if plain in known:
            why = f"rows {known[plain]} and {number} are of one officer, {one.officer}"
            raise RefusedError("officers-once", f"{why}: one officer has one row, in whatever spelling")
        known[plain] = number
        _check_officer(one)


def _check_officer(one: OfficerRow) -> None:
    if not one.certificates:
        raise RefusedError("certificates", f"officer {one.officer} has no certificate: who has none is not on the list")
    spans = [*one.certificates, *((permit.first, permit.last) for permit in one.permits)]
    for first, last in spans:
        if day_number(last) < day_number(first):
            raise RefusedError("days-in-order", f"officer {one.officer}: from {first} to {last} is no span of days")
    if any(not permit.item for permit in one.permits):
        raise RefusedError("permits-of-items", f"officer {one.officer}: a permit is for an item; name it")
    if not 1 <= one.most <= MOST_VISITS:
        raise RefusedError("workload", f"officer {one.officer}: at most {one.most} visits; a workload is from 1 to {MOST_VISITS}")
    if max(abs(one.east), abs(one.north)) > FARTHEST:
        raise RefusedError("places", f"officer {one.officer}: places lie within 2**30 metres of the origin")


def _check_recusals(recusals: Sequence[RecusalRow], officers: set[str]) -> None:
    seen = set()
    for number, one in enumerate(recusals, start=1):
        if not one.reason or not one.object:
            raise RefusedError(
                "recusals-have-reasons", f"recusal {number}, of officer {one.officer}: say for which object, and why"
            )
        if one.officer not in officers:
            raise RefusedError("recusals-known", f"recusal {number} is of officer {one.officer}, who is not on the list")
        if (one.officer, one.object) in seen:
            raise RefusedError("recusals-once", f"recusal {number}: officer {one.officer} is recused for {one.object} before")
        seen.add((one.officer, one.object))
