"""Results made public: due on working days with make-up days, late ones marked, corrected ones named, waiting ones counted."""

from datetime import date, timedelta
from typing import Any

import pytest

from inspection_stage import CALENDAR, Inspections, firms
from openqi.app.work.published import calendar_at_hand
from openqi.kernel.errors import RefusedError
from openqi.pillars.governance.workflow import Withdraw
from openqi.records.tasks import LimitPublished
from stage import outcome
from surveillance_stage import NAMED

FREE = {
    # 国办发明电〔2025〕7号, by hand: New Year 1 to 3 January, Spring Festival 15 to 23 February.
    *(date(2026, 1, day) for day in (1, 2, 3)), *(date(2026, 2, day) for day in range(15, 24)),
}  # fmt: skip
WORKED = {date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)}


def counted(start: date, days: int) -> str:
    """The day on which so many working days after a day are over, counted one by one."""
    while days:
        start += timedelta(days=1)
        days -= start in WORKED or (start.weekday() < 5 and start not in FREE)
    return start.isoformat()


def reported(s: Inspections, made: Any, visits: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {
        name: s.report(made, name, outcome_, day=day, at=f"{day}T08:00:00Z") for name, (day, outcome_) in visits.items()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-01-05", "2026-02-02"),  # 20 days of four plain weeks
        ("2026-01-19", "2026-02-14"),  # the 20th is Saturday 14 February, a make-up day
        ("2026-01-20", "2026-02-24"),  # one later: the whole Spring Festival lies between
        ("2026-02-05", "2026-03-11"),
        ("2026-02-13", "2026-03-19"),  # 14 and 28 February are worked
    ],
)
def test_a_result_is_due_twenty_working_days_later_over_spring_festival_and_make_up_days(day: str, due: str):
    assert counted(date.fromisoformat(day), 20) == due
    s = Inspections()
    made = s.draw(firms(2), publication_limit=s.limit().id)
    s.until("2026-03-15T00:00:00+00:00")
    reported(s, made, {"firm 0": (day, "conforming")})
    row = s.results(s.publish(made))["firm 0"]
    assert (row.due, row.late) == (due, due < "2026-03-15")


def test_a_day_is_over_at_midnight_in_china():
    for now, late in (("2026-02-02T15:59:50+00:00", False), ("2026-02-02T16:00:10+00:00", True)):
        s = Inspections()
        made = s.draw(firms(1), publication_limit=s.limit().id)
        s.until("2026-02-01T00:00:00+00:00")
        # 16:30 UTC is after midnight in China: the result is of 6 January there, and due a day later than by UTC.
        s.report(made, "firm 0", day="2026-01-05", at="2026-01-05T15:30:00Z")
        s.until(now)
        row = s.results(s.publish(made))["firm 0"]
        assert (row.due, row.late) == ("2026-02-02", late)


def test_what_waits_is_counted_and_each_result_is_public_once():
    s = Inspections()
    made = s.draw(firms(6), publication_limit=s.limit().id)
    s.until("2026-01-20T00:00:00+00:00")
    with pytest.raises(RefusedError, match="something-new"):
        s.publish(made)
    first = reported(s, made, {"firm 0": ("2026-01-05", "conforming"), "firm 1": ("2026-01-12", "not-found")})
    published = s.publish(made)
    assert (published.body["drawn"], published.body["reported"], published.body["waiting"]) == (6, 2, 4)
    assert published.public and "late" in published.body
    with pytest.raises(RefusedError, match="public-to-all"):
        s.publish(made, visible_to=(s.station.party,))
    with pytest.raises(RefusedError, match=r"all 2 results of .* are public already"):
        s.publish(made)
    s.until("2026-03-20T00:00:00+00:00")
    reported(s, made, {"firm 2": ("2026-01-06", "nonconforming"), "firm 3": ("2026-03-10", "conforming")})
    second = s.publish(made, by=s.station)
    rows = s.results(second)
    assert set(rows) == {"firm 2", "firm 3"}
    assert [rows["firm 2"].late, rows["firm 3"].late, second.body["late"]] == [True, False, 1]
    assert (second.body["reported"], second.body["waiting"]) == (4, 2)
    assert second.body["outcomes"] == [
        {"outcome": "conforming", "visits": 2}, {"outcome": "nonconforming", "visits": 1}, {"outcome": "not-found", "visits": 1},
    ]  # fmt: skip
    assert {row.record for row in s.results(published).values()} == {one.id for one in first.values()}
    assert outcome(s.verified(s.dossier(second))) == ("passed", "passed", "passed")


