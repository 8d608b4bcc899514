"""The page on what follows a draw names every record, command, outcome and limit, and its days are the calendar's."""

import re
from datetime import UTC, date, datetime
from typing import get_args

from openqi.app.published import calendar_at_hand, limit_names
from openqi.pillars.surveillance.inspections.results import group_of
from openqi.pillars.surveillance.inspections.workflow import WORKFLOW
from openqi.records import inspections
from openqi.records.inspections import OutcomeCode
from openqi.science.calendars.calendar import WorkingCalendar
from openqi.science.calendars.limits import Limit, end_of_limit
from openqi.science.calendars.texts import offset_of, stretch_of
from shared_data import ROOT

PAGE = (ROOT / "docs" / "surveillance" / "inspections.md").read_text(encoding="utf-8")
GROUPS = {
    "conforming": "examined, good", "nonconforming": "examined, bad", "unresolved": "not examined", "outside": "nothing to examine",
}  # fmt: skip
MONTHS = {"January": 1, "February": 2, "March": 3}


def test_the_page_names_every_record_and_command():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| `([a-z-]+)` \|", PAGE, re.MULTILINE))
    kinds = {one.KIND for one in vars(inspections).values() if hasattr(one, "KIND")}
    assert {f"surveillance.{name}/1" for name in rows} == kinds
    assert {f"surveillance.{name}/1" for name in rows.values()} == {command.NAME for command in WORKFLOW}


def test_the_page_says_of_every_outcome_what_it_counts_as():
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| [^|`]+ \| ([a-z, ]+?)(?:; nobody went)? \|", PAGE, re.MULTILINE))
    assert rows == {code: GROUPS[group_of(code)] for code in get_args(OutcomeCode)}


def test_the_days_of_the_table_are_those_of_the_calendar():
    published = calendar_at_hand("cn-2026", "https://operator.example/calendar/cn")
    calendar = WorkingCalendar(offset=offset_of(published.offset), stretches=(stretch_of(published),))

    def day(text: str) -> date:
        number, month = text.split(" ")[:2]
        return date(2026, MONTHS[month.rstrip(",")], int(number))

    rows = re.findall(r"^\| (\d+ [A-Z][a-z]+) \| (\d+ [A-Z][a-z]+)", PAGE, re.MULTILINE)
    assert len(rows) == 4
    for start, due in rows:
        event = datetime.combine(day(start), datetime.min.time(), tzinfo=UTC)
        assert end_of_limit(Limit(count=20, unit="working-days"), event, calendar) == calendar.end_of(day(due)), start


def test_the_page_names_every_limit_that_comes_with_the_package():
    assert set(re.findall(r"`([a-z-]+)` \(\d+", PAGE)) | {"penalty-publicity"} >= set(limit_names())
