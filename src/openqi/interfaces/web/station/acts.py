"""The pages of acts: what one may do, forms with preview and seal."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from openqi.app.acts.acts import Act, act_of
from openqi.app.acts.audience import Audience, audience_of
from openqi.app.acts.fields import walk
from openqi.app.acts.forms import KEPT, read_form, tidied
from openqi.app.acts.problems import FieldsError, Problem
from openqi.app.acts.sealing.desk import WritingDesk
from openqi.app.acts.sealing.imports import importable
from openqi.app.acts.sealing.outcomes import Change, OvertakenError, Preview, refusal_of
from openqi.app.acts.sealing.papers import Draft
from openqi.app.acts.uploads import Upload, taken
from openqi.app.model_files import FILLED_BY_FILE
from openqi.app.people.visitor import Visitor
from openqi.evidence.canonical import canonical_bytes
from openqi.interfaces.web.show import name_of
from openqi.interfaces.web.station.act_forms import (
    MODEL,
    ZONES,
    Drawing,
    at,
    at_hand,
    evaluated,
    filled_from,
    filled_like,
    visitor_of,
    zone_choices,
)
from openqi.interfaces.web.station.act_tables import TablePages
from openqi.interfaces.web.station.act_words import act_help, act_label, columns_of, problem_text, refusal_text
from openqi.interfaces.web.station.around import around
from openqi.interfaces.web.station.drafts import DraftPages
from openqi.interfaces.web.station.frame import Frame, Visit
from openqi.interfaces.web.watched import FAULT, REFUSED
from openqi.interfaces.web.words import phrase
from openqi.kernel.errors import ConflictError, OpenQIError, RefusedError, StoreError

_STEPS: Final = frozenset({"save", "autosave", "preview", "edit", "seal", "prepare"})
_FILES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form as it was sent.

    Args:
        act: whose form.
        draft: the texts that were typed, with token, zone and audience.
        step: what is to be done.
        more: the list that gets one more row.
        seen: size of the log that its preview was decided on.
        problems: of files that could not be taken.
    """

    act: Act
    draft: Draft
    step: str
    more: str = ""
    seen: int | None = None
    problems: tuple[Problem, ...] = ()


