"""The station: opens ledger, desk and keys out of one configuration, and joins what works on them."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final

from openqi.app.acts.sealing.desk import writing_desk
from openqi.app.files import read_file, unlocked
from openqi.app.folder import ledger_folder, now
from openqi.app.ledger import Ledger, Signer
from openqi.app.people.leaving import Leaving
from openqi.app.people.openid.discovery import providers
from openqi.app.people.openid.flow import Flows
from openqi.app.people.openid.linking import Identities
from openqi.app.people.people import People
from openqi.app.people.retention import Retention
from openqi.app.reading.reader import Reader
from openqi.app.settings import Settings, read_settings
from openqi.app.work.inbox import Inbox
from openqi.app.work.remarks.remarks import Remarks, disown
from openqi.app.work.search import Search
from openqi.app.work.story import Stories
from openqi.app.work.telling.notices import Notices
from openqi.app.work.telling.webhooks import Webhooks
from openqi.kernel.errors import NotFoundError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk

_MOST: Final = 10_000


class Station:
    """Everything that a station works with. Any thread may ask.

    Args:
        folder: with `station.toml`.
        passphrase: opens the keys; None reads the file that the settings name, after `OPENQI_PASSPHRASE`.
        clock, chance: the present instant with its time zone; as many random bytes as asked for.

    Raises:
        NotFoundError, FormatError: no station, or no passphrase.
        RefusedError: the passphrase is wrong.
        StoreError: ledger or desk cannot be opened.
    """

    def __init__(
        self,
        folder: Path,
        *,
        passphrase: str | None = None,
        clock: Callable[[], datetime] = now,
        chance: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.folder, self.settings = folder, read_settings(folder)
        self.clock, self.chance = clock, chance
        self.secret = passphrase or station_passphrase(folder, self.settings)
        place = ledger_folder(folder / self.settings.ledger)
        self.ledger_path = place.path
        with ExitStack() as opening:
            self.desk = Desk(desk_url(folder, self.settings))
            opening.callback(self.desk.close)
            self.desk.upgrade()
            self.ledger: Ledger = opening.enter_context(place.writing(self.secret))
            self.reader = opening.enter_context(Reader(place.path, bases=self.settings.bases, clock=clock, publishing=False))
            self._operator = Signer(party=place.operator, key=unlocked(place.operator_key, self.secret))
            self.people = People(
                self.desk, self.ledger, self._operator, secret=self.secret, settings=self.settings, clock=clock, chance=chance,
                reader=self.reader,
            )  # fmt: skip
            self.people.members.settle()
            self.writing = writing_desk(self.ledger, self.desk, self.people.custody, chance)
            self.inbox = Inbox(self.ledger, lambda: format_instant(clock()), self.reader)
            self.stories = Stories(self.ledger, self.inbox)
            self.search = Search(self.ledger.store, self.desk)
            self.notices = Notices(self.ledger.store, self.desk, clock=clock)
            self.webhooks = Webhooks(
                self.ledger.store, self.desk, self.notices, self.settings, derived=self.people.custody.derived, clock=clock,
                chance=chance,
            )  # fmt: skip
            self.remarks = Remarks(
                self.ledger.store, self.desk, self.notices, most=self.settings.limits.upload, clock=clock, chance=chance
            )
            self._stack = opening.pop_all()

    @property
    def operator(self) -> Signer:
        """The operator of the ledger with its key: founds, registers, grants."""
        return self._operator

    def openid(self) -> Flows:
        """Return the ways to the OpenID providers that the settings name; only who serves people needs them.

        Raises:
            NotFoundError: the secret of a provider is not where the settings say.
        """
        known, people = self.settings.openid, self.people
        identities = Identities(self.desk, people.sessions, people.members, self.settings.issuers, self.clock)
        return Flows(
            self.desk, providers(self.folder, known, self.clock), identities=identities, sessions=people.sessions,
            url=self.settings.url, key=people.custody.derived("openid ways"), clock=self.clock, chance=self.chance,
        )  # fmt: skip

    @cached_property
    def leaving(self) -> Leaving:
        """Erases accounts; what people wrote in remarks loses their names too."""
        granting, operator = self.people.members.granting, self.operator.party
        return Leaving(self.desk, granting, operator=operator, clock=self.clock, disowning=(disown,))

    @cached_property
    def retention(self) -> Retention:
        """Erases what is old, and finishes what was left between desk and log."""
        return Retention(self.desk, self.settings, clock=self.clock, also=(self.writing.papers.tidy, self.people.members.settle))

    def close(self) -> None:
        """Let go of everything."""
        self._stack.close()

    def __enter__(self) -> "Station":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def station_passphrase(folder: Path, settings: Settings) -> str:
    """Return what opens the station's keys.

    Raises:
        NotFoundError: neither the environment nor the file has it.
    """
    given = os.environ.get("OPENQI_PASSPHRASE")
    if given:
        return given
    path = folder / settings.passphrase_file
    text = read_file(path, _MOST).decode("utf-8", errors="replace").split("\n")[0].strip()
    if not text:
        raise NotFoundError(f"{path} is empty; its first line is the passphrase of the station's keys")
    return text


def desk_url(folder: Path, settings: Settings) -> str:
    """Return the URL of the desk, a relative SQLite path made one below the station's folder."""
    start = "sqlite:///"
    if settings.desk.startswith(start) and not settings.desk.startswith(start + "/"):
        return f"{start}{(folder / settings.desk.removeprefix(start)).absolute()}"
    return settings.desk
