"""Taking in recalls of a public list: what is new and what is other than before, row by row; nothing is ever taken out."""

from typing import ClassVar, Final

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import parse_instant
from openqi.records import Command, Content, Index, Instant, Items, Uri, body, statement
from openqi.records.governance import withdrawal
from openqi.records.recall_rows import TakenRecallRow, contents_of, digest_of
from openqi.records.recalls import Layout, RecallsTaken
from openqi.records.rows import decoded, rows_of

FAULTS: Final = "application/x-ndjson"


class TakeRecalls(Command, frozen=True):
    """Take in what a public list of recalls says that is new, or other than it was; `items` are rows of exactly that.

    `listed` lines were read, of which `same` are as before; `refused` could not be, and stand in `faults`.
    """

    NAME: ClassVar[str] = "surveillance.take-recalls/1"
    ROLE: ClassVar[str | None] = None
    ANY_ROLE: ClassVar[bool] = True

    register: Uri
    layout: Layout
    document: Content
    taken_at: Instant
    items: Items
    listed: Index
    same: Index = 0
    refused: Index = 0
    faults: Content | None = None
    illustrative: bool = False


def take_recalls(view: View, command: TakeRecalls, issuer: str) -> tuple[Statement, ...]:
    """Return what was taken in.

    Raises:
        NotFoundError: rows of now or before are not at hand.
        FormatError: a row is none of a recall.
        RefusedError: a row is twice there, as before, or not told as changed; numbers do not add up; it is of a time to come or
            before the last one; or nothing is new.
    """
    if command.visible_to is not None:
        raise RefusedError("recall-for-all", "recalls of a public list are for all to see: name no audience")
    parse_instant(command.taken_at)
    if command.taken_at > command.now:
        raise RefusedError("taken-before-now", f"the list was taken at {command.taken_at}, and it is {command.now} now")
    earlier = taken(view, command.register, issuer)
    last = earlier[-1] if earlier else None
    if last is not None and command.taken_at <= last[1].taken_at:
        raise RefusedError("after-the-last", f"the list of {last[1].taken_at} is in already; this one is of {command.taken_at}")
    _check_faults(view, command)
    known: dict[bytes, str] = {}
    for _, one in earlier:
        known |= contents_of(rows_of(view, one.items))
    rows = decoded(rows_of(view, command.items), TakenRecallRow)
    changed = _changed(rows, known, command.layout)
    if command.listed != len(rows) + command.same or command.same > len(known):
        why = f"{command.listed} were listed, {len(rows)} are new or other, {command.same} as before"
        raise RefusedError("adds-up", f"{why}, {len(known)} were known")
    if not rows:
        raise RefusedError("something-new", f"all {command.listed} lines of the list were taken before")
    stated = RecallsTaken(
        register=command.register, layout=command.layout, document=command.document, taken_at=command.taken_at, items=command.items,
        listed=command.listed, added=len(rows) - changed, changed=changed, same=command.same, refused=command.refused,
        faults=command.faults, before=None if last is None else last[0].id, illustrative=command.illustrative,
    )  # fmt: skip
    return (statement(stated),)


def taken(view: View, register: str, issuer: str) -> list[tuple[Record, RecallsTaken]]:
    """Return what a party took in of a list and has not withdrawn, in log order."""
    stream = [one for one in view.stream(register) if view.home(one.id) == view.origin]
    return [
        (record, body(record, RecallsTaken))
        for record in stream
        if record.kind == RecallsTaken.KIND and record.basis is not None and record.issuer == issuer
        and withdrawal(record, stream, view.home) is None
    ]  # fmt: skip


def _changed(rows: list[TakenRecallRow], known: dict[bytes, str], layout: Layout) -> int:
    """How many rows are other than before, after checking each against what was known."""
    changed, seen = 0, set[str]()
    for row in rows:
        if row.key in seen:
            raise RefusedError("row-once", f"{layout} {row.key[:80]} is there twice")
        seen.add(row.key)
        if row.key != (row.header if not row.line else f"{row.header} {row.line}"):
            raise RefusedError("row-named", f"{layout} {row.key[:80]} is not named by its recall and line")
        before = known.get(digest_of(row.key))
        if before == row.content:
            raise RefusedError("row-new", f"{layout} {row.key[:80]} is as before; what is the same stands in no row")
        if (before is not None) != bool(row.changed):
            asked = "say what is other" if before is not None else "nothing of it was known before"
            raise RefusedError("row-changed", f"{layout} {row.key[:80]}: {asked}")
        changed += before is not None
    return changed


def _check_faults(view: View, command: TakeRecalls) -> None:
    if (command.refused == 0) != (command.faults is None):
        raise RefusedError(
            "faults-kept", f"{command.refused} lines could not be read; what stood there is kept apart, each with why"
        )
    if command.faults is not None:
        lines = view.blob(command.faults.sha256).count(b"\n")
        if command.faults.media_type != FAULTS or lines != command.refused:
            raise RefusedError("faults-kept", f"{command.refused} lines could not be read, and {lines} are kept apart")
