"""Pledges on a server: the register with its search, one firm, the written proof, programmes, and the register as files."""

from typing import Any, Final
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.reading.pledges.firms import day_asked, firm_page
from openqi.app.reading.pledges.listing import LONGEST, asked_of, register_page, row_of
from openqi.app.reading.pledges.programmes import programme_lines, programme_page
from openqi.app.reading.pledges.proofs import proof_page
from openqi.app.reading.pledges.search import Asked, PledgeSearch
from openqi.app.reading.pledges.signatures import STANDINGS
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.open_data import MEDIA, schema_route
from openqi.interfaces.web.paper.printing import pdf_of, printable
from openqi.interfaces.web.pledges.files import SCHEMA, csv_of, json_of
from openqi.interfaces.web.pledges.paper import ATTACHED, proof_paper
from openqi.interfaces.web.pledges.paper import MEDIA as PROOF_MEDIA
from openqi.interfaces.web.pledges.quality_file import quality_routes
from openqi.interfaces.web.pledges.schema import schema
from openqi.interfaces.web.seat import Seat, Seats
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.kernel.instant import format_instant

PER_FILE: Final = 500


def of_request(request: Request, what: str) -> str:
    """Return the name after `?of=`; raises FormatError where there is none."""
    name = request.query_params.get("of", "").strip()
    if not 0 < len(name) <= LONGEST:
        raise FormatError(f"name {what}: ?of=…")
    return name


class Pledges:
    """Answers for pledges.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._searches: dict[str, PledgeSearch] = {}

    def _search(self, reader: Reader) -> PledgeSearch:
        name = str(reader.ledger)
        if name not in self._searches:
            self._searches[name] = PledgeSearch(reader.ledger, reader.origin)
        return self._searches[name]

    async def register(self, request: Request) -> Response:
        """Answer with a page of the register."""
        asked, seat = asked_of(request.query_params), await self._seats(request)

        def make(at: Seat) -> str:
            page = register_page(at.reader, self._search(at.reader), asked)
            older = "" if page.hits.next is None else _again(at, "/pledges", asked, before=str(page.hits.next))
            files = {form: _again(at, f"/pledges/register.{form}", asked) for form in MEDIA}
            facets = {one: _again(at, "/pledges", asked, state=one) for one in ("", *STANDINGS)}
            programmes = programme_lines(at.reader.as_party(None).context())
            more = {"older": older, "files": files, "facets": facets, "programmes": programmes, "standings": STANDINGS}
            return at.pages.station("pledges/register.html", at.links, {"page": page, **more})

        return await seat.page(make, keep=False)

    async def file(self, request: Request) -> Response:
        """Answer with the register as a file."""
        form, asked = request.path_params["form"], asked_of(request.query_params)
        if form not in MEDIA:
            raise NotFoundError(f"the register is had as {' or '.join(MEDIA)}")
        seat = await self._seats(request)
        data = await run_in_threadpool(self._file, seat, asked, form)
        headers = {
            "cache-control": "no-cache", "content-disposition": f'attachment; filename="pledges.{form}"',
            "access-control-allow-origin": "*",
        } | ({"content-language": seat.links.language} if form == "csv" else {})  # fmt: skip
        return Response(data, media_type=MEDIA[form], headers=headers)

    def _file(self, seat: Seat, asked: Asked, form: str) -> bytes:
        page = register_page(seat.reader, self._search(seat.reader), asked, limit=PER_FILE)
        context = seat.reader.as_party(None).context()
        rows = [row_of(context, one) for one in page.lines]
        return json_of(rows, page.hits, seat.reader.origin) if form == "json" else b"".join(csv_of(rows, seat.links.language))

    async def firm(self, request: Request) -> Response:
        """Answer with the pledges of a firm on a day."""
        firm, on = of_request(request, "a firm by its URI"), day_asked(request.query_params.get("on", ""))
        seat = await self._seats(request)
        return await seat.page(lambda at: firm_html(at.reader, at, firm, on), keep=False)

    async def proof(self, request: Request) -> Response:
        """Answer with a written proof."""
        name, seat = of_request(request, "a written proof by its record, URI or number"), await self._seats(request)
        return await seat.page(lambda at: proof_html(at.reader, at, name), keep=False)

    async def proof_file(self, request: Request) -> Response:
        """Answer with a written proof as PDF/A with its record attached, or with the record alone."""
        name, form = of_request(request, "a written proof by its record, URI or number"), request.path_params["form"]
        if form not in ("pdf", "jws"):
            raise NotFoundError("a written proof is had as pdf or jws")
        seat = await self._seats(request)
        page = await run_in_threadpool(lambda: proof_page(seat.reader.context(), name, now=format_instant(seat.reader.now())))
        file = f"proof-{page.seen.id[:12]}"
        if form == "jws":
            headers = {"content-disposition": f'attachment; filename="{file}.jws"', "cache-control": "no-store"}
            return Response(page.jws, media_type=PROOF_MEDIA, headers=headers)
        data = await run_in_threadpool(
            lambda: pdf_of(proof_paper(page, seat.links.language), page.jws, name=ATTACHED, media=PROOF_MEDIA)
        )
        headers = {"content-disposition": f'attachment; filename="{file}-{seat.links.language}.pdf"', "cache-control": "no-store"}
        return Response(data, media_type="application/pdf", headers=headers)

    async def programme(self, request: Request) -> Response:
        """Answer with a programme that follows model firms up."""
        uri, seat = of_request(request, "a programme by its URI"), await self._seats(request)
        return await seat.page(lambda at: programme_html(at.reader, at, uri), keep=False)


def firm_html(reader: Reader, at: Any, firm: str, on: Any = None) -> str:
    """Return the page of the pledges of a firm; `at` has pages and links."""
    page = firm_page(reader.context(), firm, now=format_instant(reader.now()), on=on)
    return str(at.pages.station("pledges/firm.html", at.links, {"page": page}))


def proof_html(reader: Reader, at: Any, name: str) -> str:
    """Return the page of a written proof; `at` has pages and links."""
    page = proof_page(reader.context(), name, now=format_instant(reader.now()))
    return str(at.pages.station("pledges/proof.html", at.links, {"page": page, "printable": printable() and not at.links.static}))


def programme_html(reader: Reader, at: Any, uri: str) -> str:
    """Return the page of a programme; `at` has pages and links."""
    return str(at.pages.station("pledges/programme.html", at.links, {"page": programme_page(reader.context(), uri)}))


def _again(at: Seat, path: str, asked: Asked, **changed: str) -> str:
    """The address that asks the same again, but for what is changed."""
    told = {"q": asked.query, "pledge": asked.pledge, "state": asked.standing or "", **changed}
    kept = [("lang", at.links.language)] if at.links.kept or path.endswith(".csv") else []
    query = urlencode([*((name, value) for name, value in told.items() if value), *kept], quote_via=quote)
    return f"{path}?{query}" if query else path


def routes(seats: Seats) -> list[Route]:
    """Return the routes of pledges."""
    pages = Pledges(seats)
    return [
        Route("/pledges", pages.register, methods=["GET"]),
        schema_route(SCHEMA, schema),
        Route("/pledges/register.{form}", pages.file, methods=["GET"]),
        Route("/pledge", pages.firm, methods=["GET"]),
        Route("/pledge-proof", pages.proof, methods=["GET"]),
        Route("/pledge-proof.{form}", pages.proof_file, methods=["GET"]),
        Route("/pledge-programme", pages.programme, methods=["GET"]),
        *quality_routes(seats),
    ]
