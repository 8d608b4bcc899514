"""Verification as numbered steps, with no I/O: each passes, fails, meets what is withheld, or says that it was not checked.

*Proved* (steps 1 to 8): form, policy, checkpoints, genesis, inclusion, keys, signatures, blobs. *Replayed* (9, 10): the basis is
sound and the same command on it gives the same record. *Complete* (11): nothing later stands in the streams that were read.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from openqi.evidence.batch import parse_batch, verify_item
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.dossiers.completeness import Completeness, WholeLog
from openqi.evidence.dossiers.contents import Contents
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.dossiers.report import Report, State, Step
from openqi.evidence.keys import COUNTERSIGNED, GENESIS, KeyRing, key_rings
from openqi.evidence.log.merkle import leaf_hash, verify_inclusion
from openqi.evidence.log.note import Checkpoint, parse_note
from openqi.evidence.log.policy import Policy, parse_policy, trusted
from openqi.evidence.record import Logged, Record, Statement, sealed_entry
from openqi.evidence.view import Basis, BasisView, NotingView, View, noting
from openqi.kernel.errors import NotFoundError, OpenQIError, VerificationError, WithheldError

Replay = Callable[[Record, View | None], Sequence[Statement]]
"""Runs the command of a record on a view of its basis and returns what it states; NotFoundError where the command is not known.

