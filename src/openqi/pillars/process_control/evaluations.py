"""Evaluating a chart: readings on a frozen baseline, going on from the evaluation before as if all had come at once."""

from collections.abc import Iterator
from typing import ClassVar, Final

from openqi.evidence.record import Record, Statement
from openqi.evidence.view import View
from openqi.kernel.errors import RefusedError
from openqi.pillars.process_control.baselines import estimates_of
from openqi.pillars.process_control.lines import alarms, panel_lines, point_rows, rule_counts
from openqi.pillars.process_control.plans import Planned, planned
from openqi.pillars.process_control.series import Point, Series, charted, check_next, series
from openqi.pillars.process_control.standing import acting, certificates_of, standing
from openqi.records import Command, RecordId, statement
from openqi.records.process_control import ControlPlanPublished
from openqi.records.process_evidence import BaselineFrozen, ChartEvaluated
from openqi.records.rows import committed, row_line

MOST_READ: Final = 100
"""Records of readings and of evaluations that a chart is drawn from, those before included."""


class EvaluateChart(Command, frozen=True):
    """Chart readings on a frozen baseline: every violated rule of every point.

    With `follows` patterns go on from the points of that evaluation: the same flags as if all readings had come at once.
    """

    NAME: ClassVar[str] = "process-control.evaluate-chart/1"
    ROLE: ClassVar[str | None] = "process-owner"
    INHERITS: ClassVar[bool] = True

    baseline: RecordId
    readings: tuple[RecordId, ...]
    follows: RecordId | None = None


def evaluate_chart(view: View, command: EvaluateChart, issuer: str) -> tuple[Statement, ...]:
    """Return the evaluated chart.

    Raises:
        NotFoundError: baseline, plan, readings, rows or an evaluation before are not in the log.
        RefusedError: one was withdrawn or does not fit, whoever asks does not act under the plan, or times go backwards.
        DomainError: readings are none that the chart could take.
    """
    base_record, baseline = standing(view, command.baseline, BaselineFrozen)
    plan_record, plan = standing(view, baseline.published, ControlPlanPublished)
    acting(plan_record, plan, issuer)
    asked = planned(plan)
    read = series(view, plan_record, plan, asked, command.readings)
    points = read.points
    history = _History(view, plan_record, plan, asked, base_record.id)
    before = history.before(command, read)
    own = {one.readings for one in baseline.taken}
    found = charted(asked, [*before, *points], estimates_of(baseline))
    start = len(before)
    items, content = committed(map(row_line, point_rows(found, [*before, *points], start)))
    evaluated = ChartEvaluated(
        plan=plan.plan, process=plan.process, instrument=plan.instrument, published=plan_record.id, baseline=base_record.id,
        taken=read.taken, first_at=points[0].at, last_at=points[-1].until,
        rules=tuple(rule.number for rule in asked.rules.rules),
        warning=tuple(rule.number for rule in asked.rules.rules if rule.warns),
        panels=tuple(panel_lines(one, start) for one in found.panels), items=items,
        missing=sum(one.is_missing for one in points), broken=rule_counts(found, start), alarms=alarms(found, start),
        missing_readings=read.missing_readings, of_baseline=sum(one.readings in own for one in points),
        before=history.counted, history=history.readings, follows=command.follows,
        certificates=certificates_of(view, plan, points[0].at, points[-1].until),
        simulated=read.simulated or history.simulated or baseline.simulated, illustrative=plan.illustrative,
    )  # fmt: skip
    return (statement(evaluated, contents=(content,)),)


class _History:
    """The evaluations before, read back as far as the chart and its rules remember."""

    def __init__(self, view: View, plan_record: Record, plan: ControlPlanPublished, asked: Planned, baseline: str) -> None:
        self._view, self._plan_record, self._plan, self._asked, self._baseline = view, plan_record, plan, asked, baseline
        self.counted = 0
        """Points of all evaluations before."""
        self.readings: tuple[str, ...] = ()
        """Those that were read back, the earliest first."""
        self.simulated = False
        """Whether any of those were not measured."""

    def before(self, command: EvaluateChart, now: Series) -> list[Point]:
        """Return the points before, the earliest first: all where the chart remembers all, else as many as a pattern spans."""
        found: list[Point] = []
        records, first_at = len(command.readings), now.points[0].at
        for place, chart in enumerate(self._chain(command.follows)):
            if not place:
                self.counted = chart.before + chart.items.count
                if first_at[:-1] < chart.last_at[:-1]:
                    why = f"readings begin at {first_at}, evaluation {command.follows} goes until {chart.last_at}"
                    raise RefusedError("readings-in-order", f"{why}; nothing follows on what came later")
            records += 1 + len(chart.taken)
            if records > MOST_READ:
                why = f"patterns of this chart go back over {records} records, more than the {MOST_READ} of one decision"
                raise RefusedError("chain-length", f"{why}; follow nothing, so that it begins anew")
            names = tuple(one.readings for one in chart.taken)
            if twice := sorted({*names} & {*command.readings}):
                why = f"readings {twice[0]} were charted before in this chain"
                raise RefusedError("readings-in-order", f"{why}; no point comes twice")
            read = series(self._view, self._plan_record, self._plan, self._asked, names)
            if not place:
                check_next(self._plan, read.last, command.readings[0], now.first)
            self.readings, self.simulated = (*names, *self.readings), self.simulated or read.simulated
            found = [*read.points, *found]
            # Of one instant more may stand before: a chain is read back until it was earlier.
            if not self._asked.remembers and len(found) >= self._needed and chart.first_at[:-1] < first_at[:-1]:
                return found[-self._needed :]
        return found

    @property
    def _needed(self) -> int:
        """So many points before belong to the longest pattern; one at least, for what is compared with its neighbour."""
        return max(1, *(rule.among - 1 for rule in self._asked.rules.rules))

    def _chain(self, follows: str | None) -> Iterator[ChartEvaluated]:
        while follows is not None:
            record, chart = standing(self._view, follows, ChartEvaluated)
            acting(self._plan_record, self._plan, record.issuer)
            if chart.baseline != self._baseline:
                raise RefusedError(
                    "same-baseline", f"evaluation {follows} is on baseline {chart.baseline}; on another one begin anew"
                )
            yield chart
            follows = chart.follows
