"""A small world to measure in: one log, one party, records that are always the same."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

from openqi.app.dossiers import dossier
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.fold import Fold, Row
from openqi.evidence.log.note import Checkpoint
from openqi.evidence.log.witness import signed
from openqi.evidence.record import Logged, Record, Statement
from openqi.evidence.sealing import seal
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.records import Names
from openqi.records.conformity import ResultReported
from openqi.records.governance import RoleGranted
from openqi.records.standards import RequirementPublished
from openqi.store.kinds.memory import STOREKIND
from openqi.store.store import Store

ORIGIN = "bench.example/log"
START = datetime(2026, 11, 20, tzinfo=UTC)
LOG_KEY = signing_key(bytes([1]) * 32)


@cache
def signer() -> Signer:
    """Return the one party and its key."""
    return Signer(party="https://operator.example", key=signing_key(bytes([2]) * 32))


def record(number: int) -> Record:
    """Return a record of the size of a test result, in a stream of its own."""
    body = {
        "item": f"https://maker.example/cell/{number}",
        "quantity": "capacity",
        "shelf": str(number % 1000),
        "value": f"1.{number:07d}",
    }
    statement = Statement(kind="bench.thing-noted/1", streams=(f"https://maker.example/cell/{number}",), body=body)
    return seal(statement, issuer=signer().party, key=signer().key, now="2026-11-20T08:00:00Z")


DOZEN = len(record(12).jws)


def checkpointer(size: int, root: bytes) -> bytes:
    """Return the signed checkpoint of the log."""
    return signed(Checkpoint(origin=ORIGIN, size=size, root=root).note(), LOG_KEY, ORIGIN).encode()


def founded(store: Store) -> Ledger:
    """Return the ledger of a store after its genesis."""
    ticks = iter(range(10**9))
    ledger = Ledger(store, log_key=LOG_KEY, clock=lambda: START + timedelta(seconds=next(ticks)), chance=bytes)
    ledger.found(signer(), Names(en="bench"))
    return ledger


def fold_of(version: int) -> Fold:
    """Return a register of things: shelf, last value, how often seen."""

    def keys(logged: Logged) -> Iterable[str]:
        return (str(logged.record.body["item"]),) if logged.record.kind == "bench.thing-noted/1" else ()

    def step(row: Row | None, logged: Logged) -> Row:
        body = logged.record.body
        return {"shelf": str(body["shelf"]), "value": str(body["value"]), "seen": logged.index}

    columns: dict[str, type[str] | type[int]] = {"shelf": str, "value": str, "seen": int}
    return Fold(name="things", version=version, columns=columns, keys=keys, step=step, indexes=(("shelf", "seen"),))


def dossier_of(count: int) -> tuple[bytes, bytes]:
    """Return a dossier of about `count` records, most of them verdicts on one item that each read those before, and its policy."""
    ledger = founded(STOREKIND.open(None, origin=ORIGIN, folds=()))
    party = signer()
    for role in ("standards-body", "testing-laboratory", "conformity-assessment-body"):
        ledger.state(RoleGranted(party=party.party, role=role, valid_from="2026-01-01T00:00:00Z"), party)
    requirement = ledger.state(
        RequirementPublished(
            requirement="https://standards.example/1", edition="2026", quantity="capacity", unit="A.h", rule="guarded-acceptance/1",
            clause="5.1", valid_from="2026-01-01T00:00:00Z", lower="1.950",
        ),
        party,
    )  # fmt: skip
    target = requirement
    for number in range((count - 5) // 2):
        result = ledger.state(
            ResultReported(
                item="https://maker.example/cell/1", quantity="capacity", value=f"20{number:02d}.0", unit="mA.h",
                expanded_uncertainty="8.0", coverage_factor="2", method="IEC 61960-3:2017", measured_at="2026-11-01T06:00:00Z",
            ),
            party,
        )  # fmt: skip
        (target,) = ledger.perform(JudgeResult(result=result.id, requirement=requirement.id), party)
    policy = ledger.policy()
    return dossier(ledger.store, target.id, policy=policy), policy
