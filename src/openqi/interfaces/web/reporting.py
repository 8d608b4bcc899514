"""The form with which somebody reports a problem: where it may come from, how often, how large, and what becomes of it."""

import asyncio
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from openqi.app.cases import MATTERS, MAX_TEXT, Intake, Receipt
from openqi.app.reading.reader import Reader
from openqi.formats.photos.bounds import MAX_BYTES, PhotoError
from openqi.formats.photos.photo import Photo, bare_photo
from openqi.interfaces.web.limits import RateLimit
from openqi.interfaces.web.links import ServerLinks
from openqi.interfaces.web.pages import Form, Pages
from openqi.interfaces.web.strict_forms import TooLargeError, form_sent
from openqi.interfaces.web.words import phrase
from openqi.kernel.errors import FormatError

# A character takes up to four bytes, each written as %XX.
MAX_BODY: Final = MAX_TEXT * 12 + 4_000
_FIELDS: Final = ("token", "mark", "matter", "text")
_FORMS: Final = {"application/x-www-form-urlencoded": MAX_BODY, "multipart/form-data": MAX_BODY + MAX_BYTES}
_AT_ONCE: Final = 4
"""Photos that are held in memory and looked at together."""
_ENDS: Final = {"cache-control": "no-store", "connection": "close"}


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """Takes reports in from the page of a mark.

    Args:
        intake: keeps and seals them.
        limit: how often somebody may send one.
    """

    intake: Intake
    limit: RateLimit
    _photos: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def form(self, links: ServerLinks) -> Form:
        """Return an empty form; its token makes it one of its kind."""
        action = f"/report?lang={links.language}" if links.kept else "/report"
        return Form(action=action, token=self.intake.token(), matters=tuple(MATTERS))

    async def take(self, request: Request, links: ServerLinks, reader: Reader, pages: Pages) -> Response:
        """Return the answer to a form that was sent: the way to its number, or the form again with what was wrong."""
        if not same_origin(request):
            return _page(pages.error(403, "", links), 403)
        # Before anything of it is read: a flood costs no more than saying no. No page is made for it either.
        if not self.limit.allows(address := request.client.host if request.client else ""):
            told = f"{phrase('error-429', 'zh')}\n{phrase('error-429', 'en')}\n"
            return PlainTextResponse(told, 429, {**_ENDS, "retry-after": "600"})
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media not in _FORMS:
            return _page(pages.error(413, "", links), 413)
        try:
            form = await form_sent(request, files=1, most=MAX_BODY, whole=_FORMS[media])
        except TooLargeError:
            return _page(pages.error(413, "", links), 413)
        # In memory alone, and there salted: what tells a telephone apart from others for a day.
        sender = f"{address}\0{request.headers.get('user-agent', '')[:300]}"
        try:
            return await self._taken(form, sender, links, reader, pages)
        finally:
            await form.close()

    async def _taken(self, form: FormData, sender: str, links: ServerLinks, reader: Reader, pages: Pages) -> Response:
        sent = {name: value if isinstance(value := form.get(name, ""), str) else "" for name in _FIELDS}
        # A browser sends each line break as two characters, and counts it as one.
        text = sent["text"].replace("\r\n", "\n")
        page = await run_in_threadpool(reader.mark_page, sent["mark"], scanned=False)
        if page.issued is None:
            return _page(pages.mark(page, links), 404)
        problem = "error-form"
        try:
            async with self._photos:
                receipt = await self._received(form.get("photo"), sent, text, sender)
        except PhotoError as error:
            problem = f"photo-{error.why}"
        except FormatError:
            pass
        else:
            return _sent_on(receipt, links)
        again = Form(
            action=self.form(links).action,
            token=sent["token"] if len(sent["token"]) == 32 else self.intake.token(),
            matters=tuple(MATTERS),
            matter=sent["matter"],
            text=text[:MAX_TEXT],
            problem=problem,
            open=True,
        )
        return _page(pages.mark(page, links, form=again), 400)

    async def _received(self, given: object, sent: dict[str, str], text: str, sender: str) -> Receipt:
        photo = await _photo(given)
        receive = self.intake.receive
        return await run_in_threadpool(receive, sent["token"], sent["mark"], sent["matter"], text, photo, sender=sender)


async def _photo(given: object) -> Photo | None:
    """The photo of a form, stripped; None where none was chosen."""
    if not isinstance(given, UploadFile):
        return None
    data = await given.read(MAX_BYTES + 1)
    return await run_in_threadpool(bare_photo, data) if data or given.filename else None


def _sent_on(receipt: Receipt, links: ServerLinks) -> Response:
    asked = [f"lang={links.language}"] if links.kept else []
    asked += ["joined=1"] if receipt.joined else []
    more = f"?{'&'.join(asked)}" if asked else ""
    return RedirectResponse(f"/reported/{receipt.number}{more}", status_code=303, headers={"cache-control": "no-store"})


def _page(html: str, status: int) -> Response:
    return Response(html, status_code=status, media_type="text/html", headers={"cache-control": "no-store"})


def same_origin(request: Request) -> bool:
    """Return whether a form was sent from a page of this server: browsers say so, and a page elsewhere cannot make them lie.

    Source: RFC 6454 section 7; W3C Fetch Metadata, `Sec-Fetch-Site`.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host", "")
