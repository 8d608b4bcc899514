"""The register of recalls: own ones and those of public lists in one search, each with its source."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openqi.app.reading.context import Context
from openqi.formats.recalls.layouts import LAYOUTS
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.surveillance.recalls.register import RECALLS_TAKEN
from openqi.store.recalling import OWN
from openqi.store.recalls import INDEX, FoundLine, FoundLines, RecallIndex
from openqi.store.store import MAX_PAGE, Store

LISTS = (OWN, *LAYOUTS)


@dataclass(frozen=True, kw_only=True)
class ListTaken:
    """A public list: who keeps it, how often and when last it was taken in, and how many lines of it there are."""

    layout: str
    keeper: str
    lines: int
    times: int
    taken_at: str
    record: str


@dataclass(frozen=True, kw_only=True)
class RegisterPage:
    """A page of the register.

    Args:
        asked, of: what was searched, and in which list ("" for all).
        found: lines, the newest first.
        own: how many lines of own recalls there are.
        lists: the public lists that were taken in.
    """

    asked: str
    of: str
    found: FoundLines
    own: int
    lists: tuple[ListTaken, ...]


@contextmanager
def recall_index(folder: Path, store: Store) -> Iterator[RecallIndex]:
    """Open the index of recalls that lies in a ledger folder, brought up to the log.

    Args:
        folder: the ledger folder.
        store: its log.
    """
    index = RecallIndex(folder / INDEX, origin=store.origin)
    try:
        index.update(store)
        yield index
    finally:
        index.close()


def register_page(
    context: Context, index: RecallIndex, *, asked: str = "", of: str = "", before: str = "", limit: int = 30
) -> RegisterPage:
    """Return a page of the register.

    Args:
        context: the log.
        index: of its recalls.
        asked: words to be found; "" for all.
        of: `own` or the name of a list; "" for all.
        before: where the page before ended, as it said it; "" for the first.
        limit: lines.

    Raises:
        FormatError: there is no such list, or no page ended there.
    """
    if of and of not in LISTS:
        raise FormatError(f"there are recalls of {', '.join(LISTS)}, none of {of[:40]!r}")
    if before and not (before.isascii() and before.isdigit() and len(before) <= 15):
        raise FormatError(f"no page ended at {before[:40]!r}")
    found = index.search(asked, of=of or None, before=int(before) if before else None, limit=limit)
    counts = index.counts()
    return RegisterPage(asked=asked, of=of, found=found, own=counts.get(OWN, 0), lists=_lists(context, counts))


def foreign_recall(index: RecallIndex, of: str, header: str) -> tuple[FoundLine, ...]:
    """Return the lines of a recall of a public list, its header first.

    Raises:
        NotFoundError: the list names no such recall.
    """
    lines = index.of_recall(of, header) if of in LAYOUTS else ()
    if not lines:
        raise NotFoundError(f"no list of {of[:40]!r} that was taken in names a recall {header[:100]!r}")
    return lines


def _lists(context: Context, counts: dict[str, int]) -> tuple[ListTaken, ...]:
    rows = context.store.page(RECALLS_TAKEN, order=("key",), descending=True, limit=MAX_PAGE).rows
    found: dict[str, ListTaken] = {}
    for row in rows:
        layout = str(row["layout"])
        known = next((one for name, one in LAYOUTS.items() if name == layout), None)
        if row["origin"] != context.store.origin or known is None:
            continue
        told = found.get(layout)
        if told is None:
            found[layout] = ListTaken(
                layout=layout, keeper=known.keeper, lines=counts.get(layout, 0), times=1, taken_at=str(row["taken_at"]),
                record=str(row["record"]),
            )  # fmt: skip
        else:
            found[layout] = ListTaken(
                layout=layout,
                keeper=told.keeper,
                lines=told.lines,
                times=told.times + 1,
                taken_at=told.taken_at,
                record=told.record,
            )
    return tuple(found[one] for one in LAYOUTS if one in found)
