"""Watching live: readings are gathered for some milliseconds, written for good, acknowledged, charted and told; then the next."""

import json
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any, Final

from openqi.app.watching.limits import baseline_file
from openqi.app.watching.live.arriving import Arrival, Source
from openqi.app.watching.live.closing import Plan, Told, close_segment, document
from openqi.app.watching.live.frames import Header, Position
from openqi.app.watching.live.intake import Alarm
from openqi.app.watching.live.journal import begun, forgotten
from openqi.app.watching.live.restoring import restored
from openqi.app.watching.live.settings import Folder, settled
from openqi.app.workspace.only_one import only_one
from openqi.science.charts.rules.rule import RuleSet

LONGEST: Final = 0.010
"""Seconds from the first reading of a commit until it is written at the latest."""
GAP: Final = 0.002
"""A commit is written sooner where nothing came for so many seconds: a sender may wait for its acknowledgement."""
MOST: Final = 2_000
"""So much is written in one commit at most."""
SEGMENT_READINGS: Final = 100_000
SEGMENT_BYTES: Final = 64 * 2**20
_WAIT: Final = 0.2
_QUIET: Final = 1.0
_SPEAK: Final = 10.0
_TAKEN: Final = ("readings", "duplicates")
MOST_UNSENT: Final = 500
"""So many alarms may be under way to the broker; until it has them nothing more is taken in."""


@dataclass(frozen=True, kw_only=True)
class AskedLive:
    """What is asked for.

    Args:
        out: folder of all that is kept, made where it is not there.
        baseline: file of limits.
        rules: that are watched.
        clock: kind of the times.
        origin: where readings come from, in words that stay the same as long as it is the same.
        segment: seconds after which a segment is turned into a file of readings at the latest.
    """

    out: Path
    baseline: Path
    rules: RuleSet
    clock: str
    origin: str
    segment: float


@dataclass(frozen=True, kw_only=True)
class World:
    """What comes from outside.

    Args:
        opened: opens the source of a folder, given how far files were read before.
        tell: is told each alarm as a JSON object.
        complain: is told what people should know.
        stopping: whether to stop.
        now: seconds since 1970.
        steady: seconds that never go back.
    """

    opened: Callable[[Folder, Position | None], Source]
    tell: Callable[[dict[str, Any]], None]
    complain: Callable[[str], None]
    stopping: Callable[[], bool]
    now: Callable[[], float]
    steady: Callable[[], float]


def watch_live(asked: AskedLive, world: World) -> dict[str, Any]:
    """Watch until one is told to stop, and return what it came to.

    Args:
        asked: where readings come from, limits, rules, results.
        world: source, clocks, whom to tell.

    Raises:
        NotFoundError: there is no baseline.
        FormatError: the baseline or the journal is damaged.
        RefusedError: the folder is about something else, or the broker refuses.
        ConflictError: somebody else watches into the same folder.
        OSError: what came in could not be written; it was not acknowledged.
    """
    asked.out.mkdir(parents=True, exist_ok=True)
    with only_one(asked.out, f"another run into {asked.out} goes on; stop it first"):
        limits = baseline_file(asked.baseline, text=True)
        plan = Plan(out=asked.out, baseline=asked.baseline, limits=limits, rules=asked.rules, clock=asked.clock)
        settings = sha256(repr((limits.digest(), asked.rules, asked.clock)).encode()).hexdigest()
        folder = settled(asked.out, settings=settings, origin=asked.origin, forget=lambda: forgotten(asked.out))
        watcher = Watcher(asked, plan, world, Header(1, os.urandom(16), settings, 0, 0, {}, None))
        try:
            watcher.run(world.opened(folder, watcher.position))
        finally:
            watcher.close()
        return watcher.summary()


