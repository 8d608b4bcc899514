"""Workspaces to start from: a commented template, and the example of the storage battery."""

import shutil
from pathlib import Path
from typing import Final

import openqi
from openqi.app.workspace.workspace import FILE
from openqi.kernel.errors import NotFoundError, RefusedError

_TEMPLATE: Final = Path(__file__).parent / "template"
EXAMPLE: Final = "storage-battery"


def is_workspace(folder: Path) -> bool:
    """Return whether a folder is a workspace."""
    return (folder / FILE).is_file()


def start(folder: Path) -> tuple[str, ...]:
    """Return the files of a new workspace, which is now in the folder.

    Raises:
        RefusedError: something is there already.
    """
    return _unpacked(_TEMPLATE, folder)


def unpack_example(folder: Path) -> tuple[str, ...]:
    """Return the files of the storage battery example, which is now in the folder.

    Raises:
        RefusedError: something is there already.
        NotFoundError: this installation came without the example.
    """
    package = Path(openqi.__file__).parent
    places = (package / "examples" / EXAMPLE, package.parent.parent / "examples" / EXAMPLE)  # installed; in a working copy
    source = next((place for place in places if is_workspace(place)), None)
    if source is None:
        raise NotFoundError(f"this installation came without the example {EXAMPLE}; install openqi again")
    return _unpacked(source, folder)


def _unpacked(source: Path, folder: Path) -> tuple[str, ...]:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError("empty-folder", f"{folder} exists and is not an empty folder; choose another place")
    files = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file() and ".openqi" not in path.parts)
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, folder / file)
    return tuple(map(str, files))
