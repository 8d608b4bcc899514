"""One run of the nightly job: new readings are watched part by part; what a killed run left whole is not done again."""

import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from openqi.app.files import write_file
from openqi.app.watching.limits import baseline_file, learned
from openqi.app.watching.manifest import FORMAT, Manifest, read_manifest
from openqi.app.workspace.only_one import only_one
from openqi.engines.engine import Engine, Part
from openqi.engines.plant.baseline import Baseline, read_baseline, write_baseline
from openqi.engines.plant.files import ReadingsFile, described, planned
from openqi.engines.plant.part import WatchPart
from openqi.engines.plant.tables import Chance, texts_in
from openqi.engines.plant.written import file_digest
from openqi.kernel.errors import DomainError, FormatError, NotFoundError, RefusedError
from openqi.science.charts.rules.in_control import run_length_of
from openqi.science.charts.rules.rule import RuleSet

_MAX_MARKER: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a run is asked for.

    Args:
        readings: folder of Parquet files; their names say in which order they were written.
        out: folder of results, made where it is not there.
        rules: that are watched.
        baseline: file of limits; None where they are learned.
        estimator: of sigma, where limits are learned.
        engine: that runs.
        workers: so many parts at once.
    """

    readings: Path
    out: Path
    rules: RuleSet
    baseline: Path | None
    estimator: str
    engine: Engine
    workers: int


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What a run came to: counts over all streams since they are watched, but for `new_files`, `parts`, `resumed`, `violations`."""

    run: int
    new_files: int
    parts: int
    resumed: int
    violations: int
    readings: int
    alarms: int
    alarming: int
    streams: int
    chance: Chance
    manifest: Manifest


def watch_readings(asked: Asked, progress: Callable[[str], None]) -> Watched:
    """Watch what is new of a folder of readings.

    Args:
        asked: readings, limits, rules, results.
        progress: is told what is being done.

    Raises:
        NotFoundError: the folder is not there or holds no readings.
        FormatError: a file is damaged, in disorder, or was changed after it was watched.
        RefusedError: the results in the folder were made with other settings.
        DomainError: a stream has no limits, or units differ.
        ConflictError: another run into the same folder goes on.
    """
    if asked.out.resolve().is_relative_to(asked.readings.resolve()):
        raise RefusedError(
            "results-apart", f"{asked.out} lies within the readings; results would be taken for readings, put them elsewhere"
        )
    if not asked.readings.is_dir():
        raise NotFoundError(f"there is no folder {asked.readings}; readings are Parquet files in a folder")
    asked.out.mkdir(parents=True, exist_ok=True)
    with only_one(asked.out, f"another run into {asked.out} goes on; wait for it, then run again"):
        return _watched(asked, progress)


def _watched(asked: Asked, progress: Callable[[str], None]) -> Watched:
    """The run, alone in its folder."""
    before = read_manifest(asked.out)
    new = _new_files(asked.readings, before, progress)
    files = [described(str(asked.readings / name)) for name in new]
    clock = _alike(files, before)
    parts = planned(files)
    baseline, named = _baseline(asked, before, files, parts, new)
    settings = sha256(repr((FORMAT, baseline.digest(), asked.rules, clock)).encode()).hexdigest()
    chance = Chance(**before.chance) if before is not None else _chance(asked.rules)
    manifest = before or Manifest(settings=settings, baseline=named, rules=asked.rules.name, clock=clock, chance=asdict(chance))
    if manifest.settings != settings:
        raise RefusedError(
            "same-settings", f"{asked.out} holds results by another baseline, other rules or other times; watch into another folder"
        )
    run = len(manifest.runs) + 1
    if not new:
        return _summary(manifest, run - 1, 0, 0, len(baseline.streams), chance, new=0)
    keys = tuple(_key(part, settings, new, manifest) for part in parts)
    done = {part.number: found for part in parts if (found := _done(asked.out, run, part, keys[part.number])) is not None}
    work = WatchPart(
        root=str(asked.out.absolute()), run=run, keys=keys, baseline=baseline, rules=asked.rules, chance=chance, clock=clock,
        states=tuple(str((asked.out / path).absolute()) for path in manifest.states()),
    )  # fmt: skip
    left = [part for part in parts if part.number not in done]
    resumed = len(done)
    for found in asked.engine.map(work, left, asked.workers):
        done[found.number] = json.loads(json.dumps(asdict(found)))
        progress(f"{len(done)} / {len(parts)}")
    manifest.inputs.update(new)
    manifest.runs.append({"files": list(new), "parts": [done[part.number] for part in parts]})
    manifest.write(asked.out)
    _tidy(asked.out, manifest)
    return _summary(manifest, run, len(parts), resumed, len(baseline.streams), chance, new=len(new))


