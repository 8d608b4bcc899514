"""The page on which a code is typed: it leads to the page of the mark, or says which sign to look at again. It repairs nothing."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openqi.app.reading.reader import Reader
from openqi.formats.typed_code import LONGEST, Typed, typed_code
from openqi.interfaces.web.seat import Seat, Seats
from openqi.kernel.errors import FormatError

POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""One own script reads a code out of a picture that somebody takes, where their browser knows how; it sends nothing."""
_REMEMBERED: Final = 1_000
_TRIED: Final = 50


@dataclass
class Goods:
    """GTINs of marks that were found here lately, in memory: whoever types a serial alone need not know the GTIN.

    Only a mark that the log has issued makes its GTIN known, so that nobody can put others there.
    """

    _known: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, gtin: str) -> None:
        """Remember a GTIN."""
        with self._lock:
            self._known.pop(gtin, None)
            self._known[gtin] = None
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def lately(self) -> tuple[str, ...]:
        """Return some of them, the latest first."""
        with self._lock:
            return tuple(list(reversed(self._known))[:_TRIED])


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What came of a typed code: the path of the mark, or what to look at again."""

    path: str = ""
    hint: str = ""


def looked_up(reader: Reader, typed: Typed, goods: Goods) -> Looked:
    """Return where the mark is that was typed; nothing is counted as a scan."""
    if typed.host and typed.host not in {urlsplit(base).netloc for base in reader.bases} and typed.serials:
        return Looked(hint="other-host")
    for gtin in (typed.gtin,) if typed.gtin else goods.lately() if typed.hint in ("no-gtin", "confused", "short") else ():
        for serial in typed.serials:
            for base in reader.bases:
                path = f"/01/{gtin}/21/{serial}"
                try:
                    found = reader.mark_page(base + path, scanned=False)
                except FormatError:  # . and .. are serials of nobody
                    continue
                if found.issued is not None:
                    return Looked(path=path)
    return Looked(hint=typed.hint or "not-issued")


def routes(seats: Seats, goods: Goods) -> list[Route]:
    """Return the page of a typed code."""

    async def check(request: Request) -> Response:
        seat, asked = await seats(request), request.query_params
        code, gtin = asked.get("code", "")[:LONGEST], asked.get("gtin", "")[:80]
        looked = Looked()
        if code.strip() or gtin.strip():
            typed = typed_code(code, gtin)
            looked = await run_in_threadpool(looked_up, seat.reader, typed, goods)
            if looked.path:
                more = f"?lang={seat.links.language}" if seat.links.kept else ""
                return RedirectResponse(looked.path + more, status_code=303, headers={"cache-control": "no-store"})

        def make(seat: Seat) -> str:
            return seat.pages.buyer("check", seat.links, code=code, gtin=gtin, hint=looked.hint, bases=seat.reader.bases)

        page = await seat.page(make, status=404 if looked.hint == "not-issued" else 200, keep=False)
        page.headers["content-security-policy"] = POLICY
        return page

    return [Route("/check", check, methods=["GET"])]
