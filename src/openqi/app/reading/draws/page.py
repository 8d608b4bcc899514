"""A draw on one page: what was committed to before, what came of it, who was sent, and what was published."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.draws.ingredients import result_of, values_of
from openqi.app.reading.draws.lines import DrawLine, line_of, reason_of
from openqi.app.reading.draws.steps import Steps, steps_of
from openqi.app.reading.naming import Named
from openqi.kernel.errors import DomainError, OpenQIError
from openqi.records import Body, Items
from openqi.records.draw_lists import FrameFrozen, InspectionItem, ItemListPublished
from openqi.records.draw_rows import DrawnRow, ResultRow, TeamRow
from openqi.records.draws import DrawCancelled, DrawMade, DrawShown, RandomnessPublished, SourceNamed
from openqi.records.inspections import AssignmentChanged, OfficersAssigned, RateEstimated, ResultsPublished

B = TypeVar("B", bound=Body)
R = TypeVar("R", bound=msgspec.Struct)
ROWS: Final = 50
MOST_CHANGES: Final = 50


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A named source with the value that was published; None while there is none."""

    named: SourceNamed
    value: RandomnessPublished | None
    seen: Seen | None


@dataclass(frozen=True, kw_only=True)
class DrawnLine:
    """An object that was drawn: with its officers and its newest published result, None where there is none."""

    row: DrawnRow
    team: TeamRow | None
    result: ResultRow | None


@dataclass(frozen=True, kw_only=True)
class ResultView:
    """Who was drawn, a page of it. `missing` says why the rows are not here."""

    seen: Seen
    stated: DrawMade | DrawShown
    rows: tuple[DrawnLine, ...]
    number: int
    pages: int
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class DrawPage:
    """Everything that is public of a draw.

    Args:
        line: the draw in one line.
        steps: ids of its records.
        cancelled: why it will not be carried out.
        frame: the record of the list.
        listed: likewise; None where it may not be seen.
        items: what is inspected.
        item_list: the record of the list of items.
        sources: in the order in which they are mixed.
        result: who was drawn; None while nobody was, or it is hidden.
        assigned: officers, the newest that stands.
        changes: of officers, the newest first.
        publications: of results, the newest first.
        estimates: of rates, the newest first.
        again: further commitments under the same URI, which decide nothing.
        limit: within which results are published.
    """

    line: DrawLine
    steps: Steps
    cancelled: DrawCancelled | None
    frame: Seen
    listed: FrameFrozen | None
    items: tuple[InspectionItem, ...]
    item_list: Seen | None
    sources: tuple[SourceLine, ...]
    result: ResultView | None
    assigned: tuple[Seen, OfficersAssigned] | None
    changes: tuple[tuple[Seen, AssignmentChanged], ...]
    publications: tuple[tuple[Seen, ResultsPublished], ...]
    estimates: tuple[tuple[Seen, RateEstimated], ...]
    again: tuple[Seen, ...]
    limit: Named | None


def draw_page(context: Context, uri: str, *, number: int = 1, most: int = ROWS) -> DrawPage:
    """Return what is known of a draw.

    Args:
        context: the log.
        uri: of the draw.
        number: which page of those who were drawn, from 1.
        most: how many of them a page has.

    Raises:
        NotFoundError: the log knows no such draw, or it may not be shown.
        DomainError: there is no such page.
    """
    name = f"{uri}\n{context.reader or ''}\n{number} {most}\n{context.today}"
    return context.kept("draw", name, lambda: _page(context, steps_of(context, uri), number, most), heavy=True, tags=(uri,))


