"""What each route of the REST interface answers, out of the same read models that the pages show."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from fastapi import Path, Query
from fastapi.responses import Response

from openqi.app.reading.buyer.ground import Ground
from openqi.app.reading.items import ItemPage
from openqi.app.reading.lists import Asked
from openqi.app.reading.lots import LotLine
from openqi.app.reading.marks import Issued, MarkPage
from openqi.app.reading.overview import InstrumentLine
from openqi.app.reading.products import Certified
from openqi.app.reading.reader import Reader
from openqi.app.tree import Node
from openqi.interfaces.rest import models
from openqi.interfaces.rest.models import line, subject, subjects
from openqi.kernel.errors import FormatError, NotFoundError

MOST: Final = 200
"""How many things of each sort the overview lists, the newest; `/api/things/…` goes on."""
_LEAF: Final = Query(ge=0, le=2**53 - 1, description="Which of many items the question is about")
RecordName = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="Id of the record: the SHA-256 of its bytes")]
Leaf = Annotated[int | None, _LEAF]
PageNumber = Annotated[int | None, Query(ge=1, le=2**31, description="Counted from the oldest; without it the newest")]
Gtin = Annotated[str, Path(pattern="^[0-9]{14}$", description="GTIN with 14 digits")]
Serial = Annotated[str, Path(pattern="^[A-Za-z0-9._-]{1,20}$", description="Serial of the mark")]
Start = Annotated[int, Query(ge=0, le=2**31, description="From which item on")]
Kind = Annotated[str | None, Query(max_length=80, description="A kind with its version, such as conformity.lot-decided/1")]
Issuer = Annotated[str | None, Query(max_length=2000, description="URI of the party that issued the records")]
Below = Annotated[int | None, Query(ge=0, le=2**40, description="Only entries of a lower index; `below` of the page before")]
After = Annotated[str, Query(pattern=r"^([0-9]{1,15} [!-~]{1,2000})?$", description="`after` of the page before")]
Sort = Annotated[
    Literal["party", "product", "instrument", "lot", "certificate", "requirement", "procedure", "plan", "scope"],
    Path(description="What the things are"),
]
Limit = Annotated[int, Query(ge=1, le=500, description="At most so many")]


class Answers:
    """What each route answers. Every method runs in a thread beside the event loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def overview(self) -> models.Overview:
        """Return what the log holds."""
        page = self._reader.overview(MOST)
        return models.Overview(
            origin=page.head.origin,
            size=page.head.size,
            root=page.head.root_hex,
            checkpoint=page.head.state,
            operator=subject(page.operator),
            counts={kind: one.records for kind, one in page.counts.items()},
            cases=page.cases,
            withdrawn=page.withdrawn,
            products=subjects(page.products),
            parties=subjects(page.parties),
            certificates=[_certificate(one) for one in page.certificates],
        )

    def log(self, page: PageNumber = None) -> models.Log:
        """Return a page of the log, newest entries first."""
        found = self._reader.log_page(page)
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

    def record(self, record: RecordName) -> models.Record:
        """Return a record with its signed bytes, what it names and what rests on it."""
        page = self._reader.record_page(record)
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

    def tree(self, record: RecordName, leaf: Leaf = None) -> models.TreeNode:
        """Return the tree of evidence under a record, each node with how far it was checked."""
        return _node(self._reader.tree(record, leaf))

    def proof(self, record: RecordName) -> models.Proof:
        """Return the proof that a record stands in the log."""
        found = self._reader.record_page(record).proof
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

    def dossier(self, record: RecordName, leaf: Leaf = None) -> Response:
        """Return the dossier of a public record: one file that proves and replays it anywhere."""
        name = f"{record[:16]}{'' if leaf is None else f'-{leaf}'}.dossier"
        headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-cache"}
        return Response(self._reader.dossier(record, leaf), media_type="application/zip", headers=headers)

    def mark(self, gtin: Gtin, serial: Serial) -> models.Mark:
        """Return what is known of a mark. Asking here counts as no scan."""
        reader = self._reader
        try:
            pages = [reader.mark_page(f"{base}/01/{gtin}/21/{serial}", scanned=False) for base in reader.bases]
        except FormatError as error:  # no mark, so none that was issued: a check digit is beyond what a pattern can say
            raise NotFoundError(str(error)) from error
        for page in pages:
            if page.issued is not None:
                return _mark(page, page.issued)
        raise NotFoundError(f"the log {reader.origin} has issued no such mark up to size {reader.size}; another log may have")

    def records(self, kind: Kind = None, issuer: Issuer = None, below: Below = None, limit: Limit = 100) -> models.RecordLines:
        """Return public records, the newest first: of a kind, by an issuer, below an index of the log."""
        found = self._reader.listed(Asked(kind=kind, issuer=issuer, below=below, most=limit))
        return models.RecordLines(records=[line(seen) for seen in found.entries], below=found.below)

    def lots(self, after: After = "", limit: Limit = 100) -> models.Lots:
        """Return lots, the newest first; `after` leads to the next page."""
        found = self._reader.things("lot", after=after, most=limit)
        return models.Lots(lots=[_lot(self._reader.lot_line(named.uri)) for named, _ in found.things], after=found.after)

    def instruments(self, after: After = "", limit: Limit = 100) -> models.Instruments:
        """Return instruments, the newest first, and until when the newest certificate of each serves."""
        found = self._reader.things("instrument", after=after, most=limit)
        lines = [_instrument(self._reader.instrument_line(named.uri)) for named, _ in found.things]
        return models.Instruments(instruments=lines, after=found.after)

    def things(self, what: Sort, after: After = "", limit: Limit = 100) -> models.Things:
        """Return the subjects of a sort, the newest first, each with the record that registered it."""
        found = self._reader.things(what, after=after, most=limit)
        return models.Things(
            things=[models.Thing(subject=subject(named), record=line(seen)) for named, seen in found.things], after=found.after
        )

    def items(self, start: Start = 0, limit: Limit = 100) -> models.Items:
        """Return items that lots, marks, events or verdicts on one thing name."""
        uris = self._reader.items()
        some = [_item(self._reader.item_page(uri)) for uri in uris[start : start + limit]]
        return models.Items(items=some, total=len(uris), next=start + limit if start + limit < len(uris) else None)

    def routes(self) -> tuple[tuple[str, str, Callable[..., Any]], ...]:
        """Return each route with what it is about and what answers it."""
        return (
            ("/api/overview", "log", self.overview),
            ("/api/log", "log", self.log),
            ("/api/records", "records", self.records),
            ("/api/records/{record}", "records", self.record),
            ("/api/records/{record}/tree", "records", self.tree),
            ("/api/records/{record}/proof", "records", self.proof),
            ("/api/marks/{gtin}/{serial}", "marks", self.mark),
            ("/api/lots", "things", self.lots),
            ("/api/instruments", "things", self.instruments),
            ("/api/items", "things", self.items),
            ("/api/things/{what}", "things", self.things),
        )


