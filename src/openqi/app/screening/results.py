"""A folder of results as `openqi watch` left it: its manifest, rules, rows of streams, and the alarms of each stream."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from openqi.app.watching.manifest import Manifest, read_manifest
from openqi.engines.engine import Stream
from openqi.engines.plant.results import last_readings, stream_rows, violation_rows
from openqi.engines.plant.written import file_digest
from openqi.kernel.errors import DomainError, FormatError, NotFoundError
from openqi.science.charts.rules.rule import RuleSet, rule_set
from openqi.science.charts.run_lengths.streams.screening import AlarmSpans, separate_alarms

_NEEDED = ("stream", "readings", "missing", "centre", "sigma", "mean", "sigma_within", "sigma_overall", "ppk", "alarms")


@dataclass
class Alarms:
    """The alarms of a stream: separate ones, the last point of the last of them, its farthest values, the last alarm of all."""

    separate: int = 0
    behind: int = 0
    least: float = inf
    greatest: float = -inf
    time: Any = None
    value: float | None = None


@dataclass(frozen=True, kw_only=True)
class Results:
    """A folder of results.

    Args:
        folder: of the results.
        manifest: that it has.
        rules: the set that was watched.
        rows: columns of the streams.
    """

    folder: Path
    manifest: Manifest
    rules: RuleSet
    rows: dict[str, list[Any]]

    def alarms(self) -> dict[Stream, Alarms]:
        """Return the alarms of every stream that has any.

        Raises:
            FormatError: a file of violations is damaged.
        """
        spans = AlarmSpans(spans=tuple(0 if rule.warns else rule.among for rule in self.rules.rules))
        found: dict[Stream, Alarms] = {}
        for path in self._violations():
            for columns in violation_rows(path, ("stream", "time", "value", "point", "bits")):
                for begin, end in _runs(columns["stream"]):
                    points, bits = columns["point"][begin:end], columns["bits"][begin:end]
                    last = next((place for place in range(end - 1, begin - 1, -1) if spans.shortest(columns["bits"][place])), None)
                    if last is None:
                        continue
                    one = found.setdefault(columns["stream"][begin], Alarms())
                    count, one.behind = separate_alarms(points, bits, spans, behind=one.behind)
                    one.separate += count
                    values = columns["value"][begin:end]
                    one.least, one.greatest = min(one.least, *values), max(one.greatest, *values)
                    one.time, one.value = columns["time"][last], columns["value"][last]
        return found

    def violations_of(self, streams: Sequence[Stream], most: int) -> dict[Stream, list[tuple[int, Any, float, int]]]:
        """Return the last points with violations of some streams: number, time, value and bits of each.

        Raises:
            FormatError: a file of violations is damaged.
        """
        wanted = set(streams)
        found: dict[Stream, list[tuple[int, Any, float, int]]] = {stream: [] for stream in streams}
        for path in self._violations():
            for columns in violation_rows(path, ("stream", "point", "time", "value", "bits")):
                for begin, end in _runs(columns["stream"]):
                    if (stream := columns["stream"][begin]) in wanted:
                        names = ("point", "time", "value", "bits")
                        rows = zip(*(columns[name][begin:end][-most:] for name in names), strict=True)
                        found[stream] = [*found[stream], *rows][-most:]
        return found

    def readings_of(self, folder: Path, streams: Sequence[Stream], most: int) -> dict[Stream, list[tuple[Any, float | None]]]:
        """Return the last readings of some streams, out of the files that were watched.

        Raises:
            NotFoundError: a file that was watched is not in the folder.
            FormatError: a file is not the one that was watched.
        """
        paths = []
        for name, said in self.manifest.inputs.items():
            path = folder / name
            if not path.is_file():
                raise NotFoundError(
                    f"there is no {name} in {folder}, which was watched; name the folder of readings that was watched"
                )
            now = path.stat()
            if (now.st_size, now.st_mtime_ns) != (said["size"], said["changed"]) and file_digest(path) != said["sha256"]:
                raise FormatError(f"{name} is not the file that was watched; name the folder of readings that was watched")
            paths.append(str(path))
        return last_readings(paths, streams, most)

    def _violations(self) -> list[Path]:
        named = sorted(path for path in self.manifest.kept() if path.startswith("violations/"))
        return [self.folder / path for path in named]


def read_results(folder: Path, rules: RuleSet | None = None) -> Results:
    """Return the results in a folder, after every file that is read was compared with its SHA-256.

    Args:
        folder: the --out of `openqi watch`.
        rules: that were watched; None for a published set, which the manifest names.

    Raises:
        NotFoundError: there are no results.
        FormatError: a file is damaged, or the rules are not those that were watched.
    """
    manifest = read_manifest(folder)
    if manifest is None or not manifest.runs:
        raise NotFoundError(f"{folder} holds no results; name the folder that `openqi watch` wrote with --out")
    for run in manifest.runs:
        for part in run["parts"]:
            for file in part["files"]:
                if file["path"] in manifest.kept() and not file["path"].startswith("states/"):
                    _check(folder, file)
    rows = stream_rows(
        [folder / file["path"] for part in manifest.runs[-1]["parts"] for file in part["files"] if _is_streams(file)]
    )
    if lacking := [name for name in _NEEDED if name not in rows]:
        raise FormatError(f"{folder}: the rows of streams have no {', '.join(lacking)}; watch into another folder")
    return Results(folder=folder, manifest=manifest, rules=_rules(manifest, rules, rows), rows=rows)


def _is_streams(file: dict[str, Any]) -> bool:
    return str(file["path"]).startswith("streams/")


def _check(folder: Path, file: dict[str, Any]) -> None:
    path = folder / file["path"]
    if not path.is_file() or file_digest(path) != file["sha256"]:
        raise FormatError(
            f"{path}: not the file that the manifest names; if a watch goes on, try again, else watch into another folder"
        )


def _rules(manifest: Manifest, given: RuleSet | None, rows: dict[str, list[Any]]) -> RuleSet:
    """The set that was watched; its numbers must be those of the columns."""
    try:
        rules = given or rule_set(manifest.rules)
    except DomainError:
        raise FormatError(
            f"the rules {manifest.rules!r} are not published ones; name the file that was watched with --rules"
        ) from None
    numbers = [int(name.removeprefix("rule_")) for name in rows if name.startswith("rule_")]
    if rules.name != manifest.rules or [rule.number for rule in rules.rules] != numbers:
        told = f"{manifest.rules!r} with the rules {', '.join(map(str, numbers))}"
        raise FormatError(f"the rules {rules.name!r} are not those that were watched, {told}; name these with --rules")
    return rules


def _runs(streams: Sequence[Stream]) -> list[tuple[int, int]]:
    """Where rows of one stream begin and end."""
    starts = [place for place in range(len(streams)) if place == 0 or streams[place] != streams[place - 1]]
    return list(zip(starts, [*starts[1:], len(streams)], strict=True))
