"""Evidence in preparation: it reads like a store, nobody else sees it before it is committed, and then it is there as a whole."""

from hashlib import sha256

import pytest

from builders import ORIGIN, append, checkpointer, sealed_record
from chain_stage import ITEMS, LOT, ChainStage
from openqi.app.ledger import Ledger
from openqi.app.staging import Staged
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.record import Logged
from openqi.kernel.catalogue import load
from openqi.kernel.errors import ConflictError, DomainError, NotFoundError, RefusedError, StoreError
from openqi.store.store import Incoming, StoreKind
from stage import chance_of, outcome

A, B, C = (f"https://thing.example.org/{name}" for name in "abc")
KINDS = load("openqi.store.kinds", StoreKind)


@pytest.fixture(params=KINDS)
def base(request, tmp_path):
    """A store of each kind with three records in it."""
    place = None if request.param == "memory" else tmp_path / "store"
    if place is not None and request.param == "postgresql":
        place.mkdir()
        (place / "postgresql.url").write_text(request.getfixturevalue("postgres").url())
    store = KINDS[request.param].open(place, origin=ORIGIN, folds=())
    append(store, *(sealed_record(n, (A, B) if n % 2 else (A,)) for n in range(3)))
    yield store
    store.close()


def staged_over(base, *records):
    staged = Staged(base)
    append(staged, *records)
    return staged


FRESH = tuple(sealed_record(n, (B, C)) for n in (10, 11))


def reads(store):
    """Everything that the records of a store can be asked for, at every size."""
    ids = [logged.record.id for logged in store.scan()]
    streams = {(subject, at): store.stream(subject, known_at=at) for subject in (A, B, C) for at in (None, *range(len(ids) + 2))}
    scans = {(start, stop): tuple(store.scan(start, stop)) for start in range(7) for stop in (None, *range(7))}
    return store.size(), ids, streams, scans, [store.logged(name) for name in ids]


def test_what_is_staged_reads_as_it_will_after_the_commit(base):
    staged = staged_over(base, *FRESH)
    before = reads(staged)
    assert staged.commit(checkpointer()) == 5
    assert reads(base) == reads(staged) == before
    assert parse_checkpoint(parse_note(base.checkpoint())).size == 5


def test_an_append_tells_where_the_records_will_stand(base):
    staged = Staged(base)
    done = append(staged, *FRESH)
    assert (done.indices, done.size) == ((3, 4), 5)
    assert staged.logged(FRESH[1].id) == Logged(index=4, record=FRESH[1], origin=ORIGIN, origin_index=4)
    assert append(staged, FRESH[1], FRESH[0], FRESH[1]).indices == (4, 3, 4)
    assert append(staged).indices == ()
    assert staged.size() == 5


def test_a_record_that_the_store_below_has_keeps_its_index(base):
    staged = Staged(base)
    assert append(staged, sealed_record(0, (A,)), FRESH[0]).indices == (0, 3)
    assert staged.size() == 4
    assert len(staged.stream(A)) == 3
    staged.commit(checkpointer())
    assert base.logged(FRESH[0].id).index == 3
    assert staged.size() == base.size()


def test_nothing_is_seen_below_before_the_commit(base):
    before, note = reads(base), base.checkpoint()
    staged = staged_over(base, *FRESH)
    name = staged.put_blob(b"prepared")
    assert (reads(base), base.checkpoint()) == (before, note)
    with pytest.raises(NotFoundError):
        base.logged(FRESH[0].id)
    with pytest.raises(NotFoundError):
        base.blob(name)


def test_blobs_are_read_from_both_and_come_in_with_the_commit(base):
    below = base.put_blob(b"below")
    staged = staged_over(base, *FRESH)
    name = staged.put_blob(b"prepared")
    assert name == sha256(b"prepared").hexdigest()
    assert (staged.blob(name), staged.blob(below)) == (b"prepared", b"below")
    with pytest.raises(NotFoundError):
        staged.blob("ab" * 32)
    staged.commit(checkpointer())
    assert base.blob(name) == b"prepared"


def test_a_commit_of_nothing_changes_nothing(base):
    note = base.checkpoint()
    assert Staged(base).commit(checkpointer()) == 3
    assert base.checkpoint() == note


def test_a_commit_may_be_asked_for_again(base):
    staged = staged_over(base, *FRESH)
    assert staged.commit(checkpointer()) == staged.commit(checkpointer()) == base.size() == 5


def test_where_the_log_has_grown_nothing_is_kept(base):
    staged = staged_over(base, *FRESH)
    append(base, sealed_record(20, (A,)))
    before = reads(base)
    with pytest.raises(ConflictError, match="prepare it again"):
        staged.commit(checkpointer())
    assert reads(base) == before
    assert base.stream(C) == ()


