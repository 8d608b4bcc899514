"""Reads a ledger for pages and programs: what was made and checked is kept until something that it was made from has moved."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from copy import copy
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, TypeVar

from openqi.app.checking import Checker
from openqi.app.dossiers import dossier, for_anybody
from openqi.app.folder import ledger_folder, now, policy_of
from openqi.app.marks import INDEX, SCANS, MarkReader, mark_answer
from openqi.app.reading import instruments, items, lists, logs, lots, marks, overview, private, products, records, steadily
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.entries import Placed
from openqi.app.reading.memory import Memory
from openqi.app.reading.naming import Named
from openqi.app.reading.overview import InstrumentLine
from openqi.app.reading.places import own_marks, place_of_ledger
from openqi.app.registers import What
from openqi.app.tree import Node
from openqi.app.workspace.build import PRIVATE
from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.store.marks import MarkIndex
from openqi.store.scans import ScanCounter
from openqi.store.store import Store

REPLAYED: Final = "replayed.json"
SOME: Final = 20
"""How many things of each sort the first page of a server lists."""
T = TypeVar("T")


class Reader:
    """What is known of a log, page by page. Any thread may ask, and none waits for another.

    Args:
        folder: a workspace that was built, or a ledger folder.
        bases: under which marks were issued; for a workspace its own.
        clock: the present instant.
        scans: file that counts scans; None for the one beside the ledger.
        publishing: whether a log that has grown is published before it is read; a server does it beside, by `beat`.

    Raises:
        NotFoundError: there is neither.
        FormatError: workspace or ledger cannot be read.
        StoreError: the store cannot be opened.
    """

    def __init__(
        self, folder: Path, *, bases: tuple[str, ...] = (), clock: Callable[[], datetime] = now, scans: Path | None = None,
        publishing: bool = True,
    ) -> None:  # fmt: skip
        ledger, self.name, own = place_of_ledger(folder)
        self.folder, self.ledger, self.bases = folder, ledger, bases or own
        self.party: str | None = None
        self._steady = False
        self._clock, self._publishing, self._marking = clock, publishing, Lock()
        self._stack = ExitStack()
        with ExitStack() as opening:
            self.store: Store = opening.enter_context(ledger_folder(ledger).reading())
            index = MarkIndex(ledger / INDEX, origin=self.store.origin)
            opening.callback(index.close)
            self._counter = ScanCounter(scans or ledger / SCANS)
            self._marks = MarkReader(self.store, index, self._counter, today=self.today)
            opening.callback(self._counter.close)
            self.policy = policy_of(ledger)
            remembered = ledger.parent / REPLAYED if ledger.parent.name == PRIVATE else ledger / REPLAYED
            self._checker = Checker(store=self.store, remembered=remembered, version=version("openqi"))
            self._memory = Memory(self._checker.forget_keys)
            self._published = 0
            self._publish()
            self.refresh()
            self._marks.refresh()
            self._stack = opening.pop_all()

    def as_party(self, party: str | None) -> "Reader":
        """Return this reader as a party sees the log; None for the public. Only the first reader is closed."""
        if party == self.party:
            return self
        other = copy(self)
        other.party = party
        return other

    def steady(self) -> "Reader":
        """Return this reader for the rest of a request: of the log as it was taken in last, not asking whether it grew."""
        other = copy(self)
        other._steady = True
        return other

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.store.origin

    @property
    def size(self) -> int:
        """The size of the log as it was looked at last."""
        return self._memory.size

    def today(self) -> date:
        """The present day."""
        return self._clock().date()

    def now(self) -> datetime:
        """The present instant."""
        return self._clock()

    def _publish(self) -> None:
        size = self.store.size()
        if size != self._published:
            self.store.publish()
            self._published = size

    def refresh(self) -> int:
        """Return the size of the log now, after forgetting what its new entries have moved."""
        if self._publishing:
            self._publish()
        size = self.store.size()
        self._memory.grow(self.store, size, self.today())
        return size

    def beat(self) -> None:
        """Do what a server does once a second beside its answers: publish, take in what is new, write the scans it counted."""
        self._publish()
        self.refresh()
        self._marks.refresh()
        self.keep_scans()

    def remember(self) -> None:
        """Keep for the next process what was replayed."""
        try:
            self._checker.remember()
        except OSError:
            return  # a folder that may only be read remembers nothing, and loses nothing but time

    def context(self) -> Context:
        """Return the log as it is now, for one question."""
        size = self._memory.size if self._steady else self.refresh()
        return Context(
            store=self.store, size=size, today=self.today(), checker=self._checker, memory=self._memory, reader=self.party
        )

    def _page(self, key: tuple[str, ...], make: Callable[[Context], T], *, heavy: bool = False) -> T:
        context = self.context()
        return context.kept("page", "\n".join(key), lambda: make(context), heavy=heavy)

    def kept(self, what: str, name: str, make: Callable[[], T], *, kinds: tuple[str, ...]) -> T:
        """Return what was made once out of a register, until a record of these kinds comes into the log."""
        return steadily.register(self.context(), what, name, make, kinds)

    def view(self, valid_at: str) -> View:
        """Return a view of the log for what a page says of somebody's roles; whoever seals decides on one of the ledger."""
        return steadily.view(self.context(), valid_at)

    def overview(self, most: int | None = None) -> overview.Overview:
        """Return what the log holds; of each sort `most` things, the newest, None for all."""
        return overview.overview(self.context(), self.policy, most)

    def mark_page(self, uri: str, *, scanned: bool = True, counted: bool = True) -> marks.MarkPage:
        """Return what is known of a mark.

        Args:
            uri: the mark as it stands on the product.
            scanned: whether this counts as a scan.
            counted: whether the page tells how often it was scanned.

        Raises:
            FormatError: no mark in its one spelling.
        """
        with self._marking:  # index and counts are read by one thread at a time
            self._marks.refresh()
            answer = mark_answer(self._marks, uri, scanned=scanned)
        return marks.mark_page(self.context(), answer, counted=counted)

    def keep_scans(self) -> None:
        """Write the scans that were counted; called now and then, and at the end."""
        with self._marking:
            self._counter.flush()

    def tree(self, record_id: str, leaf: int | None = None) -> Node:
        """Return the tree of evidence under a record; raises NotFoundError, also for a row that is another's."""
        return self.context().tree(private.row_shown(self.store, record_id, leaf, self.party), leaf=leaf, capacity="record")

    def named(self, uri: str) -> Named:
        """Return what a subject is called."""
        return self.context().named(uri)

    def record_page(self, record_id: str) -> records.RecordPage:
        """Return everything about a record; raises NotFoundError."""
        policy = self.policy
        return self._page(("record", record_id), lambda context: records.record_page(context, record_id, policy))

    def log_page(self, page: int | None = None) -> logs.LogPage:
        """Return a page of the log, None the newest; raises NotFoundError."""
        return logs.log_page(self.context(), page, self.policy)

    def product_page(self, uri: str) -> products.ProductPage:
        """Return what is known of a product; raises NotFoundError."""
        return self._page(("product", uri), lambda context: products.product_page(context, uri))

    def lot_page(self, uri: str) -> lots.LotPage:
        """Return what is known of a lot; raises NotFoundError."""
        return self._page(("lot", uri), lambda context: lots.lot_page(context, uri), heavy=True)

    def instrument_page(self, uri: str) -> instruments.InstrumentPage:
        """Return what is known of an instrument; raises NotFoundError."""
        return instruments.instrument_page(self.context(), uri)

    def item_page(self, uri: str) -> items.ItemPage:
        """Return what is known of an item; raises NotFoundError."""
        return self._page(("item", uri), lambda context: items.item_page(context, uri))

    def lot_line(self, uri: str) -> lots.LotLine:
        """Return a lot in one line; raises NotFoundError."""
        return self._page(("lot line", uri), lambda context: lots.lot_line(context, uri))

    def instrument_line(self, uri: str) -> InstrumentLine:
        """Return an instrument in one line; raises NotFoundError."""
        return overview.instrument_line(self.context(), uri)

    def latest_of(self, party: str, *, most: int) -> tuple[Seen, ...]:
        """Return the newest records in the story of a party that this reader may see."""
        context = self.context()
        return context.all_seen([one.record.id for one in reversed(context.newest(party, most))])

    def listed(self, asked: lists.Asked) -> lists.RecordList:
        """Return a page of records, the newest first."""
        return lists.record_list(self.context(), asked)

    def choices(self, kinds: tuple[str, ...], *, most: int) -> lists.Choices:
        """Return the newest records of some kinds that stand, for somebody who fills in a form."""
        return lists.choices(self.context(), kinds, most)

    def every(self, asked: lists.Asked, most: int) -> Iterator[tuple[Placed, Record, Named, Named]]:
        """Yield all records that were asked for, `most` at most, with what each is about and who issued it; none is checked."""
        context = self.context()
        for placed in lists.every_record(context, asked, most):
            record = context.logged(placed.id).record
            yield placed, record, context.named(record.streams[0]), context.named(record.issuer)

    def things(self, what: What, *, after: str = "", most: int = lists.PER_PAGE) -> lists.ThingList:
        """Return a page of the subjects of a sort, the newest first; raises FormatError for a cursor that is none."""
        return lists.thing_list(self.context(), what, after=after, most=most)

    def parties(self) -> tuple[Named, ...]:
        """Return who is registered."""
        return overview.parties(self.context())

    def items(self) -> tuple[str, ...]:
        """Return every item that lots, marks, events or verdicts on one thing name, each once."""
        return self._page(("items",), items.all_items, heavy=True)

    def records(self) -> tuple[str, ...]:
        """Return the id of every record, in log order."""
        context = self.context()
        return tuple(one.record.id for one in self.store.scan(0, context.size))

    def own_marks(self) -> tuple[str, ...]:
        """Return the marks whose serials lie in the workspace's private files; none for a ledger folder.

        Raises:
            FormatError: a file was damaged.
        """
        return () if self.folder == self.ledger else own_marks(self.folder)

    def file(self, path: str) -> bytes:
        """Return a static file of the log; raises NotFoundError."""
        return self.store.read(path)

    def dossier(self, record_id: str, leaf: int | None = None) -> bytes:
        """Return the dossier of a public record.

        Raises:
            NotFoundError: there is no such record, no such leaf, or it is another's.
            RefusedError: it is not about many items, or there is no trust policy to enclose.
        """
        if self.policy is None:
            raise RefusedError("policy-there", "the ledger has no trust policy to enclose; write one beside it")
        if not for_anybody(self.store.logged(record_id).record, leaf):
            raise NotFoundError(f"record {record_id} is not public, or its rows are not; ask a party that may see it")
        self._publish()
        return dossier(self.store, private.row_shown(self.store, record_id, leaf, self.party), policy=self.policy, leaf=leaf)

    def close(self) -> None:
        """Keep what was counted and replayed, and let go of all files."""
        self.remember()
        self._stack.close()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
