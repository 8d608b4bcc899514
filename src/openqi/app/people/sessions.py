"""Signing in: passwords, sessions that end, the hat that is worn; who fails too often waits."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from openqi.app.people.attempts import SKEW, Attempts
from openqi.app.people.passwords import check_password, fits, hashed, outdated
from openqi.app.people.visitor import Hat, Visitor
from openqi.app.people.warning import warn
from openqi.app.settings import Settings
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import NotFoundError, RefusedError, StoreError
from openqi.kernel.instant import format_instant
from openqi.records import Names
from openqi.store.desk.desk import Desk
from openqi.store.desk.passkeys import RENEWALS
from openqi.store.desk.people import ACCOUNTS, EVENTS, KEYS, MEMBERSHIPS, PASSWORDS, SESSIONS

_SECRET: Final = 32
_SEEN: Final = timedelta(minutes=1)


def digest(secret: str) -> str:
    """Return how a secret that somebody holds is known at the desk."""
    return sha256(secret.encode()).hexdigest()


class Sessions:
    """Sessions of people.

    Args:
        desk: where they lie.
        settings: how long they last, and how often signing in may fail.
        clock, chance: the present instant; as many random bytes as asked for.
        pepper: under which names and addresses of failed attempts are hashed.
        named: what parties are called.
        tell: tells what happened to an account, for the journal.
    """

    def __init__(
        self, desk: Desk, settings: Settings, *, clock: Callable[[], datetime], chance: Callable[[int], bytes], pepper: bytes,
        named: Callable[[Sequence[str]], Sequence[Names]], tell: Callable[[str, str], None] = lambda _what, _account: None,
    ) -> None:  # fmt: skip
        self._desk, self._limits, self._clock, self._chance = desk, settings.limits, clock, chance
        self._named, self._tell = named, tell
        self.attempts = Attempts(desk, most=settings.limits.sign_ins_per_hour, clock=clock, pepper=pepper, tell=tell)

    def _now(self, back: timedelta = timedelta()) -> str:
        return format_instant(self._clock() - back)

    def sign_in(self, login: str, password: str, address: str) -> str:
        """Return the secret of a new session.

        Raises:
            RefusedError: `sign-in` (name or password is wrong; which of the two is not told), or `sign-in-later`.
        """
        name = login.strip().casefold()[:200]
        with self._desk.reading() as connection:
            found = connection.execute(
                select(ACCOUNTS.c.id, ACCOUNTS.c.ended_at, PASSWORDS.c.hash).outerjoin(PASSWORDS).where(ACCOUNTS.c.login == name)
            ).one_or_none()
        self._proved(found, password, f"login {name}", f"address {address}")
        assert found is not None
        with self._desk.writing() as connection:
            if outdated(found.hash):
                fresh = {"hash": hashed(password)}
                connection.execute(update(PASSWORDS).where(PASSWORDS.c.account == found.id).values(fresh))
            return self.start(connection, found.id)

    def _proved(self, found: Any, password: str, name: str, address: str) -> None:
        """Raise unless the password is that of an account that has not ended; failures count, before and after."""
        with self.attempts.counted(name, address):
            if not fits(None if found is None or found.ended_at else found.hash, password):
                if found is not None:
                    self.noted(found.id, "sign-in failed")
                else:
                    self._tell("sign-in failed, nobody of that name", "")
                raise RefusedError("sign-in", "name or password is wrong")

    def start(
        self, connection: Connection, account: str, *, proved_at: str | None = None, how: str = "signed in", renews: bool = False
    ) -> str:
        """Return the secret of a new session of an account that has proved who it is.

        Args:
            connection: in whose transaction.
            account: whose.
            proved_at: when they proved it, where that was not now; "" where nobody knows, and then nothing is signed before /prove.
            how: what is noted.
            renews: whether a new way in has to be set before anything else is done in it.
        """
        secret, now = base64url(self._chance(_SECRET)), self._now()
        proved = now if proved_at is None else proved_at
        hats = connection.execute(_memberships(account, now)).all()
        session = {
            "id": digest(secret), "account": account, "membership": hats[0].hat if hats else None,
            "csrf": base64url(self._chance(18)), "proved_at": proved, "made_at": now, "seen_at": now,
        }  # fmt: skip
        connection.execute(insert(SESSIONS), session)
        if renews:
            connection.execute(insert(RENEWALS), {"session": session["id"]})
        self.note(connection, account, how)
        return secret

    def open(self, account: str, *, renews: bool = False) -> str:
        """Return the secret of a new session of an account that has just proved who it is in another way."""
        with self._desk.writing() as connection:
            return self.start(connection, account, renews=renews)

    def beginning(self, start: str) -> tuple[tuple[str, str, str], ...]:
        """Return (account, sign-in name, name) of those whose sign-in name begins so, in the order in which they came."""
        with self._desk.reading() as connection:
            asked = select(ACCOUNTS.c.id, ACCOUNTS.c.login, ACCOUNTS.c.name, ACCOUNTS.c.made_at)
            named = ACCOUNTS.c.login.startswith(start, autoescape=True)
            found = connection.execute(asked.where(named, ACCOUNTS.c.ended_at.is_(None)).order_by(ACCOUNTS.c.made_at)).all()
        return tuple((one.id, one.login, one.name) for one in found[:100])

    def note(self, connection: Connection, account: str, what: str) -> None:
        """Note what happened to an account."""
        connection.execute(insert(EVENTS), {"at": self._now(), "account": account, "what": what})
        warn(connection, account, what, at=self._now(), chance=self._chance)
        # Before it is kept: should that fail, the journal says of the same request that it failed.
        self._tell(what, account)

    def noted(self, account: str, what: str) -> None:
        """Note what happened to an account, in a transaction of its own."""
        with self._desk.writing() as connection:
            self.note(connection, account, what)

    def visitor(self, secret: str) -> Visitor | None:
        """Return who a session belongs to; None where it has ended, or never was."""
        rows = self._desk.asked(_SESSION, secret=digest(secret), now=self._now())
        if not rows:
            return None
        found = rows[0]
        # Who still has to set a new way in wears no hat: they read and do nothing for anybody.
        renews = found.renews is not None
        hats = [] if renews or found.hat is None else rows
        if not self._alive(found):
            # Gone for good, so that it does not come back with a clock that is set back.
            with suppress(StoreError), self._desk.writing() as connection:
                connection.execute(delete(SESSIONS).where(SESSIONS.c.id == found.id))
                self.note(connection, found.account, "session ended")
            return None
        if found.seen_at < self._now(_SEEN):
            # Whoever only reads goes on where nothing can be written; their session then ends early, never late.
            with suppress(StoreError), self._desk.writing() as connection:
                connection.execute(update(SESSIONS).where(SESSIONS.c.id == found.id).values(seen_at=self._now()))
        worn = self._hats(hats)
        return Visitor(
            session=found.id,
            account=found.account,
            name=found.name,
            hats=worn,
            hat=next((one for one in worn if one.membership == found.membership), None),
            fresh=not renews and self._now(timedelta(minutes=self._limits.fresh_minutes)) < found.proved_at < self._now(-SKEW),
            renews=renews,
            csrf=found.csrf,
            language=found.language or None,
        )

    def _alive(self, session: Row[Any]) -> bool:
        idle, whole = timedelta(minutes=self._limits.session_minutes), timedelta(hours=self._limits.session_hours)
        # What was made or seen later than now was so by a clock that ran ahead: nobody knows how old it is.
        ahead = self._now(-SKEW)
        return bool(self._now(idle) < session.seen_at < ahead and self._now(whole) < session.made_at < ahead)

    def _hats(self, rows: Sequence[Any]) -> tuple[Hat, ...]:
        """Memberships as hats."""
        names = self._named([row.party for row in rows])
        return tuple(
            Hat(membership=row.hat, party=row.party, name=name, manages=row.manages, kid=row.kid, kept=row.kept is not None)
            for row, name in zip(rows, names, strict=True)
        )

    def holder(self, membership: str) -> Visitor | None:
        """Return a person under one hat, as a program that they gave a token acts for them; None where it counts no more."""
        with self._desk.reading() as connection:
            asked = select(ACCOUNTS).join(MEMBERSHIPS).where(MEMBERSHIPS.c.id == membership, ACCOUNTS.c.ended_at.is_(None))
            found = connection.execute(asked).one_or_none()
            hats = [] if found is None else connection.execute(_memberships(found.id, self._now())).all()
        hat = next(iter(self._hats([one for one in hats if one.hat == membership])), None)
        if found is None or hat is None:
            return None
        return Visitor(
            session="", account=found.id, name=found.name, hats=(hat,), hat=hat, fresh=True, language=found.language or None
        )

    def wear(self, visitor: Visitor, membership: str) -> None:
        """Change the hat of a session; raises NotFoundError where it is not one of the visitor's."""
        if membership not in {hat.membership for hat in visitor.hats}:
            raise NotFoundError("you have no such membership, or it has ended; choose one of those that are shown")
        with self._desk.writing() as connection:
            connection.execute(update(SESSIONS).where(SESSIONS.c.id == visitor.session).values(membership=membership))

    def prove(self, visitor: Visitor, password: str, address: str) -> None:
        """Prove again who somebody is, so that a kept key may sign; raises RefusedError as `sign_in`."""
        self._check_own(visitor, password, address)
        with self._desk.writing() as connection:
            self.proved(connection, visitor)

    def proved(self, connection: Connection, visitor: Visitor, at: str | None = None) -> None:
        """Make a session fresh, in the transaction of a connection: its person proved again who they are, now or then."""
        proved = self._now() if at is None else at
        connection.execute(update(SESSIONS).where(SESSIONS.c.id == visitor.session).values(proved_at=proved))
        self.note(connection, visitor.account, "proved again")

    def renewed(self, connection: Connection, visitor: Visitor) -> None:
        """Let a session do everything again, in the transaction of a connection: its person has set a new way in."""
        connection.execute(delete(RENEWALS).where(RENEWALS.c.session == visitor.session))
        connection.execute(update(SESSIONS).where(SESSIONS.c.id == visitor.session).values(proved_at=self._now()))

    def _check_own(self, visitor: Visitor, password: str, address: str) -> None:
        with self._desk.reading() as connection:
            found = connection.execute(
                select(ACCOUNTS.c.id, ACCOUNTS.c.login, ACCOUNTS.c.ended_at, PASSWORDS.c.hash)
                .outerjoin(PASSWORDS)
                .where(ACCOUNTS.c.id == visitor.account)
            ).one_or_none()
        self._proved(found, password, f"login {'' if found is None else found.login}", f"address {address}")

    def change_password(self, visitor: Visitor, old: str, new: str, address: str) -> None:
        """Change a password; all other sessions of the account end.

        Raises:
            RefusedError: `sign-in` (the old one is wrong), `password-weak`, `sign-in-later`.
        """
        self._check_own(visitor, old, address)
        with self._desk.reading() as connection:
            login = connection.execute(select(ACCOUNTS.c.login).where(ACCOUNTS.c.id == visitor.account)).scalar_one()
        kept = hashed(check_password(new, login))
        with self._desk.writing() as connection:
            change = update(PASSWORDS).where(PASSWORDS.c.account == visitor.account)
            connection.execute(change.values(hash=kept, changed_at=self._now()))
            self.end_in(connection, visitor.account, but=visitor.session)
            self.note(connection, visitor.account, "password changed")

    def end_others(self, visitor: Visitor) -> None:
        """End every other session of the account."""
        with self._desk.writing() as connection:
            self.end_in(connection, visitor.account, but=visitor.session)
            self.note(connection, visitor.account, "other sessions ended")

    def end_in(self, connection: Connection, account: str, *, but: str = "") -> None:
        """End the sessions of an account in the transaction of a connection, but for one."""
        connection.execute(delete(SESSIONS).where(SESSIONS.c.account == account, SESSIONS.c.id != but))

    def sign_out(self, visitor: Visitor) -> None:
        """End a session; its secret is worth nothing from now on."""
        with self._desk.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.id == visitor.session))
            self.note(connection, visitor.account, "signed out")

    def speak(self, visitor: Visitor, language: str) -> None:
        """Keep the language that somebody chose."""
        with self._desk.writing() as connection:
            connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == visitor.account).values(language=language))

    def events(self, visitor: Visitor, *, most: int = 20) -> tuple[tuple[str, str], ...]:
        """Return what happened to one's own account, (instant, what), the newest first."""
        with self._desk.reading() as connection:
            asked = select(EVENTS.c.at, EVENTS.c.what).where(EVENTS.c.account == visitor.account).order_by(EVENTS.c.id.desc())
            return tuple((at, what) for at, what in connection.execute(asked.limit(most)))


