"""Checking single records: signatures, replays, what is remembered between processes and what that may never do."""

import json
from dataclasses import replace

import pytest

from builders import append, sealed_record
from chain_stage import CYCLER, ChainStage
from openqi.app.checking import Checker
from openqi.evidence.record import parse_record
from openqi.evidence.sealing import seal
from openqi.records import body, statement
from openqi.records.conformity import ReadingsJudged
from openqi.records.governance import Countersigned
from openqi.store.kinds.memory import STOREKIND
from openqi.store.store import Incoming
from stage import ITEM, RESULT, Stage, changed, key_of, stated


def checked(stage, record, **more):
    return Checker(store=stage.store, **more).check(stage.store.logged(record.id))


def take(stage, record, home=None):
    """Bring a record into the store without asking the ledger."""
    stage.store.append([Incoming(record=record, home=home)], checkpoint=stage.ledger.checkpoint)
    return record


def broken(record):
    """The same record with another signature of the right form."""
    head, _, signature = record.jws.rpartition(b".")
    return parse_record(head + b"." + signature[::-1].replace(signature[:1], b"A", 1)[:-1] + b"A")


@pytest.fixture
def stage():
    return ChainStage()


@pytest.fixture
def judged(stage):
    return stage.judged_readings()


def otherwise(stage, judged, **changes):
    """A record of the assessor that states something else than its command decides on its basis."""
    typed = body(judged, ReadingsJudged)
    return seal(
        statement(changed(typed, **changes)), issuer=stage.assessor.party, key=stage.assessor.key, now=judged.valid_from,
        command=judged.command, basis=judged.basis,
    )  # fmt: skip


def test_what_was_stated_is_checked_by_its_signature_and_what_was_decided_by_replay(stage, judged):
    assert checked(stage, judged) == ("replayed", "")
    for name in (judged.body["readings"], judged.body["requirement"], stage.genesis.id, *judged.body["certificates"]):
        assert Checker(store=stage.store).check(stage.store.logged(name)) == ("signature checked", "")


def test_every_record_of_a_log_made_by_the_ledger_is_checked(stage, judged):
    checker = Checker(store=stage.store)
    states = {checker.check(logged)[0] for logged in stage.store.scan()}
    assert states == {"replayed", "signature checked"}


def test_a_signature_that_does_not_hold_fails_and_says_why(stage, judged):
    forged = take(
        stage, broken(seal(statement(RESULT), issuer=stage.laboratory.party, key=stage.laboratory.key, now="2026-11-20T10:00:00Z"))
    )
    assert checked(stage, forged)[0] == "failed"
    assert "signature" in checked(stage, forged)[1]


def test_a_key_that_nobody_granted_or_that_is_anothers_fails(stage):
    for issuer, key, says in (
        (stage.laboratory.party, key_of(99), "no record grants the key"),
        (stage.laboratory.party, stage.maker.key, "signed with a key of https://maker.example"),
    ):
        record = take(stage, seal(statement(RESULT), issuer=issuer, key=key, now="2026-11-20T10:00:00Z"))
        assert checked(stage, record)[0] == "failed"
        assert says in checked(stage, record)[1]


def test_a_key_counts_from_its_grant_to_its_revocation_by_the_place_in_the_log(stage):
    before, size = stage.result(), stage.store.size()
    after = stage.result(quantity="other")
    stage.ledger.revoke_key(
        stage.laboratory.party, stage.laboratory.key.public_key.kid, stage.operator, since=size, reason="stolen"
    )
    assert checked(stage, before)[0] == "signature checked"
    assert checked(stage, after)[0] == "failed"
    assert "revoked" in checked(stage, after)[1]


def test_a_decision_that_comes_out_otherwise_fails(stage, judged):
    for change in ({"conforming": 0, "nonconforming": 1}, {"certificates": ()}, {"unit": "mA.h"}):
        lie = take(stage, otherwise(stage, judged, **change))
        assert checked(stage, lie) == ("failed", "the command decides otherwise on the same basis")


