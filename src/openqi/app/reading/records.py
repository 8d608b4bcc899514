"""A record on one page: what it states, its signed bytes, the proof of its place, what it rests on and what rests on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.control.record import ControlRecord, control_record
from openqi.app.reading.evaluations import EvaluationPage, evaluation_page
from openqi.app.reading.naming import Named
from openqi.app.tree import told
from openqi.app.views import noting_view
from openqi.app.workflow import commands
from openqi.evidence.canonical import base64url_bytes, parse_canonical
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.log.proof import LogProof, verify_proof
from openqi.evidence.log.prover import inclusion_proof
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.evidence.record import Logged, log_entry
from openqi.evidence.view import parse_basis
from openqi.kernel.errors import OpenQIError
from openqi.pillars.governance.views import lent_by
from openqi.records import Body, Command, Reference, body, kinds, of_json
from openqi.records.governance import Delegated

MOST: Final = 200
"""How many records that rest on another are listed; that there are more is said."""


@dataclass(frozen=True, kw_only=True)
class Proved:
    """The proof that a record stands in the log. `state` says whether it was checked and holds, `failure` why it does not."""

    text: str
    entry_sha256: str
    index: int
    size: int
    checkpoint: str
    state: Literal["passed", "failed", "not checked"]
    failure: str


@dataclass(frozen=True, kw_only=True)
class Read:
    """One stream that a decision read: of whom, and how many records it had then."""

    subject: Named
    count: int


@dataclass(frozen=True, kw_only=True)
class Rested:
    """What a decision read: the log's size and the instant, the records and the streams."""

    known_at: int
    valid_at: str
    records: tuple[Seen, ...]
    streams: tuple[Read, ...]
    blobs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Lent:
    """The delegation by which the issuer of a record held the role that it takes; of one that is withheld only the role is told."""

    record: str
    role: str
    lender: Named | None
    valid_from: str
    valid_until: str


@dataclass(frozen=True, kw_only=True)
class RecordPage:
    """Everything about one record. Of one that may not be shown only its id, its place and its proof are told."""

    seen: Seen
    withheld: bool
    kid: str
    algorithm: str
    origin: str
    facts: Mapping[str, Any]
    body: Mapping[str, Any]
    command: Mapping[str, Any] | None
    parts: tuple[str, str, str]
    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    streams: tuple[Named, ...]
    references: tuple[tuple[Reference, Seen], ...]
    rested: Rested | None
    resting: tuple[Seen, ...]
    resting_more: bool
    proof: Proved | None
    withdrawn_by: Seen | None
    lent: Lent | None = None
    evaluation: EvaluationPage | None = None
    control: ControlRecord | None = None


def record_page(context: Context, record_id: str, policy: bytes | None) -> RecordPage:
    """Return everything about a record.

    Args:
        context: the log.
        record_id: of the record.
        policy: the trust policy that the proof is checked with; without one it is not checked.

    Raises:
        NotFoundError: the log does not hold it.
    """
    logged = context.logged(record_id)
    record, seen = logged.record, context.seen(record_id)
    proof = proved(context, logged, policy)
    if not context.shown(record):
        return _withheld(seen, proof, logged.origin)
    header, payload, signature = record.jws.decode("ascii").split(".")
    kind = kinds().get(record.kind)
    references = () if kind is None else of_json(record.body, kind).references()
    resting = context.resting_on(record_id, MOST + 1)
    gone = context.withdrawn_by(record)
    return RecordPage(
        seen=seen,
        withheld=False,
        kid=record.kid,
        algorithm=record.algorithm,
        origin=logged.origin,
        facts=told(record),
        body=record.body,
        command=record.command,
        parts=(header, payload, signature),
        header=_object(header),
        payload=_object(payload),
        streams=tuple(map(context.named, record.streams)),
        references=tuple((one, context.seen(one.record)) for one in references),
        rested=None if record.basis is None else _rested(context, record.basis),
        resting=tuple(context.seen(one.id) for one in resting[:MOST]),
        resting_more=len(resting) > MOST,
        proof=proof,
        withdrawn_by=None if gone is None else context.seen(gone.id),
        lent=_lent(context, logged),
        evaluation=evaluation_page(context, record),
        control=control_record(context, record),
    )


def _lent(context: Context, logged: Logged) -> Lent | None:
    """By whose delegation a record was issued, as of its own place and instant."""
    record = logged.record
    kind: type[Body] | type[Command] | None = kinds().get(record.kind)
    if record.command is not None:
        kind = commands().get(str(record.command.get("name")))
    if kind is None or kind.ROLE is None or logged.origin != context.store.origin:
        return None
    found = lent_by(noting_view(context.store, known_at=logged.index, valid_at=record.valid_from), record.issuer, kind.ROLE)
    if found is None:
        return None
    lent, shown = body(found, Delegated), context.shown(found)
    return Lent(
        record=found.id, role=lent.role, lender=context.named(lent.party) if shown else None,
        valid_from=lent.valid_from if shown else "", valid_until=lent.valid_until if shown else "",
    )  # fmt: skip


def _withheld(seen: Seen, proof: Proved | None, origin: str) -> RecordPage:
    return RecordPage(
        seen=seen,
        withheld=True,
        kid="",
        algorithm="",
        origin=origin,
        facts={},
        body={},
        command=None,
        parts=("", "", ""),
        header={},
        payload={},
        streams=(),
        references=(),
        rested=None,
        resting=(),
        resting_more=False,
        proof=proof,
        withdrawn_by=None,
    )


def _object(part: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = parse_canonical(base64url_bytes(part))
    return found


def _rested(context: Context, stated: Mapping[str, Any]) -> Rested:
    basis = parse_basis(stated)
    return Rested(
        known_at=basis.known_at,
        valid_at=basis.valid_at,
        records=tuple(map(context.seen, basis.records)),
        streams=tuple(Read(subject=context.named(read.subject), count=read.count) for read in basis.streams),
        blobs=basis.blobs,
    )


def proved(context: Context, logged: Logged, policy: bytes | None) -> Proved | None:
    """Return the proof that a record stands in the log under its published checkpoint; None where that cannot be published."""
    note = context.store.read("checkpoint")
    if logged.index >= parse_checkpoint(parse_note(note)).size:
        context.store.publish()
        note = context.store.read("checkpoint")
    size = parse_checkpoint(parse_note(note)).size
    if logged.index >= size:
        return None
    path = inclusion_proof(logged.index, size, subtree_from_tiles(context.store.read, size))
    proof = LogProof(index=logged.index, path=path, checkpoint=parse_note(note))
    entry = log_entry(logged.record)
    state: Literal["passed", "failed", "not checked"] = "not checked"
    failure = ""
    if policy is not None:
        try:
            verify_proof(proof, entry, parse_policy(policy))
            state = "passed"
        except OpenQIError as error:
            state, failure = "failed", str(error)
    return Proved(
        text=proof.encode().decode(),
        entry_sha256=sha256(entry).hexdigest(),
        index=logged.index,
        size=size,
        checkpoint=note.decode(),
        state=state,
        failure=failure,
    )
