"""A plant's readings from Parquet end to end: points a second, how cost grows with streams, a second night, and memory."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from benchmarks.measure import Table
from openqi.app.watching.job import Asked, watch_readings
from openqi.engines.engine import engine_named
from openqi.engines.plant.baseline import baseline_of, write_baseline
from openqi.engines.plant.files import described, planned
from openqi.engines.plant.loading import load
from openqi.science.charts.rules.rule import rule_set
from openqi.science.numbers.compiled import is_fast

POINTS = 10_000_000
LARGE = """
import resource, sys
from pathlib import Path
from benchmarks.control.engines import night
night(Path(sys.argv[1]), Path(sys.argv[2]), workers=int(sys.argv[3]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(table: Table) -> None:
    """Add the rows of this part."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for streams in (1_000, 1, 100, 100_000):
            place = root / f"{streams}"
            plant(place, streams=streams, files=1, points=POINTS)
            _end_to_end(table, place, streams)
        _nights(table, root / "1000", 1_000)


def plant(place: Path, *, streams: int, files: int, points: int) -> None:
    """Write so many readings of so many streams in all, and their limits."""
    (place / "in").mkdir(parents=True)
    for number in range(files):
        write_night(place / "in", number, streams, points // files // streams)
    columns: dict[str, Any] = {"stream": list(range(streams)), "centre": [0.0] * streams, "sigma": [1.0] * streams}
    columns |= {"lower": [-4.0] * streams, "upper": [4.0] * streams}
    write_baseline(place / "limits.parquet", baseline_of(columns, "limits"), "given")


def write_night(folder: Path, number: int, streams: int, each: int, *, begin: int | None = None) -> None:
    """Write a file of readings as a gauge gives them, with four decimals."""
    values = np.round(np.random.default_rng(number).standard_normal(streams * each), 4)
    times = pa.array(
        np.tile(np.arange(each, dtype=np.int64) + (number * each if begin is None else begin), streams) * 1_000_000
    ).cast(pa.timestamp("us"))
    columns = {"stream": np.repeat(np.arange(streams, dtype=np.int32), each), "time": times, "value": values}
    parquet.write_table(pa.table(columns), folder / f"{number:04d}.parquet", compression="zstd", row_group_size=1 << 20)


def night(place: Path, out: Path, *, workers: int = 1) -> int:
    """Watch what is new, and return how many points have violations."""
    asked = Asked(
        readings=place / "in", out=out, rules=rule_set("nelson"), baseline=place / "limits.parquet", estimator="",
        engine=engine_named("local"), workers=workers,
    )  # fmt: skip
    return watch_readings(asked, lambda _: None).violations


def _end_to_end(table: Table, place: Path, streams: int) -> None:
    pa.set_cpu_count(1)
    night(place, place / "warm")
    spent, read = [], []
    for number in range(3):
        start = time.process_time()
        night(place, place / f"out{number}")
        spent.append(time.process_time() - start)
        start = time.process_time()
        for part in planned([described(str(path)) for path in sorted((place / "in").glob("*"))]):
            for _ in load(part):
                pass
        read.append(time.process_time() - start)
    wanted = 60 if is_fast() and streams == 1_000 else None
    what = f"8 Nelson rules over 10^7 readings of {streams:,} streams in Parquet"
    table.add(f"{what}, end to end, of processor time", POINTS / 1e6 / min(spent), "M points/s", at_least=wanted)
    table.add("... of this reading Parquet alone", POINTS / 1e6 / min(read), "M points/s")


def _nights(table: Table, place: Path, streams: int) -> None:
    """Small new files: what a night costs when there is little new."""
    write_night(place / "in", 1, streams, 100, begin=POINTS)
    start = time.process_time()
    night(place, place / "warm")
    table.add(f"a second night, 100 readings of {streams:,} streams, whole run", time.process_time() - start, "s")


def large(place: Path, *, streams: int = 10_000, points: int = 100_000_000, workers: int = 2) -> tuple[float, float]:
    """Return seconds and MiB of a run over 10^8 readings in ten files in a process of its own; for use by hand."""
    if not place.exists():
        plant(place, streams=streams, files=10, points=points)
    start = time.perf_counter()
    asked = [sys.executable, "-c", LARGE, str(place), str(place / f"out{time.time_ns()}"), str(workers)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, float(done.stdout)
