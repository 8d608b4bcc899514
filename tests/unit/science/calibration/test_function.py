"""A calibration function read forwards and backwards, and as a measurement model."""

from math import nan, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openqi.kernel.errors import DomainError
from openqi.science.calibration.function import CalibrationFunction
from openqi.science.calibration.regression import least_squares
from openqi.science.uncertainty.expression.scalar import gradients, registers
from openqi.science.uncertainty.inputs.quantity import quantity
from openqi.science.uncertainty.propagation.first_order import first_order
from vectors_of import figures_of

X = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
Y = [3.3, 5.6, 7.1, 9.3, 10.7, 12.1]
LINE = least_squares(X, Y, u_y=[0.5] * 6)
PARABOLA = CalibrationFunction(
    coefficients=(1.0, 0.0, 1.0), covariance=((0.01, 0, 0), (0, 0.01, 0), (0, 0, 0.01)), residual_sd=0.1, dof=3, chi_squared=None,
    origin=2.0, span=(0.0, 4.0),
)  # fmt: skip


@settings(max_examples=40)
@given(x=st.floats(-50, 50), u=st.floats(0, 2))
def test_reading_back_what_was_read_gives_x_again_with_the_doubt_of_both_ways(x, u):
    there = LINE.at(x)
    back = LINE.inverse(there.value, u, within=(x - 1, x + 1))
    assert back.value == pytest.approx(x, abs=1e-12)
    slope = LINE.coefficients[1]
    assert back.standard_uncertainty == pytest.approx(sqrt(u**2 + there.standard_uncertainty**2) / slope, rel=1e-9)


def test_far_from_zero_no_digits_cancel():
    """At x about 1e8 the three terms of the variance are 1e16 times their sum."""
    far = least_squares([100_000_000 + x for x in X], Y)
    near = least_squares(X, Y)
    assert far.at(100_000_003.25) == near.at(3.25)


def test_the_doubt_of_x_is_carried_by_the_slope():
    assert LINE.at(3.5, 0.2).standard_uncertainty == pytest.approx(
        sqrt(LINE.at(3.5).standard_uncertainty ** 2 + (LINE.coefficients[1] * 0.2) ** 2), rel=1e-12
    )


@pytest.mark.parametrize(
    ("y", "within", "says"),
    [
        (2.0, (0.0, 4.0), "at 2 places"),
        (0.5, (0.0, 4.0), "nowhere"),
        (1.0, (0.0, 4.0), "level"),
        (2.0, (4.0, 0.0), "not below"),
        (2.0, (4.0, 4.0), "not below"),
        (nan, (0.0, 4.0), "not finite"),
    ],
)
def test_a_value_taken_twice_nowhere_or_where_it_is_level_has_no_inverse(y, within, says):
    with pytest.raises(DomainError, match=says):
        PARABOLA.inverse(y, 0.1, within=within)


def test_a_parabola_is_read_back_on_the_branch_that_was_named():
    assert PARABOLA.inverse(2.0, 0.1, within=(2.0, 4.0)).value == 3.0
    assert PARABOLA.inverse(2.0, 0.1, within=(0.0, 2.0)).value == 1.0


def test_a_constant_has_no_inverse():
    level = least_squares(X, [5.0] * 6, degree=0, u_y=[0.1] * 6)
    for y, says in ((5.0, "everywhere"), (4.0, "nowhere")):
        with pytest.raises(DomainError, match=says):
            level.inverse(y, 0.1, within=(0, 9))


@pytest.mark.parametrize("u", [-0.1, nan, float("inf")])
def test_a_standard_uncertainty_is_finite_and_not_negative(u):
    with pytest.raises(DomainError, match="u_x"):
        LINE.at(1.0, u)
    with pytest.raises(DomainError, match="u_y"):
        LINE.inverse(5.0, u, within=(0, 9))


