"""What every read model is made from: one log at one size, its names, and how far each record was checked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

import msgspec

from openqi.app.checking import Checker
from openqi.app.closure import private_rows
from openqi.app.reading.entries import Counted, Placed, counts, every, resting_on
from openqi.app.reading.memory import KEYS, LOG, Kept, Memory, id_tag, kind_tag, name_tag, resting_tag
from openqi.app.reading.naming import Named, named, names_of
from openqi.app.registers import readers
from openqi.app.tree import Node, State, evidence_tree
from openqi.evidence.batch import batch_rows, parse_batch
from openqi.evidence.canonical import parse_canonical
from openqi.evidence.fold import Row
from openqi.evidence.record import Logged, Record, record_subject
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.records import Body, Items, as_json, body, kinds, of_json
from openqi.records.governance import withdrawal
from openqi.records.metrology import CertificateTranscribed
from openqi.records.rows import decoded
from openqi.store.store import Store

B = TypeVar("B", bound=Body)
R = TypeVar("R", bound=msgspec.Struct)
T = TypeVar("T")
_LOOK_BACK: Final = 200
_FEW: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A record as a page shows it in one line: what it is and is about, how far it was checked, who issued it when."""

    id: str
    kind: str
    state: State
    why: str
    issuer: Named
    sealed_at: str
    index: int
    about: Named


@dataclass(kw_only=True)
class _Ahead:
    """What was asked for together before it is needed one by one; it lives as long as its context."""

    logged: dict[str, Logged] = field(default_factory=dict)
    untouched: set[str] = field(default_factory=set)
    names: dict[str, Mapping[str, Row]] = field(default_factory=dict)


