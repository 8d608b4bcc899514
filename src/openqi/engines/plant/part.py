"""The pure function that is mapped: readings of a part in, files of what was found out, the same bits everywhere."""

import contextlib
import json
import os
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isinf
from pathlib import Path
from typing import Any

from openqi.engines.engine import Part
from openqi.engines.plant.baseline import Baseline, unknown_stream
from openqi.engines.plant.loading import Piece, load
from openqi.engines.plant.tables import (
    Chance,
    SavedStates,
    saved_states,
    state_table,
    stream_table,
    time_text,
    violation_schema,
    violation_table,
)
from openqi.engines.plant.written import Growing, WrittenFile
from openqi.kernel.errors import DomainError, FormatError
from openqi.science.charts.continuing import Continued, Flagged, StoppedError, continued
from openqi.science.charts.rules.rule import RuleSet


@dataclass(frozen=True, kw_only=True)
class WatchedPart:
    """What came of a part: its files, and how much there was."""

    number: int
    key: str
    files: tuple[WrittenFile, ...]
    readings: int
    alarms: int
    violations: int
    alarming: int


@dataclass(frozen=True, kw_only=True, eq=False)
class WatchPart:
    """Watches a part and writes what it found; may be sent to another machine, and run twice.

    Args:
        root: folder of results.
        run: number of the run; files are named by it.
        keys: of each part, a digest of all that its results depend on.
        baseline: limits of all streams.
        rules: that are watched.
        chance: in-control run length of these rules.
        states: files with the states of all streams after the run before; none at first.
        clock: type of the times.
    """

    root: str
    run: int
    keys: tuple[str, ...]
    baseline: Baseline
    rules: RuleSet
    chance: Chance
    states: tuple[str, ...]
    clock: str

    def __call__(self, part: Part) -> WatchedPart:
        """Return what came of the part; its marker is written last, so a part without one was not done.

        Raises:
            FormatError: a file is damaged or in disorder.
            DomainError: a stream has no baseline, times go back, units differ, or a value is infinite.
        """
        own = self.baseline.within(part)
        saved = saved_states(self.states, own.streams) if self.states else SavedStates.none(len(own.streams))
        streams = continued(own.centre, own.sigma, rules=self.rules, kept=saved.kept)
        units = [said or known for said, known in zip(own.units, saved.units, strict=True)]
        named = f"{self.run:04d}-{part.number:05d}.parquet"
        root = Path(self.root)
        kind = violation_schema(own.streams, self.clock)
        violations = Growing(root, f"violations/{named}", kind, rising=("time", "point"))
        told: dict[int, str] = {}
        try:
            for piece in load(part):
                flagged = self._watched(streams, own, units, piece)
                violations.add(violation_table(flagged, piece, self.rules, kind, told))
        except BaseException:
            violations.gone()
            raise
        files = [violations.whole()]
        found = streams.found()
        rows = stream_table(own, units, found, streams, self.chance, self.clock)
        for folder, table in (("streams", rows), ("states", state_table(own.streams, units, streams))):
            growing = Growing(root, f"{folder}/{named}", table.schema)
            growing.add(table)
            files.append(growing.whole())
        done = WatchedPart(
            number=part.number, key=self.keys[part.number], files=tuple(files), readings=int(sum(found.readings.tolist())),
            alarms=int(sum(found.alarms.tolist())), violations=files[0].rows,
            alarming=sum(1 for alarms in found.alarms.tolist() if alarms),
        )  # fmt: skip
        mark(root, f"parts/{self.run:04d}-{part.number:05d}.json", json.dumps(asdict(done), indent=1).encode())
        return done

    def _watched(self, streams: Continued, own: Baseline, units: list[str | None], piece: Piece) -> Flagged:
        """Bring the streams of a piece on, and return its points with violations."""
        places = _places(own, piece)
        for place, unit in zip(places, piece.units, strict=False):
            if unit is not None and units[place] not in (None, unit):
                raise DomainError(f"{piece.file}: stream {own.streams[place]!r} is in {unit}, before in {units[place]}; convert it")
            units[place] = unit or units[place]
        try:
            return streams.take(piece.values, piece.times, piece.offsets, places)
        except StoppedError as error:
            raise _disorder(streams, places, piece, error.run, self.clock) from None


def _places(own: Baseline, piece: Piece) -> Sequence[int]:
    """Where the streams of a piece stand in the baseline; mostly all of them behind each other."""
    begin = bisect_left(own.streams, piece.streams[0])
    end = begin + len(piece.streams)
    if own.streams[begin:end] == piece.streams:
        return range(begin, end)
    return [_place(own, stream, piece.file) for stream in piece.streams]


def _place(own: Baseline, stream: Any, file: str) -> int:
    place = bisect_left(own.streams, stream)
    if place == len(own.streams) or own.streams[place] != stream:
        raise unknown_stream(stream, file)
    return place


def _disorder(streams: Continued, places: Sequence[int], piece: Piece, run: int, clock: str) -> FormatError:
    """Why a run could not be taken."""
    stream, before = piece.streams[run], int(streams.last_times[places[run]])
    for place in range(int(piece.offsets[run]), int(piece.offsets[run + 1])):
        if piece.times[place] < before:
            now, last = time_text(piece.times[place], clock), time_text(before, clock)
            return FormatError(
                f"{piece.file}: stream {stream!r}: time goes backwards, {now} after {last}; files are read in the order of their "
                "names, and each is sorted by stream, then time"
            )
        before = piece.times[place]
    if any(map(isinf, piece.values[int(piece.offsets[run]) : int(piece.offsets[run + 1])])):
        return FormatError(f"{piece.file}: stream {stream!r} has an infinite value; correct it, or leave it out (null)")
    return FormatError(f"{piece.file}: stream {stream!r} has values about 1e149 and more; choose units of usual size")


def mark(root: Path, path: str, content: bytes) -> None:
    """Write a small file at once and for good."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f"{place.name}.{os.getpid()}.half")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(place)
    with contextlib.suppress(
        OSError
    ):  # some file systems cannot sync a folder; what is not there after a loss of power is done again
        handle = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
