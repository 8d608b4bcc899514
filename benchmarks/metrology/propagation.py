"""How fast an evaluation is: GUM H.1 with degrees of freedom and budget, compiled, to second order, beside the peers."""

import json
import sys
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from math import sqrt
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.measure import Table
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import InputQuantity, quantity
from openqi.science.uncertainty.propagation.covariance import covariance_of
from openqi.science.uncertainty.propagation.first_order import first_order, first_order_of
from openqi.science.uncertainty.propagation.second_order import second_order

CASE = Path(__file__).resolve().parents[2] / "vectors" / "metrology" / "gum_h1_end_gauge.json"
ROOTS = {"rectangular": sqrt(3.0), "arcsine": sqrt(2.0)}


def shortest(work: Callable[[], object], *, times: int = 20, repeats: int = 1000) -> float:
    """Return the microseconds of the quickest of many short runs: on a machine that others use too, the only steady number."""
    found = float("inf")
    work()
    for _ in range(repeats):
        start = perf_counter()
        for _ in range(times):
            work()
        found = min(found, (perf_counter() - start) / times)
    return found * 1e6


def end_gauge() -> tuple[str, dict[str, tuple[float, float, float]]]:
    """Return the model of GUM H.1 and value, standard uncertainty and degrees of freedom of its nine inputs."""
    case = json.loads(CASE.read_text(encoding="utf-8"))["figures"]["inputs"]
    inputs = {
        one["name"]: (float(one["x"]), one["u"] if "u" in one else one["half_width"] / ROOTS[one["dist"]], float(one["dof"]))
        for one in case["quantities"]
    }
    return case["model"], inputs


def formula(q: Mapping[str, Any]) -> Any:
    """The end gauge in whatever arithmetic its arguments have."""
    change = q["d_alpha"] * (q["theta_bar"] + q["Delta"]) + q["alpha_s"] * q["d_theta"]
    return q["ls"] + q["d0"] + q["d1"] + q["d2"] - q["ls"] * change


def measure(table: Table) -> None:
    """Measure part B: inputs, propagation, budgets."""
    text, stated = end_gauge()
    model = measurement_model(text)
    inputs = {name: InputQuantity(value=x, standard_uncertainty=u, degrees_of_freedom=dof) for name, (x, u, dof) in stated.items()}
    columns = [[stated[name][column] for name in model.inputs] for column in range(3)]
    compiled = first_order_of(model)

    def evaluated() -> object:
        return first_order(model, inputs)[0].budget()

    def made_anew() -> object:
        return first_order(model, made(stated))[0].budget()

    def expanded() -> object:
        return first_order(model, inputs)[0].expanded(0.99)

    table.add(
        "GUM H.1: value, u, dof and budget", shortest(evaluated), "us", at_most=30
    )  # fmt: skip
    table.add("... with nine inputs made anew", shortest(made_anew), "us")
    table.add("... compiled: value, u, dof", shortest(partial(compiled, *columns)), "us", at_most=10)
    table.add("... with expanded uncertainty", shortest(expanded), "us")
    table.add("... to second order", shortest(partial(second_order, model, inputs), times=2, repeats=20), "us")
    peers(table, stated)
    many(table)


def made(stated: Mapping[str, tuple[float, float, float]]) -> dict[str, InputQuantity]:
    """Return inputs as a user makes them."""
    return {name: quantity(x, u=u, dof=dof) for name, (x, u, dof) in stated.items()}


def many(table: Table) -> None:
    """A sum of 4,000 inputs, and results that share one of them."""
    names = [f"x{number}" for number in range(4000)]
    model = measurement_model("s = " + " + ".join(names))
    inputs = {name: InputQuantity(value=1.0, standard_uncertainty=0.1, id=name) for name in names}
    table.add("sum of 4,000 inputs", shortest(partial(first_order, model, inputs), times=1, repeats=30) / 1e3, "ms", at_most=5)
    results = [first_order(model, inputs)[0] for _ in range(5)]
    table.add("covariance of five such sums", shortest(partial(covariance_of, results), times=1, repeats=5) / 1e3, "ms")


def peers(table: Table, stated: Mapping[str, tuple[float, float, float]]) -> None:
    """The same end gauge by GTC, MetroloPy, suncal and uncertainties; one that is not installed is left out."""
    for name, peer in (("GTC", gtc), ("MetroloPy", metrolopy), ("uncertainties, no dof", plain), ("suncal", suncal)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                table.add(f"... {name}", peer(stated), "us")
        except ImportError as error:
            print(f"{name} is not here: {error}", file=sys.stderr)


def gtc(stated: Mapping[str, tuple[float, float, float]]) -> float:
    """GTC, its inputs made before: value, u, dof and components."""
    from GTC import component, ureal

    inputs = {name: ureal(*one) for name, one in stated.items()}

    def work() -> object:
        found = formula(inputs)
        return found.x, found.u, found.df, [component(found, one) for one in inputs.values()]

    return shortest(work)


def metrolopy(stated: Mapping[str, tuple[float, float, float]]) -> float:
    """MetroloPy's gummy, its inputs made before: value, u, dof and components."""
    from metrolopy import gummy

    inputs = {name: gummy(x, u=u, dof=dof) for name, (x, u, dof) in stated.items()}

    def work() -> object:
        found = formula(inputs)
        return found.x, found.u, found.dof, [found.ufrom(one) for one in inputs.values()]

    return shortest(work, times=5)


def plain(stated: Mapping[str, tuple[float, float, float]]) -> float:
    """The package uncertainties, which knows no degrees of freedom."""
    from uncertainties import ufloat

    inputs = {name: ufloat(x, u) for name, (x, u, _) in stated.items()}

    def work() -> object:
        found = formula(inputs)
        return found.n, found.s, found.error_components()

    return shortest(work)


def suncal(stated: Mapping[str, tuple[float, float, float]]) -> float:
    """Suncal, its model made before: value, u, dof and budget."""
    from suncal import Model

    model = Model("l = ls + d0 + d1 + d2 - ls*(d_alpha*(theta_bar + Delta) + alpha_s*d_theta)")
    for name, (x, u, dof) in stated.items():
        model.var(name).measure(x).typeb(std=u, df=dof)

    def work() -> object:
        found = model.calculate_gum()
        return found.expected, found.uncertainty, found.degf

    return shortest(work, times=1, repeats=5)
