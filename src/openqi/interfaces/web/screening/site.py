"""Screening written as a folder of pages in both languages; they work from any folder, without a server and without a script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openqi.app.pictures.screening.map import screening_map
from openqi.app.screening.measures import QUADRANTS, Screened, Screening
from openqi.app.screening.ordering import ORDERS, ordered
from openqi.app.screening.results import Results
from openqi.interfaces.pictures.drawing import picture_svg
from openqi.interfaces.web.exporting import Exported, Writing, listed
from openqi.interfaces.web.links import slug
from openqi.interfaces.web.screening.shown import environment
from openqi.interfaces.web.screening.stream import StreamPages
from openqi.interfaces.web.wording import wording_of
from openqi.interfaces.web.words import LANGUAGES, phrase
from openqi.kernel.errors import DomainError

ROWS: Final = 100
"""Streams on a page of a list."""
_NOWHERE: Final = "https://pages.invalid/"
LISTED: Final = 1_000
"""Streams in a list; of more the worst by its order."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is written.

    Args:
        results: that were read.
        found: what screening said of them.
        target: folder of the pages.
        readings: folder of the readings that were watched; None where charts show only points that broke a rule.
        pages: so many of the worst streams have a page.
    """

    results: Results
    found: Screening
    target: Path
    readings: Path | None
    pages: int


def export_screening(asked: Asked, progress: Callable[[str], None] = lambda _: None) -> Exported:
    """Return what was written; files that are as before are left alone, those of an earlier export that are gone are removed.

    Raises:
        NotFoundError, FormatError: readings are not those that were watched.
        OSError: the system does not let it be written.
    """
    return _Exporting(asked, progress).run()


class _Exporting:
    def __init__(self, asked: Asked, progress: Callable[[str], None]) -> None:
        self._asked, self._progress = asked, progress
        self._writing, self._before = Writing(target=asked.target), listed(asked.target)
        self._worst = asked.found.streams[: asked.pages]
        self._ranks = {one.stream: rank for rank, one in enumerate(self._worst, start=1)}
        self._environments = {language: environment(language) for language in LANGUAGES}

    def run(self) -> Exported:
        streams = StreamPages(self._asked.results, self._asked.readings, self._worst)  # before anything is written
        folder = files("openqi.interfaces.web") / "static"
        for name in ("style.css", "icon.svg"):
            self._writing.put(f"static/{name}", (folder / name).read_bytes())
        names = {f"{language}_name": phrase("screen-title", language) for language in LANGUAGES}
        self._writing.put("index.html", self._environments["zh"].get_template("root.html").render(names).encode())
        self._lists()
        for rank, one in enumerate(self._worst, start=1):
            self._progress(f"{rank} / {len(self._worst)}")
            for language in LANGUAGES:
                self._page(language, f"stream/{slug(one.stream)}.html", "screening/stream.html", {
                    "one": one, "rank": rank, "near": self._near(rank), **streams.values(one, wording_of(language), language),
                })  # fmt: skip
        return self._writing.finished(self._before, {})

    def _near(self, rank: int) -> tuple[Screened | None, Screened | None]:
        """The streams before and after one in the order."""
        after = self._worst[rank] if rank < len(self._worst) else None
        return (self._worst[rank - 2] if rank > 1 else None, after)

    def _lists(self) -> None:
        found = self._asked.found
        maps = {language: self._map(language) for language in LANGUAGES}
        for order in ORDERS:
            self._progress(order)
            streams = found.streams if order == found.order else ordered(found.streams, order)
            listed_streams = streams[:LISTED]
            last = max(1, -(-len(listed_streams) // ROWS))
            for page in range(1, last + 1):
                rows = listed_streams[(page - 1) * ROWS : page * ROWS]
                values = {
                    "rows": list(enumerate(rows, start=(page - 1) * ROWS + 1)), "order": order, "page": page, "last": last,
                    "listed": len(listed_streams), "first": order == found.order and page == 1,
                }  # fmt: skip
                for language in LANGUAGES:
                    self._page(language, self._list(order, page), "screening/list.html", {**values, "map": maps[language]})

    def _list(self, order: str, page: int) -> str:
        """The file of a page of a list; the first page of the order that was asked for is the index."""
        return "index.html" if order == self._asked.found.order and page == 1 else f"{order}-{page}.html"

    def _map(self, language: str) -> str:
        try:
            spec = screening_map(self._asked.found, wording_of(language), address=self._absolute)
        except DomainError:  # no run length, or no stream with readings: the list says why
            return ""
        drawn = picture_svg(spec, language).replace(_NOWHERE, f"../{language}/")
        return drawn.replace('<svg role="img"', '<svg role="group"', 1)  # an image has nothing in it that leads on

    def _absolute(self, one: Screened) -> str | None:
        """What draws makes every relative address one of its own; so addresses are whole until the picture is drawn."""
        path = self._address(one)
        return None if path is None else _NOWHERE + path

    def _address(self, one: Screened) -> str | None:
        return f"stream/{slug(one.stream)}.html" if one.stream in self._ranks else None

    def _page(self, language: str, path: str, template: str, values: Mapping[str, Any]) -> None:
        up = "../" * (path.count("/") + 1)
        found = self._asked.found
        shared = {
            "up": up, "here": path, "other": f"{up}{'en' if language == 'zh' else 'zh'}/{path}", "found": found,
            "counts": self._shown_counts(), "orders": list(ORDERS), "list_of": self._list, "address": self._address,
            "pages": len(self._worst), "total": len(found.streams), "home": f"{up}{language}/",
        }  # fmt: skip
        text = self._environments[language].get_template(template).render({**shared, **values})
        self._writing.put(f"{language}/{path}", text.encode())

    def _shown_counts(self) -> Sequence[tuple[str, int]]:
        counts = self._asked.found.counts()
        alone = ("unstable", "stable")
        four = any(counts[name] for name in QUADRANTS if name not in alone)
        kept = [name for name in QUADRANTS if counts[name] or (four and name not in alone)]
        return [(name, counts[name]) for name in kept]
