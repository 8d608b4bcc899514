"""The control plan of the example station: two baselines, alarms that were confirmed, refuted or wait; its readings are made up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from openqi.app.ledger import Signer
from openqi.app.station.station import Station
from openqi.evidence.record import Record
from openqi.kernel.instant import format_instant
from openqi.pillars.process_control.alarms import AssessAlarm
from openqi.pillars.process_control.baselines import FreezeBaseline
from openqi.pillars.process_control.capability import EvaluateCapability
from openqi.pillars.process_control.evaluations import EvaluateChart
from openqi.records import Names
from openqi.records.governance import RoleGranted
from openqi.records.process_control import (
    CapabilityAsked,
    Characteristic,
    ControlPlanPublished,
    Reaction,
    ReadingsTaken,
    Rules,
    Subgroup,
    Tolerance,
    Wanted,
)
from openqi.records.rows import TakenRow, committed, row_line

_MAKER: Final = "https://maker.example"
PLAN: Final = "https://maker.example/control-plan/capacity"
_SIMULATED: Final = "sums of bytes of SHA-256, made up for this example; nothing was measured"
_ROLE: Final = "process-owner"
_HOURS: Final = 3
"""Between two cells that are taken from the line."""
_TRIAL: Final = 40
_LOW, _HIGH, _LAST = 9, 17, 21
"""Points of the example that alarm: a cause was found, none was, and nobody has looked yet."""
_PLAN: Final = ControlPlanPublished(
    plan=PLAN, edition="1", name=Names(zh="电芯容量控制计划", en="Control of cell capacity"),
    process="https://maker.example/line/formation",
    characteristic=Characteristic(
        characteristic="https://maker.example/characteristic/discharge-capacity",
        name=Names(zh="放电容量", en="Discharge capacity"), quantity="discharge capacity", unit="A.h",
    ),
    instrument="https://laboratory.example/instrument/cycler-3", subgroup=Subgroup(by="single"), chart="i-mr",
    rules=Rules(named="nelson 1+2+5+6"),
    reactions=(
        Reaction(text=Names(zh="扣下该时段的电芯，查明原因", en="Hold the cells of that time and look for the cause")),
        Reaction(rule=2, text=Names(zh="核对注液量和化成温度", en="Check the electrolyte dose and the formation temperature")),
    ),
    tolerance=Tolerance(lower="1.980", upper="2.080", target="2.030"),
    capability=CapabilityAsked(wanted=(Wanted(index="Cpk", at_least="1.33"), Wanted(index="Ppk", at_least="1.33"))),
    responsible=Names(zh="化成工段值班长", en="Shift leader of formation"), valid_from="2024-01-01T00:00:00Z", illustrative=True,
)  # fmt: skip


def watch_example_process(station: Station, maker: Signer) -> None:
    """Publish the plan, and let the example maker take readings, judge them and look after alarms.

    Args:
        station: of the example.
        maker: whose process it is.
    """
    ledger = station.ledger
    ledger.state(RoleGranted(party=_MAKER, role=_ROLE, valid_from="2024-01-01T00:00:00Z"), station.operator)
    plan = ledger.state(_PLAN, maker)
    counts = (_TRIAL, 24, 24)
    start = station.clock() - timedelta(hours=_HOURS * sum(counts))
    readings, place = [], 0
    for count in counts:
        readings.append(_taken(station, maker, start, range(place, place + count)))
        place += count
    trial, new, last = readings
    base = ledger.perform(FreezeBaseline(published=plan.id, readings=(trial.id,)), maker)[0]
    chart = ledger.perform(EvaluateChart(baseline=base.id, readings=(new.id,)), maker)[0]
    found = _assessed(station, maker, chart)
    second = FreezeBaseline(published=plan.id, readings=(trial.id, new.id), leaves_out=(found.id,), predecessor=base.id)
    base = ledger.perform(second, maker)[0]
    ledger.perform(EvaluateChart(baseline=base.id, readings=(last.id,)), maker)
    ledger.perform(EvaluateCapability(of=base.id), maker)


def _assessed(station: Station, maker: Signer, chart: Record) -> Record:
    """The assessment that confirms an alarm; another one is refuted."""
    confirm = AssessAlarm(
        evaluation=chart.id, point=_LOW, outcome="confirmed", cause_code="F-2",
        cause=Names(zh="注液泵堵塞，注液量不足", en="The dosing pump was blocked and gave too little electrolyte"),
        action=Names(zh="更换滤芯，该时段电芯报废", en="Filter changed; the cells of that time were scrapped"),
    )  # fmt: skip
    refute = AssessAlarm(
        evaluation=chart.id, point=_HIGH, outcome="refuted",
        cause=Names(zh="复测和设备记录均无异常", en="Measured again and machine records read: nothing was found"),
    )  # fmt: skip
    found = station.ledger.perform(confirm, maker)[0]
    station.ledger.perform(refute, maker)
    return found


def _taken(station: Station, maker: Signer, start: datetime, places: Sequence[int]) -> Record:
    rows = [
        TakenRow(at=format_instant(start + timedelta(hours=_HOURS * place)), value=f"{_value(place):.4f}") for place in places
    ]  # fmt: skip
    items, content = committed(map(row_line, rows))
    station.ledger.store.put_blob(content)
    own = _PLAN.characteristic
    body = ReadingsTaken(
        plan=PLAN, process=_PLAN.process, characteristic=own.characteristic, quantity=own.quantity, unit=own.unit,
        instrument=_PLAN.instrument, taken_from=rows[0].at, taken_until=rows[-1].at, items=items, simulated=_SIMULATED,
    )  # fmt: skip
    return station.ledger.state(body, maker)


def _value(place: int) -> float:
    """About normal with mean 2.030 and standard deviation 0.010, the same each time; some points are off."""
    told = sha256(f"cell {place}".encode()).digest()[:12]
    off = {_TRIAL + _LOW: -0.055, _TRIAL + _HIGH: 0.038, _TRIAL + 24 + _LAST: -0.036}.get(place)
    return 2.030 + (off if off is not None else 0.010 * (sum(told) / 255.0 - 6.0))
