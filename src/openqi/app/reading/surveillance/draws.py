"""Draws in one line each: their state, what was drawn, visited and made public; out of the register, less what is withdrawn."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from openqi.app.reading.context import Context
from openqi.app.reading.keys import rows_beginning
from openqi.app.reading.memory import kind_tag
from openqi.app.reading.naming import Named
from openqi.app.reading.surveillance.withdrawn import Gone, gone, steps
from openqi.evidence.fold import Cell, Row
from openqi.kernel.errors import NotFoundError
from openqi.pillars.surveillance.inspections.register import INSPECTED_DRAWS, OF_DRAWS, draw_key, start_of
from openqi.pillars.surveillance.inspections.step_register import INSPECTION_COUNTS
from openqi.records import Names
from openqi.records.draws import DrawCommitted
from openqi.records.governance import Withdrawn
from openqi.records.inspections import ResultsPublished
from openqi.store.store import MAX_PAGE

State = Literal["committed", "cancelled", "drawn", "assigned", "visiting", "reported", "published"]
STATES: Final[tuple[State, ...]] = ("committed", "drawn", "assigned", "visiting", "reported", "published", "cancelled")
MOVED_BY: Final = tuple(map(kind_tag, (*OF_DRAWS, Withdrawn.KIND)))
"""What moves any line of a draw."""
_SUMS: Final = ("visits", "changes", "passed_over", "publications", "published", "late", "follow_ups")


@dataclass(frozen=True, kw_only=True)
class DrawLine:
    """A draw in one line, as one reader may see it.

    Args:
        committed, draw, name, organiser: the record that committed to it, its URI, what it is called, who carries it out.
        frame: record of its list.
        state: how far it is.
        visits_from, visits_until: days.
        drawn: how many objects; 0 where nobody was drawn, or that is hidden.
        visits: reports of visits that stand, as far as the reader may see them.
        reported, outcomes: how many objects have a result and which, by the reports or by what was made public, whichever has more.
        publications, published, late: how often results were made public, how many, how many of them after their day.
        changes, reasons, passed_over: of officers; why; how many substitutes were passed over.
        limit: record of the limit for publication; None where none was committed to.
        made, publication, estimate: newest records of these; `publication_place` is the place in the log of the second.
        hidden: whether who was drawn is not public yet.
        recusals: record of who may not go where; sealed as a rule. None where the commitment names none.
        illustrative: whether it is an example, of which nothing is true of a real firm.
    """

    committed: str
    draw: str
    name: Names
    organiser: Named
    frame: str
    state: State
    visits_from: str
    visits_until: str
    drawn: int
    visits: int
    reported: int
    outcomes: tuple[tuple[str, int], ...]
    publications: int
    published: int
    late: int
    changes: int
    reasons: tuple[tuple[str, int], ...]
    passed_over: int
    follow_ups: int
    limit: str | None
    made: str | None
    publication: str | None
    publication_place: int
    estimate: str | None
    hidden: bool
    recusals: str | None
    illustrative: bool

    @property
    def missing(self) -> int:
        """How many objects were drawn and have no result."""
        return max(self.drawn - self.reported, 0)


def draw_lines(context: Context, *, since: str = "") -> tuple[DrawLine, ...]:
    """Return all draws that the reader may see, those whose visits end last first.

    Args:
        context: the log.
        since: only draws whose visits end on this day or later; "" for all.
    """
    return context.kept("draw lines", f"{since} {context.reader or ''}", lambda: _lines(context, since), tags=MOVED_BY)


def _lines(context: Context, since: str) -> tuple[DrawLine, ...]:
    public = _public_rows(context, since)
    own = _own_rows(context)
    less, counts = gone(context), _counts(context, own)
    rows = {str(row["committed"]): row for row in public}
    # A draw that was committed to for few alone has only rows of their own.
    names = [*rows, *(name for name, row in own.items() if name not in rows and str(row["visits_until"] or "") >= since)]
    found = (_line(context, rows.get(name), own.get(name), less, counts.get(name, Counter())) for name in names)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.visits_until, one.draw), reverse=True))


def draw_line(context: Context, committed: str) -> DrawLine | None:
    """Return one draw; None where there is none that the reader may see."""
    keys = [draw_key(committed, context.store.origin, party) for party in dict.fromkeys((None, context.reader))]
    found = [row for row in context.store.rows(INSPECTED_DRAWS, keys).values() if row["committed"] == committed]
    if not found:
        return None
    public, own = next((one for one in found if one["public"]), None), next((one for one in found if not one["public"]), None)
    counted = _counts(context, {} if own is None else {committed: own}, committed).get(committed, Counter())
    return _line(context, public, own, gone(context), counted)


def _public_rows(context: Context, since: str) -> Iterator[Row]:
    where: dict[str, Cell] = {"origin": context.store.origin, "public": 1}
    after: tuple[Cell, ...] | None = None
    while True:
        page = context.store.page(
            INSPECTED_DRAWS, where=where, at_least={"visits_until": since}, order=("visits_until",), after=after, limit=MAX_PAGE
        )
        yield from page.rows
        if page.next is None:
            return
        after = page.next


def _own_rows(context: Context) -> dict[str, Row]:
    """Draw → what only the reader may see of it."""
    if context.reader is None:
        return {}
    rows = rows_beginning(context.store, INSPECTED_DRAWS, start_of(context.reader))
    return {str(row["committed"]): row for row in rows if row["origin"] == context.store.origin}


def _counts(context: Context, own: Mapping[str, Row], committed: str | None = None) -> Mapping[str, Counter[str]]:
    """Draw → how many visits ended how and changes had which reason, withdrawn ones included."""
    found: dict[str, Counter[str]] = {}
    for sort in ("outcome", "change"):
        where: dict[str, Cell] = {"origin": context.store.origin, "public": 1, "sort": sort}
        if committed is not None:
            where["committed"] = committed
        after: tuple[Cell, ...] | None = None
        while True:
            page = context.store.page(INSPECTION_COUNTS, where=where, order=(), after=after, limit=MAX_PAGE)
            for row in page.rows:
                found.setdefault(str(row["committed"]), Counter())[f"{sort} {row['code']}"] += int(row["count"] or 0)
            if page.next is None:
                break
            after = page.next
        for row in _own_counts(context, sort) if own else ():
            if committed in (None, row["committed"]):
                found.setdefault(str(row["committed"]), Counter())[f"{sort} {row['code']}"] += int(row["count"] or 0)
    return found


def _own_counts(context: Context, sort: str) -> Iterator[Row]:
    for row in rows_beginning(context.store, INSPECTION_COUNTS, f"{start_of(context.reader)}{sort}."):
        if row["origin"] == context.store.origin:
            yield row


def _line(context: Context, public: Row | None, own: Row | None, less: Gone, counts: Counter[str]) -> DrawLine | None:
    parts = [row for row in (public, own) if row is not None]
    committed = str(parts[0]["committed"])
    stated = _stated(context, committed)
    if stated is None or committed in less.records:
        return None
    lost = less.less.get(committed, Counter())
    sums = {name: sum(int(row[name] or 0) for row in parts) - lost[name] for name in _SUMS}
    counted = counts - lost
    newest = {
        name: _newest(context, parts, name, committed, less) for name in ("made", "estimated", "published_record", "cancelled")
    }
    made, publication = newest["made"], newest["published_record"]
    own_made = own is not None and own["made"] is not None
    drawn = 0 if made is None else max(int(row["drawn"] or 0) for row in parts)
    outcomes, reported = _told(context, counted, sums["visits"], publication)
    return DrawLine(
        committed=committed, draw=stated[0].draw, name=stated[0].name, organiser=context.named(stated[0].organiser),
        frame=stated[0].frame, visits_from=stated[0].visits_from, visits_until=stated[0].visits_until,
        state=_state(newest["cancelled"], made, parts, drawn, reported, _published(context, publication)),
        drawn=drawn, visits=sums["visits"], reported=reported, outcomes=outcomes, publications=sums["publications"],
        published=sums["published"], late=sums["late"], changes=sums["changes"], reasons=_of(counted, "change"),
        passed_over=sums["passed_over"], follow_ups=sums["follow_ups"], limit=stated[0].publication_limit, made=made,
        publication=publication, publication_place=-1 if publication is None else _published_at(context, parts, publication),
        estimate=newest["estimated"], hidden=own_made and bool(parts[-1]["hidden"]) and not (public and public["made"]),
        recusals=stated[0].recusals, illustrative=stated[0].illustrative,
    )  # fmt: skip


def _stated(context: Context, committed: str) -> tuple[DrawCommitted] | None:
    def made() -> tuple[DrawCommitted] | None:
        found = context.body(committed, DrawCommitted)
        return None if found is None else (found,)

    return context.kept("draw committed", committed, made)


_SORTS: Final = {"published_record": "publication", "estimated": "estimate"}


def _newest(context: Context, parts: list[Row], name: str, committed: str, less: Gone) -> str | None:
    """The newest record of a sort that stands."""
    names = [str(row[name]) for row in parts if row[name] is not None]
    found = max(names, key=lambda one: _place(context, one)) if len(names) > 1 else next(iter(names), None)
    if found is None or found not in less.records:
        return found
    if name not in _SORTS:
        return None
    for public in (True, False) if context.reader is not None else (True,):
        for row in steps(context, {"committed": committed, "sort": _SORTS[name]}, public=public):
            if row["record"] not in less.records:
                return str(row["record"])
    return None


def _place(context: Context, record: str) -> int:
    """Where a record stands; one that came in after this page's log began to be read stands nowhere yet."""
    try:
        return context.logged(record).index
    except NotFoundError:
        return -1


