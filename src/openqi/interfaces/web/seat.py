"""From where somebody looks at the log: as which reader, in which frame, in which language."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from openqi.app.reading.reader import Reader
from openqi.interfaces.web.links import ServerLinks
from openqi.interfaces.web.pages import Pages
from openqi.interfaces.web.words import LANGUAGES, preferred


@dataclass(frozen=True, kw_only=True)
class Seat:
    """What pages are made with for one request. `private` says that they are for one reader alone, so that nobody keeps them."""

    reader: Reader
    pages: Pages
    links: ServerLinks
    private: bool = False

    async def page(self, make: Callable[["Seat"], str], *, status: int = 200, keep: bool = True) -> Response:
        """Return the answer with a page that is made in a thread beside the event loop."""
        html = await run_in_threadpool(make, self)
        headers = {"vary": "accept, accept-language", "content-language": "zh-CN" if self.links.language == "zh" else "en"}
        if self.private:
            headers["vary"] += ", cookie"
        headers["cache-control"] = "no-cache" if keep and not self.private else "no-store"
        return Response(html, status_code=status, media_type="text/html", headers=headers)


Seats = Callable[[Request], Awaitable[Seat]]


def links_of(request: Request, *, marks: bool = True) -> ServerLinks:
    """Return the links of a request, in the language that it chose with `?lang=`, else in the one that its browser prefers."""
    chosen = request.query_params.get("lang", "")
    kept = chosen in LANGUAGES
    language = chosen if kept else preferred(request.headers.get("accept-language", ""))
    query = tuple(request.query_params.multi_items())
    home = str(request.base_url).rstrip("/")
    return ServerLinks(language=language, kept=kept, here=request.url.path, query=query, marks=marks, home=home)


def anybody(reader: Reader, pages: Pages) -> Seats:
    """Return the seat of whoever asks a server without a station: all see the same.

    Args:
        reader: the server's.
        pages: made with `reader.steady()`: whether the log has grown is asked once a request, here.
    """
    steady = reader.steady()

    async def seat(request: Request) -> Seat:
        await run_in_threadpool(reader.refresh)
        return Seat(reader=steady, pages=pages, links=links_of(request, marks=bool(reader.bases)))

    return seat
