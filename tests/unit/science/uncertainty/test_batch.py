"""Many items at once: bit for bit what one item is by itself, on any processor, with and without numba; and published figures."""

from collections.abc import Sequence
from math import inf, nan, sqrt
from random import Random

import numpy as np
import pytest

import other_machine
from openqi.kernel.errors import DomainError
from openqi.science.numbers.algebra import cholesky
from openqi.science.numbers.compiled import is_fast
from openqi.science.uncertainty import batch
from openqi.science.uncertainty.batch import evaluated_batch
from openqi.science.uncertainty.expression.model import MeasurementModel, measurement_model
from openqi.science.uncertainty.expression.scalar import gradients, registers
from other_machine import WITHOUT_NUMBA, without_vectors
from unit.science.uncertainty.expression.test_scalar import EXPRESSIONS, model_of
from vectors_of import figures_of

H2 = "R = V / I * cos(phi)\nX = V / I * sin(phi)\nZ = V / I"
CORRELATION = ((1.0, -0.36, 0.86), (-0.36, 1.0, -0.65), (0.86, -0.65, 1.0))


def alone(model: MeasurementModel, x: Sequence[float], u: Sequence[float], correlation=None) -> list[tuple[float, float]]:
    """Value and standard uncertainty of each output of one item, in plain floats and the same order of operations."""
    found = registers(model.tape, model.coherent(x))
    if model.input_scales:
        u = [scale.coherent_difference(own) for scale, own in zip(model.input_scales, u, strict=True)]
    factor = cholesky(correlation) if correlation else None
    results = []
    for place, (register, slopes) in enumerate(zip(model.tape.outputs, gradients(model.tape, found), strict=True)):
        parts = [slope * own for slope, own in zip(slopes, u, strict=True)]
        total = 0.0
        for column in range(len(parts)):
            along = 0.0
            for row, part in enumerate(parts):
                along += part * (float(row == column) if factor is None else factor[row][column])
            total += along * along
        value, uncertainty = found[register], sqrt(total)
        if model.output_scales:
            scale = model.output_scales[place]
            value, uncertainty = scale.reported(value), scale.reported_difference(uncertainty)
        results.append((value, uncertainty))
    return results


def drawn(rows: int, items: int, seed: str) -> tuple[np.ndarray, np.ndarray]:
    chance = Random(seed)
    return tuple(
        np.array([[chance.uniform(low, high) for _ in range(items)] for _ in range(rows)]) for low, high in ((0.2, 3), (0, 0.1))
    )


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_item_is_bit_for_bit_what_it_is_alone(monkeypatch, expression, compiled):
    if compiled and not is_fast():
        pytest.skip("numba is not installed; there is nothing to compare")
    monkeypatch.setattr(batch, "is_worth_compiling", lambda _tape, _items: compiled)
    model = model_of(expression)
    x, u = drawn(3, 40, expression)
    for correlation in (None, CORRELATION):
        found = evaluated_batch(model, x, u, correlation, common=[False, True, False])
        for item in range(40):
            expected = alone(model, x[:, item].tolist(), u[:, item].tolist(), correlation)
            assert list(zip(found.value[:, item], found.standard_uncertainty[:, item], strict=True)) == expected


@pytest.mark.parametrize("size", [64, 1000, 4096])
def test_blocks_change_nothing(monkeypatch, size):
    model = measurement_model(H2)
    x, u = drawn(3, 5_000, "blocks")
    whole = evaluated_batch(model, x, u, CORRELATION, common=[True, False, True])
    monkeypatch.setattr(batch, "block_size", lambda _tape: size)
    again = evaluated_batch(model, x, u, CORRELATION, common=[True, False, True])
    for name in ("value", "standard_uncertainty", "common", "dof"):
        assert getattr(whole, name).tobytes() == getattr(again, name).tobytes()


