"""The tree of evidence under a record: what it rests on, step by step down to the SI, each node with how far it was checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from openqi.app.checking import Checker
from openqi.evidence.batch import parse_batch
from openqi.evidence.batching import items as items_of
from openqi.evidence.canonical import parse_canonical
from openqi.evidence.record import Record, record_subject
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.records import Body, Reference, kinds, of_json
from openqi.records.governance import withdrawal
from openqi.records.metrology import CERTIFICATES, CalibrationCertified, CertificateTranscribed

State = Literal["replayed", "signature checked", "only stated", "illustrative", "failed", "withdrawn", "withheld", "not here"]
MAX_NODES: Final = 5_000
MAX_DEPTH: Final = 100


@dataclass(frozen=True, kw_only=True)
class Node:
    """One step of the way back.

    `capacity` says what it is to the step above; `state` how far it was checked; `told` are the facts worth reading, by label;
    `record` is None for a leaf that is no record: the SI, or the end of what is evidenced.
    """

    capacity: str
    state: State
    record: str | None = None
    kind: str = ""
    issuer: str = ""
    sealed_at: str = ""
    index: int | None = None
    why: str = ""
    told: Mapping[str, Any]
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Yield this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def as_json(self) -> dict[str, Any]:
        """Return the tree as JSON; keys are stable and never translated."""
        own = {
            "capacity": self.capacity,
            "state": self.state,
            "record": self.record,
            "kind": self.kind,
            "issuer": self.issuer,
            "sealedAt": self.sealed_at,
            "index": self.index,
            "why": self.why,
        }
        told = {name: value for name, value in own.items() if value not in (None, "")}
        return told | {"told": dict(self.told), "children": [child.as_json() for child in self.children]}


def evidence_tree(checker: Checker, record_id: str, *, leaf: int | None = None, capacity: str = "record") -> Node:
    """Return the tree under a record.

    Args:
        checker: over the store that holds it.
        record_id: of the record.
        leaf: the item of a batch record that the tree is about; its row is told.
        capacity: what the record is to the reader.

    Raises:
        NotFoundError: no such record, or no such leaf.
    """
    checker.store.logged(record_id)
    return _Growing(checker).grow(capacity, record_id, leaf=leaf)


class _Growing:
    def __init__(self, checker: Checker) -> None:
        self._checker, self._store = checker, checker.store
        self._grown: dict[str, Node] = {}
        self._sizes: dict[str, int] = {}

    def grow(self, capacity: str, record_id: str, *, leaf: int | None = None, depth: int = 0) -> Node:
        known = self._grown.get(record_id)
        if known is not None and leaf is None:
            return _as(known, capacity)
        if depth > MAX_DEPTH:
            raise FormatError(f"the tree is deeper than {MAX_DEPTH} steps; look at one of its branches")
        try:
            logged = self._store.logged(record_id)
        except NotFoundError:
            return Node(capacity=capacity, state="not here", record=record_id, told={})
        record = logged.record
        body = _body(record)
        checked, why = self._checker.check(logged)
        state, why = self._state(record, body, checked, why)
        references = body.references() if body is not None else ()
        children = [self._below(one, depth) for one in references]
        children += _ends(body, state)
        # Branches share what they rest on: counted as drawn, a small graph may be a forest.
        self._sizes[record_id] = 1 + sum(self._sizes.get(child.record or "", 1) for child in children)
        if self._sizes[record_id] > MAX_NODES:
            raise FormatError(f"the tree has more than {MAX_NODES} steps; look at one of its branches")
        node = Node(
            capacity=capacity,
            state=state,
            record=record.id,
            kind=record.kind,
            issuer=record.issuer,
            sealed_at=record.valid_from,
            index=logged.index,
            why=why,
            told=told(record) | ({} if leaf is None else self._row(record, leaf)),
            children=tuple(children),
        )
        self._grown[record_id] = node
        return node

    def _below(self, reference: Reference, depth: int) -> Node:
        node = self.grow(reference.capacity, reference.record, depth=depth + 1)
        if reference.capacity == "reference standard" and node.state != "not here" and node.kind not in CERTIFICATES:
            why = "this is no certificate, so nothing is traced to it"
            return Node(capacity=reference.capacity, state="failed", record=node.record, kind=node.kind, why=why, told={})
        return node

    def _state(self, record: Record, body: Body | None, checked: str, why: str) -> tuple[State, str]:
        if checked == "failed":
            return "failed", why
        others = [one.record for one in self._store.stream(record_subject(record.id))]
        gone = withdrawal(record, others, lambda name: self._store.logged(name).origin)
        if gone is not None:
            return "withdrawn", str(gone.body.get("reason", ""))
        if getattr(body, "illustrative", False) or getattr(body, "simulated", None):
            return "illustrative", ""
        if isinstance(body, CertificateTranscribed):
            return "only stated", ""
        return ("replayed" if checked == "replayed" else "signature checked"), why

    def _row(self, record: Record, leaf: int) -> dict[str, Any]:
        if "items" not in record.body:
            raise NotFoundError(f"record {record.id} is not about many items, so it has no leaf {leaf}")
        batch = parse_batch(record.body["items"])
        if not 0 <= leaf < batch.count:
            raise NotFoundError(f"record {record.id} has {batch.count} items, no leaf {leaf}")
        (item,) = items_of(record.id, batch, self._store.blob(batch.blob), [leaf])
        return {"leaf": leaf, **parse_canonical(item.row)}


def _as(node: Node, capacity: str) -> Node:
    if node.capacity == capacity:
        return node
    own = {name: getattr(node, name) for name in node.__dataclass_fields__}
    return Node(**(own | {"capacity": capacity}))


def _body(record: Record) -> Body | None:
    """The typed body, None for a kind that this version does not know."""
    kind = kinds().get(record.kind)
    return None if kind is None else of_json(record.body, kind)


def _ends(body: Body | None, state: State) -> list[Node]:
    """What stands below a certificate that names no certificate of a reference standard: the SI only where it is realised."""
    if not isinstance(body, tuple(CERTIFICATES.values())):
        return []
    if getattr(body, "standards", ()):
        return []
    if isinstance(body, CalibrationCertified):
        if body.illustrative:
            return [Node(capacity="end of the chain", state="illustrative", told={"end": "written for an example; not the SI"})]
        if body.realises is not None and state == "signature checked":
            return [Node(capacity="SI", state="signature checked", told={"unit": body.realises})]
    end: State = "illustrative" if getattr(body, "illustrative", False) else "only stated"
    return [Node(capacity="end of the chain", state=end, told={"end": "traceability is not evidenced beyond this certificate"})]


_NAMED: Final = {"rates": ("rate", "value"), "outcomes": ("outcome", "visits", "count")}
"""Lists that are told as name → figure: which member names an entry, and which may be its figure."""


def _figures(name: str, entries: list[Any]) -> dict[str, Any]:
    """Name → figure; what a foreign record states in another form is left out."""
    label, *figures = _NAMED[name]
    told = [one for one in entries if isinstance(one, dict) and isinstance(one.get(label), str)]
    return {one[label]: one[figure] for one in told for figure in figures if figure in one}


def told(record: Record) -> dict[str, Any]:
    """Return the facts of a record that a reader sees first: its plain members, counts in place of rows."""
    facts: dict[str, Any] = {}
    for name, value in record.body.items():
        if name in ("items", "sample"):
            facts["count" if name == "items" else "sampleSize"] = value["count"] if isinstance(value, dict) else len(value)
        elif name in _NAMED and isinstance(value, list):
            facts[name] = _figures(name, value)
        elif _plain(name, value):
            facts[name] = value
    return facts


def _plain(name: str, value: object) -> bool:
    """Whether a member is a name, a text or a number; an id is left to the branch that leads to its record."""
    if isinstance(value, dict):
        return name in ("name", "source", "activity", "asks", "reason")
    return isinstance(value, int) or (isinstance(value, str) and not (len(value) == 64 and " " not in value))


_SOUND: Final = ("replayed", "signature checked")


def ends(node: Node) -> tuple[str, ...]:
    """Return how the branches of a tree end, each way once: only where nothing else is there does the tree reach the SI.

    A tree in which anything is illustrative, simulated, only stated, withdrawn, failed or missing ends as that, too.
    """
    reached = {one.state if one.capacity == "end of the chain" else one.capacity: None for one in node.walk() if _ends_there(one)}
    unsound = {one.state: None for one in node.walk() if one.state not in _SOUND}
    if unsound:
        reached.pop("SI", None)
    return tuple({**reached, **unsound})


def _ends_there(node: Node) -> bool:
    return node.capacity in ("SI", "end of the chain") and not node.children
