"""Lists of records and of things, page by page: what a table on a page, a file or a program asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.entries import Placed, all_of, newest, things
from openqi.app.reading.naming import Named
from openqi.app.registers import SEALED, What
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, NotFoundError

_UNDER: Final = ("requirement", "procedure")
PER_PAGE: Final = 50
MOST: Final = 500


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which records are asked for: of a kind, by an issuer, below an index of the log; `most` at once."""

    kind: str | None = None
    issuer: str | None = None
    below: int | None = None
    most: int = PER_PAGE


@dataclass(frozen=True, kw_only=True)
class RecordList:
    """Some records, newest first. `below` leads to the next page; kinds are those that the log has publicly, with their number."""

    asked: Asked
    entries: tuple[Seen, ...]
    below: int | None
    kinds: tuple[tuple[str, int], ...]
    issuer: Named | None


@dataclass(frozen=True, kw_only=True)
class ThingList:
    """Some subjects of a sort, newest first, each with the record that registered it; `after` leads to the next page."""

    what: What
    things: tuple[tuple[Named, Seen], ...]
    after: str


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A record as somebody chooses it for a form: what it is about, by which requirement or procedure, whose, of when."""

    record: str
    about: Named
    under: Named | None
    issuer: Named
    sealed_at: str


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Records to choose from, the newest first; not `complete` where there are more than were asked for."""

    records: tuple[Choice, ...]
    complete: bool


def choices(context: Context, kinds: tuple[str, ...], most: int) -> Choices:
    """Return the newest records of some kinds that the reader may see and that stand; none is checked.

    Raises:
        FormatError: more are asked for at once than a page has.
    """
    _check(most)
    pages = [newest(context.store, context.reader, kind=kind, below=context.size, most=most) for kind in kinds]
    placed = sorted((one for page in pages for one in page.entries), key=lambda one: one.index, reverse=True)
    records = [context.logged(one.id).record for one in placed[:most]]
    standing = tuple(_choice(context, one) for one in records if context.withdrawn_by(one) is None)
    return Choices(records=standing, complete=len(placed) <= most and all(page.below is None for page in pages))


def _choice(context: Context, record: Record) -> Choice:
    under = next((record.body[name] for name in _UNDER if isinstance(record.body.get(name), str)), None)
    return Choice(
        record=record.id,
        about=context.named(record.streams[0]),
        under=None if under is None else _subject_of(context, under),
        issuer=context.named(record.issuer),
        sealed_at=record.valid_from,
    )


def _subject_of(context: Context, record_id: str) -> Named | None:
    """What a record is about that another names; None where it is not here, or may not be shown."""
    try:
        record = context.logged(record_id).record
    except NotFoundError:
        return None
    return context.named(record.streams[0]) if context.shown(record) else None


def record_list(context: Context, asked: Asked) -> RecordList:
    """Return a page of records that the reader may see.

    Raises:
        FormatError: more are asked for at once than a page has.
    """
    _check(asked.most)
    found = newest(
        context.store,
        context.reader,
        kind=asked.kind,
        issuer=asked.issuer,
        below=context.size if asked.below is None else min(asked.below, context.size),
        most=asked.most,
    )
    counts = context.counts()
    return RecordList(
        asked=asked,
        entries=context.all_seen([one.id for one in found.entries]),
        below=found.below,
        kinds=tuple((kind, counts[kind].records) for kind in sorted(counts) if kind != SEALED),
        issuer=None if asked.issuer is None else context.named(asked.issuer),
    )


def every_record(context: Context, asked: Asked, most: int) -> Iterator[Placed]:
    """Yield all records that were asked for, newest first, `most` at most: for a file."""
    below = context.size if asked.below is None else min(asked.below, context.size)
    return islice(all_of(context.store, context.reader, kind=asked.kind, issuer=asked.issuer, below=below), most)


def thing_list(context: Context, what: What, *, after: str, most: int) -> ThingList:
    """Return a page of subjects.

    Raises:
        FormatError: the cursor is not one of these lists, or more are asked for at once than a page has.
    """
    _check(most)
    page = things(context.store, what, most=most, after=cursor_of(after))
    seen = context.all_seen([str(row["record"]) for row in page.rows])
    rows = tuple((context.named(str(row["key"])), one) for row, one in zip(page.rows, seen, strict=True))
    return ThingList(what=what, things=rows, after="" if page.next is None else f"{page.next[0]} {page.next[1]}")


def cursor_of(after: str) -> tuple[int, str] | None:
    """Return where a list of things goes on; raises FormatError for what is no cursor of one."""
    if not after:
        return None
    place, _, key = after.partition(" ")
    if not (place.isascii() and place.isdigit() and len(place) < 16 and key):
        raise FormatError(f"{after[:60]!r} leads to no page; go on with `after` of the page before")
    return int(place), key


def _check(most: int) -> None:
    if not 1 <= most <= MOST:
        raise FormatError(f"{most} at once; ask for 1 to {MOST}")
