"""Verification: for each numbered step a dossier that fails there and nowhere before, and what a dishonest maker may try."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from openqi.app.dossiers import verified
from openqi.app.workflow import command_json
from openqi.evidence.canonical import base64url
from openqi.evidence.dossiers.archive import archive, archived
from openqi.evidence.dossiers.completeness import WholeLog
from openqi.evidence.dossiers.dossier import Dossier, Enclosed, parse_dossier
from openqi.evidence.dossiers.report import STEPS
from openqi.evidence.dossiers.verify import verify_dossier
from openqi.evidence.log.merkle import leaf_hash, root_of
from openqi.evidence.log.note import Checkpoint, NoteKey, parse_note
from openqi.evidence.log.witness import signed
from openqi.evidence.record import Record, parse_record
from openqi.evidence.sealing import seal
from openqi.kernel.errors import NotFoundError
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import body, statement
from openqi.records.conformity import ResultJudged
from openqi.records.governance import Countersigned, KeyGranted, Withdrawn, roles_subject
from stage import ITEM, RESULT, Forge, Stage, changed, failing_step, key_of, outcome, stated

PASSED = "passed"
NOW = "2026-11-20T10:00:00Z"


class World:
    """An honest log with a verdict, and everything to forge with."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.result, self.requirement = self.stage.result(), self.stage.requirement()
        self.verdict = self.stage.verdict(self.result, self.requirement)
        self.policy = self.stage.policy
        self.data = self.stage.dossier(self.verdict)
        self.parts = parse_dossier(self.data)

    def with_entry(self, changed_one: Record, /, **changes: Any) -> Dossier:
        """The dossier with one entry changed."""
        entries = tuple(replace(one, **changes) if one.id == changed_one.id else one for one in self.parts.entries)
        return replace(self.parts, entries=entries)

    def judged(
        self,
        forge: Forge,
        *,
        known_at: int | None = None,
        records: Iterable[Record] | None = None,
        streams: Iterable[str] | None = None,
        now: str = NOW,
        name: str = JudgeResult.NAME,
        **changes: Any,
    ) -> Record:
        """A verdict that the assessor forged: its basis and what it states are whatever it likes."""
        command = command_json(JudgeResult(result=self.result.id, requirement=self.requirement.id, now=now)) | {"name": name}
        basis = forge.basis(
            now=now,
            known_at=known_at,
            records=records if records is not None else (self.result, self.requirement),
            streams=streams if streams is not None else self.streams,
        ) | changes.pop("basis", {})
        said = statement(changed(body(self.verdict, ResultJudged), **changes))
        return forge.state(said, self.stage.assessor, now=now, command=command, basis=basis)

    @property
    def streams(self) -> list[str]:
        """The streams that an honest verdict reads, in order."""
        return [read["subject"] for read in self.verdict.basis["streams"]]

    def check(self, data: bytes | Dossier, log: WholeLog | None = None) -> Any:
        """The report of a reader with a policy of its own."""
        return verified(data.encode() if isinstance(data, Dossier) else data, policy=self.policy, log=log)


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def fails_at(report: Any, step: str) -> bool:
    """Whether a report names this step, passed all before it, reached none after it and does not say what it must not."""
    number = next(number for number, name in STEPS.items() if name == step)
    assert failing_step(report) == step, (report.first_failure, outcome(report))
    assert [one.number for one in report.steps] == [*range(1, number + 1)]
    assert all(one.state == PASSED for one in report.steps[:-1])
    state = report.proved if number <= 8 else report.replayed if number <= 10 else report.complete
    assert state == "failed"
    assert (number > 10) or report.complete != PASSED
    assert (number > 8) or report.replayed != PASSED
    return True


def test_the_honest_dossier_passes_every_step(world):
    report = world.check(world.data, world.stage.whole())
    assert [step.state for step in report.steps] == [PASSED] * 11
    assert [step.name for step in report.steps] == [*STEPS.values()]


# 1 form


@pytest.mark.parametrize("data", [b"", b"PK", b"\0" * 100], ids=repr)
def test_1_bytes_that_are_no_dossier(world, data):
    report = world.check(data)
    assert fails_at(report, "form")
    assert report.target == ""


def test_1_a_target_that_is_not_enclosed(world):
    assert fails_at(world.check(replace(world.parts, target="ab" * 32)), "form")


