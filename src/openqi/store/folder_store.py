"""A store in a folder: the ledger in a database, contents and static files in the folder itself or in a bucket far from it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from openqi.evidence.fold import Cell, Fold, Row
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.tiles import WIDTH
from openqi.evidence.record import Logged
from openqi.evidence.view import StreamRead
from openqi.kernel.errors import FormatError, NotFoundError, StoreError
from openqi.store.blobs import checked_name
from openqi.store.files import Folder
from openqi.store.folds import question
from openqi.store.group import GroupCommit
from openqi.store.objects.address import URL
from openqi.store.objects.beside import objects_beside
from openqi.store.objects.folder import FolderObjects
from openqi.store.objects.objects import CHECKPOINT, LOG, Objects, Publication
from openqi.store.plan import requested
from openqi.store.publish import check_published, served, static_files
from openqi.store.sql.database import Database
from openqi.store.sql.ledger import Ledger
from openqi.store.sql.reading import Reading
from openqi.store.sql.registers import Registers
from openqi.store.store import Appended, Checkpointer, Incoming, Page, Store

_TRIES: Final = 20


class FolderStore:
    """A database holds log, streams and registers; contents (`blobs/`) and what anybody may mirror (`log/`) lie in the folder.

    Where the folder has a file `objects.url`, contents and static files lie in that bucket instead.

    One commit of the ledger acknowledges; the static files follow from it and can always be made again.

    Args:
        location: the folder. Of processes that share it its lock lets one publish at a time; a bucket needs no shared folder.
        database: of the ledger.
        origin, folds: as for `Open`.
    """

    def __init__(self, location: Path, database: Database, *, origin: str, folds: Sequence[Fold]) -> None:
        self.origin = origin
        self._folder = Folder(location)
        self._database = database
        registers = Registers(self._database, folds)
        self._ledger = Ledger(self._database, registers, origin=origin)
        self._reading = Reading(self._database, self._ledger, registers)
        self.objects: Objects = objects_beside(location, self._alone) or FolderObjects(self._folder)
        self._commits = GroupCommit(self._ledger.append)

    def prepare(self) -> None:
        """Make what is not there, and finish what a killed process left: unsynced commits, unpublished files, half registers."""
        with self._errors("opening"):
            with self._folder.writing():
                self._ledger.create()
                self._database.settle()
                self._folder.sync()
            if not isinstance(self.objects, FolderObjects):
                self._check_nothing_here()
            self.objects.prepare(self.origin)
            self.publish()
            self._ledger.build()

    def _check_nothing_here(self) -> None:
        """What lies in the folder would be missing in the bucket, and nobody would see it."""
        if any(FolderObjects(self._folder).blob_names()) or (self._folder.root / LOG).exists():
            raise StoreError(
                f"{self._folder.root} says that its objects lie in {self.objects.where}, but has some of its own. Take {URL} away, "
                "back the station up, and restore it with --objects into an empty prefix"
            )

    @contextmanager
    def _alone(self, everywhere: bool) -> Iterator[None]:
        with ExitStack() as held:
            held.enter_context(self._folder.writing())
            if everywhere:
                held.enter_context(self._database.alone("publishing from"))
            yield

    @contextmanager
    def _errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{what} {self._folder.root}: {error}. Nothing that was acknowledged is lost, and it is safe to ask the same again"
            ) from error

    def append(
        self, incoming: Sequence[Incoming], *, reads: Sequence[StreamRead] = (), checkpoint: Checkpointer, at: int | None = None
    ) -> Appended:
        """See `Store.append`."""
        return self._commits.append(requested(incoming, reads, checkpoint, self.origin, at))

    def size(self) -> int:
        """See `Store.size`."""
        return self._ledger.head().size

    def checkpoint(self) -> bytes:
        """See `Store.checkpoint`."""
        note = self._ledger.head().note
        if note is None:
            raise NotFoundError("the log is empty: it has no checkpoint yet")
        return note

    def cosign(self, note: bytes) -> None:
        """See `Store.cosign`."""
        self._ledger.cosign(note)

    def logged(self, record_id: str) -> Logged:
        """See `Store.logged`."""
        return self._ledger.logged(bytes.fromhex(checked_name(record_id)))

    def logged_many(self, record_ids: Sequence[str]) -> Mapping[str, Logged]:
        """See `Store.logged_many`."""
        return self._ledger.logged_many([bytes.fromhex(checked_name(name)) for name in record_ids])

    def lengths(self, subjects: Sequence[str]) -> Mapping[str, int]:
        """See `Store.lengths`."""
        return self._ledger.lengths(subjects)

    def stream(self, subject: str, *, known_at: int | None = None, newest: int | None = None) -> tuple[Logged, ...]:
        """See `Store.stream`."""
        return self._ledger.stream(subject, known_at, newest)

    def scan(self, start: int = 0, stop: int | None = None) -> Iterator[Logged]:
        """See `Store.scan`."""
        return self._ledger.scan(start, stop)

    def read(self, path: str) -> bytes:
        """See `Store.read`."""
        return served(self._file, path)

    def _file(self, path: str) -> bytes | None:
        with self._errors("reading"):
            return self.objects.file(path)

    def publish(self) -> None:
        """See `Store.publish`."""
        for _ in range(_TRIES):  # again only where another machine has published meanwhile
            with self._errors("publishing in"), self.objects.publishing() as files:  # `held` is read before the head
                note = self._ledger.head().note
                if note is None and files.held is not None:
                    raise StoreError(f"{self.objects.where} has a published log but an empty ledger; bring back the ledger")
                if note is None or note == files.held or self._publish(files, note):
                    return
        raise StoreError(f"publishing in {self.objects.where}: others published {_TRIES} times meanwhile; try again")

    def _publish(self, files: Publication, note: bytes) -> bool:
        newest, since, full = parse_checkpoint(parse_note(note)), 0, list[str]()
        if files.held is not None:
            try:
                old = parse_checkpoint(parse_note(files.held))
            except FormatError as error:
                place = f"{CHECKPOINT} in {self.objects.where}"
                raise StoreError(f"{place} was damaged: {error}; delete it, and the log is published again from nothing") from error
            check_published(self._ledger, old, newest)
            since = old.size

        def wanted() -> Iterator[tuple[str, bytes]]:
            for tile, content in static_files(self._ledger, since=since, size=newest.size):
                yield tile.path, content
                if tile.width == WIDTH:
                    full.append(f"{tile.path}.p")

        files.put(wanted())
        return files.finish(note, full)

    def put_blob(self, content: bytes) -> str:
        """See `Store.put_blob`."""
        with self._errors("keeping a blob in"):
            return self.objects.put_blob(content)

    def blob(self, name: str) -> bytes:
        """See `Store.blob`."""
        with self._errors("reading a blob in"):
            return self.objects.blob(name)

    def erase_blob(self, name: str) -> None:
        """See `Store.erase_blob`."""
        with self._errors("erasing a blob in"):
            self.objects.erase_blob(name)

    def answers(self) -> bool:
        """See `Store.answers`."""
        return self.objects.answers()

    def row(self, fold: Fold, key: str) -> Row | None:
        """See `Store.row`."""
        return self._reading.rows(fold, (key,)).get(key)

    def rows(self, fold: Fold, keys: Sequence[str]) -> Mapping[str, Row]:
        """See `Store.rows`."""
        return self._reading.rows(fold, keys)

    def page(
        self,
        fold: Fold,
        *,
        where: Mapping[str, Cell] | None = None,
        at_least: Mapping[str, Cell] | None = None,
        order: Sequence[str] = (),
        descending: bool = False,
        after: Sequence[Cell] | None = None,
        limit: int = 50,
    ) -> Page:
        """See `Store.page`."""
        asked = question(fold, where=where, at_least=at_least, order=order, descending=descending, after=after, limit=limit)
        return self._reading.page(fold, asked)

    def count(
        self,
        fold: Fold,
        *,
        where: Mapping[str, Cell],
        at_least: Mapping[str, Cell] | None = None,
        below: Cell = None,
        order: Sequence[str] = (),
        most: int = 100,
    ) -> int:
        """See `Store.count`."""
        asked = question(fold, where=where, at_least=at_least, order=order, descending=False, after=None, limit=most)
        return self._reading.count(fold, asked, below)

    def close(self) -> None:
        """See `Store.close`."""
        if self._database.closed:
            return
        try:
            self.publish()
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Close all files, whatever is not yet published."""
        self._database.close()


def opened(location: Path, database: Database, *, origin: str, folds: Sequence[Fold]) -> Store:
    """Return the store in a folder with its ledger in a database, prepared; raises as `Open`."""
    store = FolderStore(location, database, origin=origin, folds=folds)
    with ExitStack() as stack:
        stack.callback(store.let_go)
        store.prepare()
        stack.pop_all()
    return store
