"""What is public of complaints as files of a folder: the page in both languages, the figures as CSV and JSON."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from openqi.app.reading.complaints.public import public_page
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.complaints.files import csv_of, json_of, schema
from openqi.interfaces.web.exporting import Writing
from openqi.interfaces.web.links import SiteLinks
from openqi.interfaces.web.open_data import schema_file
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.words import LANGUAGES

P = TypeVar("P")
Both = Callable[[str, Callable[[SiteLinks], str]], Iterator[P]]


def complaint_pages(reader: Reader, pages: Pages, both: Both[P], writing: Writing) -> Iterator[P]:
    """Yield the public page in both languages, and write the figures as files; nothing where nothing is public.

    Args:
        reader: knows the log.
        pages: renders.
        both: makes a page in both languages out of its path and what renders it.
        writing: takes the files.
    """
    page = public_page(reader.as_party(None).context())
    if not page.counted and not page.upheld:
        return
    told = {"page": page, "files": False, "own_desk": False}
    yield from both("complaints.html", lambda links: pages.station("complaints/public.html", links, told))
    for language in LANGUAGES:
        writing.put(f"complaints/figures-{language}.csv", csv_of(page.counted, language))
    writing.put("complaints/figures.json", json_of(page.counted, reader.origin, reader.size))
    writing.put("complaints/figures.schema.json", schema_file(schema()))
