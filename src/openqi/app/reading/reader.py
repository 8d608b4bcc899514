"""Reads a ledger for pages and programs: keeps store, index and what was checked, and forgets when the log has grown."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Final, TypeVar

from openqi.app.checking import Checker
from openqi.app.dossiers import dossier
from openqi.app.folder import is_ledger, ledger_folder, now, policy_of, readable_by
from openqi.app.marks import INDEX, SCANS, MarkReader, mark_answer
from openqi.app.reading import instruments, items, logs, lots, marks, overview, products, records
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.naming import Named
from openqi.app.reading.shelf import Shelf
from openqi.app.tree import Node
from openqi.app.workspace.build import PRIVATE, ledger_path
from openqi.app.workspace.decisions import read_serials, serial_file
from openqi.app.workspace.workspace import FILE, read_workspace
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.records import Names
from openqi.store.marks import MarkIndex
from openqi.store.scans import ScanCounter
from openqi.store.store import Store

REPLAYED: Final = "replayed.json"
_MOST: Final = 2048
T = TypeVar("T")


class Reader:
    """What is known of a log, page by page. Any thread may ask; one page is made at a time, and kept until the log has grown.

    Args:
        folder: a workspace that was built, or a ledger folder.
        bases: under which marks were issued; for a workspace its own.
        clock: the present instant.
        scans: file that counts scans; None for the one beside the ledger.

    Raises:
        NotFoundError: there is neither.
        FormatError: workspace or ledger cannot be read.
        StoreError: the store cannot be opened.
    """

    def __init__(
        self, folder: Path, *, bases: tuple[str, ...] = (), clock: Callable[[], datetime] = now, scans: Path | None = None
    ) -> None:
        ledger, self.name, own = _place(folder)
        self.folder, self.ledger, self.bases = folder, ledger, bases or own
        self._clock, self._lock = clock, RLock()
        self._remembered = ledger.parent / REPLAYED if ledger.parent.name == PRIVATE else ledger / REPLAYED
        self._kept: dict[tuple[str, ...], object] = {}
        self._stack = ExitStack()
        with ExitStack() as opening:
            self.store: Store = opening.enter_context(ledger_folder(ledger).reading())
            index = MarkIndex(ledger / INDEX, origin=self.store.origin)
            opening.callback(index.close)
            self._counter = ScanCounter(scans or ledger / SCANS)
            self._marks = MarkReader(self.store, index, self._counter, today=self.today)
            opening.callback(self._counter.close)
            self.policy = policy_of(ledger)
            self._shelf = Shelf()
            self._context = self._fresh()
            self._stack = opening.pop_all()

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.store.origin

    @property
    def size(self) -> int:
        """The size of the log as of which pages are told."""
        return self._context.size

    def today(self) -> date:
        """The present day."""
        return self._clock().date()

    def now(self) -> datetime:
        """The present instant."""
        return self._clock()

    def _fresh(self) -> Context:
        """The log at its present size; its files are published first, so that every proof leads to a checkpoint."""
        self.store.publish()
        size = self.store.size()
        self._shelf.grow(self.store, size)
        self._marks.refresh()
        checker = Checker(store=self.store, remembered=self._remembered, version=version("openqi"))
        return Context(store=self.store, size=size, today=self.today(), checker=checker, shelf=self._shelf, shown=readable_by(None))

    def refresh(self) -> int:
        """Return the size of the log, after forgetting what was known at a smaller one."""
        with self._lock:
            if self._context.size != self.store.size() or self._context.today != self.today():
                self.remember()
                self._context, self._kept = self._fresh(), {}
            return self._context.size

    def remember(self) -> None:
        """Keep for the next process what was replayed."""
        with self._lock:
            try:
                self._context.checker.remember()
            except OSError:
                return  # a folder that may only be read remembers nothing, and loses nothing but time

    def _page(self, key: tuple[str, ...], make: Callable[[Context], T]) -> T:
        with self._lock:
            self.refresh()
            if key not in self._kept:
                if len(self._kept) >= _MOST:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = make(self._context)
            found: T = self._kept[key]  # type: ignore[assignment]
            return found

    def overview(self) -> overview.Overview:
        """Return what the log holds."""
        return self._page(("overview",), lambda context: overview.overview(context, self.policy))

    def mark_page(self, uri: str, *, scanned: bool = True, counted: bool = True) -> marks.MarkPage:
        """Return what is known of a mark.

        Args:
            uri: the mark as it stands on the product.
            scanned: whether this counts as a scan.
            counted: whether the page tells how often it was scanned.

        Raises:
            FormatError: no mark in its one spelling.
        """
        with self._lock:
            self.refresh()
            return marks.mark_page(self._context, mark_answer(self._marks, uri, scanned=scanned), counted=counted)

    def keep_scans(self) -> None:
        """Write the scans that were counted; called now and then, and at the end."""
        with self._lock:
            self._counter.flush()

    def tree(self, record_id: str, leaf: int | None = None) -> Node:
        """Return the tree of evidence under a record; raises NotFoundError."""
        return self._page(("tree", record_id, str(leaf)), lambda context: context.tree(record_id, leaf=leaf, capacity="record"))

    def named(self, uri: str) -> Named:
        """Return what a subject is called."""
        with self._lock:
            return self._context.naming.of(uri)

    def record_page(self, record_id: str) -> records.RecordPage:
        """Return everything about a record; raises NotFoundError."""
        return self._page(("record", record_id), lambda context: records.record_page(context, record_id, self.policy))

    def log_page(self, page: int | None = None) -> logs.LogPage:
        """Return a page of the log, None the newest; raises NotFoundError."""
        return self._page(("log", str(page)), lambda context: logs.log_page(context, page, self.policy))

    def product_page(self, uri: str) -> products.ProductPage:
        """Return what is known of a product; raises NotFoundError."""
        return self._page(("product", uri), lambda context: products.product_page(context, uri))

    def lot_page(self, uri: str) -> lots.LotPage:
        """Return what is known of a lot; raises NotFoundError."""
        return self._page(("lot", uri), lambda context: lots.lot_page(context, uri))

    def instrument_page(self, uri: str) -> instruments.InstrumentPage:
        """Return what is known of an instrument; raises NotFoundError."""
        return self._page(("instrument", uri), lambda context: instruments.instrument_page(context, uri))

    def item_page(self, uri: str) -> items.ItemPage:
        """Return what is known of an item; raises NotFoundError."""
        return self._page(("item", uri), lambda context: items.item_page(context, uri))

    def latest_of(self, party: str, *, most: int) -> tuple[Seen, ...]:
        """Return the newest public records in the story of a party."""
        with self._lock:
            self.refresh()
            found = self._context.stream(party)[-most:]
            return tuple(self._context.seen(one.record.id) for one in reversed(found))

    def parties(self) -> tuple[Named, ...]:
        """Return who is registered."""
        return self._page(("parties",), overview.parties)

    def items(self) -> tuple[str, ...]:
        """Return every item that lots, marks, events or verdicts on one thing name, each once."""
        return self._page(("items",), items.all_items)

    def records(self) -> tuple[str, ...]:
        """Return the id of every record, in log order."""
        return self._page(("records",), lambda context: tuple(one.id for one in context.shelf.entries))

    def own_marks(self) -> tuple[str, ...]:
        """Return the marks whose serials lie in the workspace's private files; none for a ledger folder.

        Raises:
            FormatError: a file was damaged.
        """
        if self.folder == self.ledger:
            return ()
        names = read_workspace(self.folder).declared.marks
        serials = [read_serials(serial_file(self.folder, f"marks/{name}")) for name in names]
        return tuple(mark for found in serials for mark in found.values())

    def file(self, path: str) -> bytes:
        """Return a static file of the log; raises NotFoundError."""
        return self.store.read(path)

    def dossier(self, record_id: str, leaf: int | None = None) -> bytes:
        """Return the dossier of a public record.

        Raises:
            NotFoundError: there is no such record, or no such leaf.
            RefusedError: it is not about many items, or there is no trust policy to enclose.
        """
        if self.policy is None:
            raise RefusedError("policy-there", "the ledger has no trust policy to enclose; write one beside it")
        with self._lock:
            if not self.store.logged(record_id).record.public:
                raise NotFoundError(f"record {record_id} is not public; ask a party that may see it")
            return dossier(self.store, record_id, policy=self.policy, leaf=leaf)

    def close(self) -> None:
        """Keep what was counted and replayed, and let go of all files."""
        self.remember()
        self._stack.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _place(folder: Path) -> tuple[Path, Names | None, tuple[str, ...]]:
    """The ledger of a folder, what its workspace is called, and under which base its marks were issued."""
    if is_ledger(folder):
        return folder, None, ()
    if not (folder / FILE).is_file():
        raise NotFoundError(f"{folder} is neither a workspace nor a ledger folder")
    declared = read_workspace(folder).declared
    ledger = ledger_path(folder)
    if not is_ledger(ledger):
        raise NotFoundError(f"{folder} was not built yet; build it first with `openqi build {folder}`")
    return ledger, declared.name, (declared.base,)
