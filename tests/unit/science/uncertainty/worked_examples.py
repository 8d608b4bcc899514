"""The worked examples of `vectors/metrology` as models with inputs; half widths are divided by unrounded roots."""

from collections.abc import Mapping
from typing import Any

from openqi.science.uncertainty.expression.model import MeasurementModel, measurement_model
from openqi.science.uncertainty.inputs.quantity import InputQuantity, quantity
from vectors_of import vectors_of


def figures(name: str) -> Any:
    """Return the figures of a worked example."""
    return vectors_of(f"metrology/{name}.json")["figures"]


def input_of(stated: Mapping[str, Any]) -> InputQuantity:
    """Return an input as a worked example states it."""
    dof = float(stated.get("dof", stated.get("df", "inf")))
    if "half_width" in stated:
        return quantity(stated["x"], half_width=stated["half_width"], kind=stated["dist"], dof=dof)
    return quantity(stated["x"], u=stated["u"], dof=dof)


def inputs_of(name: str) -> dict[str, InputQuantity]:
    """Return the inputs of a worked example that lists them."""
    return {stated["name"]: input_of(stated) for stated in figures(name)["inputs"]["quantities"]}


def end_gauge() -> tuple[MeasurementModel, dict[str, InputQuantity]]:
    """Return GUM H.1."""
    return measurement_model(figures("gum_h1_end_gauge")["inputs"]["model"]), inputs_of("gum_h1_end_gauge")


def titration() -> tuple[MeasurementModel, dict[str, InputQuantity]]:
    """Return EURACHEM A3, whose file tells its inputs in words."""
    temperature = 2.1e-4 * 4
    text = """
    m = 0.3888 + e_gross - e_tare
    V_T2 = V_2 + v_2
    V_T1 = V_1 + v_1
    V_HCl = V_0 + v_0
    M = 8 * C + 5 * H + 4 * O + K
    c = R * 1000 * m * P * V_T2 / (M * V_T1 * V_HCl)
    """
    box, roof = "rectangular", "triangular"
    halves = [
        ("e_gross", 0, 0.15e-3, box), ("e_tare", 0, 0.15e-3, box), ("P", 1, 0.0005, box),
        ("V_2", 14.89, 0.03, roof), ("v_2", 0, 15 * temperature, box),
        ("V_1", 18.64, 0.03, roof), ("v_1", 0, 19 * temperature, box),
        ("V_0", 15, 0.02, roof), ("v_0", 0, 15 * temperature, box),
        ("C", 12.0107, 0.0008, box), ("H", 1.00794, 0.00007, box), ("O", 15.9994, 0.0003, box), ("K", 39.0983, 0.0001, box),
    ]  # fmt: skip
    inputs = {name: quantity(value, half_width=half, kind=kind) for name, value, half, kind in halves}
    inputs["R"] = quantity(1, u=0.001)
    return measurement_model(text), inputs