def test_1_an_entry_that_stands_twice(world):
    twice = replace(world.parts, entries=(*world.parts.entries, world.parts.entries[0]))
    assert fails_at(world.check(twice), "form")
    elsewhere = replace(world.parts.entries[-1], index=3)
    assert fails_at(world.check(replace(world.parts, entries=(*world.parts.entries, elsewhere))), "form")


def test_1_a_foreign_file_a_missing_file_and_trailing_bytes(world):
    files = archived(world.data)
    for name in ("extra.txt", "records/" + "0" * 64, "checkpoints/1", "blobs/" + "0" * 64):
        assert fails_at(world.check(archive({**files, name: b"x"})), "form")
    for name in files:
        assert fails_at(world.check(archive({path: data for path, data in files.items() if path != name})), "form")
    assert fails_at(world.check(world.data + b"\0"), "form")
    assert fails_at(world.check(b"\0" + world.data), "form")


# 2 policy


@pytest.mark.parametrize("policy", [b"", b"\xff", b"quorum none\nquorum none\n", b"log x\nquorum none\n", b"trust everybody\n"])
def test_2_a_policy_that_is_none(world, policy):
    report = verified(world.data, policy=policy)
    assert fails_at(report, "policy")
    assert fails_at(verified(replace(world.parts, policy=policy).encode()), "policy")
    assert outcome(verified(replace(world.parts, policy=policy).encode(), policy=world.policy))[0] == PASSED


def test_2_the_makers_own_policy_is_told_apart_from_the_readers(world):
    assert "maker's" in verified(world.data).steps[1].detail
    assert "reader's own" in world.check(world.data).steps[1].detail


# 3 checkpoint


def test_3_a_log_that_the_reader_does_not_believe(world):
    other = Stage(first_key=90)
    assert fails_at(verified(other.dossier(other.judged()), policy=world.policy), "checkpoint")


def test_3_a_checkpoint_without_a_signature_or_with_another_key(world):
    note = parse_note(world.parts.checkpoints[world.stage.store.origin])
    forged = signed(replace(note, signatures=()), key_of(99), world.stage.store.origin)
    for text in (forged.encode(), world.parts.checkpoints[world.stage.store.origin].replace(b"\n16\n", b"\n17\n")):
        parts = replace(world.parts, checkpoints={world.stage.store.origin: text})
        assert fails_at(world.check(parts), "checkpoint")


def test_3_a_checkpoint_filed_under_another_origin(world):
    note = next(iter(world.parts.checkpoints.values()))
    entries = tuple(replace(one, origin="other.example/1") for one in world.parts.entries)
    assert fails_at(world.check(replace(world.parts, checkpoints={"other.example/1": note}, entries=entries)), "checkpoint")


def test_3_too_few_witnesses(world):
    key = NoteKey(name="w.example", type=4, public=key_of(80).public_key.data)
    witness = f"witness w {key.text}\nquorum w\n"
    policy = world.policy.replace(b"quorum none\n", witness.encode())
    assert fails_at(verified(world.data, policy=policy), "checkpoint")


# 4 genesis


def test_4_a_genesis_that_is_not_pinned_or_not_the_pinned_one(world):
    pinned = b"genesis log.example/1 " + world.stage.genesis.id.encode()
    for line in (b"", b"genesis log.example/1 " + b"0" * 64, b"genesis log.example/1 " + world.verdict.id.encode()):
        assert fails_at(verified(world.data, policy=world.policy.replace(pinned, line)), "genesis")


def test_4_a_genesis_that_is_left_out(world):
    entries = tuple(one for one in world.parts.entries if one.id != world.stage.genesis.id)
    assert fails_at(world.check(replace(world.parts, entries=entries)), "genesis")


def test_4_a_genesis_that_names_another_log():
    """One genesis as entry 0 of two logs: keys that were meant for the one would be judged by the indices of the other."""
    origin = Stage(empty=True)
    forge = Forge(origin="twin.example/1", records=[origin.genesis])
    key = NoteKey(name=forge.origin, type=1, public=forge.log_key.public_key.data).text
    policy = f"log {key}\ngenesis {forge.origin} {origin.genesis.id}\nquorum none\n".encode()
    assert fails_at(verified(forge.parts(origin.genesis, policy).encode(), policy=policy), "genesis")


# 5 inclusion


