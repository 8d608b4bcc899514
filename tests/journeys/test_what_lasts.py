"""What could not be mended once formats are frozen: unknown versions, borrowed streams, spoilt logs, private things made public."""

import pytest

from openqi.app.dossiers import verified
from openqi.evidence.algorithms.signing import signing_key
from openqi.evidence.dossiers.verify import _spelled
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.policy import parse_policy
from openqi.evidence.record import Logged, Statement
from openqi.evidence.sealing import seal
from openqi.kernel.errors import FormatError, RefusedError, VerificationError
from openqi.pillars.governance.views import PARTIES
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import as_json
from openqi.records.governance import KeyGranted
from openqi.store.kinds.memory import STOREKIND
from stage import RESULT, Forge, Stage, changed, failing_step, outcome, stated


def test_a_record_about_keys_of_a_version_to_come_is_never_passed_over():
    stage = Stage()
    verdict = stage.judged()
    forge = Forge.of(stage)
    kid = stage.assessor.key.public_key.kid
    revoked = {"kid": kid, "origin": forge.origin, "party": stage.assessor.party, "reason": "stolen", "since": 0}
    said = Statement(kind="governance.key-revoked/2", streams=(stage.assessor.party, kid), body=revoked)
    forge.state(said, stage.operator)
    report = verified(forge.parts(verdict, stage.policy).encode(), policy=stage.policy)
    assert failing_step(report) == "key"
    old = Forge(records=forge.records[:-1]).parts(verdict, stage.policy).encode()
    assert verified(old, policy=stage.policy).proved == "passed"
    assert failing_step(verified(old, policy=stage.policy, log=forge.whole())) == "complete"


def test_what_was_never_understood_is_not_said_to_be_replayed():
    stage = Stage()
    forge = Forge.of(stage)
    for kind, body in (
        ("conformity.lot-decided/1", {"verdict": "conforming"}),
        ("conformity.result-reported/1", {"nonsense": True}),
    ):
        said = forge.state(Statement(kind=kind, streams=("https://maker.example/cell/7",), body=body), stage.laboratory)
        report = verified(forge.parts(said, stage.policy).encode(), policy=stage.policy)
        assert report.replayed != "passed"


def test_a_thousand_keys_that_granted_each_other_end_without_a_crash():
    stage = Stage()
    signer = stage.laboratory
    first, forge = signer.key, Forge.of(stage)
    for number in range(1_500):
        fresh = signing_key(number.to_bytes(32, "big"))
        granted = KeyGranted(origin=forge.origin, party=signer.party, key=stated(fresh))
        forge.state(granted, type(signer)(party=signer.party, key=first))
        first = fresh
    last = forge.state(RESULT, type(signer)(party=signer.party, key=first))
    data = forge.parts(last, stage.policy).encode()
    assert verified(data, policy=stage.policy).proved == "passed"
    kid = signer.key.public_key.kid
    body = {"kid": kid, "origin": forge.origin, "party": signer.party, "reason": "stolen", "since": 4}
    forge.state(Statement(kind="governance.key-revoked/1", streams=(signer.party, kid), body=body), stage.operator)
    assert failing_step(verified(data, policy=stage.policy, log=forge.whole())) == "complete"


@pytest.mark.parametrize("body", [{}, {"name": ["a"]}, {"name": {"en": "x"}, "party": 5}, {"party": "https://a.example"}])
def test_a_register_meets_any_body_without_a_crash(body):
    stage = Stage()
    store = STOREKIND.open(None, origin=stage.store.origin, folds=(PARTIES,))
    said = Statement(kind="governance.party-registered/1", streams=("https://a.example",), body=body)
    record = seal(said, issuer=stage.operator.party, key=stage.operator.key, now="2026-11-20T10:00:00Z")
    assert list(PARTIES.keys(Logged(index=0, record=record, origin=store.origin, origin_index=0))) == []


def test_what_another_log_says_of_a_party_is_another_row():
    stage = Stage()
    record = stage.store.stream(stage.assessor.party)[0].record
    keys = {
        origin: [*PARTIES.keys(Logged(index=5, record=record, origin=origin, origin_index=5))]
        for origin in ("a.example", "b.example")
    }
    assert keys["a.example"] != keys["b.example"]


@pytest.mark.parametrize("kind", ["governance.admitted/1", "governance.role-granted/1", "governance.countersigned/1"])
def test_the_bulk_way_in_spoils_no_log(kind):
    stage = Stage()
    size = stage.store.size()
    said = Statement(kind=kind, streams=("https://maker.example/1",), body={"record": "zz"})
    record = seal(said, issuer=stage.laboratory.party, key=stage.laboratory.key, now="2026-11-20T10:00:00Z")
    with pytest.raises((FormatError, RefusedError, VerificationError)):
        stage.ledger.append_signed([record])
    assert stage.store.size() == size
    stage.store.publish()
    assert fsck(stage.store.read, policy=parse_policy(stage.policy)).findings == ()


def test_withdrawing_a_private_record_publishes_nothing():
    stage = Stage()
    result = stage.result(visible_to=())
    (withdrawal,) = stage.ledger.perform(Withdraw(record=result.id, reason="wrong"), stage.laboratory)
    assert withdrawal.statement.visible_to == ()
    assert all(RESULT.item.encode() not in entry for entry in stage.whole().entries)


@pytest.mark.parametrize("factor", ["0", "-2", "1", "1.63"])
def test_no_verdict_stands_on_an_uncertainty_that_does_not_cover(factor):
    stage = Stage()
    result = stage.result(coverage_factor=factor)
    with pytest.raises(RefusedError, match="coverage-95"):
        stage.verdict(result, stage.requirement())


@pytest.mark.parametrize("item", ["https://assessor.example#roles", "https://log.example/1", "https://x.example#admitted"])
def test_nobody_puts_words_into_the_streams_that_decisions_about_others_read(item):
    stage = Stage()
    with pytest.raises(RefusedError, match="reserved-stream"):
        stage.result(item=item)


def test_a_statement_has_one_spelling_and_lies_in_its_own_streams_only():
    stage = Stage()
    spelled = as_json(changed(RESULT, instruments=()))
    for streams, body in (((RESULT.item, "https://other.example"), spelled), ((RESULT.item,), spelled | {"instruments": []})):
        said = Statement(kind=RESULT.KIND, streams=streams, body=body)
        record = seal(said, issuer=stage.laboratory.party, key=stage.laboratory.key, now="2026-11-20T10:00:00Z")
        with pytest.raises(FormatError):
            stage.ledger.append_signed([record])


def test_truth_is_not_one():
    stage = Stage()
    verdict = stage.judged()
    assert outcome(stage.verified(stage.dossier(verdict))) == ("passed", "passed", "passed")
    one, true = (Statement(kind="a.b/1", streams=(), body={"n": n}) for n in (1, True))
    assert one == true  # to Python
    assert _spelled(one) != _spelled(true)
