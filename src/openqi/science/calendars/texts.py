"""Calendars as texts write them: days, names of days of the week, and how far a zone is ahead."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Protocol

from openqi.science.calendars.calendar import Stretch, WorkingCalendar

WEEK: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class FreeDays(Protocol):
    """Free days as a calendar names them: from the first to the last, both free."""

    @property
    def first(self) -> str: ...
    @property
    def last(self) -> str: ...


class Published(Protocol):
    """A stretch of a calendar as it is published: days as `YYYY-MM-DD`, weekend by names out of WEEK, `offset` as `+08:00`."""

    @property
    def since(self) -> str: ...
    @property
    def until(self) -> str: ...
    @property
    def offset(self) -> str: ...
    @property
    def weekend(self) -> Sequence[str]: ...
    @property
    def holidays(self) -> Sequence[FreeDays]: ...
    @property
    def working_days(self) -> Sequence[str]: ...


def calendar_of(published: Sequence[Published]) -> WorkingCalendar:
    """Return the calendar that stretches of one time zone make, at least one: of two that speak of one day the later counts.

    Raises:
        DomainError: a stretch ends before it begins, or a day is free and worked.
    """
    return WorkingCalendar(offset=offset_of(published[0].offset), stretches=tuple(map(stretch_of, published)))


def stretch_of(published: Published) -> Stretch:
    """Return what a published calendar says of its days.

    Raises:
        DomainError: it ends before it begins, or a day is free and worked.
    """
    holidays = ((date.fromisoformat(one.first), date.fromisoformat(one.last)) for one in published.holidays)
    return Stretch(
        since=date.fromisoformat(published.since),
        until=date.fromisoformat(published.until),
        weekend=frozenset(WEEK.index(one) + 1 for one in published.weekend),
        holidays=frozenset(day for first, last in holidays for day in _days(first, last)),
        working_days=frozenset(map(date.fromisoformat, published.working_days)),
    )


def offset_of(text: str) -> timedelta:
    """Return how far `+08:00` is ahead of UTC."""
    span = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -span if text[0] == "-" else span


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