def test_where_the_log_has_grown_a_content_that_stays_is_no_hindrance_to_preparing_again(base):
    staged = staged_over(base, *FRESH)
    name = staged.put_blob(b"content")
    append(base, sealed_record(20, (A,)))
    with pytest.raises(ConflictError):
        staged.commit(checkpointer())
    again = staged_over(base, *FRESH)
    assert again.put_blob(b"content") == name
    assert again.commit(checkpointer()) == 6
    assert base.blob(name) == b"content"


def test_a_checkpointer_that_refuses_keeps_nothing(base):
    def locked(size, root):
        raise RefusedError("key", "the key is locked")

    before = reads(base)
    staged = staged_over(base, *FRESH)
    with pytest.raises(RefusedError):
        staged.commit(locked)
    assert reads(base) == before
    assert staged.commit(checkpointer()) == 5


def test_what_came_in_below_after_the_preparation_began_is_not_in_its_streams(base):
    staged = Staged(base)
    append(base, sealed_record(20, (A,)))
    assert staged.size() == 3
    assert len(staged.stream(A)) == 3
    assert len([*staged.scan()]) == 3
    assert len(staged.stream(A, known_at=99)) == 3


def test_a_foreign_record_keeps_its_home_through_the_commit(base):
    staged = Staged(base)
    record = sealed_record(30, (C,))
    staged.append([Incoming(record=record, home=("far.example.org", 12))], checkpoint=checkpointer())
    expected = Logged(index=3, record=record, origin="far.example.org", origin_index=12)
    assert staged.logged(record.id) == staged.stream(C)[0] == expected
    staged.commit(checkpointer())
    assert base.logged(record.id) == expected


def test_a_record_that_names_this_log_as_its_foreign_home_is_refused_at_once(base):
    with pytest.raises(DomainError, match="home"):
        Staged(base).append([Incoming(record=sealed_record(30), home=(ORIGIN, 1))], checkpoint=checkpointer())


def test_to_close_is_to_forget_and_leaves_the_store_below_open(base):
    staged = staged_over(base, *FRESH)
    name = staged.put_blob(b"prepared")
    staged.close()
    assert (staged.size(), staged.stream(C), staged.commit(checkpointer()), base.size()) == (3, (), 3, 3)
    for ask in (lambda: staged.logged(FRESH[0].id), lambda: staged.blob(name), lambda: base.blob(name)):
        with pytest.raises(NotFoundError):
            ask()
    append(base, sealed_record(40))


def test_what_is_prepared_is_not_published_and_has_no_registers(base):
    staged = staged_over(base, *FRESH)
    with pytest.raises(NotFoundError, match="commit it first"):
        staged.checkpoint()
    asks = (staged.publish, lambda: staged.read("checkpoint"), lambda: staged.cosign(b""), lambda: staged.erase_blob("ab" * 32))
    for ask in (*asks, lambda: staged.row(None, "key"), lambda: staged.page(None, where={})):
        with pytest.raises(StoreError, match="commit it first"):
            ask()


def prepared(stage, staged):
    """What a lot is decided on, stated and decided by a ledger over the staged store."""
    real, stage.ledger, stage.store = (stage.ledger, stage.store), None, staged
    stage.ledger = Ledger(staged, log_key=None, clock=stage.clock, chance=chance_of("staged"))
    try:
        judged = stage.judged_readings(dict.fromkeys(ITEMS, "2.0000"), subject=LOT)
        return judged, stage.decide(stage.lot(), judged, stage.plan())
    finally:
        stage.ledger, stage.store = real


def test_decisions_on_staged_evidence_verify_and_replay_after_the_commit():
    stage = ChainStage()
    base = stage.store
    stage.requirement()
    size, staged = base.size(), Staged(base)
    judged, decided = prepared(stage, staged)
    assert base.size() == size
    for record in (judged, decided):
        assert record.basis["knownAt"] == staged.logged(record.id).index
        assert record.basis["origin"] == base.origin
    staged.commit(stage.ledger.checkpoint)
    assert base.logged(decided.id).index == decided.basis["knownAt"]
    assert outcome(stage.verified(stage.dossier(decided))) == ("passed", "passed", "passed")


def test_decisions_on_staged_evidence_never_come_in_where_the_log_has_moved():
    stage = ChainStage()
    staged = Staged(stage.store)
    _, decided = prepared(stage, staged)
    stage.requirement()
    size = stage.store.size()
    with pytest.raises(ConflictError):
        staged.commit(stage.ledger.checkpoint)
    assert stage.store.size() == size
    with pytest.raises(NotFoundError):
        stage.store.logged(decided.id)


def test_a_ledger_without_its_log_key_prepares_but_signs_no_checkpoint():
    stage = ChainStage()
    staged = Staged(stage.store)
    prepared(stage, staged)
    keyless = Ledger(staged, log_key=None, clock=stage.clock, chance=chance_of("x"))
    with pytest.raises(RefusedError, match="log-key"):
        staged.commit(keyless.checkpoint)
    with pytest.raises(RefusedError, match="log-key"):
        keyless.policy()
