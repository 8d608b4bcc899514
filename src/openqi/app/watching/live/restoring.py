"""How a folder of live results is taken up, however the last run ended: from what was closed, and from the journal."""

from dataclasses import dataclass
from pathlib import Path

from openqi.app.watching.live.closing import READINGS, Plan, Told, close_segment, is_closed, remember, saved
from openqi.app.watching.live.frames import Frame, Header, Position
from openqi.app.watching.live.intake import Alarm, Intake
from openqi.app.watching.live.journal import Journal, begun, frames_of, reopened, segments
from openqi.kernel.errors import FormatError, RefusedError


@dataclass(frozen=True, kw_only=True)
class Restored:
    """A folder as it is taken up.

    Args:
        intake: the streams, after all that stands in the journal.
        journal: the open segment.
        told: files for people about it.
        told_count: so many alarms were told for sure.
        untold: alarms that perhaps were not.
        entries: readings, and what was set aside, in the open segment.
        position: how far files were read.
    """

    intake: Intake
    journal: Journal
    told: Told
    told_count: int
    untold: list[Alarm]
    entries: int
    position: Position | None


def restored(plan: Plan, first: Header) -> Restored:
    """Return a folder as the last run left it; segments that were full then become files of readings now.

    Args:
        plan: of the folder.
        first: header of the first segment, where there is none yet.

    Raises:
        FormatError: the journal is damaged or gone.
        RefusedError: it is about other settings.
    """
    there = _left(plan, first)
    header, _ = frames_of(there[0], mend=len(there) == 1)
    if header.settings != first.settings:
        raise RefusedError("same-settings", f"the journal in {plan.out} is about other limits or rules; watch into another folder")
    intake = Intake(plan.limits, plan.rules, saved(plan), plan.clock, header.alarms, header.counts)
    remember(plan, header.number, intake)
    told_count, position = header.told, header.position
    untold: list[Alarm] = []
    for path in there:
        journal, found = reopened(path)
        frames: list[tuple[Frame, list[Alarm]]] = [(frame, intake.retaken(frame)) for frame in found]
        for frame, alarms in frames:
            told_count = max(told_count, frame.told)
            position = position if frame.position is None else {**(position or {}), **frame.position}
            untold += alarms
        told = Told(plan, journal.header.number, frames)
        if path != there[-1]:
            journal.close()
            close_segment(plan, path, told)
            intake.turned()
    return Restored(
        intake=intake, journal=journal, told=told, told_count=told_count, position=position,
        untold=[alarm for alarm in untold if alarm.number > told_count],
        entries=sum(len(frame.readings) + len(frame.aside) for frame, _ in frames),
    )  # fmt: skip


def _left(plan: Plan, first: Header) -> list[Path]:
    """Files of the segments that have not become files of readings, the open one last."""
    for folder in (READINGS, "journal"):
        (plan.out / folder).mkdir(exist_ok=True)
    for half in (*(plan.out / READINGS).glob("*.half"), *(plan.out / "journal").glob(".*.new")):
        half.unlink()
    there = segments(plan.out)
    if not there:
        if any((plan.out / READINGS).iterdir()):
            raise FormatError(f"{plan.out} has readings but no journal; restore it, or watch into another folder")
        begun(plan.out, first).close()
        return [path for _, path in segments(plan.out)]
    for number, path in there[:-1]:
        if is_closed(plan, number):
            path.unlink()
    return [path for _, path in there if path.exists()]
