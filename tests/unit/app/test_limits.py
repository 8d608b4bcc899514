"""The legal limits of market surveillance that come with the package: each names its text, and ends where the text says."""

from datetime import UTC, datetime

import pytest

from openqi.app.published import UNVERIFIED, calendar_at_hand, limit_at_hand, limit_names, limit_unverified
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.science.calendars.calendar import WorkingCalendar
from openqi.science.calendars.limits import Limit, end_of_limit
from openqi.science.calendars.texts import offset_of, stretch_of

URI, CALENDAR = "https://operator.example/limit/1", "https://operator.example/calendar/cn"
# As the anchors of market surveillance read them out of the texts.
COUNTS = {
    "publication": (20, "working-days"), "penalty-publicity": (20, "working-days"), "penalty-withdrawal": (3, "working-days"),
    "complaint-acceptance": (7, "working-days"), "complaint-mediation": (45, "working-days"),
    "mediation-ended": (7, "working-days"),
    "report-answered": (5, "working-days"), "clue": (15, "working-days"), "clue-extended": (30, "working-days"),
    "re-test": (15, "calendar-days"), "recall-report": (2, "working-days"), "car-recall-objection": (15, "working-days"),
    "firm-facts": (20, "working-days"),
}  # fmt: skip


def test_each_limit_counts_what_its_text_says_and_names_text_order_and_day():
    assert set(limit_names()) == set(COUNTS)
    for name, counted in COUNTS.items():
        limit = limit_at_hand(name, URI, CALENDAR)
        assert (limit.count, limit.unit) == counted
        assert limit.ground == "legal" and (limit.limit, limit.calendar) == (URI, CALENDAR)
        assert "起施行" in limit.source.zh and ("令第" in limit.source.zh or "产品质量法" in limit.source.zh), name
        assert "in force since" in limit.source.en
        year = int(limit.source.en.rpartition("in force since ")[2][:4])
        assert abs(int(limit.valid_from[:4]) - year) <= 1, "it holds from the day in China on which the text does"
    assert [name for name in COUNTS if limit_at_hand(name, URI, CALENDAR).pausing != "nobody"] == [
        "complaint-mediation", "clue", "clue-extended",
    ]  # fmt: skip


def test_a_limit_that_ends_within_the_spring_festival_ends_after_it():
    published = calendar_at_hand("cn-2026", CALENDAR)
    calendar = WorkingCalendar(offset=offset_of(published.offset), stretches=(stretch_of(published),))
    objection = limit_at_hand("re-test", URI, CALENDAR)
    limit = Limit(count=objection.count, unit=objection.unit, moves=objection.ends == "next-working-day")
    # Fifteen days after 5 February is 20 February, in the holidays, which last until the 23rd.
    end = end_of_limit(limit, datetime(2026, 2, 5, 8, tzinfo=UTC), calendar)
    assert end == datetime(2026, 2, 24, 16, tzinfo=UTC)


def test_a_limit_that_is_not_at_hand_is_not_made_up():
    with pytest.raises(NotFoundError, match="penalty-publicity"):
        limit_at_hand("anything", URI, CALENDAR)
    with pytest.raises(FormatError):
        limit_at_hand("clue", "no uri", CALENDAR)


def test_what_nobody_compared_with_the_text_is_said_in_the_record_itself():
    """A published limit outlives this package: who reads the record must see what was taken on trust."""
    assert {name for name in COUNTS if not limit_unverified(name)} == {
        "complaint-acceptance", "complaint-mediation", "mediation-ended", "report-answered", "recall-report",
    }  # fmt: skip
    for name in COUNTS:
        source, open_ = limit_at_hand(name, URI, CALENDAR).source, limit_unverified(name)
        assert ("not verified at the source" in source.en) == ("未与原文核对" in source.zh) == bool(open_), name
        for one in open_:
            assert UNVERIFIED[one][0] in source.zh and UNVERIFIED[one][1] in source.en
    with pytest.raises(NotFoundError):
        limit_unverified("anything")
