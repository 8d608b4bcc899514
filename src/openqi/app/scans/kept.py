"""Kept scans put beside what the ledger knows of their marks: who issued them, for which markets, what became of them."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openqi.app.marks import MarkReader
from openqi.app.scans.told import Known
from openqi.formats.digital_link import named_hash
from openqi.formats.scan_files import ScanColumns, columns_of
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import parse_instant
from openqi.records import body
from openqi.records.licences import LicensedMarksIssued, MarkLicensed
from openqi.science.signals.places import Place
from openqi.store.scan_log import MINUTE, ScanLog
from openqi.store.store import Store

SCAN_LOG: Final = "scan-log.sqlite"
"""The file of kept scans, beside the ledger."""
COARSE: Final = MINUTE
ENDS: Final = frozenset({"returned", "recalled", "destroyed", "revoked", "ended"})
"""What ends the way of a unit: a scan after it is worth a look. A sale is not among them, for owners scan what they have."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Kept scans as columns, what is known of their marks, and which marks a party has issued.

    Args:
        columns: the scans; serials are the names of marks.
        known: what the log says of them.
        issuers: name of a mark → who issued it.
        left: scans in a place that the list no longer has.
    """

    columns: ScanColumns | None
    known: Known
    issuers: Mapping[str, str]
    left: int


def kept_scans(log: ScanLog, reader: MarkReader, store: Store, places: Sequence[Place], *, of: str | None = None) -> Kept:
    """Return the kept scans of a ledger with what is known of their marks.

    Args:
        log: the kept scans.
        reader: of the ledger's marks.
        store: of the ledger.
        places: where the scans are told to be.
        of: only marks that this party issued; None for all.

    Raises:
        StoreError: log, index or store failed.
    """
    numbered = {one.name: place for place, one in enumerate(places)}
    translated = {number: numbered.get(name, -1) for number, name in log.named_places().items()}
    about = _About(reader, store, of)
    serial, at, place, device = (array("q") for _ in range(4))
    numbers: dict[bytes, int] = {}
    left = 0
    for seen in log.rows():
        where = translated.get(seen.place, -1)
        if where < 0:
            left += 1
            continue
        if not about.wanted(seen.digest):
            continue
        serial.append(numbers.setdefault(seen.digest, len(numbers)))
        at.append(seen.at)
        place.append(where)
        device.append(seen.device)
    names = [named_hash(digest) for digest in numbers]
    columns = columns_of(serial, at, place, device, serials=names, places=[one.name for one in places]) if at else None
    return Kept(columns=columns, known=about.known(numbers), issuers=about.issuers(numbers), left=left)


class _About:
    """What the log says of marks, each asked once."""

    def __init__(self, reader: MarkReader, store: Store, of: str | None) -> None:
        self._reader, self._store, self._of = reader, store, of
        self._issuer: dict[bytes, str] = {}
        self._begins: dict[bytes, int] = {}
        self._ends: dict[bytes, int] = {}
        self._markets: dict[bytes, frozenset[str]] = {}
        self._of_issue: dict[str, frozenset[str]] = {}

    def wanted(self, digest: bytes) -> bool:
        """Whether a mark is one of those that are asked about."""
        if digest not in self._issuer:
            self._ask(digest)
        return bool(self._issuer[digest]) and (self._of is None or self._issuer[digest] == self._of)

    def _ask(self, digest: bytes) -> None:
        found = self._reader.known_of(digest)
        if found is None:
            self._issuer[digest] = ""
            return
        issue, states = found
        record = issue.logged.record
        self._issuer[digest] = record.issuer
        if record.id not in self._of_issue:
            self._of_issue[record.id] = self._licensed(record.kind, record)
        if self._of_issue[record.id]:
            self._markets[digest] = self._of_issue[record.id]
        # Of a record that not everybody may see it is not told when it was.
        told = [(one.state, str(one.shown["at"])) for one in states if "at" in one.shown]
        instants = [(state, int(parse_instant(at).timestamp())) for state, at in told]
        if begun := [at for state, at in instants if state == "activated"]:
            self._begins[digest] = min(begun)
        if ended := [at for state, at in instants if state in ENDS]:
            self._ends[digest] = min(ended)

    def _licensed(self, kind: str, record: object) -> frozenset[str]:
        if kind != LicensedMarksIssued.KIND:
            return frozenset()
        try:
            licence = body(self._store.logged(body(record, LicensedMarksIssued).licensed).record, MarkLicensed)  # type: ignore[arg-type]
        except (NotFoundError, FormatError):  # without the licence nothing is said of markets
            return frozenset()
        return frozenset(licence.markets)

    def known(self, digests: Mapping[bytes, int]) -> Known:
        """What is known of these marks, by name."""

        def named(told: Mapping[bytes, object]) -> dict[str, object]:
            return {named_hash(digest): value for digest, value in told.items() if digest in digests}

        return Known(begins=named(self._begins), ends=named(self._ends), markets=named(self._markets))  # type: ignore[arg-type]

    def issuers(self, digests: Mapping[bytes, int]) -> dict[str, str]:
        """Who issued these marks, by name."""
        return {named_hash(digest): self._issuer[digest] for digest in digests}


def markets_known(known: Known, places: Sequence[Place]) -> Known:
    """Return what is known without markets that no place of the list is in: of those nobody can be said to be outside."""
    there = {one.market for one in places}
    markets = {serial: told for serial, told in known.markets.items() if told <= there}
    return Known(begins=known.begins, ends=known.ends, markets=markets, everywhere=known.everywhere)


def scan_log_of(ledger: Path) -> ScanLog:
    """Return the kept scans of a ledger folder; raises NotFoundError where none were ever kept."""
    path = ledger / SCAN_LOG
    if not path.is_file():
        raise NotFoundError(
            f"no scans are kept beside {ledger}; a station keeps them where station.toml names places under [scans]"
        )
    return ScanLog(path)
