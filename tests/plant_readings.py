"""Readings of a small plant in Parquet files, as `openqi watch` takes them, and what was found in them."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from openqi.app.watching.job import Asked, watch_readings
from openqi.engines.engine import engine_named
from openqi.science.charts.rules.rule import rule_set


def write_file(
    path: Path, rows: list[tuple[object, object, object]], *, group: int = 1 << 20, unit: list[object] | None = None
) -> None:
    """One file of readings, row by row: stream, time, value."""
    streams, times, values = ([row[place] for row in rows] for place in range(3))
    columns = {"stream": pa.array(streams), "time": pa.array(times), "value": pa.array(values, pa.float64())}
    columns |= {} if unit is None else {"unit": pa.array(unit, pa.string())}
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pa.table(columns), path, row_group_size=group)


def plant(
    folder: Path, *, files: int = 3, streams: int = 40, points: int = 60, group: int = 400, seed: int = 1
) -> list[np.ndarray]:
    """A plant: each file holds `points` readings or some more of each stream, in microseconds. Return the values of each stream."""
    rng = np.random.default_rng(seed)
    whole: list[list[np.ndarray]] = [[] for _ in range(streams)]
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(files):
        names, times, values = [], [], []
        for stream in range(streams):
            size = points + int(rng.integers(0, 40))
            row = np.where(rng.random(size) < 0.03, np.nan, rng.standard_normal(size) * 1.3)
            whole[stream].append(row)
            names += [f"gauge-{stream:05d}"] * size
            times.append(np.arange(size) + 100_000 * number)
            values.append(row)
        table = pa.table({
            "stream": names, "time": pa.array(np.concatenate(times)).cast(pa.timestamp("us")), "value": np.concatenate(values),
        })  # fmt: skip
        parquet.write_table(table, folder / f"{number:03d}.parquet", row_group_size=group)
    return [np.concatenate(rows) for rows in whole]


def baseline(path: Path, *, streams: int = 40) -> Path:
    """The limits of a plant, as a table."""
    rows = [f"gauge-{stream:05d},0,1,-4,4" for stream in range(streams)]
    path.write_text("stream,centre,sigma,lower,upper\n" + "\n".join(rows), encoding="utf-8")
    return path


def watched(readings: Path, out: Path, limits: Path | None, *, engine: str = "local", workers: int = 1, rules: str = "nelson"):
    """What a run comes to; limits are learned where none are named."""
    asked = Asked(
        readings=readings, out=out, rules=rule_set(rules), baseline=limits, estimator="" if limits else "moving-range",
        engine=engine_named(engine), workers=workers,
    )  # fmt: skip
    return watch_readings(asked, lambda _: None)


def digests(out: Path, *folders: str) -> dict[str, str]:
    """SHA-256 of every file of results."""
    found = sorted(path for folder in folders or ("violations", "streams", "states") for path in (out / folder).glob("*"))
    return {path.relative_to(out).as_posix(): sha256(path.read_bytes()).hexdigest() for path in found}


def flags(out: Path) -> dict[str, dict[int, int]]:
    """Of each stream the bits of its points with violations, by number of the point."""
    found: dict[str, dict[int, int]] = {}
    for path in sorted((out / "violations").glob("*.parquet")):
        table = parquet.read_table(path)
        for stream, point, bits in zip(*(table.column(name).to_pylist() for name in ("stream", "point", "bits")), strict=True):
            assert point not in found.setdefault(stream, {})
            found[stream][point] = bits
    return found


def flags_digest(out: Path) -> str:
    """SHA-256 of all flags."""
    return sha256(repr(sorted((stream, sorted(points.items())) for stream, points in flags(out).items())).encode()).hexdigest()
