"""Draws as evidence, on an invented list of forty firms and a real round of drand: what is sealed is what science draws."""

from openqi.app.workflow import replay
from openqi.evidence.record import Record
from openqi.evidence.view import BasisView, parse_basis
from openqi.records import body
from openqi.records.draws import DrawCommitted
from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
from openqi.science.draws.vrf.hidden import hidden_seed
from surveillance_stage import BEACON, DRAND, KEY, SECRET, Surveillance


def replayed(stage: Surveillance, record: Record) -> bool:
    """Whether a record's command says the same again on exactly its basis."""
    basis = parse_basis(record.basis or {})
    store = stage.ledger.store
    view = BasisView(
        basis,
        record=lambda name: store.logged(name).record,
        stream=lambda read: [one.record for one in store.stream(read.subject, known_at=basis.known_at)],
        blob=store.blob,
        home=lambda _: basis.origin,
    )
    return replay(record, view) == (record.statement,)


def test_a_draw_walks_from_list_to_rows_and_every_step_replays():
    stage = Surveillance()
    frame = stage.frame()
    commitment = stage.commit(frame, **stage.sent())
    randomness = stage.beacon(commitment)
    made = stage.made(commitment, randomness, by=stage.station)
    rows = stage.rows(made)
    assert randomness.body["value"] == BEACON["Randomness"]
    assert [one["drawn"] for one in made.body["strata"]] == [4, 4]
    assert len(rows) == 8 and all(row.place >= 1 for row in rows)
    for record in (frame, commitment, randomness, made):
        assert replayed(stage, record)


def test_a_hidden_draw_is_sealed_and_shown_after_its_visits():
    stage = Surveillance()
    commitment = stage.commit(stage.frame(), key=KEY)
    randomness = stage.beacon(commitment)
    said = body(commitment, DrawCommitted)
    seed = mixed_seed(
        bytes.fromhex(said.commitment),
        [NamedSource(source=DRAND.source, event=DRAND.event)],
        [PublicValue(source=DRAND.source, event=DRAND.event, value=bytes.fromhex(randomness.body["value"]))],
    )
    _, proof = hidden_seed(SECRET, seed, said.purpose)
    made = stage.made(commitment, randomness, proof=proof.hex(), visible_to=(stage.station.party,))
    assert not made.public
    stage.clock.wait(days=60)
    shown = stage.shown(made)
    assert shown.public and shown.body["items"] == made.body["items"]
    assert replayed(stage, shown)


def test_a_cancelled_draw_says_whether_its_randomness_was_known():
    stage = Surveillance()
    early = stage.cancelled(stage.commit(stage.frame()))
    assert early.body["randomnessKnown"] is False