def _page(context: Context, steps: Steps, number: int, most: int) -> DrawPage:
    stated = steps.stated
    listed = context.body(stated.frame, FrameFrozen)
    published = None if stated.item_list is None else context.body(stated.item_list, ItemListPublished)
    items = () if published is None else tuple(one for one in published.items if one.code in stated.items)
    publications = _bodies(context, reversed(steps.publications), ResultsPublished)
    assigned = next(iter(_bodies(context, steps.assigned[:1], OfficersAssigned)), None)
    limit = None if stated.publication_limit is None else context.named(_subject(context, stated.publication_limit))
    return DrawPage(
        line=line_of(context, steps), steps=steps, cancelled=reason_of(context, steps), frame=context.seen(stated.frame),
        listed=listed, items=items, item_list=None if stated.item_list is None else context.seen(stated.item_list),
        sources=_sources(context, steps), result=_result(context, steps, (number, most), assigned, publications), assigned=assigned,
        changes=_bodies(context, list(reversed(steps.changes))[:MOST_CHANGES], AssignmentChanged), publications=publications,
        estimates=_bodies(context, reversed(steps.estimates), RateEstimated), again=context.all_seen(steps.again), limit=limit,
    )  # fmt: skip


def _bodies(context: Context, records: Iterable[str], kind: type[B]) -> tuple[tuple[Seen, B], ...]:
    found = ((record, context.body(record, kind)) for record in records)
    return tuple((context.seen(record), one) for record, one in found if one is not None)


def _subject(context: Context, record: str) -> str:
    return context.seen(record).about.uri


def _sources(context: Context, steps: Steps) -> tuple[SourceLine, ...]:
    found = {(one.source, one.event): one for one in values_of(context, steps)}
    ids = {}
    for record in steps.values:
        one = context.body(record, RandomnessPublished)
        if one is not None and one == found.get((one.source, one.event)):
            ids[one.source, one.event] = record
    lines = []
    for named in steps.stated.sources:
        key = (named.source, named.event)
        lines.append(SourceLine(named=named, value=found.get(key), seen=context.seen(ids[key]) if key in ids else None))
    return tuple(lines)


def _result(
    context: Context, steps: Steps, asked: tuple[int, int], assigned: tuple[Seen, OfficersAssigned] | None,
    publications: tuple[tuple[Seen, ResultsPublished], ...],
) -> ResultView | None:  # fmt: skip
    stated = result_of(context, steps)
    if stated is None:
        return None
    number, most = asked
    seen = context.seen(steps.shown or steps.made or "")
    pages = max(1, -(-stated.items.count // most))
    if not 1 <= number <= pages:
        raise DomainError(f"page {number}: there are pages 1 to {pages}")
    try:
        rows = _rows(context, seen.id, stated.items, DrawnRow)[(number - 1) * most : number * most]
        teams = _teams(context, steps, assigned, {row.object for row in rows})
        results = _published(context, publications)
    except OpenQIError as error:  # erased, or not what the record commits to: the page says which
        return ResultView(seen=seen, stated=stated, rows=(), number=1, pages=1, missing=str(error))
    lines = tuple(DrawnLine(row=row, team=teams.get(row.object), result=results.get(row.object)) for row in rows)
    return ResultView(seen=seen, stated=stated, rows=lines, number=number, pages=pages)


def _rows(context: Context, record: str, items: Items, row: type[R]) -> Sequence[R]:
    """The rows of a record, decoded once for all of its pages."""
    return context.kept("draw rows", record, lambda: context.rows(items, row), heavy=True)


def _teams(
    context: Context, steps: Steps, assigned: tuple[Seen, OfficersAssigned] | None, objects: set[str]
) -> dict[str, TeamRow]:  # fmt: skip
    """Who goes to some objects, after every change that stands."""
    if assigned is None:
        return {}
    found = {one.object: one for one in _rows(context, assigned[0].id, assigned[1].items, TeamRow) if one.object in objects}
    for record in steps.changes:
        one = context.body(record, AssignmentChanged)
        if one is None or one.object not in found or one.assigned != assigned[0].id:
            continue
        team = found[one.object]
        officers = tuple(one.joined if each == one.left and one.joined else each for each in team.officers)
        found[one.object] = replace(team, officers=officers, day=one.day or team.day)
    return found


def _published(
    context: Context, publications: tuple[tuple[Seen, ResultsPublished], ...]
) -> Mapping[str, ResultRow]:  # fmt: skip
    """The newest published result of each object; one that was taken back is none."""
    found: dict[str, ResultRow] = {}
    for seen, one in reversed(publications):
        found |= {row.object: row for row in _rows(context, seen.id, one.items, ResultRow)}
    return {name: row for name, row in found.items() if row.outcome is not None}
