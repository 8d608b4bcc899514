"""Readings in order of time as points of a chart: single ones, so many in a row, or all with one label."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isnan, nan
from typing import Any

from openqi.evidence.record import Record
from openqi.evidence.view import View
from openqi.kernel.decimals import fraction
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.kernel.instant import parse_instant
from openqi.pillars.process_control.plans import Planned
from openqi.pillars.process_control.standing import MOST_RECORDS, acting, standing
from openqi.records.process_control import ControlPlanPublished, ReadingsTaken
from openqi.records.process_evidence import Taken
from openqi.records.rows import TakenRow, decoded, quoted, rows_of
from openqi.science.charts.charting import Chart, chart


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point: its values (NaN where one is missing), and where its readings stand.

    Args:
        at: time of its first reading.
        until: time of its last one.
        group: label of its subgroup, None where it has none.
        values: one, or those of a subgroup.
        size: inspected units of a count, None where there are none.
        readings: the record.
        leaf: of its first row.
    """

    at: str
    until: str
    group: str | None
    values: tuple[float, ...]
    size: float | None
    readings: str
    leaf: int

    @property
    def is_missing(self) -> bool:
        """Whether no value of it is there."""
        return all(map(isnan, self.values))

    def emptied(self) -> "Point":
        """Return the point without its values: left out, it stays in its place, so that nothing spans it."""
        return Point(
            at=self.at, until=self.until, group=self.group, values=(nan,) * len(self.values), size=self.size,
            readings=self.readings, leaf=self.leaf,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Series:
    """Readings as points.

    Args:
        taken: the records of readings, and how many points each makes.
        points: record after record.
        first, last: numbers of the first and the last record, None where they bear none.
        simulated: whether any of the readings were not measured.
    """

    taken: tuple[Taken, ...]
    points: list[Point]
    first: int | None
    last: int | None
    simulated: bool

    @property
    def missing_readings(self) -> int:
        """How many readings are missing, also those of a subgroup that has others."""
        return sum(map(isnan, (value for one in self.points for value in one.values)))


def series(view: View, plan_record: Record, plan: ControlPlanPublished, planned: Planned, names: Sequence[str]) -> Series:
    """Return the points of readings, record after record, in order of time.

    Raises:
        NotFoundError: readings are not in the log.
        RefusedError: they are not of this plan or not by who acts under it, were withdrawn, skip a number, were stated before
            they were taken, or their times go backwards.
        FormatError, DomainError: a row is none; says which.
    """
    if not names or len(names) > MOST_RECORDS or len({*names}) != len(names):
        raise RefusedError("readings-named", f"{len(names)} records of readings; name 1 to {MOST_RECORDS}, each once")
    taken, points, before = [], [], ""
    stated: list[ReadingsTaken] = []
    for name in names:
        record, readings = standing(view, name, ReadingsTaken)
        acting(plan_record, plan, record.issuer)
        _check_fits(plan, record, readings)
        if readings.taken_from[:-1] < before:
            why = f"readings {record.id} begin at {readings.taken_from}, before those before them ended"
            raise RefusedError("readings-in-order", f"{why}; name them in order of time")
        before = readings.taken_until[:-1]
        if stated:
            check_next(plan, stated[-1].number, record.id, readings.number)
        stated.append(readings)
        rows = decoded(rows_of(view, readings.items), TakenRow)
        _check_times(record, readings, rows)
        found = [*_points(plan, planned, record.id, rows)]
        taken.append(Taken(readings=record.id, points=len(found)))
        points += found
    return Series(
        taken=tuple(taken), points=points, first=stated[0].number, last=stated[-1].number,
        simulated=any(one.simulated is not None for one in stated),
    )  # fmt: skip


def check_next(plan: ControlPlanPublished, before: int | None, name: str, number: int | None) -> None:
    """Raise RefusedError if a plan is numbered and readings do not bear the number after those before them."""
    if plan.numbered and before is not None and number != before + 1:
        why = f"readings {name} bear number {number}, those before them {before}"
        raise RefusedError("readings-skipped", f"{why}; name those between too, or withdraw what was wrong and state it again")


def charted(planned: Planned, points: Sequence[Point], frozen: dict[str, float] | None = None) -> Chart:
    """Return the chart of points: on what was frozen, or for a baseline on what they estimate themselves.

    Raises:
        DomainError: the chart cannot be drawn of them; says which point.
    """
    data = [one.values if planned.grouped else one.values[0] for one in points]
    sizes = [one.size for one in points] if "sizes" in planned.kind.needs else None
    options: dict[str, Any] = {**planned.options, **(frozen or {})}
    return chart(planned.kind.name, data, rules=planned.rules, sizes=sizes, **options)


def _check_fits(plan: ControlPlanPublished, record: Record, readings: ReadingsTaken) -> None:
    own = plan.characteristic
    pairs = {
        "plan": (readings.plan, plan.plan), "process": (readings.process, plan.process),
        "characteristic": (readings.characteristic, own.characteristic), "quantity": (readings.quantity, own.quantity),
        "unit": (readings.unit, own.unit), "instrument": (readings.instrument, plan.instrument),
        "procedure": (readings.procedure, plan.procedure),
    }  # fmt: skip
    for name, (has, wants) in pairs.items():
        if has != wants:
            raise RefusedError("readings-fit", f"{name}: readings {record.id} state {has!r}, the plan has {wants!r}")
    if plan.numbered and readings.number is None:
        raise RefusedError("readings-numbered", f"readings {record.id} bear no number; under plan {plan.plan} all do")
    # To the second: what was read within the second in which it was sealed was read before.
    if readings.taken_until[:19] > record.valid_from[:19]:
        why = f"readings {record.id} go until {readings.taken_until}, they were stated at {record.valid_from}"
        raise RefusedError("readings-past", f"{why}; nobody reads what is to come: set the clock right, or the offset of the times")


def _check_times(record: Record, readings: ReadingsTaken, rows: Sequence[TakenRow]) -> None:
    before = ""
    for place, row in enumerate(rows):
        _check_instant(record, place, row.at)
        if row.at[:-1] < before:
            raise DomainError(f"readings {record.id}, row {place}: {row.at} after {before}Z; time goes backwards")
        before = row.at[:-1]
    if not rows or (rows[0].at, rows[-1].at) != (readings.taken_from, readings.taken_until):
        told = f"{readings.taken_from} to {readings.taken_until}"
        raise RefusedError("readings-times", f"readings {record.id} say {told}; their rows say something else")


def _check_instant(record: Record, place: int, at: str) -> None:
    try:
        parse_instant(f"{at[:19]}Z")
    except FormatError as error:
        raise FormatError(f"readings {record.id}, row {place}: {at[:40]!r} is no instant") from error


def _points(plan: ControlPlanPublished, planned: Planned, name: str, rows: Sequence[TakenRow]) -> Iterator[Point]:
    sized = "sizes" in planned.kind.needs
    for leaf, several in _together(plan, name, rows):
        values = tuple(_value(name, leaf + place, row) for place, row in enumerate(several))
        for place, row in enumerate(several):
            _check_item(name, leaf + place, row.item)
        first = several[0]
        if (first.size is not None) != sized:
            needs = "needs" if sized else "takes no"
            raise DomainError(f"readings {name}, row {leaf}: a {planned.kind.name} chart {needs} size of what was counted")
        yield Point(
            at=first.at, until=several[-1].at, group=first.group, values=values,
            size=None if first.size is None else float(fraction(first.size)), readings=name, leaf=leaf,
        )  # fmt: skip


def _together(plan: ControlPlanPublished, name: str, rows: Sequence[TakenRow]) -> Iterator[tuple[int, list[TakenRow]]]:
    """The rows of each point and the first of their leaves."""
    by, size = plan.subgroup.by, plan.subgroup.size or 1
    if by != "label":
        if len(rows) % size:
            why = f"{len(rows)} rows are no whole number of subgroups of {size}"
            raise RefusedError("subgroup-whole", f"readings {name}: {why}; write a missing reading as missing")
        yield from ((leaf, [*rows[leaf : leaf + size]]) for leaf in range(0, len(rows), size))
        return
    leaf, seen = 0, set[str]()
    for label, members in groupby(rows, key=lambda row: row.group):
        several = [*members]
        if label is None or label in seen:
            why = "has no label of its subgroup" if label is None else f"begins subgroup {label!r} a second time"
            raise RefusedError(
                "subgroup-labelled", f"readings {name}, row {leaf} {why}; each subgroup stands together in one record"
            )
        seen.add(label)
        yield leaf, several
        leaf += len(several)


def _check_item(name: str, leaf: int, item: str | None) -> None:
    if item is not None:
        try:
            quoted(item)
        except FormatError as error:
            raise FormatError(f"readings {name}, row {leaf}: {error}") from error


def _value(name: str, leaf: int, row: TakenRow) -> float:
    if (row.value is None) == (row.missing is None):
        raise FormatError(f"readings {name}, row {leaf}: a value, or why it is missing, one of the two")
    try:
        return nan if row.value is None else float(fraction(row.value))
    except (FormatError, OverflowError) as error:
        raise FormatError(f"readings {name}, row {leaf}: {error}") from error
