"""The register of pledges as it is searched: an index beside the log that follows the log and the days.

What moves a signature is known: the subjects that its states were read from. A record in one of their streams, or a day on which
something falls due, has it looked at again. Deleting the file loses nothing.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from openqi.app.reading.context import Context
from openqi.app.reading.pledges.signatures import STANDINGS, SignatureTold, Standing, proof_lines, told_with_reads
from openqi.evidence.fold import Cell
from openqi.kernel.errors import NotFoundError, RefusedError, StoreError
from openqi.pillars.governance.pledges.register import PLEDGE_SIGNATURES
from openqi.records import body
from openqi.records.governance import PartyRegistered
from openqi.records.pledges import PledgeSigned
from openqi.store.register_search.index import Entry, RegisterIndex
from openqi.store.register_search.terms import VERSION, terms, wanted

FILE: Final = "pledges.sqlite"
_FORM: Final = 1
"""Grows when entries are made otherwise; the index is then made again."""
_PIECE: Final = 2_000
_MOST: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the register is asked for; empty for all. `nothing` says that a query has no word that could be looked for."""

    query: str = ""
    pledge: str = ""
    standing: Standing | None = None
    before: int | None = None

    @property
    def nothing(self) -> bool:
        """Whether a query was given and has no word."""
        return bool(self.query.strip()) and not wanted(self.query)


@dataclass(frozen=True, kw_only=True)
class Hits:
    """Signatures that were found, those that came last first.

    Args:
        signed: records of the signatures of this page.
        count: how many there are with the words and the pledge, whatever their standing: what `standings` add up to.
        standings: standing → how many of them.
        next: cursor of the next page.
        size: of the log up to which the register was read.
    """

    signed: tuple[str, ...]
    count: int
    standings: dict[Standing, int]
    next: int | None
    size: int


class PledgeSearch:
    """Searches the public register of pledges of one log. Any thread may ask.

    Args:
        folder: of the ledger, beside which the index lies.
        origin: of the log.
    """

    def __init__(self, folder: Path, origin: str) -> None:
        self._index = RegisterIndex(folder / FILE, origin=origin, cut=terms, version=1000 * _FORM + VERSION)

    def find(self, context: Context, asked: Asked, *, now: str, limit: int = 20) -> Hits:
        """Return what was asked for, after the index has followed the log and the day."""
        with suppress(StoreError):  # on a full disk what is in the index is still found; if it is gone, reading says so
            self.follow(context, now)
        if asked.nothing:
            return Hits(signed=(), count=0, standings=dict.fromkeys(STANDINGS, 0), next=None, size=self._index.position())
        words, held = wanted(asked.query), [f"pledge:{asked.pledge}"] if asked.pledge else []
        every = self._index.find(words, facets=held, counted=[f"state:{one}" for one in STANDINGS], limit=1)
        chosen = [*held, f"state:{asked.standing}"] if asked.standing else held
        page = self._index.find(words, facets=chosen, before=asked.before, limit=limit)
        standings = {one: every.facets[f"state:{one}"] for one in STANDINGS}
        return Hits(signed=page.names, count=every.count, standings=standings, next=page.next, size=self._index.position())

    def follow(self, context: Context, now: str) -> None:
        """Take in what came into the log since, and what turned with the day; a few thousand records at most for one question."""
        position = self._index.position()
        if position == 0:
            self._fill(context, now)
        elif position < context.size:
            stop = min(context.size, position + _MOST)
            moved = dict[str, None]()
            for logged in context.store.scan(position, stop):
                if logged.record.kind == PledgeSigned.KIND:
                    moved[logged.record.id] = None
                moved |= dict.fromkeys(self._index.having([_facet(one) for one in logged.record.streams]))
            self._index.put(self._entries(context, tuple(moved), now), position=stop, since=position)
        turned = self._index.turned(now[:10], _PIECE)
        if turned:
            position = self._index.position()
            self._index.put(self._entries(context, turned, now), position=position, since=position)

    def _fill(self, context: Context, now: str) -> None:
        after: Sequence[Cell] | None = None
        while True:
            page = context.store.page(
                PLEDGE_SIGNATURES, where={"origin": context.store.origin, "public": 1}, order=("since",), after=after, limit=_PIECE
            )
            entries = self._entries(context, [str(row["signed"]) for row in page.rows], now)
            after = page.next
            if not self._index.put(entries, position=context.size if after is None else 0, since=0) or after is None:
                return

    def _entries(self, context: Context, signed: Sequence[str], now: str) -> list[Entry]:
        found = []
        for one in signed:
            try:
                if context.logged(one).index < context.size and context.logged(one).record.public:
                    found.append(_entry(context, one, now))
            except (NotFoundError, RefusedError):  # a foreign signature, or one that nobody decided
                continue
        return found


def _facet(subject: str) -> str:
    return f"on:{sha256(subject.encode()).hexdigest()[:16]}"


def _entry(context: Context, signed: str, now: str) -> Entry:
    told, subjects = told_with_reads(context, signed, now=now)
    turn = told.turn
    if turn is not None and turn <= date.fromisoformat(now[:10]):  # east of Greenwich a day has begun that here has not
        turn = date.fromordinal(date.fromisoformat(now[:10]).toordinal() + 1)
    return Entry(
        name=signed, text=" ".join(_texts(context, told)), turn=None if turn is None else turn.isoformat(),
        facets=(f"pledge:{told.said.pledge}", f"state:{told.standing}", *map(_facet, subjects)),
    )  # fmt: skip


def _texts(context: Context, told: SignatureTold) -> list[str]:
    numbers = [one.number for one in proof_lines(context, told.signed.id)]
    return [told.firm.zh, told.firm.en, told.said.firm, *codes_of(context, told.said.firm), *numbers]


def codes_of(context: Context, firm: str) -> tuple[str, ...]:
    """Return the codes under which a firm is registered publicly, a unified social credit code say."""
    found = dict[str, None]()
    for one in context.store.stream(firm, known_at=context.size):
        if one.record.kind == PartyRegistered.KIND and one.record.public:
            found |= dict.fromkeys(each.value for each in body(one.record, PartyRegistered).identifiers)
    return tuple(found)
