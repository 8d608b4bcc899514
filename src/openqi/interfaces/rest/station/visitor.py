"""Who asks a REST route: a bearer token stands for a person under one hat."""

from collections.abc import Callable

from fastapi import HTTPException, Request

from openqi.app.people.people import People
from openqi.app.people.visitor import Visitor


def visitor_of(people: People) -> Callable[[Request], Visitor]:
    """Return the dependency that gives the visitor of a request; without a token that counts it answers 401."""

    def asks(request: Request) -> Visitor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        found = people.members.by_token(token.strip()) if scheme.lower() == "bearer" and len(token) < 200 else None
        if found is None:
            request.scope["openqi.refused"] = "token"  # for the journal, as below
            told = "send `Authorization: Bearer oqi_…`; a token is made on the page of your account"
            raise HTTPException(401, told, headers={"www-authenticate": "Bearer"})
        request.scope["openqi.account"] = found.account  # for the journal, which keeps a salted reference of it alone
        return found

    return asks
