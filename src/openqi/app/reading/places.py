"""Where the ledger of a folder lies, and what of its marks only the workspace knows."""

from pathlib import Path

from openqi.app.folder import is_ledger
from openqi.app.workspace.build import ledger_path
from openqi.app.workspace.decisions import read_serials, serial_file
from openqi.app.workspace.workspace import FILE, read_workspace
from openqi.kernel.errors import NotFoundError
from openqi.records import Names


def place_of_ledger(folder: Path) -> tuple[Path, Names | None, tuple[str, ...]]:
    """Return the ledger of a folder, what its workspace is called, and under which bases its marks were issued.

    Raises:
        NotFoundError: it is neither, or was not built.
        FormatError: the workspace cannot be read.
    """
    if is_ledger(folder):
        return folder, None, ()
    if not (folder / FILE).is_file():
        raise NotFoundError(f"{folder} is neither a workspace nor a ledger folder; name one, or go there first")
    declared = read_workspace(folder).declared
    ledger = ledger_path(folder)
    if not is_ledger(ledger):
        raise NotFoundError(f"{folder} was not built yet; build it first with `openqi build {folder}`")
    return ledger, declared.name, (declared.base,)


def own_marks(folder: Path) -> tuple[str, ...]:
    """Return the marks whose serials lie in a workspace's private files; raises FormatError where one was damaged."""
    names = read_workspace(folder).declared.marks
    serials = [read_serials(serial_file(folder, f"marks/{name}")) for name in names]
    return tuple(mark for found in serials for mark in found.values())
