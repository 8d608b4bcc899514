"""How an act that cannot be done is told to a program: problem+json, with every field that is wrong, in both languages."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final, Protocol

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from openqi.app.acts.problems import FieldsError, Problem
from openqi.app.acts.sealing.outcomes import OvertakenError, Refusal, refusal_of
from openqi.app.acts.uploads import Columns
from openqi.interfaces.rest.station.act_models import FieldProblem, Told
from openqi.kernel.errors import (
    BasisError,
    ConflictError,
    DomainError,
    FormatError,
    NotFoundError,
    OpenQIError,
    RefusedError,
    StoreError,
    VerificationError,
    WithheldError,
)

PROBLEM: Final = "application/problem+json"
_STATUS: Final[tuple[tuple[type[OpenQIError], int], ...]] = (
    (FieldsError, 422), (NotFoundError, 404), (FormatError, 400), (DomainError, 422), (ConflictError, 409), (RefusedError, 409),
    (WithheldError, 403), (VerificationError, 409), (BasisError, 409), (StoreError, 503),
)  # fmt: skip
_FORBIDDEN: Final = frozenset({"hat-worn", "fresh-session", "own-key", "may-see", "role-held"})


class Words(Protocol):
    """Knows how things are called in both languages; programs get both."""

    def problem(self, problem: Problem, language: str) -> str:
        """Return what is wrong with a field."""
        ...

    def refusal(self, refusal: Refusal, language: str) -> str:
        """Return why something is refused and what to do."""
        ...

    def label(self, act: str, language: str) -> str:
        """Return what an act is called."""
        ...

    def columns(self, act: str) -> Columns:
        """Return the names that a column of a table may have."""
        ...


def told(refusal: Refusal, words: Words) -> Told:
    """Return a refusal as programs see it."""
    return Told(rule=refusal.rule, detail=refusal.told, zh=words.refusal(refusal, "zh"), en=words.refusal(refusal, "en"))


def field_problems(problems: tuple[Problem, ...], words: Words) -> list[FieldProblem]:
    """Return what is wrong with fields as programs see it."""
    return [
        FieldProblem(field=one.where, rule=one.rule, zh=words.problem(one, "zh"), en=words.problem(one, "en")) for one in problems
    ]


def problem_response(error: OpenQIError, words: Words) -> Response:
    """Return the answer that tells an error of ours."""
    refusal = refusal_of(error)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 409)
    if isinstance(error, RefusedError) and refusal.rule in _FORBIDDEN:
        status = 403
    detail = "the store cannot be written now; nothing was kept, ask again" if isinstance(error, StoreError) else str(error)
    body: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail[:4000], "rule": refusal.rule,
        "zh": words.refusal(refusal, "zh"), "en": words.refusal(refusal, "en"),
    }  # fmt: skip
    if isinstance(error, FieldsError):
        body["errors"] = [one.model_dump(by_alias=True) for one in field_problems(error.problems, words)]
    if isinstance(error, OvertakenError):
        body["knownAt"] = error.known_at
        body["changes"] = [
            {"record": one.record, "kind": one.kind or None, "issuer": one.issuer or None, "at": one.at or None}
            for one in error.changes
        ]
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers={"cache-control": "no-store"})


def _of_request(error: RequestValidationError) -> tuple[Problem, ...]:
    """What is wrong with the request around the arguments."""
    found = []
    for one in error.errors()[:50]:
        where = ".".join(str(part) for part in one["loc"][1:])[:200].encode("utf-8", "backslashreplace").decode("utf-8")
        said = str(one["msg"])[:300].encode("utf-8", "backslashreplace").decode("utf-8")
        found.append(Problem(where=where, rule="whole", detail=said, told={"detail": said}))
    return tuple(found)


def route_class(words: Words) -> type[APIRoute]:
    """Return the class of routes that tell every error of ours as a problem."""

    class TellingRoute(APIRoute):
        """Answers, or tells why not."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            """Return the handler of FastAPI with our errors told."""
            handler = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    response = await handler(request)
                except OpenQIError as error:
                    request.scope["openqi.refused"] = refusal_of(error).rule  # for the journal
                    request.scope["openqi.fault"] = error if isinstance(error, StoreError) else None
                    return problem_response(error, words)
                except RequestValidationError as error:
                    return problem_response(FieldsError(_of_request(error)), words)
                response.headers.setdefault("cache-control", "no-store")
                return response

            return answer

    return TellingRoute
