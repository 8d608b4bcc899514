"""What the entries of process control become: plans, baselines, charts on them, assessed alarms, capability.

A baseline comes in together with its charts and what was found about their alarms, so that the next one can leave points out.
"""

from functools import partial
from typing import Any, Final

from openqi.app.workspace.builder import Builder
from openqi.app.workspace.certificates import content_of
from openqi.app.workspace.controlling import (
    AssessmentDeclared,
    BaselineDeclared,
    CapabilityDeclared,
    ControlChartDeclared,
    ControlPlanDeclared,
    ProcessReadingsDeclared,
)
from openqi.app.workspace.entries import stated
from openqi.app.workspace.series import series_rows
from openqi.kernel.errors import DomainError, FormatError, RefusedError
from openqi.pillars.process_control.alarms import AssessAlarm
from openqi.pillars.process_control.baselines import FreezeBaseline
from openqi.pillars.process_control.capability import EvaluateCapability
from openqi.pillars.process_control.evaluations import EvaluateChart
from openqi.pillars.process_control.plans import check_plan
from openqi.records import Body, of_json
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
from openqi.records.process_evidence import ChartEvaluated
from openqi.records.rows import PointRow, committed, decoded

_AT_MEMBER: Final = {
    "rule-applies": "rules", "subgroup-fits": "subgroup", "chart-of-a-plan": "chart", "tolerance-in-order": "lower",
    "baseline-freezes": "options", "reaction-to-a-rule": "reactions", "distribution-known": "distribution",
    "capability-wanted": "capability", "capability-measured": "capability",
}  # fmt: skip
"""Rule that refuses a plan → the member that it is about."""
_ANY: Final = "any"


def control_plan(builder: Builder, slot: str, declared: ControlPlanDeclared) -> None:
    """Publish a control plan."""
    workspace = builder.workspace
    workspace.party(slot, declared.published_by, "published_by")
    builder.record(workspace.known(slot, "instrument", "instruments", declared.instrument))
    parts = []
    if declared.requirement is not None:
        parts.append(builder.record(workspace.known(slot, "requirement", "clauses", declared.requirement)))
    body = _plan(builder, slot, declared, *parts)
    try:
        check_plan(body)
    except RefusedError as error:
        raise workspace.at(slot, _member(declared, _AT_MEMBER.get(error.rule, ""))).error(str(error)) from error
    except (DomainError, FormatError) as error:
        raise workspace.at(slot, _member(declared, _member_of(str(error)))).error(str(error)) from error
    stated(builder, slot, declared.published_by, body, body.instrument, *body.parties, *parts)


def _member(declared: ControlPlanDeclared, name: str) -> str:
    return "own_rules" if name == "rules" and declared.rules is None else name


def _member_of(told: str) -> str:
    if told.startswith("no chart"):
        return "chart"
    if told.startswith(("no rule set", "rule ")):
        return "rules"
    return "unit" if told.startswith("unit") else "options"


def _plan(builder: Builder, slot: str, declared: ControlPlanDeclared, requirement: str | None = None) -> ControlPlanPublished:
    workspace, procedure = builder.workspace, None
    if declared.procedure is not None:
        workspace.known(slot, "procedure", "procedures", declared.procedure)
        procedure = workspace.declared.procedures[declared.procedure].uri
    limited = declared.lower is not None or declared.upper is not None
    tolerance = (
        Tolerance(lower=declared.lower, upper=declared.upper, target=declared.target, requirement=requirement) if limited else None
    )
    if not limited and (declared.target is not None or requirement is not None):
        raise workspace.where(slot).error("a target or a requirement goes with a lower or an upper limit; give one")
    return ControlPlanPublished(
        plan=declared.uri, edition=declared.edition, name=declared.name, process=declared.process,
        characteristic=Characteristic(
            characteristic=declared.characteristic, name=declared.characteristic_name, quantity=declared.quantity,
            unit=declared.unit,
        ),
        instrument=workspace.declared.instruments[declared.instrument].uri, subgroup=_subgroup(builder, slot, declared.subgroup),
        chart=declared.chart, rules=_rules(builder, slot, declared),
        reactions=tuple(
            Reaction(text=text, rule=None if name == _ANY else _whole(builder, slot, "reactions", name))
            for name, text in declared.reactions.items()
        ),
        options=tuple(Option(name=name, value=value) for name, value in declared.options.items()), tolerance=tolerance,
        capability=_capability(declared) if declared.capability or declared.distribution != "normal" else None,
        procedure=procedure, responsible=declared.responsible,
        parties=tuple(workspace.party(slot, name, "parties").uri for name in declared.parties), numbered=declared.numbered,
        valid_from=workspace.instant(slot, "valid_from", declared.valid_from),
        illustrative=workspace.illustrative(declared.illustrative),
    )  # fmt: skip


