"""The pages of a workspace as files: both languages, charts, the log itself; they work from any folder and without a server."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

from openqi.app.reading.certificates import document_of
from openqi.app.reading.control.page import control_page
from openqi.app.reading.control.plans import plan_list, plans_with
from openqi.app.reading.control.points import points_of
from openqi.app.reading.draws.ingredients import FILES, draw_file
from openqi.app.reading.draws.lines import draw_list
from openqi.app.reading.draws.page import draw_page
from openqi.app.reading.due import due_list
from openqi.app.reading.instruments import InstrumentPage
from openqi.app.reading.items import ItemPage
from openqi.app.reading.lots import LotPage
from openqi.app.reading.own_standards import own_standard_list
from openqi.app.reading.products import ProductPage
from openqi.app.reading.reader import Reader
from openqi.app.reading.surveillance.board import board
from openqi.app.reading.surveillance.draws import draw_lines
from openqi.app.reading.surveillance.results import results
from openqi.evidence.log.note import parse_checkpoint, parse_note
from openqi.evidence.log.tiles import levels, tiles
from openqi.interfaces.pictures.drawing import digest, svg_of
from openqi.interfaces.web.alone import tree_page
from openqi.interfaces.web.app import STATIC
from openqi.interfaces.web.charts import charts_of
from openqi.interfaces.web.complaints.exported import complaint_pages
from openqi.interfaces.web.control.files import csv_of, json_of
from openqi.interfaces.web.documents import page_of
from openqi.interfaces.web.draws.served import given_of
from openqi.interfaces.web.exporting import LISTING, Exported, Writing, listed
from openqi.interfaces.web.links import SiteLinks, mark_path, slug
from openqi.interfaces.web.open_data import schema_file
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.pledges.exported import pledge_pages
from openqi.interfaces.web.surveillance.files import csv_of as results_csv
from openqi.interfaces.web.surveillance.files import json_of as results_json
from openqi.interfaces.web.surveillance.schema import schema as results_schema
from openqi.interfaces.web.words import LANGUAGES
from openqi.kernel.errors import NotFoundError
from openqi.records.metrology import CERTIFICATES

__all__ = ["LISTING", "Exported", "export_site", "tree_page"]
Subject = ProductPage | LotPage | InstrumentPage | ItemPage


MAX_ITEM_PAGES: Final = 2_000
MAX_EMBEDDED: Final = 256 * 1024
"""Bytes of a list, exclusions or result of a draw that its page holds for the replay; of longer ones a reader chooses the files."""
MAX_DRAWN: Final = 1_000
"""Rows of those who were drawn on a page of a folder; all of them are in the file beside it."""


@dataclass(frozen=True, kw_only=True)
class _Page:
    """One page in one language: where it lies, where it lies in the other, and how it is made."""

    path: str
    elsewhere: str
    language: str
    make: Callable[[SiteLinks], str]


def export_site(folder: Path, target: Path, progress: Callable[[str], None] = lambda _: None) -> Exported:
    """Return what was exported. Files that have not changed are left alone; those of an earlier export that are gone are removed.

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


