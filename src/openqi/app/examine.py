"""What can be said about evidence of any form: a dossier, a proof, one record, a whole log. The same steps for all of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from openqi.app.dossiers import verified, whole_log
from openqi.app.folder import is_ledger, ledger_folder, policy_of
from openqi.app.licensed.proving import is_unit, unit_report
from openqi.app.lookup import Entry, entries
from openqi.app.source import CHECKPOINT, FolderSource, folder_source
from openqi.evidence.dossiers.report import STEPS, Report, State, Step
from openqi.evidence.keys import KeyRing
from openqi.evidence.log.fsck import LogReport, fsck, log_entries
from openqi.evidence.log.merkle import empty_frontier, leaf_hash, verify_inclusion
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.policy import Policy, parse_policy, trusted
from openqi.evidence.log.proof import parse_proof
from openqi.evidence.record import Record, log_entry, parse_record
from openqi.evidence.view import parse_basis
from openqi.kernel.errors import FormatError, OpenQIError, StoreError, VerificationError
from openqi.store.store import Store

Outcome = tuple[State, str]
_NO_POLICY: Final[Outcome] = ("not checked", "name what you believe with --policy")
_NO_LOG: Final[Outcome] = ("not checked", "a record alone does not say whose key signed it; give its log with --log")
_NO_REPLAY: Final[Outcome] = ("not checked", "a dossier of the record replays it; make one with `openqi dossier`")


def dossier_report(data: bytes, *, policy: bytes | None = None, folder: Path | None = None) -> Report:
    """Return the report on a dossier, complete where the folder of its log or a mirror is given; or on one unit."""
    if is_unit(data):
        return unit_report(data, policy=policy)
    if folder is None:
        return verified(data, policy=policy)
    source = folder_source(folder)
    if not is_ledger(folder):
        return verified(data, policy=policy, log=whole_log(source.read))
    with ledger_folder(folder).reading() as store:
        store.publish()
        return verified(data, policy=policy, log=whole_log(source.read, _sealed(store)))


def _sealed(store: Store) -> dict[str, Record]:
    """The texts of sealed records that whoever holds the ledger's folder may read."""
    return {logged.record.id: logged.record for logged in store.scan() if not logged.record.public}


def _report(target: str, checks: Mapping[int, Callable[[], Outcome] | Outcome], rest: Outcome) -> Report:
    """Run checks in the order of the steps, up to the first that fails; steps without a check say `rest`."""
    steps: list[Step] = []
    for number in STEPS:
        check = checks.get(number, rest)
        try:
            state, detail = check() if callable(check) else check
        except OpenQIError as error:
            steps.append(Step(number=number, state="failed", detail=str(error)))
            break
        steps.append(Step(number=number, state=state, detail=detail))
    return Report(target=target, steps=tuple(steps))


def _policy_step(policy: bytes | None, held: list[Policy], whose: str = "the reader's own policy") -> Outcome:
    if policy is None:
        return _NO_POLICY
    held.append(parse_policy(policy))
    return "passed", whose


def proof_report(data: bytes, *, record: bytes | None = None, policy: bytes | None = None) -> Report:
    """Return the report on a tlog-proof, and on whether it speaks of a record.

    Args:
        data: the proof.
        record: JWS of the record that it is said to prove; None leaves inclusion unchecked.
        policy: what the reader believes; None leaves the checkpoint unchecked.
    """
    held: list[Policy] = []

    def form() -> Outcome:
        proof = parse_proof(data)
        parse_checkpoint(proof.checkpoint)
        return "passed", f"index {proof.index}" + (f", record {parse_record(record).id}" if record is not None else "")

    def checkpoint() -> Outcome:
        if not held:
            return _NO_POLICY
        accepted = trusted(parse_proof(data).checkpoint, held[0]).checkpoint
        return "passed", f"{accepted.origin} at size {accepted.size}; quorum {held[0].quorum}"

    def inclusion() -> Outcome:
        if record is None:
            return "not checked", "give the record with --record"
        proof = parse_proof(data)
        point = parse_checkpoint(proof.checkpoint)
        verify_inclusion(leaf_hash(log_entry(parse_record(record))), proof.index, point.size, proof.path, point.root)
        return "passed", f"entry {proof.index} of {point.size}"

    checks = {1: form, 2: lambda: _policy_step(policy, held), 3: checkpoint, 5: inclusion}
    return _report("" if record is None else _id_of(record), checks, ("not checked", "a proof speaks of a place in a log only"))


def _id_of(jws: bytes) -> str:
    try:
        return parse_record(jws).id
    except FormatError:
        return ""


def record_report(data: bytes, *, folder: Path | None = None, policy: bytes | None = None) -> Report:
    """Return the report on one record: its form, and its place and signature where its log is given.

    Args:
        data: the record's JWS.
        folder: of its log, a ledger or a mirror.
        policy: what the reader believes; None: the folder's own.
    """

    def form() -> Outcome:
        record = parse_record(data)
        return "passed", f"{record.kind} by {record.issuer}"

    if folder is None:
        return _report(_id_of(data), {1: form}, _NO_LOG)
    believed = policy_of(folder) if policy is None else policy
    whose = f"the policy in {folder}" if policy is None else "the reader's own policy"
    place = _Place(data, folder_source(folder))
    checks = {
        1: form, 2: lambda: _policy_step(believed, place.held, whose), 3: place.checkpoint, 4: place.genesis, 5: place.inclusion,
        6: place.key, 7: place.signature, 8: place.blob,
    }  # fmt: skip
    return _report(_id_of(data), checks, _NO_REPLAY)


