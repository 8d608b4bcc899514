"""What the desk need not know any longer is erased: ended sessions, used invitations, old events, letters that were sent."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Delete, delete

from openqi.app.people.openid.flow import LASTS
from openqi.app.settings import Settings
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.notices import MAILS, NOTICES
from openqi.store.desk.openid import FLOWS
from openqi.store.desk.passkeys import CHALLENGES, CODES, LINKS
from openqi.store.desk.people import ATTEMPTS, EVENTS, INVITATIONS, SESSIONS, TOKENS
from openqi.store.desk.webhooks import DELIVERIES

_EVERY: Final = timedelta(hours=1)
_OVER: Final = ("sent", "given up")


class Retention:
    """Erases what is old.

    Args:
        desk: where it lies.
        settings: how long what is kept.
        clock: the present instant.
        also: erase what is old elsewhere.
    """

    def __init__(
        self, desk: Desk, settings: Settings, *, clock: Callable[[], datetime], also: Sequence[Callable[[], None]] = ()
    ) -> None:
        self._desk, self._limits, self._kept, self._clock = desk, settings.limits, settings.retention, clock
        self._also = tuple(also)
        self._next: datetime | None = None

    def beat(self) -> int:
        """Return how many rows were erased; once an hour, and otherwise none."""
        now = self._clock()
        if self._next is not None and now < self._next:
            return 0
        found = self.sweep()
        self._next = now + _EVERY
        return found

    def sweep(self) -> int:
        """Return how many rows were erased, in one transaction; then what is old elsewhere is, too.

        Raises:
            StoreError: the desk cannot be written; nothing was erased.
        """
        with self._desk.writing() as connection:
            found = sum(connection.execute(one).rowcount for one in self._old())
        for step in self._also:
            step()
        if found:
            self._desk.settle()
        return found

    def _ago(self, span: timedelta) -> str:
        return format_instant(self._clock() - span)

    def _old(self) -> tuple[Delete, ...]:
        limits, kept, now = self._limits, self._kept, self._ago(timedelta())
        idle, whole = self._ago(timedelta(minutes=limits.session_minutes)), self._ago(timedelta(hours=limits.session_hours))
        invited = self._ago(timedelta(days=kept.invitation_days))
        return (
            _rows(SESSIONS, (SESSIONS.c.seen_at <= idle) | (SESSIONS.c.made_at <= whole)),
            _rows(ATTEMPTS, ATTEMPTS.c.at < self._ago(timedelta(hours=1))),
            _rows(INVITATIONS, (INVITATIONS.c.used_at < invited) | (INVITATIONS.c.ends_at < invited)),
            _rows(TOKENS, TOKENS.c.ends_at <= now),
            _rows(CHALLENGES, CHALLENGES.c.ends_at <= now),
            _rows(FLOWS, FLOWS.c.made_at < self._ago(LASTS)),
            _rows(LINKS, (LINKS.c.used_at < invited) | (LINKS.c.ends_at < invited)),
            _rows(CODES, CODES.c.used_at < self._ago(timedelta(days=kept.event_days))),
            _rows(EVENTS, EVENTS.c.at < self._ago(timedelta(days=kept.event_days))),
            _rows(NOTICES, NOTICES.c.at < self._ago(timedelta(days=kept.notice_days))),
            _rows(MAILS, MAILS.c.state.in_(_OVER) & (MAILS.c.made_at < self._ago(timedelta(days=kept.letter_days)))),
            _rows(
                DELIVERIES, DELIVERIES.c.state.in_(_OVER) & (DELIVERIES.c.made_at < self._ago(timedelta(days=kept.letter_days)))
            ),
        )  # fmt: skip


def _rows(table: Any, old: Any) -> Delete:
    return delete(table).where(old)
