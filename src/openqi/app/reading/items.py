"""An item on one page: its verdicts with their proofs, where it is, what it is in and what is in it, and its marks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from openqi.app.reading.budgets import Budget, budget
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.judged import Judged, judged
from openqi.app.reading.lots import lot_items
from openqi.app.reading.naming import Named
from openqi.evidence.batch import batch_rows, parse_batch
from openqi.evidence.log.merkle import Subtree, leaf_hash
from openqi.evidence.log.prover import inclusion_proof, subtree_of
from openqi.kernel.errors import NotFoundError, VerificationError
from openqi.pillars.conformity.verdicts import JUDGED, AnyRow
from openqi.pillars.traceability.views import Whereabouts, whereabouts
from openqi.records.conformity import LotFormed, MarksIssued
from openqi.records.rows import EventRow, MarkRow
from openqi.records.traceability import EventsCaptured


@dataclass(frozen=True, kw_only=True)
class ItemVerdict:
    """The verdict on one item: the row, its place among all, and the path that proves it against the record's root."""

    judged: Judged
    row: AnyRow
    leaf: int
    path: tuple[str, ...]
    budget: Budget | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an item, or something that it is in, was last seen, and when."""

    location: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    """One event in the story of an item, and the record that reports it."""

    event: EventRow
    seen: Seen


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something inside of an item, with the verdict on it; `verdict` is empty where the log knows none."""

    item: Named
    verdict: str
    verdicts: int


@dataclass(frozen=True, kw_only=True)
class ItemPage:
    """Everything that is known of an item."""

    item: Named
    lots: tuple[tuple[Named, Seen], ...]
    verdicts: tuple[ItemVerdict, ...]
    marks: tuple[tuple[Seen, int], ...]
    place: Place | None
    within: tuple[Named, ...]
    parts: tuple[Part, ...]
    events: tuple[Happened, ...]


def item_page(context: Context, uri: str) -> ItemPage:
    """Return what is known of an item.

    Raises:
        NotFoundError: no lot, verdict, mark or event names it.
    """
    there = where(context)
    contents = there.contents(uri) if uri in _containers(context) else ()
    page = ItemPage(
        item=context.named(uri),
        lots=tuple(
            (context.seen(one.id).about, context.seen(one.id))
            for one in context.listed(LotFormed.KIND)
            if uri in _members(context, one.id)
        ),
        verdicts=tuple(replace(one, budget=budget(context, one.judged.seen.id, one.row)) for one in verdicts_of(context, uri)),
        marks=tuple(marks_on(context, uri)),
        place=place_of(context, uri),
        within=tuple(map(context.named, there.within(uri))),
        parts=tuple(_part(context, part) for part in contents),
        events=tuple(_story(context).get(uri, ())),
    )
    if not (page.lots or page.verdicts or page.marks or page.events):
        raise NotFoundError(f"the log knows no item {uri[:200]}")
    return page


def place_of(context: Context, uri: str) -> Place | None:
    """Return where an item was last seen; None where nobody saw it."""
    found = where(context).place(uri)
    return None if found is None else Place(at=found[0], location=found[1])


def _members(context: Context, formed_id: str) -> frozenset[str]:
    return context.kept("members of", formed_id, lambda: frozenset(lot_items(context, formed_id)), heavy=True)


def verdicts_of(context: Context, uri: str) -> list[ItemVerdict]:
    """Return the verdicts on an item, in log order, each with its proof."""
    found = []
    for one in context.listed(*JUDGED):
        verdicts = judged(context, one.id)
        if verdicts is not None and (leaf := verdicts.places.get(uri)) is not None:
            path = _path(context, one.id, leaf, len(verdicts.rows))
            found.append(ItemVerdict(judged=verdicts, row=verdicts.rows[leaf], leaf=leaf, path=path))
    return found


def _path(context: Context, record_id: str, leaf: int, count: int) -> tuple[str, ...]:
    def tree() -> Subtree:
        items = context.logged(record_id).record.body["items"]
        batch = parse_batch(items)
        return subtree_of([leaf_hash(line) for line in batch_rows(batch, context.store.blob(batch.blob))])

    return tuple(node.hex() for node in inclusion_proof(leaf, count, context.kept("subtree", record_id, tree, heavy=True)))


