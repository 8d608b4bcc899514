"""Whoever would turn a draw: edited lists, second commitments, values that suit, draws dropped in silence, strangers."""

import pytest

from openqi.app.workflow import check_statement
from openqi.evidence.record import Record
from openqi.evidence.sealing import seal
from openqi.kernel.errors import OpenQIError, RefusedError, VerificationError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.draws import drawing
from openqi.records import body, statement
from openqi.records.draws import DrawCancelled, DrawCommitted, RandomnessPublished, draws_subject
from surveillance_stage import BEACON, DRAND, DRAW, KEY, LOTTERY, Surveillance, changed, firm, lines

FORGED = "b7" + BEACON["Sig"][2:-2] + "00"
"""As long as a signature of quicknet, and none."""


@pytest.fixture
def stage() -> Surveillance:
    return Surveillance()


def withdrawn(stage: Surveillance, record: Record, by=None) -> Record:
    return stage.ledger.perform(Withdraw(record=record.id, reason="suits us not"), by or stage.bureau)[0]


def test_an_edited_list_is_not_the_one_that_was_frozen(stage, monkeypatch):
    commitment = stage.commit(stage.frame(lines()))
    randomness, real = stage.beacon(commitment), stage.ledger.store.blob
    monkeypatch.setattr(stage.ledger.store, "blob", lambda name: real(name).replace(firm(3).encode(), firm(4).encode()[:-1] + b"Y"))
    with pytest.raises(VerificationError, match="it was edited"):
        stage.made(commitment, randomness)


def test_a_list_that_was_changed_after_the_commitment_is_another_list_and_steers_nothing(stage):
    commitment = stage.commit(stage.frame())
    stage.frame(lines(range(7, 40)))
    randomness = stage.beacon(commitment)
    rows = stage.rows(stage.made(commitment, randomness))
    other = Surveillance()
    unchanged = other.commit(other.frame())
    assert [one.object for one in rows] == [one.object for one in other.rows(other.made(unchanged, other.beacon(unchanged)))]


def test_one_more_exclusion_is_another_commitment_and_so_another_seed(stage):
    few = stage.commit(stage.frame(lines(range(39))), draw="https://bureau.example/draw/a")
    more = f"{firm(39)}\tclosed\t\n".encode()
    many = stage.commit(stage.frame(lines(range(39)), more), draw="https://bureau.example/draw/b")
    other = stage.commit(stage.frame(lines(range(39)), more.replace(b"closed", b"moved")), draw="https://bureau.example/draw/c")
    assert len({one.body["commitment"] for one in (few, many, other)}) == 3


def test_a_draw_is_committed_to_once_also_where_the_first_commitment_was_withdrawn(stage):
    frame = stage.frame()
    first = stage.commit(frame)
    with pytest.raises(RefusedError, match="committed-once"):
        stage.commit(frame, purpose="another")
    withdrawn(stage, first)
    with pytest.raises(RefusedError, match="committed-once"):
        stage.commit(frame, purpose="another")


def test_a_withdrawn_commitment_draws_nothing_and_stays_in_the_list_of_the_organisers_draws(stage):
    commitment = stage.commit(stage.frame())
    randomness = stage.beacon(commitment)
    gone = withdrawn(stage, commitment)
    with pytest.raises(RefusedError, match="basis-stands"):
        stage.made(commitment, randomness)
    told = [one.record.id for one in stage.ledger.store.stream(draws_subject(stage.bureau.party))]
    assert told == [commitment.id, gone.id]


def test_a_cancelled_draw_says_that_its_randomness_was_known_and_cannot_be_brought_back(stage):
    commitment = stage.commit(stage.frame())
    randomness = stage.beacon(commitment)
    cancelled = stage.cancelled(commitment)
    assert cancelled.body["randomnessKnown"] is True
    withdrawn(stage, cancelled)
    with pytest.raises(RefusedError, match="draw-open"):
        stage.made(commitment, randomness)
    told = [one.record.id for one in stage.ledger.store.stream(draws_subject(stage.bureau.party))]
    assert told[:2] == [commitment.id, cancelled.id]


def test_a_draw_that_was_made_cannot_be_cancelled_and_is_made_once(stage):
    made = stage.drawn()
    commitment = stage.ledger.logged(made.body["committed"]).record
    randomness = stage.ledger.logged(made.body["randomness"][0]).record
    with pytest.raises(RefusedError, match="drawn-is-drawn"):
        stage.cancelled(commitment)
    with pytest.raises(RefusedError, match="drawn-once"):
        stage.made(commitment, randomness, by=stage.station)
    withdrawn(stage, made)
    again = stage.made(commitment, randomness)
    assert again.body["corrects"] == [made.id]
    assert again.body["items"] == made.body["items"]


