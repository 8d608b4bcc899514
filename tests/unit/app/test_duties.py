"""Separation of duties: a rule that the log states binds who states and who decides, replays, and leaves old decisions alone."""

import pytest

from openqi.app.checking import Checker
from openqi.evidence.view import parse_basis
from openqi.kernel.errors import ConflictError, RefusedError
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.records import Names
from openqi.records.duties import SeparationEnded, SeparationPublished, duties_subject
from openqi.records.standards import RequirementPublished
from stage import Stage, key_of, outcome, party, stated

REPORTED, JUDGE = "conformity.result-reported/1", "conformity.judge-result/1"
RULE = "https://operator.example/rule/tester-does-not-judge"
SUBJECT = duties_subject("log.example/1", JUDGE)


def separation(**changes):
    told = {
        "origin": "log.example/1", "rule": RULE, "name": Names(zh="检判分离", en="Who tests does not judge"), "did": (REPORTED,),
        "does": (JUDGE,), "level": "party", "reason": Names(en="impartiality"), "source": Names(en="ISO/IEC 17020, 4.1"),
        "valid_from": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return SeparationPublished(**told | changes)


@pytest.fixture
def stage():
    """The laboratory may judge too, so that only a separation of duties keeps it from judging itself."""
    made = Stage()
    made.grant(made.laboratory, "conformity-assessment-body")
    return made


def second_hand(stage):
    """Another person of the laboratory, with a key of their own."""
    hand = party("laboratory", 40)
    stage.ledger.grant_key(hand.party, stated(hand.key), stage.operator)
    return hand


def test_without_a_rule_a_basis_is_what_it_always_was(stage):
    verdict = stage.verdict(stage.result(), stage.requirement(), signer=stage.laboratory)
    assert "duties" not in str(verdict.basis)
    stage.ledger.state(separation(), stage.operator)
    assert outcome(stage.verified(stage.dossier(verdict))) == ("passed", "passed", "passed")
    assert Checker(store=stage.store).check(stage.store.logged(verdict.id)) == ("replayed", "")


def test_who_reported_a_result_does_not_judge_it_and_somebody_else_does(stage):
    stage.ledger.state(separation(), stage.operator)
    result, requirement = stage.result(), stage.requirement()
    with pytest.raises(RefusedError, match="Who tests does not judge") as refused:
        stage.verdict(result, requirement, signer=stage.laboratory)
    assert refused.value.rule == "duties-separated"
    verdict = stage.verdict(result, requirement)
    assert SUBJECT in {read.subject for read in parse_basis(verdict.basis).streams}
    assert outcome(stage.verified(stage.dossier(verdict))) == ("passed", "passed", "passed")
    assert Checker(store=stage.store).check(stage.store.logged(verdict.id)) == ("replayed", "")


def test_what_was_done_on_the_subject_counts_also_where_the_command_does_not_name_it(stage):
    stage.ledger.state(separation(), stage.operator)
    stage.result(value="2040.0")
    elsewhere = stage.result(signer=stage.operator) if stage.grant(stage.operator, "testing-laboratory") else None
    with pytest.raises(RefusedError, match="duties-separated"):
        stage.verdict(elsewhere, stage.requirement(), signer=stage.laboratory)


def test_what_was_done_on_another_subject_keeps_nobody_from_anything(stage):
    stage.ledger.state(separation(), stage.operator)
    stage.result(item="https://maker.example/cell/8")
    stage.grant(stage.operator, "testing-laboratory")
    assert stage.verdict(stage.result(signer=stage.operator), stage.requirement(), signer=stage.laboratory)


def test_withdrawing_what_one_did_does_not_undo_that_one_did_it(stage):
    from openqi.pillars.governance.workflow import Withdraw

    stage.ledger.state(separation(), stage.operator)
    stage.ledger.perform(Withdraw(record=stage.result().id, reason="wrong range"), stage.laboratory)
    stage.grant(stage.operator, "testing-laboratory")
    with pytest.raises(RefusedError, match="duties-separated"):
        stage.verdict(stage.result(signer=stage.operator), stage.requirement(), signer=stage.laboratory)


def test_between_hands_two_persons_of_one_party_do_it(stage):
    stage.ledger.state(separation(level="key"), stage.operator)
    result, requirement = stage.result(), stage.requirement()
    with pytest.raises(RefusedError, match="the same hand"):
        stage.verdict(result, requirement, signer=stage.laboratory)
    verdict = stage.verdict(result, requirement, signer=second_hand(stage))
    assert outcome(stage.verified(stage.dossier(verdict))) == ("passed", "passed", "passed")


def test_a_hand_stays_the_same_hand_when_its_key_is_rotated(stage):
    stage.ledger.state(separation(level="key"), stage.operator)
    result, requirement = stage.result(), stage.requirement()
    for number, old in ((41, stage.laboratory), (42, party("laboratory", 41))):
        new = party("laboratory", number)
        stage.ledger.grant_key(new.party, stated(key_of(number)), old, replaces=old.key.public_key.kid)
    with pytest.raises(RefusedError, match="the same hand"):
        stage.verdict(result, requirement, signer=party("laboratory", 42))


def test_a_rule_holds_from_its_beginning_to_its_end(stage):
    stage.ledger.state(separation(valid_from="2026-12-01T00:00:00Z"), stage.operator)
    assert stage.verdict(stage.result(), stage.requirement(), signer=stage.laboratory), "it does not hold yet"
    stage.clock.wait(days=30)
    with pytest.raises(RefusedError, match="duties-separated"):
        stage.verdict(stage.result(), stage.requirement(), signer=stage.laboratory)


@pytest.mark.parametrize("how", ["ended", "withdrawn", "replaced"])
def test_a_rule_that_was_ended_withdrawn_or_replaced_binds_nobody(stage, how):
    from openqi.pillars.governance.workflow import Withdraw

    published = stage.ledger.state(separation(), stage.operator)
    if how == "ended":
        end = SeparationEnded(
            origin="log.example/1", rule=RULE, separation=published.id, does=(JUDGE,), ended_at="2026-11-20T00:00:00Z",
            reason=Names(en="no longer needed"),
        )  # fmt: skip
        stage.ledger.state(end, stage.operator)
    elif how == "withdrawn":
        stage.ledger.perform(Withdraw(record=published.id, reason="published by mistake"), stage.operator)
    else:
        stage.ledger.state(separation(did=("conformity.results-reported/1",)), stage.operator)
    assert stage.verdict(stage.result(), stage.requirement(), signer=stage.laboratory)


def test_who_decided_does_not_state_either(stage):
    rule = separation(did=("conformity.judge-result/1",), does=(REPORTED,))
    stage.ledger.state(rule, stage.operator)
    stage.verdict(stage.result(), stage.requirement())
    stage.grant(stage.assessor, "testing-laboratory")
    with pytest.raises(RefusedError, match="duties-separated"):
        stage.result(signer=stage.assessor)
    assert stage.result(signer=stage.assessor, item="https://maker.example/cell/9")


def test_only_the_operator_itself_says_which_duties_are_apart_and_only_for_its_own_log(stage):
    with pytest.raises(RefusedError, match="role-held"):
        stage.ledger.state(separation(), stage.laboratory)
    stage.grant(stage.laboratory, "operator")
    with pytest.raises(RefusedError, match="operator-grants"):
        stage.ledger.state(separation(), stage.laboratory)
    with pytest.raises(RefusedError, match="own-log"):
        stage.ledger.state(separation(origin="other.example/1"), stage.operator)


def test_nobody_slips_other_records_into_the_stream_of_a_rule(stage):
    with pytest.raises(RefusedError, match="reserved-stream"):
        stage.ledger.state(
            RequirementPublished(
                requirement=SUBJECT, edition="1", quantity="capacity", unit="A.h", rule="simple-acceptance/1", clause="1",
                valid_from="2026-01-01T00:00:00Z", lower="1",
            ),
            stage.standards_body,
        )  # fmt: skip


def test_a_rule_that_comes_while_a_decision_is_made_is_a_conflict(stage):
    result, requirement = stage.result(), stage.requirement()
    command = JudgeResult(result=result.id, requirement=requirement.id)
    prepared = stage.ledger.prepared(command, party=stage.laboratory.party, hand=stage.laboratory.key.public_key.kid)
    stage.ledger.state(separation(), stage.operator)
    with pytest.raises(ConflictError):
        stage.ledger.append_prepared(prepared, prepared.sealed(stage.laboratory.key))


def test_what_the_same_party_does_on_the_subject_meanwhile_is_a_conflict(stage):
    stage.ledger.state(separation(did=("conformity.results-reported/1",)), stage.operator)
    command = JudgeResult(result=stage.result().id, requirement=stage.requirement().id)
    prepared = stage.ledger.prepared(command, party=stage.laboratory.party, hand=stage.laboratory.key.public_key.kid)
    stage.result(value="2041.0")
    with pytest.raises(ConflictError):
        stage.ledger.append_prepared(prepared, prepared.sealed(stage.laboratory.key))


def test_a_forged_decision_that_leaves_the_rule_out_of_its_basis_does_not_replay(stage):
    """Whoever brings in what they sealed themselves is found by whoever checks the whole ledger."""
    result, requirement = stage.result(), stage.requirement()
    command = JudgeResult(result=result.id, requirement=requirement.id)
    prepared = stage.ledger.prepared(command, party=stage.laboratory.party, hand=stage.laboratory.key.public_key.kid)
    stage.ledger.state(separation(), stage.operator)
    late = {**prepared.basis, "knownAt": stage.store.size()}
    from dataclasses import replace

    (forged,) = replace(prepared, basis=late).sealed(stage.laboratory.key)
    stage.ledger.append_signed([forged])
    state, why = Checker(store=stage.store).check(stage.store.logged(forged.id))
    assert state == "failed"
    assert "leaves out the separation of duties" in why


def test_a_rule_says_what_is_apart():
    with pytest.raises(ValueError, match="names what was done"):
        separation(did=())
    with pytest.raises(ValueError, match="ends after it begins"):
        separation(valid_until="2025-01-01T00:00:00Z")


def test_a_role_still_has_to_be_held(stage):
    stage.ledger.state(separation(), stage.operator)
    with pytest.raises(RefusedError, match="role-held"):
        stage.verdict(stage.result(), stage.requirement(), signer=stage.standards_body)


def test_a_dossier_alone_refuses_a_decision_that_breaks_a_rule_on_what_it_names(stage):
    """Whoever signs a decision that the rule forbids, with a basis that names the rule, is found without the log."""
    from dataclasses import replace

    from openqi.evidence.view import StreamRead, running_digest

    result, requirement = stage.result(), stage.requirement()
    command = JudgeResult(result=result.id, requirement=requirement.id)
    prepared = stage.ledger.prepared(command, party=stage.laboratory.party, hand=stage.laboratory.key.public_key.kid)
    rule = stage.ledger.state(separation(), stage.operator)
    basis = parse_basis(prepared.basis)
    read = StreamRead(subject=SUBJECT, count=1, digest=running_digest([rule.id]))
    streams = tuple(sorted((*basis.streams, read), key=lambda one: one.subject))
    known = replace(basis, streams=streams, known_at=stage.store.size())
    (forged,) = replace(prepared, basis=known.as_json()).sealed(stage.laboratory.key)
    stage.ledger.append_signed([forged])
    report = stage.verified(stage.dossier(forged), whole=False)
    assert outcome(report)[:2] == ("passed", "failed")
    assert "duties-separated" in report.first_failure.detail


def test_a_whole_ledger_finds_a_decision_by_whom_the_story_of_the_subject_forbids_it(stage, monkeypatch):
    """Somebody who decides without looking through the story: the dossier does not name it, who replays the ledger looks."""
    from openqi.app.prepared import Preparing

    stage.ledger.state(separation(), stage.operator)
    stage.grant(stage.operator, "testing-laboratory")
    stage.result(value="2040.0")
    other, requirement = stage.result(signer=stage.operator), stage.requirement()
    with monkeypatch.context() as patch:
        patch.setattr(Preparing, "_story", lambda preparing, subject: [])
        verdict = stage.verdict(other, requirement, signer=stage.laboratory)
    assert outcome(stage.verified(stage.dossier(verdict)))[1] == "passed"
    state, why = Checker(store=stage.store).check(stage.store.logged(verdict.id))
    assert state == "failed"
    assert "duties-separated" in why