def _certificate(one: Certified) -> models.CertificateLine:
    return models.CertificateLine(
        record=line(one.seen),
        number=one.number,
        product=subject(one.product),
        holder=subject(one.holder),
        requirements=subjects(one.requirements),
        type_tests=list(one.type_tests),
        lots=list(one.lots),
    )


def _lot(one: LotLine) -> models.Lot:
    return models.Lot(
        lot=subject(one.lot),
        product=subject(one.product),
        formed=line(one.formed),
        formed_at=one.formed_at,
        count=one.count,
        simulated=one.simulated,
        verdict=one.verdict,
        decision=None if one.decision is None else line(one.decision),
    )


def _instrument(one: InstrumentLine) -> models.Instrument:
    return models.Instrument(
        instrument=subject(one.instrument),
        registered=line(one.registered),
        owner=subject(one.owner),
        serial=one.serial,
        serves_until="" if one.newest is None else one.newest.serves_until,
        overdue=one.newest is not None and one.newest.overdue,
        certificate=None if one.newest is None else line(one.newest.seen),
    )


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


def _item(page: ItemPage) -> models.Item:
    place = None if page.place is None else models.Place(location=page.place.location, at=page.place.at)
    return models.Item(item=subject(page.item), place=place, verdicts=len(page.verdicts), marks=len(page.marks))


def _number(ground: Ground | None, sort: str) -> str:
    """The number of what a mark was issued under, where it is of that sort; else no text."""
    return ground.number if ground is not None and ground.sort == sort else ""


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
        certificate=_number(issued.ground, "certificate"),
        licence=_number(issued.ground, "licence"),
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
