"""Whether a station can serve now: each check with its name, and never with anything about anybody."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from openqi.app.settings import Operation
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.kernel.errors import NotFoundError, OpenQIError
from openqi.kernel.instant import parse_instant
from openqi.store.desk.desk import Desk, newest_revision
from openqi.store.desk.people import ACCOUNTS, SESSIONS
from openqi.store.desk.writing import PAPERS
from openqi.store.store import Store

_LAST: Final = 100
"""Entries among which the newest instant is looked for."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check: what was looked at, and whether it holds."""

    name: str
    holds: bool


class Health:
    """Looks at what a station stands on.

    Args:
        store: of the ledger.
        desk: of the station.
        folder: on whose disk contents and static files are written.
        settings: how much has to be free there.
        clock: the present instant.
    """

    def __init__(self, store: Store, desk: Desk, folder: Path, settings: Operation, clock: Callable[[], datetime]) -> None:
        self._store, self._desk, self._folder, self._settings, self._clock = store, desk, folder, settings, clock
        self._newest = newest_revision()

    def checks(self) -> tuple[Check, ...]:
        """Return every check, the same ones at all times."""
        return (
            Check(name="ledger", holds=self._ledger()),
            Check(name="desk", holds=self._migrated()),
            Check(name="disk", holds=self.free() >= self._settings.disk_free),
            Check(name="objects", holds=self._store.answers()),
        )

    def free(self) -> int:
        """Return how many bytes are free on the disk; 0 where it cannot be asked."""
        try:
            return shutil.disk_usage(self._folder).free
        except OSError:
            return 0

    def _ledger(self) -> bool:
        try:
            return self._store.size() > 0
        except OpenQIError:
            return False

    def _migrated(self) -> bool:
        try:
            return self._desk.revision() == self._newest
        except OpenQIError:
            return False

    def counts(self) -> dict[str, int]:
        """Return what can be counted: the log, how far it is published, people, sessions and papers at the desk, free bytes.

        Raises:
            StoreError: ledger or desk cannot be read.
        """
        size = self._store.size()
        with self._desk.reading() as connection:
            rows = {
                name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
                for name, table in (("accounts", ACCOUNTS), ("sessions", SESSIONS), ("papers", PAPERS))
            }
        log = {"log_entries": size, "log_unpublished": size - self._published(), "clock_behind_seconds": self._behind(size)}
        return log | {"disk_free_bytes": self.free()} | rows

    def _behind(self, size: int) -> int:
        """How far the clock is behind what this log has sealed last: more than some seconds only after it was set back."""
        last = [one for one in self._store.scan(max(size - _LAST, 0)) if one.origin == self._store.origin]
        newest = max((parse_instant(one.record.valid_from) for one in last), default=self._clock())
        return max(0, round((newest - self._clock()).total_seconds()))

    def _published(self) -> int:
        try:
            return parse_checkpoint(parse_note(self._store.read("checkpoint"))).size
        except NotFoundError:
            return 0
