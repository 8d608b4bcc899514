"""The page on which people remark about a record or subject: comments, attachments, erasing."""

from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.people.visitor import Visitor
from openqi.app.station.station import Station
from openqi.app.work.remarks.contents import ALLOWED, handing_out
from openqi.app.work.remarks.remarks import LONGEST
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.words import phrase, term
from openqi.kernel.errors import FormatError, NotFoundError, RefusedError

_ABOUT: Final = 2_000
_TOLD: Final = frozenset({"attachment-type", "attachment-size", "attachments-few"})


class TalkPage:
    """Remarks.

    Args:
        frame: makes pages.
        station: knows them.
    """

    def __init__(self, frame: Frame, station: Station) -> None:
        self._frame, self._station = frame, station

    async def show(self, visit: Visit, *, status: int = 200, refusal: str = "", text: str = "", about: str = "") -> Response:
        """Return the page of one record or subject."""
        about = about or visit.request.query_params.get("about", "")[:_ABOUT]
        found = await run_in_threadpool(self._station.remarks.of, _visitor(visit), about)
        values: dict[str, Any] = {"about": about, "remarks": found, "refusal": refusal, "text": text}
        values |= await run_in_threadpool(self._subject, visit, about)
        values |= {"accept": ",".join(f".{ending}" for ending in ALLOWED), "longest": LONGEST}
        return await self._frame.page(visit, "talk.html", status=status, **values)

    def _subject(self, visit: Visit, about: str) -> dict[str, Any]:
        record = len(about) == 64 and ":" not in about
        kind = self._station.ledger.store.logged(about).record.kind if record else ""
        return {"record": record, "title": term("kind", kind, visit.language) if record else about}

    async def change(self, visit: Visit) -> Response:
        """Keep or erase a remark."""
        most = self._station.settings.limits.upload + 100_000
        form = await self._frame.sent(visit, most=most, files=1)
        about = str(form.get("about", ""))[:_ABOUT]
        try:
            about = await self._changed(_visitor(visit), form, about)
        except (RefusedError, FormatError) as error:
            text = str(form.get("text", ""))[:LONGEST]
            return await self.show(visit, status=400, refusal=_told(error, visit.language), text=text, about=about)
        finally:
            await form.close()
        return self._frame.to(visit, f"/talk?about={quote(about, safe='')}")

    async def _changed(self, visitor: Visitor, form: FormData, about: str) -> str:
        remarks, shared = self._station.remarks, form.get("shared") == "yes"
        match form.get("what"):
            case "comment":
                text = str(form.get("text", ""))
                await run_in_threadpool(lambda: remarks.comment(visitor, about, text, shared=shared))
            case "attach":
                file = form.get("file")
                if not isinstance(file, UploadFile):
                    raise FormatError("choose a file first")
                content, name = await file.read(), file.filename or ""
                await run_in_threadpool(lambda: remarks.attach(visitor, about, name, content, shared=shared))
            case "erase":
                return await run_in_threadpool(remarks.erase, visitor, str(form.get("name", ""))[:80])
            case _:
                raise NotFoundError("say what is to be done; open the page again")
        return about

    async def content(self, visit: Visit) -> Response:
        """Return an attachment: always to be kept as a file, never to be shown or run by the browser."""
        found = await run_in_threadpool(self._station.remarks.content, _visitor(visit), visit.request.path_params["name"])
        name, media, content = found
        return Response(content, media_type=media, headers=handing_out(name))


def _told(error: RefusedError | FormatError, language: str) -> str:
    known = isinstance(error, RefusedError) and error.rule in _TOLD
    return phrase(f"talk-refused-{error.rule}", language) if known and isinstance(error, RefusedError) else str(error)


def _visitor(visit: Visit) -> Visitor:
    visit.hat_worn()
    assert visit.visitor is not None  # who wears a hat has signed in
    return visit.visitor


def routes(frame: Frame, station: Station) -> list[Route]:
    """Return the routes of remarks."""
    page = TalkPage(frame, station)
    return [
        Route("/talk", frame.signed_in(page.show), methods=["GET"]),
        Route("/talk", frame.signed_in(page.change), methods=["POST"]),
        Route("/attachment/{name}", frame.signed_in(page.content), methods=["GET"]),
    ]
