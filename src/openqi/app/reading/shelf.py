"""What lies in a log, by kind and by what names it: grown entry by entry, so that a log is read once and not for each page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from openqi.evidence.record import Record
from openqi.store.store import Store


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """One entry of a log, as far as lists need it."""

    index: int
    id: str
    kind: str
    issuer: str
    sealed_at: str
    subject: str
    public: bool


class Shelf:
    """The entries of one log in memory: all of them, those of a kind, and those that name another one."""

    def __init__(self) -> None:
        self.entries: list[Placed] = []
        self._by_kind: dict[str, list[Placed]] = {}
        self._by_id: dict[str, Placed] = {}
        self._naming: dict[str, dict[str, None]] = {}

    def grow(self, store: Store, size: int) -> None:
        """Take in the entries up to a size of the log."""
        for logged in store.scan(len(self.entries), size):
            record = logged.record
            placed = Placed(
                index=logged.index,
                id=record.id,
                kind=record.kind,
                issuer=record.issuer,
                sealed_at=record.valid_from,
                subject=record.streams[0],
                public=record.public,
            )
            for name in named_in(record):
                if name in self._by_id:
                    self._naming.setdefault(name, {})[record.id] = None
            self.entries.append(placed)
            self._by_kind.setdefault(record.kind, []).append(placed)
            self._by_id[record.id] = placed

    def of_kind(self, *kinds: str) -> tuple[Placed, ...]:
        """Return the entries of some kinds, in log order within each."""
        return tuple(one for kind in kinds for one in self._by_kind.get(kind, ()))

    def resting_on(self, record_id: str) -> tuple[Placed, ...]:
        """Return the later entries whose body or basis names a record, in log order."""
        return tuple(self._by_id[name] for name in self._naming.get(record_id, ()))

    def counts(self) -> Mapping[str, int]:
        """Return how many entries there are of each kind."""
        return {kind: len(found) for kind, found in sorted(self._by_kind.items())}


def named_in(record: Record) -> Iterator[str]:
    """Yield the ids that a record names in its basis and its body."""
    yield from (record.basis or {}).get("records", ())
    yield from _ids(record.body)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) == 64:
            yield value
    elif isinstance(value, list):
        for one in value:
            yield from _ids(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _ids(one)
