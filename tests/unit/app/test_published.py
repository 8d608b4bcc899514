"""The calendars that come with the package, against a second source and against what the notices say in words."""

from collections import Counter
from datetime import date, timedelta

import pytest

from openqi.app.published import calendar_at_hand, calendar_names
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.science.calendars.texts import stretch_of

URI = "https://operator.example/calendar/cn"
# Working days of each month as the package chinesecalendar 1.11.0 (MIT) counts them; made from the same notices by other hands.
MONTHS = {
    "cn-2024": (22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22),
    "cn-2025": (19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23),
    "cn-2026": (21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23),
}


def days_of(name):
    """(day, whether it is worked) of a calendar."""
    published = calendar_at_hand(name, URI)
    stretch = stretch_of(published)
    return [
        (stretch.since + timedelta(days=n), stretch.works(stretch.since + timedelta(days=n)))
        for n in range((stretch.until - stretch.since).days + 1)
    ]


def test_there_is_one_for_each_year():
    assert set(calendar_names()) == set(MONTHS)


@pytest.mark.parametrize("name", MONTHS)
def test_each_month_has_as_many_working_days_as_a_second_source_counts(name):
    worked = Counter(day.month for day, works in days_of(name) if works)
    assert tuple(worked[month] for month in range(1, 13)) == MONTHS[name]
    assert len(days_of(name)) == (366 if name == "cn-2024" else 365)


@pytest.mark.parametrize("name", MONTHS)
def test_the_notice_that_says_so_is_named_and_a_make_up_day_lies_on_a_weekend(name):
    published = calendar_at_hand(name, URI)
    assert published.calendar == URI
    assert f"关于{name[-4:]}年部分节假日安排的通知（国办发明电〔" in published.source.zh
    assert all(date.fromisoformat(day).isoweekday() > 5 for day in published.working_days)
    assert {one.name.zh for one in published.holidays} >= {"元旦", "春节", "清明节", "劳动节", "端午节"}


def test_days_that_are_easily_mistaken_are_as_the_notices_say():
    known = dict(days_of("cn-2024")) | dict(days_of("cn-2025")) | dict(days_of("cn-2026"))
    for worked in ("2024-02-09", "2024-02-18", "2024-10-12", "2025-01-26", "2025-10-11", "2026-01-04", "2026-02-28", "2026-10-10"):
        assert known[date.fromisoformat(worked)], worked
    for free in ("2024-02-10", "2024-09-17", "2025-01-28", "2025-02-04", "2025-10-08", "2026-02-23", "2026-09-25", "2026-10-07"):
        assert not known[date.fromisoformat(free)], free


def test_a_calendar_that_is_not_at_hand_is_not_made_up():
    with pytest.raises(NotFoundError, match="cn-2026"):
        calendar_at_hand("cn-2027", URI)
    with pytest.raises(FormatError):
        calendar_at_hand("cn-2026", "no uri")
