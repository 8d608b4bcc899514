"""What was withdrawn of draws and inspections, as far as a reader may see it, and by how much numbers of registers are less."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context
from openqi.app.reading.memory import kind_tag
from openqi.evidence.fold import Cell, Row
from openqi.evidence.record import Record
from openqi.kernel.errors import NotFoundError
from openqi.pillars.surveillance.inspections.register import committed_of, count_in, items_in, text_in
from openqi.pillars.surveillance.inspections.step_register import INSPECTION_STEPS
from openqi.records.governance import Withdrawn
from openqi.records.inspections import AssignmentChanged, FollowUpReported, ResultsPublished, VisitReported

_PIECE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Gone:
    """What was withdrawn.

    Args:
        records: by their ids.
        less: draw → by how much its numbers are less, and those by outcome (`outcome refused`) and by reason (`change kin`).
        reopened: visits of which a follow-up is gone that may have closed them.
    """

    records: Mapping[str, Record]
    less: Mapping[str, Counter[str]]
    reopened: frozenset[str]


def steps(
    context: Context, where: Mapping[str, Cell], *, public: bool = True, newest_first: bool = True, before: int | None = None
) -> Iterator[Row]:  # fmt: skip
    """Yield rows of `INSPECTION_STEPS` that the reader may see, by their place.

    Args:
        context: the log.
        where: columns that an index begins with, beside origin and public.
        public: of records that everybody may see, else of the others.
        newest_first: the order.
        before: only those below this index of the log.
    """
    told: dict[str, Cell] = {"origin": context.store.origin, "public": int(public), **where}
    after: tuple[Cell, ...] | None = None if before is None else (f"{before:012x}",)
    while True:
        page = context.store.page(INSPECTION_STEPS, where=told, order=("key",), descending=newest_first, after=after, limit=_PIECE)
        for row in page.rows:
            if int(str(row["key"]), 16) < context.size and (public or _shown(context, str(row["record"]))):
                yield row
        if page.next is None:
            return
        after = page.next


def _shown(context: Context, record: str) -> bool:
    try:
        return context.shown(context.logged(record).record)
    except NotFoundError:
        return False


def gone(context: Context) -> Gone:
    """Return what was withdrawn by who had issued it."""
    return context.kept(
        "withdrawn of draws", context.reader or "", lambda: _gone(context), heavy=True, tags=(kind_tag(Withdrawn.KIND),)
    )


def _gone(context: Context) -> Gone:
    found: dict[str, Record] = {}
    for public in (True, False) if context.reader is not None else (True,):
        for row in steps(context, {"sort": "withdrawal"}, public=public):
            try:
                other = context.logged(str(row["of"]))
            except NotFoundError:
                continue
            if other.record.issuer == row["issuer"] and other.origin == row["origin"] and context.shown(other.record):
                found[other.record.id] = other.record
    less: dict[str, Counter[str]] = {}
    for record in found.values():
        less.setdefault(committed_of(record), Counter()).update(_lessening(record))
    follow_ups = (one for one in found.values() if one.kind == FollowUpReported.KIND)
    return Gone(records=found, less=less, reopened=frozenset(text_in(one.body, "visit") for one in follow_ups))


def _lessening(record: Record) -> Counter[str]:
    body = record.body
    if record.basis is None:
        return Counter()
    match record.kind:
        case VisitReported.KIND:
            return Counter({"visits": 1, f"outcome {text_in(body, 'outcome')}": 1})
        case AssignmentChanged.KIND:
            passed = body.get("passedOver")
            many = len(passed) if isinstance(passed, list) else 0
            return Counter({"changes": 1, "passed_over": many, f"change {text_in(body, 'reason')}": 1})
        case ResultsPublished.KIND:
            told = max(items_in(body) - count_in(body, "takenBack"), 0)
            return Counter({"publications": 1, "published": told, "late": count_in(body, "late")})
        case FollowUpReported.KIND:
            return Counter({"follow_ups": 1})
    return Counter()