def test_a_corrected_result_names_the_one_that_was_public_and_a_withdrawn_one_is_taken_back():
    s = Inspections()
    made = s.draw(firms(3))
    s.until("2026-02-01T00:00:00+00:00")
    first = reported(s, made, {f"firm {place}": ("2026-01-06", "conforming") for place in range(3)})
    public = s.publish(made)
    assert "limit" not in public.body and all(row.due is None and not row.late for row in s.results(public).values())
    for name in ("firm 0", "firm 1"):
        s.ledger.perform(Withdraw(record=first[name].id, reason="wrong firm"), s.bureau)
    second = s.report(made, "firm 0", "nonconforming")
    corrected = s.publish(made)
    rows = s.results(corrected)
    assert set(rows) == {"firm 0", "firm 1"}
    assert (rows["firm 0"].outcome, rows["firm 0"].record, rows["firm 0"].replaces) == (
        "nonconforming",
        second.id,
        first["firm 0"].id,
    )
    assert (rows["firm 1"].outcome, rows["firm 1"].replaces) == (None, first["firm 1"].id)
    assert (corrected.body["replacing"], corrected.body["takenBack"]) == (1, 1)
    assert (corrected.body["reported"], corrected.body["waiting"]) == (2, 1)
    again = s.report(made, "firm 1", "closed")
    row = s.results(s.publish(made))["firm 1"]
    assert (row.outcome, row.record, row.replaces) == ("closed", again.id, None)
    # A publication that was withdrawn itself made nothing public.
    s.ledger.perform(Withdraw(record=public.id, reason="wrong draw"), s.bureau)
    assert set(s.results(s.publish(made))) == {"firm 2"}


def test_the_limit_is_the_one_committed_to_and_counts_days():
    s = Inspections()
    limit = s.limit()
    made = s.draw(firms(2), publication_limit=limit.id)
    s.until("2026-02-01T00:00:00+00:00")
    reported(s, made, {"firm 0": ("2026-01-06", "conforming")})
    other = s.limit(30, years=())
    with pytest.raises(RefusedError, match="limit-committed"):
        s.publish(made, limit=other.id)
    # What was committed to keeps, also where it is withdrawn: a limit does not end for what has begun.
    s.ledger.perform(Withdraw(record=limit.id, reason="30 days now"), s.operator)
    assert s.results(s.publish(made))["firm 0"].due == "2026-02-03"

    s = Inspections()
    made, hours = s.draw(firms(2)), s.limit(48, "hours")
    s.until("2026-02-01T00:00:00+00:00")
    reported(s, made, {"firm 0": ("2026-01-06", "conforming")})
    with pytest.raises(RefusedError, match="limit-in-days"):
        s.publish(made, limit=hours.id)
    with pytest.raises(RefusedError, match="limit-published"):
        s.publish(made, limit=made.id)
    gone = s.limit(years=())
    s.ledger.perform(Withdraw(record=gone.id, reason="wrong"), s.operator)
    with pytest.raises(RefusedError, match="limit-stands"):
        s.publish(made, limit=gone.id)
    with pytest.raises(RefusedError, match="own-draw"):
        s.publish(made, by=s.stranger)


def test_where_the_calendar_does_not_reach_so_far_nothing_is_late_that_cannot_be():
    s = Inspections()
    limit = s.limit(50)
    made = s.draw(firms(2), publication_limit=limit.id)
    s.until("2026-04-30T00:00:00+00:00")
    # 200 working days after March are in 2027, of which nothing was published.
    far = s.ledger.state(
        LimitPublished(
            limit="https://operator.example/limit/far", name=NAMED, source=NAMED, ground="legal", count=250, unit="working-days",
            ends="next-working-day", calendar=CALENDAR, pausing="nobody", valid_from="2019-01-01T00:00:00Z",
        ),
        s.operator,
    )  # fmt: skip
    plain = s.draw_again(firms(2))
    s.until("2026-04-30T00:00:00+00:00")
    reported(s, plain, {"firm 0": ("2026-01-06", "conforming")})
    row = s.results(s.publish(plain, limit=far.id))["firm 0"]
    assert (row.due, row.late) == (None, False)
    reported(s, made, {"firm 0": ("2026-01-06", "conforming")})
    assert s.results(s.publish(made))["firm 0"].due == counted(date(2026, 1, 6), 50)


def test_a_past_day_of_which_no_calendar_speaks_stops_the_publication():
    s = Inspections()
    limit = s.limit(years=("cn-2025",))
    made = s.draw(firms(1), publication_limit=limit.id)
    s.until("2026-02-01T00:00:00+00:00")
    reported(s, made, {"firm 0": ("2026-01-06", "conforming")})
    with pytest.raises(RefusedError, match="calendar-reaches"):
        s.publish(made)
    s.ledger.state(calendar_at_hand("cn-2026", CALENDAR), s.operator)
    assert s.results(s.publish(made))["firm 0"].due == "2026-02-03"
