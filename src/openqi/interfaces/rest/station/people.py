"""What REST tells a program about itself: for whom it acts, and what that party may do."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from openqi.app.people.people import People
from openqi.app.people.visitor import Visitor


class Me(BaseModel):
    """For whom a token acts."""

    model_config = ConfigDict(strict=True, extra="forbid")

    party: str
    name_zh: str
    name_en: str
    key: str | None
    roles: list[str]


def router(people: People, visitor: Callable[[Request], Visitor]) -> APIRouter:
    """Return the routes about people.

    Args:
        people: who is there.
        visitor: FastAPI dependency that gives the visitor of a request, or refuses it.
    """
    routes = APIRouter(tags=["people"])
    who = Annotated[Visitor, Depends(visitor)]

    @routes.get("/api/me", operation_id="me")
    def me(by: who) -> Me:
        assert by.hat is not None  # a token is bound to a hat
        hat = by.hat
        return Me(party=hat.party, name_zh=hat.name.zh, name_en=hat.name.en, key=hat.kid, roles=list(people.roles(hat.party)))

    return routes
