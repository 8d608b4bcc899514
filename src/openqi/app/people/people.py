"""People of a station, joined: sessions, memberships and kept keys on one desk and one ledger."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from hashlib import sha256

from openqi.app.ledger import Ledger, Signer
from openqi.app.people.custody import Custody
from openqi.app.people.keys import Keys
from openqi.app.people.members import Members
from openqi.app.people.passkeys import Passkeys
from openqi.app.people.recovery import Recovery
from openqi.app.people.security import Security, journal_salt
from openqi.app.people.sessions import Sessions
from openqi.app.people.visitor import Visitor
from openqi.app.people.ways import Ways
from openqi.app.reading.reader import Reader
from openqi.app.settings import Settings
from openqi.kernel.errors import NotFoundError
from openqi.pillars.governance.views import PARTIES, roles_held
from openqi.records import Names
from openqi.records.governance import PartyRegistered
from openqi.store.desk.desk import Desk


class People:
    """Who is there.

    Args:
        desk, ledger: where accounts lie, and where keys are granted.
        operator: signs for granting and revoking.
        secret: the station's passphrase.
        settings: the station's.
        clock, chance: the present instant; as many random bytes as asked for.
        reader: keeps what parties are called and which roles they were given.
    """

    def __init__(
        self, desk: Desk, ledger: Ledger, operator: Signer, *, secret: str, settings: Settings, clock: Callable[[], datetime],
        chance: Callable[[int], bytes], reader: Reader,
    ) -> None:  # fmt: skip
        self._ledger, self._reader, self.operator = ledger, reader, operator.party
        self.custody = Custody(desk, secret=secret, origin=ledger.origin, chance=chance)
        pepper = sha256(b"openqi attempts\n" + secret.encode()).digest()
        security = Security(journal_salt(secret))
        self.sessions = Sessions(desk, settings, clock=clock, chance=chance, pepper=pepper, named=self.names, tell=security.tell)
        self.members = Members(desk, ledger, operator, custody=self.custody, sessions=self.sessions, clock=clock, chance=chance)
        self.keys = Keys(
            desk, self.members.granting, self.custody, self.sessions, station=settings.url, origin=ledger.origin, clock=clock,
            chance=chance,
        )  # fmt: skip

        self.ways = Ways(desk, self.sessions, issuers=settings.issuers, clock=clock)
        self.passkeys = Passkeys(desk, self.sessions, settings, clock=clock, chance=chance)
        self.recovery = Recovery(desk, self.sessions, clock=clock, chance=chance)

    def visitor(self, secret: str) -> Visitor | None:
        """Return who a session belongs to; None where it has ended, or never was."""
        return self.sessions.visitor(secret)

    def named(self, party: str) -> Names:
        """Return what a party is called in the log; its URI where it is not registered."""
        return self._reader.kept("party", party, lambda: self._name(party), kinds=(PartyRegistered.KIND,))

    def names(self, parties: Sequence[str]) -> tuple[Names, ...]:
        """Return what parties are called; the log is asked once whether it grew, a page that follows need not."""
        self._reader.refresh()
        steady = self._reader.steady()
        kinds = (PartyRegistered.KIND,)
        return tuple(steady.kept("party", party, partial(self._name, party), kinds=kinds) for party in parties)

    def _name(self, party: str) -> Names:
        try:
            row = self._ledger.store.row(PARTIES, f"{self._ledger.origin} {party}")
        except NotFoundError:
            row = None
        if row is None:
            return Names(en=party)
        return Names(zh=str(row["name_zh"] or ""), en=str(row["name_en"] or ""))

    def roles(self, party: str) -> tuple[str, ...]:
        """Return the roles that a party holds now, by the evidence of the log."""
        return tuple(sorted(roles_held(self._reader.view(self._ledger.now()), party)))