def test_5_an_entry_at_another_index_with_another_path_or_of_another_log(world):
    entry = next(one for one in world.parts.entries if one.id == world.verdict.id)
    size = 16
    assert fails_at(world.check(world.with_entry(world.verdict, index=entry.index - 1)), "inclusion")
    assert fails_at(world.check(world.with_entry(world.verdict, index=size)), "inclusion")
    assert fails_at(world.check(world.with_entry(world.verdict, index=2**53 - 1)), "inclusion")
    for path in (
        entry.path[:-1],
        (*entry.path, bytes(32)),
        entry.path[::-1],
        (*entry.path[:-1], bytes(32)),
        (*entry.path[:-1], b""),
    ):
        assert fails_at(world.check(world.with_entry(world.verdict, path=path)), "inclusion")


def test_5_a_public_record_cannot_be_withheld(world):
    """Its entry is its text; only what was sealed can be proved without being shown."""
    assert fails_at(world.check(world.with_entry(world.result, record=None)), "inclusion")


def test_5_a_record_that_the_log_does_not_hold(world):
    other = seal(statement(RESULT), issuer=world.stage.laboratory.party, key=world.stage.laboratory.key, now=NOW)
    entry = next(one for one in world.parts.entries if one.id == world.result.id)
    entries = (*world.parts.entries, replace(entry, id=other.id, record=other))
    assert fails_at(world.check(replace(world.parts, entries=entries)), "inclusion")


def test_5_a_mixed_pair_of_checkpoints(world):
    """A newer checkpoint beside paths under an older one."""
    later = World()
    later.stage.result(item="https://maker.example/cell/9")
    later.stage.store.publish()
    newer = later.stage.store.read("checkpoint")
    assert fails_at(later.check(replace(later.parts, checkpoints={later.stage.store.origin: newer})), "inclusion")


# 6 key


def test_6_a_record_about_keys_that_does_what_it_may_not(world):
    forge = Forge.of(world.stage)
    forge.state(KeyGranted(origin=forge.origin, party=world.stage.assessor.party, key=stated(key_of(70))), world.stage.laboratory)
    assert fails_at(world.check(forge.parts(world.verdict, world.policy), forge.whole()), "key")


# 7 signature


def test_7_a_signature_of_another_key_under_the_name_of_the_right_one(world):
    forge = Forge.of(world.stage)
    genuine = seal(statement(RESULT), issuer=world.stage.laboratory.party, key=world.stage.laboratory.key, now=NOW)
    message = genuine.jws.rpartition(b".")[0]
    forged = parse_record(message + b"." + base64url(key_of(99).sign(message)).encode())
    forge.add(forged)
    assert fails_at(world.check(forge.parts(forged, world.policy)), "signature")


def test_7_a_key_that_nobody_granted_or_of_another_party(world):
    for issuer, key in ((world.stage.laboratory.party, key_of(99)), (world.stage.assessor.party, world.stage.laboratory.key)):
        forge = Forge.of(world.stage)
        forged = forge.add(seal(statement(RESULT), issuer=issuer, key=key, now=NOW))
        assert fails_at(world.check(forge.parts(forged, world.policy)), "signature")


def test_7_keys_of_one_log_are_worth_nothing_in_another():
    """A maker who holds a key in a log of its own cannot sign for another log with it, nor bring the grant along."""
    home, rogue = Stage(), Stage("rogue.example/1", first_key=161)
    policy = home.policy.replace(b"quorum none\n", b"") + rogue.policy
    forge, foreign = Forge.of(home), Forge.of(rogue)
    forge.origin, foreign.log_key = home.store.origin, rogue.log_key
    forged = forge.add(seal(statement(RESULT), issuer=rogue.laboratory.party, key=rogue.laboratory.key, now=NOW))
    own = forge.parts(forged, policy)
    theirs = foreign.parts(foreign.records[0], policy)
    both = replace(own, checkpoints={**own.checkpoints, **theirs.checkpoints}, entries=own.entries + theirs.entries)
    assert fails_at(verified(both.encode(), policy=policy), "signature")


# 8 blob


def test_8_a_content_that_a_decision_looked_into_and_that_is_not_enclosed_is_withheld_not_good(world):
    forge = Forge.of(world.stage)
    verdict = world.judged(forge, basis={"blobs": ["ab" * 32]})
    report = world.check(forge.parts(verdict, world.policy))
    assert report.steps[7].state == "withheld"
    assert report.proved == "withheld"


