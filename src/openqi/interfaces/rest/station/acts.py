"""Acts for programs: what there is, preview and seal, drafts, signing elsewhere, tables."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from openqi.app.acts.acts import Act, act_of
from openqi.app.acts.audience import Audience, audience_of
from openqi.app.acts.forms import read_form, write_form
from openqi.app.acts.problems import FieldsError, Problem
from openqi.app.acts.schemas import schema_of
from openqi.app.acts.sealing.desk import WritingDesk
from openqi.app.acts.sealing.imports import Import, RowOutcome
from openqi.app.acts.sealing.papers import Draft
from openqi.app.acts.uploads import Upload
from openqi.app.people.visitor import Visitor
from openqi.interfaces.rest.station import act_models as models
from openqi.interfaces.rest.station.act_problems import PROBLEM, Words, field_problems, route_class, told

_SAID: Final = "name of the act with a full stop for the slash"
Slug = Annotated[str, Path(min_length=3, max_length=100, description=_SAID, examples=["conformity.result-reported.1"])]
Paper = Annotated[str, Path(min_length=1, max_length=100)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=16, max_length=100, pattern="^[A-Za-z0-9._-]+$")]
Asks = Callable[..., Any]


class ActAnswers:
    """Answers programs.

    Args:
        writing: what is written with.
        words: how things are called.
    """

    def __init__(self, writing: WritingDesk, words: Words) -> None:
        self._writing, self._words = writing, words

    def offered(self, visitor: Visitor) -> list[models.ActLine]:
        """Return every act, and whether the party whose hat is worn may do it now."""
        words = self._words
        return [
            models.ActLine(
                name=one.act.name, slug=one.act.slug, pillar=one.act.pillar, role=one.act.role, decides=one.act.decides,
                audience=one.act.audience, may=one.may, why=None if one.why is None else told(one.why, words),
                zh=words.label(one.act.name, "zh"), en=words.label(one.act.name, "en"),
            )
            for one in self._writing.writing.offered(visitor)
        ]  # fmt: skip

    def do(
        self, visitor: Visitor, slug: str, asked: models.Asked, token: str | None, *, preview: bool
    ) -> models.Previewed | models.SealedAnswer:
        """Return what an act would state, or what was sealed."""
        act, arguments, audience = self._read(slug, asked)
        if preview:
            found = self._writing.writing.preview(act, arguments, visitor, audience)
            return models.previewed(found, None if found.refusal is None else told(found.refusal, self._words))
        if token is None:
            missing = Problem(
                where="Idempotency-Key", rule="missing", detail="the header Idempotency-Key is missing; send a new UUID"
            )
            raise FieldsError((missing,))
        sealed = self._writing.writing.seal(act, arguments, visitor, audience, token=token, seen=asked.seen)
        return models.sealed_answer(sealed)

    def prepare(self, visitor: Visitor, slug: str, asked: models.Asked) -> models.TicketAnswer:
        """Return what is to be signed elsewhere."""
        act, arguments, audience = self._read(slug, asked)
        return models.TicketAnswer(**self._writing.tickets.prepare(act, arguments, visitor, audience).as_json())

    def submit(self, visitor: Visitor, slug: str, sent: models.Submitted) -> models.SealedAnswer:
        """Return what was sealed with signatures that were made elsewhere."""
        act_of(slug)
        return models.sealed_answer(self._writing.tickets.submit(visitor, sent.ticket, sent.signatures))

    def drafts(self, visitor: Visitor) -> list[models.DraftLine]:
        """Return the drafts under the hat that is worn."""
        return [self._draft(one) for one in self._writing.drafts.all(visitor)]

    def left(self, visitor: Visitor) -> list[models.DraftLine]:
        """Return the drafts that people have left behind, for who manages the organisation."""
        return [self._draft(one) for one in self._writing.drafts.left(visitor)]

    def take_over(self, visitor: Visitor, name: str) -> models.DraftLine:
        """Return a draft that is the visitor's from now on."""
        return self._draft(self._writing.drafts.take_over(visitor, name))

    def draft(self, visitor: Visitor, name: str) -> models.DraftLine:
        """Return a draft."""
        return self._draft(self._writing.drafts.get(visitor, name))

    def keep(self, visitor: Visitor, asked: models.DraftAsked, name: str, token: str) -> models.DraftLine:
        """Return a draft as it was kept."""
        act = act_of(asked.act)
        arguments = self._writing.resolved(act, asked.arguments, self._words.columns(act.name))
        audience = asked.audience or models.AudienceChoice(to=act.audience)
        draft = Draft(
            act=act.name, flat=write_form(act.fields, arguments, "Z"), token=asked.token or token, zone="Z", reach=audience.to,
            also=tuple(audience.also), id=name,
        )  # fmt: skip
        return self._draft(self._writing.drafts.save(visitor, draft))

    def open(self, visitor: Visitor, slug: str, asked: models.TableAsked) -> models.TableAnswer:
        """Return what each row of a table will do."""
        act = act_of(slug)
        try:
            data = base64.b64decode(asked.file.base64, validate=True)
        except (ValueError, binascii.Error) as error:
            raise FieldsError(
                (Problem(where="file.base64", rule="file", detail=str(error), told={"detail": str(error)}),)
            ) from error
        upload = Upload(name=asked.file.name, data=data)
        audience, columns = _audience(act, asked.audience), self._words.columns(act.name)
        opened = self._writing.imports.open(visitor, act, upload, audience=audience, zone=asked.zone, columns=columns)
        return self._table(opened, self._writing.imports.preview(visitor, opened))

    def table(self, visitor: Visitor, name: str) -> models.TableAnswer:
        """Return what each row of a table will do, on the log as it is now."""
        opened = self._writing.imports.get(visitor, name)
        return self._table(opened, self._writing.imports.preview(visitor, opened))

    def seal_rows(self, visitor: Visitor, name: str, asked: models.SealRows) -> models.TableAnswer:
        """Return what the rows did or will do, after sealing the next ones."""
        opened = self._writing.imports.get(visitor, name)
        return self._table(opened, self._writing.imports.seal(visitor, opened, go_on=asked.go_on, most=asked.most))

    def drop(self, visitor: Visitor, what: str, name: str) -> None:
        """Forget a draft or a table."""
        self._writing.papers.drop(what, visitor, name)

    def _read(self, slug: str, asked: models.Asked) -> tuple[Act, Any, Audience]:
        act = act_of(slug)
        arguments = self._writing.resolved(act, asked.arguments, self._words.columns(act.name))
        return act, arguments, _audience(act, asked.audience)

    def _draft(self, draft: Draft) -> models.DraftLine:
        return models.draft_line(draft, read_form(act_of(draft.act).fields, draft.flat, draft.zone))

    def _table(self, opened: Import, outcomes: tuple[RowOutcome, ...]) -> models.TableAnswer:
        words = self._words
        rows = [
            models.row_line(
                one, field_problems(one.problems, words), None if one.refusal is None else told(one.refusal, words)
            )
            for one in outcomes
        ]  # fmt: skip
        return models.table_answer(opened, rows)


