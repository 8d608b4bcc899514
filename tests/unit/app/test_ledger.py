"""The ledger: what it appends, what it refuses, and what stands in the log afterwards."""

import pytest

from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.policy import parse_policy, trusted
from openqi.evidence.record import verify_signature
from openqi.kernel.errors import ConflictError, NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from openqi.store.kinds.memory import STOREKIND
from stage import RESULT, Stage, key_of, party, stated


def test_a_founded_log_has_its_genesis_and_a_policy_that_believes_it():
    stage = Stage(empty=True)
    assert stage.store.size() == 1
    accepted = trusted(parse_note(stage.store.checkpoint()), parse_policy(stage.policy)).checkpoint
    assert (accepted.origin, accepted.size) == (stage.store.origin, 1)
    assert stage.genesis.id.encode() in stage.policy


def test_a_log_that_was_not_founded_has_no_policy_and_takes_no_statement():
    stage = Stage(empty=True)
    stage.ledger.store = STOREKIND.open(None, origin="new.example/1", folds=())
    with pytest.raises(NotFoundError):
        stage.ledger.policy()
    with pytest.raises(RefusedError):
        stage.ledger.state(PartyRegistered(party="https://p.example", name=Names(en="p")), stage.operator)
    assert stage.ledger.store.size() == 0


def test_what_is_stated_is_sealed_at_the_instant_of_the_clock_and_acknowledged_by_the_checkpoint():
    stage = Stage()
    before = format_instant(stage.clock.instant)
    result = stage.result()
    logged = stage.ledger.logged(result.id)
    assert logged.index == stage.store.size() - 1
    assert parse_checkpoint(parse_note(stage.store.checkpoint())).size == logged.index + 1
    assert before < result.valid_from <= format_instant(stage.clock.instant)
    verify_signature(result, stage.laboratory.key.public_key)


def test_who_has_no_key_here_states_nothing_even_with_a_role():
    stage = Stage()
    stranger = party("laboratory", 77)  # the laboratory's name, another key
    with pytest.raises(RefusedError, match="key-valid"):
        stage.ledger.state(RESULT, stranger)


def test_a_view_as_of_an_earlier_size_and_instant_sees_that():
    stage = Stage()
    size = stage.store.size()
    result = stage.result()
    view = stage.ledger.view(known_at=size, valid_at="2020-01-01T00:00:00Z")
    assert view.stream(result.streams[0]) == ()
    assert (view.known_at, view.valid_at) == (size, "2020-01-01T00:00:00Z")


def test_private_records_of_one_text_have_different_ids():
    stage = Stage()
    one, two = (stage.result(visible_to=("https://maker.example",)) for _ in range(2))
    assert one.statement.body == two.statement.body
    assert one.statement.salt != two.statement.salt


def test_a_second_signature_is_checked_before_it_is_taken_in():
    stage = Stage()
    verdict = stage.judged()
    size = stage.store.size()
    for second in (key_of(70), stage.laboratory.key):
        with pytest.raises(RefusedError, match="key-valid"):
            stage.ledger.countersign(verdict.id, stage.reviewer, second)
    with pytest.raises(NotFoundError):
        stage.ledger.countersign("ab" * 32, stage.reviewer, stage.reviewer.key)
    assert stage.store.size() == size
    record = stage.ledger.countersign(verdict.id, stage.reviewer, stage.reviewer.key)
    assert record.body["record"] == verdict.id


def test_a_second_signature_over_a_private_record_is_as_private_as_that():
    stage = Stage()
    result = stage.result(visible_to=("https://maker.example",))
    record = stage.ledger.countersign(result.id, stage.reviewer, stage.reviewer.key)
    assert record.statement.visible_to == result.statement.visible_to


def test_one_stream_read_twice_with_different_counts_is_a_conflict():
    """Somebody came between two reads of one decision; the later count must not stand for the earlier one."""
    stage = Stage()
    subject = RESULT.item
    view = stage.ledger.view()
    view.stream(subject)
    early = view.basis().streams
    result = stage.result()
    view = stage.ledger.view()
    view.stream(subject)
    late = view.basis().streams
    with pytest.raises(ConflictError):
        stage.ledger._append([result], [*early, *late])


def test_signed_records_that_come_in_bulk_keep_their_order_and_come_in_once():
    stage = Stage()
    keys = stage.ledger.grant_key(stage.laboratory.party, stated(key_of(71)), stage.operator)
    assert stage.ledger.append_signed([]) == ()
    results = [stage.result(item=f"https://maker.example/cell/{number}") for number in range(3)]
    places = [stage.store.logged(record.id).index for record in results]
    assert stage.ledger.append_signed(results) == tuple(places)
    assert stage.store.logged(keys.id).record == keys
