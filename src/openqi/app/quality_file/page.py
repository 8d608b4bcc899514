"""A quality file as people read it: pillar by pillar, in log order within, each record with how far it was checked."""

from dataclasses import dataclass
from typing import Final

from openqi.app.quality_file.gathering import MOST, Gathered, gathered
from openqi.app.quality_file.sealing import pillars_of
from openqi.app.quality_file.sources import LedgerSource
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.memory import LOG
from openqi.app.reading.naming import Named
from openqi.app.registers import SEALED
from openqi.kernel.errors import FormatError

FEW: Final = 20
PER_PAGE: Final = 100


@dataclass(frozen=True, kw_only=True)
class PillarPart:
    """The records of one pillar: how many there are, and those that are shown, in log order from `start` on."""

    pillar: str
    count: int
    start: int
    shown: tuple[Seen, ...]
    against: int


@dataclass(frozen=True, kw_only=True)
class AgainstLine:
    """A record that speaks against the subject, or against another record of the file."""

    why: str
    seen: Seen
    of: Seen | None


@dataclass(frozen=True, kw_only=True)
class QualityPage:
    """A quality file.

    Args:
        subject: what it is about.
        count: records in it.
        pillars: by pillar.
        against: what speaks against it, in log order; the first so many.
        against_count: how many there are.
        withheld: records that these name and that the reader may not see, the first so many; `withheld_count` of them.
        sealed: how many entries of the whole log are not public. Which of them concern the subject is said to nobody else.
        origin, size: of the log.
        chosen: the pillar of which more is shown; empty for all.
    """

    subject: Named
    count: int
    pillars: tuple[PillarPart, ...]
    against: tuple[AgainstLine, ...]
    against_count: int
    withheld: tuple[str, ...]
    withheld_count: int
    sealed: int
    origin: str
    size: int
    chosen: str = ""


def quality_page(
    context: Context, subject: str, *, pillar: str = "", start: int = 0, few: int = FEW, most: int = MOST
) -> QualityPage:  # fmt: skip
    """Return the quality file of a subject as its reader may see it.

    Args:
        context: the log.
        subject: its URI.
        pillar: of which more is shown; empty for the first records of each.
        start: place in that pillar from which on.
        few: records of a pillar where all are shown.
        most: records at most.

    Raises:
        NotFoundError: nothing that may be seen is about it.
        RefusedError: there are more records than one file holds.
        FormatError: the file has no records of that pillar.
    """
    source = LedgerSource(context.store, size=context.size, shown=context.shown)
    name = f"{subject}\n{most}"
    # Thousands of records may be looked at for it, so it is kept until the log grows.
    found = context.kept("quality file", name, lambda: gathered(source, subject, most=most), heavy=True, tags=(LOG,))
    names = pillars_of(found)
    if pillar and pillar not in names:
        raise FormatError(f"the file has no pillar {pillar[:40]!r}; it has {', '.join(names)}")
    sealed = context.counts().get(SEALED)
    wrong = {one.record for one in found.against}
    parts = tuple(
        _part(context, found, one, wrong, start=start if pillar else 0, most=PER_PAGE if pillar else few)
        for one in ((pillar,) if pillar else names)
    )
    told = found.against[: PER_PAGE if few == FEW else few]
    return QualityPage(
        subject=context.named(subject), count=len(found.records), pillars=parts,
        against=tuple(
            AgainstLine(why=one.why, seen=context.seen(one.record), of=context.seen(one.of) if one.of else None) for one in told
        ),
        against_count=len(found.against), withheld=found.withheld[:PER_PAGE], withheld_count=len(found.withheld),
        sealed=0 if sealed is None else sealed.records, origin=context.store.origin, size=context.size, chosen=pillar,
    )  # fmt: skip


def _part(context: Context, found: Gathered, pillar: str, wrong: set[str], *, start: int, most: int) -> PillarPart:
    records = [one.record.id for one in found.of_pillar(pillar)]
    return PillarPart(
        pillar=pillar, count=len(records), start=start, shown=context.all_seen(records[start : start + most]),
        against=sum(one in wrong for one in records),
    )  # fmt: skip
