"""How far a recall of a log has come: its reports that stand as a curve, and units that are known one by one."""

from collections.abc import Iterable
from dataclasses import dataclass

from openqi.app.recalls.acting import mark_hash
from openqi.app.recalls.concerning import standing_edition
from openqi.evidence.record import Record
from openqi.kernel.errors import FormatError, NotFoundError
from openqi.pillars.surveillance.recalls.completion import PeriodReached, PointReached, UnitKnown, periods_reached, points_reached
from openqi.records import body
from openqi.records.governance import withdrawal
from openqi.records.recalls import RecallProgressReported, RecallPublished, progress_subject
from openqi.store.store import Store


@dataclass(frozen=True, kw_only=True)
class Curve:
    """How far a recall has come.

    Args:
        begins: its first day.
        recalled: units of all lines; None where nobody knows how many.
        points, periods: by report, and by quarter and year.
    """

    begins: str
    recalled: int | None
    points: tuple[PointReached, ...]
    periods: tuple[PeriodReached, ...]


def reports_standing(
    store: Store, recall: str, *, known_at: int | None = None
) -> tuple[tuple[Record, RecallProgressReported], ...]:
    """Return the reports on a recall that stand, of its firm or of whoever published an edition; strangers count for nothing.

    Args:
        store: the log.
        recall: its URI.
        known_at: size of the log as of which is asked; None for now.
    """
    editions = [
        one.record for one in store.stream(recall, known_at=known_at)
        if one.record.kind == RecallPublished.KIND and one.record.basis is not None and one.origin == store.origin
    ]  # fmt: skip
    own = {one.issuer for one in editions} | {str(one.body.get("firm")) for one in editions}
    records = [one.record for one in store.stream(progress_subject(recall), known_at=known_at) if one.origin == store.origin]
    found = []
    for one in records:
        decided = one.kind == RecallProgressReported.KIND and one.basis is not None and one.public and one.issuer in own
        if decided and withdrawal(one, records, lambda _: store.origin) is None:
            try:
                found.append((one, body(one, RecallProgressReported)))
            except FormatError:
                continue
    return tuple(found)


def curve_of(store: Store, recall: str, today: str, *, known_at: int | None = None) -> Curve:
    """Return how far a recall has come.

    Args:
        store: the log.
        recall: its URI.
        today: the present day.
        known_at: size of the log as of which is asked; None for now.

    Raises:
        NotFoundError: no edition of it stands.
    """
    found = standing_edition(store, recall, known_at=known_at)
    if found is None:
        raise NotFoundError(f"no edition of recall {recall[:200]} stands in this log; name it by its URI")
    told = found[1]
    points = points_reached(told.lines, reports_standing(store, recall, known_at=known_at))
    known = [one.recalled for one in told.lines if one.recalled is not None]
    return Curve(
        begins=told.begins, recalled=sum(known) if len(known) == len(told.lines) else None, points=points,
        periods=periods_reached(points, told.begins, today),
    )  # fmt: skip


def known_units(rows: Iterable[tuple[str, str, str]]) -> dict[str, UnitKnown]:
    """Return units by their marks, out of rows of a mark, the day on which it was reached, and that on which it was seen last.

    Raises:
        FormatError: a mark or day is none.
    """
    found = {}
    for mark, reached, seen in rows:
        for day in (reached, seen):
            if day and (len(day) != 10 or day[4] != "-" or day[7] != "-"):
                raise FormatError(f"{day[:40]!r} is no day, write it as 2026-03-31")
        found[mark_hash(mark.strip())] = UnitKnown(reached=reached, seen=seen)
    return found
