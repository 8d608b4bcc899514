"""Turns read models into HTML: one environment of templates, the same for a server and for files."""

import json
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from openqi.app.reading.certificates import CertificatePage
from openqi.app.reading.control.plans import PlanLine
from openqi.app.reading.draws.asked import Told
from openqi.app.reading.draws.lines import STATES, DrawList
from openqi.app.reading.draws.page import DrawPage
from openqi.app.reading.instruments import InstrumentPage
from openqi.app.reading.items import ItemPage
from openqi.app.reading.lists import RecordList, ThingList
from openqi.app.reading.logs import LogPage
from openqi.app.reading.lots import LotPage
from openqi.app.reading.marks import MarkPage
from openqi.app.reading.naming import Named
from openqi.app.reading.overview import Overview
from openqi.app.reading.products import ProductPage
from openqi.app.reading.records import RecordPage
from openqi.app.reading.surveillance.board import Board
from openqi.app.reading.surveillance.inspected import ObjectPage
from openqi.app.reading.surveillance.lists import InspectionList
from openqi.app.tree import Node, ends
from openqi.interfaces.web import figures, show
from openqi.interfaces.web.bundle import pictures_of_pages
from openqi.interfaces.web.control_words import words_of_control
from openqi.interfaces.web.draw_words import words_of_draws
from openqi.interfaces.web.links import SORTS, Links
from openqi.interfaces.web.paper.blocks import Block, Paper
from openqi.interfaces.web.paper.budget import budget_blocks
from openqi.interfaces.web.paper.certificate import certificate_paper
from openqi.interfaces.web.paper.printing import printable
from openqi.interfaces.web.paper.record import certificate_blocks
from openqi.interfaces.web.surveillance_words import words_of_surveillance
from openqi.interfaces.web.units import shown_unit
from openqi.interfaces.web.words import phrase, phrases, term
from openqi.records import Names
from openqi.records.metrology import CERTIFICATES


@dataclass(frozen=True, kw_only=True)
class Form:
    """The form with which a problem is reported; `problem` names the phrase that says what was wrong with what was sent."""

    action: str
    token: str
    matters: tuple[str, ...]
    matter: str = ""
    text: str = ""
    problem: str = ""
    open: bool = False


class _Seen:
    """Which records a tree has shown already: the second time a link leads back to the first."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def first(self, record_id: str) -> bool:
        """Return whether the record was not met before."""
        new = record_id not in self._met
        self._met.add(record_id)
        return new


class _Compiled(BytecodeCache):
    """Keeps what a template was compiled to, for the second language."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """See `BytecodeCache`."""
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """See `BytecodeCache`."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


SubjectPage = ProductPage | LotPage | InstrumentPage | ItemPage
_SHOWN: Final = {
    "instant": show.instant, "day": show.day, "short": show.short, "percent": show.percent, "quantity": show.quantity,
    "unit": shown_unit, "pretty": partial(json.dumps, ensure_ascii=False, indent=1, sort_keys=True),
}  # fmt: skip
"""Filters of templates that are alike in every language."""
_NOBODY: Final[Mapping[str, Any]] = {"visitor": None, "waiting": 0, "tasks_about": lambda _: ()}
"""What pages know of somebody who has not signed in."""


class Source(Protocol):
    """What every page needs to know, whatever it shows; a `Reader` knows it of its log."""

    @property
    def name(self) -> Names | None: ...
    @property
    def origin(self) -> str: ...
    @property
    def bases(self) -> tuple[str, ...]: ...
    @property
    def size(self) -> int: ...

    def named(self, uri: str) -> Named:
        """Return what a subject is called."""
        ...