class ActPages:
    """The pages of acts.

    Args:
        frame: makes pages.
        writing: what is written with.
    """

    def __init__(self, frame: Frame, writing: WritingDesk) -> None:
        self._frame, self._writing = frame, writing

    def routes(self) -> list[Route]:
        """Return the routes."""
        frame = self._frame
        pages = [
            ("/do", self._list, "GET"), ("/do/{act}", self._form, "GET"), ("/do/{act}", self._sent, "POST"),
            ("/do/{act}/sealed/{token}", self._outcome, "GET"),
        ]  # fmt: skip
        return [Route(path, frame.signed_in(endpoint), methods=[method]) for path, endpoint, method in pages]

    async def _list(self, visit: Visit) -> Response:
        visitor = visitor_of(visit)
        offered = await run_in_threadpool(lambda: self._writing.writing.offered(visitor, self._frame.roles_seen()))
        pillars: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}
        for one in offered:
            act, language = one.act, visit.language
            told = {
                "label": act_label(act.name, language), "help": act_help(act.name, language), "form": at(visit, f"/do/{act.slug}"),
                "table": at(visit, f"/import/{act.slug}") if importable(act) else "", "role": act.role,
                "why": "" if one.why is None else refusal_text(one.why, language),
            }  # fmt: skip
            pillars.setdefault(act.pillar, ([], []))[0 if one.may else 1].append(told)
        rows = [(pillar, may, others) for pillar, (may, others) in pillars.items()]
        return await self._frame.page(visit, "acts-list.html", pillars=rows, drafts=at(visit, "/drafts"))

    async def _form(self, visit: Visit) -> Response:
        act, query = act_of(visit.request.path_params["act"]), visit.request.query_params
        visitor = visitor_of(visit)
        if query.get("draft"):
            draft = await run_in_threadpool(self._writing.drafts.get, visitor, query["draft"])
        else:
            given = {name: text[:2000] for name, text in query.multi_items() if name not in ("lang", "draft", "like")}
            given |= filled_like(act, query.get("like", ""), visitor.party or "")
            draft = Draft(act=act.name, flat=tidied(act.fields, self._prefilled(act, visitor) | given), token=new_token())
        return await self._drawn(visit, Filled(act=act, draft=draft, step="edit"))

    def _prefilled(self, act: Act, visitor: Visitor) -> dict[str, str]:
        """What a form may know by itself: the name of the log, and one's own party where one speaks of oneself."""
        names = {field.name for field in act.fields}
        known = {"origin": self._writing.writing.ledger.origin, "owner": visitor.party or ""}
        if act.name == "governance.delegated/1":
            known["party"] = visitor.party or ""
        return {name: text for name, text in known.items() if name in names}

    async def _sent(self, visit: Visit) -> Response:
        act, visitor = act_of(visit.request.path_params["act"]), visitor_of(visit)
        sent = await self._frame.sent(visit, most=self._frame.settings.limits.upload, files=_FILES)
        try:
            filled = await self._filled(act, sent)
        finally:
            await sent.close()
        try:
            return await self._done(visit, visitor, filled)
        except FieldsError as error:
            return await self._drawn(visit, filled, problems=(*filled.problems, *error.problems), status=422)
        except OpenQIError as error:
            return await self._told(visit, visitor, filled, error)

    async def _told(self, visit: Visit, visitor: Visitor, filled: Filled, error: OpenQIError) -> Response:
        """The form again with what kept it from being sealed; all that was typed is in it, and in a draft where one can be kept."""
        refusal = refusal_of(error)
        visit.request.scope[REFUSED] = refusal.rule
        visit.request.scope[FAULT] = error if isinstance(error, StoreError) else None
        text, kept = refusal_text(refusal, visit.language), filled
        if refusal.rule == "token-once":  # what is on the form now is another act than what was sent, and is told to be
            kept = replace(filled, draft=replace(filled.draft, token=new_token()))
        if filled.step in ("seal", "prepare"):
            # Where the desk cannot be written either, or holds too many drafts, the page itself still has what was typed.
            with suppress(OpenQIError):
                kept = replace(kept, draft=await self._kept(visitor, kept, told=text))
        status = 503 if isinstance(error, StoreError) else 409 if isinstance(error, ConflictError | RefusedError) else 400
        return await self._drawn(visit, kept, refusal=text, status=status)

    async def _done(self, visit: Visit, visitor: Visitor, filled: Filled) -> Response:
        act, draft, writing = filled.act, filled.draft, self._writing
        match filled.step:
            case "save" | "autosave":
                saved = await self._kept(visitor, filled)
                if filled.step == "autosave":
                    return JSONResponse({"draft": saved.id, "said": phrase("acts-saved", visit.language)})
                return await self._drawn(visit, replace(filled, draft=saved), saved=True)
            case "edit":
                return await self._drawn(visit, filled)
        if filled.problems:
            raise FieldsError(())
        arguments = read_form(act.fields, draft.flat, draft.zone)
        audience = audience_of(act, draft.reach, draft.also)
        if filled.step == "preview":
            preview = await run_in_threadpool(writing.writing.preview, act, arguments, visitor, audience)
            return await self._previewed(visit, filled, preview)
        if filled.step == "prepare":
            ticket = await run_in_threadpool(writing.tickets.prepare, act, arguments, visitor, audience)
            return self._frame.to(visit, f"/ticket/{ticket.id}")
        return await self._seal(visit, visitor, filled, arguments, audience)

    async def _seal(
        self, visit: Visit, visitor: Visitor, filled: Filled, arguments: Mapping[str, Any], audience: Audience
    ) -> Response:
        act, draft, writing = filled.act, filled.draft, self._writing.writing

        def seal() -> str:
            sealed = writing.seal(act, arguments, visitor, audience, token=draft.token, seen=filled.seen)
            if draft.id:
                self._writing.drafts.drop(visitor, draft.id)
            return "?again=1" if sealed.again else ""

        try:
            again = await run_in_threadpool(seal)
        except OvertakenError as error:
            preview = await run_in_threadpool(writing.preview, act, arguments, visitor, audience)
            return await self._previewed(visit, filled, preview, changes=error.changes)
        return self._frame.to(visit, f"/do/{act.slug}/sealed/{draft.token}{again}")

    async def _filled(self, act: Act, sent: FormData) -> Filled:
        texts = {name: value for name, value in sent.multi_items() if isinstance(value, str)}
        flat = {name: text for name, text in texts.items() if not name.startswith("_") and name not in ("csrf", "token")}
        problems: list[Problem] = []
        for path, field in walk(act.fields):
            file = sent.get(path)
            if field.form in ("rows", "content") and isinstance(file, UploadFile) and file.filename:
                upload = Upload(name=file.filename[:255], data=await file.read())
                try:
                    told = await run_in_threadpool(self._take, act, path, upload)
                    flat |= {f"{path}.{KEPT}": told, f"{path}.file": upload.name}
                except FieldsError as error:
                    problems += error.problems
        model = sent.get(MODEL)
        if texts.get("_step") == "fill" and act.name in FILLED_BY_FILE and isinstance(model, UploadFile) and model.filename:
            try:
                upload = Upload(name=model.filename[:255], data=await model.read())
                flat = await run_in_threadpool(filled_from, act, flat, upload)
            except FieldsError as error:
                problems += error.problems
        seen, step, token = texts.get("_seen", ""), texts.get("_step", "edit"), texts.get("token", "")
        draft = Draft(
            act=act.name, flat=tidied(act.fields, flat, without=texts.get("_remove", "")), token=token or new_token(),
            zone=texts.get("_zone", ZONES[0]), reach=texts.get("_audience", ""), also=tuple(texts.get("_with", "").split()),
            id=texts.get("_draft", ""),
        )  # fmt: skip
        known = step if step in _STEPS and not ({"_add", "_remove"} & set(texts)) else "edit"
        at = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 16 else None
        return Filled(act=act, draft=draft, step=known, more=texts.get("_add", ""), seen=at, problems=tuple(problems))

    def _take(self, act: Act, path: str, upload: Upload) -> str:
        field = dict(walk(act.fields))[path]
        told = taken(act, field, path, upload, keep=self._writing.keep, columns=columns_of(act))
        return canonical_bytes(told).decode("utf-8")

    async def _kept(self, visitor: Visitor, filled: Filled, *, told: str = "") -> Draft:
        return await run_in_threadpool(self._writing.drafts.save, visitor, replace(filled.draft, told=told))

    async def _drawn(
        self,
        visit: Visit,
        filled: Filled,
        *,
        problems: tuple[Problem, ...] = (),
        refusal: str = "",
        saved: bool = False,
        status: int = 200,
    ) -> Response:
        act, draft, language = filled.act, filled.draft, visit.language
        found = problems or filled.problems
        log = await run_in_threadpool(around, self._frame, self._writing.writing, visit, act)
        known = {"limit": [(record, name_of(name, language)) for record, name in log.limits]}
        drawing = Drawing(act, draft.flat, language, problems=found, more=filled.more, known=known, offers=log.offers)
        also = [one for one in found if one.where == "_with"]
        return await self._frame.page(
            visit, "acts-form.html", status=status, act=act, label=act_label(act.name, language), help=act_help(act.name, language),
            action=at(visit, f"/do/{act.slug}"), token=draft.token, draft=draft.id, shown=drawing.fields(), zone=draft.zone,
            zones=zone_choices(), reach=draft.reach or act.audience,
            timed=any(field.form == "instant" for _, field in walk(act.fields)), also="\n".join(draft.also), saved=saved,
            also_problem=problem_text(also[0], language) if also else "", refusal=refusal or draft.told,
            problems=[(one.where, problem_text(one, language)) for one in found],
            table=at(visit, f"/import/{act.slug}") if importable(act) else "",
            parties=[(uri, name_of(name, language)) for uri, name in log.parties], at_hand=at_hand(act, visit),
            lent=log.lent, missing=log.missing, model=MODEL if act.name in FILLED_BY_FILE else "",
        )  # fmt: skip

    async def _previewed(self, visit: Visit, filled: Filled, preview: Preview, *, changes: tuple[Change, ...] = ()) -> Response:
        act, draft, language, refusal = filled.act, filled.draft, visit.language, preview.refusal
        hidden = [
            *draft.flat.items(), ("_draft", draft.id), ("_zone", draft.zone), ("_audience", preview.audience.reach),
            ("_with", " ".join(preview.audience.also)), ("_seen", str(preview.known_at)),
        ]  # fmt: skip
        return await self._frame.page(
            visit, "acts-preview.html", status=409 if changes else 200, label=act_label(act.name, language),
            action=at(visit, f"/do/{act.slug}"), token=draft.token, hidden=hidden, stated=preview.stated, changes=changes,
            evaluations=[evaluated(one.kind, one.body) for one in preview.stated],
            refusal="" if refusal is None else refusal_text(refusal, language), rule="" if refusal is None else refusal.rule,
            said="" if refusal is None else refusal.told, own=not visit.hat_worn().kept,
        )  # fmt: skip

    async def _outcome(self, visit: Visit) -> Response:
        visitor, params = visitor_of(visit), visit.request.path_params
        records = await run_in_threadpool(self._writing.writing.sealed_by, visitor, params["token"])
        act = act_of(params["act"])
        answers = await run_in_threadpool(self._frame.answering, visit, records)
        return await self._frame.page(
            visit, "acts-sealed.html", records=records, answers=answers, again=visit.request.query_params.get("again") == "1",
            form=at(visit, f"/do/{act.slug}"), list=at(visit, "/do"),
        )  # fmt: skip


def new_token() -> str:
    """Return a token for a new form."""
    return str(uuid.uuid4())


def routes(frame: Frame, writing: WritingDesk) -> list[Route]:
    """Return the routes of acts, drafts, tickets and tables."""
    drafts = DraftPages(frame, writing.drafts)
    return [*ActPages(frame, writing).routes(), *drafts.routes(), *TablePages(frame, writing).routes()]
