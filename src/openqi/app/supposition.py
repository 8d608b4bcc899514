"""What would be decided if something else were known: decisions made again over a log that is changed only in thought."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from openqi.app.workflow import command_json, command_of, decide
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.record import Record, Statement
from openqi.evidence.sealing import seal
from openqi.evidence.view import NotingView, parse_basis
from openqi.kernel.errors import NotFoundError, OpenQIError, RefusedError
from openqi.store.store import Store

# A key of nobody: what is signed with it never leaves memory, it only needs a name to be referred to by.
_NOBODY: Final = signing_key(bytes(32))


@dataclass(frozen=True, kw_only=True)
class Redecided:
    """A decision made again. `after` is None where it is refused now, and `why` says why.

    `rests` is False for a decision that only read a stream in which something has changed, and came out the same.
    """

    before: Record
    after: Record | None
    rests: bool
    why: str = ""

    @property
    def changed(self) -> bool:
        """Whether it says anything else, be it only which evidence it rests on."""
        return self.after is None or self.after.body != self.before.body


@dataclass(kw_only=True)
class Supposition:
    """A log with records added, replaced and taken away in thought.

    Args:
        store: the log as it is.
    """

    store: Store
    added: dict[str, list[Record]] = field(default_factory=dict)
    replaced: dict[str, Record | None] = field(default_factory=dict)
    _records: dict[str, Record] = field(default_factory=dict)
    _homes: dict[str, str] = field(default_factory=dict)
    _blobs: dict[str, bytes] = field(default_factory=dict)
    _moved: set[str] = field(default_factory=set)

    def add(self, stated: Statement, issuer: str, now: str, *, home: str) -> Record:
        """Return the record by which the log goes on in thought, at home in the log of what it is about."""
        record = seal(stated, issuer=issuer, key=_NOBODY, now=now)
        self._records[record.id] = record
        self._homes[record.id] = home
        for subject in record.streams:
            self.added.setdefault(subject, []).append(record)
            self._moved.add(subject)
        return record

    def touches(self, record: Record) -> bool:
        """Return whether a decided record read anything that is different now."""
        if record.basis is None:
            return False
        basis = parse_basis(record.basis)
        return any(name in self.replaced for name in basis.records) or any(read.subject in self._moved for read in basis.streams)

    def decide_again(self, record: Record) -> Redecided:
        """Return what a decided record would say now; it takes the old one's place in all that is decided after it.

        The command and the instant that it is decided for stay as they were; all that the log knows today is known; what the
        command names is what has taken its place.

        Raises:
            NotFoundError: this version does not know its command.
        """
        told: Mapping[str, Any] = record.command or {}
        try:
            arguments = {name: self._renamed(value) for name, value in told["arguments"].items()}
            command = command_of(told["name"], arguments)
            found = [one for one in decide(self._view(record), command, record.issuer) if one.kind == record.kind]
            if not found:
                raise RefusedError("same-kind", f"the command no longer decides a {record.kind}")
            stated = found[0]
        except NotFoundError:
            raise
        except OpenQIError as error:
            self._replace(record, None)
            return Redecided(before=record, after=None, rests=True, why=str(error))
        for content in stated.contents:
            self._blobs[sha256(content).hexdigest()] = content
        again = seal(
            stated, issuer=record.issuer, key=_NOBODY, now=record.valid_from, command=command_json(command), basis=record.basis
        )
        outcome = Redecided(before=record, after=again, rests=again.body != record.body or self._reads_added(record))
        if outcome.changed:
            self._replace(record, again)
        return outcome

    def _reads_added(self, record: Record) -> bool:
        return any(read.subject in self.added for read in parse_basis(record.basis or {}).streams)

    def blob(self, name: str) -> bytes:
        """Return a content, also one that only exists in thought."""
        return self._blobs[name] if name in self._blobs else self.store.blob(name)

    def _replace(self, record: Record, other: Record | None) -> None:
        self.replaced[record.id] = other
        self._moved.update(record.streams)
        if other is not None:
            self._records[other.id] = other
            self._homes[other.id] = self.store.origin

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._renamed(one) for one in value]
        if isinstance(value, dict):
            return {name: self._renamed(one) for name, one in value.items()}
        if not isinstance(value, str) or value not in self.replaced:
            return value
        other = self.replaced[value]
        if other is None:
            raise RefusedError("basis-stands", f"record {value} would no longer have been issued")
        return other.id

    def _view(self, record: Record) -> NotingView:
        basis = parse_basis(record.basis or {})

        def stream(subject: str) -> list[Record]:
            known = (logged.record for logged in self.store.stream(subject))
            return [*self._now(known), *self.added.get(subject, [])]

        def home(name: str) -> str:
            return self._homes.get(name) or self.store.logged(name).origin

        return NotingView(
            origin=basis.origin,
            known_at=self.store.size(),
            valid_at=basis.valid_at,
            record=lambda name: self._records[name] if name in self._records else self.store.logged(name).record,
            stream=stream,
            blob=self.blob,
            home=home,
        )

    def _now(self, records: Iterable[Record]) -> Iterable[Record]:
        for record in records:
            now = self.replaced.get(record.id, record)
            if now is not None:
                yield now
