"""The REST application: its routes with their description in OpenAPI; every error is problem+json."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from openqi.app.reading.reader import Reader
from openqi.interfaces.rest import models
from openqi.interfaces.rest.answers import Answers
from openqi.interfaces.rest.control import ControlAnswers
from openqi.interfaces.rest.draws import DrawAnswers
from openqi.interfaces.rest.pledges import PledgeAnswers
from openqi.interfaces.rest.surveillance import SurveillanceAnswers
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError, StoreError

PROBLEM: Final = "application/problem+json"
_STATUS: Final = ((NotFoundError, 404), (FormatError, 400), (DomainError, 400), (RefusedError, 409), (StoreError, 503))
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status in (400, 404, 409, 422, 503)
}


def rest_application(reader: Reader, *, more: Sequence[APIRouter] = ()) -> FastAPI:
    """Return the REST application over a reader. There is no page of documentation, as that would fetch scripts from elsewhere.

    Args:
        reader: knows the log.
        more: further routes, those of a station.
    """
    app = FastAPI(
        title="OpenQI",
        version="1",
        summary="What a log of quality evidence holds, and how far it was checked.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=_PROBLEMS,
        redirect_slashes=False,
    )
    app.add_exception_handler(OpenQIError, _failed)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _fault)
    answers = Answers(reader)
    parts = (answers, ControlAnswers(reader), DrawAnswers(reader), SurveillanceAnswers(reader), PledgeAnswers(reader))
    for path, tag, answer in (route for part in parts for route in part.routes()):
        app.add_api_route(path, answer, tags=[tag], operation_id=answer.__name__)
    zipped = {200: {"description": "A stored zip that proves and replays offline", "content": {"application/zip": {}}}}
    app.add_api_route(
        "/api/records/{record}/dossier",
        answers.dossier,
        tags=["records"],
        operation_id="dossier",
        response_class=Response,
        responses=zipped,  # type: ignore[arg-type]
    )
    for routes in more:
        app.include_router(routes)
    described = app.openapi()
    described["components"]["schemas"]["Problem"] = models.Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        described["components"]["schemas"].pop(unused, None)
    return app


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = models.Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail)
    more = {"cache-control": "no-store", **(headers or {})}
    return JSONResponse(body.model_dump(by_alias=True), status_code=status, media_type=PROBLEM, headers=more)


def _failed(request: Request, error: Exception) -> JSONResponse:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        raise error
    request.scope["openqi.fault"] = error if status == 503 else None  # for the journal
    request.scope["openqi.refused"] = error.rule if isinstance(error, RefusedError) else ""
    return _problem(status, "the store cannot be read or written now; nothing was kept, ask again" if status == 503 else str(error))


def _refused(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    if not isinstance(error, HTTPException):
        raise error
    return _problem(error.status_code, str(error.detail), dict(error.headers or {}))


def _fault(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 -- it is in the journal
    number = request.scope.get("openqi.request", "")
    return _problem(500, f"a fault of this program; tell whoever looks after it the number of this request: {number}")


def _invalid(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    if not isinstance(error, RequestValidationError):
        raise error
    found = [f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()]
    return _problem(422, "; ".join(found)[:500])
