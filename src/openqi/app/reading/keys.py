"""Rows of a fold whose keys begin alike, page after page, as far as somebody asks for them."""

from collections.abc import Iterator

from openqi.evidence.fold import Fold, Row
from openqi.store.store import MAX_PAGE, Store


def rows_beginning(
    store: Store, fold: Fold, start: str, *, after: str | None = None, descending: bool = False, piece: int = MAX_PAGE
) -> Iterator[Row]:
    """Yield the rows whose keys begin with a text, in the order of their keys.

    Args:
        store: that has the fold.
        fold: its first column is `key`.
        start: how the keys begin.
        after: the key that the walk begins beyond; without it, all of them.
        descending: from the last key to the first; then `after` is given.
        piece: rows at a time, at most `MAX_PAGE`.
    """
    beyond = start if after is None else after
    while True:
        page = store.page(fold, order=("key",), descending=descending, after=(beyond,), limit=piece)
        for row in page.rows:
            if not str(row["key"]).startswith(start):
                return
            yield row
        if page.next is None:
            return
        beyond = str(page.next[-1])


def place_of(row: Row) -> int:
    """Return the index in the log of the record that a row is of, which its key ends with."""
    return int(str(row["key"])[-12:], 16)
