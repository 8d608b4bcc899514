"""What stands about one inspected object: draws in which it was drawn, how visits ended, what to correct, what is public."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.surveillance.draws import DrawLine, draw_lines
from openqi.app.reading.surveillance.limits import Due, LimitTold, due_by, limit_told, rights
from openqi.app.reading.surveillance.objects import PublicResult, drawn_in, results_of
from openqi.app.reading.surveillance.risk import ClassTold, classes_told
from openqi.app.reading.surveillance.visits import VisitLine, visits_of_object
from openqi.app.reading.surveillance.withdrawn import gone
from openqi.evidence.fold import Cell
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.surveillance.inspections.step_register import INSPECTION_STEPS
from openqi.records import body
from openqi.records.draw_rows import DrawnRow
from openqi.records.governance import PartyRegistered
from openqi.records.inspections import FollowUpReported, ResultsPublished, VisitReported
from openqi.store.store import MAX_PAGE

LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class FollowedUp:
    """What came after a visit."""

    seen: Seen
    stated: FollowUpReported


@dataclass(frozen=True, kw_only=True)
class Right:
    """A limit that counts from the report or the publication of a result, and until when it runs for this one."""

    limit: LimitTold
    due: Due


@dataclass(frozen=True, kw_only=True)
class VisitTold:
    """A visit as its report has it; `over` where what is to be corrected is past its day."""

    line: VisitLine
    seen: Seen
    stated: VisitReported
    over: bool
    after: tuple[FollowedUp, ...]


@dataclass(frozen=True, kw_only=True)
class Stood:
    """A draw in which an object was drawn.

    Args:
        line: the draw.
        row: its row in the result of the draw; None where that is hidden.
        visits: reports that the reader may see, the newest first.
        public: what was made public of it, and what it names as due; None where nothing is yet.
        limit, waiting_until: the limit for publication, and until when a report that is not public has to be.
        rights: what counts from the report or the publication.
    """

    line: DrawLine
    row: DrawnRow | None
    visits: tuple[VisitTold, ...]
    public: PublicResult | None
    limit: LimitTold | None
    waiting_until: Due | None
    rights: tuple[Right, ...]


@dataclass(frozen=True, kw_only=True)
class ObjectPage:
    """All that stands about an object; `draws` counts those that were looked through, `own` says that it is the reader itself.

    `classes` are for the object itself and for who classifies, nobody else.
    """

    name: str
    stood: tuple[Stood, ...]
    draws: int
    own: bool
    classes: tuple[ClassTold, ...] = ()


def own_code(context: Context) -> str:
    """Return the 统一社会信用代码 under which the reader is registered; "" where there is none."""
    party = context.reader
    if party is None:
        return ""
    try:
        registered = body(context.logged(context.named(party).record).record, PartyRegistered)
    except (NotFoundError, FormatError):
        return ""
    return next((one.value for one in registered.identifiers if one.scheme == "usci"), "")


def object_page(context: Context, name: str) -> ObjectPage:
    """Return what stands about an object.

    Args:
        context: the log, as one reader may see it: whoever is bound to the object by its code sees no more than was shown to them.
        name: as the list of the draw has it, to the letter.

    Raises:
        FormatError: the name is too long.
    """
    if len(name) > LONGEST:
        raise FormatError(f"a name has at most {LONGEST} characters")
    lines = draw_lines(context)
    visits: dict[str, list[VisitLine]] = {}
    for one in visits_of_object(context, name):
        visits.setdefault(one.committed, []).append(one)
    after = _follow_ups(context, name) if visits else ()
    stood = [
        _stood(context, line, row, visits.get(line.committed, ()), after)
        for line in lines
        if (row := drawn_in(context, line).get(name)) is not None or line.committed in visits
    ]
    looked = sum(line.made is not None for line in lines)
    own = bool(name) and name == own_code(context)
    return ObjectPage(name=name, stood=tuple(stood), draws=looked, own=own, classes=classes_told(context, name, own=own))


def _follow_ups(context: Context, name: str) -> tuple[FollowedUp, ...]:
    where: dict[str, Cell] = {"origin": context.store.origin, "object": name, "sort": "follow-up"}
    lost = gone(context).records
    rows = context.store.page(INSPECTION_STEPS, where=where, order=("key",), limit=MAX_PAGE).rows
    records = [str(row["record"]) for row in rows if row["record"] not in lost]
    found = [(record, context.body(record, FollowUpReported)) for record in records]
    return tuple(FollowedUp(seen=context.seen(record), stated=stated) for record, stated in found if stated is not None)


def _stood(
    context: Context, line: DrawLine, row: DrawnRow | None, visits: Sequence[VisitLine], after: Sequence[FollowedUp]
) -> Stood:  # fmt: skip
    public = results_of(context, line).get(row.object if row is not None else visits[0].object)
    told = tuple(_visits(context, visits, after))
    limit = None if line.limit is None else limit_told(context, line.limit)
    waiting = None
    if line.limit is not None and told and (public is None or public.row.record != told[0].line.visit):
        waiting = due_by(context, line.limit, told[0].line.at)
    return Stood(
        line=line, row=row, visits=told, public=public, limit=limit, waiting_until=waiting,
        rights=tuple(_rights(context, told, public)),
    )  # fmt: skip


def _visits(context: Context, visits: Sequence[VisitLine], after: Sequence[FollowedUp]) -> Iterator[VisitTold]:
    today = context.today.isoformat()
    for line in visits:
        stated = context.body(line.visit, VisitReported)
        if stated is not None:
            yield VisitTold(
                line=line, seen=context.seen(line.visit), stated=stated, over=line.open and line.correct_by < today,
                after=tuple(one for one in after if one.stated.visit == line.visit),
            )  # fmt: skip


def _rights(context: Context, visits: Sequence[VisitTold], public: PublicResult | None) -> Iterator[Right]:
    begins = {
        ResultsPublished.KIND: public.at if public is not None else "",
        VisitReported.KIND: visits[0].line.at if visits else "",
    }
    for limit in rights(context):
        if begins[limit.starts]:
            yield Right(limit=limit, due=due_by(context, limit.record, begins[limit.starts]))
