"""Remarks for programs: comments and attachments about a record or subject, as the hat of the token sees them."""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from openqi.app.people.visitor import Visitor
from openqi.app.work.remarks.contents import handing_out
from openqi.app.work.remarks.remarks import LONGEST, Remarks
from openqi.interfaces.rest.models import Model
from openqi.interfaces.rest.station.act_problems import PROBLEM, Words, route_class
from openqi.kernel.errors import FormatError

_ABOUT = 2_000
Name = Annotated[str, Path(min_length=1, max_length=100)]
About = Annotated[str, Field(max_length=_ABOUT, description="id of a record, or URI of a subject")]


class RemarkLine(Model):
    """A comment, or an attachment where it has a name; `mine` says whether it may be erased by who asks."""

    id: str
    party: str
    author: str
    text: str
    name: str
    size: int
    at: str
    mine: bool
    shared: bool


class CommentAsked(Model):
    """What to remark; `shared` shows it to the other parties of the record too."""

    about: About
    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    shared: bool = False


class AttachmentAsked(Model):
    """A file to lay to something, in base64."""

    about: About
    name: Annotated[str, Field(min_length=1, max_length=300)]
    content: str
    shared: bool = False


class Remarked(Model):
    """What was kept."""

    id: str


def content_of(text: str) -> bytes:
    """Return the bytes that a text in base64 stands for.

    Raises:
        FormatError: it stands for none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError("content is not base64; send the file in standard base64, with its padding") from error


def router(remarks: Remarks, visitor: Callable[[Request], Visitor], words: Words) -> APIRouter:
    """Return the routes of remarks.

    Args:
        remarks: comments and attachments.
        visitor: FastAPI dependency that gives the visitor of a request, or refuses it.
        words: how refusals are called.
    """
    refused = {status: {"description": "refused", "content": {PROBLEM: {}}} for status in (400, 403, 404, 409, 422)}
    routes = APIRouter(tags=["remarks"], route_class=route_class(words), responses=refused)  # type: ignore[arg-type]
    who = Annotated[Visitor, Depends(visitor)]

    @routes.get("/api/remarks", operation_id="remarks")
    def told(by: who, about: Annotated[str, Query(max_length=_ABOUT)]) -> list[RemarkLine]:
        found = remarks.of(by, about)
        return [RemarkLine(**{name: getattr(one, name) for name in RemarkLine.model_fields}) for one in found]

    @routes.post("/api/remarks", operation_id="comment", status_code=201)
    def comment(by: who, asked: CommentAsked) -> Remarked:
        return Remarked(id=remarks.comment(by, asked.about, asked.text, shared=asked.shared))

    @routes.post("/api/attachments", operation_id="attach", status_code=201)
    def attach(by: who, asked: AttachmentAsked) -> Remarked:
        return Remarked(id=remarks.attach(by, asked.about, asked.name, content_of(asked.content), shared=asked.shared))

    @routes.get("/api/attachments/{name}", operation_id="attachment", response_class=Response)
    def content(by: who, name: Name) -> Response:
        file, media, found = remarks.content(by, name)
        return Response(found, media_type=media, headers=handing_out(file))

    @routes.delete("/api/remarks/{name}", operation_id="eraseRemark", status_code=204)
    def erase(by: who, name: Name) -> Response:
        remarks.erase(by, name)
        return Response(status_code=204)

    return routes
