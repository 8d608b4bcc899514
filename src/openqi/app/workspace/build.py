"""Building a workspace: everything is read, prepared and checked first, and then sealed in one durable append, or not at all."""

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

from openqi.app.checking import Checker
from openqi.app.files import sync_folder, unlocked
from openqi.app.folder import POLICY, LedgerFolder, found_folder, is_ledger, ledger_folder, now
from openqi.app.ledger import Ledger, Signer
from openqi.app.staging import Staged
from openqi.app.workspace import entries
from openqi.app.workspace.builder import Builder, Sealed
from openqi.app.workspace.checks import check_head, check_same_ledger
from openqi.app.workspace.instants import check_order, stated_clock
from openqi.app.workspace.keys import Keys
from openqi.app.workspace.only_one import only_one
from openqi.app.workspace.sections import SECTIONS
from openqi.app.workspace.state import Made, read_state, write_state
from openqi.app.workspace.workspace import PRIVATE, Workspace, read_workspace
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.kernel.errors import FormatError, VerificationError
from openqi.store.store import Store

STATE: Final = "state.json"
LEDGER: Final = "ledger"
_FOUNDING: Final = "ledger.new"


@dataclass(frozen=True, kw_only=True)
class Built:
    """What a build did: the records that it sealed, what no longer holds and why, the marks that stand, and the log afterwards.

    `marks` are the addresses; `issued` leads from an entry and an item to its mark.
    """

    sealed: tuple[Sealed, ...]
    withdrawn: Mapping[str, str]
    no_longer_declared: tuple[str, ...]
    marks: tuple[str, ...]
    issued: Mapping[str, Mapping[str, str]]
    records: Mapping[str, str]
    origin: str
    size: int
    root: str


__all__ = ["PRIVATE", "Built", "build", "ledger_path", "policy_path"]


def ledger_path(folder: Path) -> Path:
    """Return where the ledger of a workspace lies."""
    return folder / PRIVATE / LEDGER


