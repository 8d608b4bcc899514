"""Evidence in preparation: what is appended here lies over a store and comes into it all at once, or never."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NoReturn

from openqi.evidence.record import Logged
from openqi.evidence.view import StreamRead
from openqi.kernel.errors import DomainError, NotFoundError, StoreError
from openqi.store.store import Appended, Checkpointer, Incoming, Store


class Staged:
    """A store over another one: reads fall through, appends and blobs stay in memory until `commit`.

    One thread prepares; that nobody was first is checked when everything is committed. What a store does for readers of the
    published log (files, cosignatures, registers) is not there before.

    Args:
        base: what the prepared evidence will come into.
    """

    def __init__(self, base: Store) -> None:
        self.base, self.origin = base, base.origin
        self._size = base.size()
        self.incoming: list[Incoming] = []
        self._logged: dict[str, Logged] = {}
        self._streams: dict[str, list[Logged]] = {}
        self._blobs: dict[str, bytes] = {}

    def append(
        self,
        incoming: Sequence[Incoming],
        *,
        reads: Sequence[StreamRead] = (),  # noqa: ARG002 -- one thread prepares, so nothing can have moved
        checkpoint: Checkpointer,  # noqa: ARG002 -- only what is committed has a checkpoint
        at: int | None = None,  # noqa: ARG002
    ) -> Appended:
        """Take records in; see `Store.append`."""
        for one in incoming:
            if one.home is not None and one.home[0] == self.origin:
                raise DomainError(f"record {one.record.id} names {self.origin} as its home, which is this log; append it without")
            if self._known(one.record.id):
                continue
            index = self.size()
            origin, place = one.home or (self.origin, index)
            logged = Logged(index=index, record=one.record, origin=origin, origin_index=place)
            self.incoming.append(one)
            self._logged[one.record.id] = logged
            for subject in one.record.streams:
                self._streams.setdefault(subject, []).append(logged)
        return Appended(indices=tuple(self.logged(one.record.id).index for one in incoming), size=self.size())

    def _known(self, record_id: str) -> bool:
        try:
            self.logged(record_id)
        except NotFoundError:
            return False
        return True

    def commit(self, checkpoint: Checkpointer) -> int:
        """Bring everything into the store below in one durable append, and return the log's size.

        Raises:
            ConflictError: the log has grown since the preparation began; no record was kept, prepare again. Contents may stay:
                they are named by their hash, and nothing names them.
            StoreError: the store failed; nothing was acknowledged.
        """
        for content in self._blobs.values():
            self.base.put_blob(content)
        if self.incoming:
            self.base.append(self.incoming, checkpoint=checkpoint, at=self._size)
        return self.size()

    def size(self) -> int:
        """See `Store.size`."""
        return self._size + len(self.incoming)

    def logged(self, record_id: str) -> Logged:
        """See `Store.logged`."""
        return self._logged[record_id] if record_id in self._logged else self.base.logged(record_id)

    def logged_many(self, record_ids: Sequence[str]) -> Mapping[str, Logged]:
        """See `Store.logged_many`."""
        own = {name: self._logged[name] for name in record_ids if name in self._logged}
        return {**self.base.logged_many([name for name in record_ids if name not in own]), **own}

    def lengths(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """See `Store.lengths`."""
        return {name: len(found) for name in subjects if (found := self.stream(name))}

    def stream(self, subject: str, *, known_at: int | None = None, newest: int | None = None) -> tuple[Logged, ...]:
        """See `Store.stream`."""
        below = self._size if known_at is None else min(known_at, self._size)
        fresh = self._streams.get(subject, [])
        own = tuple(one for one in fresh if known_at is None or one.index < known_at)
        found = (*self.base.stream(subject, known_at=below, newest=newest), *own)
        return found if newest is None else found[-newest:]

    def scan(self, start: int = 0, stop: int | None = None) -> Iterator[Logged]:
        """See `Store.scan`."""
        end = self.size() if stop is None else stop
        yield from self.base.scan(start, min(end, self._size))
        yield from (one for one in self._logged.values() if start <= one.index < end)

    def put_blob(self, content: bytes) -> str:
        """See `Store.put_blob`."""
        name = sha256(content).hexdigest()
        self._blobs[name] = content
        return name

    def blob(self, name: str) -> bytes:
        """See `Store.blob`."""
        return self._blobs[name] if name in self._blobs else self.base.blob(name)

    def checkpoint(self) -> NoReturn:
        """Raise NotFoundError: what is prepared has no checkpoint."""
        raise NotFoundError("evidence in preparation has no checkpoint; commit it first")

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise StoreError("evidence in preparation is not published and has no registers; commit it first")

    answers = cosign = read = publish = erase_blob = row = rows = page = count = _refuse

    def close(self) -> None:
        """Forget what was not committed; the store below stays open."""
        self.incoming.clear()
        self._logged.clear()
        self._streams.clear()
        self._blobs.clear()
