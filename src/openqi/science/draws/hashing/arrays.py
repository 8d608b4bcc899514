"""Loops over whole arrays of integers that have one order, compiled where numba is installed."""

from typing import Any

from openqi.science.numbers.compiled import compiled, is_fast

FEW = 4096
"""Fewer elements than this are not worth waiting for a compiler."""


def _running_totals(values: Any, out: Any) -> None:
    running = 0
    for place in range(len(values)):
        running += values[place]
        out[place] = running


_fast_totals = compiled(_running_totals)


def running_totals(values: Any, out: Any) -> None:
    """Write the sums of the first, of the first two, … integers; the last one is below 2**63."""
    if is_fast() and len(values) >= FEW:
        _fast_totals(values, out)
    else:
        from itertools import accumulate

        import numpy as np

        out[:] = np.fromiter(accumulate(values.tolist()), dtype=np.int64, count=len(values))