# 9 basis


@pytest.mark.parametrize(
    "fault",
    [{"origin": "other.example/1"}, {"validAt": "2026-11-20T09:59:59Z"}, {"knownAt": 10**6}, {"records": ["ab" * 32]}],
    ids=lambda fault: next(iter(fault)),
)
def test_9_a_basis_of_another_log_another_instant_a_later_size_or_of_what_is_not_there(world, fault):
    forge = Forge.of(world.stage)
    verdict = world.judged(forge, basis=fault)
    assert fails_at(world.check(forge.parts(verdict, world.policy)), "basis")


def test_9_a_basis_that_rests_on_a_later_record(world):
    forge = Forge.of(world.stage)
    size = len(forge.records)
    later = forge.state(changed(RESULT, value="2.0", unit="A.h"), world.stage.laboratory)
    verdict = world.judged(forge, known_at=size, records=(later, world.requirement))
    assert fails_at(world.check(forge.parts(verdict, world.policy)), "basis")


@pytest.mark.parametrize(
    "broken",
    [
        {"knownAt": -1}, {"knownAt": True}, {"knownAt": "16"}, {"streams": [{"count": 1, "digest": "00", "subject": "x"}]},
        {"streams": {}}, {"records": ["zz"]}, {"remark": "x"}, {"origin": []}, {"validAt": []}, {"validAt": "today"},
        {"streams": [{"count": 0, "digest": "0" * 64, "subject": []}]},
        {"streams": [{"count": 0, "digest": "0" * 64, "subject": {}}]},
        {"streams": [{"count": 0, "digest": "0" * 64, "subject": "https://x"}] * 2},
        {"records": ["0" * 64] * 2}, {"blobs": ["0" * 64] * 2},
        {"records": "0" * 64}, {"streams": [[]]}, {"streams": 5}, {"blobs": {"0" * 64: 1}},
    ],
    ids=repr,
)  # fmt: skip
def test_9_a_basis_of_no_known_form_is_refused_before_anything_rests_on_it(world, broken):
    """The signed record is its issuer's, so what it writes into the basis is as foreign as any other bytes."""
    forge = Forge.of(world.stage)
    command = command_json(JudgeResult(result=world.result.id, requirement=world.requirement.id, now=NOW))
    basis = forge.basis(now=NOW, records=(world.result, world.requirement), streams=world.streams) | broken
    verdict = forge.state(world.verdict.statement, world.stage.assessor, command=command, basis=basis)
    assert fails_at(world.check(forge.parts(verdict, world.policy), forge.whole()), "basis")


# 10 replay


def test_10_a_verdict_that_the_command_does_not_give(world):
    for change in (
        {"verdict": "nonconforming"},
        {"value": "2.0351"},
        {"rule": "simple-acceptance/1"},
        {"acceptance_lower": "1.950"},
    ):
        forge = Forge.of(world.stage)
        verdict = world.judged(forge, **change)
        assert fails_at(world.check(forge.parts(verdict, world.policy), forge.whole()), "replay")


def test_10_another_command_in_the_place_of_the_one_that_was_decided(world):
    forge = Forge.of(world.stage)
    command = command_json(Withdraw(record=world.result.id, reason="x", now=NOW))
    basis = forge.basis(now=NOW, records=(world.result, world.requirement), streams=world.streams)
    verdict = forge.state(world.verdict.statement, world.stage.assessor, command=command, basis=basis)
    assert fails_at(world.check(forge.parts(verdict, world.policy)), "replay")


@pytest.mark.parametrize(
    "command",
    [
        {"name": "conformity.judge-result/1"},
        {"arguments": {}, "name": "conformity.judge-result/1"},
        {"arguments": [], "name": "conformity.judge-result/1"},
        {"arguments": {}, "name": 5},
        {"arguments": {}, "name": "conformity.judge-result/1", "remark": "x"},
        {},
    ],
    ids=repr,
)
def test_10_a_command_that_is_none(world, command):
    forge = Forge.of(world.stage)
    basis = forge.basis(now=NOW, records=(world.result, world.requirement), streams=world.streams)
    verdict = forge.state(world.verdict.statement, world.stage.assessor, command=command, basis=basis)
    assert fails_at(world.check(forge.parts(verdict, world.policy)), "replay")


