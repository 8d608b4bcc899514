"""A stage with a maker that owns a process: plans, readings out of lists of numbers, baselines and charts in a line each."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from openqi.app.ledger import Signer
from openqi.evidence.record import Record
from openqi.pillars.process_control.alarms import AssessAlarm
from openqi.pillars.process_control.baselines import FreezeBaseline
from openqi.pillars.process_control.evaluations import EvaluateChart
from openqi.records import Names
from openqi.records.process_control import Characteristic, ControlPlanPublished, Option, Reaction, ReadingsTaken, Rules, Subgroup
from openqi.records.rows import PointRow, TakenRow, committed, decoded, row_line
from stage import Stage, party

PROCESS, GAUGE, PLAN_URI = "https://maker.example/line/1", "https://maker.example/gauge/7", "https://maker.example/plan/1"
NAMED = Names(en="example")
PLAN = ControlPlanPublished(
    plan=PLAN_URI, edition="1", name=NAMED, process=PROCESS,
    characteristic=Characteristic(
        characteristic="https://maker.example/characteristic/1", name=NAMED, quantity="length", unit="mm"
    ),
    instrument=GAUGE, subgroup=Subgroup(by="single"), chart="i-mr", rules=Rules(named="nelson 1+2+5"),
    reactions=(Reaction(text=NAMED),), valid_from="2026-01-01T00:00:00Z",
)  # fmt: skip
Value = str | None


def plan_of(
    chart: str = "i-mr", rules: str = "nelson 1+2+5", options: dict[str, str] | None = None, **more: Any
) -> ControlPlanPublished:
    """A plan of that chart."""
    told = tuple(Option(name=name, value=value) for name, value in (options or {}).items())
    return replace(PLAN, chart=chart, rules=Rules(named=rules), options=told, **more)


def rows_of_values(values: Sequence[Value | Sequence[Value]], *, start: int = 0, sizes: Sequence[str] = ()) -> list[TakenRow]:
    """Rows of values, one a second; a subgroup has one time and its place as label; None is a reading that is missing."""
    rows = []
    for place, given in enumerate(values):
        minute, second = divmod(start + place, 60)
        at = f"2026-11-19T{minute // 60:02d}:{minute % 60:02d}:{second:02d}Z"
        several = isinstance(given, list | tuple)
        group = f"g{start + place}" if several else None
        size = sizes[place] if sizes else None
        rows += [_row(at, value, group, size) for value in (given if several else (given,))]  # type: ignore[arg-type, union-attr]
    return rows


def _row(at: str, value: Value, group: str | None, size: str | None) -> TakenRow:
    return TakenRow(at=at, value=value, missing="off" if value is None else None, group=group, size=size)


class Control(Stage):
    """A stage with a maker that owns a process."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = party("maker", 60)
        self.welcome(self.maker, "process-owner")

    def plan(self, plan: ControlPlanPublished = PLAN) -> Record:
        """Publish a plan."""
        self.stated = plan
        return self.ledger.state(plan, self.maker)

    def taken(self, rows: Sequence[TakenRow], *, by: Signer | None = None, **more: Any) -> Record:
        """State readings of the plan that was published last."""
        items, content = committed(map(row_line, rows))
        self.ledger.store.put_blob(content)
        own = self.stated.characteristic
        body = ReadingsTaken(
            plan=self.stated.plan, process=self.stated.process, characteristic=own.characteristic, quantity=own.quantity,
            unit=own.unit, instrument=self.stated.instrument, procedure=self.stated.procedure, taken_from=rows[0].at,
            taken_until=rows[-1].at, items=items,
        )  # fmt: skip
        return self.ledger.state(replace(body, **more), by or self.maker)

    def frozen(self, plan: Record, *readings: Record, by: Signer | None = None, **more: Any) -> Record:
        """Freeze a baseline."""
        command = FreezeBaseline(published=plan.id, readings=tuple(one.id for one in readings), **more)
        return self.ledger.perform(command, by or self.maker)[0]

    def charted(self, base: Record, *readings: Record, follows: Record | None = None, by: Signer | None = None) -> Record:
        """Evaluate a chart."""
        names = tuple(one.id for one in readings)
        command = EvaluateChart(baseline=base.id, readings=names, follows=None if follows is None else follows.id)
        return self.ledger.perform(command, by or self.maker)[0]

    def assessed(self, chart: Record, point: int, outcome: str, *, by: Signer | None = None) -> Record:
        """Assess an alarm."""
        command = AssessAlarm(evaluation=chart.id, point=point, outcome=outcome, cause=NAMED)  # type: ignore[arg-type]
        return self.ledger.perform(command, by or self.maker)[0]

    def rows(self, chart: Record) -> list[PointRow]:
        """The points of a chart."""
        return decoded(self.ledger.store.blob(chart.body["items"]["rows"]["sha256"]).split(b"\n")[:-1], PointRow)
