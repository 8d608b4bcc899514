"""The golden records of process control: a log of its own, so that no other golden bytes move."""

from openqi.app.ledger import Ledger, Signer
from openqi.evidence.record import Record
from openqi.pillars.process_control.alarms import AssessAlarm
from openqi.pillars.process_control.baselines import FreezeBaseline
from openqi.pillars.process_control.capability import EvaluateCapability
from openqi.pillars.process_control.evaluations import EvaluateChart
from openqi.records import Names
from openqi.records.governance import RoleGranted
from openqi.records.metrology import Calibrated, CalibrationCertified, Point
from openqi.records.process_control import (
    CapabilityAsked,
    Characteristic,
    ControlPlanPublished,
    Option,
    Reaction,
    ReadingsTaken,
    Rules,
    RuleStated,
    Subgroup,
    Tolerance,
    Wanted,
)
from openqi.records.rows import TakenRow, committed, row_line

PROCESS, GAUGE = "https://maker.example/line/1", "https://maker.example/gauge/7"
_TENTHS = (2, -1, 3, 0, -2, 1, 1, -3, 2, 0, -1, 4, -2, 0, 1, -1, 2, -3, 1, 0)
"""Distances from 10.00 mm in 0.01 mm."""
PLAN = ControlPlanPublished(
    plan="https://maker.example/plan/diameter", edition="1", name=Names(zh="直径控制计划", en="Control of the diameter"),
    process=PROCESS,
    characteristic=Characteristic(
        characteristic="https://maker.example/characteristic/diameter", name=Names(zh="直径", en="Diameter"), quantity="length",
        unit="mm",
    ),
    instrument=GAUGE, procedure="https://maker.example/procedure/diameter", subgroup=Subgroup(by="single"), chart="i-mr",
    rules=Rules(
        own=(
            RuleStated(number=1, asks="same-side", sigma="3"), RuleStated(number=2, asks="same-side", points=9),
            RuleStated(number=5, asks="same-side", sigma="2", points=2, among=3, warns=True),
        )
    ),
    options=(Option(name="sigma_by", value="moving-range"),),
    reactions=(
        Reaction(text=Names(zh="停线，查找原因", en="Stop the line and look for the cause")),
        Reaction(text=Names(zh="检查刀具", en="Check the tool"), rule=2),
    ),
    tolerance=Tolerance(lower="9.90", upper="10.10", target="10.00"),
    capability=CapabilityAsked(wanted=(Wanted(index="Cpk", at_least="1.33"), Wanted(index="Ppk", at_least="1.33"))),
    responsible=Names(zh="班组长", en="Shift leader"), parties=("https://laboratory.example",), numbered=True,
    valid_from="2026-01-01T00:00:00Z", illustrative=True,
)  # fmt: skip


def process_control_records(ledger: Ledger, operator: Signer, maker: Signer) -> list[Record]:
    """Publish a plan, freeze a baseline, chart two hours, assess two alarms, freeze again without one, ask the capability."""
    for role in ("process-owner", "calibration-laboratory"):
        ledger.state(RoleGranted(party=maker.party, role=role, valid_from="2026-01-01T00:00:00Z"), operator)
    ledger.state(_certificate(), maker)
    plan = ledger.state(PLAN, maker)
    first, second = (_taken(ledger, maker, hour) for hour in (1, 2))
    (base,) = ledger.perform(FreezeBaseline(published=plan.id, readings=(first.id,)), maker)
    (before,) = ledger.perform(EvaluateChart(baseline=base.id, readings=(first.id,)), maker)
    (chart,) = ledger.perform(EvaluateChart(baseline=base.id, readings=(second.id,), follows=before.id), maker)
    found = [
        ledger.perform(
            AssessAlarm(
                evaluation=chart.id, point=place, outcome="confirmed" if place == 7 else "refuted",
                cause=Names(zh="示例", en="example"), cause_code="tool" if place == 7 else None,
                action=Names(zh="更换刀具", en="tool replaced") if place == 7 else None,
            ),
            maker,
        )[0]
        for place in (7, 12)
    ]  # fmt: skip
    again = FreezeBaseline(published=plan.id, readings=(first.id, second.id), predecessor=base.id, leaves_out=(found[0].id,))
    (next_base,) = ledger.perform(again, maker)
    (capability,) = ledger.perform(EvaluateCapability(of=next_base.id), maker)
    return [plan, second, next_base, chart, found[0], capability]


def _certificate() -> CalibrationCertified:
    points = tuple(Point(indicated=f"{at}.000", reference=f"{at}.001", expanded_uncertainty="0.002") for at in (9, 11))
    return CalibrationCertified(
        certificate="https://maker.example/certificate/1", number="L-1", instrument=GAUGE, performed_at="2026-06-01T00:00:00Z",
        calibrated=(Calibrated(quantity="length", unit="mm", coverage_factor="2", points=points),), illustrative=True,
    )  # fmt: skip


def _taken(ledger: Ledger, maker: Signer, hour: int) -> Record:
    """An hour of readings; in the second one is missing, and two lie far away."""
    texts: list[str | None] = [f"{1000 + tenths:04d}" for tenths in _TENTHS]
    if hour == 2:
        texts[3], texts[7], texts[12] = None, "1015", "0988"
    times = [f"2026-11-19T0{hour}:{3 * place:02d}:00Z" for place in range(len(texts))]
    rows = [
        TakenRow(at=at, item=f"https://maker.example/shaft/{hour}-{place}", missing="sensor off")
        if text is None
        else TakenRow(at=at, item=f"https://maker.example/shaft/{hour}-{place}", value=f"{int(text[:2])}.{text[2:]}")
        for place, (at, text) in enumerate(zip(times, texts, strict=True))
    ]
    items, content = committed(map(row_line, rows))
    ledger.store.put_blob(content)
    own = PLAN.characteristic
    taken = ReadingsTaken(
        plan=PLAN.plan, process=PROCESS, characteristic=own.characteristic, quantity=own.quantity, unit=own.unit,
        instrument=GAUGE, number=hour - 1, procedure=PLAN.procedure, taken_from=times[0], taken_until=times[-1], items=items,
        simulated="example",
    )  # fmt: skip
    return ledger.state(taken, maker)
