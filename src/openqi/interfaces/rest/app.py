"""The routes of the REST interface. Each runs in a thread beside the event loop; every error is problem+json."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from openqi.app.reading.items import ItemPage
from openqi.app.reading.marks import Issued, MarkPage
from openqi.app.reading.reader import Reader
from openqi.app.tree import Node
from openqi.interfaces.rest import models
from openqi.interfaces.rest.models import line, subject, subjects
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, OpenQIError, RefusedError, StoreError

PROBLEM: Final = "application/problem+json"
_STATUS: Final = ((NotFoundError, 404), (FormatError, 400), (DomainError, 400), (RefusedError, 409), (StoreError, 503))
_LEAF: Final = Query(ge=0, le=2**53 - 1, description="Which of many items the question is about")
RecordName = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="Id of the record: the SHA-256 of its bytes")]
Leaf = Annotated[int | None, _LEAF]
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status in (400, 404, 409, 422, 503)
}


def rest_application(reader: Reader) -> FastAPI:
    """Return the REST application over a reader. There is no page of documentation, as that would fetch scripts from elsewhere."""
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
    _about_log(app, reader)
    _about_records(app, reader)
    _about_things(app, reader)
    described = app.openapi()
    described["components"]["schemas"]["Problem"] = models.Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        described["components"]["schemas"].pop(unused, None)
    return app


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body = models.Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail)
    more = {"cache-control": "no-store", **(headers or {})}
    return JSONResponse(body.model_dump(by_alias=True), status_code=status, media_type=PROBLEM, headers=more)


def _failed(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 -- Starlette asks so
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        raise error
    return _problem(status, "the log cannot be read now; ask again" if status == 503 else str(error))


def _refused(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    if not isinstance(error, HTTPException):
        raise error
    return _problem(error.status_code, str(error.detail), dict(error.headers or {}))


def _invalid(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    if not isinstance(error, RequestValidationError):
        raise error
    found = [f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()]
    return _problem(422, "; ".join(found)[:500])


def _about_log(app: FastAPI, reader: Reader) -> None:
    @app.get("/api/overview", response_model=models.Overview, tags=["log"], operation_id="overview")
    def overview() -> models.Overview:
        """Return what the log holds."""
        page = reader.overview()
        return models.Overview(
            origin=page.head.origin,
            size=page.head.size,
            root=page.head.root_hex,
            checkpoint=page.head.state,
            operator=subject(page.operator),
            counts=dict(page.counts),
            cases=page.cases,
            withdrawn=page.withdrawn,
            products=subjects(page.products),
            parties=subjects(page.parties),
            certificates=[
                models.CertificateLine(
                    record=line(one.seen),
                    number=one.number,
                    product=subject(one.product),
                    holder=subject(one.holder),
                    requirements=subjects(one.requirements),
                    type_tests=list(one.type_tests),
                    lots=list(one.lots),
                )
                for one in page.certificates
            ],
        )

    @app.get("/api/log", response_model=models.Log, tags=["log"], operation_id="log")
    def log(
        page: Annotated[int | None, Query(ge=1, le=2**31, description="Counted from the oldest; without it the newest")] = None,
    ) -> models.Log:
        """Return a page of the log, newest entries first."""
        found = reader.log_page(page)
        return models.Log(
            origin=found.head.origin,
            size=found.head.size,
            root=found.head.root_hex,
            checkpoint=found.head.note,
            state=found.head.state,
            detail=found.head.detail,
            page=found.page,
            pages=found.pages,
            entries=[line(seen) for seen in found.entries],
        )


def _about_records(app: FastAPI, reader: Reader) -> None:
    @app.get("/api/records/{record}", response_model=models.Record, tags=["records"], operation_id="record")
    def record(record: RecordName) -> models.Record:
        """Return a record with its signed bytes, what it names and what rests on it."""
        page = reader.record_page(record)
        return models.Record(
            record=line(page.seen),
            withheld=page.withheld,
            origin=page.origin,
            kid=page.kid,
            streams=subjects(page.streams),
            references=[one.record for one, _ in page.references],
            resting=[seen.id for seen in page.resting],
            withdrawn_by=None if page.withdrawn_by is None else page.withdrawn_by.id,
            body=models.plain(page.body),
            command=None if page.command is None else models.plain(page.command),
            jws="" if page.withheld else ".".join(page.parts),
        )

    @app.get("/api/records/{record}/tree", response_model=models.TreeNode, tags=["records"], operation_id="tree")
    def tree(record: RecordName, leaf: Leaf = None) -> models.TreeNode:
        """Return the tree of evidence under a record, each node with how far it was checked."""
        return _node(reader.tree(record, leaf))

    @app.get("/api/records/{record}/proof", response_model=models.Proof, tags=["records"], operation_id="proof")
    def proof(record: RecordName) -> models.Proof:
        """Return the proof that a record stands in the log."""
        found = reader.record_page(record).proof
        if found is None:
            raise NotFoundError("the record is not yet published, so it has no proof")
        return models.Proof(
            index=found.index,
            size=found.size,
            state=found.state,
            detail=found.failure,
            entry_sha256=found.entry_sha256,
            proof=found.text,
        )

    @app.get(
        "/api/records/{record}/dossier",
        tags=["records"],
        operation_id="dossier",
        response_class=Response,
        responses={200: {"description": "A stored zip that proves and replays offline", "content": {"application/zip": {}}}},
    )
    def dossier(record: RecordName, leaf: Leaf = None) -> Response:
        """Return the dossier of a public record: one file that proves and replays it anywhere."""
        name = f"{record[:16]}{'' if leaf is None else f'-{leaf}'}.dossier"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-cache"}
        return Response(reader.dossier(record, leaf), media_type="application/zip", headers=headers)


def _node(node: Node) -> models.TreeNode:
    return models.TreeNode(
        capacity=node.capacity,
        state=node.state,
        record=node.record,
        kind=node.kind,
        issuer=node.issuer,
        sealed_at=node.sealed_at,
        index=node.index,
        why=node.why,
        told=dict(node.told),
        children=[_node(child) for child in node.children],
    )


def _about_things(app: FastAPI, reader: Reader) -> None:
    @app.get("/api/marks/{gtin}/{serial}", response_model=models.Mark, tags=["marks"], operation_id="mark")
    def mark(
        gtin: Annotated[str, Path(pattern="^[0-9]{14}$", description="GTIN with 14 digits")],
        serial: Annotated[str, Path(pattern="^[A-Za-z0-9._-]{1,20}$", description="Serial of the mark")],
    ) -> models.Mark:
        """Return what is known of a mark. Asking here counts as no scan."""
        try:
            pages = [reader.mark_page(f"{base}/01/{gtin}/21/{serial}", scanned=False) for base in reader.bases]
        except FormatError as error:  # no mark, so none that was issued: a check digit is beyond what a pattern can say
            raise NotFoundError(str(error)) from error
        for page in pages:
            if page.issued is not None:
                return _mark(page, page.issued)
        raise NotFoundError(f"the log {reader.origin} has issued no such mark up to size {reader.size}; another log may have")

    @app.get("/api/lots", response_model=list[models.Lot], tags=["things"], operation_id="lots")
    def lots() -> list[models.Lot]:
        """Return every lot."""
        return [
            models.Lot(
                lot=subject(one.lot),
                product=subject(one.product),
                formed=line(one.formed),
                formed_at=one.formed_at,
                count=one.count,
                simulated=one.simulated,
                verdict=one.verdict,
                decision=None if one.decision is None else line(one.decision),
            )
            for one in reader.overview().lots
        ]

    @app.get("/api/instruments", response_model=list[models.Instrument], tags=["things"], operation_id="instruments")
    def instruments() -> list[models.Instrument]:
        """Return every instrument, and until when its newest certificate serves."""
        return [
            models.Instrument(
                instrument=subject(one.instrument),
                registered=line(one.registered),
                owner=subject(one.owner),
                serial=one.serial,
                serves_until="" if one.newest is None else one.newest.serves_until,
                overdue=one.newest is not None and one.newest.overdue,
                certificate=None if one.newest is None else line(one.newest.seen),
            )
            for one in reader.overview().instruments
        ]

    @app.get("/api/items", response_model=models.Items, tags=["things"], operation_id="items")
    def items(
        start: Annotated[int, Query(ge=0, le=2**31, description="From which item on")] = 0,
        limit: Annotated[int, Query(ge=1, le=500, description="At most so many")] = 100,
    ) -> models.Items:
        """Return items that lots, verdicts, marks or events name."""
        uris = reader.items()
        some = [_item(reader.item_page(uri)) for uri in uris[start : start + limit]]
        return models.Items(items=some, total=len(uris), next=start + limit if start + limit < len(uris) else None)


def _item(page: ItemPage) -> models.Item:
    place = None if page.place is None else models.Place(location=page.place.location, at=page.place.at)
    return models.Item(item=subject(page.item), place=place, verdicts=len(page.verdicts), marks=len(page.marks))


def _mark(page: MarkPage, issued: Issued) -> models.Mark:
    scans, place = page.scans, issued.place
    return models.Mark(
        mark=page.mark,
        name=page.name,
        standing=page.standing,
        detail=page.detail,
        reason=page.reason,
        record=issued.seen.id,
        leaf=issued.leaf,
        item=None if issued.item is None else subject(issued.item),
        product=None if issued.product is None else subject(issued.product),
        certificate=issued.number,
        place=None if place is None else models.Place(location=place.location, at=place.at),
        steps=[
            models.StepLine(
                capacity=step.capacity, state=step.state, records=[node.record for node in step.nodes if node.record is not None]
            )
            for step in issued.steps
        ],
        ends=list(issued.ends),
        claims=page.claims,
        cases=page.cases,
        scans=models.Scans(
            total=scans.total if scans else 0,
            first_day=scans.first_day.isoformat() if scans and scans.first_day else None,
            last_day=scans.last_day.isoformat() if scans and scans.last_day else None,
        ),
        origin=page.origin,
        size=page.size,
    )
