"""What becomes of each reading that comes in: charted, or set aside with a reason; the same again from the journal after a kill."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isnan, nan
from typing import Final

from openqi.app.watching.live.arriving import Arrival
from openqi.app.watching.live.frames import Aside, Frame, Kept, Position
from openqi.engines.plant.baseline import Baseline
from openqi.engines.plant.tables import SavedStates
from openqi.formats.live_reading import TIMESTAMPS, Reading
from openqi.science.charts.continuing import continued
from openqi.science.charts.rules.rule import RuleSet
from openqi.science.charts.updates import taken_up

AHEAD: Final = 3_600_000_000
"""A time that lies more microseconds than this ahead of the clock here is set aside: all that comes after it would be late."""
JUDGED: Final = ("unknown-stream", "other-unit", "ahead", "late", "conflict")
"""Words for why a reading that is one is set aside all the same."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A point that completes a pattern; `number` counts them in the folder from 1, `point` counts the readings of the stream."""

    number: int
    stream: str
    time: int
    value: float
    point: int
    bits: int


class Intake:
    """Streams as they stand after everything that was taken in.

    Args:
        baseline: limits of all streams, which are called by texts.
        rules: that are watched.
        saved: what was kept of the streams when the open segment began.
        clock: kind of the times.
        alarms: so many points broke a rule before that.
        counts: readings, duplicates, and what was set aside for each reason.
    """

    def __init__(
        self, baseline: Baseline, rules: RuleSet, saved: SavedStates, clock: str, alarms: int, counts: dict[str, int]
    ) -> None:
        streams = continued(baseline.centre, baseline.sigma, rules=rules, kept=saved.kept)
        self._clock, self.rules = clock, rules
        self._places = {name: place for place, name in enumerate(baseline.streams)}
        self._states = taken_up(streams)
        self._units = [said or known for said, known in zip(baseline.units, saved.units, strict=True)]
        self._times: list[int] = streams.last_times.tolist()
        self._last: list[float] = streams.last.tolist()
        self._points: list[int] = streams.found().readings.tolist()
        self._recent: dict[tuple[int, int], float] = {}
        self._before: dict[tuple[int, int], float] = {}
        self._asides: set[bytes] = set()
        self.alarms, self.counts = alarms, dict(counts)

    def judged(self, arrivals: Sequence[Arrival], now: int, position: Position | None, told: int) -> Frame:
        """Return what is to be written of some arrivals; the streams know of them then.

        Args:
            arrivals: in the order in which they came.
            now: microseconds since 1970 (UTC).
            position: how far files were read.
            told: so many alarms were told.
        """
        kept: list[Kept] = []
        aside: list[Aside] = []
        duplicates = 0
        for one in arrivals:
            reason = one.fault if one.reading is None else self._why_not(one.reading, now)
            if reason is None and one.reading is not None:
                said = one.reading
                kept.append(Kept(said.stream, said.time, None if isnan(said.value) else said.value, said.unit))
                self._take(kept[-1])
            elif reason is None or reason[0] == "duplicate" or (one.again and _mark(one) in self._asides):
                duplicates += 1
            else:
                aside.append(Aside(reason[0], reason[1], one.where, now, one.size, one.begin, one.again))
                self._set_aside(aside[-1])
        self._count("duplicates", duplicates)
        return Frame(kept, aside, duplicates, position, told)

    def retaken(self, frame: Frame) -> list[Alarm]:
        """Take in again what stands in the journal, and return its alarms."""
        for reading in frame.readings:
            self._take(reading)
        for aside in frame.aside:
            self._set_aside(aside)
        self._count("duplicates", frame.duplicates)
        return self.flagged(frame)

    def flagged(self, frame: Frame) -> list[Alarm]:
        """Return the points of a frame that complete a pattern; its readings are charted then."""
        if not frame.readings:
            return []
        whose = [self._places[one.stream] for one in frame.readings]
        values = [nan if one.value is None else one.value for one in frame.readings]
        found: list[Alarm] = []
        flags: list[int] = self._states.update(whose, values).tolist()
        for place, reading, value, bits in zip(whose, frame.readings, values, flags, strict=True):
            self._points[place] += 1
            if bits:
                self.alarms += 1
                found.append(Alarm(self.alarms, reading.stream, reading.time, value, self._points[place], bits))
        return found

    def turned(self) -> None:
        """Begin a segment: duplicates are known by the readings of this one and the one before."""
        self._before, self._recent = self._recent, {}
        self._asides.clear()

    def remembered(self, readings: Iterable[tuple[str, int, float]]) -> None:
        """Know the readings of the segment before the open one: stream, time, value."""
        self._before = {(self._places[stream], time): value for stream, time, value in readings}

    def unit_of(self, stream: str) -> str | None:
        """Return the unit of a stream, None where nobody said any."""
        return self._units[self._places[stream]]

    def _why_not(self, said: Reading, now: int) -> tuple[str, str] | None:
        """Why a reading is not charted; None where it is."""
        place = self._places.get(said.stream)
        if place is None:
            return (
                "unknown-stream",
                f"stream {said.stream[:80]!r} is not in the baseline; give it a row, and watch into another folder",
            )
        unit = self._units[place]
        if said.unit is not None and unit not in (None, said.unit):
            return "other-unit", f"in {said.unit}, where the stream is in {unit}; convert it"
        if self._clock == TIMESTAMPS and said.time > now + AHEAD:
            return "ahead", "the time lies more than an hour ahead of the clock here; set one of the clocks"
        if said.time > self._times[place]:
            return None
        known = self._known(place, said.time)
        if known is None:
            return "late", "the stream has a later reading already, so this one cannot be charted"
        if _same(known, said.value):
            return "duplicate", ""
        return "conflict", f"the stream has {known!r} at that time already"

    def _known(self, place: int, time: int) -> float | None:
        if time == self._times[place]:
            return self._last[place]
        key = (place, time)
        return self._recent[key] if key in self._recent else self._before.get(key)

    def _take(self, reading: Kept) -> None:
        place = self._places[reading.stream]
        value = nan if reading.value is None else reading.value
        self._times[place], self._last[place] = reading.time, value
        self._recent[place, reading.time] = value
        self._units[place] = self._units[place] or reading.unit
        self._count("readings", 1)

    def _set_aside(self, aside: Aside) -> None:
        self._asides.add(_mark(aside))
        self._count(aside.reason, 1)

    def _count(self, name: str, more: int) -> None:
        if more:
            self.counts[name] = self.counts.get(name, 0) + more


def _mark(one: Arrival | Aside) -> bytes:
    return sha256(f"{one.where}\0{one.size}\0".encode() + one.begin).digest()[:16]


def _same(one: float, other: float) -> bool:
    return one == other or (isnan(one) and isnan(other))
