"""Restore: a station out of an archive, beside its place and checked before it takes it."""

import os
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from openqi.app.examine import log_report
from openqi.app.files import sync_folder, write_file
from openqi.app.folder import DATABASE, FORMAT, SETTINGS
from openqi.app.folder import Settings as LedgerSettings
from openqi.app.operation.archive import Archive, Manifest
from openqi.app.operation.backup import COUNTS, KEYS, LEDGER
from openqi.app.settings import FILE
from openqi.app.source import CHECKPOINT, FolderSource
from openqi.evidence.canonical import canonical_bytes
from openqi.evidence.log.note import Checkpoint, parse_checkpoint, parse_note
from openqi.evidence.log.tiles import subtree_from_tiles
from openqi.kernel.errors import FormatError, RefusedError, StoreError, VerificationError
from openqi.store.copying import fill, ledger_database, tables_here
from openqi.store.desk.desk import Desk
from openqi.store.desk.tables import desk_tables
from openqi.store.files import new_file
from openqi.store.objects.address import URL as OBJECTS
from openqi.store.objects.beside import bucket_objects, nobody, reading_objects
from openqi.store.objects.objects import Objects
from openqi.store.sql.schema import metadata

_BLOB: Final = re.compile(r"ledger/blobs/[0-9a-f]{2}/[0-9a-f]{64}")
_DESK: Final = "desk.sqlite"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a station is restored to.

    Args:
        folder: empty or not there.
        postgresql: URL of an empty database for the ledger; None keeps it in the folder.
        desk: URL of an empty database for the desk; None keeps it in the folder.
        objects: URL of an empty prefix of a bucket for contents and static files; None keeps them in the folder.
    """

    folder: Path
    postgresql: str | None = None
    desk: str | None = None
    objects: str | None = None


def restore(archive: Path, place: Place, *, known: Checkpoint | None = None) -> Manifest:
    """Return what was restored.

    Args:
        archive: made by `backup`.
        place: where to.
        known: the newest checkpoint of this log that a witness or mirror has seen. What is restored has to be at least as long
            and to hold the same entries, else going on from it would fork the log.

    Raises:
        NotFoundError, FormatError: no such archive, or it was damaged.
        RefusedError: the folder is not empty; or the log would be behind what others have seen (`log-behind`).
        VerificationError: the log in the archive does not hold, or is not the one that others have seen.
        StoreError: a database or bucket cannot be reached, or is not empty.
        DomainError: a URL is none.
    """
    folder = place.folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError("empty-folder", f"{folder} exists and is not an empty folder; choose another place")
    with Archive(archive) as source:
        manifest = source.manifest
        check_not_behind(manifest, known)
        source.verify()
        aside = folder.with_name(f".{folder.name}.{os.getpid()}.new")
        aside.mkdir(mode=0o700, parents=True)
        try:
            _laid_out(source, aside, place)
            _check(aside, manifest, known)
            if folder.exists():
                folder.rmdir()
            aside.rename(folder)
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return manifest


def check_not_behind(manifest: Manifest, known: Checkpoint | None) -> None:
    """Raise RefusedError where others have seen a longer log than an archive holds, FormatError where it is another log."""
    if known is None:
        return
    if known.origin != manifest.origin:
        raise FormatError(f"the known checkpoint is of the log {known.origin}, the archive of {manifest.origin}")
    if known.size > manifest.size:
        raise RefusedError(
            "log-behind",
            f"others saw {known.size} entries of {manifest.origin}, the archive holds {manifest.size}: what is appended to it "
            f"would fork the log. Restore a newer backup, or go on under a new origin",
        )


def _laid_out(source: Archive, aside: Path, place: Place) -> None:
    ledger = aside / "ledger"
    (ledger / "keys").mkdir(mode=0o700, parents=True)
    objects = _empty_objects(ledger, source.manifest.origin, place.objects)
    for member in source.manifest.members:
        path = member.path
        name = path.removeprefix("ledger/")
        if path == "passphrase" or (path != name and (name in KEYS or name in COUNTS)):
            new_file(aside / path, source.parts(path))
        elif _BLOB.fullmatch(path):
            objects.take_blob(path.rpartition("/")[2], source.parts(path))
        elif path != FILE and not re.fullmatch(r"(desk|ledger/tables)/[a-z_]+\.jsonl", path):
            raise FormatError(f"{source.path}: this version knows no member {path}; use a newer OpenQI")
    kind = "local" if place.postgresql is None else "postgresql"
    if place.postgresql is not None:
        write_file(ledger / DATABASE, place.postgresql.encode() + b"\n")
    desk = place.desk or f"sqlite:///{_DESK}"
    stated = b"".join(source.parts(FILE)).decode("utf-8")
    write_file(aside / FILE, moved(stated, ledger="ledger", desk=desk).encode())
    settings = LedgerSettings(format=FORMAT, origin=source.manifest.origin, store=kind)
    write_file(ledger / SETTINGS, canonical_bytes(msgspec.to_builtins(settings)) + b"\n")
    _fill_ledger(source, ledger, kind)
    _fill_desk(source, place.desk or f"sqlite:///{aside / _DESK}")


def _empty_objects(ledger: Path, origin: str, url: str | None) -> Objects:
    if url is not None:
        bucket_objects(url, nobody).check_empty()
        write_file(ledger / OBJECTS, url.encode() + b"\n")
    objects = reading_objects(ledger)
    objects.prepare(origin)
    return objects


def _fill_ledger(source: Archive, ledger: Path, kind: str) -> None:
    database = ledger_database(ledger, kind)
    try:
        with database.defining("restoring") as connection:
            metadata.create_all(connection)
            for table in LEDGER:
                fill(connection, table, source.lines(f"ledger/tables/{table.name}.jsonl"))
    finally:
        database.close()


def _fill_desk(source: Archive, url: str) -> None:
    desk = Desk(url)
    try:
        if desk.revision():
            raise StoreError(f"the desk {desk.where} is not empty; name an empty database")
        desk.upgrade(source.manifest.desk)
        names = {member.path for member in source.manifest.members}
        with desk.writing() as connection:
            for table in tables_here(connection, desk_tables()):
                path = f"desk/{table.name}.jsonl"
                if path in names:
                    fill(connection, table, source.lines(path))
        desk.upgrade()
    finally:
        desk.close()


def moved(stated: str, *, ledger: str, desk: str) -> str:
    """Return a configuration whose ledger and desk lie elsewhere; every other line stays as it is.

    Raises:
        FormatError: it says so in a form that cannot be changed line by line.
    """
    wanted = tomllib.loads(stated) | {"ledger": ledger, "desk": desk}
    head, section, rest = stated.partition("\n[")
    kept = [line for line in head.split("\n") if not re.match(r"\s*[\"']?(ledger|desk)[\"']?\s*=", line)]
    text = f"ledger = {_quoted(ledger)}\ndesk = {_quoted(desk)}\n" + "\n".join(kept) + section + rest
    try:
        same = tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        same = False
    if not same:
        raise FormatError(f"{FILE}: write `ledger` and `desk` on one line each, before the first section")
    return text


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check(aside: Path, manifest: Manifest, known: Checkpoint | None) -> None:
    """The restored log holds from nothing, is as long as the manifest says, and begins with what others have seen."""
    report = log_report(aside / "ledger")  # opens the store, which builds the registers and publishes the static files
    if report.findings:
        raise VerificationError("restored-log", report.findings[0])
    if report.size != manifest.size:
        raise VerificationError("restored-log", f"the log has {report.size} entries, the manifest says {manifest.size}")
    if known is not None and known.size:
        own = FolderSource(aside / "ledger")
        subtree = subtree_from_tiles(own.read, report.size)
        if subtree(0, known.size) != known.root:
            raise VerificationError("restored-log", f"its first {known.size} entries are not those that others have seen")


def known_checkpoint(path: Path) -> Checkpoint:
    """Return the checkpoint in a file, or the newest one of a mirror's folder.

    Raises:
        NotFoundError, FormatError: there is none.
    """
    from openqi.app.files import read_file

    data = FolderSource(path).read(CHECKPOINT) if path.is_dir() else read_file(path, 100_000)
    return parse_checkpoint(parse_note(data))
