"""Eight Nelson rules, limits and capability over many streams in memory: speed, how cost grows, updates, the first call."""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.measure import Table, best
from openqi.science.charts.charting import chart
from openqi.science.charts.streams import watch
from openqi.science.charts.updates import stream_states
from openqi.science.numbers.compiled import is_fast

FIRST_CALL = """
import time, numpy as np
values, ends = np.zeros(100_000), np.arange(101) * 1_000
begin = time.perf_counter()
from openqi.science.charts.streams import watch
watch(values, ends)
print(time.perf_counter() - begin)
"""


def measure(table: Table) -> None:
    """Add the rows of this part."""
    values = np.random.default_rng(1).standard_normal(10_000_000)
    table.add("a sum over the same memory, for comparison", 10 / best(values.sum), "M points/s")
    _streams(table, values)
    _growth(table, values)
    _updates(table)
    if is_fast():
        table.add(
            "first call of the kernel in a fresh process, kept machine code", min(_first_call() for _ in range(3)), "s", at_most=1.0
        )
    table.add("one chart of 1,000 individuals, all rules", best(lambda: chart("i-mr", values[:1_000])) * 1e3, "ms")


def _streams(table: Table, values: Any) -> None:
    ends = np.arange(1_001) * 10_000
    watch(values[:200_000], np.arange(21) * 10_000)

    def first() -> object:
        return watch(values, ends).capability(-3.0, 3.0)

    def second() -> object:
        return watch(values, ends, centres=0.0, sigmas=1.0)

    what = "8 Nelson rules over 10^7 points in 1,000 streams"
    table.add(f"{what}: limits and capability too (phase I)", 10 / best(first), "M points/s", at_least=250 if is_fast() else None)
    table.add(f"{what}: frozen limits (phase II)", 10 / best(second), "M points/s")
    table.add("... phase I, processor time", 10 / _processor(first), "M points/s")


def _growth(table: Table, values: Any) -> None:
    for streams in (1, 100, 100_000):
        ends = np.arange(streams + 1) * (len(values) // streams)
        table.add(
            f"... phase I, 10^7 points in {streams:,} streams", 10 / best(partial(watch, values, ends), repeats=3), "M points/s"
        )
    for points in (100_000, 1_000_000):
        ends = np.arange(points // 1_000 + 1) * 1_000
        part = values[:points]
        table.add(
            f"... phase I, {points:,} points in streams of 1,000", points / 1e6 / best(partial(watch, part, ends)), "M points/s"
        )


def _updates(table: Table) -> None:
    states = stream_states(np.zeros(100_000), np.ones(100_000))
    streams, values = np.arange(100_000), np.random.default_rng(2).standard_normal(100_000)
    states.update(streams, values)
    seconds = best(lambda: states.update(streams, values))
    table.add(
        "update of 100,000 streams by a point each, a stream", seconds / 100_000 * 1e6, "us", at_most=5.0 if is_fast() else None
    )
    few = stream_states(np.zeros(100), np.ones(100))
    seconds = best(lambda: few.update(streams[:100], values[:100], fast=False))
    table.add("... of 100 streams in plain Python, a stream", seconds / 100 * 1e6, "us")


def _first_call() -> float:
    done = subprocess.run([sys.executable, "-c", FIRST_CALL], capture_output=True, text=True, check=True)
    return float(done.stdout)


def _processor(work: Callable[[], object], *, repeats: int = 5) -> float:
    """The least processor time of some runs."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)
