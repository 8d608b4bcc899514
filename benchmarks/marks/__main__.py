"""`python -m benchmarks.marks [speed] [rates] [scans] [print] [issue]`: copied labels, labels printed, marks issued.

On a market that is made up: time, detection, false alarms.
"""

import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.marks.issue import measure as issue
from benchmarks.marks.market import PLACES, Market, scans_in
from benchmarks.marks.print import sheets
from benchmarks.marks.scans import files
from benchmarks.measure import Table
from openqi.science.charts.run_lengths.streams.discoveries import benjamini_hochberg
from openqi.science.signals.alarms import false_alarms, p_values
from openqi.science.signals.copies import Labels, labels_of, wandering
from openqi.science.signals.places import least_seconds
from openqi.science.signals.scans import Scans, scans_of

LEAST = least_seconds(PLACES)
LEVEL = 0.05


def found_in(scans: Scans) -> Labels:
    """Return what is found of every serial."""
    return labels_of(scans, LEAST, left_out=wandering(scans, LEAST, most_serials=50))


def speed() -> None:
    """Sort, discredit and count five million scans, after what is compiled was loaded."""
    told = scans_in(Market(serials=1_750_000, copied=1000), 1)
    shuffled = np.random.default_rng(2).permutation(len(told))
    columns = [column[shuffled] for column in (told.serial, told.at, told.place, told.device)]
    found_in(scans_in(Market(serials=2000), 1))
    begin = perf_counter()
    scans = scans_of(*columns, serials=told.serials)
    sorted_at = perf_counter()
    found_in(scans)
    end = perf_counter()
    print(f"{len(scans):,} scans of {told.serials:,} serials: sorted {sorted_at - begin:.1f} s, scored {end - sorted_at:.1f} s")
    print(f"  in all {end - begin:.1f} s (wanted: 10)")


def rates() -> None:
    """Name serials with a false discovery rate of 5 % against 500,000 honest ones."""
    honest = found_in(scans_in(Market(serials=500_000), 1))
    for moves in (2, 4, 6):
        known = false_alarms(honest.moves, moves)
        print(f"honest serials with {moves} moves or more: {known.rate:.6f}, at most {known.upper:.6f} (95 %)")
    usual = honest.moves
    for labels in (2, 3, 5, 10, 30):
        market = Market(serials=100_000, copied=200, labels=labels)
        named = _named(market, usual)
        print(f"200 of 100,000 marks copied {labels} times: {named[:200].mean():.1%} named, {named[200:].sum()} others")
    for rivals, hired in ((50, 0), (0, 3), (0, 10), (0, 20), (0, 30)):
        named = _named(Market(serials=100_000, harmed=200, rivals=rivals, hired=hired), usual)
        told = f"200 honest marks scanned by {rivals} devices of a rival and {hired} hired people each"
        print(f"{told}: {named[:200].mean():.1%} named, {named[200:].sum()} others")


def _named(market: Market, usual: NDArray[Any]) -> NDArray[Any]:
    scores = found_in(scans_in(market, 2)).moves
    return np.array(benjamini_hochberg(p_values(scores, usual).tolist(), LEVEL))


def main() -> None:
    """Run what is named, or all."""
    table = Table(title="marks")
    parts: dict[str, Callable[[], None]] = {
        "speed": speed, "rates": rates, "scans": lambda: files(table), "print": lambda: sheets(table),
        "issue": issue,
    }  # fmt: skip
    for name in sys.argv[1:] or parts:
        parts[name]()
    table.show()


if __name__ == "__main__":
    main()
