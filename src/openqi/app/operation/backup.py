"""Backup: ledger and desk as they were at one instant, with contents, keys and configuration, in one file."""

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Table, select

from openqi.app.cases import REPORTS
from openqi.app.files import read_file, sync_folder
from openqi.app.folder import LOG_KEY, OPERATOR_KEY, POLICY, LedgerFolder, ledger_folder
from openqi.app.marks import SCANS
from openqi.app.operation.archive import FORMAT, ArchiveWriter, Manifest, file_parts
from openqi.app.printing.printing import REGISTER as PRINTS
from openqi.app.settings import FILE, Settings, read_settings
from openqi.kernel.errors import NotFoundError, RefusedError, StoreError
from openqi.kernel.instant import format_instant
from openqi.store.copying import ledger_database, lines, snapshots, tables_here
from openqi.store.desk.desk import Desk
from openqi.store.desk.tables import desk_tables
from openqi.store.objects.beside import reading_objects
from openqi.store.objects.folder import HOLDER
from openqi.store.sql.schema import entry, head, node, place, subject

LEDGER: Final = (head, entry, subject, place, node)
"""What the ledger is; registers and static files are made from it again."""
KEYS: Final = (LOG_KEY, OPERATOR_KEY, POLICY)
COUNTS: Final = (REPORTS, SCANS, PRINTS)
"""What lies in files of its own beside the log, and nowhere else."""
_MOST: Final = 10_000_000


def backup(folder: Path, archive: Path, *, desk_url: str, clock: Callable[[], datetime], passphrase: bool = False) -> Manifest:
    """Return what was kept in a new archive; the station may be serving and writing meanwhile.

    Args:
        folder: of the station.
        archive: the file to write; nothing may be there.
        desk_url: URL of its desk.
        clock: the present instant.
        passphrase: also keep the passphrase file; whoever has such an archive has every key.

    Raises:
        RefusedError: something is there already.
        NotFoundError: no station, or no folder for the archive.
        StoreError: ledger or desk cannot be read, or there is no room for the archive.
    """
    settings = read_settings(folder)
    place_of = ledger_folder(folder / settings.ledger)
    if archive.exists():
        raise RefusedError("file-exists", f"{archive} exists and is not overwritten; choose another name")
    if not archive.parent.is_dir():
        raise NotFoundError(f"there is no folder {archive.parent}; make it first")
    # Written aside and named when it is whole: an archive that is there is one that can be restored.
    handle, aside = tempfile.mkstemp(dir=archive.parent, prefix=f".{archive.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "w+b") as file, ArchiveWriter(file) as writer:
            made = _written(writer, folder, settings, place_of, desk_url=desk_url, passphrase=passphrase)
            done = writer.finish(_stamped(made, clock))
            file.flush()
            os.fsync(file.fileno())
        try:
            archive.hardlink_to(aside)
        except FileExistsError as error:
            raise RefusedError("file-exists", f"{archive} exists and is not overwritten; choose another name") from error
        sync_folder(archive.parent)
    except OSError as error:
        told = f"the backup to {archive} broke off: {error.strerror or error}; no archive was made, and the station is untouched"
        raise StoreError(f"{told}. Make room, or name another disk") from error
    finally:
        Path(aside).unlink(missing_ok=True)
    return done


def _stamped(made: Manifest, clock: Callable[[], datetime]) -> Manifest:
    from msgspec.structs import replace

    return replace(made, made_at=format_instant(clock()))


def _written(
    writer: ArchiveWriter, folder: Path, settings: Settings, ledger: LedgerFolder, *, desk_url: str, passphrase: bool
) -> Manifest:
    writer.add(FILE, file_parts(folder / FILE))
    kept = passphrase and (folder / settings.passphrase_file).is_file()
    if kept:
        writer.add("passphrase", [read_file(folder / settings.passphrase_file, _MOST)])
    for name in KEYS:
        if (ledger.path / name).is_file():
            writer.add(f"ledger/{name}", file_parts(ledger.path / name))
    database, desk = ledger_database(ledger.path, ledger.settings.store), Desk(desk_url)
    try:
        revision = desk.revision()
        names = [table.name for table in desk_tables()]
        with desk.reading() as connection:
            still = [table.name for table in tables_here(connection, desk_tables())]
        with snapshots(desk.engine, database.engine, still=still or names) as (people, log):
            _add_tables(writer, "desk", people, desk_tables())
            _add_tables(writer, "ledger/tables", log, LEDGER)
            size, note = log.execute(select(head.c.size, head.c.note)).one()
        _add_files(writer, ledger.path)
    finally:
        desk.close()
        database.close()
    if note is None:
        raise StoreError(f"the ledger {ledger.path} is empty, so there is nothing to keep")
    return Manifest(
        format=FORMAT, made_at="", origin=ledger.settings.origin, size=size, checkpoint=note.decode(), desk=revision,
        passphrase=kept, left_out=_left_out(settings, kept), members=(),
    )  # fmt: skip


def _left_out(settings: Settings, kept: bool) -> tuple[str, ...]:
    """Files with secrets that whoever restores has to bring along."""
    named = (settings.mail.password_file, *(one.client_secret_file for one in settings.openid.values()))
    return (*(() if kept else (settings.passphrase_file,)), *filter(None, named))


def _add_tables(writer: ArchiveWriter, start: str, connection: Connection, known: tuple[Table, ...]) -> None:
    for table in tables_here(connection, known):
        writer.add(f"{start}/{table.name}.jsonl", lines(connection, table))


def _add_files(writer: ArchiveWriter, ledger: Path) -> None:
    """Contents come last: a record is only ever written after the contents that it names."""
    with tempfile.TemporaryDirectory() as aside:
        for name in COUNTS:
            if (ledger / name).is_file():
                copy = Path(aside) / name
                _copied(ledger / name, copy)
                writer.add(f"ledger/{name}", file_parts(copy))
    objects = reading_objects(ledger)
    for name in objects.blob_names():
        content = objects.blob_parts(name)
        if content is not None:  # it may be erased meanwhile
            writer.add(f"ledger/{HOLDER}/{name[:2]}/{name}", content)


def _copied(path: Path, copy: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"copying {path}: {error}") from error
