"""A ledger as a folder on disk: its settings, keys, store and trust policy; here are the clock and the source of chance.

ledger.json     origin and kind of store
policy.txt      how others come to trust this log
keys/           log.key signs checkpoints, operator.key signs for the operator
ledger.sqlite, blobs/    the store
log/            the log as static files, for anybody to copy
postgresql.url, objects.url    where these lie instead, if they do
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from openqi.app.files import new_key, read_file, sync_folder, unlocked, write_file
from openqi.app.ledger import Ledger, Signer
from openqi.app.registers import READING
from openqi.evidence.algorithms.signing import SigningKey
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.log.policy import MAX_POLICY
from openqi.evidence.record import Record
from openqi.kernel.catalogue import load
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError, StoreError
from openqi.kernel.identifier import check_uri
from openqi.pillars.governance.pledges.register import MODEL_FIRMS, PLEDGE_EDITIONS, PLEDGE_PROOFS, PLEDGE_SIGNATURES
from openqi.pillars.governance.task_register import LIMITS, TASKS
from openqi.pillars.governance.views import PARTIES
from openqi.pillars.process_control.register import ALARM_TOTALS, CONTROL
from openqi.pillars.surveillance.complaints.register import COMPLAINT_TOTALS, COMPLAINTS, UPHELD
from openqi.pillars.surveillance.draws.register import DRAW_STEPS, DRAWS
from openqi.pillars.surveillance.inspections.register import INSPECTED_DRAWS
from openqi.pillars.surveillance.inspections.step_register import INSPECTION_COUNTS, INSPECTION_STEPS
from openqi.pillars.surveillance.inspections.visit_register import VISITS
from openqi.pillars.surveillance.recalls.register import RECALLED, RECALLS, RECALLS_TAKEN
from openqi.records import Names
from openqi.store.objects.address import URL as OBJECTS
from openqi.store.objects.beside import bucket_objects, nobody
from openqi.store.store import Store, StoreKind

FORMAT: Final = "openqi-ledger/1"
_SURVEILLANCE: Final = (DRAWS, DRAW_STEPS, INSPECTED_DRAWS, VISITS, INSPECTION_STEPS, INSPECTION_COUNTS)
_PLEDGES: Final = (PLEDGE_EDITIONS, PLEDGE_SIGNATURES, PLEDGE_PROOFS, MODEL_FIRMS)
_COMPLAINTS: Final = (COMPLAINTS, UPHELD, COMPLAINT_TOTALS)
_RECALLS: Final = (RECALLED, RECALLS, RECALLS_TAKEN)
_CONSUMERS: Final = (*_PLEDGES, *_COMPLAINTS, *_RECALLS)
FOLDS: Final = (*READING, PARTIES, TASKS, LIMITS, CONTROL, ALARM_TOTALS, *_SURVEILLANCE, *_CONSUMERS)
"""The registers that a ledger keeps: those for reading it, and every fold of every pillar; a test holds this list to it."""
_ORIGIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,120}[a-z0-9])?(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]{0,120})?")
DATABASE: Final = "postgresql.url"
"""Where a folder whose ledger lies in PostgreSQL says so; the store reads it."""
SETTINGS, POLICY, LOG_KEY, OPERATOR_KEY = "ledger.json", "policy.txt", "keys/log.key", "keys/operator.key"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `ledger.json` says: the log's name and the kind of store that keeps it."""

    format: str
    origin: str
    store: str


@dataclass(frozen=True, kw_only=True)
class LedgerFolder:
    """A ledger folder that is there, with its settings; nothing is opened yet."""

    path: Path
    settings: Settings

    @property
    def log_key(self) -> Path:
        """The key file that signs checkpoints."""
        return self.path / LOG_KEY

    @property
    def operator_key(self) -> Path:
        """The key file that the folder was founded with."""
        return self.path / OPERATOR_KEY

    @property
    def operator(self) -> str:
        """The party that operates the log, as its genesis says."""
        with self.reading() as store:
            return next(store.scan(0, 1)).record.issuer

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Open the store; it is closed, and its static files published, at the end.

        Raises:
            StoreError: the store cannot be opened, or was lost: a ledger folder has at least its genesis.
        """
        store = _kind(self.settings.store).open(self.path, origin=self.settings.origin, folds=FOLDS)
        try:
            if not store.size():
                raise StoreError(f"the store of {self.path} is empty, so what it held was lost; bring back the folder from a copy")
            yield store
        finally:
            store.close()

    @contextmanager
    def writing(self, passphrase: str) -> Iterator[Ledger]:
        """Open the ledger with the passphrase of its log key.

        Raises:
            RefusedError: the passphrase is wrong.
        """
        key = unlocked(self.log_key, passphrase)
        with self.reading() as store:
            yield _ledger(store, key)


def is_ledger(path: Path) -> bool:
    """Return whether a folder says that it is a ledger."""
    return (path / SETTINGS).is_file()


def ledger_folder(path: Path) -> LedgerFolder:
    """Return the ledger folder at a path.

    Raises:
        NotFoundError: there is none.
        FormatError: its settings are not those of this version.
    """
    if not is_ledger(path):
        raise NotFoundError(f"{path} is no ledger folder: it has no {SETTINGS}; make one with `openqi log new`")
    try:
        settings = msgspec.json.decode(read_file(path / SETTINGS, 10_000), type=Settings, strict=True)
    except msgspec.DecodeError as error:
        raise FormatError(f"{path / SETTINGS}: {error}") from error
    if settings.format != FORMAT:
        raise FormatError(f"{path / SETTINGS}: format {settings.format[:40]!r}; this version reads {FORMAT}")
    return LedgerFolder(path=path, settings=settings)


@dataclass(frozen=True, kw_only=True)
class Founded:
    """What was made: the genesis record, the key under which the log's checkpoints can be verified, and both private keys."""

    genesis: Record
    log_vkey: str
    operator_key: SigningKey
    log_key: SigningKey


