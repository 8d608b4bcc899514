"""Stories of people who work at the same time, of batches, and of evidence that travels from log to log."""

import json
from collections.abc import Callable

import pytest

from openqi.app.dossiers import admit, verified
from openqi.app.ledger import ATTEMPTS, Signer
from openqi.evidence.batching import batch_of
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.record import Record
from openqi.kernel.errors import ConflictError, DomainError, RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import Items, Rows
from openqi.records.conformity import ResultsReported
from openqi.records.governance import RoleGranted
from stage import ITEM, Stage, key_of, outcome, party, stated

PASSED = "passed"


class Race:
    """Something that happens between a decision and its append, the first `times` times."""

    def __init__(self, stage: Stage, event: Callable[[int], object], times: int = 1) -> None:
        self.attempts, self._busy = 0, False
        append = stage.store.append

        def racing(incoming, **more):
            if self._busy:
                return append(incoming, **more)
            self.attempts += 1
            if self.attempts <= times:
                self._busy = True
                event(self.attempts)
                self._busy = False
            return append(incoming, **more)

        stage.store.append = racing


def test_of_two_who_decide_on_one_stream_the_second_decides_again_and_knows_of_the_first():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    first: list[Record] = []
    race = Race(stage, lambda _: first.append(stage.verdict(result, requirement, signer=stage.reviewer)))
    second = stage.verdict(result, requirement)
    assert race.attempts == 2
    reads = {read["subject"]: read["count"] for read in second.basis["streams"]}
    assert reads[ITEM] == 2  # the result and the other verdict
    assert stage.store.logged(first[0].id).index < stage.store.logged(second.id).index
    assert outcome(stage.verified(stage.dossier(second))) == (PASSED, PASSED, PASSED)


def test_people_who_work_on_different_things_never_wait_for_each_other():
    stage = Stage()
    result, other, requirement = stage.result(), stage.result(item="https://maker.example/cell/8"), stage.requirement()
    race = Race(stage, lambda _: stage.verdict(other, requirement, signer=stage.reviewer), times=99)
    stage.verdict(result, requirement)
    assert race.attempts == 1


def test_a_withdrawal_that_comes_first_turns_the_decision():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    Race(stage, lambda _: stage.ledger.perform(Withdraw(record=result.id, reason="x"), stage.laboratory))
    with pytest.raises(RefusedError, match="basis-stands"):
        stage.verdict(result, requirement)


def test_who_is_never_first_is_told_so():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    race = Race(stage, lambda _: stage.result(), times=99)
    with pytest.raises(ConflictError):
        stage.verdict(result, requirement)
    assert race.attempts == ATTEMPTS


def lot_of(stage: Stage, count: int) -> tuple[Record, list[dict[str, str]]]:
    """A thousand results as one record."""
    rows = [{"item": f"{ITEM}/{number:04d}", "value": f"2.{number:04d}"} for number in range(count)]
    batch, content = batch_of(rows)
    stage.store.put_blob(content)
    kept = Items(
        count=batch.count, root=batch.root.hex(), rows=Rows(media_type="application/x-ndjson", sha256=batch.blob, size=batch.size)
    )
    body = ResultsReported(
        lot="https://maker.example/lot/1", quantity="capacity", unit="A.h", expanded_uncertainty="0.008", coverage_factor="2",
        method="m", measured_at="2026-11-01T00:00:00Z", items=kept,
    )  # fmt: skip
    return stage.ledger.state(body, stage.laboratory), rows


def test_a_thousand_results_are_one_record_and_each_item_has_its_own_dossier():
    stage = Stage()
    record, rows = lot_of(stage, 1000)
    for leaf in (0, 7, 511, 512, 999):
        data = stage.dossier(record, leaf=leaf)
        report = stage.verified(data)
        assert (report.proved, report.complete) == (PASSED, PASSED)
        item = parse_dossier(data).item
        assert (item.leaf, json.loads(item.row)) == (leaf, rows[leaf])
        assert len(data) < 20_000  # not the rows of the others
    for leaf in (-1, 1000):
        with pytest.raises(DomainError):
            stage.dossier(record, leaf=leaf)
    with pytest.raises(RefusedError, match="batch-record"):
        stage.dossier(stage.result(), leaf=0)


