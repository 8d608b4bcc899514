"""Freezing who can be sent: officers with certificates, permits and workloads, and who may not go where."""

from collections.abc import Sequence
from typing import ClassVar, Final
from unicodedata import is_normalized

from openqi.evidence.record import Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.surveillance.dates import day
from openqi.pillars.surveillance.draws.rolls import officers_of, recusals_of
from openqi.pillars.surveillance.standing import content_of, standing
from openqi.records import Command, Content, Instant, Names, RecordId, Uri, statement
from openqi.records.draw_lists import OfficersFrozen, RecusalsFrozen
from openqi.records.draw_rows import OfficerRow, RecusalRow
from openqi.records.draws import AUTHORITY
from openqi.records.rows import committed, decoded, row_line, rows_of
from openqi.science.draws.assignment.people import FARTHEST
from openqi.science.draws.hashing.alike import first_alike, folded, unseen
from openqi.science.draws.listing import LONGEST, MEDIA_TYPE

MOST_VISITS: Final = 100_000


class FreezeOfficers(Command, frozen=True):
    """Freeze who can be sent: a file with a line an officer."""

    NAME: ClassVar[str] = "surveillance.freeze-officers/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    roll: Uri
    name: Names
    as_of: Instant
    officers: Content
    illustrative: bool = False


def freeze_officers(view: View, command: FreezeOfficers, issuer: str) -> tuple[Statement, ...]:  # noqa: ARG001 -- whoever has the role
    """Return the frozen list of officers.

    Raises:
        NotFoundError: the file is not at hand.
        FormatError: the file is none of officers; the message says which line.
        RefusedError: an officer stands there twice, has no certificate or no workload, or days are not in order.
    """
    parse_instant(command.as_of)
    if command.as_of > command.now:
        raise RefusedError("list-of-today", f"the list is as of {command.as_of}, which is to come")
    officers = officers_of(content_of(view, command.officers, media_type=MEDIA_TYPE, what="the list of officers"))
    _check_officers(officers)
    items, content = committed(map(row_line, officers))
    frozen = OfficersFrozen(
        roll=command.roll, name=command.name, as_of=command.as_of, officers=items,
        units=len({one.unit for one in officers}), illustrative=command.illustrative,
    )  # fmt: skip
    return (statement(frozen, contents=(content,)),)


class FreezeRecusals(Command, frozen=True):
    """Freeze who may not go where, or with whom: a file with a line a recusal, of the officers of a frozen list; sealed."""

    NAME: ClassVar[str] = "surveillance.freeze-recusals/1"
    ROLE: ClassVar[str | None] = AUTHORITY

    officers: RecordId
    recusals: Content


def freeze_recusals(view: View, command: FreezeRecusals, issuer: str) -> tuple[Statement, ...]:
    """Return the frozen recusals.

    Raises:
        NotFoundError: the list of officers or the file is not at hand.
        FormatError: the file is none of recusals; the message says which line.
        RefusedError: another party's officers, a recusal of nobody, without a reason or twice, or for all to see.
    """
    if command.visible_to is None:
        raise RefusedError("recusals-sealed", "recusals say who is kin to whom: seal them, and name who may see them")
    record, frozen = standing(view, command.officers, OfficersFrozen)
    if record.issuer != issuer:
        raise RefusedError("own-officers", f"officers {record.id} were frozen by {record.issuer}; only they say who is recused")
    recusals = recusals_of(content_of(view, command.recusals, media_type=MEDIA_TYPE, what="the list of recusals"))
    _check_recusals(recusals, {one.officer for one in officers_frozen(view, frozen)})
    items, content = committed(map(row_line, recusals))
    kept = RecusalsFrozen(roll=frozen.roll, officers=record.id, recusals=items, illustrative=frozen.illustrative)
    return (statement(kept, contents=(content,)),)