def _audience(act: Act, chosen: models.AudienceChoice | None) -> Audience:
    return audience_of(act, None) if chosen is None else audience_of(act, chosen.to, tuple(chosen.also))


def router(writing: WritingDesk, visitor: Asks, words: Words, *, token: Callable[[], str]) -> APIRouter:
    """Return the routes of acts.

    Args:
        writing: what is written with.
        visitor: FastAPI dependency that gives the visitor of a request, or refuses it.
        words: how things are called.
        token: gives a new token.
    """
    answers = ActAnswers(writing, words)
    routes = APIRouter(tags=["acts"], route_class=route_class(words), responses=_problems())
    who = Annotated[Visitor, Depends(visitor)]

    @routes.get("/api/acts", operation_id="acts")
    def listed(by: who) -> list[models.ActLine]:
        return answers.offered(by)

    @routes.get("/api/acts/{act}", operation_id="act")
    def described(act: Slug) -> models.ActDescription:
        found = act_of(act)
        return models.description(found, schema_of(found))

    @routes.post("/api/acts/{act}", operation_id="doAct", responses={201: {"model": models.SealedAnswer}})
    def do(
        act: Slug, asked: models.Asked, by: who, response: Response, key: Key = None, preview: Annotated[bool, Query()] = False
    ) -> models.Previewed | models.SealedAnswer:
        answer = answers.do(by, act, asked, key, preview=preview)
        response.status_code = 201 if isinstance(answer, models.SealedAnswer) and not answer.again else 200
        return answer

    @routes.post("/api/acts/{act}/prepare", operation_id="prepareAct")
    def prepare(act: Slug, asked: models.Asked, by: who) -> models.TicketAnswer:
        return answers.prepare(by, act, asked)

    @routes.post("/api/acts/{act}/submit", operation_id="submitAct")
    def submit(act: Slug, sent: models.Submitted, by: who) -> models.SealedAnswer:
        return answers.submit(by, act, sent)

    _of_papers(routes, answers, who, token)

    @routes.post("/api/drafts/{draft}/take", operation_id="takeDraft")
    def take(draft: Paper, by: who) -> models.DraftLine:
        return answers.take_over(by, draft)

    return routes