class Watcher:
    """The open segment, the streams, and what goes on between them.

    Args:
        asked: what is asked for.
        plan: of the folder.
        world: clocks, whom to tell.
        first: header of the first segment, where there is none yet.
    """

    def __init__(self, asked: AskedLive, plan: Plan, world: World, first: Header) -> None:
        self._asked, self._plan, self._world = asked, plan, world
        self._pool = ThreadPoolExecutor(1)
        self._closing: Future[None] | None = None
        self._source: Source | None = None
        found = restored(plan, first)
        self._intake, self._journal, self._told, self._written = found.intake, found.journal, found.told, found.told_count
        self._untold, self._entries, self.position = found.untold, found.entries, found.position
        self._alarms_before = self._intake.alarms
        self._known, self._spoke = dict(self._intake.counts), -inf
        self._since = self._quiet_since = world.steady()

    def run(self, source: Source) -> None:
        """Take in what comes until one is told to stop.

        Args:
            source: where it comes from.
        """
        self._source = source
        self._tell(source, self._untold)
        while not self._world.stopping():
            if (batch := self._gathered(source)) or self._is_behind(source):
                self._commit(source, batch)
            self._turn_if_due(source)
            self._speak()
        if self._is_behind(source, at_once=True):
            self._commit(source, [])
        source.close()
        if self._entries and self._count_told(source) == self._intake.alarms:
            self._turn(source)
        if self._closing is not None:
            self._closing.result()
        self._speak(last=True)

    def close(self) -> None:
        """Let go of everything; what is under way is finished first."""
        self._pool.shutdown()
        self._journal.close()
        if self._source is not None:
            self._source.close()

    def summary(self) -> dict[str, Any]:
        """Return what everything came to, in this folder and in this run."""
        counts = self._intake.counts
        set_aside = {name: count for name, count in sorted(counts.items()) if name not in _TAKEN}
        return {
            "readings": counts.get("readings", 0), "duplicates": counts.get("duplicates", 0), "setAside": set_aside,
            "violations": self._intake.alarms, "violationsNow": self._intake.alarms - self._alarms_before,
        }  # fmt: skip

    def _gathered(self, source: Source) -> list[Arrival]:
        """What comes in until a commit is due; nothing is committed while the broker has many alarms to take."""
        batch = list(source.arrivals(_WAIT))
        until = self._world.steady() + LONGEST
        while batch and not self._world.stopping():
            if (unsent := source.unsent()) is not None and self._intake.alarms - unsent >= MOST_UNSENT:
                batch += source.arrivals(_WAIT)  # what is not acknowledged is bounded by what the broker may send
                continue
            left = until - self._world.steady()
            if left <= 0 or len(batch) >= MOST or not (more := source.arrivals(min(GAP, left))):
                break
            batch += more
        return batch

    def _commit(self, source: Source, batch: list[Arrival]) -> None:
        """Write, then acknowledge, then chart and tell."""
        told = self._count_told(source)
        now, before = source.position(), self.position or {}
        moved = None if now is None else {name: place for name, place in now.items() if before.get(name) != place}
        frame = self._intake.judged(batch, int(self._world.now() * 1e6), moved, told)
        self._journal.append(frame)
        self.position = now
        source.acknowledge()
        self._written, self._quiet_since = told, self._world.steady()
        self._entries += len(frame.readings) + len(frame.aside)
        alarms = self._intake.flagged(frame)
        self._told.add(frame, alarms)
        self._tell(source, alarms)

    def _tell(self, source: Source, alarms: list[Alarm]) -> None:
        for alarm in alarms:
            said = document(alarm, self._plan)
            self._world.tell(said)
            source.publish(alarm.number, json.dumps(said, ensure_ascii=False).encode())

    def _count_told(self, source: Source) -> int:
        """So many alarms were told, and are with the broker where they go there."""
        unsent = source.unsent()
        return self._intake.alarms if unsent is None else unsent - 1

    def _is_behind(self, source: Source, *, at_once: bool = False) -> bool:
        """Whether more alarms were told than the journal knows, which is written with the next readings, or when none come."""
        quiet = at_once or self._world.steady() - self._quiet_since >= _QUIET
        return quiet and self._count_told(source) != self._written

    def _turn_if_due(self, source: Source) -> None:
        """Turn the segment into a file where it is full or old, and the one before has become one."""
        if self._closing is not None and (self._closing.done() or self._entries >= 2 * SEGMENT_READINGS):
            self._closing.result()
            self._closing = None
        old = self._entries and self._world.steady() - self._since >= self._asked.segment
        full = self._entries >= SEGMENT_READINGS or self._journal.size >= SEGMENT_BYTES
        if (old or full) and self._closing is None and self._count_told(source) == self._intake.alarms:
            self._turn(source)

    def _turn(self, source: Source) -> None:
        """Begin a segment; the one before becomes a file of readings beside."""
        closed, told, header = self._journal, self._told, self._journal.header
        following = Header(
            header.number + 1, os.urandom(16), header.settings, self._intake.alarms, self._intake.alarms, self._intake.counts,
            source.position(),
        )  # fmt: skip
        self._journal = begun(self._plan.out, following)
        self._told = Told(self._plan, following.number, [])
        closed.close()
        self._intake.turned()
        self._entries, self._since, self._written = 0, self._world.steady(), self._intake.alarms
        if self._closing is not None:
            self._closing.result()
        self._closing = self._pool.submit(close_segment, self._plan, closed.path, told)

    def _speak(self, *, last: bool = False) -> None:
        """Say what was set aside, at once and then every ten seconds at most."""
        counts = self._intake.counts
        more = {name: count - self._known.get(name, 0) for name, count in counts.items() if name not in _TAKEN}
        more = {name: count for name, count in more.items() if count}
        if more and (last or self._world.steady() - self._spoke >= _SPEAK):
            said = ", ".join(f"{name} {count}" for name, count in sorted(more.items()))
            self._world.complain(f"set aside: {said}; see {self._told.refused.parent}")
            self._known, self._spoke = dict(counts), self._world.steady()