def check_founding(path: Path, *, origin: str, operator: str) -> None:
    """Raise unless a ledger can be founded there: RefusedError (something is there), FormatError (no origin, no URI)."""
    check_origin(origin)
    check_uri(operator)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise RefusedError("empty-folder", f"{path} exists and is not an empty folder; choose another place")


def found_folder(
    path: Path, *, origin: str, signer: str, name: Names, passphrase: str, log_passphrase: str, postgresql: str | None = None,
    objects: str | None = None, clock: Callable[[], datetime] | None = None,
) -> Founded:  # fmt: skip
    """Return the genesis of a new ledger folder.

    Args:
        path: of the folder; it is empty or not there.
        origin: name of the log, as checkpoints state it, for example `example.org/log`.
        signer: URI of the party that operates it.
        name: what the operator is called.
        passphrase: of the operator's key file.
        log_passphrase: of the log's key file.
        postgresql: URL of an empty database that keeps the ledger; None keeps it in the folder.
        objects: URL of an empty prefix of a bucket that keeps contents and static files; None keeps them in the folder.
        clock: the present instant; an illustrative log may state another one.

    Raises:
        RefusedError: something is there already, or a passphrase is too short.
        DomainError, StoreError: no such database or bucket, or it cannot be reached; nothing is left in the folder.
        FormatError: origin or operator are not ones.
    """
    check_founding(path, origin=origin, operator=signer)
    if objects is not None:
        bucket_objects(objects, nobody).check_empty()
    # Made aside and brought into place whole, so that no half a ledger is ever taken for one.
    path = path.absolute()
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    aside.mkdir(parents=True)
    try:
        kind = "local" if postgresql is None else "postgresql"
        if postgresql is not None:
            write_file(aside / DATABASE, postgresql.encode() + b"\n")
        if objects is not None:
            write_file(aside / OBJECTS, objects.encode() + b"\n")
        founded = _found(
            aside, kind, origin=origin, signer=signer, name=name, passphrases=(passphrase, log_passphrase), clock=clock or now
        )
        if path.exists():
            path.rmdir()
        aside.rename(path)
        sync_folder(path.parent)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return founded


def _found(
    folder: Path, kind: str, *, origin: str, signer: str, name: Names, passphrases: tuple[str, str], clock: Callable[[], datetime]
) -> Founded:  # fmt: skip
    (folder / "keys").mkdir(mode=0o700)
    key = new_key(folder / OPERATOR_KEY, passphrases[0])
    log_key = new_key(folder / LOG_KEY, passphrases[1])
    settings = Settings(format=FORMAT, origin=origin, store=kind)
    store = _kind(settings.store).open(folder, origin=origin, folds=FOLDS)
    try:
        ledger = Ledger(store, log_key=log_key, clock=clock, chance=os.urandom)
        genesis = ledger.found(Signer(party=signer, key=key), name)
        write_file(folder / POLICY, ledger.policy())
        founded = Founded(genesis=genesis, log_vkey=ledger.log_vkey, operator_key=key, log_key=log_key)
    finally:
        store.close()
    write_file(folder / SETTINGS, canonical_bytes(msgspec.to_builtins(settings)) + b"\n")
    return founded


def check_origin(origin: str) -> str:
    """Return `origin` if it can name a log.

    Raises:
        FormatError: it cannot stand in a checkpoint's signature line, or behind `https://` in a URI.
    """
    if not _ORIGIN.fullmatch(origin) or len(origin) > 200:
        raise FormatError(f"origin {origin[:80]!r}: write a domain and path without scheme, for example example.org/log")
    return check_uri(f"https://{origin}").removeprefix("https://")


def now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)  # noqa: TID251 -- the one clock


def _ledger(store: Store, key: SigningKey) -> Ledger:
    return Ledger(store, log_key=key, clock=now, chance=os.urandom)


def _kind(name: str) -> StoreKind:
    kinds: Mapping[str, StoreKind] = load("openqi.store.kinds", StoreKind)
    if name not in kinds:
        raise NotFoundError(f"store {name[:40]!r} is not known; known are {', '.join(kinds)}")
    return kinds[name]


def policy_of(folder: Path, given: Path | None = None) -> bytes | None:
    """Return the trust policy to judge by: the one that was given, else the folder's own `policy.txt`, else None."""
    if given is not None:
        return read_file(given, MAX_POLICY)
    return read_file(folder / POLICY, MAX_POLICY) if (folder / POLICY).is_file() else None


def readable_by(party: str | None) -> Callable[[Record], bool]:
    """Return which records may be shown to a party; None is the public."""
    return lambda record: record.public or (party is not None and party in (record.issuer, *(record.statement.visible_to or ())))
