"""What kept scans show, for the issuer of marks and for those who watch the market: counts and facts, never a judgement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from openqi.app.marks import INDEX, SCANS, MarkReader
from openqi.app.scans.kept import COARSE, Kept, kept_scans, markets_known, scan_log_of
from openqi.app.scans.scoring import scored
from openqi.app.scans.told import Asked, Scored, Usual
from openqi.science.signals.places import Place
from openqi.store.marks import MarkIndex
from openqi.store.scans import ScanCounter
from openqi.store.store import Store

WATCHING: Final = frozenset({"market-surveillance-authority", "association"})
"""Roles whose parties may see what scans of all marks show; an issuer of marks sees what those of its own do."""
ISSUING: Final = frozenset({"mark-issuer", "manufacturer"})
MOST: Final = 200


@dataclass(frozen=True, kw_only=True)
class Signals:
    """What kept scans show.

    Args:
        found: of the serials, named by the names of their marks; None where no scan is kept.
        issuers: name of a mark → who issued it.
        all_marks: whether those of all issuers are looked at.
        left: scans in places that the list no longer has.
        at: when that was.
        usual: what says what is usual; "" where nothing does.
    """

    found: Scored | None
    issuers: dict[str, str]
    all_marks: bool
    left: int
    at: datetime
    usual: str


def signals(
    ledger: Path, store: Store, places: Sequence[Place], *, of: str | None, usual: Usual, asked: Asked, now: datetime
) -> Signals:
    """Return what the kept scans of a ledger show.

    Args:
        ledger: its folder.
        store: its store.
        places: where scans are told to be.
        of: only marks that this party issued; None for all.
        usual: what honest serials do.
        asked: how; times are those of minutes.
        now: the present instant.

    Raises:
        NotFoundError: no scans are kept here.
        StoreError: log, index or store failed.
    """
    kept = _kept(ledger, store, places, of, now)
    found = None
    if kept.columns is not None:
        found = scored(kept.columns, places, usual=usual, known=markets_known(kept.known, places), asked=asked)
    return Signals(
        found=found, issuers=dict(kept.issuers), all_marks=of is None, left=kept.left, at=now, usual=usual.source if found else ""
    )  # fmt: skip


def _kept(ledger: Path, store: Store, places: Sequence[Place], of: str | None, now: datetime) -> Kept:
    log = scan_log_of(ledger)
    try:
        index = MarkIndex(ledger / INDEX, origin=store.origin)
        reader = MarkReader(store, index, ScanCounter(ledger / SCANS), today=now.date)
        try:
            reader.refresh()
            return kept_scans(log, reader, store, places, of=of)
        finally:
            reader.close()
    finally:
        log.close()


class SignalBoard:
    """Makes what kept scans show, and keeps it for a quarter of an hour: it looks at all of them.

    Args:
        ledger: folder of the ledger.
        store: its store.
        places: where scans are told to be; empty where none are kept.
        usual: what honest serials do.
        clock: the present instant.
    """

    SECONDS: Final = 900

    def __init__(self, ledger: Path, store: Store, places: Sequence[Place], *, usual: Usual, clock: Callable[[], datetime]) -> None:
        self._ledger, self._store, self.places, self._usual, self._clock = ledger, store, tuple(places), usual, clock
        self._made: dict[str | None, Signals] = {}
        self._lock = Lock()

    def board(self, of: str | None) -> Signals:
        """Return what the scans of a party's marks show; of all marks for None. Any thread may ask; the first makes it.

        Raises:
            StoreError: log, index or store failed.
        """
        now = self._clock()
        if not self.places:
            return Signals(found=None, issuers={}, all_marks=of is None, left=0, at=now, usual="")
        with self._lock:
            made = self._made.get(of)
            if made is None or not 0 <= (now - made.at).total_seconds() < self.SECONDS:
                asked = Asked(coarse=COARSE, most=MOST)
                made = signals(self._ledger, self._store, self.places, of=of, usual=self._usual, asked=asked, now=now)
                if len(self._made) >= 64:
                    self._made.clear()
                self._made[of] = made
            return made
