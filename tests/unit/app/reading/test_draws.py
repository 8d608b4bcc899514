"""Draws for pages: where each stands on which day, whose records count, who may see what, and what an object is told."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from openqi.app.reading.context import Context
from openqi.app.reading.draws.asked import told_to
from openqi.app.reading.draws.ingredients import draw_file, ingredients
from openqi.app.reading.draws.lines import draw_line, draw_list
from openqi.app.reading.draws.page import draw_page
from openqi.evidence.log.merkle import leaf_hash, verify_inclusion
from openqi.evidence.record import Record
from openqi.kernel.errors import DomainError, FormatError, NotFoundError
from openqi.pillars.governance.workflow import Withdraw
from openqi.pillars.surveillance.draws.register import DRAWS
from openqi.science.draws.vrf.hidden import hidden_seed
from surveillance_stage import DRAW, KEY, SECRET, Surveillance, firm
from web_stage import context_of

BEFORE, ROUND, FIRST, LATER = (date(2023, 9, day) for day in (14, 15, 18, 30))


def seen(stage: Surveillance, day: date = LATER, reader: str | None = None) -> Context:
    return context_of(stage.store, today=day, reader=reader)


def hidden(stage: Surveillance) -> tuple[Record, Record]:
    """A draw of unannounced visits, made for the parties alone."""
    from openqi.science.draws.seed import NamedSource, PublicValue, mixed_seed
    from surveillance_stage import BEACON, DRAND

    commitment = stage.commit(stage.frame(), key=KEY)
    value = stage.beacon(commitment)
    named = [NamedSource(source=DRAND.source, event=DRAND.event)]
    beacon = PublicValue(source=DRAND.source, event=DRAND.event, value=bytes.fromhex(value.body["value"]))
    public = mixed_seed(bytes.fromhex(commitment.body["commitment"]), named, [beacon])
    _, proof = hidden_seed(SECRET, public, commitment.body["purpose"])
    assert BEACON
    return commitment, stage.made(commitment, value, proof=proof.hex(), visible_to=(stage.station.party,))


@pytest.mark.parametrize(
    ("day", "state"), [(BEFORE, "waiting"), (ROUND, "waiting"), (date(2023, 9, 16), "due"), (FIRST, "overdue")]
)
def test_a_commitment_waits_for_its_round_is_then_to_be_drawn_and_overdue_when_visits_begin(day: date, state: str) -> None:
    stage = Surveillance()
    stage.commit(stage.frame())
    assert draw_line(seen(stage, day), DRAW).state == state
    assert [one.state for one in draw_list(seen(stage, day)).draws] == [state]
    assert len(draw_list(seen(stage, day), state="overdue").draws) == (state == "overdue")


def test_a_result_makes_it_drawn_until_it_is_withdrawn_and_a_new_one_counts() -> None:
    stage = Surveillance()
    commitment = stage.commit(stage.frame())
    value = stage.beacon(commitment)
    made = stage.made(commitment, value)
    assert (draw_line(seen(stage), DRAW).state, draw_line(seen(stage), DRAW).drawn) == ("drawn", 8)
    stage.ledger.perform(Withdraw(record=made.id, reason="by mistake"), stage.bureau)
    assert draw_line(seen(stage), DRAW).state == "overdue"
    assert draw_page(seen(stage), DRAW).result is None
    again = stage.made(commitment, value)
    found = draw_page(seen(stage), DRAW).result
    assert found is not None
    assert found.seen.id == again.id


def test_what_is_cancelled_says_why_and_whether_the_randomness_was_known() -> None:
    stage = Surveillance()
    commitment = stage.commit(stage.frame())
    stage.wait_for_round()
    stage.cancelled(commitment)
    page = draw_page(seen(stage), DRAW)
    assert page.line.state == "cancelled"
    assert page.cancelled is not None
    assert page.cancelled.randomness_known


def test_of_two_commitments_under_one_address_the_first_counts_and_the_other_is_told() -> None:
    stage = Surveillance()
    frame = stage.frame()
    first = stage.commit(frame)
    other = stage.commit(frame, by=stage.stranger, parties=())
    stage.made(other, stage.beacon(other, by=stage.stranger), by=stage.stranger)
    page = draw_page(seen(stage), DRAW)
    assert page.line.committed.id == first.id
    assert [one.id for one in page.again] == [other.id]
    assert (page.result, page.line.state) == (None, "overdue")
    row = stage.store.rows(DRAWS, [DRAW])[DRAW]
    assert (row["committed"], row["made"], row["values"]) == (first.id, "", 0)


def test_a_hidden_draw_is_seen_by_its_parties_alone_until_it_is_shown() -> None:
    stage = Surveillance()
    _, made = hidden(stage)
    assert draw_page(seen(stage), DRAW).result is None
    assert (draw_line(seen(stage), DRAW).state, draw_line(seen(stage, date(2023, 10, 21)), DRAW).state) == ("hidden", "overdue")
    assert ingredients(seen(stage), DRAW)["made"] is None
    assert told_to(seen(stage), DRAW, firm(7)).state == "listed"
    with pytest.raises(NotFoundError):
        draw_file(seen(stage), DRAW, "rows")
    party = draw_page(seen(stage, reader=stage.station.party), DRAW).result
    assert party is not None
    assert party.seen.id == made.id
    stage.clock.wait(days=60)
    stage.shown(made)
    found = draw_page(seen(stage), DRAW)
    assert found.line.state == "drawn"
    assert found.result is not None
    assert [one.row for one in found.result.rows] == [one.row for one in party.rows]


def test_an_object_is_told_its_chance_ticket_and_limit_with_a_proof_that_it_is_on_the_list() -> None:
    stage = Surveillance()
    made = stage.drawn()
    context = seen(stage)
    drawn = {row.object: row for row in stage.rows(made)}
    for number in range(40):
        told = told_to(context, DRAW, firm(number))
        if number == 5:
            assert told.state == "excluded"
            assert told.exclusion is not None
            assert told.exclusion.reason == "upper-level-covers-it"
            continue
        assert told.state == ("drawn" if firm(number) in drawn else "not-drawn")
        assert told.answer is not None
        assert told.proof is not None
        if firm(number) in drawn:
            assert (told.answer.ticket, told.target) == (drawn[firm(number)].ticket, Fraction(drawn[firm(number)].target))
        assert told.agrees
        verify_inclusion(
            leaf=leaf_hash(told.proof.row), index=told.proof.leaf, size=told.proof.size, proof=told.proof.hashes,
            root=bytes.fromhex(told.root),
        )  # fmt: skip
    assert told_to(context, DRAW, "no such firm").state == "not-listed"


def test_before_the_draw_an_object_is_told_the_chance_that_the_rules_give_it() -> None:
    stage = Surveillance()
    stage.commit(stage.frame())
    told = told_to(seen(stage), DRAW, firm(7))
    assert (told.state, told.target, told.answer) == ("listed", Fraction(4, 19), None)


def test_pages_of_those_who_were_drawn_hold_each_of_them_once() -> None:
    stage = Surveillance()
    made = stage.drawn()
    pages: list[Any] = [draw_page(seen(stage), DRAW, number=number, most=3).result for number in (1, 2, 3)]
    assert [one.row for page in pages for one in page.rows] == stage.rows(made)
    assert {page.pages for page in pages} == {3}
    with pytest.raises(DomainError, match="pages 1 to 3"):
        draw_page(seen(stage), DRAW, number=4, most=3)


def test_the_list_goes_on_where_it_ended_and_holds_those_of_one_organiser() -> None:
    stage = Surveillance()
    frame = stage.frame()
    for number in range(5):
        stage.commit(frame, draw=f"https://bureau.example/draw/{number}", purpose=f"check {number}")
    stage.commit(frame, draw="https://stranger.example/draw", by=stage.stranger, parties=())
    context = seen(stage)
    first = draw_list(context, most=4)
    rest = draw_list(context, most=4, after=first.after)
    found = [one.draw.uri for one in (*first.draws, *rest.draws)]
    assert found == ["https://stranger.example/draw", *(f"https://bureau.example/draw/{number}" for number in (4, 3, 2, 1, 0))]
    assert rest.after == ""
    assert [one.draw.uri for one in draw_list(context, organiser=stage.stranger.party).draws] == ["https://stranger.example/draw"]
    with pytest.raises(FormatError):
        draw_list(context, after="x")


def test_what_the_log_does_not_know_is_said_to_be_unknown() -> None:
    stage = Surveillance()
    for uri in (DRAW, stage.bureau.party, "x"):
        with pytest.raises(NotFoundError, match="knows no draw"):
            draw_page(seen(stage), uri)
