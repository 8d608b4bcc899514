"""`openqi draw` on lists in Parquet of 1e5, 1e6 and 1e7 objects, each command a process, and the same draw through the engines.

A thousandth is drawn, Pareto, with a proof for each. Peers that draw in memory stand in `draws`; none of them commits, proves or
verifies.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time

import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from benchmarks.measure import Table, peak_memory
from benchmarks.surveillance.draws import LETTERS, SEED, SIZES, lognormal_sizes
from openqi.engines.draws.drawn import Asked, drawn_in_parts, parts_of
from openqi.engines.draws.reading import Naming, columns_of, read_columns
from openqi.engines.engine import engine_named
from openqi.science.draws.columns import frame_of_columns
from openqi.science.draws.drawing import drawn
from openqi.science.draws.plan import Plan, StratumRule
from openqi.science.draws.told import drawn_objects
from openqi.science.numbers.compiled import is_fast

BEFORE = "2023-09-14T08:00:00Z"
ROUND = {
    "round": 657413,
    "signature": "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
}
"""A published round of drand quicknet."""


def measure(table: Table) -> None:
    """Add the rows of this part."""
    if not is_fast():
        table.add("numba is not installed; nothing is measured", float("nan"), "")
        return
    with tempfile.TemporaryDirectory() as folder:
        for count in (10_000, *SIZES):
            path = Path(folder) / "list.parquet"
            _write(path, count)
            rows = Table("") if count == 10_000 else table  # the first compiles
            _commands(rows, path, count)
            _engines(rows, path, count)


def _write(path: Path, count: int) -> None:
    """A list with codes of 18 letters, four classes and lognormal sizes."""
    import numpy as np

    text = "".join(f"91440600MA{number:08X}" for number in range(count)).encode()
    offsets = np.arange(count + 1, dtype=np.int64) * LETTERS
    names = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(text))
    classes = pa.DictionaryArray.from_arrays(pa.array((np.arange(count) % 4).astype(np.int8)), pa.array([*"ABCD"]))
    parquet.write_table(pa.table({"name": names, "class": classes, "size": lognormal_sizes(count)}), path, row_group_size=1 << 19)


def _commands(table: Table, path: Path, count: int) -> None:
    million = count == SIZES[-1]
    folder, beacon = path.with_name(f"draw-{count}"), path.with_name("beacon.json")
    beacon.write_text(json.dumps(ROUND))
    plan = ("--purpose", "benchmark", "--size", str(count // 1000), "--source", "drand quicknet", str(ROUND["round"]), "-")
    commands = {
        "commit": (str(path), "-o", str(folder), *plan, "--at", BEFORE),
        "run": (str(folder), "--randomness", str(beacon), "--proofs"),
        "verify": (str(folder),),
        "explain": (str(folder), "91440600MA00000007"),
    }
    for name, arguments in commands.items():
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        shown = subprocess.run(
            [sys.executable, "-c", "from openqi.interfaces.cli.main import main; main()", "draw", name, *arguments],
            check=True, stdout=subprocess.DEVNULL, env=dict(os.environ),
        )  # fmt: skip
        assert shown.returncode == 0
        wall, after = perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        most = 15 if million and name != "explain" else None
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        table.add(f"{count:.0e}: openqi draw {name}, processor", spent, "s", at_most=most)
        table.add("... wall", wall, "s")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
    table.add("... largest process so far", largest, "GiB", at_most=4 if million else None)


def _engines(table: Table, path: Path, count: int) -> None:
    """Reading, checking and drawing, by one thread over the whole list and by the engines over its parts."""
    asked = Asked(
        naming=Naming(), seed=SEED,
        plan=Plan(purpose="benchmark", rules=(StratumRule(design="pareto", size=count // 1000),)),
    )  # fmt: skip
    begin, spent = perf_counter(), process_time()
    whole = drawn_objects(drawn(frame_of_columns(columns_of(read_columns(str(path), asked.naming))), asked.plan, SEED))
    table.add("... read, checked, drawn as a whole, wall", perf_counter() - begin, "s")
    table.add("... ... processor", process_time() - spent, "s")
    for name, workers in (("local", 1), ("local", 2), ("spark", 2)):
        if name == "spark" and find_spec("pyspark") is None:
            table.add("... Spark is not installed; no row of it", float("nan"), "")
            continue
        begin, spent = perf_counter(), process_time()
        found = drawn_in_parts([str(path)], asked, engine_named(name), workers=workers)
        parts = len(parts_of([str(path)]))
        table.add(f"... the same in {parts} parts, engine {name}, {workers} at once, wall", perf_counter() - begin, "s")
        if name == "local":
            table.add("... ... processor", process_time() - spent, "s")
        table.add(
            "... ... rows that differ", float(sum(one != other for one, other in zip(found, whole, strict=True))), "", at_most=0
        )
    table.add("... peak memory", peak_memory() / 1024, "GiB")
