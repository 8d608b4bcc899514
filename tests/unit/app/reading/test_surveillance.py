"""The board, the page of an inspected object and open results: each number is that of plain lists, for whoever reads."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from inspections_world import RETEST, TODAY, Drawn, Market
from openqi.app.reading.context import Context
from openqi.app.reading.surveillance.board import GROUPS, Board, board
from openqi.app.reading.surveillance.draws import draw_line
from openqi.app.reading.surveillance.inspected import object_page
from openqi.app.reading.surveillance.lists import PER_PAGE, inspection_list
from openqi.app.reading.surveillance.results import results
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.inspections import OutcomeCode
from openqi.records.tasks import CalendarPublished
from stage import party
from web_stage import context_of

BAD = ("nonconforming", "corrected")


def reading(market: Market, reader: str | None = None, today: date = TODAY) -> Context:
    """The log as somebody reads it."""
    market.flush()
    return context_of(market.store, reader=reader, today=today)


def withdraw(market: Market, record: Any) -> None:
    """Withdraw a record."""
    market.flush()
    market.ledger.perform(Withdraw(record=record.id, reason="wrong"), market.office)


@pytest.fixture(scope="module")
def lively() -> tuple[Market, Board]:
    """Two years of a market, and its board."""
    market = Market(300)
    market.lived(14, 25)
    return market, board(reading(market))


@pytest.fixture
def small() -> tuple[Market, Drawn]:
    """A draw of eight, not visited yet, on 2 December 2024."""
    market = Market(60)
    one = market.commit()
    market.draw(one, sorted(market.objects)[:8])
    market.flush()
    return market, one


def test_the_groups_of_outcomes_are_those_of_every_code():
    assert set(GROUPS) == set(OutcomeCode.__args__)


def test_totals_and_outcomes_are_those_of_plain_lists(lively: tuple[Market, Board]):
    market, found = lively
    ended = Counter(record.body["outcome"] for one in market.draws for record in one.visits.values())
    assert {one.code: one.visits for one in found.outcomes if one.visits} == dict(ended)
    totals = found.totals
    assert (totals.draws, totals.drawn, totals.reported) == (
        14, sum(len(one.names) for one in market.draws), sum(len(one.visits) for one in market.draws),
    )  # fmt: skip
    assert totals.examined == ended["conforming"] + sum(ended[code] for code in BAD)
    assert totals.unresolved == ended["not-found"] + ended["refused"] + ended["not-visited"]
    assert totals.examined + totals.unresolved + totals.outside == totals.reported
    waiting = totals.drawn - totals.reported
    assert waiting
    assert totals.response == totals.examined / (totals.examined + totals.unresolved + waiting)


def test_draws_by_state_are_what_happened_to_each(lively: tuple[Market, Board]):
    market, found = lively
    states: Counter[str] = Counter()
    for one in market.draws:
        if one.made is None:
            states["committed"] += 1
        elif not one.visits:
            states["drawn"] += 1
        elif len(one.visits) < len(one.names):
            states["visiting"] += 1
        else:
            states["published" if len(one.published) == len(one.names) else "reported"] += 1
    assert dict(found.states) == states
    assert len(states) >= 4


def test_coverage_counts_each_object_once(lively: tuple[Market, Board]):
    market, found = lively
    (covered,) = found.coverage
    drawn = {name for one in market.draws for name in one.names}
    visited = {name for one in market.draws for name, record in one.visits.items() if record.body["outcome"] != "not-visited"}
    assert (covered.whole.objects, covered.whole.drawn, covered.whole.visited) == (300, len(drawn), len(visited))
    assert len(drawn) < sum(len(one.names) for one in market.draws)
    for place, parts in ((0, covered.strata), (1, covered.classes)):
        plain = Counter(market.objects[name][place] for name in visited)
        assert {one.label: one.visited for one in parts} == {one.label: plain[one.label] for one in parts}
        assert sum(one.objects for one in parts) == 300
    assert covered.elsewhere == 0


def test_the_promise_counts_what_is_overdue_and_not_public_as_not_kept(lively: tuple[Market, Board]):
    market, found = lively
    published = sum(len(one.published) for one in market.draws)
    late = sum(one.record.body["late"] for one in market.store.scan() if one.record.kind == "surveillance.results-published/1")
    waiting = sum(len(set(one.visits) - one.published) for one in market.draws)
    promise = found.promise
    assert (promise.published, promise.late, promise.overdue) == (published, late, waiting)
    assert promise.share == (published - late) / (published + waiting)
    assert late
    assert waiting


def test_corrections_are_open_until_followed_up_and_overdue_from_the_day_after(small: tuple[Market, Drawn]):
    market, one = small
    market.visit(one, one.names[0], "nonconforming", correct_by="2024-12-20")
    market.visit(one, one.names[1], "nonconforming", correct_by="2024-12-10")
    on = {day: board(reading(market, today=date(2024, 12, day))).corrections for day in (9, 10, 11, 20, 21)}
    assert {day: (found.open, found.over) for day, found in on.items()} == {
        9: (2, 0), 10: (2, 0), 11: (2, 1), 20: (2, 1), 21: (2, 2),
    }  # fmt: skip
    assert [line.object for line in on[9].first] == [one.names[1], one.names[0]]
    followed = market.followed(one, one.names[1], "corrected")
    assert board(reading(market, today=date(2024, 12, 30))).corrections.open == 1
    withdraw(market, followed)
    assert board(reading(market, today=date(2024, 12, 30))).corrections.open == 2


def test_publication_is_due_twenty_working_days_after_and_late_from_the_next(small: tuple[Market, Drawn]):
    market, one = small  # a Monday; weekends are free: the twentieth working day after it is Monday 30 December
    market.visit(one, one.names[0], "conforming")
    day = market.at.date()
    left = 20
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    found = {today: board(reading(market, today=today)).publications[0] for today in (day, day + timedelta(days=1))}
    assert {one.due.day for one in found.values() if one.due} == {day.isoformat()} == {"2024-12-30"}
    assert [one.over for one in found.values()] == [0, 1]
    market.publish(one)
    assert board(reading(market, today=day)).publications == ()


def test_a_limit_beyond_the_calendar_is_not_due_on_any_day_yet(small: tuple[Market, Drawn]):
    market, one = small
    market.at = market.at.replace(year=2027, month=12, day=20)
    market.visit(one, one.names[0], "conforming")
    (found,) = board(reading(market, today=date(2027, 12, 30))).publications
    assert found.due is not None
    assert (found.due.day, found.over) == ("", 0)
    calendar = CalendarPublished(
        calendar="https://operator.example/calendar", name=found.line.name, source=found.line.name, since="2028-01-01",
        until="2028-12-31", offset="+08:00", weekend=("saturday", "sunday"),
    )  # fmt: skip
    market.ledger.state(calendar, market.operator)
    (found,) = board(reading(market, today=date(2027, 12, 30))).publications
    assert found.due is not None
    assert found.due.day == "2028-01-17"


def test_withdrawn_visits_and_publications_count_no_more(small: tuple[Market, Drawn]):
    market, one = small
    for name in one.names:
        market.visit(one, name, "conforming" if name != one.names[0] else "nonconforming")
    published = market.publish(one, late=one.names[:2])
    before = board(reading(market, today=date(2024, 12, 5)))
    assert (before.promise.published, before.promise.late, dict(before.states)) == (8, 2, {"published": 1})
    withdraw(market, one.visits[one.names[0]])
    after = board(reading(market, today=date(2024, 12, 5)))
    assert {found.code: found.visits for found in after.outcomes if found.visits} in (
        {"conforming": 7}, {"conforming": 7, "nonconforming": 1},
    )  # fmt: skip
    line = draw_line(reading(market), one.committed.id)
    assert line is not None
    assert line.visits == 7
    withdraw(market, published)
    gone = board(reading(market, today=date(2024, 12, 5)))
    assert (gone.promise.published, gone.promise.late) == (0, 0)
    assert gone.publications[0].waiting == 7


def test_the_public_sees_of_private_reports_only_what_was_published(small: tuple[Market, Drawn]):
    market, one = small
    market.private = True
    for name in one.names[:5]:
        market.visit(one, name, "nonconforming", correct_by="2024-12-20")
    day = date(2025, 2, 10)
    public, office = board(reading(market, today=day)), board(reading(market, market.office.party, day))
    assert (public.totals.reported, public.corrections.open, public.publications) == (0, 0, ())
    assert (office.totals.reported, office.corrections.open, office.publications[0].over) == (5, 5, 5)
    stranger = reading(market, "https://stranger.example", day)
    seen = board(stranger)
    assert (seen.totals.reported, seen.corrections.open, seen.publications) == (0, 0, ())
    assert object_page(stranger, one.names[0]).stood[0].visits == ()
    assert inspection_list(stranger, "visits", {}).visits == ()
    assert len(inspection_list(reading(market, market.office.party, day), "visits", {}).visits) == 5
    market.publish(one)
    public = board(reading(market, today=day))
    assert public.totals.reported == 5
    assert {found.code: found.visits for found in public.outcomes if found.visits} == {"nonconforming": 5}
    listed = inspection_list(reading(market, today=day), "published", {"outcome": "nonconforming"}).published
    assert {found.object for found in listed} == {*one.names[:5]}
    assert inspection_list(reading(market, today=day), "published", {"outcome": "conforming"}).published == ()
    assert public.coverage[0].whole.visited == 5
    told = object_page(reading(market), one.names[0]).stood[0]
    assert told.visits == ()
    assert told.public is not None
    assert told.public.row.outcome == "nonconforming"


def test_a_hidden_draw_tells_the_public_nobody_and_the_office_everybody(small: tuple[Market, Drawn]):
    market, _ = small
    hidden = market.commit()
    market.draw(hidden, sorted(market.objects)[20:26], hidden=True)
    line, own = (draw_line(reading(market, who), hidden.committed.id) for who in (None, market.office.party))
    assert line is not None
    assert own is not None
    assert (line.state, line.drawn, own.state, own.drawn, own.hidden) == ("committed", 0, "drawn", 6, True)
    name = hidden.names[0]
    assert object_page(reading(market), name).stood == ()
    assert len(object_page(reading(market, market.office.party), name).stood) == 1
    with pytest.raises(NotFoundError, match="is not public yet"):
        results(reading(market), hidden.committed.id)


def test_the_page_of_an_object_has_every_draw_in_which_it_was_drawn(lively: tuple[Market, Board]):
    market, _ = lively
    often = Counter(name for one in market.draws for name in one.names).most_common(1)[0][0]
    page = object_page(reading(market), often)
    assert {one.line.draw for one in page.stood} == {one.uri for one in market.draws if often in one.names}
    for stood in page.stood:
        one = next(one for one in market.draws if one.uri == stood.line.draw)
        assert [visit.stated.outcome for visit in stood.visits] == [
            record.body["outcome"] for name, record in one.visits.items() if name == often
        ]
        assert (stood.public is not None) == (often in one.published)
    assert object_page(reading(market), "nobody").stood == ()
    assert page.draws == sum(one.made is not None for one in market.draws)


def test_the_right_to_a_re_test_is_a_limit_counted_from_the_publication(small: tuple[Market, Drawn]):
    market, one = small
    market.visit(one, one.names[0], "nonconforming")
    market.publish(one)  # on Monday 2 December; the fifteenth day after it is Tuesday the 17th
    (right,) = object_page(reading(market, today=date(2024, 12, 18)), one.names[0]).stood[0].rights
    assert (right.limit.starts, right.due.day, right.due.over) == ("surveillance.results-published/1", "2024-12-17", True)
    assert right.limit.record == next(
        found.record.id for found in market.store.scan() if found.record.body.get("limit") == RETEST
    )  # fmt: skip


def test_results_have_a_row_for_each_drawn_object_and_denominators_that_add_up(lively: tuple[Market, Board]):
    market, _ = lively
    for one in market.draws:
        if one.made is None:
            continue
        found = results(reading(market), one.uri)
        assert [row.object for row in found.rows] == one.names
        assert found.drawn == found.public + found.waiting == len(one.names)
        assert found.public == found.examined + found.unresolved + found.outside == len(one.published)
        assert {row.object: row.outcome for row in found.rows if row.outcome} == {
            name: one.visits[name].body["outcome"] for name in one.published
        }


def test_two_who_committed_under_one_uri_are_told_apart(small: tuple[Market, Drawn]):
    market, one = small
    other = party("other", 90)
    market.welcome(other, "market-surveillance-authority")
    market.draws.clear()
    market.at += timedelta(days=1)
    twin = market.commit()
    assert twin.uri == one.uri
    market.flush()
    with pytest.raises(FormatError, match="several committed"):
        results(reading(market), one.uri)
    assert results(reading(market), one.committed.id).drawn == 8


def test_lists_behind_the_numbers_go_on_page_by_page(lively: tuple[Market, Board]):
    market, found = lively
    context = reading(market)
    for outcome in ("conforming", "not-found"):
        names, after, pages = [], "", 0
        while pages == 0 or after:
            page = inspection_list(context, "visits", {"outcome": outcome}, after=after)
            names += [one.visit for one in page.visits]
            after, pages = page.after, pages + 1
        plain = [one.id for draw in market.draws for one in draw.visits.values() if one.body["outcome"] == outcome]
        assert sorted(names) == sorted(plain)
        assert pages == -(-len(plain) // PER_PAGE)
    public, after, pages = [], "", 0
    while pages == 0 or after:
        page = inspection_list(context, "published", {"outcome": "conforming"}, after=after)
        public += [(one.draw.committed, one.object) for one in page.published]
        after, pages = page.after, pages + 1
    assert len({*public}) == len(public) > PER_PAGE
    opened = inspection_list(context, "visits", {"open": "1"}).visits
    assert len(opened) == min(found.corrections.open, PER_PAGE)
    assert [one.correct_by for one in opened] == sorted(one.correct_by for one in opened)
    reasons = dict(found.reasons)
    for reason, many in reasons.items():
        assert len(inspection_list(context, "changes", {"reason": reason}).changes) == min(many, PER_PAGE)
    for state, many in found.states:
        assert len(inspection_list(context, "draws", {"state": state}).draws) == many


@pytest.mark.parametrize(
    ("what", "asked", "after"),
    [("visits", {"outcome": "fine"}, ""), ("draws", {"state": "open"}, ""), ("visits", {}, "-1"), ("changes", {}, "x" * 30)],
)
def test_what_no_list_has_is_refused(small: tuple[Market, Drawn], what: Any, asked: dict[str, str], after: str):
    with pytest.raises(FormatError):
        inspection_list(reading(small[0]), what, asked, after=after)


def test_an_object_with_too_long_a_name_is_refused(small: tuple[Market, Drawn]):
    with pytest.raises(FormatError, match="at most"):
        object_page(reading(small[0]), "x" * 2001)
