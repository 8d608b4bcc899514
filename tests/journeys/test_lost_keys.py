"""Stories of keys: rotated, lost, stolen, revoked in hindsight."""

import pytest

from openqi.app.dossiers import verified
from openqi.app.ledger import Signer
from openqi.evidence.log.fsck import fsck
from openqi.evidence.log.policy import parse_policy
from openqi.kernel.errors import ConflictError, RefusedError, VerificationError
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from stage import Forge, Stage, key_of, outcome, party, stated

PASSED = "passed"


def clean(stage: Stage) -> bool:
    """Whether fsck finds nothing in the log."""
    stage.store.publish()
    return fsck(stage.store.read, policy=parse_policy(stage.policy)).findings == ()


def test_a_laboratory_rotates_its_key_and_old_results_stand():
    stage = Stage()
    old, requirement = stage.result(), stage.requirement()
    fresh = Signer(party=stage.laboratory.party, key=key_of(50))
    stage.ledger.grant_key(fresh.party, stated(fresh.key), stage.laboratory, replaces=stage.laboratory.key.public_key.kid)
    with pytest.raises(RefusedError, match="key-valid"):
        stage.result()
    new = stage.result(signer=fresh)
    for result in (old, new):
        report = stage.verified(stage.dossier(stage.verdict(result, requirement)))
        assert outcome(report) == (PASSED, PASSED, PASSED)
    assert clean(stage)


def test_a_key_is_granted_by_its_party_or_the_operator_and_by_nobody_else():
    stage = Stage()
    key = stated(key_of(50))
    with pytest.raises(RefusedError, match="key-valid"):
        stage.ledger.grant_key(stage.laboratory.party, key, stage.assessor)
    with pytest.raises(RefusedError, match="key-valid"):
        stage.ledger.revoke_key(stage.laboratory.party, stage.laboratory.key.public_key.kid, stage.assessor, reason="envy")
    stage.ledger.grant_key(stage.laboratory.party, key, stage.laboratory)
    with pytest.raises(RefusedError, match="key-valid"):
        stage.ledger.grant_key(stage.assessor.party, key, stage.operator)
    assert clean(stage)


def test_a_key_that_was_stolen_some_time_ago_loses_what_it_signed_since_and_keeps_what_it_signed_before():
    stage = Stage()
    requirement = stage.requirement()
    good = stage.dossier(stage.verdict(stage.result(), requirement))
    theft = stage.store.size()
    forged = stage.result(item="https://maker.example/cell/666")
    bad = stage.dossier(stage.verdict(forged, requirement))
    thiefs = Signer(party=stage.laboratory.party, key=key_of(66))
    stage.ledger.grant_key(thiefs.party, stated(thiefs.key), stage.laboratory)
    later = stage.result(item="https://maker.example/cell/667", signer=thiefs)
    worse = stage.dossier(stage.verdict(later, requirement))
    assert [outcome(stage.verified(data)) for data in (good, bad, worse)] == [(PASSED, PASSED, PASSED)] * 3

    kid = stage.laboratory.key.public_key.kid
    stage.ledger.revoke_key(stage.laboratory.party, kid, stage.operator, since=theft, reason="stolen")

    assert outcome(stage.verified(good)) == (PASSED, PASSED, PASSED)
    # Dossiers from before the revocation still prove by what they hold; the whole log tells, and so does a new dossier.
    for data in (bad, worse):
        assert outcome(verified(data, policy=stage.policy)) == (PASSED, PASSED, "not checked")
        assert outcome(stage.verified(data)) == (PASSED, PASSED, "failed")
    for record in (forged, later):
        report = stage.verified(stage.dossier(record))
        assert report.proved == "failed"
        assert report.first_failure.name in ("key", "signature")
    for signer in (stage.laboratory, thiefs):
        with pytest.raises(RefusedError, match="key-valid"):
            stage.result(item="https://maker.example/cell/668", signer=signer)
    fresh = Signer(party=stage.laboratory.party, key=key_of(51))
    stage.ledger.grant_key(fresh.party, stated(fresh.key), stage.operator)
    again = stage.dossier(stage.verdict(stage.result(item="https://maker.example/cell/7b", signer=fresh), requirement))
    assert outcome(stage.verified(again)) == (PASSED, PASSED, PASSED)


