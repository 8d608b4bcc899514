"""Upgrade: a backup, then the desk's tables and the ledger's registers in the form of this version. Asked again, it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openqi.app.folder import ledger_folder
from openqi.app.operation.backup import backup
from openqi.app.settings import read_settings
from openqi.store.desk.desk import Desk


@dataclass(frozen=True, kw_only=True)
class Upgraded:
    """What was done: form of the desk's tables before and after, the log's size, and the backup; None where none was wanted."""

    before: str
    after: str
    size: int
    archive: Path | None


def upgrade(folder: Path, *, desk_url: str, clock: Callable[[], datetime], keep: bool = True) -> Upgraded:
    """Return what was done to bring a station to this version. Stop the station first; what breaks off is done again.

    Args:
        folder: of the station.
        desk_url: URL of its desk.
        clock: the present instant; it also names the backup, which is written beside the folder.
        keep: whether to make a backup first.

    Raises:
        NotFoundError, FormatError: no station.
        StoreError: desk or ledger cannot be brought up; the backup is there.
    """
    settings = read_settings(folder)
    archive = None
    if keep:
        whole = folder.absolute()
        archive = whole.with_name(f"{whole.name}-{clock():%Y%m%dT%H%M%SZ}.backup")
        backup(folder, archive, desk_url=desk_url, clock=clock)
    desk = Desk(desk_url)
    try:
        before = desk.revision()
        desk.upgrade()  # one transaction: all of it, or nothing
        after = desk.revision()
    finally:
        desk.close()
    with ledger_folder(folder / settings.ledger).reading() as store:  # opening steps every register up to the end
        size = store.size()
    return Upgraded(before=before, after=after, size=size, archive=archive)