def test_a_decision_whose_basis_is_not_what_the_log_holds_fails(stage, judged):
    streams = [{**read, "digest": "ab" * 32} if read["subject"].startswith(CYCLER) else read for read in judged.basis["streams"]]
    for basis in (judged.basis | {"streams": streams}, judged.basis | {"streams": []}, judged.basis | {"records": ["cd" * 32]}):
        record = seal(
            judged.statement,
            issuer=stage.assessor.party,
            key=stage.assessor.key,
            now=judged.valid_from,
            command=judged.command,
            basis=basis,
        )
        assert checked(stage, take(stage, record))[0] == "failed"


def test_verdicts_that_nobody_decided_fail(stage, judged):
    typed = body(judged, ReadingsJudged)
    undecided = seal(statement(typed), issuer=stage.assessor.party, key=stage.assessor.key, now=judged.valid_from)
    assert checked(stage, take(stage, undecided))[0] == "failed"


def test_a_decision_whose_rows_are_not_at_hand_did_not_fail(stage, judged):
    readings = stage.store.logged(judged.body["readings"]).record
    stage.store.erase_blob(readings.body["items"]["rows"]["sha256"])
    assert checked(stage, judged)[0] == "signature checked"


def test_a_decision_by_a_command_of_another_version_did_not_fail(stage, judged):
    command = judged.command | {"name": "conformity.judge-readings/9"}
    newer = seal(
        judged.statement,
        issuer=stage.assessor.party,
        key=stage.assessor.key,
        now=judged.valid_from,
        command=command,
        basis=judged.basis,
    )
    assert checked(stage, take(stage, newer))[0] == "signature checked"


def test_a_record_of_an_unknown_kind_is_checked_by_its_signature(stage):
    said = replace(statement(RESULT), kind="conformity.result-dreamt/1")
    record = seal(said, issuer=stage.laboratory.party, key=stage.laboratory.key, now="2026-11-20T10:00:00Z")
    state, why = checked(stage, take(stage, record))
    assert state == "signature checked"
    assert why.startswith("not replayed: kind 'conformity.result-dreamt/1' is not known; known are ")


def two_logs():
    """A log, and another one in which the same laboratory's key was granted too but revoked from the start."""
    here, there = Stage(), Stage("other.example/1")
    record = there.result()
    kid = there.laboratory.key.public_key.kid
    since = there.store.logged(record.id).index
    there.ledger.revoke_key(there.laboratory.party, kid, there.operator, since=since, reason="stolen")
    for logged in there.store.scan():
        take(here, logged.record, home=(there.store.origin, logged.index))
    return here, here.result(quantity="own"), record


def test_a_foreign_record_is_judged_by_the_keys_of_its_home():
    here, own, foreign = two_logs()
    assert checked(here, own)[0] == "signature checked"
    assert checked(here, foreign)[0] == "failed"


def test_the_order_of_asking_changes_nothing():
    here, own, foreign = two_logs()
    checker = Checker(store=here.store)
    assert checker.check(here.store.logged(own.id))[0] == "signature checked"
    assert checker.check(here.store.logged(foreign.id))[0] == "failed"


def test_a_foreign_decision_does_not_fail_because_this_log_knows_more():
    here, there = Stage(), Stage("other.example/1", first_key=51, names="-there")
    here.result()
    verdict = there.judged()
    assert verdict.streams == (ITEM,)
    for logged in there.store.scan():
        take(here, logged.record, home=(there.store.origin, logged.index))
    assert checked(there, verdict)[0] == "replayed"
    assert checked(here, verdict)[0] in ("replayed", "signature checked")