def test_the_log_itself_stays_clean_when_a_key_is_revoked_in_hindsight():
    """Each record is judged by what the log had said before it; hindsight is told apart, by complete."""
    stage = Stage()
    start = stage.store.size()
    stage.result()
    stage.ledger.revoke_key(
        stage.laboratory.party, stage.laboratory.key.public_key.kid, stage.operator, since=start, reason="stolen"
    )
    assert clean(stage)


def test_a_dossier_that_leaves_out_a_revocation_is_not_complete():
    """The maker of a dossier chooses what to enclose; only the whole log can say that a key was revoked."""
    stage = Stage()
    kid = stage.laboratory.key.public_key.kid
    stage.ledger.revoke_key(stage.laboratory.party, kid, stage.operator, reason="stolen")
    forge = Forge.of(stage)
    revocation = forge.records[-1]
    result = forge.state(stage_result(), stage.laboratory)
    honest = forge.parts(result, stage.policy).encode()
    assert verified(honest, policy=stage.policy).proved == "failed"
    hiding = forge.parts(result, stage.policy, without=[revocation]).encode()
    assert outcome(verified(hiding, policy=stage.policy)) == (PASSED, "not checked", "not checked")
    assert outcome(verified(hiding, policy=stage.policy, log=forge.whole())) == (PASSED, "not checked", "failed")


def stage_result():
    """The usual result."""
    from stage import RESULT

    return RESULT


def test_a_revocation_between_looking_and_appending_is_a_conflict_even_of_a_key_further_up():
    """A key also ends where the key that granted it was stolen before; so the streams of all of them were read."""
    stage = Stage()
    first, second = stage.laboratory, Signer(party=stage.laboratory.party, key=key_of(52))
    stage.ledger.grant_key(second.party, stated(second.key), first)
    append, raced = stage.store.append, []

    def racing(incoming, **more):
        if not raced:
            raced.append(True)
            kid = first.key.public_key.kid
            stage.ledger.revoke_key(first.party, kid, stage.operator, since=6, reason="stolen")
        return append(incoming, **more)

    stage.store.append = racing
    with pytest.raises(RefusedError, match="key-valid"):
        stage.result(signer=second)
    stage.store.append = append
    assert clean(stage)


def test_records_that_others_sealed_come_in_with_one_check_each_or_not_at_all():
    stage = Stage()
    forge = Forge.of(stage)
    good = [forge.state(PartyRegistered(party=f"https://p{n}.example", name=Names(en="p")), stage.operator) for n in range(50)]
    bad = forge.state(
        PartyRegistered(party="https://q.example", name=Names(en="q")), Signer(party=stage.operator.party, key=key_of(70))
    )
    about_keys = stage.genesis
    for batch in ([*good, bad], [*good, about_keys]):
        size = stage.store.size()
        with pytest.raises(VerificationError):
            stage.ledger.append_signed(batch)
        assert stage.store.size() == size
    assert stage.ledger.append_signed(good) == tuple(range(stage.store.size() - 50, stage.store.size()))
    assert clean(stage)


def test_the_operator_changes_its_key_too():
    stage = Stage(empty=True)
    fresh = Signer(party=stage.operator.party, key=key_of(53))
    stage.ledger.grant_key(fresh.party, stated(fresh.key), stage.operator, replaces=stage.operator.key.public_key.kid)
    with pytest.raises(RefusedError):
        stage.welcome(party("p", 54))
    stage.ledger.state(PartyRegistered(party="https://p.example", name=Names(en="p")), fresh)
    assert clean(stage)


def test_nobody_founds_a_log_twice():
    stage = Stage(empty=True)
    with pytest.raises(RefusedError, match="founded-once"):
        stage.ledger.found(stage.operator, Names(en="again"))


def test_two_who_found_a_log_at_the_same_moment_found_one():
    stage = Stage(empty=True)
    other = Stage("log.example/2", empty=True)
    with pytest.raises((RefusedError, ConflictError)):
        type(stage)(stage.store.origin, store=stage.store, empty=True)
    assert other.store.size() == stage.store.size() == 1
