"""A segment that is full becomes a file of readings, which the nightly job then watches; a kill in between is made up for."""

import json
import os
from base64 import b64encode
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any, Final

from openqi.app.files import sync_folder, write_file
from openqi.app.watching.job import Asked, watch_readings
from openqi.app.watching.live.frames import Aside, Frame, Kept
from openqi.app.watching.live.intake import Alarm, Intake
from openqi.app.watching.live.journal import frames_of
from openqi.app.watching.manifest import Manifest, read_manifest
from openqi.engines.engine import engine_named
from openqi.engines.plant.baseline import Baseline
from openqi.engines.plant.collected import Row, collected, write_readings
from openqi.engines.plant.tables import SavedStates, saved_states
from openqi.formats.live_reading import TIMESTAMPS, instant_text
from openqi.kernel.errors import StoreError
from openqi.science.charts.rules.rule import RuleSet

READINGS: Final = "readings"
RESULTS: Final = "results"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a folder of live results is about.

    Args:
        out: the folder.
        baseline: file of limits.
        limits: what stands in it.
        rules: that are watched.
        clock: kind of the times.
    """

    out: Path
    baseline: Path
    limits: Baseline
    rules: RuleSet
    clock: str


def close_segment(plan: Plan, path: Path, told: "Told") -> None:
    """Turn a segment into a file of readings, have the nightly job watch it, and take the segment away.

    Args:
        plan: of the folder.
        path: of the segment, to which nothing more is written.
        told: what the segment came to.

    Raises:
        StoreError: what was written is not what the segment holds; the segment stays.
    """
    header, frames = frames_of(path)
    told.keep()
    readings = [one for frame in frames for one in frame.readings]
    rows: list[Row] = [(one.stream, one.time, one.value) for one in readings]
    name = f"{READINGS}/{header.number:08d}.parquet"
    if rows:
        if not (plan.out / name).exists():
            write_readings(plan.out, name, rows, _units(plan, readings), plan.clock)
            sync_folder(plan.out / READINGS)
        if list(collected(plan.out / name)) != sorted(rows, key=lambda row: row[0]):
            raise StoreError(f"{name} is not what {path} holds, which is kept; move the Parquet file away, then run again")
        watch(plan)
    path.unlink()
    sync_folder(path.parent)


def is_closed(plan: Plan, number: int) -> bool:
    """Return whether the nightly job has watched the readings of a segment."""
    manifest = read_manifest(plan.out / RESULTS) if (plan.out / RESULTS).is_dir() else None
    return manifest is not None and f"{number:08d}.parquet" in manifest.inputs


def _units(plan: Plan, readings: list[Kept]) -> dict[str, str]:
    """The unit of each stream that has one, said in the baseline, before, or by one of these readings."""
    found = {stream: unit for stream, unit in zip(plan.limits.streams, saved(plan).units, strict=True) if unit}
    found |= {stream: unit for stream, unit in zip(plan.limits.streams, plan.limits.units, strict=True) if unit}
    for one in readings:
        if one.unit is not None:
            found.setdefault(one.stream, one.unit)
    return found  # type: ignore[return-value]


def watch(plan: Plan) -> None:
    """Have the nightly job watch the files of readings that it has not seen."""
    asked = Asked(
        readings=plan.out / READINGS, out=plan.out / RESULTS, rules=plan.rules, baseline=plan.baseline, estimator="",
        engine=engine_named("local"), workers=1,
    )  # fmt: skip
    watch_readings(asked, lambda _: None)


def saved(plan: Plan) -> SavedStates:
    """Return what the nightly job kept of the streams."""
    manifest: Manifest | None = read_manifest(plan.out / RESULTS) if (plan.out / RESULTS).is_dir() else None
    if manifest is None or not manifest.runs:
        return SavedStates.none(len(plan.limits.streams))
    return saved_states([str(plan.out / RESULTS / path) for path in manifest.states()], plan.limits.streams)


def remember(plan: Plan, number: int, intake: Intake) -> None:
    """Tell what takes readings in of those in the segment before the open one."""
    path = plan.out / f"{READINGS}/{number - 1:08d}.parquet"
    if path.exists():
        intake.remembered((stream, time, nan if value is None else value) for stream, time, value in collected(path))


class Told:
    """Files for people and programs that say at once what the open segment came to; written anew from the journal after a kill.

    Args:
        plan: of the folder.
        number: of the segment.
        frames: that stand in its journal, with their alarms.
    """

    def __init__(self, plan: Plan, number: int, frames: list[tuple[Frame, list[Alarm]]]) -> None:
        self._plan = plan
        self.refused, self.alarms = (plan.out / folder / f"{number:08d}.jsonl" for folder in ("refused", "alarms"))
        for path, lines in (
            (self.refused, [aside_line(one) for frame, _ in frames for one in frame.aside]),
            (self.alarms, [self.line(alarm) for _, alarms in frames for alarm in alarms]),
        ):
            path.parent.mkdir(exist_ok=True)
            if lines or path.exists():
                write_file(path, "".join(lines).encode())

    def keep(self) -> None:
        """Have both on disk, before the journal goes from which they could be made again."""
        for path in (self.refused, self.alarms):
            if path.exists():
                with path.open("rb+") as file:
                    os.fsync(file.fileno())
                sync_folder(path.parent)

    def add(self, frame: Frame, alarms: list[Alarm]) -> None:
        """Say what one more frame came to."""
        for path, lines in (
            (self.refused, [aside_line(one) for one in frame.aside]), (self.alarms, [self.line(alarm) for alarm in alarms])
        ):  # fmt: skip
            if lines:
                with path.open("a", encoding="utf-8") as file:
                    file.write("".join(lines))

    def line(self, alarm: Alarm) -> str:
        """Return an alarm as a line of JSON."""
        return json.dumps(document(alarm, self._plan), ensure_ascii=False) + "\n"


def document(alarm: Alarm, plan: Plan) -> dict[str, Any]:
    """Return an alarm as a JSON object."""
    numbers = [int(number) for number in plan.rules.numbers_of(alarm.bits)]
    loud = any(not rule.warns for place, rule in enumerate(plan.rules.rules) if alarm.bits >> place & 1)
    return {
        "alarm": alarm.number, "stream": alarm.stream, "time": instant_text(alarm.time, plan.clock), "value": alarm.value,
        "point": alarm.point, "bits": alarm.bits, "rules": numbers, "warns": not loud,
    }  # fmt: skip


def aside_line(one: Aside) -> str:
    """Return what was set aside as a line of JSON; bytes that are no text come as base64."""
    try:
        shown = {"text": one.begin.decode()}
    except UnicodeDecodeError:
        shown = {"base64": b64encode(one.begin).decode()}
    said = {"received": instant_text(one.received, TIMESTAMPS), "reason": one.reason, "detail": one.detail, "where": one.where}
    return json.dumps({**said, "size": one.size, **shown}, ensure_ascii=False) + "\n"
