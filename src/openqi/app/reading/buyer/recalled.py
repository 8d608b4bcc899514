"""Recalls that concern a marked product: what is wrong, what to do, and whether this very item is concerned or only may be."""

from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.memory import kind_tag
from openqi.app.reading.naming import Named
from openqi.app.recalls.concerning import Concern, concerning_recalls
from openqi.records.governance import Withdrawn
from openqi.records.recalls import RecallEnded, RecallPublished

_MOVED_BY: Final = (RecallPublished.KIND, RecallEnded.KIND, Withdrawn.KIND)


@dataclass(frozen=True, kw_only=True)
class Recalled:
    """A recall that stands. `ended` says that it is over; goods that it did not reach are still recalled."""

    seen: Seen
    recall: RecallPublished
    firm: Named
    concern: Concern
    ended: bool


def recalls_of(context: Context, *, product: str, lot: str | None, gtin: str | None) -> tuple[Recalled, ...]:
    """Return the recalls that concern a product, lot or GTIN, those that concern this item before those that may."""

    def made() -> tuple[Recalled, ...]:
        found = concerning_recalls(context.store, product=product, lot=lot, gtin=gtin, known_at=context.size)
        told = [
            Recalled(
                seen=context.seen(one.record.id),
                recall=one.recall,
                firm=context.named(one.recall.firm),
                concern=one.concern,
                ended=bool(one.ended),
            )
            for one in found
        ]
        return tuple(sorted(told, key=lambda one: one.concern != "concerned"))

    return context.kept("recalls of", f"{product} {lot or ''} {gtin or ''}", made, tags=map(kind_tag, _MOVED_BY))
