"""The form with which somebody reports a problem: where it may come from, how often, how long, and what becomes of it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from openqi.app.cases import MATTERS, MAX_TEXT, Intake
from openqi.app.reading.reader import Reader
from openqi.interfaces.web.limits import RateLimit
from openqi.interfaces.web.links import ServerLinks
from openqi.interfaces.web.pages import Form, Pages
from openqi.kernel.errors import FormatError

# A character takes up to four bytes, each written as %XX.
MAX_BODY: Final = MAX_TEXT * 12 + 4_000
_FIELDS: Final = ("token", "mark", "matter", "text")


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """Takes reports in from the page of a mark.

    Args:
        intake: keeps and seals them.
        limit: how often somebody may send one.
    """

    intake: Intake
    limit: RateLimit

    def form(self, links: ServerLinks) -> Form:
        """Return an empty form; its token makes it one of its kind."""
        action = f"/report?lang={links.language}" if links.kept else "/report"
        return Form(action=action, token=self.intake.token(), matters=tuple(MATTERS))

    async def take(self, request: Request, links: ServerLinks, reader: Reader, pages: Pages) -> Response:
        """Return the answer to a form that was sent: the way to its number, or the form again with what was wrong."""
        if not same_origin(request):
            return _page(pages.error(403, "", links), 403)
        sent = await _fields(request)
        if sent is None:
            return _page(pages.error(413, "", links), 413)
        if not self.limit.allows(request.client.host if request.client else ""):
            return _page(pages.error(429, "", links), 429)
        # A browser sends each line break as two characters, and counts it as one.
        text = sent["text"].replace("\r\n", "\n")
        page = await run_in_threadpool(reader.mark_page, sent["mark"], scanned=False)
        if page.issued is None:
            return _page(pages.mark(page, links), 404)
        try:
            receipt = await run_in_threadpool(self.intake.receive, sent["token"], sent["mark"], sent["matter"], text)
        except FormatError:
            form = Form(
                action=self.form(links).action,
                token=sent["token"] if len(sent["token"]) == 32 else self.intake.token(),
                matters=tuple(MATTERS),
                matter=sent["matter"],
                text=text[:MAX_TEXT],
                problem="error-form",
                open=True,
            )
            return _page(pages.mark(page, links, form=form), 400)
        more = f"?lang={links.language}" if links.kept else ""
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


async def _fields(request: Request) -> dict[str, str] | None:
    """The fields of a form of bounded size; None where it is larger, or no form."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=10, encoding="utf-8", errors="strict")
    except ValueError:  # of which UnicodeDecodeError is one
        return None
    found = dict(pairs)
    return {name: found.get(name, "") for name in _FIELDS}