def test_what_was_replayed_is_remembered_for_the_next_process(stage, judged, tmp_path):
    place = tmp_path / "checked.json"
    checker = Checker(store=stage.store, remembered=place, version="1")
    assert checker.check(stage.store.logged(judged.id))[0] == "replayed"
    assert not place.exists()
    checker.remember()
    assert json.loads(place.read_text()) == {"version": "1", "replayed": [judged.id]}
    before = place.stat().st_mtime_ns
    again = Checker(store=stage.store, remembered=place, version="1")
    stage.store.erase_blob(stage.store.logged(judged.body["readings"]).record.body["items"]["rows"]["sha256"])
    assert again.check(stage.store.logged(judged.id)) == ("replayed", ""), "it was not run again"
    again.remember()
    assert place.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b'{"version":1,"replayed":[]}', b'{"version":"1","replayed":"x"}', b"\xff\xfe"]
)
def test_a_remembered_file_that_is_none_counts_for_nothing(stage, judged, tmp_path, content):
    place = tmp_path / "checked.json"
    place.write_bytes(content)
    checker = Checker(store=stage.store, remembered=place, version="1")
    assert checker.check(stage.store.logged(judged.id)) == ("replayed", "")
    checker.remember()
    assert json.loads(place.read_text())["replayed"] == [judged.id]


def test_what_another_version_replayed_counts_for_nothing(stage, judged, tmp_path):
    lie = take(stage, otherwise(stage, judged, conforming=0, nonconforming=1))
    place = tmp_path / "checked.json"
    place.write_text(json.dumps({"version": "1", "replayed": [lie.id]}))
    assert checked(stage, lie, remembered=place, version="2")[0] == "failed"


def test_a_remembered_file_never_makes_a_forged_record_replayed(stage, judged, tmp_path):
    forged = take(stage, broken(judged))
    stolen = take(
        stage,
        seal(
            judged.statement,
            issuer=stage.assessor.party,
            key=key_of(99),
            now=judged.valid_from,
            command=judged.command,
            basis=judged.basis,
        ),
    )
    place = tmp_path / "checked.json"
    place.write_text(json.dumps({"version": "1", "replayed": [forged.id, stolen.id]}))
    for record in (forged, stolen):
        assert checked(stage, record, remembered=place, version="1")[0] == "failed"


def test_a_failure_is_not_remembered(stage, judged, tmp_path):
    lie = take(stage, otherwise(stage, judged, conforming=0, nonconforming=1))
    place = tmp_path / "checked.json"
    checker = Checker(store=stage.store, remembered=place, version="1")
    assert checker.check(stage.store.logged(lie.id))[0] == "failed"
    checker.remember()
    assert not place.exists()


def test_a_record_that_was_stated_is_never_remembered_as_replayed(stage, judged, tmp_path):
    place = tmp_path / "checked.json"
    name = judged.body["readings"]
    place.write_text(json.dumps({"version": "1", "replayed": [name]}))
    assert Checker(store=stage.store, remembered=place, version="1").check(stage.store.logged(name))[0] == "signature checked"


def test_a_second_signature_that_does_not_hold_fails(stage):
    target = stage.transcription(countersigned=False)
    bad = Countersigned(record=target.id, key=stated(stage.assessor.key), signature="A" * 86)
    record = seal(statement(bad), issuer=stage.assessor.party, key=stage.assessor.key, now="2026-11-20T10:00:00Z")
    assert checked(stage, take(stage, record))[0] == "failed"


def test_in_a_log_without_keys_everything_fails():
    store = STOREKIND.open(None, origin="log.example.org/builders", folds=())
    append(store, sealed_record(1))
    assert Checker(store=store).check(next(store.scan()))[0] == "failed"


def test_a_second_signature_that_holds_is_checked(stage):
    target = stage.transcription(countersigned=False)
    second = stage.ledger.countersign(target.id, stage.assessor, stage.assessor.key)
    assert checked(stage, second) == ("signature checked", "")


def test_what_could_not_be_replayed_says_why(stage, judged):
    stage.store.erase_blob(stage.store.logged(judged.body["readings"]).record.body["items"]["rows"]["sha256"])
    state, why = checked(stage, judged)
    assert (state, why[:14]) == ("signature checked", "not replayed: ")
