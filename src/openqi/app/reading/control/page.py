"""A control plan on one page: plan, baseline, chart, before and after, alarms and capability."""

from dataclasses import dataclass

from openqi.app.pictures.capability.shown import ShownStudy
from openqi.app.reading.context import Context, Seen
from openqi.app.reading.control.alarms import AlarmList, alarm_list
from openqi.app.reading.control.changed import BaselineView, Change, baseline_view, change
from openqi.app.reading.control.charted import Window, window
from openqi.app.reading.control.plans import Reached, kept_name, newest_capability, plan_files, reached_of
from openqi.app.reading.control.rows import Files, Totals
from openqi.app.reading.naming import Named
from openqi.app.views import noting_view
from openqi.kernel.errors import OpenQIError
from openqi.pillars.process_control.capability import study_of
from openqi.pillars.process_control.plans import rules_of
from openqi.records.process_control import ControlPlanPublished
from openqi.records.process_evidence import BaselineFrozen, CapabilityEvaluated, ChartEvaluated
from openqi.science.charts.rules.rule import RuleSet


@dataclass(frozen=True, kw_only=True)
class CapabilityView:
    """A capability: as it was sealed, and the study computed again for the histogram; None where it does not come out."""

    seen: Seen
    stated: CapabilityEvaluated
    of: Seen
    reached: Reached
    study: ShownStudy | None


@dataclass(frozen=True, kw_only=True)
class ControlPage:
    """Everything that is known of a control plan.

    Args:
        plan: its URI and name.
        published: the newest edition.
        stated: likewise.
        editions: all that stand, the newest first.
        rules: of the newest edition.
        totals: of alarms and points.
        baseline: the newest that stands; None where there is none.
        window: the newest evaluations; None where there are none.
        change: what that baseline changed; None for a first one.
        alarms: the newest, or those that were asked for.
        capability: that was evaluated last; None where there is none.
        below: alarms and chart are those below this index of the log; None for the newest.
    """

    plan: Named
    published: Seen
    stated: ControlPlanPublished
    editions: tuple[Seen, ...]
    process: Named
    instrument: Named
    parties: tuple[Named, ...]
    rules: RuleSet
    totals: Totals
    baseline: BaselineView | None
    window: Window | None
    change: Change | None
    alarms: AlarmList
    capability: CapabilityView | None
    below: int | None

    @property
    def acting(self) -> tuple[str, ...]:
        """Who may act under the plan."""
        return (self.published.issuer.uri, *self.stated.parties)


def control_page(context: Context, uri: str, *, below: int | None = None) -> ControlPage:
    """Return what is known of a control plan.

    Args:
        context: the log.
        uri: of the plan.
        below: alarms and points only of evaluations below this index of the log.

    Raises:
        NotFoundError: the log knows no such plan, or it may not be shown.
    """
    name = f"{kept_name(context, uri)}\n{below}"
    return context.kept("control plan", name, lambda: _page(context, uri, below), heavy=True, tags=(uri,))


def _page(context: Context, uri: str, below: int | None) -> ControlPage:
    files, stated = plan_files(context, uri)
    row = next(iter(files.newest("b", 1)), None)
    baseline = None if row is None else baseline_view(context, str(row["id"]))
    return ControlPage(
        plan=context.named(uri), published=context.seen(files.editions[0]), stated=stated,
        editions=context.all_seen(files.editions), process=context.named(stated.process),
        instrument=context.named(stated.instrument), parties=tuple(map(context.named, stated.parties)),
        rules=rules_of(stated.rules), totals=files.totals(), baseline=baseline, window=window(context, files, below=below),
        change=None if row is None or baseline is None else change(context, files, row, baseline),
        alarms=alarm_list(context, files, below=below), capability=_capability(context, files, stated), below=below,
    )  # fmt: skip


def _capability(context: Context, files: Files, plan: ControlPlanPublished) -> CapabilityView | None:
    found = newest_capability(context, files)
    if found is None:
        return None
    return capability_view(context, str(found[0]["id"]), found[1], plan)


def capability_view(context: Context, record: str, stated: CapabilityEvaluated, plan: ControlPlanPublished) -> CapabilityView:
    """Return a capability as pages show it."""
    return CapabilityView(
        seen=context.seen(record), stated=stated, of=context.seen(stated.of), reached=reached_of(stated),
        study=_study(context, plan, stated),
    )  # fmt: skip


def _study(context: Context, plan: ControlPlanPublished, stated: CapabilityEvaluated) -> ShownStudy | None:
    source = context.body(stated.of, BaselineFrozen) or context.body(stated.of, ChartEvaluated)
    if source is None or not all(context.shown(context.logged(one.readings).record) for one in source.taken):
        return None
    try:
        view = noting_view(context.store, known_at=context.size, valid_at=f"{context.today.isoformat()}T00:00:00Z")
        study = study_of(view, stated)
    except OpenQIError:  # withdrawn meanwhile, or erased: the page says that there is no picture
        return None
    return None if study is None else ShownStudy(study=study, unit=plan.characteristic.unit)
