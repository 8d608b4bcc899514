"""What a user names, found in a log: a record by its id or the beginning of it, a mark, a certificate, an entry of a workspace."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from openqi.app.checking import Checker
from openqi.app.folder import LedgerFolder, is_ledger, ledger_folder
from openqi.app.marks import INDEX
from openqi.app.workspace.build import PRIVATE, STATE, ledger_path
from openqi.app.workspace.state import read_state
from openqi.app.workspace.workspace import FILE
from openqi.formats.digital_link import mark_hash
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.store.marks import MarkIndex
from openqi.store.store import Store

_HEX: Final = re.compile(r"[0-9a-f]{8,64}")
_LEAST: Final = 8


@dataclass(frozen=True, kw_only=True)
class Target:
    """A record that was named; `leaf` is the item of a batch record, where a mark was named."""

    record: str
    leaf: int | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """A workspace that was built, or a ledger alone, with its store open."""

    folder: Path
    ledger: LedgerFolder
    store: Store
    checker: Checker
    workspace: bool

    def find(self, text: str) -> Target:
        """Return what a text names.

        Raises:
            NotFoundError: nothing here is called so.
            FormatError: several records are.
        """
        if _HEX.fullmatch(text):
            return Target(record=self._beginning(text))
        known = read_state(self.folder / PRIVATE / STATE) if self.workspace else {}
        if text in known:
            return Target(record=known[text].record)
        marked = find_mark(self.ledger.path, self.store, text) if text.startswith("https://") else None
        return marked or Target(record=self._called(text))

    def _beginning(self, text: str) -> str:
        if len(text) == 64:
            return self.store.logged(text).record.id
        found = [logged.record.id for logged in self.store.scan() if logged.record.id.startswith(text)]
        if len(found) > 1:
            raise FormatError(f"{len(found)} records begin with {text}; write more of the id")
        if not found:
            raise NotFoundError(f"no record of {self.store.origin} begins with {text}")
        return found[0]

    def _called(self, text: str) -> str:
        """The newest record that bears a number, or the first record of the subject of that URI."""
        numbered = [logged.record.id for logged in self.store.scan() if logged.record.body.get("number") == text]
        if numbered:
            return numbered[-1]
        found = self.store.stream(text)
        own = [logged.record.id for logged in found if text in (logged.record.body.get("certificate"), logged.record.streams[0])]
        if not own:
            raise NotFoundError(
                f"{text[:200]!r} is no mark, record, certificate or entry here; give a record's id, a mark's address, "
                "a certificate's number or URI, or an entry such as certificates/NAME"
            )
        return own[0]


@contextmanager
def opened(folder: Path) -> Iterator[Place]:
    """Open a workspace that was built, or a ledger folder.

    Raises:
        NotFoundError: it is neither.
    """
    workspace = (folder / FILE).is_file()
    path = ledger_path(folder) if workspace else folder
    if workspace and not is_ledger(path):
        raise NotFoundError(f"the workspace {folder} was not built yet; run `openqi build {folder}`")
    if not is_ledger(path):
        why = "is neither a workspace nor a ledger: it has no ledger.json"
        raise NotFoundError(f"{folder} {why}; name one with --in, or make one with `openqi log new`")
    place = ledger_folder(path)
    with place.reading() as store:
        remembered = folder / PRIVATE / "replayed.json" if workspace else None
        checker = Checker(store=store, remembered=remembered, version=version("openqi"))
        yield Place(folder=folder, ledger=place, store=store, checker=checker, workspace=workspace)


def find_mark(path: Path, store: Store, uri: str) -> Target | None:
    """Return the row that a mark stands in, None where this log did not issue it; withdrawn ones are found too.

    Args:
        path: of the ledger folder, where the index of marks lies; marks that it does not know yet come in first.
        store: of that ledger.
        uri: the mark.
    """
    index = MarkIndex(path / INDEX, origin=store.origin)
    try:
        index.update(store)
        claims = index.claims(mark_hash(uri))
    finally:
        index.close()
    return Target(record=claims[0].record, leaf=claims[0].leaf) if claims else None
