"""Limits against a plain definition that looks at each day by itself, and against the articles of the civil code."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.calendars.calendar import Stretch, WorkingCalendar
from openqi.science.calendars.limits import Limit, Pause, end_of_limit, end_of_span, months_later

CST = timezone(timedelta(hours=8))
# The National Day of 2026 with its make-up days, out of the notice.
NATIONAL = Stretch(
    since=date(2026, 1, 1), until=date(2026, 12, 31), weekend=frozenset({6, 7}),
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)), working_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)  # fmt: skip
CHINA = WorkingCalendar(offset=timedelta(hours=8), stretches=(NATIONAL,))


def at(month, day, hour=10, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=CST)


def last_day(limit, event, pauses=(), calendar=CHINA):
    """The local day that a limit in days ends with."""
    return calendar.day_of(end_of_limit(limit, event, calendar, pauses) - timedelta(seconds=1))


def working(count, **more):
    return Limit(count=count, unit="working-days", **more)


def test_the_day_of_the_event_is_not_counted_and_the_last_day_ends_at_24_00():
    # Monday 9 November: Tuesday is the first day.
    assert end_of_limit(working(1), at(11, 9), CHINA) == datetime(2026, 11, 10, 16, tzinfo=UTC)
    assert end_of_limit(working(1), at(11, 9, 0), CHINA) == end_of_limit(working(1), at(11, 9, 23, 59), CHINA)


def test_working_days_leave_out_holidays_and_take_in_make_up_days():
    # From Tuesday 29 September: Wednesday 30 (1), then 1 to 7 October are free, 8 (2), 9 (3), Saturday 10 is worked (4).
    assert last_day(working(4), at(9, 29)) == date(2026, 10, 10)
    assert last_day(working(5), at(9, 29)) == date(2026, 10, 12)


def test_calendar_days_count_every_day_and_a_free_last_day_moves_to_the_next_working_day():
    days = Limit(count=3, unit="calendar-days")
    assert last_day(days, at(9, 28)) == date(2026, 10, 8)  # 1 October is free, and so are all to the 7th
    assert last_day(Limit(count=3, unit="calendar-days", moves=False), at(9, 28)) == date(2026, 10, 1)
    assert last_day(days, at(10, 7)) == date(2026, 10, 10)  # a Saturday that is worked


def test_a_month_ends_on_the_day_of_the_same_number_or_the_last_of_the_month():
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2027, 12, 31), 2) == date(2028, 2, 29)
    assert months_later(date(2026, 11, 15), 14) == date(2028, 1, 15)
    assert last_day(Limit(count=1, unit="months", moves=False), at(1, 31)) == date(2026, 2, 28)
    assert last_day(Limit(count=6, unit="months", moves=False), at(3, 3)) == date(2026, 9, 3)


def test_hours_run_from_the_instant_and_never_move():
    assert end_of_limit(Limit(count=24, unit="hours"), at(10, 1, 9, 30), CHINA) == at(10, 2, 9, 30)


def test_a_day_on_which_the_clock_stood_still_is_not_counted():
    # Tuesday and Wednesday touched by the pause: Thursday is the first day that counts.
    pause = Pause(since=at(11, 10, 16), until=at(11, 11, 9))
    assert last_day(working(1), at(11, 9), [pause]) == date(2026, 11, 12)
    noon = Pause(since=at(11, 10, 12), until=at(11, 10, 13))
    assert last_day(working(2), at(11, 9), [noon]) == date(2026, 11, 12)


def test_hours_go_on_for_as_long_as_they_stood_still():
    pause = Pause(since=at(11, 9, 12), until=at(11, 12, 12))
    assert end_of_limit(Limit(count=4, unit="hours"), at(11, 9), CHINA, [pause]) == at(11, 12, 14)
    assert end_of_span(timedelta(hours=1), at(11, 9), [pause]) == at(11, 9, 11)


def test_nothing_is_made_up_about_days_that_no_calendar_speaks_of():
    with pytest.raises(DomainError, match="2027-01-01"):
        end_of_limit(working(30), at(12, 1), CHINA)
    with pytest.raises(DomainError, match="no calendar says"):
        end_of_limit(Limit(count=60, unit="calendar-days"), at(12, 1), CHINA)
    assert end_of_limit(Limit(count=60, unit="calendar-days", moves=False), at(12, 1), CHINA)


def test_of_two_stretches_the_later_one_counts():
    extended = Stretch(
        since=date(2026, 10, 8), until=date(2026, 10, 9), weekend=frozenset(), holidays=frozenset({date(2026, 10, 8)})
    )
    calendar = WorkingCalendar(offset=timedelta(hours=8), stretches=(NATIONAL, extended))
    assert last_day(working(2), at(9, 29), calendar=calendar) == date(2026, 10, 9)


def test_another_time_zone_has_other_days():
    utc = WorkingCalendar(offset=timedelta(0), stretches=(NATIONAL,))
    late = datetime(2026, 11, 9, 17, tzinfo=UTC)  # the 10th in China
    assert last_day(working(1), late, calendar=utc) == date(2026, 11, 10)
    assert last_day(working(1), late) == date(2026, 11, 11)


def test_what_is_no_limit_pause_or_calendar_is_refused():
    for count, unit in ((0, "hours"), (2_001, "working-days"), (241, "months")):
        with pytest.raises(DomainError, match="limit of"):
            Limit(count=count, unit=unit)
    with pytest.raises(DomainError, match="before it begins"):
        Pause(since=at(11, 2), until=at(11, 1))
    with pytest.raises(DomainError, match="in order"):
        end_of_limit(working(1), at(11, 9), CHINA, [Pause(since=at(11, 8), until=at(11, 10))])
    with pytest.raises(DomainError, match="both"):
        Stretch(since=date(2026, 1, 1), until=date(2026, 1, 2), weekend=frozenset(), holidays=frozenset({date(2026, 1, 1)}),
                working_days=frozenset({date(2026, 1, 1)}))  # fmt: skip
    with pytest.raises(DomainError, match="ends on"):
        Stretch(since=date(2026, 1, 2), until=date(2026, 1, 1), weekend=frozenset())
    with pytest.raises(DomainError, match="1 to 7"):
        Stretch(since=date(2026, 1, 1), until=date(2026, 1, 1), weekend=frozenset({0}))


days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(lambda naive: naive.replace(tzinfo=CST, microsecond=0))


@st.composite
def calendars(draw):
    free, worked = draw(st.sets(days, max_size=60)), draw(st.sets(days, max_size=60))
    stretch = Stretch(
        since=date(2025, 12, 1), until=date(2029, 12, 31), weekend=frozenset(draw(st.sets(st.integers(1, 7), max_size=6))),
        holidays=frozenset(free - worked), working_days=frozenset(worked),
    )  # fmt: skip
    return WorkingCalendar(offset=timedelta(hours=draw(st.integers(-11, 13))), stretches=(stretch,))


@st.composite
def cases(draw):
    event = draw(instants)
    marks = sorted(draw(st.lists(st.integers(0, 90 * 24), max_size=6)))
    times = [event + timedelta(hours=mark) for mark in marks]
    return event, [Pause(since=a, until=b) for a, b in zip(times[::2], times[1::2], strict=False)]


def plain_last_day(limit, event, calendar, pauses):
    """The definition, slow and plain: the first day for which enough days that count lie after the event's."""
    local = timezone(calendar.offset)
    start = event.astimezone(local).date()

    def runs(day):
        midnight = datetime(day.year, day.month, day.day, tzinfo=local)
        return not any(pause.since < midnight + timedelta(days=1) and pause.until >= midnight for pause in pauses)

    def counts(day):
        return runs(day) and (limit.unit == "calendar-days" or calendar.works(day))

    following = [start + timedelta(days=n) for n in range(1, 900)]
    enough = [day for day in following if counts(day)][limit.count - 1]
    if limit.moves:
        enough = next(day for day in following if day >= enough and runs(day) and calendar.works(day))
    return enough


@given(
    calendar=calendars(), case=cases(), count=st.integers(1, 90), unit=st.sampled_from(["working-days", "calendar-days"]),
    moves=st.booleans(),
)  # fmt: skip
def test_a_limit_in_days_ends_as_the_plain_definition_says(calendar, case, count, unit, moves):
    event, pauses = case
    limit = Limit(count=count, unit=unit, moves=moves)
    expected = calendar.end_of(plain_last_day(limit, event, calendar, pauses))
    assert end_of_limit(limit, event, calendar, pauses) == expected


@given(case=cases(), count=st.integers(1, 2_000))
def test_a_limit_in_hours_ends_when_the_clock_has_run_for_so_long(case, count):
    event, pauses = case
    end = end_of_limit(Limit(count=count, unit="hours"), event, CHINA, pauses)
    stood = sum((min(end, pause.until) - min(end, pause.since) for pause in pauses), timedelta(0))
    assert end - event - stood == timedelta(hours=count)
    assert not any(pause.since < end < pause.until for pause in pauses)
