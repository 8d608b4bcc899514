"""Which days are worked: a weekend rule with dated holidays and make-up days, each stretch only as far as it was published."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from openqi.kernel.errors import DomainError

MAX_DAYS = 10_000
"""Days that a limit may have."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Days for which it was published which of them are worked.

    Args:
        since, until: first and last day.
        weekend: days of the week that are free, Monday is 1 and Sunday 7.
        holidays: days that are free whatever day of the week they are.
        working_days: days that are worked although they lie on a weekend (make-up days).
    """

    since: date
    until: date
    weekend: frozenset[int]
    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise DomainError(f"a stretch of a calendar ends on {self.until}, before it begins on {self.since}")
        if not self.weekend <= frozenset(range(1, 8)):
            raise DomainError(f"days of the week are 1 to 7: {sorted(self.weekend)}")
        if self.holidays & self.working_days:
            raise DomainError(f"{min(self.holidays & self.working_days)} is both a holiday and a working day")

    def covers(self, day: date) -> bool:
        """Return whether the stretch speaks of a day."""
        return self.since <= day <= self.until

    def works(self, day: date) -> bool:
        """Return whether a day of the stretch is worked."""
        if day in self.working_days:
            return True
        return day not in self.holidays and day.isoweekday() not in self.weekend


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """Stretches one over the other: of two that speak of one day the later one counts. No day has a default.

    Args:
        offset: how far local time is ahead of UTC.
        stretches: in the order in which they were published.
    """

    offset: timedelta
    stretches: tuple[Stretch, ...] = field(default=())

    def works(self, day: date) -> bool:
        """Return whether a day is worked.

        Raises:
            DomainError: nothing was published about that day.
        """
        for stretch in reversed(self.stretches):
            if stretch.covers(day):
                return stretch.works(day)
        raise DomainError(f"no calendar says whether {day} is worked; publish one that reaches so far")

    def day_of(self, instant: datetime) -> date:
        """Return the local day of an instant."""
        return instant.astimezone(timezone(self.offset)).date()

    def end_of(self, day: date) -> datetime:
        """Return the instant, in UTC, at which a local day is over: its 24:00."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(self.offset)) + timedelta(days=1)
        return midnight.astimezone(UTC)