def _of_papers(routes: APIRouter, answers: ActAnswers, who: Any, token: Callable[[], str]) -> None:
    """Add the routes of drafts and tables."""

    @routes.get("/api/drafts", operation_id="drafts")
    def drafts(
        by: who, left: Annotated[bool, Query(description="those of people who have left")] = False
    ) -> list[models.DraftLine]:
        return answers.left(by) if left else answers.drafts(by)

    @routes.post("/api/drafts", operation_id="keepDraft", status_code=201)
    def keep(asked: models.DraftAsked, by: who) -> models.DraftLine:
        return answers.keep(by, asked, "", token())

    @routes.get("/api/drafts/{draft}", operation_id="draft")
    def one(draft: Paper, by: who) -> models.DraftLine:
        return answers.draft(by, draft)

    @routes.put("/api/drafts/{draft}", operation_id="changeDraft")
    def change(draft: Paper, asked: models.DraftAsked, by: who) -> models.DraftLine:
        return answers.keep(by, asked, draft, token())

    @routes.delete("/api/drafts/{draft}", operation_id="dropDraft", status_code=204)
    def drop(draft: Paper, by: who) -> None:
        answers.drop(by, "draft", draft)

    @routes.post("/api/acts/{act}/imports", operation_id="openTable", status_code=201)
    def opened(act: Slug, asked: models.TableAsked, by: who) -> models.TableAnswer:
        return answers.open(by, act, asked)

    @routes.get("/api/imports/{table}", operation_id="table")
    def looked(table: Paper, by: who) -> models.TableAnswer:
        return answers.table(by, table)

    @routes.post("/api/imports/{table}/seal", operation_id="sealTable")
    def seal(table: Paper, asked: models.SealRows, by: who) -> models.TableAnswer:
        return answers.seal_rows(by, table, asked)

    @routes.delete("/api/imports/{table}", operation_id="dropTable", status_code=204)
    def forget(table: Paper, by: who) -> None:
        answers.drop(by, "import", table)


def _problems() -> dict[int | str, dict[str, Any]]:
    schema = {"type": "object", "required": ["type", "title", "status", "detail"], "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"},
        "rule": {"type": "string"}, "zh": {"type": "string"}, "en": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}}, "changes": {"type": "array", "items": {"type": "object"}},
    }}  # fmt: skip
    told = {
        400: "not readable",
        401: "not signed in",
        403: "not for this party",
        404: "not there",
        409: "refused, or somebody was first",
    }
    told |= {422: "a field is wrong", 503: "the store cannot be written now"}
    return {status: {"description": text, "content": {PROBLEM: {"schema": schema}}} for status, text in told.items()}
