"""Makes the golden vectors of every kind of record, of a log and of dossiers, always the same bytes: `make golden`.

A difference in `git diff vectors/golden` means that a frozen format moved. Keys, clock and chance are fixed here and nowhere else.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from openqi.app.dossiers import admit, dossier
from openqi.app.ledger import Ledger, Signer
from openqi.evidence.algorithms.signing import SigningKey, signing_key
from openqi.evidence.batching import batch_of, items
from openqi.evidence.commitment import commitment, private_subject
from openqi.evidence.keyfile import CHANCE, encrypted
from openqi.evidence.log.note import parse_note
from openqi.evidence.log.proof import LogProof
from openqi.evidence.log.prover import inclusion_proof
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.evidence.log.witness import cosigned
from openqi.evidence.record import CONTEXT_DOCUMENT, Record, log_entry
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Items, Names, Rows
from openqi.records.conformity import ResultReported, ResultsReported
from openqi.records.governance import Delegated, Identifier, Key, PartyRegistered, RoleEnded, RoleGranted
from openqi.records.standards import RequirementPublished
from openqi.store.kinds.memory import STOREKIND
from tools.golden_certificates import certificates_records
from tools.golden_chain import GoldenChain
from tools.golden_complaints import complaints_records
from tools.golden_draws import DrawClock, draws_records
from tools.golden_duties import duties_records
from tools.golden_evaluations import evaluations_records
from tools.golden_inspections import inspections_records
from tools.golden_metrology import measured_records
from tools.golden_pledges import pledges_records
from tools.golden_process_control import process_control_records
from tools.golden_risk import risk_records
from tools.golden_tasks import tasks_records

FOLDER = Path(__file__).resolve().parent.parent / "vectors" / "golden"
START = datetime(2026, 11, 20, 8, tzinfo=UTC)
PASSPHRASE = "golden passphrase"  # of a published test key


def published_key(number: int) -> SigningKey:
    """Return a published test key; never use one for anything else."""
    return signing_key(bytes([number]) * 32)


def fixed_clock(start: datetime = START) -> Callable[[], datetime]:
    """Return a clock that goes on by a second each time it is asked."""
    ticks = iter(range(1_000_000))
    return lambda: start + timedelta(seconds=next(ticks))


def fixed_chance() -> Callable[[int], bytes]:
    """Return chance that is none: a hash of how often it was asked."""
    ticks = iter(range(1_000_000))
    return lambda size: (sha256(f"chance {next(ticks)}".encode()).digest() * 4)[:size]


def stated_key(key: SigningKey) -> Key:
    """Return a public key as bodies state it."""
    return Key(**key.public_key.as_json())


class Stage:
    """A small world of five parties whose log holds every kind of record."""

    def __init__(self, origin: str = "log.example/golden", first_key: int = 1, clock: Callable[[], datetime] | None = None) -> None:
        self.store = STOREKIND.open(None, origin=origin, folds=())
        clock = clock or fixed_clock()
        self.ledger = Ledger(self.store, log_key=published_key(first_key), clock=clock, chance=fixed_chance())
        names = ("operator", "laboratory", "standards", "assessment", "reviewer")
        self.parties = {
            name: Signer(party=f"https://{name}.example", key=published_key(first_key + place))
            for place, name in enumerate(names, start=1)
        }
        self.records: list[Record] = [self.ledger.found(self.parties["operator"], Names(en="Golden log", zh="样例日志"))]

    def register(self, name: str) -> Signer:
        """Let a party sign."""
        self.ledger.grant_key(self.parties[name].party, stated_key(self.parties[name].key), self.parties["operator"])
        return self.parties[name]

    def play(self) -> None:
        """State and decide every kind of the ground once."""
        ledger, parties = self.ledger, self.parties
        operator = parties["operator"]
        roles = {
            "laboratory": "testing-laboratory", "standards": "standards-body",
            "assessment": "conformity-assessment-body", "reviewer": "conformity-assessment-body",
        }  # fmt: skip
        usci = (Identifier(scheme="usci", value="91350100M000100Y43"),)
        for name, role in roles.items():
            party = parties[name].party
            registered = PartyRegistered(
                party=party, name=Names(en=name, zh="示例"), identifiers=usci if name == "laboratory" else ()
            )
            granted = RoleGranted(party=party, role=role, valid_from="2026-01-01T00:00:00Z")
            self.records += [ledger.state(registered, operator), ledger.state(granted, operator)]
            self.records.append(ledger.grant_key(party, stated_key(parties[name].key), operator))
        self._results()
        self._changes()

    def _results(self) -> None:
        ledger, parties = self.ledger, self.parties
        requirement = ledger.state(REQUIREMENT, parties["standards"])
        result = ledger.state(RESULT, parties["laboratory"])
        (verdict,) = ledger.perform(JudgeResult(result=result.id, requirement=requirement.id), parties["assessment"])
        second = ledger.countersign(verdict.id, parties["reviewer"], parties["reviewer"].key)
        rows = [{"item": f"https://maker.example/cell/{n:04d}", "value": f"1.{9000 + n}"} for n in range(300)]
        batch, content = batch_of(rows)
        ledger.store.put_blob(content)
        stated = batch.as_json()
        kept = Items(
            count=batch.count, root=stated["root"], rows=Rows(media_type="application/x-ndjson", sha256=batch.blob, size=batch.size)
        )
        lot = ledger.state(
            ResultsReported(
                lot="https://maker.example/lot/1", quantity="capacity", unit="A.h", expanded_uncertainty="0.0080",
                coverage_factor="2", method="IEC 61960-3:2017, 7.3.1", measured_at="2026-11-02T06:00:00Z", items=kept,
            ),
            parties["laboratory"],
        )  # fmt: skip
        sealed = ledger.state(RESULT, parties["laboratory"], visible_to=("https://maker.example",))
        self.verdict, self.result, self.lot, self.batch, self.content = verdict, result, lot, batch, content
        self.records += [requirement, result, verdict, second, lot, sealed]

    def _changes(self) -> None:
        ledger, parties = self.ledger, self.parties
        operator, assessment = parties["operator"], parties["assessment"]
        lent = Delegated(
            party=assessment.party, to="https://deputy.example", role="conformity-assessment-body",
            valid_from="2026-11-01T00:00:00Z", valid_until="2026-12-01T00:00:00Z",
        )  # fmt: skip
        ended = RoleEnded(
            party=parties["reviewer"].party, role="conformity-assessment-body", ended_at="2026-11-20T09:00:00Z", reason="left"
        )
        self.records += [ledger.state(lent, assessment), ledger.state(ended, operator)]
        fresh = published_key(99)
        rotated = ledger.grant_key(assessment.party, stated_key(fresh), assessment, replaces=assessment.key.public_key.kid)
        reviewer = parties["reviewer"]
        revoked = ledger.revoke_key(reviewer.party, reviewer.key.public_key.kid, operator, reason="laptop stolen")
        self.records += [rotated, revoked]


REQUIREMENT = RequirementPublished(
    requirement="https://standards.example/requirement/cell-capacity", edition="2026", quantity="capacity", unit="A.h",
    rule="guarded-acceptance/1", clause="5.1", valid_from="2026-01-01T00:00:00Z", lower="1.950",
)  # fmt: skip
RESULT = ResultReported(
    item="https://maker.example/cell/0007", quantity="capacity", value="2035.0", unit="mA.h", expanded_uncertainty="8.0",
    coverage_factor="2", method="IEC 61960-3:2017, 7.3.1", measured_at="2026-11-01T06:00:00Z",
    instruments=("https://laboratory.example/cycler/3",),
)  # fmt: skip


def files() -> dict[str, bytes]:
    """Return every golden file by its path below `vectors/golden`."""
    stage = Stage()
    stage.play()
    store, policy = stage.store, stage.ledger.policy()
    store.publish()
    made = {"policy.txt": policy, "log/checkpoint": store.read("checkpoint")}
    size = store.size()
    for path in (f"tile/entries/000.p/{size}", f"tile/0/000.p/{size}"):
        made[f"log/{path}"] = store.read(path)
    made["dossiers/verdict.openqi"] = dossier(store, stage.verdict.id, policy=policy)
    made["dossiers/item.openqi"] = dossier(store, stage.lot.id, policy=policy, leaf=7)
    # What came later shows in a dossier that is made later.
    (withdrawal,) = stage.ledger.perform(Withdraw(record=stage.result.id, reason="wrong range"), stage.parties["laboratory"])
    stage.records.append(withdrawal)
    made["dossiers/withdrawn.openqi"] = dossier(store, stage.verdict.id, policy=policy)
    other = Stage(origin="other.example/golden", first_key=31)
    both = policy.replace(b"quorum none\n", b"") + other.ledger.policy()
    admit(other.ledger, made["dossiers/verdict.openqi"], policy=both, signer=other.parties["operator"])
    made["dossiers/foreign.openqi"] = dossier(other.store, stage.verdict.id, policy=both)
    made["policy-both.txt"] = both
    chain = Stage(origin="chain.example/golden", first_key=61)
    golden = GoldenChain(chain.ledger, chain.parties["operator"], chain.register("reviewer"))
    made["dossiers/mark.openqi"] = golden.play()
    made["policy-chain.txt"] = chain.ledger.policy()
    known = {record.kind for record in stage.records} | {"governance.admitted/1"}
    stage.records += [record for record in golden.records if record.kind not in known]
    stage.records.append(other.store.logged(_admission(other)).record)
    duties = Stage(origin="duties.example/golden", first_key=81)
    stage.records += duties_records(duties.ledger, duties.parties["operator"])
    work = Stage(origin="tasks.example/golden", first_key=101)
    stage.records += tasks_records(work.ledger, work.parties["operator"], work.register("laboratory"))
    measured = Stage(origin="metrology.example/golden", first_key=121)
    records, made["dossiers/measured.openqi"] = measured_records(measured.ledger, measured.parties["operator"])
    made["policy-measured.txt"] = measured.ledger.policy()
    stage.records += records
    metrology = Stage(origin="evaluations.example/golden", first_key=121)
    role = RoleGranted(
        party=metrology.parties["laboratory"].party, role="calibration-laboratory", valid_from="2026-01-01T00:00:00Z"
    )
    metrology.ledger.state(role, metrology.parties["operator"])
    evaluated = evaluations_records(metrology.ledger, metrology.register("laboratory"))
    made["policy-evaluations.txt"] = metrology.ledger.policy()
    made["dossiers/evaluation.openqi"] = dossier(metrology.store, evaluated[1].id, policy=metrology.ledger.policy())
    made["dossiers/difference.openqi"] = dossier(metrology.store, evaluated[-1].id, policy=metrology.ledger.policy())
    stage.records += [record for record in evaluated if record.kind not in {one.kind for one in stage.records}]
    papers = Stage(origin="certificates.example/golden", first_key=121)
    stage.records += certificates_records(papers.ledger, papers.parties["operator"], papers.register("laboratory"))
    control = Stage(origin="control.example/golden", first_key=141)
    controlled = process_control_records(control.ledger, control.parties["operator"], control.register("laboratory"))
    made["policy-control.txt"] = control.ledger.policy()
    made["dossiers/control.openqi"] = dossier(control.store, controlled[-1].id, policy=control.ledger.policy())
    stage.records += controlled
    stage.records += [*_draws(made), *_after_a_draw(made), *_risk(made), *_pledges(made), *_complaints(made)]
    made |= {
        f"records/{record.kind.replace('/', '-')}{'' if record.public else '.sealed'}.jws": record.jws
        for record in reversed(stage.records)
    }
    return made | _small(stage)


def _draws(made: dict[str, bytes]) -> list[Record]:
    clock = DrawClock()
    stage = Stage(origin="draws.example/golden", first_key=161, clock=clock)
    found = draws_records(stage.ledger, stage.parties["operator"], stage.register("laboratory"), clock)
    made["policy-draws.txt"] = stage.ledger.policy()
    made["dossiers/draw.openqi"] = dossier(stage.store, found[-1].id, policy=stage.ledger.policy())
    return found


def _risk(made: dict[str, bytes]) -> list[Record]:
    """The records of risk; the dossier is of a model: what rests on rows of many objects replays only where these are."""
    clock = DrawClock()
    stage = Stage(origin="risk.example/golden", first_key=161, clock=clock)
    found = risk_records(stage.ledger, stage.parties["operator"], stage.register("laboratory"), clock)
    made["policy-risk.txt"] = stage.ledger.policy()
    made["dossiers/risk.openqi"] = dossier(stage.store, found[2].id, policy=stage.ledger.policy())
    return found


def _after_a_draw(made: dict[str, bytes]) -> list[Record]:
    """The records of what follows a draw; its policy and dossier are put beside the others."""
    stage = Stage(origin="inspections.example/golden", first_key=181)
    found = inspections_records(stage.ledger, stage.parties["operator"], stage.register("laboratory"))
    made["policy-inspections.txt"] = stage.ledger.policy()
    made["dossiers/rate.openqi"] = dossier(stage.store, found[-1].id, policy=stage.ledger.policy())
    return found


def _pledges(made: dict[str, bytes]) -> list[Record]:
    """The records of pledges; the dossier is of the review, which rests on all others."""
    stage = Stage(origin="pledges.example/golden", first_key=201)
    parties = stage.parties["operator"], stage.register("laboratory"), stage.register("reviewer")
    found = pledges_records(stage.ledger, *parties)
    made["policy-pledges.txt"] = stage.ledger.policy()
    made["dossiers/review.openqi"] = dossier(stage.store, found[-1].id, policy=stage.ledger.policy())
    return found


def _complaints(made: dict[str, bytes]) -> list[Record]:
    """The records of complaints and disputes; the dossier is of a dispute, which is public: what is sealed has none for all."""
    stage = Stage(origin="complaints.example/golden", first_key=221)
    parties = (stage.register(name) for name in ("laboratory", "reviewer", "standards"))
    found = complaints_records(stage.ledger, stage.parties["operator"], *parties)
    made["policy-complaints.txt"] = stage.ledger.policy()
    made["dossiers/dispute.openqi"] = dossier(stage.store, found[-1].id, policy=stage.ledger.policy())
    return found


def _admission(other: Stage) -> str:
    return next(one.record.id for one in other.store.scan() if one.record.kind == "governance.admitted/1")


def _small(stage: Stage) -> dict[str, bytes]:
    store = stage.store
    note = parse_note(store.read("checkpoint"))
    logged = store.logged(stage.verdict.id)
    path = inclusion_proof(logged.index, store.size(), subtree_from_tiles(store.read, store.size()))
    seen = cosigned(note, published_key(51), "witness.example", 1_795_507_200)
    salt = bytes(range(16))
    facts = {
        "context": CONTEXT_DOCUMENT,
        "kid": published_key(1).public_key.kid,
        "commitment": {"salt": salt.hex(), "value": {"name": "张三"}, "commitment": commitment({"name": "张三"}, salt)},
        "private_subject": {
            "salt": salt.hex(),
            "name": "https://a.example/1",
            "subject": private_subject("https://a.example/1", salt),
        },
        "verdict": {"id": stage.verdict.id, "index": logged.index, "entry_sha256": sha256(log_entry(stage.verdict)).hexdigest()},
    }
    return {
        "facts.json": json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n",
        "verdict.tlog-proof": LogProof(index=logged.index, path=path, checkpoint=seen).encode(),
        "item.json": items(stage.lot.id, stage.batch, stage.content, [7])[0].encode(),
        "key.openqi-key": encrypted(bytes([1]) * 32, PASSPHRASE, bytes(range(CHANCE))),
    }


def main() -> None:
    """Write all golden files; those that no longer come out are removed."""
    made = files()
    for old in [path for path in FOLDER.rglob("*") if path.is_file() and path.name != "README.md"]:
        if str(old.relative_to(FOLDER)) not in made:
            old.unlink()
    for name, content in made.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(f"{len(made)} golden files, {sum(map(len, made.values()))} bytes")


if __name__ == "__main__":
    main()
