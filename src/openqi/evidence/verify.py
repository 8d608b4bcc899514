"""Verification as numbered steps, with no I/O: each passes, fails, meets what is withheld, or says that it was not checked.

*Proved* (steps 1 to 8): form, policy, checkpoints, genesis, inclusion, keys, signatures, blobs. *Replayed* (9, 10): the basis is
sound and the same command on it gives the same record. *Complete* (11): nothing later stands in the streams that were read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from openqi.evidence.batch import parse_batch, verify_item
from openqi.evidence.dossier import Dossier, Enclosed, parse_dossier
from openqi.evidence.keys import GENESIS, KeyRing, key_rings
from openqi.evidence.merkle import empty_frontier, leaf_hash, verify_inclusion
from openqi.evidence.note import Checkpoint, parse_note
from openqi.evidence.policy import Policy, parse_policy, trusted
from openqi.evidence.record import Logged, Record, Statement, parse_entry, sealed_entry
from openqi.evidence.view import Basis, BasisView, StreamRead, parse_basis, running_digest
from openqi.kernel.errors import (
    BasisError,
    FormatError,
    NotFoundError,
    OpenQIError,
    RefusedError,
    VerificationError,
    WithheldError,
)

State = Literal["passed", "failed", "withheld", "not checked"]
Replay = Callable[[Record, BasisView], Sequence[Statement]]
"""Runs the command of a record on a view of its basis and returns what it states; NotFoundError where the command is not known."""
STEPS: Final = {
    1: "form", 2: "policy", 3: "checkpoint", 4: "genesis", 5: "inclusion", 6: "key", 7: "signature", 8: "blob",
    9: "basis", 10: "replay", 11: "complete",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one step found."""

    number: int
    state: State
    detail: str

    @property
    def name(self) -> str:
        """The step's name, as errors and documentation use it."""
        return STEPS[self.number]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a verification found; a step that is missing was not reached."""

    target: str
    steps: tuple[Step, ...]

    @property
    def proved(self) -> State:
        """Whether the signatures and the log hold."""
        return self._state(range(1, 9))

    @property
    def replayed(self) -> State:
        """Whether the same commands on the same basis give the same records."""
        return self._state((9, 10))

    @property
    def complete(self) -> State:
        """Whether nothing later stands in the streams that were read."""
        return self._state((11,))

    @property
    def first_failure(self) -> Step | None:
        """The first step that failed."""
        return next((step for step in self.steps if step.state == "failed"), None)

    def _state(self, numbers: Iterable[int]) -> State:
        states = {step.number: step.state for step in self.steps}
        found = [states.get(number, "not checked") for number in numbers]
        return next((state for state in ("failed", "withheld", "not checked") if state in found), "passed")


@dataclass(frozen=True, kw_only=True)
class WholeLog:
    """A whole log to check completeness against: its checkpoint note, all its entries in order, and texts of sealed records."""

    checkpoint: bytes
    entries: Iterable[bytes]
    opened: Mapping[str, Record]


def verify_dossier(
    data: bytes, *, policy: bytes | None = None, replay: Replay | None = None, log: WholeLog | None = None
) -> Report:
    """Return what each step finds in a dossier.

    Args:
        data: the bytes of the file.
        policy: the reader's own trust policy. Without it the enclosed one is used and the report says so.
        replay: runs a decision again; without it replay is reported as not checked.
        log: the whole log of the target's origin; without it completeness is reported as not checked.
    """
    run = _Verification(data, policy, replay, log)
    checks = (
        run.form, run.policy, run.checkpoint, run.genesis, run.inclusion, run.key, run.signature, run.blob,
        run.basis, run.replay, run.complete,
    )  # fmt: skip
    steps: list[Step] = []
    for number, check in enumerate(checks, start=1):
        try:
            state, detail = check()
        except OpenQIError as error:
            # What comes after a failed step would rest on what does not hold, so it is not reached.
            steps.append(Step(number=number, state="failed", detail=str(error)))
            break
        steps.append(Step(number=number, state=state, detail=detail))
    return Report(target=run.dossier.target if steps[0].state == "passed" else "", steps=tuple(steps))


Outcome = tuple[State, str]


class _Verification:
    """The steps, each in one method, sharing what the earlier ones established."""

    dossier: Dossier
    held: Policy

    def __init__(self, data: bytes, policy: bytes | None, replay: Replay | None, log: WholeLog | None) -> None:
        self._data, self._policy, self._replay, self._log = data, policy, replay, log
        self.checkpoints: dict[str, Checkpoint] = {}
        self.rings: Mapping[str, KeyRing] = {}
        self.bases: dict[str, Basis] = {}

    def form(self) -> Outcome:
        """Step 1: the dossier is its own only encoding, and holds the record that it is about."""
        self.dossier = dossier = parse_dossier(self._data)
        self.shown = {entry.id: entry.record for entry in dossier.entries if entry.record}
        self.places = {entry.id: entry for entry in dossier.entries}
        if len(self.places) != len(dossier.entries) or dossier.target not in self.places:
            raise VerificationError("form", "an entry stands twice, or the target is not among the entries")
        if dossier.item:
            if dossier.item.record != dossier.target or dossier.target not in self.shown:
                raise VerificationError("form", "the item is not of the target record")
            verify_item(dossier.item, parse_batch(self.shown[dossier.target].body.get("items")))
        return "passed", f"{len(self.shown)} records, {len(self.places) - len(self.shown)} withheld"

    def policy(self) -> Outcome:
        """Step 2: whose trust policy the rest is judged by."""
        self.held = parse_policy(self.dossier.policy if self._policy is None else self._policy)
        if self._policy is None:
            return "passed", "the enclosed policy: it is the maker's, compare it with one from elsewhere"
        return "passed", "the reader's own policy"

    def checkpoint(self) -> Outcome:
        """Step 3: the policy accepts one checkpoint of each origin."""
        for origin, note in self.dossier.checkpoints.items():
            accepted = trusted(parse_note(note), self.held).checkpoint
            if accepted.origin != origin:
                raise VerificationError("checkpoint", f"the checkpoint filed under {origin} is one of {accepted.origin}")
            self.checkpoints[origin] = accepted
        sizes = ", ".join(f"{origin} at size {point.size}" for origin, point in self.checkpoints.items())
        return "passed", f"{sizes}; quorum {self.held.quorum}"

    def genesis(self) -> Outcome:
        """Step 4: entry 0 of each origin is the one that the policy pins."""
        for origin in self.checkpoints:
            pinned = self.held.genesis.get(origin)
            if pinned is None:
                raise VerificationError("genesis", f"the policy pins no genesis for {origin}; add a line `genesis {origin} ID`")
            first = self.places.get(pinned)
            if first is None or first.origin != origin or first.index != 0 or not first.record or first.record.kind != GENESIS:
                raise VerificationError("genesis", f"the pinned genesis {pinned} of {origin} is not entry 0 in the dossier")
        return "passed", "entry 0 of each origin is pinned"

    def inclusion(self) -> Outcome:
        """Step 5: each entry stands at its index in the log that the checkpoint describes."""
        for entry in self.dossier.entries:
            point = self.checkpoints[entry.origin]
            try:
                leaf = leaf_hash(_entry_bytes(entry))
                verify_inclusion(leaf, entry.index, point.size, entry.path, point.root)
            except VerificationError as error:
                raise VerificationError("inclusion", f"record {entry.id}: {error}") from error
        return "passed", f"{len(self.places)} entries"

    def key(self) -> Outcome:
        """Step 6: the records about keys add up."""
        self.rings, refused = key_rings(self._logged())
        if refused:
            raise refused[0]
        return "passed", f"{sum(len(ring.spans) for ring in self.rings.values())} keys"

    def signature(self) -> Outcome:
        """Step 7: each record is signed with a key that its issuer held at its index."""
        for logged in self._logged():
            if logged.origin not in self.rings:
                raise VerificationError("signature", f"no keys of {logged.origin} are enclosed")
            self.rings[logged.origin].judge(logged.origin_index, logged.record)
        return self._shown_or_withheld(f"{len(self.shown)} signatures")

    def blob(self) -> Outcome:
        """Step 8: the contents that decisions looked into are enclosed; their hashes were compared in step 1."""
        wanted = {name for record in self.shown.values() if record.basis for name in parse_basis(record.basis).blobs}
        missing = sorted(wanted - set(self.dossier.blobs))
        if missing:
            return "withheld", f"{len(missing)} of {len(wanted)} contents are not enclosed, first {missing[0]}"
        return "passed", f"{len(self.dossier.blobs)} contents"

    def basis(self) -> Outcome:
        """Step 9: each decision names what it read, and read nothing that was not there before it."""
        for record in self.shown.values():
            if record.basis is None:
                continue
            basis = self.bases[record.id] = parse_basis(record.basis)
            entry = self.places[record.id]
            if basis.origin != entry.origin or basis.known_at > entry.index or basis.valid_at != record.valid_from:
                raise VerificationError(
                    "basis", f"record {record.id}: its basis is of another log, a later size or another instant"
                )
            for name in basis.records:
                if name not in self.places:
                    raise VerificationError("basis", f"record {record.id} rests on record {name}, which is not enclosed")
                if self._place(self.places[name], basis.origin) >= basis.known_at:
                    raise VerificationError("basis", f"record {record.id} rests on record {name}, which came later")
        return "passed", f"{len(self.bases)} decisions"

    def replay(self) -> Outcome:
        """Step 10: each decision, run again on its basis, states the same."""
        if self._replay is None:
            return "not checked", "no replay was asked for"
        withheld, unknown = [], []
        for record_id, basis in self.bases.items():
            record = self.shown[record_id]
            view = BasisView(basis, record=self._record, stream=partial(self._read, basis), blob=self._content)
            try:
                stated = self._replay(record, view)
            except WithheldError as error:
                withheld.append(f"{record_id}: {error}")
                continue
            except NotFoundError as error:
                unknown.append(f"{record_id}: {error}")
                continue
            except (BasisError, RefusedError, FormatError) as error:
                raise VerificationError("replay", f"record {record_id}: {error}") from error
            if record.statement not in stated:
                raise VerificationError("replay", f"record {record_id}: the same command on the same basis states something else")
        if withheld or unknown:
            return ("withheld" if withheld else "not checked"), (withheld or unknown)[0]
        return self._shown_or_withheld(f"{len(self.bases)} decisions give the same again")

    def complete(self) -> Outcome:
        """Step 11: nothing later stands in the streams that decisions read, by the dossier itself and by the whole log."""
        origin = self.places[self.dossier.target].origin
        reads = self._rested_on(origin)
        for read, decision in reads:
            self._compare(read, decision, [logged.record for logged in self._stream(read.subject, origin)])
        if self._log is None:
            return "not checked", "give the whole log or a mirror of it to look for later records"
        return self._against(self._log, origin, reads)

    def _rested_on(self, origin: str) -> list[tuple[StreamRead, Record]]:
        """The reads of every decision that the target rests on, itself first; sets `chain` to the ids of all that was read."""
        self.chain: set[str] = set()
        reads: list[tuple[StreamRead, Record]] = []
        waiting = [self.dossier.target]
        while waiting:
            record_id = waiting.pop()
            basis = self.bases.get(record_id)
            if record_id in self.chain or basis is None:
                self.chain.add(record_id)
                continue
            self.chain.add(record_id)
            waiting += basis.records
            for read in basis.streams:
                waiting += [logged.record.id for logged in self._stream(read.subject, basis.origin)[: read.count]]
                if basis.origin == origin:
                    reads.append((read, self.shown[record_id]))
        return reads

    def _against(self, log: WholeLog, origin: str, reads: Sequence[tuple[StreamRead, Record]]) -> Outcome:
        point, whole = self.checkpoints[origin], trusted(parse_note(log.checkpoint), self.held).checkpoint
        if whole.origin != origin or any(basis.origin != origin for basis in self.bases.values()):
            return "not checked", f"the log that was given is {whole.origin}; decisions here rest on {', '.join(self.checkpoints)}"
        streams: dict[str, list[Record]] = {read.subject: [] for read, _ in reads}
        frontier, closed, continues = empty_frontier(), 0, point.size == 0
        for entry in log.entries:
            frontier.append(leaf_hash(entry))
            continues = continues or (frontier.size == point.size and frontier.root() == point.root)
            record_id, record = parse_entry(entry)
            record = record or log.opened.get(record_id)
            closed += record is None
            for subject in record.streams if record else ():
                if subject in streams and record:
                    streams[subject].append(record)
        if not continues or (whole.size, whole.root) != (frontier.size, frontier.root()):
            raise VerificationError("complete", "the whole log does not continue the log that the dossier describes")
        for read, decision in reads:
            self._compare(read, decision, streams[read.subject])
        if closed:
            return "not checked", f"nothing later among public records, but {closed} sealed entries could not be opened"
        return "passed", f"{len(streams)} streams against the whole log at size {whole.size}"

    def _compare(self, read: StreamRead, decision: Record, records: Sequence[Record]) -> None:
        """Raise where a stream goes on with something that neither is the decision's own outcome nor was read on the way."""
        for later in records[read.count :]:
            if later.id not in self.chain and (later.command, later.basis) != (decision.command, decision.basis):
                raise VerificationError("complete", f"stream {read.subject} goes on with record {later.id}, {later.kind}")
        if running_digest(record.id for record in records[: read.count]) != read.digest and len(self.shown) == len(self.places):
            raise VerificationError("complete", f"stream {read.subject} is not the one that was read")

    def _logged(self) -> list[Logged]:
        return [
            Logged(index=entry.place, record=entry.record, origin=entry.origin, origin_index=entry.index)
            for entry in self.dossier.entries
            if entry.record
        ]

    def _place(self, entry: Enclosed, origin: str) -> int:
        return entry.index if entry.origin == origin else entry.place

    def _stream(self, subject: str, origin: str) -> list[Logged]:
        found = [logged for logged in self._logged() if subject in logged.record.streams]
        return sorted(found, key=lambda logged: logged.origin_index if logged.origin == origin else logged.index)

    def _read(self, basis: Basis, read: StreamRead) -> list[Record]:
        records = [logged.record for logged in self._stream(read.subject, basis.origin)][: read.count]
        if running_digest(record.id for record in records) != read.digest and len(self.shown) < len(self.places):
            raise WithheldError(f"stream {read.subject} cannot be followed: some records are withheld")
        return records

    def _record(self, record_id: str) -> Record:
        if record_id not in self.shown:
            raise WithheldError(f"record {record_id} is withheld")
        return self.shown[record_id]

    def _content(self, name: str) -> bytes:
        if name not in self.dossier.blobs:
            raise WithheldError(f"content {name} is not enclosed")
        return self.dossier.blobs[name]

    def _shown_or_withheld(self, detail: str) -> Outcome:
        hidden = len(self.places) - len(self.shown)
        return ("withheld", f"{detail}; {hidden} records are withheld") if hidden else ("passed", detail)


def _entry_bytes(entry: Enclosed) -> bytes:
    if entry.record is None or not entry.record.public:
        return sealed_entry(entry.id)
    return entry.record.jws