@dataclass(kw_only=True)
class Context:
    """One log at one size, on one day, as one reader may see it. It lives as long as one question, in one thread.

    Args:
        store: the log.
        size: as of which it is read.
        today: the present day, for what falls due.
        checker: says how far records were checked.
        memory: what was made before and still holds.
        reader: the party that asks, None for the public.
    """

    store: Store
    size: int
    today: date
    checker: Checker
    memory: Memory
    reader: str | None = None
    _ahead: _Ahead = field(default_factory=_Ahead)
    _tags: set[str] = field(default_factory=set)
    _private: bool = False

    def shown(self, record: Record) -> bool:
        """Return whether the reader may see a record."""
        self._private = self._private or not record.public
        return self._may_see(record)

    def _may_see(self, record: Record) -> bool:
        return record.public or (self.reader is not None and self.reader in readers(record))

    def logged(self, record_id: str) -> Logged:
        """Return a record with its place.

        Raises:
            NotFoundError: the log as of this size does not hold it.
        """
        if record_id in self._ahead.logged:
            return self._ahead.logged[record_id]
        try:
            logged = self.store.logged(record_id)
        except NotFoundError:
            self._tags.add(id_tag(record_id))
            raise
        if logged.index >= self.size:
            self._tags.add(id_tag(record_id))
            raise NotFoundError(f"record {record_id} came into the log after size {self.size}")
        return logged

    def stream(self, subject: str) -> tuple[Logged, ...]:
        """Return the records of a subject that may be shown."""
        self._tags.add(subject)
        return tuple(one for one in self.store.stream(subject, known_at=self.size) if self.shown(one.record))

    def newest(self, subject: str, most: int) -> tuple[Logged, ...]:
        """Return the newest records of a subject that may be shown, in log order; those of the last some hundred are looked at."""
        self._tags.add(subject)
        found = self.store.stream(subject, known_at=self.size, newest=most + _LOOK_BACK)
        return tuple(one for one in found if self.shown(one.record))[-most:]

    def listed(self, *kinds: str) -> tuple[Placed, ...]:
        """Return the entries of some kinds that may be shown, in log order within each; all of them, so of few kinds."""
        self._tags.update(map(kind_tag, kinds))
        return tuple(one for kind in kinds for one in every(self.store, self.reader, kind, self.size))

    def resting_on(self, record_id: str, most: int) -> tuple[Placed, ...]:
        """Return the first entries whose body or basis names a record, in log order."""
        self._tags.add(resting_tag(record_id))
        return resting_on(self.store, record_id, most, self.size)

    def named(self, uri: str) -> Named:
        """Return what a subject is called."""
        return self.kept("named", uri, lambda: self._named(uri))

    def _named(self, uri: str) -> Named:
        self._tags.update((name_tag(uri), name_tag(uri.partition("#")[0])))
        found, private = named(uri, self.reader, self._rows_of(uri))
        self._private = self._private or private
        return found

    def body(self, record_id: str, kind: type[B]) -> B | None:
        """Return the body of a record; None where it is not here, is another kind, or may not be shown."""
        try:
            record = self.logged(record_id).record
            return body(record, kind) if self.shown(record) else None
        except (NotFoundError, FormatError):
            return None

    def _rows_of(self, uri: str) -> Mapping[str, Row]:
        ahead = self._ahead.names
        return ahead[uri] if uri in ahead else names_of(self.store, (uri,), self.reader)

    def all_seen(self, record_ids: Sequence[str]) -> tuple[Seen, ...]:
        """Return records in one line each; what the store knows of them is asked for together."""
        self._look_ahead([name for name in record_ids if self.memory.find(("seen", name), self.reader, self.size) is None])
        return tuple(map(self.seen, record_ids))

    def _look_ahead(self, record_ids: Sequence[str]) -> None:
        if len(record_ids) < _FEW:
            return
        ahead = self._ahead
        ahead.logged |= {name: one for name, one in self.store.logged_many(record_ids).items() if one.index < self.size}
        moved = self.store.lengths(list(map(record_subject, record_ids)))
        ahead.untouched |= {name for name in record_ids if record_subject(name) not in moved}
        records = [ahead.logged[name].record for name in record_ids if name in ahead.logged]
        uris = dict.fromkeys(uri for one in records if self._may_see(one) for uri in (one.issuer, one.streams[0]))
        unknown = [uri for uri in uris if self.memory.find(("named", uri), self.reader, self.size) is None]
        rows = names_of(self.store, unknown, self.reader)
        ahead.names |= dict.fromkeys(unknown, rows)

    def seen(self, record_id: str) -> Seen:
        """Return a record in one line. One that may not be shown is withheld, and one that is not here is said to be missing."""
        return self.kept("seen", record_id, lambda: self._looked_at(record_id))

    def _looked_at(self, record_id: str) -> Seen:
        nobody = Named(uri="")
        try:
            logged = self.logged(record_id)
        except NotFoundError:
            return Seen(id=record_id, kind="", state="not here", why="", issuer=nobody, sealed_at="", index=-1, about=nobody)
        record = logged.record
        if not self.shown(record):
            return Seen(
                id=record_id, kind="", state="withheld", why="", issuer=nobody, sealed_at="", index=logged.index, about=nobody
            )
        state, why = self._state(logged)
        return Seen(
            id=record.id,
            kind=record.kind,
            state=state,
            why=why,
            issuer=self.named(record.issuer),
            sealed_at=record.valid_from,
            index=logged.index,
            about=self.named(record.streams[0]),
        )

    def _state(self, logged: Logged) -> tuple[State, str]:
        """The state that the record has in a tree; a test holds the two to each other."""
        self._tags.add(KEYS)
        checked, why = self.checker.check(logged)
        if checked == "failed":
            return "failed", why
        gone = self.withdrawn_by(logged.record)
        if gone is not None:
            return "withdrawn", str(gone.body.get("reason", ""))
        kind = kinds().get(logged.record.kind)
        try:
            typed = None if kind is None else of_json(logged.record.body, kind)
        except FormatError as error:  # a foreign record may bear a kind of ours and have another form
            return "failed", str(error)
        if getattr(typed, "illustrative", False) or getattr(typed, "simulated", None):
            return "illustrative", ""
        if isinstance(typed, CertificateTranscribed):
            return "only stated", ""
        return checked, why

    def withdrawn_by(self, record: Record) -> Record | None:
        """Return the withdrawal of a record, None where it stands."""
        self._tags.add(record_subject(record.id))
        if record.id in self._ahead.untouched:
            return None
        others = [one.record for one in self.store.stream(record_subject(record.id), known_at=self.size)]
        return withdrawal(record, others, lambda name: self.store.logged(name).origin)

    def tree(self, record_id: str, *, leaf: int | None = None, capacity: str = "record") -> Node:
        """Return the tree under a record; what may not be shown is withheld, with all that lies under it."""
        record = self.logged(record_id).record
        root = self.kept("tree", record_id, lambda: self._grown(record_id))
        own: dict[str, Any] = {"capacity": capacity}
        if leaf is not None and self.shown(record):  # nobody learns a row of a record that is withheld
            own["told"] = dict(root.told) | self._row(record, leaf)
        return replace(root, **own)

    def _grown(self, record_id: str) -> Node:
        self._tags.add(KEYS)
        root = evidence_tree(self.checker, record_id)
        for name in {node.record for node in root.walk() if node.record is not None}:
            self._tags.update((record_subject(name), id_tag(name)))
        return self._withholding(root)

    def _row(self, record: Record, leaf: int) -> dict[str, Any]:
        """One row of a batch, from lines that were added up to its root once; private rows are for who issued them."""
        if private_rows(record) and self.reader != record.issuer:
            raise NotFoundError(f"the rows of record {record.id} are shown to whom they are about, not here")
        lines = self.kept("lines", record.id, lambda: self._lines(record), heavy=True)
        if not 0 <= leaf < len(lines):
            raise NotFoundError(f"record {record.id} has {len(lines)} items, no leaf {leaf}")
        row: dict[str, Any] = parse_canonical(lines[leaf])
        return {"leaf": leaf, **row}

    def _lines(self, record: Record) -> list[bytes]:
        if "items" not in record.body:
            raise NotFoundError(f"record {record.id} is not about many items")
        return batch_rows(batch := parse_batch(record.body["items"]), self.store.blob(batch.blob))

    def _withholding(self, node: Node) -> Node:
        if node.record is not None and node.state != "not here" and not self.shown(self.store.logged(node.record).record):
            return Node(capacity=node.capacity, state="withheld", record=node.record, index=node.index, told={})
        children = tuple(map(self._withholding, node.children))
        if all(one is other for one, other in zip(children, node.children, strict=True)):
            return node
        return replace(node, children=children)

    def rows(self, items: Items, row: type[R]) -> Sequence[R]:
        """Return the rows of a batch, after checking that they add up to its root.

        Raises:
            NotFoundError: the blob is not at hand.
            VerificationError: it does not hold those rows.
        """
        lines = batch_rows(parse_batch(as_json(items)), self.store.blob(items.rows.sha256))
        return decoded(lines, row)

    def kept(self, what: str, name: str, make: Callable[[], T], *, heavy: bool = False, tags: Iterable[str] = ()) -> T:
        """Return what was made once under a name and still holds, else make it.

        Args:
            what, name: of what is made.
            make: makes it, reading through this context, so that what it read is known.
            tags: that it moves with beside those of what is read through this context.
            heavy: whether it holds the rows of a blob or the like; few such things are kept.
        """
        found = self.memory.find((what, name), self.reader, self.size, heavy=heavy)
        if found is None:
            outer = self._tags, self._private
            self._tags, self._private = {*tags}, False
            try:
                found = Kept(make(), self.size, frozenset(self._tags), self._private)
            finally:
                outer[0].update(self._tags)  # what failed was read, too
                self._tags, self._private = outer[0], outer[1] or self._private
            self.memory.keep((what, name), self.reader, found, heavy=heavy)
        else:
            self._tags.update(found.tags)
            self._private = self._private or found.private
        value: T = found.value
        return value

    def counts(self) -> Mapping[str, Counted]:
        """Return kind → how many public records there are; under `SEALED` how many others."""
        self._tags.add(LOG)
        return counts(self.store)
