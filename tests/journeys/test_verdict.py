"""Stories of one verdict: reported, judged, packed, verified, withdrawn, countersigned, kept private."""

import pytest

from openqi.app.dossiers import dossier, verified, whole_log
from openqi.app.ledger import Signer
from openqi.evidence.dossiers.dossier import parse_dossier
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.policy import parse_policy
from openqi.kernel.errors import RefusedError
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.governance import Delegated, RoleEnded
from stage import ITEM, Stage, changed, failing_step, key_of, outcome, party, stated

PASSED = "passed"


def test_a_result_is_reported_judged_packed_and_verified():
    stage = Stage()
    verdict = stage.judged()
    assert verdict.body["verdict"] == "conforming"
    assert (verdict.body["value"], verdict.body["acceptanceLower"], verdict.body["unit"]) == ("2.0350", "1.9580", "A.h")
    report = stage.verified(stage.dossier(verdict))
    assert outcome(report) == (PASSED, PASSED, PASSED)
    assert [step.number for step in report.steps] == [*range(1, 12)]
    assert report.target == verdict.id
    assert outcome(verified(stage.dossier(verdict), policy=stage.policy)) == (PASSED, PASSED, "not checked")


def test_a_result_within_the_limit_but_inside_the_guard_band_does_not_conform():
    stage = Stage()
    requirement = stage.requirement()
    for value, verdict in (("1957.9", "nonconforming"), ("1958.0", "conforming"), ("1958.1", "conforming")):
        result = stage.result(value=value, item=f"{ITEM}/{value}")
        assert stage.verdict(result, requirement).body["verdict"] == verdict


def test_after_a_withdrawal_the_old_dossier_still_proves_and_replays_and_is_no_longer_complete():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    verdict = stage.verdict(result, requirement)
    old = stage.dossier(verdict)
    (withdrawal,) = stage.ledger.perform(Withdraw(record=result.id, reason="wrong instrument"), stage.laboratory)

    hidden = verified(old, policy=stage.policy)
    assert outcome(hidden) == (PASSED, PASSED, "not checked")

    against_the_log = stage.verified(old)
    assert outcome(against_the_log) == (PASSED, PASSED, "failed")
    assert withdrawal.id in against_the_log.first_failure.detail

    new = verified(stage.dossier(verdict), policy=stage.policy)
    assert outcome(new) == (PASSED, PASSED, "failed")

    with pytest.raises(RefusedError, match="basis-stands"):
        stage.verdict(result, requirement)
    with pytest.raises(RefusedError, match="withdrawn-once"):
        stage.ledger.perform(Withdraw(record=result.id, reason="again"), stage.laboratory)


def test_a_withdrawn_requirement_and_a_withdrawn_verdict_show_as_well():
    for what in ("requirement", "verdict"):
        stage = Stage()
        result, requirement = stage.result(), stage.requirement()
        verdict = stage.verdict(result, requirement)
        old = stage.dossier(verdict)
        target, signer = (requirement, stage.standards_body) if what == "requirement" else (verdict, stage.assessor)
        stage.ledger.perform(Withdraw(record=target.id, reason="mistake"), signer)
        assert outcome(stage.verified(old)) == (PASSED, PASSED, "failed")


def test_a_withdrawal_of_what_was_only_stated_shows_too():
    """Nothing was read for a statement, so no stream that was read could tell."""
    stage = Stage()
    result = stage.result()
    old = stage.dossier(result)
    assert stage.verified(old).complete == PASSED
    (withdrawal,) = stage.ledger.perform(Withdraw(record=result.id, reason="wrong"), stage.laboratory)
    report = stage.verified(old)
    assert outcome(report) == (PASSED, "not checked", "failed")
    assert withdrawal.id in report.first_failure.detail


def test_only_the_issuer_withdraws():
    stage = Stage()
    result = stage.result()
    with pytest.raises(RefusedError, match="issuer-withdraws"):
        stage.ledger.perform(Withdraw(record=result.id, reason="x"), stage.operator)


def test_a_verdict_decided_twice_is_complete_only_for_the_one_that_knew_of_the_other():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    first = stage.verdict(result, requirement)
    second = stage.verdict(result, requirement, signer=stage.reviewer)
    assert stage.verified(stage.dossier(first)).complete == "failed"
    assert outcome(stage.verified(stage.dossier(second))) == (PASSED, PASSED, PASSED)