def test_the_end_gauge_of_the_guide_as_a_batch_of_items():
    """[GUM] H.1 and its degrees of freedom 16.75, from unrounded inputs and l_s taken as 5e7 in the product."""
    figures = figures_of("metrology/gum_h1_end_gauge.json", "vectors")
    entries = figures["inputs"]["quantities"]
    divisor = {"rectangular": 3**0.5, "arcsine": 2**0.5}
    u = [e["u"] if "u" in e else e["half_width"] / divisor[e["dist"]] for e in entries]
    dof = [float(entry["dof"]) for entry in entries]
    found = evaluated_batch(
        measurement_model(figures["inputs"]["model"]), [[e["x"]] * 3 for e in entries], u, common=[True] * 9, dof=dof
    )
    expected, tolerance = figures["expected"], figures["tolerance"]
    for item in range(3):
        assert found.value[0, item] == pytest.approx(expected["y"], abs=tolerance["y"])
        assert found.standard_uncertainty[0, item] == pytest.approx(expected["u_c_rounded"], abs=tolerance["u_c_rounded"])
        assert found.dof[0, item] == pytest.approx(expected["dof_eff_unrounded"], abs=tolerance["dof_eff_unrounded"])
        assert found.common[0, item] == found.standard_uncertainty[0, item]


def test_a_batch_is_free_of_units():
    volts = measurement_model("P = U * I", units={"U": "V", "I": "A", "P": "W"})
    milli = measurement_model("P = U * I", units={"U": "mV", "I": "mA", "P": "uW"})
    one = evaluated_batch(volts, [[5.0, 3.0], [0.2, 0.1]], [0.01, 0.003], ((1.0, 0.5), (0.5, 1.0)), common=[True, False])
    two = evaluated_batch(milli, [[5e3, 3e3], [200, 100]], [10.0, 3.0], ((1.0, 0.5), (0.5, 1.0)), common=[True, False])
    for name in ("value", "standard_uncertainty", "common"):
        assert getattr(two, name) == pytest.approx(getattr(one, name) * 1e6, rel=1e-14)
    kelvin = evaluated_batch(measurement_model("t = a", units={"a": "Cel", "t": "Cel"}), [[20.0]], [0.5], common=[False])
    assert kelvin.standard_uncertainty.item() == pytest.approx(0.5, rel=1e-15)


def test_correlation_is_that_of_the_closed_form():
    """u²(a - b) = u² + u² - 2 r u u: 0 where both share all of their error."""
    for r in (-1.0, 0.0, 0.5, 1.0):
        found = evaluated_batch(
            measurement_model("y = a - b"), [[3.0], [2.0]], [0.1, 0.1], ((1.0, r), (r, 1.0)), common=[False, False]
        )
        assert found.standard_uncertainty.item() == pytest.approx(0.1 * sqrt(2 - 2 * r), abs=1e-16)
        assert found.common.item() == 0.0


def test_common_is_the_part_of_inputs_whose_error_all_items_share():
    found = evaluated_batch(measurement_model("y = a * f + b"), [[2.0], [3.0], [1.0]], [0.1, 0.2, 0.3], common=[False, True, True])
    assert found.standard_uncertainty.item() == pytest.approx(sqrt(0.3**2 + 0.4**2 + 0.3**2))
    assert found.common.item() == pytest.approx(sqrt(0.4**2 + 0.3**2))
    assert found.dof.item() == inf


def test_degrees_of_freedom_of_inputs_without_part_do_not_matter():
    found = evaluated_batch(measurement_model("y = a + 0 * b"), [[1.0], [1.0]], [0.0, 0.1], common=[False] * 2, dof=[5.0, 3.0])
    assert found.dof.item() == inf
    found = evaluated_batch(measurement_model("y = a + b"), [[1.0], [1.0]], [1e-120, 1e-120], common=[False] * 2, dof=[4.0, 4.0])
    assert found.dof.item() == pytest.approx(8.0)


def test_an_item_whose_infinite_slope_has_no_part_in_the_result_is_answered():
    found = evaluated_batch(measurement_model("y = sqrt(x) * 0 + z"), [[0.0, 4.0], [1.0, 2.0]], [0.1, 0.1], common=[False] * 2)
    assert found.standard_uncertainty.tolist() == [[0.1, 0.1]]


