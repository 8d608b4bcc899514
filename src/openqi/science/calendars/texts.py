"""Calendars as texts write them: days, names of days of the week, and how far a zone is ahead."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from openqi.science.calendars.calendar import Stretch

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def stretch_of_texts(
    *, since: str, until: str, weekend: Sequence[str], holidays: Iterable[tuple[str, str]], working_days: Iterable[str]
) -> Stretch:
    """Return a stretch of a calendar.

    Args:
        since, until: first and last day, `YYYY-MM-DD`.
        weekend: names of the free days of a week, out of WEEK.
        holidays: first and last day of each, both free.
        working_days: make-up days.

    Raises:
        DomainError: it ends before it begins, or a day is free and worked.
    """
    free = [day for first, last in holidays for day in _days(date.fromisoformat(first), date.fromisoformat(last))]
    return Stretch(
        since=date.fromisoformat(since),
        until=date.fromisoformat(until),
        weekend=frozenset(WEEK.index(one) + 1 for one in weekend),
        holidays=frozenset(free),
        working_days=frozenset(map(date.fromisoformat, working_days)),
    )


def offset_of(text: str) -> timedelta:
    """Return how far `+08:00` is ahead of UTC."""
    span = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -span if text[0] == "-" else span


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