@pytest.mark.parametrize("visible_to", [(), ("https://assessor.example",)], ids=["private", "parties"])
def test_what_rests_on_a_sealed_record_shows_it_as_withheld_or_opened(visible_to):
    stage = Stage()
    result = stage.result(visible_to=visible_to)
    verdict = stage.verdict(result, stage.requirement())
    closed = stage.dossier(verdict)
    assert b"cell/7" in verdict.jws or ITEM in verdict.streams
    assert result.jws not in closed
    assert ITEM.encode() not in stage.store.read("checkpoint")

    report = stage.verified(closed)
    assert outcome(report) == ("withheld", "withheld", "not checked")
    assert failing_step(report) is None
    assert [entry.id for entry in parse_dossier(closed).entries if entry.record is None] == [result.id]

    opened = stage.dossier(verdict, shown=lambda record: True)
    assert outcome(verified(opened, policy=stage.policy)) == (PASSED, PASSED, "not checked")
    assert outcome(stage.verified(opened)) == (PASSED, PASSED, "not checked")
    assert outcome(verified(opened, policy=stage.policy, log=stage.whole(result))) == (PASSED, PASSED, PASSED)


def test_a_sealed_entry_tells_nothing_and_the_log_is_whole():
    stage = Stage()
    result = stage.result(visible_to=())
    stage.store.publish()
    files = b"".join(stage.store.read(path) for path in ("checkpoint", f"tile/entries/000.p/{stage.store.size()}"))
    assert result.id.encode() in files
    assert result.jws not in files
    report = fsck(stage.store.read, policy=parse_policy(stage.policy))
    assert (report.findings, report.sealed) == ((), 1)
    report = fsck(stage.store.read, policy=parse_policy(stage.policy), opened={result.id: result})
    assert (report.findings, report.sealed) == ((), 0)


def test_a_later_sealed_entry_keeps_complete_open_until_it_is_opened():
    stage = Stage()
    verdict = stage.judged()
    data = stage.dossier(verdict)
    elsewhere = stage.result(visible_to=(), item="https://maker.example/cell/8")
    assert stage.verified(data).complete == "not checked"
    assert verified(data, policy=stage.policy, log=stage.whole(elsewhere)).complete == PASSED
    on_the_item = stage.result(visible_to=())
    assert stage.verified(data).complete == "not checked"
    assert verified(data, policy=stage.policy, log=stage.whole(elsewhere)).complete == "not checked"
    told = verified(data, policy=stage.policy, log=stage.whole(elsewhere, on_the_item))
    assert told.complete == "failed"
    assert on_the_item.id in told.first_failure.detail


def test_a_sealed_verdict_is_proved_without_its_text():
    stage = Stage()
    verdict = stage.verdict(stage.result(), stage.requirement(), visible_to=())
    assert verdict.command is not None
    assert verdict.statement.salt == verdict.command["arguments"]["salt"]
    shut = stage.verified(stage.dossier(verdict))
    assert shut.proved == "withheld"
    assert (shut.replayed, shut.complete) != (PASSED, PASSED)
    opened = stage.dossier(verdict, shown=lambda record: True)
    assert outcome(verified(opened, policy=stage.policy, log=stage.whole(verdict))) == (PASSED, PASSED, PASSED)


@pytest.mark.parametrize("algorithm", ["Ed25519", "SM2-SM3"])
def test_a_second_appraiser_countersigns_and_the_verdict_stays_complete(algorithm):
    if algorithm == "SM2-SM3":
        pytest.importorskip("tongsuopy")
    stage = Stage()
    verdict = stage.judged()
    before = stage.dossier(verdict)
    second = key_of(60, algorithm)
    stage.ledger.grant_key(stage.reviewer.party, stated(second), stage.operator)
    record = stage.ledger.countersign(verdict.id, stage.reviewer, second)
    data = stage.dossier(verdict)
    assert record.id in {entry.id for entry in parse_dossier(data).entries}
    assert outcome(stage.verified(data)) == (PASSED, PASSED, PASSED)
    assert outcome(stage.verified(before)) == (PASSED, PASSED, PASSED)


def test_a_second_signature_with_a_key_of_another_or_over_another_record_is_never_packed_as_good():
    stage = Stage()
    verdict = stage.judged()
    with pytest.raises(RefusedError):
        stage.ledger.countersign(verdict.id, stage.reviewer, stage.laboratory.key)
    with pytest.raises(RefusedError):
        stage.ledger.countersign(verdict.id, stage.reviewer, key_of(61))
    assert outcome(stage.verified(stage.dossier(verdict))) == (PASSED, PASSED, PASSED)