def test_a_result_that_needs_no_input_of_its_own_is_certain():
    found = evaluated_batch(measurement_model("c = 2\ny = x"), [[1.0, 2.0]], [0.1], common=[True])
    assert found.value.tolist() == [[2.0, 2.0], [1.0, 2.0]]
    assert found.standard_uncertainty.tolist() == [[0.0, 0.0], [0.1, 0.1]]
    assert evaluated_batch(measurement_model("y = x"), [[]], [0.1], common=[True]).value.shape == (1, 0)


ONE, TWO = measurement_model("y = ln(x)"), measurement_model("y = a * b")


@pytest.mark.parametrize(
    ("model", "values", "u", "more", "what"),
    [
        (ONE, [[1.0, -1.0]], [0.1], {}, "item 2: model step ln"), (ONE, [[1.0, nan]], [0.1], {}, "input 1, item 2: nan"),
        (ONE, [[1.0]], [-0.1], {}, "x, item 1: -0.1; a standard uncertainty is at least 0"),
        (ONE, [[1.0]], [nan], {}, "input 1, item 1: nan"), (ONE, [[1.0]], [[0.1, 0.2]], {}, "shape"),
        (ONE, [1.0], [0.1], {}, "shape"), (ONE, [["x"]], [0.1], {}, "numbers"),
        (TWO, [[1.0, 2.0], [1.0]], [0.1, 0.1], {}, "equally long"), (TWO, [[1.0]], [0.1, 0.1], {}, "shape"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"correlation": ((1.0, 1.5), (1.5, 1.0))}, "not positive semidefinite"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"correlation": ((1.0, 0.5), (0.4, 1.0))}, "symmetric"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"correlation": ((4.0, 0.5), (0.5, 1.0))}, "with itself is 4.0"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"correlation": ((1.0,),)}, "1 rows for 2 inputs"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"common": [True]}, "of common"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"dof": [1.0]}, "1 degrees"), (TWO, [[1.0]] * 2, [0.1] * 2, {"dof": [0.0, 1.0]}, "above 0"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"dof": [nan, 1.0]}, "above 0"),
        (TWO, [[1.0]] * 2, [0.1] * 2, {"dof": [5.0, inf], "correlation": ((1.0, 0.5), (0.5, 1.0))}, "Welch-Satterthwaite"),
        (TWO, [[1e200]] * 2, [0.1] * 2, {}, "item 1: model step .* beyond a float"),
        (ONE, [[1.0]], [1e200], {}, r"item 1: a contribution of 1e\+200"),
        (ONE, [[1.0, 1.0]], [[0.1, 1e-170]], {}, "item 2: a contribution of"),
        (measurement_model("y = sqrt(x)"), [[1.0, 0.0]], [0.1], {}, "item 2: .*no finite derivative"),
    ],
)  # fmt: skip
def test_bad_input_is_an_error_that_says_where(model, values, u, more, what):
    more = {"common": [False] * len(model.inputs), **more}
    with pytest.raises(DomainError, match=what):
        evaluated_batch(model, values, u, **more)


PROGRAM = """
import sys
{before}
from hashlib import sha256
from openqi.science.uncertainty.batch import evaluated_batch
from openqi.science.uncertainty.expression.model import measurement_model
from openqi.science.uncertainty import batch
batch.is_worth_compiling = lambda tape, items: {fast}
model = measurement_model("y = exp(a / 7) * ln(b + 1) + sin(a * b) / cosh(b)^0.3 - atan2(a, b) * sqrt(b) + a^9 / b^3")
x = [[1 + place / 300 for place in range(600)], [3 - place / 301 for place in range(600)]]
found = evaluated_batch(model, x, [0.01, 0.02], ((1.0, 0.4), (0.4, 1.0)), common=[True, False])
print(sha256(found.value.tobytes() + found.standard_uncertainty.tobytes() + found.common.tobytes()).hexdigest())
"""


def told(before: str = "", fast: bool = False, **environment: str) -> str:
    """What another process computes, in another environment."""
    return other_machine.told(PROGRAM.format(before=before, fast=fast), **environment)


def test_a_processor_without_vectors_and_a_machine_without_numba_give_the_same_bits():
    plain = told()
    assert told(WITHOUT_NUMBA, **without_vectors()) == plain
    if is_fast():
        assert told(fast=True) == plain
