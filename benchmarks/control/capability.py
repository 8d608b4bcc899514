"""Capability beside shewhart, manufacturing and SciPy: how fast, how far apart the numbers are, and what intervals cover.

No target of the issue names it; rows of peers are for comparison, and left out, saying so, where a peer is not installed.
"""

import json
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from math import log10
from pathlib import Path

from benchmarks.measure import Table, best
from openqi.science import capability
from openqi.science.capability.estimates.moments import moments
from openqi.science.capability.intervals.bootstrap import bootstrap
from openqi.science.capability.intervals.noncentral import noncentral_t_cdf
from openqi.science.capability.shapes.shape import fitted

CASE = json.loads(
    (Path(__file__).resolve().parents[2] / "vectors" / "control" / "capability_minitab_verified.json").read_text(encoding="utf-8")
)  # fmt: skip
READINGS: list[float] = CASE["data"]


def measure(table: Table) -> None:
    """Add the rows of this part."""
    _study(table)
    _fits(table)
    _intervals(table)
    _digits(table)


def _each(work: Callable[[], object], times: int) -> float:
    """Milliseconds of one call."""
    return best(lambda: [work() for _ in range(times)], repeats=3) / times * 1e3


def _absent(table: Table, *names: str) -> bool:
    missing = [name for name in names if find_spec(name) is None]
    for name in missing:
        table.add(f"... {name} is not installed; no row of it", float("nan"), "")
    return bool(missing)


def _study(table: Table) -> None:
    for times in (1, 10, 100):
        values = READINGS * times
        cost = _each(partial(capability.study, values, lower=0, upper=12, target=6, by=5), 3)
        table.add(f"study of {len(values)} readings: gate, 10 indices, each with its interval", cost, "ms")
    ours = capability.study(READINGS, lower=0, upper=12, target=6, by=5)
    if not _absent(table, "shewhart", "pandas"):
        shewhart = import_module("shewhart")
        frame = import_module("pandas").DataFrame({"x": READINGS, "g": [place // 5 for place in range(len(READINGS))]})

        def theirs() -> dict[str, float]:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return dict(shewhart.capability(frame, value="x", subgroup="g", lsl=0, usl=12, target=6).stats)

        table.add("... shewhart.capability, 100 readings: 7 indices, intervals of 4", _each(theirs, 3), "ms")
        found = theirs()
        for name in ("Cp", "Cpk", "Pp", "Ppk", "Cpm"):
            table.add(f"... {name}: ours over theirs, less 1", ours.index(name).value / found[name.lower()] - 1, "")
        table.add("... Cpm against the figure verified with Minitab (0.93 [0.83, 1.04]): upper end ours", _upper(), "")
    if not _absent(table, "manufacturing"):
        manufacturing = import_module("manufacturing")
        cost = _each(partial(manufacturing.calc_ppk, READINGS, 12, 0), 3)
        table.add("... manufacturing.calc_ppk, one index without interval", cost, "ms")
        table.add(
            "... Ppk: ours over theirs, less 1", ours.index("Ppk").value / float(manufacturing.calc_ppk(READINGS, 12, 0)) - 1, ""
        )


def _upper() -> float:
    found = capability.study(READINGS, lower=0, upper=12, target=6, by=5, confidence=0.9).index("Cpm").interval
    return found.upper if found else float("nan")


def _fits(table: Table) -> None:
    absent = _absent(table, "scipy")
    for name in ("weibull", "gamma", "lognormal", "logistic", "folded-normal"):
        table.add(f"{name} of 100 readings by greatest likelihood", _each(partial(fitted, READINGS, name), 3), "ms")
        if absent:
            continue
        from scipy import stats

        scipys = {"weibull": "weibull_min", "lognormal": "lognorm", "folded-normal": "foldnorm"}
        family = getattr(stats, scipys.get(name, name))
        fixed = {} if name == "logistic" else {"floc": 0}
        table.add("... SciPy's fit", _each(partial(family.fit, READINGS, **fixed), 3), "ms")


def _intervals(table: Table) -> None:
    table.add("noncentral t, 99 degrees of freedom", _each(lambda: noncentral_t_cdf(30.0, 99.0, 28.0), 20), "ms")
    if not _absent(table, "scipy"):
        from scipy import stats

        table.add("... SciPy's", _each(lambda: stats.nct.cdf(30.0, 99.0, 28.0), 20), "ms")
        table.add("... ours from theirs", abs(noncentral_t_cdf(30.0, 99.0, 28.0) - float(stats.nct.cdf(30.0, 99.0, 28.0))), "")
    table.add("bootstrap, 999 resamples of 100", _each(lambda: bootstrap(100, _mean, resamples=999, seed="s"), 1), "ms")


def _mean(places: Sequence[int]) -> tuple[float]:
    return (sum(READINGS[place] for place in places) / len(places),)


def _digits(table: Table) -> None:
    """Digits of the standard deviation of NIST's NumAcc4, whose readings are not exact in floats: 8.4 are there to be had."""
    values = [10000000.2, *[10000000.1, 10000000.3] * 500]
    table.add("digits of NumAcc4's deviation", -log10(abs(moments(values).sd / 0.1 - 1)), "", at_least=8.2)
    if not _absent(table, "numpy"):
        import numpy

        table.add("... NumPy's", -log10(abs(float(numpy.std(values, ddof=1)) / 0.1 - 1)), "")