def test_10_a_command_of_another_instant_than_the_record(world):
    forge = Forge.of(world.stage)
    command = command_json(JudgeResult(result=world.result.id, requirement=world.requirement.id, now="2026-11-20T09:00:00Z"))
    basis = forge.basis(now=NOW, records=(world.result, world.requirement), streams=world.streams)
    verdict = forge.state(world.verdict.statement, world.stage.assessor, command=command, basis=basis)
    assert fails_at(world.check(forge.parts(verdict, world.policy)), "replay")


def test_10_a_command_that_nobody_knows_is_not_checked_and_never_good(world):
    forge = Forge.of(world.stage)
    verdict = world.judged(forge, name="conformity.judge-result/999")
    report = world.check(forge.parts(verdict, world.policy), forge.whole())
    assert failing_step(report) in (None, "complete")
    assert (report.proved, report.replayed) == (PASSED, "not checked")


def test_10_without_a_replay_nothing_is_called_replayed(world):
    report = verify_dossier(world.data, policy=world.policy, log=world.stage.whole())
    assert outcome(report) == (PASSED, "not checked", PASSED)


def test_10_a_decision_that_read_less_than_its_command_reads(world):
    for records, streams in (((world.result,), None), (None, world.streams[:-1]), (None, [])):
        forge = Forge.of(world.stage)
        verdict = world.judged(forge, records=records, streams=streams)
        assert fails_at(world.check(forge.parts(verdict, world.policy)), "replay")


def test_10_a_decision_that_names_more_than_its_command_reads(world):
    """Else a withdrawal that was not looked at could be named as read, and so be known to the decision."""
    forge = Forge.of(world.stage)
    verdict = world.judged(forge, records=(world.result, world.requirement, world.stage.genesis))
    assert fails_at(world.check(forge.parts(verdict, world.policy), forge.whole()), "replay")
    forge = Forge.of(world.stage)
    verdict = world.judged(forge, streams=sorted([*world.streams, "https://nobody.example"]))
    assert fails_at(world.check(forge.parts(verdict, world.policy), forge.whole()), "replay")


def test_10_a_party_without_the_role(world):
    forge = Forge.of(world.stage)
    lab = world.stage.laboratory
    command = command_json(JudgeResult(result=world.result.id, requirement=world.requirement.id, now=NOW))
    streams = [
        roles_subject(lab.party) if subject == roles_subject(world.stage.assessor.party) else subject for subject in world.streams
    ]
    basis = forge.basis(now=NOW, records=(world.result, world.requirement), streams=streams)
    verdict = forge.state(world.verdict.statement, lab, command=command, basis=basis)
    assert fails_at(world.check(forge.parts(verdict, world.policy)), "replay")


def test_10_a_verdict_that_was_only_stated_rests_on_nothing(world):
    forge = Forge.of(world.stage)
    verdict = forge.state(world.verdict.statement, world.stage.assessor)
    report = world.check(forge.parts(verdict, world.policy), forge.whole())
    assert fails_at(report, "replay")
    assert "decided" in report.first_failure.detail


# 11 complete


def withdrawal_of(world: World, forge: Forge) -> Record:
    """The laboratory's withdrawal of its result, as honest as can be."""
    command = command_json(Withdraw(record=world.result.id, reason="x", now=NOW))
    basis = forge.basis(now=NOW, records=(world.result,), streams=[ITEM])
    said = statement(Withdrawn(record=world.result.id, streams=world.result.streams, reason="x"))
    return forge.state(said, world.stage.laboratory, command=command, basis=basis)


def test_11_something_later_in_a_stream_that_was_read(world):
    forge = Forge.of(world.stage)
    withdrawal = withdrawal_of(world, forge)
    assert fails_at(world.check(world.data, forge.whole()), "complete")
    assert fails_at(world.check(forge.parts(world.verdict, world.policy)), "complete")
    assert withdrawal.id in world.check(world.data, forge.whole()).first_failure.detail