def _published_at(context: Context, parts: list[Row], publication: str) -> int:
    places = [int(row["published_place"] or 0) for row in parts if row["published_record"] == publication]
    return places[0] if places else _place(context, publication)


def _told(context: Context, counted: Counter[str], visits: int, publication: str | None) -> tuple[tuple[tuple[str, int], ...], int]:
    """How visits ended: by reports that the reader may see, or by what was made public where that is more."""
    public = _published(context, publication)
    if public is not None and public[0] > visits:
        return public[1], public[0]
    return _of(counted, "outcome"), visits


def _published(context: Context, publication: str | None) -> tuple[int, tuple[tuple[str, int], ...]] | None:
    """How many objects had a result at a publication, and which."""
    if publication is None:
        return None

    def made() -> tuple[int, tuple[tuple[str, int], ...]] | None:
        found = context.body(publication, ResultsPublished)
        return None if found is None else (found.reported, tuple((one.outcome, one.visits) for one in found.outcomes))

    return context.kept("results published", publication, made)


def _of(counted: Counter[str], sort: str) -> tuple[tuple[str, int], ...]:
    return tuple((name.partition(" ")[2], many) for name, many in counted.items() if many > 0 and name.startswith(f"{sort} "))


def _state(
    cancelled: str | None, made: str | None, parts: list[Row], drawn: int, reported: int,
    published: tuple[int, tuple[tuple[str, int], ...]] | None,
) -> State:  # fmt: skip
    if cancelled is not None:
        return "cancelled"
    if made is None:
        return "committed"
    if drawn and reported >= drawn:
        return "published" if published is not None and published[0] >= drawn else "reported"
    if reported:
        return "visiting"
    return "assigned" if any(row["assigned"] for row in parts) else "drawn"