_COUNTS = (MEMBERSHIPS.c.since <= bindparam("now")) & (MEMBERSHIPS.c.until.is_(None) | (MEMBERSHIPS.c.until > bindparam("now")))
"""Which memberships count at an instant."""
_HAT = (MEMBERSHIPS.c.id.label("hat"), MEMBERSHIPS.c.party, MEMBERSHIPS.c.manages, MEMBERSHIPS.c.kid, KEYS.c.kid.label("kept"))
_ORDER = (MEMBERSHIPS.c.manages.desc(), MEMBERSHIPS.c.since, MEMBERSHIPS.c.id)
_SESSION = (
    select(SESSIONS, ACCOUNTS.c.name, ACCOUNTS.c.language, RENEWALS.c.session.label("renews"), *_HAT)
    .select_from(
        SESSIONS.join(ACCOUNTS)
        .outerjoin(RENEWALS)
        .outerjoin(MEMBERSHIPS, (MEMBERSHIPS.c.account == SESSIONS.c.account) & _COUNTS)
        .outerjoin(KEYS, KEYS.c.membership == MEMBERSHIPS.c.id)
    )
    .where(SESSIONS.c.id == bindparam("secret"), ACCOUNTS.c.ended_at.is_(None))
    .order_by(*_ORDER)
)
"""A session with the memberships of its account that count, one a row: a page asks this one question of the desk."""


def _memberships(account: str, now: str) -> Any:
    """The memberships of an account that count now, each with whether its key is kept."""
    found = select(*_HAT).outerjoin(KEYS, KEYS.c.membership == MEMBERSHIPS.c.id)
    return found.where(MEMBERSHIPS.c.account == account, _COUNTS).order_by(*_ORDER).params(now=now)