def test_a_role_that_was_lent_counts_between_its_dates_and_no_longer_than_the_lender_holds_it():
    stage = Stage()
    deputy = party("deputy", 40)
    stage.welcome(deputy)
    result, requirement = stage.result(), stage.requirement()

    def judged() -> str:
        try:
            return stage.verdict(result, requirement, signer=deputy).body["verdict"]
        except RefusedError as error:
            return error.rule

    assert judged() == "role-held"
    lent = Delegated(
        party=stage.assessor.party, to=deputy.party, role="conformity-assessment-body",
        valid_from="2026-11-21T00:00:00Z", valid_until="2026-11-23T00:00:00Z",
    )  # fmt: skip
    stage.ledger.state(lent, stage.assessor)
    assert judged() == "role-held"
    stage.clock.wait(days=1)
    assert judged() == "conforming"
    stage.clock.wait(days=2)
    assert judged() == "role-held"
    stage.ledger.state(changed(lent, valid_until="2027-01-01T00:00:00Z"), stage.assessor)
    assert judged() == "conforming"
    ended = RoleEnded(party=stage.assessor.party, role=lent.role, ended_at="2026-11-24T00:00:00Z", reason="closed")
    stage.ledger.state(ended, stage.operator)
    stage.clock.wait(days=2)
    assert judged() == "role-held"


def test_what_is_lent_is_not_lent_on_and_a_withdrawn_loan_ends():
    stage = Stage()
    deputy, third = party("deputy", 40), party("third", 41)
    stage.welcome(deputy)
    stage.welcome(third)
    span = {"role": "conformity-assessment-body", "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-01-01T00:00:00Z"}
    loan = stage.ledger.state(Delegated(party=stage.assessor.party, to=deputy.party, **span), stage.assessor)
    with pytest.raises(RefusedError, match="role-held"):
        stage.ledger.state(Delegated(party=deputy.party, to=third.party, **span), deputy)
    with pytest.raises(RefusedError, match="own-role"):
        stage.ledger.state(Delegated(party=stage.assessor.party, to=third.party, **span), deputy)
    result, requirement = stage.result(), stage.requirement()
    data = stage.dossier(stage.verdict(result, requirement, signer=deputy))
    assert outcome(stage.verified(data)) == (PASSED, PASSED, PASSED)
    stage.ledger.perform(Withdraw(record=loan.id, reason="fell out"), stage.assessor)
    with pytest.raises(RefusedError, match="role-held"):
        stage.verdict(result, requirement, signer=deputy)
    assert outcome(stage.verified(data)) == (PASSED, PASSED, "failed")


def test_a_verdict_from_before_a_role_ended_stays_good_and_one_after_it_is_refused():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    data = stage.dossier(stage.verdict(result, requirement))
    role = "conformity-assessment-body"
    stage.ledger.state(
        RoleEnded(party=stage.assessor.party, role=role, ended_at="2026-11-20T08:00:00Z", reason="x"), stage.operator
    )
    with pytest.raises(RefusedError, match="role-held"):
        stage.verdict(result, requirement)
    assert outcome(stage.verified(data)) == (PASSED, PASSED, "failed")


def test_a_role_that_ended_after_a_verdict_and_was_not_known_to_it_makes_it_incomplete_and_nothing_else():
    stage = Stage()
    verdict = stage.judged()
    other = Signer(party=stage.reviewer.party, key=stage.reviewer.key)
    ended = RoleEnded(party=other.party, role="conformity-assessment-body", ended_at="2026-11-20T08:00:00Z", reason="x")
    stage.ledger.state(ended, stage.operator)
    assert stage.verified(stage.dossier(verdict)).complete == PASSED


def test_a_dossier_does_not_change_when_it_is_made_again():
    stage = Stage()
    verdict = stage.judged()
    assert stage.dossier(verdict) == dossier(stage.store, verdict.id, policy=stage.policy)


def test_a_dossier_is_made_of_the_log_as_it_was_published():
    stage = Stage()
    verdict = stage.judged()
    log = stage.whole()
    stage.result(item="https://maker.example/cell/9")
    data = stage.dossier(verdict)
    report = verified(data, policy=stage.policy, log=log)
    assert report.complete == "not checked"  # an older copy of the log does not reach the dossier's checkpoint
    assert verified(data, policy=stage.policy, log=whole_log(stage.store.read)).complete == PASSED


def test_commands_name_what_they_decide_on_by_hash():
    stage = Stage()
    verdict = stage.judged()
    assert verdict.command is not None
    assert verdict.command["name"] == JudgeResult.NAME
    assert verdict.command["arguments"]["now"] == verdict.valid_from