class _Place:
    """One record in one log: steps 3 to 8."""

    def __init__(self, data: bytes, source: FolderSource) -> None:
        self._data, self._source = data, source
        self.held: list[Policy] = []
        self._ring = KeyRing()
        self._key_fault: VerificationError | None = None
        self._entry: Entry | None = None

    def checkpoint(self) -> Outcome:
        note = parse_note(self._source.read(CHECKPOINT))
        self._point = parse_checkpoint(note)
        if not self.held:
            return _NO_POLICY
        trusted(note, self.held[0])
        return "passed", f"{self._point.origin} at size {self._point.size}; quorum {self.held[0].quorum}"

    def genesis(self) -> Outcome:
        first = next(entries(self._source, self._point), None)
        pinned = self.held[0].genesis.get(self._point.origin) if self.held else None
        if pinned is None:
            return "not checked", f"the policy pins no genesis for {self._point.origin}"
        if first is None or first.id != pinned:
            raise VerificationError("genesis", f"entry 0 of {self._point.origin} is not the genesis that the policy pins")
        return "passed", "entry 0 is pinned"

    def inclusion(self) -> Outcome:
        record = parse_record(self._data)
        frontier = empty_frontier()
        for entry in entries(self._source, self._point):
            frontier.append(leaf_hash(entry.data))
            if entry.record and entry.origin == self._point.origin:
                self._note_key(entry.index, entry.record)
            if entry.data == log_entry(record):
                self._entry = entry
        if frontier.root() != self._point.root:
            raise VerificationError("inclusion", f"the entries do not add up to the root at size {self._point.size}")
        if self._entry is None:
            raise VerificationError("inclusion", f"record {record.id} is not among the {self._point.size} entries of the log")
        return "passed", f"entry {self._entry.index} of {self._point.size}"

    def _note_key(self, index: int, record: Record) -> None:
        try:
            self._ring.apply(index, record)
        except VerificationError as error:
            self._key_fault = self._key_fault or error

    def key(self) -> Outcome:
        if self._key_fault:
            raise self._key_fault
        return "passed", f"{len(self._ring.spans)} keys"

    def signature(self) -> Outcome:
        assert self._entry is not None  # else the step before had failed
        if self._entry.origin != self._point.origin:
            return "not checked", f"the record comes from {self._entry.origin}; that log says whose key it was"
        span = self._ring.judge(self._entry.index, parse_record(self._data))
        return "passed", f"key of {span.party}"

    def blob(self) -> Outcome:
        record = parse_record(self._data)
        blobs = parse_basis(record.basis).blobs if record.basis else ()
        return ("not checked", f"{len(blobs)} contents come with a dossier") if blobs else ("passed", "0 contents")


def log_report(folder: Path, *, policy: bytes | None = None, records: bool = True) -> LogReport:
    """Return what is wrong with a log in a folder; of a ledger, also whether its store holds what its static files say.

    Args:
        folder: ledger or mirror.
        policy: what the reader believes; None: the folder's own, if it has one.
        records: also check every record and its signature.

    Raises:
        NotFoundError: the folder holds no log.
    """
    believed = policy_of(folder) if policy is None else policy
    parsed = None if believed is None else parse_policy(believed)
    if not is_ledger(folder):
        return _static_report(folder_source(folder), parsed, records, {})
    ledger = ledger_folder(folder)
    try:
        with ledger.reading() as store:
            store.publish()
            report = _static_report(folder_source(folder), parsed, records, _sealed(store) if records else {})
            return report if report.findings else replace(report, findings=tuple(_apart(store, folder_source(folder), report.size)))
    except StoreError as error:
        report = _static_report(folder_source(folder), parsed, records, {})
        return replace(report, findings=(f"store: {error}", *report.findings))


def _static_report(source: FolderSource, policy: Policy | None, records: bool, opened: Mapping[str, Record]) -> LogReport:
    try:
        parse_checkpoint(parse_note(source.read(CHECKPOINT)))
    except FormatError as error:
        return LogReport(
            origin="", size=0, sealed=0, records_checked=False, policy_checked=False, findings=(f"{CHECKPOINT}: {error}",)
        )
    return fsck(source.read, policy=policy, records=records, opened=opened)


def _apart(store: Store, source: FolderSource, size: int) -> Iterator[str]:
    """Where the store, from which the next append goes on, holds something else than what was published."""
    published = log_entries(source.read, size)
    for logged, entry in zip(store.scan(0, size), published, strict=True):
        if log_entry(logged.record) != entry:
            yield f"entry {logged.index}: the store holds another record than the published log"


def log_state(report: LogReport) -> State:
    """Return whether a log is proved by what was checked: a policy, every record, and nothing sealed."""
    if report.findings:
        return "failed"
    if not (report.policy_checked and report.records_checked):
        return "not checked"
    return "withheld" if report.sealed else "passed"
