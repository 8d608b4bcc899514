"""Where a page lies: on a server behind routes, or in a folder of files with relative links."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol
from urllib.parse import quote, urlencode, urlsplit

_SAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")
SUBJECTS: Final = ("product", "lot", "instrument", "item")
PAGES: Final = (*SUBJECTS, "control-plan", "draw", "own-standards", "recall")
"""Sorts of subjects that have a page."""
SORTS: Final = ("product", "lot", "instrument", "certificate", "party", "scope", "requirement", "procedure", "plan")
"""Of which sorts of things there are lists."""


class Links(Protocol):
    """Leads from the page that is shown to all others. None means that there is no such page to go to."""

    @property
    def language(self) -> str:
        """`zh` or `en`."""
        ...

    @property
    def static(self) -> bool:
        """Whether the pages are files, so that nothing can be counted or sent."""
        ...

    @property
    def address(self) -> str:
        """The whole address of the present page, for paper; empty where files are carried about."""
        ...

    def to(self, page: str, **asked: str) -> str:
        """Return the address of `overview`, `log` or another page, with what is asked of it."""
        ...

    def record(self, record_id: str) -> str | None: ...
    def certificate(self, record_id: str) -> str | None: ...
    def certificate_file(self, record_id: str, ending: str) -> str | None: ...
    def tree(self, record_id: str, leaf: int | None = None) -> str | None: ...
    def log(self, page: int) -> str: ...
    def subject(self, what: str, uri: str) -> str | None: ...
    def control_plan(self, uri: str, below: int) -> str: ...
    def control_points(self, uri: str, form: str) -> str: ...
    def inspected(self, name: str) -> str | None: ...
    def chance(self, draw: str, name: str) -> str | None: ...
    def inspections(self, what: str, asked: Sequence[tuple[str, str]]) -> str | None: ...
    def records_of(self, kind: str) -> str | None: ...
    def results(self, committed: str, form: str) -> str: ...
    def draw(self, uri: str, page: int) -> str: ...
    def draw_file(self, uri: str, file: str) -> str: ...
    def draws(self, **asked: str) -> str: ...
    def chart(self, page: str, uri: str, number: int) -> str: ...
    def dossier(self, record_id: str, leaf: int | None = None) -> str | None: ...
    def file(self, path: str) -> str: ...
    def style(self) -> str: ...
    def icon(self) -> str: ...
    def other(self, language: str) -> str: ...


@dataclass(frozen=True, kw_only=True)
class ServerLinks:
    """Links of a server. `kept`: the language was chosen, so every link keeps it; `here`: the present address, below `home`."""

    language: str
    kept: bool
    here: str
    query: tuple[tuple[str, str], ...] = ()
    marks: bool = True
    static: bool = False
    home: str = ""

    @property
    def address(self) -> str:
        """See `Links.address`; the language is left out, since whoever types it off has one."""
        asked = [pair for pair in self.query if pair[0] != "lang"]
        return self.home + self.here + (f"?{urlencode(asked, quote_via=quote, safe=':/')}" if asked else "")

    def _at(self, path: str, *query: tuple[str, str]) -> str:
        asked = [*query, *([("lang", self.language)] if self.kept else [])]
        return path + (f"?{urlencode(asked, quote_via=quote, safe=':/')}" if asked else "")

    def to(self, page: str, **asked: str) -> str:
        """See `Links.to`."""
        return self._at("/" if page == "overview" else f"/{page}", *asked.items())

    def record(self, record_id: str) -> str | None:
        """Return the address of a record."""
        return self._at(f"/record/{record_id}")

    def certificate(self, record_id: str) -> str | None:
        """Return the address of the page of a certificate."""
        return self._at(f"/certificate/{record_id}")

    def certificate_file(self, record_id: str, ending: str) -> str | None:
        """Return the address of a certificate as `xml` or `pdf`; a PDF is in the language of the page."""
        return f"/certificate/{record_id}.{ending}" + (f"?lang={self.language}" if ending == "pdf" else "")

    def tree(self, record_id: str, leaf: int | None = None) -> str | None:
        """Return the address of the tree under a record."""
        return self._at(f"/tree/{record_id}", *([] if leaf is None else [("leaf", str(leaf))]))

    def log(self, page: int) -> str:
        """Return the address of a page of the log."""
        return self._at(f"/log/{page}")

    def subject(self, what: str, uri: str) -> str | None:
        """Return the address of the page of a product, lot, instrument or item."""
        return self._at(f"/{what}", ("uri", uri)) if what in PAGES else None

    def control_plan(self, uri: str, below: int) -> str:
        """Return the address of the page of a control plan with what lies below an index of the log."""
        return self._at("/control-plan", ("uri", uri), ("below", str(below)))

    def control_points(self, uri: str, form: str) -> str:
        """Return the address of the points of a control plan as `csv` or `json`."""
        return f"/control-plan/points.{form}?{urlencode([('uri', uri)], quote_via=quote, safe=':/')}"

    def inspected(self, name: str) -> str | None:
        """Return the address of the page of an object that was inspected."""
        return self._at("/surveillance/objects", ("name", name))

    def chance(self, draw: str, name: str) -> str | None:
        """Return the address where an object finds what its chance in a draw was, and why."""
        return self._at("/draw", ("uri", draw), ("name", name))

    def inspections(self, what: str, asked: Sequence[tuple[str, str]]) -> str | None:
        """Return the address of a list of draws, visits or changes."""
        return self._at(f"/surveillance/{what}", *asked)

    def records_of(self, kind: str) -> str | None:
        """Return the address of the list of the records of a kind."""
        return self._at("/records", ("kind", kind))

    def results(self, committed: str, form: str) -> str:
        """Return the address of the results of a draw as `csv` or `json`; the first has headings in the language of the page."""
        return f"/draws/results.{form}?draw={committed}" + (f"&lang={self.language}" if form == "csv" else "")

    def draw(self, uri: str, page: int) -> str:
        """Return the address of the page of a draw with some of those who were drawn."""
        return self._at("/draw", ("uri", uri), ("page", str(page)))

    def draw_file(self, uri: str, file: str) -> str:
        """Return the address of a file of a draw."""
        return f"/draw/{file}?{urlencode([('uri', uri)], quote_via=quote, safe=':/')}"

    def draws(self, **asked: str) -> str:
        """Return the address of the list of draws of an organiser or in a state."""
        return self._at("/draws", *asked.items())

    def chart(self, page: str, uri: str, number: int) -> str:
        """Return the address of a chart of a page."""
        return f"/chart/{page}/{number}.svg?{urlencode([('uri', uri)], quote_via=quote, safe=':/')}"

    def dossier(self, record_id: str, leaf: int | None = None) -> str | None:
        """Return the address of a dossier."""
        return f"/api/records/{record_id}/dossier" + ("" if leaf is None else f"?leaf={leaf}")

    def file(self, path: str) -> str:
        """Return the address of a file of the log."""
        return f"/{path}"

    def style(self) -> str:
        """Return the address of the style sheet."""
        return "/static/style.css"

    def icon(self) -> str:
        """Return the address of the icon."""
        return "/static/icon.svg"

    def other(self, language: str) -> str:
        """Return the address of this page in a language."""
        asked = [*(pair for pair in self.query if pair[0] != "lang"), ("lang", language)]
        return f"{self.here}?{urlencode(asked, quote_via=quote, safe=':/')}"


def slug(uri: str) -> str:
    """Return a file name for a subject: its last part, and enough of the hash of its URI to be nobody else's."""
    tail = _SAFE.sub("-", uri.rstrip("/").rpartition("/")[2])[:60].strip("-")
    return f"{tail or 'subject'}-{sha256(uri.encode()).hexdigest()[:10]}"


