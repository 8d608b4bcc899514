"""Derivatives up to the third against mpmath, and the second-order terms of the end gauge."""

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.jets import jet
from openqi.science.uncertainty.expression.model import measurement_model
from unit.science.uncertainty.expression.test_scalar import CONTEXT, EXPRESSIONS, SCOPE, model_of, points

ORDERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_directional_derivatives_agree_with_two_hundred_bits(expression):
    model = model_of(expression)
    source = expression.replace("^", "**").replace("ln(", "log(")
    x, first, second = points(expression, 3)

    def along(s, t):
        point = [CONTEXT.mpf(a) + s * CONTEXT.mpf(b) + t * CONTEXT.mpf(c) for a, b, c in zip(x, first, second, strict=True)]
        return eval(source, {"__builtins__": {}}, {**SCOPE, "log": CONTEXT.log, **dict(zip("abc", point, strict=True))})

    found = jet(model.tape, x, first, second)[1]
    expected = [float(CONTEXT.diff(along, (0, 0), order)) for order in ORDERS]
    assert found == pytest.approx(expected, rel=1e-11, abs=1e-10)


def test_a_polynomial_has_its_derivatives_where_its_powers_vanish():
    model = measurement_model("y = x^2 * z + x^3 + z^0")
    assert jet(model.tape, (0.0, 0.0), (1.0, 0.0), (0.0, 1.0)) == ((1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 6.0, 2.0, 0.0, 0.0),)


@pytest.mark.parametrize("text", ["y = sqrt(x)", "y = abs(x)", "y = x^2.5", "y = atan2(x, x)", "y = ln(x)", "y = asin(x + 1)"])
def test_what_is_not_three_times_differentiable_is_refused(text):
    with pytest.raises(DomainError, match="model step"):
        jet(measurement_model(text).tape, (0.0,), (1.0,), (0.0,))


def test_each_input_has_a_component_in_each_direction():
    with pytest.raises(DomainError, match="give one each"):
        jet(measurement_model("y = x").tape, (0.0,), (1.0, 2.0), (0.0,))
