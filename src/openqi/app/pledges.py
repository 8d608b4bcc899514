"""Pledges of a log for reading: which editions there are, who signed, and how each promise stands on a day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from openqi.app.views import noting_view
from openqi.evidence.fold import Cell, Fold, Row
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import format_instant, parse_instant
from openqi.pillars.governance.pledges.evidence import promised
from openqi.pillars.governance.pledges.facts import Promised
from openqi.pillars.governance.pledges.register import PLEDGE_EDITIONS, PLEDGE_SIGNATURES
from openqi.pillars.governance.pledges.standing import local_day
from openqi.pillars.governance.pledges.states import PromiseState, states
from openqi.records.tasks import day_of
from openqi.science.calendars.texts import offset_of
from openqi.store.store import Store

_PAGE = 200


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A signature with the state of its promises on a day.

    Args:
        row: of `PLEDGE_SIGNATURES`.
        on: the day.
        holds: whether the signature holds at the end of that day, by what is known now.
        states: of each promise, in the order of the pledge; none before the day of the signature.
    """

    row: Row
    on: date
    holds: bool
    states: tuple[PromiseState, ...]


def editions(store: Store) -> Iterator[Row]:
    """Yield every edition of a pledge that is public, the earliest first."""
    yield from _rows(store, PLEDGE_EDITIONS, {"origin": store.origin, "public": 1})


def signatures(store: Store, *, firm: str | None = None, pledge: str | None = None) -> Iterator[Row]:
    """Yield the public signatures of a firm, under a pledge, or all, the earliest first."""
    where = {"firm": firm} if firm is not None else {"pledge": pledge} if pledge is not None else {"public": 1}
    for row in _rows(store, PLEDGE_SIGNATURES, {"origin": store.origin, **where}):
        if row["public"] and pledge in (None, row["pledge"]):
            yield row


def _rows(store: Store, fold: Fold, where: Mapping[str, Cell]) -> Iterator[Row]:
    after = None
    while True:
        page = store.page(fold, where=where, order=("since",), after=after, limit=_PAGE)
        yield from page.rows
        after = page.next
        if after is None:
            return


def holds_at(row: Row, instant: str) -> bool:
    """Return whether a signature holds at an instant: signed, and not ended, withdrawn or over by then."""
    ends = [str(row[name]) for name in ("until", "ended_at", "withdrawn_at") if row[name] is not None]
    return str(row["since"]) <= instant and all(instant < end for end in ends)


def facts_of(store: Store, signed: str, *, valid_at: str, known_at: int | None = None) -> Promised:
    """Return what the states of a signature depend on, as of a size of the log.

    Raises:
        NotFoundError: there is no such record.
        FormatError, RefusedError: it is no signature of this log.
    """
    size = store.size() if known_at is None else known_at
    return promised(noting_view(store, known_at=size, valid_at=valid_at), signed)


def standing_on(store: Store, row: Row, now: str, day: str | None = None) -> Standing:
    """Return how the promises of a signature stand on a day.

    Args:
        store: keeps the log.
        row: of `PLEDGE_SIGNATURES`.
        now: the present instant.
        day: which day, where the pledge says that days begin; None for the day of `now`.

    Raises:
        FormatError: there is no such day.
    """
    facts = facts_of(store, str(row["signed"]), valid_at=now)
    on = local_day(now, facts.offset) if day is None else _day(day)
    return Standing(row=row, on=on, holds=holds_at(row, _end_of(on, facts.offset)), states=states(facts, on))


def firm_states(store: Store, firm: str, now: str, day: str | None = None, pledge: str | None = None) -> tuple[Standing, ...]:
    """Return how the promises of every signature of a firm stand on a day, ended ones too.

    Raises:
        NotFoundError: the firm has signed nothing here.
        FormatError: there is no such day.
    """
    rows = list(signatures(store, firm=firm, pledge=pledge))
    if not rows:
        under = "" if pledge is None else f" under {pledge}"
        raise NotFoundError(f"{firm[:200]} has signed no pledge{under} in {store.origin}; `openqi pledge list` says who has")
    return tuple(standing_on(store, row, now, day) for row in rows)


def _end_of(on: date, offset: str) -> str:
    """The last second of a day in a time zone."""
    midnight = parse_instant(f"{on.isoformat()}T00:00:00Z") - offset_of(offset)
    return format_instant(midnight + timedelta(days=1, seconds=-1))


def _day(text: str) -> date:
    try:
        found = day_of(text)
    except ValueError as error:
        raise FormatError(f"{text[:20]!r} is no day; write it as 2026-03-31") from error
    if found.isoformat() != text:
        raise FormatError(f"{text[:20]!r} is no day; write it as 2026-03-31")
    return found
