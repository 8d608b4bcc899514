"""How far a recall has come: by its reports, day by day and quarter by quarter, and within which bounds by single units alone.

Between two reports nothing is drawn and nothing is guessed: what was reported last stands, with its day. Of units that are known
one by one a lower bound follows (those that were reached) and an upper one (all but those that were seen in use later).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from openqi.evidence.record import Record
from openqi.records.recalls import RecallLine, RecallProgressReported

QUARTERS, YEARS = 8, 3
"""How many quarterly and then annual reports United States law asks for of a recall of vehicles.

Source: [IIJA] section 24202.
"""
_MONTHS: Final = 3


@dataclass(frozen=True, kw_only=True)
class PointReached:
    """What was reached of a recall by a report and those before it.

    Args:
        at: instant of the report.
        record: the report.
        reached: units of all lines, as each was reported last.
        silent: lines of which nobody has reported yet.
        recalled: units of all lines; None where nobody knows how many there are of each.
        returned, repaired, destroyed: parts of `reached`.
        told: units whose holders were told; None where a line does not say it.
    """

    at: str
    record: str
    reached: int
    silent: tuple[str, ...]
    recalled: int | None
    returned: int
    repaired: int
    destroyed: int
    told: int | None


@dataclass(frozen=True, kw_only=True)
class PeriodReached:
    """A quarter or year: the last report until its end, `stale` where it is older than the period; None where there is none."""

    name: str
    first: str
    last: str
    over: bool
    point: PointReached | None
    stale: bool


@dataclass(frozen=True, kw_only=True)
class UnitKnown:
    """A unit that is known by its mark: the days on which it was reached and last seen in use; "" for never."""

    reached: str = ""
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class BoundsReached:
    """Between how many units were reached on a day, by what is known of single ones: nothing else is supposed of the others."""

    day: str
    lower: int
    upper: int
    recalled: int


def points_reached(
    lines: Sequence[RecallLine], reports: Iterable[tuple[Record, RecallProgressReported]]
) -> tuple[PointReached, ...]:
    """Return what was reached after each report, in the order of their instants.

    Args:
        lines: of the edition that counts.
        reports: those that stand, of lines of any edition; of lines that are gone nothing is counted.
    """
    known = [one.recalled for one in lines if one.recalled is not None]
    recalled = sum(known) if len(known) == len(lines) else None
    names = [one.number for one in lines]
    last: dict[str, RecallProgressReported] = {}
    found = []
    for record, one in sorted(reports, key=lambda told: told[1].at):
        if one.line not in names:
            continue
        last[one.line] = one
        tolds = [each.told for each in last.values()]
        found.append(
            PointReached(
                at=one.at, record=record.id, reached=sum(each.reached for each in last.values()),
                silent=tuple(name for name in names if name not in last), recalled=recalled,
                returned=sum(each.returned for each in last.values()), repaired=sum(each.repaired for each in last.values()),
                destroyed=sum(each.destroyed for each in last.values()),
                told=sum(each or 0 for each in tolds) if None not in tolds else None,
            )
        )  # fmt: skip
    return tuple(found)


def periods_reached(points: Sequence[PointReached], begins: str, today: str) -> tuple[PeriodReached, ...]:
    """Return eight quarters from that in which a recall begins, and three years after them, as far as they have begun.

    Args:
        points: what was reached, in order.
        begins: day on which the recall begins.
        today: the present day; a period that is not over is told so.
    """
    start = date.fromisoformat(begins)
    first = date(start.year, start.month - (start.month - 1) % _MONTHS, 1)
    spans = []
    for number in range(QUARTERS + YEARS):
        after = _later(first, _MONTHS if number < QUARTERS else 12)
        spans.append((f"Q{number + 1}" if number < QUARTERS else f"Y{number - QUARTERS + 1}", first, after - timedelta(days=1)))
        first = after
    return tuple(
        _period(points, name, one.isoformat(), last.isoformat(), today) for name, one, last in spans if one.isoformat() <= today
    )


def _period(points: Sequence[PointReached], name: str, first: str, last: str, today: str) -> PeriodReached:
    until = [one for one in points if one.at[:10] <= last]
    point = until[-1] if until else None
    return PeriodReached(
        name=name, first=first, last=last, over=last < today, point=point, stale=point is not None and point.at[:10] < first
    )


def _later(day: date, months: int) -> date:
    whole = day.year * 12 + day.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def bounds_reached(units: Mapping[str, UnitKnown], recalled: int, day: str) -> BoundsReached:
    """Return between how many units were reached until a day.

    The lower bound is the units that are known to be. A unit that was seen in use after the day, and reached later or never, was
    not reached then: the upper bound is all units but those. Who scans marks of goods that are back already, or copies of marks,
    can make the upper bound too low; the lower one rests on no scan.

    Args:
        units: by mark.
        recalled: how many there are in all, at least as many as are known.
        day: until and with which is asked.
    """
    lower = sum(bool(one.reached) and one.reached <= day for one in units.values())
    later = sum(one.seen > day and not (one.reached and one.reached <= day) for one in units.values())
    return BoundsReached(day=day, lower=lower, upper=max(recalled - later, lower), recalled=recalled)
