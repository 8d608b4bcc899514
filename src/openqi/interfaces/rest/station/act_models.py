"""What programs send and get about acts: strict models, out of which OpenAPI is made."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from openqi.app.acts.acts import Act
from openqi.app.acts.sealing.imports import Import, RowOutcome
from openqi.app.acts.sealing.outcomes import Preview, Sealed
from openqi.app.acts.sealing.papers import Draft
from openqi.interfaces.rest.models import Model, RecordId


def _whole_characters(value: dict[str, Any]) -> dict[str, Any]:
    """JSON can write half of a character; nothing that is kept or shown has one."""
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


Arguments = Annotated[dict[str, Any], AfterValidator(_whole_characters)]
Token = Annotated[str, Field(min_length=16, max_length=100, pattern="^[A-Za-z0-9._-]+$")]
PaperId = Annotated[str, Field(min_length=1, max_length=100, pattern="^[A-Za-z0-9_-]+$")]
Zone = Annotated[str, Field(max_length=6, pattern="^(Z|[+-](0[0-9]|1[0-4]):(00|30|45))$", examples=["Z", "+08:00"])]


class Told(Model):
    """Why nothing comes of it: the rule, what was said, and what to do in both languages."""

    rule: str
    detail: str
    zh: str
    en: str


class FieldProblem(Model):
    """What is wrong with a field, in both languages."""

    field: str
    rule: str
    zh: str
    en: str


class ActLine(Model):
    """An act, and whether the party whose hat is worn may do it now."""

    name: str
    slug: str
    pillar: str
    role: str | None
    decides: bool
    audience: Literal["public", "parties", "private"]
    may: bool
    why: Told | None
    zh: str
    en: str


class ActDescription(Model):
    """An act with the JSON Schema of its arguments."""

    name: str
    slug: str
    role: str | None
    decides: bool
    audience: Literal["public", "parties", "private"]
    meaning: str
    arguments: dict[str, Any]


class AudienceChoice(Model):
    """Who may see the outcome; `also` names further parties, for `parties` alone."""

    to: Literal["public", "parties", "private"]
    also: list[Annotated[str, Field(min_length=3, max_length=2000)]] = Field(default_factory=list, max_length=60)


class Asked(Model):
    """What is to be stated or decided; without an audience the act's own default holds."""

    arguments: Arguments
    audience: AudienceChoice | None = None
    seen: Annotated[int, Field(ge=0, le=2**53 - 1, description="knownAt of the preview that was agreed to")] | None = None


class StatedLine(Model):
    """What would be stated."""

    kind: str
    streams: list[str]
    body: dict[str, Any]
    visible_to: list[str] | None


class Previewed(Model):
    """What an act would state if it were sealed now; nothing is in the log."""

    act: str
    arguments: dict[str, Any]
    known_at: int
    stated: list[StatedLine]
    refusal: Told | None


class SealedLine(Model):
    """A record that was sealed."""

    id: RecordId
    kind: str
    issuer: str
    sealed_at: str
    body: dict[str, Any]


class SealedAnswer(Model):
    """What was sealed; `again` says that it was this token's earlier request that did."""

    records: list[SealedLine]
    again: bool


class TicketAnswer(Model):
    """What is to be signed elsewhere: `header.payload` of each record."""

    format: str
    ticket: str
    party: str
    kid: str
    act: str
    documents: list[str]


class Submitted(Model):
    """Signatures for a ticket, base64url, one a document and in their order; or whole JWS."""

    ticket: PaperId
    signatures: Annotated[list[Annotated[str, Field(min_length=1, max_length=70_000)]], Field(min_length=1, max_length=50)]


class DraftAsked(Model):
    """A draft to keep; its arguments need not be complete."""

    act: Annotated[str, Field(min_length=1, max_length=100)]
    arguments: Arguments
    audience: AudienceChoice | None = None
    token: Token | None = None


class DraftLine(Model):
    """A draft: never evidence, seen by who wrote it alone."""

    id: str
    act: str
    arguments: dict[str, Any]
    token: str
    changed_at: str
    told: str


class UploadAsked(Model):
    """A file, in base64; its name says what it is."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    base64: str


class TableAsked(Model):
    """A table of many acts; times without a zone of their own are in `zone`."""

    file: UploadAsked
    zone: Zone = "Z"
    audience: AudienceChoice | None = None


class SealRows(Model):
    """How many rows to seal now, and whether wrong ones may be left out."""

    go_on: bool = False
    most: Annotated[int, Field(ge=1, le=200)] = 50


class RowLine(Model):
    """What a row will do, or did."""

    line: int
    state: Literal["seals", "refused", "wrong", "there", "sealed"]
    problems: list[FieldProblem]
    refusal: Told | None
    records: list[str]


class TableAnswer(Model):
    """A table with what each of its rows will do."""

    id: str
    act: str
    file: str
    rows: list[RowLine]


def description(act: Act, schema: dict[str, Any]) -> ActDescription:
    """Return an act as programs see it."""
    return ActDescription(
        name=act.name,
        slug=act.slug,
        role=act.role,
        decides=act.decides,
        audience=act.audience,
        meaning=act.meaning,
        arguments=schema,
    )


def previewed(preview: Preview, told: Told | None) -> Previewed:
    """Return a preview as programs see it."""
    stated = [
        StatedLine(
            kind=one.kind, streams=list(one.streams), body=dict(one.body),
            visible_to=None if one.visible_to is None else list(one.visible_to),
        )
        for one in preview.stated
    ]  # fmt: skip
    return Previewed(
        act=preview.act.name, arguments=dict(preview.arguments), known_at=preview.known_at, stated=stated, refusal=told
    )


def sealed_answer(sealed: Sealed) -> SealedAnswer:
    """Return what was sealed as programs see it."""
    lines = [
        SealedLine(id=one.id, kind=one.kind, issuer=one.issuer, sealed_at=one.valid_from, body=dict(one.body))
        for one in sealed.records
    ]
    return SealedAnswer(records=lines, again=sealed.again)


def draft_line(draft: Draft, arguments: dict[str, Any]) -> DraftLine:
    """Return a draft as programs see it."""
    return DraftLine(
        id=draft.id, act=draft.act, arguments=arguments, token=draft.token, changed_at=draft.changed_at, told=draft.told
    )


def row_line(outcome: RowOutcome, problems: list[FieldProblem], refusal: Told | None) -> RowLine:
    """Return what a row does as programs see it."""
    return RowLine(line=outcome.line, state=outcome.state, problems=problems, refusal=refusal, records=list(outcome.records))


def table_answer(told: Import, rows: list[RowLine]) -> TableAnswer:
    """Return a table as programs see it."""
    return TableAnswer(id=told.id, act=told.act, file=told.file, rows=rows)
