"""The pages of a workspace as files: both languages, charts, the log itself; they work from any folder and without a server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from openqi.app.files import write_file
from openqi.app.reading.instruments import InstrumentPage
from openqi.app.reading.items import ItemPage
from openqi.app.reading.lots import LotPage
from openqi.app.reading.products import ProductPage
from openqi.app.reading.reader import Reader
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.tiles import levels, tiles
from openqi.interfaces.web.app import STATIC
from openqi.interfaces.web.charts import charts_of, drawn
from openqi.interfaces.web.links import SiteLinks, mark_path, slug, tree_file
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.words import LANGUAGES

Subject = ProductPage | LotPage | InstrumentPage | ItemPage


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What an export did: the files that there are now, their bytes, how many of them were written, and how many old ones went."""

    files: int
    bytes: int
    written: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class _Page:
    """One page in one language: where it lies, where it lies in the other, and how it is made."""

    path: str
    elsewhere: str
    language: str
    make: Callable[[SiteLinks], str]


def export_site(folder: Path, target: Path, progress: Callable[[str], None] = lambda _: None) -> Exported:
    """Return what was exported. Files that have not changed are left alone; what an earlier export wrote and is no longer is removed.

    Args:
        folder: workspace that was built, or a ledger folder.
        target: where the files go; it is made where it is not there.
        progress: told what is being written.

    Raises:
        NotFoundError, FormatError: there is no such folder, or it was not built.
        StoreError: its store cannot be read.
    """
    with Reader(folder) as reader:
        return _Exporting(reader, target, progress).run()


@dataclass(kw_only=True)
class _Writing:
    """Writes files that are new or other than before."""

    target: Path
    paths: set[str] = field(default_factory=set)
    bytes: int = 0
    written: int = 0
    _folders: set[Path] = field(default_factory=set)

    def put(self, path: str, content: bytes) -> None:
        place = self.target / path
        self.paths.add(path)
        self.bytes += len(content)
        if place.parent not in self._folders:
            place.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(place.parent)
        try:
            if place.read_bytes() == content:
                return
        except FileNotFoundError:
            pass
        place.write_bytes(content)
        self.written += 1


class _Exporting:
    def __init__(self, reader: Reader, target: Path, progress: Callable[[str], None]) -> None:
        self._reader, self._progress, self._pages = reader, progress, Pages(reader)
        self._writing = _Writing(target=target)

    def run(self) -> Exported:
        pages = list(self._all())
        known = frozenset(page.path for page in pages)
        put = self._writing.put
        folder = files("openqi.interfaces.web") / "static"
        for name in STATIC:
            put(f"static/{name}", (folder / name).read_bytes())
        put("index.html", self._pages.root().encode())
        for page in pages:
            links = SiteLinks(language=page.language, here=page.path, elsewhere=page.elsewhere, known=known)
            put(page.path, page.make(links).encode())
        self._progress("charts")
        self._charts()
        self._progress("log")
        self._log()
        return self._finished()

    def _all(self) -> Iterator[_Page]:
        for what, pages in (("pages", self._general), ("subjects", self._subjects), ("records", self._records), ("marks", self._marks)):
            self._progress(what)
            yield from pages()

    def _both(self, path: str, make: Callable[[SiteLinks], str]) -> Iterator[_Page]:
        for language, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
            yield _Page(path=f"{language}/{path}", elsewhere=f"{other}/{path}", language=language, make=make)

    def _general(self) -> Iterator[_Page]:
        reader, pages = self._reader, self._pages
        yield from self._both("index.html", lambda links: pages.overview(reader.overview(), links))
        yield from self._both("log.html", lambda links: pages.log(reader.log_page(), links))
        for number in range(1, reader.log_page().pages + 1):
            yield from self._both(f"log/{number}.html", lambda links, number=number: pages.log(reader.log_page(number), links))

    def _subject_pages(self) -> Iterator[tuple[str, str, Subject]]:
        reader, page = self._reader, self._reader.overview()
        for product in page.products:
            yield "product", product.uri, reader.product_page(product.uri)
        for lot in page.lots:
            yield "lot", lot.lot.uri, reader.lot_page(lot.lot.uri)
        for one in page.instruments:
            yield "instrument", one.instrument.uri, reader.instrument_page(one.instrument.uri)

    def _subjects(self) -> Iterator[_Page]:
        pages = self._pages
        for what, uri, page in self._subject_pages():
            yield from self._both(f"{what}/{slug(uri)}.html", lambda links, page=page: pages.subject(page, links))
        for uri in self._reader.items():
            yield from self._both(
                f"item/{slug(uri)}.html", lambda links, uri=uri: pages.subject(self._reader.item_page(uri), links)
            )

    def _records(self) -> Iterator[_Page]:
        reader, pages = self._reader, self._pages
        for record in reader.records():
            yield from self._both(
                f"record/{record}.html", lambda links, record=record: pages.record(reader.record_page(record), links)
            )
            if reader.record_page(record).references:
                yield from self._tree(record, None)

    def _tree(self, record: str, leaf: int | None) -> Iterator[_Page]:
        for language, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
            yield _Page(
                path=tree_file(language, record, leaf),
                elsewhere=tree_file(other, record, leaf),
                language=language,
                make=lambda links: self._pages.tree(self._reader.tree(record, leaf), links, leaf=leaf),
            )

    def _marks(self) -> Iterator[_Page]:
        for uri in self._reader.own_marks():
            page = self._reader.mark_page(uri, scanned=False, counted=False)
            if page.issued is None:
                continue  # the private file may hold serials that a failed build drew and never issued
            place = mark_path(uri)
            names = {"zh": f"{place}/index.html", "en": f"{place}/en.html"}
            for language, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
                yield _Page(
                    path=names[language],
                    elsewhere=names[other],
                    language=language,
                    make=lambda links, page=page: self._pages.mark(page, links),
                )
            yield from self._tree(page.issued.seen.id, page.issued.leaf)

    def _charts(self) -> None:
        for what, uri, page in self._subject_pages():
            if not isinstance(page, ItemPage):
                for number, spec in enumerate(charts_of(page)):
                    self._writing.put(f"chart/{what}/{slug(uri)}-{number}.svg", self._reader.drawn_once(drawn, spec))

    def _log(self) -> None:
        note = self._reader.file("checkpoint")
        size = parse_checkpoint(parse_note(note)).size
        for level in range(-1, levels(size)):
            for tile in tiles(size, level, 0):
                self._writing.put(tile.path, self._reader.file(tile.path))
        # Last of all: whoever mirrors the folder while it is written finds every tile that the checkpoint speaks of.
        self._writing.put("checkpoint", note)

    def _finished(self) -> Exported:
        """Remove what an earlier export listed and this one did not write; files of anybody else are never touched."""
        done, removed = self._writing, 0
        listing = done.target / ".openqi-site"
        before = set(listing.read_text(encoding="utf-8").splitlines()) if listing.is_file() else set()
        for path in before - done.paths:
            place = (done.target / path).resolve()
            if place.is_relative_to(done.target.resolve()) and place.is_file():
                place.unlink()
                removed += 1
        if before != done.paths:
            write_file(listing, "\n".join(sorted(done.paths)).encode())
        return Exported(files=len(done.paths), bytes=done.bytes, written=done.written, removed=removed)
