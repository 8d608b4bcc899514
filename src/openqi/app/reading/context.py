"""What every read model is made from: one log at one size, its names, and how far each record was checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

import msgspec

from openqi.app.checking import Checker
from openqi.app.reading.naming import Named, Naming
from openqi.app.reading.shelf import Placed, Shelf
from openqi.app.tree import Node, State, evidence_tree
from openqi.evidence.batch import batch_rows, parse_batch
from openqi.evidence.canonical import parse_canonical
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
class Context:
    """One log at one size, on one day. Pages that are made from it never change, so they may be kept.

    Args:
        store: the log.
        size: as of which it is read.
        today: the present day, for what falls due.
        checker: says how far records were checked.
        shelf: what lies in the log.
        shown: which records the reader may see.
    """

    store: Store
    size: int
    today: date
    checker: Checker
    shelf: Shelf
    shown: Callable[[Record], bool]
    naming: Naming = field(init=False)
    _seen: dict[str, Seen] = field(default_factory=dict)
    _kept: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.naming = Naming(self.store, self.size, self.shown)

    def logged(self, record_id: str) -> Logged:
        """Return a record with its place.

        Raises:
            NotFoundError: the log as of this size does not hold it.
        """
        logged = self.store.logged(record_id)
        if logged.index >= self.size:
            raise NotFoundError(f"record {record_id} came into the log after size {self.size}")
        return logged

    def stream(self, subject: str) -> tuple[Logged, ...]:
        """Return the records of a subject that may be shown."""
        return tuple(one for one in self.store.stream(subject, known_at=self.size) if self.shown(one.record))

    def listed(self, *kinds: str) -> tuple[Placed, ...]:
        """Return the entries of some kinds that may be shown."""
        return tuple(one for one in self.shelf.of_kind(*kinds) if one.public or self.shown(self.logged(one.id).record))

    def body(self, record_id: str, kind: type[B]) -> B | None:
        """Return the body of a record; None where it is not here, is another kind, or may not be shown."""
        try:
            record = self.logged(record_id).record
            return body(record, kind) if self.shown(record) else None
        except (NotFoundError, FormatError):
            return None

    def seen(self, record_id: str) -> Seen:
        """Return a record in one line. One that may not be shown is withheld, and one that is not here is said to be missing."""
        if record_id not in self._seen:
            self._seen[record_id] = self._looked_at(record_id)
        return self._seen[record_id]

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
            issuer=self.naming.of(record.issuer),
            sealed_at=record.valid_from,
            index=logged.index,
            about=self.naming.of(record.streams[0]),
        )

    def _state(self, logged: Logged) -> tuple[State, str]:
        """The state that the record has in a tree; a test holds the two to each other."""
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
        others = [one.record for one in self.store.stream(record_subject(record.id), known_at=self.size)]
        return withdrawal(record, others, lambda name: self.store.logged(name).origin)

    def tree(self, record_id: str, *, leaf: int | None = None, capacity: str = "record") -> Node:
        """Return the tree under a record; what may not be shown is withheld, with all that lies under it."""
        record = self.logged(record_id).record
        root = self.kept("tree", record_id, lambda: self._withholding(evidence_tree(self.checker, record_id)))
        own: dict[str, Any] = {"capacity": capacity}
        if leaf is not None and self.shown(record):  # nobody learns a row of a record that is withheld
            own["told"] = dict(root.told) | self._row(record, leaf)
        return replace(root, **own)

    def _row(self, record: Record, leaf: int) -> dict[str, Any]:
        """One row of a batch, from lines that were added up to its root once."""
        lines = self.kept("lines", record.id, lambda: self._lines(record))
        if not 0 <= leaf < len(lines):
            raise NotFoundError(f"record {record.id} has {len(lines)} items, no leaf {leaf}")
        row: dict[str, Any] = parse_canonical(lines[leaf])
        return {"leaf": leaf, **row}

    def _lines(self, record: Record) -> list[bytes]:
        if "items" not in record.body:
            raise NotFoundError(f"record {record.id} is not about many items")
        batch = parse_batch(record.body["items"])
        return batch_rows(batch, self.store.blob(batch.blob))

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

    def kept(self, what: str, name: str, make: Callable[[], T]) -> T:
        """Return what was made once under a name; it is made again only for another size of the log, or another day."""
        key = (what, name)
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def counts(self) -> Mapping[str, int]:
        """Return how many entries there are of each kind."""
        return self.shelf.counts()