class Abroad:
    """Two logs with operators of their own, and a third; readers believe all of them."""

    def __init__(self) -> None:
        self.home = Stage()
        self.host = Stage("host.example/1", first_key=101, names="-b")
        self.third = Stage("third.example/1", first_key=131, names="-c")

    @property
    def policy(self) -> bytes:
        """Believes all three."""
        texts = [stage.policy.replace(b"quorum none\n", b"") for stage in (self.home, self.host, self.third)]
        return b"".join(texts) + b"quorum none\n"

    def take_in(self, data: bytes, into: Stage) -> tuple[Record, ...]:
        """Admit a dossier."""
        return admit(into.ledger, data, policy=self.policy, signer=into.operator)

    def clean(self, stage: Stage) -> bool:
        """Whether fsck finds nothing."""
        stage.store.publish()
        return fsck(stage.store.read, policy=parse_policy(self.policy)).findings == ()


def test_a_foreign_verdict_enters_unchanged_is_judged_at_home_and_proves_from_the_second_log():
    abroad = Abroad()
    verdict = abroad.home.judged()
    data = abroad.home.dossier(verdict)
    taken = abroad.take_in(data, abroad.host)
    assert {record.id for record in taken} == {entry.id for entry in parse_dossier(data).entries}
    there = abroad.host.store.logged(verdict.id)
    assert there.record.jws == verdict.jws
    assert (there.origin, there.origin_index) == (abroad.home.store.origin, abroad.home.store.logged(verdict.id).index)
    again = abroad.host.dossier(verdict, policy=abroad.policy)
    assert outcome(verified(again, policy=abroad.policy)) == (PASSED, PASSED, "not checked")
    assert parse_dossier(again).checkpoints.keys() >= {abroad.home.store.origin}
    # Against the log of its home it can be complete; the host's log does not answer for that.
    assert verified(again, policy=abroad.policy, log=abroad.home.whole()).complete == PASSED
    assert verified(again, policy=abroad.policy, log=abroad.host.whole()).complete == "not checked"
    assert abroad.clean(abroad.host)
    assert abroad.take_in(data, abroad.host) == ()  # again: nothing new but a newer proof
    assert abroad.clean(abroad.host)


def test_a_verdict_here_on_a_result_from_abroad_is_proved_by_both_logs_wherever_it_travels():
    abroad = Abroad()
    result = abroad.home.result()
    abroad.take_in(abroad.home.dossier(result), abroad.host)
    verdict = abroad.host.verdict(result, abroad.host.requirement())
    data = abroad.host.dossier(verdict, policy=abroad.policy)
    assert parse_dossier(data).checkpoints.keys() == {abroad.home.store.origin, abroad.host.store.origin}
    assert outcome(verified(data, policy=abroad.policy)) == (PASSED, PASSED, "not checked")
    assert (
        verified(data, policy=abroad.policy, log=abroad.host.whole()).complete == "not checked"
    )  # only the home of the result can tell

    abroad.take_in(data, abroad.third)
    onwards = abroad.third.dossier(verdict, policy=abroad.policy)
    report = verified(onwards, policy=abroad.policy)
    assert outcome(report) == (PASSED, PASSED, "not checked")
    assert (
        verified(onwards, policy=abroad.policy, log=abroad.host.whole()).complete == "not checked"
    )  # only the home of the result can tell
    assert abroad.clean(abroad.third)


def test_a_withdrawal_abroad_counts_here_once_it_is_taken_in():
    abroad = Abroad()
    result = abroad.home.result()
    abroad.take_in(abroad.home.dossier(result), abroad.host)
    requirement = abroad.host.requirement()
    verdict = abroad.host.verdict(result, requirement)
    (withdrawal,) = abroad.home.ledger.perform(Withdraw(record=result.id, reason="x"), abroad.home.laboratory)
    abroad.take_in(abroad.home.dossier(withdrawal), abroad.host)
    with pytest.raises(RefusedError, match="basis-stands"):
        abroad.host.verdict(result, requirement)
    assert abroad.clean(abroad.host)
    abroad.take_in(abroad.home.dossier(result), abroad.host)  # so that all of the home is proved under one checkpoint
    data = abroad.host.dossier(verdict, policy=abroad.policy)
    assert outcome(verified(data, policy=abroad.policy)) == (PASSED, PASSED, "failed")


