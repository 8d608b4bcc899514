"""Where a quality file is gathered from: a ledger, as a reader may see it, or a dossier, so that both give the same file."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from openqi.app.reading.entries import resting_on
from openqi.app.registers import ENTRIES, named_in
from openqi.evidence.dossiers.contents import Contents
from openqi.evidence.record import Logged, Record
from openqi.store.store import MAX_PAGE, Store


class Source(Protocol):
    """What gathering asks. Only what the reader may see comes out of it; of the rest no more than that an id is in the log."""

    def stream(self, subject: str, most: int) -> Sequence[Logged]:
        """Return the records of a subject, the last so many of them, in log order."""
        ...

    def issued(self, issuer: str, kind: str, most: int) -> Sequence[Logged]:
        """Return the public records of a kind by an issuer, in log order."""
        ...

    def resting(self, record_id: str, most: int) -> Sequence[Logged]:
        """Return the records that name a record."""
        ...

    def withheld(self, names: Iterable[str]) -> set[str]:
        """Return those names that are ids of records which are in the log and may not be seen."""
        ...


class LedgerSource:
    """A log at a size, as somebody may see it."""

    def __init__(self, store: Store, *, size: int, shown: Callable[[Record], bool]) -> None:
        self._store, self._size, self._shown = store, size, shown

    def _seen(self, found: Iterable[Logged]) -> list[Logged]:
        return [one for one in found if self._here(one) and (one.record.public or self._shown(one.record))]

    def _here(self, one: Logged) -> bool:
        return one.index < self._size and one.origin == self._store.origin

    def stream(self, subject: str, most: int) -> Sequence[Logged]:
        """See `Source.stream`."""
        return self._seen(self._store.stream(subject, known_at=self._size, newest=most))

    def issued(self, issuer: str, kind: str, most: int) -> Sequence[Logged]:
        """See `Source.issued`."""
        page = self._store.page(ENTRIES, where={"issuer": issuer, "kind": kind}, order=(), limit=min(most, MAX_PAGE))
        found = self._store.logged_many([str(row["id"]) for row in page.rows])
        return self._seen(sorted(found.values(), key=lambda one: one.index))

    def resting(self, record_id: str, most: int) -> Sequence[Logged]:
        """See `Source.resting`."""
        found = [self._store.logged(one.id) for one in resting_on(self._store, record_id, most, self._size)]
        return self._seen(one for one in found if record_id in named_in(one.record))

    def withheld(self, names: Iterable[str]) -> set[str]:
        """See `Source.withheld`."""
        found = self._store.logged_many(sorted({*names}))
        return {name for name, one in found.items() if self._here(one) and not (one.record.public or self._shown(one.record))}


class DossierSource:
    """The records that a dossier encloses, of one log."""

    def __init__(self, contents: Contents, origin: str) -> None:
        self._contents, self._origin = contents, origin
        self._logged = sorted((one for one in contents.logged if one.origin == origin), key=lambda one: one.index)
        self._streams: dict[str, list[Logged]] = {}
        self._named: dict[str, list[Logged]] = {}
        for one in self._logged:
            for subject in one.record.streams:
                self._streams.setdefault(subject, []).append(one)
            for name in dict.fromkeys(named_in(one.record)):
                self._named.setdefault(name, []).append(one)

    def stream(self, subject: str, most: int) -> Sequence[Logged]:
        """See `Source.stream`."""
        return self._streams.get(subject, [])[-most:]

    def issued(self, issuer: str, kind: str, most: int) -> Sequence[Logged]:
        """See `Source.issued`."""
        found = [one for one in self._logged if one.record.public and (one.record.issuer, one.record.kind) == (issuer, kind)]
        return found[:most]

    def resting(self, record_id: str, most: int) -> Sequence[Logged]:
        """See `Source.resting`."""
        return self._named.get(record_id, [])[:most]

    def withheld(self, names: Iterable[str]) -> set[str]:
        """See `Source.withheld`."""
        entries = self._contents.entries
        return {one for one in names if one in entries and entries[one].record is None and entries[one].origin == self._origin}
