"""Exact results in the units that a model states."""

from fractions import Fraction

import pytest

from openqi.kernel.errors import DomainError
from openqi.science.uncertainty.expression.exact import exact_results
from openqi.science.uncertainty.expression.model import measurement_model


def test_units_are_exact_too():
    model = measurement_model("q = i * t * f", units={"i": "mA", "t": "h", "f": "%", "q": "A.h"})
    assert exact_results(model, [Fraction(2500), Fraction("1.001"), Fraction(100)]) == (Fraction("2.5025"),)
    assert exact_results(measurement_model("q = i * t"), [Fraction(1, 3), Fraction(3)]) == (Fraction(1),)


def test_a_temperature_has_its_zero_and_a_difference_has_none():
    units = {"t": "Cel", "c": "Cel", "y": "Cel"}
    assert exact_results(measurement_model("y = t + c", units=units, differences=["c"]), [Fraction(20), Fraction("0.05")]) == (
        Fraction("20.05"),
    )
    model = measurement_model("y = t - c", units={"t": "Cel", "c": "Cel", "y": "K"})
    assert exact_results(model, [Fraction("20.05"), Fraction(20)]) == (Fraction("0.05"),)


def test_a_complex_quantity_is_exact_in_its_parts():
    model = measurement_model("z : complex mV\ny : V\ny = re(z * conj(z)) / im(z)")
    assert exact_results(model, [Fraction(3), Fraction(4)]) == (Fraction(25, 4000),)


def test_a_unit_with_pi_and_a_wrong_count_are_refused():
    model = measurement_model("y = x", units={"x": "deg", "y": "deg"})
    with pytest.raises(DomainError, match=r"x in 'deg': .* contains pi"):
        exact_results(model, [Fraction(1)])
    with pytest.raises(DomainError, match="2 values for 1 inputs"):
        exact_results(model, [Fraction(1)] * 2)
