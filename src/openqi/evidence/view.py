"""What a decision can read and what it did read: views, the notes they take, and replay on exactly what was noted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Protocol

from openqi.evidence.canonical import hex_bytes
from openqi.evidence.record import Record
from openqi.kernel.errors import BasisError, FormatError
from openqi.kernel.instant import parse_instant

EMPTY_DIGEST: Final = bytes(32)


def running_digest(ids: Iterable[str], start: bytes = EMPTY_DIGEST) -> bytes:
    """Return the digest of a stream: each step hashes the digest so far and the next record's id; 32 zero bytes at first."""
    for record_id in ids:
        start = sha256(start + bytes.fromhex(record_id)).digest()
    return start


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamRead:
    """One noted read of a stream: how many records it had and their running digest. A count of 0 *is* absence."""

    subject: str
    count: int
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Basis:
    """What a decision read: nobody writes it by hand.

    `origin` and `known_at` say which log at which size, `valid_at` for which instant; `blobs` are the contents looked into.
    """

    origin: str
    known_at: int
    valid_at: str
    records: tuple[str, ...] = ()
    streams: tuple[StreamRead, ...] = ()
    blobs: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the basis as records state it."""
        streams = [{"count": read.count, "digest": read.digest.hex(), "subject": read.subject} for read in self.streams]
        head = {"knownAt": self.known_at, "origin": self.origin, "validAt": self.valid_at}
        return head | {"blobs": list(self.blobs), "records": list(self.records), "streams": streams}


def parse_basis(stated: Mapping[str, Any]) -> Basis:
    """Return the basis that a record states.

    Raises:
        FormatError: a member is missing, foreign or of another form.
    """
    try:
        basis = Basis(
            origin=stated["origin"],
            known_at=stated["knownAt"],
            valid_at=stated["validAt"],
            records=tuple(hex_bytes(name, 32).hex() for name in stated["records"]),
            streams=tuple(
                StreamRead(subject=read["subject"], count=read["count"], digest=hex_bytes(read["digest"], 32))
                for read in stated["streams"]
            ),
            blobs=tuple(hex_bytes(name, 32).hex() for name in stated["blobs"]),
        )
        parse_instant(basis.valid_at)
        if any(type(text) is not str for text in (basis.origin, *(read.subject for read in basis.streams))):
            raise FormatError("origin and subjects of a basis are text")
        for names in (basis.records, basis.blobs, [read.subject for read in basis.streams]):
            if list(names) != sorted({*names}):
                raise FormatError("a basis names each record, stream and blob once, in sorted order")
        numbers = [basis.known_at, *(read.count for read in basis.streams)]
        if any(type(number) is not int or number < 0 for number in numbers) or basis.as_json() != stated:
            raise FormatError("basis has a foreign member or a negative count")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise FormatError(f"basis is not {{origin, knownAt, validAt, records, streams, blobs}}: {error}") from error
    return basis


class View(Protocol):
    """What a decision may ask: two reads of records, and the content of a blob that a record names by its SHA-256."""

    origin: str
    valid_at: str
    known_at: int

    def record(self, record_id: str) -> Record:
        """Return the record; raises NotFoundError or WithheldError."""
        ...

    def stream(self, subject: str) -> tuple[Record, ...]:
        """Return all records of the subject in log order, as of `known_at`."""
        ...

    def blob(self, name: str) -> bytes:
        """Return the content of a blob; raises NotFoundError."""
        ...

    def home(self, record_id: str) -> str:
        """Return the origin of the log in which a record that was read is at home.

        Only there its issuer is who it says: two logs may know two parties under one URI.
        """
        ...


class NotingView:
    """A view that notes what is read through it. The notes plus the log size are the basis."""

    def __init__(
        self,
        *,
        origin: str,
        known_at: int,
        valid_at: str,
        record: Callable[[str], Record],
        stream: Callable[[str], Sequence[Record]],
        blob: Callable[[str], bytes],
        home: Callable[[str], str],
    ) -> None:
        self.origin, self.known_at, self.valid_at = origin, known_at, valid_at
        self._record, self._stream, self._blob, self.home = record, stream, blob, home
        self._records: dict[str, Record] = {}
        self._streams: dict[str, tuple[Record, ...]] = {}
        self._blobs: dict[str, None] = {}

    def record(self, record_id: str) -> Record:
        """Return the record of that id and note it.

        Raises:
            NotFoundError: the log has no such record before `known_at`.
            WithheldError: the reader may not see it.
        """
        if record_id not in self._records:
            self._records[record_id] = self._record(record_id)
        return self._records[record_id]

    def stream(self, subject: str) -> tuple[Record, ...]:
        """Return all records of the subject in log order and note how many there were, also when there were none."""
        if subject not in self._streams:
            self._streams[subject] = tuple(self._stream(subject))
        return self._streams[subject]

    def blob(self, name: str) -> bytes:
        """Return the content named by its SHA-256 and note it.

        Raises:
            NotFoundError: it is not kept here.
        """
        self._blobs[name] = None
        return self._blob(name)

    def basis(self) -> Basis:
        """Return what was read so far."""
        return Basis(
            origin=self.origin,
            known_at=self.known_at,
            valid_at=self.valid_at,
            records=tuple(sorted(self._records)),
            streams=tuple(
                StreamRead(subject=subject, count=len(records), digest=running_digest(record.id for record in records))
                for subject, records in sorted(self._streams.items(), key=lambda item: item[0])
            ),
            blobs=tuple(sorted(self._blobs)),
        )


def noting(view: View) -> NotingView:
    """Return a view of the same that notes what is read through it."""
    return NotingView(
        origin=view.origin, known_at=view.known_at, valid_at=view.valid_at,
        record=view.record, stream=view.stream, blob=view.blob, home=view.home,
    )  # fmt: skip


class BasisView:
    """A view of exactly a basis: a read outside it raises, it never answers "empty"."""

    def __init__(
        self,
        basis: Basis,
        *,
        record: Callable[[str], Record],
        stream: Callable[[StreamRead], Sequence[Record]],
        blob: Callable[[str], bytes],
        home: Callable[[str], str],
    ) -> None:
        self.origin, self.known_at, self.valid_at = basis.origin, basis.known_at, basis.valid_at
        self._basis, self._record, self._stream, self._blob, self.home = basis, record, stream, blob, home
        self._reads = {read.subject: read for read in basis.streams}

    def record(self, record_id: str) -> Record:
        """Return the record if the basis names it.

        Raises:
            BasisError: the basis does not name it.
            NotFoundError, WithheldError: it is not at hand.
        """
        if record_id not in self._basis.records:
            raise BasisError(f"the decision asks for record {record_id}, which its basis does not name")
        return self._record(record_id)

    def stream(self, subject: str) -> tuple[Record, ...]:
        """Return the records of the subject that the decision saw.

        Raises:
            BasisError: the basis does not name the stream, or the records at hand are not the ones that were read.
        """
        read = self._reads.get(subject)
        if read is None:
            raise BasisError(f"the decision asks for stream {subject}, which its basis does not name")
        records = tuple(self._stream(read))
        if len(records) != read.count or running_digest(record.id for record in records) != read.digest:
            raise BasisError(f"stream {subject}: {len(records)} records at hand are not the {read.count} that were read")
        return records

    def blob(self, name: str) -> bytes:
        """Return the content if the basis names it.

        Raises:
            BasisError: the basis does not name it.
            NotFoundError: it is not at hand.
        """
        if name not in self._basis.blobs:
            raise BasisError(f"the decision asks for blob {name}, which its basis does not name")
        return self._blob(name)
