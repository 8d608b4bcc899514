"""Which recalls concern an item: by its lot, its product or its GTIN, at one look into a register; for whoever scans a mark."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from openqi.evidence.record import Logged, Record
from openqi.kernel.errors import FormatError
from openqi.pillars.surveillance.recalls.register import RECALLED, gtin_name, start_of
from openqi.records import body
from openqi.records.conformity import ProductRegistered, registration_subject
from openqi.records.governance import first_standing, withdrawal
from openqi.records.recalls import RecallEnded, RecallLine, RecallPublished
from openqi.store.store import Store

Concern = Literal["concerned", "perhaps"]
_PIECE: Final = 100


@dataclass(frozen=True, kw_only=True)
class ConcerningRecall:
    """A recall that stands and concerns an item, or perhaps does.

    Args:
        record: its newest edition.
        recall: the body of that.
        lines: numbers of the lines that concern the item.
        concern: `concerned`, or `perhaps` where a line is of some batches or days and nobody knows those of the item.
        ended: record that ended it, "" where it goes on; goods that were not reached are still recalled.
    """

    record: Record
    recall: RecallPublished
    lines: tuple[str, ...]
    concern: Concern
    ended: str


def concerning_recalls(
    store: Store, *, product: str | None = None, lot: str | None = None, gtin: str | None = None, made_on: str | None = None,
    known_at: int | None = None,
) -> tuple[ConcerningRecall, ...]:  # fmt: skip
    """Return the recalls of this log that stand and concern an item, in the order of the log.

    Of a product that somebody registered only recalls by that maker count, and those that an authority ordered: a rival who names
    its GTIN, or a lot before it was formed, says nothing of it.

    Args:
        store: the log, opened with `RECALLED`.
        product, lot: their URIs, where they are known.
        gtin: its digits, where they are known.
        made_on: day on which the item was made, where it is known.
        known_at: size of the log as of which is asked; None for now.
    """
    maker = None if product is None else _maker_of(store, product, known_at)
    names = [one for one in (product, lot, None if gtin is None else gtin_name(gtin)) if one is not None]
    found: dict[str, ConcerningRecall] = {}
    for recall in dict.fromkeys(recall for name in names for recall in _recalls_of(store, name)):
        one = standing_edition(store, recall, known_at=known_at)
        if one is None or not (maker is None or one[1].firm == maker or one[1].ordered_by):
            continue
        told = [(line.number, how) for line in one[1].lines if (how := _concern(line, product, lot, gtin, made_on))]
        if told:
            sure: Concern = "concerned" if any(how == "concerned" for _, how in told) else "perhaps"
            found[one[0].id] = ConcerningRecall(
                record=one[0], recall=one[1], lines=tuple(number for number, _ in told), concern=sure, ended=one[2]
            )
    return tuple(found.values())


def _maker_of(store: Store, product: str, known_at: int | None) -> str | None:
    """Who registered a product first, of the registrations that stand."""
    stream = store.stream(registration_subject(product), known_at=known_at)
    home = {one.record.id: one.origin for one in stream}
    record = first_standing([one.record for one in stream], ProductRegistered, home.__getitem__, store.origin)
    return None if record is None else record.issuer


def standing_edition(store: Store, recall: str, *, known_at: int | None = None) -> tuple[Record, RecallPublished, str] | None:
    """Return the edition of a recall that counts, its body, and the record that ended it or ""; None where none stands."""
    stream = [one for one in store.stream(recall, known_at=known_at) if one.origin == store.origin]
    editions = list(_stand(stream, RecallPublished.KIND))
    if not editions:
        return None
    last = editions[-1]
    ends = [one for one in _stand(stream, RecallEnded.KIND) if one.body.get("published") == last.id]
    try:
        return last, body(last, RecallPublished), ends[-1].id if ends else ""
    except FormatError:
        return None


def _stand(stream: Sequence[Logged], kind: str) -> Iterator[Record]:
    records = [one.record for one in stream]
    home = {one.record.id: one.origin for one in stream}
    for record in records:
        decided = record.kind == kind and record.basis is not None and record.public
        if decided and withdrawal(record, records, lambda name: home.get(name, "")) is None:
            yield record


def _recalls_of(store: Store, about: str) -> Iterator[str]:
    start = beyond = start_of(about)
    while True:
        page = store.page(RECALLED, order=("key",), after=(beyond,), limit=_PIECE)
        for row in page.rows:
            if not str(row["key"]).startswith(start):
                return
            if row["origin"] == store.origin:
                yield str(row["recall"])
        if page.next is None:
            return
        beyond = str(page.next[-1])


def _concern(line: RecallLine, product: str | None, lot: str | None, gtin: str | None, made_on: str | None) -> Concern | None:
    """Whether a line is of an item; None where it is not."""
    if lot is not None and lot in line.lots:
        return "concerned"
    by_gtin = gtin is not None and gtin_name(gtin) in map(gtin_name, line.gtins)
    by_product = product is not None and product == line.product
    if not (by_gtin or by_product):
        return None
    if line.lots and lot is not None:
        return None
    if made_on is not None and (made_on < (line.made_from or made_on) or made_on > (line.made_until or made_on)):
        return None
    bounded = bool(line.lots or line.batches or line.models) or (
        made_on is None and (line.made_from or line.made_until) is not None
    )
    return "perhaps" if bounded else "concerned"
