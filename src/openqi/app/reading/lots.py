"""A lot on one page: what it is, its readings against their limits, which sample was drawn, and what the plan is worth."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final, Literal

import msgspec

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.judged import Judged, judged
from openqi.app.reading.naming import Named
from openqi.kernel.errors import NotFoundError, VerificationError
from openqi.pillars.conformity.verdicts import JUDGED
from openqi.records import Names
from openqi.records.conformity import CertificateIssued, LotDecided, LotFormed, PlanPublished
from openqi.records.rows import ItemRow
from openqi.science.sampling.single import probability_of_acceptance

_MOST: Final = 200

QUALITIES: Final = (1, 5, 10)
"""For which nonconforming percentages of a lot the worth of a plan is told."""


class _DrawnRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item of a sample as the decision states it."""

    item: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Worth:
    """How often the plan accepts a lot of this size of which so many items are nonconforming."""

    percent: int
    nonconforming: int
    probability: Fraction


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One item of a sample, with its verdict and its place among the verdicts."""

    item: str
    verdict: str
    leaf: int | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A lot was accepted or rejected on the verdicts of a sample."""

    seen: Seen
    verdict: str
    nonconforming: int
    seed: str
    judged: str
    plan: Seen
    plan_source: Names | None
    sample_size: int
    acceptance_number: int
    rejection_number: int
    sample: tuple[Drawn, ...]
    worth: tuple[Worth, ...]
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class LotPage:
    """Everything that is known of a lot."""

    lot: Named
    formed: Seen
    product: Named
    formed_at: str
    count: int
    simulated: str
    items: tuple[str, ...]
    decisions: tuple[Decision, ...]
    judged: tuple[Judged, ...]
    certificates: tuple[tuple[Seen, Named], ...]


@dataclass(frozen=True, kw_only=True)
class LotLine:
    """A lot in one line: whether it was accepted, and how far that was checked."""

    lot: Named
    product: Named
    formed: Seen
    formed_at: str
    count: int
    simulated: bool
    decision: Seen | None
    verdict: Literal["accepted", "rejected", ""]


def _formed(context: Context, uri: str) -> tuple[str, LotFormed]:
    """The newest record that forms the lot and stands; a withdrawn one only where there is no other."""
    found: list[tuple[str, LotFormed]] = []
    for logged in context.stream(uri):
        stated = context.body(logged.record.id, LotFormed)
        if stated is not None and stated.lot == uri:
            found.append((logged.record.id, stated))
    if not found:
        raise NotFoundError(f"the log knows no lot {uri[:200]}")
    return next((one for one in reversed(found) if context.seen(one[0]).state not in ("withdrawn", "failed")), found[-1])


def _decided(context: Context, uri: str) -> list[str]:
    """Decisions on the lot, the newest first."""
    return [one.record.id for one in reversed(context.stream(uri)) if one.record.kind == LotDecided.KIND]


def lot_line(context: Context, uri: str) -> LotLine:
    """Return a lot in one line.

    Raises:
        NotFoundError: the log knows no such lot.
    """
    record_id, formed = _formed(context, uri)
    decisions = [context.seen(name) for name in _decided(context, uri)]
    # A withdrawn decision must not speak for a lot while one stands, and must not be hidden where none does.
    newest = next((one for one in decisions if one.state != "withdrawn"), decisions[0] if decisions else None)
    decided = None if newest is None else context.body(newest.id, LotDecided)
    return LotLine(
        lot=context.named(uri),
        product=context.named(formed.product),
        formed=context.seen(record_id),
        formed_at=formed.formed_at,
        count=formed.items.count,
        simulated=formed.simulated is not None,
        decision=newest,
        verdict="" if decided is None else decided.verdict,
    )


def lot_page(context: Context, uri: str) -> LotPage:
    """Return what is known of a lot.

    Raises:
        NotFoundError: the log knows no such lot.
    """
    record_id, formed = _formed(context, uri)
    verdicts = [judged(context, one.record.id) for one in context.stream(uri) if one.record.kind in JUDGED]
    found = [one for one in verdicts if one is not None and one.subject.uri == uri]
    decided = [_decision(context, name, formed.items.count) for name in _decided(context, uri)]
    certificates = [
        (seen := context.seen(one.id), seen.about)
        for name in _decided(context, uri)
        for one in context.resting_on(name, _MOST)
        if one.kind == CertificateIssued.KIND
    ]
    return LotPage(
        lot=context.named(uri),
        formed=context.seen(record_id),
        product=context.named(formed.product),
        formed_at=formed.formed_at,
        count=formed.items.count,
        simulated=formed.simulated or "",
        items=lot_items(context, record_id),
        decisions=tuple(one for one in decided if one is not None),
        judged=tuple(reversed(found)),
        certificates=tuple(certificates),
    )


def lot_items(context: Context, formed_id: str) -> tuple[str, ...]:
    """Return the items of a lot; none where its rows are not at hand, or may not be shown."""
    return context.kept("items of", formed_id, lambda: _items(context, formed_id), heavy=True)


def _items(context: Context, formed_id: str) -> tuple[str, ...]:
    stated = context.body(formed_id, LotFormed)
    if stated is None:
        return ()
    try:
        return tuple(row.item for row in context.rows(stated.items, ItemRow))
    except (NotFoundError, VerificationError):
        return ()


def _decision(context: Context, record_id: str, lot_size: int) -> Decision | None:
    stated = context.body(record_id, LotDecided)
    if stated is None:
        return None
    plan, verdicts = context.body(stated.plan, PlanPublished), judged(context, stated.judged)
    places = {} if verdicts is None else verdicts.places
    missing = ""
    drawn: tuple[Drawn, ...] = ()
    try:
        rows = context.rows(stated.sample, _DrawnRow)
        drawn = tuple(Drawn(item=row.item, verdict=row.verdict, leaf=places.get(row.item)) for row in rows)
    except (NotFoundError, VerificationError) as error:
        missing = str(error)
    return Decision(
        seen=context.seen(record_id),
        verdict=stated.verdict,
        nonconforming=stated.nonconforming,
        seed=stated.seed,
        judged=stated.judged,
        plan=context.seen(stated.plan),
        plan_source=None if plan is None else plan.source,
        sample_size=stated.sample.count if plan is None else plan.sample_size,
        acceptance_number=-1 if plan is None else plan.acceptance_number,
        rejection_number=-1 if plan is None else plan.rejection_number,
        sample=drawn,
        worth=() if plan is None else worth(lot_size, plan.sample_size, plan.acceptance_number),
        missing=missing,
    )


def worth(lot_size: int, sample_size: int, acceptance_number: int) -> tuple[Worth, ...]:
    """Return how often a plan accepts lots of this size and of these qualities; the items are whole, so they are rounded up."""
    if not 1 <= sample_size <= lot_size:
        return ()
    found = []
    for percent in QUALITIES:
        bad = ceil(Fraction(lot_size * percent, 100))
        chance = probability_of_acceptance(lot_size, bad, sample_size=sample_size, acceptance_number=acceptance_number)
        found.append(Worth(percent=percent, nonconforming=bad, probability=chance))
    return tuple(found)
