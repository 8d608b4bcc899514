"""Control plans in one line each: what is watched, by which chart, how the alarms stand, is the wanted capability reached."""

from dataclasses import dataclass
from itertools import islice
from typing import Literal

from openqi.app.reading.context import Context, Seen
from openqi.app.reading.control.rows import Files, Totals, files_of, rows_about
from openqi.app.reading.entries import every_thing, things
from openqi.app.reading.lists import cursor_of
from openqi.app.reading.naming import Named
from openqi.evidence.fold import Row
from openqi.kernel.errors import NotFoundError
from openqi.records.process_control import ControlPlanPublished
from openqi.records.process_evidence import CapabilityEvaluated, ChartEvaluated

Reached = Literal["reached", "not-reached", "open", "not-stated", ""]
"""Of what a plan wants of the capability; `not-stated`: a wanted index may not be said of a process that is not stable."""


@dataclass(frozen=True, kw_only=True)
class PlanLine:
    """A control plan in one line."""

    plan: Named
    published: Seen
    stated: ControlPlanPublished
    process: Named
    instrument: Named
    totals: Totals
    evaluated: Seen | None
    last_at: str
    reached: Reached


@dataclass(frozen=True, kw_only=True)
class PlanList:
    """A page of control plans, those that came last first; `after` leads to the next page."""

    plans: tuple[PlanLine, ...]
    after: str


def plan_list(context: Context, *, after: str = "", most: int | None = 50) -> PlanList:
    """Return a page of control plans.

    Args:
        context: the log.
        after: `after` of the page before.
        most: how many; None for all, which a folder of files needs.

    Raises:
        FormatError: `after` is no cursor.
    """
    if most is None:
        uris, further = list(reversed(every_thing(context.store, "control-plan"))), ""
    else:
        page = things(context.store, "control-plan", most=most, after=cursor_of(after))
        uris = [str(row["key"]) for row in page.rows]
        further = "" if page.next is None else f"{page.next[0]} {page.next[1]}"
    return PlanList(plans=tuple(one for uri in uris if (one := _line_or_none(context, uri)) is not None), after=further)


def _line_or_none(context: Context, uri: str) -> PlanLine | None:
    try:
        return plan_line(context, uri)
    except NotFoundError:
        return None


def plan_line(context: Context, uri: str) -> PlanLine:
    """Return a control plan in one line; raises NotFoundError."""
    return context.kept("control plan line", kept_name(context, uri), lambda: _line(context, uri), tags=(uri,))


def plan_files(context: Context, uri: str) -> tuple[Files, ControlPlanPublished]:
    """Return the records of a plan and its newest edition; raises NotFoundError."""
    files = files_of(context, uri)
    stated = None if files is None else context.body(files.editions[0], ControlPlanPublished)
    if files is None or stated is None:
        raise NotFoundError(f"the log knows no control plan {uri[:200]}")
    return files, stated


def _line(context: Context, uri: str) -> PlanLine:
    files, stated = plan_files(context, uri)
    newest = next(iter(files.newest("e", 1)), None)
    capability = newest_capability(context, files)
    chart = None if newest is None else context.body(str(newest["id"]), ChartEvaluated)
    return PlanLine(
        plan=context.named(uri), published=context.seen(files.editions[0]), stated=stated, process=context.named(stated.process),
        instrument=context.named(stated.instrument), totals=files.totals(),
        evaluated=None if newest is None else context.seen(str(newest["id"])), last_at="" if chart is None else chart.last_at,
        reached="" if capability is None else reached_of(capability[1]),
    )  # fmt: skip


def newest_capability(context: Context, files: Files) -> tuple[Row, CapabilityEvaluated] | None:
    """Return the capability that was evaluated last and stands."""
    for row in files.newest("c", 1):
        found = context.body(str(row["id"]), CapabilityEvaluated)
        return None if found is None else (row, found)
    return None


def reached_of(found: CapabilityEvaluated) -> Reached:
    """Return whether all that a plan wants is reached; "" where nothing is wanted."""
    states = {one.reached for one in found.indices if one.reached is not None}
    if found.not_stated:
        return "not-stated"
    if "not-reached" in states:
        return "not-reached"
    return "open" if "open" in states else "reached" if states else ""


def plans_with(context: Context, instrument: str, most: int = 50) -> tuple[PlanLine, ...]:
    """Return the control plans that use an instrument, those that came last first."""
    return context.kept("plans with", kept_name(context, instrument), lambda: _with(context, instrument, most), tags=(instrument,))


def kept_name(context: Context, uri: str) -> str:
    """Return the name under which something is kept out of a register, whose rows differ from reader to reader."""
    return f"{uri}\n{context.reader or ''}"


def _with(context: Context, instrument: str, most: int) -> tuple[PlanLine, ...]:
    found: dict[str, PlanLine] = {}
    for row in islice(rows_about(context, instrument, "p"), most):
        stated = context.body(str(row["id"]), ControlPlanPublished)
        if stated is None or stated.plan in found:
            continue
        line = _line_or_none(context, stated.plan)
        if line is not None and line.stated.instrument == instrument:
            found[stated.plan] = line
    return tuple(found.values())
