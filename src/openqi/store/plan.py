"""What a group of appends adds to a log, worked out before anything is written: indices, streams, tree nodes, conflicts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from openqi.evidence.log.merkle import Frontier, leaf_hash
from openqi.evidence.log.note import Checkpoint
from openqi.evidence.log.tiles import MAX_ENTRY
from openqi.evidence.record import Logged, log_entry
from openqi.evidence.view import EMPTY_DIGEST, StreamRead
from openqi.kernel.errors import ConflictError, DomainError, FormatError, StoreError
from openqi.store.store import Checkpointer, Incoming

NewEntry = tuple[int, bytes, bytes, bool, str | None, int | None]
"""One line of the log: index, id, JWS, whether it is sealed, home origin, home index."""
Step = Callable[[Sequence[Logged]], None]
"""Takes the new records of one append into the registers, or raises and leaves the registers as they were."""


class Tail(NamedTuple):
    """The end of a stream: number of its subject, how many records it has, their running digest."""

    subject: int
    length: int
    digest: bytes


_NOWHERE = Tail(-1, 0, EMPTY_DIGEST)
_HERE = (None, None)


class TileNode(NamedTuple):
    """One hash of a tile row above the leaves: the root over 256**level leaves."""

    level: int
    position: int
    hash: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One append with what can be worked out about it before the log is locked."""

    incoming: tuple[Incoming, ...]
    ids: tuple[bytes, ...]
    leaves: tuple[bytes, ...]
    reads: tuple[StreamRead, ...]
    checkpoint: Checkpointer
    at: int | None

    @property
    def subjects(self) -> set[str]:
        """All subjects that the append reads or continues."""
        found = {read.subject for read in self.reads}
        return found.union(*(item.record.streams for item in self.incoming))


def requested(
    incoming: Sequence[Incoming], reads: Sequence[StreamRead], checkpoint: Checkpointer, origin: str, at: int | None = None
) -> Request:
    """Return the request for an append to the log of `origin`.

    Raises:
        DomainError: a record of this log is said to come from elsewhere.
        FormatError: a record does not fit a log entry.
    """
    entries = [log_entry(item.record) for item in incoming]
    for item, entry in zip(incoming, entries, strict=True):
        if item.home is not None and item.home[0] == origin:
            raise DomainError(f"record {item.record.id} names {origin} as its home, which is this log; append it without a home")
        if len(entry) > MAX_ENTRY:
            raise FormatError(f"record {item.record.id} has {len(entry)} bytes; at most {MAX_ENTRY} fit a log entry")
    return Request(
        incoming=tuple(incoming),
        ids=tuple([bytes.fromhex(item.record.id) for item in incoming]),
        leaves=tuple(map(leaf_hash, entries)),
        reads=tuple(reads),
        checkpoint=checkpoint,
        at=at,
    )


class Draft:
    """The log as it will be after the appends that were added so far. Nothing is written here.

    Args:
        origin: the log's.
        edge: the right edge of its tree; the draft grows it.
        subjects: how many subjects the log has; new ones are numbered from there.
        known: index of each record that the log has, of those that are asked for.
        tails: end of each stream that the log has, of those that are asked for.
    """

    def __init__(
        self, *, origin: str, edge: Frontier, subjects: int, known: Mapping[bytes, int], tails: Mapping[str, Tail]
    ) -> None:
        self.origin, self.edge, self.subjects = origin, edge, subjects
        self.first, self.first_subject = edge.size, subjects
        self._known, self._tails = known, tails
        self.entries: list[NewEntry] = []
        self.places: list[tuple[int, int, int, bytes]] = []
        self.nodes: list[TileNode] = []
        self.moved: dict[str, Tail] = {}
        self.indices: dict[bytes, int] = {}

    def add(self, request: Request, step: Step | None = None) -> tuple[int, ...]:
        """Return the indices of the records of one append after adding those that are new.

        Raises:
            ConflictError: something is new and a stream that was read, or the log, has moved; the draft is as before.
            OpenQIError: `step` refused; the draft is as before.
        """
        fresh: dict[bytes, int] = {}
        for at, record_id in enumerate(request.ids):
            if record_id not in self._known and record_id not in self.indices:
                fresh.setdefault(record_id, at)
        if fresh:
            if request.at not in (None, self.edge.size):
                raise ConflictError(
                    f"the log has {self.edge.size} entries now, {request.at} when this was prepared; prepare it again"
                )
            self._check(request.reads)
            if step is not None:
                step(self._logged(request, fresh))
            self._take(request, fresh)
        return tuple([self._known[name] if name in self._known else self.indices[name] for name in request.ids])

    def _check(self, reads: Sequence[StreamRead]) -> None:
        for read in reads:
            tail = self.moved.get(read.subject) or self._tails.get(read.subject) or _NOWHERE
            if (tail.length, tail.digest) != (read.count, read.digest):
                raise ConflictError(
                    f"the stream of {read.subject} has moved: {tail.length} records now, {read.count} when read; decide again"
                )

    def _logged(self, request: Request, fresh: Mapping[bytes, int]) -> list[Logged]:
        items = [request.incoming[at] for at in fresh.values()]
        return [logged(index, item, self.origin) for index, item in enumerate(items, start=self.edge.size)]

    def _take(self, request: Request, fresh: Mapping[bytes, int]) -> None:
        moved, tails = self.moved, self._tails
        for index, (name, at) in enumerate(fresh.items(), start=self.edge.size):
            item = request.incoming[at]
            statement = item.record.statement
            self.indices[name] = index
            self.entries.append((index, name, item.record.jws, statement.visible_to is not None, *(item.home or _HERE)))
            for subject in statement.streams:
                number, length, digest = moved.get(subject) or tails.get(subject) or _NOWHERE
                if number < 0:
                    number, self.subjects = self.subjects, self.subjects + 1
                digest = sha256(digest + name).digest()
                self.places.append((number, length, index, digest))
                moved[subject] = Tail(number, length + 1, digest)
        for at in fresh.values():
            self._grow(request.leaves[at])

    def _grow(self, leaf: bytes) -> None:
        # As Frontier.append, but the hash of each full tile is kept on the way: it is an entry of the tile row above.
        hashes, rest, level = self.edge.hashes, self.edge.size, 0
        while rest & 1:
            leaf = sha256(b"\x01" + hashes.pop() + leaf).digest()
            rest, level = rest >> 1, level + 1
            if level % 8 == 0:
                self.nodes.append(TileNode(level // 8, rest, leaf))
        hashes.append(leaf)
        self.edge.size += 1

    def note(self, checkpoint: Checkpointer) -> bytes:
        """Return the signed checkpoint of the log as it will be.

        Raises:
            StoreError: the checkpointer signed something else.
        """
        size, root = self.edge.size, self.edge.root()
        note = checkpoint(size, root)
        text = Checkpoint(origin=self.origin, size=size, root=root).note().text
        if not note.startswith(text.encode()):
            raise StoreError(f"the checkpointer signed another checkpoint than {text!r}; nothing was appended")
        return note


def logged(index: int, item: Incoming, origin: str) -> Logged:
    """Return the record at its place in the log of `origin`."""
    home = item.home or (origin, index)
    return Logged(index=index, record=item.record, origin=home[0], origin_index=home[1])
