"""Checking single records of a store: whether the signature holds, whether a decision comes out the same again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from openqi.app.files import read_file, write_file
from openqi.app.folder import ledger_folder
from openqi.app.workflow import replay
from openqi.evidence.keys import COUNTERSIGNED, KeyRing, key_records, kids_of
from openqi.evidence.record import Logged, Record, Statement
from openqi.evidence.view import BasisView, noting, parse_basis
from openqi.kernel.errors import FormatError, NotFoundError, OpenQIError
from openqi.store.store import Store

Checked = Literal["replayed", "signature checked", "failed"]
_MOST: Final = 100_000


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    version: str
    replayed: list[str]


@dataclass(kw_only=True)
class Checker:
    """Checks records once and remembers the outcome; a record never changes, and neither does what it was decided on.

    Args:
        store: holds them.
        remembered: file for what was replayed, for the next process; None for none. `openqi verify` never looks into it.
        version: of the commands; what another version replayed counts for nothing.
    """

    store: Store
    remembered: Path | None = None
    version: str = ""
    _rings: dict[tuple[str, ...], KeyRing] = field(default_factory=dict)
    _found: dict[str, tuple[Checked, str]] = field(default_factory=dict)
    _replayed: set[str] | None = None
    _fresh: bool = False

    def check(self, logged: Logged) -> tuple[Checked, str]:
        """Return how far a record was checked, and why it failed where it did. Any thread may ask."""
        record, known = logged.record, self._found
        if (before := known.get(record.id)) is not None:
            return before
        rings = self._rings  # as they are now: what is forgotten meanwhile takes with it what is found out here
        found: tuple[Checked, str]
        try:
            self._signature(logged, rings)
            found = self._replayed_or_not(logged)
        except OpenQIError as error:
            found = ("failed", str(error))
        if len(known) >= _MOST:
            known.clear()
        known[record.id] = found
        return found

    def forget_keys(self) -> None:
        """Forget what was found out with the keys as they were known; what was replayed stays replayed."""
        self._found, self._rings = {}, {}

    def _signature(self, logged: Logged, rings: dict[tuple[str, ...], KeyRing]) -> None:
        kids = (logged.origin, *kids_of(logged.record))  # two logs may say different things of one key
        ring = rings.get(kids)
        if ring is None:
            ring = KeyRing()
            found = key_records(logged.record, logged.origin, self.store.stream)
            for one in sorted(found, key=lambda one: one.index):
                ring.apply(one.origin_index, one.record)
            rings[kids] = ring
        ring.judge(logged.origin_index, logged.record)
        if logged.record.kind == COUNTERSIGNED:
            target = self.store.logged(str(logged.record.body["record"])).record
            ring.judge_second(logged.origin_index, logged.record, target)

    def _replayed_or_not(self, logged: Logged) -> tuple[Checked, str]:
        """Replay what was decided here; what cannot be replayed is not said to be."""
        record = logged.record
        try:
            if record.basis is None:
                replay(record, None)  # raises where a kind that is only decided was stated
                return "signature checked", ""
            if logged.origin != self.store.origin:
                return "signature checked", f"decided in {logged.origin}; its dossier replays it"
            self._replay(record, record.basis)
        except NotFoundError as error:
            return "signature checked", f"not replayed: {error}"
        return "replayed", ""

    def _replay(self, record: Record, stated_basis: Mapping[str, Any]) -> None:
        """Raise where a decision comes out otherwise."""
        known = self._known()
        if record.id not in known:
            basis = parse_basis(stated_basis)
            # As much as the log had then: a basis that leaves out what was known does not stand.
            view = noting(
                BasisView(
                    basis,
                    record=lambda name: self.store.logged(name).record,
                    stream=lambda read: [one.record for one in self.store.stream(read.subject, known_at=basis.known_at)],
                    blob=self.store.blob,
                    home=lambda name: self.store.logged(name).origin,
                )
            )
            if basis.known_at > self.store.logged(record.id).index or basis.valid_at != record.valid_from:
                raise FormatError("its basis is of a later size or of another instant")
            story = _story(self.store, basis.known_at)
            if not any(_alike(stated, record.statement) for stated in replay(record, view, story=story)):
                raise FormatError("the command decides otherwise on the same basis")
            if view.basis() != basis:
                raise FormatError("its basis is not what the command reads")
            known.add(record.id)
            self._fresh = True

    def _known(self) -> set[str]:
        if self._replayed is None:
            self._replayed = set()
            if self.remembered is not None:
                try:
                    known = msgspec.json.decode(read_file(self.remembered, 100_000_000), type=_Known)
                except (NotFoundError, FormatError, msgspec.DecodeError):
                    return self._replayed
                if known.version == self.version:
                    self._replayed = set(known.replayed)
        return self._replayed

    def remember(self) -> None:
        """Keep what was replayed for the next process."""
        if self.remembered is not None and self._fresh:
            write_file(self.remembered, msgspec.json.encode(_Known(version=self.version, replayed=sorted(self._known()))))
            self._fresh = False


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """How many decisions of a log came out the same again, and which did not, with the reason."""

    decisions: int
    findings: tuple[str, ...]


def replayed(folder: Path) -> Replayed:
    """Return what came of deciding everything in a ledger again; nothing is taken from memory.

    Raises:
        NotFoundError, StoreError: there is no ledger, or it cannot be read.
    """
    findings = []
    decisions = 0
    with ledger_folder(folder).reading() as store:
        checker = Checker(store=store)
        for logged in store.scan():
            if logged.record.basis is not None and logged.origin != store.origin:
                continue  # its own log is what it is replayed on
            decisions += logged.record.basis is not None
            state, why = checker.check(logged)
            if state == "failed" or (logged.record.basis is not None and state != "replayed"):
                findings.append(f"record {logged.record.id}, {logged.record.kind}: {why}")
    return Replayed(decisions=decisions, findings=tuple(findings))


def _story(store: Store, known_at: int) -> Callable[[str], list[Record]]:
    return lambda subject: [one.record for one in store.stream(subject, known_at=known_at)]


def _alike(one: Statement, other: Statement) -> bool:
    return (one.kind, one.streams, one.body, one.visible_to) == (other.kind, other.streams, other.body, other.visible_to)
