"""Who fails too often waits: attempts to prove who one is, counted at the desk for all processes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, func, insert, select

from openqi.kernel.errors import RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import ATTEMPTS

SKEW: Final = timedelta(minutes=5)
"""So far the clocks of two machines of one station may be apart; what was noted later than that is of no time that there was."""


class Attempts:
    """Attempts of the last hour.

    Args:
        desk: where they are counted.
        most: how many may fail in an hour, of one name and of one address.
        clock: the present instant.
        pepper: under which names and addresses are hashed.
        tell: told of an attempt that was refused.
    """

    def __init__(
        self, desk: Desk, *, most: int, clock: Callable[[], datetime], pepper: bytes,
        tell: Callable[[str, str], None] = lambda _what, _account: None,
    ) -> None:  # fmt: skip
        self._desk, self._most, self._clock, self._pepper, self._tell = desk, most, clock, pepper, tell

    def _known(self, who: str) -> str:
        return sha256(self._pepper + who.encode()).hexdigest()

    @contextmanager
    def counted(self, name: str, *others: str) -> Iterator[None]:
        """Count an attempt before it is made, so that many at once cannot try more than that.

        An attempt whose block ends well forgets all failures of the name, and of the others only itself: an address from
        which somebody else guesses does not become clean by one right password.

        Args:
            name: whose proof is tried, such as `login anna`.
            others: what else is counted, such as `address 10.0.0.1`.

        Raises:
            RefusedError: `sign-in-later`.
        """
        whose = [self._known(one) for one in (name, *others)]
        at, since = self._clock(), format_instant(self._clock() - timedelta(hours=1))
        ahead = format_instant(at + SKEW)
        with self._desk.writing() as connection:
            # Also those of a clock that ran ahead: they would count until it is there again.
            connection.execute(delete(ATTEMPTS).where((ATTEMPTS.c.at < since) | (ATTEMPTS.c.at > ahead)))
            for who in whose:
                failed = select(func.count()).where(ATTEMPTS.c.who == who, ATTEMPTS.c.at >= since)
                if connection.execute(failed).scalar_one() >= self._most:
                    self._tell("sign-in refused, too often", "")
                    raise RefusedError(
                        "sign-in-later", "signing in failed too often; wait an hour, or ask who manages your account"
                    )
            made = [
                connection.execute(insert(ATTEMPTS), {"who": who, "at": format_instant(at)}).inserted_primary_key for who in whose
            ]
        yield
        own = [key[0] for key in made if key is not None]
        with self._desk.writing() as connection:
            connection.execute(delete(ATTEMPTS).where((ATTEMPTS.c.who == whose[0]) | ATTEMPTS.c.id.in_(own)))
