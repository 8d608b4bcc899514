"""Webhooks of organisations: notices for programs, signed, tried again with growing pauses, and ended where nobody answers."""

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from openqi.app.outgoing import check_url, resolved
from openqi.app.people.visitor import Visitor
from openqi.app.settings import Settings
from openqi.app.work.telling.notices import Notices
from openqi.app.work.telling.posting import post
from openqi.app.work.telling.signing import public_text, secret_text, signatures
from openqi.app.work.telling.told import concerns
from openqi.evidence.canonical import base64url
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.store.desk.desk import Desk
from openqi.store.desk.people import MEMBERSHIPS
from openqi.store.desk.webhooks import DELIVERIES, HOOKS
from openqi.store.store import Store

PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
_OVERLAP: Final = timedelta(days=1)
"""For so long after a rotation the secret before it signs too."""
_LEASE: Final = timedelta(minutes=5)
_MOST: Final = 10
_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Hook:
    """An address to which an organisation has its notices sent."""

    id: str
    url: str
    public: str
    failures: int
    made_at: str
    ended_at: str | None
    why: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Something that was, or is to be, sent to a hook."""

    id: str
    ref: str
    state: str
    tries: int
    status: int
    told: str
    made_at: str


class Webhooks:
    """Webhooks.

    Args:
        store: the log that they tell of.
        desk: keeps them.
        notices: tells who manages an organisation that its hook was ended.
        settings: say where they may be sent, and when they are ended.
        derived: secret bytes that grow from the station's passphrase under a name.
        clock, chance: the present instant; as many random bytes as asked for.
    """

    def __init__(
        self, store: Store, desk: Desk, notices: Notices, settings: Settings, *, derived: Callable[[str], bytes],
        clock: Callable[[], datetime], chance: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self._store, self._desk, self._notices, self._settings = store, desk, notices, settings
        self._derived, self._clock, self._chance = derived, clock, chance

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return format_instant(self._clock() + ahead)

    def _secret(self, hook: str, generation: int) -> bytes:
        return self._derived(f"webhook {hook} {generation}")

    def register(self, visitor: Visitor, url: str) -> tuple[str, str]:
        """Return the id of a new hook and its secret, which is told this once.

        Raises:
            RefusedError: `manages`, `hooks-few`, or `address-public`.
            FormatError: no address.
        """
        party, local = _managed(visitor), self._settings.webhooks.local
        host, port, _, _ = check_url(url, local=local)
        try:
            resolved(host, port, local=local)
        except OSError as error:
            raise FormatError(f"{host[:80]!r} has no address now; check how it is written") from error
        name = base64url(self._chance(12))
        with self._desk.writing() as connection:
            mine = (HOOKS.c.party == party, HOOKS.c.ended_at.is_(None))
            if connection.execute(select(func.count()).select_from(HOOKS).where(*mine)).scalar_one() >= _MOST:
                raise RefusedError("hooks-few", f"an organisation has at most {_MOST} webhooks; end one first")
            cells = {"id": name, "party": party, "url": url, "generation": 1, "failures": 0, "made_by": visitor.account, "why": ""}
            connection.execute(insert(HOOKS).values(made_at=self._now(), **cells))
        return name, secret_text(self._secret(name, 1))

    def rotate(self, visitor: Visitor, hook: str) -> str:
        """Return the new secret of a hook, told this once; for a day the one before it signs too. Raises NotFoundError."""
        with self._desk.writing() as connection:
            row = self._mine(connection, visitor, hook)
            later = {"generation": row.generation + 1, "rotated_at": self._now()}
            connection.execute(update(HOOKS).where(HOOKS.c.id == hook).values(**later))
        return secret_text(self._secret(hook, row.generation + 1))

    def end(self, visitor: Visitor, hook: str) -> None:
        """Send nothing more to a hook; raises NotFoundError."""
        with self._desk.writing() as connection:
            self._mine(connection, visitor, hook)
            self._ended(connection, hook, "")

    def resume(self, visitor: Visitor, hook: str) -> None:
        """Send again to a hook that was ended; raises NotFoundError."""
        with self._desk.writing() as connection:
            self._mine(connection, visitor, hook)
            connection.execute(update(HOOKS).where(HOOKS.c.id == hook).values(ended_at=None, failures=0, why=""))

    def again(self, visitor: Visitor, delivery: str) -> None:
        """Send a delivery once more, under its own id; raises NotFoundError."""
        with self._desk.writing() as connection:
            hook = connection.execute(select(DELIVERIES.c.hook).where(DELIVERIES.c.id == delivery)).scalar_one_or_none()
            self._mine(connection, visitor, hook or "")
            anew = {"state": "waiting", "tries": 0, "due_at": self._now()}
            connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery).values(**anew))

    def _mine(self, connection: Connection, visitor: Visitor, hook: str) -> Any:
        party = _managed(visitor)
        row = connection.execute(select(HOOKS).where(HOOKS.c.id == hook, HOOKS.c.party == party).with_for_update()).first()
        if row is None:
            raise NotFoundError("the organisation has no such webhook; look at the list again")
        return row

    def of(self, visitor: Visitor) -> tuple[tuple[Hook, tuple[Delivery, ...]], ...]:
        """Return the hooks of the organisation with the last deliveries of each, the newest first."""
        party = _managed(visitor)
        with self._desk.reading() as connection:
            rows = connection.execute(select(HOOKS).where(HOOKS.c.party == party).order_by(HOOKS.c.made_at.desc()).limit(50)).all()
            return tuple((self._hook(row), _last(connection, row.id)) for row in rows)

    def _hook(self, row: Any) -> Hook:
        told = {name: getattr(row, name) for name in ("id", "url", "failures", "made_at", "ended_at", "why")}
        return Hook(public=public_text(self._secret(row.id, row.generation)), **told)

    def follow(self, connection: Connection, record: Record, parties: frozenset[str]) -> None:  # noqa: ARG002 -- Follow asks so
        """Lay ready what is to be sent about a record, in the transaction of its notices."""
        hooks = list(connection.execute(select(HOOKS).where(HOOKS.c.ended_at.is_(None), HOOKS.c.made_at <= record.valid_from)))
        for concern in concerns(self._store, record, frozenset(row.party for row in hooks)) if hooks else ():
            data = {"record": record.id, "kind": record.kind, "party": concern.party, "topic": concern.topic}
            data["url"] = f"{self._settings.url.rstrip('/')}/record/{record.id}"
            told = {"type": f"notice.{concern.topic}", "timestamp": record.valid_from, "data": data}
            for row in hooks:
                if row.party == concern.party:
                    cells = {"id": f"msg_{base64url(self._chance(18))}", "hook": row.id, "ref": record.id, "state": "waiting"}
                    cells |= {"body": json.dumps(told, ensure_ascii=False), "told": ""}
                    now = self._now()
                    connection.execute(insert(DELIVERIES).values(tries=0, status=0, made_at=now, due_at=now, **cells))

    def send(self) -> int:
        """Return how many deliveries were taken by who they are for; the others wait for their next try."""
        rows = self._taken()
        if not rows:
            return 0
        with ThreadPoolExecutor(max_workers=8) as pool:  # one address that does not answer keeps few others waiting
            return sum(pool.map(self._delivered, rows))

    def _taken(self) -> list[Any]:
        due = (
            select(DELIVERIES, HOOKS.c.url, HOOKS.c.generation, HOOKS.c.rotated_at)
            .join(HOOKS, HOOKS.c.id == DELIVERIES.c.hook)
            .where(DELIVERIES.c.state == "waiting", DELIVERIES.c.due_at <= self._now(), HOOKS.c.ended_at.is_(None))
            .order_by(DELIVERIES.c.due_at).limit(20)
        )  # fmt: skip
        with self._desk.reading() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        with self._desk.writing() as connection:
            connection.execute(delete(DELIVERIES).where(DELIVERIES.c.state != "waiting", DELIVERIES.c.made_at < self._now(-_KEPT)))
            rows = list(connection.execute(due.with_for_update()))
            lent = DELIVERIES.c.id.in_([row.id for row in rows])
            connection.execute(update(DELIVERIES).where(lent).values(due_at=self._now(_LEASE)))
        return rows

    def _delivered(self, row: Any) -> bool:
        body, stamp = row.body.encode(), int(self._clock().timestamp())
        both = row.rotated_at is not None and row.rotated_at > self._now(-_OVERLAP)
        secrets = tuple(self._secret(row.hook, row.generation - back) for back in range(2 if both else 1))
        headers = {"content-type": "application/json", "user-agent": "openqi", "webhook-id": row.id}
        headers |= {"webhook-timestamp": str(stamp), "webhook-signature": signatures(secrets, row.id, stamp, body)}
        status, why = 0, ""
        try:
            status = post(row.url, body, headers, local=self._settings.webhooks.local)
        except (OSError, http.client.HTTPException, OpenQIError) as error:
            why = f"{type(error).__name__}: {error}"[:300]
        good = 200 <= status < 300
        with self._desk.writing() as connection:
            self._note(connection, row, good, status, why)
        return good

    def _note(self, connection: Connection, row: Any, good: bool, status: int, why: str) -> None:
        mine, tries = DELIVERIES.c.id == row.id, row.tries + 1
        if good:
            done = {"state": "sent", "tries": tries, "status": status, "told": ""}
            connection.execute(update(DELIVERIES).where(mine).values(**done))
            connection.execute(update(HOOKS).where(HOOKS.c.id == row.hook).values(failures=0))
            return
        over = tries > len(PAUSES) or status == 410
        later = {"due_at": self._now(PAUSES[min(tries, len(PAUSES)) - 1]), "state": "given up" if over else "waiting"}
        connection.execute(update(DELIVERIES).where(mine).values(tries=tries, status=status, told=why, **later))
        connection.execute(update(HOOKS).where(HOOKS.c.id == row.hook).values(failures=HOOKS.c.failures + 1))
        failures = connection.execute(select(HOOKS.c.failures).where(HOOKS.c.id == row.hook)).scalar_one()
        if failures >= self._settings.webhooks.failures or status == 410:
            self._ended(connection, row.hook, why or f"HTTP {status}")

    def _ended(self, connection: Connection, hook: str, why: str) -> None:
        """End a hook; where nobody asked for that, those who manage the organisation are told."""
        connection.execute(update(HOOKS).where(HOOKS.c.id == hook).values(ended_at=self._now(), why=why))
        if why:
            row = connection.execute(select(HOOKS).where(HOOKS.c.id == hook)).one()
            mine = (MEMBERSHIPS.c.party == row.party, MEMBERSHIPS.c.manages, MEMBERSHIPS.c.until.is_(None))
            accounts = list(connection.execute(select(MEMBERSHIPS.c.account).where(*mine)).scalars())
            told = {"topic": "webhook", "ref": f"/notices?webhook={hook}&at={row.ended_at}", "kind": "", "about": row.url}
            self._notices.tell(connection, accounts, row.party, told)


def _last(connection: Connection, hook: str) -> tuple[Delivery, ...]:
    asked = select(DELIVERIES).where(DELIVERIES.c.hook == hook).order_by(DELIVERIES.c.made_at.desc(), DELIVERIES.c.id).limit(20)
    names = ("id", "ref", "state", "tries", "status", "told", "made_at")
    return tuple(Delivery(**{name: getattr(row, name) for name in names}) for row in connection.execute(asked))


def _managed(visitor: Visitor) -> str:
    if visitor.hat is None or not visitor.hat.manages:
        raise RefusedError("manages", "only who manages an organisation looks after its webhooks; ask one of them")
    return visitor.hat.party