class _Exporting:
    def __init__(self, reader: Reader, target: Path, progress: Callable[[str], None]) -> None:
        self._reader, self._progress, self._pages = reader, progress, Pages(reader)
        self._writing = Writing(target=target)
        self._before = listed(target)
        self._drawn: dict[str, str] = {}

    def run(self) -> Exported:
        with ThreadPoolExecutor(1) as beside:  # drawing waits for another engine, and pages are made meanwhile
            drawing = self._drawing(beside)
            self._write_pages()
            self._progress("charts")
            for path, svg in drawing.items():
                self._writing.put(path, svg.result())
        self._progress("log")
        self._log()
        return self._writing.finished(self._before, self._drawn)

    def _write_pages(self) -> None:
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

    def _all(self) -> Iterator[_Page]:
        for what, pages in (
            ("pages", self._general),
            ("subjects", self._subjects),
            ("records", self._records),
            ("marks", self._marks),
        ):
            self._progress(what)
            yield from pages()

    def _both(self, path: str, make: Callable[[SiteLinks], str]) -> Iterator[_Page]:
        for language, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
            yield _Page(path=f"{language}/{path}", elsewhere=f"{other}/{path}", language=language, make=make)

    def _general(self) -> Iterator[_Page]:
        reader, pages = self._reader, self._pages
        yield from self._both("index.html", lambda links: pages.overview(reader.overview(), links))
        yield from self._both(
            "control-plans.html",
            lambda links: pages.shown("control/plans.html", plan_list(reader.context(), most=None), links, older=""),
        )
        yield from self._both("surveillance.html", lambda links: pages.surveillance("board", board(reader.context()), links))
        standards = own_standard_list(reader.context())
        yield from self._both("own-standards.html", partial(pages.shown, "standards/list.html", standards))
        for one in standards.standards:
            path = f"own-standards/{slug(one.stated.standard)}.html"
            yield from self._both(path, partial(pages.shown, "standards/one.html", one))
        self._results()
        yield from pledge_pages(reader, pages, self._both, self._writing)
        yield from complaint_pages(reader, pages, self._both, self._writing)
        yield from self._both("draws.html", lambda links: pages.draws(draw_list(reader.context(), most=None), links))
        yield from self._both("due.html", lambda links: pages.shown("due.html", due_list(reader.context()), links))
        yield from self._both("log.html", lambda links: pages.log(reader.log_page(), links))
        for number in range(1, reader.log_page().pages + 1):
            yield from self._both(f"log/{number}.html", partial(self._log_page, number))

    def _results(self) -> None:
        """The public results of each draw, as files."""
        context = self._reader.context()
        for line in draw_lines(context):
            if line.made is None or line.hidden:
                continue
            found, place = results(context, line.committed), f"draws/results/{line.committed}"
            for language in LANGUAGES:
                self._writing.put(f"{place}.{language}.csv", b"".join(results_csv(found, language)))
            self._writing.put(f"{place}.json", results_json(found, context.store.origin, context.size))
        self._writing.put("draws/results.schema.json", schema_file(results_schema()))

    def _subject_pages(self) -> Iterator[tuple[str, str, Subject]]:
        reader, page = self._reader, self._reader.overview()
        for product in page.products:
            yield "product", product.uri, reader.product_page(product.uri)
        for lot in page.lots:
            yield "lot", lot.lot.uri, reader.lot_page(lot.lot.uri)
        for one in page.instruments:
            yield "instrument", one.instrument.uri, reader.instrument_page(one.instrument.uri)

    def _subjects(self) -> Iterator[_Page]:
        for what, uri, page in self._subject_pages():
            plans = plans_with(self._reader.context(), uri) if what == "instrument" else ()
            yield from self._both(f"{what}/{slug(uri)}.html", partial(self._pages.subject, page, plans=plans))
        for one in plan_list(self._reader.context(), most=None).plans:
            uri, name = one.plan.uri, slug(one.plan.uri)
            yield from self._both(f"control-plan/{name}.html", partial(self._control_page, uri))
            points = points_of(self._reader.context(), uri)
            self._writing.put(f"control-plan/{name}.csv", b"".join(csv_of(points)))
            self._writing.put(f"control-plan/{name}.json", json_of(points))
        for line in draw_list(self._reader.context(), most=None).draws:
            embedded = self._draw_files(line.draw.uri)
            yield from self._both(f"draw/{slug(line.draw.uri)}.html", partial(self._draw_page, line.draw.uri, embedded))
        items = self._reader.items()
        # Beyond that a folder of files is the wrong form: each item would be two of them, and each build would write them all.
        for uri in items if len(items) <= MAX_ITEM_PAGES else ():
            yield from self._both(f"item/{slug(uri)}.html", partial(self._item_page, uri))

    def _control_page(self, uri: str, links: SiteLinks) -> str:
        return self._pages.shown("control/plan.html", control_page(self._reader.context(), uri), links)

    def _draw_files(self, uri: str) -> dict[str, str]:
        """Write the files of a draw; those that a page can hold go into it too, since a browser reads none out of a folder."""
        found: dict[str, bytes] = {}
        for of, file in FILES.items():
            with suppress(NotFoundError):  # nobody was left out, nobody drawn yet, or the list is not public
                found[of] = draw_file(self._reader.context(), uri, of)
                self._writing.put(f"draw/{slug(uri)}.{file}", found[of])
        names = {"objects": "list", "exclusions": "exclusions", "rows": "rows"}
        return {names[of]: b64encode(data).decode() for of, data in found.items() if len(data) <= MAX_EMBEDDED}

    def _draw_page(self, uri: str, embedded: dict[str, str], links: SiteLinks) -> str:
        page = draw_page(self._reader.context(), uri, most=MAX_DRAWN)
        return self._pages.draw(page, links, given=given_of(self._reader, page), embedded=embedded)

    def _item_page(self, uri: str, links: SiteLinks) -> str:
        return self._pages.subject(self._reader.item_page(uri), links)

    def _log_page(self, number: int, links: SiteLinks) -> str:
        return self._pages.log(self._reader.log_page(number), links)

    def _record_page(self, record: str, links: SiteLinks) -> str:
        return self._pages.record(self._reader.record_page(record), links)

    def _records(self) -> Iterator[_Page]:
        reader = self._reader
        for record in reader.records():
            yield from self._both(f"record/{record}.html", partial(self._record_page, record))
            if reader.record_page(record).seen.kind in CERTIFICATES and not reader.record_page(record).withheld:
                yield from self._both(f"certificate/{record}.html", partial(self._certificate_page, record))
            if reader.record_page(record).references:
                yield from self._both(f"tree/{record}.html", partial(self._tree_page, record))

    def _certificate_page(self, record: str, links: SiteLinks) -> str:
        page = page_of(self._reader, record)
        if page.sheet is not None:
            self._writing.put(f"certificate/{record}.xml", document_of(self._reader.context(), record)[1])
        return self._pages.certificate(page, links)

    def _tree_page(self, record: str, links: SiteLinks) -> str:
        return self._pages.tree(self._reader.tree(record), links, leaf=None)

    def _marks(self) -> Iterator[_Page]:
        for uri in self._reader.own_marks():
            page = self._reader.mark_page(uri, scanned=False, counted=False)
            if page.issued is None:
                continue  # the private file may hold serials that a failed build drew and never issued
            place = mark_path(uri)
            names = {"zh": f"{place}/index.html", "en": f"{place}/en.html"}
            for language, other in zip(LANGUAGES, reversed(LANGUAGES), strict=True):
                make = partial(self._pages.mark, page)
                yield _Page(path=names[language], elsewhere=names[other], language=language, make=make)

    def _drawing(self, beside: ThreadPoolExecutor) -> dict[str, Future[bytes]]:
        """The charts that are not there yet as their specifications want them."""
        found: dict[str, Future[bytes]] = {}
        for what, uri, page in self._subject_pages():
            for number, spec in enumerate(() if isinstance(page, ItemPage) else charts_of(page)):
                path = f"chart/{what}/{slug(uri)}-{number}.svg"
                self._drawn[path] = digest(spec)
                if self._before.charts.get(path) == self._drawn[path] and (self._writing.target / path).is_file():
                    self._writing.keep(path)
                else:
                    found[path] = beside.submit(svg_of, spec)
        return found

    def _log(self) -> None:
        note = self._reader.file("checkpoint")
        size = parse_checkpoint(parse_note(note)).size
        for level in range(-1, levels(size)):
            for tile in tiles(size, level, 0):
                self._writing.put(tile.path, self._reader.file(tile.path))
        # Last of all: whoever mirrors the folder while it is written finds every tile that the checkpoint speaks of.
        self._writing.put("checkpoint", note)
