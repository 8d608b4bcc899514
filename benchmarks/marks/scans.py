"""Five million scans out of a file: read, sorted, scored against honest ones, those that are named with what shows it."""

import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet

from benchmarks.marks.market import PLACES, Market, scans_in
from benchmarks.measure import Table, peak_memory, timed
from benchmarks.scan import serial
from openqi.app.scans.files import scans_in as scans_of_file
from openqi.app.scans.scoring import scored
from openqi.app.scans.told import Asked, Known, Scored, Usual
from openqi.science.signals.copies import labels_of, wandering
from openqi.science.signals.places import least_seconds

COPIED = 1000


def usual(serials: int = 500_000) -> Usual:
    """What honest serials of the stated market do."""
    scans, least = scans_in(Market(serials=serials), 1), least_seconds(PLACES)
    moves = labels_of(scans, least, left_out=wandering(scans, least, most_serials=50)).moves
    return Usual(moves=dict(sorted(Counter(moves.tolist()).items())), source="simulated")


def written(folder: Path, market: Market, seed: int) -> None:
    """The scans of a market in no order, as CSV and as Parquet."""
    told = scans_in(market, seed)
    shuffled = np.random.default_rng(2).permutation(len(told))
    names = pa.array([serial(number) for number in range(market.serials)])
    places = pa.array([one.name for one in PLACES])
    table = pa.table({
        "serial": names.take(pa.array(told.serial[shuffled])), "at": pa.array(told.at[shuffled]),
        "place": places.take(pa.array(told.place[shuffled])), "device": pa.array(told.device[shuffled] * 7919 + 1),
    })  # fmt: skip
    csv.write_csv(table, folder / "scans.csv")
    parquet.write_table(table, folder / "scans.parquet")


def files(table: Table, serials: int = 1_750_000) -> None:
    """Time from a file to what is told, and which copied marks are named."""
    known = usual()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        written(folder, Market(serials=2_000, copied=20), 3)
        told(folder / "scans.csv", known)  # what is compiled is loaded
        written(folder, Market(serials=serials, copied=COPIED), 1)
        for form in ("csv", "parquet"):
            start = time.process_time()
            with timed() as watch:
                found = told(folder / f"scans.{form}", known)
            table.add(f"{found.scans:,} scans of {found.serials:,} serials, out of {form}", watch.seconds, "s", at_most=10)
            table.add("... of the processor", time.process_time() - start, "s")
        table.add("... memory at most", peak_memory(), "MiB")
        copied = {serial(number) for number in range(COPIED)}
        named = {one.serial for one in found.told if one.named}
        table.add(f"of {COPIED:,} marks copied 10 times, named", 100 * len(named & copied) / COPIED, "%")
        table.add("of those named, in vain", 100 * len(named - copied) / max(len(named), 1), "%", at_most=5)


def told(path: Path, known: Usual) -> Scored:
    """What is told of a file of scans."""
    return scored(scans_of_file(path, PLACES), PLACES, usual=known, known=Known(), asked=Asked(most=10_000))
