"""Search over what a station knows: fills the index from the log in small steps, and finds what a reader may see."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from openqi.app.people.visitor import Visitor
from openqi.app.work.pieces import VERSION, asked, indexed
from openqi.evidence.record import Record
from openqi.kernel.errors import StoreError
from openqi.store.desk import search
from openqi.store.desk.desk import Desk
from openqi.store.desk.search import Document, Matches, kind_piece
from openqi.store.store import Store

PUBLIC: Final = ""
_LOG: Final = "log"
_STEP: Final = 200
_MOST_TEXT: Final = 4_000
_OPAQUE: Final = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9_-]{43,}")


class Search:
    """Finds records, comments and attachments. Any thread may ask.

    Args:
        store: the log, out of which the index can always be made again.
        desk: holds the index.
    """

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store, self._desk = store, desk

    def fill(self, most: int = _STEP) -> int:
        """Return how many entries of the log are still to be read, after reading at most `most` of them.

        Two processes that fill at once wait for each other; the later one goes on where the other has ended.
        """
        size = self._store.size()
        with self._desk.reading() as connection:
            if search.position(connection, _LOG, VERSION) >= size:
                return 0
        with self._desk.writing() as connection:
            start = search.position(connection, _LOG, VERSION)
            stop = min(size, start + most)
            if start == 0:
                search.drop_all_of(connection, "record")
            search.put(connection, (one for logged in self._store.scan(start, stop) for one in documents(logged.record)))
            if stop > start:
                search.move(connection, _LOG, VERSION, stop)
        return size - stop

    def again(self) -> int:
        """Return how many entries were read, after making the part of the index that tells of the log again from nothing."""
        with self._desk.writing() as connection:
            search.move(connection, _LOG, VERSION, 0)
        while self.fill():
            pass
        return self._store.size()

    def find(
        self, visitor: Visitor | None, query: str, *, kind: str = "", before: int | None = None, limit: int = 20
    ) -> Matches:  # fmt: skip
        """Return what a visitor finds: what is public, and what the party whose hat they wear may see; nothing else is counted.

        Args:
            visitor: who asks; None is the public.
            query: words, of which a thing must have all; Chinese is found from one character on.
            kind: only this kind.
            before: cursor of an earlier page.
            limit: hits of a page, at most 100.
        """
        with suppress(StoreError):  # on a full disk what is in the index is still found; if the desk is gone, reading says so
            self.fill()
        party = None if visitor is None else visitor.party
        readers = (PUBLIC,) if party is None else (PUBLIC, party)
        pieces = asked(query)
        if kind and not pieces:
            pieces = (kind_piece(kind),)
        with self._desk.reading() as connection:
            return search.found(connection, readers, pieces, kind=kind, before=before, limit=min(max(limit, 1), 100))


def documents(record: Record) -> Iterator[Document]:
    """Yield a record as each of its readers finds it: once for the public, else once for every party that may see it."""
    texts = list(dict.fromkeys(_texts(record.body)))
    titles = _titles(record.body) or list(record.streams[:1])
    about = [stream for stream in record.streams if stream not in texts]
    text = " · ".join([*texts, *about])[:_MOST_TEXT]
    pieces = indexed(*titles, *texts, *about, record.kind, record.issuer) | {record.id[:12], kind_piece(record.kind)}
    visible = record.statement.visible_to
    for reader in (PUBLIC,) if visible is None else dict.fromkeys((record.issuer, *visible)):
        yield Document(
            reader=reader, source="record", ref=record.id, kind=record.kind, title=" / ".join(titles)[:300], text=text,
            at=record.valid_from, pieces=pieces,
        )  # fmt: skip


def _titles(body: Mapping[str, Any]) -> list[str]:
    name = body.get("name")
    if isinstance(name, dict):
        return [text for text in (name.get("zh"), name.get("en")) if isinstance(text, str) and text]
    for member in ("title", "number", "name", "certificateNumber"):
        if isinstance(body.get(member), str):
            return [body[member]]
    return []


def _texts(value: Any) -> Iterator[str]:
    """Every text of a body but hashes and keys, in the order in which they stand."""
    if isinstance(value, str):
        if not _OPAQUE.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
