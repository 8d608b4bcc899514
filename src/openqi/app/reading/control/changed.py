"""A baseline and the one before it: their limits side by side, which points were left out and why, what of earlier alarms stands.

That is found by charting the readings of the earlier evaluations once more, on the new limits. It is computed for the page and
sealed nowhere; the page says so.
"""

from dataclasses import dataclass, replace
from typing import Final

from openqi.app.pictures.control.plotted import PlottedChart
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.control.charted import PointLine, Window, window
from openqi.app.reading.control.rows import Files
from openqi.app.reading.keys import place_of
from openqi.app.views import noting_view
from openqi.evidence.fold import Row
from openqi.kernel.errors import OpenQIError
from openqi.pillars.process_control.baselines import estimates_of
from openqi.pillars.process_control.lines import LINES, alarming
from openqi.pillars.process_control.plans import planned
from openqi.pillars.process_control.series import charted, series
from openqi.records.process_control import AlarmAssessed, ControlPlanPublished
from openqi.records.process_evidence import BaselineFrozen, ChartEvaluated
from openqi.science.charts.charting import Chart

_MOST_RECORDS: Final = 60
_PATTERN: Final = 32
"""No rule goes back over more points."""


@dataclass(frozen=True, kw_only=True)
class LeftOutPoint:
    """A point that a baseline leaves out: the assessment that confirmed its alarm; `stated` is None where it may not be shown."""

    assessment: Seen
    stated: AlarmAssessed | None


@dataclass(frozen=True, kw_only=True)
class BaselineView:
    """A frozen baseline."""

    seen: Seen
    stated: BaselineFrozen
    left_out: tuple[LeftOutPoint, ...]


@dataclass(frozen=True, kw_only=True)
class AlarmThen:
    """An alarm under the earlier limits, and whether its point alarms under the new ones too."""

    point: PointLine
    stands: bool


@dataclass(frozen=True, kw_only=True)
class Change:
    """What the newest baseline changed.

    Args:
        before: the baseline before it.
        window: evaluations on that, as sealed; None where there are none.
        after: the same readings on the new limits, computed for the page; None where they cannot be charted so.
        alarms: those of the window.
        more: how many of its points alarm under the new limits alone.
    """

    before: BaselineView
    window: Window | None
    after: PlottedChart | None
    alarms: tuple[AlarmThen, ...]
    more: int

    @property
    def standing(self) -> int:
        """How many of the earlier alarms stand."""
        return sum(one.stands for one in self.alarms)


def baseline_view(context: Context, record: str) -> BaselineView | None:
    """Return a baseline; None where it is not here or may not be shown."""
    stated = context.body(record, BaselineFrozen)
    if stated is None:
        return None
    left = tuple(
        LeftOutPoint(assessment=context.seen(one.assessment), stated=context.body(one.assessment, AlarmAssessed))
        for one in stated.left_out
    )
    return BaselineView(seen=context.seen(record), stated=stated, left_out=left)


def change(context: Context, files: Files, row: Row, current: BaselineView) -> Change | None:
    """Return what a baseline changed; None for the first one.

    Args:
        context: the log.
        files: of the plan.
        row: of the baseline.
        current: the baseline.
    """
    earlier = current.stated.predecessor
    if earlier is None:
        earlier = next((str(one["id"]) for one in files.newest("b", 1, below=place_of(row))), None)
    before = None if earlier is None else baseline_view(context, earlier)
    if before is None:
        return None
    found = window(context, files, baseline=before.seen.id, below=place_of(row))
    again = None if found is None else _again(context, found, current.stated)
    if found is None or again is None:
        return Change(before=before, window=found, after=None, alarms=(), more=0)
    flags = _flags(again)[-len(found.points) :]
    alarms = tuple(AlarmThen(point=one, stands=flag) for one, flag in zip(found.points, flags, strict=True) if one.state)
    more = sum(flag and not one.state for one, flag in zip(found.points, flags, strict=True))
    drawn = _drawn(again, found.plan.characteristic.unit, len(found.points), found.points[0].number)
    return Change(before=before, window=found, after=drawn, alarms=alarms, more=more)


def _flags(chart: Chart) -> list[bool]:
    wanted = alarming(chart.rules)
    return [any(panel.flags[place] & wanted for panel in chart.panels) for place in range(len(chart.panels[0].flags))]


def _drawn(chart: Chart, unit: str, points: int, first: int) -> PlottedChart:
    """The last points as they are drawn."""
    panels = tuple(
        replace(panel, **{name: getattr(panel, name)[-points:] for name in ("values", "flags", *LINES)}) for panel in chart.panels
    )
    return PlottedChart(kind=chart.kind, rules=chart.rules, panels=panels, unit=unit, first=first)


def _again(context: Context, found: Window, baseline: BaselineFrozen) -> Chart | None:
    """The readings of a window on other limits; None where they may not be shown, are too many, or suit no such chart."""
    plan_id = found.evaluations[0].stated.published
    now = context.body(baseline.published, ControlPlanPublished)
    if now is None or now.chart != found.plan.chart:
        return None
    asked = planned(now)
    names = _readings(context, found, all_of_them=asked.remembers)
    if names is None:
        return None
    if not all(context.shown(context.logged(name).record) for name in names):
        return None
    try:
        view = noting_view(context.store, known_at=context.size, valid_at=f"{context.today.isoformat()}T00:00:00Z")
        points = series(view, view.record(plan_id), found.plan, asked, names).points
        return charted(asked, points, estimates_of(baseline))
    except OpenQIError:  # withdrawn meanwhile, erased, or no such chart: the page says that there is none
        return None


def _readings(context: Context, found: Window, *, all_of_them: bool) -> list[str] | None:
    """The readings of a window, and of as many evaluations before it as a pattern goes back over; None where these are too many."""
    names = [taken.readings for one in found.evaluations for taken in one.stated.taken]
    before, points = found.evaluations[0].stated.follows, 0
    while before is not None and (all_of_them or points < _PATTERN):
        earlier = context.body(before, ChartEvaluated)
        if earlier is None or len(names) > _MOST_RECORDS:
            return None
        names = [*(taken.readings for taken in earlier.taken), *names]
        before, points = earlier.follows, points + earlier.items.count
    return names if len(names) <= _MOST_RECORDS else None