For a record that was stated and not decided the view is None; RefusedError where its kind can only be decided."""
Outcome = tuple[State, str]


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
    proving = (run.form, run.policy, run.checkpoint, run.genesis, run.inclusion, run.key, run.signature, run.blob)
    steps: list[Step] = []
    for number, check in enumerate((*proving, run.basis, run.replay, run.complete), start=1):
        try:
            state, detail = check()
        except OpenQIError as error:
            # What comes after a failed step would rest on what does not hold, so it is not reached.
            steps.append(Step(number=number, state="failed", detail=str(error)))
            break
        steps.append(Step(number=number, state=state, detail=detail))
    return Report(target="" if steps[0].state == "failed" else run.contents.dossier.target, steps=tuple(steps))


class _Verification:
    """The steps, each in one method, sharing what the earlier ones established."""

    contents: Contents
    held: Policy
    rings: Mapping[str, KeyRing]

    def __init__(self, data: bytes, policy: bytes | None, replay: Replay | None, log: WholeLog | None) -> None:
        self._data, self._policy, self._replay, self._log = data, policy, replay, log
        self.checkpoints: dict[str, Checkpoint] = {}

    def form(self) -> Outcome:
        """Step 1: the dossier is its own only encoding, and holds the record that it is about."""
        dossier = parse_dossier(self._data)
        self.contents = contents = Contents(dossier)
        if len(contents.entries) != len(dossier.entries) or dossier.target not in contents.entries:
            raise VerificationError("form", "an entry stands twice, or the target is not among the entries")
        if dossier.item:
            if dossier.item.record != dossier.target or dossier.target not in contents.shown:
                raise VerificationError("form", "the item is not of the target record")
            verify_item(dossier.item, parse_batch(contents.shown[dossier.target].body.get("items")))
        return "passed", f"{len(contents.shown)} records, {contents.withheld} withheld"

    def policy(self) -> Outcome:
        """Step 2: whose trust policy the rest is judged by."""
        self.held = parse_policy(self.contents.dossier.policy if self._policy is None else self._policy)
        if self._policy is None:
            return "not checked", "the enclosed policy is the maker's own word; give a policy from elsewhere to be sure"
        return "passed", "the reader's own policy"

    def checkpoint(self) -> Outcome:
        """Step 3: the policy accepts one checkpoint of each origin."""
        for origin, note in self.contents.dossier.checkpoints.items():
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
            first = self.contents.entries.get(pinned)
            if first is None or first.origin != origin or first.index != 0 or not first.record or first.record.kind != GENESIS:
                raise VerificationError("genesis", f"the pinned genesis {pinned} of {origin} is not entry 0 in the dossier")
            if first.record.body.get("origin") != origin:
                raise VerificationError("genesis", f"the pinned genesis {pinned} of {origin} founds another log")
        return "passed", "entry 0 of each origin is pinned"

    def inclusion(self) -> Outcome:
        """Step 5: each entry stands at its index in the log that the checkpoint describes."""
        for entry in self.contents.dossier.entries:
            point = self.checkpoints[entry.origin]
            try:
                data = entry.record.jws if entry.record and entry.record.public else sealed_entry(entry.id)
                verify_inclusion(leaf_hash(data), entry.index, point.size, entry.path, point.root)
            except VerificationError as error:
                raise VerificationError("inclusion", f"record {entry.id}: {error}") from error
        return "passed", f"{len(self.contents.entries)} entries"

    def key(self) -> Outcome:
        """Step 6: the records about keys add up."""
        self.rings, refused = key_rings(self.contents.logged)
        if refused:
            raise refused[0]
        return "passed", f"{sum(len(ring.spans) for ring in self.rings.values())} keys"

    def signature(self) -> Outcome:
        """Step 7: each record is signed, and countersigned, with keys that the issuers held at its index."""
        unknown = []
        for logged in self.contents.logged:
            if logged.origin not in self.rings:
                raise VerificationError("signature", f"no keys of {logged.origin} are enclosed")
            self.rings[logged.origin].judge(logged.origin_index, logged.record)
            try:
                self._second(logged)
            except NotFoundError as error:
                unknown.append(str(error))
        if unknown:
            return "not checked", unknown[0]
        hidden = sum(name in self.contents.entries and name not in self.contents.shown for name in self.contents.chain)
        if hidden:
            return "withheld", f"{len(self.contents.shown)} signatures; {hidden} records that the target rests on are withheld"
        return "passed", f"{len(self.contents.shown)} signatures"

    def _second(self, logged: Logged) -> None:
        target = self.contents.shown.get(str(logged.record.body.get("record")))
        if logged.record.kind == COUNTERSIGNED and target:
            self.rings[logged.origin].judge_second(logged.origin_index, logged.record, target)

    def blob(self) -> Outcome:
        """Step 8: the contents that decisions looked into are enclosed; their hashes were compared in step 1."""
        wanted = {name for basis in self.contents.bases.values() for name in basis.blobs}
        missing = sorted(wanted - set(self.contents.dossier.blobs))
        if missing:
            return "withheld", f"{len(missing)} of {len(wanted)} contents are not enclosed, first {missing[0]}"
        return "passed", f"{len(self.contents.dossier.blobs)} contents"

    def basis(self) -> Outcome:
        """Step 9: each decision names what it read, and read nothing that was not there before it."""
        for record_id, fault in self.contents.faults.items():
            raise VerificationError("basis", f"record {record_id}: {fault}") from fault
        for record_id, basis in self.contents.bases.items():
            entry = self.contents.entries[record_id]
            if basis.origin != entry.origin or basis.known_at > entry.index:
                raise VerificationError("basis", f"record {record_id}: its basis is of another log or of a later size")
            if basis.valid_at != self.contents.shown[record_id].valid_from:
                raise VerificationError("basis", f"record {record_id}: its basis is of another instant")
            for name in basis.records:
                place = self.contents.place(name, basis.origin) if name in self.contents.entries else None
                if place is None or place >= basis.known_at:
                    raise VerificationError("basis", f"record {record_id} rests on record {name}, not shown to be before it")
        return "passed", f"{len(self.contents.bases)} decisions"

    def replay(self) -> Outcome:
        """Step 10: each decision that the target rests on, run again on its basis, states the same."""
        if self._replay is None:
            return "not checked", "no replay was asked for"
        withheld, unknown = [], []
        for record, basis in [*((record, None) for record in self.contents.statements), *self.contents.decisions]:
            view = _noting(basis, self.contents) if basis else None
            try:
                stated = self._replay(record, view)
            except WithheldError as error:
                withheld.append(f"record {record.id}: {error}")
            except NotFoundError as error:
                unknown.append(f"record {record.id}: {error}")
            except OpenQIError as error:
                raise VerificationError("replay", f"record {record.id}: {error}") from error
            else:
                if _spelled(record.statement) not in map(_spelled, stated):
                    raise VerificationError("replay", f"record {record.id}: the same command and basis state something else")
                # Else a maker could name a withdrawal as read that the decision never looked at, and call it known.
                if view and view.basis() != basis:
                    raise VerificationError("replay", f"record {record.id}: its basis is not what the command reads")
        if withheld or unknown:
            return ("withheld", withheld[0]) if withheld else ("not checked", unknown[0])
        if not self.contents.decisions:
            return "not checked", "the target was stated and not decided: there is nothing to run again"
        return "passed", f"{len(self.contents.decisions)} decisions give the same again"

    def complete(self) -> Outcome:
        """Step 11: nothing later stands in the streams that were read, by the dossier itself and by the whole log."""
        completeness = Completeness(self.contents, self.checkpoints, self.held)
        completeness.by_itself()
        if self._log is None:
            return "not checked", "give the whole log or a mirror of it to look for later records"
        return completeness.against(self._log)


def _noting(basis: Basis, contents: Contents) -> NotingView:
    """A view of exactly a basis that notes again what is read."""
    read = partial(contents.read, basis)
    return noting(BasisView(basis, record=contents.record, stream=read, blob=contents.blob, home=contents.home))


def _spelled(statement: Statement) -> tuple[object, ...]:
    """A statement with its body as bytes: to Python, but to nobody else, true is 1."""
    return statement.kind, statement.streams, canonical_bytes(statement.body), statement.visible_to, statement.salt