def officers_frozen(view: View, frozen: OfficersFrozen) -> list[OfficerRow]:
    """Return the officers of a frozen list, which were checked when it was frozen.

    Raises:
        NotFoundError: rows are not at hand.
        FormatError, VerificationError: they are not those that were frozen.
    """
    return decoded(rows_of(view, frozen.officers), OfficerRow)


def _check_officers(officers: Sequence[OfficerRow]) -> None:
    if not officers:
        raise RefusedError("somebody-to-send", "the list names no officer")
    known: dict[str, int] = {}
    for number, one in enumerate(officers, start=1):
        plain = folded(one.officer)
        if not plain or not _plain(one.officer):
            told = f"officer in line {number}, {one.officer[:40]!r}"
            why = f"{told}, has no number, or one that is too long, with spaces at its ends or letters unseen"
            raise RefusedError("officers-named", why)
        if plain in known:
            why = f"lines {known[plain]} and {number} are of one officer, {one.officer}"
            raise RefusedError("officers-once", f"{why}: one officer has one line, in whatever spelling")
        known[plain] = number
        _check_officer(one)
    if (alike := first_alike(sorted({one.unit for one in officers}))) is not None:
        raise RefusedError("units-once", f"units {alike[0]!r} and {alike[1]!r} read as one: write it in one way")


def _plain(text: str) -> bool:
    """Whether a text is what it reads as: no letters unseen, no spaces at its ends, and room for it in the name of a stream."""
    return unseen(text) is None and text == text.strip() and len(text.encode()) <= LONGEST


def _check_officer(one: OfficerRow) -> None:
    if not one.certificates:
        raise RefusedError("certificates", f"officer {one.officer} has no certificate: who has none is not on the list")
    spans = [*one.certificates, *((permit.first, permit.last) for permit in one.permits)]
    for first, last in spans:
        if day(last, f"officer {one.officer}") < day(first, f"officer {one.officer}"):
            raise RefusedError("days-in-order", f"officer {one.officer}: from {first} to {last} is no span of days")
    if any(not permit.item or not _plain(permit.item) for permit in one.permits):
        raise RefusedError("permits-of-items", f"officer {one.officer}: a permit is for an item; name it as its list does")
    if not _plain(one.unit):
        raise RefusedError("units-once", f"officer {one.officer}: unit {one.unit!r} has spaces at its ends or letters unseen")
    if not 1 <= one.most <= MOST_VISITS:
        raise RefusedError("workload", f"officer {one.officer}: at most {one.most} visits; a workload is from 1 to {MOST_VISITS}")
    if max(abs(one.east), abs(one.north)) > FARTHEST:
        raise RefusedError("places", f"officer {one.officer}: places lie within 2**30 metres of the origin")


def _check_recusals(recusals: Sequence[RecusalRow], officers: set[str]) -> None:
    seen = set()
    for number, one in enumerate(recusals, start=1):
        what = f"recusal {number}, of officer {one.officer}"
        if not one.reason or bool(one.object) is bool(one.other):
            why = "say for which object, or from which other officer, and why"
            raise RefusedError("recusals-have-reasons", f"{what}: {why}")
        if one.object and (not _plain(one.object) or not is_normalized("NFC", one.object)):
            why = f"recusal {number} is for {one.object!r}: spaces at its ends, letters unseen or not composed (NFC)"
            raise RefusedError("recusals-known", f"{why}; no list of objects has such a name")
        for name in (one.officer, one.other):
            if name and name not in officers:
                raise RefusedError("recusals-known", f"recusal {number} is of officer {name}, who is not on the list")
        if one.officer == one.other:
            raise RefusedError("recusals-known", f"{what}: nobody is kept apart from themselves; name another officer")
        key = (one.officer, folded(one.object)) if one.object else frozenset((one.officer, one.other))
        if key in seen:
            raise RefusedError("recusals-once", f"{what}: it is recused for {one.object or one.other} before")
        seen.add(key)
