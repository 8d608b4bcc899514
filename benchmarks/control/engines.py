"""A plant's readings from Parquet end to end: points a second, how cost grows with streams, a second night, and memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
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
LARGE_POINTS = 100_000_000
STREAMS = (1_000, 1, 100, 100_000)
DEFAULT: Mapping[str, Any] = {"compression": "zstd"}
"""What most writers do."""
QUICKEST: Mapping[str, Any] = {
    "compression": {"stream": "zstd", "time": "zstd", "value": "none"}, "use_dictionary": ["stream", "value"],
    "column_encoding": {"time": "DELTA_BINARY_PACKED"}, "data_page_size": 1 << 24, "max_rows_per_page": 1 << 20,
}  # fmt: skip
"""What is read soonest, and smaller too: times by their differences, long pages; numbers of a dictionary are packed already."""
LARGE = """
import sys
from pathlib import Path
from benchmarks.control.engines import night
night(Path(sys.argv[1]), Path(sys.argv[2]), workers=int(sys.argv[3]))
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
"""The kernel's own mark of most memory: that of `resource` begins with what the process had that started this one."""


def measure(table: Table) -> None:
    """Add the rows of this part."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for streams in STREAMS:
            place = root / f"{streams}"
            plant(place, streams=streams, files=1, points=POINTS)
            _end_to_end(table, place, f"10^7 readings of {streams:,} streams", points=POINTS, wanted=streams == STREAMS[0])
        _nights(table, root / "1000", 1_000)
        place = root / "quickest"
        plant(place, streams=STREAMS[0], files=1, points=POINTS, packing=QUICKEST)
        _end_to_end(
            table, place, f"the same of {STREAMS[0]:,} streams, packed as docs/control/watch.md advises", points=POINTS, wanted=True
        )
        for points in (100_000, 1_000_000):
            place = root / f"points{points}"
            plant(place, streams=STREAMS[0], files=1, points=points)
            _end_to_end(table, place, f"{points:,} readings of {STREAMS[0]:,} streams", points=points, wanted=False)
        _large(table, root / "large")


def plant(place: Path, *, streams: int, files: int, points: int, packing: Mapping[str, Any] = DEFAULT) -> None:
    """Write so many readings of so many streams in all, and their limits."""
    (place / "in").mkdir(parents=True)
    for number in range(files):
        write_night(place / "in", number, streams, points // files // streams, packing=packing)
    columns: dict[str, Any] = {"stream": list(range(streams)), "centre": [0.0] * streams, "sigma": [1.0] * streams}
    columns |= {"lower": [-4.0] * streams, "upper": [4.0] * streams}
    write_baseline(place / "limits.parquet", baseline_of(columns, "limits"), "given")


def write_night(
    folder: Path, number: int, streams: int, each: int, *, begin: int | None = None, packing: Mapping[str, Any] = DEFAULT
) -> None:
    """Write a file of readings as a gauge gives them, with four decimals."""
    values = np.round(np.random.default_rng(number).standard_normal(streams * each), 4)
    times = pa.array(
        np.tile(np.arange(each, dtype=np.int64) + (number * each if begin is None else begin), streams) * 1_000_000
    ).cast(pa.timestamp("us"))
    columns = {"stream": np.repeat(np.arange(streams, dtype=np.int32), each), "time": times, "value": values}
    table = pa.table(columns)
    if packing is QUICKEST:  # no column says for each reading whether it is there; one that is missing is NaN
        table = table.cast(pa.schema([field.with_nullable(False) for field in table.schema]))
    parquet.write_table(table, folder / f"{number:04d}.parquet", row_group_size=1 << 20, **packing)


def night(place: Path, out: Path, *, workers: int = 1, engine: str = "local") -> int:
    """Watch what is new, and return how many points have violations."""
    asked = Asked(
        readings=place / "in", out=out, rules=rule_set("nelson"), baseline=place / "limits.parquet", estimator="",
        engine=engine_named(engine), workers=workers,
    )  # fmt: skip
    return watch_readings(asked, lambda _: None).violations


def _end_to_end(table: Table, place: Path, what: str, *, points: int, wanted: bool) -> None:
    pa.set_cpu_count(1)
    night(place, place / "warm")
    spent, read, plain = [], [], []
    for number in range(5):
        start = time.process_time()
        night(place, place / f"out{number}")
        spent.append(time.process_time() - start)
        start = time.process_time()
        for part in planned([described(str(path)) for path in sorted((place / "in").glob("*"))]):
            for _ in load(part):
                pass
        read.append(time.process_time() - start)
        start = time.process_time()
        for path in sorted((place / "in").glob("*")):
            file = parquet.ParquetFile(path, memory_map=True)
            for group in range(file.num_row_groups):
                file.read_row_group(group, use_threads=False)
        plain.append(time.process_time() - start)
    bound = 60 if is_fast() and wanted else None
    table.add(
        f"8 Nelson rules, {what}, from Parquet to Parquet, of processor time",
        points / 1e6 / min(spent),
        "M points/s",
        at_least=bound,
    )
    table.add("... of this reading alone", points / 1e6 / min(read), "M points/s")
    table.add("... Arrow reading the three columns and doing nothing", points / 1e6 / min(plain), "M points/s")


def _nights(table: Table, place: Path, streams: int) -> None:
    """Small new files: what a night costs when there is little new."""
    write_night(place / "in", 1, streams, 100, begin=POINTS)
    start = time.process_time()
    night(place, place / "warm")
    table.add(f"a second night, 100 readings of {streams:,} streams, whole run", time.process_time() - start, "s")


def _large(table: Table, place: Path) -> None:
    """10^8 readings, each run in a process of its own; and Spark beside threads where it is installed."""
    plant(place, streams=10_000, files=10, points=LARGE_POINTS)
    what = f"{LARGE_POINTS:,} readings of 10,000 streams in ten files"
    for workers in (1, 2):
        seconds, memory = large(place, workers=workers)
        table.add(f"{what}, {workers} workers, start of the program included", seconds, "s")
        table.add("... most memory", memory, "MiB", at_most=4096)
    if find_spec("pyspark") is None:
        table.add("... Spark is not installed (openqi[spark], and Java); no row of it", float("nan"), "")
        return
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    start = time.perf_counter()
    session = SparkSession.builder.appName("benchmark").config("spark.ui.enabled", "false").master("local[2]").getOrCreate()
    session.sparkContext.parallelize(range(2), 2).map(lambda _: __import__("openqi.engines.plant.part")).count()
    table.add("Spark local[2] starts", time.perf_counter() - start, "s")
    took = {name: min(_seconds(place, name) for _ in range(3)) for name in ("local", "spark")}
    session.stop()
    table.add("... the same readings, 2 threads", took["local"], "s")
    table.add("... the same readings, Spark local[2] after its start", took["spark"], "s")
    table.add("... Spark over threads, speed", took["local"] / took["spark"], "", at_least=0.5)


def _seconds(place: Path, engine: str) -> float:
    start = time.perf_counter()
    night(place, place / f"out{time.time_ns()}", workers=2, engine=engine)
    return time.perf_counter() - start


def large(place: Path, *, workers: int = 2) -> tuple[float, float]:
    """Return seconds and MiB of a run over the readings of a plant in a process of its own."""
    start = time.perf_counter()
    asked = [sys.executable, "-c", LARGE, str(place), str(place / f"out{time.time_ns()}"), str(workers)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, float(done.stdout) / 1024
