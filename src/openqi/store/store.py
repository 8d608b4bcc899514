"""What every store promises; the contract suite in `tests/contracts/stores/` holds each kind to it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.record import Logged, Record
from openqi.evidence.view import StreamRead

MAX_BLOB: Final = 2**30
MAX_PAGE: Final = 10_000
Checkpointer = Callable[[int, bytes], bytes]
"""Returns the signed checkpoint note for a size and root. A store calls it inside the transaction that makes them true."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incoming:
    """A record to append. `home` is (origin, index) of a foreign record, None for one of this log."""

    record: Record
    home: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Appended:
    """Where the records of one append stand, in the order given, and the size of the acknowledged log."""

    indices: tuple[int, ...]
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some rows of a register, each with its `key`, and the cursor of the next page (None at the end)."""

    rows: tuple[Row, ...]
    next: tuple[Cell, ...] | None


class Store(Protocol):
    """Keeps one log with its records, blobs, static files and folds. Any thread may call any method.

    Guarantees, for every kind of store:
    - *All or nothing*: an append that raises left nothing behind; one that returns is durable, with its checkpoint.
    - *Conflict only where a read stream moved*: `append` raises ConflictError if and only if a stream in `reads` has
      another count or digest now, or the log has grown beyond `at`. Appends that read other streams never wait for a retry.
    - *Idempotent*: a record that the log has keeps its index and is not appended again; if the log has all of them, the
      append succeeds whatever moved since, so that a caller who lost the answer can ask again.
    - *Order and read-your-writes*: indices are 0, 1, 2 …; streams are in index order; what `append` acknowledged is seen
      by every later read of every process.
    - *One log*: of two writers none ever makes a fork; sizes and roots of all checkpoints are consistent.
    """

    origin: str

    def append(
        self, incoming: Sequence[Incoming], *, reads: Sequence[StreamRead] = (), checkpoint: Checkpointer, at: int | None = None
    ) -> Appended:
        """Append records and return where they stand.

        Args:
            incoming: the records, in order.
            reads: streams that must not have moved.
            checkpoint: signs the new size and root.
            at: size that the log must still have, for records that were prepared to stand at these very places.

        Raises:
            ConflictError: a stream in `reads` moved, or the log is not at size `at`; nothing was kept, decide again.
            StoreError: the store failed. Nothing was acknowledged; it is safe to append the same again.
            DomainError: a record is said to come from another log but its home is this one.
            OpenQIError: whatever a fold's step or the checkpointer raised; nothing was kept.
        """
        ...

    def size(self) -> int:
        """Return the number of acknowledged entries."""
        ...

    def checkpoint(self) -> bytes:
        """Return the newest durable checkpoint note; raises NotFoundError for an empty log."""
        ...

    def cosign(self, note: bytes) -> None:
        """Add the signatures of `note` to the newest checkpoint; those that it has stay.

        Raises:
            StoreError: the log has grown since, or the note is another log's; ask the witness again with the newest one.
            FormatError: not a signed note.
            NotFoundError: the log is empty.
        """
        ...

    def logged(self, record_id: str) -> Logged:
        """Return the record with its place; raises NotFoundError."""
        ...

    def logged_many(self, record_ids: Sequence[str]) -> Mapping[str, Logged]:
        """Return id → record with its place, of those that the log has."""
        ...

    def lengths(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """Return subject → how many records its stream has, of those that have any."""
        ...

    def stream(self, subject: str, *, known_at: int | None = None, newest: int | None = None) -> tuple[Logged, ...]:
        """Return the records of a subject in log order, those below index `known_at` (None: all), the last `newest` (None: all)."""
        ...

    def scan(self, start: int = 0, stop: int | None = None) -> Iterator[Logged]:
        """Yield records in log order, start <= index < stop."""
        ...

    def read(self, path: str) -> bytes:
        """Return a static file of the log (`checkpoint`, `tile/…`) as any mirror would serve it; raises NotFoundError."""
        ...

    def publish(self) -> None:
        """Bring the static files up to the newest checkpoint, the checkpoint file last. Safe to repeat, safe to interrupt."""
        ...

    def put_blob(self, content: bytes) -> str:
        """Keep content durably and return its SHA-256 in hexadecimal; raises DomainError beyond `MAX_BLOB` bytes."""
        ...

    def blob(self, name: str) -> bytes:
        """Return the content of that SHA-256, checked; raises NotFoundError, or StoreError where it was damaged."""
        ...

    def erase_blob(self, name: str) -> None:
        """Forget a content, for personal data; the log stays whole. A content that is not there stays not there."""
        ...

    def answers(self) -> bool:
        """Return within a few seconds whether contents and static files can be read now."""
        ...

    def row(self, fold: Fold, key: str) -> Row | None:
        """Return one row of a register, with its `key`; None where there is none."""
        ...

    def rows(self, fold: Fold, keys: Sequence[str]) -> Mapping[str, Row]:
        """Return key → row of a register, of those that there are."""
        ...

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
        """Return a page of a register by an index that begins with the `where` columns and goes on with `order`.

        Args:
            fold: one that the store was opened with.
            where: column → cell that it must be equal to; None means that nothing is known.
            at_least: one bound from below, for the first column of the order (a date as argument of the query).
            order: columns to sort by; ties, and no `order`, go by the rest of the index and at last by `key`. What is not
                known comes first.
            descending: the whole order backwards.
            after: `next` of the page before, asked with the same other arguments.
            limit: most rows, 1 to `MAX_PAGE`.

        Raises:
            RefusedError: `no-index`: no index of the fold serves the question, so that no page ever scans a large register.
            DomainError: a column, cell, cursor or limit that the fold does not have.
            NotFoundError: the store was not opened with this version of the fold.
        """
        ...

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
        """Return how many rows of a register there are, counted up to `most`; asked and refused as a page, read as a number.

        Args:
            fold, where, at_least, order: as of a page.
            below: what the first column of the order has to be less than.
            most: where counting ends, 1 to `MAX_PAGE`.

        Raises:
            RefusedError, DomainError, NotFoundError: as for a page.
        """
        ...

    def close(self) -> None:
        """Publish what is not yet published and let go of files."""
        ...


class Open(Protocol):
    """Opens a store, making it where it is not yet there."""

    def __call__(self, location: str | Path | None, *, origin: str, folds: Sequence[Fold]) -> Store:
        """Return the store at a place.

        Args:
            location: where it is, as the kind understands it; None for a store that lies nowhere.
            origin: name of the log, as its checkpoints state it.
            folds: the registers to keep; new ones and new versions are built before this returns.

        Raises:
            StoreError: it cannot be opened, holds another log, or lags behind what it once published.
            DomainError: a fold or the location is not one.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class StoreKind:
    """One kind of store in the catalogue `openqi.store.kinds`."""

    name: str
    open: Open