def _new_files(folder: Path, before: Manifest | None, progress: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    """Names below the folder, in their order, of files that were not watched; old ones are not read again."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet") if path.is_file())
    if not names and before is None:
        raise NotFoundError(f"{folder} holds no Parquet file; readings are files *.parquet with stream, time, value")
    known = before.inputs if before is not None else {}
    fresh: list[str] = []
    for name in names:
        now = (folder / name).stat()
        if name not in known:
            fresh.append(name)
        elif _changed(known[name], now) and file_digest(folder / name) != known[name]["sha256"]:
            raise FormatError(f"{name} was changed after it was watched; put new readings into new files")
    progress(f"sha-256 {len(fresh)}")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        digests = list(pool.map(file_digest, [folder / name for name in fresh]))
    seen = {said["sha256"]: name for name, said in known.items()}
    found: dict[str, dict[str, Any]] = {}
    for name, digest in zip(fresh, digests, strict=True):
        if digest in seen:
            raise FormatError(f"{name} has the same content as {seen[digest]}; take one away")
        seen[digest] = name
        now = (folder / name).stat()
        found[name] = {"size": now.st_size, "changed": now.st_mtime_ns, "sha256": digest}
    return found


def _changed(said: dict[str, Any], now: os.stat_result) -> bool:
    return bool((now.st_size, now.st_mtime_ns) != (said["size"], said["changed"]))


def _alike(files: Sequence[ReadingsFile], before: Manifest | None) -> str:
    """The one type of times; streams are called alike too."""
    clocks = [(file.clock, Path(file.path).name) for file in files]
    if before is not None:
        clocks.insert(0, (before.clock, "what was watched before"))
    for clock, name in clocks[1:]:
        if clock != clocks[0][0]:
            raise FormatError(f"{name}: times are {clock}, and {clocks[0][0]} in {clocks[0][1]}; write them alike")
    for file in files[1:]:
        if file.text != files[0].text:
            raise FormatError(f"{Path(file.path).name}: streams are called by texts in some files, by whole numbers in others")
    return clocks[0][0]


def _baseline(
    asked: Asked, before: Manifest | None, files: Sequence[ReadingsFile], parts: Sequence[Part], new: dict[str, dict[str, Any]]
) -> tuple[Baseline, dict[str, Any]]:
    """The limits that were named, that were learned before, or that are learned now."""
    if asked.baseline is not None:
        text = files[0].text if files else None
        if text is None:
            text = _text_before(asked.out, before)
        return baseline_file(asked.baseline, text=text), {"file": asked.baseline.name, "estimator": None}
    place = asked.out / "baseline.parquet"
    source = place.with_suffix(".json")
    of = {"files": [said["sha256"] for said in new.values()], "estimator": asked.estimator}
    if before is not None:
        if before.baseline.get("estimator") != asked.estimator:
            raise RefusedError("same-settings", f"{asked.out} holds results by another baseline; watch into another folder")
        return read_baseline(place), before.baseline
    if not (place.exists() and source.exists() and json.loads(source.read_bytes()) == of):
        source.unlink(missing_ok=True)
        write_baseline(place, learned(parts, asked.engine, asked.workers, asked.estimator), asked.estimator)
        write_file(source, json.dumps(of).encode())
    return read_baseline(place), {"file": place.name, "estimator": asked.estimator}


def _text_before(out: Path, before: Manifest | None) -> bool:
    """Whether streams are called by texts in results that are there."""
    path = next(iter(before.states()), None) if before is not None else None
    return path is None or texts_in(out / path)


def _chance(rules: RuleSet) -> Chance:
    try:
        found = run_length_of(rules)
    except DomainError:
        return Chance(run_length=None, off_by=None, method="not certified")
    off = found.error_bound if found.error_bound is not None else found.standard_error
    return Chance(run_length=found.value, off_by=off, method=found.method)


def _key(part: Part, settings: str, new: dict[str, dict[str, Any]], manifest: Manifest) -> str:
    """A digest of all that the results of a part depend on."""
    states = [file["sha256"] for each in (manifest.runs[-1]["parts"] if manifest.runs else ()) for file in each["files"]]
    content = [said["sha256"] for said in new.values()]
    return sha256(repr((settings, content, states, part.number, part.low, part.high)).encode()).hexdigest()


def _done(out: Path, run: int, part: Part, key: str) -> dict[str, Any] | None:
    """What a run that was stopped left of a part, if it is whole and of the same readings and settings."""
    marker = out / f"parts/{run:04d}-{part.number:05d}.json"
    try:
        said = json.loads(marker.read_bytes()[:_MAX_MARKER])
        if said["key"] == key and all(file_digest(out / file["path"]) == file["sha256"] for file in said["files"]):
            return dict(said)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return None


def _tidy(out: Path, manifest: Manifest) -> None:
    """Take away states and streams that newer ones replace, markers, and what was left half-written."""
    kept = manifest.kept()
    for folder in ("violations", "streams", "states", "parts"):
        for path in sorted((out / folder).glob("*")):
            if path.is_file() and f"{folder}/{path.name}" not in kept:
                path.unlink()


def _summary(manifest: Manifest, run: int, parts: int, resumed: int, streams: int, chance: Chance, *, new: int) -> Watched:
    last = manifest.runs[-1]["parts"] if manifest.runs else []

    def total(name: str) -> int:
        return sum(int(part[name]) for part in last)

    return Watched(
        run=run, new_files=new, parts=parts, resumed=resumed, violations=total("violations") if new else 0,
        readings=total("readings"), alarms=total("alarms"), alarming=total("alarming"), streams=streams, chance=chance,
        manifest=manifest,
    )  # fmt: skip
