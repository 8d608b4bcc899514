"""Calibration functions and decisions beside GTC and suncal: how fast, and how far apart the numbers are.

No target of the issue names them; rows of the peers are for comparison. A decision is exact and its risk a float.
"""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from benchmarks.measure import Table, best
from openqi.science.calibration.generalised import generalised
from openqi.science.calibration.regression import least_squares
from openqi.science.decision.outcomes import decided
from openqi.science.decision.risk import global_risk, guard_for
from openqi.science.decision.rule import Interval
from openqi.science.distributions.distribution import distribution

CASES = Path(__file__).resolve().parents[2] / "vectors" / "metrology"
LIMITS = Interval(lower=Fraction(9), upper=Fraction(10))


def measure(table: Table) -> None:
    """Add the rows of this part."""
    _lines(table)
    _risks(table)
    _decisions(table)


def _inputs(name: str) -> dict[str, list[float]]:
    return json.loads((CASES / name).read_text(encoding="utf-8"))["figures"]["inputs"]  # type: ignore[no-any-return]


def _each(work: Callable[[], object], times: int) -> float:
    """Microseconds of one call."""
    return best(lambda: [work() for _ in range(times)]) / times * 1e6


def _lines(table: Table) -> None:
    from GTC import type_a, type_b, ureal

    norris, points = _inputs("nist_strd_norris.json"), _inputs("iso28037_gdr.json")
    table.add("Norris, ordinary least squares, exact", _each(lambda: least_squares(norris["x"], norris["y"]), 20), "us")
    table.add("... GTC type_a.line_fit", _each(lambda: type_a.line_fit(norris["x"], norris["y"]), 20), "us")
    ours = least_squares(norris["x"], norris["y"]).coefficients[1]
    certified = 1.00211681802045
    table.add("... ours from the certified slope, relative", abs(ours / certified - 1), "", at_most=1e-12)
    table.add("... GTC from it", abs(type_a.line_fit(norris["x"], norris["y"]).a_b[1].x / certified - 1), "")
    x, y, u_x, u_y = (points[name] for name in ("x", "y", "u_x", "u_y"))
    pairs = [[ureal(value, u) for value, u in zip(points[axis], points[f"u_{axis}"], strict=True)] for axis in "xy"]
    table.add("ISO/TS 28037 7.4, generalised distance regression", _each(lambda: generalised(x, y, u_x=u_x, u_y=u_y), 10), "us")
    table.add("... GTC type_b.line_fit_wtls", _each(lambda: type_b.line_fit_wtls(*pairs), 10), "us")
    line = generalised(x, y, u_x=u_x, u_y=u_y)
    table.add("... line read backwards", _each(lambda: line.inverse(8.0, 0.2, within=(0.0, 10.0)), 50), "us")


def _risks(table: Table) -> None:
    from scipy import stats
    from suncal import risk

    prior = distribution("normal", mean=9.5, sd=0.3)
    process, test = stats.norm(9.5, 0.3), stats.norm(0, 0.1)
    ranges = (process, test, 9, 10)
    table.add("global risks of a product, 9 to 10", _each(lambda: global_risk(prior, 0.1, LIMITS, LIMITS), 3) / 1e3, "ms")
    table.add("... suncal PFA and PFR", _each(lambda: (risk.PFA(*ranges), risk.PFR(*ranges)), 3) / 1e3, "ms")
    apart = abs(global_risk(prior, 0.1, LIMITS, LIMITS).consumer / risk.PFA(*ranges) - 1)
    table.add("... ours from suncal's, relative", apart, "", at_most=1e-6)
    table.add("guard band for a global risk of 0.5 %", _each(lambda: guard_for(0.005, prior, 0.1, LIMITS), 2) / 1e3, "ms")


def _decisions(table: Table) -> None:
    def decide(rule: str) -> Callable[[], object]:
        return lambda: decided("9.88", unit="mm", u="0.05", lower="9", upper="10", rule=rule, method="full-value")

    table.add("a decision with its risk, guarded-acceptance/2", _each(decide("guarded-acceptance/2"), 100), "us")
    table.add("... rss/1", _each(decide("rss/1"), 100), "us")
