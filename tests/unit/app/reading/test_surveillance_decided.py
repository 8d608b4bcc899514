"""The board over draws that were really decided: its days are those that publications name, its rates those of the estimate."""

from datetime import date
from typing import Any

import pytest

from inspection_stage import Inspections, firms, officer
from openqi.app.reading.context import Context
from openqi.app.reading.surveillance.board import board
from openqi.app.reading.surveillance.draws import draw_line
from openqi.app.reading.surveillance.inspected import object_page
from openqi.app.reading.surveillance.results import results
from openqi.evidence.record import Record
from openqi.pillars.governance.workflow import Withdraw
from openqi.records import body
from openqi.records.draw_rows import RecusalRow
from openqi.records.draws import StratumStated
from openqi.records.inspections import RateEstimated
from web_stage import context_of


def on(s: Inspections, day: str, reader: str | None = None) -> Context:
    """The log on a day."""
    return context_of(s.store, today=date.fromisoformat(day), reader=reader)


def draw_of(**more: Any) -> tuple[Inspections, Record]:
    """A draw of six firms in two strata with a limit of twenty working days."""
    s = Inspections()
    lines = [*firms(3, stratum="east", risk_class="A"), *firms(3, stratum="west", risk_class="C", first=3)]
    strata = [StratumStated(design="equal", stratum=one, size=3) for one in ("east", "west")]
    return s, s.draw(lines, strata, publication_limit=s.limit().id, **more)


@pytest.fixture
def drawn() -> tuple[Inspections, Record]:
    """A draw of six firms, without officers."""
    return draw_of()


@pytest.mark.parametrize("day", ["2026-01-06", "2026-01-19", "2026-01-20", "2026-02-05", "2026-02-13"])
def test_the_day_until_which_a_waiting_result_is_due_is_the_one_that_its_publication_then_names(
    drawn: tuple[Inspections, Record], day: str
):
    s, made = drawn
    s.until("2026-03-15T00:00:00+00:00")
    s.report(made, "firm 0", day=day, at=f"{day}T08:00:00Z")
    (waiting,) = board(on(s, "2026-03-15")).publications
    row = s.results(s.publish(made))["firm 0"]
    assert waiting.due is not None
    assert (waiting.due.day, bool(waiting.over)) == (row.due, row.late)
    assert board(on(s, "2026-03-15")).publications == ()
    stood = object_page(on(s, "2026-03-15"), "firm 0").stood[0]
    assert stood.public is not None
    assert stood.public.row == row


def test_a_result_that_is_withdrawn_after_publication_is_taken_back_everywhere(drawn: tuple[Inspections, Record]):
    s, made = drawn
    s.until("2026-01-10T00:00:00+00:00")
    visits = {name: s.report(made, name, outcome) for name, outcome in {"firm 0": "nonconforming", "firm 1": "refused"}.items()}
    s.publish(made)
    s.ledger.perform(Withdraw(record=visits["firm 0"].id, reason="another firm"), s.bureau)
    s.publish(made)
    found = results(on(s, "2026-01-11"), body_of(made)["committed"])
    assert {row.object: row.outcome for row in found.rows if row.outcome} == {"firm 1": "refused"}
    assert (found.drawn, found.public, found.waiting, found.unresolved) == (6, 1, 5, 1)
    told = board(on(s, "2026-01-11"))
    assert {one.code: one.visits for one in told.outcomes if one.visits} == {"refused": 1}
    assert (told.promise.published, told.totals.reported) == (2, 1)
    again = s.report(made, "firm 0", "conforming", at="2026-01-09T08:00:00Z")
    assert board(on(s, "2026-01-11")).publications[0].waiting == 1
    s.publish(made)
    found = results(on(s, "2026-01-11"), body_of(made)["committed"])
    assert next(row.report for row in found.rows if row.object == "firm 0") == again.id


def body_of(record: Record) -> Any:
    """What a record says."""
    return record.body


def test_rates_on_the_board_are_those_of_the_newest_estimate_that_stands(drawn: tuple[Inspections, Record]):
    s, made = drawn
    s.until("2026-01-10T00:00:00+00:00")
    for place, row in enumerate(s.rows(made)):
        s.report(made, row.object, "nonconforming" if place % 3 == 0 else "conforming")
    first = s.estimate(made)
    second = s.estimate(made, by="stratum")
    (told,) = board(on(s, "2026-01-11")).rates
    assert told.estimate == second.id
    assert told.stated == body(second, RateEstimated)
    assert {one.rate: one.value for one in told.stated.rates}["hit"] == "0.33333"
    assert board(on(s, "2026-01-11")).totals.response == 1.0
    s.ledger.perform(Withdraw(record=second.id, reason="by class it should be"), s.bureau)
    assert board(on(s, "2026-01-11")).rates[0].estimate == first.id


def test_changes_of_officers_are_counted_by_their_reason_and_states_go_on():
    s, made = draw_of(officers=[officer(n) for n in range(5)])
    committed = body_of(made)["committed"]

    def state() -> str:
        line = draw_line(on(s, "2026-01-11"), committed)
        assert line is not None
        return line.state

    assert state() == "drawn"
    assigned = s.assign(made)
    assert state() == "assigned"
    team = s.teams(assigned)["firm 0"]
    s.change(assigned, "firm 0", left=team.officers[0], reason="ill")
    told = board(on(s, "2026-01-11"))
    assert (told.reasons, told.changes) == ((("ill", 1),), 1)
    s.until("2026-01-10T00:00:00+00:00")
    for row in s.rows(made):
        s.report(made, row.object, "not-visited", at="2026-01-09T08:00:00Z", assigned=assigned.id)
    assert state() == "reported"
    s.publish(made)
    assert state() == "published"
    told = board(on(s, "2026-01-11"))
    assert told.coverage[0].whole.drawn == 6
    assert told.coverage[0].whole.visited == 0
    assert told.totals.response == 0.0


def test_recusals_are_counted_by_reason_for_who_may_open_them_and_are_sealed_for_all_others():
    recusals = [
        RecusalRow(object="firm 0", officer="officer 1", reason="kin"),
        RecusalRow(object="firm 1", officer="officer 1", reason="kin"),
        RecusalRow(object="firm 1", officer="officer 2", reason="complaint"),
    ]  # fmt: skip
    s, _ = draw_of(officers=[officer(n) for n in range(6)], recusals=recusals)
    for reader in (s.bureau.party, s.station.party):
        found = board(on(s, "2026-01-11", reader)).recusals
        assert (found.reasons, found.lists, found.sealed) == ((("kin", 2), ("complaint", 1)), 1, 0)
    for reader in (None, s.stranger.party):
        found = board(on(s, "2026-01-11", reader)).recusals
        assert (found.reasons, found.lists, found.sealed) == ((), 0, 1)