def test_a_key_rotated_at_home_after_the_dossier_does_not_break_it_abroad():
    abroad = Abroad()
    result = abroad.home.result()
    data = abroad.home.dossier(result)
    laboratory = abroad.home.laboratory
    fresh = Signer(party=laboratory.party, key=key_of(55))
    abroad.home.ledger.grant_key(fresh.party, stated(fresh.key), laboratory, replaces=laboratory.key.public_key.kid)
    abroad.take_in(data, abroad.host)
    assert outcome(verified(abroad.host.dossier(result, policy=abroad.policy), policy=abroad.policy))[0] == PASSED
    later = abroad.home.result(signer=fresh, item="https://maker.example/cell/9")
    abroad.take_in(abroad.home.dossier(later), abroad.host)
    assert outcome(verified(abroad.host.dossier(later, policy=abroad.policy), policy=abroad.policy))[0] == PASSED
    assert abroad.clean(abroad.host)


def test_what_is_not_proved_under_the_operators_own_policy_does_not_come_in():
    abroad = Abroad()
    data = abroad.home.dossier(abroad.home.judged())
    with pytest.raises(RefusedError, match="proved-first"):
        admit(abroad.host.ledger, data, policy=abroad.host.policy, signer=abroad.host.operator)
    with pytest.raises(RefusedError, match="role-held"):
        admit(abroad.host.ledger, data, policy=abroad.policy, signer=abroad.host.laboratory)
    broken = data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]
    with pytest.raises(RefusedError, match="proved-first"):
        abroad.take_in(broken, abroad.host)


def test_an_older_dossier_that_comes_in_late_does_not_spoil_the_newer_proofs():
    abroad = Abroad()
    first = abroad.home.result()
    old = abroad.home.dossier(first)
    second = abroad.home.result(item="https://maker.example/cell/9")
    new = abroad.home.dossier(second)
    abroad.take_in(new, abroad.host)
    abroad.take_in(old, abroad.host)
    data = abroad.host.dossier(second, policy=abroad.policy)
    assert outcome(verified(data, policy=abroad.policy))[0] == PASSED


def test_a_batch_travels_with_its_items():
    abroad = Abroad()
    record, rows = lot_of(abroad.home, 20)
    data = abroad.home.dossier(record, leaf=3)
    abroad.take_in(data, abroad.host)
    assert outcome(verified(data, policy=abroad.policy))[0] == PASSED
    assert json.loads(parse_dossier(data).item.row) == rows[3]


def test_a_party_of_the_host_and_one_abroad_under_the_same_uri_are_two():
    """Each log knows its own parties: what somebody says abroad under our operator's name grants and withdraws nothing here."""
    abroad = Abroad()
    home, host = abroad.home, abroad.host
    own = host.result(signer=host.laboratory)
    requirement = host.requirement()

    twin = Signer(party=host.laboratory.party, key=key_of(90))
    home.welcome(twin, "testing-laboratory")
    theirs = home.result(signer=twin)
    (withdrawal,) = home.ledger.perform(Withdraw(record=theirs.id, reason="x"), twin)
    abroad.take_in(home.dossier(withdrawal), host)
    assert host.verdict(own, requirement).body["verdict"] == "conforming"
    with pytest.raises(RefusedError, match="home-withdraws"):
        host.ledger.perform(Withdraw(record=theirs.id, reason="not mine"), Signer(party=twin.party, key=host.laboratory.key))


def test_a_stranger_is_not_let_in_by_a_role_that_was_granted_abroad():
    host, stranger = Stage(), party("stranger", 91)
    host.welcome(stranger)
    rogue = Stage("rogue.example/1", first_key=161, operator=host.operator.party, empty=True)
    role = RoleGranted(party=stranger.party, role="conformity-assessment-body", valid_from="2026-01-01T00:00:00Z")
    grant = rogue.ledger.state(role, rogue.operator)
    policy = rogue.policy.replace(b"quorum none\n", b"") + host.policy
    admit(host.ledger, rogue.dossier(grant), policy=policy, signer=host.operator)
    assert grant.issuer == host.operator.party
    with pytest.raises(RefusedError, match="role-held"):
        host.verdict(host.result(), host.requirement(), signer=stranger)
