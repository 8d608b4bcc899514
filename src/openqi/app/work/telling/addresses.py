"""Where letters go: an address counts once a code that was sent to it came back."""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from sqlalchemy import delete, insert, select, update

from openqi.app.people.visitor import Visitor
from openqi.app.work.telling.letters import Words, letter
from openqi.app.work.telling.notices import Notices
from openqi.kernel.errors import FormatError, RefusedError
from openqi.store.desk.desk import Desk
from openqi.store.desk.notices import ADDRESSES, MAILS

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_VALID: Final = timedelta(hours=1)
_PAUSE: Final = timedelta(minutes=1)
_TRIES: Final = 5


class Addresses:
    """Addresses of people.

    Args:
        desk, notices: where they lie, and what makes letters.
        chance: as many random bytes as asked for.
    """

    def __init__(self, desk: Desk, notices: Notices, chance: Callable[[int], bytes]) -> None:
        self._desk, self._notices, self._chance = desk, notices, chance

    def of(self, visitor: Visitor) -> tuple[str, bool]:
        """Return the address of a visitor, `""` where there is none, and whether it was confirmed."""
        asked = select(ADDRESSES).where(ADDRESSES.c.account == visitor.account)
        with self._desk.reading() as connection:
            row = connection.execute(asked).one_or_none()
        return ("", False) if row is None else (row.address, row.confirmed_at is not None)

    def ask(self, visitor: Visitor, address: str, words: Words, language: str) -> None:
        """Keep an address and send it a code; an empty one forgets the address.

        Raises:
            FormatError: it is no address of e-mail.
            RefusedError: a code was sent a moment ago.
        """
        if address and (len(address) > 254 or not _ADDRESS.fullmatch(address)):
            raise FormatError(f"{address[:80]!r} is no address of e-mail; write name@example.org")
        code = f"{int.from_bytes(self._chance(8), 'big') % 10**8:08d}"
        with self._desk.writing() as connection:
            old = connection.execute(select(ADDRESSES).where(ADDRESSES.c.account == visitor.account).with_for_update()).first()
            if old is not None and address and old.asked_at > self._notices.now(-_PAUSE):
                raise RefusedError("code-sent", "a code was sent a moment ago; wait a minute, then ask for another")
            connection.execute(delete(ADDRESSES).where(ADDRESSES.c.account == visitor.account))
            if not address:
                return
            cells = {"account": visitor.account, "address": address, "code": _hash(visitor, code), "tries": 0}
            connection.execute(insert(ADDRESSES).values(asked_at=self._notices.now(), confirmed_at=None, **cells))
            told = words.phrase("mail-code", language, code=code)
            subject = words.phrase("mail-code-subject", language)
            name = sha256(self._chance(32)).hexdigest()[:32]
            connection.execute(insert(MAILS).values(letter(name, visitor.account, address, subject, told, self._notices.now())))

    def confirm(self, visitor: Visitor, code: str) -> None:
        """Note that the code that was sent came back.

        Raises:
            RefusedError: it is another code, too old, or was tried too often.
        """
        mine = ADDRESSES.c.account == visitor.account
        with self._desk.writing() as connection:
            row = connection.execute(select(ADDRESSES).where(mine).with_for_update()).first()
            good = (
                row is not None and row.confirmed_at is None and row.tries < _TRIES
                and row.asked_at > self._notices.now(-_VALID) and compare_digest(row.code, _hash(visitor, code.strip()))
            )  # fmt: skip
            if row is not None:
                done = {"confirmed_at": self._notices.now()} if good else {"tries": row.tries + 1}
                connection.execute(update(ADDRESSES).where(mine).values(**done))
        if not good:
            raise RefusedError("code-right", "the code is wrong or too old; ask for another")


def _hash(visitor: Visitor, code: str) -> str:
    return sha256(f"{visitor.account}\n{code}".encode()).hexdigest()
