"""The pages of many acts at once, and of signing with a key elsewhere."""

import csv
import io
import json
from collections import Counter
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from openqi.app.acts.acts import Act, act_of
from openqi.app.acts.audience import audience_of
from openqi.app.acts.sealing.desk import WritingDesk
from openqi.app.acts.sealing.imports import MOST, Import, RowOutcome, importable, table_fields
from openqi.app.acts.sealing.outcomes import refusal_of
from openqi.app.acts.sealing.tickets import SIGNED, Ticket
from openqi.app.acts.uploads import Upload, readable_tables
from openqi.interfaces.web.station.act_forms import ZONES, at, visitor_of, zone_choices
from openqi.interfaces.web.station.act_words import act_label, columns_of, problem_text, refusal_text
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.kernel.errors import ConflictError, FormatError, NotFoundError, RefusedError

BATCH: Final = 50
"""Rows that one press of the button seals, so that no page takes long."""
_TOLD: Final = (FormatError, RefusedError, ConflictError)


class TablePages:
    """The pages of tables and tickets.

    Args:
        frame: makes pages.
        writing: what is written with.
    """

    def __init__(self, frame: Frame, writing: WritingDesk) -> None:
        self._frame, self._writing = frame, writing

    def routes(self) -> list[Route]:
        """Return the routes."""
        pages = [
            ("/import/{act}", self._empty, "GET"), ("/import/{act}", self._upload, "POST"),
            ("/import/{act}/template.csv", self._template, "GET"), ("/import/{act}/{name}", self._rows, "GET"),
            ("/import/{act}/{name}", self._seal, "POST"), ("/ticket/{name}", self._ticket, "GET"),
            ("/ticket/{name}", self._signed, "POST"), ("/ticket/{name}/request.json", self._request, "GET"),
        ]  # fmt: skip
        return [Route(path, self._frame.signed_in(endpoint), methods=[method]) for path, endpoint, method in pages]

    def _act(self, visit: Visit) -> Act:
        act = act_of(visit.request.path_params["act"])
        if not importable(act):
            raise NotFoundError(f"{act.name} carries a file of its own each time and has no table")
        return act

    async def _empty(self, visit: Visit, *, refusal: str = "", status: int = 200) -> Response:
        visit.hat_worn()
        act = self._act(visit)
        here = f"/import/{act.slug}"
        return await self._frame.page(
            visit, "acts-import.html", status=status, act=act, label=act_label(act.name, visit.language), rows=None,
            refusal=refusal, action=at(visit, here), empty=at(visit, f"{here}/template.csv"), accept=readable_tables(), most=MOST,
            zones=zone_choices(), zone=ZONES[0], reach=act.audience, also="",
        )  # fmt: skip

    async def _template(self, visit: Visit) -> Response:
        act, written = self._act(visit), io.StringIO()
        columns = columns_of(act)
        csv.writer(written).writerow([columns.label(path, visit.language) for path, _ in table_fields(act)])
        headers = {"content-disposition": f'attachment; filename="{act.slug}.csv"', "cache-control": "no-store"}
        return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)

    async def _upload(self, visit: Visit) -> Response:
        act, visitor = self._act(visit), visitor_of(visit)
        sent = await self._frame.sent(visit, most=self._frame.settings.limits.upload, files=1)
        file = sent.get("file")
        texts = {name: value for name, value in sent.multi_items() if isinstance(value, str)}
        try:
            if not isinstance(file, UploadFile) or not file.filename:
                raise FormatError("no file was sent")
            upload = Upload(name=file.filename[:200], data=await file.read())
            audience = audience_of(act, texts.get("_audience"), tuple(texts.get("_with", "").split()))
            opened = await run_in_threadpool(
                lambda: self._writing.imports.open(
                    visitor, act, upload, audience=audience, zone=texts.get("_zone", "Z"), columns=columns_of(act)
                )
            )
        except _TOLD as error:
            return await self._empty(visit, refusal=str(error), status=422)
        finally:
            await sent.close()
        return self._frame.to(visit, f"/import/{act.slug}/{opened.id}")

    async def _rows(self, visit: Visit) -> Response:
        visitor = visitor_of(visit)
        told = await run_in_threadpool(self._writing.imports.get, visitor, visit.request.path_params["name"])
        outcomes = await run_in_threadpool(self._writing.imports.preview, visitor, told)
        return await self._shown(visit, told, outcomes)

    async def _seal(self, visit: Visit) -> Response:
        visitor, act = visitor_of(visit), self._act(visit)
        sent = await self._frame.sent(visit)
        told = await run_in_threadpool(self._writing.imports.get, visitor, visit.request.path_params["name"])
        if sent.get("_step") == "drop":
            await run_in_threadpool(self._writing.imports.drop, visitor, told.id)
            return self._frame.to(visit, f"/import/{act.slug}")
        go_on = sent.get("go_on") == "yes"
        try:
            outcomes = await run_in_threadpool(lambda: self._writing.imports.seal(visitor, told, go_on=go_on, most=BATCH))
        except RefusedError as error:
            outcomes = await run_in_threadpool(self._writing.imports.preview, visitor, told)
            text = refusal_text(refusal_of(error), visit.language)
            return await self._shown(visit, told, outcomes, refusal=text, status=409)
        return await self._shown(visit, told, outcomes, go_on=go_on)

    async def _shown(
        self,
        visit: Visit,
        told: Import,
        outcomes: tuple[RowOutcome, ...],
        *,
        refusal: str = "",
        go_on: bool = False,
        status: int = 200,
    ) -> Response:
        act, language = act_of(told.act), visit.language
        states = Counter(one.state for one in outcomes)
        counts = {name: states[name] for name in ("seals", "sealed", "there", "refused", "wrong")}
        rows = [{"line": one.line, "state": one.state, "why": _why(one, language), "records": one.records} for one in outcomes]
        return await self._frame.page(
            visit, "acts-import.html", status=status, act=act, label=act_label(act.name, language), file=told.file, rows=rows,
            counts=counts, refusal=refusal, action=at(visit, f"/import/{act.slug}/{told.id}"), go_on=go_on,
            batch=min(BATCH, counts["seals"]),
        )  # fmt: skip

    async def _ticket(self, visit: Visit, *, refusal: str = "", status: int = 200) -> Response:
        ticket = await self._of(visit)
        return await self._frame.page(
            visit, "acts-ticket.html", status=status, label=act_label(ticket.act, visit.language), refusal=refusal,
            request=f"/ticket/{ticket.id}/request.json", action=at(visit, f"/ticket/{ticket.id}"),
        )  # fmt: skip

    async def _of(self, visit: Visit) -> Ticket:
        name = visit.request.path_params["name"]
        return await run_in_threadpool(self._writing.tickets.ticket, visitor_of(visit), name)

    async def _request(self, visit: Visit) -> Response:
        ticket = await self._of(visit)
        headers = {"content-disposition": 'attachment; filename="request.json"', "cache-control": "no-store"}
        return Response(json.dumps(ticket.as_json(), indent=1), media_type="application/json", headers=headers)

    async def _signed(self, visit: Visit) -> Response:
        ticket, visitor = await self._of(visit), visitor_of(visit)
        sent = await self._frame.sent(visit, files=1)
        file = sent.get("signatures")
        try:
            if not isinstance(file, UploadFile):
                raise FormatError("no file with signatures was sent")
            signatures = signatures_of(await file.read(), ticket.id)
            await run_in_threadpool(self._writing.tickets.submit, visitor, ticket.id, signatures)
        except _TOLD as error:
            return await self._ticket(visit, refusal=refusal_text(refusal_of(error), visit.language), status=409)
        finally:
            await sent.close()
        return self._frame.to(visit, f"/do/{act_of(ticket.act).slug}/sealed/ticket-{ticket.id}")


def signatures_of(data: bytes, ticket: str) -> list[str]:
    """Return the signatures in a file that `openqi act sign` wrote.

    Raises:
        FormatError: another file, or that of another ticket.
    """
    try:
        told: Any = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"the file is no JSON: {error}; upload what `openqi act sign` wrote") from error
    if type(told) is not dict or set(told) != {"format", "ticket", "signatures"} or told["format"] != SIGNED:
        raise FormatError(f"the file is no {SIGNED}; upload what `openqi act sign` wrote")
    if told["ticket"] != ticket:
        raise FormatError("the file signs another ticket; upload the one of this")
    if type(told["signatures"]) is not list or not all(type(one) is str for one in told["signatures"]):
        raise FormatError("signatures are a list of texts")
    return [str(one) for one in told["signatures"]]


def _why(outcome: RowOutcome, language: str) -> str:
    if outcome.refusal is not None:
        return refusal_text(outcome.refusal, language)
    return "; ".join(f"{one.where} {problem_text(one, language)}".strip() for one in outcome.problems[:5])
