"""What the page of a record of process control shows beside what every record shows."""

from dataclasses import dataclass
from typing import Final

from openqi.app.reading.context import Context
from openqi.app.reading.control.changed import BaselineView, baseline_view
from openqi.app.reading.control.charted import Window, window_of
from openqi.app.reading.control.page import CapabilityView, capability_view
from openqi.evidence.record import Record
from openqi.pillars.process_control.plans import rules_of
from openqi.records import Body, body
from openqi.records.process_control import AlarmAssessed, ControlPlanPublished, ReadingsTaken
from openqi.records.process_evidence import BaselineFrozen, CapabilityEvaluated, ChartEvaluated, followed_subject
from openqi.science.charts.rules.rule import RuleSet

_KINDS: Final[dict[str, type[Body]]] = {
    one.KIND: one
    for one in (ControlPlanPublished, ReadingsTaken, BaselineFrozen, ChartEvaluated, AlarmAssessed, CapabilityEvaluated)
}  # fmt: skip
_MOST_BESIDE: Final = 8


@dataclass(frozen=True, kw_only=True)
class ControlRecord:
    """A record of process control.

    Args:
        sort: the last part of its kind, as `plan-published`.
        uri: of the plan.
        found: its body.
        stated: the edition of the plan; None where it may not be shown or is not here.
        rules: of that edition.
        baseline, window, capability: what the record is, where it is one of these.
        beside: other charts with other readings that go on from the same one, and stand.
    """

    sort: str
    uri: str
    found: Body
    stated: ControlPlanPublished | None
    rules: RuleSet | None
    baseline: BaselineView | None = None
    window: Window | None = None
    capability: CapabilityView | None = None
    beside: tuple[str, ...] = ()


def control_record(context: Context, record: Record) -> ControlRecord | None:
    """Return what is shown of a record of process control; None for one of another kind."""
    kind = _KINDS.get(record.kind)
    if kind is None:
        return None
    found = body(record, kind)
    plan = _plan(context, found)
    rules = None if plan is None else rules_of(plan.rules)
    uri: str = getattr(found, "plan")  # noqa: B009 -- each of these kinds has it
    return ControlRecord(
        sort=record.kind.partition(".")[2].partition("/")[0], uri=uri, found=found, stated=plan, rules=rules,
        baseline=baseline_view(context, record.id) if isinstance(found, BaselineFrozen) else None,
        window=window_of(context, record.id, found, plan) if isinstance(found, ChartEvaluated) and plan is not None else None,
        capability=capability_view(context, record.id, found, plan) if isinstance(found, CapabilityEvaluated) and plan else None,
        beside=_beside(context, record, found) if isinstance(found, ChartEvaluated) else (),
    )  # fmt: skip


def _beside(context: Context, record: Record, found: ChartEvaluated) -> tuple[str, ...]:
    """Where a chart has another beside it, somebody may show the better one."""
    if found.follows is None:
        return ()
    others = [one.record for one in context.newest(followed_subject(found.plan, found.follows), _MOST_BESIDE)]
    return tuple(
        one.id
        for one in others
        if one.kind == ChartEvaluated.KIND and one.id != record.id and context.withdrawn_by(one) is None
        and body(one, ChartEvaluated).taken != found.taken
    )  # fmt: skip


def _plan(context: Context, found: Body) -> ControlPlanPublished | None:
    if isinstance(found, ControlPlanPublished):
        return found
    published = getattr(found, "published", None)
    if published is not None:
        return context.body(published, ControlPlanPublished)
    record = context.named(getattr(found, "plan", "")).record  # readings are of a plan, of whichever edition
    return context.body(record, ControlPlanPublished) if record else None
