"""Complaints on a server: public figures and upheld ones, a firm's nonconformities, the desk, one complaint for its parties."""

from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.acts.acts import act_of
from openqi.app.reading.complaints.desk import Shown, desk, words_beside
from openqi.app.reading.complaints.one import ComplaintPage, complaint_page
from openqi.app.reading.complaints.public import counted, firm_page, public_page
from openqi.app.triage import model_at
from openqi.interfaces.web.complaints.files import SCHEMA, csv_of, json_of, schema
from openqi.interfaces.web.open_data import MEDIA, schema_route
from openqi.interfaces.web.seat import Seat, Seats
from openqi.interfaces.web.words import term
from openqi.kernel.errors import NotFoundError
from openqi.science.triage.model import Model

MODEL: Final = "triage-model.json"
"""In the folder of the ledger: a model of matters, made by `openqi complaint triage fit`. Without it only hazards are suggested."""


class Models:
    """Holds the model of a ledger until its file changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[Path, tuple[int, Model]] = {}

    def at(self, ledger: Path) -> Model | None:
        """Return the model beside a ledger; None where there is none.

        Raises:
            FormatError: the file is none.
        """
        path = ledger / MODEL
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        with self._lock:
            if self._held.get(path, (0, None))[0] != changed:
                self._held[path] = (changed, model_at(path)[0])
            return self._held[path][1]


class Complaints:
    """Answers for complaints.

    Args:
        seats: as whom a request looks.
    """

    def __init__(self, seats: Seats) -> None:
        self._seats, self._models = seats, Models()

    async def public(self, request: Request) -> Response:
        """Answer with what is public."""
        seat = await self._seats(request)

        def make(at: Seat) -> str:
            page = public_page(at.reader.as_party(None).context())
            return at.pages.station("complaints/public.html", at.links, {"page": page, "files": True, "own_desk": at.private})

        return await seat.page(make)

    async def firm(self, request: Request) -> Response:
        """Answer with the nonconformities of a firm that are public."""
        firm, seat = request.query_params.get("of", "").strip(), await self._seats(request)

        def make(at: Seat) -> str:
            page = firm_page(at.reader.as_party(None).context(), firm)
            return at.pages.station("complaints/firm.html", at.links, {"page": page})

        return await seat.page(make)

    async def file(self, request: Request) -> Response:
        """Answer with the public figures as a file."""
        form, seat = request.path_params["form"], await self._seats(request)
        if form not in MEDIA:
            raise NotFoundError(f"figures are had as {' or '.join(MEDIA)}")
        context = seat.reader.as_party(None).context()
        found = await run_in_threadpool(counted, context)
        data = json_of(found, context.store.origin, context.size) if form == "json" else csv_of(found, seat.links.language)
        headers = {
            "cache-control": "no-cache", "content-disposition": f'attachment; filename="complaints.{form}"',
            "access-control-allow-origin": "*",
        } | ({"content-language": seat.links.language} if form == "csv" else {})  # fmt: skip
        return Response(data, media_type=MEDIA[form], headers=headers)

    async def desk(self, request: Request) -> Response:
        """Answer with the desk of the authority or firm that asks."""
        shown: Shown = "ended" if request.query_params.get("show") == "ended" else "open"
        seat = await self._seats(request)

        def make(at: Seat) -> str:
            with words_beside(at.reader.ledger) as words:
                page = desk(at.reader.context(), words, shown)
            return at.pages.station("complaints/desk.html", at.links, {"page": page, "private": True, "ended": ended(at)})

        return await seat.page(make, keep=False)

    async def one(self, request: Request) -> Response:
        """Answer with one complaint, to its parties."""
        number, seat = request.path_params["number"], await self._seats(request)

        def make(at: Seat) -> str:
            with words_beside(at.reader.ledger) as words:
                page = complaint_page(at.reader.context(), number, words, self._models.at(at.reader.ledger))
            told: dict[str, Any] = {"page": page, "private": True, "nexts": forms(page, at)}
            told["answer"] = address(at, "/complaints/answer", ("number", page.line.number))
            told["firm"] = address(at, "/complaints/firm", ("of", str(page.line.row["firm"])))
            return at.pages.station("complaints/one.html", at.links, told)

        return await seat.page(make, keep=False)


def forms(page: ComplaintPage, at: Seat) -> list[dict[str, str]]:
    """Return what may come next: what is done, and the form of the act, filled in with what is known."""
    return [
        {"label": term("act", one.act, at.links.language), "form": address(at, f"/do/{act_of(one.act).slug}", *one.given)}
        for one in page.nexts
    ]


def ended(at: Seat) -> str:
    """Return the address of what has ended on a desk."""
    return address(at, "/complaints/desk", ("show", "ended"))


def address(at: Seat, path: str, *asked: tuple[str, str]) -> str:
    """Return an address with what is asked of it, in the language that was chosen."""
    return f"{path}?{urlencode([*asked, *([('lang', at.links.language)] if at.links.kept else [])])}"


def routes(seats: Seats) -> list[Route]:
    """Return the routes of complaints."""
    pages = Complaints(seats)
    return [
        Route("/complaints", pages.public, methods=["GET"]),
        Route("/complaints/firm", pages.firm, methods=["GET"]),
        Route("/complaints/desk", pages.desk, methods=["GET"]),
        schema_route(SCHEMA, schema),
        Route("/complaints/figures.{form}", pages.file, methods=["GET"]),
        Route("/complaints/one/{number}", pages.one, methods=["GET"]),
    ]
