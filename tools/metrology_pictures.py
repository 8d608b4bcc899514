"""The pictures of docs/metrology/pictures.md, made from published cases: `python -m tools.metrology_pictures`."""

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from openqi.app.pictures.budget import budget_bars
from openqi.app.pictures.calibration import calibration_curve, certificate_curve
from openqi.app.pictures.decision import Decided, decision_picture
from openqi.app.pictures.distribution import output_distribution
from openqi.app.pictures.ellipse import coverage_ellipses
from openqi.app.pictures.frame import Spec, Wording
from openqi.app.pictures.risks import guard_band_curve, specific_risk_curve
from openqi.science.calibration.certificate import CalibrationPoint
from openqi.science.calibration.function import CalibrationFunction
from openqi.science.calibration.generalised import generalised
from openqi.science.calibration.regression import least_squares
from openqi.science.decision.outcomes import decided
from openqi.science.decision.rule import Interval
from openqi.science.distributions.distribution import Distribution, distribution
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty.inputs.quantity import Correlation, InputQuantity, quantity
from openqi.science.uncertainty.monte_carlo.run import monte_carlo
from openqi.science.uncertainty.propagation.evaluation import Evaluation
from openqi.science.uncertainty.propagation.first_order import first_order
from tools.pictures import write_pictures

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/metrology/pictures"
TRIALS = 100_000


def figures(name: str) -> Any:
    """Return the published figures of a case."""
    return json.loads((ROOT / "vectors/metrology" / f"{name}.json").read_text("utf-8"))["figures"]


def end_gauge() -> Evaluation:
    """Return the end gauge of [GUM] H.1."""
    case = figures("gum_h1_end_gauge")["inputs"]
    inputs = {}
    for one in case["quantities"]:
        sure = {"u": one["u"]} if "u" in one else {"half_width": one["half_width"], "kind": one["dist"]}
        inputs[one["name"]] = quantity(one["x"], **sure, dof=float(one["dof"]))
    return first_order(measurement_model(case["model"]), inputs)[0]


def mass() -> tuple[Any, Mapping[str, InputQuantity]]:
    """Return the weighing of [JCGM101] 9.3, as a difference from 100 g in milligrams."""
    model = measurement_model("dm = (m + c) * (1 + (a - 1.2) * (1 / w - 1 / r)) - 100000")
    return model, {
        "m": quantity(100000.0, u=0.05),
        "c": quantity(1.234, u=0.02),
        "a": quantity(1.2, half_width=0.1, kind="rectangular"),
        "w": quantity(8000.0, half_width=1000.0, kind="rectangular"),
        "r": quantity(8000.0, half_width=50.0, kind="rectangular"),
    }


def impedance(wording: Wording) -> Spec:
    """Return the ellipse of resistance and reactance of [GUM] H.2."""
    units = {"V": "V", "I": "A", "phi": "rad", "R": "Ohm", "X": "Ohm"}
    model = measurement_model("R = V / I * cos(phi)\nX = V / I * sin(phi)", units=units)
    inputs = {"V": quantity(4.999, u=0.0032), "I": quantity(19.661e-3, u=9.5e-6), "phi": quantity(1.04446, u=0.00075)}
    pairs = (("V", "I", -0.36), ("V", "phi", 0.86), ("I", "phi", -0.65))
    correlations = tuple(Correlation(first=one, second=two, coefficient=r) for one, two, r in pairs)
    run = monte_carlo(model, inputs, trials=20_000, seed="pictures", correlations=correlations)
    return coverage_ellipses(first_order(model, inputs, correlations), wording, names=("R", "X"), run=run)


def norris() -> tuple[CalibrationFunction, list[float], list[float]]:
    """Return the straight line of NIST's Norris data, with its points."""
    inputs = figures("nist_strd_norris")["inputs"]
    x, y = ([float(one) for one in inputs[name]] for name in ("x", "y"))
    return least_squares([str(one) for one in inputs["x"]], [str(one) for one in inputs["y"]], degree=1), x, y


def certificate() -> list[CalibrationPoint]:
    """Return four points of a voltmeter, made up."""
    points = (("0", "0.0001", "0.0004"), ("2.5", "2.5003", "0.0004"), ("5", "4.9998", "0.0006"), ("10", "10.0004", "0.0009"))
    return [
        CalibrationPoint(indicated=Fraction(one), reference=Fraction(true), expanded_uncertainty=Fraction(whole))
        for one, true, whole in points
    ]


def bearings() -> tuple[Decided, Distribution]:
    """Return a ball bearing of [JCGM106] 9.5.4, decided by its target, with the prior."""
    case = figures("jcgm106_ball_bearings")["inputs"]
    prior, limits = distribution("gamma", shape=4.0, scale=0.25), Interval(lower=None, upper=Fraction(2))
    target = {"target": Fraction(str(case["target_global_consumer_risk"]))}
    made = decided("1.5", unit="um", u="0.25", upper="2", rule="global-risk/1", method="full-value", parameters=target, prior=prior)
    return Decided(decision=made, standard_uncertainty=0.25, coverage_factor=2.0, tolerance=limits, unit="um"), prior


def doubtful() -> Decided:
    """Return a value that ISO 14253-1 leaves open."""
    made = decided("9.9", unit="mm", u="0.1", lower="9", upper="10", rule="iso-14253-1/1", method="full-value")
    limits = Interval(lower=Fraction(9), upper=Fraction(10))
    return Decided(decision=made, standard_uncertainty=0.1, coverage_factor=2.0, tolerance=limits, unit="mm")


def _distribution(wording: Wording) -> Spec:
    model, inputs = mass()
    run = monte_carlo(model, inputs, trials=TRIALS, seed="pictures")
    return output_distribution(run, wording, unit="mg", first=first_order(model, inputs)[0])


def _line(wording: Wording) -> Spec:
    case = figures("iso28037_gdr")["inputs"]
    fitted = generalised(case["x"], case["y"], u_x=case["u_x"], u_y=case["u_y"])
    return calibration_curve(fitted, case["x"], case["y"], wording, u_x=case["u_x"], u_y=case["u_y"])


def _thermometer(wording: Wording) -> Spec:
    case = figures("gum_h3_thermometer")["inputs"]
    fitted = least_squares([str(one) for one in case["t_k"]], [str(one) for one in case["b_k"]], degree=1, origin="20")
    return calibration_curve(fitted, case["t_k"], case["b_k"], wording, names=("t", "b"), units=("Cel", "Cel"))


def _norris(wording: Wording) -> Spec:
    return calibration_curve(*norris(), wording)


def _certificate(wording: Wording) -> Spec:
    return certificate_curve(certificate(), wording, unit="V", title=wording("error"), coverage_factor="2")


def _guard_band(wording: Wording) -> Spec:
    return guard_band_curve(*bearings(), wording)


PICTURES: Mapping[str, Callable[[Wording], Spec]] = {
    "budget": lambda wording: budget_bars(end_gauge(), wording),
    "distribution": _distribution,
    "ellipse": impedance,
    "thermometer": _thermometer,
    "norris": _norris,
    "line": _line,
    "certificate": _certificate,
    "decision": lambda wording: decision_picture(doubtful(), wording),
    "risk": lambda wording: specific_risk_curve(doubtful(), wording),
    "guard-band": _guard_band,
}


if __name__ == "__main__":
    write_pictures(FOLDER, PICTURES)
