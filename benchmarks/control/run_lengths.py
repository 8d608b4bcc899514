"""Run lengths beside their targets, and how far they are from R spc, whose figures lie in the vectors."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.measure import Table, best
from openqi.science.charts.rules.in_control import alarms_of
from openqi.science.charts.rules.rule import rule_set
from openqi.science.charts.run_lengths.charts.cusum import CrosierCusum, Cusum
from openqi.science.charts.run_lengths.charts.ewma import Ewma
from openqi.science.charts.run_lengths.limits import ewma_for, limit_for
from openqi.science.charts.run_lengths.rules.automaton import automaton
from openqi.science.charts.run_lengths.rules.exact import distribution_of_rules, run_length_of_rules
from openqi.science.charts.run_lengths.rules.simulated import simulated_run_length

PUBLISHED = Path(__file__).resolve().parents[2] / "vectors" / "control" / "published_run_lengths.json"


FIRST = """
from time import perf_counter
start = perf_counter()
from openqi.science.charts.run_lengths.charts.ewma import Ewma
Ewma(weight=0.1, limit=2.7).run_length(0.5)
print(perf_counter() - start)
"""


def measure(table: Table) -> None:
    """Add the rows of this part."""
    first = float(subprocess.run([sys.executable, "-c", FIRST], check=True, capture_output=True, text=True).stdout)
    table.add("first run length of a fresh process, without loading the compiler", first, "s", at_most=1.0)
    _rules(table)
    _charts(table)
    _searches(table)
    _truth(table)


def _each(work: Callable[[], object], times: int) -> float:
    """Milliseconds of one call, after as many that the compiler is loaded."""
    for _ in range(times + 1):
        work()
    return best(lambda: [work() for _ in range(times)]) / times * 1e3


def _rules(table: Table) -> None:
    for name in ("western-electric", "nelson 1+2+5+6+7+8"):
        rules = alarms_of(rule_set(name))

        def anew(rules: object = rules) -> None:
            automaton.cache_clear()
            run_length_of_rules(rules)  # type: ignore[arg-type]

        table.add(f"run length of {name}", _each(partial(run_length_of_rules, rules, 0.5), 20), "ms", at_most=5.0)
        table.add("... with the states found anew", _each(anew, 2), "ms")
    table.add("its whole distribution", _each(lambda: distribution_of_rules(alarms_of(rule_set("nelson 1+2+5+6+7+8"))), 20), "ms")
    nelson = alarms_of(rule_set("nelson"))
    table.add(
        "all eight Nelson rules, 20,000 simulated runs", _each(lambda: simulated_run_length(nelson, 0.0, 1.0, seed="b"), 1), "ms"
    )


def _charts(table: Table) -> None:
    ewma = Ewma(weight=0.1, limit=2.7)
    table.add("two-sided EWMA, lambda 0.1", _each(lambda: ewma.run_length(0.5), 50), "ms", at_most=1.0)
    table.add("... lambda 0.02", _each(lambda: Ewma(weight=0.02, limit=2.7).run_length(), 20), "ms")
    table.add("... exact limits", _each(lambda: Ewma(weight=0.1, limit=2.7, limits="exact").run_length(), 2), "ms")
    table.add("... its whole distribution", _each(ewma.distribution, 20), "ms")
    cusum = Cusum(reference=0.5, limit=4.0)
    table.add("two-sided CUSUM", _each(cusum.run_length, 50), "ms")
    table.add("... its whole distribution", _each(cusum.distribution, 5), "ms")
    table.add(
        "Crosier's CUSUM, steady state", _each(lambda: CrosierCusum(reference=0.5, limit=4.0).run_length(state="steady"), 10), "ms"
    )


def _searches(table: Table) -> None:
    table.add("limit of an EWMA for 370", _each(lambda: limit_for(Ewma(weight=0.1, limit=3.0), 370.0), 10), "ms", at_most=5.0)
    table.add("limit of a CUSUM for 500", _each(lambda: limit_for(Cusum(reference=0.5, limit=4.0), 500.0), 10), "ms", at_most=5.0)
    table.add("best EWMA for a shift of 1", _each(lambda: ewma_for(1.0, 500.0), 1), "ms")


def _truth(table: Table) -> None:
    rows = json.loads(PUBLISHED.read_text(encoding="utf-8"))["figures"]["rows"]
    apart = 0.0
    for row in rows:
        asked, parameters = row["chart"], row["params"]
        if asked.startswith("EWMA"):
            value = Ewma(weight=parameters["lambda"], limit=parameters["L"]).run_length(row["shift"]).value
        elif asked.startswith("CUSUM"):
            side = "both" if "two" in asked else "upper"
            value = Cusum(reference=parameters["k"], limit=parameters["h"], side=side).run_length(row["shift"]).value  # type: ignore[arg-type]
        else:
            continue
        apart = max(apart, abs(value / row["recomputed_spc_0_7_2"] - 1.0))
    table.add("EWMA and CUSUM from R spc 0.7.2, at most, relative", apart, "", at_most=3e-8)
