"""The pages of pledges as files: the register, a page a firm, a written proof, a programme; the register as CSV and JSON."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from openqi.app.reading.pledges.listing import RegisterPage, row_of
from openqi.app.reading.pledges.programmes import programme_lines, programme_page
from openqi.app.reading.pledges.proofs import proof_page
from openqi.app.reading.pledges.search import Asked, Hits
from openqi.app.reading.pledges.signatures import STANDINGS, SignatureTold, signature_told
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.exporting import Writing
from openqi.interfaces.web.links import SiteLinks, slug
from openqi.interfaces.web.open_data import schema_file
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.pledges.files import csv_of, json_of
from openqi.interfaces.web.pledges.schema import schema
from openqi.interfaces.web.pledges.served import firm_html, programme_html, proof_html
from openqi.interfaces.web.words import LANGUAGES
from openqi.kernel.errors import NotFoundError, RefusedError
from openqi.kernel.instant import format_instant
from openqi.records.pledges import PledgeSigned

MOST: Final = 2_000
"""Signatures that a folder shows, the newest; beyond that a folder of files is the wrong form. The files have no more either."""
P = TypeVar("P")
Both = Callable[[str, Callable[[SiteLinks], str]], Iterator[P]]


@dataclass(frozen=True, kw_only=True)
class _At:
    """Where a page is made: what `Seat` is on a server."""

    pages: Pages
    links: SiteLinks


def pledge_pages(reader: Reader, pages: Pages, both: Both[P], writing: Writing) -> Iterator[P]:
    """Yield the pages of pledges in both languages, and write the register as files; nothing where nobody has signed.

    Args:
        reader: knows the log.
        pages: renders.
        both: makes a page in both languages out of its path and what renders it.
        writing: takes the files.
    """
    lines = _lines(reader)
    programmes = programme_lines(reader.context())
    if not lines and not programmes:
        return
    hits = Hits(
        signed=tuple(one.signed.id for one in lines), count=len(lines), next=None, size=reader.size,
        standings={one: sum(line.standing == one for line in lines) for one in STANDINGS},
    )  # fmt: skip
    page = RegisterPage(asked=Asked(), hits=hits, lines=lines, pledges=())
    told = {"page": page, "older": "", "files": {}, "facets": {}, "programmes": programmes, "standings": STANDINGS}
    yield from both("pledges.html", lambda links: pages.station("pledges/register.html", links, told))
    rows = [row_of(reader.context(), one) for one in lines]
    for language in LANGUAGES:
        writing.put(f"pledges/register.{language}.csv", b"".join(csv_of(rows, language)))
    writing.put("pledges/register.json", json_of(rows, hits, reader.origin))
    writing.put("pledges/register.schema.json", schema_file(schema()))
    for firm in dict.fromkeys(one.said.firm for one in lines):
        yield from both(f"pledge/{slug(firm)}.html", partial(_page, firm_html, reader, pages, firm))
    for proof in dict.fromkeys(each.record for one in lines for each in one.proofs):
        writing.put(f"pledge-proof/{proof}.jws", proof_page(reader.context(), proof, now=format_instant(reader.now())).jws)
        yield from both(f"pledge-proof/{slug(proof)}.html", partial(_page, proof_html, reader, pages, proof))
    had = {one.said.firm for one in lines}
    for line in programmes:
        uri = line.said.programme
        yield from both(f"pledge-programme/{slug(uri)}.html", partial(_page, programme_html, reader, pages, uri))
        yield from _only_followed(reader, pages, both, uri, had)


def _only_followed(reader: Reader, pages: Pages, both: Both[P], uri: str, had: set[str]) -> Iterator[P]:
    """Pages of firms that a programme leads to and the register has none of."""
    for one in programme_page(reader.context(), uri).firms:
        if one.reviewed.firm not in had:
            had.add(one.reviewed.firm)
            yield from both(f"pledge/{slug(one.reviewed.firm)}.html", partial(_page, firm_html, reader, pages, one.reviewed.firm))


def _page(make: Callable[[Reader, Any, str], str], reader: Reader, pages: Pages, name: str, links: SiteLinks) -> str:
    return make(reader, _At(pages=pages, links=links), name)


def _lines(reader: Reader) -> tuple[SignatureTold, ...]:
    context, now, found = reader.context(), format_instant(reader.now()), []
    for placed in reversed(context.listed(PledgeSigned.KIND)[-MOST:]):
        try:
            found.append(signature_told(context, placed.id, now=now))
        except (NotFoundError, RefusedError):  # a foreign signature, or one that nobody decided
            continue
    return tuple(found)