def test_11_a_decision_that_looked_away(world):
    """It knew a log with the withdrawal in it, and read the stream only as far as it liked."""
    forge = Forge.of(world.stage)
    size = len(forge.records)
    withdrawal_of(world, forge)
    half = forge.basis(now=NOW, known_at=size, streams=world.streams)["streams"]
    command = command_json(JudgeResult(result=world.result.id, requirement=world.requirement.id, now=NOW))
    basis = forge.basis(now=NOW, records=(world.result, world.requirement)) | {"streams": half}
    verdict = forge.state(world.verdict.statement, world.stage.assessor, command=command, basis=basis)
    assert fails_at(world.check(forge.parts(verdict, world.policy), forge.whole()), "replay")
    without = forge.parts(verdict, world.policy, without=forge.records[size : size + 1])
    assert outcome(world.check(without)) == (PASSED, PASSED, "not checked")
    assert fails_at(world.check(without, forge.whole()), "complete")


def test_11_a_decision_that_looked_away_and_names_the_withdrawal_as_read(world):
    forge = Forge.of(world.stage)
    size = len(forge.records)
    withdrawal = withdrawal_of(world, forge)
    half = forge.basis(now=NOW, known_at=size, streams=world.streams)["streams"]
    command = command_json(JudgeResult(result=world.result.id, requirement=world.requirement.id, now=NOW))
    basis = forge.basis(now=NOW, records=(world.result, world.requirement, withdrawal)) | {"streams": half}
    verdict = forge.state(world.verdict.statement, world.stage.assessor, command=command, basis=basis)
    report = world.check(forge.parts(verdict, world.policy), forge.whole())
    assert (report.replayed, report.complete) == ("failed", "not checked")
    kit_alone = verify_dossier(forge.parts(verdict, world.policy).encode(), policy=world.policy, log=forge.whole())
    assert kit_alone.complete == "failed"


def test_11_a_withdrawal_between_the_look_and_the_append(world):
    """An honest store would have called it a conflict."""
    forge = Forge.of(world.stage)
    size = len(forge.records)
    withdrawal = withdrawal_of(world, forge)
    verdict = world.judged(forge, known_at=size)
    assert fails_at(world.check(forge.parts(verdict, world.policy)), "complete")
    hiding = forge.parts(verdict, world.policy, without=[withdrawal])
    assert outcome(world.check(hiding)) == (PASSED, PASSED, "not checked")
    assert fails_at(world.check(hiding, forge.whole()), "complete")


def test_11_a_withdrawal_dressed_as_the_decisions_own_outcome(world):
    forge = Forge.of(world.stage)
    said = statement(Withdrawn(record=world.result.id, streams=world.result.streams, reason="x"))
    dressed = forge.state(
        said, world.stage.laboratory, now=world.verdict.valid_from, command=world.verdict.command, basis=world.verdict.basis
    )
    assert fails_at(world.check(world.data, forge.whole()), "complete")
    report = world.check(forge.parts(world.verdict, world.policy), forge.whole())
    assert report.complete != PASSED
    assert dressed.id in report.first_failure.detail


def test_11_withholding_something_else_does_not_soften_the_comparison_with_the_whole_log(world):
    """With one sealed entry enclosed and withheld, what the dossier itself shows is no longer whole; an opened log still is."""
    stage = Stage()
    sealed = stage.result(visible_to=(), item="https://maker.example/cell/elsewhere")
    result, requirement = stage.result(), stage.requirement()
    forge = Forge.of(stage)
    streams = stage.verdict(result, requirement).basis["streams"]
    lying = [read | {"digest": "ab" * 32} if read["subject"] == ITEM else read for read in streams]
    command = command_json(JudgeResult(result=result.id, requirement=requirement.id, now=NOW))
    basis = forge.basis(now=NOW, records=(result, requirement)) | {"streams": lying}
    said = statement(
        ResultJudged(item=ITEM, result=result.id, requirement=requirement.id, rule="r", verdict="conforming", value="1", unit="A.h")
    )
    verdict = forge.state(said, stage.assessor, command=command, basis=basis)
    data = forge.parts(verdict, stage.policy, withheld=[sealed]).encode()
    assert PASSED not in outcome(verified(data, policy=stage.policy))[1:]
    report = verified(data, policy=stage.policy, log=forge.whole({sealed.id: sealed}))
    assert report.complete == "failed"