def test_a_second_value_of_a_source_is_refused_with_what_stands_and_a_correction_names_what_it_corrects(stage):
    commitment = stage.commit(stage.frame())
    false = stage.beacon(commitment, by=stage.station, signature=FORGED)
    with pytest.raises(RefusedError, match=f"another value, {false.body['value']}.*record {false.id}.*one-value-a-source"):
        stage.beacon(commitment)
    with pytest.raises(RefusedError, match="this value was published"):
        stage.beacon(commitment, signature=FORGED)
    withdrawn(stage, false, stage.station)
    with pytest.raises(RefusedError, match="basis-stands"):
        stage.made(commitment, false)
    true = stage.beacon(commitment)
    assert true.body["corrects"] == [false.id]
    assert true.body["notChecked"] == ["that the signature was made with the key of the network (a BLS pairing)"]
    assert stage.made(commitment, true).body["randomness"] == [true.id]


def test_a_round_that_was_out_before_the_commitment_is_refused_by_arithmetic_whatever_is_claimed(stage):
    frame = stage.frame()
    stage.wait_for_round()
    for claimed in (DRAND.not_before, "2023-12-01T00:00:00Z"):
        with pytest.raises(RefusedError, match=r"came at 2023-09-15T11:00:03Z.*randomness-to-come"):
            stage.commit(frame, sources=(changed(DRAND, not_before=claimed),), visits_from="2023-12-02", visits_until="2023-12-20")


def test_randomness_is_not_published_before_it_can_be_known(stage):
    commitment = stage.commit(stage.frame())
    stage.wait_for_round = lambda: None  # type: ignore[method-assign]
    with pytest.raises(RefusedError, match="randomness-there"):
        stage.beacon(commitment)


def test_all_randomness_that_was_named_is_mixed_and_no_other(stage):
    frame = stage.frame()
    commitment = stage.commit(frame, sources=(DRAND, LOTTERY))
    other = stage.commit(frame, draw="https://bureau.example/draw/other")
    beacon, foreign = stage.beacon(commitment), stage.beacon(other)
    with pytest.raises(RefusedError, match="all-randomness-present"):
        stage.made(commitment, beacon)
    with pytest.raises(RefusedError, match="only-named-randomness"):
        stage.made(commitment, beacon, foreign)
    with pytest.raises(RefusedError, match="one-value-a-source"):
        stage.made(commitment, beacon, beacon)


def test_another_version_of_the_program_does_not_draw_what_was_committed_to(stage, monkeypatch):
    commitment = stage.commit(stage.frame())
    randomness = stage.beacon(commitment)
    monkeypatch.setattr(drawing, "VERSION", "openqi draws 2")
    with pytest.raises(RefusedError, match="version-as-committed"):
        stage.made(commitment, randomness)


def test_strangers_act_in_nobodys_draw(stage):
    commitment = stage.commit(stage.frame())
    randomness = stage.beacon(commitment)
    with pytest.raises(RefusedError, match="own-draw"):
        stage.beacon(commitment, by=stage.stranger, signature=FORGED)
    with pytest.raises(RefusedError, match="own-draw"):
        stage.made(commitment, randomness, by=stage.stranger)
    for other in (stage.stranger, stage.station):  # a party reports and draws, and cancels nothing
        with pytest.raises(RefusedError, match="own-draw"):
            stage.cancelled(commitment, by=other)
    with pytest.raises(RefusedError, match="role-held"):
        stage.made(commitment, randomness, by=stage.operator)


def test_a_stranger_under_the_same_uri_closes_nothing_and_steers_nothing(stage):
    squatting = stage.commit(stage.frame(by=stage.stranger), by=stage.stranger, purpose="first", parties=())
    commitment = stage.commit(stage.frame())
    assert squatting.body["draw"] == commitment.body["draw"] == DRAW
    stage.cancelled(squatting, by=stage.stranger)
    randomness = stage.beacon(commitment)
    made = stage.made(commitment, randomness)
    assert [one["drawn"] for one in made.body["strata"]] == [4, 4]
    assert not {*squatting.streams[1:]} & {*commitment.streams}


def test_whoever_froze_the_list_cannot_stop_a_draw_by_withdrawing_it(stage):
    frame = stage.frame(by=stage.stranger)
    commitment = stage.commit(frame)
    randomness = stage.beacon(commitment)
    withdrawn(stage, frame, stage.stranger)
    assert stage.made(commitment, randomness).body["items"]["count"] == 8
    with pytest.raises(RefusedError, match="basis-stands"):  # and nobody commits to it any more
        stage.commit(frame, draw="https://bureau.example/draw/later", sources=(LOTTERY,))


def test_steps_of_a_draw_are_decided_and_never_just_stated(stage):
    commitment = stage.commit(stage.frame())
    said = statement(changed(body(commitment, DrawCommitted), purpose="better"))
    with pytest.raises(RefusedError, match="decided-only"):
        check_statement(stage.ledger.view(), said, stage.bureau.party)


