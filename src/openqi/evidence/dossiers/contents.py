"""What a dossier holds, looked up: its records by id, by stream and by their place in each log."""

from collections.abc import Mapping
from functools import cached_property

from openqi.evidence.dossiers.dossier import Dossier, Enclosed
from openqi.evidence.log.foreign import ADMITTED, parse_admission
from openqi.evidence.record import Logged, Record
from openqi.evidence.view import Basis, StreamRead, parse_basis, running_digest
from openqi.kernel.errors import FormatError, WithheldError


class Contents:
    """The records of a dossier as verification asks for them."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier
        self.entries: Mapping[str, Enclosed] = {entry.id: entry for entry in dossier.entries}
        self.shown: Mapping[str, Record] = {entry.id: entry.record for entry in dossier.entries if entry.record}

    @property
    def withheld(self) -> int:
        """How many records are proved to be in the log without their text."""
        return len(self.entries) - len(self.shown)

    @cached_property
    def _parsed(self) -> tuple[Mapping[str, Basis], Mapping[str, FormatError]]:
        bases: dict[str, Basis] = {}
        faults: dict[str, FormatError] = {}
        for record in self.shown.values():
            try:
                if record.basis is not None:
                    bases[record.id] = parse_basis(record.basis)
            except FormatError as error:
                faults[record.id] = error
        return bases, faults

    @property
    def bases(self) -> Mapping[str, Basis]:
        """The basis of each decision, where it is well stated."""
        return self._parsed[0]

    @property
    def faults(self) -> Mapping[str, FormatError]:
        """Why a basis is not well stated, by the decision's id."""
        return self._parsed[1]

    @cached_property
    def _subjects(self) -> Mapping[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for record in self.shown.values():
            for subject in record.streams:
                found.setdefault(subject, []).append(record)
        return found

    @cached_property
    def logged(self) -> tuple[Logged, ...]:
        """The records whose text is shown, each at its place in its own log."""
        return tuple(
            Logged(index=entry.index, record=entry.record, origin=entry.origin, origin_index=entry.index)
            for entry in self.dossier.entries
            if entry.record
        )

    @cached_property
    def _admitted(self) -> Mapping[tuple[str, str], int]:
        """(log, foreign record) → the index there: right after its first admission."""
        found: dict[tuple[str, str], int] = {}
        for logged in sorted(self.logged, key=lambda logged: logged.index):
            if logged.record.kind == ADMITTED:
                found.setdefault((logged.origin, parse_admission(logged.record.body).record), logged.index + 1)
        return found

    def place(self, record_id: str, origin: str) -> int | None:
        """Return the index of a record in the log `origin`, None where nothing shows that it stands there."""
        entry = self.entries[record_id]
        return entry.index if entry.origin == origin else self._admitted.get((origin, record_id))

    def stream(self, subject: str, origin: str) -> list[tuple[int, Record]]:
        """Return the shown records of a subject that stand in the log `origin`, in its order, each with its index there."""
        placed = [
            (place, record) for record in self._subjects.get(subject, ()) if (place := self.place(record.id, origin)) is not None
        ]
        return sorted(placed, key=lambda pair: pair[0])

    def home(self, record_id: str) -> str:
        """Return the origin under whose checkpoint a record is proved."""
        return self.entries[record_id].origin

    @cached_property
    def chain(self) -> frozenset[str]:
        """The ids of all that the target rests on, itself among them: what its decision read, and what those decisions read."""
        chain: set[str] = set()
        waiting = [self.dossier.target]
        while waiting:
            record_id = waiting.pop()
            if record_id in chain:
                continue
            chain.add(record_id)
            basis = self.bases.get(record_id)
            if basis is not None:
                waiting += basis.records
                for read in basis.streams:
                    waiting += [record.id for place, record in self.stream(read.subject, basis.origin) if place < basis.known_at]
        return frozenset(chain)

    @property
    def decisions(self) -> list[tuple[Record, Basis]]:
        """The decisions in the chain, each with its basis."""
        return [(self.shown[record_id], basis) for record_id, basis in self.bases.items() if record_id in self.chain]

    @property
    def statements(self) -> list[Record]:
        """The records in the chain that were stated and not decided."""
        return [record for record in self.shown.values() if record.id in self.chain and record.basis is None]

    def read(self, basis: Basis, read: StreamRead) -> list[Record]:
        """Return the records that a decision saw in a stream.

        Raises:
            WithheldError: they are not the ones that it saw, and some records are withheld.
        """
        records = [record for place, record in self.stream(read.subject, basis.origin) if place < basis.known_at]
        if self.withheld and running_digest(record.id for record in records) != read.digest:
            raise WithheldError(f"stream {read.subject} cannot be followed: {self.withheld} records are withheld")
        return records

    def record(self, record_id: str) -> Record:
        """Return a record; raises WithheldError where its text is not shown."""
        if record_id not in self.shown:
            raise WithheldError(f"record {record_id} is withheld")
        return self.shown[record_id]

    def blob(self, name: str) -> bytes:
        """Return a content; raises WithheldError where it is not enclosed."""
        if name not in self.dossier.blobs:
            raise WithheldError(f"content {name} is not enclosed")
        return self.dossier.blobs[name]
