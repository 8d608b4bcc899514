"""One mark as one HTML file: what was known at a size of the log, with its proof inside, which the reader's browser checks."""

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.reading.marks import MarkPage
from openqi.app.reading.reader import Reader
from openqi.formats.digital_link import parse_digital_link
from openqi.interfaces.web.no_links import NoLinks
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.seat import Seats
from openqi.interfaces.web.subjects import LONGEST
from openqi.kernel.errors import NotFoundError, RefusedError

MAX_PROOF: Final = 8 * 1024 * 1024
"""Bytes of a proof that goes into a page; a telephone reads a file of some megabytes."""
_SCRIPTS: Final = ("draw-numbers.js", "draw-proof.js", "mark-proof.js")
_STYLE: Final = "style.css"


def mark_file(reader: Reader, pages: Pages, mark: str, language: str) -> bytes:
    """Return a mark as one HTML file with its dossier in it.

    Args:
        reader: knows the log.
        pages: render it.
        mark: the mark as it stands on the product.
        language: `zh` or `en`.

    Raises:
        FormatError: no mark.
        NotFoundError: the log has not issued it.
    """
    page = reader.mark_page(mark, scanned=False)
    if page.issued is None:
        raise NotFoundError("the log has not issued this mark, so there is nothing to save of it")
    folder = files("openqi.interfaces.web") / "static"
    script = "\n".join((folder / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    style = (folder / _STYLE).read_text(encoding="utf-8")
    proof = _proof(reader, page)
    html = pages.buyer(
        "alone", NoLinks(language=language), page=page, today=reader.today(), style=style, script=script, policy=escape(policy),
        proof=None if proof is None else b64encode(proof).decode(), form=None,
    )  # fmt: skip
    return html.encode()


def _proof(reader: Reader, page: MarkPage) -> bytes | None:
    """The dossier of the mark; None where it is not public, has no trust policy, or is too large for a page."""
    if page.issued is None or not page.issued.shown:
        return None
    try:
        found = reader.dossier(page.issued.seen.id, page.issued.leaf)
    except (NotFoundError, RefusedError):
        return None
    return found if len(found) <= MAX_PROOF else None


def routes(seats: Seats) -> list[Route]:
    """Return where a mark is had as a file."""

    async def offline(request: Request) -> Response:
        seat = await seats(request)
        mark = request.query_params.get("uri", "").strip()[:LONGEST]
        serial = parse_digital_link(mark).serial
        html = await run_in_threadpool(mark_file, seat.reader, seat.pages, mark, seat.links.language)
        named = f'attachment; filename="mark-{serial}.html"'
        return Response(html, media_type="text/html", headers={"content-disposition": named, "cache-control": "no-store"})

    return [Route("/mark/offline", offline, methods=["GET"])]
