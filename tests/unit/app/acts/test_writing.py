"""Writing: preview and seal, once however often it is sent, told who was first, refused with the draft kept."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from acts_stage import ActsStage, desk_at
from openqi.app.acts.acts import act_of
from openqi.app.acts.audience import audience_of
from openqi.app.acts.problems import FieldsError
from openqi.app.acts.sealing.desk import writing_desk
from openqi.app.acts.sealing.outcomes import OvertakenError
from openqi.app.ledger import Ledger
from openqi.kernel.errors import ConflictError, FormatError, RefusedError, StoreError
from openqi.records import as_json
from openqi.records.governance import RoleEnded
from openqi.store.desk import writing as tables
from stage import REQUIREMENT, RESULT, party

REPORT, JUDGE, REQUIRE = (
    act_of(name) for name in ("conformity.result-reported/1", "conformity.judge-result/1", "standards.requirement-published/1")
)
TOKEN = "f3b6b2de-0e0e-4b6e-9d61-000000000001"
PUBLIC, PARTIES, PRIVATE = (audience_of(REPORT, reach) for reach in ("public", "parties", "private"))


@pytest.fixture
def world(tmp_path):
    return ActsStage(tmp_path)


@pytest.fixture
def writing(world):
    return world.writing.writing


@pytest.fixture
def laboratory(world):
    return world.visitor(world.stage.laboratory)


@pytest.fixture
def assessor(world):
    return world.visitor(world.stage.assessor)


def reported(**changes):
    return as_json(RESULT) | changes


def judging(stage):
    return {"result": stage.result().id, "requirement": stage.requirement().id}


def count(world, kind="conformity.result-reported/1"):
    return sum(one.record.kind == kind for one in world.stage.store.scan())


def test_a_preview_shows_what_would_be_stated_and_leaves_the_log_alone(world, writing, assessor):
    asked, size = judging(world.stage), world.stage.store.size()
    preview = writing.preview(JUDGE, asked, assessor, PUBLIC)
    assert [one.body["verdict"] for one in preview.stated] == ["conforming"]
    assert preview.refusal is None
    assert world.stage.store.size() == size == preview.known_at
    sealed = writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN, seen=preview.known_at)
    assert [one.body for one in sealed.records] == [one.body for one in preview.stated]


def test_a_preview_says_why_it_would_be_refused(writing, laboratory):
    preview = writing.preview(REQUIRE, as_json(REQUIREMENT), laboratory, audience_of(REQUIRE, None))
    assert (preview.stated, preview.refusal.rule) == ((), "role-held")


def test_all_wrong_fields_are_told_at_once(writing, laboratory):
    with pytest.raises(FieldsError) as wrong:
        writing.preview(REPORT, reported(value="two", item="cell 7", measuredAt="yesterday"), laboratory, PUBLIC)
    told = {(one.where, one.rule) for one in wrong.value.problems}
    assert told == {("value", "decimal"), ("item", "uri"), ("measuredAt", "instant")}


def test_what_was_sent_twice_is_sealed_once(world, writing, laboratory):
    first = writing.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN)
    again = writing.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN)
    assert (first.again, again.again) == (False, True)
    assert [one.id for one in first.records] == [one.id for one in again.records]
    assert count(world) == 1


def test_the_same_token_with_other_content_is_refused(world, writing, laboratory):
    writing.seal(REPORT, reported(), laboratory, PUBLIC, token=TOKEN)
    with pytest.raises(RefusedError, match="token-once"):
        writing.seal(REPORT, reported(value="2036.0"), laboratory, PUBLIC, token=TOKEN)
    with pytest.raises(RefusedError, match="token-once"):
        writing.seal(REPORT, reported(), laboratory, PRIVATE, token=TOKEN)
    assert count(world) == 1


def test_two_accounts_may_have_the_same_token(world, writing, laboratory):
    other = world.second_person(world.stage.laboratory, 40)
    writing.seal(REPORT, reported(), laboratory, PUBLIC, token=TOKEN)
    writing.seal(REPORT, reported(), other, PUBLIC, token=TOKEN)
    assert count(world) == 2


def test_what_was_refused_may_be_mended_and_sent_under_the_same_token(world, writing, assessor):
    asked = judging(world.stage)
    world.stage.ledger.state(
        RoleEnded(party=assessor.party, role=JUDGE.role, ended_at="2026-11-20T00:00:00Z", reason="audit"), world.stage.operator
    )
    for _ in range(2):
        with pytest.raises(RefusedError, match="role-held"):
            writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN)
    with world.desk.reading() as connection:
        noted = tables.noted(connection, assessor.account, TOKEN)
    assert (noted.state, noted.rule) == ("refused", "role-held")
    world.stage.grant(world.stage.assessor, JUDGE.role)
    assert writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN).records


@pytest.mark.parametrize("token", ["", "short", "x" * 101, "with space 0123456789", "新" * 20])
def test_a_token_that_is_none_is_refused(writing, laboratory, token):
    with pytest.raises(FormatError, match="a token has"):
        writing.seal(REPORT, reported(), laboratory, PUBLIC, token=token)


def test_eight_threads_that_post_one_form_seal_once(world, writing, laboratory):
    barrier = threading.Barrier(8)

    def post(_):
        barrier.wait()
        return writing.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN).records[0].id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(post, range(8)))
    assert len(ids) == 1
    assert count(world) == 1


def test_a_crash_after_the_record_came_in_is_found_again(world, laboratory, monkeypatch):
    """The outcome was not noted: the process died between the two stores."""
    writing = world.writing.writing

    def dies(*_):
        raise StoreError("killed")

    monkeypatch.setattr(writing.once, "_note", dies)
    with pytest.raises(StoreError):
        writing.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN)
    assert count(world) == 1
    fresh = writing_desk(world.stage.ledger, world.desk, world.hands, os.urandom).writing
    assert fresh.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN).again
    assert count(world) == 1


def test_a_crash_before_the_record_came_in_leaves_nothing_and_the_next_try_seals(world, laboratory, monkeypatch):
    writing = world.writing.writing

    def dies(*_, **__):
        raise StoreError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "append_prepared", dies)
        with pytest.raises(StoreError):
            writing.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN)
    assert count(world) == 0
    assert not writing.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN).again
    assert count(world) == 1


def test_an_attempt_that_was_overtaken_by_another_of_the_same_token_gives_way(world, laboratory, monkeypatch):
    """Two processes with one token: the second appends while the first stands just before its own append."""
    writing, appended = world.writing.writing, Ledger.append_prepared
    other = writing_desk(world.stage.ledger, world.desk, world.hands, os.urandom).writing
    inner = []

    def late(ledger, *rest, **more):
        if not inner:
            inner.append(None)
            inner[0] = other.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN)
        return appended(ledger, *rest, **more)

    monkeypatch.setattr(Ledger, "append_prepared", late)
    sealed = writing.seal(REPORT, reported(), laboratory, PARTIES, token=TOKEN)
    assert [one.id for one in sealed.records] == [one.id for one in inner[0].records]
    assert count(world) == 1


def test_of_two_people_who_decide_on_one_subject_the_second_is_told(world, writing, assessor):
    reviewer, asked = world.visitor(world.stage.reviewer), judging(world.stage)
    mine, theirs = (writing.preview(JUDGE, asked, who, PUBLIC) for who in (assessor, reviewer))
    first = writing.seal(JUDGE, asked, reviewer, PUBLIC, token=TOKEN, seen=theirs.known_at)
    with pytest.raises(OvertakenError, match="somebody was first") as told:
        writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN, seen=mine.known_at)
    assert [(one.record, one.kind, one.issuer) for one in told.value.changes] == [
        (first.records[0].id, "conformity.result-judged/1", reviewer.party)
    ]
    assert writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN, seen=told.value.known_at).records, "who looked again may"


def test_what_came_meanwhile_and_is_withheld_is_told_without_what_it_says(world, writing, assessor):
    asked = judging(world.stage)
    preview = writing.preview(JUDGE, asked, assessor, PUBLIC)
    hidden = world.stage.result(visible_to=())
    with pytest.raises(OvertakenError) as told:
        writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN, seen=preview.known_at)
    assert [(one.record, one.kind, one.issuer) for one in told.value.changes] == [(hidden.id, "", "")]


def test_what_happens_elsewhere_meanwhile_tells_nobody_anything(world, writing, laboratory):
    preview = writing.preview(REPORT, reported(), laboratory, PUBLIC)
    world.stage.requirement()
    world.stage.result(item="https://maker.example/cell/8")
    assert writing.seal(REPORT, reported(), laboratory, PUBLIC, token=TOKEN, seen=preview.known_at)


def test_a_role_that_ends_in_mid_task_refuses_the_seal_and_the_draft_is_still_there(world, writing, assessor):
    from openqi.app.acts.sealing.papers import Draft

    asked = judging(world.stage)
    draft = world.writing.drafts.save(assessor, Draft(act=JUDGE.name, flat=asked, token=TOKEN))
    preview = writing.preview(JUDGE, asked, assessor, PUBLIC)
    world.stage.ledger.state(
        RoleEnded(party=assessor.party, role=JUDGE.role, ended_at="2026-11-20T00:00:00Z", reason="audit"), world.stage.operator
    )
    with pytest.raises(RefusedError, match="role-held"):
        writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN, seen=preview.known_at)
    assert world.writing.drafts.get(assessor, draft.id).flat == asked
    assert count(world, "conformity.result-judged/1") == 0


def test_without_a_hat_without_a_fresh_proof_and_without_a_key_nothing_is_sealed(world, writing, laboratory):
    for visitor, rule in (
        (world.bare(laboratory), "hat-worn"), (replace(laboratory, fresh=False), "fresh-session"),
        (world.visitor(party("laboratory", 77), kept=False), "own-key"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=rule):
            writing.seal(REPORT, reported(), visitor, PUBLIC, token=TOKEN)
    assert count(world) == 0


def test_the_parties_are_who_signs_who_is_named_and_those_on_whose_records_it_rests(world, writing, assessor, laboratory):
    result = writing.seal(REPORT, reported(instruments=[world.stage.reviewer.party]), laboratory, PARTIES, token=TOKEN).records[0]
    assert result.statement.visible_to == (world.stage.reviewer.party,)
    asked = {"result": result.id, "requirement": world.stage.requirement().id}
    with pytest.raises(RefusedError, match="may-see"):
        writing.seal(JUDGE, asked, assessor, PARTIES, token=TOKEN)
    reviewer = world.visitor(world.stage.reviewer)
    with pytest.raises(RefusedError, match="rests-on-private"):
        writing.seal(JUDGE, asked, reviewer, PUBLIC, token=TOKEN)
    (judged,) = writing.seal(JUDGE, asked, reviewer, PARTIES, token=TOKEN + "b").records
    assert judged.statement.visible_to == (laboratory.party, world.stage.standards_body.party)


def test_further_parties_are_those_of_this_log(world, writing, laboratory):
    named = audience_of(REPORT, "parties", (world.stage.assessor.party,))
    assert writing.preview(REPORT, reported(), laboratory, named).visible_to == (world.stage.assessor.party,)
    with pytest.raises(FieldsError) as wrong:
        writing.preview(REPORT, reported(), laboratory, audience_of(REPORT, "parties", ("https://nobody.example",)))
    assert [(one.where, one.rule) for one in wrong.value.problems] == [("_with", "party")]


def test_a_private_record_is_for_nobody_else_and_nobody_previews_a_decision_on_it(world, writing, laboratory, assessor):
    (record,) = writing.seal(REPORT, reported(), laboratory, PRIVATE, token=TOKEN).records
    assert record.statement.visible_to == ()
    asked = {"result": record.id, "requirement": world.stage.requirement().id}
    preview = writing.preview(JUDGE, asked, assessor, PRIVATE)
    assert (preview.stated, preview.refusal.rule) == ((), "may-see")


def test_an_outcome_that_inherits_is_seen_by_those_who_see_what_it_rests_on(world, writing, laboratory):
    withdraw = act_of("governance.withdraw/1")
    (record,) = writing.seal(
        REPORT, reported(), laboratory, audience_of(REPORT, "parties", (world.stage.assessor.party,)), token=TOKEN
    ).records
    preview = writing.preview(withdraw, {"record": record.id, "reason": "wrong range"}, laboratory, audience_of(withdraw, None))
    assert preview.visible_to == (world.stage.assessor.party,)


def test_what_may_be_done_now_is_told_with_the_reason_where_it_may_not(writing, laboratory):
    offered = {one.act.name: one for one in writing.offered(laboratory)}
    assert offered[REPORT.name].may
    assert offered["governance.withdraw/1"].may
    assert (offered[JUDGE.name].may, offered[JUDGE.name].why.rule) == (False, "role-held")


def test_what_is_no_evidence_in_its_form_is_told_in_the_preview(writing, laboratory):
    with pytest.raises(FieldsError):
        writing.preview(REPORT, reported(method="Cafe\u0301"), laboratory, PUBLIC)  # not NFC
    preview = writing.preview(
        REPORT, reported(instruments=[f"https://laboratory.example/{n}" for n in range(70)]), laboratory, PUBLIC
    )
    assert preview.refusal is not None


def test_separation_of_duties_holds_for_whoever_writes_here(world, writing, laboratory):
    from openqi.records import Names
    from openqi.records.duties import SeparationPublished

    world.stage.grant(world.stage.laboratory, JUDGE.role)
    rule = SeparationPublished(
        origin="log.example/1", rule="https://operator.example/rule/1", name=Names(zh="检判分离"), did=(REPORT.name,),
        does=(JUDGE.name,), level="key", reason=Names(en="impartiality"), source=Names(en="house rule"),
        valid_from="2026-01-01T00:00:00Z",
    )  # fmt: skip
    world.stage.ledger.state(rule, world.stage.operator)
    asked = judging(world.stage)
    assert writing.preview(JUDGE, asked, laboratory, PUBLIC).refusal.rule == "duties-separated"
    colleague = world.second_person(world.stage.laboratory, 41)
    assert writing.seal(JUDGE, asked, colleague, PUBLIC, token=TOKEN).records


@pytest.mark.long
def test_four_processes_that_post_one_form_at_once_seal_once(tmp_path):
    from web_stage import small_ledger

    folder = tmp_path / "ledger"
    folder.mkdir()
    small_ledger(folder).store.close()
    desk_at(tmp_path).close()
    script = Path(__file__).with_name("post_once.py")
    paths = os.pathsep.join([str(script.parents[3]), str(script.parents[4])])
    running = [
        subprocess.Popen(
            [sys.executable, script, folder, tmp_path, TOKEN],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        for _ in range(4)
    ]
    said = [process.communicate(timeout=120)[0].split() for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert {len(one) for one in said} == {10}
    assert len({tuple(one) for one in said}) == 1, "every process is told the same record for each token"


def test_a_busy_subject_does_not_keep_anybody_out(world, laboratory):
    """Twelve people state about one item at the same moment: all of them come in."""
    people = [world.second_person(world.stage.laboratory, 50 + n) for n in range(12)]
    barrier = threading.Barrier(12)

    def post(place):
        barrier.wait()
        arguments = reported(value=f"20{place:02}.0")
        return world.writing.writing.seal(REPORT, arguments, people[place], PUBLIC, token=f"{TOKEN}-{place}").records[0].id

    with ThreadPoolExecutor(12) as pool:
        try:
            ids = set(pool.map(post, range(12)))
        except ConflictError:
            pytest.fail("somebody was kept out")
    assert len(ids) == 12 == count(world)


def test_parties_that_cannot_all_be_named_are_told_and_none_is_left_out_in_silence(world, writing, laboratory):
    from openqi.records import Names
    from openqi.records.governance import PartyRegistered

    many = [f"https://party-{n}.example" for n in range(70)]
    for uri in many:
        world.stage.ledger.state(PartyRegistered(party=uri, name=Names(en=uri)), world.stage.operator)
    preview = writing.preview(REPORT, reported(), laboratory, audience_of(REPORT, "parties", tuple(many)))
    assert preview.refusal.rule == "many-parties"
    assert len(writing.preview(REPORT, reported(), laboratory, audience_of(REPORT, "parties", tuple(many[:60]))).visible_to) == 60


def test_who_is_refused_because_somebody_was_first_is_told_who(world, writing, assessor, laboratory):
    """The contrary decision came first: the result was withdrawn between preview and seal."""
    asked, withdraw = judging(world.stage), act_of("governance.withdraw/1")
    preview = writing.preview(JUDGE, asked, assessor, PUBLIC)
    named = {"record": asked["result"], "reason": "wrong instrument"}
    (withdrawal,) = writing.seal(withdraw, named, laboratory, audience_of(withdraw, "public"), token=TOKEN).records
    with pytest.raises(OvertakenError) as told:
        writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN, seen=preview.known_at)
    assert [(one.record, one.issuer) for one in told.value.changes] == [(withdrawal.id, laboratory.party)]
    with pytest.raises(RefusedError, match="basis-stands"):
        writing.seal(JUDGE, asked, assessor, PUBLIC, token=TOKEN, seen=told.value.known_at)
