"""Draws as evidence, on an invented list of forty firms and a real round of drand: what is sealed is what science draws."""

import pytest

from openqi.app.workflow import replay
from openqi.evidence.record import Record
from openqi.evidence.view import BasisView, parse_basis
from openqi.kernel.errors import FormatError
from openqi.pillars.surveillance.draws.rolls import officer_listing, officers_of, recusal_listing, recusals_of
from openqi.records.draw_rows import PermitCell, RecusalRow
from openqi.records.draws import StratumStated
from surveillance_stage import BEACON, KEY, Surveillance, changed, officer_rows


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
    made = stage.made(commitment, randomness, proof=stage.proof(commitment, randomness), visible_to=(stage.station.party,))
    assert not made.public
    stage.clock.wait(days=60)
    shown = stage.shown(made)
    assert shown.public and shown.body["items"] == made.body["items"]
    assert replayed(stage, shown)


def test_a_cancelled_draw_says_whether_its_randomness_was_known():
    stage = Surveillance()
    early = stage.cancelled(stage.commit(stage.frame()))
    assert early.body["randomnessKnown"] is False


def test_officers_and_recusals_come_back_from_their_files():
    recusals = [
        RecusalRow(officer="E001", object="firm 1", reason="kin"), RecusalRow(officer="E001", other="E002", reason="past-pair"),
    ]  # fmt: skip
    several = changed(
        officer_rows()[0], certificates=(("2022-01-01", "2022-06-30"), ("2023-01-01", "2023-06-30")), east=-7,
        permits=(*officer_rows()[0].permits, PermitCell(item="lifts and cranes", first="2022-01-01", last="2024-12-31")),
    )  # fmt: skip
    rows = [several, *officer_rows()[1:], changed(officer_rows()[1], officer="E100", permits=())]
    assert officers_of(officer_listing(rows)) == rows
    assert recusals_of(recusal_listing(recusals)) == recusals


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"E1\tu\t\t\t1\t0\n", "line 1 has 6 columns"),
        (b"E1\tu\t2022-01-01\t\t1\t0\t0\n", "line 1: '2022-01-01' is no span of days"),
        (b"E1\tu\t\ttoys\t1\t0\t0\n", "line 1: 'toys' is no permit"),
        (b"E1\tu\t\t\tmany\t0\t0\n", "line 1: most visits is 'many'"),
        (b"E1\tu\t\t\t1\t0\t0", "lines end with a line feed"),
        (b"E1\tu\t\t\t1\t0\t0\nE2\xff\t\t\t\t1\t0\t0\n", "line 2 is no UTF-8"),
    ],
)
def test_a_file_of_officers_that_is_none_says_which_line_is_wrong(document, told):
    with pytest.raises(FormatError, match=told):
        officers_of(document)


@pytest.mark.parametrize("design", ["poisson", "sampford", "conditional-poisson", "systematic"])
def test_every_design_gives_rows_with_the_chance_where_it_is_not_the_target(design):
    stage = Surveillance()
    strata = tuple(StratumStated(design=design, stratum=name, size=4) for name in ("east", "west"))
    commitment = stage.commit(stage.frame(), strata=strata)
    rows = stage.rows(stage.made(commitment, stage.beacon(commitment)))
    told = {one.object for one in rows if one.chance is not None}
    assert bool(told) == (design == "conditional-poisson")
    for stratum in ("east", "west"):
        assert [one.place for one in rows if one.stratum == stratum] == [*range(1, 1 + sum(one.stratum == stratum for one in rows))]