@dataclass(frozen=True, kw_only=True)
class SiteLinks:
    """Links inside of a folder of files. `here` is the present file, below the folder; `known` says which files there will be."""

    language: str
    here: str
    elsewhere: str
    known: frozenset[str]
    static: bool = True
    marks: bool = False
    address: str = ""

    def _to(self, path: str) -> str:
        # Always from the top, which costs nothing to work out and is as right as the shortest way; no name needs an escape.
        return "../" * self.here.count("/") + path

    def _known(self, path: str) -> str | None:
        return self._to(path) if path in self.known else None

    def to(self, page: str, of: str = "", **asked: str) -> str:  # noqa: ARG002 -- what else is asked, is asked of a server
        """See `Links.to`; pages `of` something lie in a folder of their sort."""
        return self._to(f"{self.language}/{f'{page}/{slug(of)}' if of else 'index' if page == 'overview' else page}.html")

    def record(self, record_id: str) -> str | None:
        """Return the way to a record."""
        return self._known(f"{self.language}/record/{record_id}.html")

    def certificate(self, record_id: str) -> str | None:
        """Return the way to the page of a certificate."""
        return self._known(f"{self.language}/certificate/{record_id}.html")

    def certificate_file(self, record_id: str, ending: str) -> str | None:
        """Return the way to a certificate as `xml`; no PDF is written."""
        return self._to(f"certificate/{record_id}.xml") if ending == "xml" else None

    def tree(self, record_id: str, leaf: int | None = None) -> str | None:  # noqa: ARG002 -- one tree serves all marks of a record
        """Return the way to the tree under a record."""
        return self._known(f"{self.language}/tree/{record_id}.html")

    def log(self, page: int) -> str:
        """Return the way to a page of the log."""
        return self._to(f"{self.language}/log/{page}.html")

    def subject(self, what: str, uri: str) -> str | None:
        """Return the way to the page of a product, lot, instrument or item."""
        return self._known(f"{self.language}/{what}/{slug(uri)}.html")

    def control_plan(self, uri: str, below: int) -> str:  # noqa: ARG002 -- a folder has one page of it
        """Return the way to the page of a control plan."""
        return self._to(f"{self.language}/control-plan/{slug(uri)}.html")

    def control_points(self, uri: str, form: str) -> str:
        """Return the way to the points of a control plan as `csv` or `json`."""
        return self._to(f"control-plan/{slug(uri)}.{form}")

    def inspected(self, name: str) -> str | None:  # noqa: ARG002 -- there are too many for a folder
        """Return None: a folder has no page of an object."""
        return None

    def chance(self, draw: str, name: str) -> str | None:  # noqa: ARG002 -- nor of its chance
        """Return None."""
        return None

    def inspections(self, what: str, asked: Sequence[tuple[str, str]]) -> str | None:  # noqa: ARG002 -- asked of a server
        """Return None: lists are asked of a server."""
        return None

    def records_of(self, kind: str) -> str | None:  # noqa: ARG002 -- likewise
        """Return None."""
        return None

    def results(self, committed: str, form: str) -> str:
        """Return the way to the results of a draw."""
        return self._to(f"draws/results/{committed}{f'.{self.language}' if form == 'csv' else ''}.{form}")

    def draw(self, uri: str, page: int) -> str:  # noqa: ARG002 -- a folder has one page of it
        """Return the way to the page of a draw."""
        return self._to(f"{self.language}/draw/{slug(uri)}.html")

    def draw_file(self, uri: str, file: str) -> str:
        """Return the way to a file of a draw."""
        return self._to(f"draw/{slug(uri)}.{file}")

    def draws(self, **asked: str) -> str:  # noqa: ARG002 -- a folder has one list
        """Return the way to the list of draws."""
        return self.to("draws")

    def chart(self, page: str, uri: str, number: int) -> str:
        """Return the way to a chart of a page."""
        return self._to(f"chart/{page}/{slug(uri)}-{number}.svg")

    def dossier(self, record_id: str, leaf: int | None = None) -> str | None:  # noqa: ARG002 -- no dossier is written
        """Return None: a dossier is made when it is asked for."""
        return None

    def file(self, path: str) -> str:
        """Return the way to a file of the log."""
        return self._to(path)

    def style(self) -> str:
        """Return the way to the style sheet."""
        return self._to("static/style.css")

    def icon(self) -> str:
        """Return the way to the icon."""
        return self._to("static/icon.svg")

    def other(self, language: str) -> str:  # noqa: ARG002 -- there are two
        """Return the way to this page in the other language."""
        return self._to(self.elsewhere)


def mark_path(uri: str) -> str:
    """Return the path of a mark below its base."""
    return urlsplit(uri).path.lstrip("/")