@pytest.mark.parametrize("origin", ["0", "20.5", "-3"])
@pytest.mark.parametrize("degree", [0, 1, 3])
def test_as_a_model_it_says_the_same_as_read_directly(origin, degree):
    found = least_squares(X, Y, degree=degree, origin=origin)
    model, inputs, correlations = found.model()
    values = [4.25 if name == "x" else inputs[name].value for name in model.inputs]
    run = registers(model.tape, values)
    (gradient,) = gradients(model.tape, run)
    assert run[model.tape.outputs[0]] == pytest.approx(found.at(4.25).value, rel=1e-12)
    ids = {inputs[name].id: name for name in inputs}
    coefficient = {(ids[one.first], ids[one.second]): one.coefficient for one in correlations}
    terms = dict(zip(model.inputs, gradient, strict=True))
    variance = 0.0
    for i in inputs:
        for j in inputs:
            r = 1.0 if i == j else coefficient.get((i, j), coefficient.get((j, i), 0.0))
            variance += r * terms[i] * inputs[i].standard_uncertainty * terms[j] * inputs[j].standard_uncertainty
    assert variance == pytest.approx(found.at(4.25).standard_uncertainty ** 2, rel=1e-6)
    assert {one.degrees_of_freedom for one in inputs.values()} == {float(found.dof)}


def test_propagated_as_a_model_it_keeps_its_uncertainty_and_its_degrees_of_freedom():
    """GUM H.3 through the whole machinery: 9 degrees of freedom of the line, and an x that is known."""
    case = figures_of("metrology/gum_h3_thermometer.json", "vectors")
    line = least_squares(case["inputs"]["t_k"], case["inputs"]["b_k"], origin=case["inputs"]["t_0"])
    model, inputs, correlations = line.model()
    (found,) = first_order(model, {**inputs, "x": quantity("30", u="0")}, correlations)
    assert found.value == pytest.approx(case["expected"]["b_30"], abs=case["tolerance"]["b_30"])
    assert found.standard_uncertainty == pytest.approx(case["expected"]["u_b_30"], abs=case["tolerance"]["u_b_30"])
    assert found.degrees_of_freedom == pytest.approx(case["expected"]["dof"], rel=1e-9)


def test_two_models_of_one_function_share_their_inputs_and_those_of_another_do_not():
    again, other = least_squares(X, Y, u_y=[0.5] * 6), least_squares(X, Y, u_y=[0.6] * 6)
    ids = [{one.id for one in found.model()[1].values()} for found in (LINE, again, other)]
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]


@pytest.mark.parametrize("base", [0, 1_000, 100_000, 100_000_000])
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_propagated_as_a_model_far_from_the_origin_it_says_what_it_says_read_directly(base, degree):
    """About the origin the correlations round to 1 in floats: a cubic near x = 100 000 had the uncertainty 0."""
    found = least_squares([base + one for one in range(1, 9)], [(one * 7919) % 13 for one in range(8)], degree=degree)
    model, inputs, correlations = found.model()
    for x in (base + 1.0, base + 4.5, base + 9.0):
        (said,) = first_order(model, {**inputs, "x": quantity(f"{x:.1f}", u="0")}, correlations)
        read = found.at(x)
        assert said.value == pytest.approx(read.value, rel=1e-9)
        assert said.standard_uncertainty == pytest.approx(read.standard_uncertainty, rel=1e-9)


def test_coefficients_that_floats_cannot_correlate_are_no_model():
    with pytest.raises(DomainError, match="too strongly correlated"):
        least_squares(list(range(40)), [(one * 7919) % 13 for one in range(40)], degree=20).model()


def test_a_value_is_level_by_what_the_function_does_in_the_range_and_not_about_its_origin():
    x = [1_000_000 + one for one in range(11)]
    found = least_squares(x, [one**3 for one in range(11)], degree=3)
    assert found.inverse(8, 0.1, within=(1e6, 1e6 + 10)).value == 1_000_002.0
