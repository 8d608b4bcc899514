"""Calendars, limits and tasks have one spelling, and say nothing that makes no sense."""

import pytest

from openqi.kernel.errors import FormatError
from openqi.pillars.governance.tasks import AnswerTask, AskTask
from openqi.records import as_json, of_json
from openqi.records.tasks import CalendarPublished, LimitPublished, TaskAsked, tasks_subject

HOLIDAY = {"first": "2026-10-01", "last": "2026-10-07", "name": {"zh": "国庆节", "en": ""}}
CALENDAR = {
    "calendar": "https://operator.example/calendar/cn", "name": {"zh": "历", "en": ""}, "source": {"zh": "通知", "en": ""},
    "since": "2026-01-01", "until": "2026-12-31", "offset": "+08:00", "weekend": ["saturday", "sunday"], "holidays": [HOLIDAY],
    "workingDays": ["2026-10-10"],
}  # fmt: skip
LIMIT = {
    "limit": "https://operator.example/limit/1", "name": {"zh": "", "en": "x"}, "source": {"zh": "", "en": "y"}, "ground": "legal",
    "count": 5,
    "unit": "working-days", "ends": "next-working-day", "calendar": "https://operator.example/calendar/cn", "pausing": "nobody",
    "validFrom": "2026-01-01T00:00:00Z",
}  # fmt: skip
TASK = {"party": "https://a.example", "subject": "https://b.example/1", "asks": {"en": "x"}}


def test_what_is_well_formed_is_read_and_written_the_same():
    for told, kind in ((CALENDAR, CalendarPublished), (LIMIT, LimitPublished)):
        assert as_json(of_json(told, kind)) == told


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"until": "2025-12-31"}, "1 to 400 days"),
        ({"until": "2027-12-31"}, "1 to 400 days"),
        ({"since": "2026-02-30"}, "no such day"),
        ({"since": "2026-1-1"}, "regex"),
        ({"offset": "Z"}, "regex"),
        ({"offset": "-00:00"}, "regex"),
        ({"weekend": ["sunday", "saturday"]}, "in order"),
        ({"weekend": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]}, "at most six"),
        ({"holidays": [HOLIDAY, HOLIDAY]}, "apart from each other"),
        ({"holidays": [HOLIDAY | {"last": "2026-09-30"}]}, "in order"),
        ({"holidays": [HOLIDAY | {"last": "2027-01-01"}]}, "within"),
        ({"workingDays": ["2026-10-10", "2026-09-20"]}, "in order"),
        ({"workingDays": ["2026-10-10", "2026-10-10"]}, "each once"),
        ({"workingDays": ["2026-10-09"]}, "weekend"),
        ({"workingDays": ["2026-10-03"]}, "both a holiday"),
        ({"workingDays": ["2027-10-03"]}, "within"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(changes, why):
    with pytest.raises(FormatError, match=why):
        of_json(CALENDAR | changes, CalendarPublished)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"count": 0}, "1"), ({"count": 2001}, "2000 working days"), ({"unit": "months", "count": 241}, "240 months"),
        ({"unit": "hours"}, "as it is counted"), ({"starts": "judge"}, "regex"), ({"unit": "days"}, "unit"),
        ({"validUntil": "2025-12-31T00:00:00Z"}, "after it begins"),
    ],
)  # fmt: skip
def test_a_limit_that_makes_no_sense_is_refused(changes, why):
    with pytest.raises(FormatError, match=why):
        of_json(LIMIT | changes, LimitPublished)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, "one of the two"), ({"limit": "0" * 64, "due": "2026-11-20T08:00:00Z"}, "one of the two"),
        ({"limit": "0" * 64, "event": "0" * 64, "countedFrom": "2026-11-20T08:00:00Z"}, "not from both"),
        ({"due": "2026-11-20T08:00:00Z", "event": "0" * 64}, "not counted"),
    ],
)  # fmt: skip
def test_a_task_has_a_limit_or_an_agreed_instant(changes, why):
    with pytest.raises(FormatError, match=why):
        of_json(TASK | changes, AskTask)


@pytest.mark.parametrize("changes", [{"outcome": "done"}, {"outcome": "declined"}, {"outcome": "declined", "record": "0" * 64}])
def test_an_answer_says_what_was_done_or_why_not(changes):
    with pytest.raises(FormatError, match="task"):
        of_json({"task": "0" * 64} | changes, AnswerTask)


def test_a_task_lies_apart_from_the_other_business_of_its_subject_and_party():
    told = TaskAsked(**{**TASK, "asks": of_json({"en": "x"}, type(of_json(CALENDAR, CalendarPublished).name))},
                     counted_from="2026-11-20T08:00:00Z", due="2026-11-21T08:00:00Z")  # fmt: skip
    assert told.subjects() == (tasks_subject("https://b.example/1"), tasks_subject("https://a.example"))
