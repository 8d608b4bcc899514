"""Timing and the table that every benchmark prints."""

import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


@dataclass
class Stopwatch:
    """Seconds that went by in a `timed` block."""

    seconds: float = 0.0


@contextmanager
def timed() -> Iterator[Stopwatch]:
    """Time a block."""
    watch = Stopwatch()
    start = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - start


def best(work: Callable[[], object], *, repeats: int = 5) -> float:
    """Return the shortest of some runs, in seconds."""
    times = []
    for _ in range(repeats):
        gc.collect()
        with timed() as watch:
            work()
        times.append(watch.seconds)
    return min(times)


def peak_memory() -> float:
    """Return the largest resident size of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass
class Table:
    """Rows of what was measured, what was wanted, and whether it was reached."""

    title: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, what: str, measured: float, unit: str, *, at_least: float | None = None, at_most: float | None = None) -> None:
        """Add a row; without a bound it is a limit or a peer for comparison."""
        bound, verdict = "", ""
        if at_least is not None:
            bound, verdict = f">= {at_least:,.4g}", "reached" if measured >= at_least else f"{measured / at_least:.2f} of it"
        if at_most is not None:
            bound, verdict = f"<= {at_most:,.4g}", "reached" if measured <= at_most else f"{measured / at_most:.2f} times it"
        self.rows.append((what, f"{measured:,.4g} {unit}", bound, verdict))
        print("  ".join(part for part in self.rows[-1] if part), flush=True)

    def show(self) -> None:
        """Print the whole table."""
        head = ("what", "measured", "wanted", "")
        widths = [max(len(row[place]) for row in [head, *self.rows]) for place in range(4)]
        print(f"\n{self.title}\n")
        for row in [head, *self.rows]:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def measured_parts(folder: ModuleType, title: str, wanted: list[str]) -> None:
    """Measure the parts of a folder of benchmarks that are wanted, all of them by default, into one table; a file is a part."""
    parts = [found.name for found in iter_modules(folder.__path__) if not found.name.startswith("_")]
    if unknown := set(wanted) - set(parts):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    table = Table(title)
    for name in wanted or parts:
        import_module(f"{folder.__name__}.{name}").measure(table)
    table.show()
