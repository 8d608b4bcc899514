"""Builds small worlds for tests: a founded ledger with its parties, what they state, and logs that anybody could have forged."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from openqi.app.dossiers import dossier, verified, whole_log
from openqi.app.folder import FOLDS
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.algorithms.signing import SigningKey, signing_key
from openqi.evidence.dossiers.completeness import WholeLog
from openqi.evidence.dossiers.dossier import Dossier, Enclosed
from openqi.evidence.dossiers.report import Report
from openqi.evidence.log.merkle import Subtree, leaf_hash, root_of
from openqi.evidence.log.note import Checkpoint
from openqi.evidence.log.prover import inclusion_proof, subtree_of
from openqi.evidence.log.witness import signed
from openqi.evidence.record import Record, Statement, log_entry
from openqi.evidence.sealing import seal
from openqi.evidence.view import Basis, StreamRead, running_digest
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.records import Body, Names, statement
from openqi.records.conformity import ResultReported
from openqi.records.governance import Key, PartyRegistered, RoleGranted
from openqi.records.standards import RequirementPublished
from openqi.store.kinds.memory import STOREKIND
from openqi.store.store import Store

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
ITEM = "https://maker.example/cell/7"
REQUIREMENT = RequirementPublished(
    requirement="https://standards.example/requirement/1", edition="2026", quantity="capacity", unit="A.h",
    rule="guarded-acceptance/1", clause="5.1", valid_from="2026-01-01T00:00:00Z", lower="1.950",
)  # fmt: skip
RESULT = ResultReported(
    item=ITEM, quantity="capacity", value="2035.0", unit="mA.h", expanded_uncertainty="8.0", coverage_factor="2",
    method="IEC 61960-3:2017, 7.3.1", measured_at="2026-11-01T06:00:00Z",
)  # fmt: skip


def key_of(number: int, algorithm: str = "Ed25519") -> SigningKey:
    """A key that everybody knows."""
    return signing_key(bytes([number]) * 32, algorithm)


def stated(key: SigningKey) -> Key:
    """The public half as records state it."""
    return Key(**key.public_key.as_json())


def party(name: str, number: int) -> Signer:
    """A party under a URI of its own with a key of its own."""
    return Signer(party=f"https://{name}.example", key=key_of(number))


class Clock:
    """A clock that goes on by a second each time it is asked, and further when told to."""

    def __init__(self, start: datetime = START) -> None:
        self.instant = start

    def __call__(self) -> datetime:
        self.instant += timedelta(seconds=1)
        return self.instant

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.instant += timedelta(**span)


def chance_of(seed: str) -> Callable[[int], bytes]:
    """Chance that is none: hashes of how often it was asked."""
    asked = iter(range(1_000_000))
    return lambda size: (sha256(f"{seed} {next(asked)}".encode()).digest() * 4)[:size]


class Stage:
    """A ledger in memory with an operator, and, unless `empty`, a laboratory, a standards body and two assessment bodies."""

    def __init__(
        self,
        origin: str = "log.example/1",
        *,
        first_key: int = 1,
        names: str = "",
        empty: bool = False,
        store: Store | None = None,
        operator: str | None = None,
        start: datetime = START,
    ) -> None:
        self.clock = Clock(start)
        self.store = store or STOREKIND.open(None, origin=origin, folds=FOLDS)
        self.log_key = key_of(first_key)
        self.ledger = Ledger(self.store, log_key=self.log_key, clock=self.clock, chance=chance_of(origin))
        self.operator = Signer(party=operator or f"https://operator{names}.example", key=key_of(first_key + 1))
        self.laboratory = party(f"laboratory{names}", first_key + 2)
        self.standards_body = party(f"standards{names}", first_key + 3)
        self.assessor = party(f"assessor{names}", first_key + 4)
        self.reviewer = party(f"reviewer{names}", first_key + 5)
        self.genesis = self.ledger.found(self.operator, Names(en="Operator", zh="运营方"))
        if not empty:
            self.welcome(self.laboratory, "testing-laboratory")
            self.welcome(self.standards_body, "standards-body")
            self.welcome(self.assessor, "conformity-assessment-body")
            self.welcome(self.reviewer, "conformity-assessment-body")

    def welcome(self, signer: Signer, role: str | None = None) -> None:
        """Register a party with its key and perhaps a role."""
        self.ledger.state(PartyRegistered(party=signer.party, name=Names(en=signer.party)), self.operator)
        self.ledger.grant_key(signer.party, stated(signer.key), self.operator)
        if role is not None:
            self.grant(signer, role)

    def grant(self, signer: Signer, role: str) -> Record:
        """Grant a party a role, or one more."""
        return self.ledger.state(RoleGranted(party=signer.party, role=role, valid_from="2026-01-01T00:00:00Z"), self.operator)

    def requirement(self, **changes: Any) -> Record:
        """Publish the usual requirement, or one that differs from it."""
        return self.ledger.state(changed(REQUIREMENT, **changes), self.standards_body)

    def result(self, *, visible_to: tuple[str, ...] | None = None, signer: Signer | None = None, **changes: Any) -> Record:
        """Report the usual result, or one that differs from it."""
        return self.ledger.state(changed(RESULT, **changes), signer or self.laboratory, visible_to=visible_to)

    def verdict(self, result: Record, requirement: Record, *, signer: Signer | None = None, **more: Any) -> Record:
        """Judge a result."""
        (judged,) = self.ledger.perform(JudgeResult(result=result.id, requirement=requirement.id, **more), signer or self.assessor)
        return judged

    def judged(self) -> Record:
        """Report the usual result, publish the usual requirement, and judge."""
        return self.verdict(self.result(), self.requirement())

    @property
    def policy(self) -> bytes:
        """The trust policy of who believes this log alone."""
        return self.ledger.policy()

    def dossier(self, record: Record, **more: Any) -> bytes:
        """The dossier of a record, as of now."""
        return dossier(self.store, record.id, policy=more.pop("policy", self.policy), **more)

    def whole(self, *opened: Record) -> WholeLog:
        """The whole log as a mirror has it, with the texts of some sealed records."""
        self.store.publish()
        return whole_log(self.store.read, {record.id: record for record in opened})

    def verified(self, data: bytes, *, whole: bool = True) -> Report:
        """What a reader who believes this log finds in a dossier."""
        return verified(data, policy=self.policy, log=self.whole() if whole else None)


def changed(body: Body, **changes: Any) -> Any:
    """The same body with other members."""
    from msgspec.structs import replace

    return replace(body, **changes)


def outcome(report: Report) -> tuple[str, str, str]:
    """(proved, replayed, complete) of a report."""
    return report.proved, report.replayed, report.complete


def failing_step(report: Report) -> str | None:
    """The name of the first step that failed, None where none did."""
    return report.first_failure.name if report.first_failure else None


@dataclass
class Forge:
    """A log whose operator does as it pleases: any record at any place, checkpoints signed by the key that readers believe.

    `entries` are what the log holds; `records` the texts, also of sealed ones.
    """

    origin: str = "log.example/1"
    log_key: SigningKey = field(default_factory=lambda: key_of(1))
    records: list[Record] = field(default_factory=list)

    @classmethod
    def of(cls, stage: Stage) -> "Forge":
        """A forger who begins with what a stage holds."""
        return cls(origin=stage.store.origin, log_key=stage.log_key, records=[one.record for one in stage.store.scan()])

    def add(self, record: Record) -> Record:
        """Append a record without asking anybody."""
        self.records.append(record)
        return record

    def state(self, body: Body | Statement, signer: Signer, *, now: str = "2026-11-20T10:00:00Z", **more: Any) -> Record:
        """Seal and append what a party states, or pretends to have decided with `command` and `basis`."""
        said = statement(body) if isinstance(body, Body) else body
        return self.add(seal(said, issuer=signer.party, key=signer.key, now=now, **more))

    @property
    def entries(self) -> list[bytes]:
        """The entries of the log."""
        return [log_entry(record) for record in self.records]

    @property
    def checkpoint(self) -> bytes:
        """The newest checkpoint note."""
        root = root_of(leaf_hash(entry) for entry in self.entries)
        return signed(Checkpoint(origin=self.origin, size=len(self.records), root=root).note(), self.log_key, self.origin).encode()

    def stream(self, subject: str, known_at: int | None = None) -> list[Record]:
        """The records of a subject among the first `known_at`."""
        return [record for record in self.records[:known_at] if subject in record.streams]

    def basis(
        self, *, now: str, records: Iterable[Record] = (), streams: Iterable[str] = (), known_at: int | None = None, **more: Any
    ) -> dict[str, Any]:
        """A basis with right digests, as of now unless told otherwise."""
        size = len(self.records) if known_at is None else known_at
        reads = tuple(
            StreamRead(subject=subject, count=len(seen), digest=running_digest(record.id for record in seen))
            for subject in streams
            for seen in [self.stream(subject, size)]
        )
        names = tuple(sorted(record.id for record in records))
        return Basis(
            **{"origin": self.origin, "known_at": size, "valid_at": now, "records": names, "streams": reads} | more
        ).as_json()

    def enclosed(self, record: Record, *, shown: bool = True) -> Enclosed:
        """A record with its proof."""
        return self._enclosed(record, self._subtree(), shown=shown)

    def _subtree(self) -> Subtree:
        return subtree_of([leaf_hash(entry) for entry in self.entries])

    def _enclosed(self, record: Record, subtree: Subtree, *, shown: bool) -> Enclosed:
        index = self.records.index(record)
        path = inclusion_proof(index, len(self.records), subtree)
        return Enclosed(id=record.id, record=record if shown else None, origin=self.origin, index=index, path=path)

    def parts(self, target: Record, policy: bytes, *, without: Iterable[Record] = (), withheld: Iterable[Record] = ()) -> Dossier:
        """A dossier of the target with every record of the log but some."""
        left_out, hidden = {record.id for record in without}, {record.id for record in withheld}
        subtree = self._subtree()
        entries = tuple(
            self._enclosed(record, subtree, shown=record.id not in hidden) for record in self.records if record.id not in left_out
        )
        return Dossier(
            target=target.id, policy=policy, checkpoints={self.origin: self.checkpoint}, entries=entries, blobs={}, item=None
        )

    def whole(self, opened: Mapping[str, Record] | None = None) -> WholeLog:
        """The whole log for a reader."""
        return WholeLog(checkpoint=self.checkpoint, entries=self.entries, opened=opened or {})
