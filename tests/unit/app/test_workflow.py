"""Look, permit, decide: commands by name, what may be stated freely, and the replay that is the same function."""

from dataclasses import replace

import pytest

from openqi.app.workflow import check_statement, command_json, command_of, commands, decide, replay
from openqi.evidence.view import BasisView, parse_basis
from openqi.kernel.errors import BasisError, FormatError, NotFoundError, RefusedError
from openqi.pillars.conformity.workflow import JudgeResult
from openqi.records import Body, Names, kinds, statement
from openqi.records.conformity import ResultJudged
from openqi.records.governance import KeyGranted, PartyRegistered, Withdrawn
from stage import RESULT, Stage, key_of, stated


def view_of(stage: Stage, record) -> BasisView:
    """The view of a decision's basis on its own log."""
    basis = parse_basis(record.basis)
    return BasisView(
        basis,
        record=lambda name: stage.store.logged(name).record,
        stream=lambda read: [one.record for one in stage.store.stream(read.subject, known_at=basis.known_at)],
        blob=stage.store.blob,
        home=lambda name: stage.store.logged(name).origin,
    )


def test_every_command_has_a_version_and_reads_back_as_it_was_written():
    assert {"conformity.judge-result/1", "governance.withdraw/1"} <= set(commands())
    for name, command in commands().items():
        assert name == command.NAME
        assert name.rpartition("/")[2].isdigit()
    asked = JudgeResult(
        result="ab" * 32, requirement="cd" * 32, now="2026-11-20T08:00:00Z", visible_to=("https://a.example",), salt="A" * 22
    )
    written = command_json(asked)
    assert command_of(written["name"], written["arguments"]) == asked


@pytest.mark.parametrize(
    "arguments", [{}, {"result": "x"}, {"result": "ab" * 32, "requirement": "ab" * 32, "verdict": "conforming"}]
)
def test_a_command_with_other_arguments_is_refused(arguments):
    with pytest.raises(FormatError):
        command_of("conformity.judge-result/1", arguments)
    with pytest.raises(NotFoundError, match="known are"):
        command_of("conformity.judge-result/2", arguments)


def test_a_replay_is_the_decision_again():
    stage = Stage()
    verdict = stage.judged()
    assert replay(verdict, view_of(stage, verdict)) == (verdict.statement,)


def test_a_private_decision_replays_with_its_salt():
    stage = Stage()
    verdict = stage.verdict(stage.result(), stage.requirement(), visible_to=("https://maker.example",))
    (said,) = replay(verdict, view_of(stage, verdict))
    assert said == verdict.statement
    assert (said.visible_to, len(said.salt or "")) == (("https://maker.example",), 22)
    again = stage.verdict(stage.result(), stage.requirement(), visible_to=("https://maker.example",))
    assert again.statement.salt != said.salt


def test_a_replay_that_asks_for_more_than_the_basis_names_says_so():
    stage = Stage()
    verdict = stage.judged()
    basis = dict(verdict.basis)
    for smaller in (basis | {"records": basis["records"][:1]}, basis | {"streams": basis["streams"][1:]}):
        with pytest.raises(BasisError):
            replay(verdict, view_of(stage, replace(verdict, basis=smaller)))


def test_a_role_is_asked_for_before_anything_is_decided():
    stage = Stage()
    result, requirement = stage.result(), stage.requirement()
    command = JudgeResult(result=result.id, requirement=requirement.id)
    for signer in (stage.laboratory, stage.operator, stage.standards_body):
        view = stage.ledger.view()
        with pytest.raises(RefusedError, match="role-held"):
            decide(view, command, signer.party)
        assert view.basis().records == ()


@pytest.mark.parametrize(
    "body",
    [
        Withdrawn(record="ab" * 32, streams=("https://a.example",), reason="x"),
        ResultJudged(
            item="https://a.example", result="ab" * 32, requirement="ab" * 32, rule="r/1", verdict="conforming", value="1", unit="m"
        ),
        KeyGranted(origin="log.example/1", party="https://laboratory.example", key=stated(key_of(9))),
        Stage(empty=True).genesis,
    ],
    ids=lambda body: type(body).__name__,
)
def test_what_is_decided_or_has_a_way_of_its_own_is_not_stated_freely(body):
    stage = Stage()
    said = statement(body) if isinstance(body, Body) else body.statement
    for signer in (stage.operator, stage.laboratory, stage.assessor):
        with pytest.raises(RefusedError, match="decided-only"):
            check_statement(stage.ledger.view(), said, signer.party)


def test_every_kind_that_may_be_stated_freely_asks_for_a_role():
    stage = Stage()
    free = {kind for kind in kinds().values() if kind.ROLE is not None}
    assert {"governance.party-registered/1", "conformity.result-reported/1"} <= {kind.KIND for kind in free}
    registered = PartyRegistered(party="https://p.example", name=Names(en="p"))
    for body, good in ((RESULT, stage.laboratory), (registered, stage.operator)):
        for signer in (stage.operator, stage.laboratory, stage.assessor):
            if signer is good:
                assert check_statement(stage.ledger.view(), statement(body), signer.party) == body
            else:
                with pytest.raises(RefusedError, match="role-held"):
                    check_statement(stage.ledger.view(), statement(body), signer.party)


def test_a_record_that_was_stated_is_its_own_replay_unless_its_kind_can_only_be_decided():
    stage = Stage()
    result = stage.result()
    assert replay(result, None) == (result.statement,)
    assert replay(stage.genesis, None) == (stage.genesis.statement,)
    verdict = stage.verdict(result, stage.requirement())
    with pytest.raises(RefusedError, match="decided-only"):
        replay(replace(verdict, command=None, basis=None), None)
