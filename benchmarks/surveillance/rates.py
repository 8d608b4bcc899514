"""Rates out of results at 1e5, 1e6 and 1e7, beside svy and R survey: how fast, and how far apart the numbers are.

Rows of peers are for comparison, and left out, saying so, where a peer is not installed.
"""

import subprocess
import tempfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Table, best
from openqi.science.draws.rates.plan import Group, advised_floor
from openqi.science.draws.rates.sample import sample_of
from openqi.science.draws.rates.study import Asked, study
from openqi.science.draws.rates.totals import ratio_of
from openqi.science.draws.rates.variances import Design
from openqi.science.numbers.compiled import is_fast

ENDS = ("conforming", "nonconforming", "not-found", "closed")
R_SURVEY = """
suppressMessages(library(survey))
d <- read.csv(commandArgs(TRUE)[1])
t <- system.time(m <- svymean(~y, svydesign(id = ~1, strata = ~stratum, weights = ~w, data = d)))
cat(t[["elapsed"]], coef(m), SE(m))
"""


class Results:
    """Made results: probabilities, how visits ended, 40 strata and 31 regions."""

    def __init__(self, n: int) -> None:
        chance = np.random.default_rng(1)
        self.probability = chance.uniform(0.01, 1.0, n)
        self.outcome = np.asarray(ENDS)[chance.choice(4, n, p=[0.8, 0.1, 0.07, 0.03])].tolist()
        self.stratum = [f"s{one}" for one in chance.integers(0, 40, n).tolist()]
        self.region = [f"r{one}" for one in chance.integers(0, 31, n).tolist()]


def measure(table: Table) -> None:
    """Add the rows of this part."""
    table.add("numba is there (1) or not (0)", float(is_fast()), "")
    for n in (100_000, 1_000_000, 10_000_000):
        results = Results(n)
        cost = best(lambda: study(sample_of(results.probability.tolist(), stratum=results.stratum), results.outcome), repeats=3)  # noqa: B023 -- called at once
        bound = 1.0 if n == 1_000_000 else None
        table.add(f"sample and study of {n:.0e} results in 40 strata: hit, population, worst cases", cost, "s", at_most=bound)
        if n == 1_000_000:
            _parts(table, results)
            _peers(table, results)
    _plan(table)


def _parts(table: Table, results: Results) -> None:
    sample = sample_of(results.probability.tolist(), stratum=results.stratum)
    for method in ("brewer", "hartley-rao", "overton", "hansen-hurwitz"):
        asked = Asked(design=Design(method=method))
        table.add(f"... study alone, {method}", best(lambda: study(sample, results.outcome, asked=asked), repeats=3), "s")  # noqa: B023
    cost = best(lambda: study(sample, results.outcome, classes=results.stratum, by={"region": results.region}), repeats=3)
    table.add("... study with 31 domains and an adjusted rate", cost, "s")


def _peers(table: Table, results: Results) -> None:
    y = np.asarray([float(one == "nonconforming") for one in results.outcome])
    sample, design = sample_of(results.probability.tolist(), stratum=results.stratum), Design(method="hansen-hurwitz")
    table.add("one mean with its variance, 1e6 in 40 strata", best(lambda: ratio_of(sample, y, design=design), repeats=3), "s")
    ours = ratio_of(sample, y, design=design)
    _svy(table, results, y, ours.value, ours.standard_error)
    _r_survey(table, results, y, ours.value, ours.standard_error)


def _svy(table: Table, results: Results, y: NDArray[np.float64], value: float, error: float) -> None:
    if find_spec("svy") is None:
        table.add("... svy is not installed; no row of it", float("nan"), "")
        return
    svy, polars = import_module("svy"), import_module("polars")
    frame = polars.DataFrame({"w": 1.0 / results.probability, "y": y, "stratum": results.stratum})
    theirs = svy.Sample(data=frame, design=svy.Design(stratum="stratum", wgt="w"))
    table.add("... svy's", best(lambda: theirs.estimation.mean(y="y"), repeats=3), "s")
    found = theirs.estimation.mean(y="y").estimates[0]
    table.add("... value, ours over svy's less 1", value / found.est - 1.0, "")
    table.add("... standard error, ours over svy's less 1", error / found.se - 1.0, "")


def _r_survey(table: Table, results: Results, y: NDArray[np.float64], value: float, error: float) -> None:
    if which("Rscript") is None:
        table.add("... R is not installed; no row of it", float("nan"), "")
        return
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "results.csv"
        rows = zip((1.0 / results.probability).tolist(), y.tolist(), results.stratum, strict=True)
        data.write_text("w,y,stratum\n" + "".join(f"{w!r},{one!r},{stratum}\n" for w, one, stratum in rows), encoding="utf-8")
        asked = subprocess.run(["Rscript", "-e", R_SURVEY, str(data)], capture_output=True, text=True, check=False)
    if asked.returncode:
        table.add("... R survey is not installed; no row of it", float("nan"), "")
        return
    seconds, mean, spread = map(float, asked.stdout.split())
    table.add("... R survey's svymean", seconds, "s")
    table.add("... value, ours over R's less 1", value / mean - 1.0, "")
    table.add("... standard error, ours over R's less 1", error / spread - 1.0, "")


def _plan(table: Table) -> None:
    groups = [Group(name=str(k), count=100 + k, rate=0.01 + 0.0004 * k) for k in range(1000)]
    table.add("advised floor over 1,000 groups", best(lambda: advised_floor(groups, 20_000), repeats=3), "s")
