"""Notices and webhooks for programs: what an account was told under the hat of its token, and where that is sent."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from openqi.app.people.visitor import Visitor
from openqi.app.work.telling.notices import Notices
from openqi.app.work.telling.webhooks import Delivery, Hook, Webhooks
from openqi.interfaces.rest.models import Model
from openqi.interfaces.rest.station.act_problems import PROBLEM, Words, route_class

Name = Annotated[str, Path(min_length=1, max_length=100)]


class NoticeLine(Model):
    """One thing that somebody is told of; `ref` is the id of a record, or the address of a page."""

    id: str
    topic: str
    ref: str
    kind: str
    about: str
    at: str
    read: bool


class NoticePage(Model):
    """A page of notices, the newest first; `next` goes back as `before`, and is null at the end."""

    party: str
    unread: int
    notices: list[NoticeLine]
    next: str | None


class DeliveryLine(Model):
    """Something that was, or is to be, sent to a webhook."""

    id: str
    ref: str
    state: str
    tries: int
    status: int
    told: str
    made_at: str


class WebhookLine(Model):
    """An address to which an organisation has its notices sent, with the last deliveries; `public` checks their signature."""

    id: str
    url: str
    public: str
    failures: int
    made_at: str
    ended_at: str | None
    why: str
    deliveries: list[DeliveryLine]


class WebhookAsked(Model):
    """Where to send notices."""

    url: str


class WebhookMade(Model):
    """A webhook and its secret, which is told this once."""

    id: str
    secret: str


class NoticeAnswers:
    """Answers programs.

    Args:
        notices, webhooks: what is told of.
    """

    def __init__(self, notices: Notices, webhooks: Webhooks) -> None:
        self._notices, self._webhooks = notices, webhooks

    def page(self, visitor: Visitor, before: str, limit: int) -> NoticePage:
        """Return a page of notices, after the log was read on."""
        self._notices.fill(self._webhooks.follow)
        found = self._notices.of(visitor, before=before, limit=limit + 1)
        shown = found[:limit]
        lines = [NoticeLine(**{name: getattr(one, name) for name in NoticeLine.model_fields}) for one in shown]
        following = f"{shown[-1].at} {shown[-1].id}" if len(found) > limit else None
        return NoticePage(party=visitor.party or "", unread=self._notices.unread(visitor), notices=lines, next=following)

    def hooks(self, visitor: Visitor) -> list[WebhookLine]:
        """Return the webhooks of the organisation."""
        return [hook_line(hook, deliveries) for hook, deliveries in self._webhooks.of(visitor)]

    def register(self, visitor: Visitor, asked: WebhookAsked) -> WebhookMade:
        """Return a new webhook."""
        name, secret = self._webhooks.register(visitor, asked.url.strip())
        return WebhookMade(id=name, secret=secret)

    def change(self, visitor: Visitor, hook: str, step: str) -> WebhookMade | None:
        """Return the new secret where a webhook was to get one."""
        if step == "rotate":
            return WebhookMade(id=hook, secret=self._webhooks.rotate(visitor, hook))
        (self._webhooks.end if step == "end" else self._webhooks.resume)(visitor, hook)
        return None


def hook_line(hook: Hook, deliveries: tuple[Delivery, ...]) -> WebhookLine:
    """Return a webhook as programs see it."""
    sent = [DeliveryLine(**{name: getattr(one, name) for name in DeliveryLine.model_fields}) for one in deliveries]
    told = {name: getattr(hook, name) for name in WebhookLine.model_fields if name != "deliveries"}
    return WebhookLine(**told, deliveries=sent)


def router(notices: Notices, webhooks: Webhooks, visitor: Callable[[Request], Visitor], words: Words) -> APIRouter:
    """Return the routes of notices and webhooks.

    Args:
        notices, webhooks: what is told of.
        visitor: FastAPI dependency that gives the visitor of a request, or refuses it.
        words: how refusals are called.
    """
    refused = {status: {"description": "refused", "content": {PROBLEM: {}}} for status in (400, 403, 404, 409, 422)}
    routes = APIRouter(tags=["notices"], route_class=route_class(words), responses=refused)  # type: ignore[arg-type]
    answers = NoticeAnswers(notices, webhooks)
    who = Annotated[Visitor, Depends(visitor)]

    @routes.get("/api/notices", operation_id="notices")
    def page(
        by: who, before: Annotated[str, Query(max_length=100)] = "", limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> NoticePage:
        return answers.page(by, before, limit)

    @routes.post("/api/notices/read", operation_id="readNotices", status_code=204)
    def read(by: who) -> Response:
        notices.read_all(by)
        return Response(status_code=204)

    @routes.get("/api/webhooks", operation_id="webhooks")
    def hooks(by: who) -> list[WebhookLine]:
        return answers.hooks(by)

    @routes.post("/api/webhooks", operation_id="registerWebhook", status_code=201)
    def register(by: who, asked: WebhookAsked) -> WebhookMade:
        return answers.register(by, asked)

    @routes.post("/api/webhooks/{hook}/{step}", operation_id="changeWebhook")
    def change(by: who, hook: Name, step: Literal["rotate", "end", "resume"]) -> WebhookMade | None:
        return answers.change(by, hook, step)

    @routes.post("/api/deliveries/{delivery}/again", operation_id="deliverAgain", status_code=204)
    def again(by: who, delivery: Name) -> Response:
        webhooks.again(by, delivery)
        return Response(status_code=204)

    return routes