def _capability(declared: ControlPlanDeclared) -> CapabilityAsked:
    wanted = [{"index": name, "atLeast": value} for name, value in declared.capability.items()]
    return CapabilityAsked(wanted=tuple(of_json(one, Wanted) for one in wanted), distribution=declared.distribution)


def _subgroup(builder: Builder, slot: str, text: str) -> Subgroup:
    if text == "single":
        return Subgroup(by="single")
    if text == "label":
        return Subgroup(by="label")
    return Subgroup(by="size", size=_whole(builder, slot, "subgroup", text))


def _whole(builder: Builder, slot: str, member: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        words = {"subgroup": "single, label, or a number of readings", "reactions": "any, or the number of a rule"}
        raise builder.workspace.at(slot, member).error(f"{text!r}: write {words.get(member, 'the number of the rule')}")
    return int(text)


def _rules(builder: Builder, slot: str, declared: ControlPlanDeclared) -> Rules:
    if (declared.rules is None) == (not declared.own_rules):
        raise builder.workspace.at(slot, "rules").error("give `rules`, a published set, or `own_rules`; one of the two")
    own = tuple(
        RuleStated(
            number=_whole(builder, slot, "own_rules", name), asks=one.asks, sigma=one.sigma, points=one.points, among=one.among,
            warns=one.warns,
        )
        for name, one in declared.own_rules.items()
    )  # fmt: skip
    return Rules(named=declared.rules, own=own)


def process_readings(builder: Builder, slot: str, declared: ProcessReadingsDeclared) -> None:
    """Bring in readings of a process; whoever took them states them."""
    workspace = builder.workspace
    plan_slot = workspace.known(slot, "plan", "control_plans", declared.plan)
    builder.record(plan_slot)
    workspace.party(slot, declared.reported_by, "reported_by")
    plan = _plan(builder, plan_slot, workspace.declared.control_plans[declared.plan])
    own = plan.characteristic
    about = (plan.plan, plan.process, own.characteristic, own.quantity, own.unit, plan.instrument, plan.procedure or "")

    def make() -> tuple[Body, tuple[bytes, ...]]:
        if plan.numbered and declared.number is None:
            raise workspace.where(slot).error("the plan is numbered; give `number`, one more than that of the readings before")
        rows = series_rows(workspace, slot, declared)
        items, content = committed(rows.lines)
        body = ReadingsTaken(
            plan=plan.plan, process=plan.process, characteristic=own.characteristic, quantity=own.quantity, unit=own.unit,
            instrument=plan.instrument, number=declared.number, procedure=plan.procedure,
            taken_from=rows.first_at, taken_until=rows.last_at, items=items,
            document=content_of(declared.file, rows.data), simulated=declared.simulated, remark=declared.remark,
        )  # fmt: skip
        return body, (content, rows.data)

    digest = builder.digest(slot, workspace.file(slot, "file", declared.file), *about)
    builder.state(slot, declared.reported_by, digest, make)


def _readings(builder: Builder, slot: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(builder.record(builder.workspace.known(slot, "readings", "process_readings", name)) for name in names)


def baseline(builder: Builder, slot: str, declared: BaselineDeclared) -> None:
    """Freeze a baseline, and bring in the charts on it and what was found about their alarms."""
    workspace, name = builder.workspace, slot.partition("/")[2]
    builder.entry(slot, partial(_baseline, builder, slot, declared))
    charts = {key: one for key, one in workspace.declared.control_charts.items() if one.baseline == name}
    for key, chart in charts.items():
        builder.entry(f"control_charts/{key}", partial(_chart, builder, f"control_charts/{key}", chart))
    for key, one in workspace.declared.assessments.items():
        if one.chart in charts:
            builder.entry(f"assessments/{key}", partial(_assessment, builder, f"assessments/{key}", one))


def _baseline(builder: Builder, slot: str, declared: BaselineDeclared) -> None:
    workspace = builder.workspace
    published = builder.record(workspace.known(slot, "plan", "control_plans", declared.plan))
    readings = _readings(builder, slot, declared.readings)
    gone = tuple(builder.record(workspace.known(slot, "leaves_out", "assessments", name)) for name in declared.leaves_out)
    before = None
    if declared.predecessor is not None:
        before = builder.record(workspace.known(slot, "predecessor", "baselines", declared.predecessor))
    workspace.party(slot, declared.frozen_by, "frozen_by")
    command = FreezeBaseline(published=published, readings=readings, leaves_out=gone, predecessor=before)
    parts = (published, *readings, "leaves out", *gone, "before", before or "")
    subject = workspace.declared.control_plans[declared.plan].uri
    builder.decide(slot, declared.frozen_by, builder.digest(slot, *parts), command, subject=subject)


def control_chart(builder: Builder, slot: str, declared: ControlChartDeclared) -> None:
    """Bring in a chart whose baseline is none of the workspace, which says so; others came in with their baseline."""
    builder.workspace.known(slot, "baseline", "baselines", declared.baseline)


def _chart(builder: Builder, slot: str, declared: ControlChartDeclared) -> None:
    workspace = builder.workspace
    base = builder.record(f"baselines/{declared.baseline}")
    readings = _readings(builder, slot, declared.readings)
    follows = None
    if declared.follows is not None:
        follows = builder.record(workspace.known(slot, "follows", "control_charts", declared.follows))
    workspace.party(slot, declared.evaluated_by, "evaluated_by")
    command = EvaluateChart(baseline=base, readings=readings, follows=follows)
    plan = workspace.declared.baselines[declared.baseline].plan
    digest = builder.digest(slot, base, *readings, "follows", follows or "")
    builder.decide(slot, declared.evaluated_by, digest, command, subject=workspace.declared.control_plans[plan].uri)


def assessment(builder: Builder, slot: str, declared: AssessmentDeclared) -> None:
    """Bring in an assessment whose chart is none of the workspace, which says so; others came in with their chart."""
    builder.workspace.known(slot, "chart", "control_charts", declared.chart)


def _assessment(builder: Builder, slot: str, declared: AssessmentDeclared) -> None:
    workspace = builder.workspace
    evaluation = builder.record(f"control_charts/{declared.chart}")
    workspace.party(slot, declared.assessed_by, "assessed_by")
    command = AssessAlarm(
        evaluation=evaluation, point=_point(builder, slot, declared, evaluation), outcome=declared.outcome, cause=declared.cause,
        cause_code=declared.cause_code, action=declared.action,
    )  # fmt: skip
    plan = builder.ledger.view().record(evaluation).streams[0]
    builder.decide(slot, declared.assessed_by, builder.digest(slot, evaluation), command, subject=plan, once=True)


def _point(builder: Builder, slot: str, declared: AssessmentDeclared, evaluation: str) -> int:
    """The number of the point that is meant."""
    if (declared.at is None) == (declared.point is None):
        raise builder.workspace.where(slot).error("say which point: `at`, its time, or `point`, its number from 0")
    if declared.point is not None:
        return declared.point
    view = builder.ledger.view()
    chart: Any = of_json(view.record(evaluation).body, ChartEvaluated)
    rows = decoded(view.blob(chart.items.rows.sha256).split(b"\n")[:-1], PointRow)
    found = [place for place, row in enumerate(rows) if row.at == declared.at]
    if len(found) != 1:
        why = f"{len(found)} points of {declared.chart} are at {declared.at}"
        hint = "say which by `point`" if found else f"it goes from {rows[0].at} to {rows[-1].at}, in UTC"
        raise builder.workspace.at(slot, "at").error(f"{why}; {hint}")
    return found[0]


def capability(builder: Builder, slot: str, declared: CapabilityDeclared) -> None:
    """Evaluate the capability of a baseline or of a chart."""
    workspace = builder.workspace
    if (declared.baseline is None) == (declared.chart is None):
        raise workspace.where(slot).error("say whose readings: `baseline` or `chart`, one of the two")
    if declared.baseline is not None:
        of = builder.record(workspace.known(slot, "baseline", "baselines", declared.baseline))
    else:
        of = builder.record(workspace.known(slot, "chart", "control_charts", declared.chart or ""))
    workspace.party(slot, declared.evaluated_by, "evaluated_by")
    plan = builder.ledger.view().record(of).streams[0]
    builder.decide(slot, declared.evaluated_by, builder.digest(slot, of), EvaluateCapability(of=of), subject=plan)
