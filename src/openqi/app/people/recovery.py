"""For who lost their way in: codes that they kept, and a link that the operator makes at the machine; each serves once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from openqi.app.people.sessions import Sessions, digest
from openqi.app.people.visitor import Visitor, check_fresh
from openqi.app.people.ways import set_password
from openqi.evidence.canonical import base64url
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.passkeys import CODES, LINKS
from openqi.store.desk.people import ACCOUNTS

COUNT: Final = 10
HOURS: Final = 24
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH, _GROUP = 24, 4
_READ: Final = str.maketrans("OIL", "011")


@dataclass(frozen=True, kw_only=True)
class Codes:
    """Recovery codes of an account: how many are left, and since when it has them (None: it has none)."""

    left: int
    made_at: str | None


def code_of(chance: bytes) -> str:
    """Return a recovery code of 120 random bits in groups of four, without letters that look like digits.

    Args:
        chance: 24 random bytes, of each of which five bits are taken.

    Source: OWASP ASVS 4.0.3, 2.6.2: 112 bits, or a salt.
    """
    letters = "".join(_LETTERS[one & 31] for one in chance)
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def spelled(typed: str) -> str:
    """Return a code as it is kept, however somebody has typed it: small letters, spaces, O for 0, I or L for 1."""
    return "".join(letter for letter in typed[:200].upper().translate(_READ) if letter in _LETTERS)


class Recovery:
    """Codes and links.

    Args:
        desk: where they lie, as hashes. A plain hash is enough: nobody guesses 120 random bits, however fast it is.
        sessions: what they open, and end.
        clock, chance: the present instant; as many random bytes as asked for.
    """

    def __init__(self, desk: Desk, sessions: Sessions, *, clock: Callable[[], datetime], chance: Callable[[int], bytes]) -> None:
        self._desk, self._sessions, self._clock, self._chance = desk, sessions, clock, chance

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return format_instant(self._clock() + ahead)

    def codes(self, visitor: Visitor) -> Codes:
        """Return what is left of one's own codes."""
        with self._desk.reading() as connection:
            own = select(func.count(), func.min(CODES.c.made_at)).where(CODES.c.account == visitor.account)
            left, made_at = connection.execute(own.where(CODES.c.used_at.is_(None))).one()
        return Codes(left=left, made_at=made_at)

    def new_codes(self, visitor: Visitor) -> tuple[str, ...]:
        """Return ten new codes, which are told this once; those from before serve no more.

        Raises:
            RefusedError: `fresh-session`.
        """
        check_fresh(visitor)  # who came in by a code sets a way in first
        codes = tuple(code_of(self._chance(_LENGTH)) for _ in range(COUNT))
        rows = [{"id": digest(spelled(code)), "account": visitor.account, "made_at": self._now()} for code in codes]
        with self._desk.writing() as connection:
            connection.execute(delete(CODES).where(CODES.c.account == visitor.account))
            connection.execute(insert(CODES), rows)
            self._sessions.note(connection, visitor.account, "recovery codes made")
        return codes

    def sign_in(self, login: str, code: str, address: str) -> str:
        """Return the secret of a new session in which a new way in has to be set; all others of the account end.

        Raises:
            RefusedError: `code-refused` (what of name and code is wrong is not told), or `sign-in-later`.
        """
        name = login.strip().casefold()[:200]
        with self._sessions.attempts.counted(f"code {name}", f"address {address}"):
            with self._desk.reading() as connection:
                asked = select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == name, ACCOUNTS.c.ended_at.is_(None))
                account = connection.execute(asked).scalar_one_or_none()
            # Asked for a name that nobody has too, so that it takes as long.
            secret = self._by_code(account or "", digest(spelled(code)))
            if secret is None:
                if account is not None:
                    self._sessions.noted(account, "recovery code failed")
                raise RefusedError("code-refused", "the name or the code is wrong, or the code was used")
        return secret

    def _by_code(self, account: str, code: str) -> str | None:
        """The secret of a new session, for which a code is used up; None where the account has no such code left."""
        held = (CODES.c.id == code) & (CODES.c.account == account) & CODES.c.used_at.is_(None)
        with self._desk.writing() as connection:
            if connection.execute(update(CODES).where(held).values(used_at=self._now())).rowcount != 1:
                return None
            self._sessions.end_in(connection, account)
            secret = self._sessions.start(connection, account, renews=True)
            self._sessions.note(connection, account, "recovery code used")
        return secret

    def new_link(self, login: str) -> str:
        """Return the secret of a link for the person of a sign-in name; those that were made before serve no more.

        Only the operator at the machine asks this: no page does, and no manager of an organisation may.

        Raises:
            NotFoundError: nobody has this sign-in name.
        """
        secret, now = base64url(self._chance(24)), self._now()
        with self._desk.writing() as connection:
            asked = select(ACCOUNTS.c.id).where(ACCOUNTS.c.login == login.strip().casefold(), ACCOUNTS.c.ended_at.is_(None))
            account = connection.execute(asked).scalar_one_or_none()
            if account is None:
                raise NotFoundError(f"nobody signs in as {login[:200]!r} here; look at the people of the organisation for the name")
            connection.execute(delete(LINKS).where(LINKS.c.account == account))
            row = {"id": digest(secret), "account": account, "made_at": now, "ends_at": self._now(timedelta(hours=HOURS))}
            connection.execute(insert(LINKS), row)
            self._sessions.note(connection, account, "recovery link made")
        return secret

    def link(self, secret: str) -> tuple[str, str]:
        """Return (sign-in name, name) of whom a link is for; raises NotFoundError where it was used or has ended."""
        with self._desk.reading() as connection:
            _, login, name = self._open(connection, secret)
        return login, name

    def _open(self, connection: Connection, secret: str) -> tuple[str, str, str]:
        asked = select(ACCOUNTS.c.id, ACCOUNTS.c.login, ACCOUNTS.c.name).join(LINKS, LINKS.c.account == ACCOUNTS.c.id)
        serves = (LINKS.c.id == digest(secret)) & LINKS.c.used_at.is_(None) & (LINKS.c.ends_at > self._now())
        found = connection.execute(asked.where(serves, ACCOUNTS.c.ended_at.is_(None))).one_or_none()
        if found is None:
            raise NotFoundError("this link was used, has ended, or never was; ask the operator of the station for a new one")
        return found.id, found.login, found.name

    def recover(self, secret: str, password: str) -> str:
        """Return the secret of a new session, with a new password; all other sessions end, the kept keys stay.

        Raises:
            NotFoundError: the link was used or has ended.
            RefusedError: `password-weak`; the link still serves.
        """
        with self._desk.writing() as connection:
            account, _, _ = self._open(connection, secret)
            used = update(LINKS).where(LINKS.c.id == digest(secret), LINKS.c.used_at.is_(None)).values(used_at=self._now())
            if connection.execute(used).rowcount != 1:  # somebody else was first
                raise NotFoundError("this link was used; ask the operator of the station for a new one")
            set_password(connection, account, password, self._now())
            self._sessions.end_in(connection, account)
            self._sessions.note(connection, account, "recovered with a link")
            return self._sessions.start(connection, account)