def test_11_a_whole_log_that_is_none(world):
    """One cut short, one with an entry changed, one of another log, one that forks, one without a believed checkpoint."""
    forge = Forge.of(world.stage)
    whole, more = forge.whole(), Forge.of(world.stage)
    more.state(changed(RESULT, item="https://maker.example/cell/9"), world.stage.laboratory)
    fork = Forge.of(world.stage)
    fork.records[5] = more.records[-1]
    other = Forge.of(Stage("other.example/1", first_key=90))
    logs = {
        "cut": replace(whole, entries=list(whole.entries)[:-1]),
        "long": replace(whole, entries=[*whole.entries, whole.entries[0]]),
        "changed": replace(whole, entries=[*list(whole.entries)[:-1], b"sealed\n" + b"0" * 64 + b"\n"]),
        "empty": replace(whole, entries=[]),
        "fork": fork.whole(),
        "unsigned": replace(whole, checkpoint=signed(parse_note(whole.checkpoint), key_of(99), "x").encode()),
        "other": other.whole(),
        "garbage": replace(whole, checkpoint=b"\xff"),
    }
    for name, log in logs.items():
        report = world.check(world.data, log)
        if name != "unsigned":
            assert fails_at(report, "complete"), name
        assert report.complete == ("failed" if name != "unsigned" else PASSED)


def test_11_an_unbelieved_checkpoint_of_the_whole_log(world):
    forge = Forge.of(world.stage)
    forge.log_key = key_of(99)
    assert fails_at(world.check(world.data, forge.whole()), "complete")


def test_11_an_entry_of_the_whole_log_that_is_no_record(world):
    forge = Forge.of(world.stage)
    good = forge.whole()
    entries = [*good.entries, b"garbage"]
    root = root_of(leaf_hash(entry) for entry in entries)
    note = signed(Checkpoint(origin=forge.origin, size=len(entries), root=root).note(), forge.log_key, forge.origin)
    assert fails_at(world.check(world.data, WholeLog(checkpoint=note.encode(), entries=entries, opened={})), "complete")


def test_a_replay_that_fails_in_its_own_way_is_not_hidden(world):
    def broken(record: Record, view: Any) -> tuple[Any, ...]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        verify_dossier(world.data, policy=world.policy, replay=broken)

    def unknown(record: Record, view: Any) -> tuple[Any, ...]:
        if view is None:
            return (record.statement,)
        raise NotFoundError("never heard of it")

    assert verify_dossier(world.data, policy=world.policy, replay=unknown).replayed == "not checked"


def test_extra_records_in_a_dossier_prove_what_they_are_and_change_nothing(world):
    forge = Forge.of(world.stage)
    assert outcome(world.check(forge.parts(world.verdict, world.policy), forge.whole())) == (PASSED, PASSED, PASSED)
    stranger = Enclosed(id="ab" * 32, record=None, origin=forge.origin, index=3, path=forge.enclosed(forge.records[3]).path)
    parts = replace(world.parts, entries=(*world.parts.entries, stranger))
    assert fails_at(world.check(parts), "inclusion")


def test_a_second_signature_that_does_not_hold_fails_at_the_signatures(world):
    forge = Forge.of(world.stage)
    signature = base64url(world.stage.reviewer.key.sign(b"something else"))
    forge.state(
        Countersigned(record=world.verdict.id, key=stated(world.stage.reviewer.key), signature=signature), world.stage.reviewer
    )
    assert fails_at(world.check(forge.parts(world.verdict, world.policy)), "signature")


def test_what_is_known_of_a_body_is_not_what_evidence_asks(world):
    """Verification of the log does not depend on the kinds that this version knows."""
    forge = Forge.of(world.stage)
    said = replace(statement(RESULT), kind="future.thing-happened/7", body={"a": 1})
    record = forge.state(said, world.stage.laboratory)
    report = world.check(forge.parts(record, world.policy), forge.whole())
    assert (report.proved, report.complete) == (PASSED, PASSED)


def test_the_same_parties_in_two_logs_do_not_lend_each_other_their_pasts():
    one, two = Stage(), Stage("log.example/2")
    result = one.result()
    forge = Forge.of(two)
    copied = forge.add(result)  # the operator of the second log copies it as its own entry
    report = verified(forge.parts(copied, two.policy).encode(), policy=two.policy)
    assert report.proved == PASSED  # the same key and party there: it did sign this, and this log does hold it
    verdict = one.verdict(result, one.requirement())
    forge.add(verdict)
    report = verified(forge.parts(verdict, two.policy).encode(), policy=two.policy)
    assert failing_step(report) == "basis"
