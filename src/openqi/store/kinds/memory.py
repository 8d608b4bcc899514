"""A store that lies in memory and is gone with its process: for trying out, for tests, for deciding on a copy."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import RLock

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.log.merkle import empty_frontier
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.record import Logged, log_entry
from openqi.evidence.view import StreamRead
from openqi.kernel.errors import DomainError, NotFoundError
from openqi.store.blobs import blob_name, checked_name
from openqi.store.folds import Cells, checked_folds, is_below, question
from openqi.store.plan import Draft, Request, Tail, logged, requested
from openqi.store.publish import served, static_files, united
from openqi.store.store import MAX_PAGE, Appended, Checkpointer, Incoming, Page, Store, StoreKind
from openqi.store.tables import MemoryTable, table_of


class MemoryStore:
    """Keeps everything in lists and dictionaries under one lock."""

    def __init__(self, location: str | Path | None, *, origin: str, folds: Sequence[Fold]) -> None:
        if location is not None:
            raise DomainError(f"a memory store lies nowhere; {str(location)!r} was given, use the local store for a folder")
        self.origin = origin
        self._lock = RLock()
        self._log: list[Logged] = []
        self._index: dict[bytes, int] = {}
        self._tails: dict[str, Tail] = {}
        self._streams: list[list[int]] = []
        self._edge = empty_frontier()
        self._nodes: dict[int, list[bytes]] = {}
        self._note: bytes | None = None
        self._files: dict[str, bytes] = {}
        self._blobs: dict[str, bytes] = {}
        self._tables = {name: MemoryTable(fold) for name, fold in checked_folds(folds).items()}

    def append(
        self, incoming: Sequence[Incoming], *, reads: Sequence[StreamRead] = (), checkpoint: Checkpointer, at: int | None = None
    ) -> Appended:
        """See `Store.append`."""
        request = requested(incoming, reads, checkpoint, self.origin, at)
        with self._lock:
            draft = Draft(
                origin=self.origin, edge=self._edge.copy(), subjects=len(self._streams), known=self._index, tails=self._tails
            )
            changed: dict[str, Mapping[str, Cells | None]] = {}
            indices = draft.add(
                request, lambda records: changed.update({name: table.stepped(records) for name, table in self._tables.items()})
            )
            if draft.entries:
                self._note = draft.note(checkpoint)
                self._take(request, draft)
                for name, rows in changed.items():
                    self._tables[name].change(rows)
            return Appended(indices=indices, size=len(self._log))

    def _take(self, request: Request, draft: Draft) -> None:
        items = dict(zip(request.ids, request.incoming, strict=True))
        self._log += [logged(index, items[name], self.origin) for index, name, *_ in draft.entries]
        self._index |= draft.indices
        self._tails |= draft.moved
        self._streams += [[] for _ in range(draft.subjects - len(self._streams))]
        for subject, _, index, _ in draft.places:
            self._streams[subject].append(index)
        for node in draft.nodes:
            self._nodes.setdefault(node.level, []).append(node.hash)
        self._edge = draft.edge

    def size(self) -> int:
        """See `Store.size`."""
        return len(self._log)

    def checkpoint(self) -> bytes:
        """See `Store.checkpoint`."""
        if self._note is None:
            raise NotFoundError("the log is empty: it has no checkpoint yet")
        return self._note

    def cosign(self, note: bytes) -> None:
        """See `Store.cosign`."""
        with self._lock:
            self._note = united(self.checkpoint(), note)

    def logged(self, record_id: str) -> Logged:
        """See `Store.logged`."""
        index = self._index.get(bytes.fromhex(checked_name(record_id)))
        if index is None:
            raise NotFoundError(f"the log has no record {record_id}")
        return self._log[index]

    def logged_many(self, record_ids: Sequence[str]) -> Mapping[str, Logged]:
        """See `Store.logged_many`."""
        found = {name: self._index.get(bytes.fromhex(checked_name(name))) for name in record_ids}
        return {name: self._log[index] for name, index in found.items() if index is not None}

    def lengths(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """See `Store.lengths`."""
        return {name: len(found) for name in subjects if (found := self.stream(name))}

    def stream(self, subject: str, *, known_at: int | None = None, newest: int | None = None) -> tuple[Logged, ...]:
        """See `Store.stream`."""
        with self._lock:
            tail = self._tails.get(subject)
            found = [] if tail is None else self._streams[tail.subject]
            below = [index for index in found if known_at is None or index < known_at]
            return tuple(self._log[index] for index in below[-newest if newest else 0 :])

    def scan(self, start: int = 0, stop: int | None = None) -> Iterator[Logged]:
        """See `Store.scan`."""
        yield from self._log[start:stop]

    def entries(self, start: int, stop: int) -> Sequence[bytes]:
        """Return log entries, for publishing."""
        return [log_entry(entry.record) for entry in self._log[start:stop]]

    def nodes(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Return hashes of a tile row above the leaves, for publishing."""
        return self._nodes[level][start:stop]

    def read(self, path: str) -> bytes:
        """See `Store.read`."""
        return served(self._files.get, path)

    def publish(self) -> None:
        """See `Store.publish`."""
        with self._lock:
            if self._note is None:
                return
            held = self._files.get("checkpoint")
            since = 0 if held is None else parse_checkpoint(parse_note(held)).size
            self._files |= {tile.path: content for tile, content in static_files(self, since=since, size=len(self._log))}
            self._files["checkpoint"] = self._note

    def put_blob(self, content: bytes) -> str:
        """See `Store.put_blob`."""
        name = blob_name(content)
        self._blobs[name] = bytes(content)
        return name

    def blob(self, name: str) -> bytes:
        """See `Store.blob`."""
        content = self._blobs.get(checked_name(name))
        if content is None:
            raise NotFoundError(f"blob {name} is not kept here")
        return content

    def erase_blob(self, name: str) -> None:
        """See `Store.erase_blob`."""
        self._blobs.pop(checked_name(name), None)

    def answers(self) -> bool:
        """See `Store.answers`."""
        return True

    def row(self, fold: Fold, key: str) -> Row | None:
        """See `Store.row`."""
        return table_of(self._tables, fold).row(key)

    def rows(self, fold: Fold, keys: Sequence[str]) -> Mapping[str, Row]:
        """See `Store.rows`."""
        table = table_of(self._tables, fold)
        return {key: row for key in keys if (row := table.row(key)) is not None}

    def page(
        self,
        fold: Fold,
        *,
        where: Mapping[str, Cell] | None = None,
        at_least: Mapping[str, Cell] | None = None,
        order: Sequence[str] = (),
        descending: bool = False,
        after: Sequence[Cell] | None = None,
        limit: int = 50,
    ) -> Page:
        """See `Store.page`."""
        table = table_of(self._tables, fold)
        asked = question(table.fold, where=where, at_least=at_least, order=order, descending=descending, after=after, limit=limit)
        with self._lock:
            return table.page(asked)

    def count(
        self,
        fold: Fold,
        *,
        where: Mapping[str, Cell],
        at_least: Mapping[str, Cell] | None = None,
        below: Cell = None,
        order: Sequence[str] = (),
        most: int = 100,
    ) -> int:
        """See `Store.count`."""
        found, after = 0, None
        while True:
            page = self.page(fold, where=where, at_least=at_least, order=order, after=after, limit=MAX_PAGE)
            found += len(page.rows) if below is None else sum(is_below(row[order[0]], below) for row in page.rows)
            after = page.next
            if found >= most or after is None:
                return min(found, most)

    def close(self) -> None:
        """See `Store.close`."""
        self.publish()


def _open(location: str | Path | None, *, origin: str, folds: Sequence[Fold]) -> Store:
    return MemoryStore(location, origin=origin, folds=folds)


STOREKIND = StoreKind(name="memory", open=_open)
