"""What is kept of a scan, on one page, and the choice of whoever scans: a town, a device that is told apart, or nothing."""

import os
from base64 import urlsafe_b64encode
from typing import Final
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from openqi.app.scans.keeping import DEVICE_COOKIE, PLACE_COOKIE, cookies_in
from openqi.interfaces.web.kept_scans import Kept
from openqi.interfaces.web.reporting import same_origin
from openqi.interfaces.web.seat import Seat, Seats
from openqi.kernel.errors import FormatError, NotFoundError

PATH: Final = "/marks/scans"
_AGE: Final = 31 * 86_400
"""Seconds that a browser keeps the choice: no longer than the salt of a month, so that it is made anew."""
_MOST: Final = 2_000


class Choosing:
    """Answers for the page.

    Args:
        seats: as whom a request looks.
        kept: where scans are kept; None where only counts are.
    """

    def __init__(self, seats: Seats, kept: Kept | None) -> None:
        self._seats, self._kept = seats, kept

    async def show(self, request: Request) -> Response:
        """Answer with the page."""
        names = () if self._kept is None else self._kept.keeping.names
        days = 0 if self._kept is None else self._kept.keeping.days
        device, place = _chosen(request)
        done = request.query_params.get("done", "")

        def make(seat: Seat) -> str:
            return seat.pages.buyer(
                "scans",
                seat.links,
                names=names,
                days=days,
                place=place,
                device=bool(device),
                done=done if done in ("kept", "forgotten") else "",
            )

        return await (await self._seats(request)).page(make, keep=False)

    async def choose(self, request: Request) -> Response:
        """Take a choice, or forget what this device has brought in this month."""
        if self._kept is None:
            raise NotFoundError("no scans are kept here, only counts by day")
        if not same_origin(request):
            raise FormatError("the form was sent from another site; open it here and send it again")
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST:
                raise FormatError("the form is too large")
        sent = dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20))
        done = "forgotten" if "forget" in sent else "kept"
        links = (await self._seats(request)).links
        answer = RedirectResponse(f"{PATH}?done={done}" + (f"&lang={links.language}" if links.kept else ""), status_code=303)
        answer.headers["cache-control"] = "no-store"
        device, _ = _chosen(request)
        if "forget" in sent:
            if device:
                self._kept.keeping.forget_device(device)
            self._set(request, answer, DEVICE_COOKIE, "")
            self._set(request, answer, PLACE_COOKIE, "")
            return answer
        place = sent.get("place", "")
        if place and place not in self._kept.keeping.names:
            raise FormatError("choose one of the places of the list")
        self._set(request, answer, PLACE_COOKIE, quote(place, safe=""))
        allowed = sent.get("device") == "yes"
        fresh = device.decode("ascii", "replace") if device else urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
        self._set(request, answer, DEVICE_COOKIE, fresh if allowed else "")
        return answer

    @staticmethod
    def _set(request: Request, answer: Response, name: bytes, value: str) -> None:
        secure = request.url.scheme == "https"
        if value:
            answer.set_cookie(name.decode(), value, max_age=_AGE, path="/", httponly=True, samesite="lax", secure=secure)
        else:
            answer.delete_cookie(name.decode(), path="/", httponly=True, samesite="lax", secure=secure)


def _chosen(request: Request) -> tuple[bytes, str]:
    device, place = cookies_in(request.headers.get("cookie", "").encode("latin-1"))
    return device, place.decode("utf-8", "replace")


def routes(seats: Seats, kept: Kept | None) -> list[Route]:
    """Return the routes of the page."""
    pages = Choosing(seats, kept)
    return [Route(PATH, pages.show, methods=["GET"]), Route(PATH, pages.choose, methods=["POST"])]
