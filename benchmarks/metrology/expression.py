"""Measurement models: one evaluation, 100,000 correlated items, a sum of 4,000 inputs; beside GTC and uncertainties."""

from math import sqrt
from typing import Any
from unittest.mock import patch

import GTC  # type: ignore[import-untyped, unused-ignore]
import numpy as np
import uncertainties
from uncertainties import umath

from benchmarks.measure import Table, best
from openqi.science.uncertainty import batch
from openqi.science.uncertainty.batch import evaluated_batch
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.expression.scalar import gradients, registers

ITEMS, PEER_ITEMS, INPUTS = 100_000, 2_000, 4_000
GAUGE = "l = ls + d0 + d1 + d2 - ls*(d_alpha*(theta_bar+Delta) + alpha_s*d_theta)"
ESTIMATES = (50000623.0, 215.0, 0.0, 0.0, 0.0, -0.1, 0.0, 1.15e-5, 0.0)
U = (3.2e-3, 9.5e-6, 7.5e-4)
CORRELATION = ((1.0, -0.36, 0.86), (-0.36, 1.0, -0.65), (0.86, -0.65, 1.0))
PAIRS = ((0, 1), (0, 2), (1, 2))


def measure(table: Table) -> None:
    """Measure all of it."""
    _one(table)
    _many(table)
    _sum(table)


def _one(table: Table) -> None:
    """GUM H.1: what an evaluation spends in the model itself; degrees of freedom and budget come on top."""
    model = measurement_model(GAUGE)

    def run() -> None:
        for _ in range(1_000):
            gradients(model.tape, registers(model.tape, ESTIMATES))

    table.add("H.1: value and nine sensitivities from the tape", best(run) * 1e3, "us", at_most=10)
    table.add("... made from text, once", best(lambda: measurement_model(GAUGE)) * 1e6, "us")


def _readings() -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Voltage, current and phase of GUM H.2, each item a little different."""
    step = np.arange(ITEMS) / ITEMS
    return np.array([4.999 + 0.01 * step, 19.661e-3 + 1e-4 * step, 1.04446 + 0.01 * step])


def _many(table: Table) -> None:
    """GUM H.2, R = V / I * cos(phi), with its correlations."""
    x = _readings()
    model = measurement_model("R = V / I * cos(phi)")

    def ours() -> Any:
        return evaluated_batch(model, x, U, CORRELATION, common=[True, False, True])

    found = ours()
    table.add(f"{ITEMS:,} correlated items, compiled functions", best(ours, repeats=15) * 1e3, "ms", at_most=15)
    with patch.object(batch, "is_worth_compiling", lambda _tape, _items: False):
        plain = ours()
        table.add("... without numba", best(ours, repeats=2) * 1e3, "ms")
    same = found.standard_uncertainty.tobytes() == plain.standard_uncertainty.tobytes()
    table.add("... the same bits", float(same), "", at_least=1)
    table.add("... by formula in NumPy", best(lambda: _formula(x), repeats=15) * 1e3, "ms")
    scale = ITEMS / PEER_ITEMS
    table.add(f"... GTC, scaled from {PEER_ITEMS:,}", best(lambda: _gtc(x), repeats=2) * 1e3 * scale, "ms")
    table.add(f"... uncertainties, scaled from {PEER_ITEMS:,}", best(lambda: _uncertainties(x), repeats=2) * 1e3 * scale, "ms")
    place = PEER_ITEMS - 1
    ratio = found.standard_uncertainty[0, place] / _gtc(x)
    table.add("... ours by GTC's uncertainty of one item, less 1", abs(ratio - 1.0), "", at_most=1e-12)


def _formula(x: "np.ndarray[Any, np.dtype[np.float64]]") -> Any:
    """The same by hand: what no general tool can be faster than by much."""
    v, i, phi = x
    cosine, sine = np.cos(phi), np.sin(phi)
    parts = (cosine / i * U[0], -v * cosine / i**2 * U[1], -v / i * sine * U[2])
    total = parts[0] ** 2 + parts[1] ** 2 + parts[2] ** 2
    for one, two in PAIRS:
        total = total + 2 * CORRELATION[one][two] * parts[one] * parts[two]
    return np.sqrt(total)


def _gtc(x: "np.ndarray[Any, np.dtype[np.float64]]") -> float:
    """Item by item; the uncertainty of the last."""
    for column in range(PEER_ITEMS):
        inputs = [GTC.ureal(float(row[column]), u, independent=False) for row, u in zip(x, U, strict=True)]
        for one, two in PAIRS:
            GTC.set_correlation(CORRELATION[one][two], inputs[one], inputs[two])
        result = inputs[0] / inputs[1] * GTC.cos(inputs[2])
        uncertainty = float(GTC.uncertainty(result))
    return uncertainty


def _uncertainties(x: "np.ndarray[Any, np.dtype[np.float64]]") -> float:
    covariance = [[CORRELATION[a][b] * U[a] * U[b] for b in range(3)] for a in range(3)]
    for column in range(PEER_ITEMS):
        v, i, phi = uncertainties.correlated_values([float(row[column]) for row in x], covariance)
        uncertainty = float((v / i * umath.cos(phi)).std_dev)
    return uncertainty


def _sum(table: Table) -> None:
    """The sum of many inputs, which is quadratic where every partial sum keeps all its parts."""
    text = "y = " + " + ".join(f"x{place}" for place in range(INPUTS))
    model = measurement_model(text)
    x = [float(place) for place in range(INPUTS)]

    def ours() -> float:
        (slopes,) = gradients(model.tape, registers(model.tape, x))
        return sqrt(sum((slope * 0.1) ** 2 for slope in slopes))

    table.add(f"sum of {INPUTS:,} inputs with uncertainty", best(ours) * 1e3, "ms", at_most=5)
    table.add("... made from text, once", best(lambda: measurement_model(text), repeats=3) * 1e3, "ms")
    peers = [uncertainties.ufloat(value, 0.1) for value in x]
    table.add("... uncertainties", best(lambda: sum(peers).std_dev, repeats=3) * 1e3, "ms")
    others = [GTC.ureal(value, 0.1) for value in x]
    table.add("... GTC", best(lambda: GTC.uncertainty(sum(others)), repeats=1) * 1e3, "ms")
