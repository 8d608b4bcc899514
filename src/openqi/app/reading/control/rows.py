"""The records of one control plan out of their register, newest first, as one reader may see them; withdrawn ones left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from openqi.app.reading.context import Context
from openqi.app.reading.keys import place_of, rows_beginning
from openqi.evidence.fold import Row
from openqi.evidence.record import Record
from openqi.kernel.errors import NotFoundError
from openqi.pillars.process_control.register import ALARM_TOTALS, CONTROL, Sort, added_by, start_of, total_key

_PIECE = 100


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What the evaluations and assessments of a plan add up to."""

    evaluations: int = 0
    points: int = 0
    alarms: int = 0
    confirmed: int = 0
    refuted: int = 0

    @property
    def open(self) -> int:
        """How many alarms nobody has assessed."""
        return max(self.alarms - self.confirmed - self.refuted, 0)


def rows_about(context: Context, name: str, sort: Sort, *, below: int | None = None) -> Iterator[Row]:
    """Yield the rows about a plan, an edition or an evaluation that came into the log below an index, the newest first."""
    most = context.size if below is None else min(below, context.size)
    starts = [start_of(name, sort, party) for party in dict.fromkeys((None, context.reader))]
    parts = [
        rows_beginning(context.store, CONTROL, start, after=f"{start}{most:012x}", descending=True, piece=_PIECE)
        for start in starts
    ]
    for row in merge(*parts, key=place_of, reverse=True):
        if row["origin"] == context.store.origin:
            yield row


def withdrawn_of(context: Context, plan: str) -> Mapping[str, Record]:
    """Return what was withdrawn by its issuer of the records of a plan."""
    found: dict[str, Record] = {}
    for row in rows_about(context, plan, "w"):
        try:
            other = context.store.logged(str(row["of"]))
        except NotFoundError:
            continue
        if other.record.issuer == row["issuer"] and other.origin == row["origin"]:
            found[other.record.id] = other.record
    return found


@dataclass(frozen=True, kw_only=True)
class Files:
    """The records of a plan: its editions, the newest first, and what was withdrawn."""

    context: Context
    plan: str
    editions: tuple[str, ...]
    gone: Mapping[str, Record]

    def standing(self, sort: Sort, *, below: int | None = None) -> Iterator[Row]:
        """Yield the rows of a sort that stand, of any edition, the newest first."""
        parts = [rows_about(self.context, one, sort, below=below) for one in self.editions]
        return (row for row in merge(*parts, key=place_of, reverse=True) if row["id"] not in self.gone)

    def newest(self, sort: Sort, most: int, *, below: int | None = None) -> list[Row]:
        """Return the newest rows of a sort that stand, of any edition."""
        return list(islice(self.standing(sort, below=below), most))

    def of_evaluation(self, record: str) -> list[Row]:
        """Return the assessments of the alarms of an evaluation that stand."""
        return [row for row in rows_about(self.context, record, "a") if row["id"] not in self.gone]

    def totals(self) -> Totals:
        """Return what evaluations and assessments that stand add up to."""
        store, reader = self.context.store, self.context.reader
        parties = dict.fromkeys((None, reader))
        keys = [total_key(one, store.origin, party) for one in self.editions for party in parties]
        added: dict[str, int] = dict.fromkeys(Totals.__dataclass_fields__, 0)
        for row in store.rows(ALARM_TOTALS, keys).values():
            for name in added:
                added[name] += int(row[name] or 0)
        for record in self.gone.values():
            if record.body.get("published") in self.editions and record.basis is not None and self.context.shown(record):
                for name, less in added_by(record).items():
                    added[name] -= less
        return Totals(**added)


def files_of(context: Context, plan: str) -> Files | None:
    """Return the records of a plan; None where nobody published it. Editions are those of whoever published the first one.

    One that was withdrawn is left out while another stands.
    """
    gone = withdrawn_of(context, plan)
    rows = list(rows_about(context, plan, "p"))
    own = [row for row in rows if row["issuer"] == rows[-1]["issuer"]]
    standing = [str(row["id"]) for row in own if row["id"] not in gone]
    editions = standing or [str(row["id"]) for row in own]
    return Files(context=context, plan=plan, editions=tuple(editions), gone=gone) if own else None