def build(
    folder: Path, *, passphrase: Callable[[Path], str], withdraw: bool = False, at: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Built:  # fmt: skip
    """Return what was sealed of a workspace: nothing where nothing has changed, and nothing where anything is wrong.

    Args:
        folder: the workspace.
        passphrase: gives the passphrase of a key file, when one is needed.
        withdraw: withdraw what was issued and no longer holds on the evidence as it is now.
        at: the instant that an illustrative workspace states for this build; None is the present.
        progress: told the entry that is being brought in.

    Raises:
        NotFoundError: there is no workspace.
        FormatError: something in it is wrong; one line for each finding, with file and line.
        RefusedError: a passphrase is wrong.
        ConflictError: another build is running, or somebody else wrote to the ledger meanwhile; build again.
    """
    workspace = read_workspace(folder)
    check_head(workspace)
    clock = now if at is None else stated_clock(workspace, at, now())
    private = folder / PRIVATE
    private.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = Keys(private, passphrase)
    with only_one(private):
        before = set(private.iterdir())  # nobody else makes anything here while the lock is held
        try:
            place, opened = _ledger(workspace, keys, passphrase, clock)
            built, made = _sealed(workspace, place, keys, opened, passphrase, withdraw=withdraw, clock=clock, progress=progress)
            if place.path != ledger_path(folder):
                place.path.rename(ledger_path(folder))
                sync_folder(private)
        except BaseException:
            _undo(private, before)
            raise
        write_state(private / STATE, made)
    return built


def _undo(private: Path, before: set[Path]) -> None:
    """Take away what a first build has made when it failed; what was there, and a log in its place, stays."""
    if is_ledger(private / LEDGER):
        return
    for one in set(private.iterdir()) - before:
        shutil.rmtree(one) if one.is_dir() else one.unlink()
    sync_folder(private)


def _sealed(
    workspace: Workspace,
    place: LedgerFolder,
    keys: Keys,
    opened: dict[str, SigningKey],
    passphrase: Callable[[Path], str],
    *,
    withdraw: bool,
    clock: Callable[[], datetime],
    progress: Callable[[str], None],
) -> tuple[Built, dict[str, Made]]:
    """Prepare everything, and seal it if nothing is wrong."""
    with place.reading() as store:
        if clock is not now:
            check_order(store, clock())
        builder = _builder(workspace, place, Staged(store), keys, opened, withdraw=withdraw, clock=clock, progress=progress)
        for section, bring in SECTIONS:
            entries.for_each(builder, section, bring)
        gone = _gone(builder)
        if builder.problems:
            raise FormatError("\n".join(dict.fromkeys(builder.problems)))
        made = _commit(builder, place, opened, passphrase)
        _replayed(builder, store)
        store.publish()
        return _built(builder, store, gone), made


def _ledger(
    workspace: Workspace, keys: Keys, passphrase: Callable[[Path], str], clock: Callable[[], datetime]
) -> tuple[LedgerFolder, dict[str, SigningKey]]:
    """The ledger of a workspace with the keys that are open already; a new one lies aside until the build has held."""
    path = ledger_path(workspace.folder)
    if is_ledger(path):
        place = ledger_folder(path)
        check_same_ledger(workspace, place)
        return place, {}
    declared = workspace.declared
    operator = declared.parties[declared.ledger.operator]
    aside = path.with_name(_FOUNDING)
    shutil.rmtree(aside, ignore_errors=True)  # of a build that was killed: nothing of it was ever in place
    if not keys.vault.exists():
        keys.found()
    # One passphrase serves the workspace; whoever runs a log for others makes its keys with `openqi log new`.
    secret = passphrase(path)
    founded = found_folder(
        aside, origin=declared.ledger.origin, signer=operator.uri, name=operator.name, passphrase=secret, log_passphrase=secret,
        clock=clock,
    )  # fmt: skip
    return ledger_folder(aside), {"operator": founded.operator_key, "log": founded.log_key}


def _builder(
    workspace: Workspace,
    place: LedgerFolder,
    staged: Staged,
    keys: Keys,
    opened: dict[str, SigningKey],
    *,
    withdraw: bool,
    clock: Callable[[], datetime],
    progress: Callable[[str], None],
) -> Builder:
    declared = workspace.declared

    def uri(name: str) -> str:
        return declared.parties[name].uri

    def signer(name: str) -> Signer:
        if name == declared.ledger.operator:
            key = opened["operator"] if "operator" in opened else keys.of(uri(name), place.operator_key)
        else:
            own = declared.parties[name].key
            key = keys.of(uri(name), None if own is None else workspace.folder / own)
        return Signer(party=uri(name), key=key)

    return Builder(
        workspace=workspace,
        staged=staged,
        ledger=Ledger(staged, log_key=None, clock=clock, chance=os.urandom),
        signer=signer,
        uri=uri,
        secret=keys.of_draw,
        before=read_state(workspace.folder / PRIVATE / STATE),
        withdraw=withdraw,
        progress=progress,
    )


def _commit(
    builder: Builder, place: LedgerFolder, opened: dict[str, SigningKey], passphrase: Callable[[Path], str]
) -> dict[str, Made]:
    """Seal everything at once, and return what was made of each entry."""
    staged = builder.staged
    made = {
        slot: msgspec.structs.replace(one, heads=builder.heads(staged.logged(one.record).record))
        for slot, one in builder.made.items()
    }
    # What was withdrawn or left the workspace is remembered, so that it is told again, and not taken for new.
    made |= {slot: one for slot, one in builder.before.items() if slot not in made and "#" not in slot}
    if builder.sealed:
        builder.progress("sealing")
        log_key = opened["log"] if "log" in opened else unlocked(place.log_key, passphrase(place.log_key))
        ledger = Ledger(staged.base, log_key=log_key, clock=now, chance=os.urandom)
        staged.commit(ledger.checkpoint)
    return made


def _replayed(builder: Builder, store: Store) -> None:
    """Decide once more, on exactly the evidence that each new decision names: what does not replay is found now, not in years."""
    checker = Checker(store=store, remembered=builder.workspace.folder / PRIVATE / "replayed.json", version=version("openqi"))
    for one in builder.sealed:
        builder.progress(f"replaying {one.slot}")
        state, why = checker.check(store.logged(one.record))
        if state == "failed":
            raise VerificationError("replay", f"record {one.record} of {one.slot}: {why}")
    checker.remember()


def _gone(builder: Builder) -> tuple[str, ...]:
    """The entries of earlier builds that are no longer declared and still stand; withdrawn where that is wanted."""
    names = {section for section, _ in SECTIONS}
    clauses = builder.workspace.clauses()

    def declared(slot: str) -> bool:
        section, _, name = slot.partition("/")
        return (
            "#" in slot
            or section not in names
            or name in (clauses if section == "clauses" else getattr(builder.workspace.declared, section))
        )

    left = [slot for slot, one in builder.before.items() if not declared(slot) and not builder.in_use(one.record)]
    if builder.withdraw:
        for slot in reversed(left):  # what rests on something is withdrawn before it
            builder.entry(slot, partial(builder.drop, slot))
        return ()
    return tuple(slot for slot in left if builder.stands(slot))


def _built(builder: Builder, store: Store, gone: tuple[str, ...]) -> Built:
    point = parse_checkpoint(parse_note(store.checkpoint()))
    standing = {slot.partition("/")[2]: marks for slot, marks in builder.marks.items() if slot in builder.made}
    return Built(
        sealed=tuple(builder.sealed),
        withdrawn=dict(builder.withdrawn),
        no_longer_declared=gone,
        marks=tuple(mark for marks in standing.values() for mark in marks.values()),
        issued=standing,
        records={slot: one.record for slot, one in builder.made.items()},
        origin=store.origin,
        size=point.size,
        root=point.root.hex(),
    )


def policy_path(folder: Path) -> Path:
    """Return the trust policy of a workspace's log."""
    return ledger_path(folder) / POLICY