def test_only_a_cancelled_draw_of_ones_own_is_replaced(stage):
    frame = stage.frame()
    cancelled = stage.cancelled(stage.commit(frame))
    with pytest.raises(RefusedError, match="own-draw"):
        stage.commit(frame, by=stage.stranger, replaces=cancelled.id, parties=())
    with pytest.raises(OpenQIError):
        stage.commit(frame, draw="https://bureau.example/draw/2", replaces=frame.id)
    assert stage.commit(frame, draw="https://bureau.example/draw/2", replaces=cancelled.id).body["replaces"] == cancelled.id


def test_a_commitment_rests_on_nothing_that_is_sealed_and_names_recusals_unread(stage):
    roll = stage.officers(visible_to=(stage.station.party,))
    told = stage.sent(officers=roll.id)
    with pytest.raises(RefusedError, match="basis-for-all"):
        stage.commit(stage.frame(), **told)
    recusals = "ab" * 32
    commitment = stage.commit(stage.frame(), **stage.sent(), recusals=recusals)
    assert recusals in str(commitment.body) and recusals not in str(commitment.basis)


def test_a_hidden_draw_is_made_with_its_proof_and_sealed_to_its_parties_alone(stage):
    commitment = stage.commit(stage.frame(), key=KEY)
    randomness = stage.beacon(commitment)
    proof, seen_by = stage.proof(commitment, randomness), (stage.station.party,)
    with pytest.raises(RefusedError, match="proof-of-hidden"):
        stage.made(commitment, randomness, visible_to=seen_by)
    for audience in (None, (stage.stranger.party,), (*seen_by, stage.stranger.party)):
        with pytest.raises(RefusedError, match="hidden-for-parties"):
            stage.made(commitment, randomness, proof=proof, visible_to=audience)
    for wrong in (stage.proof(commitment, randomness, b"\x01" * 32), proof[:-2] + "00", "00" * 80):
        with pytest.raises(VerificationError):
            stage.made(commitment, randomness, proof=wrong, visible_to=seen_by)
    made = stage.made(commitment, randomness, proof=proof, visible_to=seen_by)
    assert not made.public
    with pytest.raises(RefusedError, match="visits-over"):
        stage.shown(made)
    stage.clock.wait(days=60)
    with pytest.raises(RefusedError, match="own-draw"):
        stage.shown(made, by=stage.stranger)
    with pytest.raises(RefusedError, match="shown-to-all"):
        stage.shown(made, visible_to=seen_by)
    shown = stage.shown(made, by=stage.station)
    with pytest.raises(RefusedError, match="shown-once"):
        stage.shown(made)
    assert shown.body["seed"] == made.body["seed"]


def test_a_hidden_draw_is_shown_by_a_party_whatever_the_organiser_withdraws(stage):
    commitment = stage.commit(stage.frame(), key=KEY)
    randomness = stage.beacon(commitment)
    proof = stage.proof(commitment, randomness)
    made = stage.made(commitment, randomness, proof=proof, visible_to=(stage.station.party,))
    for record in (made, randomness, commitment):
        withdrawn(stage, record)
    stage.clock.wait(days=60)
    assert stage.shown(made, by=stage.station).body["items"] == made.body["items"]


def test_a_draw_that_is_not_hidden_takes_no_proof_no_audience_and_is_not_shown(stage):
    commitment = stage.commit(stage.frame())
    randomness = stage.beacon(commitment)
    with pytest.raises(RefusedError, match="proof-of-hidden"):
        stage.made(commitment, randomness, proof="00" * 80)
    with pytest.raises(RefusedError, match="draw-for-all"):
        stage.made(commitment, randomness, visible_to=())
    made = stage.made(commitment, randomness)
    stage.clock.wait(days=60)
    with pytest.raises(RefusedError, match="hidden-is-shown"):
        stage.shown(made)


def test_what_a_stranger_signs_and_brings_in_bulk_closes_no_draw_and_is_no_value_of_it(stage):
    """Records that others sealed come in after a check of their signatures alone."""
    commitment = stage.commit(stage.frame())
    own = stage.cancelled(stage.commit(stage.frame(), draw="https://bureau.example/draw/own"))
    stage.wait_for_round()
    cancelling = changed(body(own, DrawCancelled), draw=DRAW, committed=commitment.id)
    value = RandomnessPublished(
        draw=DRAW, committed=commitment.id, source=DRAND.source, event=DRAND.event, value="ab" * 32,
        published_at=DRAND.not_before, form="drand",
    )  # fmt: skip
    false = [
        seal(
            statement(said), issuer=stage.stranger.party, key=stage.stranger.key, now=stage.ledger.now(), command=own.command,
            basis=own.basis,
        )
        for said in (cancelling, value)
    ]  # fmt: skip
    stage.ledger.append_signed(false)
    randomness = stage.beacon(commitment)
    assert "corrects" not in randomness.body
    with pytest.raises(RefusedError, match="own-draw"):
        stage.made(commitment, false[1])
    assert stage.made(commitment, randomness).body["items"]["count"] == 8