def marks_on(context: Context, uri: str) -> list[tuple[Seen, int]]:
    """Return the marks records that put a mark on an item, and at which leaf; the mark itself stands there as a hash."""
    found = []
    for one in context.listed(MarksIssued.KIND):
        leaf = _marked_by(context, one.id).get(uri)
        if leaf is not None:
            found.append((context.seen(one.id), leaf))
    return found


def _marked_by(context: Context, record_id: str) -> dict[str, int]:
    return context.kept("marked by", record_id, lambda: _marked(context, record_id), heavy=True)


def _marked(context: Context, record_id: str) -> dict[str, int]:
    stated = context.body(record_id, MarksIssued)
    if stated is None:
        return {}
    try:
        return {row.item: leaf for leaf, row in enumerate(context.rows(stated.items, MarkRow))}
    except (NotFoundError, VerificationError):
        return {}


def _part(context: Context, uri: str) -> Part:
    rows = verdicts_of(context, uri)
    standing = [one for one in rows if one.judged.seen.state not in ("withdrawn", "failed")]
    found = {one.row.verdict for one in standing}
    verdict = next((word for word in ("nonconforming", "undecided", "conforming") if word in found), "")
    return Part(item=context.named(uri), verdict=verdict, verdicts=len(standing))


def where(context: Context) -> Whereabouts:
    """Return where everything is, by the reports of events that stand."""
    return context.kept("where", "", lambda: whereabouts([rows for _, rows in _reports(context)]), heavy=True)


def _containers(context: Context) -> frozenset[str]:
    return context.kept("containers", "", lambda: frozenset(where(context).parents.values()), heavy=True)


def _reports(context: Context) -> list[tuple[Seen, Sequence[EventRow]]]:
    return context.kept(
        "reports", "", lambda: [one for seen in _captured(context) if (one := _report(context, seen)) is not None], heavy=True
    )


def _captured(context: Context) -> list[Seen]:
    seen = [context.seen(one.id) for one in context.listed(EventsCaptured.KIND)]
    return [one for one in seen if one.state not in ("withdrawn", "failed")]


def _report(context: Context, seen: Seen) -> tuple[Seen, Sequence[EventRow]] | None:
    stated = context.body(seen.id, EventsCaptured)
    if stated is None:
        return None
    try:
        return seen, context.rows(stated.items, EventRow)
    except (NotFoundError, VerificationError):
        return None


def _story(context: Context) -> dict[str, list[Happened]]:
    """What happened to each thing, in the order of the instants; what happens to a container is its own story."""
    return context.kept("story", "", lambda: _stories(context), heavy=True)


def _stories(context: Context) -> dict[str, list[Happened]]:
    events = [Happened(event=event, seen=seen) for seen, rows in _reports(context) for event in rows]
    found: dict[str, list[Happened]] = {}
    for one in sorted(events, key=lambda one: one.event.at):
        event = one.event
        named = (*event.things, *event.children, *event.inputs, *event.outputs, *([event.parent] if event.parent else ()))
        for thing in dict.fromkeys(named):
            found.setdefault(thing, []).append(one)
    return found


def all_items(context: Context) -> tuple[str, ...]:
    """Return every item that lots, marks, events or verdicts on one thing name, each once.

    Of verdicts on many items only those of a lot are meant: the others are measurements of one sample, one after the other.
    """
    found: dict[str, None] = {}
    for placed in context.listed(LotFormed.KIND):
        found |= dict.fromkeys(lot_items(context, placed.id))
    for placed in context.listed(*JUDGED):
        verdicts = judged(context, placed.id)
        if verdicts is not None and verdicts.subject.uri in verdicts.places:
            found[verdicts.subject.uri] = None
    for placed in context.listed(MarksIssued.KIND):
        found |= dict.fromkeys(_marked_by(context, placed.id))
    found |= dict.fromkeys(_story(context))
    return tuple(found)