class Pages:
    """Renders pages.

    Args:
        reader: knows the log, or as much of it as there is to show.
        station: what the station is called in which people can sign in; None where there is none.
    """

    def __init__(self, reader: Source, *, station: Names | None = None) -> None:
        self._reader, self._station = reader, station
        self._told: Mapping[str, Any] = {}
        self._compiled = _Compiled()
        self._environments = {language: self._environment(language) for language in ("zh", "en")}

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=PackageLoader("openqi.interfaces.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=self._compiled,
        )
        environment.filters |= {**_SHOWN, **figures.filters(language), "name": partial(show.name_of, language=language)}
        environment.tests["is_uri"] = show.is_uri
        environment.globals |= {
            "lang": language,
            "t": partial(_phrase, language),
            "term": partial(_term, language),
            "field": partial(show.field, language=language),
            "fact": partial(show.fact, language=language),
            "headline": partial(show.headline, named=self._reader.named, language=language),
            "headlines": partial(show.headlines, named=self._reader.named, language=language),
            "named": self._reader.named,
            "site_name": self.site_name(language),
            "origin": self._reader.origin,
            "bases": self._reader.bases,
            "states": [name.partition(":")[2] for name in phrases() if name.startswith("meaning:")],
            **pictures_of_pages(language),
            "control": words_of_control(language),
            "survey": words_of_surveillance(language),
            "draws": words_of_draws(language),
            "certificates": frozenset(CERTIFICATES),
            "private": False,
            "narrow": False,
            "station": self._station is not None,
            **_NOBODY,
        }
        return environment

    def site_name(self, language: str) -> str:
        """Return what the workspace is called, else what this is."""
        name = self._station or self._reader.name
        return phrase("brand", language) if name is None else show.name_of(name, language)

    def _rendered(self, template: str, links: Links, **values: Any) -> str:
        chosen = self._environments[links.language].get_template(template)
        return chosen.render({"links": links, "size": self._reader.size, **self._told, **values})

    def told(self, more: Mapping[str, Any]) -> "Pages":
        """Return pages that know more: who has signed in, and for whom they act."""
        other = copy(self)
        other._told = more
        return other

    def station(self, template: str, links: Links, values: Mapping[str, Any]) -> str:
        """Return a signed-in page of a station."""
        return self._rendered(template, links, **values)

    def overview(self, page: Overview, links: Links) -> str:
        """Return the first page."""
        return self._rendered("overview.html", links, page=page)

    def mark(self, page: MarkPage, links: Links, *, form: Form | None = None) -> str:
        """Return the page of a mark; it names a serial, so search engines are asked not to keep it."""
        return self._rendered("mark.html", links, page=page, form=form, private=True, narrow=True)

    def tree(self, page: Node, links: Links, *, leaf: int | None) -> str:
        """Return the tree of evidence under a record."""
        return self._rendered("tree.html", links, page=page, leaf=leaf, ends=ends(page), seen=_Seen())

    def alone(self, page: Node, links: Links, *, style: str) -> str:
        """Return a tree of evidence as one file that needs no other."""
        return self._rendered("alone.html", links, page=page, ends=ends(page), seen=_Seen(), style=style)

    def paper(self, page: Paper, links: Links, *, style: str) -> str:
        """Return a document as one file that needs no other."""
        return self._rendered("certificate-alone.html", links, paper=page, style=style)

    def certificate(self, page: CertificatePage, links: Links) -> str:
        """Return the page of a certificate: what its record says, then its document with what the checks came to."""
        language = links.language
        paper = None if page.sheet is None else certificate_paper(page.sheet, language, page.evaluations)
        blocks: tuple[Block, ...] = tuple(certificate_blocks(page.stated, language, results=paper is None))
        if paper is None:
            blocks += tuple(budget_blocks(page.evaluations, language))
        return self._rendered("certificate.html", links, page=page, paper=paper, blocks=blocks, printable=printable())

    def surveillance(self, what: str, page: Board | ObjectPage | InspectionList, links: Links, **more: str) -> str:
        """Return a page of market surveillance: the `board`, an inspected `object`, or `lists` behind numbers."""
        return self._rendered(f"surveillance/{what}.html", links, page=page, private=what == "object", **more)

    def shown(self, template: str, page: object, links: Links, **more: Any) -> str:
        """Return a page of a read model by its template, where nothing else is needed."""
        return self._rendered(template, links, page=page, **more)

    def page(self, template: str, links: Links, **told: Any) -> str:
        """Return a page out of a template with what is told of it."""
        return self._rendered(template, links, **told)

    def draws(self, page: DrawList, links: Links, *, older: str = "") -> str:
        """Return a page of the list of draws."""
        return self._rendered("draws/list.html", links, page=page, states=STATES, older=older)

    def draw(
        self, page: DrawPage, links: Links, *, given: Mapping[str, Any] | None, told: Told | None = None,
        embedded: Mapping[str, str] | None = None,
    ) -> str:  # fmt: skip
        """Return the page of a draw.

        Args:
            page: what is known of it.
            links: from here.
            given: what a replay is given; None where the list may not be seen.
            told: what an object is told that has asked.
            embedded: files of the draw in Base64, for a folder of files, out of which a browser reads none.
        """
        return self._rendered("draws/page.html", links, page=page, given=given, told=told, embedded=embedded or {})

    def record(self, page: RecordPage, links: Links) -> str:
        """Return the page of a record."""
        return self._rendered("record.html", links, page=page)

    def log(self, page: LogPage, links: Links, *, home: str = "") -> str:
        """Return a page of the log; `home` is the address under which it can be mirrored."""
        return self._rendered("log.html", links, page=page, home=home)

    def listed(self, page: RecordList, links: Links, *, newer: str, older: str) -> str:
        """Return a page of a list of records; the two lead to its neighbours, or nowhere."""
        return self._rendered("records.html", links, page=page, newer=newer, older=older)

    def things(self, page: ThingList, links: Links, *, older: str) -> str:
        """Return a page of a list of things."""
        return self._rendered("things.html", links, page=page, sorts=SORTS, older=older)

    def subject(self, page: SubjectPage, links: Links, plans: tuple[PlanLine, ...] = ()) -> str:
        """Return the page of a product, lot, instrument or item; `plans` are control plans that it serves."""
        return self._rendered(f"{_TEMPLATES[type(page)]}.html", links, page=page, plans=plans)

    def buyer(self, what: str, links: Links, **values: Any) -> str:
        """Return a page for a buyer: `check` for a typed code, `reported` for what comes of a report, `follow` to ask for it."""
        return self._rendered(f"buyer/{what}.html", links, private=True, narrow=True, **values)

    def error(self, status: int, detail: str, links: Links, *, request: str = "") -> str:
        """Return a page that says why there is none, with the number under which the journal has the request."""
        return self._rendered("error.html", links, status=status, detail=detail, request=request, private=True, narrow=True)

    def root(self) -> str:
        """Return the page of a folder of files that leads to both languages."""
        names = {"zh_name": self.site_name("zh"), "en_name": self.site_name("en")}
        return self._environments["zh"].get_template("root.html").render(names)


_TEMPLATES: Mapping[type, str] = {ProductPage: "product", LotPage: "lot", InstrumentPage: "instrument", ItemPage: "item"}


def _phrase(language: str, name: str, **filled: object) -> str:
    return phrase(name, language, **filled)


def _term(language: str, prefix: str, name: str) -> str:
    return term(prefix, name, language)
