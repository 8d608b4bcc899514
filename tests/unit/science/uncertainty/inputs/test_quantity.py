"""Inputs of a type B evaluation: their standard uncertainty, their distribution, and what is refused."""

from fractions import Fraction
from math import inf, nan, sqrt

import pytest

from openqi.kernel.errors import DomainError, FormatError
from openqi.science.distributions.distribution import distribution
from openqi.science.uncertainty.inputs.quantity import HALF_WIDTHS, InputQuantity, quantity, quantity_of
from openqi.science.uncertainty.inputs.statement import mixed, relative


@pytest.mark.parametrize("kind", HALF_WIDTHS)
def test_a_half_width_gives_the_standard_deviation_of_its_distribution(kind):
    found = quantity("10", half_width="0.3", kind=kind)
    assert found.distribution is not None
    assert found.standard_uncertainty == pytest.approx(sqrt(found.distribution.variance), rel=1e-14)
    assert found.distribution.mean == pytest.approx(10, rel=1e-15)
    assert found.distribution.quantile(1 - 1e-15) == pytest.approx(10.3, rel=1e-7)


@pytest.mark.parametrize("kind", HALF_WIDTHS)
def test_a_standard_uncertainty_and_a_kind_give_the_same_distribution_as_the_half_width(kind):
    one = quantity(10, half_width=0.3, kind=kind)
    two = quantity(10, u=one.standard_uncertainty, kind=kind)
    assert two.distribution.parameters == pytest.approx(one.distribution.parameters, rel=1e-14)


def test_decimal_text_stays_exact_and_a_float_claims_nothing():
    assert quantity("0.1", u="0.01").exact == Fraction(1, 10)
    assert quantity("1.5e-6", u=0).exact == Fraction(3, 2_000_000)
    assert quantity(0.1, u=0.01).exact is None


def test_a_relative_statement_is_evaluated_at_the_value_and_not_elsewhere():
    one_percent = relative(0.01, divisor=2)
    assert [quantity(value, statement=one_percent).standard_uncertainty for value in (1.0, -50.0, 0.0)] == [0.005, 0.25, 0.0]
    assert quantity("200", statement=mixed(0.1, 0.001)).standard_uncertainty == pytest.approx(0.3, rel=1e-15)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("trapezoidal", {"lower": 1, "upper": 3, "ratio": 0.4}), ("inexact-limits", {"lower": 1, "upper": 3, "inexactness": 0.2}),
        ("exponential", {"mean": 2}), ("gamma", {"shape": 3, "scale": 0.5}),
        ("beta", {"first": 2, "second": 3, "lower": 0, "upper": 1}),
        ("discrete", {"values": [1, 2], "probabilities": [0.25, 0.75]}), ("empirical", {"sample": [1, 2, 4]}),
        ("t", {"mean": 1, "scale": 0.5, "dof": 5}), ("normal", {"mean": 1, "sd": 0.5}),
    ],
)  # fmt: skip
def test_every_distribution_becomes_an_input(kind, parameters):
    known = distribution(kind, **parameters)
    found = quantity_of(known, id="x")
    assert (found.value, found.standard_uncertainty) == (known.mean, sqrt(known.variance))
    assert found.distribution == known


def test_a_distribution_without_variance_is_no_input_of_a_propagation():
    with pytest.raises(DomainError):
        quantity_of(distribution("t", mean=0, scale=1, dof=2))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "exactly once"), ({"u": 1, "half_width": 1}, "exactly once"), ({"u": -1}, "0 or more"), ({"u": "-1"}, "0 or more"),
        ({"u": nan}, "finite"), ({"u": inf}, "finite"), ({"half_width": -1, "kind": "arcsine"}, "0 or more"),
        ({"half_width": 1}, "no half width"), ({"half_width": 1, "kind": "gamma"}, "no half width"),
        ({"u": 1, "kind": "gamma"}, "quantity_of"),
        ({"u": 1, "kind": "t"}, "finite degrees"), ({"u": 1, "dof": 0}, "dof above 0"), ({"u": 1, "dof": nan}, "dof above 0"),
        ({"u": 1, "id": ""}, "empty id"),
    ],
)  # fmt: skip
def test_an_uncertainty_that_cannot_be_is_refused(given, said):
    with pytest.raises(DomainError, match=said):
        quantity("1", **given)


@pytest.mark.parametrize("text", ["", "one", "1,5", "0x10", "nan", "inf", "1_000", "1e", "１", " 1", "1e9999"])
def test_a_text_that_is_no_decimal_is_refused(text):
    with pytest.raises(FormatError, match="no decimal"):
        quantity(text, u=1)


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_a_value_that_is_not_finite_is_refused(value):
    with pytest.raises(DomainError):
        quantity(value, u=1)
    with pytest.raises(DomainError):
        InputQuantity(value=value, standard_uncertainty=1)


@pytest.mark.parametrize(("value", "u"), [("1e-400", "1"), ("1", "1e-400"), (10**400, 1.0), (1.0, 10**400)])
def test_a_number_that_no_float_is_near_is_refused_and_none_becomes_0(value, u):
    with pytest.raises(DomainError, match="another unit"):
        quantity(value, u=u)


def test_a_number_beyond_floats_is_refused():
    with pytest.raises(DomainError, match="finite"):
        quantity("1e999", u=1)
