"""Ours beside shewhart, statprocon, process-improve, and R qcc and spc, on the same readings in the same run.

A peer that is not installed is said to be so. The Python ones are in the group `bench`; R is Debian's `r-base-core` and
`r-cran-spc`, and qcc comes from CRAN.
"""

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Table, best
from openqi.science.charts.run_lengths.charts.cusum import Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.limits import limit_for
from openqi.science.charts.streams import watch

POINTS = 10_000
LARGE = 1_000_000
R_CHARTS = """
values <- scan(commandArgs(TRUE)[1], quiet = TRUE)
if (requireNamespace("qcc", quietly = TRUE)) {
  work <- function() {
    found <- qcc::qcc(values, type = "xbar.one", plot = FALSE)
    list(qcc::process.capability(found, spec.limits = c(-3, 3), print = FALSE), found$violations)
  }
  pdf(NULL)
  seconds <- min(sapply(1:3, function(i) system.time(invisible(capture.output(work())))[["elapsed"]]))
  cat("qcc", as.character(packageVersion("qcc")), length(values) / seconds / 1e6, "\n")
}
"""
R_RUN_LENGTHS = """
if (requireNamespace("spc", quietly = TRUE)) {
  each <- function(work, times) min(sapply(1:3, function(i) system.time(for (k in 1:times) work())[["elapsed"]])) / times * 1e3
  cat("spc", as.character(packageVersion("spc")),
      each(function() spc::xewma.arl(0.1, 2.7, 0.5, sided = "two"), 500), spc::xewma.arl(0.1, 2.7, 0.5, sided = "two"),
      each(function() spc::xewma.crit(0.1, 370, sided = "two"), 50), spc::xewma.crit(0.1, 370, sided = "two"),
      each(function() spc::xcusum.crit(0.5, 500, sided = "two"), 50), spc::xcusum.crit(0.5, 500, sided = "two"), "\n")
}
"""
"""Digits of both programs are printed beside their times, so that the same is compared."""


def measure(table: Table) -> None:
    """Add the rows of this part."""
    values = np.random.default_rng(1).standard_normal(LARGE)
    watch(values, np.arange(101) * (LARGE // 100))  # what is compiled is loaded before it is timed
    for streams in (LARGE // POINTS, 1):
        part = values[: streams * POINTS]
        ends = np.arange(streams + 1) * POINTS
        seconds = best(partial(_watched, part, ends))
        what = f"ours, 8 rules, limits, capability: {streams:,} streams of {POINTS:,}"
        table.add(what, len(part) / 1e6 / seconds, "M points/s")
    _python(table, values[:POINTS])
    _r(table, values[:POINTS])


def _watched(values: Any, ends: Any) -> object:
    return watch(values, ends).capability(-3.0, 3.0)


def _python(table: Table, values: Any) -> None:
    for name, call in (("shewhart", _shewhart), ("statprocon", _statprocon), ("process_improve", _process_improve)):
        try:
            work = call(values)
        except ImportError:
            table.add(f"... {name} is not installed (uv sync --group bench); no row of it", float("nan"), "")
            continue
        table.add(f"... {work.__doc__}: one stream of {POINTS:,}", len(values) / 1e6 / best(work, repeats=3), "M points/s")


def _shewhart(values: Any) -> Callable[[], object]:
    peer: Any = import_module("shewhart")

    def work() -> object:
        """shewhart, 8 rules, limits, capability"""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return peer.imr(values, rules="nelson"), peer.capability(values, lsl=-3.0, usl=3.0)

    return work


def _statprocon(values: Any) -> Callable[[], object]:
    peer: Any = import_module("statprocon")
    given = values.tolist()

    def work() -> object:
        """statprocon, 3 rules, limits"""
        found = peer.XmR(given)
        rules = (found.rule_1_x_indices_beyond_limits, found.rule_2_runs_about_central_line, found.rule_3_runs_near_limits)
        return [rule() for rule in rules]

    return work


def _process_improve(values: Any) -> Callable[[], object]:
    charts: Any = import_module("process_improve.monitoring.control_charts")
    metrics: Any = import_module("process_improve.monitoring.metrics")
    frames: Any = import_module("pandas")
    frame = frames.DataFrame({"x": values})

    def work() -> object:
        """process-improve, limits and Cpk, no rules"""
        found = charts.ControlChart(style="regular", variant="xbar.no.subgroup")
        found.calculate_limits(frame["x"])
        return metrics.calculate_cpk(frame, "x", specifications=(-3.0, 3.0), trim_percentile=0)

    return work


def _r(table: Table, values: Any) -> None:
    """R in a process of its own, which times itself: its start is not counted."""
    if shutil.which("Rscript") is None:
        table.add("... R is not installed (apt-get install r-base-core r-cran-spc); no row of qcc and spc", float("nan"), "")
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "values.txt"
        place.write_text("\n".join(map(repr, values.tolist())), encoding="ascii")
        told = _said_by_r(R_CHARTS, str(place))
    if told:
        table.add(f"... R qcc {told[1]}, 2 rules, limits, capability: one stream of {POINTS:,}", float(told[2]), "M points/s")
    else:
        table.add("... R has no qcc (it is on CRAN); no row of it", float("nan"), "")
    told = _said_by_r(R_RUN_LENGTHS)
    if not told:
        table.add("... R has no spc (Debian: r-cran-spc); no row of it", float("nan"), "")
        return
    ewma, cusum = Ewma(weight=0.1, limit=2.7), Cusum(reference=0.5, limit=4.0)
    ours: tuple[tuple[str, Callable[[], float]], ...] = (
        ("run length of a two-sided EWMA", lambda: ewma.run_length(0.5).value),
        ("limit of an EWMA for 370", lambda: _limit(limit_for(ewma, 370.0))),
        ("limit of a CUSUM for 500", lambda: _limit(limit_for(cusum, 500.0))),
    )
    for place_of, (what, work) in enumerate(ours):
        for _ in range(3):
            work()
        cost = best(partial(_often, work, 20), repeats=3) / 20 * 1e3
        table.add(f"{what}, ours", cost, "ms")
        table.add(f"... R spc {told[1]}", float(told[2 + 2 * place_of]), "ms")
        table.add("... ours over theirs, less 1", work() / float(told[3 + 2 * place_of]) - 1.0, "")


def _limit(found: Any) -> float:
    return float(found.chart.limit)


def _often(work: Callable[[], object], times: int) -> None:
    for _ in range(times):
        work()


def _said_by_r(script: str, *given: str) -> list[str]:
    """The words that a script prints; none where the package is missing or fails."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "work.R"
        place.write_text(script, encoding="utf-8")
        done = subprocess.run(
            ["Rscript", "--vanilla", str(place), *given], capture_output=True, text=True, check=False, timeout=600
        )
    return done.stdout.split() if done.returncode == 0 else []
