"""Keys and delegations for programs: which keys sign under the hat of a token since when, and what is delegated from and to it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from openqi.app.ledger import Ledger
from openqi.app.people.delegations import Delegation, given, taken
from openqi.app.people.people import People
from openqi.app.people.visitor import Visitor

_FORM = ConfigDict(strict=True, extra="forbid")


class KeyOfMine(BaseModel):
    """A key: it counts from entry `start` of the log on and before entry `end`, null where it counts still."""

    model_config = _FORM

    kid: str
    start: int
    end: int | None
    revoked: bool
    record: str


class MyKeys(BaseModel):
    """The keys under one hat, the one that signs first; `kept` says whether the station signs with it."""

    model_config = _FORM

    party: str
    kept: bool
    keys: list[KeyOfMine]


class Lent(BaseModel):
    """A delegation; `state` is `now`, `later`, `over`, `withdrawn` or `not-held` (the other holds the role no longer)."""

    model_config = _FORM

    record: str
    party: str
    to: str
    role: str
    valid_from: str
    valid_until: str
    state: str


class Delegations(BaseModel):
    """What a party has delegated, and what is delegated to it, the newest first."""

    model_config = _FORM

    given: list[Lent]
    taken: list[Lent]


def router(people: People, ledger: Ledger, visitor: Callable[[Request], Visitor]) -> APIRouter:
    """Return the routes; changing keys is for people alone.

    Args:
        people: who is there.
        ledger: says what was delegated.
        visitor: FastAPI dependency that gives the visitor of a request, or refuses it.
    """
    routes = APIRouter(tags=["people"])
    who = Annotated[Visitor, Depends(visitor)]

    @routes.get("/api/me/keys", operation_id="my_keys")
    def my_keys(by: who) -> MyKeys:
        (found,) = people.keys.of(by)  # a token is bound to one hat
        lines = [KeyOfMine(**{name: getattr(one, name) for name in KeyOfMine.model_fields}) for one in found.lines]
        return MyKeys(party=found.hat.party, kept=found.hat.kept, keys=lines)

    @routes.get("/api/delegations", operation_id="delegations")
    def delegations(by: who) -> Delegations:
        party = by.party or ""
        return Delegations(given=_lent(given(ledger, party)), taken=_lent(taken(ledger, party)))

    return routes


def _lent(found: tuple[Delegation, ...]) -> list[Lent]:
    return [Lent(**{name: getattr(one, name) for name in Lent.model_fields}) for one in found]
